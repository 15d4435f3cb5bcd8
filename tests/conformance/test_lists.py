"""Pages, their order, and every filter, each with what it finds and what it doesn't."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from .client import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Shelf:
    """Four batches, oldest first: one that is done, one open and running, one that waits, and one cancelled."""

    api: Any
    done: dict[str, Any]
    open: dict[str, Any]
    waiting: dict[str, Any]
    canceled: dict[str, Any]

    @property
    def batches(self) -> dict[str, str]:
        """What the batches are called, by their ids."""
        return {getattr(self, name)["id"]: name for name in ("done", "open", "waiting", "canceled")}

    @property
    def jobs(self) -> dict[str, str]:
        """What the jobs are called, by their ids."""
        return {
            job["id"]: name + str(number)
            for name in ("done", "open", "waiting", "canceled")
            for number, job in enumerate(getattr(self, name)["jobs"])
        }

    def found(self, operation_id: str, **query: Any) -> list[str]:
        """Gives the names of those of the shelf that a list has, in its order."""
        names = self.batches if operation_id == "listBatches" else self.jobs
        return [names[id] for id in self.api.ids(operation_id, **({"id": list(names)} | query))]


@pytest.fixture(scope="module")
def shelf(api, sequence, parametrized) -> Iterator[Shelf]:
    """Batches that differ in all that they can be found by."""
    done = api.create(sequence, {"runs": 10}, {"runs": 20}, {"runs": 30}, tags=["first", "common"])
    api.settled(done)
    opened = api.create(parametrized, {"runs": 5, "variables": {"omega": 1.0}}, open=True, tags=["second", "common"])
    api.reaches(opened["jobs"][0], "DONE")
    waiting = api.create(sequence, {"runs": 40}, {"runs": 50})
    canceled = api.create(sequence, {"runs": 60})
    api.get("cancelBatch", batch_id=canceled["id"])
    yield Shelf(api, done, opened, waiting, canceled)
    api.get("cancelBatch", batch_id=waiting["id"])
    api.get("closeBatch", batch_id=opened["id"])


ALL = ["canceled", "waiting", "open", "done"]
JOBS = ["canceled0", "waiting1", "waiting0", "open0", "done2", "done1", "done0"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ALL),
        ({"status": "DONE"}, ["done"]),
        ({"status": ["DONE", "CANCELED"]}, ["canceled", "done"]),
        ({"status": ["PENDING", "RUNNING"]}, ["waiting", "open"]),
        ({"status": "TIMED_OUT"}, []),
        ({"status": "NOVEL"}, []),
        ({"open": "true"}, ["open"]),
        ({"open": "False"}, ["canceled", "waiting", "done"]),
        ({"complete": "True"}, ["canceled", "waiting", "done"]),
        ({"complete": "false"}, ["open"]),
        ({"tag": "common"}, ["open", "done"]),
        ({"tag": "first"}, ["done"]),
        ({"tag": "comm"}, []),
        ({"tag": "%"}, []),
        ({"min_jobs": 2}, ["waiting", "done"]),
        ({"max_jobs": 1}, ["canceled", "open"]),
        ({"min_jobs": 2, "max_jobs": 2}, ["waiting"]),
        ({"min_jobs": 3, "max_jobs": 2}, []),
        ({"device_type": "EMU_FREE"}, ALL),
        ({"device_type": ["FRESNEL", "EMU_FREE"]}, ALL),
        ({"device_type": "FRESNEL"}, []),
        ({"device_type": "NOVEL"}, []),
        ({"queue_priority": ["CRITICAL", "HIGH", "MEDIUM", "LOW", "FREE"]}, ALL),
        ({"queue_priority": "NOVEL"}, []),
        ({"user_id": "somebody else"}, []),
        ({"project_id": UNKNOWN}, []),
        ({"id": UNKNOWN}, []),
        ({"status": "DONE", "tag": "second"}, []),
        ({"status": "DONE", "tag": "first", "min_jobs": 3, "open": "false"}, ["done"]),
        ({"order_by": "created_at", "order_by_direction": "ASC"}, ALL[::-1]),
        ({"order_by": "created_at", "order_by_direction": "DESC"}, ALL),
        ({"order_by_direction": "ASC", "limit": 2}, ["done", "open"]),
        ({"order_by_direction": "ASC", "limit": 2, "offset": 3}, ["canceled"]),
    ],
    ids=str,
)
def test_filters_of_batches(shelf, query, names):
    """A batch is listed when it matches every filter given."""
    assert shelf.found("listBatches", **query) == names


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, JOBS),
        ({"status": "DONE"}, ["open0", "done2", "done1", "done0"]),
        ({"status": ["PENDING", "CANCELED"]}, ["canceled0", "waiting1", "waiting0"]),
        ({"status": "ERROR"}, []),
        ({"min_runs": 30}, ["canceled0", "waiting1", "waiting0", "done2"]),
        ({"max_runs": 10}, ["open0", "done0"]),
        ({"min_runs": 20, "max_runs": 40}, ["waiting0", "done2", "done1"]),
        ({"errors": "false"}, JOBS),
        ({"errors": "true"}, []),
        ({"origin": ["CLIENT", "AZURE"]}, JOBS),
        ({"origin": "OVH"}, []),
        ({"origin": ["AZURE", "UNKNOWN"]}, []),
        ({"user_id": "somebody else"}, []),
        ({"project_id": UNKNOWN}, []),
        ({"batch_id": UNKNOWN}, []),
        ({"id": UNKNOWN}, []),
        ({"order_by": "creation_order", "order_by_direction": "ASC"}, JOBS[::-1]),
        ({"order_by": "creation_order", "order_by_direction": "DESC"}, JOBS),
        ({"order_by": "creation_order", "order_by_direction": "ASC", "limit": 2, "offset": 2}, ["done2", "open0"]),
    ],
    ids=str,
)
@pytest.mark.parametrize("operation_id", ["listJobs", "listOvhJobs"])
def test_filters_of_jobs(shelf, operation_id, query, names):
    """A job is listed when it matches every filter given; OVH's list is the same one."""
    assert shelf.found(operation_id, **query) == names


