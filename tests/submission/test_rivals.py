"""Equal submissions of one process at once: none takes what another may have made.

What is sent goes over a line to the local service that the tests control: it carries a submission there or not, and
holds its answer back or loses it. Nothing here depends on how long anything takes.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import attrs
import httpx
import pytest

from pasqal_cloud import Endpoints, RetryPolicy, SubmissionUnknownError, ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pasqal_cloud.testing import LocalService

PATIENCE = 60.0
"""Seconds after which a test gives up waiting for what should have come."""

SUBMISSIONS = ("/batches", "/jobs", "/rebatch", "/workloads")
"""How the paths of requests end that spend money."""


@attrs.define(eq=False)
class Passage:
    """What becomes of one submission on the line.

    Args:
        arrives: Whether the service gets it.
        status: The status of the answer that is given instead of the service's own, if it is.
        is_held: Whether the answer waits until it is let through.
    """

    arrives: bool = True
    status: int | None = None
    is_held: bool = False
    came: threading.Event = attrs.field(factory=threading.Event)
    may_answer: threading.Event = attrs.field(factory=threading.Event)

    def answer(self, own: httpx.Response | None) -> httpx.Response:
        if self.status is None and own is not None:
            return own
        return httpx.Response(self.status or 504, json={"status": "fail", "data": {"description": "The line says so."}})


class Line(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """The line to the service."""

    def __init__(self) -> None:
        self.passages: list[Passage] = []
        self.expected: deque[Passage] = deque()
        self.seen: list[str] = []
        self._blocking, self._awaiting = httpx.HTTPTransport(), httpx.AsyncHTTPTransport()

    def expect(self, **passage: Any) -> Passage:
        """Says what becomes of the next submission."""
        self.passages.append(Passage(**passage))
        self.expected.append(self.passages[-1])
        return self.passages[-1]

    def shown(self, kind: str) -> str:
        """What the lists of a kind have shown so far."""
        return "".join(text for text in self.seen if text.startswith(kind))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        passage = self._passage(request)
        own = self._blocking.handle_request(request) if passage.arrives else None
        if own:
            own.read()
            self._note(request, own)
        passage.came.set()
        if passage.is_held:
            assert passage.may_answer.wait(PATIENCE)
        return passage.answer(own)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        passage = self._passage(request)
        own = await self._awaiting.handle_async_request(request) if passage.arrives else None
        if own:
            await own.aread()
            self._note(request, own)
        passage.came.set()
        if passage.is_held:
            assert await asyncio.to_thread(passage.may_answer.wait, PATIENCE)
        return passage.answer(own)

    def close(self) -> None:
        self._blocking.close()

    async def aclose(self) -> None:
        await self._awaiting.aclose()

    def _passage(self, request: httpx.Request) -> Passage:
        spends = request.method == "POST" and request.url.path.endswith(SUBMISSIONS)
        return self.expected.popleft() if spends and self.expected else Passage()

    def _note(self, request: httpx.Request, answer: httpx.Response) -> None:
        if request.method == "GET":
            self.seen.append(f"{request.url.path.rpartition('/')[2]} {answer.text}")


class Background:
    """A call that goes on while others are made: in a thread, or in a task of the same event loop."""

    def __init__(self, colour: Any, start: Callable[[], Any], passage: Passage) -> None:
        self._colour = colour
        if colour.is_blocking:
            pool = ThreadPoolExecutor(1)
            self._future = pool.submit(start)
            pool.shutdown(wait=False)
            assert passage.came.wait(PATIENCE)
        else:
            self._task = colour.call(self._begun(start))
            assert colour.call(asyncio.to_thread(passage.came.wait, PATIENCE))

    @staticmethod
    async def _begun(start: Callable[[], Any]) -> asyncio.Task[Any]:
        return asyncio.ensure_future(start())

    def result(self) -> Any:
        """Waits for what it returns or raises."""
        return self._future.result(PATIENCE) if self._colour.is_blocking else self._colour.call(self._task)


@attrs.frozen
class Kind:
    """A way to spend money.

    Args:
        list: What the search reads: the last part of its path.
        prepare: Makes what is there before.
        submit: Submits, the same each time; gets the call.
        made: Gets the id of what a call has made, from what it returned.
    """

    list: str
    prepare: Callable[[Any, Any], Any]
    submit: Callable[[Any, Any], Any]
    made: Callable[[Any, Any], str]


def last_job(colour: Any, batch: Any) -> str:
    """The id of the last job of a batch."""
    jobs = batch.ordered_jobs if colour.is_blocking else colour.call(batch.ordered_jobs)
    return str(jobs[-1].id)


KINDS = {
    "createBatch": Kind(
        "batches",
        lambda _colour, _sdk: None,
        lambda sdk, _: sdk.create_batch("{}", [{"runs": 5}], tags=["a"]),
        lambda _, batch: batch.id,
    ),
    "rebatch": Kind(
        "batches",
        lambda colour, sdk: colour.call(sdk.create_batch("{}", [{"runs": 5}], wait=True)).id,
        lambda sdk, parent_id: sdk.rebatch(parent_id),
        lambda _, batch: batch.id,
    ),
    "addJobs": Kind(
        "jobs",
        lambda colour, sdk: colour.call(sdk.create_batch("{}", [{"runs": 1}], open=True)).id,
        lambda sdk, batch_id: sdk.add_jobs(batch_id, [{"runs": 5}]),
        last_job,
    ),
    "createWorkload": Kind(
        "workloads",
        lambda _colour, _sdk: None,
        lambda sdk, _: sdk.create_workload("qadence_circuit", "pyqtorch", {"depth": 3}),
        lambda _, workload: workload.id,
    ),
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each way to spend money."""
    return KINDS[request.param]


