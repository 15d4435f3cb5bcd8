"""The HTTP application: the operations of the API's description, the token endpoint, result links."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Match, Route

from pasqal_cloud.local.documents import PIECE, length, pieces
from pasqal_cloud.local.http.bodies import FinalResponse, UnreadBodyError, parsed, read_body, written
from pasqal_cloud.local.http.contract import Contract, InvalidRequestError, Operation
from pasqal_cloud.local.http.control import Control
from pasqal_cloud.local.http.interception import OPERATION, Interception
from pasqal_cloud.local.http.monitoring import Monitoring
from pasqal_cloud.local.http.operations import ONE_QUERY, Answer, Call, Handlers, is_brief
from pasqal_cloud.local.http.page import StatusPage
from pasqal_cloud.local.http.proxies import BehindProxy
from pasqal_cloud.local.http.safety import Guard
from pasqal_cloud.local.http.tokens import KEYCLOAK_PATH, TokenEndpoint
from pasqal_cloud.local.rules.refusals import ServiceError
from pasqal_cloud.local.scripting.recording import RESULT_OPERATION, TOKEN_OPERATION
from pasqal_cloud.local.store import AwayError, FullDiskError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence

    from starlette.types import ASGIApp, Receive, Scope, Send

    from pasqal_cloud.local.rules.access import Access, Login
    from pasqal_cloud.local.rules.service import Service
    from pasqal_cloud.local.scripting.script import Script

EXPECTED = (HTTPException, ServiceError, InvalidRequestError, FullDiskError, AwayError)

logger = logging.getLogger(__name__)

RETRY_AFTER = "1"
"""Seconds after which a client may send a request again for which the database was away."""

WHEN_FULL = "10"
"""Seconds after which a client may send a request again for which the disk was full."""

ACCOUNT = "/account/"
"""The prefix of paths whose envelopes have an integer as `code`; in all others it is a string."""


def create_app(
    service: Service,
    contract: Contract,
    script: Script,
    login: Login,
    ready: Callable[[], None],
    *,
    allow_remote: bool = False,
    proxies: Sequence[str] = (),
    metrics_token: str | None = None,
) -> ASGIApp:
    """Creates the ASGI application.

    Args:
        service: Performs the operations.
        contract: The API's description.
        login: The user who may control the service.
        script: What they can control.
        ready: Called when the service is ready for requests.
        allow_remote: Whether other machines may send requests.
        proxies: The addresses and networks of proxies; if there are any, only they may connect.
        metrics_token: A token that allows to read the metrics, if other machines may send requests.
    """

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        ready()
        try:
            yield
        finally:
            await service.access.store.database.leave_loop()

    def result(request: Request) -> Response:
        """Gets a result document, for which a signed link is needed instead of a token."""
        signed = (request.query_params.get(name, "") for name in ("expires", "signature"))
        return _document(access.result(request.path_params["job_id"], *signed))

    described = {operation.id: operation for operation in contract.operations()}
    access = service.access
    tokens, token_path = TokenEndpoint(access, service.metrics), described.pop(TOKEN_OPERATION).path
    handlers = Handlers(service)
    reads, lists = (CapacityLimiter(access.store.database.reads_at_once) for _ in range(2))
    endpoints = [_Endpoint(operation, handlers, access, reads, lists) for operation in described.values()]
    operations = [endpoint.route for endpoint in endpoints]
    paths = (token_path, KEYCLOAK_PATH)
    operations += [Route(path, tokens.answer, methods=["POST"], name=TOKEN_OPERATION) for path in paths]
    operations.append(Route("/results/{job_id}", result, methods=["GET"], name=RESULT_OPERATION))
    control = Control(service, script, login, {route.name for route in operations})
    monitoring = Monitoring(service, login, metrics_token, is_public=not allow_remote)
    app = Starlette(
        routes=[
            *operations,
            *monitoring.routes(),
            *control.routes(),
            Route("/", StatusPage(service, script, is_public=not allow_remote).answer),
        ],
        lifespan=lifespan,
        exception_handlers=dict.fromkeys((*EXPECTED, Exception), _explain),
    )
    app.router.redirect_slashes = False
    guarded = Guard(_Operations(endpoints, app), _failure, allow_remote)
    intercepted = Interception(guarded, operations, script, service.metrics)
    return BehindProxy(intercepted, proxies, _failure) if proxies else intercepted


class _Operations:
    """The layer that performs operations; Starlette, which performs the rest, would look for their routes again.

    Args:
        endpoints: The operations.
        rest: The rest of the application.
    """

    def __init__(self, endpoints: Iterable[_Endpoint], rest: ASGIApp) -> None:
        self._endpoints = {endpoint.id: endpoint for endpoint in endpoints}
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Performs an operation, or passes the request on."""
        endpoint = self._endpoints.get(scope.get(OPERATION, ""))
        if endpoint is None:
            await self._rest(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await endpoint.answer(request)
        except ClientDisconnect:
            raise
        except Exception as error:
            if not isinstance(error, EXPECTED):
                logger.exception("The operation %s failed.", endpoint.id)
            response = _explain(request, error)
        await response(scope, receive, send)


class _Endpoint:
    """One operation of the description."""

    def __init__(
        self,
        operation: Operation,
        handlers: Handlers,
        access: Access,
        reads: CapacityLimiter,
        lists: CapacityLimiter,
    ) -> None:
        self._operation = operation
        is_list = any(parameter.name == "offset" for parameter in operation.parameters)
        # a read never waits for the threads of writes, nor the read of one thing for that of a list
        self._threads = None if operation.method != "GET" else lists if is_list else reads
        self._handler = handlers.of(operation.id)
        self._access = access
        self._database = access.store.database
        self._code: Callable[[int], str | int] = int if operation.path.startswith(ACCOUNT) else str

    @property
    def id(self) -> str:
        return self._operation.id

    @property
    def route(self) -> Route:
        operation = self._operation
        return Route(operation.path, self.answer, methods=[operation.method], name=operation.id)

    async def answer(self, request: Request) -> Response:
        user_id, since = ("", None) if self._operation.is_public else self._access.bearer(_bearer_token(request))
        query = {name: request.query_params.getlist(name) for name in request.query_params}
        parameters = self._operation.read_parameters(request.path_params, query)
        content = await read_body(request) if self._operation.body else None
        call = Call(
            user_id=user_id,
            path=parameters["path"],
            query=parameters["query"],
            body=None,
            key=request.headers.get("idempotency-key"),
            base_url=str(request.base_url).rstrip("/"),
        )
        if self._database.can_read_in_loop and is_brief(self.id, call.query):
            read = partial(self._answered, call, since)
            return await self._database.read_in_loop(read, is_single=self.id in ONE_QUERY)
        return await to_thread.run_sync(self._performed, call, since, content, limiter=self._threads)

    def _performed(self, call: Call, since: str | None, content: bytes | None = None) -> Response:
        if content is not None:
            call = replace(call, body=self._checked_body(content))
        with self._database.one_state() if self._operation.method == "GET" else nullcontext():
            return self._answered(call, since)

    def _answered(self, call: Call, since: str | None) -> Response:
        if not self._operation.is_public:
            self._access.check_bearer(call.user_id, since)
        answer = self._handler(call)
        return self._enveloped(answer, call.query.get("offset", 0))

    def _checked_body(self, content: bytes) -> Any:
        body = parsed(content)
        self._operation.check_body(body)
        return body

    def _enveloped(self, answer: Answer, start: int) -> Response:
        envelope = {"status": "success", "message": "OK.", "code": self._code(200), "data": answer.data}
        if answer.total is None:
            return _json(envelope)
        end = start + len(answer.data)
        envelope["pagination"] = {"total": answer.total, "start": start, "end": end}
        content_range = f"{start}-{max(start, end - 1)}/{answer.total}"
        exposed = {"Content-Range": content_range, "Access-Control-Expose-Headers": "Content-Range"}
        return _json(envelope, headers=exposed)


def _explain(request: Request, error: Exception) -> Response:
    status = 500
    description: object = "The service failed: see its log."
    headers: Mapping[str, str] = {}
    match error:
        case HTTPException(status_code=405):
            status, description, headers = 405, error.detail, {"Allow": _methods_there(request)}
        case HTTPException():
            status, description, headers = error.status_code, error.detail, error.headers or {}
        case ServiceError(status=413):
            status, description, headers = 413, error.description, {"Connection": "close"}
        case ServiceError():
            status, description, headers = error.status, error.description, error.headers or {}
        case InvalidRequestError():
            status, description = 422, error.problems
        case FullDiskError():
            status, headers = 503, {"Retry-After": WHEN_FULL}
            description = "The disk of the service is full; nothing was changed. Free some space, then send it again."
        case AwayError():
            logger.warning("The database can't be reached: %s.", error)
            status, headers = 503, {"Retry-After": RETRY_AFTER}
            description = "The service can't reach its database now: send it again in a moment."
    answer = _failure(status, description, headers, is_account=request.url.path.startswith(ACCOUNT))
    return FinalResponse(answer.body, status, answer.headers) if isinstance(error, UnreadBodyError) else answer


def _methods_there(request: Request) -> str:
    """Gets all methods of a path; Starlette only reports those of one of its routes."""
    routes = (route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE)
    return ", ".join(sorted({method for route in routes for method in route.methods}))


def _failure(
    status: int, description: object, headers: Mapping[str, str] | None = None, *, is_account: bool = False
) -> Response:
    envelope = {
        "status": "error" if status >= 500 else "fail",
        "message": HTTPStatus(status).phrase,
        "code": status if is_account else str(status),
        "data": {"description": description},
    }
    challenge = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return _json(envelope, status, headers={**challenge, **(headers or {})})


def _document(document: bytes) -> Response:
    """Sends a stored document; a large one piece by piece, so that it is never in memory as a whole."""
    size = length(document)
    if size <= PIECE:
        return Response(b"".join(pieces(document)), media_type="application/json")
    return StreamingResponse(pieces(document), headers={"Content-Length": str(size)}, media_type="application/json")


def _json(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(written(content), status, headers, media_type="application/json")


def _bearer_token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise ServiceError(401, "The access token is missing: send the header 'Authorization: Bearer <token>'.")
    return token.strip()
