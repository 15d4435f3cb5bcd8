"""Connections with clients that keep the service waiting: none of them keeps others out for long.

uvicorn's own limit is for connections that are idle between two requests.
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
"""Seconds after which the first bytes of a request must have been followed by all of its headers."""

READ_WITHIN = 60.0
"""Seconds after which some of an answer must have been read."""

IDLE_BETWEEN = 30
"""Seconds that a connection may be idle between two requests; clients give theirs up earlier, or race with this."""

MAX_CONNECTIONS = 400
"""How many connections there may be, of the 1,024 files that a process may have open on most machines."""


ACCEPTED_AT_ONCE = 50
"""How many connections are accepted before any that is too many is closed: each takes a file until then."""

BACKLOG = 2048
"""How many connections may wait to be accepted; the system may hold fewer."""


class BoundedServer(uvicorn.Server):
    """A server that has a burst of connections wait, rather than run out of files."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins to listen: asyncio accepts as many at once as may wait, unless the queue is made longer later."""
        self.config.backlog = ACCEPTED_AT_ONCE
        await super().startup(sockets)
        for listener in sockets or ():
            listener.listen(BACKLOG)


class BoundedConnection(H11Protocol):
    """A connection that is given up when its client takes too long, or for a new one when there are too many."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._limit: asyncio.TimerHandle | None = None
        self._since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn does
        """Begins to wait for a request."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, TRANSPORT: transport}
        self._wait_at_most(REQUEST_WITHIN)
        if sum(not other.transport.is_closing() for other in self.connections) > MAX_CONNECTIONS:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        """Stops to wait once the headers are complete: what becomes of a body is the application's business."""
        super().data_received(data)
        if not self._is_before_a_request:
            self._wait_no_more()
        elif self._limit is None:  # the beginning of another request on the same connection
            self._wait_at_most(REQUEST_WITHIN)

    def on_response_complete(self) -> None:
        """Whoever has just been answered is not who has kept the service waiting for longest."""
        self._since = self.loop.time()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Begins to wait until the client reads."""
        super().pause_writing()
        self._wait_at_most(READ_WITHIN)

    def resume_writing(self) -> None:
        """The client has read."""
        super().resume_writing()
        self._wait_no_more()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._wait_no_more()
        super().connection_lost(exc)

    @property
    def _is_before_a_request(self) -> bool:
        return self.conn.their_state is h11.IDLE

    @property
    def _is_the_clients_turn(self) -> bool:
        return self._is_before_a_request or self.conn.their_state is h11.SEND_BODY

    def _make_room(self) -> None:
        """Hangs up on the client that has been waited for longest: on this one itself when there is no other."""
        waiting = [
            other
            for other in self.connections
            if isinstance(other, BoundedConnection) and other._is_the_clients_turn and not other.transport.is_closing()
        ]  # those that were reset since the loop's last round are still among the connections
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
