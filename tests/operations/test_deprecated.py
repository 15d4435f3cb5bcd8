"""Old names: they work, and warn once, at the user's line."""

import gc
import inspect
import json
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from pasqal_cloud import EmulatorType, ValidationError

pytestmark = pytest.mark.blocking_first


@pytest.fixture
def warned(colour: Any) -> Callable[[Callable[[], Any]], tuple[Any, str]]:
    """A function that uses an old name, and gets the result and the one warning."""

    def use(old: Callable[[], Any]) -> tuple[Any, str]:
        line = inspect.getsourcelines(old)[1]
        before = list(warnings.filters)
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            inside = list(warnings.filters)
            result = colour.call(old())
            assert warnings.filters == inside
        assert warnings.filters == before
        (warning,) = told
        assert warning.category is DeprecationWarning
        if colour.is_blocking:  # what is awaited is called by the event loop
            assert (warning.filename, warning.lineno) == (__file__, line)
        return result, str(warning.message)

    return use


def test_old_operations_close_the_batch(colour: Any, cloud: Any, sdk: Any, batch: Any, warned: Any) -> None:
    """`complete_batch` and `declare_complete`."""
    closing = cloud.on("PATCH", "/v2/batches/{}/complete").mock(return_value=cloud.batch(open=False))
    closed, message = warned(lambda: sdk.complete_batch(cloud.batch_id))
    assert not closed.open
    assert "complete_batch is deprecated: use close_batch" in message
    _, message = warned(lambda: batch.declare_complete(wait=False))
    assert not batch.open
    assert "use Batch.close" in message
    assert closing.call_count == 2


@pytest.mark.parametrize(
    ("old", "message", "sent"),
    [
        ({"complete": True}, "use open, its opposite", {"open": False}),
        ({"complete": False}, "use open, its opposite", {"open": True}),
        ({"emulator": "EMU_FREE"}, "use device_type", {"device_type": "EMU_FREE"}),
        ({"emulator": EmulatorType.EMU_TN}, "use device_type", {"device_type": "EMU_TN"}),
        ({"configuration": {"dt": 2}}, "use backend_configuration", {"configuration": {"dt": 2}}),
    ],
    ids=str,
)
def test_old_arguments_mean_the_new(
    colour: Any, cloud: Any, sdk: Any, warned: Any, old: Any, message: str, sent: Any
) -> None:
    """Of `create_batch`."""
    creating = cloud.on("POST", "/v1/batches").mock(return_value=cloud.batch(open=sent.get("open", False)))
    _, told = warned(lambda: sdk.create_batch("{}", [{"runs": 1}], **old))
    assert message in told
    assert sent.items() <= json.loads(creating.calls.last.request.content).items()


@pytest.mark.parametrize("wait", [True, False])
@pytest.mark.parametrize("fetch", [True, False])
def test_fetch_results_waits(colour: Any, cloud: Any, sdk: Any, warned: Any, fetch: bool, wait: bool) -> None:
    """Where a batch is created; where it is fetched, results are fetched when they are read."""
    cloud.on("POST", "/v1/batches").mock(return_value=cloud.batch())
    cloud.on("GET", "/v2/batches/{}").mock(return_value=cloud.batch(status="DONE"))
    looked = cloud.on("GET", "/v1/batches/{}/status").mock(return_value=cloud.ok({"status": "DONE"}))
    created, message = warned(lambda: sdk.create_batch("{}", [{"runs": 1}], wait=wait, fetch_results=fetch))
    assert (created.status, looked.call_count) == (("DONE", 1) if fetch or wait else ("PENDING", 0))
    assert "use wait" in message
    fetched, message = warned(lambda: sdk.get_batch(cloud.batch_id, fetch_results=fetch))
    assert fetched.status == "DONE"
    assert "job.result" in message


