from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.project_access import ProjectAccess


T = TypeVar("T", bound="AuthInfo")


@_attrs_define
class AuthInfo:
    """The user whose token it is."""

    id: str
    """ The user's id, as the identity provider knows it. """
    type_: None | str | Unset = UNSET
    """ The kind of user. """
    email: None | str | Unset = UNSET
    """ The user's e-mail address. """
    email_verified: bool | None | Unset = UNSET
    """ Whether the user has confirmed the address. """
    superuser: bool | None | Unset = UNSET
    """ Whether the user belongs to the staff. """
    allowed_device_types: list[str] | None | Unset = UNSET
    """ The device types that the user may use. """
    acl: list[ProjectAccess] | None | Unset = UNSET
    """ What the user may do in which project. """
    projects: Any | Unset = UNSET
    """ The user's projects. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        type_: None | str | Unset
        if isinstance(self.type_, Unset):
            type_ = UNSET
        else:
            type_ = self.type_

        email: None | str | Unset
        if isinstance(self.email, Unset):
            email = UNSET
        else:
            email = self.email

        email_verified: bool | None | Unset
        if isinstance(self.email_verified, Unset):
            email_verified = UNSET
        else:
            email_verified = self.email_verified

        superuser: bool | None | Unset
        if isinstance(self.superuser, Unset):
            superuser = UNSET
        else:
            superuser = self.superuser

        allowed_device_types: list[str] | None | Unset
        if isinstance(self.allowed_device_types, Unset):
            allowed_device_types = UNSET
        elif isinstance(self.allowed_device_types, list):
            allowed_device_types = self.allowed_device_types

        else:
            allowed_device_types = self.allowed_device_types

        acl: list[dict[str, Any]] | None | Unset
        if isinstance(self.acl, Unset):
            acl = UNSET
        elif isinstance(self.acl, list):
            acl = []
            for acl_type_0_item_data in self.acl:
                acl_type_0_item = acl_type_0_item_data.to_dict()
                acl.append(acl_type_0_item)

        else:
            acl = self.acl

        projects = self.projects

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
            }
        )
        if type_ is not UNSET:
            field_dict["type"] = type_
        if email is not UNSET:
            field_dict["email"] = email
        if email_verified is not UNSET:
            field_dict["email_verified"] = email_verified
        if superuser is not UNSET:
            field_dict["superuser"] = superuser
        if allowed_device_types is not UNSET:
            field_dict["allowed_device_types"] = allowed_device_types
        if acl is not UNSET:
            field_dict["acl"] = acl
        if projects is not UNSET:
            field_dict["projects"] = projects

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.project_access import ProjectAccess  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        def _parse_type_(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        type_ = _parse_type_(d.pop("type", UNSET))

        def _parse_email(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        email = _parse_email(d.pop("email", UNSET))

        def _parse_email_verified(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        email_verified = _parse_email_verified(d.pop("email_verified", UNSET))

        def _parse_superuser(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        superuser = _parse_superuser(d.pop("superuser", UNSET))

        def _parse_allowed_device_types(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                allowed_device_types_type_0 = cast(list[str], data)

                return allowed_device_types_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        allowed_device_types = _parse_allowed_device_types(d.pop("allowed_device_types", UNSET))

        def _parse_acl(data: object) -> list[ProjectAccess] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                acl_type_0 = []
                _acl_type_0 = data
                for acl_type_0_item_data in _acl_type_0:
                    acl_type_0_item = ProjectAccess.from_dict(acl_type_0_item_data)

                    acl_type_0.append(acl_type_0_item)

                return acl_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[ProjectAccess] | None | Unset, data)

        acl = _parse_acl(d.pop("acl", UNSET))

        projects = d.pop("projects", UNSET)

        auth_info = cls(
            id=id,
            type_=type_,
            email=email,
            email_verified=email_verified,
            superuser=superuser,
            allowed_device_types=allowed_device_types,
            acl=acl,
            projects=projects,
        )

        auth_info.additional_properties = d
        return auth_info

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
