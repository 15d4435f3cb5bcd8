"""What the engine computes, against what a physicist can verify by hand."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from importlib.metadata import version
from math import pi, sin, sqrt
from typing import TYPE_CHECKING, Any

import pytest
from pulser import AnalogDevice, MockDevice, NoiseModel, Pulse, Register, Sequence
from pulser.backend import BitStrings, CorrelationMatrix, EmulationConfig, Occupation, Results
from pulser.register.register_layout import RegisterLayout

from pasqal_cloud.local.devices import Device, written_for
from pasqal_cloud.local.emulation import engine
from pasqal_cloud.local.tasks import Task

if TYPE_CHECKING:
    from collections.abc import Iterable

EXACT = EmulationConfig(observables=[Occupation(), CorrelationMatrix(), BitStrings()]).to_abstract_repr()

DEVICE = Device("EMU_FREE")


def run(sequence: Sequence, runs: int = 1000, configuration: str | None = None, **variables: Any) -> dict[str, Any]:
    """Runs a sequence as a worker would."""
    outcome = engine.run(Task(sequence.to_abstract_repr(), variables, runs, configuration, seed=1, device=DEVICE))
    assert not outcome.errors
    return json.loads(outcome.document)


def probabilities(sequence: Sequence) -> tuple[list[float], list[list[float]]]:
    """Gives, exactly, how likely each atom is excited, and each pair together."""
    results = Results.from_abstract_repr(run(sequence, configuration=EXACT)["serialised_results"])
    return results.occupation[-1], results.correlation_matrix[-1]


def pulse(positions: Iterable[tuple[float, float]], area: float, omega: float) -> Sequence:
    """A resonant pulse of an area (in rad) with an amplitude (in rad/µs) on all atoms."""
    sequence = Sequence(Register.from_coordinates(positions, center=False, prefix="q"), MockDevice)
    sequence.declare_channel("global", "rydberg_global")
    duration = round(1000 * area / omega)
    sequence.add(Pulse.ConstantPulse(duration, 1000 * area / duration, 0, 0), "global")
    return sequence


@pytest.mark.parametrize("area", [pi / 3, pi / 2, pi, 3 * pi / 2, 2 * pi])
def test_one_atom_follows_rabis_formula(area: float) -> None:
    """A resonant pulse of area θ excites one atom with probability sin²(θ/2)."""
    (excited,), _ = probabilities(pulse([(0, 0)], area, omega=1.0))
    assert excited == pytest.approx(sin(area / 2) ** 2, abs=1e-3)


def test_counts_follow_the_probabilities() -> None:
    """The share of ones among 10,000 shots is within 6 standard deviations of sin²(θ/2)."""
    expected = sin(pi / 6) ** 2
    counter = run(pulse([(0, 0)], pi / 3, omega=2 * pi), runs=10_000)["counter"]
    assert sum(counter.values()) == 10_000
    assert abs(counter["1"] / 10_000 - expected) < 6 * sqrt(expected * (1 - expected) / 10_000)


@pytest.mark.parametrize("omega", [1.0, 3.0])
def test_two_close_atoms_share_one_excitation(omega: float) -> None:
    """Inside the blockade radius a pulse of area π/√2 gives half 01, half 10, and P(11) < (Ω/U)², where U = C₆/r⁶."""
    distance = 5.0
    interaction = MockDevice.interaction_coeff / distance**6
    blockade = (omega / interaction) ** 2
    occupation, correlation = probabilities(pulse([(0, 0), (distance, 0)], pi / sqrt(2), omega))
    assert 0 <= correlation[0][1] < blockade
    assert occupation == pytest.approx([0.5, 0.5], abs=2 * blockade + 1e-3)


def test_two_distant_atoms_are_independent() -> None:
    """Far apart, each atom follows Rabi's formula, and they are excited together as often as chance has it."""
    expected = sin(pi / 6) ** 2
    occupation, correlation = probabilities(pulse([(0, 0), (60, 0)], pi / 3, omega=2 * pi))
    assert occupation == pytest.approx([expected, expected], abs=1e-3)
    assert correlation[0][1] == pytest.approx(expected**2, abs=1e-3)


@pytest.mark.parametrize(("channel", "position"), [("rydberg_local", 1), ("raman_local", 2)])
def test_bits_stand_in_the_order_of_the_register(channel: str, position: int) -> None:
    """Only the atom addressed by a π pulse is 1, where the register has it, whatever the atoms are called."""
    names = ["z", "a", "m"]
    register = Register({name: (30.0 * n, 0.0) for n, name in enumerate(names)})
    sequence = Sequence(register, MockDevice)
    sequence.declare_channel("local", channel, initial_target=names[position])
    sequence.add(Pulse.ConstantPulse(500, 2 * pi, 0, 0), "local")
    document = run(sequence)
    (bits,) = document["counter"]
    assert bits == "".join("1" if n == position else "0" for n in range(3))
    assert list(Results.from_abstract_repr(document["serialised_results"]).atom_order) == names


@pytest.mark.parametrize(("basis", "bits"), [("digital", "01"), ("ground-rydberg", "10")])
def test_three_levels_are_read_in_the_measured_basis(basis: str, bits: str) -> None:
    """With both transitions driven, 1 is the state that the measurement's basis calls so."""
    sequence = Sequence(Register.from_coordinates([(0, 0), (60, 0)], prefix="q"), MockDevice)
    sequence.declare_channel("raman", "raman_local", initial_target="q1")
    sequence.declare_channel("rydberg", "rydberg_local", initial_target="q0")
    sequence.add(Pulse.ConstantPulse(500, 2 * pi, 0, 0), "raman")
    sequence.add(Pulse.ConstantPulse(500, 2 * pi, 0, 0), "rydberg")
    sequence.measure(basis)
    assert max(run(sequence)["counter"].items(), key=lambda item: item[1])[0] == bits


