"""Simulates a service with many workers (simpy), to see what limits it, and writes docs/scaling.md's tables and plot.

python benchmarks/scaling.py

A job passes these stations, each of which it may have to wait for:

    a service          receives its part of a submission, and answers requests for its status while it waits and runs
    the database       stores it, its start and its end, one transaction after the other
    the dispatcher     Dask's scheduler; jobs that start on the service's own machine have none
    a worker           runs it

The times come from scaling.json, which capacity.py has measured. Jobs arrive independently of one another, and how
long they run is a distribution: constant, exponential, or lognormal with many short and a few long ones.
"""

from __future__ import annotations

import json
import math
import random
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

import simpy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__)
DOCS = HERE.parents[1] / "docs"
BEGIN, END = "<!-- benchmarks/scaling.py writes what follows -->", "<!-- until here -->"

BATCH = 20
"""How many jobs are submitted together."""

WARM_UP = 0.2
"""The share of the first jobs that are left out, because the system was still empty."""

JOBS = 5_000

FULL = 0.95
"""The share of the time for which a station is busy if it is what limits the throughput."""


@dataclass(frozen=True)
class Setup:
    """What is simulated; times are in seconds.

    Args:
        workers: How many jobs run at once.
        length: Draws how long a job runs.
        mean_length: Its mean.
        write: The time that the database takes for the three changes of a job.
        dispatch: The time that the dispatcher takes for a job; 0 without one.
        way: The time from the dispatcher to a worker and back, for which the worker is idle.
        request: The processor time of a service for a request.
        polls: How many requests a second a client makes for each of its batches that has not ended.
        services: The number of services.
    """

    workers: int
    length: Callable[[random.Random], float]
    mean_length: float
    write: float = 0.0
    dispatch: float = 0.0
    way: float = 0.0
    request: float = 0.0
    polls: float = 0.0
    services: int = 1

    def limits(self) -> dict[str, float]:
        """Gets the jobs a second that each station can serve if it is always busy; without requests for statuses."""
        times = {
            "workers": (self.mean_length + self.way) / self.workers,
            "database": self.write,
            "dispatcher": self.dispatch,
            "services": self.request / BATCH / self.services,
        }
        return {name: 1 / time for name, time in times.items() if time > 0}

    @property
    def limit(self) -> float:
        """The jobs a second that the slowest station can serve."""
        return min(self.limits().values())


@dataclass
class Outcome:
    """What came out.

    Args:
        rate: The jobs a second that arrived.
        throughput: The jobs a second that ended, while jobs arrived.
        waits: The time from the submission to the start of each job, sorted.
        busy: The share of the time for which each station was busy.
    """

    rate: float
    throughput: float
    waits: list[float]
    busy: dict[str, float] = field(default_factory=dict)

    @property
    def mean(self) -> float:
        """The mean waiting time."""
        return fmean(self.waits)

    @property
    def p95(self) -> float:
        """The waiting time that 95 of 100 jobs do not exceed."""
        return self.waits[int(0.95 * (len(self.waits) - 1))]

    @property
    def busiest(self) -> str:
        """The station that is busy for the largest share of the time."""
        return max(self.busy, key=lambda name: self.busy[name])


def constant(mean: float) -> Callable[[random.Random], float]:
    return lambda _: mean


def exponential(mean: float) -> Callable[[random.Random], float]:
    return lambda draw: draw.expovariate(1 / mean)


def lognormal(mean: float, spread: float = 1.5) -> Callable[[random.Random], float]:
    """Many short jobs and a few long ones: with this spread, a tenth of them take more than half of all time."""
    return lambda draw: draw.lognormvariate(math.log(mean) - spread**2 / 2, spread)


