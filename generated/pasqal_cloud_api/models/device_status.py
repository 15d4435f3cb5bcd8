from typing import Literal, TypeAlias

DeviceStatus: TypeAlias = Literal["DOWN", "UP"]
""" Whether a device works. Not documented: the other values, and whether `DOWN` is served here. """
