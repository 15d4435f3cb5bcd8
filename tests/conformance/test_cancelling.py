"""Cancelling: one, many, by filter; and the reasons for what can't be cancelled."""

from __future__ import annotations

import pytest

from .client import UNKNOWN


@pytest.fixture(scope="module")
def held(api, sequence, done):
    """An open batch that holds the device; it runs no job that was not added to it."""
    with api.holding(sequence) as batch:
        yield batch


@pytest.fixture
def waiting(api, held, sequence):
    """A batch of three jobs that waits."""
    batch = api.create(sequence, {"runs": 1}, {"runs": 2}, {"runs": 3})
    yield batch
    api.send("cancelBatch", batch_id=batch["id"])


@pytest.fixture(scope="module")
def done(api, sequence):
    """A batch of one job that is done, before any other holds the device."""
    batch = api.create(sequence, {"runs": 1})
    return api.settled(batch) | {"jobs": api.jobs(batch)}


def test_waiting_batch(api, waiting):
    """A batch that waits is cancelled with all its jobs, never runs, and has an end but no start."""
    batch = api.get("cancelBatch", batch_id=waiting["id"])
    assert batch["status"] == "CANCELED"
    assert {job["status"] for job in batch["jobs"]} == {"CANCELED"}
    assert {job["start_timestamp"] for job in batch["jobs"]} == {None}
    assert all(job["end_timestamp"] for job in batch["jobs"])
    assert batch["jobs_count_per_status"]["CANCELED"] == batch["jobs_count"] == 3
    assert api.get("getBatch", batch_id=waiting["id"])["status"] == "CANCELED"


def test_open_batch(api, held, sequence):
    """A cancelled open batch is open no longer."""
    batch = api.create(sequence, {"runs": 1}, open=True)
    assert api.get("cancelBatch", batch_id=batch["id"])["status"] == "CANCELED"
    assert api.get("getBatch", batch_id=batch["id"])["open"] is False
    api.refused("addJobs", 409, batch_id=batch["id"], body=[{"runs": 1}])


def test_one_job(api, waiting):
    """A job is cancelled alone; its batch goes on without it."""
    first, *others = waiting["jobs"]
    job = api.get("cancelJob", job_id=first["id"])
    assert (job["id"], job["status"], job["start_timestamp"]) == (first["id"], "CANCELED", None)
    assert job["end_timestamp"]
    assert [job["status"] for job in api.jobs(waiting)] == ["CANCELED", "PENDING", "PENDING"]
    for job in others:
        api.get("cancelJob", job_id=job["id"])
    assert api.get("getBatchStatus", batch_id=waiting["id"])["status"] == "CANCELED"


def test_what_has_ended(api, done):
    """What is done can't be cancelled, and stays done."""
    (job,) = done["jobs"]
    assert isinstance(api.refused("cancelBatch", 409, batch_id=done["id"]), str)
    assert isinstance(api.refused("cancelJob", 409, job_id=job["id"]), str)
    assert api.get("getBatch", batch_id=done["id"])["status"] == "DONE"
    assert api.get("getJob", job_id=job["id"])["status"] == "DONE"


def test_jobs_of_a_batch(api, waiting):
    """Without filters, all jobs of the batch are cancelled, and nothing else."""
    outcome = api.get("cancelJobs", batch_id=waiting["id"])
    assert {job["id"] for job in outcome["jobs"]} == {job["id"] for job in waiting["jobs"]}
    assert {job["status"] for job in outcome["jobs"]} == {"CANCELED"}
    assert not outcome["errors"]


@pytest.mark.parametrize(
    ("query", "runs"),
    [
        ({"min_runs": 2}, [2, 3]),
        ({"max_runs": 2}, [1, 2]),
        ({"min_runs": 2, "max_runs": 2}, [2]),
        ({"status": "PENDING", "min_runs": 3}, [3]),
        ({"errors": "false"}, [1, 2, 3]),
        ({"errors": "true"}, []),
        ({"start_date": "2020-01-01T00:00:00+00:00"}, [1, 2, 3]),
        ({"start_date": "2020-01-01T00:00:00"}, [1, 2, 3]),
        ({"end_date": "2020-01-01T00:00:00Z"}, []),
        ({"project_id": UNKNOWN}, []),
        ({"user_id": "somebody else"}, []),
        ({"origin": "CLIENT"}, [1, 2, 3]),
        ({"origin": "AZURE"}, []),
        ({"id__starts_with": "zzz"}, []),
    ],
    ids=str,
)
def test_jobs_by_filter(api, waiting, query, runs):
    """The jobs that match every filter are cancelled, the others stay."""
    outcome = api.get("cancelJobs", batch_id=waiting["id"], query=query)
    assert sorted(job["runs"] for job in outcome["jobs"]) == runs
    assert not outcome["errors"]
    assert [job["runs"] for job in api.jobs(waiting) if job["status"] == "CANCELED"] == runs


def test_jobs_by_id(api, waiting, done):
    """Jobs are cancelled by their ids, those of other batches aside."""
    first, second, _ = waiting["jobs"]
    (other,) = done["jobs"]
    ids = [first["id"], second["id"], other["id"], UNKNOWN]
    outcome = api.get("cancelJobs", batch_id=waiting["id"], query={"id": ids})
    assert {job["id"] for job in outcome["jobs"]} == {first["id"], second["id"]}
    assert [job["status"] for job in api.jobs(waiting)] == ["CANCELED", "CANCELED", "PENDING"]


