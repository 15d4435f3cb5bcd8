"""Waiting, on a clock that the tests hold: how soon an end is seen, and what happens when it is not."""

import asyncio
import json
import logging
import socket
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import httpx
import pytest

from pasqal_cloud import (
    BatchClosingError,
    BatchCreationError,
    BatchFetchingError,
    JobCreationError,
    NotFoundError,
    PasqalCloudError,
    PermissionDeniedError,
    RetryPolicy,
    ServerError,
    WaitTimeoutError,
    as_completed,
)

from ..doubles.answers import BATCH, batch, page, refused
from ..doubles.line import Line, by_path
from ..doubles.sockets import SocketServer
from ..stopwatch import Stopwatch

JOB = "22222222-2222-4333-8444-555555555555"
MINUTE, HOUR = 60.0, 3600.0
NEVER = float("inf")


class Work(Line):
    """A batch whose jobs end at given times after the beginning; it is done when all have.

    Args:
        clock: The clock.
        changes: The times, in seconds.
        outage: Between which times the service is down, and what it answers then, if not the truth.
    """

    def __init__(self, clock: Any, *changes: float, outage: tuple[float, float, Any] = (NEVER, NEVER, None)) -> None:
        super().__init__(self._answer)
        self._clock = clock
        self._changes = changes
        self._outage = outage
        self.begun = clock.now
        self.looks: list[float] = []

    @property
    def elapsed(self) -> float:
        return self._clock.now - self.begun

    def _answer(self, request: httpx.Request) -> Any:
        beginning, end, failure = self._outage
        if request.url.path.endswith("/status"):
            self.looks.append(self.elapsed)
        if beginning <= self.elapsed < end:
            if isinstance(failure, Exception):
                raise failure
            return failure
        ended = sum(change <= self.elapsed for change in self._changes)
        status = "DONE" if ended == len(self._changes) else "RUNNING"
        counts = {"DONE": ended, "RUNNING": len(self._changes) - ended}
        progress = {"status": status, "jobs_count_per_status": counts}
        if request.url.path.endswith("/status"):
            return progress
        if request.url.path.endswith("/jobs"):
            return httpx.Response(200, json={"data": [], "pagination": {"start": 0, "end": 0, "total": 0}})
        return {"id": BATCH, "open": False, "sequence_builder": "{}", "jobs": [], **progress}


@pytest.fixture
def working(colour: Any, sdk_on: Callable[..., Any], clock: Any) -> Callable[..., tuple[Work, Any]]:
    """A function that gets work and a handle of it, just when the work begins."""

    def make(*changes: float, outage: Any = (NEVER, NEVER, None)) -> tuple[Work, Any]:
        work = Work(clock, *changes, outage=outage)
        return work, colour.call(sdk_on(work).get_batch(BATCH))

    return make


def longest_wait_for_an_end(after: float) -> float:
    """How late the end of work may be seen, by what is promised."""
    return min(max(0.25, after / 4), max(5.0, after / 10), 30.0)


@pytest.mark.parametrize("after", [0.001, 0.25, 0.26, 1.0, 4.5, 19.0, 21.0, 49.0, 77.7, 299.0, 301.0, HOUR])
def test_an_end_is_seen_soon(colour: Any, working: Any, after: float) -> None:
    """The end of work of any length is seen within the bound, and nothing is asked after it."""
    work, batch = working(after)
    colour.call(batch.wait())
    assert [look >= after for look in work.looks] == [False] * (len(work.looks) - 1) + [True]
    assert work.looks[-1] - after <= longest_wait_for_an_end(after) + 1e-6
    assert batch.status == "DONE"


def test_the_interval_is_bounded_and_spread(colour: Any, working: Any) -> None:
    """The pauses are spread between the bound and a fifth less; long work is not looked at all the time."""
    work, batch = working(6 * HOUR)
    colour.call(batch.wait())
    parts = [(after - before) / longest_wait_for_an_end(before) for before, after in pairwise(work.looks)]
    assert all(0.8 - 1e-6 <= part <= 1.0 + 1e-6 for part in parts)
    assert min(parts) < 0.82
    assert max(parts) > 0.98
    assert len(work.looks) < 6 * HOUR / 24 + 100


def test_poll_sets_the_pause(colour: Any, working: Any, clock: Any) -> None:
    """Whoever wants regular looks gets them."""
    _, batch = working(5.0)
    colour.call(batch.wait(poll=2.0))
    assert clock.pauses == [2.0, 2.0, 2.0]


