"""An overview of the whole service, in a few queries whose time does not depend on the number of stored rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from pasqal_cloud.local.states import UNSETTLED, JobStatus
from pasqal_cloud.local.store.lists import tags_of
from pasqal_cloud.local.store.records import record
from pasqal_cloud.local.store.schema import JOBS_IN, batches, counters, holds_device, jobs_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

SHOWN = ("number", "id", "status", "open", "device_type", "created_at")


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


def overview(connection: Connection, last: int, now: datetime) -> Overview:
    """Reads the overview.

    Args:
        connection: A transaction.
        last: The number of batches.
        now: The time.
    """
    return Overview(now, _queues(connection), _last_batches(connection, last))


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


def _last_batches(connection: Connection, last: int) -> tuple[BatchLine, ...]:
    shown = [*(batches.c[name] for name in SHOWN), *JOBS_IN.values()]
    found = connection.execute(select(*shown).order_by(batches.c.number.desc()).limit(last)).all()
    found_tags = tags_of(connection, [batch.number for batch in found])
    return tuple(BatchLine(record(batch), tuple(found_tags[batch.number]), jobs_in(batch)) for batch in found)
