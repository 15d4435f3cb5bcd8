"""Handles that tests build by hand, as those of other packages do."""

import uuid
from datetime import UTC, datetime
from typing import Any
from unittest.mock import MagicMock

import pytest

from pasqal_cloud import (
    Batch,
    BatchCancellingError,
    BatchClosingError,
    BatchFetchingError,
    BatchSetTagsError,
    DeviceTypeName,
    Job,
    JobCancellingError,
    JobCreationError,
    JobFetchingError,
    PaginatedResponse,
    Project,
    ValidationError,
    Workload,
    WorkloadCancellingError,
    WorkloadFetchingError,
)
from pasqal_cloud.device import EmuTNConfig

RESULT = {"counter": {"01": 3}, "raw": [], "serialised_results": None}


def job_of(**fields: Any) -> Job:
    """A job as qiskit-pasqal-provider's tests build it."""
    usual = {"runs": 1000, "batch_id": "b", "id": str(uuid.uuid4()), "project_id": "", "status": "DONE"}
    return Job(**usual | {"created_at": "", "updated_at": "", "_client": None} | fields)


def batch_of(**fields: Any) -> Batch:
    """A batch as qiskit-pasqal-provider's tests build it."""
    job = {"runs": 1000, "variables": {}, "batch_id": "b", "id": "j", "project_id": "", "status": "DONE"}
    usual = {
        "id": "b",
        "open": False,
        "complete": False,
        "created_at": "",
        "updated_at": "",
        "device_type": DeviceTypeName.FRESNEL.value,
        "project_id": "",
        "user_id": "",
        "status": "DONE",
        "jobs": [{**job, "created_at": "", "updated_at": ""}],
        "configuration": None,
        "_client": MagicMock(),
    }
    return Batch(**usual | fields)


def test_what_was_given_is_read(cloud: Any) -> None:
    """Without a request; a time that is empty is none."""
    batch = batch_of(tags=["a"], webhook="https://me.test", jobs_count=1, backend_configuration="{}")
    assert (batch.id, batch.status, batch.device_type, batch.open) == ("b", "DONE", "FRESNEL", False)
    assert (batch.created_at, batch.updated_at, batch.start_datetime) == (None, None, None)
    assert (batch.tags, batch.webhook, batch.jobs_count) == (["a"], "https://me.test", 1)
    assert (batch.backend_configuration, batch.device_status, batch.parent_id) == ("{}", None, None)
    assert batch.is_settled
    (job,) = batch.ordered_jobs
    assert (job.id, job.status, job.runs, job.variables, job.created_at) == ("j", "DONE", 1000, {}, None)
    assert cloud.sent == []


def test_what_was_not_given_is_none() -> None:
    """There is nobody to be asked for it."""
    batch, job = Batch(id="b", status="DONE"), Job(id="j", status="DONE")
    assert (batch.ordered_jobs, batch.sequence_builder, batch.configuration) == ([], None, None)
    assert (job.result, job.full_result, job.sequence, job.errors) == (None, None, None, [])
    assert Workload(id="w", status="DONE").result is None


@pytest.mark.parametrize("configuration", [{"dt": 5}, EmuTNConfig(dt=5)], ids=["dict", "EmuTNConfig"])
def test_a_configuration_of_either_kind(configuration: Any) -> None:
    """A dictionary, or one of the old classes."""
    shown = batch_of(configuration=configuration).configuration
    assert shown is not None
    assert shown["dt"] == 5


def test_a_status_can_be_set() -> None:
    """Of batch, job and workload; what is read equals the text, and is settled or not."""
    for handle in (batch_of(), job_of(), Workload(id="w", status="DONE")):
        assert handle.is_settled
        handle.status = "RUNNING"
        assert handle.status == "RUNNING"
        assert handle.status in {"PENDING", "RUNNING"}
        assert handle.status.name == "RUNNING"
        assert not handle.is_settled


def test_a_result_can_be_set() -> None:
    """`result` and `full_result` follow."""
    job = job_of(status="PENDING")
    assert job.result is None
    job.status, job._full_result = "DONE", RESULT
    assert job.result == {"01": 3}
    assert job.full_result == RESULT


def test_a_result_that_is_none_is_not_repaired() -> None:
    """Tests of what happens then set one on purpose."""
    job = job_of()
    job._full_result = {"counter": "not-a-dict", "raw": []}
    assert job.result == "not-a-dict"


def test_jobs_can_be_set() -> None:
    """And be given as handles."""
    batch, job = batch_of(), job_of()
    batch._ordered_jobs = [job]
    assert batch.ordered_jobs == [job]
    assert batch_of(jobs=[job]).ordered_jobs == [job]
    with pytest.warns(DeprecationWarning):
        assert batch.jobs == {job.id: job}


def test_the_contrary_of_open_is_deprecated() -> None:
    """It can be read."""
    with pytest.warns(DeprecationWarning, match=r"Batch\.open"):
        assert batch_of(open=True).complete is False


