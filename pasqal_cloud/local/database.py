"""Where the database is, and the lock by which only one service at a time uses it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import parse_qs, urlsplit

from pasqal_cloud.local.credentials import first_line
from pasqal_cloud.local.options import UnusableDatabaseError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SCHEMES = ("postgresql+psycopg", "postgresql")
"""How the addresses of servers begin."""

DB_PASSWORD_VARIABLE = "PASQAL_LOCAL_DB_PASSWORD"


@dataclass(frozen=True)
class Server:
    """A database on a PostgreSQL server.

    Args:
        url: Its address, without a password.
        password: The password; None if the server needs none, or libpq finds it (PGPASSWORD, PGPASSFILE, ~/.pgpass).
    """

    url: str
    password: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        """Gets what messages call it."""
        return self.url


Place: TypeAlias = Path | Server


def is_server(db: str) -> bool:
    """Tells whether a user means a server, not a file."""
    return "://" in db


def kept_database() -> str:
    """Gets the path of the database that `pasqal-cloud serve` keeps between runs."""
    from platformdirs import user_data_path

    return str(user_data_path("pasqal-cloud", appauthor=False) / "service.db")


def place_of(db: str, password: str | None = None) -> Place:
    """Finds the file or the server that a user means.

    Args:
        db: What the user has given; a path may begin with `~`.
        password: The password for a server.

    Raises:
        UnusableDatabaseError: There is no such place: links lead in a circle, nobody has this name, or it is another
            kind of server.
    """
    if is_server(db):
        return _server(db, password)
    try:
        return Path(db).expanduser().resolve()
    except (OSError, RuntimeError, ValueError) as error:  # which of them depends on Python's version
        raise UnusableDatabaseError(f"The database {db} can't be used: {error}.") from error


def _server(db: str, password: str | None) -> Server:
    scheme, _, rest = db.partition("://")
    if scheme not in SCHEMES:
        raise UnusableDatabaseError(
            f"The database must be a file, or on PostgreSQL ({SCHEMES[0]}://user@host/name): {scheme}:// is neither."
        )
    try:
        parts = urlsplit(db)
        holds_password = parts.password is not None or "password" in parse_qs(parts.query)
    except ValueError as error:
        raise UnusableDatabaseError(f"The address of the database can't be read: {error}.") from error
    if holds_password:
        raise UnusableDatabaseError(
            "The address of the database contains its password, which other processes could see: leave it out, and give"
            f" it in --db-password-file, or in the variable {DB_PASSWORD_VARIABLE} or PGPASSFILE."
        )
    return Server(f"{SCHEMES[0]}://{rest}", password)


def db_password(file: str | None, environ: Mapping[str, str]) -> str | None:
    """Gets the server's password from a file, else the environment; None if libpq must find it.

    Raises:
        CredentialsError: The file can't be read.
    """
    if file is not None:
        return first_line(Path(file).expanduser().absolute())
    return environ.get(DB_PASSWORD_VARIABLE) or None


@contextmanager
def sole_use(place: Place) -> Iterator[None]:
    """Locks a database file: a second service would treat the running jobs of the first as its own interrupted ones.

    A server may have several services.

    Raises:
        UnusableDatabaseError: Another service uses it, or the file can't be created.
    """
    if isinstance(place, Server):
        yield
        return
    from filelock import FileLock, Timeout

    path = place
    lock = FileLock(f"{path}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        held = lock.acquire(timeout=0)
    except Timeout as error:
        if not Path(lock.lock_file).exists():  # a folder of the system's own takes no new files
            raise UnusableDatabaseError(
                f"The database {path} can't be created: no file can be created in {path.parent}."
            ) from error
        raise UnusableDatabaseError(f"The database {path} is in use by another service.") from error
    except OSError as error:
        raise UnusableDatabaseError(f"The database {path} can't be created: {error.strerror}.") from error
    with held:
        yield
