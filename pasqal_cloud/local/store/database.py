"""The connection with a database (SQLAlchemy Core), and its transactions.

`sqlite` and `postgresql` have what is the databases' own.
"""

from __future__ import annotations

import json
import logging
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from uuid import uuid4

from sqlalchemy import Connection, Engine, bindparam, inspect, select
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from pasqal_cloud.local.options import UnusableDatabaseError
from pasqal_cloud.local.store import versions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sqlalchemy import Select, Table

    from pasqal_cloud.local.store.notices import Notices
    from pasqal_cloud.local.store.records import AnyRow, Record

T = TypeVar("T")

logger = logging.getLogger(__name__)


class FullDiskError(Exception):
    """The disk is full; nothing was changed."""


class OutdatedError(UnusableDatabaseError):
    """The database has no tables yet, or those of an earlier schema."""


class AwayError(Exception):
    """The database can't be reached now, or has no time; it may be tried again."""


class Database(ABC):
    """An open database; its tables are created if there are none, and brought up if they are of an earlier schema.

    Args:
        engine: Connects with it; its transactions are for writing if the option `writes` says so.
        shown: What messages call it.
        as_is: Whether only a database of the current schema is opened, without a check, beside a running service.

    Raises:
        OutdatedError: It would have to be changed, but `as_is` is true.
    """

    is_shared = False
    """Whether other services may use it at the same time."""

    reads_at_once = 8
    """How many threads read things for requests at the same time, and how many read lists."""

    can_read_in_loop = True
    """Whether `read_in_loop` can be used."""

    for_reading: ClassVar[Mapping[str, Any]] = {}
    """SQLAlchemy's options of transactions that read."""

    for_reading_once: ClassVar[Mapping[str, Any]] = {}
    """SQLAlchemy's options of reads that need no transaction."""

    for_writing: ClassVar[Mapping[str, Any]] = {"writes": True}
    """SQLAlchemy's options of transactions that write."""

    service_id: str
    """The id of the service that has opened it."""

    def __init__(self, engine: Engine, shown: str, *, as_is: bool = False) -> None:
        self._engine = engine
        self.engines: tuple[Engine, ...] = (engine,)
        self._shown = shown
        self.service_id = uuid4().hex
        self._reading = engine.execution_options(**self.for_reading)
        self._reading_once = engine.execution_options(**self.for_reading_once)
        self._writing = engine.execution_options(**self.for_writing)
        self._listener: Callable[[], None] | None = None
        self._kept: ContextVar[Connection | None] = ContextVar("connection", default=None)
        try:
            if as_is:
                self._require_current()
            else:
                self._prepare()
        except AwayError as error:
            self.close()
            raise UnusableDatabaseError(f"The database {shown} can't be reached: {error}.") from error
        except DatabaseError as error:
            self.close()
            raise UnusableDatabaseError(f"The database {shown} can't be used: {error.orig}.") from error
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Closes all connections."""
        self._engine.dispose()

    def on_change(self, listener: Callable[[], None]) -> None:
        """Sets the function that is called after changes."""
        self._listener = listener

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Opens a read transaction, which does not see changes by others.

        Raises:
            AwayError: The database can't be reached.
        """
        with self._explaining(), self._kept_connection() or self._reading.begin() as connection:
            yield connection

    def first(self, query: Select[Any], parameters: Mapping[str, Any] | None = None) -> AnyRow | None:
        """Gets the first row that a query finds, None if there is none; it needs no transaction.

        Raises:
            AwayError: The database can't be reached.
        """
        with self._explaining(), self._kept_connection() or self._reading_once.begin() as connection:
            return connection.execute(query, parameters).first()

    def one_state(self) -> AbstractContextManager[None]:
        """Performs all reads of this context in one transaction, so that they see the same state of the database."""
        return self._on_one_connection(self._reading)

    async def read_in_loop(self, read: Callable[[], T], *, is_single: bool) -> T:  # noqa: ARG002 - all the same here
        """Performs brief reads in the event loop, which takes less time than in another thread.

        Args:
            read: Performs them.
            is_single: Whether it is one read, after the check of the token, so that it needs no transaction.
        """
        # most of a file is in memory, and its reads wait for no lock
        with self.one_state():
            return read()

    async def leave_loop(self) -> None:  # noqa: B027 - a file has none
        """Closes the connections of `read_in_loop`, before the event loop ends."""

    @contextmanager
    def _on_one_connection(self, engine: Engine) -> Iterator[None]:
        with self._explaining(), engine.begin() as connection:
            before = self._kept.set(connection)
            try:
                yield
            finally:
                self._kept.reset(before)

    def _kept_connection(self) -> AbstractContextManager[Connection] | None:
        connection = self._kept.get()
        return nullcontext(connection) if connection else None

    @contextmanager
    def writing(self, *, silently: bool = False) -> Iterator[Connection]:
        """Opens a write transaction; only one can be open at a time.

        Args:
            silently: Whether the listener of `on_change` is not called.

        Raises:
            FullDiskError: The disk is full.
            AwayError: The database can't be reached. If the connection broke at the very end, the change may have been
                made all the same.
        """
        with self._explaining(), self._writing.begin() as connection:
            yield connection
        if self._listener and not silently:
            self._listener()

    def notify(self, connection: Connection, **what: Any) -> None:  # noqa: B027 - a file has no other services
        """Notifies the other services, once the transaction is committed."""

    def notices(
        self,
        received: Callable[[dict[str, Any]], None],  # noqa: ARG002 - a file has no other services
        connected: Callable[[], None],  # noqa: ARG002 - a file has no other services
    ) -> Notices | None:
        """Gets the receiver of the other services' notifications; None if there can't be any."""
        return None

    def has_been_up_for(self, connection: Connection, seconds: float) -> bool:  # noqa: ARG002 - a file always has
        """Tells whether others could have used the database for this time."""
        return True

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        """Turns the driver's errors that have a meaning of their own here into the errors above."""
        try:
            yield
        except SQLAlchemyError as error:
            if explained := self._explained(error):
                raise explained from error
            raise

    @abstractmethod
    def _explained(self, error: SQLAlchemyError) -> Exception | None:
        """Gets the FullDiskError or AwayError that an error means; None if it is neither."""

    def _check(self, connection: Connection) -> None:  # noqa: B027 - servers do so themselves
        """Raises UnusableDatabaseError if the database is damaged."""

    @abstractmethod
    def _keep_copy(self, version: int) -> None:
        """Copies the database, if that can be done, before it is brought up from an earlier schema."""

    def _require_current(self) -> None:
        with self.reading() as connection:
            version = self._version(connection)
        if version != versions.CURRENT:
            raise OutdatedError(
                f"The database {self._shown} must be brought up to schema {versions.CURRENT} first: start its service"
                " once with this version."
            )

    def _prepare(self) -> None:
        with self.writing() as connection:
            self._check(connection)
            version = self._version(connection)
            if version is None:
                versions.create(connection)
        if version == versions.CURRENT:
            return
        if version is not None:
            self._keep_copy(version)
            with self.writing() as connection:
                versions.bring_up(connection, version)
        self._engine.dispose()  # new connections use the statistics that were just stored

    def _version(self, connection: Connection) -> int | None:
        """Gets the schema's version; None if there are no tables."""
        tables = inspect(connection).get_table_names()
        if not tables:
            return None
        version = versions.version_of(connection, tables)
        if version is None:
            problem = "belongs to another program: use another path"
        elif version > versions.CURRENT:
            problem = (
                f"has schema {version}, of a later version of this package, but this one needs schema"
                f" {versions.CURRENT}: install the later version, or use another path"
            )
        elif version < versions.OLDEST:
            problem = (
                f"has schema {version}, but this version of the service needs schema {versions.CURRENT}, and brings up"
                f" databases since schema {versions.OLDEST}: use another path, or move the file"
            )
        else:
            return version
        raise UnusableDatabaseError(f"The database {self._shown} {problem}.")


def by(table: Table, column: str = "id") -> Select[Any]:
    """Creates the query for the rows with a `value` in a column; creating it again costs as much as executing it."""
    return select(table).where(table.c[column] == bindparam("value"))


def one(database: Database, query: Select[Any], value: str) -> Record | None:
    """Gets the single row with a value, by a query of `by`; None if there is none."""
    row = database.first(query, {"value": value})
    return None if row is None else row._asdict()


def to_store(value: Any) -> str:
    """Writes JSON; fails, and so undoes the transaction, for values that a response could not contain."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def read_stored(text: str | bytes) -> Any:
    """Reads stored JSON; None if it is damaged, so that the rest of the row can still be shown."""
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        logger.warning("The database contains a value that is not JSON: it is treated as missing.")
        return None
