"""What a forked child must not share with its parent: connections, and locks that no thread there would release."""

from __future__ import annotations

import os
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Protocol
from weakref import WeakSet

if TYPE_CHECKING:
    from collections.abc import Iterator


class Renewable(Protocol):
    """An object that is reset in a forked child."""

    def begin_anew(self) -> None:
        """Replaces what can't be shared."""
        ...


_LIVING: WeakSet[Renewable] = WeakSet()


def renew_in_child(thing: Renewable) -> None:
    """Resets an object in every child that this process forks, before other code runs there."""
    _LIVING.add(thing)


class ChildSafeLock:
    """A reentrant lock that is free in a forked child, even if a thread of the parent held it."""

    def __init__(self) -> None:
        self.begin_anew()
        renew_in_child(self)

    def begin_anew(self) -> None:
        """Replaces the lock."""
        self._lock = RLock()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Holds the lock during the context."""
        with self._lock:
            yield


def _renew() -> None:
    for thing in list(_LIVING):
        thing.begin_anew()


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_renew)
