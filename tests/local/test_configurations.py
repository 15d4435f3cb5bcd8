"""What clients may decide about emulation, and what the service keeps for itself."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pulser
import pytest
from pulser import MockDevice, Pulse, Register, Sequence
from pulser.backend import BitStrings, EmulationConfig
from pulser_simulation import QutipConfig

from pasqal_cloud.local.devices import Device
from pasqal_cloud.local.emulation import checks, engine
from pasqal_cloud.local.tasks import JobRequest, Refusal, Submission, Task

DEVICE = Device("EMU_FREE")


@pytest.fixture(scope="module")
def sequence() -> str:
    """One atom, half excited."""
    made = Sequence(Register.from_coordinates([(0, 0)], prefix="q"), MockDevice)
    made.declare_channel("global", "rydberg_global")
    made.add(Pulse.ConstantPulse(250, 2 * math.pi, 0, 0), "global")
    return str(made.to_abstract_repr())


def emulation(**options: Any) -> str:
    """Serializes a configuration."""
    return str(EmulationConfig(observables=[BitStrings()], **options).to_abstract_repr())


def refusals(sequence: str, configuration: str | None = None, device: Device = DEVICE, **flat: Any) -> list[Refusal]:
    """Judges a job with a configuration."""
    return list(checks.check(Submission(sequence, (JobRequest(10),), configuration, device, flat)).refusals)


def shots(sequence: str, configuration: str | None, runs: int | None) -> int:
    """Counts the shots that a job gets."""
    outcome = engine.run(Task(sequence, {}, runs, configuration, 1, DEVICE))
    assert not outcome.errors
    return sum(json.loads(outcome.document)["counter"].values())


@pytest.mark.parametrize(
    "options",
    [
        {"autosave_dt": 20.0},
        {"autosave_prefix": "x"},
        {"gpu": True},
        {"log_file": "/tmp/forbidden"},
        {"log_level": 10},
        {"num_gpus_to_use": 2},
        {"print_progress": True},
        {"progress_bar": True},
        {"dt": 5},
        {"unheard_of": 1},
    ],
    ids=lambda options: next(iter(options)),
)
def test_options_that_are_not_the_clients(sequence: str, options: dict[str, Any]) -> None:
    """Files, hardware, output and what the engine does not have are refused by name, and again when the job runs."""
    configuration, (name,) = emulation(**options), options
    (refusal,) = refusals(sequence, configuration)
    assert refusal.field == "backend_configuration"
    assert name in refusal.reason
    assert name in engine.run(Task(sequence, {}, 10, configuration, 1, DEVICE)).errors[0]


@pytest.mark.filterwarnings("ignore:.*without any observables")
@pytest.mark.parametrize(
    "configuration",
    [
        QutipConfig,
        lambda: EmulationConfig(observables=[BitStrings()]),
        lambda: EmulationConfig(observables=[BitStrings()], num_gpus_to_use=1, autosave_dt=math.inf, gpu=False),
        lambda: EmulationConfig(
            observables=[BitStrings()], log_level=20, log_file=None, autosave_prefix="emu_mps_save_"
        ),
    ],
    ids=["QutipConfig", "EmulationConfig", "of a remote backend", "with defaults of others"],
)
def test_default_configurations_are_accepted(sequence: str, configuration: Any) -> None:
    """What Pulser's backends send when their users choose nothing runs, with the shots that it says."""
    serialized = configuration().to_abstract_repr()
    assert refusals(sequence, serialized) == []
    assert shots(sequence, serialized, None) == 1000


@pytest.mark.parametrize(
    ("configuration", "runs", "expected"),
    [
        (None, 20, 20),
        (emulation(), 20, 20),
        (emulation(), 1, 1000),
        (None, 1, 1),
        (emulation(default_num_shots=30), None, 30),
        (EmulationConfig(observables=[BitStrings(num_shots=40)]).to_abstract_repr(), 20, 40),
    ],
)
def test_who_decides_the_number_of_shots(
    sequence: str, configuration: str | None, runs: int | None, expected: int
) -> None:
    """`runs`, unless it is the 1 that Pulser's emulator backends send along; an observable's own number comes first."""
    assert shots(sequence, configuration, runs) == expected


@pytest.mark.parametrize("configuration", [emulation(default_num_shots=2_000_000), emulation(sampling_rate=2.0)])
def test_numbers_out_of_range(sequence: str, configuration: str) -> None:
    """More shots than the device takes, or what the engine itself refuses, never gets to the queue."""
    (refusal,) = refusals(sequence, configuration)
    assert refusal.field == "backend_configuration"


@pytest.mark.parametrize(
    ("flat", "is_sound"),
    [
        ({"dt": 5.0, "precision": "high", "max_bond_dim": 100}, True),
        ({"dt": 0}, False),
        ({"dt": "1"}, False),
        ({"precision": "utmost"}, False),
        ({"max_bond_dim": -1}, False),
    ],
)
def test_a_tensor_networks_old_configuration(sequence: str, flat: dict[str, Any], is_sound: bool) -> None:
    """EMU_TN's options are checked whatever runs it; other devices do not know them."""
    assert (refusals(sequence, device=replace(DEVICE, name="EMU_TN"), **flat) == []) is is_sound
    assert refusals(sequence, **flat) == []


@pytest.mark.parametrize(
    ("writer", "is_told"), [("99.0.1", True), (pulser.__version__, False), ("0.1.0", False), ("?", False)]
)
def test_what_a_newer_pulser_wrote_is_refused_naming_both(sequence: str, writer: str, *, is_told: bool) -> None:
    """Whoever has the newer Pulser learns from the refusal that this may be why."""
    sequence = json.dumps(json.loads(sequence) | {"pulser_version": writer})
    (refusal,) = refusals(sequence, '{"observables": [{"observable": "of_tomorrow"}]}')
    told = f"(it was written by Pulser {writer}, but this service has Pulser {pulser.__version__})"
    assert refusal.reason.endswith(told) == is_told
    assert refusals(sequence) == []


def test_a_refusal_that_is_not_of_reading_does_not_name_them() -> None:
    """Values that are missing are missing in every Pulser; a sequence that can't be read may be of tomorrow."""
    made = Sequence(Register.from_coordinates([(0, 0)], prefix="q"), MockDevice)
    made.declare_channel("global", "rydberg_global")
    made.add(Pulse.ConstantPulse(250, made.declare_variable("omega"), 0, 0), "global")
    content = json.loads(made.to_abstract_repr()) | {"pulser_version": "99.0.1"}
    (refusal,) = refusals(json.dumps(content))
    assert (refusal.field, "omega" in refusal.reason, "99" in refusal.reason) == ("variables", True, False)
    (refusal,) = refusals(json.dumps(content | {"operations": [{"op": "of_tomorrow"}]}))
    assert (refusal.field, "99.0.1" in refusal.reason) == ("sequence_builder", True)
