"""The connections of awaiting clients.

httpcore's own asynchronous pool looks at every connection for each request that begins or ends. From ten requests at a
time on, this takes longer than the requests. Here, a request takes the connection that was used last.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

import httpcore

from pasqal_cloud._conversation.streams import Streams

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable

MOST = 100
"""The most connections at a time, as in httpx; further requests wait."""

MOST_IDLE = 20
"""The most connections that are kept for further requests, as in httpx."""

KEPT_FOR = 5.0
"""The seconds for which a connection is kept, as in httpx."""


class Pool:
    """Connections to any hosts, with the interface that httpx needs of httpcore's pools.

    Args:
        tls: The TLS context for encrypted connections.
    """

    def __init__(self, tls: ssl.SSLContext) -> None:
        self._tls = tls
        is_own = isinstance(asyncio.get_running_loop(), asyncio.BaseEventLoop)
        self._backend = Streams() if is_own else None  # None is httpcore's, for event loops of others, like uvloop's
        self._idle: list[httpcore.AsyncHTTPConnection] = []
        self._places = asyncio.Semaphore(MOST)
        self._is_closed = False

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Sends a request."""
        if not self._places.locked():
            await self._places.acquire()
        else:
            try:
                async with asyncio.timeout(request.extensions.get("timeout", {}).get("pool")):
                    await self._places.acquire()
            except TimeoutError as error:
                raise httpcore.PoolTimeout from error
        try:
            connection, answer = await self._answered(request)
        except BaseException:
            self._places.release()
            raise
        answer.stream = _Body(answer.stream, partial(self._give_back, connection))
        return answer

    async def _answered(self, request: httpcore.Request) -> tuple[httpcore.AsyncHTTPConnection, httpcore.Response]:
        while True:
            connection = await self._taken(request.url.origin)
            try:
                return connection, await connection.handle_async_request(request)
            except httpcore.ConnectionNotAvailable:
                continue  # the service has closed it
            except BaseException:
                await connection.aclose()
                raise

    async def _taken(self, origin: httpcore.Origin) -> httpcore.AsyncHTTPConnection:
        """Takes the connection to a host that was used last, or makes one."""
        while connection := self._last_idle(origin):
            if connection.is_available() and not connection.has_expired():
                return connection
            await connection.aclose()
        return _Connection(origin, ssl_context=self._tls, keepalive_expiry=KEPT_FOR, network_backend=self._backend)

    def _last_idle(self, origin: httpcore.Origin) -> httpcore.AsyncHTTPConnection | None:
        for place in reversed(range(len(self._idle))):
            if self._idle[place].can_handle_request(origin):
                return self._idle.pop(place)
        return None

    async def _give_back(self, connection: httpcore.AsyncHTTPConnection) -> None:
        """Keeps a connection after its request; closes those that have expired, and the oldest if there are many."""
        self._places.release()
        if connection.is_idle() and not self._is_closed:
            self._idle.append(connection)
        else:
            await connection.aclose()
        while self._idle and (len(self._idle) > MOST_IDLE or self._idle[0].has_expired()):
            await self._idle.pop(0).aclose()

    async def aclose(self) -> None:
        """Closes the connections that are not in use; the others are closed when their requests end."""
        self._is_closed = True
        while self._idle:
            await self._idle.pop().aclose()


class _Connection(httpcore.AsyncHTTPConnection):
    """A connection with asyncio's locks; httpcore's let other tasks run first, three times in each request."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request_lock: Any = asyncio.Lock()

    @property
    def _connection(self) -> Any:  # pyright: ignore[reportIncompatibleVariableOverride]  # httpcore's attribute
        return self._inner

    @_connection.setter
    def _connection(self, inner: Any) -> None:
        self._inner = inner
        if inner is not None:
            inner._state_lock = asyncio.Lock()


class _Body:
    """The body of a response, whose connection is free again when it is closed."""

    def __init__(self, stream: Any, give_back: Callable[[], Awaitable[None]]) -> None:
        self._stream: AsyncIterable[bytes] = stream
        self._give_back: Callable[[], Awaitable[None]] | None = give_back

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(self._stream)

    async def aclose(self) -> None:
        give_back, self._give_back = self._give_back, None
        if give_back is None:
            return
        try:
            await self._stream.aclose()  # type: ignore[attr-defined]  # httpcore's streams have it
        finally:
            await give_back()
