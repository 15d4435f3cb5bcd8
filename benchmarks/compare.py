"""Measures our client beside the existing one and bare HTTP libraries, in one run, and prints the ratios.

python benchmarks/compare.py OUR_PYTHON EXISTING_PYTHON [--rounds N] [--only PROGRAM] [--json FILE]

Without `--only`, it also measures how time and memory grow with the number of jobs, and how soon the end of a batch is
seen, which takes five minutes.

The clients take turns, each time in a fresh process. Every figure is the median of the rounds, and the ratios are the
medians of the ratios within a round, since the speed of a machine varies over time. The stand-in answers after 20 ms
where the clock is measured, and at once where it is CPU.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, NamedTuple
from urllib.request import urlopen

HERE = Path(__file__).parent
LATENCY_MS = 20


class Row(NamedTuple):
    """A row of the table.

    Attributes:
        what: What is measured, for people.
        program: The program of `programs.py`.
        figure: `cpu` or `wall`, in ms, of the calls; `process`, in ms of CPU, or `peak`, in MB, of the whole process.
        clients: Who takes part, ours first.
        at_most: The largest ratios that are acceptable, by the other client.
    """

    what: str
    program: str
    figure: str
    at_most: dict[str, float]
    clients: tuple[str, ...] = ("ours", "existing", "floor")
    latency: float = 0.0


ROWS = [
    Row("`import pasqal_cloud`", "import", "process", {"floor": 1.1}),
    Row("import, construct, first request", "first_request", "process", {"floor": 1.3}),
    Row("peak memory of a small program", "first_request", "peak", {"floor": 1.25}),
    Row("`get_batch`", "get_batch", "cpu", {"existing": 0.55, "floor": 1.0}),
    Row("`create_batch`", "create_batch", "cpu", {"existing": 0.6}),
    Row("a page of 100 jobs", "page_of_jobs", "cpu", {"existing": 0.5}),
    Row("a page of 100 batches", "page_of_batches", "cpu", {"existing": 0.5}),
    Row("a sequence of 5 MB", "long_sequence", "cpu", {"existing": 1 / 9, "floor": 1.3}),
    Row("10,000 jobs by `iter_jobs`", "iter_jobs", "wall", {"floor": 1.5}, latency=LATENCY_MS),
    Row("10,000 jobs by `iter_jobs`", "iter_jobs", "peak", {"floor": 1.3}, latency=LATENCY_MS),
    Row("results of a batch of 200 jobs", "results", "wall", {"floor": 1.15}, latency=LATENCY_MS),
    Row("a batch of 10,000 jobs, read", "batch_of_10000", "wall", {"floor": 1.7}, latency=LATENCY_MS),
    Row("10,000 jobs, awaiting", "iter_jobs", "wall", {"floor": 1.5}, ("awaiting", "floor"), LATENCY_MS),
    Row("results of 200 jobs, awaiting", "results", "wall", {"floor": 1.15}, ("awaiting", "floor"), LATENCY_MS),
    Row(
        "a batch of 10,000 jobs, awaiting", "batch_of_10000", "wall", {"floor": 1.7}, ("awaiting", "floor"), LATENCY_MS
    ),
    Row("a job and its result, one after the other", "job_result", "wall", {"floor": 1.05}, latency=LATENCY_MS),
]
SIZES = (1_000, 10_000, 100_000)
DURATIONS = (0.5, 3, 30, 32, 300)
UNITS = {"cpu": "ms CPU", "process": "ms CPU", "wall": "ms", "peak": "MB"}


@contextmanager
def standin(latency: float) -> Iterator[str]:
    command = [sys.executable, str(HERE / "standin.py"), str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as service:
        assert service.stdout is not None
        try:
            yield service.stdout.readline().strip()
        finally:
            service.terminate()


def run(command: list[str]) -> tuple[str, dict[str, float]]:
    """Runs a program; gets what it printed, its CPU in ms and its peak memory in MB."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}  # compiled modules are kept, as usual
    with (
        TemporaryFile("w+") as complaints,  # the existing client warns at each import
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=complaints, text=True, cwd="/", env=environment
        ) as process,
    ):
        assert process.stdout is not None
        printed = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        complaints.seek(0)
        if process.returncode:
            raise SystemExit(f"{command} failed with {process.returncode}:\n{complaints.read()}")
    return printed, {"process": (usage.ru_utime + usage.ru_stime) * 1000, "peak": usage.ru_maxrss / 1024}


