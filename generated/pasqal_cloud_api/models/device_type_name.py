from typing import Literal, TypeAlias

DeviceTypeName: TypeAlias = Literal[
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
]
""" A device type, current or legacy. """