@pytest.mark.parametrize(
    ("kind", "ask"),
    [
        (BatchFetchingError, lambda: batch_of().refresh()),
        (BatchCancellingError, lambda: batch_of(_client=None).cancel()),
        (BatchFetchingError, lambda: batch_of(status="RUNNING").wait()),
        (BatchFetchingError, lambda: batch_of(id=str(uuid.uuid4()), status="RUNNING").wait()),
        (BatchClosingError, lambda: batch_of().close()),
        (BatchSetTagsError, lambda: batch_of().set_tags(["a"])),
        (JobCreationError, lambda: batch_of(open=True).add_jobs([{"runs": 1}])),
        (JobFetchingError, lambda: batch_of(jobs=[job_of(status="RUNNING")]).results()),
        (JobCancellingError, lambda: job_of(id="j").cancel()),
        (JobFetchingError, lambda: job_of(id="j", status="RUNNING").wait()),
        (WorkloadCancellingError, lambda: Workload(id="w", status="PENDING").cancel()),
        (WorkloadFetchingError, lambda: Workload(id="w", status="PENDING").wait()),
        (JobFetchingError, lambda: job_of().refresh()),
        (JobFetchingError, batch_of().ordered_jobs[0].refresh),
        (WorkloadFetchingError, lambda: Workload(id="w", status="PENDING").refresh()),
    ],
)
def test_an_operation_says_that_there_is_no_connection(cloud: Any, kind: Any, ask: Any) -> None:
    """In one sentence, with nothing sent; ids need to be UUIDs only where they are sent, and nothing goes on."""
    with pytest.raises(kind) as caught:
        ask()
    assert "has no connection" in str(caught.value)
    assert not hasattr(caught.value, "__notes__")
    assert cloud.sent == []


def test_a_handle_of_an_sdk_works_on_it(sdk: Any, cloud: Any) -> None:
    """As if the SDK had made it."""
    cloud.on("GET", f"/v2/batches/{cloud.batch_id}").mock(return_value=cloud.batch(status="DONE"))
    cloud.on("GET", "/v2/jobs").mock(return_value=cloud.page({"id": cloud.batch_id, "status": "DONE"}))
    batch = Batch(id=cloud.batch_id, status="PENDING", _client=sdk)
    batch.refresh()
    assert batch.status == "DONE"
    assert [job.status for job in batch.ordered_jobs] == ["DONE"]


def test_a_status_that_was_set_holds_until_the_next_refresh(sdk: Any, cloud: Any) -> None:
    """On handles of an SDK too."""
    cloud.on("GET", f"/v2/batches/{cloud.batch_id}").mock(side_effect=[cloud.batch(), cloud.batch()])
    batch = sdk.get_batch(cloud.batch_id)
    batch.status = "RUNNING"
    assert batch.status == "RUNNING"
    batch.refresh()
    assert batch.status == "PENDING"


@pytest.mark.parametrize("kind", [Batch, Job, Workload])
@pytest.mark.parametrize("fields", [{}, {"id": "i"}, {"status": "DONE"}], ids=str)
def test_what_every_handle_has_must_be_given(kind: Any, fields: Any) -> None:
    """An id and a status."""
    with pytest.raises(ValidationError, match="give them as keywords"):
        kind(**fields)


@pytest.mark.parametrize("kind", [Batch, Job, Workload])
@pytest.mark.parametrize("given", [("b", "DONE"), ("b",), (None, None), ("b", "DONE", "p")], ids=str)
def test_keywords_alone_are_taken(kind: Any, given: Any) -> None:
    """A value without a name is the services', which only an SDK has."""
    with pytest.raises(ValidationError, match="takes only keyword arguments"):
        kind(*given)


@pytest.mark.parametrize("kind", [Batch, Job, Workload])
def test_a_time_reads_back(kind: Any) -> None:
    """It may be given as what is read."""
    time = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert kind(id="i", status="DONE", created_at=time).created_at == time


def test_jobs_may_have_the_shape_of_the_old_attribute() -> None:
    """A dictionary by their ids, of handles or of fields."""
    batch = batch_of(jobs={"j": {"id": "j", "status": "DONE"}, "k": job_of(id="k")})
    assert [job.id for job in batch.ordered_jobs] == ["j", "k"]


@pytest.mark.parametrize("jobs", ["abc", [1], {"j": "DONE"}], ids=str)
def test_what_is_no_job_is_refused(jobs: Any) -> None:
    """In one sentence."""
    with pytest.raises(ValidationError, match="jobs must be Jobs"):
        batch_of(jobs=jobs)


def test_a_job_may_be_given_its_result() -> None:
    """The counts, or the whole document."""
    assert job_of(result={"01": 3}).result == {"01": 3}
    assert job_of(result={"01": 3}).full_result == {"counter": {"01": 3}}
    assert job_of(full_result=RESULT).result == {"01": 3}
    assert job_of(full_result=RESULT).full_result == RESULT
    assert batch_of(jobs=[job_of(id="j", result={"1": 2})]).results() == {"j": {"1": 2}}


def test_handles_built_by_hand_can_be_in_sets_and_shown() -> None:
    """Like all handles."""
    batch, job = batch_of(), job_of(id="j")
    assert len({batch, job, batch}) == 2
    assert repr(job) == "Job(id='j', status='DONE')"


def test_a_workload() -> None:
    """With its result, and its times."""
    workload = Workload(
        id="w",
        project_id="p",
        status="DONE",
        backend="EMU_FREE",
        workload_type="t",
        config={"a": 1},
        created_at="2026-01-01T00:00:00Z",
        updated_at="",
        end_timestamp="",
        result={"b": 2},
        _client=None,
    )
    assert (workload.backend, workload.workload_type, workload.config) == ("EMU_FREE", "t", {"a": 1})
    assert (workload.result, workload.updated_at, workload.start_timestamp) == ({"b": 2}, None, None)
    assert workload.end_timestamp is None
    assert workload.created_at is not None


def test_a_project_and_a_page() -> None:
    """Of keywords; what a project has besides is left out."""
    project = Project(id="p", name="Mine", project_status="ACTIVE", created_at="")
    assert (project.id, project.name, project.description) == ("p", "Mine", None)
    page = PaginatedResponse(total=1, offset=0, results=[project])
    assert (list(page), page.total, page.offset) == ([project], 1, 0)
