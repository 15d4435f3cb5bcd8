"""Submitting once: what is found again, what is not, and what a user can do then."""

import asyncio
import json
import logging
import pickle
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from pasqal_cloud import AsyncBatch, Batch, BatchCreationError, JobCreationError, RequestTimeoutError, ServerError
from pasqal_cloud.errors import SubmissionUnknownError

from ..doubles.line import one_after_another

pytestmark = pytest.mark.blocking_first

SEQUENCE = json.dumps({"version": "1", "name": "pulser"})
OTHER = json.dumps({"version": "1", "name": "other"})
JOBS = [{"runs": 10, "variables": {"omega": [1.5, 2]}}, {"runs": 20}]
OWN = [{"runs": 5, "serialized_sequence": SEQUENCE}, {"runs": 5, "serialized_sequence": OTHER}]


@pytest.fixture
def patient(open_sdk: Callable[..., Any]) -> Any:
    """An SDK that looks for a while."""
    return open_sdk(recover_for=5.0)


def sent(sdk: Any, **changes: Any) -> dict[str, Any]:
    """What `create` sends, as the service stores it."""
    jobs = [{"runs": 10, "variables": {"omega": [1.5, 2]}}, {"runs": 20, "variables": {}}]
    project = {"project_id": sdk.project_id, "device_type": "EMU_FREE", "tags": ["a", "b"]}
    return {"sequence_builder": SEQUENCE, "jobs": jobs, **project, **changes}


def create(sdk: Any, **changes: Any) -> Any:
    """Creates a batch."""
    arguments = {"jobs": JOBS, "device_type": "EMU_FREE", "tags": ["a", "b"], **changes}
    return sdk.create_batch(arguments.pop("sequence", SEQUENCE), **arguments)


def test_the_batch_is_found_with_its_jobs(colour: Any, service: Any, sdk: Any) -> None:
    """What was created and not answered is what the caller gets, jobs and all; the log says how."""
    service.fail("createBatch", 504)
    batch = colour.call(create(sdk))
    assert [batch.id] == list(service.batches)
    jobs = batch.ordered_jobs if colour.is_blocking else colour.call(batch.ordered_jobs)
    assert [job.runs for job in jobs] == [10, 20]


def test_the_service_may_still_be_at_work(colour: Any, service: Any, patient: Any) -> None:
    """The batch that appears in the list later is found then."""
    service.fail("createBatch", 504)
    service.answer_late("listBatches", 1)
    batch = colour.call(create(patient))
    assert [batch.id] == list(service.batches)
    assert service.count("listBatches") == 2
    assert service.count("createBatch") == 1


def test_the_search_survives_failures(colour: Any, service: Any, patient: Any) -> None:
    """The service that could not answer once may not answer the next request either."""
    service.fail("createBatch", raw=b"", end="reset")
    service.fail("listBatches", 502, times=2)
    service.fail("listJobs", raw=b"", end="reset", times=1)
    assert colour.call(create(patient)).id in service.batches


def test_a_search_that_is_refused_ends(colour: Any, service: Any, patient: Any) -> None:
    """What will not become better is not waited for, and both failures are told."""
    service.fail("createBatch", 504)
    service.fail("listBatches", 403, {"message": "No lists for you."})
    error = colour.attempt(SubmissionUnknownError, lambda: create(patient))
    assert "No lists for you." in str(error)
    assert error.status == 504


@pytest.mark.parametrize("fast", [-7200.0, 7200.0])
def test_the_services_clock_counts(colour: Any, service: Any, sdk: Any, fast: float) -> None:
    """This machine's clock may be hours off: what is new is told by the service's `Date`."""
    service.local.clock.offset(fast)
    service.put_batch(**sent(sdk), age=60.0)
    service.fail("createBatch", raw=b"", end="reset")
    batch = colour.call(create(sdk))
    assert batch.id == list(service.batches)[-1]


