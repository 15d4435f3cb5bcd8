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


def test_where_a_result_is(scripted: LocalService) -> None:
    """The link leads to the service itself; the job says that it came from OVH."""
    created = create(scripted)
    (job,) = created["jobs"]
    scripted.settled(created)
    (listed,) = scripted.get("listOvhJobs", query={"batch_id": created["id"]})
    assert (listed["id"], listed["origin"]) == (job["id"], "OVH")
    link = scripted.get("getOvhJobResultsLink", job_id=job["id"])["results_link"]
    assert link.partition("?")[0] == f"{scripted.connection['url']}/results/{job['id']}"


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
