"""How batches and jobs go from waiting to their end."""

from __future__ import annotations

import os
from datetime import datetime

import pytest

from .client import SETTLED, STATUSES


def test_closed_batch(api, held, sequence):
    """A batch waits, runs and is done, with its jobs; times and counts say so at each step."""
    batch = api.create(sequence, {"runs": 1}, {"runs": 2}, {"runs": 3})
    progress = api.get("getBatchStatus", batch_id=batch["id"])
    assert progress["status"] == "PENDING"
    assert progress["jobs_count_per_status"] == dict.fromkeys(STATUSES, 0) | {"PENDING": 3}
    assert batch["start_datetime"] is batch["end_datetime"] is None
    assert api.get("getJobStatus", job_id=batch["jobs"][0]["id"])["status"] == "PENDING"

    seen = []
    api.get("closeBatch", batch_id=held["id"])
    while not seen or seen[-1]["status"] not in SETTLED:
        seen.append(api.get("getBatchStatus", batch_id=batch["id"]))
    assert all(progress["jobs_count_per_status"].keys() == set(STATUSES) for progress in seen)
    assert all(sum(progress["jobs_count_per_status"].values()) == 3 for progress in seen)
    order = [status for n, status in enumerate(p["status"] for p in seen) if n == 0 or seen[n - 1]["status"] != status]
    assert order in (["PENDING", "RUNNING", "DONE"], ["RUNNING", "DONE"])
    done = [progress["jobs_count_per_status"]["DONE"] for progress in seen]
    assert done == sorted(done)

    after = api.get("getBatch", batch_id=batch["id"])
    assert after["jobs_count_per_status"]["DONE"] == 3
    created, started, ended, updated = (
        datetime.fromisoformat(after[name]) for name in ("created_at", "start_datetime", "end_datetime", "updated_at")
    )
    assert created <= started <= ended <= updated
    for job in api.jobs(batch):
        assert job["status"] == "DONE"
        assert not job["errors"]
        instants = [job[name] for name in ("created_at", "start_timestamp", "end_timestamp")]
        assert instants == sorted(instants)
        assert all(datetime.fromisoformat(instant).utcoffset() is not None for instant in instants)


def test_jobs_start_as_submitted(api, sequence):
    """Jobs start in the order of their submission, those added later behind those there."""
    batch = api.create(sequence, *({"runs": n} for n in range(1, 6)), open=True)
    api.get("addJobs", batch_id=batch["id"], body=[{"runs": n} for n in range(6, 9)])
    api.get("closeBatch", batch_id=batch["id"])
    api.settled(batch)
    jobs = api.jobs(batch)
    assert [job["runs"] for job in jobs] == list(range(1, 9))
    started = [job["start_timestamp"] for job in jobs]
    assert started == sorted(started)


def test_batches_start_in_their_order(api, held, sequence):
    """Batches start when nothing holds their device, oldest first, each with all its jobs."""
    batches = [api.create(sequence, {"runs": 1}, {"runs": 1}) for _ in range(3)]
    assert {api.get("getBatchStatus", batch_id=batch["id"])["status"] for batch in batches} == {"PENDING"}
    closed = api.get("closeBatch", batch_id=held["id"])
    assert [api.settled(batch)["status"] for batch in [closed, *batches]] == ["DONE"] * 4
    started = [job["start_timestamp"] for batch in [closed, *batches] for job in api.jobs(batch)]
    assert started == sorted(started)


def test_devices_do_not_wait_for_one_another(api, held, sequence):
    """A batch for one device runs while another device is held."""
    query = {"device_type": ["EMU_TN", "EMU_MPS", "EMU_SV"], "availability": "ACTIVE"}
    others = api.get("listDevices", query=query)
    if not others and "CONFORMANCE_URL" in os.environ:
        pytest.skip("this service has no other emulator")
    batch = api.create(sequence, {"runs": 1}, device_type=others[0]["device_type"])
    assert api.settled(batch)["status"] == "DONE"
    assert api.get("getBatchStatus", batch_id=held["id"])["status"] == "RUNNING"


