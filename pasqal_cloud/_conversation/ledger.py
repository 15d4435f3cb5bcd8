"""What a process remembers about its submissions, to identify the outcome of one whose response was lost."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol
from weakref import WeakValueDictionary

from pasqal_cloud._conversation.flow import CLOCK
from pasqal_cloud._conversation.forks import renew_in_child

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

KEPT_FOR = 120.0
"""Seconds for which ids are kept after the last submission that may still need them."""

INHERITED_FOR = 600.0
"""Seconds after a fork during which the child counts the parent's submissions: longer than requests take."""


class Entry(Protocol):
    """One submission."""

    @property
    def key(self) -> str:
        """Its unique name."""
        ...

    @property
    def content(self) -> str:
        """What was sent; equal for submissions that can't be distinguished."""
        ...

    @property
    def moment(self) -> float:
        """When it was sent, on the monotonic clock."""
        ...

    @property
    def unknown(self) -> bool:
        """Whether it was sent and its outcome is unknown; if not, it is still being sent."""
        ...


class Ledger:
    """The submissions of all SDKs of this process: those under way, and the ids that resulted from the others.

    Many threads use it at once, without a lock, which a fork might leave locked: each step is one operation on a
    dictionary, which is atomic.
    """

    def __init__(self) -> None:
        self._open: dict[str, Entry] = {}
        self._living: WeakValueDictionary[str, Entry] = WeakValueDictionary()
        self._inherited: list[tuple[Entry, float]] = []
        self._holders: dict[str, tuple[str, float, str | None]] = {}
        self._seen: dict[str, float] = {}
        self._forget_at = 0.0
        renew_in_child(self)

    def begin_anew(self) -> None:
        """In a forked child, counts the parent's submissions as being sent by another process."""
        self._inherited += [(entry, CLOCK.now()) for entry in self._open.values()]
        self._open.clear()

    @contextmanager
    def entered(self, entry: Entry) -> Iterator[None]:
        """Counts a submission as under way during the context."""
        self._open[entry.key] = self._living[entry.key] = entry
        try:
            yield
        finally:
            self._open.pop(entry.key, None)

    def hold(self, name: str, entry: Entry, found_with: str | None = None) -> bool:
        """Claims an id for a submission; returns False if another submission has claimed it.

        Args:
            name: The id.
            entry: The submission.
            found_with: The submission's Idempotency-Key if a search found the id, which may then be an equal one's.
        """
        now = CLOCK.now()
        self._forget_old(now)
        return self._holders.setdefault(name, (entry.key, now, found_with))[0] == entry.key

    def exchange(self, name: str) -> str | None:
        """Gets, once, the Idempotency-Key of the submission whose search found an id; None if no search did."""
        key, when, found_with = self._holders.get(name, ("", 0.0, None))
        if found_with is not None:
            self._holders[name] = key, when, None
        return found_with

    def is_held(self, name: str) -> bool:
        """Tells whether a submission has claimed an id."""
        return name in self._holders

    def is_anothers(self, name: str, entry: Entry) -> bool:
        """Tells whether an id can't be the result of a submission: another has claimed it, or it existed before."""
        return self._holders.get(name, (entry.key,))[0] != entry.key or self.existed(name, entry.moment)

    def see(self, names: Iterable[str]) -> None:
        """Stores ids that exist now, and so can't be the result of a later submission."""
        now = CLOCK.now()
        for name in names:
            self._seen.setdefault(name, now)

    def existed(self, name: str, moment: float) -> bool:
        """Tells whether an id is known to have existed at a moment of the monotonic clock."""
        return self._seen.get(name, float("inf")) <= moment

    def rivals(self, content: str) -> tuple[int, int]:
        """Counts the submissions with the same content: those being sent, and those of unknown outcome.

        Those of unknown outcome count as long as their errors are in use, whose `recover` may search again.
        """
        now = CLOCK.now()
        entries = list(self._open.values())
        entries += [entry for entry in self._entries() if entry.unknown and entry.key not in self._open]
        same = [entry.unknown for entry in entries if entry.content == content]
        self._inherited = [(entry, since) for entry, since in self._inherited if now - since < INHERITED_FOR]
        elsewhere = sum(entry.content == content for entry, _ in self._inherited)
        return same.count(False) + elsewhere, same.count(True)

    def _entries(self) -> list[Entry]:
        """Gets the submissions whose outcome may still be searched for."""
        return [entry for entry in (reference() for reference in self._living.valuerefs()) if entry is not None]

    def _forget_old(self, now: float) -> None:
        """Drops ids that no search can find: those older than all submissions that may still be searched for."""
        if now < self._forget_at:
            return
        self._forget_at = now + KEPT_FOR / 2
        oldest = min([now, *(entry.moment for entry in self._entries())]) - KEPT_FOR
        for name, when in list(self._seen.items()):
            if when < oldest:
                self._seen.pop(name, None)
        for name, (_, when, _) in list(self._holders.items()):
            if when < oldest:
                self._holders.pop(name, None)


SUBMITTED = Ledger()
"""The ledger of this process."""
