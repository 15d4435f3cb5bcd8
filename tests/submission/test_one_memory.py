"""A process has one memory of what it submitted: what one SDK of it made, or is making, is not another's."""

import multiprocessing
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pasqal_cloud import SDK, PasqalCloudError, RetryPolicy, SubmissionUnknownError
from pasqal_cloud.testing import LocalService

from ..doubles.account import account_of
from ..flows.inside import Clock

SEQUENCE = '{"name": "sequence"}'
WAYS = {
    "the same job": {},
    "numbers written differently": {"jobs": [{"runs": 5, "variables": {"omega": 6.0}}]},
    "tags in another order": {"tags": ["b", "a"]},
}
"""What can't be told apart."""


def create(sdk: Any, **changes: Any) -> Any:
    """Creates the batch."""
    usual: dict[str, Any] = {"jobs": [{"runs": 5, "variables": {"omega": 6}}], "tags": ["a", "b"], "open": False}
    return sdk.create_batch(SEQUENCE, **usual | {"device_type": "FRESNEL"} | changes)


@pytest.fixture
def open_sdk(opened: Callable[..., Any], pasqal_service: LocalService) -> Iterator[Callable[..., Any]]:
    """A function that makes an SDK of each colour, for a service whose jobs wait."""
    usual = account_of(pasqal_service) | {"retry": RetryPolicy(first=0.01, attempts=2)}
    with pasqal_service.paused("FRESNEL"):
        yield lambda recover_for=0.05: opened(**usual, recover_for=recover_for)


@pytest.mark.parametrize("changes", WAYS.values(), ids=WAYS)
def test_what_another_sdk_created_is_not_taken(
    colour: Any, open_sdk: Callable[..., Any], pasqal_service: LocalService, changes: dict[str, Any]
) -> None:
    """A batch that never arrived is not found in an equal one that another SDK of this process made just before."""
    first = colour.call(create(open_sdk()))
    pasqal_service.fault("createBatch", status=502, drop="before")
    error = colour.attempt(SubmissionUnknownError, lambda: create(open_sdk(), **changes))
    assert error.candidates == ()
    assert first.id


def test_a_closed_sdks_batch_is_not_taken(
    colour: Any, open_sdk: Callable[..., Any], pasqal_service: LocalService
) -> None:
    """Two SDKs one after the other: what the first found by a search is its own, too, after its end."""
    first = open_sdk(recover_for=5.0)
    pasqal_service.fault("createBatch", status=502, drop="after", times=1)
    colour.call(create(first))
    colour.call(first.close())
    pasqal_service.fault("createBatch", status=502, drop="before")
    assert colour.attempt(SubmissionUnknownError, lambda: create(open_sdk())).candidates == ()


def test_jobs_that_another_sdk_added_are_not_taken(
    colour: Any, open_sdk: Callable[..., Any], pasqal_service: LocalService
) -> None:
    """The same for jobs of an open batch."""
    batch = colour.call(create(open_sdk(), open=True))
    colour.call(open_sdk().add_jobs(batch.id, [{"runs": 9}]))
    pasqal_service.fault("addJobs", status=502, drop="before")
    error = colour.attempt(SubmissionUnknownError, lambda: open_sdk().add_jobs(batch.id, [{"runs": 9}]))
    assert error.candidates == ()


def test_the_jobs_that_a_batch_was_created_with_are_not_taken(
    colour: Any, open_sdk: Callable[..., Any], pasqal_service: LocalService
) -> None:
    """Nor are those that came with the batch, to whoever adds the same by the batch's id alone."""
    batch = colour.call(create(open_sdk(), jobs=[{"runs": 9}], open=True))
    pasqal_service.fault("addJobs", status=502, drop="before")
    error = colour.attempt(SubmissionUnknownError, lambda: open_sdk().add_jobs(batch.id, [{"runs": 9}]))
    assert error.candidates == ()


