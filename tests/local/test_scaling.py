"""The simulation of many workers, compared with what is known without it."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest


@pytest.fixture(scope="module")
def scaling() -> Any:
    """The program."""
    path = Path(__file__).parents[2] / "benchmarks" / "scaling.py"
    spec = spec_from_file_location("scaling", path)
    assert spec is not None
    module = sys.modules["scaling"] = module_from_spec(spec)  # its dataclasses look for it there
    spec.loader.exec_module(module)  # type: ignore[union-attr]
    return module


def test_erlang_c(scaling: Any) -> None:
    """The formula gives what tables of it have."""
    assert scaling.erlang_c(1, 0.5) == pytest.approx(0.5)  # one worker: the share of the time for which it is busy
    assert scaling.erlang_c(2, 1.0) == pytest.approx(1 / 3)
    assert scaling.erlang_c(10, 8.0) == pytest.approx(0.4092, abs=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize(("workers", "share"), [(1, 0.6), (5, 0.8), (20, 0.9)])
def test_waiting_times_are_erlangs(scaling: Any, workers: int, share: float) -> None:
    """Without overheads, and with jobs that come and end at random, it is the queue that Erlang described (M/M/c)."""
    setup = scaling.Setup(workers=workers, length=scaling.exponential(1.0), mean_length=1.0)
    load = share * workers
    outcomes = [scaling.simulate(setup, load, jobs=20_000, seed=seed) for seed in range(12)]
    expected = scaling.erlang_c(workers, load) / (workers - load)
    assert fmean(outcome.mean for outcome in outcomes) == pytest.approx(expected, rel=0.1)
    assert fmean(outcome.throughput for outcome in outcomes) == pytest.approx(load, rel=0.01)


@pytest.mark.parametrize(
    ("times", "limit", "station"),
    [
        ({"workers": 10}, 10.0, "workers"),
        ({"workers": 10, "way": 1.0}, 5.0, "workers"),
        ({"workers": 1_000, "write": 0.05}, 20.0, "database"),
        ({"workers": 1_000, "dispatch": 0.1}, 10.0, "dispatcher"),
    ],
)
def test_the_slowest_station_limits_the_throughput(
    scaling: Any, times: dict[str, Any], limit: float, station: str
) -> None:
    """As many jobs end as it can serve; if more arrive, storing them takes some of the database's time."""
    setup = scaling.Setup(length=scaling.constant(1.0), mean_length=1.0, **times)
    assert setup.limit == pytest.approx(limit)
    full, over = (scaling.simulate(setup, share * limit, jobs=2_000) for share in (1, 2))
    assert full.throughput == pytest.approx(limit, rel=0.05)
    assert over.throughput == pytest.approx(limit, rel=0.05) or (station == "database" and over.throughput < limit)
    if "way" not in times:
        assert over.busiest == station
        assert over.busy[station] > 0.95


def test_requests_take_the_services_time(scaling: Any) -> None:
    """Requests for statuses compete with submissions, and more services help."""
    slow = {"workers": 100, "length": scaling.constant(1.0), "mean_length": 1.0, "request": 0.5, "polls": 5.0}
    busy = [
        scaling.simulate(scaling.Setup(**slow, services=services), 5.0, jobs=1_000).busy["services"]
        for services in (1, 2)
    ]
    assert busy[1] == pytest.approx(busy[0] / 2, rel=0.1)
    assert busy[0] > 0.5
