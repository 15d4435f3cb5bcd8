"""The names of the device types."""

from pasqal_cloud._open_enum import OpenEnum


class DeviceTypeName(OpenEnum):
    """A type of device that runs batches: an emulator (`EMU_…`) or a QPU."""

    EMU_FREE = "EMU_FREE"
    EMU_SV = "EMU_SV"
    EMU_TN = "EMU_TN"
    EMU_C = "EMU_C"
    EMU_MPS = "EMU_MPS"
    EMU_FRESNEL = "EMU_FRESNEL"
    FRESNEL = "FRESNEL"
    FRESNEL_CAN1 = "FRESNEL_CAN1"
    FRESNEL_SA1 = "FRESNEL_SA1"
    FRESNEL8 = "FRESNEL8"
    FRESNEL_RD = "FRESNEL_RD"


StrEnum = OpenEnum
"""The base class, under the name that the existing package has for it."""
