"""Databases of this and of earlier versions of the service; `databases/make.py` made them."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from pasqal_cloud.local.store.schema import SCHEMA_VERSION

from .databases.make import COLLEAGUE, FOLDER, LOGIN, create_keyed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import LocalService

KEPT = sorted(path.name.removesuffix(".db.gz") for path in FOLDER.glob("schema-*.db.gz"))
UNSETTLED = ("PENDING", "RUNNING")


def test_there_is_a_database_of_the_present_schema() -> None:
    """Whoever changes the schema keeps a file of it."""
    assert f"schema-{SCHEMA_VERSION}" in KEPT


Kept = tuple["LocalService", Any]
"""A service with a copy of a kept database, and what the service that wrote it answered last."""


@pytest.fixture(params=KEPT)
def serve(request: pytest.FixtureRequest, start: Callable[..., LocalService], tmp_path: Path) -> Callable[..., Kept]:
    """A function that starts a service with a kept database."""
    path = tmp_path / "service.db"
    path.write_bytes(gzip.decompress((FOLDER / f"{request.param}.db.gz").read_bytes()))
    before = json.loads((FOLDER / f"{request.param}.json").read_text())
    return lambda *options: (start(f"--db={path}", *LOGIN, *options), before)


def test_a_kept_database_is_read(serve: Callable[..., Kept]) -> None:
    """What had ended is answered as before, field by field; all that was listed is listed, in the same order."""
    service, before = serve("--engine=scripted")
    for operation in ("listBatches", "listJobs", "listWorkloads"):
        now = service.get(operation, query={"limit": 100})
        assert [item["id"] for item in now] == [item["id"] for item in before[operation]]
        for item, earlier in zip(now, before[operation], strict=True):
            assert_as_before(item, earlier)
        ended = [item["id"] for item in before[operation] if item["status"] == "DONE"]
        some = service.get(operation, query={"limit": 100, "status": "DONE"})
        assert set(ended) <= {item["id"] for item in some}
    for batch in before["getBatch"]:
        assert_as_before(service.get("getBatch", batch_id=batch["id"]), batch)
        tagged = service.get("listBatches", query={"tag": batch["tags"][0]}) if batch["tags"] else [batch]
        assert batch["id"] in {found["id"] for found in tagged}
    for job in before["getJob"]:
        assert_as_before(service.get("getJob", job_id=job["id"]), job)
    workloads = {workload["id"] for workload in before["listWorkloads"]}
    for id, document in before["getResult"].items():
        if id in workloads:
            assert httpx.get(service.get("getWorkload", workload_id=id)["result_link"]).json() == document
        else:
            assert service.result({"id": id}) == document


def test_a_kept_database_is_continued(serve: Callable[..., Kept]) -> None:
    """What ran and waited ends, the open batch takes jobs, users log in, and a submission is known by its key."""
    service, before = serve()
    (open_batch,) = (batch for batch in before["listBatches"] if batch["open"])
    waiting = [batch for batch in before["listBatches"] if batch["status"] in UNSETTLED and not batch["open"]]
    assert waiting
    assert [job["status"] for job in service.settled(waiting[0])["jobs"]] == ["DONE", "DONE"]
    for job in before["listJobs"]:
        if job["status"] in UNSETTLED:
            service.wait_for_job(job, "DONE")
    for workload in before["listWorkloads"]:
        if workload["status"] in UNSETTLED:
            service.until(lambda its=workload["id"]: service.get("getWorkload", workload_id=its)["status"] == "ERROR")

    added = service.get("addJobs", json=[{"runs": 7}], batch_id=open_batch["id"])
    assert len(added["jobs"]) == 4
    service.get("closeBatch", batch_id=open_batch["id"])
    ended = service.settled(open_batch)
    assert ended["status"] == "DONE"
    assert [service.result(job)["counter"] for job in ended["jobs"]] == [{"00": runs} for runs in (1, 2, 3, 7)]
    assert service.get("getBatchStatus", batch_id=open_batch["id"])["jobs_count_per_status"]["DONE"] == 4

    (done,) = (batch for batch in before["getBatch"] if "kept" in batch["tags"] and batch["parent_id"] is None)
    assert create_keyed(service)["id"] == done["id"]
    again = service.settled(service.get("rebatch", batch_id=done["id"]))
    assert (again["status"], len(again["jobs"])) == ("DONE", 2)
    assert service.log_in(**COLLEAGUE).status_code == 200


def assert_as_before(item: dict[str, Any], earlier: dict[str, Any]) -> None:
    """Compares an answer with an earlier one, to which later versions may have added fields."""
    if earlier["status"] not in UNSETTLED:
        assert {name: item.get(name) for name in earlier} == earlier
