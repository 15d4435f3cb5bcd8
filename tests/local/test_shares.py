"""How projects share the queue, and what their jobs use."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from pasqal_cloud.local.metrics import Metrics
from pasqal_cloud.local.scheduler import Scheduler
from pasqal_cloud.local.scripting.clock import Clock, Lifetimes
from pasqal_cloud.local.scripting.script import Script
from pasqal_cloud.local.store import LimitError, Submitted
from pasqal_cloud.local.store.schema import projects
from pasqal_cloud.local.store.shares import HALF_LIFE
from pasqal_cloud.local.tasks import JobRequest, Outcome

from ..postgres import place_for
from .conftest import LocalService
from .test_store import FIRST, START, Filled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pasqal_cloud.local.database import Place


class Shared(Filled):
    """A store whose clock the test moves."""

    def __init__(self, place: Place) -> None:
        self.clock = START
        super().__init__(place)

    @property
    def now(self) -> datetime:
        return self.clock

    def passes(self, seconds: float) -> None:
        self.clock += timedelta(seconds=seconds)

    def set(self, project: str, **values: Any) -> None:
        with self.store.database.writing() as connection:
            connection.execute(update(projects).where(projects.c.id == project).values(values))

    def used(self, project: str, kind: str = "emulation_seconds") -> float:
        (usage,) = self.store.usage([project])
        return float(usage.project[kind])

    def run(self, seconds: float, *devices: str) -> str:
        """Runs the next job, and gives its project."""
        claim = self.claim(*devices)
        self.passes(seconds)
        self.store.queue.finish(claim.token, Outcome("{}"), self.now)
        return str(claim.job["project_id"])


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[Shared]:
    """A store of its own."""
    shared = Shared(place_for(tmp_path / "test.db"))
    yield shared
    shared.store.close()


def test_time_is_shared_and_not_jobs(shared: Shared) -> None:
    """A project whose jobs are four times as long runs a quarter as many, whoever submitted first."""
    for _ in range(40):
        shared.add(project="p")
    for _ in range(40):
        shared.add(project="q")
    ran: Counter[str] = Counter()
    lengths = {"p": 4.0, "q": 1.0}
    for _ in range(40):
        claim = shared.claim()
        project = claim.job["project_id"]
        shared.passes(lengths[project])
        shared.store.queue.finish(claim.token, Outcome("{}"), shared.now)
        ran[project] += 1
    assert ran == {"p": 8, "q": 32}
    assert (shared.used("p"), shared.used("q")) == (32, 32)


def test_weights_are_shares(shared: Shared) -> None:
    """A project of weight 3 gets three quarters of the time beside one of weight 1."""
    shared.set("q", weight=3)
    for project in ("p", "q"):
        for _ in range(40):
            shared.add(project=project)
    ran = Counter(shared.run(1) for _ in range(40))
    assert ran == {"p": 10, "q": 30}


def test_priority_comes_before_shares(shared: Shared) -> None:
    """A project of higher priority goes first, whatever it has used."""
    shared.set("q", queue_priority="HIGH", recent_seconds=1e6)
    for project in ("p", "q", "p", "q"):
        shared.add(project=project)
    assert [shared.run(1) for _ in range(4)] == ["q", "q", "p", "p"]


def test_batches_of_one_project_stay_in_order(shared: Shared) -> None:
    """By priority, then by age; a batch that has started goes on until its last job has started."""
    first, second = shared.add(3), shared.add(2)
    other = shared.add(2, project="q")
    claimed = []
    for _ in range(7):
        claim = shared.claim()
        shared.passes(1)
        shared.store.queue.finish(claim.token, Outcome("{}"), shared.now)
        claimed.append(claim.job["batch_id"])
    assert claimed == [first] * 3 + [other] * 2 + [second] * 2


def test_jobs_that_run_count(shared: Shared) -> None:
    """Workers are shared before the first job ends: equally at first, then by how long jobs took so far."""
    for project in ("p", "q"):
        for _ in range(20):
            shared.add(project=project)
    claims = [shared.claim() for _ in range(4)]
    assert [claim.job["project_id"] for claim in claims] == ["p", "q", "p", "q"]
    shared.passes(1)
    for claim in claims:
        if claim.job["project_id"] == "q":
            shared.store.queue.finish(claim.token, Outcome("{}"), shared.now)
    shared.passes(3)
    for claim in claims:
        shared.store.queue.finish(claim.token, Outcome("{}"), shared.now)
    assert (shared.used("p"), shared.used("q")) == (8, 2)  # jobs of p take 4 seconds, those of q 1 second
    shared.set("p", recent_seconds=0)
    shared.set("q", recent_seconds=0)
    started = Counter(shared.claim().job["project_id"] for _ in range(10))
    assert started == {"p": 2, "q": 8}


def test_devices_are_shared_too(shared: Shared) -> None:
    """A project whose batch goes on on one device leaves workers to another project's jobs for another device."""
    shared.add(40, device="EMU_FREE")
    shared.add(40, device="FRESNEL", project="q")
    assert Counter(shared.run(1) for _ in range(40)) == {"p": 20, "q": 20}


