"""Where the database is, and the lock by which only one service at a time uses it."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pasqal_cloud.local.options import UnusableDatabaseError

if TYPE_CHECKING:
    from collections.abc import Iterator


def kept_database() -> str:
    """Gets the path of the database that `pasqal-cloud serve` keeps between runs."""
    from platformdirs import user_data_path

    return str(user_data_path("pasqal-cloud", appauthor=False) / "service.db")


def place_of(db: str) -> Path:
    """Finds the file that a user means.

    Args:
        db: What the user has given, which may begin with `~`.

    Raises:
        UnusableDatabaseError: There is no such place: links lead in a circle, or nobody has this name.
    """
    try:
        return Path(db).expanduser().resolve()
    except (OSError, RuntimeError, ValueError) as error:  # which of them depends on Python's version
        raise UnusableDatabaseError(f"The database {db} can't be used: {error}.") from error


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
        if not Path(lock.lock_file).exists():  # a folder of the system's own takes no new files
            raise UnusableDatabaseError(
                f"The database {path} can't be created: no file can be created in {path.parent}."
            ) from error
        raise UnusableDatabaseError(f"The database {path} is in use by another service.") from error
    except OSError as error:
        raise UnusableDatabaseError(f"The database {path} can't be created: {error.strerror}.") from error
    with held:
        yield
