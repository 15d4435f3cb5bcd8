"""Handles as collections and as values: a batch's jobs by position and id, equal handles, pages, a job's batch."""

import copy
import gc
import weakref
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest

from pasqal_cloud import Batch, BatchFetchingError, Job, NotFoundError, PaginatedResponse, PasqalCloudError, Workload

from ..doubles import answers


@pytest.fixture
def three(cloud: Any, of_jobs: Callable[..., Any]) -> Any:
    """A batch that came with three jobs."""
    return of_jobs(*(cloud.job(number) for number in range(3)))


def test_a_batch_is_iterated_over_its_jobs(colour: Any, three: Any, walk: Callable[[Any], list[Any]]) -> None:
    """In their order: with `for`, or `async for` on awaiting ones. They are those of `ordered_jobs`."""
    ordered = colour.call(three.ordered_jobs)
    for one, other in zip(walk(three), ordered, strict=True):
        assert one is other


def test_jobs_are_fetched_to_be_iterated(colour: Any, cloud: Any, batch: Any, walk: Callable[[Any], list[Any]]) -> None:
    """Once."""
    listed = cloud.serve("jobs", lambda *_: range(3))
    assert [job.id for job in walk(batch)] == [cloud.ident(number) for number in range(3)]
    assert len(walk(batch)) == len(batch) == 3
    assert listed.call_count == 1


def test_jobs_are_found_by_position_and_id(colour: Any, cloud: Any, three: Any) -> None:
    """Like the items of a list, and of a dictionary."""
    first, second, third = colour.call(three.ordered_jobs)
    assert three[0] is first
    assert three[-1] is third
    assert three[1:] == [second, third]
    assert three[::-1] == [third, second, first]
    assert three[cloud.ident(1)] is second
    assert three[UUID(cloud.ident(1))] is second
    assert len(three) == 3
    assert list(reversed(three)) == [third, second, first]


def test_a_slice_is_the_users_own_list(three: Any) -> None:
    """Who changes it changes no batch."""
    three[:].clear()
    assert len(three) == 3


def test_what_is_among_the_jobs(colour: Any, cloud: Any, three: Any) -> None:
    """A job, another handle of it, or its id."""
    (job, *_) = colour.call(three.ordered_jobs)
    assert job in three
    assert Job(id=cloud.ident(2), status="DONE") in three
    assert cloud.ident(2) in three
    assert UUID(cloud.ident(2)) in three
    assert cloud.ident(7) not in three
    assert Job(id="", status="DONE") not in three
    assert None not in three


def test_a_job_that_is_not_there_is_an_error(cloud: Any, three: Any) -> None:
    """As of lists and dictionaries."""
    with pytest.raises(IndexError):
        three[3]
    with pytest.raises(KeyError, match=cloud.ident(7)):
        three[cloud.ident(7)]
    with pytest.raises(TypeError):
        three[1.0]


def test_a_batch_is_true_also_without_jobs(cloud: Any, of_jobs: Callable[..., Any]) -> None:
    """`if batch:` asks whether there is one; it sends no request."""
    empty = of_jobs(open=True)
    sent = len(cloud.sent)
    assert bool(empty) is True
    assert len(cloud.sent) == sent


@pytest.mark.parametrize("colour", ["blocking"], indirect=True)
def test_a_blocking_batch_fetches_its_jobs_for_its_length(cloud: Any, sdk: Any) -> None:
    """And for its items, where they are not known yet."""
    cloud.getting.mock(return_value=cloud.batch())
    listed = cloud.serve("jobs", lambda *_: range(2))
    assert len(sdk.get_batch(cloud.batch_id)) == 2
    assert sdk.get_batch(cloud.batch_id)[-1].id == cloud.ident(1)
    assert listed.call_count == 2


@pytest.mark.parametrize("colour", ["awaiting"], indirect=True)
def test_an_awaiting_batch_says_how_to_get_its_jobs(colour: Any, cloud: Any, sdk: Any) -> None:
    """What can't be awaited sends no request: the errors say what to write instead."""
    cloud.getting.mock(return_value=cloud.batch())
    cloud.serve("jobs", lambda *_: range(2))
    batch = colour.call(sdk.get_batch(cloud.batch_id))
    for use in (len, lambda batch: batch[0], lambda batch: batch[:], lambda batch: cloud.ident(0) in batch):
        with pytest.raises(PasqalCloudError, match=r"`await batch\.ordered_jobs` once before") as caught:
            use(batch)
        assert not caught.value.sent
    colour.call(batch.ordered_jobs)
    assert (len(batch), batch[0].id) == (2, cloud.ident(0))
    with pytest.raises(TypeError, match="use `async for job in batch`"):
        iter(batch)


# Equality.


def test_handles_of_the_same_thing_are_equal(colour: Any, cloud: Any, sdk: Any, of_jobs: Callable[..., Any]) -> None:
    """Whatever their states are; also in sets and as keys."""
    batch, later = of_jobs(cloud.job(0)), of_jobs(cloud.job(0, status="DONE"), status="DONE")
    assert batch is not later
    assert batch == later
    assert batch[0] == later[0]
    assert len({batch, later, batch[0], later[0]}) == 2
    assert {batch: "mine"}[later] == "mine"


