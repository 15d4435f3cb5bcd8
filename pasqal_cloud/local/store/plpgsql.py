"""The triggers in PostgreSQL's language; they do what those of `triggers` do.

Those of jobs run once for each statement, not for each row: cancelling a batch of thousands of jobs would otherwise
change the same counters thousands of times, and each version of a row is kept until the transaction has ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from pasqal_cloud.local.states import UNSETTLED
from pasqal_cloud.local.store.counting import place, upsert
from pasqal_cloud.local.store.schema import BLOCK, COUNTS, counters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

CHANGES = {
    "UPDATE": """
        SELECT comes.project_id, comes.batch_id, comes.user_id, comes.origin, change.status, change.amount
        FROM comes JOIN goes USING (number),
             LATERAL (VALUES (comes.status, 1), (goes.status, -1)) AS change (status, amount)
        WHERE comes.status <> goes.status""",
    "DELETE": "SELECT project_id, batch_id, user_id, origin, status, -1 AS amount FROM goes",
}
"""How jobs have changed the numbers, by what was done to them."""

VALUES = {name: f"changes.{name}" for name in ("project_id", "status", "user_id", "origin")}
VALUES["device_type"] = "batches.device_type"

OF_JOBS = f"""
    SELECT {place("jobs", VALUES)}, sum(changes.amount)
    FROM ({{changes}}) AS changes JOIN batches ON batches.id = changes.batch_id
    GROUP BY {", ".join(VALUES.values())}
    ORDER BY {", ".join(VALUES.values())}
"""  # noqa: S608 - ours

IN_BATCHES = """
    UPDATE batches SET {columns}
    FROM (SELECT batch_id, {sums} FROM ({changes}) AS changes GROUP BY batch_id) AS added
    WHERE batches.id = added.batch_id;
"""

TAKE = """
    UPDATE {table} SET amount = {table}.amount - gone.amount
    FROM (SELECT project_id, {value} AS value, count(*) AS amount FROM goes
          WHERE {value} IS NOT NULL GROUP BY project_id, {value}) AS gone
    WHERE kind = 'jobs' AND {table}.project_id = gone.project_id AND {column} = gone.value;
"""
"""Takes deleted jobs from a table of counters."""

FORGET_SIZES = """
    DELETE FROM size_counters
    WHERE kind = 'jobs' AND amount <= 0 AND (project_id, size) IN (SELECT project_id, runs FROM goes);
"""

NOTE_DELIVERIES = """
    INSERT INTO deliveries (id, job_id, url, tries, due_at)
    SELECT replace(gen_random_uuid()::text, '-', ''), comes.id, batches.webhook, 0, comes.end_timestamp
    FROM comes JOIN goes USING (number) JOIN batches ON batches.id = comes.batch_id
    WHERE goes.status IN ({unsettled}) AND comes.status NOT IN ({unsettled}) AND batches.webhook IS NOT NULL
    ORDER BY comes.number;
"""

TABLES_OF = {
    "UPDATE": "REFERENCING NEW TABLE AS comes OLD TABLE AS goes",
    "DELETE": "REFERENCING OLD TABLE AS goes",
}
SUFFIXES = {"UPDATE": "change", "DELETE": "go"}


@dataclass(frozen=True)
class Trigger:
    """Statements that the database executes after each change of a row, which they call OLD and NEW.

    Args:
        name: Its name.
        table: The table whose rows change.
        event: The change.
        statements: What to do.
        when: The condition.
    """

    name: str
    table: str
    event: str
    statements: tuple[str, ...]
    when: str | None = None


def add_triggers(connection: Connection, for_rows: Sequence[Trigger]) -> None:
    """Creates the triggers.

    Args:
        connection: A transaction.
        for_rows: Those that run for each row.
    """
    for trigger in for_rows:
        when = f"WHEN ({trigger.when})" if trigger.when else ""
        body = " ".join(f"{statement};" for statement in trigger.statements)
        _add(connection, trigger.name, f"AFTER {trigger.event} ON {trigger.table} FOR EACH ROW {when}", body)
    sums = ", ".join(
        f"coalesce(sum(amount) FILTER (WHERE status = '{status}'), 0) AS {name}" for status, name in COUNTS.items()
    )
    sets = ", ".join(f"{name} = batches.{name} + added.{name}" for name in COUNTS.values())
    for done, changes in CHANGES.items():
        body = f"{upsert(counters, OF_JOBS.format(changes=changes))};"
        body += IN_BATCHES.format(columns=sets, sums=sums, changes=changes)
        if done == "UPDATE":
            body += NOTE_DELIVERIES.format(unsettled=", ".join(f"'{status}'" for status in UNSETTLED))
            body = f"IF EXISTS ({changes}) THEN {body} END IF;"
        else:
            body += TAKE.format(table="size_counters", column="size", value="runs") + FORGET_SIZES
            body += TAKE.format(table="blocks", column="block", value=f"number / {BLOCK}")
        when = f"AFTER {done} ON jobs {TABLES_OF[done]} FOR EACH STATEMENT"
        _add(connection, f"jobs_{SUFFIXES[done]}", when, body)


def remove_triggers(connection: Connection) -> None:
    """Removes all triggers, also those that this version would not create."""
    found = text(
        "SELECT DISTINCT trigger_name, event_object_table FROM information_schema.triggers"
        " WHERE trigger_schema = current_schema()"
    )
    for name, table in connection.execute(found).all():
        connection.exec_driver_sql(f'DROP TRIGGER "{name}" ON "{table}"')
        connection.exec_driver_sql(f'DROP FUNCTION IF EXISTS "{name}"()')


def _add(connection: Connection, name: str, when: str, body: str) -> None:
    connection.exec_driver_sql(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$"
    )
    connection.exec_driver_sql(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {name}()")
