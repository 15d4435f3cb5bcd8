"""Outcomes and pauses: jobs that end as they are told, when they are told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def outcome(scripted: Any) -> Callable[..., dict[str, Any]]:
    """A function that says how jobs end."""

    def outcome(**rule: Any) -> dict[str, Any]:
        shown: dict[str, Any] = scripted.control("POST", "outcomes", json=rule)
        return shown

    return outcome


def statuses(service: Any, batch: dict[str, Any]) -> list[str]:
    """The statuses of a batch's jobs, in order."""
    return [job["status"] for job in service.jobs(batch)]


def test_errors(scripted: Any, outcome: Any) -> None:
    """The job ends in ERROR, with these sentences, and has no result."""
    outcome(errors=["The laser is off.", "Try again."])
    batch = scripted.settled(scripted.create("{}", {"runs": 1}))
    (job,) = batch["jobs"]
    assert (batch["status"], job["status"], job["errors"]) == ("ERROR", "ERROR", ["The laser is off.", "Try again."])
    assert job["start_timestamp"] <= job["end_timestamp"]
    assert scripted.get("getJobResultsLink", job_id=job["id"])["results_link"] is None


def test_a_counter(scripted: Any, outcome: Any) -> None:
    """The job is DONE, and its result document has these counts, and says that it is made up."""
    outcome(counter={"01": 60, "10": 40})
    (job,) = scripted.settled(scripted.create("{}", {"runs": 1}))["jobs"]
    result = scripted.result(job)
    assert (result["counter"], result["serialised_results"], result["scripted"]) == ({"01": 60, "10": 40}, None, True)


def test_a_whole_result(scripted: Any, outcome: Any) -> None:
    """The document is this one."""
    document = {"counter": None, "raw": ["01"], "serialised_results": "{}", "more": 1}
    outcome(result=document)
    (job,) = scripted.settled(scripted.create("{}", {"runs": 1}))["jobs"]
    assert scripted.result(job) == document


def test_rules_apply_in_order_and_so_many_times(scripted: Any, outcome: Any) -> None:
    """The jobs of a batch start in order, and each meets the first rule that is for it."""
    first = outcome(errors=["1"], times=1)
    outcome(counter={"1": 1}, times=2)
    batch = scripted.settled(scripted.create("{}", *[{"runs": 5}] * 4))
    assert [job["status"] for job in batch["jobs"]] == ["ERROR", "DONE", "DONE", "DONE"]
    assert [scripted.result(job)["counter"] for job in batch["jobs"][1:]] == [{"1": 1}, {"1": 1}, {"0": 5}]
    assert scripted.control("GET", f"outcomes/{first['id']}")["fired"] == 1
    assert batch["status"] == "DONE"


@pytest.mark.parametrize(
    "selector",
    [
        lambda batch: {"job_id": batch["jobs"][0]["id"]},
        lambda batch: {"batch_id": batch["id"]},
        lambda batch: {"device_type": "EMU_FRESNEL"},
        lambda batch: {"tag": "fragile"},
        lambda batch: {"tag": "fragile", "batch_id": batch["id"]},
    ],
    ids=["job", "batch", "device", "tag", "both"],
)
def test_rules_are_for_some_jobs(scripted: Any, outcome: Any, selector: Callable[[Any], dict[str, str]]) -> None:
    """Others end as usual."""
    scripted.control("PATCH", "queue", json={"paused": True})
    meant = scripted.create("{}", {"runs": 1}, device_type="EMU_FRESNEL", tags=["a", "fragile"])
    other = scripted.create("{}", {"runs": 1}, device_type="EMU_FREE", tags=["a"])
    outcome(errors=["No."], **selector(meant))
    scripted.control("PATCH", "queue", json={"paused": False})
    assert scripted.settled(meant)["status"] == "ERROR"
    assert scripted.settled(other)["status"] == "DONE"


def test_a_job_takes_its_time(scripted: Any, outcome: Any) -> None:
    """It is RUNNING for so many seconds of the service's clock, and others pass it meanwhile."""
    scripted.control("PATCH", "clock", json={"frozen": True})
    outcome(counter={"1": 1}, after=3600, times=1)
    slow = scripted.create("{}", {"runs": 1})
    scripted.wait_for_job(slow["jobs"][0], "RUNNING")
    assert scripted.settled(scripted.create("{}", {"runs": 1}))["status"] == "DONE"
    scripted.control("PATCH", "clock", json={"advance": 3599})
    assert scripted.settled(scripted.create("{}", {"runs": 1}))["status"] == "DONE"
    assert statuses(scripted, slow) == ["RUNNING"]
    scripted.control("PATCH", "clock", json={"advance": 1})
    assert scripted.settled(slow)["status"] == "DONE"


