"""Taking batches that have ended out of the database: finding them, reading them as a whole, and deleting them.

A service may use the database at the same time. Reading does not disturb it, and a transaction that deletes takes as
many rows as others do.
"""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, exists, func, or_, select

from pasqal_cloud.local.states import UNSETTLED_BATCHES
from pasqal_cloud.local.store.counting import count_archived
from pasqal_cloud.local.store.lists import tags_of
from pasqal_cloud.local.store.records import SLICE, record, slices, stamp
from pasqal_cloud.local.store.schema import batches, deliveries, jobs, jobs_in, results, sequences, submissions, tags

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from datetime import datetime

    from sqlalchemy import Connection, Select

    from pasqal_cloud.local.store.database import Database
    from pasqal_cloud.local.store.records import AnyRow, Record

RESULTS_AT_ONCE = 10
"""How many result documents are read from a server at once, compressed."""


@dataclass(frozen=True)
class Ended:
    """A batch that has ended.

    Args:
        number: Its place in the order of submission.
        id: Its id.
        created_at: When it was submitted.
        updated_at: When it was changed for the last time.
        jobs: The number of its jobs that the database still has.
    """

    number: int
    id: str
    created_at: str
    updated_at: str
    jobs: int

    @property
    def month(self) -> str:
        """The month in which it was submitted, like `2026-08`."""
        return self.created_at[:7]


@dataclass(frozen=True)
class Contents:
    """A batch with all that belongs to it.

    Args:
        batch: The batch, with its tags and the number of its jobs in each status.
        sequence: The sequence that its jobs share.
        jobs: Reads its jobs in the order of submission, each with the sequence of its own.
        results: Reads the result documents, compressed, with the ids of their jobs.
    """

    batch: Record
    sequence: str | None
    jobs: Callable[[], Iterator[tuple[Record, str | None]]]
    results: Callable[[], Iterator[tuple[str, bytes]]]


@dataclass(frozen=True)
class Archive:
    """The part of the store that takes batches out of it."""

    database: Database

    def ended_before(self, limit: datetime, after: int) -> list[Ended]:
        """Gets the next batches that ended before an instant, oldest first.

        Left out are those whose webhooks are still to be called, and the batch with the newest job: the numbers of
        jobs, from which seeds follow, go on from that one.

        Args:
            limit: The instant.
            after: The number of the last batch of the earlier call; 0 at first.
        """
        waiting = select(jobs.c.batch_id).join(deliveries, deliveries.c.job_id == jobs.c.id)
        newest = select(jobs.c.batch_id).order_by(jobs.c.number.desc()).limit(1).scalar_subquery()
        query = (
            select(batches.c.number, batches.c.id, batches.c.created_at, batches.c.updated_at, batches.c.jobs_count)
            .where(
                batches.c.number > after,
                batches.c.created_at < stamp(limit),
                batches.c.end_datetime < stamp(limit),
                batches.c.status.not_in(UNSETTLED_BATCHES),
                batches.c.id.not_in(waiting),
                or_(newest.is_(None), batches.c.id != newest),
            )
            .order_by(batches.c.number)
            .limit(SLICE)
        )
        with self.database.reading() as connection:
            return [Ended(*row) for row in connection.execute(query)]

    @contextmanager
    def contents(self, batch: Ended) -> Iterator[Contents]:
        """Reads a batch with all that belongs to it, as it is now; long parts are read while they are iterated over."""
        with self.database.reading() as connection, ExitStack() as opened:
            if connection.dialect.name == "postgresql":  # writing a large result takes long, and nobody waits for it
                connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
            row = connection.execute(select(batches).where(batches.c.number == batch.number)).one()

            def rows(query: Select[Any], at_once: int) -> Iterable[AnyRow]:
                reading = connection.execute(query.order_by(jobs.c.number), execution_options={"yield_per": at_once})
                return opened.enter_context(closing(reading))  # also if its reader fails

            its_jobs = select(jobs, sequences.c.content).outerjoin(sequences).where(jobs.c.batch_id == batch.id)
            its_results = select(results).join(jobs, jobs.c.id == results.c.id).where(jobs.c.batch_id == batch.id)
            yield Contents(
                record(row) | {"counts": jobs_in(row), "tags": tags_of(connection, [row.number])[row.number]},
                connection.scalar(select(sequences.c.content).where(sequences.c.id == row.sequence_id)),
                lambda: ((record(job), job.content) for job in rows(its_jobs, SLICE)),
                lambda: ((each.id, each.document) for each in rows(its_results, RESULTS_AT_ONCE)),
            )

    def delete(self, some: Collection[Ended]) -> int:
        """Deletes batches that have not changed, with all that belongs to them; gets how many were deleted."""
        count, together = 0, list[Ended]()
        for batch in some:
            if together and sum(other.jobs for other in together) + batch.jobs > SLICE:
                count += self._delete(together)
                together = []
            together.append(batch)
        return count + (self._delete(together) if together else 0)

    def _delete(self, some: Collection[Ended]) -> int:
        """Deletes batches: together, or one with many jobs in several transactions."""
        expected = {batch.number: batch.updated_at for batch in some}
        while True:
            with self.database.writing() as connection:
                now = select(batches.c.number, batches.c.id, batches.c.updated_at, batches.c.sequence_id)
                found = [
                    row
                    for row in connection.execute(now.where(batches.c.number.in_(expected)))
                    if expected[row.number] == row.updated_at
                ]
                if not found:
                    return 0
                ids, numbers = [row.id for row in found], [row.number for row in found]
                which = (jobs.c.number, jobs.c.id, jobs.c.sequence_id, jobs.c.project_id, jobs.c.status)
                of_batches = select(*which).where(jobs.c.batch_id.in_(ids))
                gone = connection.execute(of_batches.limit(SLICE)).all()
                job_ids = [row.id for row in gone]
                connection.execute(delete(results).where(results.c.id.in_(job_ids)))
                connection.execute(delete(jobs).where(jobs.c.number.in_([row.number for row in gone])))
                count_archived(connection, gone)
                unused = {row.sequence_id for row in gone}
                is_done = len(gone) < SLICE or not connection.scalar(
                    select(func.count()).select_from(jobs).where(jobs.c.batch_id.in_(ids))
                )
                if is_done:
                    connection.execute(delete(tags).where(tags.c.batch_number.in_(numbers)))
                    connection.execute(delete(submissions).where(submissions.c.created_id.in_(ids)))
                    connection.execute(delete(batches).where(batches.c.number.in_(numbers)))
                    unused |= {row.sequence_id for row in found}
                _delete_unused(connection, unused - {None})
            if is_done:
                return len(found)


def _delete_unused(connection: Connection, sequence_ids: Collection[str]) -> None:
    """Deletes sequences that no other batch or job has; new ones can't get them during this transaction."""
    for some in slices(sequence_ids):
        has_user = (exists().where(table.c.sequence_id == sequences.c.id) for table in (batches, jobs))
        connection.execute(delete(sequences).where(sequences.c.id.in_(some), and_(*(~user for user in has_user))))
