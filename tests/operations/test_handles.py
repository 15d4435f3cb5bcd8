"""What the handles of batches and jobs do: closing, waiting, cancelling, repeating, tagging."""

import gc
import weakref
from collections.abc import Callable
from typing import Any

import pytest

from pasqal_cloud import (
    BatchCancellingError,
    BatchClosingError,
    BatchSetTagsError,
    ConflictError,
    JobCancellingError,
    JobRetryError,
    NotFoundError,
    ValidationError,
)

from ..doubles import answers
from ..doubles.answers import body_of
from ..doubles.line import by_path, one_after_another

pytestmark = pytest.mark.blocking_first


class MishapError(Exception):
    """An error of the user's own."""


def using(colour: Any, batch: Any, error: Exception | None = None) -> Callable[[], Any]:
    """What uses a batch as a context, and may fail inside."""

    def use() -> None:
        with batch as entered:
            assert entered is batch
            if error is not None:
                raise error

    async def ause() -> None:
        async with batch as entered:
            assert entered is batch
            if error is not None:
                raise error

    return use if colour.is_blocking else ause


# The context.


def test_a_context_closes_the_batch(colour: Any, cloud: Any, batch: Any) -> None:
    """At its end."""
    closing = cloud.on("PATCH", "/v2/batches/{}/complete").mock(return_value=cloud.batch(open=False))
    colour.call(using(colour, batch)())
    assert closing.call_count == 1
    assert not batch.open


def test_a_context_closes_the_batch_after_an_error(colour: Any, cloud: Any, batch: Any) -> None:
    """The error goes on as it was."""
    closing = cloud.on("PATCH", "/v2/batches/{}/complete").mock(return_value=cloud.batch(open=False))
    error = MishapError("of the user")
    assert colour.attempt(MishapError, using(colour, batch, error)) is error
    assert closing.call_count == 1


@pytest.mark.parametrize("status", [404, 503])
def test_a_failure_to_close_never_hides_the_users_error(colour: Any, cloud: Any, batch: Any, status: int) -> None:
    """The user's error is raised, with a note that the batch is open still; nothing is tried again meanwhile."""
    closing = cloud.on("PATCH", "/v2/batches/{}/complete").mock(return_value=cloud.refused(status))
    error = MishapError("of the user")
    assert colour.attempt(MishapError, using(colour, batch, error)) is error
    assert any("is still open" in note and cloud.batch_id in note for note in error.__notes__)
    assert closing.call_count == 1


def test_a_failure_to_close_is_an_error_by_itself(colour: Any, cloud: Any, batch: Any) -> None:
    """A batch that stays open costs money: where nothing else went wrong, it is told."""
    cloud.on("PATCH", "/v2/batches/{}/complete").mock(return_value=cloud.refused(404))
    error = colour.attempt(BatchClosingError, using(colour, batch))
    assert isinstance(error, NotFoundError)


def test_a_context_leaves_a_closed_batch_alone(colour: Any, cloud: Any, of_jobs: Callable[..., Any]) -> None:
    """There is nothing to do."""
    batch = of_jobs(open=False)
    colour.call(using(colour, batch)())
    assert cloud.sent == [f"GET /core-fast/api/v2/batches/{cloud.batch_id}"]


# Waiting.


def test_a_wait_for_an_open_batch_sees_jobs_of_others(colour: Any, cloud: Any, of_jobs: Callable[..., Any]) -> None:
    """Its own jobs have ended, but not those that another handle has added: they are waited for, and shown."""
    batch = of_jobs(cloud.job(0, status="DONE"), open=True)
    progress = cloud.on("GET", "/v1/batches/{}/status").mock(
        side_effect=[
            cloud.ok({"status": "RUNNING", "jobs_count_per_status": {"DONE": 1, "PENDING": 1}}),
            cloud.ok({"status": "RUNNING", "jobs_count_per_status": {"DONE": 2}}),
        ]
    )
    cloud.on("GET", "/v2/jobs").mock(return_value=cloud.page(cloud.job(0, status="DONE"), cloud.job(1, status="DONE")))
    (first,) = colour.call(batch.ordered_jobs)
    colour.call(batch.wait(poll=0.001))
    assert progress.call_count == 2
    assert [job.id for job in colour.call(batch.ordered_jobs)] == [cloud.ident(0), cloud.ident(1)]
    assert colour.call(batch.ordered_jobs)[0] is first