class Simulation:
    """One run.

    Args:
        setup: What is simulated.
        rate: The jobs a second that arrive.
        jobs: How many arrive.
        seed: Makes it reproducible.
    """

    def __init__(self, setup: Setup, rate: float, jobs: int, seed: int) -> None:
        self._setup, self._rate, self._jobs = setup, rate, jobs
        self._draw = random.Random(seed)
        self._env = simpy.Environment()
        capacities = {"services": setup.services, "database": 1, "dispatcher": 1, "workers": setup.workers}
        self._stations = {name: simpy.Resource(self._env, capacity) for name, capacity in capacities.items()}
        self._used: Counter[str] = Counter()
        self._waits: list[float] = []
        self._ended: list[float] = []

    def run(self) -> Outcome:
        self._env.process(self._arrivals())
        self._env.run(until=self._jobs / self._rate)
        over = self._env.now
        first = WARM_UP * over
        ended = sum(first < end <= over for end in self._ended)
        stations = self._stations.items()
        busy = {name: self._used[name] / over / station.capacity for name, station in stations}
        waits = sorted(self._waits[int(WARM_UP * len(self._waits)) :])
        return Outcome(self._rate, ended / (over - first), waits or [0.0], busy)

    def _arrivals(self) -> Iterator[Any]:
        while True:
            yield self._env.timeout(self._draw.expovariate(self._rate))
            self._env.process(self._job())

    def _at(self, name: str, seconds: float) -> Iterator[Any]:
        """Uses a station for some time; leaves out what takes none."""
        if seconds <= 0:
            return
        with self._stations[name].request() as turn:
            yield turn
            self._used[name] += min(seconds, max(0.0, self._jobs / self._rate - self._env.now))
            yield self._env.timeout(seconds)

    def _job(self) -> Iterator[Any]:
        setup, submitted = self._setup, self._env.now
        yield from self._at("services", setup.request / BATCH)
        yield from self._at("database", setup.write / 3)
        if setup.polls:
            polling = self._env.process(self._polls())
        with self._stations["workers"].request() as worker:
            yield worker
            yield from self._at("database", setup.write / 3)
            yield from self._at("dispatcher", setup.dispatch)
            if setup.way:
                yield self._env.timeout(setup.way)
            self._waits.append(self._env.now - submitted)
            seconds = setup.length(self._draw)
            self._used["workers"] += min(seconds, max(0.0, self._jobs / self._rate - self._env.now))
            yield self._env.timeout(seconds)
        yield from self._at("database", setup.write / 3)
        self._ended.append(self._env.now)
        if setup.polls:
            polling.interrupt()

    def _polls(self) -> Iterator[Any]:
        """The job's share of its client's requests for the status of the batch."""
        try:
            while True:
                yield self._env.timeout(self._draw.expovariate(self._setup.polls / BATCH))
                self._env.process(self._at("services", self._setup.request))
        except simpy.Interrupt:
            return


def simulate(setup: Setup, rate: float, jobs: int = JOBS, seed: int = 1) -> Outcome:
    """Simulates the arrival of so many jobs."""
    return Simulation(setup, rate, jobs, seed).run()


def _run(case: tuple[dict[str, Any], float]) -> Outcome:
    fields, share = case
    setup = Setup(**fields, length=lognormal(fields["mean_length"]))
    return simulate(setup, share * setup.limit)


def simulated(cases: list[tuple[Setup, float]]) -> Iterator[Outcome]:
    """Simulates setups with lognormal lengths, each at a share of its limit, in several processes."""
    plain = [
        ({name: value for name, value in vars(setup).items() if name != "length"}, share) for setup, share in cases
    ]
    with ProcessPoolExecutor() as pool:
        yield from pool.map(_run, plain)


def erlang_c(servers: int, load: float) -> float:
    """Gets the probability that a job must wait, if jobs come and end at random (M/M/c).

    Args:
        servers: The number of workers.
        load: The arrivals during the mean length of a job, less than the number of workers.
    """
    inverse = 1.0  # of the probability that a job is turned away (Erlang B), by its recurrence
    for number in range(1, servers + 1):
        inverse = 1 + inverse * number / load
    blocked = 1 / inverse
    return blocked / (1 - load / servers * (1 - blocked))


# ------------------------------------------------------------------------------------------------------- the report

WORKERS = (10, 100, 1_000)
LENGTHS = (0.1, 1.0, 10.0, 60.0)
LOADS = (0.5, 0.8, 0.95, 1.2)
POLLS = 1.0
"""How many requests a second a client makes for a batch, as ours does at first."""


def setup_for(measured: dict[str, Any], database: str, workers: int, length: float, *, services: int = 2) -> Setup:
    """Gets the setup of a service on this database; on SQLite, one service runs its jobs on its own machine."""
    is_alone = database == "sqlite"
    return Setup(
        workers=workers,
        length=lognormal(length),
        mean_length=length,
        write=sum(measured[database].values()),
        dispatch=0.0 if is_alone else measured["dask"]["scheduler"],
        way=0.0 if is_alone else measured["dask"]["way"],
        request=measured["service"]["request"],
        polls=POLLS,
        services=1 if is_alone else services,
    )


