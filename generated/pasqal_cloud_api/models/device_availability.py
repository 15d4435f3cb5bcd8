from typing import Literal, TypeAlias

DeviceAvailability: TypeAlias = Literal["ACTIVE", "INACTIVE", "RETIRED"]
""" Whether a device accepts batches. An `ACTIVE` one does, even while it does not work: they wait in its queue.
 """
