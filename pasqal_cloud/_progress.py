"""The line that a long wait shows: `EMU_FREE · 2 of 50 done, 1 running · 0:12 · batch 0ef5…`.

It is written to standard error, if that is a terminal; by rich, where it is installed. A notebook shows it below its
cell, or the card of what is waited for. One thread draws all waits of the process each second, so that waits in several
threads or tasks don't disturb each other. Nothing that goes wrong here ends a wait.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import contextmanager, suppress
from contextvars import copy_context
from functools import cached_property
from importlib.util import find_spec
from select import select
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

AFTER = 1.0
"""The seconds that a wait may last before its line is shown."""

EVERY = 1.0
"""The seconds after which a line is drawn again."""

LATE = 0.5
"""The most seconds that the end of a wait is delayed until its line has disappeared."""

MOST = 8
"""The most waits of which a terminal shows a line each."""

SHORT = 8
"""How many characters of an id are shown where there is no room for it."""


class Glance(NamedTuple):
    """What a line says about what is waited for.

    Attributes:
        device: The device; may be empty.
        state: How far it is, like `2 of 50 done`.
        kind: What it is, like `batch`.
        id: Its id.
        more: What follows the id; may be empty.
    """

    device: str
    state: str
    kind: str
    id: str
    more: str = ""

    def line(self, seconds: float, width: float, *, unicode: bool = True) -> str:
        """Writes the line.

        Args:
            seconds: The time that has passed.
            width: The most characters. For a narrow terminal, the id is shortened first; then the device, all but the
                first part of the state, and the kind are left out, in this order.
            unicode: Whether the terminal can show more than ASCII.
        """
        dot, dots = ("·", "…") if unicode else ("-", "...")
        short = self.id[:SHORT] + dots if len(self.id) > SHORT else self.id
        brief = self.state.partition(", ")[0]
        line = ""
        for device, state, named in (
            (self.device, self.state, (self.kind, self.id, self.more)),
            (self.device, self.state, (self.kind, short, self.more)),
            ("", self.state, (self.kind, short)),
            ("", brief, (self.kind, short)),
            ("", brief, (short,)),
        ):
            line = f" {dot} ".join(filter(None, (device, state, clock(seconds), " ".join(filter(None, named)))))
            if len(line) <= width:
                return line
        return line[: max(int(width) - len(dots), 0)] + dots


class Starting:
    """Something that starts, such as the local service.

    Args:
        what: What it is.
    """

    def __init__(self, what: str) -> None:
        self._what = what

    def _glance(self) -> Glance:
        return Glance("", f"starting {self._what}", "", "")


class Followed(Protocol):
    """What is waited for."""

    def _glance(self) -> Glance:
        """Says how far it is, without a request."""
        ...


def clock(seconds: float) -> str:
    """Writes a time: 0:07, 12:30, 1:05:00."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


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


class Surface:
    """Where lines are shown."""

    def draw(self, waits: list[Wait]) -> None:
        """Shows these waits, and no others any more."""
        raise NotImplementedError

    def end(self, wait: Wait) -> None:
        """Shows the end of a wait that was shown; `draw` follows."""

    def hide(self) -> None:
        """Makes room for what the user prints; `draw` follows."""

    def is_ready(self) -> bool:
        """Whether drawing would not have to wait."""
        return True

    def abandon(self) -> None:
        """Leaves it to the parent, in a forked child."""


class Terminal(Surface):
    """A terminal, in which the lines disappear at the end.

    Args:
        stream: Standard error.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.unicode = is_unicode(stream)

    def draw(self, waits: list[Wait]) -> None:
        """Draws the lines, but not while a shell has the terminal, as for a program in the background."""
        if not waits:
            self.hide()
        elif self._is_in_foreground():
            width = self.width() - 3  # the terminal writes ^C behind it
            lines = [wait.line(width, unicode=self.unicode) for wait in waits[: self.most()]]
            self.write(lines, len(waits) - len(lines))

    def is_ready(self) -> bool:
        """Whether the terminal takes something now."""
        return is_writable(self.stream)

    def width(self) -> int:
        """Gets the number of characters of a line."""
        return size_of(self.stream).columns

    def most(self) -> int:
        """Gets how many lines there may be."""
        return 1

    def write(self, lines: list[str], left_out: int) -> None:
        """Writes the lines in place of the earlier ones."""
        raise NotImplementedError

    def _is_in_foreground(self) -> bool:
        try:
            return os.tcgetpgrp(self.stream.fileno()) == os.getpgrp()
        except (AttributeError, OSError, ValueError):  # Windows, or not the terminal that controls this process
            return True


class PlainTerminal(Terminal):
    """A terminal without rich: one line, which is written again and again."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._written = 0

    def write(self, lines: list[str], left_out: int) -> None:
        """Writes the first line, and the number of further waits."""
        (line,) = lines
        if left_out:
            suffix = f" (and {left_out} more)"
            line = line[: max(self.width() - 3 - len(suffix), 0)] + suffix
        self.stream.write("\r" + line.ljust(self._written))
        self._written = len(line)
        self.stream.flush()

    def hide(self) -> None:
        """Overwrites the line with spaces, and the ^C that may stand behind it."""
        if self._written:
            self.stream.write("\r" + " " * (self._written + 2) + "\r")
            self._written = 0
            self.stream.flush()


