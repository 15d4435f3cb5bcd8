"""Printing: JSON for programs, tables for people, lines separated by tabs for pipes, and progress on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from pasqal_cloud._estimates import most_common, proportion

Getter = Callable[[Any], object]

COLOURS = {
    **dict.fromkeys(("DONE", "UP", "ACTIVE", "ok"), "green"),
    **dict.fromkeys(("ERROR", "failed"), "red"),
    "RUNNING": "cyan",
    "PENDING": "yellow",
}

FLEXIBLE = 12
"""The least width of a column that is wrapped."""


ESSENTIAL = 4
"""How many columns a table must have: with less, the rows are printed as blocks, with all columns."""


ROOMY = 72
"""The width of a terminal from which on fields have two columns, even if the second is wrapped."""


@dataclass(frozen=True)
class View:
    """How the objects of one kind are shown.

    Args:
        fields: The keys in JSON, and how each is read.
        columns: The headings of a table, and what is below each: a field, or how it is read. An id or a name is first;
            a narrow terminal leaves out the last ones.
        wrapped: The headings of the columns whose text may take several lines.
        costly: The fields that need further requests: they are in the JSON only if they are asked for.
        draw: Shows an object to people, in place of a list of its fields.
    """

    fields: Mapping[str, Getter]
    columns: Mapping[str, str | Getter] = field(default_factory=dict)
    wrapped: frozenset[str] = frozenset()
    costly: frozenset[str] = frozenset()
    draw: Callable[[Any], None] | None = field(default=None)

    def read(self, item: object, names: Iterable[str] | None = None) -> dict[str, object]:
        """Reads the fields of an object: those that are asked for, or all that need no request."""
        wanted = [name for name in self.fields if name not in self.costly] if names is None else names
        return {name: self.fields[name](item) for name in wanted}

    def row(self, item: object, time: Callable[[datetime], str]) -> dict[str, Text]:
        """Reads the columns of an object; `time` writes times."""
        getters = {head: self.fields[what] if isinstance(what, str) else what for head, what in self.columns.items()}
        return {head: cell(getter(item), time) for head, getter in getters.items()}


def console(*, error: bool = False) -> Console:
    """Makes the console for standard output, or standard error, as they are now.

    While a line of progress is shown, what is printed on standard error must know of it, to stand above it.
    """
    if error and _progressing:
        return _progressing[-1]
    return Console(stderr=error, highlight=False, markup=False, emoji=False)


_progressing: list[Console] = []
"""The console that shows a line of progress now."""


def show(view: View, value: object, names: list[str] | None, *, as_json: bool) -> None:
    """Prints an object, or a list of them.

    Args:
        view: How to show it.
        value: The object or the list.
        names: The fields that are asked for, as JSON; None for the usual ones.
        as_json: Whether to print JSON.
    """
    if as_json:
        shown = [view.read(item, names) for item in value] if isinstance(value, list) else view.read(value, names)
        print_json(shown)
    elif isinstance(value, list):
        _show_list(view, value)
    elif view.draw is not None:
        view.draw(value)
    else:
        show_fields(view.read(value))


def print_json(value: object) -> None:
    """Prints a value as JSON; other characters than ASCII are escaped where they can't be printed."""
    text = json.dumps(_plain(value), indent=2, ensure_ascii=not _is_unicode())
    sys.stdout.write(text + "\n")


def show_fields(fields: Mapping[str, object]) -> None:
    """Prints the fields of one object that have a value."""
    out = console()
    time = at if out.is_terminal else datetime.isoformat
    cells = {name: cell(value, time) for name, value in fields.items() if value not in (None, "", [], {})}
    labels = {name: Text(name.replace("_", " "), "dim") for name in cells}
    width = max(map(len, cells), default=0) + 2 + max((text.cell_len for text in cells.values()), default=0)
    if out.is_terminal and (width <= out.width or out.width >= ROOMY):
        out.print(_grid((labels[name], text) for name, text in cells.items()))
    elif out.is_terminal:
        for name, text in cells.items():
            out.print(labels[name].append(": ").append_text(text), soft_wrap=True)
    else:
        _print_lines([name, text.plain] for name, text in cells.items())


