"""The database as the queue: which job runs next, and storing how it ended.

A running job has a claim, a random token. Storing its end does nothing if the job no longer has this claim, for
example because it was cancelled at the same time.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import bindparam, delete, exists, func, insert, literal_column, or_, select, update

from pasqal_cloud.local.options import Options
from pasqal_cloud.local.states import BatchStatus, JobStatus
from pasqal_cloud.local.store.dialects import json_values
from pasqal_cloud.local.store.ends import ended, put_back, settle
from pasqal_cloud.local.store.records import Claim, WorkloadClaim, record, slices, stamp
from pasqal_cloud.local.store.schema import (
    batches,
    has_pending,
    holds_device,
    is_claimed,
    is_pending,
    jobs,
    projects,
    results,
    sequences,
    services,
    workloads,
)
from pasqal_cloud.local.store.services import lost
from pasqal_cloud.local.store.shares import HELD_BACK, charge, may_run, place
from pasqal_cloud.local.tasks import Outcome

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, FromClause, ScalarSelect, Select

    from pasqal_cloud.local.store.database import Database
    from pasqal_cloud.local.store.records import AnyRow

WORKER_LOST = "The job's worker process died {}: it was killed or ran out of memory."

MOST_INTERRUPTIONS = 20
"""How often a job may be interrupted by no fault of its own before it fails: one that takes down whatever runs it would
otherwise run again for ever."""

INTERRUPTED = "The job was interrupted {}, each time before it had ended: perhaps it takes down its workers."


def _next_batch() -> Select[Any]:
    """Creates the query for the next batch: the first one among the first in the queue of each device.

    A device continues with the batch that it has started. It then takes the next one by priority, by how much the
    projects have used (see `shares`), and by age, unless an open batch reserves it. Projects that have used up their
    emulation time are left out, and their open batches reserve nothing.
    """
    served = json_values(bindparam("device_types")).table_valued("value")
    holder, its_project, project = batches.alias(), projects.alias(), projects.alias()
    first = func.coalesce(_first_started(served), _first_waiting(served))
    waits = batches.alias()
    something_waits = exists().where(waits.c.device_type == served.c.value, has_pending(waits)).correlate(served)
    is_held = (
        select(holder.c.number)
        .join(its_project, its_project.c.id == holder.c.project_id)
        .where(holder.c.device_type == batches.c.device_type, holds_device(holder), may_run(its_project))
        .correlate(batches)
        .exists()
    )
    return (
        select(batches, sequences.c.content.label("sequence_builder"))
        .select_from(served.join(batches, batches.c.number == first))
        .join(project, project.c.id == batches.c.project_id)
        .outerjoin(sequences, sequences.c.id == batches.c.sequence_id)
        .where(something_waits, or_(batches.c.status == BatchStatus.RUNNING, ~is_held))
        .order_by(batches.c.rank, *place(project), batches.c.number)
        .limit(1)
    )


def _first_started(served: FromClause) -> ScalarSelect[Any]:
    """Creates the number of the batch with which a device continues."""
    started, project = batches.alias(), projects.alias()
    return (
        select(started.c.number)
        .join(project, project.c.id == started.c.project_id)
        .where(
            started.c.device_type == served.c.value,
            started.c.status == literal_column("'RUNNING'"),
            has_pending(started),
            may_run(project),
        )
        .order_by(started.c.rank, started.c.number)
        .limit(1)
        .correlate(served)
        .scalar_subquery()
    )


def _first_waiting(served: FromClause) -> ScalarSelect[Any]:
    """Creates the number of the batch that a device starts next: each project's first one is compared."""
    waiting, head, project = batches.alias(), batches.alias(), projects.alias()
    first = (
        select(waiting.c.number)
        .where(
            waiting.c.device_type == served.c.value,
            waiting.c.status == literal_column("'PENDING'"),
            has_pending(waiting),
            waiting.c.project_id == project.c.id,
        )
        .order_by(waiting.c.rank, waiting.c.number)
        .limit(1)
        .correlate(served, project)
        .scalar_subquery()
    )
    return (
        select(head.c.number)
        .select_from(project.join(head, head.c.number == first))
        .where(may_run(project))
        .order_by(head.c.rank, *place(project), head.c.number)
        .limit(1)
        .correlate(served)
        .scalar_subquery()
    )


NEXT_BATCH = _next_batch()

