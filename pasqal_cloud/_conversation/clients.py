"""The httpx clients of an SDK: how they connect, for whom they are made, and their end.

A client belongs to the process in which it was made, since two processes that read from one connection get each other's
answers; and, where it awaits, to one event loop.
"""

from __future__ import annotations

import asyncio
import math
import time
from contextlib import contextmanager, suppress
from functools import cached_property
from importlib.metadata import version
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeAlias
from weakref import finalize

import attrs
import httpcore
import httpx

from pasqal_cloud._conversation.flow import UNTIL
from pasqal_cloud._conversation.forks import renew_in_child
from pasqal_cloud._conversation.transport import Routes, tls_of
from pasqal_cloud.errors import PasqalCloudError

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping
    from pathlib import Path

AnyClient: TypeAlias = "httpx.Client | httpx.AsyncClient"

USER_AGENT = f"pasqal-cloud/{version('pasqal-cloud')}"

TOO_SLOW = "The answer took longer than the call may last."

WRITTEN_AT_ONCE = 65536
"""A request is written in parts of so many bytes, since each part has the whole timeout of a write."""

_INHERITED: list[object] = []
"""The parent's clients, in a forked child: never used there, and never collected, which would close them."""


class ClosedError(PasqalCloudError):
    """The SDK is closed."""


@attrs.define(kw_only=True, slots=False)
class Wire:
    """How connections are made, to the services, the identity provider and the storage of results alike.

    Args:
        proxy: The proxy; None for what the environment says.
        verify: Whether certificates are checked, or the path of a CA's certificate, or a whole TLS context.
        transport: What sends requests in place of connections of our own.
        headers: Headers of every request.
    """

    proxy: httpx.Proxy | None = None
    verify: bool | Path | ssl.SSLContext = True
    transport: httpx.BaseTransport | httpx.AsyncBaseTransport | None = None
    headers: Mapping[str, str] = attrs.field(factory=dict, repr=False)

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """What checks certificates; made once, since reading a system's CAs takes tens of milliseconds."""
        return tls_of(self.verify)

    def client(self, *, awaits: bool, **settings: Any) -> AnyClient:
        """Makes a client.

        Args:
            awaits: Whether it awaits.
            settings: Its other arguments.
        """
        transport = self.transport or Routes(self.proxy, lambda: self.tls, Punctual())
        headers = {"User-Agent": USER_AGENT, **self.headers}
        settings |= {"headers": headers, "transport": transport, "trust_env": False}
        if awaits:
            return httpx.AsyncClient(**settings)
        return httpx.Client(event_hooks={"response": [_hurry]}, **settings)


class Connections:
    """The httpx clients of one SDK, each made when it is first needed.

    Args:
        make: Makes a client.
        awaits: Whether the clients await.
    """

    def __init__(self, make: Callable[[], AnyClient], *, awaits: bool) -> None:
        self.awaits = awaits
        self._make = make
        self._closed = False
        self._finalizer: finalize[..., Connections] | None = None
        self.begin_anew()
        renew_in_child(self)

    def begin_anew(self) -> None:
        """In a forked child nothing is open: what the parent has stays the parent's."""
        if self._finalizer is not None:
            self._finalizer.detach()
            _INHERITED.append(self._opened)
        self._lock = Lock()
        self._opened: dict[asyncio.AbstractEventLoop | None, _Opened] = {}
        self._finalizer = finalize(self, _close, self._opened)

    def client(self) -> AnyClient:
        """Gets the client for this process and the running event loop.

        Raises:
            ClosedError: The connections have been closed.
        """
        loop = asyncio.get_running_loop() if self.awaits else None
        opened = self._opened.get(loop)
        if opened is None or self._closed:
            with self._lock:
                if self._closed:
                    raise ClosedError("This SDK is closed. Create a new one.", sent=False)
                self._forget_ended_loops()
                opened = self._opened.get(loop) or self._opened.setdefault(loop, _Opened(self._make()))
        return opened.http

    def close(self) -> None:
        """Closes the connections for good, blocking."""
        for opened in self._taken():
            opened.http.close()  # type: ignore[union-attr]  # blocking ones

    async def aclose(self) -> None:
        """Closes the connections for good. Those of other event loops are closed there, if they still run."""
        here = asyncio.get_running_loop()
        for opened in self._taken():
            if opened.loop is here:
                await opened.end.aclose()

    def _taken(self) -> list[_Opened]:
        with self._lock:
            self._closed = True
            taken = list(self._opened.values())
            self._opened.clear()
            return taken

    def _forget_ended_loops(self) -> None:
        for loop in [loop for loop in self._opened if loop is not None and loop.is_closed()]:
            del self._opened[loop]


