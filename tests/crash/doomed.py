"""The service, which ends as by kill -9 at a chosen place in a chosen call of one of the store's methods.

    python doomed.py METHOD CALL PLACE [OPTION...]

Calls are counted from SIGUSR1 on; those of `recover` from the start, when signals can't come yet. PLACE is between 0,
the beginning of the call, and 1, its end: of its steps so many are done. Steps are the beginning of a transaction, each
statement before and after it is executed, and the commit before it is carried out.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from functools import wraps
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event

from pasqal_cloud.local.__main__ import main
from pasqal_cloud.local.store.ends import Ends
from pasqal_cloud.local.store.queue import Queue
from pasqal_cloud.local.store.submissions import Submissions

if TYPE_CHECKING:
    from collections.abc import Callable

EVENTS = ("begin", "before_cursor_execute", "after_cursor_execute", "commit")

USUAL_STEPS = 8
"""How many a call is thought to have before one was seen."""


class Call(threading.local):
    """The steps that a thread has done in the call that it is in."""

    done = 0
    allowed: int | None = None


class Doom:
    """What becomes of the calls of a method.

    Args:
        function: The method.
        number: Which of its calls is doomed.
        place: How far this call gets.
        is_near: Whether calls are counted already.
    """

    def __init__(self, function: Callable[..., Any], number: int, place: float, *, is_near: bool) -> None:
        self._function = function
        self._place = place
        self._left = number
        self._lock = threading.Lock()
        self._call = Call()
        self._most_steps = 0
        self.is_near = is_near

    def step(self, *_: object) -> None:
        """Counts a step, unless it is one too many."""
        if self._call.done == self._call.allowed:
            os.kill(os.getpid(), signal.SIGKILL)
        self._call.done += 1

    def run(self, *arguments: Any, **options: Any) -> Any:
        """Calls the method."""
        self._call.done, self._call.allowed = 0, None
        with self._lock:
            self._left -= self.is_near
            is_last = self.is_near and self._left == 0
        if is_last:
            self._call.allowed = int(self._place * ((self._most_steps or USUAL_STEPS) + 1))
        try:
            return self._function(*arguments, **options)
        finally:
            if is_last:
                os.kill(os.getpid(), signal.SIGKILL)
            self._most_steps = max(self._most_steps, self._call.done)


def doom(method: str, number: int, place: float) -> None:
    """Dooms a call of a method of the store."""
    part = next(part for part in (Submissions, Queue, Ends) if hasattr(part, method))
    function = getattr(part, method)
    doom = Doom(function, number, place, is_near=method == "recover")

    @wraps(function)
    def call(store: object, *arguments: Any, **options: Any) -> Any:
        return doom.run(store, *arguments, **options)

    setattr(part, method, call)
    for name in EVENTS:
        event.listen(Engine, name, doom.step)
    signal.signal(signal.SIGUSR1, lambda *_: setattr(doom, "is_near", True))


if __name__ == "__main__":
    doom(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
    sys.exit(main(sys.argv[4:]))
