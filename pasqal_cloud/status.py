"""The statuses of batches and jobs, and other enumerations of the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pasqal_cloud._open_enum import OpenEnum

if TYPE_CHECKING:
    from collections.abc import Mapping


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


class StatusCounts(dict[JobStatus, int]):
    """The number of jobs in each status. It prints as `1 running, 2 done`."""

    def __str__(self) -> str:
        """Lists the statuses in which there are jobs, in the order in which a job has them."""
        known = JobStatus.list()
        ordered = sorted(self.items(), key=lambda item: known.index(item[0]) if item[0] in known else len(known))
        return ", ".join(f"{count} {status.lower()}" for status, count in ordered if count)


def progress_of(counts: Mapping[JobStatus, int]) -> str:
    """Says how far the jobs are that are counted: `2 of 50 done, 1 running`.

    Jobs that are pending are mentioned only if none is running: they are the rest.

    Args:
        counts: The number of jobs in each status.
    """
    done = f"{counts.get(JobStatus.DONE, 0)} of {sum(counts.values())} done"
    omitted = {JobStatus.DONE, *([JobStatus.PENDING] if counts.get(JobStatus.RUNNING) else [])}
    rest = StatusCounts({status: count for status, count in counts.items() if status not in omitted})
    return ", ".join(filter(None, (done, str(rest))))


_SETTLED = frozenset({"DONE", "ERROR", "CANCELED", "TIMED_OUT"})
