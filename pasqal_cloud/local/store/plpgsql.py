"""The triggers in PostgreSQL's language; they do what those of `triggers` do.

Those of jobs run once for each statement, not for each row: a batch of thousands of jobs would otherwise change the
same counters thousands of times, and each version of a row is kept until the transaction has ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from pasqal_cloud.local.states import UNSETTLED, JobStatus

if TYPE_CHECKING:
    from sqlalchemy import Connection

ADD_UP = """
    INSERT INTO counters (kind, project_id, device_type, status, amount)
    {rows}
    ON CONFLICT (kind, project_id, status, device_type) DO UPDATE SET amount = counters.amount + excluded.amount;
"""

ONE = "VALUES ('{table}', {row}.project_id, {device_type}, {row}.status, {amount})"

DEVICE_TYPES = {"batches": "{row}.device_type", "workloads": "''"}
"""SQL expressions for the device type of a row, by the tables whose triggers run for each row."""

CHANGES = {
    "INSERT": "SELECT project_id, batch_id, status, 1 AS amount FROM comes",
    "DELETE": "SELECT project_id, batch_id, status, -1 AS amount FROM goes",
    "UPDATE": """
        SELECT comes.project_id, comes.batch_id, change.status, change.amount
        FROM comes JOIN goes USING (number),
             LATERAL (VALUES (comes.status, 1), (goes.status, -1)) AS change (status, amount)
        WHERE comes.status <> goes.status""",
}
"""How jobs have changed the numbers, by what was done to them."""

OF_JOBS = """
    SELECT 'jobs', changes.project_id, batches.device_type, changes.status, sum(changes.amount)
    FROM ({changes}) AS changes JOIN batches ON batches.id = changes.batch_id
    GROUP BY changes.project_id, batches.device_type, changes.status
    ORDER BY changes.project_id, changes.status, batches.device_type
"""

IN_BATCHES = """
    UPDATE batches SET {columns}
    FROM (SELECT batch_id, {sums} FROM ({changes}) AS changes GROUP BY batch_id) AS added
    WHERE batches.id = added.batch_id;
"""

NOTE_DELIVERIES = """
    INSERT INTO deliveries (id, job_id, url, tries, due_at)
    SELECT replace(gen_random_uuid()::text, '-', ''), comes.id, batches.webhook, 0, comes.end_timestamp
    FROM comes JOIN goes USING (number) JOIN batches ON batches.id = comes.batch_id
    WHERE goes.status IN ({unsettled}) AND comes.status NOT IN ({unsettled}) AND batches.webhook IS NOT NULL
    ORDER BY comes.number;
"""

TABLES_OF = {
    "INSERT": "REFERENCING NEW TABLE AS comes",
    "UPDATE": "REFERENCING NEW TABLE AS comes OLD TABLE AS goes",
    "DELETE": "REFERENCING OLD TABLE AS goes",
}
SUFFIXES = {"INSERT": "come", "UPDATE": "change", "DELETE": "go"}


def add_triggers(connection: Connection) -> None:
    """Creates the triggers."""
    for table, device_type in DEVICE_TYPES.items():
        comes, goes = (
            ADD_UP.format(rows=ONE.format(table=table, row=row, device_type=device_type.format(row=row), amount=amount))
            for row, amount in (("NEW", 1), ("OLD", -1))
        )
        changed = "FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)"
        _add(connection, f"{table}_come", f"AFTER INSERT ON {table} FOR EACH ROW", comes)
        _add(connection, f"{table}_change", f"AFTER UPDATE OF status ON {table} {changed}", goes + comes)
        _add(connection, f"{table}_go", f"AFTER DELETE ON {table} FOR EACH ROW", goes)
    columns = {f"jobs_{status.lower()}": status for status in JobStatus}
    sums = ", ".join(
        f"coalesce(sum(amount) FILTER (WHERE status = '{status}'), 0) AS {name}" for name, status in columns.items()
    )
    sets = ", ".join(f"{name} = batches.{name} + added.{name}" for name in columns)
    for done, changes in CHANGES.items():
        body = ADD_UP.format(rows=OF_JOBS.format(changes=changes))
        body += IN_BATCHES.format(columns=sets, sums=sums, changes=changes)
        if done == "UPDATE":
            body += NOTE_DELIVERIES.format(unsettled=", ".join(f"'{status}'" for status in UNSETTLED))
            body = f"IF EXISTS ({changes}) THEN {body} END IF;"
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
