"""What a batch can be created from, what comes back, and what is refused."""

from __future__ import annotations

import json
from typing import Any

from .client import UNKNOWN

HEAD = {"id", "status", "open", "complete", "device_type", "user_id", "project_id", "created_at", "updated_at", "tags"}
JOB = {"id", "status", "runs", "batch_id", "project_id", "created_at", "updated_at", "variables"}


def places(issues: list[dict[str, Any]]) -> list[list[Any]]:
    """Gives where the issues are."""
    return [issue["loc"] for issue in issues]


def test_minimal_body(api, sequence):
    """The least that a client in another language sends makes a batch."""
    body = {
        "sequence_builder": sequence,
        "jobs": [{"runs": 100}],
        "device_type": "EMU_FREE",
        "project_id": api.project_id,
    }
    batch = api.get("createBatch", body=body)
    assert batch.keys() >= HEAD | {"jobs", "sequence_builder", "jobs_count", "jobs_count_per_status"}
    assert (batch["status"], batch["open"], batch["complete"]) == ("PENDING", False, True)
    assert batch["device_type"] == "EMU_FREE"
    assert batch["project_id"] == api.project_id
    assert batch["user_id"] == api.get("getAuthInfo")["id"]
    assert json.loads(batch["sequence_builder"]) == json.loads(sequence)
    (job,) = batch["jobs"]
    assert job.keys() >= JOB
    assert (job["status"], job["runs"], job["batch_id"]) == ("PENDING", 100, batch["id"])
    assert not job["variables"]
    assert "sequence" not in job
    assert batch.get("parent_id") is None


def test_body_of_the_sdk(api, parametrized):
    """All that the SDK sends, nulls included, is kept and comes back."""
    variables = [{"omega": 1.5}, {"omega": [2.5]}]
    batch = api.get(
        "createBatch",
        body={
            "sequence_builder": parametrized,
            "webhook": None,
            "jobs": [{"runs": 5, "variables": variables[0]}, {"runs": 6, "variables": variables[1]}],
            "open": False,
            "device_type": None,
            "project_id": api.project_id,
            "tags": ["one", "two"],
            "configuration": None,
            "backend_configuration": None,
        },
    )
    assert batch["device_type"] == "EMU_FREE"
    assert sorted(batch["tags"]) == ["one", "two"]
    assert [job["variables"] for job in batch["jobs"]] == variables
    assert batch["jobs_count"] == 2
    assert sum(batch["jobs_count_per_status"].values()) == 2


def test_undocumented_properties(api, sequence):
    """Properties that are not described are tolerated, in the batch and in its jobs."""
    body = api.batch(sequence, {"runs": 1, "novelty": {"a": [1]}}, novelty=1, priority=10) | {"sequence": "x"}
    assert api.get("createBatch", body=body)["status"] == "PENDING"


def test_variants(api, held, sequence):
    """Creation carries the jobs, the batch itself their ids, and a list neither sequence nor jobs."""
    created = api.create(sequence, {"runs": 1}, {"runs": 2})
    fetched = api.get("getBatch", batch_id=created["id"])
    (listed,) = api.get("listBatches", query={"id": created["id"]})
    ids = [job["id"] for job in created["jobs"]]
    assert [job["id"] for job in api.jobs(created)] == ids
    assert fetched["job_ids"] == ids
    assert fetched["sequence_builder"] == created["sequence_builder"]
    assert fetched.get("jobs") is None
    assert listed.get("jobs") is None
    assert "sequence_builder" not in listed
    assert listed.keys() >= HEAD | {"jobs_count", "jobs_count_per_status"}
    for name in HEAD - {"updated_at"}:
        assert created[name] == fetched[name] == listed[name]
    for batch in (created, fetched, listed):
        assert batch["jobs_count"] == 2
        assert batch["jobs_count_per_status"] == {"PENDING": 2, "RUNNING": 0, "DONE": 0, "ERROR": 0, "CANCELED": 0}
    api.get("cancelBatch", batch_id=created["id"])


