"""Where the lines of long waits are shown: a terminal, with rich or without, a notebook's cell, or a file."""

from __future__ import annotations

import os
import sys
from abc import ABC, abstractmethod
from functools import cached_property
from select import select
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextvars import Context
    from typing import TextIO

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


class Shown(Protocol):
    """A wait, as surfaces show it.

    Attributes:
        followed: What is waited for.
        began: When, on the monotonic clock.
        context: The context in which a notebook knows the cell.
    """

    followed: Followed
    began: float
    context: Context

    def line(self, width: float, *, unicode: bool = True) -> str:
        """Writes its line."""
        ...


class Surface(ABC):
    """Where lines are shown."""

    @abstractmethod
    def draw(self, waits: Sequence[Shown]) -> None:
        """Shows these waits, and no others any more."""

    def end(self, wait: Shown) -> None:  # noqa: B027 - not all surfaces need it
        """Shows the end of a wait that was shown; `draw` follows."""

    def hide(self) -> None:  # noqa: B027 - not all surfaces need it
        """Makes room for what the user prints; `draw` follows."""

    def is_ready(self) -> bool:
        """Whether drawing would not have to wait."""
        return True

    def abandon(self) -> None:  # noqa: B027 - not all surfaces need it
        """Leaves it to the parent, in a forked child."""


class Terminal(Surface):
    """A terminal, in which the lines disappear at the end.

    Args:
        stream: Standard error.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.unicode = is_unicode(stream)

    def draw(self, waits: Sequence[Shown]) -> None:
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

    @abstractmethod
    def write(self, lines: list[str], left_out: int) -> None:
        """Writes the lines in place of the earlier ones."""

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

    def draw(self, waits: Sequence[Shown]) -> None:
        """Shows the wait."""
        for wait in waits:
            wait.context.run(self._show, wait, note=f"waiting, {clock(monotonic() - wait.began)}")

    def end(self, wait: Shown) -> None:
        """Shows the last state, which stays."""
        wait.context.run(self._show, wait, note="")

    def _show(self, wait: Shown, note: str) -> None:
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

    def draw(self, waits: Sequence[Shown]) -> None:
        """Writes a line, if something has changed."""
        for wait in waits:
            glance = wait.followed._glance()
            if glance != self._last:
                self._last = glance
                self._stream.write(wait.line(float("inf"), unicode=is_unicode(self._stream)) + "\n")
                self._stream.flush()

    def end(self, wait: Shown) -> None:
        """Writes how it ended."""
        self.draw([wait])


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


def size_of(stream: TextIO) -> os.terminal_size:
    """Gets the size of a terminal, of which COLUMNS can set the width."""
    columns = os.environ.get("COLUMNS", "")
    try:
        size = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        size = os.terminal_size((0, 0))
    given = int(columns) if columns.isdigit() else 0
    return os.terminal_size((given or size.columns or 80, size.lines or 24))  # some terminals don't know their size
