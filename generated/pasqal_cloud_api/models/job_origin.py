from typing import Literal, TypeAlias

JobOrigin: TypeAlias = Literal["AZURE", "CLIENT", "OVH", "UNKNOWN"]
""" From where a job came to the service. """