@pytest.fixture
def line() -> Iterator[Line]:
    """The line; at the end nothing is held back, however the test ended."""
    line = Line()
    yield line
    for passage in line.passages:
        passage.may_answer.set()


@pytest.fixture
def open_sdk(colour: Any, line: Line, pasqal_service: LocalService) -> Iterator[Callable[[], Any]]:
    """A function that makes an SDK, which looks once for what is lost; the service's time stands still."""
    pasqal_service.clock.freeze()  # or a slow machine would make what is new seem old
    opened = []

    def make() -> Any:
        sdk = colour.SDK(
            pasqal_service.username,
            pasqal_service.password,
            project_id=pasqal_service.project_id,
            endpoints=Endpoints.at(pasqal_service.url),
            transport=line,
            retry=RetryPolicy(attempts=2, first=0.0),
            recover_for=0.0,
        )
        opened.append(sdk)
        return sdk

    yield make
    for sdk in opened:
        colour.call(sdk.close())


@pytest.fixture
def sdk(open_sdk: Callable[[], Any]) -> Any:
    """An SDK."""
    return open_sdk()


@pytest.fixture
def there(colour: Any, kind: Kind, sdk: Any) -> Any:
    """What is there before."""
    return kind.prepare(colour, sdk)


@pytest.fixture(params=["the same", "a view", "another"])
def second(request: pytest.FixtureRequest, sdk: Any, open_sdk: Callable[[], Any]) -> Any:
    """The SDK by which a rival is sent: the same one, a view of it, or another of this process."""
    if request.param == "another":
        return open_sdk()
    return sdk.with_options(timeout=30.0) if request.param == "a view" else sdk


@pytest.mark.parametrize("status", [None, 504], ids=["answered", "found"])
def test_what_is_in_flight_may_be_the_others(
    colour: Any, line: Line, sdk: Any, second: Any, kind: Kind, there: Any, status: int | None
) -> None:
    """While one is not answered, what has appeared may be its: another that is lost does not take it, then or later.

    Later the first has it, whether that was answered or found by a search.
    """
    held = line.expect(status=status, is_held=True)
    first = Background(colour, lambda: kind.submit(sdk, there), held)
    line.expect(arrives=False)
    error = colour.attempt(SubmissionUnknownError, lambda: kind.submit(second, there))
    held.may_answer.set()
    made = kind.made(colour, first.result())
    assert made in line.shown(kind.list), "it was not there to be taken"
    again = colour.attempt(SubmissionUnknownError, lambda: error.recover(0.0))
    assert again.candidates == ()


