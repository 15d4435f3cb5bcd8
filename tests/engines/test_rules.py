"""The rules of jobs, on the engines that need torch: seeds, results, and what clients may decide."""

from __future__ import annotations

import json
from collections import Counter
from math import inf, pi
from typing import TYPE_CHECKING, Any

import pytest
from pulser import MockDevice, NoiseModel, Pulse, Register, Sequence
from pulser.backend import BitStrings, EmulationConfig, Occupation

from pasqal_cloud import SDK
from pasqal_cloud.local.emulation import engine
from pasqal_cloud.local.emulation.emulators import configure, load
from pasqal_cloud.local.tasks import Task

if TYPE_CHECKING:
    from pathlib import Path

    from pulser.backend.abc import EmulatorBackend

    from .conftest import Bench

pytestmark = [pytest.mark.engines, pytest.mark.timeout(600)]

torch_engines = pytest.mark.parametrize("device", ["EMU_SV", "EMU_MPS"])
SHOTS_ONLY = EmulationConfig(observables=[BitStrings()])


@pytest.fixture(scope="module")
def sequence() -> Sequence[Any]:
    """Two atoms that a pulse takes to a superposition of four states."""
    return driven("rydberg_global")


def driven(channel: str, atoms: int = 2) -> Sequence[Any]:
    """A short pulse on atoms that hardly interact."""
    made = Sequence(Register.from_coordinates([(9.0 * n, 0.0) for n in range(atoms)], prefix="q"), MockDevice)
    made.declare_channel("global", channel)
    made.add(Pulse.ConstantPulse(100, 5 * pi, 0, 0), "global")
    return made


@torch_engines
@pytest.mark.parametrize(
    "noise",
    [
        {},
        {"noise_model": NoiseModel(p_false_pos=0.1, p_false_neg=0.1)},
        {"noise_model": NoiseModel(amp_sigma=0.2, temperature=50.0, laser_waist=100.0), "n_trajectories": 3},
        {"noise_model": NoiseModel(dephasing_rate=3.0), "n_trajectories": 3},
    ],
    ids=["none", "readout", "random", "dephasing"],
)
def test_a_seed_fixes_the_counts(bench: Bench, device: str, sequence: Sequence[Any], noise: dict[str, Any]) -> None:
    """The same seed gives the same counts, whatever ran before, and another seed others."""
    configuration = EmulationConfig(observables=[BitStrings()], **noise)
    first, other, again = (
        bench.run(device, sequence, configuration, seed=seed).document["counter"] for seed in (7, 8, 7)
    )
    assert first == again != other


@torch_engines
def test_results_read_back(bench: Bench, device: str, sequence: Sequence[Any]) -> None:
    """`serialised_results` holds the same counts, for Pulser to read, and `raw` each shot when asked for."""
    ran = bench.run(device, sequence, SHOTS_ONLY, result_types=["run"])
    assert ran.results.final_bitstrings == ran.document["counter"] == Counter(ran.document["raw"])
    assert set(ran.document) == {"counter", "raw", "serialised_results"}


@torch_engines
def test_without_final_bitstrings_there_is_no_counter(bench: Bench, device: str, sequence: Sequence[Any]) -> None:
    """A configuration that asks for other observables only gives results without counts."""
    ran = bench.run(device, sequence, EmulationConfig(observables=[Occupation(evaluation_times=[0.5])]))
    assert ran.document["counter"] is None
    assert 0 < ran.results.occupation[0][0] < 1


@pytest.mark.filterwarnings("ignore:.*without any observables", "ignore:The default value of `BitStrings.num_shots`")
@torch_engines
def test_default_configurations_are_accepted(bench: Bench, device: str, sequence: Sequence[Any]) -> None:
    """The emulator's own default, and that of Pulser's remote backends, run on the service's terms."""
    backend: type[EmulatorBackend] = load(bench.devices[device].engine).backend
    own = backend.config_type()
    assert own.log_level == 20  # it would print, and might take a GPU
    for configuration in (own, EmulationConfig(observables=[BitStrings()], num_gpus_to_use=1, autosave_dt=inf)):
        assert sum(bench.run(device, sequence, configuration).document["counter"].values()) == 1000
        effective = configure(bench.devices[device], configuration.to_abstract_repr(), {}, "ground-rydberg", None)
        assert (effective.log_level, effective.log_file, effective.gpu) == (30, None, False)


