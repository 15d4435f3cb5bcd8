"""The schema's versions: creating a new database, and bringing up one of an earlier version (Alembic).

A migration in `migrations/versions` changes tables. Indexes, triggers, counters and statistics follow from `schema`,
`triggers` and the rows: they are removed before a migration and made again after it. A new database
is made from `schema` at once, which is faster; a test compares it with one that has come all the way.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import insert, inspect, select, update

from pasqal_cloud.local.store.counting import recount
from pasqal_cloud.local.store.schema import SCHEMA_VERSION, alembic_version, metadata, settings
from pasqal_cloud.local.store.triggers import add_triggers, remove_triggers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import Connection

CURRENT = int(SCHEMA_VERSION)

OLDEST = 3
"""The earliest version that can be brought up."""

MIGRATIONS = Path(__file__).with_name("migrations")


def version_of(connection: Connection, tables: Collection[str]) -> int | None:
    """Gets a database's version; None if it is another program's."""
    if settings.name not in tables:
        return None
    # Alembic's own table has it as well, but versions of this package before schema 4 only look here.
    value = connection.scalar(select(settings.c.value).where(settings.c.name == "schema"))
    return int(value) if value is not None and value.isdecimal() else None


def create(connection: Connection) -> None:
    """Creates all tables, and what belongs to them."""
    metadata.create_all(connection)
    add_triggers(connection)
    connection.execute(insert(settings).values(name="schema", value=SCHEMA_VERSION))
    connection.execute(insert(alembic_version).values(version_num=SCHEMA_VERSION))


def bring_up(connection: Connection, version: int) -> None:
    """Brings up a database of an earlier version, in the caller's transaction."""
    with derived_anew(connection):
        migrate(connection, version)
    connection.execute(update(settings).where(settings.c.name == "schema").values(value=SCHEMA_VERSION))


@contextmanager
def derived_anew(connection: Connection) -> Iterator[None]:
    """Removes what follows from the tables and their rows, and makes it again after they were changed."""
    remove_triggers(connection)
    _remove_indexes(connection)
    yield
    for table in metadata.tables.values():
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            index.create(connection)
    recount(connection)
    add_triggers(connection)


def migrate(connection: Connection, version: int | None = None, to: str = SCHEMA_VERSION) -> None:
    """Changes the tables of an earlier version, or none, into those of a later one."""
    from alembic import command  # only here, since importing it takes half as long as importing SQLAlchemy
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    if version is not None and not inspect(connection).has_table(alembic_version.name):  # schema 3 did without
        command.stamp(config, str(version))
    command.upgrade(config, to)


def _remove_indexes(connection: Connection) -> None:
    there = inspect(connection)
    for table in there.get_table_names():
        for index in there.get_indexes(table):
            if "duplicates_constraint" not in index:
                connection.exec_driver_sql(f'DROP INDEX "{index["name"]}"')
