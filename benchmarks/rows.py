"""The local service's rows of docs/performance.md: what takes how long, compared with what."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """A row of the table.

    Args:
        what: What was measured.
        figure: What it takes, in the unit.
        compared_with: What it is compared with.
        other: What that takes, in the unit.
        unit: The unit of both.
        ratio: The ratio of the figures, if it is not simply that of these two.
    """

    what: str
    figure: float
    compared_with: str
    other: float
    unit: str
    ratio: float | None = None

    @property
    def quotient(self) -> float:
        return self.figure / self.other if self.ratio is None else self.ratio

    def __str__(self) -> str:
        return (
            f"{self.what}: {self.figure:.3g} {self.unit}; {self.compared_with}: {self.other:.3g} {self.unit};"
            f" ratio {self.quotient:.2f}"
        )


def report(rows: list[Row], results: Path | None) -> None:
    """Prints rows, and adds them to the results of compare.py in a file, if one is given."""
    for row in rows:
        print(row, flush=True)
    if results is not None:
        found = json.loads(results.read_text()) if results.exists() else {}
        found.setdefault("service", []).extend(map(asdict, rows))
        results.write_text(json.dumps(found, indent=1))


def read(found: dict[str, list[dict[str, str | float]]]) -> list[Row]:
    """Gets the rows from results."""
    return [Row(**row) for row in found.get("service", [])]  # type: ignore[arg-type] # written by `report`
