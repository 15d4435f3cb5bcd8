"""The operations open to OVH's notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from .conftest import LocalService


def create(service: LocalService, headers: dict[str, str] | None = None, **changes: Any) -> Any:
    """Creates a batch as a notebook does, which must be accepted."""
    body = {"sequence_builder": "{}", "jobs": [{"runs": 10}], "project_id": ""}
    return service.get("createOvhBatch", json=body | changes, headers=headers)


def test_a_batch_runs_to_its_results(scripted: LocalService) -> None:
    """The token decides whose it is; batch, jobs, statuses and results are where OVH's clients look for them."""
    created = create(scripted)
    assert created["project_id"] == scripted.project_id
    batch_id, (job,) = created["id"], created["jobs"]
    scripted.until(lambda: scripted.get("getOvhBatchStatus", batch_id=batch_id)["status"] == "DONE")
    assert scripted.get("getOvhBatch", batch_id=batch_id)["job_ids"] == [job["id"]]
    assert scripted.get("getOvhJobStatus", job_id=job["id"])["status"] == "DONE"
    (listed,) = scripted.get("listOvhJobs", query={"batch_id": batch_id})
    assert (listed["id"], listed["origin"]) == (job["id"], "OVH")
    link = scripted.get("getOvhJobResultsLink", job_id=job["id"])["results_link"]
    assert link.partition("?")[0] == f"{scripted.connection['url']}/results/{job['id']}"
    assert sum(scripted.result(job)["counter"].values()) == 10


def test_jobs_tell_how_they_came(scripted: LocalService) -> None:
    """The filter by origin tells OVH's jobs from others."""
    ovh, other = create(scripted), scripted.create("{}", {"runs": 10})
    for origin, batch in (("OVH", ovh), ("CLIENT", other)):
        found = scripted.get("listJobs", query={"origin": origin})
        assert [job["id"] for job in found] == [job["id"] for job in batch["jobs"]]
    assert scripted.get("listJobs", query={"origin": ["AZURE", "UNKNOWN"]}) == []


@pytest.mark.parametrize("is_open", [{"open": True}, {"complete": False}])
def test_open_batches_are_refused(scripted: LocalService, is_open: dict[str, bool]) -> None:
    """OVH has none."""
    body = {"sequence_builder": "{}", "jobs": [{"runs": 10}], "project_id": ""} | is_open
    (problem,) = scripted.refused("createOvhBatch", 422, json=body)
    assert problem["loc"] == ["body", "open"]


def test_a_batch_sent_twice_is_stored_once(scripted: LocalService) -> None:
    """The same Idempotency-Key gives the same batch; it is another one than createBatch's."""
    key = {"Idempotency-Key": uuid4().hex}
    assert create(scripted, key)["id"] == create(scripted, key)["id"]
    other = scripted.get("createBatch", json=scripted.body("{}", {"runs": 10}), headers=key)
    assert {batch["id"] for batch in scripted.get("listBatches")} == {create(scripted, key)["id"], other["id"]}


def test_what_does_not_exist(scripted: LocalService) -> None:
    """Unknown ids are 404, as everywhere."""
    for operation in ("getOvhBatch", "getOvhBatchStatus"):
        assert "no batch" in scripted.refused(operation, 404, batch_id=str(uuid4()))
    for operation in ("getOvhJobStatus", "getOvhJobResultsLink"):
        assert "no job" in scripted.refused(operation, 404, job_id=str(uuid4()))
