"""The statuses of batches and jobs, and other enumerations of the service."""

from pasqal_cloud._open_enum import OpenEnum


class BatchStatus(OpenEnum):
    """The status of a batch. A batch is *settled* when it has ended, so that its status does not change any more."""

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
        """Whether the batch has ended; not so for a status that this version does not know."""
        return self in _SETTLED


class JobStatus(OpenEnum):
    """The status of a job. A job is *settled* when it has ended, so that its status does not change any more."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    CANCELING = "CANCELING"
    DONE = "DONE"
    ERROR = "ERROR"
    CANCELED = "CANCELED"

    @property
    def is_settled(self) -> bool:
        """Whether the job has ended; not so for a status that this version does not know."""
        return self in _SETTLED


class QueuePriority(OpenEnum):
    """The priority of a batch in the queue, which its project determines."""

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"
    FREE = "FREE"


class JobOrigin(OpenEnum):
    """The channel through which a job was submitted."""

    CLIENT = "CLIENT"
    AZURE = "AZURE"
    OVH = "OVH"
    UNKNOWN = "UNKNOWN"


class DeviceAvailability(OpenEnum):
    """Whether a device accepts batches."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    RETIRED = "RETIRED"


_SETTLED = frozenset({"DONE", "ERROR", "CANCELED", "TIMED_OUT"})
