"""The page of all operations: complete, and true."""

import importlib.util
from contextlib import suppress
from pathlib import Path

import pytest

from pasqal_cloud import CancelJobFilters, ConflictError, JobStatus, RebatchFilters

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def script():
    """scripts/operations.py."""
    found = importlib.util.spec_from_file_location("operations", ROOT / "scripts" / "operations.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_the_page_is_that_of_the_spec(script):
    """Each operation stands on the page, with the method of the SDK or what stands for it."""
    assert (ROOT / "docs" / "operations.md").read_text("utf-8") == script.page()


def test_every_operation_has_a_method_or_a_reason(script, operations):
    """No operation is left out, and none is told twice."""
    assert {operation.id for operation in operations} == script.SDK_METHODS.keys() | script.OTHERWISE.keys()
    assert not script.SDK_METHODS.keys() & script.OTHERWISE.keys()


def test_methods_perform_their_operations(script, pasqal_service, colour):
    """The method that the page names makes the request that the page names, in both kinds of SDK."""
    sdk = pasqal_service.sdk() if colour.is_blocking else pasqal_service.async_sdk()
    call = colour.call
    performed = {}

    def perform(operation, *arguments, **options):
        before = len(pasqal_service.requests())
        try:
            return call(getattr(sdk, script.SDK_METHODS[operation])(*arguments, **options))
        finally:
            performed[operation] = [request.operation for request in pasqal_service.requests()[before:]]

    batch = perform("createBatch", "{}", [{"runs": 1}], open=True)
    (job,) = call(batch.ordered_jobs)
    perform("addJobs", batch.id, [{"runs": 2}])
    perform("getBatch", batch.id)
    perform("getBatchStatus", batch.id)
    perform("getJob", job.id)
    perform("getJobStatus", job.id)
    perform("listJobs")
    perform("listBatches")
    perform("setBatchTags", batch.id, ["a"])
    call(batch.wait())
    perform("cancelJobs", batch.id, CancelJobFilters(status=JobStatus.PENDING))
    perform("closeBatch", batch.id)
    perform("rebatch", batch.id, RebatchFilters())
    with pasqal_service.paused():
        waiting = call(sdk.create_batch("{}", [{"runs": 1}, {"runs": 1}]))
        first, _ = call(waiting.ordered_jobs)
        perform("cancelJob", first.id)
        perform("cancelBatch", waiting.id)
        perform("cancelBatches", [waiting.id])
    workload = perform("createWorkload", "novel", "novel", {})
    perform("getWorkload", workload.id)
    perform("listWorkloads")
    with suppress(ConflictError):  # it has ended: nothing here runs it
        perform("cancelWorkload", workload.id)
    for operation in ("listDevices", "listDeviceSpecs", "listProjects"):
        perform(operation)
    assert performed.keys() == script.SDK_METHODS.keys()
    assert [name for name, requests in performed.items() if name not in requests] == []
