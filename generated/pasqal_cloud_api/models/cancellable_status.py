from typing import Literal, TypeAlias

CancellableStatus: TypeAlias = Literal["PENDING", "RUNNING"]
""" The status of a batch that can be cancelled. """
