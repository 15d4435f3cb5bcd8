"""What the service remembers, in a database that is the queue as well (SQLAlchemy Core; SQLite in WAL mode).

Every change is one transaction. What may be changed from two sides (a job that ends while it is cancelled) is compared
and set: the change names the state that it expects, and does nothing when another came first.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from uuid import uuid4

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Row,
    Select,
    Table,
    create_engine,
    event,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.exc import DatabaseError

from pasqal_cloud.local.options import UnusableDatabaseError
from pasqal_cloud.local.schema import (
    SCHEMA_VERSION,
    batches,
    jobs,
    members,
    metadata,
    projects,
    results,
    settings,
    submissions,
    tags,
    users,
)
from pasqal_cloud.local.states import PRIORITIES, UNSETTLED, UNSETTLED_BATCHES, BatchStatus, JobStatus, batch_status
from pasqal_cloud.local.tasks import JobRequest, Outcome

MAX_LOSSES = 2
"""How many worker processes may die on a job before it fails."""

WORKER_LOST = f"The job's worker was lost {MAX_LOSSES} times: its process was killed, or ran out of memory."


RUN_WITH = ("device_type", "sequence_builder", "backend_configuration", "configuration", "start_datetime")
"""The fields of a batch that are needed to run its jobs."""

Record: TypeAlias = Mapping[str, Any]
"""A row, as its columns' names and values."""


def stamp(instant: datetime) -> str:
    """Writes an instant as it is stored and sent; such texts sort as the instants do."""
    return instant.isoformat(timespec="microseconds")


class ChangedError(Exception):
    """A change expected another state than it found; nothing was changed."""


@dataclass(frozen=True)
class NewBatch:
    """A batch to store, judged sound already; the fields are columns."""

    project_id: str
    open: bool
    device_type: str
    sequence_builder: str | None
    backend_configuration: str | None
    configuration: Mapping[str, Any] | None
    webhook: str | None
    parent_id: str | None = None


@dataclass(frozen=True)
class Submitted:
    """Who submitted what, so that the same submission sent twice is stored once.

    Args:
        user_id: Who.
        operation: The operation, and what it applies to.
        key: The client's idempotency key; None when there is none.
        fingerprint: Tells one request body from another.
    """

    user_id: str
    operation: str
    key: str | None
    fingerprint: str


@dataclass(frozen=True)
class Claim:
    """A job that this service is to run now.

    Args:
        token: Names this run of it; it ends in this name.
        job: The job, with the fields of its batch that running it needs: `device_type`, `sequence_builder`,
            `backend_configuration` and `configuration`.
    """

    token: str
    job: Record


@dataclass(frozen=True)
class Page:
    """Which part of a list is wanted, and in what order."""

    limit: int
    offset: int
    ascending: bool


Filters = Mapping[str, Any]
SeedOf = Callable[[int], int]


