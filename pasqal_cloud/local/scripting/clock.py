"""The service's clock, which can be set, stopped and sped up, and the lifetimes of tokens, links and idle batches."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from pasqal_cloud.local.scripting.changes import Changing

if TYPE_CHECKING:
    from collections.abc import Callable

EARLIEST, LATEST = (datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in (1000, 9000))
"""Limits of the clock, so that adding a lifetime never exceeds what `datetime` can represent."""


class Lifetimes(Changing):
    """Lifetimes, in seconds of the service's clock. A change does not affect tokens and links that already exist.

    Args:
        token: An access token.
        link: A link to a result.
        idle: An open batch without pending or running jobs.
    """

    def __init__(self, token: float, link: float, idle: float) -> None:
        super().__init__()
        self.token, self.link, self.idle = token, link, idle
        self._usual = self.as_json()

    def as_json(self) -> dict[str, float]:
        """Shows them."""
        return {"token": self.token, "link": self.link, "idle": self.idle}

    def change(self, **seconds: float) -> None:
        """Changes the given lifetimes."""
        vars(self).update(seconds)
        self._tell()

    def reset(self) -> None:
        """Restores the lifetimes at the start."""
        self.change(**self._usual)


class Clock(Changing):
    """A clock that shows this machine's time unless it is set. It only goes back when it is set.

    Args:
        machine: Gets this machine's time, in seconds since 1970.
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
        """Gets the time."""
        with self._lock:
            self._latest = max(self._latest, self._now())
            return datetime.fromtimestamp(self._latest, UTC)

    @property
    def is_frozen(self) -> bool:
        """Whether the clock is stopped."""
        return self._is_frozen

    @property
    def speed(self) -> float:
        """How many of its seconds pass per second of real time, while it is not frozen."""
        return self._speed

    @property
    def offset(self) -> float:
        """By how many seconds it is ahead of this machine's clock now."""
        with self._lock:
            return self._now() - self._machine()

    def as_json(self) -> dict[str, Any]:
        """Shows it."""
        now, offset = self().isoformat(), round(self.offset, 6)
        return {"now": now, "offset": offset, "speed": self.speed, "frozen": self.is_frozen}

    def http_date(self) -> str:
        """Gets the time in the format of the HTTP header `Date`."""
        return format_datetime(self(), usegmt=True)

    def seconds_until(self, instant: datetime) -> float | None:
        """Gets the seconds of real time until an instant; 0 if it has passed, None if the clock is frozen."""
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
        """Sets the clock; arguments that are not given change nothing.

        Args:
            now: The new time, in seconds since 1970.
            offset: The new time, in seconds ahead of this machine's clock.
            advance: Seconds to add to the time.
            speed: The speed from now on, relative to real time.
            frozen: Whether to stop the clock.
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
        """Resets it to this machine's time."""
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
