"""All that the tests name of the package's inside: what drives flows, and what lets a test stand in for time.

Everything else in the tests goes through public names. Where these names move, only this file changes.
"""

from __future__ import annotations

from math import inf, nextafter
from typing import TYPE_CHECKING

from pasqal_cloud._conversation import sent, submitting
from pasqal_cloud._conversation.batches import page_of_jobs
from pasqal_cloud._conversation.flow import CLOCK, Flow, Send, Sleep, Task, Together, Wait, arun, run
from pasqal_cloud._conversation.ledger import Ledger
from pasqal_cloud._conversation.operation import Awaiting, Blocking, fetched, operation
from pasqal_cloud._conversation.paging import Walk
from pasqal_cloud._conversation.places import Places

if TYPE_CHECKING:
    import pytest

__all__ = [
    "Awaiting",
    "Blocking",
    "Clock",
    "Flow",
    "Now",
    "Places",
    "Send",
    "Sleep",
    "Task",
    "Together",
    "Wait",
    "Walk",
    "arun",
    "fetched",
    "forget_submissions",
    "operation",
    "page_of_jobs",
    "run",
]


class Now:
    """An effect that takes no time: a reading of the clock."""

    def perform(self, _: object) -> float:
        """Reads it."""
        return CLOCK.now()

    async def aperform(self) -> float:
        """Reads it."""
        return self.perform(None)


class Clock:
    """Time that only the package's own pauses move, so that a test of hours takes no time.

    Attributes:
        now: The time, in seconds.
        pauses: The pauses so far, in seconds.
        interruption: What the next pause is interrupted by.
    """

    def __init__(self) -> None:
        self.interruption: BaseException | None = None
        self.now = CLOCK.now()
        self.pauses: list[float] = []

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Has the package live by this clock."""

        async def sleep(effect: Sleep) -> None:
            self._sleep(effect.seconds)

        monkeypatch.setattr(CLOCK, "now", lambda: self.now)
        monkeypatch.setattr(Sleep, "perform", lambda effect, _cancelled: self._sleep(effect.seconds))
        monkeypatch.setattr(Sleep, "aperform", sleep)

    def _sleep(self, seconds: float) -> None:
        if self.interruption is not None:
            raise self.interruption
        self.pauses.append(seconds)
        self.now = max(self.now + seconds, nextafter(self.now, inf))  # time never stands still


def forget_submissions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a test begin like a new process, which has submitted nothing."""
    ledger = Ledger()
    for module in (sent, submitting):
        monkeypatch.setattr(module, "SUBMITTED", ledger)
