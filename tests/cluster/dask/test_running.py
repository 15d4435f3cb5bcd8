"""Jobs on the workers of a real Dask cluster: how they run, are stopped and limited."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ...dask_cluster import DaskCluster, processes_below
from ...local.conftest import LocalService, chain
from ...stopwatch import Stopwatch
from .conftest import LOADING, child_at_work, is_alive, runner

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...crash.conftest import Database

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]


def test_results_are_those_of_local_workers(two: DaskCluster, serve: Callable[..., LocalService], quick: str) -> None:
    """The same seed gives the same counts, wherever jobs run."""
    jobs = [{"runs": 100 + number} for number in range(6)]
    remote = serve(two, "--seed", "7")
    batch = remote.settled(remote.create(quick, *jobs))
    assert [job["status"] for job in batch["jobs"]] == ["DONE"] * 6
    there = [remote.result(job)["counter"] for job in batch["jobs"]]
    here = LocalService("--workers", "1", "--seed", "7")
    batch = here.settled(here.create(quick, *jobs))
    assert there == [here.result(job)["counter"] for job in batch["jobs"]]
    assert here.stop() == 0


def test_both_workers_are_used_and_no_job_is_claimed_long_before_it_starts(
    two: DaskCluster, serve: Callable[..., LocalService], endless: str
) -> None:
    """Two long jobs run at once, one at each worker; the others stay in the queue, where priorities decide."""
    service = serve(two)
    batch = service.create(endless, *({"runs": 5} for _ in range(4)))
    service.until(lambda: [job["status"] for job in service.jobs(batch)].count("RUNNING") == 2)
    service.until(lambda: [worker["jobs"] for worker in runner(service)["workers"]] == [1, 1])
    assert [job["status"] for job in service.jobs(batch)] == ["RUNNING", "RUNNING", "PENDING", "PENDING"]
    service.get("cancelBatch", batch_id=batch["id"])


def test_a_cancelled_job_stops_within_a_second(
    two: DaskCluster, serve: Callable[..., LocalService], endless: str, quick: str
) -> None:
    """Its child process is gone, and its slot is free for the next job."""
    service = serve(two)
    for _ in range(3):
        batch = service.create(endless, {"runs": 5})
        worker, child = child_at_work(two, LOADING)
        watch = Stopwatch([worker, child, service.process.pid])
        began = time.monotonic()
        service.get("cancelBatch", batch_id=batch["id"])
        stopped = watch.until(lambda child=child: not is_alive(child))
        print(f"cancelled: {time.monotonic() - began:.3f} s")  # noqa: T201
        assert stopped < 1
        nexts = service.create(quick, {"runs": 5}, {"runs": 5})
        assert [job["status"] for job in service.settled(nexts)["jobs"]] == ["DONE", "DONE"]
        print(f"next ones done: {time.monotonic() - began:.3f} s")  # noqa: T201


def test_a_child_that_dies_is_charged_to_its_job(
    two: DaskCluster, serve: Callable[..., LocalService], database: Database, endless: str, quick: str
) -> None:
    """The job runs once more; the second death is its end, as on local workers."""
    service = serve(two)
    batch = service.create(endless, {"runs": 5})
    for _ in range(2):
        os.kill(child_at_work(two, LOADING)[1], signal.SIGKILL)
    ended = service.settled(batch)
    assert ended["jobs"][0]["errors"] == ["The job's worker process died 2 times: it was killed or ran out of memory."]
    assert database.rows("SELECT losses, interruptions FROM jobs") == [{"losses": 1, "interruptions": 0}]
    assert service.settled(service.create(quick, {"runs": 5}))["status"] == "DONE"


def test_the_number_of_attempts_is_an_option(
    two: DaskCluster, serve: Callable[..., LocalService], endless: str
) -> None:
    """With one attempt, the first death is the end."""
    service = serve(two, "--job-attempts", "1")
    batch = service.create(endless, {"runs": 5})
    os.kill(child_at_work(two, LOADING)[1], signal.SIGKILL)
    (job,) = service.settled(batch)["jobs"]
    assert job["errors"] == ["The job's worker process died once: it was killed or ran out of memory."]


def test_limits_apply_on_the_workers(
    two: DaskCluster, serve: Callable[..., LocalService], endless: str, quick: str
) -> None:
    """Time and memory are limited as on local workers."""
    service = serve(two, "--job-time-limit", "1", "--job-memory-limit", "2000")
    (job,) = service.settled(service.create(endless, {"runs": 5}))["jobs"]
    assert job["errors"] == ["The job ran longer than 1 seconds, the limit of this service."]
    service.stop()
    service = serve(two, "--max-atoms", "18", "--job-memory-limit", "20")
    (job,) = service.settled(service.create(chain(atoms=18, duration=100), {"runs": 5}))["jobs"]
    assert job["errors"] == ["The job used more than 20 MiB of memory, the limit of this service."]


def test_a_service_that_is_killed_leaves_nothing_running(
    two: DaskCluster, serve: Callable[..., LocalService], database: Database, endless: str, quick: str
) -> None:
    """Its tasks end on the workers, which are free for the next service."""
    service = serve(two)
    batch = service.create(endless, {"runs": 5}, {"runs": 5})
    _, child = child_at_work(two, LOADING)
    service.kill()
    assert Stopwatch([child]).until(lambda: not is_alive(child)) < 5
    after = serve(two)
    after.until(lambda: [job["status"] for job in after.jobs(batch)] == ["RUNNING", "RUNNING"])
    after.get("cancelBatch", batch_id=batch["id"])
    assert after.settled(after.create(quick, {"runs": 5}))["status"] == "DONE"
    database.check_the_end({}, most_losses=0)


def test_children_end_with_their_worker(two: DaskCluster, serve: Callable[..., LocalService]) -> None:
    """A worker that is killed leaves no process behind, and one that is ended neither."""
    serve(two)
    for number in (signal.SIGKILL, signal.SIGTERM):
        worker = two.workers.pop()
        below = list(processes_below(worker.pid))
        likely = {pid: int(Path(f"/proc/{pid}/oom_score_adj").read_text()) for pid in (worker.pid, *below)}
        assert max(likely, key=likely.__getitem__) != worker.pid  # a machine without memory ends a child first
        assert len(below) >= 2
        worker.send_signal(number)
        worker.wait(60)
        LocalService.until(lambda below=below: not any(map(is_alive, below)))
