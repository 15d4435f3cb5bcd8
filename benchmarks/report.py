"""Writes the results of compare.py and of the service's benchmarks into docs/performance.md, as tables and a plot.

python benchmarks/report.py RESULTS.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from matplotlib import pyplot
from rows import Row, read

DOCS = Path(__file__).parents[1] / "docs"
BEGIN, END = "<!-- benchmarks/report.py writes what follows -->", "<!-- until here -->"
OTHERS = {"existing": "existing client", "floor": "bare HTTP"}


def amount(value: float, unit: str) -> str:
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:.{digits}f} {unit}"


def table(rows: list[dict[str, Any]]) -> list[str]:
    lines = ["| what | ours | existing client | bare HTTP | ours / existing | ours / bare |", "|" + " --- |" * 6]
    for row in rows:
        ours, *_ = row["median"]
        cells = [amount(row["median"][ours], row["unit"])]
        cells += [amount(row["median"][name], row["unit"]) if name in row["median"] else "" for name in OTHERS]
        cells += [f"{row['ratio'][name]:.2f}" if name in row["ratio"] else "" for name in OTHERS]
        lines.append(f"| {row['what']} | {' | '.join(cells)} |")
    return lines


def waits(found: list[dict[str, Any]]) -> list[str]:
    lines = ["| a batch of | seen by ours after | by the existing client after | requests |", "|" + " --- |" * 4]
    ours, existing = (
        {each["seconds"]: each for each in found if each["client"] == name} for name in ("ours", "existing")
    )
    for seconds, mine in ours.items():
        theirs = existing[seconds]
        requests = f"{mine['requests']} and {theirs['requests']}"
        lines.append(f"| {seconds:g} s | {mine['late']:.2f} s | {theirs['late']:.2f} s | {requests} |")
    return lines


OF_SERVICE = """\
Jobs are compared with their emulation alone, reads and new batches with those of a single client while no job runs, and
the first page of a list with that of a service that stores fewer batches.\
"""


def of_service(rows: list[Row]) -> list[str]:
    lines = [OF_SERVICE, "", "| what | service | compared with | that takes | ratio |", "|" + " --- |" * 5]
    for row in rows:
        figures = amount(row.figure, row.unit), row.compared_with, amount(row.other, row.unit)
        lines.append(f"| {row.what} | {' | '.join(figures)} | {row.quotient:.2f} |")
    return lines


def plot(found: dict[str, Any], path: Path) -> None:
    """Draws the ratios to the existing client, and the growth with the number of jobs."""
    pyplot.rcParams["svg.hashsalt"] = "performance"
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 3.8), layout="constrained", width_ratios=(3, 2))
    rows = [row for row in found["rows"] if "existing" in row["ratio"]]
    names = [f"{row['what'].replace('`', '')}, {row['figure'].replace('process', 'cpu')}" for row in rows]
    left.barh(names, [1 / row["ratio"]["existing"] for row in rows], color="#4c78a8")
    left.axvline(1, color="0.5", linewidth=1)
    left.set(xscale="log", xlabel="times less than the existing client", title="CPU, time and memory")
    left.invert_yaxis()
    jobs = [each["jobs"] for each in found["growth"]]
    right.plot(jobs, [each["cpu"] / 1000 for each in found["growth"]], "o-", label="CPU in s")
    right.plot(jobs, [each["peak"] / 1000 for each in found["growth"]], "s-", label="peak memory in GB")
    right.set(xscale="log", yscale="log", xlabel="jobs read by iter_jobs", title="Growth")
    right.legend(frameon=False)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})


def main(results: Path) -> None:
    found = json.loads(results.read_text())
    page = DOCS / "performance.md"
    before, _, rest = page.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    sections = ("", *table(found["rows"])), ("## Waiting", "", *waits(found["waits"]))
    service = "## The local service", "", *of_service(read(found))
    parts = [line for section in (*sections, service) for line in (*section, "")]
    page.write_text(before + "\n".join([BEGIN, *parts, END]) + after)
    (DOCS / "images").mkdir(exist_ok=True)
    plot(found, DOCS / "images" / "performance.svg")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