NEXT_JOB = (
    select(jobs, sequences.c.content.label("sequence"))
    .outerjoin(sequences)
    .where(jobs.c.batch_id == bindparam("batch_id"), jobs.c.status == JobStatus.PENDING)
    .order_by(jobs.c.losses, jobs.c.number)
    .limit(1)
)
"""The query for the next job of a batch: in order, but jobs whose worker died come last."""

# Creating statements takes longer than executing them, so they are created once.
CHANGE_JOB = update(jobs).where(jobs.c.number == bindparam("job_number"))
INTERRUPT_JOB = CHANGE_JOB.values(interruptions=jobs.c.interruptions + 1)
START_BATCH = update(batches).where(batches.c.number == bindparam("batch_number"))
OF_CLAIMED = [
    jobs.c[name] for name in ("number", "id", "batch_id", "project_id", "losses", "interruptions", "start_timestamp")
]
CLAIMED = select(*OF_CLAIMED).where(jobs.c.claim == bindparam("token"))
END_JOB = update(jobs).where(jobs.c.claim == bindparam("token")).returning(*OF_CLAIMED)

NEXT_WORKLOAD = select(workloads).where(is_pending(workloads)).order_by(workloads.c.rank, workloads.c.number).limit(1)

RUN_WITH = ("device_type", "sequence_builder", "backend_configuration", "configuration")
"""The fields of a batch that are needed to run its jobs."""


