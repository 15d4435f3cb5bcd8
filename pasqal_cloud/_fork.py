"""What a forked child must not share with its parent: locks that no one there will open, and connections."""

from __future__ import annotations

import os
from typing import Protocol
from weakref import WeakSet


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


def _renew() -> None:
    for thing in list(_LIVING):
        thing.begin_anew()


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_renew)
