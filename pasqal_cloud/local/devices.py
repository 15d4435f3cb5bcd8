"""The devices that the service offers. Data only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pasqal_cloud.local.options import Options

DEFAULT_DEVICE = "EMU_FREE"
"""Where a sequence runs that was written for none of the cloud's devices."""

CLOUD_DEVICES = frozenset(
    {
        "EMU_C",
        "EMU_FREE",
        "EMU_FRESNEL",
        "EMU_MPS",
        "EMU_SV",
        "EMU_TN",
        "FRESNEL",
        "FRESNEL8",
        "FRESNEL_CAN1",
        "FRESNEL_RD",
        "FRESNEL_SA1",
    }
)
"""Every type of device that the cloud has or had."""


class Engine(StrEnum):
    """What really runs a device's jobs."""

    QUTIP = "qutip"
    SV = "sv"
    MPS = "mps"
    SCRIPTED = "scripted"


@dataclass(frozen=True)
class Device:
    """A type of device.

    Args:
        name: Its `device_type`.
        engine: What runs its jobs.
        is_qpu: Whether it stands in for a QPU, and so checks sequences as one does.
        max_atoms: The largest register that it takes.
        max_runs: The most shots that one job may ask for.
    """

    name: str
    engine: Engine = Engine.QUTIP
    is_qpu: bool = False
    max_atoms: int = 10
    max_runs: int = 1_000_000


def served(options: Options) -> dict[str, Device]:
    """Gives the devices that this service runs, by name."""
    return {"EMU_FREE": Device("EMU_FREE", max_atoms=options.max_atoms)}


def device_for(sequence_device: str | None) -> str:
    """Tells which device type a sequence runs on when the client names none."""
    return sequence_device if sequence_device in CLOUD_DEVICES else DEFAULT_DEVICE
