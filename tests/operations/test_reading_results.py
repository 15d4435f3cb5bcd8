"""Results that are read again and again until they are there, as programs do that wait for them by themselves."""

import copy
import inspect
import time
from collections.abc import Callable
from typing import Any

import pytest

from pasqal_cloud import JobFetchingError
from pasqal_cloud.errors import ServerError

pytestmark = pytest.mark.blocking_first

ENDED = "2026-01-01T00:00:00+00:00"


@pytest.fixture
def job(colour: Any, cloud: Any, of_jobs: Callable[..., Any]) -> Any:
    """A held job that was last seen waiting."""
    (job,) = colour.call(of_jobs(cloud.job(0), open=True).ordered_jobs)
    return job


@pytest.fixture
def looks(cloud: Any, job: Any) -> Any:
    """The requests for its status: the second look finds it DONE."""
    answers = [cloud.ok({"status": status}) for status in ("RUNNING", "DONE")]
    return cloud.on("GET", f"/v1/jobs/{job.id}/status").mock(side_effect=answers)


@pytest.fixture
def fetched(cloud: Any, job: Any) -> Any:
    """The requests for the whole job, which has ended."""
    whole = cloud.job(0, status="DONE", end_timestamp=ENDED)
    return cloud.on("GET", f"/v2/jobs/{job.id}").mock(return_value=cloud.ok(whole))


@pytest.fixture
def downloads(cloud: Any, job: Any) -> Any:
    """The requests for its result."""
    link = "https://storage.test/result"
    cloud.on("GET", f"/v1/jobs/{job.id}/results_link").mock(return_value=cloud.ok({"results_link": link}))
    return cloud.router.get(link).respond(json={"counter": {"01": 5}})


@pytest.mark.parametrize("attribute", ["result", "full_result"])
def test_a_loop_until_there_is_a_result_ends(
    colour: Any, job: Any, looks: Any, fetched: Any, downloads: Any, attribute: str
) -> None:
    """The result of a held job appears in a loop that only reads it; it is downloaded once."""
    while (result := colour.call(getattr(job, attribute))) is None:
        pass
    assert result in ({"01": 5}, {"counter": {"01": 5}})
    assert colour.call(job.result) == {"01": 5}
    assert (job.status, job.end_timestamp.isoformat()) == ("DONE", ENDED)
    assert (looks.call_count, fetched.call_count, downloads.call_count) == (2, 1, 1)


def test_however_often_it_is_read_the_status_is_asked_for_twice_a_second(colour: Any, cloud: Any, job: Any) -> None:
    """A loop without a pause is no burden to the service."""
    looks = cloud.on("GET", f"/v1/jobs/{job.id}/status").mock(return_value=cloud.ok({"status": "RUNNING"}))
    began = time.monotonic()
    for _ in range(300):
        assert colour.call(job.result) is None
    assert 1 <= looks.call_count <= 1 + (time.monotonic() - began) / 0.5


@pytest.mark.parametrize("status", ["ERROR", "CANCELED"])
def test_a_job_that_fails_meanwhile_says_why(colour: Any, cloud: Any, job: Any, status: str) -> None:
    """There is no result then, and the reasons are known."""
    cloud.on("GET", f"/v1/jobs/{job.id}/status").mock(return_value=cloud.ok({"status": status}))
    whole = cloud.job(0, status=status, errors=["The laser is off."])
    cloud.on("GET", f"/v2/jobs/{job.id}").mock(return_value=cloud.ok(whole))
    cloud.on("GET", f"/v1/jobs/{job.id}/results_link").mock(return_value=cloud.ok({"results_link": None}))
    assert colour.call(job.result) is None
    assert (job.status, job.errors) == (status, ["The laser is off."])


def test_nothing_else_asks(colour: Any, cloud: Any, job: Any) -> None:
    """Showing, comparing, copying and completing names are free."""
    before = cloud.router.calls.call_count
    assert job.id in repr(job)
    assert job == job  # noqa: PLR0124 - it is what is tested
    assert {job}
    assert copy.copy(job).id == job.id
    assert "result" in dir(job)
    assert inspect.getattr_static(job, "result")
    assert vars(job)
    assert not job.is_settled
    assert cloud.router.calls.call_count == before


def test_a_look_that_fails_is_an_error_of_the_job(colour: Any, cloud: Any, sdk: Any, job: Any) -> None:
    """As of every other request for it."""
    cloud.on("GET", f"/v1/jobs/{job.id}/status").mock(return_value=cloud.refused(500, "Down."))
    error = colour.attempt(JobFetchingError, lambda: job.result)
    assert isinstance(error, ServerError)


def test_a_workloads_result_appears_as_well(colour: Any, cloud: Any, sdk: Any) -> None:
    """The same for workloads."""
    workload = {"id": cloud.ident(), "status": "RUNNING"}
    link = "https://storage.test/workload"
    done = workload | {"status": "DONE", "result_link": link}
    answers = [cloud.ok(workload), cloud.ok(workload), *[cloud.ok(done)] * 3]
    cloud.on("GET", f"/v2/workloads/{cloud.ident()}").mock(side_effect=answers)
    cloud.router.get(link).respond(json={"energy": -1.5})
    held = colour.call(sdk.get_workload(cloud.ident()))
    while (result := colour.call(held.result)) is None:
        pass
    assert result == {"energy": -1.5}