def test_without_a_date_nothing_is_taken(colour: Any, service: Any, sdk: Any) -> None:
    """Where the service does not tell the time, what is new is not known, and nothing is guessed."""
    service.fail("createBatch", 504)
    listed = service.put_batch(**sent(sdk))
    listed.pop("sequence_builder")
    service.fail("listBatches", 200, {"data": [listed]})
    assert colour.attempt(SubmissionUnknownError, lambda: create(sdk)).candidates == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"device_type": "FRESNEL"},
        {"tags": ["a"]},
        {"tags": []},
        {"open": True},
        {"sequence_builder": OTHER},
        {"sequence_builder": None, "jobs": [{"runs": runs, "sequence": SEQUENCE} for runs in (10, 20)]},
        {"backend_configuration": "{}"},
        {"jobs": [{"runs": 10, "variables": {"omega": [1.5, 2]}}]},
        {"jobs": [{"runs": 10, "variables": {"omega": [1.5, 2]}}, {"runs": 21}]},
        {"jobs": [{"runs": 10, "variables": {"omega": [1.5, 2.5]}}, {"runs": 20}]},
        {"jobs": [{"runs": 20}, {"runs": 10, "variables": {"omega": [1.5, 2]}}]},
    ],
    ids=str,
)
def test_what_differs_is_not_taken(colour: Any, service: Any, sdk: Any, changes: dict[str, Any]) -> None:
    """A new batch that is not what was sent belongs to somebody else."""
    service.fail("createBatch", 504, processed=False)
    service.put_batch(**sent(sdk, **changes))
    error = colour.attempt(SubmissionUnknownError, lambda: create(sdk))
    assert error.candidates == ()
    assert service.count("createBatch") == 1


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"tags": ["b", "a"]},
        {"sequence_builder": json.dumps(json.loads(SEQUENCE), indent=1)},
        {"jobs": [{"runs": 10, "variables": {"omega": [1.5, 2.0]}}, {"runs": 20, "variables": None}]},
    ],
    ids=str,
)
def test_what_is_only_written_differently_is_taken(
    colour: Any, service: Any, sdk: Any, changes: dict[str, Any]
) -> None:
    """The service may keep the same thing in another form."""
    service.fail("createBatch", 504, processed=False)
    batch = service.put_batch(**sent(sdk, **changes))
    assert colour.call(create(sdk)).id == batch["id"]


@pytest.mark.parametrize("swapped", [False, True])
def test_jobs_with_sequences_of_their_own_are_compared(colour: Any, service: Any, sdk: Any, swapped: bool) -> None:
    """Lists leave the jobs' own sequences out; they are fetched, and count."""
    service.fail("createBatch", 504, processed=False)
    stored = [{"runs": 5, "sequence": SEQUENCE}, {"runs": 5, "sequence": OTHER}]
    batch = service.put_batch(**sent(sdk, sequence_builder=None, jobs=stored[::-1] if swapped else stored))
    start = lambda: create(sdk, sequence=None, jobs=OWN)  # noqa: E731
    if swapped:
        colour.attempt(SubmissionUnknownError, start)
    else:
        assert colour.call(start()).id == batch["id"]


def test_an_older_batch_is_not_taken(colour: Any, service: Any, sdk: Any) -> None:
    """The same batch from before the request is from another day's work."""
    service.put_batch(**sent(sdk), age=10.0)
    service.fail("createBatch", 504, processed=False)
    assert colour.attempt(SubmissionUnknownError, lambda: create(sdk)).candidates == ()


def test_a_batch_that_is_held_already_is_not_taken(colour: Any, service: Any, sdk: Any) -> None:
    """The same batch that this SDK created a moment ago is not taken for the new one, whether answered or found."""
    first = colour.call(create(sdk))
    service.fail("createBatch", 504)
    second = colour.call(create(sdk))
    service.fail("createBatch", 504, processed=False)
    colour.attempt(SubmissionUnknownError, lambda: create(sdk))
    assert {first.id, second.id} == set(service.batches)
    assert first.id != second.id


