"""How many requests an SDK has under way at once: as many as its user allows, and fewer after a 429.

How many the service takes is not known. When it answers "too many requests", the number is halved, down to one; each
answer after that raises it by a little, so that it grows by one in the time of as many requests as may be under way.
That is how TCP shares a line ("additive increase, multiplicative decrease").
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future
from math import inf
from threading import RLock
from typing import TYPE_CHECKING

from pasqal_cloud._conversation.flow import CLOCK, Wait
from pasqal_cloud._conversation.forks import renew_in_child
from pasqal_cloud.errors import ValidationError

if TYPE_CHECKING:
    from pasqal_cloud._conversation.flow import Flow

MOST = 100
"""The most that may be allowed: as many connections has a client."""

TOO_MANY = 429


def places_of(max_in_flight: int) -> int:
    """Checks the argument `max_in_flight`."""
    if not isinstance(max_in_flight, int) or isinstance(max_in_flight, bool) or not 1 <= max_in_flight <= MOST:
        raise ValidationError(f"max_in_flight must be a whole number from 1 to {MOST}, not {max_in_flight!r}.")
    return max_in_flight


class Places:
    """The places for the requests of an SDK, which its threads and tasks take in turn.

    Args:
        most: The number of places.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.begin_anew()
        renew_in_child(self)

    def begin_anew(self) -> None:
        """Starts with all places free, as in a forked child, which does not have the parent's requests."""
        # reentrant, since garbage collection may end a flow, which gives back its place, at any point of these methods
        self._lock = RLock()
        self._taken = 0
        self._allowed = float(self.most)
        self._lowered_at = -inf
        self._waiting: deque[Future[None]] = deque()

    @property
    def allowed(self) -> int:
        """The number of places at present."""
        return int(self._allowed)

    def taking(self, until: float) -> Flow[bool]:
        """Takes a place, which has to be given back; waits for one if all are taken. Tells whether it has waited.

        Args:
            until: When the place must be free, on the monotonic clock; after that, `TooLate` is raised.
        """
        with self._lock:
            if self._taken < self.allowed and not self._waiting:
                self._taken += 1
                return False
        turn: Future[None] = Future()
        turn.set_running_or_notify_cancel()  # so that a task that is cancelled leaves it as it is
        with self._lock:
            self._waiting.append(turn)
            self._admit()  # a place may have become free just now
        try:
            yield Wait(turn, until)
        except BaseException:
            self._leave(turn)
            raise
        return True

    def give_back(self) -> None:
        """Gives a place back, to the request that has waited longest."""
        with self._lock:
            self._taken = max(0, self._taken - 1)  # a child that was forked during a request has taken none
            self._admit()

    def note(self, status: int, began: float) -> None:
        """Takes the status of a response into account.

        Args:
            status: The status.
            began: When the request was sent, on the monotonic clock. Requests that were under way together when the
                service had too many count once.
        """
        if status == TOO_MANY:
            with self._lock:
                if began >= self._lowered_at:
                    self._allowed = max(1.0, self._allowed / 2)
                    self._lowered_at = CLOCK.now()
        elif self._allowed < self.most:
            with self._lock:
                self._allowed = min(float(self.most), self._allowed + 1 / self._allowed)
                self._admit()

    def _admit(self) -> None:
        while self._taken < self.allowed and self._waiting:
            self._taken += 1
            self._waiting.popleft().set_result(None)

    def _leave(self, turn: Future[None]) -> None:
        """Stops waiting; the place may have become free just then."""
        with self._lock:
            if turn.done():
                self.give_back()
            elif turn in self._waiting:  # not in a child that was forked meanwhile
                self._waiting.remove(turn)
