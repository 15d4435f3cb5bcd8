"""The token endpoint, which follows OAuth 2 and does not use the API's envelope."""

from __future__ import annotations

import base64
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from pasqal_cloud.local.http.bodies import FinalResponse, form_fields, read_body, written
from pasqal_cloud.local.http.contract import InvalidRequestError
from pasqal_cloud.local.rules.refusals import ServiceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from pasqal_cloud.local.metrics import Metrics
    from pasqal_cloud.local.rules.access import Access

logger = logging.getLogger(__name__)

KEYCLOAK_PATH = "/realms/pasqal-cloud/protocol/openid-connect/token"
"""The path of the endpoint in Keycloak; the API's description has the one in Auth0."""

PASSWORD_GRANTS = ("password", "http://auth0.com/oauth/grant-type/password-realm")
CLIENT_GRANT = "client_credentials"

MAX_BODY = 2**20
"""The largest token request in bytes; it needs no token, so anyone can send one."""


class OAuthError(Exception):
    """A token request is refused.

    Args:
        status: The HTTP status.
        error: The error code of OAuth 2.
        description: One sentence.
        headers: Additional headers of the response.
    """

    def __init__(self, status: int, error: str, description: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.error = error
        self.headers = headers or {}


class TokenEndpoint:
    """The endpoint for access tokens.

    Args:
        access: Checks the credentials.
        metrics: Counts the logins.
    """

    def __init__(self, access: Access, metrics: Metrics) -> None:
        self._access = access
        self._metrics = metrics

    async def answer(self, request: Request) -> Response:
        """Answers a token request."""
        try:
            fields = await _fields(request)
            authorization = request.headers.get("authorization", "")
            token, lifetime = await run_in_threadpool(self._token, fields, authorization, address_of(request))
        except OAuthError as error:
            content = {"error": error.error, "error_description": str(error)}
            headers = {"WWW-Authenticate": "Basic"} if error.status == 401 else error.headers
            kind = FinalResponse if error.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else Response
            return kind(written(content), error.status, headers, media_type="application/json")
        answer = {
            "access_token": token,
            "expires_in": lifetime,
            "token_type": "Bearer",
            "scope": "openid profile email",
        }
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    def _token(self, fields: dict[str, Any], authorization: str, address: str) -> tuple[str, int]:
        grant = fields.get("grant_type", "")
        if grant in PASSWORD_GRANTS:
            found = self._log_in(address, *_texts(fields, "username", "password"))
            wrong = OAuthError(403, "invalid_grant", "Wrong email or password.")
        elif grant == CLIENT_GRANT:  # a user whose username and password serve as client id and secret
            fields = fields | _basic_credentials(authorization)
            found = self._log_in(address, *_texts(fields, "client_id", "client_secret"))
            wrong = OAuthError(401, "invalid_client", "Wrong client id or secret.")
        else:
            raise OAuthError(403, "unsupported_grant_type", f"Unsupported grant type: {grant}")
        self._metrics.login(is_granted=found is not None)
        if found is None:
            logger.info("A login was refused.")
            raise wrong
        return found

    def _log_in(self, address: str, username: str, password: str) -> tuple[str, int] | None:
        try:
            return self._access.log_in(username, password, address)
        except ServiceError as error:
            raise OAuthError(error.status, "too_many_attempts", str(error), error.headers) from error


async def _fields(request: Request) -> dict[str, Any]:
    try:
        return form_fields(await read_body(request, MAX_BODY), request.headers.get("content-type", ""))
    except InvalidRequestError as error:
        raise OAuthError(400, "invalid_request", "The body is not JSON.") from error
    except ServiceError as error:
        raise OAuthError(error.status, "invalid_request", str(error.description)) from error


def _texts(fields: dict[str, Any], *names: str) -> list[str]:
    for name in names:
        if not isinstance(fields.get(name), str):
            raise OAuthError(400, "invalid_request", f"Missing required parameter: {name}")
    return [fields[name] for name in names]


def address_of(request: Request) -> str:
    """Gets the address from which a request comes; behind a proxy, the one in the proxy's headers."""
    return request.client.host if request.client else ""


def basic_credentials(authorization: str) -> tuple[str, str] | None:
    """Reads the name and the password from a header `Authorization` with Basic authentication."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:
        return None
    return (name, password) if colon else None


def _basic_credentials(authorization: str) -> dict[str, str]:
    """Reads a client's id and secret, which OAuth 2 form-encodes before Basic authentication."""
    found = basic_credentials(authorization)
    return dict(zip(("client_id", "client_secret"), map(unquote_plus, found), strict=True)) if found else {}
