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

logger = logging.getLogger(__name__)

PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000")


FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE})
"""How SQLite says that there is no room: on the disk, in the files that the process may write, in shared memory."""


class FullDiskError(Exception):
    """A change needs more room than the disk has; nothing was changed."""


class Database:
    """An open database; one that is not there is made.

    Args:
        path: Where it is.
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
        """Has somebody called after every change."""
        self._listener = listener

    def reading(self) -> AbstractContextManager[Connection]:
        """Opens a transaction that changes nothing, and sees no other's changes."""
        return self._engine.begin()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Opens a transaction that changes something: all of it or nothing, and one at a time.

        Raises:
            FullDiskError: There is no room for the change.
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
                    found = "is another program's" if version is None else f"has schema {version}"
                    raise UnusableDatabaseError(
                        f"The database {path} {found}, and this version of the service needs schema {SCHEMA_VERSION}:"
                        " give another path, or move it away."
                    )
                return
            metadata.create_all(connection)
            for statement in statements():
                connection.exec_driver_sql(statement)
            connection.execute(insert(settings).values(name="schema", value=SCHEMA_VERSION))
        self._engine.dispose()  # connections to come plan by what the last statements have said


def _version(connection: Connection) -> Any:
    return connection.scalar(select(settings.c.value).where(settings.c.name == "schema"))


def _to_store(value: Any) -> str:
    """Writes JSON, and fails where an answer could not hold it: the transaction that would store it is then undone."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def read_stored(text: str | bytes) -> Any:
    """Reads JSON that is stored; what is damaged counts as missing, so that the rest can be shown."""
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        logger.warning("The database holds a value that is no JSON: it is left out.")
        return None


def _connect(path: Path) -> Engine:
    # errors are logged, and what they are about may be secret
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        hide_parameters=True,
        json_serializer=_to_store,
        json_deserializer=read_stored,
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.text_factory = lambda text: text.decode(errors="replace")
        connection.isolation_level = None  # the driver's own transactions begin too late to lock
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
