"""Workloads: created, waited for, read, listed and cancelled."""

import json
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from pasqal_cloud import (
    NotFoundError,
    UnexpectedAnswerError,
    ValidationError,
    WaitTimeoutError,
    WorkloadCancellingError,
    WorkloadCreationError,
    WorkloadFetchingError,
    WorkloadFilters,
)

pytestmark = pytest.mark.blocking_first

LINK = "https://storage.test/result?signature=s1gnature"


@pytest.fixture
def answer(cloud: Any) -> Callable[..., httpx.Response]:
    """A function that makes an answer with the workload."""
    return lambda **fields: cloud.ok({"id": cloud.ident(), "status": "PENDING", **fields})


@pytest.fixture
def getting(cloud: Any) -> Any:
    """The route by which the workload is fetched."""
    return cloud.on("GET", f"/v2/workloads/{cloud.ident()}")


def test_a_workload_is_created(
    colour: Any, cloud: Any, sdk: Any, answer: Callable[..., httpx.Response], caplog: pytest.LogCaptureFixture
) -> None:
    """With its configuration as it is; the id is in the log at once."""
    caplog.set_level(logging.INFO, "pasqal_cloud")
    config = {"depth": 3, "weights": [0.5, None], "nested": {"on": True}}
    given = {"workload_type": "optimization", "backend": "emulator", "config": config}
    creating = cloud.on("POST", "/v1/workloads").mock(
        return_value=answer(project_id=cloud.project_id, created_at="2026-01-02T03:04:05", **given)
    )
    workload = colour.call(sdk.create_workload("optimization", "emulator", config))
    assert json.loads(creating.calls.last.request.content) == {"project_id": cloud.project_id, **given}
    assert (workload.id, workload.status, workload.is_settled) == (cloud.ident(), "PENDING", False)
    assert (workload.workload_type, workload.backend, workload.config) == ("optimization", "emulator", config)
    assert (workload.project_id, workload.errors) == (cloud.project_id, [])
    assert workload.created_at.tzinfo is not None
    assert cloud.ident() in caplog.text
    assert cloud.ident() in repr(workload)


@pytest.mark.parametrize("created", [True, False], ids=["create", "get"])
def test_a_workload_is_waited_for(
    colour: Any, cloud: Any, sdk: Any, getting: Any, answer: Callable[..., httpx.Response], created: bool
) -> None:
    """By `wait=True`; one that has ended is asked for nothing more."""
    getting.mock(side_effect=[answer(status=status) for status in (["DONE"] if created else ["RUNNING", "DONE"])])
    cloud.on("POST", "/v1/workloads").mock(return_value=answer())
    workload = colour.call(
        sdk.create_workload("a", "b", {}, wait=True) if created else sdk.get_workload(cloud.ident(), wait=True)
    )
    assert workload.status == "DONE"
    before = len(cloud.sent)
    colour.call(workload.wait())
    assert len(cloud.sent) == before


def test_a_wait_tells_and_ends(
    colour: Any, sdk: Any, cloud: Any, getting: Any, answer: Callable[..., httpx.Response]
) -> None:
    """Each change is told; when the time is up, the error has the handle, which can be waited for again."""
    getting.mock(return_value=answer())
    workload = colour.call(sdk.get_workload(cloud.ident()))
    error = colour.attempt(WaitTimeoutError, lambda: workload.wait(timeout=0))
    assert error.handle is workload
    told: list[str] = []
    getting.mock(side_effect=[answer(status=status) for status in ("PENDING", "RUNNING", "UNHEARD_OF", "ERROR")])
    colour.call(workload.wait(poll=0.001, on_update=lambda handle: told.append(handle.status)))
    assert told == ["RUNNING", "UNHEARD_OF", "ERROR"]


