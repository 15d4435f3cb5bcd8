"""Reading the generated objects inside the handles: a missing field is None, a time is a datetime."""

from __future__ import annotations

import math
import reprlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from pasqal_cloud.errors import UnexpectedAnswerError
from pasqal_cloud_api.types import Unset

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def present(value: T | Unset | None) -> T | None:
    """Gets the value of a field of what is sent, or None if it is left out; in responses, that is None itself."""
    return None if isinstance(value, Unset) else value


def is_left_out(snapshot: Any, name: str) -> bool:
    """Tells whether the response left a field out, rather than sending null."""
    return getattr(snapshot, name) is None and name not in snapshot.null_fields


def keep(newer: Any, older: Any, name: str) -> None:
    """Copies a field from an earlier response if the newer one left it out."""
    if is_left_out(newer, name):
        setattr(newer, name, getattr(older, name))
        newer.null_fields |= older.null_fields & {name}


def instant(value: str | None) -> datetime | None:
    """Parses a time. Without a time zone, the service means UTC; some of its times are seconds since 1970.

    Raises:
        ValueError: It is not a date and time.
    """
    if value is None or value == "":
        return None
    try:
        return _instant(value)
    except (OSError, OverflowError, TypeError):  # raised for times out of range, and for other types than strings
        raise ValueError("not a date and time") from None


def _instant(value: Any) -> datetime:
    if isinstance(value, str):
        try:
            time = datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            return time if time.tzinfo else time.replace(tzinfo=UTC)
    elif isinstance(value, bool):
        raise TypeError
    return datetime.fromtimestamp(float(value), UTC)


def text(snapshot: object, name: str) -> str | None:
    """Reads a field that holds a string; like the functions below, it raises `UnexpectedAnswerError` otherwise."""
    value: str | None = _checked(snapshot, name, "a string", lambda value: isinstance(value, str))
    return value


def number(snapshot: object, name: str) -> int | None:
    """Reads a field that holds a number."""
    value: int | None = _checked(snapshot, name, "a number", _is_number)
    return value


def flag(snapshot: object, name: str) -> bool | None:
    """Reads a field that holds true or false."""
    value: bool | None = _checked(snapshot, name, "true or false", lambda value: isinstance(value, bool))
    return value


def texts(snapshot: object, name: str) -> list[str]:
    """Reads a field that holds a list of strings; an empty list if it is missing."""

    def are_texts(value: Any) -> bool:
        return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)

    return list(_checked(snapshot, name, "a list of strings", are_texts) or ())


def mapping(snapshot: object, name: str) -> dict[str, Any] | None:
    """Reads a field that holds an object."""
    value = _checked(snapshot, name, "an object", lambda value: hasattr(value, "to_dict"))
    return None if value is None else dict(value.to_dict())


def counts(snapshot: object, name: str) -> dict[str, int]:
    """Reads a field that holds numbers by names, without those that are null."""
    values = {key: value for key, value in (mapping(snapshot, name) or {}).items() if value is not None}
    for key, value in values.items():
        if not _is_number(value):
            raise _malformed(snapshot, f"{name}[{key!r}]", "a number", value)
    return values


def time_of(snapshot: object, name: str) -> datetime | None:
    """Reads a field that holds a time."""
    value = getattr(snapshot, name)
    try:
        return instant(value)
    except ValueError:
        raise _malformed(snapshot, name, "a date and time", value) from None


def needed(snapshot: object, name: str) -> str:
    """Reads a field that holds a string and is required."""
    value = text(snapshot, name)
    if value is None:
        raise _malformed(snapshot, name, "a string", None)
    return value


def status_of(snapshot: object) -> str:
    """Reads the status, which is required."""
    return needed(snapshot, "status")


def _checked(snapshot: object, name: str, kind: str, holds: Callable[[Any], bool]) -> Any:
    value = getattr(snapshot, name)
    if value is not None and not holds(value):
        raise _malformed(snapshot, name, kind, value)
    return value


def _is_number(value: object) -> bool:
    return (isinstance(value, float) and math.isfinite(value)) or (
        isinstance(value, int) and not isinstance(value, bool)
    )


def _malformed(snapshot: Any, name: str, kind: str, value: Any) -> UnexpectedAnswerError:
    """Makes the error of a field with a value of another type; a long value is shown in part."""
    identity = getattr(snapshot, "id", None) or getattr(snapshot, "device_type", None)
    of = f"{type(snapshot).__name__} {identity}" if isinstance(identity, str) else type(snapshot).__name__
    shown = reprlib.repr(value.to_dict() if hasattr(value, "to_dict") else value)
    return UnexpectedAnswerError(f"{of}: {name.removesuffix('_')} is not {kind}: {shown}", sent=True)
