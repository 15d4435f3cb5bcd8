"""What concerns many jobs or batches at once, and batches that repeat others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from .conftest import LocalService

MANY = 1_201
"""More jobs than one statement of the service names."""


@pytest.fixture
def paused(scripted: LocalService) -> Iterator[LocalService]:
    """A service that starts no job."""
    scripted.control("PATCH", "queue", json={"paused": True})
    return scripted


def statuses(service: LocalService, *batches: dict[str, Any]) -> list[str]:
    """Gives the statuses of batches."""
    return [service.get("getBatchStatus", batch_id=batch["id"])["status"] for batch in batches]


def test_what_cant_be_cancelled_has_a_reason(scripted: LocalService) -> None:
    """Batches that have ended and those that are not there are told by the ids given; the others are cancelled."""
    done = scripted.settled(scripted.create("{}", {"runs": 10}))
    scripted.control("PATCH", "queue", json={"paused": True})
    waiting, unknown = scripted.create("{}", {"runs": 10}), str(uuid4())
    body = {"batch_ids": [waiting["id"].upper(), done["id"], unknown], "open": True}
    for _ in range(2):
        outcome = scripted.get("cancelBatches", json=body)
        assert [batch["id"] for batch in outcome["batches"]] == [waiting["id"]]
        assert outcome["errors"] == {
            done["id"]: "The batch has already ended: its status is DONE.",
            unknown: f"There is no batch {unknown} of yours.",
        }
    jobs = scripted.get("cancelJobs", batch_id=done["id"])
    assert jobs == {"jobs": [], "errors": {done["job_ids"][0]: "The job has already ended: its status is DONE."}}


@pytest.mark.parametrize("body", [{"batch_ids": []}, {"user_id": ["another"]}])
def test_what_selects_nothing_cancels_nothing(paused: LocalService, body: dict[str, Any]) -> None:
    """Batches are cancelled by what is said, never for want of saying something."""
    batch = paused.create("{}", {"runs": 10})
    assert paused.call("cancelBatches", json=body).json()["data"].get("batches", []) == []
    assert statuses(paused, batch) == ["PENDING"]


def test_an_instant_without_a_zone_is_in_utc(paused: LocalService) -> None:
    """In bodies as in queries."""
    first, second = paused.create("{}", {"runs": 10}), paused.create("{}", {"runs": 10})
    query = {"end_date": first["created_at"].removesuffix("+00:00")}
    assert [batch["id"] for batch in paused.get("listBatches", query=query)] == [first["id"]]
    outcome = paused.get("cancelBatches", json={"start_date": second["created_at"].removesuffix("+00:00")})
    assert [batch["id"] for batch in outcome["batches"]] == [second["id"]]
    assert statuses(paused, first, second) == ["PENDING", "CANCELED"]


def test_bodies_that_name_too_many(paused: LocalService) -> None:
    """A list in a body is bounded."""
    assert "1000" in paused.refused("cancelBatches", 413, json={"batch_ids": [str(uuid4())] * 1001})


def test_a_batch_may_have_many_jobs(paused: LocalService) -> None:
    """They are all listed in order, cancelled at once, repeated with their parents, and cancelled with their batch."""
    batch = paused.create("{}", *[{"runs": number} for number in range(1, MANY + 1)])
    page = paused.call("listJobs", query={"batch_id": batch["id"], "order_by_direction": "ASC", "offset": MANY - 1})
    assert [job["runs"] for job in page.json()["data"]] == [MANY]
    assert page.json()["pagination"] == {"total": MANY, "start": MANY - 1, "end": MANY}
    cancelled = paused.get("cancelJobs", batch_id=batch["id"], query={"min_runs": 2})
    assert [job["runs"] for job in cancelled["jobs"]] == list(range(2, MANY + 1))
    assert cancelled["errors"] == {}
    assert statuses(paused, batch) == ["PENDING"]
    copy = paused.get("rebatch", batch_id=batch["id"], query={"status": "CANCELED"})
    assert [job["parent_id"] for job in copy["jobs"]] == [job["id"] for job in batch["jobs"]][1:]
    assert paused.get("cancelBatch", batch_id=copy["id"])["jobs_count_per_status"]["CANCELED"] == MANY - 1


def test_a_rebatch_is_the_closed_twin(paused: LocalService) -> None:
    """It inherits what its parent had, tags and own sequences included; the same key makes it once."""
    fields = {
        "tags": ["a", "b"],
        "backend_configuration": "{}",
        "webhook": "http://127.0.0.1:1/",
        "device_type": "FRESNEL",
    }
    parent = paused.create("{}", {"runs": 1}, {"runs": 2, "sequence": '{"own": 1}'}, open=True, **fields)
    assert "close it first" in paused.refused("rebatch", 409, batch_id=parent["id"])
    paused.get("closeBatch", batch_id=parent["id"])
    key = {"Idempotency-Key": uuid4().hex}
    copies = [paused.get("rebatch", batch_id=parent["id"].upper(), headers=key) for _ in range(2)]
    assert copies[0] == copies[1]
    copy = copies[0]
    assert {name: copy[name] for name in fields} == fields
    assert (copy["parent_id"], copy["open"], copy["status"]) == (parent["id"], False, "PENDING")
    shown = [paused.get("getJob", job_id=job["id"])["sequence"] for job in copy["jobs"]]
    assert shown == ["{}", '{"own": 1}']
    nothing = {"batch_id": parent["id"], "query": {"min_runs": 100}}
    assert "matches the filters" in paused.refused("rebatch", 422, **nothing)


def test_devices_that_are_served_no_more(start: Callable[..., LocalService], tmp_path: Path) -> None:
    """What waits for one stays PENDING and can be read and cancelled; nothing new is taken for it."""
    arguments = ("--engine", "scripted", "--db", str(tmp_path / "service.db"))
    first = start(*arguments)
    first.control("PATCH", "queue", json={"paused": True})
    waiting = first.create("{}", {"runs": 10}, device_type="FRESNEL", open=True)
    ended = first.create("{}", {"runs": 10}, device_type="FRESNEL")
    first.get("cancelBatch", batch_id=ended["id"])
    first.stop()
    second = start(*arguments, "--devices", "EMU_FREE")
    second.settled(second.create("{}", {"runs": 10}))
    assert statuses(second, waiting) == ["PENDING"]
    for operation, batch, body in (("addJobs", waiting, [{"runs": 1}]), ("rebatch", ended, None)):
        (problem,) = second.refused(operation, 422, batch_id=batch["id"], json=body)
        assert "does not offer FRESNEL" in problem["msg"]
    assert second.get("cancelBatch", batch_id=waiting["id"])["status"] == "CANCELED"
