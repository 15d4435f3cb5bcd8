from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import Additional, set_of


@_attrs_define
class TokenError(Additional[Any]):
    """Why there is no token, in OAuth 2's form (RFC 6749, section 5.2)."""

    error: str | None = None
    """ The reason, for programs. """

    error_description: str | None = None
    """ The reason, for people. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)
    null_fields: frozenset[str] = _attrs_field(init=False, default=frozenset(), repr=False)
    """ The fields that the answer gave as null; those that it left out read as None, too. """

    def to_dict(self) -> dict[str, Any]:
        """Writes the object as JSON has it."""
        found: dict[str, Any] = dict(self.additional_properties)
        if self.error is not None or "error" in self.null_fields:
            found["error"] = self.error
        if self.error_description is not None or "error_description" in self.null_fields:
            found["error_description"] = self.error_description
        return found

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Reads the object; what is missing does not matter, and what the specification does not name is kept."""
        d: dict[str, Any] = dict(src_dict)
        take = d.pop
        read = cls(
            take("error", None),
            take("error_description", None),
        )
        if d:  # else it keeps the empty one that it has: this one is as large as all fields
            read.additional_properties = d
        nulls = [name for name, value in src_dict.items() if value is None]
        if nulls:
            read.null_fields = set_of(tuple(nulls))
        return read