@pytest.mark.parametrize("colour", ["blocking"], indirect=True)
@pytest.mark.parametrize("changes", WAYS.values(), ids=WAYS)
def test_what_another_sdk_is_creating_is_not_taken(
    open_sdk: Callable[..., Any], pasqal_service: LocalService, changes: dict[str, Any]
) -> None:
    """While an equal submission is in flight, what appears may be its: who looks takes nothing, and names it."""
    pasqal_service.fault("createBatch", raw=b"", drop="after", end="stall", times=1)
    threading.Thread(target=_ignoring_errors, args=(create, open_sdk()), daemon=True).start()
    while not pasqal_service.requests("createBatch"):
        pass
    _wait_for_batches(open_sdk(), 1)
    pasqal_service.fault("createBatch", status=502, drop="before")
    with pytest.raises(SubmissionUnknownError) as caught:
        create(open_sdk(), **changes)
    assert len(caught.value.candidates) == 1


@pytest.mark.parametrize("colour", ["blocking"], indirect=True)
def test_a_forked_child_takes_nothing_of_what_its_parent_is_creating(
    open_sdk: Callable[..., Any], pasqal_service: LocalService
) -> None:
    """What the parent was sending at the fork may be the parent's, for all that the child knows."""
    pasqal_service.fault("createBatch", raw=b"", drop="after", end="stall", times=1)
    threading.Thread(target=_ignoring_errors, args=(create, open_sdk()), daemon=True).start()
    while not pasqal_service.requests("createBatch"):
        pass
    sdk = open_sdk()
    _wait_for_batches(sdk, 1)
    pasqal_service.fault("createBatch", status=502, drop="before")
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    child = context.Process(target=_tell_the_outcome, args=(sdk, answers))
    child.start()
    child.join(60.0)
    assert answers.get() == ("SubmissionUnknownError", 1)


@pytest.mark.parametrize("colour", ["blocking"], indirect=True)
@pytest.mark.parametrize(("later", "outcome"), [(0.0, "SubmissionUnknownError"), (601.0, "created")])
def test_a_forked_child_forgets_what_its_parent_was_creating(
    open_sdk: Callable[..., Any], pasqal_service: LocalService, later: float, outcome: str
) -> None:
    """After longer than requests take: then what the child has lost, and finds, is its own."""
    pasqal_service.fault("createBatch", raw=b"", drop="before", end="stall", times=1)
    threading.Thread(target=_ignoring_errors, args=(create, open_sdk()), daemon=True).start()
    while not pasqal_service.requests("createBatch"):
        pass
    pasqal_service.fault("createBatch", status=502, drop="after")
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    child = context.Process(target=_tell_the_outcome, args=(open_sdk(), answers, later))
    child.start()
    child.join(60.0)
    assert answers.get()[0] == outcome


@pytest.mark.parametrize("colour", ["blocking"], indirect=True)
def test_a_forked_child_remembers_what_its_parent_created(
    open_sdk: Callable[..., Any], pasqal_service: LocalService
) -> None:
    """The parent's batches are as little the child's as another SDK's."""
    create(open_sdk())
    pasqal_service.fault("createBatch", status=502, drop="before")
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    child = context.Process(target=_tell_the_outcome, args=(open_sdk(), answers))
    child.start()
    child.join(60.0)
    assert answers.get() == ("SubmissionUnknownError", 0)


def _ignoring_errors(start: Callable[[Any], Any], sdk: SDK) -> None:
    try:
        start(sdk)
    except PasqalCloudError:
        return


def _wait_for_batches(sdk: SDK, number: int) -> None:
    while sdk.get_batches().total < number:
        pass


def _tell_the_outcome(sdk: SDK, answers: Any, later: float = 0.0) -> None:
    if later:
        clock = Clock()
        clock.install(pytest.MonkeyPatch())  # it is this child's, and ends with it
        clock.now += later
    try:
        answers.put(("created", create(sdk).id))
    except SubmissionUnknownError as error:
        answers.put(("SubmissionUnknownError", len(error.candidates)))