def test_other_handles_are_not_equal(cloud: Any, three: Any) -> None:
    """Neither those with another id, nor a batch and a job that have the same, nor the id itself."""
    assert three[0] != three[1]
    same = cloud.batch_id
    assert Batch(id=same, status="DONE") == three
    assert Job(id=same, status="DONE") != three
    assert Workload(id=same, status="DONE") != Job(id=same, status="DONE")
    assert len({Batch(id=same, status="DONE"), Job(id=same, status="DONE"), Workload(id=same, status="DONE")}) == 3
    assert three != same


def test_what_was_built_without_an_id_equals_only_itself() -> None:
    """Tests build many of these."""
    one, other = Job(id="", status="DONE"), Job(id="", status="DONE")
    assert one == one  # noqa: PLR0124 - that is the point
    assert one != other
    assert len({one, other, one}) == 2
    assert Batch(id="", status="DONE", jobs=[one, other])[1] is other


# Pages.


def test_a_page_is_a_sequence(colour: Any, cloud: Any, sdk: Any) -> None:
    """Positions, slices, and what else sequences have."""
    cloud.serve("jobs", lambda *_: range(3))
    page = colour.call(sdk.get_jobs())
    assert isinstance(page, Sequence)
    assert page[0] is page.results[0]
    assert page[-1] == page[2]
    assert page[1:] == page.results[1:]
    assert page.index(page[1]) == 1
    assert page[2] in page
    assert list(reversed(page)) == page.results[::-1]
    with pytest.raises(IndexError):
        page[3]


def test_an_empty_page_is_false() -> None:
    """Like any sequence."""
    assert not PaginatedResponse([], 0, 0)
    assert PaginatedResponse([1], 1, 0)


# A job's batch.


def test_a_job_knows_the_batch_that_gave_it(colour: Any, cloud: Any, three: Any) -> None:
    """The same handle, without a request; also of jobs that come later."""
    sent = len(cloud.sent)
    assert all(colour.call(job.batch) is three for job in three[:])
    assert len(cloud.sent) == sent
    cloud.serve("jobs", lambda *_: range(4))
    colour.call(three.refresh())
    assert colour.call(three[3].batch) is three


def test_the_batch_of_another_job_is_fetched(colour: Any, cloud: Any, sdk: Any) -> None:
    """Once."""
    cloud.on("GET", f"/v2/jobs/{cloud.ident(0)}").mock(return_value=cloud.ok(cloud.job(0, batch_id=cloud.batch_id)))
    fetched = cloud.getting.mock(return_value=cloud.batch())
    job = colour.call(sdk.get_job(cloud.ident(0)))
    assert not fetched.called
    batch = colour.call(job.batch)
    assert batch.id == cloud.batch_id
    assert type(batch).__name__ == ("Batch" if colour.is_blocking else "AsyncBatch")
    assert colour.call(job.batch) is batch
    assert fetched.call_count == 1


def test_the_batch_of_a_job_that_is_left_alone_is_fetched(
    colour: Any, cloud: Any, of_jobs: Callable[..., Any], documents: Any
) -> None:
    """Jobs hold no batch, and counts no job: what nobody uses is freed at once. What counts tell, they still know."""
    gc.disable()
    try:
        done = cloud.job(1, status="DONE", variables={"omega": 1.0})
        batch = of_jobs(done, status="DONE", sequence_builder='{"register": [{"name": "a"}]}')
        del done
        documents[cloud.ident(1)] = {"counter": {"1": 5}}
        job, batch = batch[0], weakref.ref(batch)
        assert batch() is None
        fetched = cloud.getting.mock(return_value=cloud.batch())
        before = fetched.call_count
        counts = colour.call(job.counts)
        assert colour.call(job.batch).id == cloud.batch_id
        assert colour.call(job.batch) is colour.call(job.batch)
        assert fetched.call_count == before + 1
        job = weakref.ref(job)
        assert job() is None
    finally:
        gc.enable()
    assert counts.qubits == ("a",)
    assert counts.provenance.batch_id == cloud.batch_id


def test_a_batch_that_is_not_there_is_an_error_of_the_batch(colour: Any, cloud: Any, sdk: Any) -> None:
    """Not of the job."""
    cloud.on("GET", f"/v2/jobs/{cloud.ident(0)}").mock(return_value=cloud.ok(cloud.job(0, batch_id=cloud.batch_id)))
    cloud.getting.mock(return_value=cloud.refused(404))
    job = colour.call(sdk.get_job(cloud.ident(0)))
    assert isinstance(colour.attempt(BatchFetchingError, lambda: job.batch), NotFoundError)


def test_a_job_that_does_not_name_its_batch_says_so(colour: Any, cloud: Any, sdk: Any) -> None:
    """Rather than ask for nothing."""
    cloud.on("GET", f"/v2/jobs/{cloud.ident(0)}").mock(return_value=cloud.ok(cloud.job(0)))
    job = colour.call(sdk.get_job(cloud.ident(0)))
    assert cloud.ident(0) in str(colour.attempt(BatchFetchingError, lambda: job.batch))


def test_a_batch_that_was_built_by_hand_is_that_of_its_jobs() -> None:
    """And a job that was built alone has none, which is told."""
    batch = Batch(id="", status="DONE", jobs=[Job(id="", status="DONE"), {"id": "", "status": "DONE"}])
    assert [job.batch for job in batch] == [batch, batch]
    with pytest.raises(BatchFetchingError, match="built by hand"):
        _ = Job(id="", status="DONE", batch_id="b").batch


def test_a_copy_is_equal(three: Any) -> None:
    """It is of the same batch."""
    assert copy.copy(three) == three
    assert answers.BATCH in repr(copy.copy(three))