def test_a_fast_clock_brings_its_end(scripted: Any, outcome: Any) -> None:
    """An hour passes in a moment."""
    outcome(errors=["No."], after=3600)
    batch = scripted.create("{}", {"runs": 1})
    scripted.wait_for_job(batch["jobs"][0], "RUNNING")
    scripted.control("PATCH", "clock", json={"speed": 100_000})
    assert scripted.settled(batch)["status"] == "ERROR"


def test_a_held_job_ends_when_it_is_released(scripted: Any, outcome: Any) -> None:
    """And not before."""
    rule = outcome(counter={"1": 1}, hold=True)
    batch = scripted.create("{}", *[{"runs": 1}] * 2)
    for job in batch["jobs"]:
        scripted.wait_for_job(job, "RUNNING")
    scripted.control("PATCH", "clock", json={"advance": 1e6})
    scripted.token = scripted.log_in().json()["access_token"]
    assert statuses(scripted, batch) == ["RUNNING", "RUNNING"]
    assert scripted.control("POST", f"outcomes/{rule['id']}/release")["hold"] is False
    assert [job["status"] for job in scripted.settled(batch)["jobs"]] == ["DONE", "DONE"]
    assert scripted.settled(scripted.create("{}", {"runs": 1}))["status"] == "DONE"


@pytest.fixture(autouse=True)
def token(scripted: Any) -> Any:
    """A token that is good when the clock is right again."""
    token = scripted.token
    yield
    scripted.token = token


def test_a_rule_that_is_taken_away_holds_nothing(scripted: Any, outcome: Any) -> None:
    """Its jobs end as it says; later ones as usual."""
    rule = outcome(errors=["No."], hold=True)
    batch = scripted.create("{}", {"runs": 1})
    scripted.wait_for_job(batch["jobs"][0], "RUNNING")
    scripted.control("DELETE", f"outcomes/{rule['id']}")
    assert scripted.settled(batch)["status"] == "ERROR"
    assert scripted.settled(scripted.create("{}", {"runs": 1}))["status"] == "DONE"


@pytest.mark.parametrize("operation", ["cancelJob", "cancelBatch"])
def test_a_held_job_can_be_cancelled(scripted: Any, outcome: Any, operation: str) -> None:
    """Like any that runs; what it would have given comes to nothing."""
    rule = outcome(counter={"1": 1}, hold=True)
    batch = scripted.create("{}", {"runs": 1})
    job = batch["jobs"][0]
    scripted.wait_for_job(job, "RUNNING")
    scripted.get(operation, **({"job_id": job["id"]} if operation == "cancelJob" else {"batch_id": batch["id"]}))
    scripted.control("POST", f"outcomes/{rule['id']}/release")
    assert scripted.settled(scripted.create("{}", {"runs": 1}))["status"] == "DONE"
    assert statuses(scripted, batch) == ["CANCELED"]
    assert scripted.get("getJobResultsLink", job_id=job["id"])["results_link"] is None


def test_many_jobs_that_nothing_runs(scripted: Any, outcome: Any) -> None:
    """They need no worker, and all are RUNNING at once; the service answers meanwhile."""
    rule = outcome(errors=["No."], hold=True)
    batch = scripted.create("{}", *[{"runs": 1}] * 200)
    scripted.until(
        lambda: scripted.get("getBatchStatus", batch_id=batch["id"])["jobs_count_per_status"]["RUNNING"] == 200
    )
    scripted.control("POST", f"outcomes/{rule['id']}/release")
    assert scripted.settled(batch)["status"] == "ERROR"


def test_a_rule_without_an_end_delays(scripted: Any, outcome: Any) -> None:
    """The job is RUNNING at once, and then ends as usual."""
    rule = outcome(hold=True)
    batch = scripted.create("{}", {"runs": 7})
    scripted.wait_for_job(batch["jobs"][0], "RUNNING")
    scripted.control("POST", f"outcomes/{rule['id']}/release")
    assert scripted.result(scripted.settled(batch)["jobs"][0])["counter"] == {"0": 7}


