"""What a forked child must not share with its parent: locks that no one there will open, and connections."""

from __future__ import annotations

import os
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Protocol
from weakref import WeakSet

if TYPE_CHECKING:
    from collections.abc import Iterator


class Renewable(Protocol):
    """What begins anew in a forked child."""

    def begin_anew(self) -> None:
        """Replaces what can't be shared."""
        ...


_LIVING: WeakSet[Renewable] = WeakSet()


def renew_in_child(thing: Renewable) -> None:
    """Has something begin anew in every child that this process forks, before anything else happens there.

    Args:
        thing: What is renewed, as long as it is in use.
    """
    _LIVING.add(thing)


class ChildSafeLock:
    """A lock that a forked child finds open, whoever held it; its holder may take it again."""

    def __init__(self) -> None:
        self.begin_anew()
        renew_in_child(self)

    def begin_anew(self) -> None:
        """Replaces the lock."""
        self._lock = RLock()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Holds the lock as long as the context lasts."""
        with self._lock:
            yield


def _renew() -> None:
    for thing in list(_LIVING):
        thing.begin_anew()


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_renew)
