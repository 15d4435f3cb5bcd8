"""The states of batches and jobs, as pure functions without clock and storage."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class JobStatus(StrEnum):
    """The status of a job."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    DONE = "DONE"
    ERROR = "ERROR"
    CANCELED = "CANCELED"


class BatchStatus(StrEnum):
    """The status of a batch."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    DONE = "DONE"
    ERROR = "ERROR"
    CANCELED = "CANCELED"
    TIMED_OUT = "TIMED_OUT"


UNSETTLED = (JobStatus.PENDING, JobStatus.RUNNING)
"""The statuses of jobs that can still change."""

UNSETTLED_BATCHES = (BatchStatus.PENDING, BatchStatus.RUNNING)
"""The statuses of batches that can still change."""

PRIORITIES = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "FREE")
"""The order in which a device's queue is served."""


def batch_status(*, is_open: bool, has_started: bool, jobs: Mapping[JobStatus, int]) -> BatchStatus:
    """Computes the status of a batch that was neither cancelled nor timed out.

    A closed batch ends with its jobs: CANCELED when all were cancelled, ERROR when all failed, DONE otherwise and
    when it has none.

    Args:
        is_open: Whether it takes more jobs.
        has_started: Whether one of its jobs ever started.
        jobs: How many of its jobs are in each status.
    """
    if is_open or any(jobs.get(status) for status in UNSETTLED):
        return BatchStatus.RUNNING if has_started else BatchStatus.PENDING
    total = sum(jobs.values())
    for status in (JobStatus.CANCELED, JobStatus.ERROR):
        if total and jobs.get(status) == total:
            return BatchStatus(status)
    return BatchStatus.DONE
