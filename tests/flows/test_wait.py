"""Waiting, on a clock that the tests hold: how soon an end is seen, and what happens when it is not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasqal_cloud import Batch, Endpoints, Job
from pasqal_cloud._flow import Flow, Now, Sleep
from pasqal_cloud._transport import Api, BlockingClient
from pasqal_cloud._wait import interval, until_settled
from pasqal_cloud.errors import (
    ConnectionFailedError,
    NotFoundError,
    PasqalCloudError,
    ServerError,
    WaitTimeoutError,
)
from pasqal_cloud_api import models

ID = "11111111-2222-4333-8444-555555555555"
MINUTE, DAY = 60.0, 86_400.0


class Work:
    """Work whose states come at given times after the beginning; the last one is settled."""

    def __init__(self, *changes: float) -> None:
        self.changes = changes
        self.begun: float | None = None
        self.state = 0
        self.looks: list[float] = []

    @property
    def is_settled(self) -> bool:
        return self.state == len(self.changes)

    def _look(self, retry: object) -> Flow[bool]:
        now: float = yield Now()
        if self.begun is None:
            self.begun = now
        self.looks.append(now - self.begun)
        before, self.state = self.state, sum(change <= self.looks[-1] for change in self.changes)
        return before != self.state

    def __repr__(self) -> str:
        return f"Work({ID!r})"


NEVER = float("inf")


def no_calls(effect: object) -> None:
    """These conversations make no request."""
    raise AssertionError(effect)


def longest_wait_for_an_end(after: float) -> float:
    """How late the end of work may be seen, by what is promised."""
    return min(max(0.25, after / 4), max(5.0, after / 10), 30.0)


def waiting(resource: Any, **options: Any) -> Flow[None]:
    """The flow of a wait."""
    return until_settled(resource, **{"timeout": None, "poll": None, "on_update": None} | options)


@given(st.floats(0.0, 3 * DAY))
def test_an_end_is_seen_soon(world: Any, after: float) -> None:
    """The end of work of any length is seen within the bound, and nothing is asked after it."""
    work = Work(after)
    fed = world(no_calls)
    fed.run(waiting(work))
    assert [look >= after for look in work.looks] == [False] * (len(work.looks) - 1) + [True]
    assert work.looks[-1] - after <= longest_wait_for_an_end(after) + 1e-6


@given(st.floats(0.0, 3 * DAY))
def test_the_interval_is_bounded_and_spread(elapsed: float) -> None:
    """With the longest draw the pause is the bound, with the shortest a fifth less."""
    bound = longest_wait_for_an_end(elapsed)
    assert interval(elapsed, lambda low, high: high) == pytest.approx(bound)
    assert interval(elapsed, lambda low, high: low) == pytest.approx(0.8 * bound)
    assert 0.8 * bound <= interval(elapsed) <= bound


def test_long_work_is_not_looked_at_all_the_time(world: Any) -> None:
    """A day of waiting takes some thousand looks, not a hundred thousand."""
    work = Work(DAY)
    world(no_calls).run(waiting(work))
    assert len(work.looks) < DAY / 24 + 100


def test_poll_sets_the_pause(world: Any) -> None:
    """Whoever wants regular looks gets them."""
    fed = world(no_calls)
    fed.run(waiting(Work(5.0), poll=2.0))
    assert fed.pauses == [2.0, 2.0, 2.0]


@given(st.floats(0.0, 300.0), st.none() | st.floats(5.0, 100.0))
def test_a_wait_ends_when_its_time_is_up(world: Any, timeout: float, poll: float | None) -> None:
    """The time is used to its end and not beyond, and the error carries the handle and the id."""
    work = Work(NEVER)
    fed = world(no_calls)
    began = fed.now
    with pytest.raises(WaitTimeoutError) as caught:
        fed.run(waiting(work, timeout=timeout, poll=poll))
    assert fed.now - began == pytest.approx(timeout)
    assert isinstance(caught.value, TimeoutError)
    assert caught.value.handle is work
    assert ID in str(caught.value)
    assert any(ID in note for note in caught.value.__notes__)


def test_a_timeout_of_nothing_is_one_look(world: Any) -> None:
    """Zero seconds are enough to see that it has ended already."""
    work = Work(0.0)
    world(no_calls).run(waiting(work, timeout=0.0))
    assert work.looks == [0.0]


def test_updates_are_told_when_something_has_changed(world: Any) -> None:
    """`on_update` is called once for each change that was seen, not for each look."""
    work = Work(10.0, 20.0, 30.0)
    told: list[int] = []
    world(no_calls).run(waiting(work, on_update=lambda handle: told.append(handle.state)))
    assert told == [1, 2, 3]
    assert len(work.looks) > len(told)


def test_an_error_of_on_update_is_the_users(world: Any) -> None:
    """What the user's function raises ends the wait, with the id noted."""

    def fail(handle: object) -> None:
        raise KeyError("lost")

    with pytest.raises(KeyError) as caught:
        world(no_calls).run(waiting(Work(0.0, NEVER), on_update=fail))
    assert ID in caught.value.__notes__[0]


def test_an_interrupt_carries_the_id() -> None:
    """After Ctrl-C the user can still find what was submitted."""
    flow = waiting(Work(NEVER))
    effect = next(flow)
    while not isinstance(effect, Sleep):
        effect = flow.send(0.0)
    with pytest.raises(KeyboardInterrupt) as caught:
        flow.throw(KeyboardInterrupt())
    assert ID in caught.value.__notes__[0]


