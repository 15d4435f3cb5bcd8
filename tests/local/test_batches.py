"""Batches and jobs, from creation to result."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from pulser import MockDevice, Pulse, Register, Sequence
from pulser.backend import BitStrings, EmulationConfig, Occupation
from pulser.register.register_layout import RegisterLayout

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import LocalService


def test_a_batch_runs_to_its_results(service: LocalService, parametrized: str) -> None:
    """A closed batch is created PENDING, ends DONE with both its jobs, and each has its counts behind a link."""
    created = service.create(
        parametrized, {"runs": 50, "variables": {"omega": 1}}, {"runs": 7, "variables": {"omega": 2}}
    )
    assert (created["status"], created["open"], created["complete"]) == ("PENDING", False, True)
    assert created["device_type"] == "EMU_FREE"
    assert created["sequence_builder"] == parametrized
    assert [job["status"] for job in created["jobs"]] == ["PENDING", "PENDING"]
    assert [job["runs"] for job in created["jobs"]] == [50, 7]

    batch = service.settled(created)
    assert batch["status"] == "DONE"
    assert batch["job_ids"] == [job["id"] for job in created["jobs"]]
    assert batch["jobs_count_per_status"] == {"PENDING": 0, "RUNNING": 0, "DONE": 2, "ERROR": 0, "CANCELED": 0}
    assert batch["created_at"] <= batch["start_datetime"] <= batch["end_datetime"] <= batch["updated_at"]
    assert [sum(service.result(job)["counter"].values()) for job in batch["jobs"]] == [50, 7]


def test_jobs_run_in_the_order_of_their_submission(service: LocalService, quick: str) -> None:
    """With one worker, each job starts once the one before it has ended."""
    jobs = service.settled(service.create(quick, *[{"runs": 10}] * 4))["jobs"]
    instants = [instant for job in jobs for instant in (job["start_timestamp"], job["end_timestamp"])]
    assert instants == sorted(instants)


def test_bits_stand_in_pulsers_order(service: LocalService) -> None:
    """Over HTTP too, the atom addressed is 1 where the register has it."""
    register = Register({"z": (0.0, 0.0), "a": (30.0, 0.0), "m": (60.0, 0.0)})
    sequence = Sequence(register, MockDevice)
    sequence.declare_channel("local", "rydberg_local", initial_target="a")
    sequence.add(Pulse.ConstantPulse(500, 6.283185307, 0, 0), "local")
    batch = service.settled(service.create(sequence.to_abstract_repr(), {"runs": 100}))
    counter = service.result(batch["jobs"][0])["counter"]
    assert counter["010"] > 98


def test_an_open_batch_takes_jobs_until_it_is_closed(service: LocalService, parametrized: str) -> None:
    """An open batch stays RUNNING when its jobs have ended, takes more, ends when closed, and refuses more then."""
    batch = service.create(parametrized, {"runs": 10, "variables": {"omega": 1}}, open=True)
    service.wait_for_job(batch["jobs"][0], "DONE")
    assert service.get("getBatchStatus", batch_id=batch["id"])["status"] == "RUNNING"

    extended = service.get("addJobs", json=[{"runs": 20, "variables": {"omega": 2}}], batch_id=batch["id"])
    assert [job["runs"] for job in extended["jobs"]] == [10, 20]
    closed = service.get("closeBatch", batch_id=batch["id"])
    assert (closed["open"], closed["complete"]) == (False, True)

    ended = service.settled(batch)
    assert ended["status"] == "DONE"
    assert [job["status"] for job in ended["jobs"]] == ["DONE", "DONE"]
    more = {"json": [{"runs": 20, "variables": {"omega": 2}}], "batch_id": batch["id"]}
    assert "The batch is closed" in service.refused("addJobs", 409, **more)


def test_closing_settles_what_has_nothing_left_to_run(service: LocalService, quick: str) -> None:
    """A batch whose jobs have all ended, or that has none, is DONE once it is closed; closing twice is no error."""
    idle = service.create(quick, {"runs": 10}, open=True)
    service.wait_for_job(idle["jobs"][0], "DONE")
    empty = service.create(quick, open=True)
    assert empty["status"] == "PENDING"
    for batch in (idle, empty):
        assert service.get("closeBatch", batch_id=batch["id"])["status"] == "DONE"
        assert service.get("closeBatch", batch_id=batch["id"])["status"] == "DONE"


def test_an_open_batch_keeps_its_device(service: LocalService, quick: str) -> None:
    """Once an open batch has started, no other starts before it is closed."""
    holder = service.create(quick, {"runs": 10}, open=True)
    service.wait_for_job(holder["jobs"][0], "DONE")
    waiting = service.create(quick, {"runs": 10})
    service.get("addJobs", json=[{"runs": 10}, {"runs": 10}], batch_id=holder["id"])
    for job in service.jobs(holder):
        service.wait_for_job(job, "DONE")
    assert service.get("getBatchStatus", batch_id=waiting["id"])["status"] == "PENDING"
    service.get("closeBatch", batch_id=holder["id"])
    assert service.settled(waiting)["start_datetime"] > service.settled(holder)["end_datetime"]


@pytest.mark.slow
def test_an_idle_open_batch_times_out(start: Callable[..., LocalService], quick: str) -> None:
    """An open batch without unsettled jobs ends TIMED_OUT after a while, and its device serves the next."""
    service = start("--idle-timeout", "0.5")
    idle = service.create(quick, {"runs": 10}, open=True)
    following = service.create(quick, {"runs": 10})
    ended = service.settled(idle)
    assert (ended["status"], ended["open"]) == ("TIMED_OUT", False)
    idled = datetime.fromisoformat(ended["end_datetime"]) - datetime.fromisoformat(ended["jobs"][0]["end_timestamp"])
    assert timedelta(seconds=0.5) <= idled < timedelta(seconds=2)
    assert service.settled(following)["status"] == "DONE"


def test_jobs_may_bring_their_own_sequences(service: LocalService, quick: str, parametrized: str) -> None:
    """A job's own sequence takes the place of the batch's, which may be missing; getJob shows what runs."""
    without = service.settled(service.create(None, {"runs": 10, "sequence": quick}))
    mixed = service.settled(
        service.create(parametrized, {"runs": 10, "sequence": quick}, {"runs": 10, "variables": {"omega": 1}})
    )
    assert (without["status"], mixed["status"]) == ("DONE", "DONE")
    shown = [service.get("getJob", job_id=job["id"])["sequence"] for job in mixed["jobs"]]
    assert shown == [quick, parametrized]


def test_mappable_registers_run(service: LocalService) -> None:
    """The variable `qubits` maps the register's qubits to traps."""
    sequence = Sequence(RegisterLayout([(6.0 * n, 0.0) for n in range(6)]).make_mappable_register(3), MockDevice)
    sequence.declare_channel("global", "rydberg_global")
    sequence.add(Pulse.ConstantPulse(100, 1, 0, 0), "global")
    job = {"runs": 10, "variables": {"qubits": {"q0": 5, "q1": 0}}}
    batch = service.settled(service.create(sequence.to_abstract_repr(), job))
    assert {len(bits) for bits in service.result(batch["jobs"][0])["counter"]} == {2}


