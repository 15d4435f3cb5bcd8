from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import Additional, set_of


@_attrs_define
class Pagination(Additional[Any]):
    """Which part of the list this page is."""

    total: int
    """ The number of items that match, on all pages. """

    start: int
    """ The index of the first item of this page. """

    end: int
    """ The index after the last item of this page, which is the next page's `offset`. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)
    null_fields: frozenset[str] = _attrs_field(init=False, default=frozenset(), repr=False)
    """ The fields that the answer gave as null; those that it left out read as None, too. """

    def to_dict(self) -> dict[str, Any]:
        """Writes the object as JSON has it."""
        found: dict[str, Any] = dict(self.additional_properties)
        if self.total is not None or "total" in self.null_fields:
            found["total"] = self.total
        if self.start is not None or "start" in self.null_fields:
            found["start"] = self.start
        if self.end is not None or "end" in self.null_fields:
            found["end"] = self.end
        return found

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Reads the object; what is missing does not matter, and what the specification does not name is kept."""
        d: dict[str, Any] = dict(src_dict)
        take = d.pop
        read = cls(
            take("total", None),
            take("start", None),
            take("end", None),
        )
        if d:  # else it keeps the empty one that it has: this one is as large as all fields
            read.additional_properties = d
        nulls = [name for name, value in src_dict.items() if value is None]
        if nulls:
            read.null_fields = set_of(tuple(nulls))
        return read