def seconds(value: float) -> str:
    return f"{value:,.0f} s" if value >= 100 else f"{value:.3g} s" if value >= 0.1 else f"{1000 * value:.2g} ms"


def report(measured: dict[str, Any]) -> list[str]:
    lines = ["| what | measured | from it follows, at most |", "| --- | --- | --- |"]
    names = {"sqlite": "SQLite", "postgresql": "PostgreSQL, on the same machine, with fsync"}
    for database, name in names.items():
        times = measured[database]
        shares = ", ".join(f"{what} {1000 * time:.2f}" for what, time in times.items())
        total = sum(times.values())
        lines.append(
            f"| writing, per job, {name} | {1000 * total:.2f} ms ({shares}) | {1 / total:,.0f} jobs a second |"
        )
    request = measured["service"]["request"]
    lines.append(
        f"| processor time of a service, per request for a status | {1000 * request:.2f} ms |"
        f" {1 / request:,.0f} requests a second per service |"
    )
    scheduler, way = measured["dask"]["scheduler"], measured["dask"]["way"]
    most = f"{1 / scheduler:,.0f} jobs a second"
    lines.append(f"| processor time of Dask's scheduler, per job | {1000 * scheduler:.2f} ms | {most} |")
    lines.append(f"| way to a Dask worker and back | {1000 * way:.1f} ms | a worker is idle for so long between jobs |")
    lines += ["", "Simulated, on PostgreSQL with two services and Dask:", ""]
    lines += [
        "| workers | jobs of | limit (jobs/s) | limited by | mean wait, p95 at 50 % | at 80 % | at 95 % | at 120 % |"
    ]
    lines += ["|" + " --- |" * 8]
    cases = [(workers, length) for workers in WORKERS for length in LENGTHS]
    setups = [setup_for(measured, "postgresql", *case) for case in cases]
    runs = simulated([(setup, load) for setup in setups for load in LOADS])
    for (workers, length), setup in zip(cases, setups, strict=True):
        outcomes = [next(runs) for _ in LOADS]
        limits = setup.limits()
        cells = [f"{workers:,}", f"{length:g} s", f"{setup.limit:,.3g}", min(limits, key=lambda name: limits[name])]
        cells += [f"{seconds(each.mean)}, {seconds(each.p95)}" for each in outcomes[:3]]
        lines.append(f"| {' | '.join(cells)} | {outcomes[-1].throughput:,.3g} end |")
    return lines


def plot(measured: dict[str, Any], path: Path) -> None:
    from matplotlib import pyplot

    pyplot.rcParams |= {"svg.hashsalt": "pasqal-cloud", "font.size": 9}
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4), layout="constrained")
    counts = [1, 4, 10, 30, 100, 300, 1_000]
    setups = {length: [setup_for(measured, "postgresql", count, length) for count in counts] for length in LENGTHS}
    runs = simulated([(setup, 1.0) for row in setups.values() for setup in row])
    for length in LENGTHS:
        found = [next(runs).throughput for _ in counts]
        left.loglog(counts, found, "o-", markersize=3, label=f"jobs of {length:g} s")
        left.loglog(counts, [count / length for count in counts], ":", linewidth=0.8, color=left.lines[-1].get_color())
    left.set(
        xlabel="workers", ylabel="jobs a second", ylim=(0.01, 2_000), title="Throughput (dotted: no limit but workers)"
    )
    left.legend(fontsize=8)
    shares = [0.3, 0.5, 0.7, 0.85, 0.95]
    busy = [setup_for(measured, "postgresql", workers, 10.0) for workers in WORKERS]
    runs = simulated([(setup, share) for setup in busy for share in shares])
    for workers in WORKERS:
        waits = [max(1e-3, next(runs).mean) for _ in shares]
        right.semilogy(shares, waits, "o-", markersize=3, label=f"{workers:,} workers")
    right.set(
        xlabel="arrivals, as a share of the limit", ylabel="mean wait (s)", title="Waiting, jobs of 10 s on average"
    )
    right.legend(fontsize=8)
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    measured = json.loads(HERE.with_name("scaling.json").read_text())
    page = DOCS / "scaling.md"
    text = page.read_text("utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    page.write_text("\n".join([before + BEGIN, "", *report(measured), "", END]) + after, "utf-8")
    plot(measured, DOCS / "images" / "scaling.svg")


if __name__ == "__main__":
    main()
