from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import Additional, set_of


@_attrs_define
class JobResult(Additional[Any]):
    """The result of a job: the document that its link leads to. Bits are in the order of the atoms in the register, as
    in
    Pulser. It has `counter`, `serialised_results` or both; prefer the latter."""

    counter: BitstringCounts | None = None
    """ How often each bitstring was measured. """

    raw: list[str] | None = None
    """ The bitstring of each shot, in the order of the shots. """

    serialised_results: str | None = None
    """ Pulser's `Results`, serialized (abstract representation, JSON in a string). """

    emulated_by: str | None = None
    """ The emulator that gave the result in place of a processor. Only local. """

    scripted: bool | None = None
    """ Whether the result was made up, as a test asked for. Only local. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)
    null_fields: frozenset[str] = _attrs_field(init=False, default=frozenset(), repr=False)
    """ The fields that the answer gave as null; those that it left out read as None, too. """

    def to_dict(self) -> dict[str, Any]:
        """Writes the object as JSON has it."""
        found: dict[str, Any] = dict(self.additional_properties)
        if self.counter is not None or "counter" in self.null_fields:
            found["counter"] = self.counter.to_dict() if isinstance(self.counter, BitstringCounts) else self.counter
        if self.raw is not None or "raw" in self.null_fields:
            found["raw"] = self.raw
        if self.serialised_results is not None or "serialised_results" in self.null_fields:
            found["serialised_results"] = self.serialised_results
        if self.emulated_by is not None or "emulated_by" in self.null_fields:
            found["emulated_by"] = self.emulated_by
        if self.scripted is not None or "scripted" in self.null_fields:
            found["scripted"] = self.scripted
        return found

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Reads the object; what is missing does not matter, and what the specification does not name is kept."""
        d: dict[str, Any] = dict(src_dict)
        take = d.pop
        counter = take("counter", None)
        read = cls(
            BitstringCounts.from_dict(counter) if isinstance(counter, dict) else counter,
            take("raw", None),
            take("serialised_results", None),
            take("emulated_by", None),
            take("scripted", None),
        )
        if d:  # else it keeps the empty one that it has: this one is as large as all fields
            read.additional_properties = d
        nulls = [name for name, value in src_dict.items() if value is None]
        if nulls:
            read.null_fields = set_of(tuple(nulls))
        return read


from ..models.bitstring_counts import BitstringCounts