def test_a_paused_device_starts_nothing(scripted: Any) -> None:
    """Its jobs stay PENDING, in order, while other devices go on."""
    assert scripted.control("PATCH", "queue", json={"paused": ["EMU_FRESNEL"]}) == {"paused": ["EMU_FRESNEL"]}
    paused = scripted.create("{}", *[{"runs": 1}] * 2, device_type="EMU_FRESNEL")
    assert scripted.settled(scripted.create("{}", {"runs": 1}, device_type="EMU_FREE"))["status"] == "DONE"
    assert statuses(scripted, paused) == ["PENDING", "PENDING"]
    assert scripted.control("PATCH", "queue", json={"paused": False}) == {"paused": []}
    assert scripted.settled(paused)["status"] == "DONE"


def test_all_devices_can_be_paused(scripted: Any) -> None:
    """Jobs can be cancelled before they ever start."""
    assert "EMU_FREE" in scripted.control("PATCH", "queue", json={"paused": True})["paused"]
    batch = scripted.create("{}", {"runs": 1})
    scripted.get("cancelBatch", batch_id=batch["id"])
    scripted.control("PATCH", "queue", json={"paused": False})
    assert statuses(scripted, batch) == ["CANCELED"]


def workload(scripted: Any, **fields: Any) -> Any:
    """Creates a workload."""
    usual = {"project_id": scripted.project_id, "workload_type": "type", "backend": "EMU_FREE", "config": {"a": 1}}
    return scripted.get("createWorkload", json=usual | fields)


def ended(scripted: Any, created: Any) -> Any:
    """Waits until a workload has ended."""

    def look() -> Any:
        found = scripted.get("getWorkload", workload_id=created["id"])
        return found if found["status"] in {"DONE", "ERROR", "CANCELED"} else None

    return scripted.until(look)


def test_a_workload_ends_as_it_is_told(scripted: Any, outcome: Any) -> None:
    """By its type, its backend or its id; nothing can run it otherwise, which is an error that says so."""
    outcome(result={"energy": -1.5}, workload_type="told")
    outcome(errors=["No."], backend="FRESNEL")
    told, failed, other = (
        workload(scripted, workload_type="told"),
        workload(scripted, backend="FRESNEL"),
        workload(scripted),
    )
    link = ended(scripted, told)["result_link"]
    assert scripted.http.get(link).json() == {"energy": -1.5}
    assert ended(scripted, failed)["errors"] == ["No."]
    (reason,) = ended(scripted, other)["errors"]
    assert "The local service can't run workloads" in reason


def test_a_workload_can_be_held(scripted: Any, outcome: Any) -> None:
    """RUNNING until it is released; or cancelled, like any."""
    rule = outcome(result={}, hold=True)
    held, cancelled = workload(scripted), workload(scripted)
    for one in (held, cancelled):
        scripted.until(lambda one=one: scripted.get("getWorkload", workload_id=one["id"])["status"] == "RUNNING")
    scripted.get("cancelWorkload", workload_id=cancelled["id"])
    scripted.control("POST", f"outcomes/{rule['id']}/release")
    assert ended(scripted, held)["status"] == "DONE"
    assert ended(scripted, cancelled)["status"] == "CANCELED"


def test_rules_for_jobs_are_not_for_workloads(scripted: Any, outcome: Any) -> None:
    """Nor the other way round."""
    outcome(counter={"1": 1}, device_type="EMU_FREE")
    outcome(counter={"1": 1}, tag="a")
    outcome(errors=["No."], workload_type="type")
    assert ended(scripted, workload(scripted))["errors"] == ["No."]
    assert scripted.settled(scripted.create("{}", {"runs": 1}))["status"] == "DONE"


def test_workloads_wait_while_all_is_paused(scripted: Any) -> None:
    """They have no device of their own."""
    scripted.control("PATCH", "queue", json={"paused": True})
    waiting = workload(scripted)
    scripted.control("PATCH", "clock", json={"advance": 1})
    assert scripted.get("getWorkload", workload_id=waiting["id"])["status"] == "PENDING"
    scripted.control("PATCH", "queue", json={"paused": False})
    assert ended(scripted, waiting)["status"] == "ERROR"


