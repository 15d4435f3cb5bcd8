"""What a client remembers, for the day when nobody knows what became of a submission: what it sent, and the time."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from pasqal_cloud._snapshot import http_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

REMEMBERED = 10_000
"""So many ids are remembered: only those of the last minutes matter, since a search leaves out what is older."""


class ServiceClock:
    """What time it is for the service, which its answers tell in `Date`; this machine's clock may be wrong.

    Kept as an offset to the monotonic clock, and as the least that it can be: an answer was dated between the sending
    of its request and its receipt, and a date lacks the fraction of its second.
    """

    def __init__(self) -> None:
        self._offset: float | None = None

    def note(self, date: str | None, sent: float, received: float) -> None:
        """Learns from an answer.

        Args:
            date: Its `Date`.
            sent: When its request was sent, on the monotonic clock.
            received: When it was received, on the monotonic clock.
        """
        told = http_date(date)
        if told is None:
            return
        least, most = told - received, told + 1.0 - sent
        if self._offset is None or not least <= self._offset <= most:
            self._offset = least

    def at(self, moment: float) -> float | None:
        """Gets the service's time, in seconds since 1970, at the least; None while it is not known.

        Args:
            moment: When, on the monotonic clock.
        """
        return None if self._offset is None else self._offset + moment


class Entry(Protocol):
    """One submission, as the ledger knows it."""

    key: str
    """Its name, which no other has."""
    content: str
    """What was sent; equal for submissions that can't be told apart."""
    unknown: bool
    """Whether it was sent and nobody knows what became of it; otherwise it is being sent."""


class Ledger:
    """Which submissions have not come to an end, and what came of the others.

    It is used by many threads at once and has no lock, so that it survives a fork and can be copied: each step is one
    operation on a dictionary, which the interpreter does not interrupt.
    """

    def __init__(self) -> None:
        self._open: dict[str, Entry] = {}
        self._holders: dict[str, str] = {}
        self._seen: dict[str, float] = {}

    @contextmanager
    def entered(self, entry: Entry) -> Iterator[None]:
        """Counts a submission among those that have not come to an end.

        Args:
            entry: The submission.
        """
        self._open[entry.key] = entry
        try:
            yield
        finally:
            self._open.pop(entry.key, None)

    def hold(self, name: str, entry: Entry) -> bool:
        """Gives what was created to the submission that created it; tells whether no other has it.

        Args:
            name: The id of what was created.
            entry: The submission.
        """
        _forget_old(self._holders)
        return self._holders.setdefault(name, entry.key) == entry.key

    def is_held(self, name: str) -> bool:
        """Tells whether a submission has what has this id.

        Args:
            name: The id.
        """
        return name in self._holders

    def see(self, names: Iterable[str], now: float) -> None:
        """Remembers what exists, so that no later submission can have created it.

        Args:
            names: Its ids.
            now: The time, on the monotonic clock.
        """
        for name in names:
            self._seen.setdefault(name, now)
        _forget_old(self._seen)

    def existed(self, name: str, moment: float) -> bool:
        """Tells whether something was seen at a moment or before.

        Args:
            name: Its id.
            moment: The moment, on the monotonic clock.
        """
        return self._seen.get(name, float("inf")) <= moment

    def rivals(self, content: str) -> tuple[int, int]:
        """Counts the submissions of the same: those being sent, and those of which nobody knows what became.

        Args:
            content: What was sent.
        """
        same = [entry.unknown for entry in list(self._open.values()) if entry.content == content]
        return same.count(False), same.count(True)


def _forget_old(names: dict[str, float] | dict[str, str]) -> None:
    if len(names) > REMEMBERED:
        for name in list(names)[: REMEMBERED // 2]:
            names.pop(name, None)