def test_of_several_none_is_taken(colour: Any, service: Any, patient: Any) -> None:
    """Two new batches that equal the request can't be told apart; the error names them at once."""
    service.fail("createBatch", 504)
    service.put_batch(**sent(patient))
    error = colour.attempt(SubmissionUnknownError, lambda: create(patient))
    assert set(error.candidates) == set(service.batches)
    assert all(batch_id in str(error) for batch_id in service.batches)
    assert service.count("listBatches") == 1


def test_a_tag_tells_which_of_several(colour: Any, service: Any, sdk: Any) -> None:
    """With `submission_tag=True` the batch is found among its likes, by a random tag that it keeps."""
    service.fail("createBatch", 504)
    service.put_batch(**sent(sdk))
    batch = colour.call(create(sdk, submission_tag=True))
    (tag,) = set(batch.tags) - {"a", "b"}
    assert tag.startswith("submission-")
    assert batch.id == list(service.batches)[-1]


def test_another_tag_each_time(colour: Any, service: Any, sdk: Any) -> None:
    """The tag of one submission is not that of another."""
    tags = [colour.call(create(sdk, submission_tag=True)).tags[-1] for _ in range(2)]
    assert len(set(tags)) == 2


def test_the_tag_of_a_batch_that_was_not_created_finds_nothing(colour: Any, service: Any, sdk: Any) -> None:
    """Without the tag nothing is taken, however equal."""
    service.fail("createBatch", 504, processed=False)
    service.put_batch(**sent(sdk))
    assert colour.attempt(SubmissionUnknownError, lambda: create(sdk, submission_tag=True)).candidates == ()


def test_the_error_tells_everything(colour: Any, service: Any, sdk: Any) -> None:
    """The error is of the operation and of its cause, and says what is known and what to do."""
    service.fail("createBatch", 502, b"<html>", headers={"X-Request-Id": "r-9"}, processed=False)
    error = colour.attempt(SubmissionUnknownError, lambda: create(sdk))
    assert isinstance(error, BatchCreationError)
    assert isinstance(error, ServerError)
    assert type(error).__name__ == "BatchCreationError[SubmissionUnknownError, ServerError]"
    assert (error.status, error.body, error.method, error.retryable) == (502, "<html>", "POST", False)
    assert isinstance(error.__cause__, ServerError)
    assert service.headers_of("createBatch")["idempotency-key"] in str(error)
    assert "recover()" in str(error)
    assert "may or may not have been created" in str(error)


def test_recover_looks_again(colour: Any, service: Any, sdk: Any) -> None:
    """What appears after the call has given up is found by `recover`, as the handle that the call owed."""
    service.fail("createBatch", 504)
    service.answer_late("listBatches", 4)
    error = colour.attempt(SubmissionUnknownError, lambda: create(sdk))
    service.answer_late("listBatches", 1)
    again = colour.attempt(SubmissionUnknownError, lambda: error.recover(0.0))
    assert isinstance(again, BatchCreationError)
    batch = colour.call(again.recover())
    assert batch.id in service.batches
    assert type(batch) is (Batch if colour.is_blocking else AsyncBatch)
    assert service.count("createBatch") == 1


def test_recover_does_not_take_what_was_sent_again(colour: Any, service: Any, sdk: Any) -> None:
    """A user who sends it again, and looks for the first later, gets the first."""
    service.fail("createBatch", 504, times=1)
    service.answer_late("listBatches", 2)
    error = colour.attempt(SubmissionUnknownError, lambda: create(sdk))
    service.mend("listBatches")
    second = colour.call(create(sdk))
    first = colour.call(error.recover(0.0))
    assert {first.id, second.id} == set(service.batches)
    assert first.id != second.id


def test_an_error_that_was_pickled_keeps_what_it_knows(colour: Any, service: Any, sdk: Any) -> None:
    """In another process the error has no SDK to look with, and says so; it has the ids."""
    service.fail("createBatch", 504)
    service.put_batch(**sent(sdk))
    error = colour.attempt(SubmissionUnknownError, lambda: create(sdk))
    other = pickle.loads(pickle.dumps(error))
    assert type(other) is type(error)
    assert str(other) == str(error)
    assert other.candidates == error.candidates
    with pytest.raises(Exception, match="pickled"):
        other.recover()


