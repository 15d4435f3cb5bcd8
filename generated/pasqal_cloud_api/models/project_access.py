from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ProjectAccess")


@_attrs_define
class ProjectAccess:
    """What a user may do in a project."""

    project_id: str
    """ The project's id, a UUID. """
    user_id: None | str | Unset = UNSET
    """ The user's id. """
    role: None | str | Unset = UNSET
    """ The user's role in the project. """
    status: None | str | Unset = UNSET
    """ Whether the user has accepted the invitation. """
    project_allowed_device_types: list[str] | None | Unset = UNSET
    """ The device types that the project may use. """
    project_allowed_workload_types: list[str] | None | Unset = UNSET
    """ The types of workload that the project may run. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        project_id = self.project_id

        user_id: None | str | Unset
        if isinstance(self.user_id, Unset):
            user_id = UNSET
        else:
            user_id = self.user_id

        role: None | str | Unset
        if isinstance(self.role, Unset):
            role = UNSET
        else:
            role = self.role

        status: None | str | Unset
        if isinstance(self.status, Unset):
            status = UNSET
        else:
            status = self.status

        project_allowed_device_types: list[str] | None | Unset
        if isinstance(self.project_allowed_device_types, Unset):
            project_allowed_device_types = UNSET
        elif isinstance(self.project_allowed_device_types, list):
            project_allowed_device_types = self.project_allowed_device_types

        else:
            project_allowed_device_types = self.project_allowed_device_types

        project_allowed_workload_types: list[str] | None | Unset
        if isinstance(self.project_allowed_workload_types, Unset):
            project_allowed_workload_types = UNSET
        elif isinstance(self.project_allowed_workload_types, list):
            project_allowed_workload_types = self.project_allowed_workload_types

        else:
            project_allowed_workload_types = self.project_allowed_workload_types

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "project_id": project_id,
            }
        )
        if user_id is not UNSET:
            field_dict["user_id"] = user_id
        if role is not UNSET:
            field_dict["role"] = role
        if status is not UNSET:
            field_dict["status"] = status
        if project_allowed_device_types is not UNSET:
            field_dict["project_allowed_device_types"] = project_allowed_device_types
        if project_allowed_workload_types is not UNSET:
            field_dict["project_allowed_workload_types"] = project_allowed_workload_types

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        project_id = d.pop("project_id")

        def _parse_user_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        user_id = _parse_user_id(d.pop("user_id", UNSET))

        def _parse_role(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        role = _parse_role(d.pop("role", UNSET))

        def _parse_status(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        status = _parse_status(d.pop("status", UNSET))

        def _parse_project_allowed_device_types(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                project_allowed_device_types_type_0 = cast(list[str], data)

                return project_allowed_device_types_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        project_allowed_device_types = _parse_project_allowed_device_types(d.pop("project_allowed_device_types", UNSET))

        def _parse_project_allowed_workload_types(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                project_allowed_workload_types_type_0 = cast(list[str], data)

                return project_allowed_workload_types_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        project_allowed_workload_types = _parse_project_allowed_workload_types(
            d.pop("project_allowed_workload_types", UNSET)
        )

        project_access = cls(
            project_id=project_id,
            user_id=user_id,
            role=role,
            status=status,
            project_allowed_device_types=project_allowed_device_types,
            project_allowed_workload_types=project_allowed_workload_types,
        )

        project_access.additional_properties = d
        return project_access

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
