"""Storing new batches, jobs and workloads."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import uuid4

from sqlalchemy import Connection, bindparam, func, insert, select, update

from pasqal_cloud.local.states import PRIORITIES, BatchStatus, JobStatus
from pasqal_cloud.local.store.counting import count_added
from pasqal_cloud.local.store.dialects import insert_if_new
from pasqal_cloud.local.store.ends import settle
from pasqal_cloud.local.store.records import ChangedError, NewBatch, NewWorkload, Submitted, stamp
from pasqal_cloud.local.store.schema import batches, jobs, projects, sequences, submissions, tags, workloads
from pasqal_cloud.local.store.shares import check_limits

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pasqal_cloud.local.store.database import Database
    from pasqal_cloud.local.tasks import JobRequest

SeedOf: TypeAlias = Callable[[int], int]

ADD_TO_BATCH = (
    update(batches)
    .where(batches.c.id == bindparam("to"))
    .values(jobs_pending=batches.c.jobs_pending + bindparam("added"))
)


@dataclass(frozen=True)
class Submissions:
    """The part of the store for submissions.

    Args:
        database: The database.
        seed_of: Gets the seed of the n-th job ever submitted.
    """

    database: Database
    seed_of: SeedOf

    def earlier(self, submitted: Submitted) -> tuple[str, str] | None:
        """Gets the fingerprint of an earlier submission with the same key, and the id of what it created."""
        with self.database.reading() as connection:
            return _earlier(connection, submitted)

    def add_batch(self, batch: NewBatch, requests: Iterable[JobRequest], submitted: Submitted, now: datetime) -> str:
        """Stores a batch with its jobs; gets its id, or that of the earlier one if the key was used before."""
        with self.database.writing() as connection:
            if earlier := _earlier(connection, submitted):
                return earlier[1]
            batch_id = str(uuid4())
            number = connection.scalar(
                insert(batches)
                .returning(batches.c.number)
                .values(
                    id=batch_id,
                    parent_id=batch.parent_id,
                    project_id=batch.project_id,
                    user_id=submitted.user_id,
                    status=BatchStatus.PENDING,
                    open=batch.open,
                    device_type=batch.device_type,
                    sequence_id=_sequence_id(connection, batch.sequence),
                    backend_configuration=batch.backend_configuration,
                    configuration=batch.configuration,
                    webhook=batch.webhook,
                    **_place_in_queue(connection, batch.project_id),
                    **_created(now),
                )
            )
            _add_tags(connection, number, batch.project_id, batch.tags)
            self._add_jobs(connection, batch_id, requests, submitted, now, batch.origin)
            return batch_id

    def add_jobs(self, batch_id: str, requests: Iterable[JobRequest], submitted: Submitted, now: datetime) -> None:
        """Adds jobs to an open batch; raises ChangedError if it is no longer open."""
        with self.database.writing() as connection:
            if _earlier(connection, submitted):
                return
            if not connection.scalar(select(batches.c.open).where(batches.c.id == batch_id)):
                raise ChangedError
            self._add_jobs(connection, batch_id, requests, submitted, now)

    def add_workload(self, workload: NewWorkload, submitted: Submitted, now: datetime) -> str:
        """Stores a workload; gets its id, or that of the earlier one if the key was used before."""
        with self.database.writing() as connection:
            if earlier := _earlier(connection, submitted):
                return earlier[1]
            workload_id = str(uuid4())
            connection.execute(
                insert(workloads).values(
                    id=workload_id,
                    user_id=submitted.user_id,
                    status=JobStatus.PENDING,
                    **vars(workload),
                    **_place_in_queue(connection, workload.project_id),
                    **_created(now),
                )
            )
            _remember(connection, submitted, workload_id)
            self.database.notify(connection, wake=True)
            return workload_id

    def set_tags(self, batch_id: str, new_tags: Iterable[str], now: datetime) -> None:
        """Replaces the tags of a batch."""
        with self.database.writing() as connection:
            changing = batches.update().where(batches.c.id == batch_id).values(updated_at=stamp(now))
            batch = connection.execute(changing.returning(batches.c.number, batches.c.project_id)).one()
            connection.execute(tags.delete().where(tags.c.batch_number == batch.number))
            _add_tags(connection, batch.number, batch.project_id, new_tags)

    def _add_jobs(
        self,
        connection: Connection,
        batch_id: str,
        requests: Iterable[JobRequest],
        submitted: Submitted,
        now: datetime,
        origin: str = "CLIENT",
    ) -> None:
        first = _last_job(connection) + 1
        project_id = connection.scalar(select(batches.c.project_id).where(batches.c.id == batch_id))
        rows: list[dict[str, Any]] = [
            {
                "number": number,
                "id": str(uuid4()),
                "parent_id": request.parent_id,
                "batch_id": batch_id,
                "project_id": project_id,
                "user_id": submitted.user_id,
                "origin": origin,
                "status": JobStatus.PENDING,
                "runs": request.runs,
                "seed": self.seed_of(number),
                "sequence_id": _sequence_id(connection, request.sequence),
                "variables": request.variables or {},
                **_created(now),
            }
            for number, request in enumerate(requests, first)
        ]
        if rows:
            check_limits(connection, str(project_id), len(rows))
            connection.execute(insert(jobs), rows)
            connection.execute(ADD_TO_BATCH, {"to": batch_id, "added": len(rows)})
            count_added(connection, first, rows[-1]["number"])
            self.database.notify(connection, wake=True)
        _remember(connection, submitted, batch_id)
        settle(connection, batch_id, now)


def _add_tags(connection: Connection, batch_number: int | None, project_id: str, new_tags: Iterable[str]) -> None:
    common = {"batch_number": batch_number, "project_id": project_id}
    rows = [common | {"position": position, "tag": tag} for position, tag in enumerate(dict.fromkeys(new_tags))]
    if rows:
        connection.execute(insert(tags), rows)


def _created(now: datetime) -> dict[str, str]:
    return {"created_at": stamp(now), "updated_at": stamp(now)}


def _place_in_queue(connection: Connection, project_id: str) -> dict[str, Any]:
    priority = str(connection.scalar(select(projects.c.queue_priority).where(projects.c.id == project_id)))
    return {"queue_priority": priority, "rank": PRIORITIES.index(priority)}


def _last_job(connection: Connection) -> int:
    """Gets the number of the last job submitted; 0 if there is none. Only a reset deletes jobs, and all of them."""
    return connection.scalar(select(func.max(jobs.c.number))) or 0


def _sequence_id(connection: Connection, content: str | None) -> str | None:
    """Stores a sequence unless it is already stored; gets its id."""
    if content is None:
        return None
    sequence_id = hashlib.sha256(content.encode()).hexdigest()
    connection.execute(insert_if_new(connection, sequences).values(id=sequence_id, content=content))
    return sequence_id


def _earlier(connection: Connection, submitted: Submitted) -> tuple[str, str] | None:
    if submitted.key is None:
        return None
    query = select(submissions.c.fingerprint, submissions.c.created_id).where(
        submissions.c.user_id == submitted.user_id,
        submissions.c.operation == submitted.operation,
        submissions.c.key == submitted.key,
    )
    row = connection.execute(query).first()
    return None if row is None else (row.fingerprint, row.created_id)


def _remember(connection: Connection, submitted: Submitted, created_id: str) -> None:
    if submitted.key is not None:
        connection.execute(insert(submissions).values(**vars(submitted), created_id=created_id))