@dataclass(frozen=True)
class Queue:
    """The part of the store that starts and ends jobs and workloads."""

    database: Database

    def claim(self, device_types: Iterable[str], now: datetime, *, look_first: bool = True) -> Claim | None:
        """Claims the next job for one of these devices; None if there is none.

        Args:
            device_types: The devices.
            now: The time.
            look_first: Whether to look before waiting for other services that write; there may well be no job.
        """
        served = {"device_types": json.dumps(list(device_types))}
        if look_first and self._is_empty(NEXT_BATCH, served):
            return None
        with self.database.writing(silently=True) as connection:
            batch = connection.execute(NEXT_BATCH, served).first()
            if batch is None:
                return None
            job = connection.execute(NEXT_JOB, {"batch_id": batch.id}).one()
            token = uuid4().hex
            running = {
                "job_number": job.number,
                "status": JobStatus.RUNNING,
                "claim": token,
                "service_id": self.database.service_id,
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
        """Ends a claimed job; does nothing if the claim is no longer valid."""
        outcome = outcome.pack()  # before others have to wait
        with self.database.writing() as connection:
            job = _end_job(connection, token, outcome, now)
            if job is not None:
                _store_result(connection, job.id, outcome)
            return job is not None

    def lose(self, token: str, now: datetime, attempts: int = Options.job_attempts) -> None:
        """Puts a claimed job whose worker died back into the queue, unless that was its last attempt: then it fails."""
        with self.database.writing() as connection:
            job = _claimed(connection, token)
            if job is None:
                return
            if job.losses + 1 >= attempts:
                _end_job(connection, token, Outcome(errors=(WORKER_LOST.format(_times(job.losses + 1)),)), now)
            else:
                connection.execute(CHANGE_JOB, put_back(now) | {"job_number": job.number, "losses": job.losses + 1})
                self.database.notify(connection, wake=True)

    def holds_back(self) -> bool:
        """Tells whether jobs wait that their projects have no emulation time for, which an administrator may change."""
        if self.database.is_shared:
            return False  # the administrator's command notifies the services
        return self.database.first(HELD_BACK) is not None

    def interrupt(self, token: str, now: datetime) -> None:
        """Puts a claimed job back into the queue that was interrupted by no fault of its own, unless too often."""
        with self.database.writing() as connection:
            job = _claimed(connection, token)
            if job is None:
                return
            connection.execute(INTERRUPT_JOB, put_back(now) | {"job_number": job.number})
            if job.interruptions + 1 >= MOST_INTERRUPTIONS:
                charge(connection, job.project_id, job.start_timestamp, now)
                _end_interrupted(connection, job, now)
            else:
                self.database.notify(connection, wake=True)

    def put_back(self, token: str, now: datetime) -> None:
        """Puts a claimed job back into the queue that had not started."""
        with self.database.writing() as connection:
            connection.execute(update(jobs).where(jobs.c.claim == token).values(put_back(now)))
            self.database.notify(connection, wake=True)

    def recover(self, now: datetime, held: Collection[str] = ()) -> None:
        """Puts jobs back into the queue that nobody runs any more, since their service has died.

        That is an interruption of a job, unless its service has stopped in peace or never received the claim.

        Args:
            now: The time.
            held: The claims of this service. It does not know of others that it has, since the connection broke
                when it got them.
        """
        mine = self.database.service_id
        with self.database.writing() as connection:
            connection.execute(delete(services).where(services.c.id.in_(lost(connection, self.database))))
            alive = select(services.c.id).where(services.c.id != mine)
            for table in (jobs, workloads):
                claims = select(table.c.claim).where(
                    is_claimed(table), or_(table.c.service_id.is_(None), table.c.service_id.not_in(alive))
                )
                for some in slices(set(connection.scalars(claims)).difference(held)):
                    which = table.c.claim.in_(some)
                    if table is jobs:
                        _interrupt(connection, which & (jobs.c.service_id != mine), now)
                    connection.execute(update(table).where(which).values(put_back(now)))
            self.database.notify(connection, wake=True)

    def gone(self, held: Collection[str]) -> list[str]:
        """Gets which of these claims are no longer valid."""
        valid: set[str | None] = set()
        with self.database.reading() as connection:
            for table in (workloads, jobs):
                for some in slices(held):
                    valid |= set(connection.scalars(select(table.c.claim).where(table.c.claim.in_(some))))
        return [claim for claim in held if claim not in valid]

    def claim_workload(self, now: datetime) -> WorkloadClaim | None:
        """Claims the next workload by priority and age; None if there is none."""
        if self._is_empty(NEXT_WORKLOAD):
            return None
        with self.database.writing() as connection:
            workload = connection.execute(NEXT_WORKLOAD).first()
            if workload is None:
                return None
            token = uuid4().hex
            running = {"status": JobStatus.RUNNING, "claim": token, "service_id": self.database.service_id}
            values = running | {"start_timestamp": stamp(now), "updated_at": stamp(now)}
            connection.execute(update(workloads).where(workloads.c.number == workload.number).values(values))
            return WorkloadClaim(token, record(workload))

    def finish_workload(self, token: str, outcome: Outcome, now: datetime) -> bool:
        """Ends a claimed workload; does nothing if the claim is no longer valid."""
        outcome = outcome.pack()
        with self.database.writing() as connection:
            workload_id = connection.scalar(select(workloads.c.id).where(workloads.c.claim == token))
            if workload_id is None:
                return False
            _store_result(connection, workload_id, outcome)
            values = ended(_end_of(outcome.errors), outcome.errors, now)
            connection.execute(update(workloads).where(workloads.c.id == workload_id).values(values))
            return True

    def _is_empty(self, query: Select[Any], parameters: Mapping[str, Any] | None = None) -> bool:
        """Tells, without waiting for other services, whether a claim would find nothing."""
        return self.database.is_shared and self.database.first(query, parameters) is None


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _claimed(connection: Connection, token: str) -> AnyRow | None:
    return connection.execute(CLAIMED, {"token": token}).first()


def _store_result(connection: Connection, job_id: str, outcome: Outcome) -> None:
    if outcome.packed is not None:
        connection.execute(insert(results).values(id=job_id, document=outcome.packed))


def _end_job(connection: Connection, token: str, outcome: Outcome, now: datetime) -> AnyRow | None:
    """Ends a claimed job, and gets it; None if the claim is no longer valid."""
    end = ended(_end_of(outcome.errors), outcome.errors, now)
    job = connection.execute(END_JOB, end | {"token": token}).first()
    if job is not None:
        charge(connection, job.project_id, job.start_timestamp, now, outcome.seconds)
        settle(connection, job.batch_id, now)
    return job


def _interrupt(connection: Connection, which: ColumnElement[bool], now: datetime) -> None:
    """Notes that jobs were interrupted when their service died, nobody knows when, and ends those that often were."""
    often = select(*OF_CLAIMED).where(which, jobs.c.interruptions >= MOST_INTERRUPTIONS - 1)
    ending = connection.execute(often).all()
    connection.execute(update(jobs).where(which).values(interruptions=jobs.c.interruptions + 1))
    for job in ending:
        _end_interrupted(connection, job, now)


def _end_interrupted(connection: Connection, job: AnyRow, now: datetime) -> None:
    errors = (INTERRUPTED.format(_times(job.interruptions + 1)),)
    connection.execute(CHANGE_JOB, ended(JobStatus.ERROR, errors, now) | {"job_number": job.number})
    settle(connection, job.batch_id, now)


def _end_of(errors: tuple[str, ...]) -> JobStatus:
    return JobStatus.ERROR if errors else JobStatus.DONE
