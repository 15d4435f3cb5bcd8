"""A Dask cluster, and services whose jobs run on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ...crash.conftest import Database
from ...dask_cluster import DaskCluster, processes_below
from ...local.conftest import LocalService, chain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    """A scheduler, to which the tests of a module add workers."""
    with DaskCluster(tmp_path_factory.mktemp("dask")) as cluster:
        cluster.start_scheduler()
        yield cluster


@pytest.fixture
def two(cluster: DaskCluster) -> DaskCluster:
    """The same with two workers of one slot each, whatever has become of those of the last test."""
    cluster.workers = [worker for worker in cluster.workers if worker.poll() is None]
    while len(cluster.workers) < 2:
        cluster.start_worker()
    return cluster


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """The database of the services of a test."""
    return Database(tmp_path / "service.db")


@pytest.fixture
def serve(database: Database) -> Iterator[Callable[..., LocalService]]:
    """Starts services on a cluster; those that still run are stopped at the end."""
    started: list[LocalService] = []

    def serve(cluster: DaskCluster, *options: str, slots: int = 2) -> LocalService:
        started.append(LocalService("--db", str(database.path), *cluster.options, *options))
        if slots:
            wait_for_slots(started[-1], slots)
        return started[-1]

    yield serve
    for service in started:
        service.stop()


def wait_for_slots(service: LocalService, slots: int) -> None:
    """Waits until so many jobs can run at once."""
    service.until(lambda: runner(service)["slots"] == slots)


def runner(service: LocalService) -> dict[str, Any]:
    """Gives what the service says about its workers."""
    state: dict[str, Any] = service.control("GET", "runner")
    return state


LOADING = 5.0
"""Seconds of processor time in which any process has loaded the emulators: one that computes for longer runs a job."""


def child_at_work(cluster: DaskCluster, seconds: float = 0.1) -> tuple[int, int]:
    """Waits until a child process of a worker has computed for some time; gives the ids of the worker and of it."""
    before: dict[int, float] = {}

    def computing() -> tuple[int, int] | None:
        for worker in cluster.workers:
            for pid in processes_below(worker.pid):
                now = LocalService.computed_by(pid)
                if now - before.setdefault(pid, now) >= seconds:
                    return worker.pid, pid
        return None

    found: tuple[int, int] = LocalService.until(computing)
    return found


def is_alive(pid: int) -> bool:
    """Tells whether a process runs."""
    return LocalService.is_alive(pid)


@pytest.fixture(scope="session")
def quick() -> str:
    """Two atoms; runs at once."""
    return chain(atoms=2, duration=200)


@pytest.fixture(scope="session")
def second() -> str:
    """Eight atoms; runs for a second or more."""
    return chain(atoms=8, duration=10_000)


@pytest.fixture(scope="session")
def endless() -> str:
    """Ten atoms; runs for a minute or more."""
    return chain(atoms=10, duration=100_000)
