"""Where the database is, and the lock by which only one service at a time uses it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from pasqal_cloud.local.options import UnusableDatabaseError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def kept_database() -> str:
    """Gets the path of the database that `pasqal-cloud serve` keeps between runs."""
    from platformdirs import user_data_path

    return str(user_data_path("pasqal-cloud", appauthor=False) / "service.db")


@contextmanager
def sole_use(path: Path) -> Iterator[None]:
    """Locks a database: a second service would treat the running jobs of the first as its own interrupted ones.

    Raises:
        UnusableDatabaseError: Another service uses it, or the file can't be created.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(f"{path}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        held = lock.acquire(timeout=0)
    except Timeout as error:
        raise UnusableDatabaseError(f"The database {path} is in use by another service.") from error
    except OSError as error:
        raise UnusableDatabaseError(f"The database {path} can't be created: {error.strerror}.") from error
    with held:
        yield
