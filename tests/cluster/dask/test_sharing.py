"""Two services with one PostgreSQL and one Dask cluster: both run jobs, each job once, whoever dies."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from pasqal_cloud.local.membership import BEAT

from ...local.conftest import LocalService
from ..conftest import Rows
from .conftest import LOADING, child_at_work, is_alive, runner, wait_for_slots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pasqal_cloud.local.database import Server

    from ...dask_cluster import DaskCluster
    from ...postgres import Postgres

BATCHES, JOBS = 16, 5


@pytest.fixture
def rows(postgres: Postgres, place: Server) -> Rows:
    """What is stored in the database."""
    return Rows(postgres, place)


@pytest.fixture
def start(two: DaskCluster, place: Server, tmp_path: Path) -> Iterator[Callable[[], LocalService]]:
    """Starts services on the same database and the same cluster."""
    secret = tmp_path / "password"
    secret.write_text(place.password)
    started: list[LocalService] = []

    def start() -> LocalService:
        started.append(LocalService(f"--db={place.url}", f"--db-password-file={secret}", *two.options))
        wait_for_slots(started[-1], 2)
        return started[-1]

    yield start
    for service in started:
        service.stop()


@pytest.fixture
def pair(start: Callable[[], LocalService], rows: Rows) -> tuple[LocalService, LocalService]:
    """Two of them, whose claims are noted."""
    first = start()
    rows.audit()
    return first, start()


def test_both_run_jobs_and_each_job_once(
    pair: tuple[LocalService, LocalService], rows: Rows, quick: str, two: DaskCluster
) -> None:
    """Each has a fair part of what is sent to either, and no job is claimed twice, waits for ever or is moved about."""

    def submit(number: int) -> Any:
        return pair[number % 2].create(quick, *[{"runs": 10 + n} for n in range(JOBS)])

    with ThreadPoolExecutor(4) as threads:
        batches = list(threads.map(submit, range(BATCHES)))
    for number, batch in enumerate(batches):
        ended = pair[(number + 1) % 2].settled(batch)
        assert [(job["status"], job["runs"]) for job in ended["jobs"]] == [("DONE", 10 + n) for n in range(JOBS)]
    claims = rows.claims()
    assert Counter(map(len, claims.values())) == {1: BATCHES * JOBS}
    shares = Counter(service for (service,) in claims.values())
    assert len(shares) == 2
    assert min(shares.values()) >= BATCHES * JOBS / 5, shares
    assert rows.of("SELECT DISTINCT interruptions, losses FROM jobs") == [(0, 0)]
    assert rows.of("SELECT count(*) FROM results") == [(BATCHES * JOBS,)]

    def has_no_jobs(service: LocalService) -> bool:
        return [worker["jobs"] for worker in runner(service)["workers"]] == [0] * len(two.workers)

    for service in pair:
        service.until(partial(has_no_jobs, service))


def test_a_killed_service_leaves_its_jobs_to_the_other(
    pair: tuple[LocalService, LocalService],
    rows: Rows,
    start: Callable[[], LocalService],
    two: DaskCluster,
    second: str,
    quick: str,
) -> None:
    """What it ran stops on the workers, runs again for the other service, and ends once; nothing is charged twice."""
    first, other = pair
    other.control("PATCH", "queue", json={"paused": True})
    batch = first.create(second, *[{"runs": 5}] * 4)
    child_at_work(two)
    claimed = [job for job, services in rows.claims().items() if services]
    first.kill()
    other.control("PATCH", "queue", json={"paused": False})
    ended = other.until(lambda: _done(other, batch), patience=2 * BEAT + 60)
    assert [job["status"] for job in ended["jobs"]] == ["DONE"] * 4
    claims = rows.claims()
    assert {job for job, services in claims.items() if len(set(services)) == 2} <= set(claimed)
    assert max(len(services) for services in claims.values()) == 2
    interrupted = rows.of("SELECT count(*) FROM jobs WHERE interruptions = 1 AND losses = 0")
    assert 1 <= interrupted[0][0] <= len(claimed)
    assert rows.of("SELECT max(interruptions), max(losses) FROM jobs") == [(1, 0)]
    assert rows.of("SELECT count(*) FROM results") == [(4,)]
    third = start()
    assert third.settled(third.create(quick, {"runs": 5}))["status"] == "DONE"
    assert len(rows.of("SELECT id FROM services")) == 2


def test_a_cancellation_reaches_the_job_of_the_other(
    pair: tuple[LocalService, LocalService], two: DaskCluster, endless: str, quick: str
) -> None:
    """Whichever is asked: the job stops on its worker, which is free for the next one of either."""
    first, other = pair
    other.control("PATCH", "queue", json={"paused": True})
    batch = first.create(endless, {"runs": 5})
    _, child = child_at_work(two, LOADING)
    other.get("cancelBatch", batch_id=batch["id"])
    LocalService.until(lambda: not is_alive(child))
    other.control("PATCH", "queue", json={"paused": False})
    for service in pair:
        assert service.settled(service.create(quick, {"runs": 5}, {"runs": 5}))["status"] == "DONE"


def _done(service: LocalService, batch: Any) -> Any:
    found = service.get("getBatch", batch_id=batch["id"])
    return found | {"jobs": service.jobs(batch)} if found["status"] == "DONE" else None
