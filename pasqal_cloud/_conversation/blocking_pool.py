"""The connections of blocking clients.

httpcore's own pool goes through its requests and connections whenever a request begins or ends, which takes a tenth of
the time of a small request. Here, a request takes the connection that was used last, as in `pool`.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from threading import RLock
from typing import TYPE_CHECKING, Any

import httpcore

from pasqal_cloud._conversation.deadlines import Punctual, at_most

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Iterator

MOST = 100
"""The most connections at a time, as in httpx; further requests wait."""

MOST_IDLE = 20
"""The most connections that are kept for further requests, as in httpx."""

KEPT_FOR = 5.0
"""The seconds for which a connection is kept, as in httpx."""


class BlockingPool:
    """Connections to any hosts, with the interface that httpx needs of httpcore's pools.

    Args:
        tls: The TLS context for encrypted connections.
    """

    def __init__(self, tls: ssl.SSLContext) -> None:
        self._tls = tls
        self._backend = Punctual()
        self._idle: list[httpcore.HTTPConnection] = []
        self._lock = RLock()  # a signal handler or garbage collection may come in between
        self._places: SimpleQueue[None] = SimpleQueue()  # a semaphore that is written in C
        for _ in range(MOST):
            self._places.put(None)
        self._is_closed = False

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        """Sends a request."""
        limit = at_most(request.extensions.get("timeout", {}).get("pool"), httpcore.PoolTimeout)
        try:
            self._places.get(timeout=limit)
        except Empty:
            raise httpcore.PoolTimeout from None
        try:
            connection, answer = self._answered(request)
        except BaseException:
            self._places.put(None)
            raise
        answer.stream = _Body(answer.stream, partial(self._give_back, connection))
        return answer

    def _answered(self, request: httpcore.Request) -> tuple[httpcore.HTTPConnection, httpcore.Response]:
        while True:
            connection = self._taken(request.url.origin)
            try:
                return connection, connection.handle_request(request)
            except httpcore.ConnectionNotAvailable:
                continue  # the service has closed it
            except BaseException:
                connection.close()
                raise

    def _taken(self, origin: httpcore.Origin) -> httpcore.HTTPConnection:
        """Takes the connection to a host that was used last, or makes one."""
        while connection := self._last_idle(origin):
            if connection.is_available() and not connection.has_expired():
                return connection
            connection.close()
        return httpcore.HTTPConnection(
            origin, ssl_context=self._tls, keepalive_expiry=KEPT_FOR, network_backend=self._backend
        )

    def _last_idle(self, origin: httpcore.Origin) -> httpcore.HTTPConnection | None:
        with self._lock:
            for connection in reversed(self._idle.copy()):
                if connection.can_handle_request(origin):
                    with suppress(ValueError):
                        self._idle.remove(connection)
                        return connection
        return None

    def _give_back(self, connection: httpcore.HTTPConnection) -> None:
        """Keeps a connection after its request; closes those that have expired, and the oldest if there are many."""
        dropped = []
        with self._lock:
            while self._idle and (len(self._idle) >= MOST_IDLE or self._idle[0].has_expired()):
                with suppress(IndexError):
                    dropped.append(self._idle.pop(0))
            if connection.is_idle() and not self._is_closed:
                self._idle.append(connection)
            else:
                dropped.append(connection)
        self._places.put(None)
        for each in dropped:
            each.close()

    def close(self) -> None:
        """Closes the connections that are not in use; the others are closed when their requests end."""
        with self._lock:
            self._is_closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()


class _Body:
    """The body of a response, whose connection is free again when it is closed."""

    def __init__(self, stream: Any, give_back: Callable[[], None]) -> None:
        self._stream: Iterable[bytes] = stream
        self._give_back: Callable[[], None] | None = give_back

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._stream)

    def close(self) -> None:
        give_back, self._give_back = self._give_back, None
        if give_back is None:
            return
        try:
            self._stream.close()  # type: ignore[attr-defined]  # httpcore's streams have it
        finally:
            give_back()
