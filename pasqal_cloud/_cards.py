"""Cards: what is shown of something in a notebook, as HTML, and in a terminal, by rich.

In HTML, texts have the colour of what is around, so that they can be read in light and dark notebooks. Styles are
inline, because notebooks remove style sheets from what they don't trust.
"""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.table import Table as RichTable
    from rich.text import Text

COLOURS = {
    **dict.fromkeys(("DONE", "UP", "ACTIVE"), ("#2da160", "green")),
    **dict.fromkeys(("ERROR", "TIMED_OUT", "DOWN"), ("#e5534b", "red")),
    "RUNNING": ("#4c8fd6", "cyan"),
    "PENDING": ("#c98a00", "yellow"),
}
"""The colours of the statuses, for a notebook and for a terminal; visible on light and on dark ground."""

OTHER = ("#8b949e", "bright_black")
"""The colours of other statuses."""

BAR = "#4c8fd6"
LINE = "rgba(128,128,128,.4)"


class Cell(NamedTuple):
    """A text of a card.

    Args:
        text: The text, of one line.
        kind: Its look: `code` (ids and bitstrings), `number`, `time`, `status`, `quiet` or `bar`; empty for usual text.
        share: The length of a bar, from 0 to 1.
    """

    text: str = ""
    kind: str = ""
    share: float = 0.0


@attrs.frozen
class Table:
    """A table of a card.

    Args:
        head: The headings.
        rows: The rows.
        below: What stands below, such as how many rows were left out.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    below: str = ""

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Cell]], below: str = "") -> Table:
        """Makes a table of rows, each with a cell under each heading; columns without any text are left out."""
        head = tuple(head for head in rows[0] if any(row[head].text for row in rows))
        return cls(head, tuple(tuple(row[name] for name in head) for row in rows), below)


@attrs.frozen
class Card:
    """What is shown of something.

    Args:
        title: What it is.
        name: Which one it is: its id, or how many.
        status: Its status.
        remark: What stands behind the status.
        counts: The number of jobs in each status.
        facts: Labels and what is known under them; those without a text are left out.
        table: A table.
    """

    title: str
    name: Cell
    status: str | None = None
    remark: str = ""
    counts: Mapping[str, int] = attrs.field(factory=dict)
    facts: Mapping[str, Cell] = attrs.field(factory=dict)
    table: Table | None = None

    def html(self) -> str:
        """Makes the HTML."""
        parts = [f'<div><span style="font-weight:600">{escape(self.title)}</span> {_html(self.name)}']
        if self.status:
            parts.append(f"&ensp;{_html(Cell(self.status, 'status'))}")
        if self.remark:
            parts.append(f"&ensp;{_html(Cell(self.remark, 'quiet'))}")
        parts.append("</div>")
        if self.counts:
            parts.append(_html_counts(self.counts))
        if facts := self._known_facts():
            parts.append(_html_table(None, [(Cell(label, "quiet"), cell) for label, cell in facts.items()]))
        if self.table is not None:
            parts.append(_html_table(self.table.head, self.table.rows))
            if self.table.below:
                parts.append(f"<div>{_html(Cell(self.table.below, 'quiet'))}</div>")
        return f'<div style="{CARD}">{"".join(parts)}</div>'

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterable[RenderableType]:
        """Makes what rich prints."""
        from rich.console import Group
        from rich.panel import Panel
        from rich.table import Table as RichTable

        text = partial(_rich_text, ascii=options.ascii_only)
        head = text(Cell(self.title), "bold").append(" ").append_text(text(self.name))
        for cell in (Cell(self.status or "", "status"), Cell(self.remark, "quiet")):
            if cell.text:
                head.append("  ").append_text(text(cell))
        parts: list[RenderableType] = [head]
        if self.counts:
            parts.append(text(Cell(per_status(self.counts))))
        if facts := self._known_facts():
            grid = RichTable.grid(padding=(0, 2, 0, 0))
            for label, cell in facts.items():
                grid.add_row(text(Cell(label, "quiet")), text(cell))
            parts.append(grid)
        if self.table is not None:
            parts += ([""] if len(parts) > 1 else []) + [_rich_table(self.table, text, options.max_width - 4)]
            if self.table.below:
                parts.append(text(Cell(self.table.below, "quiet")))
        yield Panel(Group(*parts), expand=False, border_style="dim")

    def _known_facts(self) -> dict[str, Cell]:
        return {label: cell for label, cell in self.facts.items() if cell.text}


def per_status(counts: Mapping[Any, int]) -> str:
    """Writes how many jobs are in each status: `1 running, 2 done`."""
    return ", ".join(f"{count:,} {str(status).lower()}" for status, count in counts.items() if count)


# HTML.

CARD = (
    "display:inline-block;box-sizing:border-box;max-width:100%;overflow-x:auto;margin:.2em 0;padding:.6em .9em;"
    f"border:1px solid {LINE};border-radius:6px;color:inherit;background:none;line-height:1.5"
)
UNBROKEN = 48
"""The characters of an id or a bitstring up to which it stays in one line."""
CODE = "font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.92em"
NUMBER = "font-variant-numeric:tabular-nums;white-space:nowrap"
PLACE = (
    "text-align:{};vertical-align:top;padding:.15em 1em .15em 0;border:0;color:inherit;background:none;max-width:28em"
)
HEAD = f"{PLACE};font-weight:600;white-space:nowrap;border-bottom:1px solid {LINE}"


def _html(cell: Cell) -> str:
    text = escape(cell.text)
    style = ""
    match cell.kind:
        case "code":
            style = CODE + (";white-space:nowrap" if len(text) <= UNBROKEN else ";overflow-wrap:anywhere")
        case "number" | "time":
            style = NUMBER
        case "quiet":
            style = "opacity:.7"
        case "status":
            ground = COLOURS.get(cell.text, OTHER)[0]
            mark = f"display:inline-block;width:.6em;height:.6em;border-radius:50%;background:{ground}"
            text = text and f'<span style="{mark}"></span>&nbsp;{text}'
            style = "white-space:nowrap"
        case "bar":
            width = max(1, 160 * cell.share)
            return f'<div style="width:{width:.0f}px;height:.8em;margin-top:.35em;background:{BAR}"></div>'
    return f'<span style="{style}">{text}</span>' if style and text else text


def _html_table(head: Sequence[str] | None, rows: Iterable[Sequence[Cell]]) -> str:
    rows = list(rows)
    sides = ["right" if any(cell.kind == "number" for cell in column) else "left" for column in zip(*rows, strict=True)]
    above = ""
    if head is not None:
        cells = (
            f'<th scope="col" style="{HEAD.format(side)}">{escape(text)}</th>'
            for side, text in zip(sides, head, strict=True)
        )
        above = f'<thead><tr style="background:none">{"".join(cells)}</tr></thead>'
    lines = (
        "".join(f'<td style="{PLACE.format(side)}">{_html(cell)}</td>' for side, cell in zip(sides, row, strict=True))
        for row in rows
    )
    body = "".join(f'<tr style="background:none">{line}</tr>' for line in lines)
    style = "margin:.4em 0 0;border-collapse:collapse;border:0;color:inherit;background:none;table-layout:auto"
    return f'<table style="{style}">{above}<tbody>{body}</tbody></table>'


def _html_counts(counts: Mapping[str, int]) -> str:
    """Makes a bar of the numbers of jobs in each status, and their text."""
    total = sum(counts.values())
    text = escape(per_status(counts))
    parts = "".join(
        f'<div style="width:{100 * count / total:.2f}%;background:{COLOURS.get(status, OTHER)[0]}"></div>'
        for status, count in counts.items()
    )
    bar = "display:flex;height:.5em;width:16em;max-width:100%;border-radius:.25em;overflow:hidden;margin:.5em 0 .2em"
    return f'<div role="img" aria-label="{text}" style="{bar}">{parts}</div><div>{text}</div>'


# rich.

LONGEST_BAR = 24

FLEXIBLE = 12
"""The least width of a column of texts."""


def _rich_text(cell: Cell, style: str = "", *, ascii: bool) -> Text:
    """Makes rich's text of a cell; where there is only ASCII, other characters are replaced."""
    from rich.text import Text

    if cell.kind == "bar":
        return Text(("#" if ascii else "█") * max(1, round(LONGEST_BAR * cell.share)), "cyan")
    text = cell.text
    if ascii:
        text = text.replace("±", "+-").replace("…", "...").encode("ascii", "backslashreplace").decode()
    style = {"quiet": "dim", "status": COLOURS.get(cell.text, OTHER)[1]}.get(cell.kind, style)
    return Text(text, style, overflow="fold")


