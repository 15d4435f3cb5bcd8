"""Equal submissions of one process at once: none takes what another may have made.

What is sent goes to the local service by a transport that the tests control: it carries a submission there or not, and
holds its answer back or loses it. Nothing here depends on how long anything takes.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from pasqal_cloud import RetryPolicy, SubmissionUnknownError, ValidationError

from ..doubles.account import account_of
from ..doubles.transports import PATIENCE, HoldingTransport, Passage

pytestmark = pytest.mark.blocking_first

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pasqal_cloud.testing import LocalService


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
def transport() -> Iterator[HoldingTransport]:
    """The way to the service; at the end nothing is held back, however the test ended."""
    transport = HoldingTransport()
    yield transport
    for passage in transport.passages:
        passage.may_answer.set()


@pytest.fixture
def open_sdk(
    opened: Callable[..., Any], transport: HoldingTransport, pasqal_service: LocalService
) -> Callable[[], Any]:
    """A function that makes an SDK, which looks once for what is lost; the service's time stands still."""
    pasqal_service.clock.freeze()  # or a slow machine would make what is new seem old
    usual = account_of(pasqal_service) | {"retry": RetryPolicy(attempts=2, first=0.0), "recover_for": 0.0}
    return lambda: opened(transport=transport, **usual)


@pytest.fixture
def sdk(open_sdk: Callable[[], Any]) -> Any:
    """An SDK."""
    return open_sdk()


@pytest.fixture
def there(colour: Any, kind: Kind, sdk: Any) -> Any:
    """What is there before."""
    return kind.prepare(colour, sdk)


@pytest.fixture(params=["the same", pytest.param("a view", marks=pytest.mark.slow), "another"])
def second(request: pytest.FixtureRequest, sdk: Any, open_sdk: Callable[[], Any]) -> Any:
    """The SDK by which a rival is sent: the same one, a view of it, or another of this process."""
    if request.param == "another":
        return open_sdk()
    return sdk.with_options(timeout=30.0) if request.param == "a view" else sdk


@pytest.mark.parametrize("status", [None, 504], ids=["answered", "found"])
def test_what_is_in_flight_may_be_the_others(
    colour: Any, transport: HoldingTransport, sdk: Any, second: Any, kind: Kind, there: Any, status: int | None
) -> None:
    """While one is not answered, what has appeared may be its: another that is lost does not take it, then or later.

    Later the first has it, whether that was answered or found by a search.
    """
    held = transport.expect(status=status, is_held=True)
    first = Background(colour, lambda: kind.submit(sdk, there), held)
    transport.expect(arrives=False)
    error = colour.attempt(SubmissionUnknownError, lambda: kind.submit(second, there))
    held.may_answer.set()
    made = kind.made(colour, first.result())
    assert made in transport.shown(kind.list), "it was not there to be taken"
    again = colour.attempt(SubmissionUnknownError, lambda: error.recover(0.0))
    assert again.candidates == ()


def test_one_that_begins_later_counts_as_well(
    colour: Any, transport: HoldingTransport, sdk: Any, second: Any, kind: Kind, there: Any
) -> None:
    """One that is lost is looked for; what another makes meanwhile is the other's."""
    transport.expect(arrives=False)
    error = colour.attempt(SubmissionUnknownError, lambda: kind.submit(sdk, there))
    held = transport.expect(is_held=True)
    later = Background(colour, lambda: kind.submit(second, there), held)
    again = colour.attempt(SubmissionUnknownError, lambda: error.recover(0.0))
    held.may_answer.set()
    assert kind.made(colour, later.result()) in transport.shown(kind.list)
    colour.attempt(SubmissionUnknownError, lambda: again.recover(0.0))


def test_it_is_taken_once_the_other_was_refused(
    colour: Any, transport: HoldingTransport, sdk: Any, kind: Kind, there: Any
) -> None:
    """A submission in flight is no obstacle for ever: when it made nothing, what is there is found."""
    held = transport.expect(arrives=False, status=422, is_held=True)
    refused = Background(colour, lambda: kind.submit(sdk, there), held)
    transport.expect(status=504)
    error = colour.attempt(SubmissionUnknownError, lambda: kind.submit(sdk, there))
    held.may_answer.set()
    with pytest.raises(ValidationError):
        refused.result()
    assert kind.made(colour, colour.call(error.recover(0.0))) in transport.shown(kind.list)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"addJobs"}), indirect=True)  # a batch's new jobs are not split
