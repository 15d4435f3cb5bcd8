from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.device_type_name import DeviceTypeName
from ..models.membership_status import MembershipStatus
from ..models.project_role import ProjectRole
from ..models.workload_type import WorkloadType
from ..types import Additional, set_of


@_attrs_define
class ProjectAccess(Additional[Any]):
    """What a user may do in a project."""

    project_id: str
    """ The project's id, a UUID. """

    user_id: str | None = None
    """ The user's id. """

    role: ProjectRole | str | None = None
    """ The user's role in the project. """

    status: MembershipStatus | str | None = None
    """ Whether the user has accepted the invitation. """

    project_allowed_device_types: list[DeviceTypeName | str] | None = None
    """ The device types that the project may use. """

    project_allowed_workload_types: list[str | WorkloadType] | None = None
    """ The types of workload that the project may run. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)
    null_fields: frozenset[str] = _attrs_field(init=False, default=frozenset(), repr=False)
    """ The fields that the answer gave as null; those that it left out read as None, too. """

    def to_dict(self) -> dict[str, Any]:
        """Writes the object as JSON has it."""
        found: dict[str, Any] = dict(self.additional_properties)
        if self.project_id is not None or "project_id" in self.null_fields:
            found["project_id"] = self.project_id
        if self.user_id is not None or "user_id" in self.null_fields:
            found["user_id"] = self.user_id
        if self.role is not None or "role" in self.null_fields:
            found["role"] = self.role
        if self.status is not None or "status" in self.null_fields:
            found["status"] = self.status
        if self.project_allowed_device_types is not None or "project_allowed_device_types" in self.null_fields:
            found["project_allowed_device_types"] = self.project_allowed_device_types
        if self.project_allowed_workload_types is not None or "project_allowed_workload_types" in self.null_fields:
            found["project_allowed_workload_types"] = self.project_allowed_workload_types
        return found

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Reads the object; what is missing does not matter, and what the specification does not name is kept."""
        d: dict[str, Any] = dict(src_dict)
        take = d.pop
        read = cls(
            take("project_id", None),
            take("user_id", None),
            take("role", None),
            take("status", None),
            take("project_allowed_device_types", None),
            take("project_allowed_workload_types", None),
        )
        if d:  # else it keeps the empty one that it has: this one is as large as all fields
            read.additional_properties = d
        nulls = [name for name, value in src_dict.items() if value is None]
        if nulls:
            read.null_fields = set_of(tuple(nulls))
        return read
