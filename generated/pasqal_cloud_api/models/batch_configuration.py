from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="BatchConfiguration")


@_attrs_define
class BatchConfiguration:
    """The old form of an emulator's configuration. Which properties apply depends on the emulator."""

    strict_validation: bool | Unset = UNSET
    """ Whether to validate the sequence as for the processor `FRESNEL`; false when absent. """
    result_types: list[str] | None | Unset = UNSET
    """ The kinds of result wanted. """
    with_noise: bool | Unset = UNSET
    """ `EMU_FREE`: whether to simulate noise; false when absent. """
    dt: float | Unset = UNSET
    """ `EMU_TN`: the time step in nanoseconds; 10 when absent. """
    precision: str | Unset = UNSET
    """ `EMU_TN`: the precision; `normal` when absent. """
    max_bond_dim: int | Unset = UNSET
    """ `EMU_TN`: the largest bond dimension; 500 when absent. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        strict_validation = self.strict_validation

        result_types: list[str] | None | Unset
        if isinstance(self.result_types, Unset):
            result_types = UNSET
        elif isinstance(self.result_types, list):
            result_types = self.result_types

        else:
            result_types = self.result_types

        with_noise = self.with_noise

        dt = self.dt

        precision = self.precision

        max_bond_dim = self.max_bond_dim

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if strict_validation is not UNSET:
            field_dict["strict_validation"] = strict_validation
        if result_types is not UNSET:
            field_dict["result_types"] = result_types
        if with_noise is not UNSET:
            field_dict["with_noise"] = with_noise
        if dt is not UNSET:
            field_dict["dt"] = dt
        if precision is not UNSET:
            field_dict["precision"] = precision
        if max_bond_dim is not UNSET:
            field_dict["max_bond_dim"] = max_bond_dim

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        strict_validation = d.pop("strict_validation", UNSET)

        def _parse_result_types(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                result_types_type_0 = cast(list[str], data)

                return result_types_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        result_types = _parse_result_types(d.pop("result_types", UNSET))

        with_noise = d.pop("with_noise", UNSET)

        dt = d.pop("dt", UNSET)

        precision = d.pop("precision", UNSET)

        max_bond_dim = d.pop("max_bond_dim", UNSET)

        batch_configuration = cls(
            strict_validation=strict_validation,
            result_types=result_types,
            with_noise=with_noise,
            dt=dt,
            precision=precision,
            max_bond_dim=max_bond_dim,
        )

        batch_configuration.additional_properties = d
        return batch_configuration

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
