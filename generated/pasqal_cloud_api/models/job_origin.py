from typing import Literal, TypeAlias

JobOrigin: TypeAlias = Literal["AZURE", "CLIENT", "OVH", "UNKNOWN"]
""" How a job came to the service. """
