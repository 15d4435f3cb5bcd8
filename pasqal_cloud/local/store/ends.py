"""Ends batches, jobs and workloads, as parts of transactions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from pasqal_cloud.local.states import UNSETTLED, UNSETTLED_BATCHES, BatchStatus, JobStatus, batch_status
from pasqal_cloud.local.store.records import stamp
from pasqal_cloud.local.store.schema import JOBS_IN, batches

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from pasqal_cloud.local.store.records import AnyRow


STATE = select(batches.c.number, batches.c.open, batches.c.start_datetime, *JOBS_IN.values()).where(
    batches.c.id == bindparam("batch_id")
)

CHANGE_UNSETTLED = update(batches).where(
    batches.c.number == bindparam("batch_number"), batches.c.status.in_(UNSETTLED_BATCHES)
)


def settle(connection: Connection, batch_id: str, now: datetime) -> None:
    """Updates a batch's status from those of its jobs."""
    batch = connection.execute(STATE, {"batch_id": batch_id}).one()
    counts = jobs_in(batch)
    status = batch_status(is_open=batch.open, has_started=batch.start_datetime is not None, jobs=counts)
    is_idle = batch.open and not any(counts[unsettled] for unsettled in UNSETTLED)
    changed = {
        "batch_number": batch.number,
        "status": status,
        "updated_at": stamp(now),
        "end_datetime": None if status in UNSETTLED_BATCHES else stamp(now),
        "idle_since": stamp(now) if is_idle else None,
    }
    connection.execute(CHANGE_UNSETTLED, changed)


def end_batches(connection: Connection, which: ColumnElement[bool], status: BatchStatus, now: datetime) -> int:
    """Ends batches, and gets how many were ended."""
    ending = update(batches).where(which, batches.c.status.in_(UNSETTLED_BATCHES))
    values = {"status": status, "open": False, "idle_since": None, "updated_at": stamp(now), "end_datetime": stamp(now)}
    return connection.execute(ending.values(values)).rowcount


def ended(status: JobStatus, errors: Iterable[str], now: datetime) -> dict[str, Any]:
    """Gets the new values of a job or a workload that ends."""
    return {
        "status": status,
        "claim": None,
        "errors": list(errors) or None,
        "updated_at": stamp(now),
        "end_timestamp": stamp(now),
    }


def put_back(now: datetime) -> dict[str, Any]:
    """Gets the new values of a job or a workload that goes back to the queue."""
    return {"status": JobStatus.PENDING, "claim": None, "start_timestamp": None, "updated_at": stamp(now)}


def jobs_in(batch: AnyRow) -> dict[JobStatus, int]:
    """Gets the number of a batch's jobs in each status."""
    return {status: batch._mapping[column] for status, column in JOBS_IN.items()}