def test_one_that_begins_later_counts_as_well(
    colour: Any, line: Line, sdk: Any, second: Any, kind: Kind, there: Any
) -> None:
    """One that is lost is looked for; what another makes meanwhile is the other's."""
    line.expect(arrives=False)
    error = colour.attempt(SubmissionUnknownError, lambda: kind.submit(sdk, there))
    held = line.expect(is_held=True)
    later = Background(colour, lambda: kind.submit(second, there), held)
    again = colour.attempt(SubmissionUnknownError, lambda: error.recover(0.0))
    held.may_answer.set()
    assert kind.made(colour, later.result()) in line.shown(kind.list)
    colour.attempt(SubmissionUnknownError, lambda: again.recover(0.0))


def test_it_is_taken_once_the_other_was_refused(colour: Any, line: Line, sdk: Any, kind: Kind, there: Any) -> None:
    """A submission in flight is no obstacle for ever: when it made nothing, what is there is found."""
    held = line.expect(arrives=False, status=422, is_held=True)
    refused = Background(colour, lambda: kind.submit(sdk, there), held)
    line.expect(status=504)
    error = colour.attempt(SubmissionUnknownError, lambda: kind.submit(sdk, there))
    held.may_answer.set()
    with pytest.raises(ValidationError):
        refused.result()
    assert kind.made(colour, colour.call(error.recover(0.0))) in line.shown(kind.list)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"addJobs"}), indirect=True)  # a batch's new jobs are not split
def test_each_gets_its_own_once_both_are_known(
    colour: Any, line: Line, sdk: Any, second: Any, kind: Kind, there: Any
) -> None:
    """Where both were done, the one that was answered has its own, and the one that was lost finds the other."""
    held = line.expect(is_held=True)
    first = Background(colour, lambda: kind.submit(sdk, there), held)
    line.expect(status=504)
    error = colour.attempt(SubmissionUnknownError, lambda: kind.submit(second, there))
    held.may_answer.set()
    answered = kind.made(colour, first.result())
    found = kind.made(colour, colour.call(error.recover(0.0)))
    assert found != answered


def test_a_refusal_that_passes_takes_nothing_of_what_is_in_flight(
    colour: Any, line: Line, sdk: Any, second: Any, kind: Kind, there: Any
) -> None:
    """What appears while a 429 is sat out is the other's, as long as that one is not answered: both are made."""
    held = line.expect(is_held=True)
    first = Background(colour, lambda: kind.submit(sdk, there), held)
    line.expect(arrives=False, status=429)
    made = kind.made(colour, colour.call(kind.submit(second, there)))
    held.may_answer.set()
    other = first.result()
    if kind.list != "jobs":  # two answers about one batch tell the same jobs
        assert made != kind.made(colour, other)


def test_a_refusal_that_passes_takes_nothing_of_what_was_answered(
    colour: Any, line: Line, sdk: Any, second: Any, kind: Kind, there: Any
) -> None:
    """What another has made meanwhile, and has been told of, does not keep a submission from being made again."""
    refused = line.expect(arrives=False, status=429, is_held=True)
    submission = Background(colour, lambda: kind.submit(sdk, there), refused)
    other = kind.made(colour, colour.call(kind.submit(second, there)))
    refused.may_answer.set()
    assert kind.made(colour, submission.result()) != other


def test_what_is_unlike_is_no_obstacle(colour: Any, line: Line, sdk: Any) -> None:
    """A submission of something else that is in flight does not keep what is lost from being found."""
    held = line.expect(is_held=True)
    other = Background(colour, lambda: sdk.create_batch("{}", [{"runs": 6}]), held)
    line.expect(status=504)
    batch = colour.call(sdk.create_batch("{}", [{"runs": 5}]))
    held.may_answer.set()
    assert batch.id != other.result().id


def test_of_two_that_are_lost_one_takes_what_is_there(colour: Any, line: Line, sdk: Any) -> None:
    """Where one of two was done, it can't be told which: one has the batch, and the other knows that it has none."""
    lost = [line.expect(status=504, is_held=True), line.expect(arrives=False, is_held=True)]
    calls = [Background(colour, lambda: sdk.create_batch("{}", [{"runs": 5}]), passage) for passage in lost]
    found = []
    for call, passage in zip(calls, lost, strict=True):
        passage.may_answer.set()
        try:
            found.append(call.result().id)
        except SubmissionUnknownError as error:
            with suppress(SubmissionUnknownError):
                found.append(colour.call(error.recover(0.0)).id)
    assert len(found) == len(set(found)) == 1