def _rich_table(table: Table, text: Callable[[Cell], Text], room: int) -> RichTable:
    """Makes rich's table. Where room is short, ids are shortened, texts are wrapped, and the last columns left out."""
    from rich.table import Table as RichTable

    drawn = RichTable(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    columns: list[Sequence[Cell]] = list(zip(*table.rows, strict=True))
    widths = [_width(head, map(text, column)) for head, column in zip(table.head, columns, strict=True)]
    if sum(widths) + 2 * len(widths) - 2 > room:
        columns = [[_short(cell) for cell in column] for column in columns]
    shown: list[list[Text]] = []
    for head, column in zip(table.head, columns, strict=True):
        texts, kinds = [text(cell) for cell in column], {cell.kind for cell in column}
        width = _width(head, texts)
        is_flexible = not kinds - {"", "quiet"} or width > UNBROKEN
        least = min(width, FLEXIBLE) if is_flexible else width
        if shown and room < least:
            break
        room -= least + 2
        side: Literal["left", "right"] = "right" if "number" in kinds else "left"
        drawn.add_column(text(Cell(head)), justify=side, no_wrap=not is_flexible, min_width=least)
        shown.append(texts)
    for row in zip(*shown, strict=True):
        drawn.add_row(*row)
    return drawn


def _width(head: str, texts: Iterable[Text]) -> int:
    return max([len(head), *(each.cell_len for each in texts)])


def _short(cell: Cell) -> Cell:
    """Shortens an id; the command line takes its first characters."""
    return cell._replace(text=f"{cell.text[:8]}…") if cell.kind == "code" and len(cell.text) == 36 else cell
