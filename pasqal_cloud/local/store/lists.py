"""Reading single records and pages of lists.

The time for a page without filters, or of one status, does not depend on the number of stored rows: it is read from the
end of an index, and triggers keep the total. With other filters, the time grows with the number of matching rows.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain, product
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Select, Table, func, select, text, union_all

from pasqal_cloud.local.states import JobStatus
from pasqal_cloud.local.store.database import one
from pasqal_cloud.local.store.dialects import seconds_between
from pasqal_cloud.local.store.records import Filters, Page, Record, record, slices, stamp
from pasqal_cloud.local.store.schema import batches, counters, jobs, jobs_in, results, sequences, tags, workloads

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pasqal_cloud.local.store.database import Database
    from pasqal_cloud.local.store.records import AnyRow

COUNTED = ("project_id", "status")
"""The filters for which triggers keep the totals."""

MAX_RANGES = 100
"""The maximum number of index ranges that are merged into a page."""


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
            rows, total = _page(connection, batches, BATCH_FILTERS, filters, page)
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
            rows, total = _page(connection, jobs, JOB_FILTERS, filters, page)
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
            rows, total = _page(connection, workloads, WORKLOAD_FILTERS, filters, page)
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
        """Gets the result document (JSON, compressed) of a job or a workload."""
        with self.database.reading() as connection:
            return connection.scalar(select(results.c.document).where(results.c.id == identity))

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
    return [record(row) | {"counts": jobs_in(row), "tags": found[row.number]} for row in rows]


def tags_of(connection: Connection, batch_numbers: Sequence[int]) -> dict[int, list[str]]:
    """Gets the tags of batches, by their numbers."""
    found: dict[int, list[str]] = {number: [] for number in batch_numbers}
    for some in slices(batch_numbers):
        query = select(tags.c.batch_number, tags.c.tag).where(tags.c.batch_number.in_(some)).order_by(tags.c.position)
        for number, tag in connection.execute(query):
            found[number].append(tag)
    return found


Condition = Callable[[Any], ColumnElement[bool]]


def _common(table: Table) -> dict[str, Condition]:
    return {
        "id": table.c.id.in_,
        "id__starts_with": lambda prefix: table.c.id.between(
            prefix, f"{prefix}g"
        ),  # sorts after all hexadecimal digits
        "project_id": table.c.project_id.in_,
        "user_id": table.c.user_id.in_,
        "status": table.c.status.in_,
        "start_date": lambda instant: table.c.created_at >= stamp(instant),
        "end_date": lambda instant: table.c.created_at <= stamp(instant),
    }


def _tagged(values: list[str]) -> ColumnElement[bool]:
    return batches.c.number.in_(select(tags.c.batch_number).where(tags.c.tag.in_(values)))


BATCH_FILTERS: dict[str, Condition] = {
    **_common(batches),
    "device_type": batches.c.device_type.in_,
    "open": lambda value: batches.c.open == value,
    "complete": lambda value: batches.c.open != value,
    "min_jobs": lambda value: batches.c.jobs_count >= value,
    "max_jobs": lambda value: batches.c.jobs_count <= value,
    "queue_priority": batches.c.queue_priority.in_,
    "tag": lambda value: _tagged([value]),
    "tags": _tagged,
}

JOB_FILTERS: dict[str, Condition] = {
    **_common(jobs),
    "batch_id": jobs.c.batch_id.in_,
    "min_runs": lambda value: jobs.c.runs >= value,
    "max_runs": lambda value: jobs.c.runs <= value,
    "errors": lambda value: jobs.c.status.in_([status for status in JobStatus if (status == JobStatus.ERROR) == value]),
    "origin": jobs.c.origin.in_,
}

WORKLOAD_FILTERS = _common(workloads)


def _page(
    connection: Connection, table: Table, known: Mapping[str, Condition], filters: Filters, page: Page
) -> tuple[list[AnyRow], int]:
    """Reads a page in two steps: first only the row numbers, with the best index for the filters, then the rows."""
    limit = None if page.limit < 0 else page.limit
    order = table.c.number.asc() if page.ascending else table.c.number.desc()
    rows = select(table).order_by(order)
    if ranges := _ranges(table, filters):
        numbers: Any = union_all(*ranges).order_by(text("number ASC" if page.ascending else "number DESC"))
        rows = rows.where(table.c.number.in_(numbers.limit(limit).offset(page.offset)))
        total = _counter(table, filters)
    else:
        numbers = select(table.c.number).where(*(known[name](value) for name, value in filters.items()))
        rows = rows.where(table.c.number.in_(numbers)).limit(limit).offset(page.offset)
        total = select(func.count()).select_from(numbers.subquery())
    return list(connection.execute(rows)), int(connection.scalar(total) or 0)


def _ranges(table: Table, filters: Filters) -> list[Select[Any]]:
    """Gets queries for index ranges that together form a list, if triggers keep its total."""
    if not set(COUNTED).issuperset(filters):
        return []
    columns = [table.c[name] for name in COUNTED if name in filters]
    keys = list(product(*(dict.fromkeys(filters[column.name]) for column in columns)))
    if len(keys) > MAX_RANGES:
        return []
    return [
        select(table.c.number).where(*(column == value for column, value in zip(columns, key, strict=True)))
        for key in keys
    ]


def _counter(table: Table, filters: Filters) -> Select[Any]:
    counted = (counters.c[name].in_(values) for name, values in filters.items())
    return select(func.sum(counters.c.amount)).where(counters.c.kind == table.name, *counted)