def test_a_result_is_fetched_once_by_a_link_of_its_own(
    colour: Any, cloud: Any, sdk: Any, getting: Any, answer: Callable[..., httpx.Response]
) -> None:
    """Without the token, from a link that is asked for when it is needed, and again when it has expired."""
    getting.mock(return_value=answer(status="DONE", result_link=LINK))
    document = cloud.router.get(url__startswith="https://storage.test/result").mock(
        side_effect=[httpx.Response(403), httpx.Response(200, json={"best": [1, 0]})]
    )
    workload = colour.call(sdk.get_workload(cloud.ident()))
    assert not document.called
    assert colour.call(workload.result) == {"best": [1, 0]}
    assert colour.call(workload.result) == {"best": [1, 0]}
    assert document.call_count == 2
    assert getting.call_count == 3
    assert "Authorization" not in document.calls.last.request.headers


@pytest.mark.parametrize("fields", [{"status": "RUNNING"}, {"status": "ERROR", "errors": ["Too hot."]}], ids=str)
def test_without_a_result_there_is_none(
    colour: Any, cloud: Any, sdk: Any, getting: Any, answer: Callable[..., httpx.Response], fields: Any
) -> None:
    """While it goes on, and when it failed: then it says why."""
    getting.mock(return_value=answer(**fields))
    workload = colour.call(sdk.get_workload(cloud.ident()))
    assert colour.call(workload.result) is None
    assert workload.errors == fields.get("errors", [])


@pytest.mark.parametrize("result", [{"best": [1, 0]}, {}], ids=str)
def test_a_result_in_the_answer_itself_is_kept(
    colour: Any, cloud: Any, sdk: Any, getting: Any, answer: Callable[..., httpx.Response], result: Any
) -> None:
    """As in those of creating and cancelling, which bring no link; it is asked for nothing more."""
    cloud.on("POST", "/v1/workloads").mock(return_value=answer(status="DONE", result=result))
    workload = colour.call(sdk.create_workload("a", "b", {}))
    before = len(cloud.sent)
    assert colour.call(workload.result) == result
    assert len(cloud.sent) == before
    getting.mock(return_value=answer(status="DONE", result=result, result_link=None))
    assert colour.call(colour.call(sdk.get_workload(cloud.ident())).result) == result


def test_a_result_that_comes_with_a_later_answer_is_kept(
    colour: Any, cloud: Any, sdk: Any, getting: Any, answer: Callable[..., httpx.Response]
) -> None:
    """Reading asks for a link, and the answer brings the result instead; where it brings both, the link counts."""
    getting.mock(side_effect=[answer(status="DONE"), answer(status="DONE", result={"best": 1})])
    assert colour.call(colour.call(sdk.get_workload(cloud.ident())).result) == {"best": 1}
    getting.mock(side_effect=None, return_value=answer(status="DONE", result={}, result_link=LINK))
    cloud.router.get(url__startswith="https://storage.test/result").respond(json={"best": 2})
    assert colour.call(colour.call(sdk.get_workload(cloud.ident())).result) == {"best": 2}


@pytest.mark.parametrize("result", ["none", [1], 7, False], ids=repr)
def test_a_result_that_is_no_object_is_told(
    colour: Any, cloud: Any, sdk: Any, getting: Any, answer: Callable[..., httpx.Response], result: Any
) -> None:
    """By the name of its field."""
    getting.mock(return_value=answer(status="DONE", result=result))
    workload = colour.call(sdk.get_workload(cloud.ident()))
    assert "field result" in str(colour.attempt(UnexpectedAnswerError, lambda: workload.result))


@pytest.mark.parametrize("status", [404, 500])
def test_a_failure_is_no_result(
    colour: Any, cloud: Any, sdk: Any, getting: Any, answer: Callable[..., httpx.Response], status: int
) -> None:
    """An error's JSON is never taken for the result, and the signature is in no message."""
    getting.mock(return_value=answer(status="DONE", result_link=LINK))
    cloud.router.get(url__startswith="https://storage.test/result").respond(status, json={"status": "error"})
    workload = colour.call(sdk.get_workload(cloud.ident()))
    error = colour.attempt(WorkloadFetchingError, lambda: workload.result)
    assert error.status == status
    assert "s1gnature" not in str(error)


