"""The connection with the database (SQLAlchemy Core; SQLite in WAL mode), and its transactions."""

from __future__ import annotations

import json
import logging
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, inspect, select
from sqlalchemy.exc import DatabaseError, OperationalError

from pasqal_cloud.local.options import UnusableDatabaseError
from pasqal_cloud.local.store.schema import SCHEMA_VERSION, metadata, settings
from pasqal_cloud.local.store.triggers import statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sqlalchemy import ColumnElement, Table

    from pasqal_cloud.local.store.records import Record

logger = logging.getLogger(__name__)

PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000")


FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE})
"""SQLite's error codes if there is no space: on the disk, by a limit on file sizes, in shared memory."""


class FullDiskError(Exception):
    """The disk is full; nothing was changed."""


class Database:
    """An open database; it is created if it does not exist.

    Args:
        path: The path of the file.
    """

    def __init__(self, path: Path) -> None:
        self._engine = _connect(path)
        self._writing = self._engine.execution_options(writes=True)
        self._listener: Callable[[], None] | None = None
        try:
            self._prepare(path)
        except DatabaseError as error:
            self.close()
            raise UnusableDatabaseError(f"The database {path} can't be used: {error.orig}.") from error
        except (FullDiskError, UnusableDatabaseError):
            self.close()
            raise

    def close(self) -> None:
        """Closes all connections."""
        self._engine.dispose()

    def on_change(self, listener: Callable[[], None]) -> None:
        """Sets the function that is called after every change."""
        self._listener = listener

    def reading(self) -> AbstractContextManager[Connection]:
        """Opens a read transaction, which does not see changes by others."""
        return self._engine.begin()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Opens a write transaction; only one can be open at a time.

        Raises:
            FullDiskError: The disk is full.
        """
        try:
            with self._writing.begin() as connection:
                yield connection
        except OperationalError as error:
            if getattr(error.orig, "sqlite_errorcode", None) in FULL:
                raise FullDiskError("The disk is full.") from error
            raise
        if self._listener:
            self._listener()

    def _prepare(self, path: Path) -> None:
        with self.writing() as connection:
            if (damage := connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()) != "ok":
                raise UnusableDatabaseError(f"The database {path} can't be used: it is damaged ({damage}).")
            tables = inspect(connection).get_table_names()
            if tables:
                version = _version(connection) if settings.name in tables else None
                if version != SCHEMA_VERSION:
                    found = "belongs to another program" if version is None else f"has schema {version}"
                    raise UnusableDatabaseError(
                        f"The database {path} {found}, but this version of the service needs schema {SCHEMA_VERSION}:"
                        " use another path, or move the file."
                    )
                return
            metadata.create_all(connection)
            for statement in statements():
                connection.exec_driver_sql(statement)
            connection.execute(insert(settings).values(name="schema", value=SCHEMA_VERSION))
        self._engine.dispose()  # new connections use the statistics stored above


def one(database: Database, table: Table, which: ColumnElement[bool]) -> Record | None:
    """Gets a single row; None if there is none."""
    with database.reading() as connection:
        row = connection.execute(select(table).where(which)).first()
        return None if row is None else row._asdict()


def _version(connection: Connection) -> Any:
    return connection.scalar(select(settings.c.value).where(settings.c.name == "schema"))


def _to_store(value: Any) -> str:
    """Writes JSON; fails, and so undoes the transaction, for values that a response could not contain."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def read_stored(text: str | bytes) -> Any:
    """Reads stored JSON; None if it is damaged, so that the rest of the row can still be shown."""
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        logger.warning("The database contains a value that is not JSON: it is treated as missing.")
        return None


def _connect(path: Path) -> Engine:
    # hidden, because errors are logged and parameters may be secret
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        hide_parameters=True,
        json_serializer=_to_store,
        json_deserializer=read_stored,
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.text_factory = lambda text: text.decode(errors="replace")
        connection.isolation_level = None  # the driver's own transactions take the lock too late
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
