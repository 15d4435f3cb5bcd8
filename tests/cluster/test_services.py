"""Several services on one PostgreSQL: each job runs once, whoever it was sent to and whoever dies."""

from __future__ import annotations

import json
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from pasqal_cloud.local.membership import BEAT
from pasqal_cloud.local.store.services import LEASE

from ..local.conftest import LocalService, chain
from .conftest import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pasqal_cloud.local.database import Server

    from ..postgres import Postgres

Serve = "Callable[..., LocalService]"
BATCHES, JOBS = 40, 10


@pytest.fixture
def rows(postgres: Postgres, place: Server) -> Rows:
    """What is stored in the database."""
    return Rows(postgres, place)


@pytest.fixture
def two(serve: Serve, place: Server, rows: Rows) -> tuple[LocalService, LocalService]:
    """Two services on one database, whose claims are noted."""
    first = serve(place)
    rows.audit()
    return first, serve(place)


def test_each_job_is_claimed_once(two: tuple[LocalService, LocalService], rows: Rows) -> None:
    """Hundreds of jobs, sent to both at once, end once each; both services have run some, and agree on all."""

    def submit(number: int) -> Any:
        service = two[number % 2]
        return service.create("{}", *[{"runs": 1 + n} for n in range(JOBS)], tags=[f"batch {number}"])

    for service in two:  # so that both have something to do for a while
        service.control("POST", "outcomes", json={"after": 0.01})
    with ThreadPoolExecutor(4) as threads:
        batches = list(threads.map(submit, range(BATCHES)))
    for number, batch in enumerate(batches):
        other = two[(number + 1) % 2]
        ended = other.settled(batch)
        assert ended["status"] == "DONE"
        assert [job["runs"] for job in ended["jobs"]] == [1 + n for n in range(JOBS)]
    claims = rows.claims()
    assert Counter(map(len, claims.values())) == {1: BATCHES * JOBS}
    assert len({services[0] for services in claims.values()}) == 2
    assert rows.of("SELECT count(*), sum(interruptions), sum(losses) FROM jobs WHERE status = 'DONE'") == [
        (BATCHES * JOBS, 0, 0)
    ]
    assert rows.of("SELECT count(*) FROM results") == [(BATCHES * JOBS,)]
    numbers = [number for (number,) in rows.of("SELECT number FROM jobs ORDER BY number")]
    assert numbers == list(range(1, BATCHES * JOBS + 1))


def test_either_service_will_do(two: tuple[LocalService, LocalService]) -> None:
    """Tokens, projects and keys of one service are the other's, too, even at the same moment."""
    first, second = two
    assert first.project_id == second.project_id
    assert first.connection["password"] == second.connection["password"]
    second.token = first.token
    headers = {"Idempotency-Key": "sent once"}

    def submit(service: LocalService) -> Any:
        return service.get("createBatch", json=service.body("{}", {"runs": 1}), headers=headers)["id"]

    with ThreadPoolExecutor(2) as threads:
        ids = list(threads.map(submit, two * 5))
    assert len(set(ids)) == 1
    assert len(second.get("listBatches")) == 1
    link = first.get("getJobResultsLink", job_id=first.settled({"id": ids[0]})["jobs"][0]["id"])["results_link"]
    assert httpx.get(link.replace(first.connection["url"], second.connection["url"])).status_code == 200


def test_a_new_job_wakes_who_has_room(two: tuple[LocalService, LocalService]) -> None:
    """A service that starts nothing takes a job, and the other runs it at once."""
    first, second = two
    first.control("PATCH", "queue", json={"paused": True})
    batch = first.create("{}", {"runs": 1})
    second.until(lambda: second.get("getBatchStatus", batch_id=batch["id"])["status"] == "DONE", patience=2.0)


def test_a_killed_service_is_replaced(two: tuple[LocalService, LocalService], rows: Rows) -> None:
    """Its jobs run on the other one, soon, and have lost no try."""
    first, second = two
    second.control("PATCH", "queue", json={"paused": True})
    first.control("POST", "outcomes", json={"hold": True})
    batch = first.create("{}", *[{"runs": 1}] * 5)
    for job in first.jobs(batch):
        first.wait_for_job(job, "RUNNING")
    second.control("PATCH", "queue", json={"paused": False})
    first.kill()
    second.until(lambda: second.get("getBatchStatus", batch_id=batch["id"])["status"] == "DONE", patience=2 * BEAT + 5)
    assert rows.of("SELECT DISTINCT interruptions, losses FROM jobs") == [(1, 0)]
    assert {len(services) for services in rows.claims().values()} == {2}