def test_a_wait_for_an_open_batch_asks_the_jobs_where_nothing_is_counted(
    colour: Any, cloud: Any, of_jobs: Callable[..., Any]
) -> None:
    """Without `jobs_count_per_status`, the list of jobs tells."""
    batch = of_jobs(open=True)
    cloud.on("GET", "/v1/batches/{}/status").mock(return_value=cloud.ok({"status": "RUNNING"}))
    listed = cloud.on("GET", "/v2/jobs").mock(
        side_effect=[cloud.page(cloud.job(status=status)) for status in ("RUNNING", "DONE", "DONE")]
    )
    colour.call(batch.wait(poll=0.001))
    assert listed.call_count == 3
    assert batch.is_settled


@pytest.mark.parametrize("status", ["PAUSED", "CANCELING", "NEW_AND_UNKNOWN"])
def test_what_may_go_on_is_waited_for(colour: Any, cloud: Any, of_jobs: Callable[..., Any], status: str) -> None:
    """A status that is no end, known or not, does not end a wait: of a batch, and of a job."""
    batch = of_jobs(cloud.job(0, status=status), status=status)
    (job,) = colour.call(batch.ordered_jobs)
    looks = {
        batch: cloud.on("GET", "/v1/batches/{}/status"),
        job: cloud.on("GET", f"/v1/jobs/{cloud.ident(0)}/status"),
    }
    cloud.on("GET", f"/v2/jobs/{cloud.ident(0)}").mock(return_value=cloud.ok(cloud.job(0, status="DONE")))
    cloud.on("GET", "/v2/jobs").mock(return_value=cloud.page(cloud.job(0, status=status)))
    for handle, look in looks.items():
        assert (handle.status, handle.is_settled) == (status, False)
        look.mock(side_effect=[cloud.ok({"status": status}), cloud.ok({"status": "DONE"})])
        colour.call(handle.wait(poll=0.001))
        assert look.call_count == 2


# The same jobs.


def test_jobs_stay_the_same_objects(colour: Any, cloud: Any, of_jobs: Callable[..., Any]) -> None:
    """Over a refresh that brings them in another order, with others: who holds one sees it change."""
    batch = of_jobs(cloud.job(0), cloud.job(1))
    held = colour.call(batch.ordered_jobs)
    now = [cloud.job(2), cloud.job(1, status="DONE"), cloud.job(0, status="ERROR", errors=["Too hot."])]
    cloud.on("GET", "/v2/jobs").mock(return_value=cloud.page(*now))
    colour.call(batch.refresh())
    new, second, first = colour.call(batch.ordered_jobs)
    assert (held[0], held[1]) == (first, second)
    assert [job.status for job in held] == ["ERROR", "DONE"]
    assert held[0].errors == ["Too hot."]
    assert new not in held
    assert len({*held, new, first, second}) == 3, "handles can be put in sets"


# What is done already.

DONE_ALREADY = pytest.mark.parametrize("status", [409, 400, 422])


@DONE_ALREADY
def test_closing_what_is_closed_is_success(colour: Any, cloud: Any, sdk: Any, batch: Any, status: int) -> None:
    """By the handle and by the SDK: the service refuses, but it is as was wanted."""
    cloud.on("PATCH", "/v2/batches/{}/complete").mock(return_value=cloud.refused(status))
    cloud.on("GET", "/v2/batches/{}").mock(return_value=cloud.batch(open=False, status="DONE"))
    colour.call(batch.close())
    assert (batch.open, batch.status) == (False, "DONE")
    assert not colour.call(sdk.close_batch(cloud.batch_id)).open


@DONE_ALREADY
def test_closing_what_stays_open_is_an_error(colour: Any, cloud: Any, sdk: Any, batch: Any, status: int) -> None:
    """The service's refusal is told."""
    cloud.on("PATCH", "/v2/batches/{}/complete").mock(return_value=cloud.refused(status))
    for close in (batch.close, lambda: sdk.close_batch(cloud.batch_id)):
        error = colour.attempt(BatchClosingError, close)
        assert isinstance(error, (ConflictError, ValidationError))
        assert "It is too late." in str(error)


