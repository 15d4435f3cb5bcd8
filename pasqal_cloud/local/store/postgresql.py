"""PostgreSQL (psycopg), which several services may use at once, on one machine or several.

Transactions that write wait for one another, as SQLite's do: each takes one lock of the database first. Those that read
see the database as it was when they began, and wait for nobody.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from contextlib import closing, contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from pasqal_cloud.local.store import versions
from pasqal_cloud.local.store.database import AwayError, Database, FullDiskError, T, read_stored, to_store
from pasqal_cloud.local.store.notices import Notices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import psycopg
    from sqlalchemy import URL
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.ext.asyncio import AsyncEngine
    from sqlalchemy.pool import ConnectionPoolEntry

    from pasqal_cloud.local.database import Server

READING = "REPEATABLE READ"
"""The isolation level of transactions that read."""

WRITERS = 0x7061_7371_616C
"""The number of the lock that writers take."""

CONNECTING = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
"""libpq's parameters, unless the address has its own: a machine that no longer answers is noticed within 25 s."""

SESSION = {
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "20s",  # a process that was stopped would make all others wait
    "timezone": "UTC",
}
"""PostgreSQL's settings for each connection."""

CONNECTIONS, MORE_CONNECTIONS, CONNECTIONS_IN_LOOP = 10, 10, 5
"""How many connections a service keeps open for its threads, how many more it opens if needed, and how many it has for
`read_in_loop`."""

CONNECTION_WITHIN = 10.0
"""Seconds to wait for a free connection."""

NO_CONNECTION = "no connection with it became free in time"

CONNECTED: dict[str, Any] = {
    "hide_parameters": True,  # because errors are logged, and parameters may be secret
    "json_serializer": to_store,
    "json_deserializer": read_stored,
    "pool_timeout": CONNECTION_WITHIN,
    "pool_use_lifo": True,
}
"""SQLAlchemy's options for all connections."""

UNUSED_FOR = 1.0
"""Seconds after which a connection is tried out before it is used again."""

PLANS_FOR = 30.0
"""Seconds for which a connection keeps the plans of its prepared statements: the tables may have grown since."""

PREPARED_AFTER = 5
"""How often a connection executes a statement before it prepares it, as psycopg does."""

CHANNEL = "pasqal_cloud"
"""The channel on which services notify one another of changes."""

MOST_CLAIMS = 200
"""How many claims, of 32 characters, one notice holds; PostgreSQL allows 8000 bytes."""

FULL = frozenset({"53100"})
AWAY = ("08", "57P", "53", "40", "55P03", "25P03")
"""PostgreSQL's error codes, or how they begin: connections that break, shutting down, no more connections or memory,
transactions that get into each other's way, waiting too long for a lock, and being idle too long."""

logger = logging.getLogger(__name__)