def test_a_service_that_stops_is_replaced_at_once(two: tuple[LocalService, LocalService], rows: Rows) -> None:
    """Whoever ends in peace leaves the jobs to the others without delay."""
    first, second = two
    second.control("PATCH", "queue", json={"paused": True})
    first.control("POST", "outcomes", json={"hold": True})
    batch = first.create("{}", {"runs": 1})
    first.wait_for_job(batch["jobs"][0], "RUNNING")
    second.control("PATCH", "queue", json={"paused": False})
    assert first.stop() == 0
    second.until(lambda: second.get("getBatchStatus", batch_id=batch["id"])["status"] == "DONE", patience=BEAT - 1)
    assert len(rows.of("SELECT id FROM services")) == 1


def test_a_service_thought_dead_stops_its_jobs(serve: Serve, place: Server, rows: Rows, tmp_path: Path) -> None:
    """One that hangs for longer than the lease loses its jobs; when it goes on, it does not end them again."""
    with (tmp_path / "log").open("w") as log:
        hangs = serve(place, stderr=log)
        rows.audit()
        hangs.control("POST", "outcomes", json={"hold": True, "counter": {"00": 1}})
        batch = hangs.create("{}", {"runs": 1})
        hangs.wait_for_job(batch["jobs"][0], "RUNNING")
        hangs.process.send_signal(signal.SIGSTOP)
        other = serve(place)
        other.control("POST", "outcomes", json={"counter": {"11": 1}})
        ended = other.until(lambda: other.jobs(batch)[0]["status"] == "DONE", patience=LEASE + 2 * BEAT + 10)
        assert ended
        hangs.process.send_signal(signal.SIGCONT)
        hangs.until(lambda: "considered this one dead" in (tmp_path / "log").read_text(), patience=2 * BEAT + 5)
        hangs.control("DELETE", "outcomes")  # would end the job, if it still ran
        again = hangs.settled(hangs.create("{}", {"runs": 1}))
    assert again["status"] == "DONE"
    assert other.result(batch["jobs"][0])["counter"] == {"11": 1}
    assert rows.of("SELECT interruptions, losses FROM jobs ORDER BY number LIMIT 1") == [(1, 0)]
    assert len(rows.of("SELECT id FROM services")) == 2


def test_a_cancellation_stops_a_run_elsewhere(serve: Serve, place: Server) -> None:
    """A job that another service runs is killed: its only worker is free for the next job at once."""
    runs = serve(place, "--engine=emulators", "--workers=1", "--devices=EMU_FREE")
    other = serve(place)
    other.control("PATCH", "queue", json={"paused": True})
    warm = runs.create(chain(atoms=2, duration=200), {"runs": 1})
    assert runs.settled(warm)["status"] == "DONE"
    endless = other.create(chain(atoms=10, duration=100_000), {"runs": 1})
    runs.wait_for_job(endless["jobs"][0], "RUNNING")
    runs.worker_at_work()
    other.get("cancelBatch", batch_id=endless["id"])
    quick = other.create(chain(atoms=2, duration=200), {"runs": 1})
    assert other.settled(quick)["status"] == "DONE"
    assert [job["status"] for job in other.jobs(endless)] == ["CANCELED"]


@pytest.fixture
def calls() -> Iterator[tuple[str, list[str]]]:
    """A webhook's URL, and the ids of the jobs that it was told of."""
    told: list[str] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.append(json.loads(body)["job"]["id"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/", told
        server.shutdown()


def test_each_end_is_told_once(two: tuple[LocalService, LocalService], calls: tuple[str, list[str]]) -> None:
    """Both services call webhooks, but never about the same job."""
    url, told = calls
    batches = [two[n % 2].create("{}", *[{"runs": 1}] * 5, webhook=url) for n in range(8)]
    jobs = [job["id"] for batch in batches for job in two[0].settled(batch)["jobs"]]
    two[0].until(lambda: len(told) >= len(jobs))
    assert sorted(told) == sorted(jobs)


def test_an_idle_batch_times_out_once(serve: Serve, place: Server, rows: Rows) -> None:
    """An open batch ends even if the service that knew of it has died."""
    first, second = (serve(place, "--idle-timeout=8") for _ in range(2))
    batch = first.create("{}", {"runs": 1}, open=True)
    first.wait_for_job(batch["jobs"][0], "DONE")
    first.kill()
    second.until(lambda: second.get("getBatchStatus", batch_id=batch["id"])["status"] == "TIMED_OUT")
    assert rows.of("SELECT status FROM jobs") == [("DONE",)]
