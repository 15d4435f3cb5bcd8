"""Workloads: created, listed, read and cancelled."""

from __future__ import annotations

import httpx
import pytest

from .client import SETTLED, UNKNOWN


def body(api, **fields):
    """What creates a workload."""
    workload = {"workload_type": "qadence_circuit", "backend": "pyqtorch", "config": {"test1": "test1", "test2": 2}}
    return {"project_id": api.project_id} | workload | fields


def settled(api, workload):
    """Waits until a workload has ended, and gives it."""
    fetch = lambda: api.get("getWorkload", workload_id=workload["id"])  # noqa: E731 - said twice below
    api.until(lambda: fetch()["status"] in SETTLED)
    return fetch()


def test_workload(api):
    """A workload is created without a result, and ends with one behind a link, or with errors."""
    workload = api.get("createWorkload", body=body(api))
    for name, value in body(api).items():
        assert workload[name] == value
    assert workload["status"] in ("PENDING", "RUNNING")
    assert workload["result"] is None
    assert workload["user_id"] == api.get("getAuthInfo")["id"]
    assert workload.keys() >= {"queue_priority", "created_at"}
    ended = settled(api, workload)
    assert "result" not in ended
    if ended["status"] == "DONE":
        assert isinstance(httpx.get(ended["result_link"]).json(), dict)
    else:
        assert ended["result_link"] is None
        assert ended["errors"]


def test_cancelled(api):
    """A workload is cancelled by PUT, unless it has ended meanwhile, which is then refused."""
    workload = api.get("createWorkload", body=body(api))
    response = api.send("cancelWorkload", workload_id=workload["id"])
    is_cancelled = settled(api, workload)["status"] == "CANCELED"
    assert response.status_code == (200 if is_cancelled else 409)
    if is_cancelled:
        assert response.json()["data"]["status"] in ("CANCELED", "CANCELING")


def test_what_has_ended(api):
    """What has ended can't be cancelled, and stays as it is."""
    workload = api.get("createWorkload", body=body(api))
    ended = settled(api, workload)
    assert isinstance(api.refused("cancelWorkload", 409, workload_id=workload["id"]), str)
    assert api.get("getWorkload", workload_id=workload["id"])["status"] == ended["status"]


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"project_id": "mine"}, "project_id"),
        ({"config": None}, "config"),
        ({"config": []}, "config"),
        ({"backend": 1}, "backend"),
        ({"workload_type": None}, "workload_type"),
    ],
)
def test_refusals(api, fields, place):
    """What does not validate is refused with its place."""
    issues = api.refused("createWorkload", 422, body=body(api, **fields))
    assert issues[0]["loc"][:2] == ["body", place]
    incomplete = body(api)
    del incomplete[place]
    assert api.refused("createWorkload", 422, body=incomplete)[0]["loc"][:2] == ["body", place]


def test_project_of_others(api):
    """A project of which the caller is no member can't be charged."""
    assert api.refused("createWorkload", 404, body=body(api, project_id=UNKNOWN))


def test_list(api):
    """Workloads are listed newest first, in pages, and found by each filter."""
    ids = [api.get("createWorkload", body=body(api))["id"] for _ in range(3)]
    for id in ids:
        settled(api, {"id": id})
    found = lambda **query: api.ids("listWorkloads", **({"id": ids} | query))  # noqa: E731 - said often below
    (status,) = {item["status"] for item in api.get("listWorkloads", query={"id": ids})}
    assert found() == ids[::-1]
    assert found(order_by="created_at", order_by_direction="ASC") == ids
    assert found(limit=2) + found(limit=2, offset=2) == ids[::-1]
    assert found(id=ids[0]) == ids[:1]
    assert found(id__starts_with=ids[1]) == ids[1:2]
    assert found(project_id=[api.project_id, UNKNOWN]) == ids[::-1]
    assert found(status=[status, "PENDING"]) == ids[::-1]
    assert found(start_date="2020-01-01T00:00:00", end_date="2120-01-01T00:00:00Z") == ids[::-1]
    for nothing in (
        {"id": UNKNOWN},
        {"id__starts_with": "zzz"},
        {"project_id": UNKNOWN},
        {"status": "RUNNING"},
        {"start_date": "2120-01-01T00:00:00+00:00"},
        {"end_date": "2020-01-01T00:00:00"},
    ):
        assert found(**nothing) == []
