from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.device_type_name import DeviceTypeName
from ..types import Additional, set_of


@_attrs_define
class AuthInfo(Additional[Any]):
    """The user whose token it is."""

    id: str
    """ The user's id, as the identity provider knows it. """

    type_: str | None = None
    """ The kind of user. """

    email: str | None = None
    """ The user's e-mail address. """

    email_verified: bool | None = None
    """ Whether the user has confirmed the address. """

    superuser: bool | None = None
    """ Whether the user belongs to the staff. """

    allowed_device_types: list[DeviceTypeName | str] | None = None
    """ The device types that the user may use. """

    acl: list[ProjectAccess] | None = None
    """ What the user may do in which project. """

    projects: Any = None
    """ The user's projects. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)
    null_fields: frozenset[str] = _attrs_field(init=False, default=frozenset(), repr=False)
    """ The fields that the answer gave as null; those that it left out read as None, too. """

    def to_dict(self) -> dict[str, Any]:
        """Writes the object as JSON has it."""
        found: dict[str, Any] = dict(self.additional_properties)
        if self.id is not None or "id" in self.null_fields:
            found["id"] = self.id
        if self.type_ is not None or "type" in self.null_fields:
            found["type"] = self.type_
        if self.email is not None or "email" in self.null_fields:
            found["email"] = self.email
        if self.email_verified is not None or "email_verified" in self.null_fields:
            found["email_verified"] = self.email_verified
        if self.superuser is not None or "superuser" in self.null_fields:
            found["superuser"] = self.superuser
        if self.allowed_device_types is not None or "allowed_device_types" in self.null_fields:
            found["allowed_device_types"] = self.allowed_device_types
        if self.acl is not None or "acl" in self.null_fields:
            found["acl"] = [item.to_dict() for item in self.acl] if isinstance(self.acl, list) else self.acl
        if self.projects is not None or "projects" in self.null_fields:
            found["projects"] = self.projects
        return found

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Reads the object; what is missing does not matter, and what the specification does not name is kept."""
        d: dict[str, Any] = dict(src_dict)
        take = d.pop
        acl = take("acl", None)
        read = cls(
            take("id", None),
            take("type", None),
            take("email", None),
            take("email_verified", None),
            take("superuser", None),
            take("allowed_device_types", None),
            [ProjectAccess.from_dict(item) for item in acl] if isinstance(acl, list) else acl,
            take("projects", None),
        )
        if d:  # else it keeps the empty one that it has: this one is as large as all fields
            read.additional_properties = d
        nulls = [name for name, value in src_dict.items() if value is None]
        if nulls:
            read.null_fields = set_of(tuple(nulls))
        return read


from ..models.project_access import ProjectAccess
