"""Enumerations that the service may extend."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import builtins


class OpenEnum(StrEnum):
    """A string enumeration that keeps a value it does not know, instead of failing.

    `BatchStatus("PAUSED_FOR_LUNCH")` is a member like any other, equal to that string, but not listed among them.
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
        """Lists the values as texts."""
        return [member.value for member in cls]
