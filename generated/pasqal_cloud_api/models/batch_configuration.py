from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.batch_configuration_precision import BatchConfigurationPrecision
from ..models.result_type import ResultType
from ..types import UNSET, Additional, Unset


@_attrs_define
class BatchConfiguration(Additional[Any]):
    """The old form of an emulator's configuration. Which properties apply depends on the emulator."""

    strict_validation: bool | Unset = UNSET
    """ Whether to validate the sequence as for the processor `FRESNEL`; false when absent. """

    result_types: list[ResultType | str] | None | Unset = UNSET
    """ The kinds of result wanted. """

    with_noise: bool | Unset = UNSET
    """ `EMU_FREE`: whether to simulate noise; false when absent. """

    dt: float | Unset = UNSET
    """ `EMU_TN`: the time step in nanoseconds; 10 when absent. """

    precision: BatchConfigurationPrecision | str | Unset = UNSET
    """ `EMU_TN`: the precision; `normal` when absent. """

    max_bond_dim: int | Unset = UNSET
    """ `EMU_TN`: the largest bond dimension; 500 when absent. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Writes the object as JSON has it."""
        found: dict[str, Any] = dict(self.additional_properties)
        if not isinstance(self.strict_validation, Unset):
            found["strict_validation"] = self.strict_validation
        if not isinstance(self.result_types, Unset):
            found["result_types"] = self.result_types
        if not isinstance(self.with_noise, Unset):
            found["with_noise"] = self.with_noise
        if not isinstance(self.dt, Unset):
            found["dt"] = self.dt
        if not isinstance(self.precision, Unset):
            found["precision"] = self.precision
        if not isinstance(self.max_bond_dim, Unset):
            found["max_bond_dim"] = self.max_bond_dim
        return found

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Reads the object; what is missing does not matter, and what the specification does not name is kept."""
        d: dict[str, Any] = dict(src_dict)
        take = d.pop
        read = cls(
            take("strict_validation", UNSET),
            take("result_types", UNSET),
            take("with_noise", UNSET),
            take("dt", UNSET),
            take("precision", UNSET),
            take("max_bond_dim", UNSET),
        )
        if d:  # else it keeps the empty one that it has: this one is as large as all fields
            read.additional_properties = d
        return read