def test_job_alone_carries_its_sequence(api, held, sequence):
    """A job's sequence, its own or its batch's, comes with the job itself and in no list."""
    batch = api.create(sequence, {"runs": 1})
    (listed,) = api.jobs(batch)
    job = api.get("getJob", job_id=listed["id"])
    assert json.loads(job["sequence"]) == json.loads(sequence)
    assert "sequence" not in listed
    assert job.keys() >= listed.keys()
    api.get("cancelBatch", batch_id=batch["id"])


def test_sequences_of_jobs(api, sequence, parametrized):
    """Each job may bring its own sequence, beside a batch's or without one."""
    alone = api.create(None, {"runs": 3, "sequence": sequence}, {"runs": 4, "sequence": sequence})
    mixed = api.create(parametrized, {"runs": 5, "sequence": sequence}, {"runs": 6, "variables": {"omega": 1.0}})
    assert alone["sequence_builder"] is None
    assert api.settled(alone)["jobs_count_per_status"]["DONE"] == 2
    assert api.settled(mixed)["jobs_count_per_status"]["DONE"] == 2
    own, shared = (api.get("getJob", job_id=job["id"])["sequence"] for job in mixed["jobs"])
    assert json.loads(own) == json.loads(sequence)
    assert json.loads(shared) == json.loads(parametrized)


def test_open_and_complete(api, held, sequence):
    """`complete` is the contrary of `open`, here as there."""
    batch = api.create(sequence, {"runs": 1}, open=True)
    assert (batch["open"], batch["complete"]) == (True, False)
    body = api.batch(sequence, {"runs": 1}, complete=False)
    del body["open"]
    other = api.get("createBatch", body=body)
    assert (other["open"], other["complete"]) == (True, False)
    for each in (batch, other):
        api.get("cancelBatch", batch_id=each["id"])


def test_empty_open_batch(api, held, sequence):
    """An open batch may begin without jobs."""
    batch = api.create(sequence, open=True)
    assert batch["jobs"] == []
    assert batch["jobs_count"] == 0
    api.get("cancelBatch", batch_id=batch["id"])


def test_refused_values(api, sequence, parametrized):
    """What can't be run is refused at submission, with the place and a reason that people can read."""
    run = {"runs": 1}
    for place, body in (
        (["project_id"], {"sequence_builder": sequence, "jobs": [run]}),
        (["project_id"], api.batch(sequence, run, project_id="mine")),
        (["project_id"], api.batch(sequence, run, project_id=None)),
        (["jobs"], api.batch(sequence)),
        (["jobs"], api.batch(sequence, jobs={"runs": 1})),
        (["jobs", 0], api.batch(sequence, jobs=[3])),
        (["jobs", 1, "runs"], api.batch(sequence, run, {"runs": 0})),
        (["jobs", 0, "runs"], api.batch(sequence, {"runs": -5})),
        (["jobs", 0, "runs"], api.batch(sequence, {"runs": 1.5})),
        (["jobs", 0, "runs"], api.batch(sequence, {"runs": "many"})),
        (["jobs", 0, "runs"], api.batch(sequence, {"runs": 10**30})),
        (["jobs", 0, "variables"], api.batch(parametrized, {"runs": 1, "variables": [1]})),
        (["tags"], api.batch(sequence, run, tags=["a", "a"])),
        (["tags", 0], api.batch(sequence, run, tags=[1])),
        (["open"], api.batch(sequence, run, open="perhaps")),
        (["sequence_builder"], api.batch("nonsense", run)),
        (["sequence_builder"], api.batch("{}", run)),
        (["sequence_builder"], api.batch("[]", run)),
        (["sequence_builder"], api.batch("", run)),
        (["device_type"], api.batch(sequence, run, device_type="NOWHERE")),
        (["backend_configuration"], api.batch(sequence, run, backend_configuration="nonsense")),
    ):
        issues = api.refused("createBatch", 422, body=body)
        assert any(loc[: len(place) + 1] == ["body", *place] for loc in places(issues)), (body, issues)
        assert all(0 < len(issue["msg"]) < 500 for issue in issues)


