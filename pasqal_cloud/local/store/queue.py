"""The database as the queue: what runs next, and how it ends.

What may be changed from two sides (a job that ends while it is cancelled) is compared and set: whoever runs a job holds
a claim on it, and a change that names a claim does nothing when that no longer stands.
"""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import bindparam, exists, func, insert, or_, select, update

from pasqal_cloud.local.states import BatchStatus, JobStatus
from pasqal_cloud.local.store.ends import ended, put_back, settle
from pasqal_cloud.local.store.records import Claim, WorkloadClaim, record, stamp
from pasqal_cloud.local.store.schema import (
    batches,
    has_pending,
    holds_device,
    is_pending,
    jobs,
    results,
    sequences,
    workloads,
)
from pasqal_cloud.local.store.sqlite import Database

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection, Select

    from pasqal_cloud.local.store.records import AnyRow
    from pasqal_cloud.local.tasks import Outcome

MAX_LOSSES = 2
"""How many worker processes may die on a job before it fails."""

WORKER_LOST = f"The job's worker was lost {MAX_LOSSES} times: its process was killed, or ran out of memory."


def _next_batch() -> Select[Any]:
    """Makes the query for the batch whose turn it is, of the first in the queues of the devices asked for.

    A device goes on with the batch that it has started, then takes the next by priority and age, unless the one that it
    has started is open and so keeps it.
    """
    served = func.json_each(bindparam("device_types")).table_valued("value")
    queued, holder = batches.alias(), batches.alias()
    first = (
        select(queued.c.number)
        .where(queued.c.device_type == served.c.value, has_pending(queued))
        .order_by(queued.c.status.desc(), queued.c.rank, queued.c.number)  # RUNNING before PENDING
        .limit(1)
        .correlate(served)
        .scalar_subquery()
    )
    device_is_held = exists().where(holder.c.device_type == batches.c.device_type, holds_device(holder))
    return (
        select(batches, sequences.c.content.label("sequence_builder"))
        .select_from(served.join(batches, batches.c.number == first))
        .outerjoin(sequences, sequences.c.id == batches.c.sequence_id)
        .where(or_(batches.c.status == BatchStatus.RUNNING, ~device_is_held))
        .order_by(batches.c.rank, batches.c.number)
        .limit(1)
    )


NEXT_BATCH = _next_batch()

NEXT_JOB = (
    select(jobs, sequences.c.content.label("sequence"))
    .outerjoin(sequences)
    .where(jobs.c.batch_id == bindparam("batch_id"), jobs.c.status == JobStatus.PENDING)
    .order_by(jobs.c.losses, jobs.c.number)
    .limit(1)
)
"""The query for the job of a batch whose turn it is: the first, but those that a worker died on come last."""

# The queue's statements are made once: making them takes longer than executing them.
CHANGE_JOB = update(jobs).where(jobs.c.number == bindparam("job_number"))
START_BATCH = update(batches).where(batches.c.number == bindparam("batch_number"))
CLAIMED = select(jobs.c.number, jobs.c.id, jobs.c.batch_id, jobs.c.losses).where(jobs.c.claim == bindparam("token"))

NEXT_WORKLOAD = select(workloads).where(is_pending(workloads)).order_by(workloads.c.rank, workloads.c.number).limit(1)

RUN_WITH = ("device_type", "sequence_builder", "backend_configuration", "configuration")
"""The fields of a batch that are needed to run its jobs."""


class Queue(Database):
    """The part of the store that hands out jobs and workloads, and takes their ends."""

    def claim(self, device_types: Iterable[str], now: datetime) -> Claim | None:
        """Takes the next job to run on one of these devices, if there is one."""
        with self.writing() as connection:
            served = {"device_types": json.dumps(list(device_types))}
            batch = connection.execute(NEXT_BATCH, served).first()
            if batch is None:
                return None
            job = connection.execute(NEXT_JOB, {"batch_id": batch.id}).one()
            token = uuid4().hex
            running = {
                "job_number": job.number,
                "status": JobStatus.RUNNING,
                "claim": token,
                "start_timestamp": stamp(now),
                "updated_at": stamp(now),
            }
            connection.execute(CHANGE_JOB, running)
            started = {
                "batch_number": batch.number,
                "status": BatchStatus.RUNNING,
                "start_datetime": batch.start_datetime or stamp(now),
                "updated_at": stamp(now),
            }
            connection.execute(START_BATCH, started)
            return Claim(token, record(job) | {name: getattr(batch, name) for name in RUN_WITH})

    def finish(self, token: str, outcome: Outcome, now: datetime) -> bool:
        """Ends a claimed job; does nothing when the claim no longer stands."""
        with self.writing() as connection:
            job = _claimed(connection, token)
            if job is None:
                return False
            _store_result(connection, job.id, outcome)
            _end_job(connection, job, outcome.errors, now)
            return True

    def lose(self, token: str, now: datetime) -> None:
        """Puts a claimed job whose worker died back into the queue, once."""
        with self.writing() as connection:
            job = _claimed(connection, token)
            if job is None:
                return
            if job.losses + 1 >= MAX_LOSSES:
                _end_job(connection, job, (WORKER_LOST,), now)
            else:
                connection.execute(CHANGE_JOB, put_back(now) | {"job_number": job.number, "losses": job.losses + 1})

    def recover(self, now: datetime) -> None:
        """Puts back what an earlier life of the service has left running: one alone uses a database."""
        with self.writing() as connection:
            for table in (jobs, workloads):
                connection.execute(update(table).where(table.c.claim.is_not(None)).values(put_back(now)))

    def claim_workload(self, now: datetime) -> WorkloadClaim | None:
        """Takes the next workload to run, by priority and age, if there is one."""
        with self.writing() as connection:
            workload = connection.execute(NEXT_WORKLOAD).first()
            if workload is None:
                return None
            token = uuid4().hex
            running = {"status": JobStatus.RUNNING, "claim": token}
            values = running | {"start_timestamp": stamp(now), "updated_at": stamp(now)}
            connection.execute(update(workloads).where(workloads.c.number == workload.number).values(values))
            return WorkloadClaim(token, record(workload))

    def finish_workload(self, token: str, outcome: Outcome, now: datetime) -> bool:
        """Ends a claimed workload; does nothing when the claim no longer stands."""
        with self.writing() as connection:
            workload_id = connection.scalar(select(workloads.c.id).where(workloads.c.claim == token))
            if workload_id is None:
                return False
            _store_result(connection, workload_id, outcome)
            values = ended(_end_of(outcome.errors), outcome.errors, now)
            connection.execute(update(workloads).where(workloads.c.id == workload_id).values(values))
            return True


def _claimed(connection: Connection, token: str) -> AnyRow | None:
    return connection.execute(CLAIMED, {"token": token}).first()


def _store_result(connection: Connection, job_id: str, outcome: Outcome) -> None:
    if outcome.document is not None:
        document = zlib.compress(outcome.document.encode())
        connection.execute(insert(results).values(id=job_id, document=document))


def _end_job(connection: Connection, job: AnyRow, errors: tuple[str, ...], now: datetime) -> None:
    connection.execute(CHANGE_JOB, ended(_end_of(errors), errors, now) | {"job_number": job.number})
    settle(connection, job.batch_id, now)


def _end_of(errors: tuple[str, ...]) -> JobStatus:
    return JobStatus.ERROR if errors else JobStatus.DONE