def _show_list(view: View, items: list[Any]) -> None:
    out = console()
    rows = [view.row(item, ago if out.is_terminal else datetime.isoformat) for item in items]
    if not out.is_terminal:
        _print_lines([text.plain for text in row.values()] for row in rows)
        return
    if not rows:
        return
    heads = _fitting(view, rows, out.width)
    if len(heads) < min(ESSENTIAL, len(view.columns)):
        _show_blocks(out, view, rows)
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for head in heads:
        table.add_column(head.upper(), no_wrap=head not in view.wrapped, overflow="fold")
    for row in rows:
        table.add_row(*(row[head] for head in heads))
    out.print(table)


def _fitting(view: View, rows: list[dict[str, Text]], room: int) -> list[str]:
    """Chooses the first columns that fit beside each other."""
    heads: list[str] = []
    for head in view.columns:
        width = max([len(head), *(row[head].cell_len for row in rows)])
        room -= min(width, FLEXIBLE) if head in view.wrapped else width
        if room < 0:
            break
        heads.append(head)
        room -= 2
    return heads


def _show_blocks(out: Console, view: View, rows: list[dict[str, Text]]) -> None:
    """Prints rows as blocks, where the terminal has no room for columns."""
    first, *others = view.columns
    for number, row in enumerate(rows):
        out.print(*([] if number == 0 else [""]), row[first], sep="\n", overflow="fold")
        out.print(_grid((Text(f"  {head}", "dim"), row[head]) for head in others))


def _grid(rows: Iterable[tuple[Text, Text]]) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for row in rows:
        grid.add_row(*row)
    return grid


def _print_lines(rows: Iterable[Iterable[str]]) -> None:
    for row in rows:
        sys.stdout.write("\t".join(" ".join(text.split()) for text in row) + "\n")


