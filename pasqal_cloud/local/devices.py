"""The devices that the service offers. Data only."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True)
class Device:
    """A type of device.

    Args:
        name: Its `device_type`.
        max_atoms: The largest register that it takes.
        max_runs: The most shots that one job may ask for.
    """

    name: str
    max_atoms: int
    max_runs: int


def served(max_atoms: int) -> dict[str, Device]:
    """Gives the devices that this service runs, by name."""
    return {"EMU_FREE": Device("EMU_FREE", max_atoms=max_atoms, max_runs=1_000_000)}


def device_for(sequence_device: str | None) -> str:
    """Tells which device type a sequence runs on when the client names none."""
    return sequence_device if sequence_device in CLOUD_DEVICES else DEFAULT_DEVICE