@torch_engines
@pytest.mark.parametrize("name", ["log_file", "autosave_prefix"])
def test_clients_write_no_files(
    bench: Bench, device: str, sequence: Sequence[Any], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Options that name files are refused, and no file is there even when such a job runs all the same."""
    monkeypatch.chdir(tmp_path)
    configuration = EmulationConfig(observables=[BitStrings()], **{name: str(tmp_path / "file")}).to_abstract_repr()
    assert name in bench.reasons(device, sequence, configuration)[0]
    outcome = engine.run(Task(sequence.to_abstract_repr(), {}, 10, configuration, 1, bench.devices[device]))
    assert name in outcome.errors[0]
    assert list(tmp_path.iterdir()) == []


@torch_engines
def test_nothing_is_printed(
    bench: Bench, device: str, sequence: Sequence[Any], capfd: pytest.CaptureFixture[str]
) -> None:
    """Standard output is not the engines' to write to."""
    bench.run(device, sequence)
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize(
    ("device", "channel", "atoms", "reason"),
    [
        ("EMU_SV", "mw_global", 2, "XY"),
        ("EMU_SV", "raman_global", 2, "digital"),
        ("EMU_MPS", "raman_global", 2, "digital"),
        ("EMU_MPS", "rydberg_global", 1, "2 atoms"),
        ("EMU_SV", "rydberg_global", 17, "17 atoms"),
        ("EMU_MPS", "rydberg_global", 31, "31 atoms"),
    ],
)
def test_what_an_engine_does_not_have(bench: Bench, device: str, channel: str, atoms: int, reason: str) -> None:
    """It is refused at submission, in a sentence that says so."""
    assert reason in bench.reasons(device, driven(channel, atoms))[0]


@pytest.mark.parametrize(
    ("device", "channel", "state"),
    [("EMU_SV", "rydberg_global", "r"), ("EMU_MPS", "rydberg_global", "r"), ("EMU_MPS", "mw_global", "d")],
)
def test_a_state_to_count_as_1(bench: Bench, device: str, channel: str, state: str) -> None:
    """Naming the state that would be counted anyway changes nothing, also where the emulator knows no names."""
    named, default = (
        bench.run(device, driven(channel), EmulationConfig(observables=[BitStrings(one_state=one_state)]))
        for one_state in (state, None)
    )
    assert named.document["counter"] == default.document["counter"]


@torch_engines
def test_three_levels_need_qutip(bench: Bench, device: str) -> None:
    """A sequence that addresses two bases is refused by the engines that have two levels."""
    made = driven("rydberg_global")
    made.declare_channel("raman", "raman_local", initial_target="q0")
    made.add(Pulse.ConstantPulse(100, 5, 0, 0), "raman")
    made.measure("digital")
    assert "digital" in bench.reasons(device, made)[0]
    assert bench.run("EMU_FREE", made).document["counter"]


@pytest.mark.filterwarnings("ignore:.*without any observables", "ignore:The default value of `BitStrings.num_shots`")
def test_a_tensor_networks_old_configuration(bench: Bench, sequence: Sequence[Any]) -> None:
    """EMU_TN runs on emu-mps with what its flat configuration says, and tells what emulated it."""
    tn = bench.devices["EMU_TN"]
    effective = configure(tn, None, {"dt": 5.0, "precision": "high", "max_bond_dim": 70}, "ground-rydberg", 10)
    assert (effective.dt, effective.precision, effective.max_bond_dim) == (5.0, 1e-6, 70)
    document = bench.run("EMU_TN", sequence, dt=20.0, precision="low").document
    assert document["emulated_by"].startswith("emu-mps")
    assert sum(document["counter"].values()) == 1000


@pytest.mark.parametrize("device", ["EMU_FREE", "EMU_SV", "EMU_MPS"])
def test_over_http(device: str, sequence: Sequence[Any]) -> None:
    """A batch on a real service ends with the counts that its seed gives, each time."""
    counts = []
    for _ in range(2):
        with SDK.local("--seed=5", f"--devices={device}") as sdk:
            batch = sdk.create_batch(sequence.to_abstract_repr(), [{"runs": 500}], device_type=device, wait=True)
            (job,) = batch.ordered_jobs
            assert (batch.status, job.status) == ("DONE", "DONE"), job.errors
            counts.append(job.result)
    assert counts[0] == counts[1]
    assert json.dumps(counts[0])
    assert sum(counts[0].values()) == 500
    assert set(counts[0]) <= {"00", "01", "10", "11"}