def test_a_backend_configuration_is_obeyed(service: LocalService, quick: str) -> None:
    """Observables are computed as asked, and the configuration may carry the number of shots."""
    configuration = EmulationConfig(observables=[BitStrings(), Occupation()], default_num_shots=33).to_abstract_repr()
    batch = service.settled(service.create(quick, {}, backend_configuration=configuration))
    result = service.result(batch["jobs"][0])
    assert sum(result["counter"].values()) == 33
    assert "occupation" in result["serialised_results"]


def test_there_is_no_link_without_a_result(service: LocalService, quick: str) -> None:
    """The link is null until the job has a result."""
    holder = service.create(quick, {"runs": 10}, open=True)
    service.wait_for_job(holder["jobs"][0], "DONE")
    waiting = service.create(quick, {"runs": 10})
    assert service.get("getJobResultsLink", job_id=waiting["jobs"][0]["id"])["results_link"] is None
    service.get("closeBatch", batch_id=holder["id"])
    assert service.result(service.settled(waiting)["jobs"][0])["counter"]


def test_cancelling_a_batch_spares_what_has_ended(service: LocalService, quick: str) -> None:
    """Pending jobs are CANCELED with their batch, ended ones stay; cancelling twice is no error, cancelling DONE is."""
    holder = service.create(quick, {"runs": 10}, open=True)
    service.wait_for_job(holder["jobs"][0], "DONE")
    waiting = service.create(quick, {"runs": 10}, {"runs": 10})
    for _ in range(2):
        canceled = service.get("cancelBatch", batch_id=waiting["id"])
        assert canceled["status"] == "CANCELED"
        assert [job["status"] for job in canceled["jobs"]] == ["CANCELED", "CANCELED"]
    canceled = service.get("cancelBatch", batch_id=holder["id"])
    assert (canceled["status"], canceled["open"], canceled["jobs"][0]["status"]) == ("CANCELED", False, "DONE")
    done = service.settled(service.create(quick, {"runs": 10}))
    assert "already ended" in service.refused("cancelBatch", 409, batch_id=done["id"])
    assert "already ended" in service.refused("cancelJob", 409, job_id=done["jobs"][0]["id"])


def test_a_canceled_job_does_not_stop_the_others(service: LocalService, quick: str) -> None:
    """A batch with a canceled job is DONE when the others are; with canceled jobs only, CANCELED."""
    holder = service.create(quick, {"runs": 10}, open=True)
    service.wait_for_job(holder["jobs"][0], "DONE")
    mixed, canceled = service.create(quick, *[{"runs": 10}] * 2), service.create(quick, {"runs": 10})
    for job in (mixed["jobs"][0], canceled["jobs"][0]):
        for _ in range(2):
            assert service.get("cancelJob", job_id=job["id"])["status"] == "CANCELED"
    service.get("closeBatch", batch_id=holder["id"])
    ended = service.settled(mixed)
    assert (ended["status"], [job["status"] for job in ended["jobs"]]) == ("DONE", ["CANCELED", "DONE"])
    assert service.settled(canceled)["status"] == "CANCELED"


