"""What survives: the death of a worker, of the service, of the process that started it."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from ..stopwatch import seconds_to_end

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import LocalService

START_AND_WAIT = """
import subprocess, sys
service = subprocess.Popen(
    [sys.executable, "-m", "pasqal_cloud.local", "--port", "0", "--json", "--workers", "1", "--exit-with-parent"],
    stdin=int(sys.argv[1]) if sys.argv[1:] else subprocess.PIPE, stdout=subprocess.PIPE, text=True,
)
print(service.pid, service.stdout.readline(), sep="\\n", flush=True)
service.wait()
"""


@pytest.mark.slow
def test_a_jobs_worker_may_die_once(service: LocalService, slow: str, quick: str) -> None:
    """A job whose worker is killed runs again and ends DONE, and so do the others."""
    service.settled(service.create(quick, {"runs": 10}))
    batch = service.create(slow, {"runs": 10}, {"runs": 10, "sequence": quick})
    worker = service.worker_at_work()
    os.kill(worker, signal.SIGKILL)
    service.until(lambda: worker not in service.workers())
    ended = service.settled(batch)
    assert [job["status"] for job in ended["jobs"]] == ["DONE", "DONE"]
    assert ended["status"] == "DONE"


def test_a_job_that_kills_its_workers_fails(service: LocalService, endless: str, quick: str) -> None:
    """The second worker lost on one job makes it an ERROR that says so; the next job runs."""
    service.settled(service.create(quick, {"runs": 10}))
    batch = service.create(endless, {"runs": 10}, {"runs": 10, "sequence": quick})
    job = batch["jobs"][0]
    os.kill(service.worker_at_work(), signal.SIGKILL)
    # behind the job that no worker died on yet, it runs again
    service.wait_for_job(batch["jobs"][1], "DONE")
    service.wait_for_job(job, "RUNNING")
    os.kill(service.worker_at_work(), signal.SIGKILL)
    ended = service.settled(batch)
    assert [job["status"] for job in ended["jobs"]] == ["ERROR", "DONE"]
    assert "worker process died" in ended["jobs"][0]["errors"][0]
    assert service.get("listJobs", query={"batch_id": batch["id"], "errors": "true"})[0]["id"] == job["id"]


def test_idle_workers_may_die(service: LocalService, quick: str) -> None:
    """When the idle worker and the checker are killed, the next submission is checked and runs all the same."""
    service.settled(service.create(quick, {"runs": 10}))
    for worker in service.workers():
        os.kill(worker, signal.SIGKILL)
    assert service.settled(service.create(quick, {"runs": 10}))["status"] == "DONE"


def test_cancelling_a_running_job_ends_its_work(service: LocalService, quick: str, endless: str) -> None:
    """The job is CANCELED at once and its worker gone within a second."""
    service.settled(service.create(quick, {"runs": 10}))
    batch = service.create(endless, {"runs": 10}, {"runs": 10})
    job = batch["jobs"][0]
    worker = service.worker_at_work()
    cancel = lambda: service.get("cancelJob", job_id=job["id"])  # noqa: E731 - said twice below
    assert seconds_to_end([worker], cancel) < 1.0
    assert cancel()["status"] == "CANCELED"
    service.wait_for_job(batch["jobs"][1], "RUNNING")
    ended = service.get("cancelBatch", batch_id=batch["id"])
    assert [job["status"] for job in ended["jobs"]] == ["CANCELED", "CANCELED"]


@pytest.mark.slow
def test_a_job_may_not_run_for_ever(start: Callable[..., LocalService], endless: str) -> None:
    """With a time limit, a job that exceeds it is an ERROR that says so; a batch of such jobs only is an ERROR too."""
    service = start("--job-time-limit", "0.5")
    ended = service.settled(service.create(endless, {"runs": 10}))
    assert (ended["status"], ended["jobs"][0]["status"]) == ("ERROR", "ERROR")
    assert "longer than 0.5 seconds" in ended["jobs"][0]["errors"][0]


@pytest.mark.slow
def test_nothing_is_lost_when_the_service_is_killed(
    start: Callable[..., LocalService], tmp_path: Path, slow: str, quick: str
) -> None:
    """After a kill -9 in the middle of a job, every job gets its one result; tokens and access survive."""
    database = tmp_path / "service.db"
    first = start("--db", str(database))
    batches = [
        first.create(quick, {"runs": 10}),
        first.create(slow, {"runs": 10}, {"runs": 10, "sequence": quick}),
        first.create(quick, {"runs": 5}),
    ]
    first.wait_for_job(batches[1]["jobs"][0], "RUNNING")
    first.kill()

    second = start("--db", str(database))
    assert {**second.connection, "url": ""} == {**first.connection, "url": ""}
    assert second.call("listBatches", headers={"Authorization": f"Bearer {first.token}"}).status_code == 200
    for batch in batches:
        ended = second.settled(batch)
        assert {job["status"] for job in ended["jobs"]} == {"DONE"}
        assert [job["id"] for job in ended["jobs"]] == [job["id"] for job in batch["jobs"]]
        assert all(second.result(job)["counter"] for job in ended["jobs"])
    assert second.stop() == 0
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*), sum(losses) FROM jobs").fetchone() == (4, 0)
        assert connection.execute("SELECT count(*) FROM results").fetchone() == (4,)


@pytest.mark.slow
def test_workers_do_not_outlive_the_service(start: Callable[..., LocalService], endless: str) -> None:
    """Within a second after a kill -9 of the service, busy and idle workers are gone."""
    service = start()
    service.wait_for_job(service.create(endless, {"runs": 10})["jobs"][0], "RUNNING")
    workers = service.until(lambda: len(service.workers()) == 2 and service.workers())
    assert seconds_to_end(workers, service.kill) < 1.0


@pytest.mark.slow
def test_the_service_stops_at_once(start: Callable[..., LocalService], endless: str) -> None:
    """Asked to end, it does so at once, in the middle of a job, with status 0 and no worker left."""
    service = start()
    service.wait_for_job(service.create(endless, {"runs": 10})["jobs"][0], "RUNNING")
    workers = service.workers()
    assert seconds_to_end([service.process.pid, *workers], service.process.terminate) < 1.0
    assert service.stop() == 0


def test_the_service_stops_at_once_while_it_starts(start: Callable[..., LocalService]) -> None:
    """It is gone with its children, also when they are still loading what they need."""
    service = start()
    children = service.until(lambda: service.children_of(service.process.pid))
    assert seconds_to_end([service.process.pid, *children], service.process.terminate) < 1.0
    assert service.stop() == 0


@pytest.mark.slow
@pytest.mark.parametrize("stdin_stays_open", [False, True])
def test_the_service_ends_with_its_parent(service: LocalService, stdin_stays_open: bool) -> None:
    """A kill -9 of the parent ends service and workers within a second, also when somebody else holds its stdin."""
    reading, writing = os.pipe()
    parent = subprocess.Popen(
        [sys.executable, "-c", START_AND_WAIT, *([str(reading)] if stdin_stays_open else [])],
        stdout=subprocess.PIPE,
        text=True,
        pass_fds=[reading],
    )
    child = int(parent.stdout.readline())
    assert json.loads(parent.stdout.readline())["url"]
    children = service.until(lambda: len(service.children_of(child)) == 2 and service.children_of(child))
    workers = service.until(
        lambda: len(workers := [pid for c in children for pid in service.children_of(c)]) == 2 and workers
    )
    assert seconds_to_end([child, *children, *workers], parent.kill) < 1.0
    parent.wait()
    parent.stdout.close()
    os.close(reading)
    os.close(writing)