def at(time: datetime) -> str:
    """Writes a time as a clock here shows it."""
    return time.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def ago(time: datetime) -> str:
    """Writes how long ago something was."""
    seconds = max(0, int((datetime.now(UTC) - time).total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago"


def cell(value: object, time: Callable[[datetime], str] = at) -> Text:
    """Writes a value as people read it."""
    match value:
        case None | "":
            text = ""
        case bool():
            text = "yes" if value else "no"
        case datetime():
            text = time(value)
        case float():
            text = f"{value:g}"
        case Mapping():
            text = ", ".join(f"{name}={cell(item).plain}" for name, item in value.items())
        case list() | tuple():
            text = ", ".join(cell(item).plain for item in value)
        case _:
            text = str(value)
    return Text(text or "-", COLOURS.get(text, "") if text else "dim")


def count_per_status(counts: Mapping[Any, int]) -> str:
    """Writes how many jobs are in each status: `1 running, 2 done`."""
    return ", ".join(f"{count} {str(status).lower()}" for status, count in counts.items() if count)


def show_counts(counts: Mapping[str, int], top: int | None = None) -> None:
    """Prints how often each bitstring was measured, the most frequent first.

    Args:
        counts: The counts.
        top: How many bitstrings to show in a terminal; None for all of them.
    """
    out = console()
    ordered = most_common(counts)
    if not out.is_terminal:
        _print_lines([bitstring, str(count)] for bitstring, count in ordered)
        return
    total = sum(counts.values()) or 1
    bar = "█" if _is_unicode() else "#"
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("BITSTRING", overflow="fold")
    table.add_column("COUNT", justify="right", no_wrap=True)
    table.add_column("SHARE", justify="right", no_wrap=True)
    room = out.width - max([9, *(len(bitstring) for bitstring in counts)]) - 18
    wide = min(30, room) if room >= FLEXIBLE else 0
    for bitstring, count in ordered[:top]:
        table.add_row(bitstring, str(count), f"{count / total:.1%}", Text(bar * round(wide * count / total), "cyan"))
    out.print(table)
    if top is not None and len(ordered) > top:
        out.print(f"and {len(ordered) - top} more: --top 0 shows all", style="dim")


def plot_counts(counts: Mapping[str, int], top: int | None = None) -> None:
    """Prints a bar for each bitstring, the most frequent first, as wide as the terminal; also in a pipe.

    Args:
        counts: The counts.
        top: How many bitstrings to show; None for all of them.
    """
    out = console()
    ordered = most_common(counts)
    total, most = sum(counts.values()) or 1, max(counts.values(), default=0) or 1
    bar, error = ("█", "±") if _is_unicode() else ("#", "+-")
    rows: list[tuple[str, str, str]] = []
    for bitstring, count in ordered[:top]:
        share, noise = proportion(count, total)
        rows.append((bitstring, str(count), f"{share:.1%} {error} {noise:.1%}"))
    width = out.width if out.is_terminal else WIDE
    room = max(FLEXIBLE, width - sum(2 + max((len(row[column]) for row in rows), default=0) for column in range(3)))
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(overflow="fold")
    table.add_column(justify="right")
    table.add_column(justify="right")
    table.add_column(no_wrap=True)
    for row, (_, count) in zip(rows, ordered, strict=False):
        table.add_row(*row, Text(bar * max(1, round(room * count / most)), "cyan"))
    out.print(table, width=width)
    if top is not None and len(ordered) > top:
        out.print(f"and {len(ordered) - top} more: --top 0 shows all", style="dim")


WIDE = 80
"""The width of bars in a pipe."""


@contextmanager
def progress(line: Callable[[str], str | Group]) -> Iterator[None]:
    """Shows a line on standard error while something goes on, if that is a terminal.

    Args:
        line: Gets what to show, again and again, from the time that has passed, like `0:12`.
    """
    err = console(error=True)
    if not err.is_terminal:
        yield
        return
    began = monotonic()

    def drawn() -> Text | Group:
        minutes, seconds = divmod(int(monotonic() - began), 60)
        shown = line(f"{minutes}:{seconds:02}")
        if isinstance(shown, Group):
            return shown
        text = Text(shown, no_wrap=True)
        text.truncate(err.width - 3, overflow="crop")  # the terminal writes ^C behind it
        return text

    with Live(get_renderable=drawn, console=err, transient=True, refresh_per_second=4):
        _progressing.append(err)
        try:
            yield
        finally:
            _progressing.pop()


def joined(*parts: str) -> str:
    """Joins the parts of a line: `EMU_FREE · 2 of 50 done`."""
    return (" · " if _is_unicode() and _is_unicode(sys.stderr) else " - ").join(filter(None, parts))


def note(text: str) -> None:
    """Prints a remark on standard error."""
    err = console(error=True)
    err.print(text, style="dim", soft_wrap=not err.is_terminal)


def complain(message: str, hint: str | None) -> None:
    """Prints an error on standard error, in one line."""
    line = Text("Error: ", "bold red").append(" ".join(message.split()), "not bold default")
    if hint:
        line.append(f"{'' if message.rstrip().endswith(('.', '?', '!')) else '.'} {hint}", "not bold default")
    err = console(error=True)
    err.print(line, soft_wrap=not err.is_terminal)  # a terminal would break it within words


def _is_unicode(stream: Any = None) -> bool:
    encoding = getattr(stream or sys.stdout, "encoding", None) or "utf-8"
    return str(encoding).lower().startswith("utf")


def _plain(value: object) -> object:
    """Converts a value to what JSON has."""
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return str(value)
        case datetime():
            return value.isoformat()
        case Mapping():
            return {str(name): _plain(item) for name, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    return str(value)