def test_tags_are_replaced(service: LocalService, quick: str) -> None:
    """Tags are kept in order, found by the list's filter, and replaced as a whole."""
    before, after = uuid4().hex, uuid4().hex
    batch = service.create(quick, {"runs": 10}, tags=[before, "other"])
    assert batch["tags"] == [before, "other"]
    assert service.get("setBatchTags", json=[after], batch_id=batch["id"])["tags"] == [after]
    assert [found["id"] for found in service.get("listBatches", query={"tag": after})] == [batch["id"]]
    assert service.get("listBatches", query={"tag": before}) == []


def test_lists_are_filtered_ordered_and_paged(service: LocalService, quick: str) -> None:
    """Pages tell where they stand, in the body and in Content-Range; newest first unless asked otherwise."""
    tag = uuid4().hex
    batches = [service.create(quick, *[{"runs": 10 * n}] * n, tags=[tag]) for n in (1, 2, 3)]
    for batch in batches:
        service.settled(batch)
    ids = [batch["id"] for batch in batches]

    def found(**query: Any) -> list[str]:
        return [batch["id"] for batch in service.get("listBatches", query={"tag": tag} | query)]

    assert found() == ids[::-1]
    assert found(order_by_direction="ASC") == ids
    assert found(id=ids[:2]) == ids[1::-1]
    assert found(id__starts_with=ids[0][:13]) == ids[:1]
    assert found(min_jobs=2) == ids[:0:-1]
    assert found(min_jobs=2, max_jobs=2) == [ids[1]]
    assert found(status=["DONE", "PENDING"]) == ids[::-1]
    assert found(status="ERROR") == found(open="True") == found(device_type="FRESNEL") == []
    assert found(open="False") == found(complete="true") == found(project_id=service.project_id) == ids[::-1]
    assert found(project_id=str(uuid4())) == []
    assert found(start_date=batches[1]["created_at"]) == ids[:0:-1]
    assert found(end_date=batches[1]["created_at"].removesuffix("+00:00")) == ids[1::-1]

    page = service.call("listBatches", query={"tag": tag, "limit": 2, "offset": 1})
    assert page.json()["pagination"] == {"total": 3, "start": 1, "end": 3}
    assert page.headers["content-range"] == "1-2/3"
    assert "sequence_builder" not in page.json()["data"][0]

    jobs = service.get("listJobs", query={"batch_id": ids, "order_by": "creation_order", "order_by_direction": "ASC"})
    assert [job["batch_id"] for job in jobs] == [ids[0], ids[1], ids[1], ids[2], ids[2], ids[2]]
    assert len(service.get("listJobs", query={"batch_id": ids, "min_runs": 20, "max_runs": 20})) == 2
    assert service.get("listJobs", query={"batch_id": ids, "errors": "True"}) == []
    assert len(service.get("listJobs", query={"batch_id": ids, "origin": "CLIENT", "status": "DONE"})) == 6


def test_a_submission_sent_twice_is_stored_once(service: LocalService, quick: str) -> None:
    """The same Idempotency-Key gives the same batch again; with another body it is refused."""
    tag, key = uuid4().hex, {"Idempotency-Key": uuid4().hex}
    body = service.body(quick, {"runs": 10}, tags=[tag], open=True)
    first, second = (service.get("createBatch", json=body, headers=key) for _ in range(2))
    assert first["id"] == second["id"]
    assert len(service.get("listBatches", query={"tag": tag})) == 1
    assert "a different request" in service.refused("createBatch", 422, json=body | {"tags": []}, headers=key)

    for _ in range(2):
        extended = service.get("addJobs", json=[{"runs": 5}], headers=key, batch_id=first["id"])
        assert [job["runs"] for job in extended["jobs"]] == [10, 5]
    assert "a different request" in service.refused("addJobs", 422, json=[], headers=key, batch_id=first["id"])
    service.get("closeBatch", batch_id=first["id"])


@pytest.mark.slow
def test_the_same_seed_gives_the_same_counts(start: Callable[..., LocalService], parametrized: str) -> None:
    """`--seed` fixes what the n-th job gives, yet submitting the same again gives new counts."""

    def counters() -> list[dict[str, int]]:
        service = start("--seed", "5")
        jobs = [{"runs": 1000, "variables": {"omega": 3}}] * 2
        batch = service.settled(service.create(parametrized, *jobs))
        assert len({job["seed"] for job in batch["jobs"]}) == 2
        return [service.result(job)["counter"] for job in batch["jobs"]]

    first, second = counters(), counters()
    assert first == second
    assert first[0] != first[1]