class PostgreSQL(Database):
    """An open database on a server; its tables are created if there are none.

    Args:
        server: Where it is.
        as_is: Whether only a database of the current schema is opened.
    """

    is_shared = True
    can_read_in_loop = sys.platform != "win32"  # psycopg can't use the event loop that is usual there
    reads_at_once = 4  # of those that take longer; more threads would only wait for one another
    for_reading: ClassVar[Mapping[str, Any]] = {"isolation_level": READING, "postgresql_readonly": True}
    for_reading_once: ClassVar[Mapping[str, Any]] = {"isolation_level": "AUTOCOMMIT"}
    for_writing: ClassVar[Mapping[str, Any]] = {"isolation_level": "AUTOCOMMIT", "writes": True}  # see `begin`

    def __init__(self, server: Server, *, as_is: bool = False) -> None:
        url = make_url(server.url)
        if server.password is not None:
            url = url.set(password=server.password)
        parameters: Mapping[str, Any] = {**CONNECTING, "application_name": "pasqal-cloud", **url.query}
        url = url.set(query=parameters)
        self._in_loop = _connect_in_loop(url)
        self._turns = asyncio.Semaphore(CONNECTIONS_IN_LOOP)
        super().__init__(_connect(url), server.url, as_is=as_is)
        engine = self._in_loop.sync_engine
        self.engines += (engine,)
        self._reading_in_loop = engine.execution_options(**self.for_reading)
        self._reading_once_in_loop = engine.execution_options(**self.for_reading_once)

    async def read_in_loop(self, read: Callable[[], T], *, is_single: bool) -> T:
        """Performs brief reads in the event loop, whose other tasks go on while they wait; see `Database`.

        SQLAlchemy lets usual functions wait there, in a greenlet.
        """
        from sqlalchemy.util import greenlet_spawn

        def read_on_one_connection() -> T:
            with self._on_one_connection(self._reading_once_in_loop if is_single else self._reading_in_loop):
                return read()

        try:  # the pool would let further requests wait even after it has failed to connect
            async with asyncio.timeout(CONNECTION_WITHIN):
                await self._turns.acquire()
        except TimeoutError as error:
            raise AwayError(NO_CONNECTION) from error
        try:
            return await greenlet_spawn(read_on_one_connection)
        finally:
            self._turns.release()

    async def leave_loop(self) -> None:
        """Closes the connections of `read_in_loop`, before the event loop ends."""
        await self._in_loop.dispose()

    def notify(self, connection: Connection, **what: Any) -> None:
        """Tells the other services something, once the transaction has ended well."""
        for part in _parts(what):
            notice = {"channel": CHANNEL, "text": json.dumps({"from": self.service_id, **part})}
            connection.execute(text("SELECT pg_notify(:channel, :text)"), notice)

    def notices(self, received: Callable[[dict[str, Any]], None], connected: Callable[[], None]) -> Notices | None:
        """Gets the receiver of the other services' notifications."""
        return Notices(self, received, connected)

    @contextmanager
    def listening(self) -> Iterator[psycopg.Connection[Any]]:
        """Opens a connection of its own, which receives the notifications of the other services."""
        import psycopg

        arguments, options = self._engine.dialect.create_connect_args(self._engine.url)
        with psycopg.connect(*arguments, **options, autocommit=True) as connection:
            connection.execute(f"LISTEN {CHANNEL}")
            yield connection

    def has_been_up_for(self, connection: Connection, seconds: float) -> bool:
        """Tells whether the server was started so long ago."""
        since = text("SELECT clock_timestamp() - pg_postmaster_start_time() > :seconds * interval '1 second'")
        return bool(connection.scalar(since, {"seconds": seconds}))

    def _explained(self, error: SQLAlchemyError) -> Exception | None:
        if isinstance(error, NoConnectionError):
            return AwayError(NO_CONNECTION)
        if not isinstance(error, DBAPIError):
            return None
        code = getattr(error.orig, "sqlstate", None)
        if code in FULL:
            return FullDiskError("The disk is full.")
        if error.connection_invalidated or code is None or code.startswith(AWAY):
            return AwayError(" ".join(str(error.orig).split()))
        return None

    def _keep_copy(self, version: int) -> None:
        logger.warning(
            "The database %s is brought up from schema %d to %d, in one transaction.",
            self._shown,
            version,
            versions.CURRENT,
        )


def _parts(what: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Splits a notification into short ones, since PostgreSQL limits their size."""
    if "kill" not in what:
        return [dict(what)]
    claims = list(what["kill"])
    return [{"kill": claims[start : start + MOST_CLAIMS]} for start in range(0, len(claims), MOST_CLAIMS)]


def _connect(url: URL) -> Engine:
    return _configured(create_engine(url, pool_size=CONNECTIONS, max_overflow=MORE_CONNECTIONS, **CONNECTED))


def _connect_in_loop(url: URL) -> AsyncEngine:
    from sqlalchemy.ext.asyncio import create_async_engine

    engine = create_async_engine(url, pool_size=CONNECTIONS_IN_LOOP, max_overflow=0, **CONNECTED)
    _configured(engine.sync_engine)
    return engine


def _configured(engine: Engine) -> Engine:
    engine.dialect.use_insertmanyvalues_wo_returning = True  # many rows in one statement, so that triggers run once

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: Any) -> None:
        with closing(connection.cursor()) as cursor:
            for name, value in SESSION.items():
                cursor.execute("SELECT set_config(%s, %s, false)", (name, value))
        connection.commit()

    @event.listens_for(engine, "checkin")
    def note(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info["used_at"] = monotonic()

    @event.listens_for(engine, "checkout")
    def try_out(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
        """Replaces all connections if the server was restarted; SQLAlchemy would do so each time, which costs more."""
        now = monotonic()
        try:
            if now - record.info.setdefault("planned_at", now) > PLANS_FOR:
                with closing(connection.cursor()) as cursor:
                    cursor.execute("DISCARD PLANS")
                connection.rollback()
                record.info["planned_at"] = now
            elif now - record.info.get("used_at", now) > UNUSED_FOR:
                engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        """Has the statements of lists planned each time: one plan for all values would read all rows for some."""
        options = connection.get_execution_options()
        driver: Any = connection.connection.driver_connection
        driver.prepare_threshold = None if options.get("isolation_level") == READING else PREPARED_AFTER
        if options.get("writes"):  # in one message; the driver would send BEGIN by itself, and wait
            connection.exec_driver_sql(f"BEGIN; SELECT pg_advisory_xact_lock({WRITERS})")

    return engine