@DONE_ALREADY
@pytest.mark.parametrize("state", ["CANCELED", "CANCELING"])
def test_cancelling_what_is_cancelled_is_success(
    colour: Any, cloud: Any, sdk: Any, batch: Any, status: int, state: str
) -> None:
    """Batches and jobs, by the handle and by the SDK."""
    cloud.on("PATCH", "/v2/batches/{}/cancel").mock(return_value=cloud.refused(status))
    cloud.on("GET", "/v2/batches/{}").mock(return_value=cloud.batch(status=state, jobs=[cloud.job()]))
    cloud.on("PATCH", f"/v2/jobs/{cloud.ident()}/cancel").mock(return_value=cloud.refused(status))
    cloud.on("GET", f"/v2/jobs/{cloud.ident()}").mock(return_value=cloud.ok(cloud.job(status=state)))
    colour.call(batch.cancel())
    (job,) = colour.call(batch.ordered_jobs)
    colour.call(job.cancel())
    assert [batch.status, job.status] == [state, state]
    assert colour.call(sdk.cancel_batch(cloud.batch_id)).status == state
    assert colour.call(sdk.cancel_job(cloud.ident())).status == state


@DONE_ALREADY
def test_cancelling_what_has_ended_otherwise_is_an_error(
    colour: Any, cloud: Any, sdk: Any, batch: Any, status: int
) -> None:
    """The service's refusal is told; the handle is as it was."""
    cloud.on("PATCH", "/v2/batches/{}/cancel").mock(return_value=cloud.refused(status))
    cloud.on("PATCH", f"/v2/jobs/{cloud.ident()}/cancel").mock(return_value=cloud.refused(status))
    cloud.on("GET", "/v2/batches/{}").mock(return_value=cloud.batch(status="DONE"))
    cloud.on("GET", f"/v2/jobs/{cloud.ident()}").mock(return_value=cloud.ok(cloud.job(status="DONE")))
    for kind, cancel in (
        (BatchCancellingError, batch.cancel),
        (BatchCancellingError, lambda: sdk.cancel_batch(cloud.batch_id)),
        (JobCancellingError, lambda: sdk.cancel_job(cloud.ident())),
    ):
        assert "It is too late." in str(colour.attempt(kind, cancel))
    assert batch.status == "PENDING"


def test_other_refusals_are_not_looked_behind(colour: Any, cloud: Any, sdk: Any) -> None:
    """What is not there is not asked for again."""
    cloud.on("PATCH", "/v2/batches/{}/cancel").mock(return_value=cloud.refused(404))
    error = colour.attempt(BatchCancellingError, lambda: sdk.cancel_batch(cloud.batch_id))
    assert isinstance(error, NotFoundError)
    assert len(cloud.sent) == 1


# Repeating one job, and tags.


VARIABLES = {"variables": {"omega": [1.5, 2], "qubits": {"q0": 3}}}


@pytest.mark.parametrize(
    ("job", "fetched", "copy"),
    [
        (
            {"variables": {"omega": [1.5, 2], "qubits": {"q0": 3}}},
            {},
            {"variables": {"omega": [1.5, 2], "qubits": {"q0": 3}}},
        ),
        ({}, {"sequence": '{"own": true}'}, {"sequence": '{"own": true}'}),
        ({"sequence": '{"own": true}'}, None, {"sequence": '{"own": true}'}),
        ({}, {"sequence": None}, {}),
    ],
    ids=["variables", "own sequence", "own sequence that is known", "neither"],
)
def test_a_copy_of_a_job_is_like_it(
    colour: Any, cloud: Any, of_jobs: Callable[..., Any], job: Any, fetched: Any, copy: Any
) -> None:
    """Its runs, and its variables or its own sequence, which is fetched if need be; the first job stays as it was."""
    batch = of_jobs(cloud.job(6, **job), open=True)
    if fetched is not None:
        cloud.on("GET", f"/v2/jobs/{cloud.ident(6)}").mock(return_value=cloud.ok(cloud.job(6, **job, **fetched)))
    adding = cloud.on("POST", "/v2/batches/{}/jobs").mock(
        return_value=cloud.batch(open=True, jobs=[cloud.job(6, **job), cloud.job(7, runs=7, **copy)])
    )
    (first,) = colour.call(batch.ordered_jobs)
    colour.call(batch.retry(first))
    assert body_of(adding.calls.last.request) == [{"runs": 7, **copy}]
    assert [shown.id for shown in colour.call(batch.ordered_jobs)] == [cloud.ident(6), cloud.ident(7)]
    assert colour.call(batch.ordered_jobs)[0] is first


