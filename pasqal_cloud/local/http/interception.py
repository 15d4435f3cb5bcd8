"""Records every request before it reaches the application, and simulates the faults that are set."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import socket
import struct
import sys
from collections import defaultdict
from time import monotonic
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response

from pasqal_cloud.local.logs import request_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.routing import Route
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from pasqal_cloud.local.metrics import Metrics
    from pasqal_cloud.local.scripting.faults import Fault
    from pasqal_cloud.local.scripting.recording import Exchange
    from pasqal_cloud.local.scripting.script import Script

CONTROL = "/_local"
"""The path for controlling the service: requests to it are not recorded, and faults do not affect them."""

TRANSPORT = "transport"
"""The key of the connection in the `state` of a request's scope."""

OPERATION = "operation"
"""The key of the operation's name in a request's scope, whose `path_params` are then those of its path."""

UNKNOWN = "unknown"
"""The operation of a request for another path than the operations'."""

A_REQUEST_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)
"""What the header `X-Request-Id` of a client or a proxy must look like to be used."""

NOTHING_LINGERS = struct.pack("ii" if sys.platform != "win32" else "hh", 1, 0)
"""The value of SO_LINGER with which closing a connection resets it."""

logger = logging.getLogger(__name__)


class Interception:
    """The outermost layer of the application. It also adds the headers `X-Request-Id` and, from the clock, `Date`.

    Args:
        app: The rest of the application.
        operations: The routes of the operations; the name of a route is that of the operation.
        script: The clock, the faults and the recording.
        metrics: Counts the requests.
    """

    def __init__(self, app: ASGIApp, operations: Iterable[Route], script: Script, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics
        self._routes: dict[str, list[Route]] = defaultdict(list)
        for route in operations:
            for method in route.methods or ():
                self._routes[method].append(route)
        self._clock = script.clock
        self._faults = script.faults
        self._recording = script.recording

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles a request, or passes it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id.set(_request_id(scope))
        send = self._dated(send)
        if scope["path"] == CONTROL or scope["path"].startswith(f"{CONTROL}/"):
            await self._app(scope, receive, send)
            return
        since = monotonic()
        exchange = self._begin(scope)
        try:
            await self._perform(exchange, scope, *self._recorded(exchange, receive, send))
        finally:
            self._report(exchange, monotonic() - since)

    async def _perform(self, exchange: Exchange, scope: Scope, receive: Receive, send: Send) -> None:
        fault = self._faults.meet(exchange.operation) if exchange.operation else None
        if fault is None:
            await self._app(scope, receive, send)
        else:
            exchange.fault = fault.id
            await Misbehaviour(self._app, fault, exchange, scope, receive, send)(self._clock.http_date())

    def _report(self, exchange: Exchange, seconds: float) -> None:
        """Counts and logs a request; its query is left out, since it may contain a signature."""
        operation = exchange.operation or UNKNOWN
        self._metrics.answered(operation, exchange.status, seconds)
        logger.log(
            logging.INFO if exchange.operation else logging.DEBUG,
            "%s %s: %s, after %.4f s",
            operation,
            exchange.path,
            exchange.status,
            seconds,
            extra={
                "operation": operation,
                "method": exchange.method,
                "path": exchange.path,
                "status": exchange.status,
                "duration": round(seconds, 6),
            },
        )

    def _begin(self, scope: Scope) -> Exchange:
        return self._recording.begin(
            self._operation(scope),
            scope["method"],
            scope["path"],
            scope["query_string"].decode("latin-1"),
            dict(Headers(scope=scope)),
            self._clock(),
        )

    def _operation(self, scope: Scope) -> str | None:
        """Gets the name of a request's operation, and stores it with the parameters in the path for the application."""
        for route in self._routes.get(scope["method"], ()):
            if match := route.path_regex.match(scope["path"]):
                scope[OPERATION], scope["path_params"] = route.name, match.groupdict()
                return route.name
        return None

    def _recorded(self, exchange: Exchange, receive: Receive, send: Send) -> tuple[Receive, Send]:
        async def receive_recorded() -> Message:
            message = await receive()
            if message["type"] == "http.request":
                self._recording.keep(exchange, message.get("body", b""))
            return message

        async def send_recorded(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
            await send(message)

        return receive_recorded, send_recorded

    def _dated(self, send: Send) -> Send:
        async def send_dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("date", self._clock.http_date())
                headers.setdefault("x-request-id", request_id.get() or "")
            await send(message)

        return send_dated


def _request_id(scope: Scope) -> str:
    """Gets the id of a request, by which it is found in the logs: that of the proxy or the client, or a new one."""
    given = Headers(scope=scope).get("x-request-id", "")
    return given if A_REQUEST_ID.fullmatch(given) else uuid4().hex


class Misbehaviour:
    """A request with a fault.

    Wrong responses are written directly to the connection, which is then closed: the server would not send
    invalid HTTP or unknown statuses.

    Args:
        app: The rest of the application.
        fault: The fault to simulate.
        exchange: The record of the request.
        scope: The request.
        receive: Receives its body, and then the end of the connection.
        send: Sends a normal response.
    """

    def __init__(
        self, app: ASGIApp, fault: Fault, exchange: Exchange, scope: Scope, receive: Receive, send: Send
    ) -> None:
        self._app = app
        self._fault = fault
        self._exchange = exchange
        self._scope = scope
        self._receive = receive
        self._send = send
        self._transport: asyncio.Transport = scope["state"][TRANSPORT]

    async def __call__(self, date: str) -> None:
        """Simulates the fault.

        Args:
            date: The header of that name, for a response made by the fault.
        """
        fault, response = self._fault, None
        if fault.is_processed:
            response = await self._right_response()
        else:
            await self._read_body()
        if fault.has_answer:
            response = _own_response(fault, date)
        elif fault.drop is not None:
            response = None
        await asyncio.sleep(fault.delay)
        if fault.raw is not None:
            self._transport.write(fault.raw)
        elif response is not None:
            await self._respond(response)
        if fault.ending is not None:
            await self._end()

    async def _right_response(self) -> Response:
        right, body = Response(status_code=500), bytearray()
        right.raw_headers = []

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                right.status_code, right.raw_headers = message["status"], list(message["headers"])
            else:
                body.extend(message.get("body", b""))

        try:
            await self._app(self._scope, self._receive, collect)
        except Exception:
            logger.exception("Processing a request failed while a fault was simulated.")
        right.body = bytes(body)
        return right

    async def _read_body(self) -> None:
        while (await self._receive()).get("more_body", False):
            pass

    async def _respond(self, response: Response) -> None:
        for name, value in self._fault.headers.items():
            response.headers[name] = value
            if not value:
                del response.headers[name]
        self._exchange.status = response.status_code
        if self._fault.ending is None:
            await response(self._scope, self._receive, self._send)
            return
        lines = [b"HTTP/1.1 %d " % response.status_code, *map(b": ".join, response.raw_headers), b"", b""]
        self._transport.write(b"\r\n".join(lines))
        sent = response.body[: max(0, len(response.body) - self._fault.truncate)]
        pieces = (sent[place : place + 1] for place in range(len(sent))) if self._fault.drip else [sent]
        for piece in pieces:
            self._transport.write(piece)
            await asyncio.sleep(self._fault.drip)
            if self._transport.is_closing():
                return

    async def _end(self) -> None:
        """Ends the connection and waits until it is closed; otherwise the server would send a response of its own."""
        match self._fault.ending:
            case "close":
                self._transport.close()
            case "reset":
                reset(self._transport)
        while (await self._receive())["type"] != "http.disconnect":
            pass


def _own_response(fault: Fault, date: str) -> Response:
    if fault.content is not None:
        kind, content = "application/octet-stream", fault.content
    elif isinstance(fault.body, str):
        kind, content = "text/plain; charset=utf-8", fault.body.encode(errors="replace")
    else:
        kind, content = "application/json", b"" if fault.body is None else json.dumps(fault.body).encode()
    headers = {"date": date, "content-type": kind, "content-length": str(len(content)), "connection": "close"}
    return Response(content, fault.status or 200, headers)


def reset(transport: asyncio.Transport) -> None:
    """Resets a connection at once, discarding unsent data."""
    connection: Any = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NOTHING_LINGERS)
    transport.abort()
