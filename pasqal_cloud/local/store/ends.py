"""How batches, jobs and workloads end, also early: closing, cancelling, the timeout of idle batches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from pasqal_cloud.local.states import UNSETTLED, UNSETTLED_BATCHES, BatchStatus, JobStatus, batch_status
from pasqal_cloud.local.store.records import slices, stamp
from pasqal_cloud.local.store.schema import JOBS_IN, batches, jobs, jobs_in, workloads
from pasqal_cloud.local.store.shares import charge

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import timedelta

    from sqlalchemy import ColumnElement, Connection

    from pasqal_cloud.local.store.database import Database

STATE = select(batches.c.number, batches.c.open, batches.c.start_datetime, *JOBS_IN.values()).where(
    batches.c.id == bindparam("batch_id")
)

IDLE_SINCE = (
    select(batches.c.idle_since).where(batches.c.idle_since.is_not(None)).order_by(batches.c.idle_since).limit(1)
)

CHANGE_UNSETTLED = update(batches).where(
    batches.c.number == bindparam("batch_number"), batches.c.status.in_(UNSETTLED_BATCHES)
)


@dataclass(frozen=True)
class Ends:
    """The part of the store that ends batches, jobs and workloads early; those that have ended are not changed."""

    database: Database

    def close_batch(self, batch_id: str, now: datetime) -> None:
        """Closes a batch, which ends it if all its jobs have ended."""
        with self.database.writing() as connection:
            is_open = (batches.c.id == batch_id) & batches.c.open
            if connection.execute(update(batches).where(is_open).values(open=False)).rowcount:
                settle(connection, batch_id, now)
                self.database.notify(connection, wake=True)

    def cancel_batches(self, batch_ids: Collection[str], now: datetime) -> list[str]:
        """Cancels batches with their unsettled jobs; gets the claims of running jobs."""
        claims: list[str] = []
        for some in slices(batch_ids):
            with self.database.writing() as connection:
                running: list[str] = []
                for batch_id in some:
                    if end_batches(connection, batches.c.id == batch_id, BatchStatus.CANCELED, now):
                        running += _cancel_jobs(connection, jobs.c.batch_id == batch_id, now)
                self.database.notify(connection, wake=True)
                self.database.notify(connection, kill=running)
            claims += running
        return claims

    def cancel_jobs(self, batch_id: str, job_ids: Collection[str], now: datetime) -> list[str]:
        """Cancels jobs of a batch; gets the claims of running jobs."""
        claims: list[str] = []
        for some in slices(job_ids):
            with self.database.writing() as connection:
                unsettled = select(jobs.c.id).where(jobs.c.id.in_(some), jobs.c.status.in_(UNSETTLED))
                if ending := list(connection.scalars(unsettled)):
                    running = _cancel_jobs(connection, jobs.c.id.in_(ending), now)
                    settle(connection, batch_id, now)
                    self.database.notify(connection, kill=running)
                    claims += running
        return claims

    def cancel_workload(self, workload_id: str, now: datetime) -> bool:
        """Cancels a workload; tells whether it had not ended before."""
        which = (workloads.c.id == workload_id) & workloads.c.status.in_(UNSETTLED)
        with self.database.writing() as connection:
            cancelling = update(workloads).where(which).values(ended(JobStatus.CANCELED, (), now))
            return bool(connection.execute(cancelling).rowcount)

    def time_out_idle(self, idle: timedelta, now: datetime) -> None:
        """Ends the open batches that have been idle for this time."""
        with self.database.writing() as connection:
            end_batches(connection, batches.c.idle_since <= stamp(now - idle), BatchStatus.TIMED_OUT, now)
            self.database.notify(connection, wake=True)

    def idle_since(self) -> datetime | None:
        """Gets since when the longest idle batch has been idle; None if there is none."""
        oldest = self.database.first(IDLE_SINCE)
        return None if oldest is None else datetime.fromisoformat(oldest.idle_since)


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
        "service_id": None,
        "errors": list(errors) or None,
        "updated_at": stamp(now),
        "end_timestamp": stamp(now),
    }


def put_back(now: datetime) -> dict[str, Any]:
    """Gets the new values of a job or a workload that goes back to the queue."""
    released = {"claim": None, "service_id": None}
    return {"status": JobStatus.PENDING, **released, "start_timestamp": None, "updated_at": stamp(now)}


def _cancel_jobs(connection: Connection, which: ColumnElement[bool], now: datetime) -> list[str]:
    unsettled = which & jobs.c.status.in_(UNSETTLED)
    of_running = select(jobs.c.claim, jobs.c.project_id, jobs.c.start_timestamp)
    running = connection.execute(of_running.where(unsettled, jobs.c.claim.is_not(None))).all()
    for job in running:
        charge(connection, job.project_id, job.start_timestamp, now)
    connection.execute(update(jobs).where(unsettled).values(ended(JobStatus.CANCELED, (), now)))
    return [str(job.claim) for job in running]