class Store:
    """The database.

    Args:
        url: Where it is, as SQLAlchemy writes it.
        seed_of: Gives the seed of the n-th job ever submitted.
    """

    def __init__(self, url: str, seed_of: SeedOf) -> None:
        self._engine = _connect(url)
        self._writing = self._engine.execution_options(writes=True)
        self._seed_of = seed_of
        try:
            metadata.create_all(self._writing)
        except DatabaseError as error:
            raise UnusableDatabaseError(
                f"The database {self._engine.url.database} can't be used: {error.orig}."
            ) from error
        if (found := self.setting("schema", lambda: SCHEMA_VERSION)) != SCHEMA_VERSION:
            raise UnusableDatabaseError(
                f"The database has schema {found}, and this version of the service needs {SCHEMA_VERSION}."
            )

    def close(self) -> None:
        """Closes all connections."""
        self._engine.dispose()

    # ------------------------------------------------------------------------------------- settings, users, projects

    def setting(self, name: str, make: Callable[[], str]) -> str:
        """Reads a setting, and makes it when it is read for the first time."""
        with self._writing.begin() as connection:
            value = connection.scalar(select(settings.c.value).where(settings.c.name == name))
            if value is None:
                value = make()
                connection.execute(insert(settings).values(name=name, value=value))
            return str(value)

    def ensure_member(self, username: str, project_id: str, now: datetime) -> str:
        """Makes sure that a user, a project and the membership exist; gives the user's id."""
        created = {"created_at": stamp(now)}
        with self._writing.begin() as connection:
            user_id = connection.scalar(select(users.c.id).where(users.c.username == username))
            if user_id is None:
                user_id = uuid4().hex
                connection.execute(insert(users).values(id=user_id, username=username, **created))
            if not connection.scalar(select(exists().where(projects.c.id == project_id))):
                project = {"id": project_id, "name": "Local project", "queue_priority": PRIORITIES[-1]}
                connection.execute(insert(projects).values(project | created))
            membership = {"project_id": project_id, "user_id": user_id}
            if not connection.scalar(select(exists().where(*_matches(members, membership)))):
                connection.execute(insert(members).values(membership))
        return str(user_id)

    def user(self, user_id: str) -> Record | None:
        """Gives a user."""
        return self._one(select(users).where(users.c.id == user_id))

    def projects_of(self, user_id: str) -> list[Record]:
        """Gives the projects of which a user is a member."""
        query = select(projects).join(members).where(members.c.user_id == user_id).order_by(projects.c.created_at)
        with self._engine.begin() as connection:
            return [_mapping(row) for row in connection.execute(query)]

    # ---------------------------------------------------------------------------------------------------- submitting

    def earlier(self, submitted: Submitted) -> tuple[str, str] | None:
        """Gives the fingerprint and the batch of an earlier submission with the same key."""
        with self._engine.begin() as connection:
            return _earlier(connection, submitted)

    def add_batch(
        self,
        batch: NewBatch,
        new_tags: Iterable[str],
        new_jobs: Iterable[JobRequest],
        submitted: Submitted,
        now: datetime,
    ) -> str:
        """Stores a batch with its jobs, and gives its id; that of the earlier one when the key was used before."""
        with self._writing.begin() as connection:
            if earlier := _earlier(connection, submitted):
                return earlier[1]
            priority = connection.scalar(select(projects.c.queue_priority).where(projects.c.id == batch.project_id))
            batch_id = str(uuid4())
            connection.execute(
                insert(batches).values(
                    id=batch_id,
                    user_id=submitted.user_id,
                    status=BatchStatus.PENDING,
                    queue_priority=priority,
                    rank=PRIORITIES.index(str(priority)),
                    **vars(batch),
                    created_at=stamp(now),
                    updated_at=stamp(now),
                )
            )
            _set_tags(connection, batch_id, new_tags)
            self._add_jobs(connection, batch_id, new_jobs, submitted, now)
            return batch_id

    def add_jobs(self, batch_id: str, new_jobs: Iterable[JobRequest], submitted: Submitted, now: datetime) -> None:
        """Adds jobs to an open batch; raises ChangedError when it is not open any more."""
        with self._writing.begin() as connection:
            if _earlier(connection, submitted):
                return
            if not connection.scalar(select(batches.c.open).where(batches.c.id == batch_id)):
                raise ChangedError
            self._add_jobs(connection, batch_id, new_jobs, submitted, now)

    def _add_jobs(
        self, connection: Connection, batch_id: str, new_jobs: Iterable[JobRequest], submitted: Submitted, now: datetime
    ) -> None:
        project_id = connection.scalar(select(batches.c.project_id).where(batches.c.id == batch_id))
        for job in new_jobs:
            number = connection.scalar(
                insert(jobs)
                .returning(jobs.c.number)
                .values(
                    id=str(uuid4()),
                    parent_id=job.parent_id,
                    batch_id=batch_id,
                    project_id=project_id,
                    user_id=submitted.user_id,
                    status=JobStatus.PENDING,
                    runs=job.runs,
                    variables=job.variables or {},
                    sequence=job.sequence,
                    seed=0,
                    created_at=stamp(now),
                    updated_at=stamp(now),
                    losses=0,
                )
            )
            seed = self._seed_of(int(number or 0))
            connection.execute(update(jobs).where(jobs.c.number == number).values(seed=seed))
        if submitted.key is not None:
            connection.execute(
                insert(submissions).values(
                    user_id=submitted.user_id,
                    operation=submitted.operation,
                    key=submitted.key,
                    fingerprint=submitted.fingerprint,
                    batch_id=batch_id,
                )
            )
        _settle(connection, batch_id, now)

    # ------------------------------------------------------------------------------------------------------- reading

    def batch(self, batch_id: str) -> Record | None:
        """Gives a batch, with its tags and the number of its jobs in each status."""
        with self._engine.begin() as connection:
            rows = connection.execute(select(batches).where(batches.c.id == batch_id)).all()
            return next(iter(_completed(connection, rows)), None)

    def batches(self, filters: Filters, page: Page) -> tuple[list[Record], int]:
        """Gives one page of the batches that match, and how many match in all."""
        query = select(batches).where(*(BATCH_FILTERS[name](value) for name, value in filters.items()))
        with self._engine.begin() as connection:
            rows, total = _page(connection, query, batches.c.number, page)
            return _completed(connection, rows), total

    def job(self, job_id: str) -> Record | None:
        """Gives a job."""
        return self._one(select(jobs).where(jobs.c.id == job_id))

    def jobs(self, filters: Filters, page: Page) -> tuple[list[Record], int]:
        """Gives one page of the jobs that match, and how many match in all."""
        query = select(jobs).where(*(JOB_FILTERS[name](value) for name, value in filters.items()))
        with self._engine.begin() as connection:
            rows, total = _page(connection, query, jobs.c.number, page)
            return [_mapping(row) for row in rows], total

    def jobs_of(self, batch_id: str) -> list[Record]:
        """Gives all jobs of a batch in the order of their submission."""
        with self._engine.begin() as connection:
            query = select(jobs).where(jobs.c.batch_id == batch_id).order_by(jobs.c.number)
            return [_mapping(row) for row in connection.execute(query)]

    def has_result(self, job_id: str) -> bool:
        """Tells whether a job has a result document."""
        with self._engine.begin() as connection:
            return bool(connection.scalar(select(exists().where(results.c.job_id == job_id))))

    def result(self, job_id: str) -> bytes | None:
        """Gives a job's result document (JSON)."""
        with self._engine.begin() as connection:
            document = connection.scalar(select(results.c.document).where(results.c.job_id == job_id))
            return None if document is None else zlib.decompress(document)

    def _one(self, query: Select[Any]) -> Record | None:
        with self._engine.begin() as connection:
            row = connection.execute(query).first()
            return None if row is None else _mapping(row)

    # ------------------------------------------------------------------------------------------------------ changing

    def set_tags(self, batch_id: str, new_tags: Iterable[str], now: datetime) -> None:
        """Replaces the tags of a batch."""
        with self._writing.begin() as connection:
            _set_tags(connection, batch_id, new_tags)
            connection.execute(update(batches).where(batches.c.id == batch_id).values(updated_at=stamp(now)))

    def close_batch(self, batch_id: str, now: datetime) -> None:
        """Makes a batch refuse further jobs, which ends it when all it has are settled."""
        with self._writing.begin() as connection:
            is_open = (batches.c.id == batch_id) & batches.c.open
            if connection.execute(update(batches).where(is_open).values(open=False)).rowcount:
                _settle(connection, batch_id, now)

    def cancel_batch(self, batch_id: str, now: datetime) -> list[str]:
        """Cancels a batch and its unsettled jobs; gives the claims of those that were running.

        Raises:
            ChangedError: The batch has ended already.
        """
        with self._writing.begin() as connection:
            if not _end_batches(connection, batches.c.id == batch_id, BatchStatus.CANCELED, now):
                raise ChangedError
            return _cancel_jobs(connection, jobs.c.batch_id == batch_id, now)

    def cancel_job(self, job_id: str, now: datetime) -> list[str]:
        """Cancels a job; gives its claim when it was running.

        Raises:
            ChangedError: The job has ended already.
        """
        with self._writing.begin() as connection:
            job = connection.execute(select(jobs.c.batch_id, jobs.c.status).where(jobs.c.id == job_id)).one()
            if job.status not in UNSETTLED:
                raise ChangedError
            claims = _cancel_jobs(connection, jobs.c.id == job_id, now)
            _settle(connection, job.batch_id, now)
            return claims

    def time_out_idle(self, idle: timedelta, now: datetime) -> None:
        """Ends the open batches that have had no unsettled job for that long."""
        with self._writing.begin() as connection:
            _end_batches(connection, batches.c.idle_since <= stamp(now - idle), BatchStatus.TIMED_OUT, now)

    def idle_since(self) -> datetime | None:
        """Tells since when the open batch that has been idle longest is so."""
        with self._engine.begin() as connection:
            oldest = connection.scalar(select(func.min(batches.c.idle_since)))
            return None if oldest is None else datetime.fromisoformat(oldest)

    # ----------------------------------------------------------------------------------------------------- the queue

    def claim(self, owner: str, lease: timedelta, device_types: Iterable[str], now: datetime) -> Claim | None:
        """Takes the next job to run on one of these devices, if there is one.

        A device serves its batches by priority, then by age, and the jobs of a batch in order, those that a worker died
        on last. A batch that has started and is open keeps the device: no other starts on it.
        """
        holder = batches.alias()
        device_is_held = exists().where(
            holder.c.status == BatchStatus.RUNNING, holder.c.device_type == batches.c.device_type, holder.c.open
        )
        query = (
            select(jobs, *(batches.c[name] for name in RUN_WITH))
            .join(batches)
            .where(
                jobs.c.status == JobStatus.PENDING,
                batches.c.device_type.in_(device_types),
                or_(batches.c.status == BatchStatus.RUNNING, ~device_is_held),
            )
            .order_by(batches.c.rank, batches.c.number, jobs.c.losses, jobs.c.number)
            .limit(1)
        )
        with self._writing.begin() as connection:
            job = connection.execute(query).first()
            if job is None:
                return None
            token = uuid4().hex
            connection.execute(
                update(jobs)
                .where(jobs.c.number == job.number)
                .values(
                    status=JobStatus.RUNNING,
                    owner=owner,
                    claim=token,
                    leased_until=stamp(now + lease),
                    start_timestamp=stamp(now),
                    updated_at=stamp(now),
                )
            )
            connection.execute(
                update(batches)
                .where(batches.c.id == job.batch_id)
                .values(
                    status=BatchStatus.RUNNING,
                    start_datetime=job.start_datetime or stamp(now),
                    updated_at=stamp(now),
                )
            )
            return Claim(token, _mapping(job))

    def finish(self, token: str, outcome: Outcome, now: datetime) -> bool:
        """Ends a claimed job; does nothing when the claim no longer stands."""
        with self._writing.begin() as connection:
            job = _claimed(connection, token)
            if job is None:
                return False
            if outcome.document is not None:
                document = zlib.compress(outcome.document.encode())
                connection.execute(insert(results).values(job_id=job.id, document=document))
            _end_job(connection, job, outcome.errors, now)
            return True

    def lose(self, token: str, now: datetime) -> None:
        """Puts a claimed job whose worker died back into the queue, once."""
        with self._writing.begin() as connection:
            job = _claimed(connection, token)
            if job is None:
                return
            if job.losses + 1 >= MAX_LOSSES:
                _end_job(connection, job, (WORKER_LOST,), now)
            else:
                _release(connection, jobs.c.claim == token, now)
                connection.execute(update(jobs).where(jobs.c.number == job.number).values(losses=job.losses + 1))

    def heartbeat(self, owner: str, lease: timedelta, now: datetime) -> None:
        """Renews the leases of one service, and takes back the jobs of services that renew theirs no more."""
        running = jobs.c.status == JobStatus.RUNNING
        with self._writing.begin() as connection:
            mine = update(jobs).where(running, jobs.c.owner == owner)
            connection.execute(mine.values(leased_until=stamp(now + lease)))
            _release(connection, running & (jobs.c.leased_until < stamp(now)), now)

    def recover(self, owner: str, now: datetime) -> None:
        """Puts back the jobs that run in a service's name, which has just started and so runs none."""
        with self._writing.begin() as connection:
            _release(connection, (jobs.c.status == JobStatus.RUNNING) & (jobs.c.owner == owner), now)


