"""The service's time, which can be set, stopped and sped up, and how long what expires is good for."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

from pasqal_cloud.local.scripting.changes import Changing

if TYPE_CHECKING:
    from collections.abc import Callable

EARLIEST, LATEST = (datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in (1000, 9000))
"""Between these, whatever is added to an instant still is one."""


class Lifetimes(Changing):
    """How long what expires is good for, in seconds of the service's clock; what was given out keeps what it has.

    Args:
        token: An access token.
        link: A link to a result.
        idle: An open batch without unsettled jobs.
    """

    def __init__(self, token: float, link: float, idle: float) -> None:
        super().__init__()
        self._usual = {"token": token, "link": link, "idle": idle}
        self.token, self.link, self.idle = token, link, idle

    def change(self, **seconds: float) -> None:
        """Changes those that are given."""
        vars(self).update(seconds)
        self._tell()

    def reset(self) -> None:
        """Makes them what they were at the start."""
        self.change(**self._usual)


class Clock(Changing):
    """Tells the time: this machine's unless it was set otherwise. It never goes back by itself.

    Args:
        machine: Tells this machine's time, in seconds since 1970.
    """

    def __init__(self, machine: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._machine = machine
        self._lock = threading.Lock()
        self._origin = self._since = self._latest = 0.0
        self._speed = 1.0
        self._is_frozen = False
        self._start_again()

    def __call__(self) -> datetime:
        """Tells the time."""
        with self._lock:
            self._latest = max(self._latest, self._now())
            return datetime.fromtimestamp(self._latest, UTC)

    @property
    def is_frozen(self) -> bool:
        """Whether time stands still."""
        return self._is_frozen

    @property
    def speed(self) -> float:
        """How many of its seconds pass in one of this machine's, while it is not frozen."""
        return self._speed

    @property
    def offset(self) -> float:
        """The seconds that it is ahead of this machine's now."""
        with self._lock:
            return self._now() - self._machine()

    def http_date(self) -> str:
        """Tells the time as HTTP's header `Date` does."""
        return format_datetime(self(), usegmt=True)

    def seconds_until(self, instant: datetime) -> float | None:
        """Gives this machine's seconds until an instant, which are none when it has passed; None if it never comes."""
        remaining = (instant - self()).total_seconds()
        if remaining <= 0:
            return 0.0
        return None if self._is_frozen else remaining / self._speed

    def change(
        self,
        *,
        now: float | None = None,
        offset: float | None = None,
        advance: float = 0.0,
        speed: float | None = None,
        frozen: bool | None = None,
    ) -> None:
        """Sets the clock; what is not given stays as it is.

        Args:
            now: The time that it is to show, in seconds since 1970.
            offset: The same, as seconds ahead of this machine's clock.
            advance: Seconds by which it is to jump from there.
            speed: How fast it is to run from now on.
            frozen: Whether it is to stand still.
        """
        with self._lock:
            start = now if now is not None else self._now()
            if offset is not None:
                start = self._machine() + offset
            self._origin, self._since = start + advance, self._machine()
            self._latest = EARLIEST
            self._speed = self._speed if speed is None else speed
            self._is_frozen = self._is_frozen if frozen is None else frozen
        self._tell()

    def reset(self) -> None:
        """Makes it show this machine's time again."""
        with self._lock:
            self._start_again()
        self._tell()

    def _start_again(self) -> None:
        self._origin = self._since = self._machine()
        self._latest = EARLIEST
        self._speed = 1.0
        self._is_frozen = False

    def _now(self) -> float:
        elapsed = 0.0 if self._is_frozen else (self._machine() - self._since) * self._speed
        return min(max(self._origin + elapsed, EARLIEST), LATEST)