def test_a_copy_of_a_job_without_runs_has_none(colour: Any, cloud: Any, of_jobs: Callable[..., Any]) -> None:
    """The batch's `backend_configuration` gives their number, as it did for the first."""
    variables = {"variables": {"x": 1}}
    first, second = (cloud.job(number, runs=None, **variables) for number in (6, 7))
    batch = of_jobs(first, open=True, backend_configuration="{}")
    adding = cloud.on("POST", "/v2/batches/{}/jobs").mock(return_value=cloud.batch(open=True, jobs=[first, second]))
    (job,) = colour.call(batch.ordered_jobs)
    colour.call(batch.retry(job))
    assert body_of(adding.calls.last.request) == [variables]


def test_a_copy_that_is_refused_is_its_own_error(colour: Any, cloud: Any, of_jobs: Callable[..., Any]) -> None:
    """As `JobRetryError`, and by its cause."""
    batch = of_jobs(cloud.job(variables={"x": 1}), open=True)
    cloud.on("POST", "/v2/batches/{}/jobs").mock(return_value=cloud.refused(409, "The batch is closed."))
    (job,) = colour.call(batch.ordered_jobs)
    error = colour.attempt(JobRetryError, lambda: batch.retry(job))
    assert isinstance(error, ConflictError)
    assert "The batch is closed." in str(error)


def test_tags_are_replaced(colour: Any, cloud: Any, sdk: Any, batch: Any) -> None:
    """By the handle and by the SDK; an empty list takes them all away."""
    route = cloud.on("PATCH", "/v1/batches/{}/tags").mock(
        side_effect=[cloud.batch(tags=tags) for tags in (["a", "b"], [], ["c"])]
    )
    colour.call(batch.set_tags(("a", "b")))
    assert (body_of(route.calls.last.request), batch.tags) == (["a", "b"], ["a", "b"])
    colour.call(batch.set_tags([]))
    assert (body_of(route.calls.last.request), batch.tags) == ([], [])
    assert colour.call(sdk.set_batch_tags(cloud.batch_id, ["c"])).tags == ["c"]


def test_tags_that_are_refused_are_their_own_error(colour: Any, cloud: Any, batch: Any) -> None:
    """And the handle shows those that it has."""
    cloud.on("PATCH", "/v1/batches/{}/tags").mock(return_value=cloud.refused(404))
    error = colour.attempt(BatchSetTagsError, lambda: batch.set_tags(["a"]))
    assert isinstance(error, NotFoundError)
    assert batch.tags == []


def test_handles_can_be_hashed_and_shown(colour: Any, sdk_on: Callable[..., Any]) -> None:
    """They can be keys and members of sets; `repr` shows neither client nor token."""
    sdk = sdk_on(by_path(batch=answers.batch(jobs=[{"id": answers.ident(1), "status": "DONE"}])), token="token")
    batch = colour.call(sdk.get_batch(answers.BATCH))
    (job,) = colour.call(batch.ordered_jobs)
    assert {batch: "a", job: "b"}[job] == "b"
    for handle in (batch, job):
        assert handle.id in repr(handle)
        assert "token" not in repr(handle)
        assert "client" not in repr(handle)


def test_a_sequence_is_fetched_once(colour: Any, sdk_on: Callable[..., Any]) -> None:
    """However often it is read, also where there is none."""
    for sequence in ("{}", None):
        without = {"id": answers.BATCH, "status": "PENDING"}
        line = one_after_another(without, without | {"sequence_builder": sequence})
        batch = colour.call(sdk_on(line).get_batch(answers.BATCH))
        assert [colour.call(batch.sequence_builder) for _ in range(5)] == [sequence] * 5
        assert len(line.requests) == 2


def test_an_sdk_keeps_no_batches(colour: Any, sdk_on: Callable[..., Any]) -> None:
    """What the user drops is dropped."""
    sdk = sdk_on(by_path(batches=answers.batch()))
    batch = colour.call(sdk.create_batch("{}", [{"runs": 1}]))
    held = weakref.ref(batch)
    del batch
    gc.collect()
    assert held() is None


@pytest.mark.parametrize("status", ["PAUSED", "TIMED_OUT", "CANCELING", "BRAND_NEW"])
def test_every_status_can_be_read(colour: Any, sdk_on: Callable[..., Any], status: str) -> None:
    """By itself, and of handles."""
    batch, job = answers.batch(status=status), answers.job(status=status)
    sdk = sdk_on(by_path(status={"status": status}, batch=batch, job=job))
    assert colour.call(sdk.get_batch_status(answers.BATCH)) == status
    assert colour.call(sdk.get_job_status(answers.ident())) == status
    assert colour.call(sdk.get_batch(answers.BATCH)).status == status
    assert colour.call(sdk.get_job(answers.ident())).status == status
