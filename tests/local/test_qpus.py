"""Devices that stand in for a QPU check sequences as one does."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from pulser import AnalogDevice, DigitalAnalogDevice, MockDevice, Pulse, Register, Sequence

from pasqal_cloud.local.devices import served
from pasqal_cloud.local.emulation import checks, engine
from pasqal_cloud.local.options import Options
from pasqal_cloud.local.tasks import JobRequest, Submission, Task, Verdict

if TYPE_CHECKING:
    from pulser.devices import Device as PulserDevice
    from pulser.devices import VirtualDevice

DEVICES = served(Options())
FRESNEL = replace(AnalogDevice, name="FRESNEL")
SOUND = JobRequest(100)


def sequence(
    device: PulserDevice | VirtualDevice = FRESNEL, *, layout: bool = True, atoms: int = 2, pulses: int = 1
) -> Sequence:
    """Pulses on a row of atoms; their amplitude is the variable omega if there is one."""
    register = Register.rectangle(1, atoms, spacing=5, prefix="q")
    made = Sequence(register.with_automatic_layout(AnalogDevice) if layout else register, device)
    made.declare_channel("global", "rydberg_global")
    for _ in range(pulses):
        made.add(Pulse.ConstantPulse(200, 5, 0, 0), "global")
    return made


def parametrized() -> Sequence:
    """A sequence with a variable."""
    made = sequence(pulses=0)
    made.add(Pulse.ConstantPulse(200, made.declare_variable("omega", dtype=float), 0, 0), "global")
    return made


def judge(made: Sequence, *jobs: JobRequest, device: str = "FRESNEL", **flat: Any) -> Verdict:
    """Has a submission judged."""
    return checks.check(Submission(made.to_abstract_repr(), jobs or (SOUND,), None, DEVICES[device], flat))


@pytest.mark.parametrize("device", [FRESNEL, AnalogDevice, replace(AnalogDevice, name="ELSEWHERE")])
def test_sequences_that_fit(device: PulserDevice) -> None:
    """A sequence for the QPU, or for a device of Pulser that is like it, is accepted and runs."""
    made = sequence(device)
    assert judge(made).refusals == ()
    outcome = engine.run(Task(made.to_abstract_repr(), {}, 50, None, 1, DEVICES["FRESNEL"]))
    document = json.loads(outcome.document)
    assert sum(document["counter"].values()) == 50
    assert document["emulated_by"].startswith("QuTiP")


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (sequence(pulses=0), "no instructions"),
        (sequence(replace(AnalogDevice.to_virtual(), reusable_channels=True), layout=False), "RegisterLayout"),
        (sequence(MockDevice), "MockDevice"),
        (sequence(DigitalAnalogDevice), "DigitalAnalogDevice"),
        (sequence(replace(AnalogDevice, name="FRESNEL_SA1")), "FRESNEL_SA1"),
        (sequence(atoms=11), "11 atoms"),
        (sequence(replace(AnalogDevice, max_sequence_duration=None), pulses=31), "6000 ns"),
    ],
    ids=["empty", "no layout", "another level", "another device", "another QPU", "too large", "too long"],
)
def test_sequences_that_do_not_fit(made: Sequence, reason: str) -> None:
    """Each is refused at submission for its own reason, and would be again when it runs."""
    (refusal,) = judge(made).refusals
    assert refusal.field == "sequence_builder"
    assert reason in refusal.reason


@pytest.mark.parametrize("job", [JobRequest(), JobRequest(2001)])
def test_runs(job: JobRequest) -> None:
    """A QPU must be told how many runs it does, and does at most so many."""
    (refusal,) = judge(sequence(), SOUND, job).refusals
    assert (refusal.field, refusal.job) == ("runs", 1)


def test_values_within_the_limits() -> None:
    """Values that take a pulse beyond what the QPU can do are refused; others run."""
    jobs = [JobRequest(10, {"omega": omega}) for omega in (5.0, 50.0)]
    (refusal,) = judge(parametrized(), *jobs).refusals
    assert (refusal.field, refusal.job) == ("variables", 1)
    task = Task(parametrized().to_abstract_repr(), {"omega": 5.0}, 10, None, 1, DEVICES["FRESNEL"])
    assert engine.run(task).errors == ()


def test_mappable_registers() -> None:
    """A register that is mapped when the job is known has its layout all the same."""
    (layout,) = AnalogDevice.pre_calibrated_layouts
    made = Sequence(layout.make_mappable_register(3), FRESNEL)
    made.declare_channel("global", "rydberg_global")
    made.add(Pulse.ConstantPulse(200, 5, 0, 0), "global")
    assert judge(made, JobRequest(10, {"qubits": {"q0": 3, "q1": 9}})).refusals == ()


def test_jobs_with_sequences_of_their_own() -> None:
    """Each is checked as the batch's would be."""
    jobs = tuple(JobRequest(10, sequence=made.to_abstract_repr()) for made in (sequence(), sequence(MockDevice)))
    (refusal,) = checks.check(Submission(None, jobs, None, DEVICES["FRESNEL"])).refusals
    assert (refusal.field, refusal.job) == ("sequence", 1)


def test_an_emulator_of_a_qpu_takes_that_ones_sequences() -> None:
    """EMU_FRESNEL checks as FRESNEL does, and runs what was written for that."""
    assert judge(sequence(), device="EMU_FRESNEL").refusals == ()
    (refusal,) = judge(sequence(AnalogDevice.to_virtual(), layout=False), device="EMU_FRESNEL").refusals
    assert "RegisterLayout" in refusal.reason


def test_emulators_are_strict_on_request() -> None:
    """`strict_validation` has an emulator check as FRESNEL would; otherwise it takes what it can emulate."""
    loose = sequence(MockDevice, layout=False)
    assert judge(loose, device="EMU_FREE").refusals == ()
    assert judge(loose, device="EMU_FREE", strict_validation=True).refusals[0].field == "sequence_builder"
    assert judge(sequence(), device="EMU_FREE", strict_validation=True).refusals == ()
    refused = judge(sequence(), JobRequest(2001), device="EMU_FREE", strict_validation=True).refusals
    assert [(refusal.field, refusal.job) for refusal in refused] == [("runs", 0)]
