"""The line that a long wait shows: `EMU_FREE · 2 of 50 done, 1 running · 0:12 · batch 0ef5…`.

`_surfaces` shows it: on standard error, if that is a terminal, or below the cell of a notebook. One thread draws all
waits of the process each second, so that waits in several threads or tasks do not disturb each other. Nothing that goes
wrong here ends a wait.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import contextmanager, suppress
from contextvars import copy_context
from importlib.util import find_spec
from time import monotonic
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from pasqal_cloud._surfaces import Cell, Glance, Lines, PlainTerminal, RichTerminal, is_terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

    from pasqal_cloud._surfaces import Followed, Surface, Terminal

AFTER = 1.0
"""The seconds that a wait may last before its line is shown."""

EVERY = 1.0
"""The seconds after which a line is drawn again."""

LATE = 0.5
"""The most seconds that the end of a wait is delayed until its line has disappeared."""


class Starting:
    """Something that starts, such as the local service.

    Args:
        what: What it is.
    """

    def __init__(self, what: str) -> None:
        self._what = what

    def _glance(self) -> Glance:
        return Glance("", f"starting {self._what}", "", "")


@contextmanager
def following(followed: Followed, wanted: bool | None, since: float | None = None) -> Iterator[None]:
    """Shows a line for as long as the wait lasts.

    Args:
        followed: What is waited for.
        wanted: Whether to show it; None for where somebody can see it, a terminal or a notebook.
        since: When the wait began, on the monotonic clock, if not now.
    """
    wait = None
    with suppress(Exception):  # an unusual standard error, for instance
        wait = BOARD.add(followed, wanted, monotonic() if since is None else since)
    try:
        yield
    finally:
        if wait is not None:
            BOARD.end(wait)


class Wait:
    """A wait that may be shown.

    Args:
        followed: What is waited for.
        began: When, on the monotonic clock.
        surface: Where it is shown.
    """

    def __init__(self, followed: Followed, began: float, surface: Surface) -> None:
        self.followed = followed
        self.began = began
        self.due = monotonic() + AFTER
        self.surface = surface
        self.context = copy_context()  # in which a notebook knows the cell

    def line(self, width: float, *, unicode: bool = True) -> str:
        """Writes its line."""
        return self.followed._glance().line(monotonic() - self.began, width, unicode=unicode)


class Board:
    """All waits of this process, and the thread that shows them.

    Only that thread draws, and without the lock, as a terminal that was stopped (Ctrl-S) may take nothing for hours.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition(threading.RLock())
        self._waits: list[Wait] = []
        self._drawn: set[Wait] = set()
        self._ended: list[Wait] = []  # whose lines are still to be removed
        self._terminal: Terminal | None = None
        self._cells: WeakKeyDictionary[Followed, Cell] = WeakKeyDictionary()  # of loops, which wait several times
        self._hiding = 0
        self._thread: threading.Thread | None = None
        self._asked = self._answered = 0  # how often something was to be drawn at once, and was
        self._is_late = False

    def add(self, followed: Followed, wanted: bool | None, began: float) -> Wait | None:
        """Adds a wait, if there is somewhere to show it."""
        if wanted is False:
            return None
        with self._changed:
            surface = self._surface(followed, wanted)
            if surface is None:
                return None
            try:
                if self._thread is None:
                    thread = threading.Thread(target=self._run, name="pasqal_cloud progress", daemon=True)
                    thread.start()  # which may fail, where there are too many
                    self._thread = thread
                wait = Wait(followed, began, surface)
                self._waits.append(wait)
            finally:
                if not self._waits:
                    self._terminal = None
            self._changed.notify_all()
            return wait

    def end(self, wait: Wait) -> None:
        """Removes a wait, and its line."""
        with self._changed:
            if wait not in self._waits:  # after a fork
                return
            self._waits.remove(wait)
            if not self._waits:
                self._terminal = None  # standard error may be another one in the next wait
            if wait in self._drawn:
                self._drawn.discard(wait)
                self._ended.append(wait)
                self._ask()
            self._changed.notify_all()

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """Removes the lines for as long as a function of the user runs, which may print."""
        with self._changed:
            self._hiding += 1
        try:
            with self._changed:
                if self._drawn:
                    self._ask()
            yield
        finally:
            with self._changed:
                self._hiding -= 1
                self._changed.notify_all()

    def forked(self) -> None:
        """Forgets in a child process what belongs to its parent: the waits, and the thread that shows them."""
        for wait in [*self._waits, *self._ended]:
            wait.surface.abandon()
        self.__init__()  # type: ignore[misc]  # also the lock, which another thread may have held

    def _ask(self) -> None:
        """Has the thread draw at once, and waits for it, but not long, nor again for one that is late already."""
        self._asked += 1
        mine = self._asked
        self._changed.notify_all()
        if not self._is_late and not self._changed.wait_for(lambda: self._answered >= mine, LATE):
            self._is_late = True

    def _run(self) -> None:
        while True:
            with self._changed:
                if not self._waits and not self._ended:
                    self._thread = None
                    return
                asked = self._asked
                is_hiding = bool(self._hiding)
                todo = [(surface, *self._next(surface)) for surface in self._surfaces() if surface.is_ready()]
            for surface, ended, waits in todo:
                _draw(surface, ended, waits, is_hiding)
            todo.clear()  # nothing is kept alive while it waits
            with self._changed:
                self._answered = asked
                self._is_late = False
                self._changed.notify_all()
                if self._asked == asked and (self._waits or self._ended):
                    now = monotonic()
                    ahead = [wait.due - now for wait in self._waits if wait.due > now]
                    self._changed.wait(min([EVERY, *ahead]) if not self._hiding else EVERY)

    def _surfaces(self) -> list[Surface]:
        return list(dict.fromkeys(wait.surface for wait in [*self._waits, *self._ended]))

    def _next(self, surface: Surface) -> tuple[list[Wait], list[Wait]]:
        """Takes the waits of which the end is to be shown, and gets those that are to be drawn."""
        now = monotonic()
        ended = [wait for wait in self._ended if wait.surface is surface]
        self._ended = [wait for wait in self._ended if wait.surface is not surface]
        waits = [wait for wait in self._waits if wait.surface is surface and (wait.due <= now or wait in self._drawn)]
        if not self._hiding:
            self._drawn.update(waits)
        return ended, waits

    def _surface(self, followed: Followed, wanted: bool | None) -> Surface | None:
        if in_notebook():
            return Cell() if hasattr(followed, "id") else self._cells.setdefault(followed, Cell())
        stream = sys.stderr
        if self._terminal is not None:  # of which rich may have replaced the stream
            return self._terminal
        if hasattr(stream, "rich_proxied_file"):  # the program shows something of its own
            return None
        if is_terminal(stream) and os.environ.get("TERM", "").lower() not in ("dumb", "unknown"):
            self._terminal = terminal(stream)
            return self._terminal
        return Lines(stream) if wanted and stream is not None else None


def _draw(surface: Surface, ended: list[Wait], waits: list[Wait], is_hiding: bool) -> None:
    for wait in ended:
        with suppress(Exception):
            surface.end(wait)
    with suppress(Exception):  # a closed stream, for instance
        if is_hiding and waits:
            surface.hide()
        else:
            surface.draw(waits)


def terminal(stream: TextIO) -> Terminal:
    """Gets the means to draw in a terminal: rich where it is installed."""
    try:
        has_rich = find_spec("rich") is not None
    except ValueError:  # a program has prevented its import
        has_rich = False
    return RichTerminal(stream) if has_rich else PlainTerminal(stream)


def in_notebook() -> bool:
    """Whether this is a notebook, or another front end that shows what IPython's `display` sends."""
    ipython = sys.modules.get("IPython")
    get: Callable[[], Any] | None = getattr(ipython, "get_ipython", None)
    return get is not None and hasattr(get(), "kernel")


BOARD = Board()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=BOARD.forked)