BATCH_FILTERS: dict[str, Callable[[Any], ColumnElement[bool]]] = {
    "id": batches.c.id.in_,
    "id__starts_with": lambda value: batches.c.id.startswith(value, autoescape=True),
    "project_id": batches.c.project_id.in_,
    "user_id": batches.c.user_id.in_,
    "device_type": batches.c.device_type.in_,
    "status": batches.c.status.in_,
    "open": lambda value: batches.c.open == value,
    "complete": lambda value: batches.c.open != value,
    "min_jobs": lambda value: _jobs_count() >= value,
    "max_jobs": lambda value: _jobs_count() <= value,
    "start_date": lambda value: batches.c.created_at >= stamp(value),
    "end_date": lambda value: batches.c.created_at <= stamp(value),
    "queue_priority": batches.c.queue_priority.in_,
    "tag": lambda value: exists().where(tags.c.batch_id == batches.c.id, tags.c.tag == value),
    "tags": lambda value: exists().where(tags.c.batch_id == batches.c.id, tags.c.tag.in_(value)),
}

JOB_FILTERS: dict[str, Callable[[Any], ColumnElement[bool]]] = {
    "id": jobs.c.id.in_,
    "id__starts_with": lambda value: jobs.c.id.startswith(value, autoescape=True),
    "batch_id": jobs.c.batch_id.in_,
    "project_id": jobs.c.project_id.in_,
    "user_id": jobs.c.user_id.in_,
    "status": jobs.c.status.in_,
    "min_runs": lambda value: jobs.c.runs >= value,
    "max_runs": lambda value: jobs.c.runs <= value,
    "errors": lambda value: jobs.c.errors.is_not(None) == value,
    "origin": lambda value: true() if "CLIENT" in value else false(),
    "start_date": lambda value: jobs.c.created_at >= stamp(value),
    "end_date": lambda value: jobs.c.created_at <= stamp(value),
}


