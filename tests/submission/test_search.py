"""The search for what was submitted, on a fake clock: when it looks, how long, and where."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from pasqal_cloud._ovh import ovh
from pasqal_cloud._snapshot import present
from pasqal_cloud._submission import NewBatch, NewOvhBatch, submitting
from pasqal_cloud.errors import ConnectionFailedError, PasqalCloudError, ServerError, SubmissionUnknownError
from pasqal_cloud_api import models
from pasqal_cloud_api.types import UNSET

BATCH = "11111111-2222-4333-8444-555555555555"
JOB = "22222222-2222-4333-8444-555555555555"
LOST = ConnectionFailedError("Reset.", retryable=True, sent=True)
SENT = 1_700_001_000.0
"""When the submission is sent, by the service's clock."""


def payload(kind: Any = models.CreateBatch, **changes: Any) -> Any:
    """What is sent."""
    return kind(project_id="", sequence_builder="{}", jobs=[models.CreateJob(runs=5)], **changes)


def made(age: float = -1.0, **changes: Any) -> models.Batch:
    """What came of it."""
    created = datetime.fromtimestamp(SENT - age, UTC).isoformat()
    fields = {"id": BATCH, "status": "PENDING", "created_at": created, "sequence_builder": "{}", "open": False}
    batch = models.Batch.from_dict(fields)
    for name, value in changes.items():
        setattr(batch, name, value)
    return batch


def job(age: float = -1.0, **changes: Any) -> models.Job:
    """The job of it."""
    fields = {"id": JOB, "status": "PENDING", "batch_id": BATCH, "runs": 5, "created_at": made(age).created_at}
    job = models.Job.from_dict(fields)
    for name, value in changes.items():
        setattr(job, name, value)
    return job


def losing(_client: Any) -> Any:
    """The request whose answer is lost."""
    raise LOST
    yield


def raising(error: PasqalCloudError) -> Callable[[Any], Any]:
    """Answers with an error."""

    def answer(_effect: Any) -> Any:
        raise error

    return answer


def submit(fed: Any, search: Any = None, **options: Any) -> Any:
    """Submits what is lost."""
    fed.tell_time()
    fed.api = fed.api.with_options(**options)
    return fed.run(submitting(fed.api, losing, search or NewBatch(attrs.evolve(payload(), project_id=BATCH))))


def test_it_looks_often_at_first_and_then_less(world: Any) -> None:
    """It looks at once, then after pauses that double up to eight seconds, for the last time when the time is up."""
    fed = world(list_batches=lambda _: [])
    with pytest.raises(SubmissionUnknownError):
        submit(fed)
    assert [look - 1000.0 for look in fed.looks] == [0, 0.5, 1.5, 3.5, 7.5, 15.5, 23.5, 31.5, 39.5, 47.5, 55.5, 60]


@pytest.mark.parametrize("recover_for", [0.0, 0.3, 5.0, 100.0])
def test_it_looks_as_long_as_it_may(world: Any, recover_for: float) -> None:
    """`recover_for` is the time of the last look; with none, it looks once."""
    fed = world(list_batches=lambda _: [])
    with pytest.raises(SubmissionUnknownError):
        submit(fed, recover_for=recover_for)
    assert fed.looks[-1] - 1000.0 == pytest.approx(recover_for)


def test_an_outage_is_sat_out(world: Any) -> None:
    """A service that is down while it is looked for is looked at until the time is up, and not beyond."""
    fed = world(list_batches=raising(ServerError(status=503, retryable=True)))
    with pytest.raises(SubmissionUnknownError, match="could not be looked for"):
        submit(fed)
    assert 50.0 < fed.looks[-1] - 1000.0 <= 60.0 + 1e-9


def test_it_is_found_after_an_outage(world: Any) -> None:
    """What was created is found when the service is back."""

    def list_batches(_effect: Any) -> Any:
        if fed.now < 1030.0:
            raise ServerError(status=503, retryable=True)
        return [made(sequence_builder=UNSET)]

    fed = world(list_batches=list_batches, get_batch=lambda _: made(), list_jobs=lambda _: [job()])
    assert submit(fed).id == BATCH


@pytest.mark.parametrize(("age", "taken"), [(-1.0, True), (1.5, True), (3.0, False), (3600.0, False)])
def test_what_is_older_is_left(world: Any, age: float, taken: bool) -> None:
    """A batch may seem older by as much as clocks differ, and no more."""
    fed = world(list_batches=lambda _: [made(age)], get_batch=lambda _: made(age), list_jobs=lambda _: [job()])
    if taken:
        assert submit(fed).id == BATCH
    else:
        with pytest.raises(SubmissionUnknownError):
            submit(fed)


def test_either_spelling_of_utc_is_read(world: Any) -> None:
    """A time may end in Z as well."""
    new = attrs.evolve(made(), created_at=str(made().created_at).replace("+00:00", "Z"))
    fed = world(list_batches=lambda _: [new], get_batch=lambda _: new, list_jobs=lambda _: [job()])
    assert submit(fed).id == BATCH


def test_a_time_that_cannot_be_read_proves_nothing(world: Any) -> None:
    """A batch whose age is not known is not taken for new."""
    fed = world(list_batches=lambda _: [attrs.evolve(made(), created_at="lately")])
    with pytest.raises(SubmissionUnknownError):
        submit(fed)


def ovhs(**answers: Any) -> dict[str, Any]:
    """OVH's operations: there is no list of batches."""
    usual = {"list_ovh_jobs": lambda _: [job()], "get_ovh_batch": lambda _: made()}
    return usual | answers


def submit_by_ovh(fed: Any, **changes: Any) -> Any:
    """Submits what is lost, by OVH's door."""
    fed.api = fed.api.through(ovh)
    return submit(fed, NewOvhBatch(attrs.evolve(payload(models.CreateOvhBatch), **changes)))


def test_ovhs_batch_is_found_by_its_jobs(world: Any) -> None:
    """Where batches can't be listed, the newest jobs lead to theirs."""
    found = submit_by_ovh(world(**ovhs()))
    assert found.id == BATCH
    assert [found_job.id for found_job in present(found.jobs) or []] == [JOB]


@pytest.mark.parametrize(
    "answers",
    [
        {"list_ovh_jobs": lambda _: []},
        {"list_ovh_jobs": lambda _: [job(age=10.0)]},
        {"list_ovh_jobs": lambda _: [job(runs=6)]},
        {"get_ovh_batch": lambda _: made(sequence_builder="[]")},
        {"get_ovh_batch": lambda _: made(age=10.0)},
        {"get_ovh_batch": lambda _: made(open_=True)},
    ],
)
def test_another_of_ovhs_batches_is_not_taken(world: Any, answers: dict[str, Any]) -> None:
    """What is older or differs is somebody else's there, too."""
    with pytest.raises(SubmissionUnknownError) as caught:
        submit_by_ovh(world(**ovhs(**answers)))
    assert caught.value.candidates == ()


@pytest.mark.parametrize(("runs", "candidates"), [(5, (BATCH,)), (6, ())])
def test_ovhs_batch_that_can_not_be_compared_is_named(world: Any, runs: int, candidates: Any) -> None:
    """A job's own sequence can't be read there: what is equal but for that is not taken, nor kept from the user."""
    fed = world(**ovhs(list_ovh_jobs=lambda _: [job(runs=runs)]))
    with pytest.raises(SubmissionUnknownError) as caught:
        submit_by_ovh(fed, jobs=[models.CreateJob(runs=5, sequence="{}")])
    assert caught.value.candidates == candidates
    assert ("Nothing that could be it was seen" in str(caught.value)) == (not candidates)