def test_filters_by_what_the_service_chose(shelf):
    """Items are found by their ids, beginnings of them, their project, their user, their priority and their batch."""
    api, done = shelf.api, shelf.done
    for operation_id, item, others in (("listBatches", done, ALL), ("listJobs", done["jobs"][1], JOBS)):
        assert api.ids(operation_id, id=item["id"]) == [item["id"]]
        assert api.ids(operation_id, id=[item["id"], UNKNOWN]) == [item["id"]]
        assert item["id"] in api.ids(operation_id, id__starts_with=item["id"][:8])
        assert api.ids(operation_id, id__starts_with=item["id"]) == [item["id"]]
        assert api.ids(operation_id, id__starts_with=item["id"][1:]) == []
        assert api.ids(operation_id, id__starts_with="%") == []
        assert shelf.found(operation_id, project_id=[done["project_id"], UNKNOWN]) == others
        assert shelf.found(operation_id, user_id=[done["user_id"], "somebody else"]) == others
    assert shelf.found("listBatches", queue_priority=done["queue_priority"]) == ALL
    assert shelf.found("listJobs", batch_id=done["id"]) == ["done2", "done1", "done0"]
    assert shelf.found("listJobs", batch_id=[done["id"], shelf.open["id"]]) == ["open0", "done2", "done1", "done0"]


@pytest.mark.parametrize("zone", [0, 9, -5.5])
def test_filters_by_time(shelf, zone):
    """Items are found by when they were created, at that instant, after or before it, in whichever zone it is given."""
    created = datetime.fromisoformat(shelf.open["created_at"]).astimezone(timezone(timedelta(hours=zone)))
    tick = timedelta(microseconds=1)
    assert shelf.found("listBatches", start_date=created.isoformat()) == ["canceled", "waiting", "open"]
    assert shelf.found("listBatches", start_date=(created + tick).isoformat()) == ["canceled", "waiting"]
    assert shelf.found("listBatches", end_date=created.isoformat()) == ["open", "done"]
    assert shelf.found("listBatches", end_date=(created - tick).isoformat()) == ["done"]
    assert shelf.found("listBatches", start_date=created.isoformat(), end_date=created.isoformat()) == ["open"]
    job = datetime.fromisoformat(shelf.waiting["jobs"][0]["created_at"]).astimezone(created.tzinfo)
    assert shelf.found("listJobs", end_date=(job - tick).isoformat()) == JOBS[3:]
    assert set(shelf.found("listJobs", start_date=job.isoformat())) == set(JOBS[:3])