class _Opened:
    """A client; and what ends it with its event loop, if it has one.

    An event loop closes the asynchronous generators that were begun on it when it ends, and those that nobody holds any
    more. There is no other sign of a loop's end.
    """

    def __init__(self, http: AnyClient) -> None:
        self.http = http
        if isinstance(http, httpx.AsyncClient):
            self.loop = asyncio.get_running_loop()
            self.end = _ending(http)
            with suppress(StopIteration):
                self.end.__anext__().send(None)  # up to its `yield`, from where on the loop knows of it


async def _ending(http: httpx.AsyncClient) -> AsyncGenerator[None]:
    try:
        yield
    finally:
        await http.aclose()


def _close(opened: dict[Any, _Opened]) -> None:
    for each in opened.values():
        if isinstance(each.http, httpx.Client):
            each.http.close()
    opened.clear()


class Punctual(httpcore.SyncBackend):
    """Connects as httpcore does, and gives up when the time of the request that is being sent is over.

    httpx's own timeouts begin anew with each part of an answer, so that a service that sends a byte now and then is
    waited for without end. Where a request is awaited, asyncio ends it at any point.
    """

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connects to a host."""
        with _too_slow(httpcore.ConnectTimeout):
            return _PunctualStream(super().connect_tcp(host, port, _at_most(timeout), local_address, socket_options))


class _PunctualStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with _too_slow(httpcore.ReadTimeout):
            return self._stream.read(max_bytes, _at_most(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), WRITTEN_AT_ONCE):
            with _too_slow(httpcore.WriteTimeout):
                self._stream.write(buffer[start : start + WRITTEN_AT_ONCE], _at_most(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        with _too_slow(httpcore.ConnectTimeout):
            return _PunctualStream(self._stream.start_tls(ssl_context, server_hostname, _at_most(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _at_most(timeout: float | None) -> float | None:
    """Gets a timeout that ends when the request's time does."""
    left = UNTIL.get() - time.monotonic()
    if timeout is None and math.isinf(left):
        return None
    return max(min(left, math.inf if timeout is None else timeout), 1e-3)  # zero would mean not to wait at all


@contextmanager
def _too_slow(kind: type[httpcore.TimeoutException]) -> Iterator[None]:
    """Says so where it was the request's time that was over."""
    if time.monotonic() > UNTIL.get():
        raise kind(TOO_SLOW)
    try:
        yield
    except httpcore.TimeoutException as error:
        raise kind(TOO_SLOW if time.monotonic() > UNTIL.get() else str(error)) from error


class _Hurried(httpx.SyncByteStream):
    """A body that has to arrive in time, over a transport of the user's own, too."""

    def __init__(self, answer: httpx.Response, until: float) -> None:
        self._answer = answer
        self._stream: Any = answer.stream
        self._until = until

    def __iter__(self) -> Iterator[bytes]:
        for part in self._stream:
            yield part
            if time.monotonic() > self._until:
                raise httpx.ReadTimeout(TOO_SLOW, request=self._answer.request)

    def close(self) -> None:
        self._stream.close()


def _hurry(answer: httpx.Response) -> None:
    if not math.isinf(UNTIL.get()):
        answer.stream = _Hurried(answer, UNTIL.get())
