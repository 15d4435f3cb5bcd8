"""An overview of the whole service, in a few queries whose time does not depend on the number of stored rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from pasqal_cloud.local.states import UNSETTLED, JobStatus
from pasqal_cloud.local.store.lists import tags_of
from pasqal_cloud.local.store.pages import page
from pasqal_cloud.local.store.records import Page, Record, record
from pasqal_cloud.local.store.schema import JOBS_IN, batches, counters, holds_device, jobs, jobs_in, results

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

SHOWN = ("number", "id", "status", "open", "device_type", "created_at")
SHOWN_OF_ONE = (*SHOWN, "project_id", "parent_id", "start_datetime", "end_datetime")
SHOWN_OF_JOBS = ("id", "status", "runs", "variables", "errors", "start_timestamp", "end_timestamp")


LARGEST = 2**18
"""The maximum size in bytes, compressed, of a result document that the page reads."""


@dataclass
class DeviceQueue:
    """The queue of a device.

    Args:
        jobs: The number of pending and of running jobs.
        holder: The id of the open batch that reserves the device; None if there is none.
    """

    jobs: dict[str, int] = field(default_factory=lambda: dict.fromkeys(sorted(UNSETTLED), 0))
    holder: str | None = None


@dataclass(frozen=True)
class BatchLine:
    """One of the latest batches.

    Args:
        batch: Some of its columns.
        tags: Its tags.
        jobs: The number of its jobs in each status.
    """

    batch: Mapping[str, Any]
    tags: tuple[str, ...]
    jobs: Mapping[JobStatus, int]

    @property
    def total(self) -> int:
        """The number of its jobs."""
        return sum(self.jobs.values())


@dataclass(frozen=True)
class Overview:
    """The queues and the latest batches.

    Args:
        now: The time of the overview, by the service's clock.
        queues: The queues that are not empty, by device type.
        batches: The latest batches, newest first.
    """

    now: datetime
    queues: Mapping[str, DeviceQueue]
    batches: tuple[BatchLine, ...]


@dataclass(frozen=True)
class Detail:
    """One batch with its first jobs.

    Args:
        now: The time, by the service's clock.
        line: The batch.
        jobs: Some of the columns of its first jobs, in the order of their submission.
        documents: The result documents (JSON, compressed) of these jobs, by their ids, without large ones.
    """

    now: datetime
    line: BatchLine
    jobs: tuple[Record, ...]
    documents: Mapping[str, bytes]


def overview(connection: Connection, last: int, now: datetime, project_ids: Collection[str] | None = None) -> Overview:
    """Reads the overview.

    Args:
        connection: A transaction.
        last: The number of batches.
        now: The time.
        project_ids: The projects whose batches are read; None for all. The queues are those of all projects.
    """
    return Overview(now, _queues(connection), _last_batches(connection, last, project_ids))


def _queues(connection: Connection) -> dict[str, DeviceQueue]:
    queues: dict[str, DeviceQueue] = {}
    waiting = (
        select(counters.c.device_type, counters.c.status, func.sum(counters.c.amount).label("jobs"))
        .where(counters.c.kind == "jobs", counters.c.status.in_(UNSETTLED))
        .group_by(counters.c.device_type, counters.c.status)
        .having(func.sum(counters.c.amount) > 0)
    )
    for row in connection.execute(waiting):
        queues.setdefault(row.device_type, DeviceQueue()).jobs[row.status] = row.jobs
    holding = select(batches.c.device_type, batches.c.id).where(holds_device(batches))
    for device_type, batch_id in connection.execute(holding):
        queues.setdefault(device_type, DeviceQueue()).holder = batch_id
    return queues


def _last_batches(connection: Connection, last: int, project_ids: Collection[str] | None) -> tuple[BatchLine, ...]:
    shown = [*(batches.c[name] for name in SHOWN), *JOBS_IN.values()]
    if project_ids is None:
        found = connection.execute(select(*shown).order_by(batches.c.number.desc()).limit(last)).all()
    else:
        filters = {"project_id": list(project_ids)}
        found = page(connection, batches, filters, Page(last, 0, ascending=False))[0]
    found_tags = tags_of(connection, [batch.number for batch in found])
    return tuple(BatchLine(record(batch), tuple(found_tags[batch.number]), jobs_in(batch)) for batch in found)


def detail(
    connection: Connection, batch_id: str, first: int, now: datetime, project_ids: Collection[str] | None
) -> Detail | None:
    """Reads one batch; None if there is none.

    Args:
        connection: A transaction.
        batch_id: The id of the batch.
        first: The number of jobs.
        now: The time.
        project_ids: The projects in which it may be; None for any.
    """
    shown = [*(batches.c[name] for name in SHOWN_OF_ONE), *JOBS_IN.values()]
    batch = connection.execute(select(*shown).where(batches.c.id == batch_id)).one_or_none()
    if batch is None or (project_ids is not None and batch.project_id not in project_ids):
        return None
    line = BatchLine(record(batch), tuple(tags_of(connection, [batch.number])[batch.number]), jobs_in(batch))
    of_batch = select(jobs.c.number).where(jobs.c.batch_id == batch_id).order_by(jobs.c.number).limit(first)
    some = select(*(jobs.c[name] for name in SHOWN_OF_JOBS)).where(jobs.c.number.in_(of_batch)).order_by(jobs.c.number)
    found = tuple(record(job) for job in connection.execute(some))
    documents = select(results.c.id, results.c.document).where(
        results.c.id.in_([job["id"] for job in found]), func.length(results.c.document) <= LARGEST
    )
    return Detail(now, line, found, {row.id: row.document for row in connection.execute(documents)})