def test_each_gets_its_own_once_both_are_known(
    colour: Any, transport: HoldingTransport, sdk: Any, second: Any, kind: Kind, there: Any
) -> None:
    """Where both were done, the one that was answered has its own, and the one that was lost finds the other."""
    held = transport.expect(is_held=True)
    first = Background(colour, lambda: kind.submit(sdk, there), held)
    transport.expect(status=504)
    error = colour.attempt(SubmissionUnknownError, lambda: kind.submit(second, there))
    held.may_answer.set()
    answered = kind.made(colour, first.result())
    found = kind.made(colour, colour.call(error.recover(0.0)))
    assert found != answered


def test_a_refusal_that_passes_takes_nothing_of_what_is_in_flight(
    colour: Any, transport: HoldingTransport, sdk: Any, second: Any, kind: Kind, there: Any
) -> None:
    """What appears while a 429 is sat out is the other's, as long as that one is not answered: both are made."""
    held = transport.expect(is_held=True)
    first = Background(colour, lambda: kind.submit(sdk, there), held)
    transport.expect(arrives=False, status=429)
    made = kind.made(colour, colour.call(kind.submit(second, there)))
    held.may_answer.set()
    other = first.result()
    if kind.list != "jobs":  # two answers about one batch tell the same jobs
        assert made != kind.made(colour, other)


def test_a_refusal_that_passes_takes_nothing_of_what_was_answered(
    colour: Any, transport: HoldingTransport, sdk: Any, second: Any, kind: Kind, there: Any
) -> None:
    """What another has made meanwhile, and has been told of, does not keep a submission from being made again."""
    refused = transport.expect(arrives=False, status=429, is_held=True)
    submission = Background(colour, lambda: kind.submit(sdk, there), refused)
    other = kind.made(colour, colour.call(kind.submit(second, there)))
    refused.may_answer.set()
    assert kind.made(colour, submission.result()) != other


def test_what_a_rival_makes_during_an_outage_keeps_nobody_from_trying_again(
    colour: Any, transport: HoldingTransport, sdk: Any, second: Any, kind: Kind, there: Any
) -> None:
    """A submission was put off, and sees what may be its own: once that is another's, it is sent again."""
    put_off = transport.expect(arrives=False, status=503, is_held=True)
    patient = sdk.with_options(recover_for=5.0)
    submission = Background(colour, lambda: kind.submit(patient, there), put_off)
    shown = transport.when_shown(kind.list, 2)  # then the first look is over
    held = transport.expect(is_held=True)
    other = Background(colour, lambda: kind.submit(second, there), held)
    put_off.may_answer.set()
    assert shown.wait(PATIENCE) if colour.is_blocking else colour.call(asyncio.to_thread(shown.wait, PATIENCE))
    held.may_answer.set()
    made = kind.made(colour, other.result())
    again = kind.made(colour, submission.result())
    if kind.list == "jobs":  # two answers about one batch tell the same jobs
        assert colour.call(sdk.get_batch(there)).jobs_count == 3
    else:
        assert again != made


def test_what_another_has_found_is_exchanged(
    colour: Any, transport: HoldingTransport, sdk: Any, kind: Kind, there: Any
) -> None:
    """Of two that are put off, only the first was done, and the second finds what it made: both get one in the end.

    The first learns of it when it is sent again, by the answer to its Idempotency-Key.
    """
    patient = sdk.with_options(recover_for=5.0)
    put_off = [
        transport.expect(status=503, is_held=True, retry_after=2),
        transport.expect(arrives=False, status=503, is_held=True),
    ]
    calls = [Background(colour, lambda: kind.submit(patient, there), passage) for passage in put_off]
    for passage in put_off:
        passage.may_answer.set()
    made = [kind.made(colour, call.result()) for call in calls]
    if kind.list == "jobs":  # two answers about one batch tell the same jobs
        assert colour.call(sdk.get_batch(there)).jobs_count == 3
    else:
        assert len(set(made)) == 2


def test_what_is_unlike_is_no_obstacle(colour: Any, transport: HoldingTransport, sdk: Any) -> None:
    """A submission of something else that is in flight does not keep what is lost from being found."""
    held = transport.expect(is_held=True)
    other = Background(colour, lambda: sdk.create_batch("{}", [{"runs": 6}]), held)
    transport.expect(status=504)
    batch = colour.call(sdk.create_batch("{}", [{"runs": 5}]))
    held.may_answer.set()
    assert batch.id != other.result().id


def test_of_two_that_are_lost_one_takes_what_is_there(colour: Any, transport: HoldingTransport, sdk: Any) -> None:
    """Where one of two was done, it can't be told which: one has the batch, and the other knows that it has none."""
    lost = [transport.expect(status=504, is_held=True), transport.expect(arrives=False, is_held=True)]
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
