"""SQLite, in WAL mode: one file, for one service at a time."""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

from pasqal_cloud.local.options import UnusableDatabaseError
from pasqal_cloud.local.store import versions
from pasqal_cloud.local.store.database import Database, FullDiskError, read_stored, to_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.exc import SQLAlchemyError

CONNECTIONS = 10
"""How many connections are kept open; making one takes longer than most reads."""

PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000")


FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE})
"""SQLite's error codes if there is no space: on the disk, by a limit on file sizes, in shared memory."""

logger = logging.getLogger(__name__)


class SQLite(Database):
    """An open database file; it is created if it does not exist.

    Args:
        path: The path of the file.
        as_is: Whether only a database of the current schema is opened, without a check, beside a running service.
    """

    reads_at_once = 1  # threads that read rows at the same time take turns for each row, which doubles their cost

    def __init__(self, path: Path, *, as_is: bool = False) -> None:
        self._path = path
        super().__init__(_connect(path), str(path), as_is=as_is)

    def _explained(self, error: SQLAlchemyError) -> Exception | None:
        code = getattr(getattr(error, "orig", None), "sqlite_errorcode", None)
        return FullDiskError("The disk is full.") if code in FULL else None

    def _check(self, connection: Connection) -> None:
        if (damage := connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()) != "ok":
            raise UnusableDatabaseError(f"The database {self._path} can't be used: it is damaged ({damage}).")

    def _keep_copy(self, version: int) -> None:
        try:
            kept = _copied(self._path, f"schema-{version}")
        except (OSError, sqlite3.Error) as error:
            raise UnusableDatabaseError(
                f"The database {self._path} has schema {version} and must be brought up to {versions.CURRENT}, but no"
                f" copy of it can be kept beside it: {error}."
            ) from error
        logger.warning(
            "The database %s is brought up from schema %d to %d; a copy as it was is kept in %s.",
            self._path,
            version,
            versions.CURRENT,
            kept,
        )


def _copied(path: Path, suffix: str) -> Path:
    """Copies a database, with what is still in its write-ahead log, to a new file beside it, which only we can read."""
    for kept in _names(path, suffix):
        try:
            os.close(os.open(kept, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            continue
        try:
            with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(kept)) as target:
                source.backup(target)
        except BaseException:
            kept.unlink()
            raise
        return kept
    raise AssertionError  # there are endlessly many names


def _names(path: Path, suffix: str) -> Iterator[Path]:
    yield path.with_name(f"{path.name}.{suffix}")
    number = 2
    while True:
        yield path.with_name(f"{path.name}.{suffix}-{number}")
        number += 1


def _connect(path: Path) -> Engine:
    # hidden, because errors are logged and parameters may be secret
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        hide_parameters=True,
        pool_size=CONNECTIONS,
        max_overflow=-1,  # a read never waits for the connections of writes
        json_serializer=to_store,
        json_deserializer=read_stored,
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        connection.text_factory = partial(str, encoding="utf-8", errors="replace")  # faster than a function of ours
        connection.isolation_level = None  # the driver's own transactions take the lock too late
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