def test_open_batch(api, sequence, parametrized):
    """An open batch holds its device while idle, takes jobs, and ends when it was closed and they have ended."""
    batch = api.create(parametrized, {"runs": 1, "variables": {"omega": 1.0}}, open=True)
    api.reaches(batch["jobs"][0], "DONE")
    assert api.get("getBatch", batch_id=batch["id"])["status"] == "RUNNING"
    behind = api.create(sequence, {"runs": 1})

    body = [{"runs": 2, "variables": {"omega": 2.0}}, {"runs": 3, "sequence": sequence}]
    extended = api.get("addJobs", batch_id=batch["id"], body=body)
    assert extended["open"] is True
    assert [job["runs"] for job in extended["jobs"]] == [1, 2, 3]
    assert extended["jobs_count"] == 3
    for job in extended["jobs"]:
        api.reaches(job, "DONE")
    assert api.get("getBatchStatus", batch_id=behind["id"])["status"] == "PENDING"
    assert api.get("getBatchStatus", batch_id=batch["id"])["status"] == "RUNNING"

    closed = api.get("closeBatch", batch_id=batch["id"])
    assert (closed["open"], closed["complete"]) == (False, True)
    assert [job["id"] for job in closed["jobs"]] == [job["id"] for job in extended["jobs"]]
    ended, next_ended = api.settled(batch), api.settled(behind)
    assert (ended["status"], next_ended["status"]) == ("DONE", "DONE")
    assert next_ended["start_datetime"] > ended["end_datetime"]


def test_closed_batch_refuses_jobs(api, held, sequence):
    """A batch that is closed, or has ended, takes no job."""
    created = api.create(sequence, {"runs": 1})
    closed = api.create(sequence, {"runs": 1}, open=True)
    api.get("closeBatch", batch_id=closed["id"])
    api.get("closeBatch", batch_id=held["id"])
    for batch in (created, closed, held):
        refusals = [api.refused("addJobs", 409, batch_id=batch["id"], body=[{"runs": 1}])]
        api.settled(batch)
        refusals.append(api.refused("addJobs", 409, batch_id=batch["id"], body=[{"runs": 1}]))
        assert all(isinstance(refusal, str) for refusal in refusals)
        assert api.get("getBatch", batch_id=batch["id"])["jobs_count"] == 1


@pytest.mark.parametrize(
    ("place", "job"),
    [
        (["body", 1], {"runs": 1}),
        (["body", 1, "runs"], {"runs": 0, "variables": {"omega": 1.0}}),
        (["body", 1, "variables"], {"runs": 1, "variables": 3}),
        (["body", 1], 3),
    ],
)
def test_bad_jobs_are_not_added(api, parametrized, place, job):
    """When one of the jobs is refused, none is added."""
    batch = api.create(parametrized, open=True)
    good = {"runs": 1, "variables": {"omega": 1.0}}
    issues = api.refused("addJobs", 422, batch_id=batch["id"], body=[good, job])
    assert issues[0]["loc"][: len(place)] == place
    assert api.get("getBatch", batch_id=batch["id"])["jobs_count"] == 0
    api.get("cancelBatch", batch_id=batch["id"])


def test_idle_open_batch(start, sequence):
    """An open batch without jobs to run is timed out, gives its device free and takes no more jobs."""
    api = start("--idle-timeout", "0.5", "--engine", "scripted")
    idle = api.create(sequence, {"runs": 1}, open=True)
    behind = api.create(sequence, {"runs": 1})
    ended = api.settled(idle)
    assert ended["status"] == "TIMED_OUT"
    assert ended["jobs_count_per_status"]["DONE"] == 1
    assert api.settled(behind)["status"] == "DONE"
    api.refused("addJobs", 409, batch_id=idle["id"], body=[{"runs": 1}])
    link = api.get("getJobResultsLink", job_id=idle["jobs"][0]["id"])
    assert link["results_link"]


def test_cancelled_while_running(api, endless, sequence):
    """A running batch is cancelled with what it runs, and the device goes on."""
    batch = api.create(endless, {"runs": 1}, {"runs": 2})
    behind = api.create(sequence, {"runs": 1})
    api.reaches(batch["jobs"][0], "RUNNING")
    assert api.get("cancelBatch", batch_id=batch["id"])["status"] in ("CANCELED", "CANCELING")
    assert api.settled(batch)["jobs_count_per_status"]["CANCELED"] == 2
    assert api.settled(behind)["status"] == "DONE"


def test_job_cancelled_while_running(api, endless, sequence):
    """A running job is cancelled, and the next one runs."""
    batch = api.create(endless, {"runs": 1}, {"runs": 2, "sequence": sequence})
    first, second = batch["jobs"]
    api.reaches(first, "RUNNING")
    assert api.get("cancelJob", job_id=first["id"])["status"] in ("CANCELED", "CANCELING")
    api.reaches(first, "CANCELED")
    api.reaches(second, "DONE")
    assert api.get("getJobResultsLink", job_id=first["id"])["results_link"] is None
    assert api.settled(batch)["status"] == "DONE"
