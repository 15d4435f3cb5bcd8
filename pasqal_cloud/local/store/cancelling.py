"""Closing and cancelling, and the timeout of idle batches."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from pasqal_cloud.local.states import UNSETTLED, BatchStatus, JobStatus
from pasqal_cloud.local.store.ends import end_batches, ended, settle
from pasqal_cloud.local.store.records import slices, stamp
from pasqal_cloud.local.store.schema import batches, jobs, workloads
from pasqal_cloud.local.store.sqlite import Database

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import timedelta

    from sqlalchemy import ColumnElement, Connection


class Cancelling(Database):
    """The part of the store that ends batches and jobs early; those that have ended are not changed."""

    def close_batch(self, batch_id: str, now: datetime) -> None:
        """Closes a batch, which ends it if all its jobs have ended."""
        with self.writing() as connection:
            is_open = (batches.c.id == batch_id) & batches.c.open
            if connection.execute(update(batches).where(is_open).values(open=False)).rowcount:
                settle(connection, batch_id, now)

    def cancel_batches(self, batch_ids: Collection[str], now: datetime) -> list[str]:
        """Cancels batches with their unsettled jobs; gets the claims of running jobs."""
        claims: list[str] = []
        for some in slices(batch_ids):
            with self.writing() as connection:
                for batch_id in some:
                    if end_batches(connection, batches.c.id == batch_id, BatchStatus.CANCELED, now):
                        claims += _cancel_jobs(connection, jobs.c.batch_id == batch_id, now)
        return claims

    def cancel_jobs(self, batch_id: str, job_ids: Collection[str], now: datetime) -> list[str]:
        """Cancels jobs of a batch; gets the claims of running jobs."""
        claims: list[str] = []
        for some in slices(job_ids):
            with self.writing() as connection:
                unsettled = select(jobs.c.id).where(jobs.c.id.in_(some), jobs.c.status.in_(UNSETTLED))
                if ending := list(connection.scalars(unsettled)):
                    claims += _cancel_jobs(connection, jobs.c.id.in_(ending), now)
                    settle(connection, batch_id, now)
        return claims

    def cancel_workload(self, workload_id: str, now: datetime) -> bool:
        """Cancels a workload; tells whether it had not ended before."""
        which = (workloads.c.id == workload_id) & workloads.c.status.in_(UNSETTLED)
        with self.writing() as connection:
            cancelling = update(workloads).where(which).values(ended(JobStatus.CANCELED, (), now))
            return bool(connection.execute(cancelling).rowcount)

    def time_out_idle(self, idle: timedelta, now: datetime) -> None:
        """Ends the open batches that have been idle for this time."""
        with self.writing() as connection:
            end_batches(connection, batches.c.idle_since <= stamp(now - idle), BatchStatus.TIMED_OUT, now)

    def idle_since(self) -> datetime | None:
        """Gets since when the longest idle batch has been idle; None if there is none."""
        with self.reading() as connection:
            oldest = connection.scalar(select(func.min(batches.c.idle_since)))
            return None if oldest is None else datetime.fromisoformat(oldest)


def _cancel_jobs(connection: Connection, which: ColumnElement[bool], now: datetime) -> list[str]:
    unsettled = which & jobs.c.status.in_(UNSETTLED)
    claims = connection.scalars(select(jobs.c.claim).where(unsettled, jobs.c.claim.is_not(None)))
    running = [str(claim) for claim in claims]
    connection.execute(update(jobs).where(unsettled).values(ended(JobStatus.CANCELED, (), now)))
    return running
