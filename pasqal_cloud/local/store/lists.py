"""Reading single records and pages of lists.

`pages` tells which lists take a time that does not depend on the number of stored rows.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, func, select

from pasqal_cloud.local.store import pages
from pasqal_cloud.local.store.database import by, one
from pasqal_cloud.local.store.dialects import seconds_between
from pasqal_cloud.local.store.records import Filters, Page, Record, records, slices, stamp
from pasqal_cloud.local.store.schema import batches, jobs, jobs_in, results, sequences, tags, workloads

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pasqal_cloud.local.store.database import Database
    from pasqal_cloud.local.store.records import AnyRow

BATCH, JOB, WORKLOAD = by(batches), by(jobs), by(workloads)
JOBS_OF = by(jobs, "batch_id").order_by(jobs.c.number)
IDS_OF = JOBS_OF.with_only_columns(jobs.c.id)
SEQUENCE = by(sequences).with_only_columns(sequences.c.content)
RESULT = by(results).with_only_columns(results.c.document)
HAS_RESULT = by(results).with_only_columns(results.c.id)
TAGS = select(tags.c.batch_number, tags.c.tag).order_by(*tags.primary_key)
TAGS_OF_ONE = TAGS.where(tags.c.batch_number == bindparam("number"))
TAGS_OF_SOME = TAGS.where(tags.c.batch_number.in_(bindparam("numbers", expanding=True)))


@dataclass(frozen=True)
class Lists:
    """The part of the store that only reads."""

    database: Database

    def batch(self, batch_id: str) -> Record | None:
        """Gets a batch, with its tags and the number of its jobs in each status."""
        with self.database.reading() as connection:
            rows = connection.execute(BATCH, {"value": batch_id}).all()
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
        return one(self.database, JOB, job_id)

    def jobs(self, filters: Filters, page: Page) -> tuple[list[Record], int]:
        """Gets a page of the matching jobs, and their total number."""
        with self.database.reading() as connection:
            rows, total = pages.page(connection, jobs, filters, page)
            return records(rows), total

    def jobs_of(self, batch_id: str) -> list[Record]:
        """Gets all jobs of a batch in the order of their submission."""
        with self.database.reading() as connection:
            return records(connection.execute(JOBS_OF, {"value": batch_id}).all())

    def job_ids(self, batch_id: str) -> list[str]:
        """Gets the ids of all jobs of a batch in the order of their submission."""
        with self.database.reading() as connection:
            return list(connection.scalars(IDS_OF, {"value": batch_id}))

    def workload(self, workload_id: str) -> Record | None:
        """Gets a workload."""
        return one(self.database, WORKLOAD, workload_id)

    def workloads(self, filters: Filters, page: Page) -> tuple[list[Record], int]:
        """Gets a page of the matching workloads, and their total number."""
        with self.database.reading() as connection:
            rows, total = pages.page(connection, workloads, filters, page)
            return records(rows), total

    def sequence(self, sequence_id: str | None) -> str | None:
        """Gets a sequence."""
        with self.database.reading() as connection:
            return connection.scalar(SEQUENCE, {"value": sequence_id})

    def has_result(self, identity: str) -> bool:
        """Tells whether a job or a workload has a result document."""
        with self.database.reading() as connection:
            return connection.scalar(HAS_RESULT, {"value": identity}) is not None

    def result(self, identity: str) -> bytes | None:
        """Gets the result document (JSON, compressed) of a job or a workload."""
        with self.database.reading() as connection:
            return connection.scalar(RESULT, {"value": identity})

    def size_of_results(self, batch_id: str) -> int:
        """Gets the bytes of a batch's result documents, compressed."""
        sizes = func.sum(func.length(results.c.document))
        query = select(sizes).select_from(results).join(jobs, jobs.c.id == results.c.id)
        with self.database.reading() as connection:
            return int(connection.scalar(query.where(jobs.c.batch_id == batch_id)) or 0)

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
    return [
        {**batch, "counts": jobs_in(row), "tags": found[row.number]}
        for batch, row in zip(records(rows), rows, strict=True)
    ]


def tags_of(connection: Connection, batch_numbers: Sequence[int]) -> dict[int, list[str]]:
    """Gets the tags of batches, by their numbers."""
    found: dict[int, list[str]] = {number: [] for number in batch_numbers}
    for some in slices(batch_numbers):
        query, values = (TAGS_OF_ONE, {"number": some[0]}) if len(some) == 1 else (TAGS_OF_SOME, {"numbers": some})
        for number, tag in connection.execute(query, values):
            found[number].append(tag)
    return found
