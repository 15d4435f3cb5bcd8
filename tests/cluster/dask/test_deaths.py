"""Schedulers, workers and nannies that are killed, at work and idle: nothing is lost, doubled or charged to a job."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from ...crash.conftest import settle
from ...dask_cluster import DaskCluster, processes_below
from ...local.conftest import LocalService
from .conftest import LOADING, child_at_work, is_alive, runner, wait_for_slots

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ...crash.conftest import Database

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]


@pytest.fixture
def own(tmp_path: Path) -> DaskCluster:
    """A cluster of the test's own, of which nothing runs yet."""
    with DaskCluster(tmp_path) as cluster:
        yield cluster


@pytest.mark.parametrize("allowed_failures", ["0", "3"])
def test_a_worker_dies_at_work(
    allowed_failures: str,
    own: DaskCluster,
    serve: Callable[..., LocalService],
    database: Database,
    second: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The other worker runs its job, whatever the scheduler's own rule for such tasks; the death is not the job's."""
    monkeypatch.setenv("DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES", allowed_failures)
    own.start_scheduler()
    own.start_worker()
    own.start_worker()
    service = serve(own)
    batch = service.create(second, *({"runs": 5} for _ in range(4)))
    pid, child = child_at_work(own)
    own.kill_worker(next(worker for worker in own.workers if worker.pid == pid))
    ended = service.settled(batch)
    assert [job["status"] for job in ended["jobs"]] == ["DONE"] * 4
    assert not is_alive(child)
    rows = database.rows("SELECT losses, interruptions FROM jobs")
    assert sorted(row["interruptions"] for row in rows) == [0, 0, 0, 1]
    assert {row["losses"] for row in rows} == {0}
    database.check_the_end({}, most_losses=0)


def test_a_worker_dies_idle(
    two: DaskCluster, serve: Callable[..., LocalService], database: Database, quick: str
) -> None:
    """The next jobs run on the other worker, and on a new one as soon as it is there."""
    service = serve(two)
    assert service.settled(service.create(quick, {"runs": 5}, {"runs": 5}))["status"] == "DONE"
    two.kill_worker(two.workers[0])
    batch = service.create(quick, *({"runs": 5} for _ in range(4)))
    assert [job["status"] for job in service.settled(batch)["jobs"]] == ["DONE"] * 4
    two.start_worker()
    wait_for_slots(service, 2)
    database.check_the_end({}, most_losses=0)


def test_a_job_that_waits_at_a_worker_that_dies_is_not_charged(
    own: DaskCluster, serve: Callable[..., LocalService], database: Database, endless: str, quick: str
) -> None:
    """It had not started: only the job that ran has been interrupted, also when no other worker is left."""
    own.start_scheduler()
    worker = own.start_worker()
    service = serve(own, slots=1)
    service.settled(service.create(quick, {"runs": 5}))  # short jobs are sent to a worker before it is free
    runs, waits = service.create(endless, {"runs": 5}), service.create(quick, {"runs": 5})
    child_at_work(own, LOADING)
    for _ in range(2):
        service.until(lambda: [worker["jobs"] for worker in runner(service)["workers"]] == [2])
        own.kill_worker(worker)
        service.wait_for_job(waits["jobs"][0], "PENDING")
        worker = own.start_worker()
    service.get("cancelBatch", batch_id=runs["id"])
    assert service.settled(waits)["status"] == "DONE"
    rows = database.rows("SELECT interruptions, losses FROM jobs ORDER BY number")
    assert [tuple(row.values()) for row in rows] == [(0, 0), (2, 0), (0, 0)]
    database.check_the_end({}, most_losses=0)


def test_a_nanny_replaces_its_worker(
    own: DaskCluster, serve: Callable[..., LocalService], database: Database, second: str
) -> None:
    """The only worker is killed while it runs a job; its successor runs the job, and the nanny dies with its worker."""
    own.start_scheduler()
    nanny = own.start_worker(nanny=True)
    service = serve(own, slots=1)
    batch = service.create(second, {"runs": 5}, {"runs": 5})
    child_at_work(own)
    worker = min(processes_below(nanny.pid), key=lambda pid: -len(list(processes_below(pid))))
    os.kill(worker, signal.SIGKILL)
    assert [job["status"] for job in service.settled(batch)["jobs"]] == ["DONE", "DONE"]
    assert database.rows("SELECT sum(interruptions) AS n, sum(losses) AS m FROM jobs") == [{"n": 1, "m": 0}]
    batch = service.create(second, {"runs": 5})
    child_at_work(own)
    below = list(processes_below(nanny.pid))
    own.kill_worker(nanny)
    LocalService.until(lambda: not any(map(is_alive, below)))
    service.wait_for_job(batch["jobs"][0], "PENDING")
    assert runner(service)["notices"] == [f"The Dask scheduler at {own.url} has no workers: jobs wait."]
    own.start_worker()
    assert service.settled(batch)["status"] == "DONE"
    database.check_the_end({}, most_losses=0)


def test_the_scheduler_is_killed_and_comes_back(
    own: DaskCluster, serve: Callable[..., LocalService], database: Database, second: str
) -> None:
    """The service waits and answers meanwhile; its jobs go on when scheduler and workers are back on the same port."""
    service = serve(own, slots=0)
    notice = f"The Dask scheduler at {own.url} can't be reached: jobs wait."
    service.until(lambda: runner(service)["notices"] == [notice])
    batch = service.create(second, *({"runs": 5} for _ in range(4)))
    own.start_scheduler()
    for _ in range(2):
        own.start_worker()
    child_at_work(own)
    own.kill_scheduler()
    began = time.monotonic()
    assert {job["status"] for job in service.jobs(batch)} <= {"PENDING", "RUNNING", "DONE"}
    assert time.monotonic() - began < 1
    service.until(lambda: runner(service)["notices"] == [notice])
    assert "RUNNING" not in {job["status"] for job in service.jobs(batch)}
    own.start_scheduler()
    for _ in range(2):
        own.start_worker()
    assert [job["status"] for job in service.settled(batch)["jobs"]] == ["DONE"] * 4
    wait_for_slots(service, 2)
    assert runner(service)["notices"] == []
    assert database.rows("SELECT sum(losses) AS n FROM jobs") == [{"n": 0}]
    database.check_the_end({}, most_losses=0)


def test_a_scheduler_that_hangs_stops_nothing_else(
    own: DaskCluster, serve: Callable[..., LocalService], database: Database, endless: str, quick: str
) -> None:
    """The service answers, and cancels; jobs run again when the scheduler does, and the cancelled ones have stopped."""
    own.start_scheduler()
    own.start_worker()
    service = serve(own, slots=1)
    batch = service.create(endless, {"runs": 5})
    _, child = child_at_work(own)
    own.scheduler.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    service.get("cancelBatch", batch_id=batch["id"])
    after = service.create(quick, {"runs": 5})
    assert service.get("getBatchStatus", batch_id=batch["id"])["status"] == "CANCELED"
    assert time.monotonic() - began < 5
    notice = f"The Dask scheduler at {own.url} can't be reached: jobs wait."
    service.until(lambda: runner(service)["notices"] == [notice])
    own.scheduler.send_signal(signal.SIGCONT)
    service.until(lambda: not is_alive(child))
    assert service.settled(after)["status"] == "DONE"
    settle(service)
    database.check_the_end({}, most_losses=0)


def test_a_service_stops_while_the_scheduler_hangs(
    own: DaskCluster, serve: Callable[..., LocalService], endless: str
) -> None:
    """It does not wait for it for ever."""
    own.start_scheduler()
    own.start_worker()
    service = serve(own, slots=1)
    service.create(endless, {"runs": 5})
    child_at_work(own)
    own.scheduler.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    assert service.stop() == 0
    assert time.monotonic() - began < 10
