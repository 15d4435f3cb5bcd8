"""Limits on connections, so that slow or idle clients do not block others.

uvicorn itself only limits the time between two requests on a connection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from pasqal_cloud.local.http.interception import TRANSPORT, reset

if TYPE_CHECKING:
    import asyncio
    import socket

REQUEST_WITHIN = 20.0
"""Seconds within which all headers of a request must arrive."""

READ_WITHIN = 60.0
"""Seconds within which a client must read some of a response."""

IDLE_BETWEEN = 30
"""Seconds that a connection may be idle between requests; clients should use a shorter time, to avoid a race."""

MAX_CONNECTIONS = 400
"""The maximum number of connections; most systems allow a process 1,024 open files."""


ACCEPTED_AT_ONCE = 50
"""How many connections are accepted at once; each takes a file until an excess one is closed."""

BACKLOG = 2048
"""How many connections may wait to be accepted; the system may allow fewer."""


class BoundedServer(uvicorn.Server):
    """A server that lets a burst of connections wait instead of running out of files."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts listening, then enlarges the queue, since asyncio accepts a whole backlog at once."""
        self.config.backlog = ACCEPTED_AT_ONCE
        await super().startup(sockets)
        for listener in sockets or ():
            listener.listen(BACKLOG)


class BoundedConnection(H11Protocol):
    """A connection that is closed if its client takes too long, or if there are too many connections."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._limit: asyncio.TimerHandle | None = None
        self._since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn does
        """Starts the time limit for a request."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, TRANSPORT: transport}
        self._wait_at_most(REQUEST_WITHIN)
        if sum(not other.transport.is_closing() for other in self.connections) > MAX_CONNECTIONS:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        """Stops the time limit when the headers are complete; the application limits the time for the body."""
        super().data_received(data)
        if not self._is_before_a_request:
            self._wait_no_more()
        elif self._limit is None:  # the beginning of another request on the same connection
            self._wait_at_most(REQUEST_WITHIN)

    def on_response_complete(self) -> None:
        """Notes the time, since connections that have been idle longest are closed first."""
        self._since = self.loop.time()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Starts the time limit for reading a response."""
        super().pause_writing()
        self._wait_at_most(READ_WITHIN)

    def resume_writing(self) -> None:
        """Stops the time limit."""
        super().resume_writing()
        self._wait_no_more()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stops the time limit."""
        self._wait_no_more()
        super().connection_lost(exc)

    @property
    def _is_before_a_request(self) -> bool:
        return self.conn.their_state is h11.IDLE

    @property
    def _is_the_clients_turn(self) -> bool:
        return self._is_before_a_request or self.conn.their_state is h11.SEND_BODY

    def _make_room(self) -> None:
        """Resets the connection that has waited longest for its client; this one if there is no other."""
        waiting = [
            other
            for other in self.connections
            if isinstance(other, BoundedConnection) and other._is_the_clients_turn and not other.transport.is_closing()
        ]  # connections reset in this iteration of the event loop are still listed
        oldest = min(waiting, key=lambda other: other._since)
        reset(oldest.transport)

    def _wait_at_most(self, seconds: float) -> None:
        self._wait_no_more()
        self._since = self.loop.time()
        self._limit = self.loop.call_later(seconds, reset, self.transport)

    def _wait_no_more(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None
