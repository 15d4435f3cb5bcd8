"""Batches and jobs, from creation to result."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from pulser import MockDevice, Pulse, Register, Sequence
from pulser.backend import BitStrings, EmulationConfig, Occupation
from pulser.register.register_layout import RegisterLayout

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import LocalService


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


def test_closing_settles_what_has_nothing_left_to_run(service: LocalService, quick: str) -> None:
    """A batch with no job left is DONE once it is closed, and takes no more; closing twice is no error."""
    idle = service.create(quick, {"runs": 10}, open=True)
    service.wait_for_job(idle["jobs"][0], "DONE")
    empty = service.create(quick, open=True)
    assert empty["status"] == "PENDING"
    for batch in (idle, empty):
        assert service.get("closeBatch", batch_id=batch["id"])["status"] == "DONE"
        assert service.get("closeBatch", batch_id=batch["id"])["status"] == "DONE"
        assert "The batch is closed" in service.refused("addJobs", 409, json=[{"runs": 20}], batch_id=batch["id"])


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


def test_sequences_are_given_back_to_the_letter(scripted: LocalService, quick: str, parametrized: str) -> None:
    """What was sent for the batch, or for a job alone, is what is shown."""
    jobs = {"runs": 10, "sequence": quick}, {"runs": 10, "variables": {"omega": 1}}
    batch = scripted.create(parametrized, *jobs)
    assert batch["sequence_builder"] == parametrized
    shown = [scripted.get("getJob", job_id=job["id"])["sequence"] for job in batch["jobs"]]
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
