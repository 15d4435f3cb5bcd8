from typing import Literal, TypeAlias

DeviceStatus: TypeAlias = Literal["DOWN", "UP"]
""" Whether a device works. """
