"""The types of devices, and the deprecated form of the emulators' configurations."""

from pasqal_cloud.device.configuration import BaseConfig, EmuFreeConfig, EmuFresnelConfig, EmuTNConfig
from pasqal_cloud.device.device_types import DeviceTypeName
from pasqal_cloud.device.emulator_types import EmulatorType

__all__ = [
    "BaseConfig",
    "DeviceTypeName",
    "EmuFreeConfig",
    "EmuFresnelConfig",
    "EmuTNConfig",
    "EmulatorType",
]
