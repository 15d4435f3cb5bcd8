"""Reading the generated objects inside the handles: what the service leaves out is None, a time is a datetime."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeVar

from pasqal_cloud_api.types import Unset

T = TypeVar("T")


def present(value: T | Unset | None) -> T | None:
    """Gets a value that the service may have left out.

    Args:
        value: The value of a generated object's field.
    """
    return None if isinstance(value, Unset) else value


def instant(value: str | Unset | None) -> datetime | None:
    """Gets a time, with its zone; the service means UTC where it gives none, and some of its times are epoch seconds.

    Args:
        value: The value of a generated object's field.
    """
    text = present(value)
    if not text:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromtimestamp(float(text), UTC)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


class Dated:
    """What was created at some time, and may have changed since."""

    _snapshot: Any

    @property
    def created_at(self) -> datetime | None:
        """When it was created."""
        return instant(self._snapshot.created_at)

    @property
    def updated_at(self) -> datetime | None:
        """When it last changed."""
        return instant(self._snapshot.updated_at)


class Timed(Dated):
    """What also runs from some time to another."""

    @property
    def start_timestamp(self) -> datetime | None:
        """When it began to run."""
        return instant(self._snapshot.start_timestamp)

    @property
    def end_timestamp(self) -> datetime | None:
        """When it came to its end."""
        return instant(self._snapshot.end_timestamp)
