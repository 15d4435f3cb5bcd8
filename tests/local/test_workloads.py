"""Workloads, which nothing can really run here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx

if TYPE_CHECKING:
    from .conftest import LocalService


def create(service: LocalService, headers: dict[str, str] | None = None, **changes: Any) -> Any:
    """Creates a workload that must be accepted."""
    body = {
        "project_id": service.project_id,
        "workload_type": "algorithm_qel_posco",
        "backend": "pulser_basic",
        "config": {"depth": 3},
    }
    return service.get("createWorkload", json=body | changes, headers=headers)


def settled(service: LocalService, workload: dict[str, Any]) -> Any:
    """Waits until a workload has ended, and gives it."""
    identity = workload["id"]
    service.until(lambda: service.get("getWorkload", workload_id=identity)["status"] not in ("PENDING", "RUNNING"))
    return service.get("getWorkload", workload_id=identity)


def test_a_workload_ends_in_an_error_that_says_why(scripted: LocalService) -> None:
    """It is created PENDING, and ends in ERROR with one sentence, since nothing here runs it."""
    created = create(scripted)
    assert (created["status"], created["result"], created["config"]) == ("PENDING", None, {"depth": 3})
    ended = settled(scripted, created)
    (reason,) = ended["errors"]
    assert "script an outcome" in reason
    assert (ended["status"], ended["result_link"]) == ("ERROR", None)
    assert ended["created_at"] <= ended["start_timestamp"] <= ended["end_timestamp"] <= ended["updated_at"]
    assert "already ended" in scripted.refused("cancelWorkload", 409, workload_id=created["id"])


def test_a_scripted_result_is_behind_a_link(scripted: LocalService) -> None:
    """A workload whose outcome is told is DONE, and its link gives the document without a token, until it expires."""
    scripted.control("POST", "outcomes", json={"result": {"energy": -1.5}})
    link = settled(scripted, create(scripted))["result_link"]
    assert httpx.get(link).json() == {"energy": -1.5}
    scripted.control("PATCH", "clock", json={"advance": 10_000})
    assert httpx.get(link).status_code == 403


def test_a_workload_is_cancelled(scripted: LocalService) -> None:
    """One that waits is CANCELED, also when asked twice, and then never runs."""
    scripted.control("PATCH", "queue", json={"paused": True})
    workload = create(scripted)
    for _ in range(2):
        canceled = scripted.get("cancelWorkload", workload_id=workload["id"])
        assert (canceled["status"], canceled["result"]) == ("CANCELED", None)
    scripted.control("PATCH", "queue", json={"paused": False})
    settled(scripted, create(scripted))
    assert scripted.get("getWorkload", workload_id=workload["id"])["start_timestamp"] is None


def test_unknown_workloads_and_projects(scripted: LocalService) -> None:
    """What does not exist, and what is another's, is a 404."""
    for operation in ("getWorkload", "cancelWorkload"):
        assert "no workload" in scripted.refused(operation, 404, workload_id=str(uuid4()))
    body = {"project_id": str(uuid4()), "workload_type": "a", "backend": "b", "config": {}}
    assert "not a member" in scripted.refused("createWorkload", 404, json=body)


def test_ids_may_be_in_capitals(scripted: LocalService) -> None:
    """Lists find them all the same."""
    ids = [create(scripted)["id"] for _ in range(3)]

    def found(**query: Any) -> list[str]:
        return [workload["id"] for workload in scripted.get("listWorkloads", query=query)]

    assert found(id=ids[0].upper()) == found(id__starts_with=ids[0][:13].upper()) == ids[:1]


def test_a_workload_sent_twice_is_stored_once(scripted: LocalService) -> None:
    """The same Idempotency-Key gives the same workload; with another body it is refused."""
    key = {"Idempotency-Key": uuid4().hex}
    assert create(scripted, key)["id"] == create(scripted, key)["id"]
    assert len(scripted.get("listWorkloads")) == 1
    body = {"project_id": scripted.project_id, "workload_type": "other", "backend": "b", "config": {}}
    assert "a different request" in scripted.refused("createWorkload", 422, json=body, headers=key)
