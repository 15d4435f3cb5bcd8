"""The entrance that OVH's notebooks use: the same bodies and answers under a prefix."""

from __future__ import annotations

import gzip
import json

import httpx
import pytest


def test_batch(api, sequence):
    """A batch with an empty project is created, followed and read like any other."""
    body = api.batch(sequence, {"runs": 9}, project_id="")
    batch = api.get(
        "createOvhBatch", body=gzip.compress(json.dumps(body).encode()), headers={"Content-Encoding": "gzip"}
    )
    (job,) = batch["jobs"]
    assert batch["project_id"] == api.project_id
    api.until(lambda: api.get("getOvhBatchStatus", batch_id=batch["id"])["status"] == "DONE")
    assert api.get("getOvhJobStatus", job_id=job["id"])["status"] == "DONE"
    fetched = api.get("getOvhBatch", batch_id=batch["id"])
    assert fetched["job_ids"] == [job["id"]]
    assert fetched["sequence_builder"] == batch["sequence_builder"]
    assert api.ids("listOvhJobs", batch_id=batch["id"], order_by="creation_order") == [job["id"]]
    link = api.get("getOvhJobResultsLink", job_id=job["id"])["results_link"]
    assert sum(httpx.get(link).json()["counter"].values()) == 9


def test_origin(api, sequence):
    """Jobs that came from OVH are told from the others."""
    body = api.batch(sequence, {"runs": 1}, project_id="")
    (ovh,) = api.get("createOvhBatch", body=body)["jobs"]
    (core,) = api.create(sequence, {"runs": 1})["jobs"]
    for origin, job in (("OVH", ovh), ("CLIENT", core)):
        assert api.ids("listJobs", origin=origin, id=[ovh["id"], core["id"]]) == [job["id"]]


def test_open_batch(api, sequence):
    """Open batches are not for OVH."""
    assert api.refused("createOvhBatch", 422, body=api.batch(sequence, {"runs": 1}, project_id="", open=True))


@pytest.mark.parametrize("fields", [{"sequence_builder": "{}"}, {"jobs": []}, {"jobs": [{"runs": 0}]}])
def test_refusals(api, sequence, fields):
    """What `createBatch` refuses is refused here too."""
    issues = api.refused("createOvhBatch", 422, body=api.batch(sequence, {"runs": 1}, project_id="") | fields)
    assert issues[0]["loc"][:2] == ["body", *fields]


@pytest.mark.parametrize(
    ("path", "status"),
    [("workloads", 404), ("projects", 404), ("batches", 405), ("batches/cancel", 422)],  # the last is read as an id
)
def test_nothing_else(api, path, status):
    """Other operations are not there."""
    headers = {"Authorization": f"Bearer {api.token}"}
    response = api.http.get(f"/core-fast/api/v1/third-party-access/ovh/{path}", headers=headers)
    assert response.status_code == status