def test_instants_without_a_zone(shelf):
    """Instants without a zone are read; a day's difference holds in each zone."""
    created = datetime.fromisoformat(shelf.done["created_at"]).replace(tzinfo=None)
    day = timedelta(days=2)
    assert shelf.found("listBatches", start_date=(created - day).isoformat()) == ALL
    assert shelf.found("listBatches", start_date=(created + day).isoformat()) == []
    assert shelf.found("listBatches", end_date=(created + day).isoformat()) == ALL
    assert shelf.found("listBatches", end_date=(created - day).isoformat()) == []


def test_scalars_and_repeated_keys(shelf):
    """One value stands for an array of one, and an array repeats its key."""
    first, second = shelf.done["id"], shelf.open["id"]
    assert shelf.api.ids("listBatches", id=first) == [first]
    response = shelf.api.send("listBatches", query=f"id={first}&id={second}&status=DONE&status=RUNNING")
    assert {item["id"] for item in response.json()["data"]} == {first, second}


@pytest.mark.parametrize("operation_id", ["listBatches", "listJobs", "listOvhJobs"])
@pytest.mark.parametrize("limit", [1, 3, 4, 100])
def test_pages(shelf, operation_id, limit):
    """Pages follow one another without gap or overlap to the last, and beyond it they are empty."""
    ids = list(shelf.batches if operation_id == "listBatches" else shelf.jobs)
    found, offset, total = [], 0, len(ids)
    while offset < total:
        body = shelf.api.send(operation_id, query={"id": ids, "limit": limit, "offset": offset}).json()
        assert body["pagination"] == {"total": len(ids), "start": offset, "end": min(offset + limit, len(ids))}
        found += [item["id"] for item in body["data"]]
        offset, total = body["pagination"]["end"], body["pagination"]["total"]
    assert found == ids[::-1]
    for beyond in (len(ids), len(ids) + 1, 10**6, 2**62):
        body = shelf.api.send(operation_id, query={"id": ids, "limit": limit, "offset": beyond}).json()
        assert body["data"] == []
        assert body["pagination"]["total"] == len(ids)


def test_defaults(shelf):
    """Without limit, offset and order, the first hundred come, newest first."""
    query = {"limit": 100, "offset": 0, "order_by": "created_at", "order_by_direction": "DESC"}
    for operation_id in ("listBatches", "listJobs"):
        assert shelf.api.ids(operation_id) == shelf.api.ids(operation_id, **query)


def test_items_are_whole(shelf):
    """What a list tells of an item is what the item itself tells."""
    api = shelf.api
    for listed in api.get("listBatches", query={"id": list(shelf.batches)}):
        fetched = api.get("getBatch", batch_id=listed["id"])
        assert {name: fetched[name] for name in listed if name in fetched} == listed
    for listed in api.get("listJobs", query={"id": list(shelf.jobs)}):
        fetched = api.get("getJob", job_id=listed["id"])
        assert {name: fetched[name] for name in listed} == listed


@pytest.mark.slow
def test_errors(start, endless, sequence):
    """Jobs are found by whether they have errors."""
    api = start("--job-time-limit", "1", "--workers", "1")
    failed = api.create(endless, {"runs": 1})
    assert api.settled(failed)["jobs_count_per_status"]["ERROR"] == 1
    (job,) = api.jobs(failed)
    assert job["errors"]
    fine = api.create(sequence, {"runs": 1})
    assert api.ids("listJobs", errors="true") == [job["id"]]
    assert api.ids("listJobs", errors="false") == [fine["jobs"][0]["id"]]
    assert api.ids("listJobs", status="ERROR") == [job["id"]]
    assert api.get("getJobResultsLink", job_id=job["id"]) == {"results_link": None}
