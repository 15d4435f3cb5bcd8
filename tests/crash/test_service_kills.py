"""A kill -9 of the service at any moment loses nothing, repeats nothing, and leaves nobody behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest

from ..local.conftest import PATIENCE, LocalService, chain
from ..postgres import on_the_server
from .conftest import OUTLIVING, kill, settle

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from .conftest import Database

pytestmark = pytest.mark.slow

DOOMED = str(Path(__file__).with_name("doomed.py"))
METHODS = ("claim", "finish", "add_batch", "add_jobs", "close_batch", "cancel_batches", "cancel_jobs")
KILLS = 4
"""How many lives of a service end so, one after the other, before the last ends by itself."""


class Ledger:
    """What a client knows: what it was told is done, and what it was told nothing of.

    Args:
        sequence: What its jobs run.
    """

    def __init__(self, sequence: str) -> None:
        self._sequence = sequence
        self.submitted: dict[str, int] = {}
        self.cancelled: set[str] = set()
        self.unanswered: list[Callable[[LocalService], None]] = []

    def bustle(self, service: LocalService) -> None:
        """Submits, adds, cancels and closes, until the service answers no more."""
        create, cancel = partial(self._create, service), partial(self._cancel, service)
        try:
            while True:
                create(jobs=3)
                batch = create(jobs=2, open=True)
                self._repeatable(service, self._add, batch["id"], str(uuid4()))
                cancel(create(jobs=2, open=True)["jobs"][1])
                cancel(create(jobs=2))
                service.get("closeBatch", batch_id=batch["id"])
        except httpx.TransportError:
            return

    def submit(self, service: LocalService, jobs: int) -> None:
        """Submits a batch to a service that may end before it answers."""
        with suppress(httpx.TransportError):
            self._create(service, jobs)

    def start(self, service: LocalService) -> None:
        """Submits two jobs, and waits until the first runs."""
        service.wait_for_job(self._create(service, jobs=2)["jobs"][0], "RUNNING")

    def repeat(self, service: LocalService) -> None:
        """Sends again what was not answered, with the same key."""
        for send in self.unanswered:
            send(service)
        self.unanswered.clear()

    def check(self, service: LocalService) -> None:
        """Checks that all which was answered has been kept, once."""
        batches = {batch["id"]: batch for batch in self._all(service, "listBatches")}
        jobs = self._all(service, "listJobs")
        for batch_id, count in self.submitted.items():
            assert len([job for job in jobs if job["batch_id"] == batch_id]) == count
        assert set(self.submitted) == set(batches)
        gone = {job["id"] for job in jobs if job["status"] == "CANCELED"}
        gone |= {batch["id"] for batch in batches.values() if batch["status"] == "CANCELED"}
        assert self.cancelled <= gone
        assert {job["status"] for job in jobs} <= {"DONE", "CANCELED"}

    def _create(self, service: LocalService, jobs: int, **fields: Any) -> Any:
        body = service.body(self._sequence, *({"runs": 5} for _ in range(jobs)), **fields)
        return self._repeatable(service, self._send, body, str(uuid4()))

    def _repeatable(self, service: LocalService, send: Callable[..., Any], *arguments: Any) -> Any:
        self.unanswered.append(lambda service: send(service, *arguments))
        answer = send(service, *arguments)
        self.unanswered.pop()
        return answer

    def _send(self, service: LocalService, body: dict[str, Any], key: str) -> Any:
        batch = service.get("createBatch", json=body, headers={"Idempotency-Key": key})
        self.submitted[batch["id"]] = len(body["jobs"])
        return batch

    def _add(self, service: LocalService, batch_id: str, key: str) -> None:
        body = [{"runs": 5}]
        service.get("addJobs", batch_id=batch_id, json=body, headers={"Idempotency-Key": key})
        self.submitted[batch_id] += 1

    def _cancel(self, service: LocalService, found: dict[str, Any]) -> None:
        kind = "job" if "batch_id" in found else "batch"
        operation = {"job": "cancelJob", "batch": "cancelBatch"}[kind]
        answer = service.call(operation, **{f"{kind}_id": found["id"]})
        if answer.status_code == 200:  # else it has ended before
            self.cancelled.add(found["id"])

    @staticmethod
    def _all(service: LocalService, operation: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while page := service.get(operation, query={"limit": 100, "offset": len(found)}):
            found += page
        return found


def doomed(draw: random.Random, method: str) -> type[LocalService]:
    """Draws a service that ends in a call of a method of its store, at the latest when it is told to."""

    class Doomed(LocalService):
        command = (DOOMED, method, str(draw.randint(1, 4)), str(draw.random()))

    print(Doomed.command)  # noqa: T201 - shown when the test fails
    return Doomed


@pytest.mark.parametrize("method", METHODS)
def test_a_kill_at_a_step_of_a_transaction(
    method: str, draw: random.Random, live: Callable[..., LocalService], database: Database
) -> None:
    """Whichever statement of a change a kill comes before or after, the change is there as a whole or not at all."""
    ledger, before = Ledger('{"device": "MockDevice"}'), {}
    for number in range(KILLS + 1):
        service = live("--engine", "scripted", kind=doomed(draw, method))
        ledger.repeat(service)
        settle(service)
        ledger.check(service)
        database.check_the_end(before, most_losses=0)
        if number < KILLS:
            service.process.send_signal(signal.SIGUSR1)
            ledger.bustle(service)
            assert service.process.wait(PATIENCE) == -signal.SIGKILL
            database.check()
            before = database.settled()
    assert service.stop() == 0


def test_a_kill_while_it_takes_up_what_was_left(
    draw: random.Random, live: Callable[..., LocalService], database: Database
) -> None:
    """A service that is killed while it starts leaves as much to do as it has found."""
    ledger = Ledger(chain(atoms=10, duration=100_000))
    first = live("--workers", "1")
    ledger.start(first)
    first.kill()
    for _ in range(3):
        options = on_the_server(("--db", str(database.path), "--engine", "scripted"))
        command = [sys.executable, DOOMED, "recover", "1", str(draw.random()), *options]
        assert subprocess.run(command, check=False, timeout=PATIENCE).returncode == -signal.SIGKILL
        database.check()
        assert len(database.settled()) == 0
    service = live("--engine", "scripted")
    settle(service)
    ledger.check(service)
    assert service.stop() == 0
    database.check_the_end({}, most_losses=0)


@pytest.mark.timeout(600)
def test_kills_of_a_service_with_workers(
    draw: random.Random, live: Callable[..., LocalService], database: Database
) -> None:
    """Idle, while it takes a job, runs it and writes its result down: all jobs get one result, and no worker stays."""
    sequence = chain(atoms=8, duration=2_000)
    service, outlived, before = live("--workers", "2"), [], {}
    duration = seconds_of_a_job(service, sequence)
    for number in range(10):
        submitted = [service.create(sequence, {"runs": 5}, {"runs": 5}) for _ in range(number % 3)]
        time.sleep(draw.uniform(0, 1.5 * duration) if submitted else 0)
        before = database.settled()
        outlived.append(kill(service))
        database.check()
        service = live("--workers", "2")
        settle(service)
        for batch in submitted:
            assert {job["status"] for job in service.jobs(batch)} == {"DONE"}
            assert all(service.result(job)["counter"] for job in service.jobs(batch))
        database.check_the_end(before, most_losses=0)
    print("workers outlived the service by", *(f"{seconds:.2f}" for seconds in outlived), "s")  # noqa: T201
    assert max(outlived) < OUTLIVING


def seconds_of_a_job(service: LocalService, sequence: str) -> float:
    """Measures how long a job takes, once the workers are warm."""
    service.settled(service.create(sequence, {"runs": 5}, {"runs": 5}))
    began = time.monotonic()
    service.settled(service.create(sequence, {"runs": 5}))
    return time.monotonic() - began


@pytest.mark.parametrize("method", ["claim", "finish"])
def test_a_kill_at_a_step_while_workers_run(
    method: str, draw: random.Random, live: Callable[..., LocalService], database: Database
) -> None:
    """With real workers, too, a job whose end is not written down runs again, and one whose end is does not."""
    ledger = Ledger(chain(atoms=4, duration=1_000))
    service = live("--workers", "2", kind=doomed(draw, method))
    service.process.send_signal(signal.SIGUSR1)
    ledger.submit(service, jobs=5)
    assert service.process.wait(PATIENCE) == -signal.SIGKILL
    database.check()
    before = database.settled()
    service = live("--workers", "2")
    ledger.repeat(service)
    settle(service)
    ledger.check(service)
    assert service.stop() == 0
    database.check_the_end(before, most_losses=0)