@pytest.mark.parametrize("colour", ["blocking"], indirect=True)
def test_equal_submissions_at_once_each_get_their_own(service: Any, sdk: Any) -> None:
    """Threads that send the same at the same moment, and lose the answers, end with a batch each, or know that not."""
    service.fail("createBatch", 504)
    found: list[Any] = []

    def one() -> None:
        try:
            found.append(create(sdk).id)
        except SubmissionUnknownError as error:
            found.append(error)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = [item for item in found if isinstance(item, str)]
    assert len(ids) == len(set(ids))
    assert len(service.batches) == service.count("createBatch") == 4


@pytest.fixture
def batch(colour: Any, service: Any, sdk: Any) -> Any:
    """An open batch of one job."""
    return colour.call(create(sdk, jobs=[{"runs": 1}], open=True))


def test_added_jobs_are_found(colour: Any, service: Any, batch: Any) -> None:
    """Jobs that were added and not answered are the handle's, each once, as if they had been."""
    service.fail("addJobs", 504)
    colour.call(batch.add_jobs(JOBS))
    jobs = batch.ordered_jobs if colour.is_blocking else colour.call(batch.ordered_jobs)
    assert [job.runs for job in jobs] == [1, 10, 20]
    assert [job["batch_id"] for job in service.jobs.values()] == [batch.id] * 3
    assert service.count("addJobs") == 1


def test_added_jobs_may_appear_later(colour: Any, service: Any, patient: Any) -> None:
    """As long as not all are there, they are looked for."""
    batch = colour.call(create(patient, jobs=[{"runs": 1}], open=True))
    service.fail("addJobs", raw=b"", end="reset")
    service.answer_late("listJobs", 1)
    colour.call(batch.add_jobs(JOBS))
    assert service.count("listJobs") == 2


@pytest.mark.parametrize(
    "added",
    [
        [],
        [{"runs": 10, "variables": {"omega": [1.5, 2]}}],
        [{"runs": 20}, {"runs": 10, "variables": {"omega": [1.5, 2]}}],
        [{"runs": 10, "variables": {"omega": [1.5, 2]}}, {"runs": 20}, {"runs": 30}],
        [{"runs": 10}, {"runs": 20}],
    ],
    ids=str,
)
def test_other_jobs_are_not_taken(colour: Any, service: Any, batch: Any, added: list[dict[str, Any]]) -> None:
    """Fewer, more, others, or in another order: they are not surely those that were sent, and are named."""
    service.fail("addJobs", 504, processed=False)
    before = set(service.jobs)
    service.put_jobs(batch.id, *added)
    error = colour.attempt(SubmissionUnknownError, lambda: batch.add_jobs(JOBS))
    assert isinstance(error, JobCreationError)
    assert set(error.candidates) == set(service.jobs) - before


def test_the_same_jobs_from_before_are_not_taken(colour: Any, service: Any, sdk: Any, batch: Any) -> None:
    """Equal jobs that were added a moment before by the same SDK are not those that were sent now."""
    colour.call(sdk.add_jobs(batch.id, JOBS))
    service.fail("addJobs", 504, processed=False)
    assert colour.attempt(SubmissionUnknownError, lambda: sdk.add_jobs(batch.id, JOBS)).candidates == ()


def test_recover_shows_the_jobs_in_the_handle(colour: Any, service: Any, batch: Any) -> None:
    """After `recover` the handle that jobs were added to has them, and is what it returns."""
    service.fail("addJobs", 504)
    service.answer_late("listJobs", 3)
    error = colour.attempt(SubmissionUnknownError, lambda: batch.add_jobs([{"runs": 2}]))
    service.mend("listJobs")
    assert colour.call(error.recover(0.0)) is batch
    jobs = batch.ordered_jobs if colour.is_blocking else colour.call(batch.ordered_jobs)
    assert [job.runs for job in jobs] == [1, 2]


