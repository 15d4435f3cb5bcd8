"""The names of the emulators."""

from pasqal_cloud._open_enum import OpenEnum


class EmulatorType(OpenEnum):
    """The device types that are emulators."""

    EMU_FREE = "EMU_FREE"
    EMU_SV = "EMU_SV"
    EMU_TN = "EMU_TN"
    EMU_MPS = "EMU_MPS"
    EMU_FRESNEL = "EMU_FRESNEL"


StrEnum = OpenEnum
"""The base class, under the name that the existing package has for it."""
