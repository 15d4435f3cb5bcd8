"""A kill -9 of a worker costs at most its own job one try."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from ..local.conftest import chain
from .conftest import descendants, settle

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from ..local.conftest import LocalService
    from .conftest import Database

pytestmark = pytest.mark.slow

KILLS = 14


@pytest.mark.timeout(600)
def test_kills_of_workers(draw: random.Random, live: Callable[..., LocalService], database: Database) -> None:
    """Idle or busy, whichever worker is killed: its job runs once more, others do not, and each gets its end."""
    service = live("--workers", "2")
    sequence = chain(atoms=8, duration=4_000)
    service.settled(service.create(sequence, {"runs": 5}, {"runs": 5}))
    losses = 0
    for number in range(KILLS):
        batch = service.create(sequence, *({"runs": 5} for _ in range(number % 4)), open=True) if number % 4 else None
        if batch:
            service.wait_for_job(draw.choice(batch["jobs"]), "RUNNING")
            time.sleep(draw.uniform(0, 0.5))
        worker = draw.choice(service.until(service.workers))  # one that dies idle is replaced when it is needed
        before = database.settled()
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
        settle(service)
        database.check_the_end(before, most_losses=losses + 1)
        losses = database.rows("SELECT sum(losses) AS losses FROM jobs")[0]["losses"]
        if batch:
            assert {job["status"] for job in service.jobs(batch)} == {"DONE"}
            assert all(service.result(job)["counter"] for job in service.jobs(batch))
    assert losses > 0
    assert service.stop() == 0


@pytest.mark.timeout(600)
def test_kills_of_all_that_a_service_has_started(
    draw: random.Random, live: Callable[..., LocalService], database: Database
) -> None:
    """Also the process that workers are copies of may die, whenever it is, and all of them at once."""
    service = live("--workers", "2")
    sequence = chain(atoms=8, duration=4_000)
    for _ in range(4):
        batch = service.create(sequence, {"runs": 5}, {"runs": 5}, {"runs": 5})
        service.wait_for_job(batch["jobs"][0], "RUNNING")
        time.sleep(draw.uniform(0, 0.5))
        processes = descendants(service)
        for process in draw.sample(processes, draw.randint(1, len(processes))):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        settle(service)
        database.check_the_end({}, most_losses=1_000)
        assert {job["status"] for job in service.jobs(batch)} == {"DONE"}
    assert service.settled(service.create(sequence, {"runs": 5}))["status"] == "DONE"
    assert service.stop() == 0
