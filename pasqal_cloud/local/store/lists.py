"""Reading single records and pages of lists.

`pages` tells which lists take a time that does not depend on the number of stored rows.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select

from pasqal_cloud.local.store import pages
from pasqal_cloud.local.store.database import one
from pasqal_cloud.local.store.dialects import seconds_between
from pasqal_cloud.local.store.records import Filters, Page, Record, record, slices, stamp
from pasqal_cloud.local.store.schema import batches, jobs, jobs_in, results, sequences, tags, workloads

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pasqal_cloud.local.store.database import Database
    from pasqal_cloud.local.store.records import AnyRow


@dataclass(frozen=True)
class Lists:
    """The part of the store that only reads."""

    database: Database

    def batch(self, batch_id: str) -> Record | None:
        """Gets a batch, with its tags and the number of its jobs in each status."""
        with self.database.reading() as connection:
            rows = connection.execute(select(batches).where(batches.c.id == batch_id)).all()
            return next(iter(_completed(connection, rows)), None)

    def batches(self, filters: Filters, page: Page) -> tuple[list[Record], int]:
        """Gets a page of the matching batches, and their total number."""
        with self.database.reading() as connection:
            rows, total = pages.page(connection, batches, filters, page)
            return _completed(connection, rows), total

    def batches_named(self, batch_ids: Sequence[str]) -> list[Record]:
        """Gets the batches with these ids, newest first."""
        with self.database.reading() as connection:
            queries = (select(batches).where(batches.c.id.in_(some)) for some in slices(batch_ids))
            found = chain.from_iterable(connection.execute(query) for query in queries)
            rows = sorted(found, key=lambda row: row.number, reverse=True)
            return _completed(connection, rows)

    def job(self, job_id: str) -> Record | None:
        """Gets a job."""
        return one(self.database, jobs, jobs.c.id == job_id)

    def jobs(self, filters: Filters, page: Page) -> tuple[list[Record], int]:
        """Gets a page of the matching jobs, and their total number."""
        with self.database.reading() as connection:
            rows, total = pages.page(connection, jobs, filters, page)
            return [record(row) for row in rows], total

    def jobs_of(self, batch_id: str) -> list[Record]:
        """Gets all jobs of a batch in the order of their submission."""
        with self.database.reading() as connection:
            query = select(jobs).where(jobs.c.batch_id == batch_id).order_by(jobs.c.number)
            return [record(row) for row in connection.execute(query)]

    def job_ids(self, batch_id: str) -> list[str]:
        """Gets the ids of all jobs of a batch in the order of their submission."""
        with self.database.reading() as connection:
            query = select(jobs.c.id).where(jobs.c.batch_id == batch_id).order_by(jobs.c.number)
            return list(connection.scalars(query))

    def workload(self, workload_id: str) -> Record | None:
        """Gets a workload."""
        return one(self.database, workloads, workloads.c.id == workload_id)

    def workloads(self, filters: Filters, page: Page) -> tuple[list[Record], int]:
        """Gets a page of the matching workloads, and their total number."""
        with self.database.reading() as connection:
            rows, total = pages.page(connection, workloads, filters, page)
            return [record(row) for row in rows], total

    def sequence(self, sequence_id: str | None) -> str | None:
        """Gets a sequence."""
        with self.database.reading() as connection:
            return connection.scalar(select(sequences.c.content).where(sequences.c.id == sequence_id))

    def has_result(self, identity: str) -> bool:
        """Tells whether a job or a workload has a result document."""
        with self.database.reading() as connection:
            return connection.scalar(select(results.c.id).where(results.c.id == identity)) is not None

    def result(self, identity: str) -> bytes | None:
        """Gets the result document (JSON) of a job or a workload."""
        with self.database.reading() as connection:
            document = connection.scalar(select(results.c.document).where(results.c.id == identity))
            return None if document is None else zlib.decompress(document)

    def results_of(self, batch_id: str) -> dict[str, bytes]:
        """Gets the result documents (JSON) of a batch's jobs, by their ids."""
        query = select(results).join(jobs, jobs.c.id == results.c.id).where(jobs.c.batch_id == batch_id)
        with self.database.reading() as connection:
            return {row.id: zlib.decompress(row.document) for row in connection.execute(query.order_by(jobs.c.number))}

    def queue_times(self, since: datetime) -> dict[str, float]:
        """Gets the average waiting time of batches that have started since then, in seconds, by device type."""
        waited = func.avg(seconds_between(batches.c.created_at, batches.c.start_datetime))
        query = select(batches.c.device_type, waited).where(batches.c.start_datetime >= stamp(since))
        with self.database.reading() as connection:
            return dict(connection.execute(query.group_by(batches.c.device_type)).tuples().all())


def _completed(connection: Connection, rows: Sequence[AnyRow]) -> list[Record]:
    """Converts rows to records of batches, with the number of jobs in each status, and the tags."""
    found = tags_of(connection, [row.number for row in rows])
    return [record(row) | {"counts": jobs_in(row), "tags": found[row.number]} for row in rows]


def tags_of(connection: Connection, batch_numbers: Sequence[int]) -> dict[int, list[str]]:
    """Gets the tags of batches, by their numbers."""
    found: dict[int, list[str]] = {number: [] for number in batch_numbers}
    for some in slices(batch_numbers):
        query = select(tags.c.batch_number, tags.c.tag).where(tags.c.batch_number.in_(some)).order_by(*tags.primary_key)
        for number, tag in connection.execute(query):
            found[number].append(tag)
    return found
