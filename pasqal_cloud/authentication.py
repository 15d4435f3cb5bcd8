"""Who is asking: token providers.

A `TokenProvider` of your own needs one method, `get_token`. The package's own describe a token request instead, so that
the client can send it as it sends everything else: with the same transport and timeouts, and without a second colour.
"""

from __future__ import annotations

import base64
import json
import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import httpx

from pasqal_cloud._answers import errors_of
from pasqal_cloud.endpoints import AUTH_CONFIG
from pasqal_cloud.errors import AuthenticationError, PasqalCloudError, cause_of

if TYPE_CHECKING:
    from pasqal_cloud.endpoints import TokenProviderConf

RENEWAL_MARGIN = 60.0
"""A token is renewed this many seconds before it expires, or at nine tenths of its life if that is later."""


TOKEN_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
"""Seconds to reach the identity provider, and to wait for its answer."""


class TokenProviderError(AuthenticationError):
    """No token was given."""


class TokenProvider(ABC):
    """Gives the tokens that prove who is asking."""

    @abstractmethod
    def get_token(self) -> str:
        """Gets a token that is valid now. May block; is called before each request."""


class ExpiringTokenProvider(TokenProvider):
    """Keeps a token until shortly before it expires; subclasses say how to ask for one."""

    def __init__(self) -> None:
        self._token: str | None = None
        self._renew_at = 0.0

    @property
    def token(self) -> str | None:
        """The token that is kept, while it is good."""
        return self._token if time.monotonic() < self._renew_at else None

    @abstractmethod
    def token_request(self) -> httpx.Request:
        """Gets the request that asks for a token."""

    def get_token(self) -> str:
        """Gets a token that is valid now, by a request of its own if the one that is kept is not.

        Raises:
            TokenProviderError: The credentials were refused.
            ConnectionFailedError: The identity provider was not reached.
        """
        if self.token is None:
            request = self.token_request()
            with errors_of(request), httpx.Client() as client:
                self.keep(client.send(request))
        return self._token or ""

    def keep(self, answer: httpx.Response) -> str:
        """Reads the answer to the token request, keeps the token and returns it.

        Args:
            answer: The answer, whatever its status; its body has been read.

        Raises:
            TokenProviderError: It holds no token.
        """
        body = _json_object(answer)
        token = body.get("access_token")
        if not answer.is_success:
            raise _refusal(answer, body)
        if not isinstance(token, str) or not token:
            raise _error(TokenProviderError, answer, "The identity provider's answer holds no token.")
        lifetime = _lifetime(token, body.get("expires_in"))
        self._renew_at = time.monotonic() + max(lifetime - RENEWAL_MARGIN, lifetime * 0.9)
        self._token = token
        return token

    def forget(self, token: str) -> None:
        """Forgets a token that was refused, unless another has taken its place.

        Args:
            token: The token that was refused.
        """
        if self._token == token:
            self._token = None
            self._renew_at = 0.0


class PasswordGrantTokenProvider(ExpiringTokenProvider):
    """Gives tokens for a username and a password.

    Args:
        username: The e-mail address of the account.
        password: Its password.
        config: The identity provider; France's by default.
    """

    def __init__(self, username: str, password: str, config: TokenProviderConf = AUTH_CONFIG["fr-prod"]) -> None:
        super().__init__()
        self.username = username
        self._password = password
        self._config = config

    def __repr__(self) -> str:
        """Shows no secret."""
        return f"{type(self).__name__}({self.username!r})"

    def token_request(self) -> httpx.Request:
        """Gets the request of the password grant."""
        form = {
            "grant_type": self._config.grant_type,
            "realm": self._config.realm,
            "client_id": self._config.public_client_id,
            "audience": self._config.audience,
            "username": self.username,
            "password": self._password,
        }
        timeout = {"timeout": TOKEN_TIMEOUT.as_dict()}
        return httpx.Request("POST", self._config.token_endpoint, data=form, extensions=timeout)


def _refusal(answer: httpx.Response, body: dict[str, Any]) -> PasqalCloudError:
    """Makes the error of a token request that failed; RFC 6749, section 5.2, says what its body holds."""
    reason = str(body.get("error_description") or body.get("error") or answer.reason_phrase)
    if answer.is_client_error and answer.status_code not in (408, 429):
        return _error(TokenProviderError, answer, f"The identity provider refuses the credentials: {reason}")
    return _error(cause_of(answer.status_code), answer, f"The identity provider failed: {reason}")


def _error(kind: type[PasqalCloudError], answer: httpx.Response, description: str) -> PasqalCloudError:
    return kind(
        description,
        status=answer.status_code,
        method=answer.request.method,
        url=str(answer.request.url.copy_with(query=None)),
        retryable=kind is not TokenProviderError,
        sent=False,
    )


def _json_object(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except (RecursionError, ValueError):
        return {}
    return body if isinstance(body, dict) else {}


def _lifetime(token: str, expires_in: object) -> float:
    """Gets how long a token lives, in seconds, as the answer or the token itself says; for ever where neither does."""
    if isinstance(expires_in, int | float):
        return float(expires_in)
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return float(claims["exp"]) - time.time()
    except (IndexError, KeyError, TypeError, ValueError):
        return float("inf")
