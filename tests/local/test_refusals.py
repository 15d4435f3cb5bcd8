"""What is refused at submission: in a sentence, with its place, and before anything is stored."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from pulser import MockDevice, Pulse, Register, Sequence
from pulser.backend import BitStrings, EmulationConfig

if TYPE_CHECKING:
    from .conftest import LocalService


def refusal(service: LocalService, sequence: str | None, *jobs: dict[str, Any], **fields: Any) -> tuple[list[Any], str]:
    """Submits what must be refused; gives the place and the reason."""
    tag = uuid4().hex
    (problem,) = service.refused("createBatch", 422, json=service.body(sequence, *jobs, tags=[tag], **fields))
    assert service.get("listBatches", query={"tag": tag}) == []
    assert len(problem["msg"]) < 400
    return problem["loc"], problem["msg"]


def sequence_of(atoms: int) -> Sequence:
    """A sequence with two channels on separate transitions, and nothing on them yet."""
    sequence = Sequence(Register.from_coordinates([(6.0 * n, 0.0) for n in range(atoms)], prefix="q"), MockDevice)
    sequence.declare_channel("rydberg", "rydberg_global")
    sequence.declare_channel("raman", "raman_local", initial_target="q0")
    return sequence


@pytest.mark.parametrize("sequence", ["", "no JSON", "{}", "[]", "null", '{"version": "1", "name": "incomplete"}'])
def test_what_is_no_sequence(service: LocalService, sequence: str) -> None:
    """Text that Pulser can't read is named so, without a dump of Pulser's schema."""
    place, reason = refusal(service, sequence, {"runs": 10})
    assert place == ["body", "sequence_builder"]
    assert "not a serialized Pulser sequence" in reason


def test_no_sequence_at_all(service: LocalService, quick: str) -> None:
    """Without a sequence of the batch, each job needs its own."""
    place, reason = refusal(service, None, {"runs": 10, "sequence": quick}, {"runs": 10})
    assert place == ["body", "jobs", 1, "sequence"]
    assert "required, because the batch has no sequence" in reason


def test_own_sequence_and_variables(service: LocalService, quick: str, parametrized: str) -> None:
    """A job has either its own sequence or variables, and its own sequence is complete."""
    place, _ = refusal(service, parametrized, {"runs": 10, "sequence": quick, "variables": {"omega": 1}})
    assert place == ["body", "jobs", 0, "variables"]
    place, reason = refusal(service, None, {"runs": 10, "sequence": parametrized})
    assert place == ["body", "jobs", 0, "sequence"]
    assert "must not have variables" in reason


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        (None, "a value is missing for the variable omega"),
        ({"other": 1}, "a value is missing for the variable omega"),
        ({"omgea": 1}, "omega; 'omgea' is not a variable of the sequence; did you mean 'omega'?"),
        ({"omega": [1, 2]}, "size 2"),
        ({"omega": "fast"}, "'fast'"),
        ({"omega": -1}, "greater than or equal to zero"),
        ({"omega": None}, "finite"),
        ({"omega": {"a": 1}}, "number"),
    ],
)
def test_wrong_variables(service: LocalService, parametrized: str, variables: Any, reason: str) -> None:
    """A missing variable is named; a value of the wrong size, type or range is refused in Pulser's words."""
    place, told = refusal(service, parametrized, {"runs": 10, "variables": variables})
    assert place == ["body", "jobs", 0, "variables"]
    assert reason in told


def test_values_nested_too_deeply(service: LocalService, parametrized: str, quick: str) -> None:
    """A value that can't even be handed to the checker is refused, and the next submission is checked."""
    nested: Any = 1.0
    for _ in range(900):
        nested = [nested]
    jobs = [{"runs": 10, "variables": {"omega": nested}}]
    assert service.refused("createBatch", 422, json=service.body(parametrized, *jobs))
    assert service.settled(service.create(quick, {"runs": 10}))["status"] == "DONE"


def test_variables_for_a_sequence_without_any(service: LocalService, quick: str) -> None:
    """Values for variables that the sequence does not have are refused."""
    place, reason = refusal(service, quick, {"runs": 10, "variables": {"omega": 1}})
    assert place == ["body", "jobs", 0, "variables"]
    assert "omega" in reason


