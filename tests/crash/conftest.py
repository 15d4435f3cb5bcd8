"""Services that are killed, and what must be true of their databases all the same."""

from __future__ import annotations

import os
import random
import sqlite3
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from pasqal_cloud.local.database import Server
from pasqal_cloud.local.states import BatchStatus, JobStatus, batch_status

from ..local.conftest import PATIENCE, LocalService
from ..postgres import Shared, place_for
from ..stopwatch import seconds_to_end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

OUTLIVING = 1.0
"""Seconds that a worker may outlive its service."""


OF_JOBS = "FROM jobs JOIN batches ON batches.id = jobs.batch_id GROUP BY jobs.project_id, device_type, jobs.status"
COUNTS = {
    "jobs": f"SELECT jobs.project_id, device_type, jobs.status, count(*) AS amount {OF_JOBS}",
    "batches": "SELECT project_id, device_type, status, count(*) AS amount FROM batches GROUP BY 1, 2, 3",
    "workloads": "SELECT project_id, '' AS device_type, status, count(*) AS amount FROM workloads GROUP BY 1, 2, 3",
}
"""What the counters that are kept must say."""


@pytest.fixture
def draw(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> random.Random:
    """What points of time are drawn from; PASQAL_CRASH_SEED repeats a run."""
    seed = int(os.environ.get("PASQAL_CRASH_SEED") or random.SystemRandom().randrange(2**32))
    print(f"PASQAL_CRASH_SEED={seed}")  # noqa: T201 - shown when the test fails
    record_property("PASQAL_CRASH_SEED", seed)
    return random.Random(f"{seed} {request.node.name}")


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """The database that all services of a test use, one after the other."""
    return Database(tmp_path / "service.db")


@pytest.fixture
def live(database: Database) -> Iterator[Callable[..., LocalService]]:
    """Starts a service on the database; those that still run are stopped at the end."""
    started: list[LocalService] = []

    def live(*arguments: str, kind: Callable[..., LocalService] = LocalService) -> LocalService:
        started.append(kind("--db", str(database.path), *arguments))
        return started[-1]

    yield live
    for service in started:
        service.stop()


class Database:
    """A database that a service has left, or is using.

    Args:
        path: Where it is.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Reads rows."""
        place = place_for(self.path)
        if isinstance(place, Server):
            from psycopg.rows import dict_row

            with Shared.get().connected(place.url.rpartition("/")[2]) as connection:
                return connection.cursor(row_factory=dict_row).execute(query).fetchall()
        with closing(sqlite3.connect(self.path, timeout=PATIENCE)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query)]

    def settled(self) -> dict[str, dict[str, Any]]:
        """Gives all that is stored of the jobs that have ended, results among it, by their ids."""
        jobs = self.rows("SELECT jobs.*, document FROM jobs LEFT JOIN results ON results.id = jobs.id")
        return {job["id"]: job for job in jobs if job["status"] not in (JobStatus.PENDING, JobStatus.RUNNING)}

    def check(self) -> None:
        """Checks what is true at any moment, whether a service has just been killed or not."""
        if not Shared.is_wanted:
            assert [list(row.values()) for row in self.rows("PRAGMA integrity_check")] == [["ok"]]
            assert self.rows("PRAGMA foreign_key_check") == []
        for kind, count in COUNTS.items():
            counters = (
                "SELECT project_id, device_type, status, sum(amount) AS amount FROM counters"
                f" WHERE kind = '{kind}' GROUP BY 1, 2, 3 HAVING sum(amount) != 0"
            )
            assert sorted(map(str, self.rows(counters))) == sorted(map(str, self.rows(count))), kind
        jobs = self.rows("SELECT jobs.*, results.id AS result FROM jobs LEFT JOIN results ON results.id = jobs.id")
        for job in jobs:
            assert (job["status"] == JobStatus.DONE) == (job["result"] is not None), job
            assert (job["status"] == JobStatus.RUNNING) == (job["claim"] is not None), job
            assert (job["status"] == JobStatus.ERROR) == (job["errors"] is not None), job
        for batch in self.rows("SELECT * FROM batches"):
            counts = Counter(JobStatus(job["status"]) for job in jobs if job["batch_id"] == batch["id"])
            assert {status: batch[f"jobs_{status.lower()}"] for status in JobStatus} == {
                status: counts[status] for status in JobStatus
            }
            assert batch["jobs_count"] == counts.total()
            started = batch["start_datetime"] is not None
            right = batch_status(is_open=bool(batch["open"]), has_started=started, jobs=counts)
            assert started or not counts[JobStatus.RUNNING], batch
            cancelled = batch["status"] == BatchStatus.CANCELED and not batch["open"]
            assert batch["status"] == right or cancelled, (batch, counts)
            assert not cancelled or not counts[JobStatus.PENDING] + counts[JobStatus.RUNNING], (batch, counts)

    def check_the_end(self, before: dict[str, dict[str, Any]], *, most_losses: int) -> None:
        """Checks what is true once everything has been settled.

        Args:
            before: The jobs that had ended when a service was killed: nothing of them may have changed.
            most_losses: How many workers have been killed, each of which may have cost one job one try.
        """
        self.check()
        now = self.settled()
        assert {job_id: now.get(job_id) for job_id in before} == before
        assert self.rows("SELECT id FROM jobs WHERE status IN ('PENDING', 'RUNNING')") == []
        assert self.rows("SELECT id FROM batches WHERE status IN ('PENDING', 'RUNNING')") == []
        assert [job["errors"] for job in now.values() if job["errors"]] == []
        assert sum(job["losses"] for job in now.values()) <= most_losses


def descendants(service: LocalService) -> list[int]:
    """Gives the ids of all processes that a service has started, and that those have."""
    found: list[int] = []
    left = [service.process.pid]
    while left:
        children = service.children_of(left.pop())
        found += children
        left += children
    return found


def kill(service: LocalService) -> float:
    """Kills a service, and gives how many seconds its last worker has outlived it."""
    return seconds_to_end(descendants(service), service.kill)


def settle(service: LocalService) -> None:
    """Closes the batches that are open, and waits until all have ended."""
    for batch in service.get("listBatches", query={"status": ["PENDING", "RUNNING"], "limit": 100}):
        if batch["open"]:
            service.get("closeBatch", batch_id=batch["id"])
    unsettled = {"status": ["PENDING", "RUNNING"], "limit": 1}
    service.until(lambda: not service.get("listBatches", query=unsettled))
