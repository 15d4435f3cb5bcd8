"""The statuses of batches and jobs, and what else the service says of them in a word."""

from pasqal_cloud._open_enum import OpenEnum


class BatchStatus(OpenEnum):
    """The status of a batch. A batch is *settled* when nothing will change any more."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    CANCELING = "CANCELING"
    DONE = "DONE"
    ERROR = "ERROR"
    CANCELED = "CANCELED"
    TIMED_OUT = "TIMED_OUT"

    @property
    def is_settled(self) -> bool:
        """Whether the batch has come to its end; a status this version does not know is not settled."""
        return self in _SETTLED


class JobStatus(OpenEnum):
    """The status of a job. A job is *settled* when nothing will change any more."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    CANCELING = "CANCELING"
    DONE = "DONE"
    ERROR = "ERROR"
    CANCELED = "CANCELED"

    @property
    def is_settled(self) -> bool:
        """Whether the job has come to its end; a status this version does not know is not settled."""
        return self in _SETTLED


class QueuePriority(OpenEnum):
    """When a batch is served, the critical ones first. It follows from the project."""

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"
    FREE = "FREE"


class JobOrigin(OpenEnum):
    """The way on which a job came to the service."""

    CLIENT = "CLIENT"
    AZURE = "AZURE"
    OVH = "OVH"
    UNKNOWN = "UNKNOWN"


class DeviceAvailability(OpenEnum):
    """Whether a device takes batches."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    RETIRED = "RETIRED"


_SETTLED = frozenset({"DONE", "ERROR", "CANCELED", "TIMED_OUT"})
