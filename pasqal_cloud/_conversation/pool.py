"""The connections of awaiting clients.

httpcore's own asynchronous pool looks at every connection for each request that begins or ends. From ten requests at a
time on, this takes longer than the requests. Here, a request takes the connection that was used last.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpcore

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterable, AsyncIterator, Callable

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
        self._idle: list[httpcore.AsyncHTTPConnection] = []
        self._places = asyncio.Semaphore(MOST)
        self._is_closed = False

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Sends a request."""
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

        async def give_back() -> None:
            self._places.release()
            await self._keep(connection)

        return httpcore.Response(
            answer.status,
            headers=answer.headers,
            content=_Body(answer.stream, give_back),
            extensions=answer.extensions,
        )

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
        while connection := next((each for each in reversed(self._idle) if each.can_handle_request(origin)), None):
            self._idle.remove(connection)
            if connection.is_available() and not connection.has_expired():
                return connection
            await connection.aclose()
        return httpcore.AsyncHTTPConnection(origin, ssl_context=self._tls, keepalive_expiry=KEPT_FOR)

    async def _keep(self, connection: httpcore.AsyncHTTPConnection) -> None:
        """Keeps a connection after its request; closes those that have expired, and the oldest if there are many."""
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


class _Body:
    """The body of a response, whose connection is free again when it is closed."""

    def __init__(self, stream: Any, give_back: Callable[[], Any]) -> None:
        self._stream: AsyncIterable[bytes] = stream
        self._give_back: Callable[[], Any] | None = give_back

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for part in self._stream:
                yield part
        except BaseException:
            await self.aclose()
            raise

    async def aclose(self) -> None:
        if self._give_back is None:
            return
        give_back, self._give_back = self._give_back, None
        try:
            await self._stream.aclose()  # type: ignore[attr-defined]  # httpcore's streams have it
        finally:
            await give_back()