@pytest.mark.parametrize("poll", [None, 5.0, 37.0])
@pytest.mark.parametrize("timeout", [0.0, 0.1, 3.0, 61.5, 300.0])
def test_a_wait_ends_when_its_time_is_up(colour: Any, working: Any, timeout: float, poll: float | None) -> None:
    """The time is used to its end and not beyond, and the error carries the handle and the id."""
    work, batch = working(NEVER)
    error = colour.attempt(WaitTimeoutError, lambda: batch.wait(timeout=timeout, poll=poll))
    assert work.elapsed == pytest.approx(timeout)
    assert isinstance(error, TimeoutError)
    assert error.handle is batch
    assert str(error) == f"Timed out after {timeout:g} s; still queued or running: {batch!r}"
    assert BATCH in str(error)
    assert any(BATCH in note for note in error.__notes__)


def test_a_timeout_of_nothing_is_one_look(colour: Any, working: Any, clock: Any) -> None:
    """Zero seconds are enough to see that it has ended already."""
    work, batch = working(1.0)
    clock.now += 1.0
    colour.call(batch.wait(timeout=0.0))
    assert work.looks == pytest.approx([1.0])


def test_updates_are_told_when_something_has_changed(colour: Any, working: Any) -> None:
    """`on_update` is called once for each change that was seen, not for each look."""
    work, batch = working(10.0, 20.0, 30.0)
    told: list[int] = []
    colour.call(batch.wait(on_update=lambda handle: told.append(handle.jobs_count_per_status["DONE"])))
    assert told == [1, 2, 3]
    assert len(work.looks) > len(told)


def test_an_error_of_on_update_is_the_users(colour: Any, working: Any) -> None:
    """What the user's function raises ends the wait, with the id noted."""

    def fail(handle: object) -> None:
        raise KeyError("lost")

    _, batch = working(1.0, NEVER)
    assert BATCH in colour.attempt(KeyError, lambda: batch.wait(on_update=fail)).__notes__[0]


def test_an_interrupt_carries_the_id(colour: Any, working: Any, clock: Any) -> None:
    """After Ctrl-C, or a cancellation, the user can still find what was submitted."""
    _, batch = working(NEVER)
    clock.interruption = KeyboardInterrupt() if colour.is_blocking else asyncio.CancelledError()
    error = colour.attempt(type(clock.interruption), batch.wait)
    assert BATCH in error.__notes__[0]
    assert error.handle is batch


def test_an_interrupt_while_jobs_are_waited_for_carries_no_handle(
    colour: Any, sdk_on: Callable[..., Any], clock: Any
) -> None:
    """There are several jobs, which the note lists."""
    job = {"id": JOB, "status": "RUNNING"}
    handle = colour.call(sdk_on(by_path(batch=batch(jobs=[job]), jobs=[job])).get_batch(BATCH))
    clock.interruption = KeyboardInterrupt() if colour.is_blocking else asyncio.CancelledError()

    async def ended() -> list[Any]:
        return [job async for job in as_completed(await handle.ordered_jobs)]

    def start() -> Any:
        return list(as_completed(handle)) if colour.is_blocking else ended()

    error = colour.attempt(type(clock.interruption), start)
    assert JOB in error.__notes__[0]
    assert not hasattr(error, "handle")


class Statuses(Line):
    """A batch or a job that shows one status after the other when its status is asked for; then the last for good."""

    def __init__(self, *statuses: Any, **fields: Any) -> None:
        super().__init__(self._answer)
        self._remaining = list(statuses)
        self._fields = fields

    def _answer(self, request: httpx.Request) -> Any:
        path = request.url.path
        if path.endswith("/status"):
            status = self._remaining.pop(0)
            self._last = status if isinstance(status, dict) else {"status": status}
            return self._last
        if request.url.params.get("batch_id"):
            return httpx.Response(200, json={"data": [], "pagination": {"start": 0, "end": 0, "total": 0}})
        return {"id": path.rpartition("/")[2], "status": "PENDING", **getattr(self, "_last", {}), **self._fields}

    @property
    def looks(self) -> int:
        """How often the status was asked for."""
        return sum(request.url.path.endswith("/status") for request in self.requests)


@pytest.mark.parametrize("status", ["PENDING", "RUNNING", "PAUSED", "CANCELING", "LOST_IN_SPACE"])
def test_a_batch_that_goes_on_is_waited_for(colour: Any, sdk_on: Any, clock: Any, status: str) -> None:
    """Only the statuses that are known to be the last end a wait; an unknown one does not."""
    line = Statuses(status, status, "DONE")
    batch = colour.call(sdk_on(line).get_batch(BATCH))
    colour.call(batch.wait())
    assert (line.looks, batch.status) == (3, "DONE")


