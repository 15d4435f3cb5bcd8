"""Connections for Pulser's backends, and sequences for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pulser import AnalogDevice, MockDevice, Pulse, Register, Sequence

from pasqal_cloud.backends.connection import PasqalCloudConnection
from pasqal_cloud.testing.service import QUICK_RECOVERY, QUICK_RETRY, LocalService

from ..doubles.account import account_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pulser.devices import BaseDevice


@pytest.fixture
def connection(pasqal_environment: LocalService) -> Iterator[PasqalCloudConnection]:
    """A connection to the scripted service, as a user's program makes it."""
    with PasqalCloudConnection(retry=QUICK_RETRY, recover_for=QUICK_RECOVERY) as connection:
        yield connection


@pytest.fixture(scope="session")
def emulators() -> Iterator[LocalService]:
    """A service that really runs sequences."""
    with LocalService.start("--workers=1", "--seed=11", engine="emulators") as service:
        yield service


@pytest.fixture
def real(emulators: LocalService) -> Iterator[PasqalCloudConnection]:
    """A connection to it."""
    with PasqalCloudConnection(**account_of(emulators)) as connection:
        yield connection


def pair(device: BaseDevice = MockDevice, *, pulses: int = 1) -> Any:
    """Two atoms in blockade under resonant pulses; `duration` ns of π / √2 / `duration` bring them into W."""
    register = Register.rectangle(1, 2, spacing=6.0, prefix="q")
    if device is not MockDevice:
        register = register.with_automatic_layout(device if device.requires_layout else AnalogDevice)
    sequence = Sequence(register, device)
    sequence.declare_channel("ising", "rydberg_global")
    omega = sequence.declare_variable("omega", dtype=float)
    for _ in range(pulses):
        sequence.add(Pulse.ConstantPulse(400, omega, 0.0, 0.0), "ising")
    return sequence
