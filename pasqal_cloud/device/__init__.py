"""What a batch can run on."""

from pasqal_cloud.device.device_types import DeviceTypeName, EmulatorType

__all__ = ["DeviceTypeName", "EmulatorType"]
