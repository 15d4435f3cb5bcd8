"""Arguments of the wrong type: refused with this package's error, before anything is sent."""

from collections.abc import Callable
from typing import Any

import pytest

from pasqal_cloud import (
    BatchFilters,
    CancelJobFilters,
    DeviceFilters,
    JobFetchingError,
    JobFilters,
    PermissionDeniedError,
    RebatchFilters,
    ValidationError,
    WorkloadFilters,
    as_completed,
)

pytestmark = pytest.mark.blocking_first

OTHERS = {
    "get_batches": JobFilters(status="DONE"),
    "get_jobs": BatchFilters(status="DONE"),
    "get_workloads": BatchFilters(status="DONE"),
    "devices": BatchFilters(status="DONE"),
    "rebatch": BatchFilters(status="DONE"),
    "cancel_jobs": RebatchFilters(status="DONE"),
    "iter_batches": JobFilters(status="DONE"),
    "iter_jobs": BatchFilters(status="DONE"),
}
"""For each operation with filters, filters of another class."""


@pytest.mark.parametrize("operation", OTHERS)
@pytest.mark.parametrize("wrong", ["another", {"status": "DONE"}, {}, "DONE", ["DONE"], 5, True, 0, ()], ids=repr)
def test_filters_of_another_kind_are_refused(
    colour: Any, cloud: Any, sdk: Any, walk: Callable[[Any], list[Any]], operation: str, wrong: Any
) -> None:
    """Were they ignored, everything would match."""
    filters = OTHERS[operation] if wrong == "another" else wrong
    first = [cloud.batch_id] if operation in ("rebatch", "cancel_jobs") else []
    cloud.router.route().mock(return_value=cloud.page())
    with pytest.raises(ValidationError):
        if operation.startswith("iter_"):
            walk(getattr(sdk, operation)(filters))
        else:
            colour.call(getattr(sdk, operation)(*first, filters))
    assert cloud.sent == []


FILTERS = [BatchFilters, JobFilters, CancelJobFilters, RebatchFilters, WorkloadFilters, DeviceFilters]


@pytest.mark.parametrize("kind", FILTERS)
def test_a_filter_that_is_none_is_a_type_error(kind: type[Any]) -> None:
    """A misspelt name is not ignored, nor is a filter that is given without its name."""
    for name in ("statuss", "ids", "Status"):
        with pytest.raises(TypeError, match=name):
            kind(**{name: "DONE"})
    with pytest.raises(TypeError):
        kind("DONE")


@pytest.mark.parametrize("poll", [0, -1, "1", True, float("nan")], ids=repr)
def test_pauses_that_are_none_are_refused(colour: Any, cloud: Any, of_jobs: Any, poll: Any) -> None:
    """Zero would ask all the time."""
    batch = of_jobs(cloud.job())
    (job,) = colour.call(batch.ordered_jobs)
    for handle in (batch, job):
        error = colour.attempt(ValidationError, lambda handle=handle: handle.wait(poll=poll))
        assert "poll must be a number of seconds" in str(error)
    assert len(cloud.sent) == 1


@pytest.mark.parametrize("timeout", ["5", -1, True, float("nan"), [5]], ids=repr)
def test_timeouts_that_are_none_are_refused(colour: Any, cloud: Any, of_jobs: Any, timeout: Any) -> None:
    """Of a batch, of a job, and of jobs as they end."""
    batch = of_jobs(cloud.job())
    (job,) = colour.call(batch.ordered_jobs)
    for handle in (batch, job):
        error = colour.attempt(ValidationError, lambda handle=handle: handle.wait(timeout=timeout))
        assert "timeout must be a number of seconds" in str(error)
    with pytest.raises(ValidationError):
        as_completed([job], timeout=timeout)
    assert len(cloud.sent) == 1


@pytest.mark.parametrize("job", ["x", None, {"runs": 1}, 5])
def test_only_jobs_are_repeated(colour: Any, cloud: Any, batch: Any, job: Any) -> None:
    """Neither ids nor dictionaries."""
    error = colour.attempt(ValidationError, lambda: batch.retry(job))
    assert "job must be Job" in str(error)
    assert len(cloud.sent) == 1


@pytest.mark.parametrize("jobs", [["x"], [None], "x", 5, None], ids=repr)
def test_only_jobs_come_as_they_end(jobs: Any) -> None:
    """What is no list of jobs is refused at once, not when it is gone through."""
    with pytest.raises(ValidationError):
        as_completed(jobs)


