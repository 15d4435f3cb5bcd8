"""Triggers: the database counts rows by status, and stores which webhooks to call, whenever rows change.

Those here are SQLite's; `plpgsql` has PostgreSQL's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from pasqal_cloud.local.states import UNSETTLED, JobStatus
from pasqal_cloud.local.store import plpgsql
from pasqal_cloud.local.store.schema import STATISTICS

if TYPE_CHECKING:
    from sqlalchemy import Connection

COUNT = """
    INSERT INTO counters (kind, project_id, device_type, status, amount)
    VALUES ('{table}', {row}.project_id, {device_type}, {row}.status, {sign}1)
    ON CONFLICT DO UPDATE SET amount = amount + excluded.amount;
"""

DEVICE_TYPES = {
    "batches": "{row}.device_type",
    "jobs": "(SELECT device_type FROM batches WHERE id = {row}.batch_id)",
    "workloads": "''",
}
"""SQL expressions for the device type of a row, by table."""

COUNT_IN_BATCH = "UPDATE batches SET {changes} WHERE id = {row}.batch_id;"

NOTE_DELIVERY = """
CREATE TRIGGER job_has_ended AFTER UPDATE OF status ON jobs
WHEN OLD.status IN ({unsettled}) AND NEW.status NOT IN ({unsettled}) BEGIN
    INSERT INTO deliveries (id, job_id, url, tries, due_at)
    SELECT lower(hex(randomblob(16))), NEW.id, webhook, 0, NEW.end_timestamp
    FROM batches WHERE id = NEW.batch_id AND webhook IS NOT NULL;
END
"""


def add_triggers(connection: Connection) -> None:
    """Creates the triggers, and stores the statistics of the indexes."""
    if connection.dialect.name == "postgresql":
        plpgsql.add_triggers(connection)
        return
    unsettled = ", ".join(f"'{status}'" for status in UNSETTLED)
    statements = [
        *(trigger for table in DEVICE_TYPES for trigger in _counting(table)),
        NOTE_DELIVERY.format(unsettled=unsettled),
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


def _counting(table: str) -> list[str]:
    comes, goes = _counted(table, "NEW", "+"), _counted(table, "OLD", "-")
    changed = "WHEN OLD.status IS NOT NEW.status"
    return [
        f"CREATE TRIGGER {table}_come AFTER INSERT ON {table} BEGIN {comes} END",
        f"CREATE TRIGGER {table}_change AFTER UPDATE OF status ON {table} {changed} BEGIN {goes} {comes} END",
        f"CREATE TRIGGER {table}_go AFTER DELETE ON {table} BEGIN {goes} END",
    ]


def _counted(table: str, row: str, sign: str) -> str:
    """Gets the statements that add a row to the counters, or subtract it."""
    device_type = DEVICE_TYPES[table].format(row=row)
    counted = COUNT.format(table=table, row=row, device_type=device_type, sign=sign)
    if table != "jobs":
        return counted
    columns = {f"jobs_{status.lower()}": status for status in JobStatus}
    changes = ", ".join(f"{name} = {name} {sign} ({row}.status = '{status}')" for name, status in columns.items())
    return counted + COUNT_IN_BATCH.format(changes=changes, row=row)
