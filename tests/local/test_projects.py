"""Several users and projects: who sees and may do what."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import LocalService


@contextmanager
def another(service: LocalService, **fields: Any) -> Iterator[list[str]]:
    """Makes a user, as whom the service's client speaks meanwhile; gives the ids of their projects."""
    credentials = {"username": f"{uuid4().hex}@localhost", "password": "long and secret"}
    user = service.control("POST", "users", json=credentials | fields)
    before = service.token, service.project_id
    service.token = service.log_in(**credentials).json()["access_token"]
    service.project_id = user["project_ids"][0]
    yield user["project_ids"]
    service.token, service.project_id = before


def test_what_is_anothers_does_not_exist(scripted: LocalService) -> None:
    """Whatever a user asks for of a project that they are no member of is a 404, and lists do not show it."""
    batch = scripted.settled(scripted.create("{}", {"runs": 10}, open=False))
    workload = scripted.get(
        "createWorkload",
        json={"project_id": scripted.project_id, "workload_type": "a", "backend": "b", "config": {}},
    )
    ids = {"batch_id": batch["id"], "job_id": batch["jobs"][0]["id"], "workload_id": workload["id"]}
    bodies = {"addJobs": [{"runs": 1}], "setBatchTags": []}
    with another(scripted):
        for operation in scripted.operations.values():
            (name, *_) = [*(parameter.name for parameter in operation.parameters if parameter.name in ids), None]
            if name is not None and f"{{{name}}}" in operation.path and operation.id != "getCudaqJob":  # 501 for all
                path = {name: ids[name]}
                scripted.refused(operation.id, 404, json=bodies.get(operation.id), **path)
        for operation in ("listBatches", "listJobs", "listOvhJobs", "listWorkloads"):
            assert scripted.get(operation) == []
        cancelled = scripted.get("cancelBatches", json={"batch_ids": [batch["id"]]})
        assert (cancelled["batches"], list(cancelled["errors"])) == ([], [batch["id"]])


def test_members_share_a_project(scripted: LocalService) -> None:
    """They see one another's batches, and the project counts both; bulk cancelling is for one's own only."""
    scripted.control("PATCH", "queue", json={"paused": True})
    theirs = scripted.create("{}", {"runs": 10})
    first = scripted.get("getAuthInfo")["id"]
    with another(scripted, project_ids=[scripted.project_id]):
        mine = scripted.create("{}", {"runs": 10})
        user_id = scripted.get("getAuthInfo")["id"]
        assert [batch["id"] for batch in scripted.get("listBatches")] == [mine["id"], theirs["id"]]
        for who, batch in ((first, theirs), (user_id, mine)):
            assert [found["id"] for found in scripted.get("listBatches", query={"user_id": who})] == [batch["id"]]
        (project,) = scripted.get("listProjects")
        assert project["count"] == {"ACTIVE_ADMIN": 1, "ACTIVE_MEMBER": 1, "PENDING": 0}
        assert project["main_admin"]["id"] == first
        assert project["last_activity_date"] == mine["jobs"][0]["created_at"]
        assert [access["role"] for access in scripted.get("getAuthInfo")["acl"]] == ["MEMBER"]
        assert scripted.get("cancelBatches", json={"user_id": [first]}) == {"batches": [], "errors": {}}
        cancelled = scripted.get("cancelBatches", json={"batch_ids": [mine["id"], theirs["id"]]})
        assert [batch["id"] for batch in cancelled["batches"]] == [mine["id"]]
        assert "of yours" in cancelled["errors"][theirs["id"]]
    assert scripted.get("getBatchStatus", batch_id=theirs["id"])["status"] == "PENDING"


def test_a_user_may_have_several_projects(scripted: LocalService) -> None:
    """Lists show all of them together in order, pages and totals included, and the projects page as other lists."""
    own = scripted.project_id
    with another(scripted) as (other,):
        pass
    with another(scripted, project_ids=[own, other]):
        batches = [scripted.create("{}", {"runs": 10}, project_id=project) for project in (own, other, own, other)]
        ids = [batch["id"] for batch in batches][::-1]
        for batch in batches:
            scripted.settled(batch)
        for query in ({}, {"status": ["DONE", "ERROR"]}, {"project_id": [own, other.upper(), str(uuid4())]}):
            page = scripted.call("listBatches", query=query | {"limit": 2, "offset": 1}).json()
            assert [batch["id"] for batch in page["data"]] == ids[1:3]
            assert page["pagination"] == {"total": 4, "start": 1, "end": 3}
        assert [batch["id"] for batch in scripted.get("listBatches", query={"project_id": other})] == ids[::2]
        assert [project["id"] for project in scripted.get("listProjects")] == [own, other]
        assert [project["id"] for project in scripted.get("listProjects", query={"offset": 1, "limit": 1})] == [other]
        assert scripted.get("listProjects", query={"project_status": "CLOSED"}) == []


def test_a_projects_priority_orders_the_queue(scripted: LocalService) -> None:
    """A batch of a project of higher priority starts first, whatever its age."""
    scripted.control("PATCH", "queue", json={"paused": True})
    low = scripted.create("{}", {"runs": 10})
    with another(scripted, queue_priority="HIGH"):
        high = scripted.create("{}", {"runs": 10}, open=True)
        assert high["queue_priority"] == "HIGH"
        assert scripted.get("listBatches", query={"queue_priority": ["LOW", "FREE"]}) == []
        scripted.control("PATCH", "queue", json={"paused": False})
        scripted.wait_for_job(high["jobs"][0], "DONE")
    assert scripted.get("getBatchStatus", batch_id=low["id"])["status"] == "PENDING"


@pytest.mark.parametrize("field", ["device_type", "emulator"])
def test_a_project_may_be_kept_from_devices(scripted: LocalService, field: str) -> None:
    """It gives 403 to create a batch for another device than those allowed, which are all that is listed."""
    with another(scripted, allowed_device_types=["EMU_FREE"]):
        body = scripted.body("{}", {"runs": 10}, **{field: "FRESNEL"})
        assert "may not use the device FRESNEL" in scripted.refused("createBatch", 403, json=body)
        assert scripted.create("{}", {"runs": 10})["device_type"] == "EMU_FREE"
        assert list(scripted.get("listDeviceSpecs")) == ["EMU_FREE"]
        assert [device["name"] for device in scripted.get("listDevices")] == ["EMU_FREE"]
        scripted.refused("getDeviceSpecs", 404, device_type="FRESNEL")
        assert scripted.get("getAuthInfo")["allowed_device_types"] == ["EMU_FREE"]
        assert "FRESNEL" in [device["name"] for device in scripted.get("listPublicDevices")]