def test_no_sequence(api, sequence):
    """Without a batch's sequence, a job without its own is refused."""
    issues = api.refused("createBatch", 422, body=api.batch(None, {"runs": 1, "sequence": sequence}, {"runs": 1}))
    assert places(issues)[0][:3] == ["body", "jobs", 1]


def test_sequence_and_variables(api, sequence, parametrized):
    """A job has its own sequence or variables, never both; empty variables are none."""
    both = {"runs": 1, "sequence": sequence, "variables": {"omega": 1.0}}
    issues = api.refused("createBatch", 422, body=api.batch(parametrized, both))
    assert places(issues)[0][:3] == ["body", "jobs", 0]
    for variables in ({}, None):
        api.create(parametrized, {"runs": 1, "sequence": sequence, "variables": variables})


def test_variables_without_a_parametrized_sequence(api, sequence):
    """Variables for a sequence that has none are refused, at the jobs."""
    issues = api.refused("createBatch", 422, body=api.batch(sequence, {"runs": 1, "variables": {"omega": 1.0}}))
    assert places(issues)[0][:2] == ["body", "jobs"]


def test_missing_variables(api, parametrized):
    """A parametrized sequence needs its variables, which the refusal names."""
    issues = api.refused("createBatch", 422, body=api.batch(parametrized, {"runs": 1}))
    assert places(issues)[0][:2] == ["body", "jobs"]
    assert "omega" in issues[0]["msg"]


def test_parametrized_sequence_of_a_job(api, parametrized):
    """A job's own sequence must not be parametrized."""
    issues = api.refused("createBatch", 422, body=api.batch(None, {"runs": 1, "sequence": parametrized}))
    assert places(issues)[0][:3] == ["body", "jobs", 0]


def test_exclusive_names(api, sequence):
    """The old names of `open` and `device_type` contradict the new ones."""
    for extra in ({"open": True, "complete": True}, {"emulator": "FRESNEL"}):
        assert api.refused("createBatch", 422, body=api.batch(sequence, {"runs": 1}, **extra))


def test_old_name_of_the_device(api, held, sequence):
    """`emulator` alone chooses the device."""
    body = api.batch(sequence, {"runs": 1}, emulator="EMU_FREE")
    del body["device_type"]
    batch = api.get("createBatch", body=body)
    assert batch["device_type"] == "EMU_FREE"
    api.get("cancelBatch", batch_id=batch["id"])


def test_project_of_others(api, sequence):
    """A project of which the caller is no member can't be charged."""
    body = api.batch(sequence, {"runs": 1}, project_id=UNKNOWN)
    assert api.refused("createBatch", 404, body=body)


def test_refused_batch_leaves_nothing(api, sequence):
    """A batch that was refused does not exist."""
    before = api.send("listBatches", query={"limit": 1}).json()["pagination"]["total"]
    api.refused("createBatch", 422, body=api.batch(sequence, {"runs": 1}, {"runs": 0}))
    assert api.send("listBatches", query={"limit": 1}).json()["pagination"]["total"] == before


def test_tags_are_replaced(api, held):
    """Tags given later are the only ones; they are unique; none may be left."""
    for tags in (["a", "b"], ["c"], []):
        batch = api.get("setBatchTags", batch_id=held["id"], body=tags)
        assert sorted(batch["tags"]) == tags
        assert sorted(api.get("getBatch", batch_id=held["id"])["tags"]) == tags
    issues = api.refused("setBatchTags", 422, batch_id=held["id"], body=["a", "a"])
    assert places(issues)[0][0] == "body"
    api.refused("setBatchTags", 422, batch_id=held["id"], body=[1])
    assert api.get("getBatch", batch_id=held["id"])["tags"] == []
