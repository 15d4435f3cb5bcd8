"""Triggers: the database counts rows, and stores which webhooks to call, whenever rows change.

They run for each row. Jobs are often added by the thousand, so those are counted together instead (`counting`).
`plpgsql` makes PostgreSQL's triggers of those here, and has others for jobs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from pasqal_cloud.local.states import UNSETTLED
from pasqal_cloud.local.store import plpgsql
from pasqal_cloud.local.store.counting import place, upsert
from pasqal_cloud.local.store.plpgsql import Trigger
from pasqal_cloud.local.store.schema import (
    BLOCK,
    COUNTED,
    COUNTS,
    SIZES,
    STATISTICS,
    blocks,
    counters,
    size_counters,
    tag_counters,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

NOTE_DELIVERY = """
    INSERT INTO deliveries (id, job_id, url, tries, due_at)
    SELECT lower(hex(randomblob(16))), NEW.id, webhook, 0, NEW.end_timestamp
    FROM batches WHERE id = NEW.batch_id AND webhook IS NOT NULL
"""


def triggers() -> list[Trigger]:
    """Gets all triggers."""
    unsettled = ", ".join(f"'{status}'" for status in sorted(UNSETTLED))
    ends = f"OLD.status IN ({unsettled}) AND NEW.status NOT IN ({unsettled})"
    resized = "OLD.jobs_count <> NEW.jobs_count"
    changed_in_batch = (*_resized("batches", "OLD", -1), *_resized("batches", "NEW", 1))
    return [
        *(
            Trigger(f"{table}_come", table, "INSERT", (_valued(table, "NEW", 1), *_placed(table)))
            for table in COUNTED
            if table != "jobs"
        ),
        *(_change(table) for table in COUNTED),
        *(_go(table) for table in COUNTED),
        Trigger("batches_resize", "batches", f"UPDATE OF {', '.join(COUNTS.values())}", changed_in_batch, resized),
        Trigger("tags_come", "tags", "INSERT", (upsert(tag_counters, "VALUES (NEW.project_id, NEW.tag, 1)"),)),
        Trigger("tags_go", "tags", "DELETE", _taken("tag_counters", "project_id = OLD.project_id AND tag = OLD.tag")),
        Trigger("job_has_ended", "jobs", "UPDATE OF status", (NOTE_DELIVERY,), ends),
    ]


def add_triggers(connection: Connection) -> None:
    """Creates the triggers, and stores the statistics of the indexes."""
    if connection.dialect.name == "postgresql":
        plpgsql.add_triggers(connection, [trigger for trigger in triggers() if trigger.table != "jobs"])
        return
    statements = [
        *(_in_sqlite(trigger) for trigger in triggers()),
        "ANALYZE sqlite_schema",  # creates the table of statistics
        "DELETE FROM sqlite_stat1",
        *(
            f"INSERT INTO sqlite_stat1 VALUES ('{index.table}', '{index.name}', '{rows}')"  # noqa: S608 - ours
            for index, rows in STATISTICS.items()
        ),
    ]
    for statement in statements:
        connection.exec_driver_sql(statement)


def remove_triggers(connection: Connection) -> None:
    """Removes all triggers, also those that this version would not create."""
    if connection.dialect.name == "postgresql":
        plpgsql.remove_triggers(connection)
        return
    for name in connection.scalars(text("SELECT name FROM sqlite_schema WHERE type = 'trigger'")).all():
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')


def _in_sqlite(trigger: Trigger) -> str:
    when = f"WHEN {trigger.when} " if trigger.when else ""
    does = " ".join(f"{statement};" for statement in trigger.statements)
    return f"CREATE TRIGGER {trigger.name} AFTER {trigger.event} ON {trigger.table} {when}BEGIN {does} END"


def _change(table: str) -> Trigger:
    """Counts a row under its new values in place of the old ones."""
    columns = [name for name in ("status", "open") if name in COUNTED[table]]
    changed = " OR ".join(f"OLD.{name} <> NEW.{name}" for name in columns)
    recounted = [_valued(table, "OLD", -1), _valued(table, "NEW", 1)]
    if table == "jobs":
        difference = "(CASE NEW.status WHEN '{0}' THEN 1 ELSE 0 END - CASE OLD.status WHEN '{0}' THEN 1 ELSE 0 END)"
        changes = ", ".join(f"{count} = {count} + {difference.format(status)}" for status, count in COUNTS.items())
        recounted.append(f"UPDATE batches SET {changes} WHERE id = NEW.batch_id")  # noqa: S608 - ours
    return Trigger(f"{table}_change", table, f"UPDATE OF {', '.join(columns)}", tuple(recounted), changed)


def _go(table: str) -> Trigger:
    """Counts a row no more."""
    out_of_block = (
        f"UPDATE blocks SET amount = amount - 1"  # noqa: S608 - ours
        f" WHERE kind = '{table}' AND project_id = OLD.project_id AND block = OLD.number / {BLOCK}"
    )
    gone = [_valued(table, "OLD", -1), out_of_block]
    if table in SIZES:
        gone += _resized(table, "OLD", -1)
    if table == "jobs":
        difference = "CASE OLD.status WHEN '{0}' THEN 1 ELSE 0 END"
        changes = ", ".join(f"{count} = {count} - {difference.format(status)}" for status, count in COUNTS.items())
        gone.append(f"UPDATE batches SET {changes} WHERE id = OLD.batch_id")  # noqa: S608 - ours
    return Trigger(f"{table}_go", table, "DELETE", tuple(gone))


def _valued(table: str, row: str, amount: int) -> str:
    """Gets the statement that counts a row by the values that few differ in."""
    values = {name: f"{row}.{name}" for name in ("project_id", *COUNTED[table])}
    if table == "jobs":
        values["device_type"] = f"(SELECT device_type FROM batches WHERE id = {row}.batch_id)"  # noqa: S608 - ours
    return upsert(counters, f"VALUES ({place(table, values)}, {amount})")


def _placed(table: str) -> list[str]:
    """Gets the statements that count a new row in its block, and by its size."""
    values = f"'{table}', NEW.project_id, NEW.number / {BLOCK}, 1, NEW.created_at, NEW.created_at"
    sized = _resized(table, "NEW", 1) if table in SIZES else []
    return [upsert(blocks, f"VALUES ({values})"), *sized]


def _resized(table: str, row: str, amount: int) -> tuple[str, ...]:
    """Gets the statements that count a row by its size, or no more."""
    size = f"{row}.{SIZES[table]}"
    if amount > 0:
        return (upsert(size_counters, f"VALUES ('{table}', {row}.project_id, {size}, {amount})"),)
    return _taken("size_counters", f"kind = '{table}' AND project_id = {row}.project_id AND size = {size}")


def _taken(table: str, which: str) -> tuple[str, ...]:
    """Gets the statements that take one from a number, and remove it if nothing is left."""
    return (
        f"UPDATE {table} SET amount = amount - 1 WHERE {which}",  # noqa: S608 - ours
        f"DELETE FROM {table} WHERE {which} AND amount <= 0",  # noqa: S608 - ours
    )