class RichTerminal(Terminal):
    """A terminal with rich, which also keeps what the program prints meanwhile above the lines."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._live: Any = None

    @cached_property
    def _console(self) -> Any:
        from rich.console import Console  # only now: most waits are short

        return Console(file=self.stream)

    def width(self) -> int:
        """Gets the number of characters of a line."""
        width: int = self._console.width
        return width

    def most(self) -> int:
        """Gets how many lines there may be."""
        height: int = self._console.height
        return max(1, min(MOST, height - 2))

    def write(self, lines: list[str], left_out: int) -> None:
        """Writes the lines."""
        from rich.live import Live
        from rich.text import Text

        more = [f"and {left_out} more"] if left_out else []
        text = Text("\n".join([*lines, *more]), no_wrap=True, overflow="crop")
        if self._live is None:
            self._live = Live(
                text,
                console=self._console,
                auto_refresh=False,
                transient=True,
                redirect_stdout=is_terminal(sys.stdout),  # what goes into a file or a pipe stays there
            )
            self._live.start()
        self._live.update(text, refresh=True)

    def hide(self) -> None:
        """Removes the lines."""
        if self._live is not None:
            try:
                self._live.stop()
            finally:
                self._live = None  # only now: until then, it has replaced the streams

    def abandon(self) -> None:
        """Sets the streams back that rich has replaced; its lock may be held for ever in the child."""
        if self._live is not None:
            for name in ("stdout", "stderr"):
                stream = getattr(sys, name)
                setattr(sys, name, getattr(stream, "rich_proxied_file", stream))


class Cell(Surface):
    """The output of a notebook's cell: the card of what is waited for, or else the line."""

    def __init__(self) -> None:
        self._handle: Any = None
        self._shown = ""

    def draw(self, waits: list[Wait]) -> None:
        """Shows the wait."""
        for wait in waits:
            wait.context.run(self._show, wait, note=f"waiting, {clock(monotonic() - wait.began)}")

    def end(self, wait: Wait) -> None:
        """Shows the last state, which stays."""
        wait.context.run(self._show, wait, note="")

    def _show(self, wait: Wait, note: str) -> None:
        from IPython.display import display

        stays = note or hasattr(wait.followed, "id")  # not the start of something, nor each item of a loop
        data = {"text/plain": wait.line(float("inf")) if stays else ""}
        card = getattr(wait.followed, "_repr_html_", None)
        html = card() if card is not None else None
        if html:
            data["text/html"] = html + (f'<div style="opacity: 0.7">{note}</div>' if note else "")
        if self._handle is None:
            self._handle = display(data, raw=True, display_id=True)  # type: ignore[no-untyped-call, unused-ignore]  # typed in some versions alone
        else:
            self._handle.update(data, raw=True)


class Lines(Surface):
    """Neither a terminal nor a notebook: a line whenever something has changed.

    Args:
        stream: Standard error.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._last: Glance | None = None

    def is_ready(self) -> bool:
        """Whether the stream takes a line now."""
        return is_writable(self._stream)

    def draw(self, waits: list[Wait]) -> None:
        """Writes a line, if something has changed."""
        for wait in waits:
            glance = wait.followed._glance()
            if glance != self._last:
                self._last = glance
                self._stream.write(wait.line(float("inf"), unicode=is_unicode(self._stream)) + "\n")
                self._stream.flush()

    def end(self, wait: Wait) -> None:
        """Writes how it ended."""
        self.draw([wait])


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


def is_terminal(stream: Any) -> bool:
    """Whether a stream is a terminal."""
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):  # there is none, or it is closed
        return False


def is_writable(stream: Any) -> bool:
    """Whether a stream takes a line now: not a terminal that was stopped (Ctrl-S), nor a pipe that nobody reads."""
    try:
        return bool(select([], [stream.fileno()], [], 0)[1])
    except (AttributeError, OSError, ValueError):  # not known, as on Windows
        return True


def is_unicode(stream: Any) -> bool:
    """Whether a stream can show more than ASCII."""
    return str(getattr(stream, "encoding", None) or "utf-8").lower().startswith("utf")


def in_notebook() -> bool:
    """Whether this is a notebook, or another front end that shows what IPython's `display` sends."""
    ipython = sys.modules.get("IPython")
    get: Callable[[], Any] | None = getattr(ipython, "get_ipython", None)
    return get is not None and hasattr(get(), "kernel")


def size_of(stream: TextIO) -> os.terminal_size:
    """Gets the size of a terminal, of which COLUMNS can set the width."""
    columns = os.environ.get("COLUMNS", "")
    try:
        size = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        size = os.terminal_size((0, 0))
    given = int(columns) if columns.isdigit() else 0
    return os.terminal_size((given or size.columns or 80, size.lines or 24))  # some terminals don't know their size


BOARD = Board()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=BOARD.forked)
