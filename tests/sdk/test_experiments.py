"""Experiments on the real local service; and what `check` says is what that service refuses."""

from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

import pytest
from pulser import AnalogDevice, MockDevice, Pulse, Register, Sequence

from pasqal_cloud import ValidationError

FLIP = 2 * 3.141592653589793
"""The amplitude, in rad/µs, that excites an atom for certain with the pulses of these sequences."""


@pytest.mark.slow
def test_experiments_run(colour: Any, sdk: Any, parametrized: Callable[..., Any]) -> None:
    """One setting gives counts, several a batch, with arrays as well."""
    assert colour.call(sdk.run(parametrized(), 20, amplitude=FLIP)) == {"1": 20}
    swept = colour.call(sdk.sweep(parametrized(size=2), 10, amplitude=[[FLIP, 0.0], [FLIP, FLIP]]))
    assert swept is sdk.last_batch
    assert list(colour.call(swept.results()).values()) == [{"1": 10}, {"0": 10}]


def sequence_for(device: Any, *, atoms: int = 2, layout: bool = False, pulses: int = 1) -> Any:
    """A sequence whose pulses have the amplitude `omega`."""
    register = Register.rectangle(1, atoms, 5.5, prefix="q")
    sequence = Sequence(register.with_automatic_layout(AnalogDevice) if layout else register, device)
    sequence.declare_channel("ising", "rydberg_global")
    omega = sequence.declare_variable("omega")
    for _ in range(pulses):
        sequence.add(Pulse.ConstantPulse(400, omega, 0.0, 0.0), "ising")
    return sequence


@pytest.mark.slow
def test_what_is_checked_is_what_is_refused(colour: Any, sdk: Any) -> None:
    """A sequence is refused by the service exactly if `check` says so, on a QPU and on an emulator."""
    fresnel = colour.call(sdk.device("FRESNEL")).to_pulser()
    sequences = [
        sequence_for(fresnel, layout=True),
        sequence_for(fresnel),
        sequence_for(MockDevice),
        sequence_for(AnalogDevice, atoms=11),
        sequence_for(AnalogDevice, layout=True, pulses=0),
        sequence_for(MockDevice, atoms=11),
    ]
    verdicts = []
    for device_type, sequence in product(("FRESNEL", "EMU_FREE", None), sequences):
        for runs, omega in ((10, 6.0), (10, 60.0), (10**7, 6.0)):
            said = colour.call(sdk.check(sequence, device_type, runs=runs, omega=omega))
            create = partial(
                sdk.create_batch, sequence, [{"runs": runs, "variables": {"omega": omega}}], device_type=device_type
            )
            if said:
                colour.attempt(ValidationError, create)
            else:
                colour.call(create())
            verdicts.append(bool(said))
    assert {True, False} == set(verdicts)
