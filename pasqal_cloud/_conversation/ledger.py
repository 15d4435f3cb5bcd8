"""What a process remembers of its submissions, to recognise what became of one whose answer was lost."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol
from weakref import WeakValueDictionary

from pasqal_cloud._conversation.forks import renew_in_child
from pasqal_cloud._conversation.snapshots import http_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

KEPT_FOR = 120.0
"""Ids are kept this many seconds longer than any submission needs them whose outcome may still be looked for."""

INHERITED_FOR = 600.0
"""For so many seconds after a fork, the child counts what its parent was submitting then: longer than requests take."""


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

    @property
    def key(self) -> str:
        """Its name, which no other has."""
        ...

    @property
    def content(self) -> str:
        """What was sent; equal for submissions that can't be told apart."""
        ...

    @property
    def moment(self) -> float:
        """When it was sent, on the monotonic clock."""
        ...

    @property
    def unknown(self) -> bool:
        """Whether it was sent and its outcome is unknown; otherwise it is being sent."""
        ...


class Ledger:
    """The submissions of this process, whichever SDK made them: those in flight, and the ids that came of the others.

    It is used by many threads at once and has no lock, so that it survives a fork: each step is one operation on a
    dictionary, which the interpreter does not interrupt.
    """

    def __init__(self) -> None:
        self._open: dict[str, Entry] = {}
        self._living: WeakValueDictionary[str, Entry] = WeakValueDictionary()
        self._inherited: list[tuple[Entry, float]] = []
        self._holders: dict[str, tuple[str, float]] = {}
        self._seen: dict[str, float] = {}
        self._forget_at = 0.0
        renew_in_child(self)

    def begin_anew(self) -> None:
        """In a forked child, counts what the parent was submitting as being sent by another process."""
        self._inherited += [(entry, time.monotonic()) for entry in self._open.values()]
        self._open.clear()

    @contextmanager
    def entered(self, entry: Entry) -> Iterator[None]:
        """Counts a submission among those that have not come to an end.

        Args:
            entry: The submission.
        """
        self._open[entry.key] = self._living[entry.key] = entry
        try:
            yield
        finally:
            self._open.pop(entry.key, None)

    def hold(self, name: str, entry: Entry, now: float) -> bool:
        """Gives what was created to the submission that created it; returns whether no other has it.

        Args:
            name: The id of what was created.
            entry: The submission.
            now: The time, on the monotonic clock.
        """
        self._forget_old(now)
        return self._holders.setdefault(name, (entry.key, now))[0] == entry.key

    def is_held(self, name: str) -> bool:
        """Returns whether a submission has what has this id.

        Args:
            name: The id.
        """
        return name in self._holders

    def is_anothers(self, name: str, entry: Entry) -> bool:
        """Returns whether something can't have been created by a submission: another has it, or it was there before.

        Args:
            name: Its id.
            entry: The submission.
        """
        return self._holders.get(name, (entry.key,))[0] != entry.key or self.existed(name, entry.moment)

    def see(self, names: Iterable[str], now: float) -> None:
        """Remembers what exists, so that no later submission can have created it.

        Args:
            names: Its ids.
            now: The time, on the monotonic clock.
        """
        for name in names:
            self._seen.setdefault(name, now)

    def existed(self, name: str, moment: float) -> bool:
        """Returns whether something was seen at a moment or before.

        Args:
            name: Its id.
            moment: The moment, on the monotonic clock.
        """
        return self._seen.get(name, float("inf")) <= moment

    def rivals(self, content: str, now: float) -> tuple[int, int]:
        """Counts the submissions of the same: those being sent, and those whose outcome is unknown.

        Those that ended unknown count as long as their errors are kept, since those can look again.

        Args:
            content: What was sent.
            now: The time, on the monotonic clock.
        """
        entries = list(self._open.values())
        entries += [entry for entry in self._entries() if entry.unknown and entry.key not in self._open]
        same = [entry.unknown for entry in entries if entry.content == content]
        self._inherited = [(entry, since) for entry, since in self._inherited if now - since < INHERITED_FOR]
        elsewhere = sum(entry.content == content for entry, _ in self._inherited)
        return same.count(False) + elsewhere, same.count(True)

    def _entries(self) -> list[Entry]:
        """Gets the submissions whose outcome may still be looked for."""
        return [entry for entry in (reference() for reference in self._living.valuerefs()) if entry is not None]

    def _forget_old(self, now: float) -> None:
        """Forgets ids that no search can come upon: those older than all submissions that may still be looked for."""
        if now < self._forget_at:
            return
        self._forget_at = now + KEPT_FOR / 2
        oldest = min([now, *(entry.moment for entry in self._entries())]) - KEPT_FOR
        for name, when in list(self._seen.items()):
            if when < oldest:
                self._seen.pop(name, None)
        for name, (_, when) in list(self._holders.items()):
            if when < oldest:
                self._holders.pop(name, None)


SUBMITTED = Ledger()
"""The ledger of this process."""