@pytest.mark.parametrize("runs", [None, 10**7])
def test_runs(service: LocalService, quick: str, runs: int | None) -> None:
    """The number of shots must be given, unless a configuration carries it, and be bearable."""
    place, _ = refusal(service, quick, {"runs": runs})
    assert place == ["body", "jobs", 0, "runs"]


def test_no_jobs(service: LocalService, quick: str) -> None:
    """A closed batch needs a job, and so does adding jobs."""
    assert refusal(service, quick)[0] == ["body", "jobs"]
    batch = service.create(quick, open=True)
    assert service.refused("addJobs", 422, json=[], batch_id=batch["id"])
    service.get("closeBatch", batch_id=batch["id"])


def test_added_jobs_are_checked(service: LocalService, parametrized: str) -> None:
    """Jobs that come later are checked as those that come with the batch; the place ends with what is wrong."""
    batch = service.create(parametrized, open=True)
    jobs = [{"runs": 10, "variables": {"omega": 1}}, {"runs": 10}]
    (problem,) = service.refused("addJobs", 422, json=jobs, batch_id=batch["id"])
    assert problem["loc"] == ["body", 1, "variables"]
    assert service.get("closeBatch", batch_id=batch["id"])["jobs"] == []


def test_too_many_atoms(service: LocalService) -> None:
    """EMU_FREE takes ten atoms; the refusal says both numbers, and which device was chosen for the sequence."""
    sequence = sequence_of(11)
    sequence.add(Pulse.ConstantPulse(100, 1, 0, 0), "rydberg")
    place, reason = refusal(service, sequence.to_abstract_repr(), {"runs": 10})
    assert place == ["body", "sequence_builder"]
    assert "11" in reason
    assert "EMU_FREE takes at most 10" in reason


def test_unclear_measurement(service: LocalService) -> None:
    """A sequence that addresses two bases must say which one is measured."""
    sequence = sequence_of(2)
    for channel in ("rydberg", "raman"):
        sequence.add(Pulse.ConstantPulse(100, 1, 0, 0), channel)
    _, reason = refusal(service, sequence.to_abstract_repr(), {"runs": 10})
    assert "ground-rydberg" in reason
    assert "digital" in reason


def test_empty_sequences(service: LocalService) -> None:
    """A sequence without instructions is refused."""
    assert "no instructions" in refusal(service, sequence_of(2).to_abstract_repr(), {"runs": 10})[1]


@pytest.mark.parametrize("field", ["device_type", "emulator"])
def test_devices_that_are_not_served(service: LocalService, quick: str, field: str) -> None:
    """Another device type is refused, with those that there are."""
    place, reason = refusal(service, quick, {"runs": 10}, **{field: "EMU_C"})
    assert place == ["body", "device_type"]
    assert "EMU_FREE" in reason


def test_sequences_for_devices_that_are_not_served(service: LocalService, quick: str) -> None:
    """Without a device type, a sequence written for one of the cloud's devices goes there, and nowhere else."""
    document = json.loads(quick)
    document["device"]["name"] = "FRESNEL"
    assert "FRESNEL" in refusal(service, json.dumps(document), {"runs": 10})[1]
    assert service.create(json.dumps(document), {"runs": 10}, device_type="EMU_FREE")["device_type"] == "EMU_FREE"


def test_contradictions(service: LocalService, quick: str) -> None:
    """A field and its old name may not both be given."""
    assert refusal(service, quick, {"runs": 10}, open=False, complete=True)[0] == ["body", "open"]
    both = {"device_type": "EMU_FREE", "emulator": "EMU_FREE"}
    assert refusal(service, quick, {"runs": 10}, **both)[0] == ["body", "device_type"]


def test_configurations(service: LocalService, quick: str) -> None:
    """What a client may not decide, and what is no configuration, is refused; so is noise in the old form."""
    writes = EmulationConfig(observables=[BitStrings()], log_file="/tmp/forbidden").to_abstract_repr()
    for configuration in (writes, "{", "[]"):
        assert refusal(service, quick, {"runs": 10}, backend_configuration=configuration)[0] == [
            "body",
            "backend_configuration",
        ]
    assert refusal(service, quick, {"runs": 10}, configuration={"with_noise": True})[0] == ["body", "configuration"]
