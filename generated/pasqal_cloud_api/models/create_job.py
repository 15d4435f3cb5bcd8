from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Additional, Unset


@_attrs_define
class CreateJob(Additional[Any]):
    """A job to create. It may be empty for an emulator whose configuration has the number of shots."""

    runs: int | None | Unset = UNSET
    """ The number of shots; absent or null when the emulator's configuration has it. """

    variables: None | Unset | Variables = UNSET
    """ Values for the variables of the batch's parametrized sequence. Never give both this and `sequence`. """

    sequence: None | str | Unset = UNSET
    """ A serialized Pulser sequence without variables, for this job alone, instead of the batch's. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Writes the object as JSON has it."""
        found: dict[str, Any] = dict(self.additional_properties)
        if not isinstance(self.runs, Unset):
            found["runs"] = self.runs
        if not isinstance(self.variables, Unset):
            found["variables"] = self.variables.to_dict() if isinstance(self.variables, Variables) else self.variables
        if not isinstance(self.sequence, Unset):
            found["sequence"] = self.sequence
        return found

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Reads the object; what is missing does not matter, and what the specification does not name is kept."""
        d: dict[str, Any] = dict(src_dict)
        take = d.pop
        variables = take("variables", UNSET)
        read = cls(
            take("runs", UNSET),
            Variables.from_dict(variables) if isinstance(variables, dict) else variables,
            take("sequence", UNSET),
        )
        if d:  # else it keeps the empty one that it has: this one is as large as all fields
            read.additional_properties = d
        return read


from ..models.variables import Variables
