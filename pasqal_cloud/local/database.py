"""The database's place on the disk, which one service alone uses at a time."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pasqal_cloud.local.options import UnusableDatabaseError

if TYPE_CHECKING:
    from collections.abc import Iterator


def kept_database() -> str:
    """Gives the path of the database that `pasqal-cloud serve` keeps between its runs."""
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
    """Keeps other services away from a database: each would take the other's running jobs for its own, left behind.

    Raises:
        UnusableDatabaseError: Another service uses it, or there can be no file at this place.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(f"{path}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        held = lock.acquire(timeout=0)
    except Timeout as error:
        if not Path(lock.lock_file).exists():  # a folder of the system's own takes no new files
            raise UnusableDatabaseError(
                f"The database {path} can't be made: there can be no new file in {path.parent}."
            ) from error
        raise UnusableDatabaseError(f"The database {path} is in use: another service runs on it.") from error
    except OSError as error:
        raise UnusableDatabaseError(f"The database {path} can't be made: {error.strerror}.") from error
    with held:
        yield