def test_a_refresh_shows_the_present_state(
    colour: Any, cloud: Any, sdk: Any, getting: Any, answer: Callable[..., httpx.Response]
) -> None:
    """Only then."""
    getting.mock(side_effect=[answer(), answer(status="RUNNING")])
    workload = colour.call(sdk.get_workload(cloud.ident()))
    assert workload.status == "PENDING"
    colour.call(workload.refresh())
    assert workload.status == "RUNNING"


def test_a_workload_is_cancelled(
    colour: Any, cloud: Any, sdk: Any, getting: Any, answer: Callable[..., httpx.Response]
) -> None:
    """By the handle and by the SDK; a refusal is told."""
    getting.mock(return_value=answer())
    cancelling = cloud.on("PUT", f"/v1/workloads/{cloud.ident()}/cancel").mock(return_value=answer(status="CANCELED"))
    workload = colour.call(sdk.get_workload(cloud.ident()))
    colour.call(workload.cancel())
    assert workload.status == "CANCELED"
    assert colour.call(sdk.cancel_workload(cloud.ident())).status == "CANCELED"
    assert cancelling.call_count == 2
    cancelling.mock(return_value=cloud.refused(404))
    for cancel in (workload.cancel, lambda: sdk.cancel_workload(cloud.ident())):
        assert isinstance(colour.attempt(WorkloadCancellingError, cancel), NotFoundError)


def test_workloads_are_listed(colour: Any, cloud: Any, sdk: Any) -> None:
    """By filters, page by page."""
    route = cloud.on("GET", "/v2/workloads").mock(
        return_value=cloud.page({"id": cloud.ident(), "status": "DONE"}, {"id": cloud.ident(1)}, total=7)
    )
    page = colour.call(sdk.get_workloads(WorkloadFilters(status=["DONE", "ERROR"]), limit=2))
    assert ([workload.id for workload in page], page.total) == ([cloud.ident(), cloud.ident(1)], 7)
    assert [workload.status for workload in page] == ["DONE", "PENDING"]
    query = parse_qs(route.calls.last.request.url.query.decode())
    assert (query["status"], query["limit"]) == (["DONE", "ERROR"], ["2"])


def test_an_unknown_workload_is_a_clear_error(colour: Any, cloud: Any, sdk: Any, getting: Any) -> None:
    """Both classes catch it; an id that is none is not sent."""
    getting.mock(return_value=cloud.refused(404))
    error = colour.attempt(WorkloadFetchingError, lambda: sdk.get_workload(cloud.ident()))
    assert isinstance(error, NotFoundError)
    before = len(cloud.sent)
    colour.attempt(ValidationError, lambda: sdk.get_workload("latest"))
    assert len(cloud.sent) == before


@pytest.mark.parametrize(
    "config",
    [None, "depth=3", 5, [1, 2], {"depth": float("nan")}, {"depth": object()}],
    ids=["None", "text", "number", "list", "NaN", "object"],
)
def test_a_configuration_that_is_none_is_not_sent(colour: Any, cloud: Any, sdk: Any, config: Any) -> None:
    """What can't be written as JSON, or is no dictionary."""
    cloud.on("POST", "/v1/workloads").mock(return_value=cloud.refused(422))
    error = colour.attempt(WorkloadCreationError, lambda: sdk.create_workload("a", "b", config))
    assert isinstance(error, ValidationError)
    assert cloud.sent == []


def test_making_a_workload_asks_for_nothing_more(
    colour: Any, cloud: Any, sdk: Any, answer: Callable[..., httpx.Response], getting: Any
) -> None:
    """Its result is fetched when it is read, however it came."""
    getting.mock(return_value=answer(status="DONE", result_link="https://storage.test/result"))
    workload = colour.call(sdk.get_workload(cloud.ident()))
    assert repr(workload)
    assert workload.status == "DONE"
    assert len(cloud.sent) == 1