@pytest.mark.parametrize("status", ["DONE", "ERROR", "CANCELED", "TIMED_OUT"])
def test_a_batch_that_has_ended_is_not(colour: Any, sdk_on: Any, clock: Any, status: str) -> None:
    """Failure and cancellation are ends as well."""
    batch = colour.call(sdk_on(Statuses(status)).get_batch(BATCH))
    colour.call(batch.wait())
    assert (clock.pauses, batch.status) == ([], status)


def test_an_open_batch_is_waited_for_until_its_jobs_have_ended(colour: Any, sdk_on: Any, clock: Any) -> None:
    """An open batch goes on by itself: the wait is for the jobs that it has."""
    counts = [{"PENDING": 2}, {"DONE": 1, "RUNNING": 1}, {"DONE": 2}]
    line = Statuses(*({"status": "RUNNING", "jobs_count_per_status": each} for each in counts), open=True)
    batch = colour.call(sdk_on(line).get_batch(BATCH))
    told: list[dict[str, int]] = []
    colour.call(batch.wait(on_update=lambda handle: told.append(dict(handle.jobs_count_per_status))))
    assert told == counts
    assert batch.open


def test_a_job_is_waited_for_the_same_way(colour: Any, sdk_on: Any, clock: Any) -> None:
    """The same loop serves jobs, and tells of changes."""
    line = Statuses("PENDING", "RUNNING", "DONE")
    job = colour.call(sdk_on(line).get_job(JOB))
    told: list[str] = []
    colour.call(job.wait(on_update=lambda handle: told.append(handle.status)))
    assert (line.looks, job.status) == (3, "DONE")
    assert told == ["RUNNING", "DONE"]


@pytest.mark.parametrize(
    "failure",
    [
        httpx.Response(503),
        httpx.Response(502, headers={"Retry-After": "3"}),
        httpx.Response(503, headers={"Retry-After": "0.1"}),  # so often that the number of tries must not count
        httpx.ConnectError("refused"),
        httpx.ReadError("reset"),
    ],
    ids=["503", "502 with a time", "503 with a short time", "unreached", "reset"],
)
def test_an_outage_of_a_minute_is_sat_out(colour: Any, working: Any, failure: Any) -> None:
    """A service that is down while the work goes on is no reason to give up."""
    work, batch = working(2.0, outage=(1.0, MINUTE, failure))
    colour.call(batch.wait())
    assert batch.status == "DONE"
    assert work.elapsed <= MINUTE + 30.0


@pytest.mark.parametrize("timeout", [1.0, 10.0, MINUTE, 299.0, 1000.0])
def test_an_outage_neither_stretches_the_timeout_nor_cuts_it(colour: Any, working: Any, timeout: float) -> None:
    """When the time is up during an outage the wait ends, not before, and tells of the outage."""
    work, batch = working(NEVER, outage=(1e-9, NEVER, httpx.Response(503)))
    work.begun -= 1e-6  # the outage begins now
    error = colour.attempt(WaitTimeoutError, lambda: batch.wait(timeout=timeout))
    assert work.elapsed == pytest.approx(timeout, abs=1e-4)
    assert isinstance(error.__cause__, ServerError)
    assert error.__cause__.status == 503


def test_a_lasting_failure_ends_the_wait_with_the_id(colour: Any, working: Any) -> None:
    """A batch that is gone is no outage."""
    work, batch = working(NEVER, outage=(1e-9, NEVER, httpx.Response(404)))
    work.begun -= 1e-6
    error = colour.attempt(PasqalCloudError, batch.wait)
    assert isinstance(error, NotFoundError)
    assert BATCH in error.__notes__[0]
    assert len(work.looks) == 1