@pytest.mark.parametrize("close", ["close", "declare_complete"])
@pytest.mark.parametrize(
    ("arguments", "waits"),
    [
        ({"fetch_results": True}, True),
        ({"fetch_results": False}, False),
        ({"wait": True, "fetch_results": True}, True),
        ({"wait": True, "fetch_results": False}, True),
        ({"wait": False, "fetch_results": True}, True),
    ],
    ids=str,
)
def test_fetch_results_waits_where_a_batch_is_closed(
    colour: Any, cloud: Any, batch: Any, close: str, arguments: Any, waits: bool
) -> None:
    """By either name; and it warns."""
    cloud.on("PATCH", "/v2/batches/{}/complete").mock(return_value=cloud.batch(open=False))
    cloud.on("GET", "/v2/batches/{}").mock(return_value=cloud.batch(status="DONE"))
    looked = cloud.on("GET", "/v1/batches/{}/status").mock(return_value=cloud.ok({"status": "DONE"}))
    with pytest.warns(DeprecationWarning) as told:
        colour.call(getattr(batch, close)(**arguments))
    assert any("fetch_results is deprecated: use wait" in str(warning.message) for warning in told)
    assert (batch.status, looked.call_count) == (("DONE", 1) if waits else ("PENDING", 0))


def test_a_workload_is_waited_for_by_the_old_name(colour: Any, cloud: Any, sdk: Any, warned: Any) -> None:
    """`wait_for_workload` returns what the service says of it."""
    fields = {"id": cloud.batch_id, "config": {}}
    cloud.on("GET", "/v2/workloads/{}").mock(
        side_effect=[cloud.ok(fields | {"status": "PENDING"}), cloud.ok(fields | {"status": "DONE"})]
    )
    said, message = warned(lambda: sdk.wait_for_workload(cloud.batch_id, {}))
    assert (said["id"], said["status"]) == (cloud.batch_id, "DONE")
    assert "Workload.wait" in message


def test_the_handles_that_are_held_can_be_looked_up(colour: Any, cloud: Any, sdk: Any, warned: Any) -> None:
    """`sdk.batches` and `sdk.workloads`, by their ids; others are not kept."""
    cloud.on("GET", "/v2/batches/{}").mock(return_value=cloud.batch())
    cloud.on("GET", "/v2/workloads/{}").mock(return_value=cloud.ok({"id": cloud.batch_id, "status": "DONE"}))
    batch = colour.call(sdk.get_batch(cloud.batch_id))
    workload = colour.call(sdk.get_workload(cloud.batch_id))

    with pytest.warns(DeprecationWarning, match="create_batch and get_batch"):
        assert sdk.batches == {batch.id: batch}
    with pytest.warns(DeprecationWarning, match="create_workload and get_workload"):
        assert sdk.workloads == {workload.id: workload}
    del batch
    gc.collect()
    with pytest.warns(DeprecationWarning):
        assert sdk.batches == {}


def test_jobs_are_a_dictionary(colour: Any, cloud: Any, of_jobs: Any, warned: Any) -> None:
    """`batch.jobs`, of the same handles as `ordered_jobs`."""
    batch = of_jobs(cloud.job(0), cloud.job(1))
    jobs, message = warned(lambda: batch.jobs)
    assert jobs == {job.id: job for job in colour.call(batch.ordered_jobs)}
    assert "Batch.ordered_jobs" in message


@pytest.mark.parametrize(
    "arguments",
    [
        {"complete": False, "open": True},
        {"complete": False, "open": False},
        {"emulator": "EMU_FREE", "device_type": "EMU_FREE"},
    ],
    ids=str,
)
def test_old_and_new_together_are_refused(colour: Any, cloud: Any, sdk: Any, arguments: Any) -> None:
    """Nobody can tell which one is meant."""
    error = colour.attempt(ValidationError, lambda: sdk.create_batch("{}", [{"runs": 1}], **arguments))
    assert "not both" in str(error)
    assert cloud.sent == []


def test_new_names_warn_of_nothing(colour: Any, cloud: Any, sdk: Any) -> None:
    """Warnings are errors in these tests."""
    cloud.on("POST", "/v1/batches").mock(return_value=cloud.batch(open=True, jobs=[cloud.job()]))
    cloud.on("PATCH", "/v2/batches/{}/complete").mock(return_value=cloud.batch())
    batch = colour.call(sdk.create_batch("{}", [{"runs": 1}], open=True, device_type="EMU_FREE", wait=False))
    colour.call(batch.ordered_jobs)
    colour.call(batch.close())
