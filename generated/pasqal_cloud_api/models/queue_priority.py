from typing import Literal, TypeAlias

QueuePriority: TypeAlias = Literal["CRITICAL", "FREE", "HIGH", "LOW", "MEDIUM"]
""" The order in which a device's queue is served, from first to last. It follows from the project. """