def test_an_interrupted_creation_leaves_the_id(
    colour: Any, sdk_on: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    """Ctrl-C while waiting: the id is in the log, and in the notes of the interrupt."""
    caplog.set_level(logging.INFO, "pasqal_cloud")

    class InterruptError(BaseException):
        """Like a KeyboardInterrupt, but no end of the tests."""

    def answer(request: httpx.Request) -> Any:
        if request.method == "GET":
            raise InterruptError
        return batch()

    sdk = sdk_on(Line(answer))
    error = colour.attempt(InterruptError, lambda: sdk.create_batch("{}", [{"runs": 1}], wait=True))
    assert any(BATCH in note for note in error.__notes__)
    assert BATCH in caplog.text


def test_trouble_while_waiting_creates_nothing(colour: Any, sdk_on: Callable[..., Any], clock: Any) -> None:
    """The batch was created; that its status can't be read for a while is no reason for another."""
    looks = iter([httpx.ReadError("reset"), refused(502), httpx.ConnectError("down"), {"status": "DONE"}])
    line = by_path(POST_batches=batch(), status=looks, batch=batch(status="DONE"))
    sdk = sdk_on(line, retry=RetryPolicy(first=0.0))
    assert colour.call(sdk.create_batch("{}", [{"runs": 1}], wait=True)).status == "DONE"
    assert line.count("POST", "batches") == 1


WAITING = {
    "create_batch": lambda sdk, _: sdk.create_batch("{}", [{"runs": 1}], wait=True),
    "sdk.add_jobs": lambda sdk, _: sdk.add_jobs(BATCH, [{"runs": 1}], wait=True),
    "batch.add_jobs": lambda _, handle: handle.add_jobs([{"runs": 1}], wait=True),
    "close": lambda _, handle: handle.close(wait=True),
}


@pytest.mark.parametrize("act", WAITING.values(), ids=WAITING)
def test_a_wait_that_fails_does_not_say_that_nothing_was_done(
    colour: Any, sdk_on: Any, clock: Any, act: Callable[[Any, Any], Any]
) -> None:
    """Who catches "the batch was not created", and submits again, would pay twice."""

    def answer(request: httpx.Request) -> Any:
        if request.url.path.endswith("/status"):
            return refused(403)
        jobs = {"jobs": [{"id": JOB, "status": "PENDING", "runs": 1}]} if request.method == "POST" else {}
        return batch(open=True, **jobs)

    sdk = sdk_on(Line(answer))
    handle = colour.call(sdk.get_batch(BATCH))
    error = colour.attempt(PermissionDeniedError, lambda: act(sdk, handle))
    assert isinstance(error, BatchFetchingError)
    assert not isinstance(error, BatchCreationError | BatchClosingError | JobCreationError)
    assert any(BATCH in note for note in error.__notes__)


def test_the_note_of_a_wait_knows_that_the_work_has_ended(colour: Any, working: Any) -> None:
    """What is done is not called running, if fetching it fails or the user's function does."""

    def fail(handle: object) -> None:
        raise KeyError("lost")

    _, done = working(1.0)
    (note,) = colour.attempt(KeyError, lambda: done.wait(on_update=fail)).__notes__
    assert note == f"It was submitted and has ended: {done!r}"


def test_updates_are_told_of_jobs_whose_batch_does_not_count_them(colour: Any, sdk_on: Any, clock: Any) -> None:
    """An open batch without counts is settled by its jobs' own statuses, whose changes are updates, too."""
    statuses = iter(["PENDING", "RUNNING", "RUNNING", "DONE"])

    def answer(request: httpx.Request) -> Any:
        if request.url.path.endswith("/status"):
            return {"status": "RUNNING"}
        if request.url.params.get("batch_id"):
            return page({"id": JOB, "status": next(statuses, "DONE")})
        return batch(status="RUNNING", open=True)

    handle = colour.call(sdk_on(Line(answer)).get_batch(BATCH))
    told: list[str] = []
    colour.call(handle.wait(on_update=lambda each: told.append(each._ordered_jobs[0].status)))
    assert told == ["PENDING", "RUNNING", "DONE"]


class Silent(SocketServer):
    """Tells of a running batch, but never answers a request for its status."""

    def answer(self, connection: socket.socket) -> None:
        head = connection.recv(65536)
        if b"/status " in head.partition(b"\r\n")[0]:
            connection.recv(1)
            return
        body = json.dumps({"data": batch(status="RUNNING")}).encode()
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


@pytest.mark.slow
def test_a_service_that_does_not_answer_holds_no_wait(colour: Any) -> None:
    """The timeout of a wait cuts a request that is under way; only the five seconds of a request are always given."""
    server = Silent()
    sdk = colour.SDK(token="t", endpoints=server.endpoints)
    handle = colour.call(sdk.get_batch(BATCH))
    watch = Stopwatch()
    try:
        colour.attempt(WaitTimeoutError, lambda: handle.wait(timeout=0.5))
        assert 4.5 < watch.look() < 8.0
    finally:
        colour.call(sdk.close())
        server.close()