@pytest.mark.parametrize(
    ("sequence", "variables", "atoms"),
    [
        ({"register": [{"name": "q0", "x": 0, "y": 0}, {"name": "q1", "x": 5, "y": 0}]}, {}, 2),
        ({"register": [{"qid": "q0"}, {"qid": "q1"}, {"qid": "q2"}]}, {"qubits": {"q0": 4, "q1": 7}}, 2),
        ({"register": "?"}, {}, 1),
        ({}, {}, 1),
    ],
    ids=str,
)
def test_an_ordinary_result_is_plausible(scripted: Any, sequence: Any, variables: Any, atoms: int) -> None:
    """All shots in the ground state, as many as were asked for, one digit for each atom."""
    batch = scripted.create(json.dumps(sequence), {"runs": 30, "variables": variables})
    (job,) = scripted.settled(batch)["jobs"]
    assert scripted.result(job)["counter"] == {"0" * atoms: 30}
    assert scripted.result(job)["scripted"] is True


def test_a_real_sequence_is_read(scripted: Any, quick: str) -> None:
    """As Pulser serializes it: its own atoms, and its own device where none is named."""
    batch = scripted.create(None, {"runs": 3, "sequence": quick})
    (job,) = scripted.settled(batch)["jobs"]
    assert (batch["device_type"], scripted.result(job)["counter"]) == ("EMU_FREE", {"00": 3})


@pytest.mark.parametrize("sequence", ["", "no", "[]", "3", "null", "[" * 100_000])
def test_a_sequence_must_be_an_object(scripted: Any, sequence: str) -> None:
    """More is not known without Pulser."""
    (problem,) = scripted.refused("createBatch", 422, json=scripted.body(sequence, {"runs": 1}))
    assert problem["loc"] == ["body", "sequence_builder"]
    own = scripted.body(None, {"runs": 1, "sequence": sequence})
    (problem,) = scripted.refused("createBatch", 422, json=own)
    assert problem["loc"] == ["body", "jobs", 0, "sequence"]


@pytest.mark.slow
def test_real_emulators_follow_outcomes_too(start: Callable[..., Any], quick: str, endless: str) -> None:
    """A job that meets a rule is not run, though a worker is there; all others are."""
    service = start()
    rule = service.control("POST", "outcomes", json={"counter": {"10": 9}, "tag": "told", "hold": True})
    told = service.create(endless, {"runs": 9}, tags=["told"])
    service.wait_for_job(told["jobs"][0], "RUNNING")
    (job,) = service.settled(service.create(quick, {"runs": 9}))["jobs"]
    assert "scripted" not in service.result(job)
    service.control("POST", f"outcomes/{rule['id']}/release")
    (job,) = service.settled(told)["jobs"]
    assert service.result(job)["counter"] == {"10": 9}


@pytest.mark.slow
def test_a_delayed_job_of_a_real_emulator_runs_when_there_is_room(start: Callable[..., Any], quick: str) -> None:
    """It is RUNNING from the start, and has a real result in the end."""
    service = start()
    rule = service.control("POST", "outcomes", json={"hold": True})
    batch = service.create(quick, *[{"runs": 20}] * 3)
    for job in batch["jobs"]:
        service.wait_for_job(job, "RUNNING")
    service.control("POST", f"outcomes/{rule['id']}/release")
    for job in service.settled(batch)["jobs"]:
        assert sum(service.result(job)["counter"].values()) == 20


def test_a_held_job_outlives_the_service(start: Callable[..., Any], tmp_path: Any) -> None:
    """Not as it was told, but in the queue: after a restart it runs as usual, since rules are not kept."""
    path = str(tmp_path / "service.db")
    service = start("--engine", "scripted", "--db", path)
    service.control("POST", "outcomes", json={"hold": True, "errors": ["No."]})
    batch = service.create("{}", {"runs": 1})
    service.wait_for_job(batch["jobs"][0], "RUNNING")
    service.kill()
    assert start("--engine", "scripted", "--db", path).settled(batch)["status"] == "DONE"


def test_a_held_workload_outlives_the_service(start: Callable[..., Any], tmp_path: Any) -> None:
    """The same: what ran when the service was killed runs again."""
    path = str(tmp_path / "service.db")
    service = start("--engine", "scripted", "--db", path)
    service.control("POST", "outcomes", json={"hold": True, "errors": ["No."]})
    held = workload(service)
    service.until(lambda: service.get("getWorkload", workload_id=held["id"])["status"] == "RUNNING")
    service.kill()
    (reason,) = ended(start("--engine", "scripted", "--db", path), held)["errors"]
    assert "Tests can script an outcome" in reason
