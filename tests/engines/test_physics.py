"""What each engine computes, against what a physicist can verify by hand."""

from __future__ import annotations

from math import pi, sin, sqrt
from typing import TYPE_CHECKING, Any

import pytest
from pulser import MockDevice, Pulse, Register, Sequence
from pulser.backend import BitStrings, CorrelationMatrix, EmulationConfig, Occupation
from pulser.noise_model import NoiseModel
from pulser.waveforms import RampWaveform

if TYPE_CHECKING:
    from .conftest import Bench

pytestmark = [pytest.mark.engines, pytest.mark.timeout(600)]

every_engine = pytest.mark.parametrize("device", ["EMU_FREE", "EMU_SV", "EMU_MPS"])

FAR = 60.0
"""A distance in µm at which atoms know nothing of each other."""


def row(spacing: float, atoms: int = 2, channel: str = "rydberg_global") -> Sequence[Any]:
    """Atoms in a row, and a channel that drives them all."""
    sequence = Sequence(Register.from_coordinates([(spacing * n, 0.0) for n in range(atoms)], prefix="q"), MockDevice)
    sequence.declare_channel("global", channel)
    return sequence


def exactly(*times: float, **options: Any) -> EmulationConfig[Any]:
    """Asks for probabilities, not samples."""
    return EmulationConfig(
        observables=[Occupation(evaluation_times=times), CorrelationMatrix(evaluation_times=times), BitStrings()],
        **options,
    )


@every_engine
@pytest.mark.parametrize("area", [pi / 3, pi / 2, pi, 2 * pi])
def test_rabi(bench: Bench, device: str, area: float) -> None:
    """A resonant pulse of area θ excites lone atoms with probability sin²(θ/2), each by itself."""
    sequence = row(FAR)
    sequence.add(Pulse.ConstantPulse(500, area / 0.5, 0, 0), "global")
    expected = sin(area / 2) ** 2
    results = bench.run(device, sequence, exactly(1.0)).results
    assert results.occupation[-1] == pytest.approx([expected] * 2, abs=2e-3)
    assert results.correlation_matrix[-1][0][1] == pytest.approx(expected**2, abs=2e-3)


@every_engine
def test_detuned_rabi(bench: Bench, device: str) -> None:
    """Off resonance by δ, the probability is Ω²/(Ω²+δ²) sin²(√(Ω²+δ²) t/2)."""
    omega, delta, time = 4.0, 3.0, 0.5
    sequence = row(FAR)
    sequence.add(Pulse.ConstantPulse(1000 * time, omega, delta, 0), "global")
    effective = sqrt(omega**2 + delta**2)
    expected = (omega / effective) ** 2 * sin(effective * time / 2) ** 2
    assert bench.run(device, sequence, exactly(1.0)).results.occupation[-1] == pytest.approx([expected] * 2, abs=2e-3)


@every_engine
def test_blockade(bench: Bench, device: str) -> None:
    """Close atoms share one excitation, at √2 the Rabi frequency; P(11) stays below (Ω/U)², where U = C₆/r⁶."""
    omega, spacing, times = 2.0, 5.0, (0.25, 0.5, 0.75, 1.0)
    sequence = row(spacing)
    sequence.add(Pulse.ConstantPulse(2000, omega, 0, 0), "global")
    blockade = (omega / (MockDevice.interaction_coeff / spacing**6)) ** 2
    results = bench.run(device, sequence, exactly(*times)).results
    for time, occupation, correlation in zip(times, results.occupation, results.correlation_matrix, strict=True):
        expected = sin(sqrt(2) * omega * 2.0 * time / 2) ** 2
        assert sum(occupation) == pytest.approx(expected, abs=0.01)
        assert -1e-6 <= correlation[0][1] <= blockade + 1e-6


@every_engine
def test_sweep(bench: Bench, device: str) -> None:
    """A slow sweep of the detuning leads three atoms, blockaded by their neighbours, to the order 101."""
    sequence = row(6.0, atoms=3)
    sweep = Pulse(RampWaveform(3000, 8.0, 8.0), RampWaveform(3000, -30.0, 30.0), 0)
    rise = Pulse.ConstantDetuning(RampWaveform(300, 0.0, 8.0), -30.0, 0)
    fall = Pulse.ConstantDetuning(RampWaveform(300, 8.0, 0.0), 30.0, 0)
    for pulse in (rise, sweep, fall):
        sequence.add(pulse, "global")
    results = bench.run(device, sequence, exactly(1.0)).results
    assert results.occupation[-1] == pytest.approx([1, 0, 1], abs=0.1)
    assert results.correlation_matrix[-1][0][2] > 0.9


@every_engine
def test_counts(bench: Bench, device: str) -> None:
    """The share of ones among 10,000 shots of two lone atoms is within 6 standard deviations of sin²(θ/2)."""
    sequence = row(FAR)
    sequence.add(Pulse.ConstantPulse(500, pi / 3 / 0.5, 0, 0), "global")
    counter = bench.run(device, sequence, exactly(1.0), runs=10_000).document["counter"]
    ones = sum(bits.count("1") * count for bits, count in counter.items())
    expected = sin(pi / 6) ** 2
    assert sum(counter.values()) == 10_000
    assert abs(ones / 20_000 - expected) < 6 * sqrt(expected * (1 - expected) / 20_000)


