from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.device_type_name import DeviceTypeName
from ..models.project_package import ProjectPackage
from ..models.project_status import ProjectStatus
from ..models.project_type import ProjectType
from ..models.queue_priority import QueuePriority
from ..models.workload_type import WorkloadType
from ..types import Additional, set_of


@_attrs_define
class Project(Additional[Any]):
    """A group of members, which pays for their batches. What the caller may not see is the text `N/A`."""

    id: str
    """ The project's id, a UUID. """

    name: str
    """ The project's name. """

    project_id: str | None = None
    """ The project's id again. """

    company: str | None = None
    """ The company whose project it is. """

    description: str | None = None
    """ The purpose of the project; possibly empty. """

    email_domain: str | None = None
    """ A domain of e-mail addresses. """

    package: ProjectPackage | str | None = None
    """ What the project has bought. """

    project_status: ProjectStatus | str | None = None
    """ The status of the project. """

    project_type: ProjectType | str | None = None
    """ The kind of project. """

    queue_priority: QueuePriority | str | None = None
    """ The priority of the project's batches; `FREE` for starter projects. """

    allowed_device_types: list[DeviceTypeName | str] | None = None
    """ The device types that the project may use. """

    allowed_workload_types: list[str | WorkloadType] | None = None
    """ The types of workload that the project may run. """

    additional_access_grants: list[ProjectAccessGrant] | None = None
    """ Permissions in addition to those of the roles. """

    account_manager: ProjectContact | None = None
    """ The person at Pasqal who manages the project. """

    main_admin: ProjectContact | None = None
    """ The member who manages the project. """

    count: MemberCounts | None = None
    """ The number of members. """

    contract_id: str | None = None
    """ The id of the contract, a UUID. """

    created_at: str | None = None
    """ When the project was created, in ISO 8601. """

    last_activity_date: str | None = None
    """ When the newest job of the project was created, in ISO 8601; null if there is none. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)
    null_fields: frozenset[str] = _attrs_field(init=False, default=frozenset(), repr=False)
    """ The fields that the answer gave as null; those that it left out read as None, too. """

    def to_dict(self) -> dict[str, Any]:
        """Writes the object as JSON has it."""
        found: dict[str, Any] = dict(self.additional_properties)
        if self.id is not None or "id" in self.null_fields:
            found["id"] = self.id
        if self.name is not None or "name" in self.null_fields:
            found["name"] = self.name
        if self.project_id is not None or "project_id" in self.null_fields:
            found["project_id"] = self.project_id
        if self.company is not None or "company" in self.null_fields:
            found["company"] = self.company
        if self.description is not None or "description" in self.null_fields:
            found["description"] = self.description
        if self.email_domain is not None or "email_domain" in self.null_fields:
            found["email_domain"] = self.email_domain
        if self.package is not None or "package" in self.null_fields:
            found["package"] = self.package
        if self.project_status is not None or "project_status" in self.null_fields:
            found["project_status"] = self.project_status
        if self.project_type is not None or "project_type" in self.null_fields:
            found["project_type"] = self.project_type
        if self.queue_priority is not None or "queue_priority" in self.null_fields:
            found["queue_priority"] = self.queue_priority
        if self.allowed_device_types is not None or "allowed_device_types" in self.null_fields:
            found["allowed_device_types"] = self.allowed_device_types
        if self.allowed_workload_types is not None or "allowed_workload_types" in self.null_fields:
            found["allowed_workload_types"] = self.allowed_workload_types
        if self.additional_access_grants is not None or "additional_access_grants" in self.null_fields:
            found["additional_access_grants"] = (
                [item.to_dict() for item in self.additional_access_grants]
                if isinstance(self.additional_access_grants, list)
                else self.additional_access_grants
            )
        if self.account_manager is not None or "account_manager" in self.null_fields:
            found["account_manager"] = (
                self.account_manager.to_dict()
                if isinstance(self.account_manager, ProjectContact)
                else self.account_manager
            )
        if self.main_admin is not None or "main_admin" in self.null_fields:
            found["main_admin"] = (
                self.main_admin.to_dict() if isinstance(self.main_admin, ProjectContact) else self.main_admin
            )
        if self.count is not None or "count" in self.null_fields:
            found["count"] = self.count.to_dict() if isinstance(self.count, MemberCounts) else self.count
        if self.contract_id is not None or "contract_id" in self.null_fields:
            found["contract_id"] = self.contract_id
        if self.created_at is not None or "created_at" in self.null_fields:
            found["created_at"] = self.created_at
        if self.last_activity_date is not None or "last_activity_date" in self.null_fields:
            found["last_activity_date"] = self.last_activity_date
        return found

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Reads the object; what is missing does not matter, and what the specification does not name is kept."""
        d: dict[str, Any] = dict(src_dict)
        take = d.pop
        additional_access_grants = take("additional_access_grants", None)
        account_manager = take("account_manager", None)
        main_admin = take("main_admin", None)
        count = take("count", None)
        read = cls(
            take("id", None),
            take("name", None),
            take("project_id", None),
            take("company", None),
            take("description", None),
            take("email_domain", None),
            take("package", None),
            take("project_status", None),
            take("project_type", None),
            take("queue_priority", None),
            take("allowed_device_types", None),
            take("allowed_workload_types", None),
            [ProjectAccessGrant.from_dict(item) for item in additional_access_grants]
            if isinstance(additional_access_grants, list)
            else additional_access_grants,
            ProjectContact.from_dict(account_manager) if isinstance(account_manager, dict) else account_manager,
            ProjectContact.from_dict(main_admin) if isinstance(main_admin, dict) else main_admin,
            MemberCounts.from_dict(count) if isinstance(count, dict) else count,
            take("contract_id", None),
            take("created_at", None),
            take("last_activity_date", None),
        )
        if d:  # else it keeps the empty one that it has: this one is as large as all fields
            read.additional_properties = d
        nulls = [name for name, value in src_dict.items() if value is None]
        if nulls:
            read.null_fields = set_of(tuple(nulls))
        return read


from ..models.member_counts import MemberCounts
from ..models.project_access_grant import ProjectAccessGrant
from ..models.project_contact import ProjectContact
