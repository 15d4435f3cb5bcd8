from typing import Literal, TypeAlias

QueuePriority: TypeAlias = Literal["CRITICAL", "FREE", "HIGH", "LOW", "MEDIUM"]
""" The priority of a batch in the queue of its device, highest first. It depends on the project. """
