"""The old tree of errors, inside ours."""

from typing import Any

import httpx
import pytest

from pasqal_cloud import (
    SDK,
    BatchException,
    DeviceSpecsException,
    ExceptionWithResponseContext,
    InvalidWorkloadResultsFormatError,
    JobException,
    PasqalCloudError,
    ProjectException,
    WorkloadException,
    WorkloadResultsConnectionError,
    WorkloadResultsDecodeError,
    WorkloadResultsDownloadError,
    errors,
)

FAMILIES = {
    BatchException: "BatchCreation BatchFetching BatchClosing BatchCancelling BatchSetTags Rebatch",
    JobException: "JobCreation JobFetching JobCancelling JobRetry",
    WorkloadException: "WorkloadCreation WorkloadFetching WorkloadCancelling WorkloadResultsDownload",
    DeviceSpecsException: "DeviceSpecsFetching",
    ProjectException: "ProjectFetching ProjectNotFound",
}


@pytest.mark.parametrize(
    ("family", "name"), [(each, name) for each, names in FAMILIES.items() for name in names.split()]
)
def test_each_error_has_its_old_family(family: type[PasqalCloudError], name: str) -> None:
    """`except BatchException` catches all that can fail with a batch."""
    kind = getattr(errors, f"{name}Error")
    assert issubclass(kind, family)
    assert issubclass(kind, ExceptionWithResponseContext)
    assert issubclass(kind, Exception)


@pytest.mark.parametrize(
    ("family", "ask"),
    [
        (BatchException, lambda sdk, of: sdk.get_batch(of.batch_id)),
        (BatchException, lambda sdk, of: sdk.create_batch("{}", [{"runs": 1}])),
        (BatchException, lambda sdk, of: sdk.rebatch(of.batch_id)),
        (JobException, lambda sdk, of: sdk.get_job(of.batch_id)),
        (JobException, lambda sdk, of: sdk.add_jobs(of.batch_id, [{"runs": 1}])),
        (WorkloadException, lambda sdk, of: sdk.get_workload(of.batch_id)),
        (DeviceSpecsException, lambda sdk, of: sdk.get_device_specs_dict()),
        (ProjectException, lambda sdk, of: sdk.get_all_projects()),
        (ProjectException, lambda sdk, of: sdk.switch_to_project(of.batch_id)),
    ],
)
def test_a_refused_request_is_of_the_old_family(sdk: SDK, cloud: Any, family: type[PasqalCloudError], ask: Any) -> None:
    """With the context of the answer."""
    cloud.router.route().respond(403, json={"message": "No."})
    with pytest.raises(family) as caught:
        ask(sdk, cloud)
    assert isinstance(caught.value, ExceptionWithResponseContext)
    assert caught.value.status == 403


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(403), WorkloadResultsDownloadError),
        (httpx.ReadError("cut"), WorkloadResultsConnectionError),
        (httpx.Response(200, text="<html>"), WorkloadResultsDecodeError),
        (httpx.Response(200, json=[1]), InvalidWorkloadResultsFormatError),
    ],
    ids=str,
)
def test_a_workloads_result_that_can_not_be_had(
    sdk: SDK, cloud: Any, answer: Any, kind: type[PasqalCloudError]
) -> None:
    """By its old names, and as an error of workloads."""
    workload = {"id": cloud.batch_id, "status": "DONE", "result_link": "https://storage.test/result"}
    cloud.on("GET", f"/v2/workloads/{cloud.batch_id}").mock(return_value=cloud.ok(workload))
    cloud.router.get("https://storage.test/result").mock(side_effect=[answer] * 3)
    found = sdk.with_options(retry=False).get_workload(cloud.batch_id)
    with pytest.raises(kind) as caught:
        _ = found.result
    assert isinstance(caught.value, WorkloadResultsDownloadError)
    assert isinstance(caught.value, WorkloadException)
