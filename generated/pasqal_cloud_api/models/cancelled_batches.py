from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import Additional, set_of


@_attrs_define
class CancelledBatches(Additional[Any]):
    """The result of a request to cancel several batches."""

    batches: list[Batch]
    """ The batches cancelled, without `jobs`. """

    errors: CancellationErrors | None = None
    """ The reasons why the others were not cancelled; empty when all were. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)
    null_fields: frozenset[str] = _attrs_field(init=False, default=frozenset(), repr=False)
    """ The fields that the answer gave as null; those that it left out read as None, too. """

    def to_dict(self) -> dict[str, Any]:
        """Writes the object as JSON has it."""
        found: dict[str, Any] = dict(self.additional_properties)
        if self.batches is not None or "batches" in self.null_fields:
            found["batches"] = [item.to_dict() for item in self.batches] if self.batches is not None else None
        if self.errors is not None or "errors" in self.null_fields:
            found["errors"] = self.errors.to_dict() if isinstance(self.errors, CancellationErrors) else self.errors
        return found

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Reads the object; what is missing does not matter, and what the specification does not name is kept."""
        d: dict[str, Any] = dict(src_dict)
        take = d.pop
        if d.get("batches") is not None:
            d["batches"] = [Batch.from_dict(item) for item in d["batches"]]
        errors = take("errors", None)
        read = cls(
            take("batches", None),
            CancellationErrors.from_dict(errors) if isinstance(errors, dict) else errors,
        )
        if d:  # else it keeps the empty one that it has: this one is as large as all fields
            read.additional_properties = d
        nulls = [name for name, value in src_dict.items() if value is None]
        if nulls:
            read.null_fields = set_of(tuple(nulls))
        return read


from ..models.batch import Batch
from ..models.cancellation_errors import CancellationErrors