def test_a_repetition_of_other_jobs_is_not_taken(colour: Any, service: Any, sdk: Any) -> None:
    """A new batch from the same one, but of other jobs, is another repetition."""
    parent = service.put_batch(**sent(sdk), age=60.0)
    service.fail("rebatch", 504, processed=False)
    service.repeat(parent["id"], id=parent["jobs"][0]["id"])
    colour.attempt(SubmissionUnknownError, lambda: sdk.rebatch(parent["id"]))


def test_a_repetition_is_not_taken_for_a_new_batch(colour: Any, service: Any, sdk: Any) -> None:
    """A new batch that equals what was sent, but repeats another, is somebody else's."""
    service.repeat(service.put_batch(**sent(sdk), age=60.0)["id"])
    service.fail("createBatch", 504, processed=False)
    assert colour.attempt(SubmissionUnknownError, lambda: create(sdk)).candidates == ()


def test_another_workload_is_not_taken(colour: Any, service: Any, sdk: Any) -> None:
    """A new workload with another configuration is another's."""
    service.fail("createWorkload", 504, processed=False)
    service.put_workload(workload_type="t", backend="b", config={"depth": 4})
    colour.attempt(SubmissionUnknownError, lambda: sdk.create_workload("t", "b", {"depth": 3}))


def test_every_try_has_the_same_key_and_every_submission_another(colour: Any, service: Any, sdk: Any) -> None:
    """A service that honours the `Idempotency-Key` can tell a repetition from a new request."""
    service.fail("createBatch", 429, processed=False, times=2)
    colour.call(create(sdk))
    colour.call(create(sdk))
    keys = [request.headers["idempotency-key"] for request in service.requests("createBatch")]
    assert len(keys) == 4
    assert len(set(keys[:3])) == 1
    assert keys[3] != keys[0]


@pytest.mark.parametrize("plan", [{"status": 502}, {"raw": b"", "end": "reset"}], ids=str)
def test_without_a_token_nothing_was_sent(colour: Any, service: Any, sdk: Any, plan: dict[str, Any]) -> None:
    """An identity provider that fails leaves no doubt about the submission: it is simply tried again."""
    service.fail("createToken", **plan, times=1)
    assert [colour.call(create(sdk)).id] == list(service.batches)
    assert service.count("listBatches") == 0


@pytest.mark.parametrize("colour", ["awaiting"], indirect=True)
def test_a_cancellation_names_the_submission(
    service: Any, colour: Any, sdk: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Who cancels a request in flight finds its name on the error and in the log: it may have been done."""
    service.fail("createBatch", raw=b"", end="stall")

    async def impatient() -> BaseException:
        task = asyncio.ensure_future(create(sdk))
        while not service.count("createBatch"):  # noqa: ASYNC110 - the service knows no events
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        return caught.value

    with caplog.at_level(logging.WARNING, "pasqal_cloud"):
        (note,) = colour.call(impatient()).__notes__
    assert service.headers_of("createBatch")["idempotency-key"] in note
    assert note in caplog.text


@pytest.mark.parametrize("colour", ["blocking"], indirect=True)
def test_ctrl_c_names_the_submission(open_sdk: Callable[..., Any]) -> None:
    """The same for a request that blocks."""
    token = httpx.Response(200, json={"access_token": "token", "expires_in": 3600})
    line = one_after_another(token, KeyboardInterrupt())
    sdk = open_sdk(transport=line.transport, verify=None)
    with pytest.raises(KeyboardInterrupt) as caught:
        create(sdk)
    assert "The service may have received a batch of 2 jobs" in caught.value.__notes__[0]


def test_a_submission_that_is_not_answered_is_looked_for(colour: Any, service: Any, open_sdk: Any) -> None:
    """A submission whose timeout is over is looked for, not sent again."""
    patient = open_sdk(timeout=0.2, recover_for=60.0)  # a busy service may need more than one look
    service.fail("createBatch", raw=b"", end="stall")
    assert colour.call(create(patient)).id in service.batches
    assert service.count("createBatch") == 1
    hasty = patient.with_options(recover_for=0.0)
    service.fail("createBatch", raw=b"", end="stall", processed=False)
    assert isinstance(colour.attempt(SubmissionUnknownError, lambda: create(hasty)), RequestTimeoutError)