def _connect(url: str) -> Engine:
    engine = create_engine(url)

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own transactions begin too late to lock
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _mapping(row: Row[Any]) -> dict[str, Any]:
    return row._asdict()


def _matches(table: Table, values: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    return [table.c[name] == value for name, value in values.items()]


def _page(connection: Connection, query: Select[Any], order: Column[Any], page: Page) -> tuple[list[Row[Any]], int]:
    total = connection.scalar(select(func.count()).select_from(query.subquery()))
    ordered = query.order_by(order.asc() if page.ascending else order.desc())
    return list(connection.execute(ordered.limit(page.limit).offset(page.offset))), int(total or 0)


def _completed(connection: Connection, rows: Sequence[Row[Any]]) -> list[Record]:
    """Adds to batches what other tables hold: how many jobs are in each status, and the tags."""
    ids = [row.id for row in rows]
    counts = _job_counts(connection, ids)
    batch_tags: dict[str, list[str]] = {batch_id: [] for batch_id in ids}
    for tag in connection.execute(select(tags).where(tags.c.batch_id.in_(ids)).order_by(tags.c.position)):
        batch_tags[tag.batch_id].append(tag.tag)
    return [_mapping(row) | {"counts": counts[row.id], "tags": batch_tags[row.id]} for row in rows]


def _jobs_count() -> ColumnElement[int]:
    return select(func.count()).where(jobs.c.batch_id == batches.c.id).scalar_subquery()


def _job_counts(connection: Connection, batch_ids: list[str]) -> dict[str, dict[JobStatus, int]]:
    counts = {batch_id: dict.fromkeys(JobStatus, 0) for batch_id in batch_ids}
    query = (
        select(jobs.c.batch_id, jobs.c.status, func.count().label("jobs"))
        .where(jobs.c.batch_id.in_(batch_ids))
        .group_by(jobs.c.batch_id, jobs.c.status)
    )
    for row in connection.execute(query):
        counts[row.batch_id][JobStatus(row.status)] = row.jobs
    return counts


def _earlier(connection: Connection, submitted: Submitted) -> tuple[str, str] | None:
    if submitted.key is None:
        return None
    same = {"user_id": submitted.user_id, "operation": submitted.operation, "key": submitted.key}
    query = select(submissions.c.fingerprint, submissions.c.batch_id).where(*_matches(submissions, same))
    row = connection.execute(query).first()
    return None if row is None else (row.fingerprint, row.batch_id)


def _set_tags(connection: Connection, batch_id: str, new_tags: Iterable[str]) -> None:
    connection.execute(tags.delete().where(tags.c.batch_id == batch_id))
    for position, tag in enumerate(new_tags):
        connection.execute(insert(tags).values(batch_id=batch_id, position=position, tag=tag))


def _settle(connection: Connection, batch_id: str, now: datetime) -> None:
    """Brings a batch's state in line with its jobs'."""
    batch = connection.execute(select(batches).where(batches.c.id == batch_id)).one()
    counts = _job_counts(connection, [batch_id])[batch_id]
    status = batch_status(is_open=batch.open, has_started=batch.start_datetime is not None, jobs=counts)
    is_idle = batch.open and not any(counts[unsettled] for unsettled in UNSETTLED)
    connection.execute(
        update(batches)
        .where(batches.c.id == batch_id, batches.c.status.in_(UNSETTLED_BATCHES))
        .values(
            status=status,
            updated_at=stamp(now),
            end_datetime=None if status in UNSETTLED_BATCHES else stamp(now),
            idle_since=stamp(now) if is_idle else None,
        )
    )


def _end_batches(connection: Connection, which: ColumnElement[bool], status: BatchStatus, now: datetime) -> int:
    ending = update(batches).where(which, batches.c.status.in_(UNSETTLED_BATCHES))
    values = {"status": status, "open": False, "idle_since": None, "updated_at": stamp(now), "end_datetime": stamp(now)}
    return connection.execute(ending.values(values)).rowcount


def _cancel_jobs(connection: Connection, which: ColumnElement[bool], now: datetime) -> list[str]:
    unsettled = which & jobs.c.status.in_(UNSETTLED)
    claims = connection.scalars(select(jobs.c.claim).where(unsettled, jobs.c.claim.is_not(None)))
    running = [str(claim) for claim in claims]
    connection.execute(update(jobs).where(unsettled).values(_ended(JobStatus.CANCELED, now)))
    return running


def _claimed(connection: Connection, token: str) -> Row[Any] | None:
    return connection.execute(select(jobs).where(jobs.c.claim == token)).first()


def _end_job(connection: Connection, job: Row[Any], errors: Iterable[str], now: datetime) -> None:
    messages = list(errors)
    status = JobStatus.ERROR if messages else JobStatus.DONE
    ended = _ended(status, now) | {"errors": messages or None}
    connection.execute(update(jobs).where(jobs.c.number == job.number).values(ended))
    _settle(connection, job.batch_id, now)


def _ended(status: JobStatus, now: datetime) -> dict[str, Any]:
    return {"status": status, "claim": None, "updated_at": stamp(now), "end_timestamp": stamp(now)}


def _release(connection: Connection, which: ColumnElement[bool], now: datetime) -> None:
    values = {"status": JobStatus.PENDING, "claim": None, "start_timestamp": None, "updated_at": stamp(now)}
    connection.execute(update(jobs).where(which).values(values))