def test_jobs_that_have_ended(api, held, sequence):
    """Of several jobs, those that can't be cancelled are named with the reason, and the rest is cancelled."""
    (done,) = held["jobs"]
    held = api.get("addJobs", batch_id=held["id"], body=[{"runs": 2}])
    api.reaches(held["jobs"][1], "DONE")
    outcome = api.get("cancelJobs", batch_id=held["id"])
    assert outcome["jobs"] == []
    assert outcome["errors"].keys() == {job["id"] for job in held["jobs"]} >= {done["id"]}
    assert all(outcome["errors"].values())


def test_batches_by_id(api, waiting, done):
    """Batches are cancelled by their ids; what can't be is named with the reason, and the answer is still 200."""
    outcome = api.get("cancelBatches", body={"batch_ids": [waiting["id"], done["id"], UNKNOWN]})
    (batch,) = outcome["batches"]
    assert (batch["id"], batch["status"]) == (waiting["id"], "CANCELED")
    assert batch.get("jobs") is None
    assert outcome["errors"].keys() == {done["id"], UNKNOWN}
    assert all(outcome["errors"].values())
    assert api.get("cancelBatches", body={"batch_ids": []}) == {"batches": [], "errors": {}}


def test_ids_make_filters_ignored(api, waiting):
    """Beside ids, the other filters don't count."""
    body = {"batch_ids": [waiting["id"]], "device_type": ["FRESNEL"], "open": True}
    assert [batch["id"] for batch in api.get("cancelBatches", body=body)["batches"]] == [waiting["id"]]


@pytest.mark.parametrize(
    ("body", "selected"),
    [
        ({"tags": ["selected"]}, True),
        ({"tags": ["unheard of"]}, False),
        ({"tags": ["selected"], "status": ["PENDING"]}, True),
        ({"tags": ["selected"], "status": ["RUNNING"]}, False),
        ({"tags": ["selected"], "open": False}, True),
        ({"tags": ["selected"], "open": True}, False),
        ({"tags": ["selected"], "device_type": ["EMU_FREE", "FRESNEL"]}, True),
        ({"tags": ["selected"], "device_type": ["FRESNEL"]}, False),
        ({"tags": ["selected"], "queue_priority": ["CRITICAL", "HIGH", "MEDIUM", "LOW", "FREE"]}, True),
        ({"tags": ["selected"], "start_date": "2020-01-01T00:00:00+00:00"}, True),
        ({"tags": ["selected"], "start_date": "2120-01-01T00:00:00"}, False),
        ({"tags": ["selected"], "project_id": [UNKNOWN]}, False),
        ({"tags": ["selected"], "user_id": ["somebody else"]}, False),
    ],
    ids=str,
)
def test_batches_by_filter(api, waiting, body, selected):
    """The caller's batches that match every filter are cancelled."""
    api.get("setBatchTags", batch_id=waiting["id"], body=["selected"])
    outcome = api.get("cancelBatches", body=body)
    assert [batch["id"] for batch in outcome["batches"]] == ([waiting["id"]] if selected else [])
    assert not outcome["errors"]
    assert api.get("getBatch", batch_id=waiting["id"])["status"] == ("CANCELED" if selected else "PENDING")


def test_all_batches(start, sequence):
    """With `cancel_all`, all that is pending or running is cancelled, and what has ended is left alone."""
    api = start("--engine", "scripted")
    done = api.create(sequence, {"runs": 1})
    api.settled(done)
    running, pending = api.create(sequence, {"runs": 1}, open=True), api.create(sequence, {"runs": 1})
    api.reaches(running["jobs"][0], "DONE")
    outcome = api.get("cancelBatches", body={"cancel_all": True})
    assert {batch["id"] for batch in outcome["batches"]} == {running["id"], pending["id"]}
    assert api.get("getBatch", batch_id=done["id"])["status"] == "DONE"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"cancel_all": True, "open": True}, ["body"]),
        ({"cancel_all": True, "batch_ids": []}, ["body"]),
        ({"status": ["DONE"]}, ["body", "status", 0]),
        ({"status": ["PENDING", "CANCELED"]}, ["body", "status", 1]),
        ({"status": "PENDING"}, ["body", "status"]),
        ({"batch_ids": ["first"]}, ["body", "batch_ids", 0]),
        ({"batch_ids": UNKNOWN}, ["body", "batch_ids"]),
        ({"start_date": "yesterday"}, ["body", "start_date"]),
        ({"open": "perhaps"}, ["body", "open"]),
        ({"cancel_all": "all"}, ["body", "cancel_all"]),
    ],
    ids=str,
)
def test_contradictory_bodies(api, waiting, body, place):
    """`cancel_all` goes alone, only what is pending or running can be selected, and values must be of their type."""
    issues = api.refused("cancelBatches", 422, body=body)
    assert issues[0]["loc"][: len(place)] == place
    assert api.get("getBatch", batch_id=waiting["id"])["status"] == "PENDING"


def test_unselective_body(api, waiting):
    """A body that selects nothing is refused, and cancels nothing."""
    for body in ({}, {"cancel_all": False}, {"novelty": 1}):
        assert api.refused("cancelBatches", 422, body=body)
    assert api.get("getBatch", batch_id=waiting["id"])["status"] == "PENDING"
