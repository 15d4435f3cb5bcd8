"""Running jobs of a batch again."""

from __future__ import annotations

import pytest

from .client import UNKNOWN


@pytest.fixture(scope="module")
def source(api, parametrized, sequence):
    """A batch of three jobs that are done, the last with a sequence of its own, and one that was cancelled."""
    opened = api.create(sequence, {"runs": 1}, open=True)
    api.reaches(opened["jobs"][0], "DONE")
    jobs = [{"runs": runs, "variables": {"omega": float(runs)}} for runs in (10, 20)]
    last = {"runs": 40, "variables": {"omega": 1.0}}
    batch = api.create(parametrized, *jobs, {"runs": 30, "sequence": sequence}, last, tags=["origin"])
    api.get("cancelJob", job_id=batch["jobs"][-1]["id"])
    api.get("closeBatch", batch_id=opened["id"])
    return api.settled(batch) | {"jobs": api.jobs(batch)}


@pytest.mark.parametrize(
    ("query", "runs"),
    [
        ({}, [10, 20, 30, 40]),
        ({"status": "DONE"}, [10, 20, 30]),
        ({"status": ["CANCELED", "ERROR"]}, [40]),
        ({"min_runs": 20}, [20, 30, 40]),
        ({"max_runs": 20}, [10, 20]),
        ({"min_runs": 15, "max_runs": 35}, [20, 30]),
        ({"start_date": "2020-01-01T00:00:00"}, [10, 20, 30, 40]),
        ({"end_date": "2120-01-01T00:00:00Z", "status": "DONE", "max_runs": 10}, [10]),
        ({"errors": "False"}, [10, 20, 30, 40]),
        ({"origin": "CLIENT"}, [10, 20, 30, 40]),
    ],
    ids=str,
)
def test_filters(api, held, source, query, runs):
    """The jobs that match every filter are copied, in their order, and batch and jobs know what they come from."""
    batch = api.get("rebatch", batch_id=source["id"], query=query)
    originals = [job for job in source["jobs"] if job["runs"] in runs]
    assert batch["id"] != source["id"]
    assert batch["parent_id"] == source["id"]
    assert (batch["status"], batch["open"]) == ("PENDING", False)
    assert (batch["device_type"], batch["project_id"]) == (source["device_type"], source["project_id"])
    assert batch["sequence_builder"] == source["sequence_builder"]
    assert [job["parent_id"] for job in batch["jobs"]] == [job["id"] for job in originals]
    assert [(job["runs"], job["variables"]) for job in batch["jobs"]] == [
        (job["runs"], job["variables"]) for job in originals
    ]
    assert {job["status"] for job in batch["jobs"]} == {"PENDING"}
    assert api.get("getBatch", batch_id=batch["id"])["parent_id"] == source["id"]
    assert api.get("getJob", job_id=batch["jobs"][0]["id"])["parent_id"] == originals[0]["id"]
    api.get("cancelBatch", batch_id=batch["id"])


def test_by_id(api, source):
    """Jobs are chosen by their ids, run again with their own sequences, and leave the originals as they were."""
    first, _, third, _ = source["jobs"]
    batch = api.get("rebatch", batch_id=source["id"], query={"id": [first["id"], third["id"]]})
    assert [job["parent_id"] for job in batch["jobs"]] == [first["id"], third["id"]]
    assert api.settled(batch)["jobs_count_per_status"]["DONE"] == 2
    copy, original = (api.get("getJob", job_id=id) for id in (batch["jobs"][1]["id"], third["id"]))
    assert copy["sequence"] == original["sequence"]
    assert api.jobs(source) == source["jobs"]


@pytest.mark.parametrize(
    "query", [{"status": "ERROR"}, {"min_runs": 41}, {"id": UNKNOWN}, {"end_date": "2020-01-01T00:00:00Z"}]
)
def test_nothing_to_repeat(api, source, query):
    """When no job matches, no batch is made."""
    before = api.send("listBatches", query={"limit": 1}).json()["pagination"]["total"]
    assert api.refused("rebatch", 422, batch_id=source["id"], query=query)
    assert api.send("listBatches", query={"limit": 1}).json()["pagination"]["total"] == before


def test_open_batch(api, held):
    """A batch that is still open can't be repeated."""
    assert api.refused("rebatch", 409, batch_id=held["id"])


def test_grandchildren(api, source):
    """A batch made from another can be repeated in its turn."""
    child = api.get("rebatch", batch_id=source["id"], query={"max_runs": 10})
    api.settled(child)
    grandchild = api.get("rebatch", batch_id=child["id"])
    assert grandchild["parent_id"] == child["id"]
    assert grandchild["jobs"][0]["parent_id"] == child["jobs"][0]["id"]
    api.settled(grandchild)