def test_xy_sequences_run() -> None:
    """A microwave π pulse turns an atom's spin."""
    sequence = Sequence(Register.from_coordinates([(0, 0)], prefix="q"), MockDevice)
    sequence.declare_channel("microwave", "mw_global")
    sequence.add(Pulse.ConstantPulse(500, 2 * pi, 0, 0), "microwave")
    (counts,) = run(sequence)["counter"].values()
    assert counts == 1000


def test_mappable_registers_take_their_qubits_as_a_variable() -> None:
    """The variable `qubits` says which atoms there are, and where."""
    register = RegisterLayout([(6.0 * n, 0.0) for n in range(6)]).make_mappable_register(3)
    sequence = Sequence(register, MockDevice)
    sequence.declare_channel("global", "rydberg_global")
    sequence.add(Pulse.ConstantPulse(100, 1, 0, 0), "global")
    counter = run(sequence, qubits={"q0": 5, "q1": 0})["counter"]
    assert {len(bits) for bits in counter} == {2}


def test_results_read_back() -> None:
    """`serialised_results` holds the same counts, for Pulser to read."""
    document = run(pulse([(0, 0), (8, 0)], pi / 3, omega=2 * pi))
    assert Results.from_abstract_repr(document["serialised_results"]).final_bitstrings == document["counter"]


@pytest.mark.parametrize(
    "noise",
    [
        {},
        {"noise_model": NoiseModel(temperature=50, amp_sigma=0.1, p_false_pos=0.1, state_prep_error=0.1)},
        {"noise_model": NoiseModel(relaxation_rate=5.0), "solver": "MonteCarlo"},
    ],
    ids=["none", "random", "quantum jumps"],
)
def test_a_seed_fixes_the_counts(noise: dict[str, Any]) -> None:
    """The same seed gives the same counts, another seed others, whatever is random."""
    serialized = pulse([(0, 0), (8, 0)], 5 * pi, omega=2 * pi).to_abstract_repr()
    configuration = EmulationConfig(observables=[BitStrings()], n_trajectories=3, **noise).to_abstract_repr()
    first, again, other = (
        json.loads(engine.run(Task(serialized, {}, 1000, configuration, seed, DEVICE)).document)["counter"]
        for seed in (7, 7, 8)
    )
    assert first == again != other


def test_jobs_leave_the_random_numbers_of_others_alone() -> None:
    """What ran before in the same worker does not change what a seed gives."""
    sequence = pulse([(0, 0), (8, 0)], pi / 3, omega=2 * pi)
    first = run(sequence)["counter"]
    run(pulse([(0, 0)], pi / 2, omega=1.0), runs=77)
    assert run(sequence)["counter"] == first


def test_single_shots_on_request() -> None:
    """A flat configuration that asks for `run` gets every shot: as many as counted, not sorted, the same each time."""
    serialized = pulse([(0, 0), (8, 0)], pi / 3, omega=2 * pi).to_abstract_repr()
    task = Task(serialized, {}, 500, None, 7, DEVICE, {"result_types": ["counter", "run"]})
    document = json.loads(engine.run(task).document)
    assert Counter(document["raw"]) == document["counter"]
    assert document["raw"] != sorted(document["raw"])
    assert json.loads(engine.run(task).document)["raw"] == document["raw"]
    assert json.loads(engine.run(replace(task, configuration={"result_types": ["counter"]})).document)["raw"] is None


def test_results_of_stand_ins_say_what_they_are() -> None:
    """A device that the cloud runs on something else tells what emulated it; the others have nothing to tell."""
    serialized = pulse([(0, 0)], pi, omega=2 * pi).to_abstract_repr()
    stand_in, real = (
        json.loads(engine.run(Task(serialized, {}, 10, None, 1, device)).document)
        for device in (replace(DEVICE, name="EMU_TN", is_stand_in=True), DEVICE)
    )
    assert stand_in["emulated_by"] == f"QuTiP (pulser-simulation {version('pulser-simulation')})"
    assert "emulated_by" not in real


def test_without_final_bitstrings_there_is_no_counter() -> None:
    """A configuration that asks for other observables only gives results without counts."""
    configuration = EmulationConfig(observables=[Occupation(evaluation_times=[0.5])]).to_abstract_repr()
    document = run(pulse([(0, 0)], pi, omega=2 * pi), configuration=configuration)
    assert document["counter"] is None
    assert Results.from_abstract_repr(document["serialised_results"]).occupation[0][0] == pytest.approx(0.5, abs=0.01)


def test_a_failing_job_says_why_in_a_sentence() -> None:
    """What Pulser raises becomes the job's error, short and without a trace."""
    outcome = engine.run(Task("{}", {}, 10, None, seed=1, device=DEVICE))
    assert outcome.document is None
    assert outcome.errors == ("not a serialized Pulser sequence: its content does not follow Pulser's schema",)


def test_a_sequences_device_is_read_without_pulser() -> None:
    """The service needs it to choose a device type; what names none is left to the checker."""
    register = Register.triangular_lattice(2, 2, spacing=6, prefix="q").with_automatic_layout(AnalogDevice)
    sequence = Sequence(register, AnalogDevice)
    sequence.declare_channel("global", "rydberg_global")
    sequence.add(Pulse.ConstantPulse(100, 1, 0, 0), "global")
    assert written_for(sequence.to_abstract_repr()) == "AnalogDevice"
    assert written_for('{"device": "DigitalAnalogDevice"}') == "DigitalAnalogDevice"
    for unreadable in (None, "", "{", "[]", "{}", '{"device": 1}', '{"device": {}}', "[" * 100_000):
        assert written_for(unreadable) is None
