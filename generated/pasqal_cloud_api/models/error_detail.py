from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import Additional, set_of


@_attrs_define
class ErrorDetail(Additional[Any]):
    """More about an error."""

    description: Any = None
    """ A text; or an array with an object for each thing that is wrong in the request. Its `loc` is an array that
    says where
    (`body` or `query`, then names and indices), `msg` says what is wrong for people, and `type` for programs.
     """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)
    null_fields: frozenset[str] = _attrs_field(init=False, default=frozenset(), repr=False)
    """ The fields that the answer gave as null; those that it left out read as None, too. """

    def to_dict(self) -> dict[str, Any]:
        """Writes the object as JSON has it."""
        found: dict[str, Any] = dict(self.additional_properties)
        if self.description is not None or "description" in self.null_fields:
            found["description"] = self.description
        return found

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Reads the object; what is missing does not matter, and what the specification does not name is kept."""
        d: dict[str, Any] = dict(src_dict)
        take = d.pop
        read = cls(
            take("description", None),
        )
        if d:  # else it keeps the empty one that it has: this one is as large as all fields
            read.additional_properties = d
        nulls = [name for name, value in src_dict.items() if value is None]
        if nulls:
            read.null_fields = set_of(tuple(nulls))
        return read
