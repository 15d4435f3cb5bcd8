"""The service over HTTP: routes from the API's description, envelopes, the token endpoint, result links."""

from __future__ import annotations

import json
import logging
import zlib
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pasqal_cloud.local.contract import Contract, InvalidRequestError, Operation
from pasqal_cloud.local.operations import HANDLERS, Answer, Call
from pasqal_cloud.local.service import Service, ServiceError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from starlette.requests import Request

MAX_SENT = 8 * 2**20
"""The largest body in bytes, as sent."""

MAX_BODY = 64 * 2**20
"""The largest body in bytes, uncompressed."""

PASSWORD_GRANTS = ("password", "http://auth0.com/oauth/grant-type/password-realm")

logger = logging.getLogger(__name__)


def create_app(service: Service, contract: Contract, ready: Callable[[], None]) -> Starlette:
    """Makes the ASGI application.

    Args:
        service: Answers the requests.
        contract: Says which requests there are.
        ready: Called once requests are served.
    """

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        ready()
        yield

    routes = [_Endpoint(operation, service).route for operation in contract.operations()]
    routes.append(Route("/oauth/token", _Tokens(service).answer, methods=["POST"]))
    routes.append(Route("/results/{job_id}", _Results(service).answer, methods=["GET"]))
    app = Starlette(
        routes=routes,
        lifespan=lifespan,
        exception_handlers=dict.fromkeys((HTTPException, ServiceError, InvalidRequestError, Exception), _explain),
    )
    app.router.redirect_slashes = False
    return app


class _Endpoint:
    """One operation of the description."""

    def __init__(self, operation: Operation, service: Service) -> None:
        self._operation = operation
        self._handler = HANDLERS.get(operation.id)
        self._service = service
        self._code: Callable[[int], str | int] = int if operation.service == "/account" else str

    @property
    def route(self) -> Route:
        return Route(self._operation.service + self._operation.path, self._answer, methods=[self._operation.method])

    async def _answer(self, request: Request) -> Response:
        user_id = "" if self._operation.is_public else self._service.user_of(_bearer_token(request))
        if self._handler is None:
            raise ServiceError(501, f"The local service does not perform {self._operation.id} yet.")
        query = {name: request.query_params.getlist(name) for name in request.query_params}
        parameters = self._operation.read_parameters(request.path_params, query)
        body = None
        if self._operation.body:
            body = _parsed(await _body(request))
            self._operation.check_body(body)
        call = Call(
            user_id=user_id,
            path=parameters["path"],
            query=parameters["query"],
            body=body,
            key=request.headers.get("idempotency-key"),
            base_url=str(request.base_url).rstrip("/"),
        )
        answer = await run_in_threadpool(self._handler, self._service, call)
        logger.info("%s %s", self._operation.id, request.url.path)
        return self._enveloped(answer, parameters["query"].get("offset", 0))

    def _enveloped(self, answer: Answer, start: int) -> Response:
        envelope = {"status": "success", "message": "OK.", "code": self._code(200), "data": answer.data}
        if answer.total is None:
            return JSONResponse(envelope)
        end = start + len(answer.data)
        envelope["pagination"] = {"total": answer.total, "start": start, "end": end}
        content_range = f"{start}-{max(start, end - 1)}/{answer.total}"
        exposed = {"Content-Range": content_range, "Access-Control-Expose-Headers": "Content-Range"}
        return JSONResponse(envelope, headers=exposed)


class _Tokens:
    """The token endpoint, which speaks as Auth0 does, not in the envelope."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def answer(self, request: Request) -> Response:
        fields = _fields(await _body(request), request.headers.get("content-type", ""))
        grant = fields.get("grant_type", "")
        if grant not in PASSWORD_GRANTS:
            return self._refusal(403, "unsupported_grant_type", f"Unsupported grant type: {grant}")
        for name in ("username", "password"):
            if not isinstance(fields.get(name), str):
                return self._refusal(400, "invalid_request", f"Missing required parameter: {name}")
        try:
            token, lifetime = self._service.log_in(fields["username"], fields["password"])
        except ServiceError as error:
            return self._refusal(error.status, "invalid_grant", str(error.description))
        content = {
            "access_token": token,
            "expires_in": lifetime,
            "token_type": "Bearer",
            "scope": "openid profile email",
        }
        return JSONResponse(content, headers={"Cache-Control": "no-store"})

    @staticmethod
    def _refusal(status: int, error: str, description: str) -> Response:
        return JSONResponse({"error": error, "error_description": description}, status)


class _Results:
    """The result documents behind signed links, for which no token is needed."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def answer(self, request: Request) -> Response:
        query = request.query_params
        document = self._service.result(
            request.path_params["job_id"], query.get("expires", ""), query.get("signature", "")
        )
        return Response(document, media_type="application/json")


def _explain(_request: Request, error: Exception) -> Response:
    match error:
        case HTTPException():
            return _failure(error.status_code, error.detail, error.headers)
        case ServiceError():
            return _failure(error.status, error.description)
        case InvalidRequestError():
            return _failure(422, error.problems)
        case _:
            return _failure(500, "The service failed: its log says more.")


def _failure(status: int, description: object, headers: Mapping[str, str] | None = None) -> Response:
    envelope = {
        "status": "error" if status >= 500 else "fail",
        "message": HTTPStatus(status).phrase,
        "code": str(status),
        "data": {"description": description},
    }
    challenge = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return JSONResponse(envelope, status, headers={**challenge, **(headers or {})})


def _bearer_token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise ServiceError(401, "An access token is missing: send it in the header Authorization, after Bearer.")
    return token.strip()


async def _body(request: Request) -> bytes:
    """Reads a body, and uncompresses it, up to the limits."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_SENT:
            _too_large(MAX_SENT, "as sent")
    match request.headers.get("content-encoding", "identity").lower():
        case "identity":
            return bytes(body)
        case "gzip":
            return await run_in_threadpool(_gunzipped, bytes(body))
        case encoding:
            raise ServiceError(415, f"The content encoding {encoding} is not understood; gzip is.")


def _gunzipped(body: bytes) -> bytes:
    reader = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        content = reader.decompress(body, MAX_BODY)
    except zlib.error as error:
        raise ServiceError(400, "The body is not compressed with gzip, though its header says so.") from error
    if reader.unconsumed_tail:
        _too_large(MAX_BODY, "uncompressed")
    if not reader.eof:
        raise ServiceError(400, "The compressed body is cut short.")
    return content


def _too_large(limit: int, when: str) -> NoReturn:
    raise ServiceError(413, f"The body is larger than {limit // 2**20} MiB {when}.")


def _parsed(body: bytes) -> Any:
    try:
        content = json.loads(body, parse_constant=_not_json)
        json.dumps(content, ensure_ascii=False).encode()  # half a surrogate pair is JSON, but no text
    except (ValueError, RecursionError) as error:
        problem = {"loc": ["body"], "msg": "the body is not JSON", "type": "json_invalid"}
        raise InvalidRequestError([problem]) from error
    return content


def _not_json(constant: str) -> NoReturn:
    raise ValueError(constant)


def _fields(body: bytes, content_type: str) -> dict[str, Any]:
    """Reads the fields of a form or of a JSON object."""
    if content_type.startswith("application/json"):
        content = _parsed(body)
        return content if isinstance(content, dict) else {}
    return {
        name: values[-1] for name, values in parse_qs(body.decode(errors="replace"), keep_blank_values=True).items()
    }
