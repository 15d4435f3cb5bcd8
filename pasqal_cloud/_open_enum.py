"""Enumerations to which the service may add values."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import builtins


class OpenEnum(StrEnum):
    """A string enumeration that accepts unknown values.

    `BatchStatus("PAUSED_FOR_LUNCH")` behaves like a member and equals that string, but iteration leaves it out.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = value
        return member

    @classmethod
    def list(cls) -> builtins.list[str]:
        """Lists the known values as strings."""
        return [member.value for member in cls]
