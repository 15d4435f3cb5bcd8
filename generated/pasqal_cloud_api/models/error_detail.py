from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.validation_issue import ValidationIssue


T = TypeVar("T", bound="ErrorDetail")


@_attrs_define
class ErrorDetail:
    """More about an error."""

    description: list[ValidationIssue] | None | str | Unset = UNSET
    """ What is wrong. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        description: list[dict[str, Any]] | None | str | Unset
        if isinstance(self.description, Unset):
            description = UNSET
        elif isinstance(self.description, list):
            description = []
            for componentsschemas_error_description_type_1_item_data in self.description:
                componentsschemas_error_description_type_1_item = (
                    componentsschemas_error_description_type_1_item_data.to_dict()
                )
                description.append(componentsschemas_error_description_type_1_item)

        else:
            description = self.description

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if description is not UNSET:
            field_dict["description"] = description

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.validation_issue import ValidationIssue  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_description(data: object) -> list[ValidationIssue] | None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                componentsschemas_error_description_type_1 = []
                _componentsschemas_error_description_type_1 = data
                for componentsschemas_error_description_type_1_item_data in _componentsschemas_error_description_type_1:
                    componentsschemas_error_description_type_1_item = ValidationIssue.from_dict(
                        componentsschemas_error_description_type_1_item_data
                    )

                    componentsschemas_error_description_type_1.append(componentsschemas_error_description_type_1_item)

                return componentsschemas_error_description_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[ValidationIssue] | None | str | Unset, data)

        description = _parse_description(d.pop("description", UNSET))

        error_detail = cls(
            description=description,
        )

        error_detail.additional_properties = d
        return error_detail

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