@pytest.mark.parametrize("tags", ["a", [1], [None], [""], "", 5, [["a"]]], ids=repr)
def test_tags_are_texts(colour: Any, cloud: Any, sdk: Any, batch: Any, tags: Any) -> None:
    """A single text is a list of letters, and not meant."""
    for operation in (
        lambda: sdk.create_batch("{}", [{"runs": 1}], tags=tags),
        lambda: sdk.set_batch_tags(cloud.batch_id, tags),
        lambda: batch.set_tags(tags),
    ):
        assert "tags must be a list of strings, none of them empty" in str(colour.attempt(ValidationError, operation))
    assert len(cloud.sent) == 1


@pytest.mark.parametrize("configuration", [object(), {"with_noise": True}, 5], ids=["object", "dictionary", "number"])
def test_a_configuration_is_one_of_pulsers(colour: Any, cloud: Any, sdk: Any, configuration: Any) -> None:
    """Or its abstract representation."""
    error = colour.attempt(
        ValidationError, lambda: sdk.create_batch("{}", [{"runs": 1}], backend_configuration=configuration)
    )
    assert "backend_configuration must be a configuration of an emulator" in str(error)
    assert cloud.sent == []


@pytest.mark.parametrize("errors", ["ignore", "", None, True])
def test_what_to_do_with_errors_is_one_of_three(colour: Any, cloud: Any, batch: Any, errors: Any) -> None:
    """The sentence names them."""
    error = colour.attempt(ValidationError, lambda: batch.results(errors=errors))
    assert "'raise', 'skip' or 'return'" in str(error)
    assert len(cloud.sent) == 1


@pytest.mark.parametrize("jobs", [[], "x", {"runs": 1}, None, [{}], [{"runs": 1, "shots": 2}]], ids=repr)
def test_jobs_that_are_none_are_not_added(colour: Any, cloud: Any, sdk: Any, batch: Any, jobs: Any) -> None:
    """By the handle and by the SDK."""
    for add in (lambda: batch.add_jobs(jobs), lambda: sdk.add_jobs(cloud.batch_id, jobs)):
        colour.attempt(ValidationError, add)
    assert len(cloud.sent) == 1


ACTS = {
    "get_batch": "Fetching the batch failed",
    "get_batches": "Listing batches failed",
    "iter_batches": "Listing batches failed",
    "cancel_batch": "Batch cancellation failed",
    "cancel_batches": "Batch cancellation failed",
    "get_job": "Fetching the job failed",
    "get_jobs": "Listing jobs failed",
    "iter_jobs": "Listing jobs failed",
    "cancel_job": "Job cancellation failed",
    "get_workload": "Fetching the workload failed",
    "get_workloads": "Listing workloads failed",
}
"""For each operation, how the message of its error begins."""


@pytest.mark.parametrize("operation", ACTS)
def test_an_error_names_what_the_user_did(
    colour: Any, cloud: Any, sdk: Any, walk: Callable[[Any], list[Any]], operation: str
) -> None:
    """Who asked for a list did not ask for one batch."""
    cloud.router.route().mock(return_value=cloud.refused(403, "Not you."))
    arguments = [] if operation.endswith("s") else [cloud.batch_id]
    if operation == "cancel_batches":
        arguments = [[cloud.batch_id]]
    with pytest.raises(PermissionDeniedError) as caught:
        if operation.startswith("iter_"):
            walk(getattr(sdk, operation)(*arguments))
        else:
            colour.call(getattr(sdk, operation)(*arguments))
    assert str(caught.value).startswith(f"{ACTS[operation]}: Not you.")


def test_an_error_of_a_batchs_jobs_names_them(colour: Any, cloud: Any, sdk: Any) -> None:
    """They are a list, too, whose error is still one of fetching a job."""
    cloud.on("GET", "/v2/batches/{}").mock(return_value=cloud.batch(status="DONE"))
    batch = colour.call(sdk.get_batch(cloud.batch_id))
    cloud.router.route().mock(return_value=cloud.refused(403, "Not you."))
    error = colour.attempt(JobFetchingError, lambda: batch.ordered_jobs)
    assert str(error).startswith("Listing jobs failed: Not you.")