def test_what_was_used_long_ago_counts_less(shared: Shared) -> None:
    """It halves in a day; the total does not."""
    shared.add()
    shared.run(1000)
    shared.passes(HALF_LIFE)
    shared.add(project="q")
    shared.run(600)
    assert shared.used("p", "recent_seconds") == pytest.approx(500, rel=0.01)
    assert shared.used("q", "recent_seconds") == pytest.approx(600)
    assert shared.used("p") == 1000
    shared.add(project="q")
    shared.add(project="p")
    assert shared.run(1) == "p"


class Quick:
    """A runner whose jobs end while they are handed out, after ten seconds of the service's clock."""

    has_room = True

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def on_change(self, changed: Any) -> None:
        """Its room never changes."""

    def run(self, claim: str, _: Any, ended: Any, freed: Any) -> None:
        """Runs a job."""
        self.clock.change(advance=10.0)
        ended(claim, Outcome("{}", seconds=10.0))
        freed()


def test_jobs_are_charged_however_many_end_at_once(shared: Shared) -> None:
    """Each costs the time that it ran, also if it starts and ends while the scheduler hands out others."""
    batch_id = shared.add(3, project="p")
    script = Script(Lifetimes(*[1e6] * 3))
    script.clock.change(now=START.timestamp(), frozen=True)
    runner: Any = Quick(script.clock)
    device: Any = None
    with Scheduler(shared.store, runner, {"EMU_FREE": device}, script, Metrics("1")):
        LocalService.until(lambda: set(shared.statuses(batch_id)) == {"DONE"})
    assert shared.used("p") == pytest.approx(30.0)


@pytest.mark.parametrize(("ran", "charged"), [(2.5, 2.5), (12.0, 10.0), (None, 10.0)])
def test_waiting_at_a_worker_costs_nothing(shared: Shared, ran: float | None, charged: float) -> None:
    """A job is charged for the time that it ran, as its worker measured it, and at most for that since its claim."""
    shared.add(project="p")
    claim = shared.claim()
    shared.passes(10)
    shared.store.queue.finish(claim.token, Outcome("{}", seconds=ran), shared.now)
    assert shared.used("p") == pytest.approx(charged)


def test_each_end_is_charged_once(shared: Shared) -> None:
    """A failed or cancelled job counts from its start on; one that was lost, or has never run, does not."""
    batch_id = shared.add(4)
    failed, cancelled, lost = (shared.claim() for _ in range(3))
    shared.passes(10)
    shared.store.queue.finish(failed.token, Outcome(errors=("no",)), shared.now)
    shared.store.queue.lose(lost.token, shared.now)
    shared.passes(10)
    assert shared.used("p") == 10
    shared.store.ends.cancel_jobs(batch_id, [cancelled.job["id"]], shared.now)
    assert shared.used("p") == 30
    shared.store.ends.cancel_batches([batch_id], shared.now)
    shared.store.queue.finish(failed.token, Outcome("{}"), shared.now)
    assert shared.used("p") == shared.used("p", "recent_seconds") == 30
    assert shared.used("q") == 0


def test_a_clock_that_is_set_back_gives_no_time_back(shared: Shared) -> None:
    """Time only counts forwards."""
    shared.add(2)
    shared.run(10)
    claim = shared.claim()
    shared.passes(-100_000)
    shared.store.queue.finish(claim.token, Outcome("{}"), shared.now)
    assert shared.used("p") == 10
    shared.add()
    shared.run(5)
    assert shared.used("p", "recent_seconds") == 15


# --------------------------------------------------------------------------------------------------------------- limits


def test_a_project_without_time_waits(shared: Shared) -> None:
    """Also in the middle of a batch, and its open batch does not reserve the device meanwhile."""
    shared.set("p", max_emulation_seconds=15)
    shared.add(5, is_open=True)
    other = shared.add(1, project="q")
    assert [shared.run(10), shared.run(10)] == ["p", "p"]
    assert shared.store.queue.holds_back() or shared.store.database.is_shared  # whose services are told of changes
    assert shared.claim().job["batch_id"] == other
    assert shared.claim() is None
    shared.set("p", max_emulation_seconds=None)
    assert not shared.store.queue.holds_back()
    assert shared.run(1) == "p"


def test_no_more_than_the_limit_wait(shared: Shared) -> None:
    """What would exceed it is not stored at all, and what a key has stored before is no new submission."""
    shared.set("p", max_waiting_jobs=3)
    batch_id = shared.add(2, is_open=True)
    submitted = Submitted(shared.user_id, "add", "key", "")
    shared.store.submissions.add_jobs(batch_id, [JobRequest(1)], submitted, shared.now)
    shared.store.submissions.add_jobs(batch_id, [JobRequest(1)], submitted, shared.now)
    with pytest.raises(LimitError) as caught:
        shared.add(1)
    assert (caught.value.limits.waiting, caught.value.new) == (3, 1)
    assert shared.store.lists.batches({"project_id": ["p"]}, FIRST)[1] == 1
    shared.add(4, project="q")
    assert shared.claim("EMU_FREE").job["project_id"] == "p"
    shared.store.submissions.add_jobs(batch_id, [JobRequest(1)], shared.submitted(), shared.now)
    with pytest.raises(LimitError):
        shared.store.submissions.add_jobs(batch_id, [JobRequest(1)], shared.submitted(), shared.now)
    assert len(shared.store.lists.jobs_of(batch_id)) == 4