@every_engine
def test_bits_stand_in_the_order_of_the_register(bench: Bench, device: str) -> None:
    """Only the atom that a pulse addresses is 1, where the register has it, whatever the atoms are called."""
    names = ["z", "a", "m"]
    sequence = Sequence(Register({name: (30.0 * n, 0.0) for n, name in enumerate(names)}), MockDevice)
    sequence.declare_channel("local", "rydberg_local", initial_target="a")
    sequence.add(Pulse.ConstantPulse(500, 2 * pi, 0, 0), "local")
    ran = bench.run(device, sequence, exactly(1.0))
    assert max(ran.document["counter"], key=ran.document["counter"].get) == "010"
    assert list(ran.results.atom_order) == names


@every_engine
def test_readout_errors(bench: Bench, device: str) -> None:
    """Atoms that nothing drives are read as 1 as often as the noise model says, within 6 standard deviations."""
    wrong, shots = 0.1, 5_000
    sequence = row(FAR)
    sequence.add(Pulse.ConstantPulse(100, 0, 0, 0), "global")
    noise = NoiseModel(p_false_pos=wrong, p_false_neg=0.2)
    counter = bench.run(device, sequence, exactly(1.0, noise_model=noise), runs=shots).document["counter"]
    ones = sum(bits.count("1") * count for bits, count in counter.items())
    assert abs(ones / (2 * shots) - wrong) < 6 * sqrt(wrong * (1 - wrong) / (2 * shots))


@pytest.mark.parametrize("device", ["EMU_FREE", "EMU_SV"])
def test_dephasing(bench: Bench, device: str) -> None:
    """Strong dephasing stops Rabi oscillations half way; emu-mps would need many random jumps to show that."""
    sequence = row(FAR)
    sequence.add(Pulse.ConstantPulse(2000, 2 * pi, 0, 0), "global")
    results = bench.run(device, sequence, exactly(1.0, noise_model=NoiseModel(dephasing_rate=20.0))).results
    assert results.occupation[-1] == pytest.approx([0.5, 0.5], abs=0.02)


@pytest.mark.parametrize(
    ("device", "channel"), [("EMU_SV", "rydberg_global"), ("EMU_MPS", "rydberg_global"), ("EMU_MPS", "mw_global")]
)
@pytest.mark.parametrize("atoms", [2, 3])
@pytest.mark.parametrize("error", [0.3, 0.7, 1.0])
def test_atoms_that_are_not_prepared(bench: Bench, device: str, channel: str, atoms: int, error: float) -> None:
    """However few atoms are prepared, a π pulse turns these, and the others read 0, as on QuTiP."""
    sequence = row(20 * FAR, atoms, channel)
    sequence.add(Pulse.ConstantPulse(500, 2 * pi, 0, 0), "global")
    noise = exactly(1.0, noise_model=NoiseModel(state_prep_error=error), n_trajectories=8)
    expected, ran = (bench.run(name, sequence, noise, runs=100) for name in ("EMU_FREE", device))
    assert ran.document["counter"] == expected.document["counter"]
    assert ran.results.occupation[-1] == pytest.approx(list(expected.results.occupation[-1]), abs=2e-3)
    if error == 1.0:
        assert ran.document["counter"] == {"0" * atoms: 800}


@pytest.mark.parametrize("noise", [{"amp_sigma": 0.1, "temperature": 50.0}, {"relaxation_rate": 0.1}])
def test_unprepared_atoms_beside_other_noise(bench: Bench, noise: dict[str, float]) -> None:
    """Runs of one atom or none have the other noise of the model as well; nothing excites what is not prepared."""
    sequence = row(FAR, 2)
    sequence.add(Pulse.ConstantPulse(500, 2 * pi, 0, 0), "global")
    model = NoiseModel(state_prep_error=1.0, **noise)
    ran = bench.run("EMU_MPS", sequence, exactly(1.0, noise_model=model, n_trajectories=3), runs=100)
    assert ran.document["counter"] == {"00": 300}


@pytest.mark.parametrize("device", ["EMU_FREE", "EMU_SV", "EMU_MPS"])
def test_registers_of_one_atom(bench: Bench, device: str) -> None:
    """One atom runs, or is refused in a sentence about atoms."""
    sequence = row(FAR, 1)
    sequence.add(Pulse.ConstantPulse(500, 2 * pi, 0, 0), "global")
    noise = exactly(1.0, noise_model=NoiseModel(state_prep_error=0.5), n_trajectories=5)
    if device == "EMU_MPS":
        assert bench.reasons(device, sequence) == ["EMU_MPS runs on emu-mps, which needs at least 2 atoms"]
    else:
        assert sum(bench.run(device, sequence, noise, runs=100).document["counter"].values()) == 500
