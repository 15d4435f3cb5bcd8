"""Checking what a device would refuse of a sequence, without submitting it."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pulser import AnalogDevice, DigitalAnalogDevice, MockDevice, Pulse, Register, Sequence
from pulser.register.register_layout import RegisterLayout

from pasqal_cloud import NotFoundError, ValidationError

from ..doubles.line import Line, by_path

FRESNEL = replace(AnalogDevice, name="FRESNEL", max_atom_num=10, max_runs=500)
SPECS = {"FRESNEL": FRESNEL.to_abstract_repr(), "EMU_FREE": replace(MockDevice, name="EMU_FREE").to_abstract_repr()}


def device(name: str, **fields: Any) -> dict[str, Any]:
    """A device as the service describes it."""
    return {"device_type": name, "availability": "ACTIVE", "status": "UP", "max_atom_num": 10} | fields


@pytest.fixture
def line() -> Line:
    """A line to a service with a QPU and two emulators, one of which has no specifications."""
    return by_path(devices=[device("FRESNEL"), device("EMU_FREE"), device("EMU_MPS", max_atom_num=3)], specs=SPECS)


@pytest.fixture
def sdk(sdk_on: Callable[..., Any], line: Line) -> Any:
    """An SDK of each colour on that line."""
    return sdk_on(line)


def sequence_for(device: Any = FRESNEL, *, atoms: int = 2, layout: bool = True, pulse: bool = True) -> Any:
    """A sequence whose pulse has the amplitude `omega`."""
    register = Register.rectangle(1, atoms, 5.5, prefix="q")
    sequence = Sequence(register.with_automatic_layout(AnalogDevice) if layout else register, device)
    sequence.declare_channel("ising", "rydberg_global")
    if pulse:
        sequence.add(Pulse.ConstantPulse(400, sequence.declare_variable("omega"), 0.0, 0.0), "ising")
    return sequence


def xy_and_ising() -> Any:
    """A sequence on two bases that is not measured."""
    sequence = Sequence(Register.rectangle(1, 2, 5.5, prefix="q"), MockDevice)
    for channel in ("rydberg_global", "raman_local"):
        sequence.declare_channel(channel, channel, **({"initial_target": "q0"} if channel == "raman_local" else {}))
        sequence.add(Pulse.ConstantPulse(400, 1.0, 0.0, 0.0), channel)
    return sequence


def mappable() -> Any:
    """A sequence that takes `qubits`."""
    layout = RegisterLayout([(10.0 * place, 0.0) for place in range(22)])
    sequence = Sequence(layout.make_mappable_register(11), MockDevice)
    sequence.declare_channel("ising", "rydberg_global")
    sequence.add(Pulse.ConstantPulse(400, 1.0, 0.0, 0.0), "ising")
    return sequence


@pytest.mark.parametrize("form", [lambda sequence: sequence, lambda sequence: sequence.to_abstract_repr()])
def test_a_sequence_that_fits(colour: Any, sdk: Any, line: Line, form: Any) -> None:
    """On its own device, and on an emulator; nothing is submitted."""
    sequence = form(sequence_for())
    assert colour.call(sdk.check(sequence, runs=500, omega=6.0)) == []
    assert colour.call(sdk.check(sequence, "EMU_FREE", runs=10**6, variables={"omega": 6.0})) == []
    assert {request.method for request in line.requests} == {"GET"}


def test_a_sequence_for_another_device_is_checked_for_the_default(colour: Any, sdk: Any) -> None:
    """As the local service runs it."""
    assert colour.call(sdk.check(sequence_for(MockDevice, atoms=11, layout=False), omega=1.0)) == [
        "The register has 11 atoms, but EMU_FREE takes at most 10."
    ]


@pytest.mark.parametrize(
    ("sequence", "given", "reasons"),
    [
        (sequence_for(), {"omega": 60.0}, ["With these values, the sequence does not fit FRESNEL: .*amplitude"]),
        (sequence_for(), {}, ["The variable 'omega' has no value."]),
        (sequence_for(), {"omga": 1.0}, ["'omga' is not a variable of the sequence; did you mean 'omega'?"]),
        (sequence_for(), {"omega": 1.0, "runs": 501}, ["FRESNEL takes at most 500 shots, not 501."]),
        (sequence_for(), {"omega": 1.0, "runs": 0}, ["runs must be a whole number of shots, 1 or more, not 0"]),
        (sequence_for(pulse=False), {}, ["The sequence has no instructions"]),
        (sequence_for(layout=False), {"omega": 1.0}, ["written for FRESNEL, does not fit FRESNEL: .*RegisterLayout"]),
        (sequence_for(MockDevice), {"omega": 1.0}, ["written for MockDevice, does not fit FRESNEL: .*Rydberg level"]),
        (sequence_for(DigitalAnalogDevice, layout=False), {"omega": 1.0}, ["written for DigitalAnalogDevice"]),
        (
            sequence_for(AnalogDevice, atoms=11, layout=False),
            {"runs": 501},
            [
                "The variable 'omega' has no value.",
                "at most 500 shots",
                "The register has 11 atoms, but FRESNEL takes at most 10.",
                "register is incompatible with the new device. .*11",
            ],
        ),
        ('{"variables": {}}', {}, ["The sequence can't be read: "]),
        ("no JSON", {}, ["The sequence can't be read: "]),
    ],
)
def test_what_a_qpu_would_refuse(colour: Any, sdk: Any, sequence: Any, given: Any, reasons: list[str]) -> None:
    """All that is known of, each as a sentence."""
    found = colour.call(sdk.check(sequence, "FRESNEL", **given))
    assert len(found) == len(reasons)
    for sentence, reason in zip(found, reasons, strict=True):
        assert re.search(reason, sentence)
        assert sentence[-1] in ".?…"
        assert "\n" not in sentence


def test_what_an_emulator_would_refuse(colour: Any, sdk: Any) -> None:
    """Too many atoms, and what has no measurement basis; without specifications as well."""
    found = colour.call(sdk.check(xy_and_ising(), "EMU_MPS"))
    assert len(found) == 1
    assert "is not measured: end it with measure()" in found[0]
    assert colour.call(sdk.check(sequence_for(atoms=4), "EMU_MPS", omega=1.0)) == [
        "The register has 4 atoms, but EMU_MPS takes at most 3."
    ]


def test_a_mappable_register(colour: Any, sdk: Any) -> None:
    """It has as many atoms as are mapped to traps."""
    sequence = mappable().to_abstract_repr()
    assert colour.call(sdk.check(sequence, qubits={f"q{place}": place for place in range(3)})) == []
    assert colour.call(sdk.check(sequence, qubits={f"q{place}": place for place in range(11)})) == [
        "The register has 11 atoms, but EMU_FREE takes at most 10."
    ]
    assert colour.call(sdk.check(sequence)) == ["The variable 'qubits' has no value."]


def test_a_device_that_accepts_nothing(colour: Any, sdk_on: Any) -> None:
    """That is refused, too."""
    sdk = sdk_on(by_path(devices=[device("FRESNEL", availability="INACTIVE", status="DOWN")], specs=SPECS))
    assert colour.call(sdk.check(sequence_for(), omega=1.0)) == ["FRESNEL accepts no batches: it is INACTIVE."]


def test_a_device_that_is_none(colour: Any, sdk: Any, line: Line) -> None:
    """That is an error, like what is no sequence: there is nothing to compare."""
    error = colour.attempt(NotFoundError, lambda: sdk.check(sequence_for(), "FRESNEL9", omega=1.0))
    assert "did you mean 'FRESNEL'?" in str(error)
    before = len(line.requests)
    assert "pulser.Sequence" in str(colour.attempt(ValidationError, lambda: sdk.check(None)))
    assert len(line.requests) == before


def test_a_device_in_other_letters_is_suggested(colour: Any, sdk: Any) -> None:
    """Capitals are easily forgotten."""
    assert "did you mean 'FRESNEL'?" in str(colour.attempt(NotFoundError, lambda: sdk.device("fresnel")))


@pytest.mark.parametrize("specs", ["no JSON", "[]", '{"max_runs": "x"}', "[" * 100_000])
def test_specifications_that_cannot_be_read_are_an_error(colour: Any, sdk_on: Any, specs: str) -> None:
    """Of this package, which names the device."""
    sdk = sdk_on(by_path(devices=[device("EMU_FREE")], specs={"EMU_FREE": specs}))
    error = colour.attempt(ValidationError, lambda: sdk.check(sequence_for(), "EMU_FREE", runs=5, omega=1.0))
    assert "EMU_FREE" in str(error)
