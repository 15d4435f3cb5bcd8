"""Counting many rows at once: jobs that were just added, and everything after a migration.

SQLite's triggers run for each row, which would double the time for adding 10,000 jobs. So whoever adds jobs calls
`count_added`; `triggers` count all other changes.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import delete, false, text

from pasqal_cloud.local.store.schema import (
    ALL_COUNTERS,
    ARCHIVED,
    BLOCK,
    COUNTED,
    SIZES,
    blocks,
    counters,
    size_counters,
    tag_counters,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection, Table

    from pasqal_cloud.local.store.records import AnyRow

KEY = tuple(column.name for column in counters.primary_key)
EMPTY = {"open": "false"}
"""What stands in `counters` for a value that a table does not have, if it is not an empty string."""


def upsert(table: Table, source: str) -> str:
    """Gets the statement that adds numbers to a table of counters.

    Args:
        table: The table.
        source: SQL that gets values for all its columns, in their order.
    """
    key = ", ".join(column.name for column in table.primary_key)
    name = table.name
    changes = [f"amount = {name}.amount + excluded.amount"]
    for column, comes_first in (("earliest", "<"), ("latest", ">")):
        if column in table.c:
            new, old = f"excluded.{column}", f"{name}.{column}"
            changes.append(f"{column} = CASE WHEN {new} {comes_first} {old} THEN {new} ELSE {old} END")
    columns = ", ".join(column.name for column in table.columns)
    return f"INSERT INTO {name} ({columns}) {source} ON CONFLICT ({key}) DO UPDATE SET {', '.join(changes)}"


def place(kind: str, values: Mapping[str, str]) -> str:
    """Gets the values of the columns of the key of `counters`, in their order.

    Args:
        kind: The table whose rows are counted.
        values: SQL for the values that differ.
    """
    return ", ".join({"kind": f"'{kind}'", **values}.get(name, EMPTY.get(name, "''")) for name in KEY)


def _by_value(kind: str) -> str:
    """Counts rows by the values that few differ in; a job has the device type of its batch."""
    columns = ["project_id", *(name for name in COUNTED[kind] if (kind, name) != ("jobs", "device_type"))]
    grouped = [*columns, "batch_id"] if kind == "jobs" else columns
    found = (
        f"(SELECT {', '.join(grouped)}, count(*) AS amount FROM {kind}"  # noqa: S608 - ours
        f" WHERE number BETWEEN :first AND :last GROUP BY {', '.join(grouped)}) AS found"
    )
    values = {name: f"found.{name}" for name in columns}
    if kind == "jobs":
        values["device_type"] = "batches.device_type"
        found += " JOIN batches ON batches.id = found.batch_id"
    counted = f"{place(kind, values)}, sum(found.amount)"
    by = ", ".join(values.values())
    return upsert(counters, f"SELECT {counted} FROM {found} WHERE true GROUP BY {by}")  # noqa: S608 - ours


def _by_size(kind: str) -> str:
    size, of_all = SIZES[kind], "number BETWEEN :first AND :last"
    return upsert(
        size_counters,
        f"SELECT '{kind}', project_id, {size}, count(*) FROM {kind}"  # noqa: S608 - ours
        f" WHERE {of_all} AND {size} IS NOT NULL GROUP BY project_id, {size}",
    )


def _by_block(kind: str) -> str:
    return upsert(
        blocks,
        f"SELECT '{kind}', project_id, number / {BLOCK}, count(*), min(created_at), max(created_at) FROM {kind}"  # noqa: S608 - ours
        f" WHERE number BETWEEN :first AND :last GROUP BY project_id, number / {BLOCK}",
    )


COUNT_JOBS = [text(statement("jobs")) for statement in (_by_value, _by_size, _by_block)]

COUNT_TAGS = text(
    upsert(tag_counters, "SELECT project_id, tag, count(*) FROM tags WHERE true GROUP BY project_id, tag")
)


COUNT_ARCHIVED = text(
    upsert(counters, f"VALUES ({place(ARCHIVED, {'project_id': ':project_id', 'status': ':status'})}, :amount)")
)


def count_added(connection: Connection, first: int, last: int) -> None:
    """Counts jobs that were just added, by their numbers."""
    for statement in COUNT_JOBS:
        connection.execute(statement, {"first": first, "last": last})


def count_archived(connection: Connection, gone: Iterable[AnyRow]) -> None:
    """Counts jobs that were moved to files, with which the time that a project's jobs take on average is calculated."""
    for (project_id, status), amount in Counter((job.project_id, job.status) for job in gone).items():
        connection.execute(COUNT_ARCHIVED, {"project_id": project_id, "status": status, "amount": amount})


def recount(connection: Connection) -> None:
    """Counts all rows anew; jobs in files stay counted, since nothing else knows their number."""
    for table in ALL_COUNTERS:
        kept = table.c.kind == ARCHIVED if table is counters else false()
        connection.execute(delete(table).where(~kept))
    every = {"first": 0, "last": 2**62}
    for kind in COUNTED:
        connection.execute(text(_by_value(kind)), every)
        connection.execute(text(_by_block(kind)), every)
    for kind in SIZES:
        connection.execute(text(_by_size(kind)), every)
    connection.execute(COUNT_TAGS)
