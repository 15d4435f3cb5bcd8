"""The statuses of batches and jobs."""

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


_SETTLED = frozenset({"DONE", "ERROR", "CANCELED", "TIMED_OUT"})