# What follows waits for real handles, whose status is asked for by requests.


def batch(**fields: Any) -> Batch:
    """A handle of a batch."""
    api = Api(Endpoints(), None, BlockingClient, None)
    snapshot = models.Batch.from_dict({"id": ID, "status": "PENDING", "open": False})
    for name, value in fields.items():
        setattr(snapshot, name, value)
    return Batch(api, snapshot)


def progress(status: str, **counts: int) -> models.BatchProgressResponse:
    """The answer to the question for a batch's status."""
    data = {"status": status, "jobs_count_per_status": counts}
    return models.BatchProgressResponse.from_dict({"data": data})


def statuses(*sequence: str) -> Any:
    """Answers with one status after the other."""
    remaining = iter(sequence)
    return lambda effect: progress(next(remaining))


@pytest.mark.parametrize("status", ["PENDING", "RUNNING", "PAUSED", "CANCELING", "LOST_IN_SPACE"])
def test_a_batch_that_goes_on_is_waited_for(world: Any, status: str) -> None:
    """Only the statuses that are known to be the last end a wait; an unknown one does not."""
    fed = world(statuses(status, status, "DONE"))
    handle = batch()
    fed.run(waiting(handle))
    assert (len(fed.calls), handle.status) == (3, "DONE")


@pytest.mark.parametrize("status", ["DONE", "ERROR", "CANCELED", "TIMED_OUT"])
def test_a_batch_that_has_ended_is_not(world: Any, status: str) -> None:
    """Failure and cancellation are ends as well."""
    fed = world(statuses(status))
    handle = batch()
    fed.run(waiting(handle))
    assert (fed.pauses, handle.status) == ([], status)


def test_an_open_batch_is_waited_for_until_its_jobs_have_ended(world: Any) -> None:
    """An open batch goes on by itself: the wait is for the jobs that it has."""
    counts = [{"PENDING": 2}, {"DONE": 1, "RUNNING": 1}, {"DONE": 2}]
    remaining = iter(counts)
    told: list[dict[str, int]] = []
    world(lambda effect: progress("RUNNING", **next(remaining))).run(
        waiting(batch(open_=True), on_update=lambda handle: told.append(dict(handle.jobs_count_per_status)))
    )
    assert told == counts


def test_a_job_is_waited_for_the_same_way(world: Any) -> None:
    """The same loop serves jobs."""
    remaining = iter(["PENDING", "RUNNING", "DONE"])
    handle = Job(batch()._api, models.Job.from_dict({"id": ID, "status": "PENDING"}))
    world(lambda effect: models.JobProgressResponse.from_dict({"data": {"status": next(remaining)}})).run(
        waiting(handle)
    )
    assert handle.status == "DONE"


@pytest.mark.parametrize(
    "error",
    [
        ServerError(status=503, retryable=True),
        ServerError(status=502, retryable=True, retry_after=3.0),
        ConnectionFailedError(retryable=True, sent=False),
        ConnectionFailedError(retryable=True, sent=True),
    ],
    ids=lambda error: f"{type(error).__name__}-{error.status}-{error.sent}",
)
def test_an_outage_of_a_minute_is_sat_out(world: Any, error: PasqalCloudError) -> None:
    """A service that is down while the work goes on is no reason to give up."""

    def answer(effect: object) -> models.BatchProgressResponse:
        elapsed = fed.now - began
        if 1.0 <= elapsed < MINUTE:
            raise error
        return progress("PENDING" if elapsed < 1.0 else "DONE")

    fed = world(answer)
    began = fed.now
    handle = batch()
    fed.run(waiting(handle))
    assert handle.status == "DONE"
    assert fed.now - began <= MINUTE + 30.0


@pytest.mark.parametrize("timeout", [1.0, 10.0, MINUTE, 1000.0])
def test_an_outage_does_not_stretch_the_timeout(world: Any, timeout: float) -> None:
    """When the time is up during an outage the wait ends, and tells of the outage."""
    outage = ServerError(status=503, retryable=True)

    def fail(effect: object) -> None:
        raise outage

    fed = world(fail)
    began = fed.now
    with pytest.raises(WaitTimeoutError) as caught:
        fed.run(waiting(batch(), timeout=timeout))
    assert fed.now - began <= timeout + 1e-6
    assert caught.value.__cause__ is outage


@given(st.floats(1.0, 300.0))
def test_an_outage_does_not_cut_the_wait_short(world: Any, timeout: float) -> None:
    """The error that says that the time was up is not raised before it was."""

    def fail(effect: object) -> None:
        raise ServerError(status=503, retryable=True)

    fed = world(fail)
    began = fed.now
    with pytest.raises(WaitTimeoutError):
        fed.run(waiting(batch(), timeout=timeout))
    assert fed.now - began == pytest.approx(timeout)


def test_a_lasting_failure_ends_the_wait_with_the_id(world: Any) -> None:
    """A batch that is gone is no outage."""
    gone = NotFoundError(status=404)

    def fail(effect: object) -> None:
        raise gone

    with pytest.raises(NotFoundError) as caught:
        world(fail).run(waiting(batch()))
    assert caught.value is gone
    assert ID in caught.value.__notes__[0]