def measure(python: str, client: str, program: str, url: str) -> dict[str, float]:
    if program == "import":
        statement = "pass" if client == "floor" else "import pasqal_cloud"
        return run([python, "-P", "-c", statement])[1]
    printed, figures = run([python, "-P", str(HERE / "programs.py"), client, program, url])
    if printed:
        figures |= {name: seconds * 1000 for name, seconds in json.loads(printed).items()}
    with urlopen(f"{url}/_count") as answer:
        figures["requests"] = int(answer.read())
    return figures


def compare(row: Row, pythons: dict[str, str], url: str, rounds: int) -> dict[str, Any]:
    taken: dict[str, list[dict[str, float]]] = {client: [] for client in row.clients}
    if row.figure == "process":  # modules are compiled when they are first imported
        measure(pythons["ours"], row.clients[0], row.program, url)
    for _ in range(rounds):
        for client in row.clients:
            taken[client].append(measure(pythons.get(client, pythons["ours"]), client, row.program, url))
    figures = {client: [each[row.figure] for each in rounds_] for client, rounds_ in taken.items()}
    ours = figures[row.clients[0]]
    return {
        "what": row.what,
        "figure": row.figure,
        "unit": UNITS[row.figure],
        "median": {client: statistics.median(each) for client, each in figures.items()},
        "spread": {client: (min(each), max(each)) for client, each in figures.items()},
        "ratio": {
            client: statistics.median(mine / other for mine, other in zip(ours, each, strict=True))
            for client, each in figures.items()
            if client != row.clients[0]
        },
        "requests": {client: each[0].get("requests") for client, each in taken.items()},
        "at_most": row.at_most,
    }


def growth(python: str, url: str) -> list[dict[str, float]]:
    """Measures how CPU and memory grow with the number of jobs that are read."""
    return [{"jobs": size} | measure(python, "ours", f"growth:{size}", url) for size in SIZES]


def waits(pythons: dict[str, str], url: str) -> list[dict[str, Any]]:
    """Measures how soon the end of a batch is seen, with how many requests; all batches at the same time."""
    cases = [(client, seconds) for client in ("ours", "existing") for seconds in DURATIONS]

    def wait(case: tuple[str, float]) -> dict[str, Any]:
        client, seconds = case
        printed, _ = run([pythons[client], "-P", str(HERE / "programs.py"), client, f"waiting:{seconds}", url])
        return {"client": client, "seconds": seconds} | json.loads(printed)

    with ThreadPoolExecutor(len(cases)) as pool:
        return list(pool.map(wait, cases))


def shown(found: dict[str, Any]) -> str:
    unit = found["unit"]
    ours = next(iter(found["median"]))
    cells = [f"{found['median'][client]:8.2f}" for client in found["median"]]
    ratios = []
    for client, ratio in found["ratio"].items():
        limit = found["at_most"].get(client)
        verdict = "" if limit is None else f" (at most {limit:.2f}{'' if ratio <= limit else ': missed'})"
        ratios.append(f"{ratio:.2f} of {client}{verdict}")
    return f"{found['what']:44} {unit:7} {ours} and others {' '.join(cells)}   {'; '.join(ratios)}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("ours")
    parser.add_argument("existing")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    pythons = {"ours": given.ours, "existing": given.existing}
    found: dict[str, list[Any]] = {"rows": [], "growth": [], "waits": []}
    for latency in (0.0, LATENCY_MS):
        with standin(latency) as url:
            for row in ROWS:
                if row.latency == latency and given.only in (None, row.program):
                    found["rows"].append(compare(row, pythons, url, given.rounds))
                    print(shown(found["rows"][-1]), flush=True)
            if given.only is None and not latency:
                found["growth"] = growth(given.ours, url)
            if given.only is None and latency:
                found["waits"] = waits(pythons, url)
    for each in found["growth"]:
        print(f"{each['jobs']:7,} jobs: {each['cpu']:6.0f} ms CPU, {each['peak']:4.0f} MB")
    for each in found["waits"]:
        late, requests = each["late"], each["requests"]
        print(f"{each['client']:8} a batch of {each['seconds']:5.1f} s: seen {late:5.2f} s later, {requests} requests")
    if given.json:
        given.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
