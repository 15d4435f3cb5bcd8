from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.member_counts import MemberCounts
    from ..models.project_access_grant import ProjectAccessGrant
    from ..models.project_contact import ProjectContact


T = TypeVar("T", bound="Project")


@_attrs_define
class Project:
    """A group of members, which pays for their batches. What the caller may not see is the text `N/A`."""

    id: str
    """ The project's id, a UUID. """
    name: str
    """ The project's name. """
    project_id: None | str | Unset = UNSET
    """ The project's id again. """
    company: None | str | Unset = UNSET
    """ The company whose project it is. """
    description: None | str | Unset = UNSET
    """ The purpose of the project; possibly empty. """
    email_domain: None | str | Unset = UNSET
    """ A domain of e-mail addresses. """
    package: None | str | Unset = UNSET
    """ What the project has bought. """
    project_status: None | str | Unset = UNSET
    """ The status of the project. """
    project_type: None | str | Unset = UNSET
    """ The kind of project. """
    queue_priority: None | str | Unset = UNSET
    """ The priority of the project's batches; `FREE` for starter projects. """
    allowed_device_types: list[str] | None | Unset = UNSET
    """ The device types that the project may use. """
    allowed_workload_types: list[str] | None | Unset = UNSET
    """ The types of workload that the project may run. """
    additional_access_grants: list[ProjectAccessGrant] | None | Unset = UNSET
    """ Permissions in addition to those of the roles. """
    account_manager: None | ProjectContact | Unset = UNSET
    """ The person at Pasqal who manages the project. """
    main_admin: None | ProjectContact | Unset = UNSET
    """ The member who manages the project. """
    count: MemberCounts | None | Unset = UNSET
    """ The number of members. """
    contract_id: None | str | Unset = UNSET
    """ The id of the contract, a UUID. """
    created_at: None | str | Unset = UNSET
    """ When the project was created, in ISO 8601. """
    last_activity_date: None | str | Unset = UNSET
    """ When the newest job of the project was created, in ISO 8601; null if there is none. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.member_counts import MemberCounts  # noqa: PLC0415
        from ..models.project_contact import ProjectContact  # noqa: PLC0415

        id = self.id

        name = self.name

        project_id: None | str | Unset
        if isinstance(self.project_id, Unset):
            project_id = UNSET
        else:
            project_id = self.project_id

        company: None | str | Unset
        if isinstance(self.company, Unset):
            company = UNSET
        else:
            company = self.company

        description: None | str | Unset
        if isinstance(self.description, Unset):
            description = UNSET
        else:
            description = self.description

        email_domain: None | str | Unset
        if isinstance(self.email_domain, Unset):
            email_domain = UNSET
        else:
            email_domain = self.email_domain

        package: None | str | Unset
        if isinstance(self.package, Unset):
            package = UNSET
        else:
            package = self.package

        project_status: None | str | Unset
        if isinstance(self.project_status, Unset):
            project_status = UNSET
        else:
            project_status = self.project_status

        project_type: None | str | Unset
        if isinstance(self.project_type, Unset):
            project_type = UNSET
        else:
            project_type = self.project_type

        queue_priority: None | str | Unset
        if isinstance(self.queue_priority, Unset):
            queue_priority = UNSET
        else:
            queue_priority = self.queue_priority

        allowed_device_types: list[str] | None | Unset
        if isinstance(self.allowed_device_types, Unset):
            allowed_device_types = UNSET
        elif isinstance(self.allowed_device_types, list):
            allowed_device_types = self.allowed_device_types

        else:
            allowed_device_types = self.allowed_device_types

        allowed_workload_types: list[str] | None | Unset
        if isinstance(self.allowed_workload_types, Unset):
            allowed_workload_types = UNSET
        elif isinstance(self.allowed_workload_types, list):
            allowed_workload_types = self.allowed_workload_types

        else:
            allowed_workload_types = self.allowed_workload_types

        additional_access_grants: list[dict[str, Any]] | None | Unset
        if isinstance(self.additional_access_grants, Unset):
            additional_access_grants = UNSET
        elif isinstance(self.additional_access_grants, list):
            additional_access_grants = []
            for additional_access_grants_type_0_item_data in self.additional_access_grants:
                additional_access_grants_type_0_item = additional_access_grants_type_0_item_data.to_dict()
                additional_access_grants.append(additional_access_grants_type_0_item)

        else:
            additional_access_grants = self.additional_access_grants

        account_manager: dict[str, Any] | None | Unset
        if isinstance(self.account_manager, Unset):
            account_manager = UNSET
        elif isinstance(self.account_manager, ProjectContact):
            account_manager = self.account_manager.to_dict()
        else:
            account_manager = self.account_manager

        main_admin: dict[str, Any] | None | Unset
        if isinstance(self.main_admin, Unset):
            main_admin = UNSET
        elif isinstance(self.main_admin, ProjectContact):
            main_admin = self.main_admin.to_dict()
        else:
            main_admin = self.main_admin

        count: dict[str, Any] | None | Unset
        if isinstance(self.count, Unset):
            count = UNSET
        elif isinstance(self.count, MemberCounts):
            count = self.count.to_dict()
        else:
            count = self.count

        contract_id: None | str | Unset
        if isinstance(self.contract_id, Unset):
            contract_id = UNSET
        else:
            contract_id = self.contract_id

        created_at: None | str | Unset
        if isinstance(self.created_at, Unset):
            created_at = UNSET
        else:
            created_at = self.created_at

        last_activity_date: None | str | Unset
        if isinstance(self.last_activity_date, Unset):
            last_activity_date = UNSET
        else:
            last_activity_date = self.last_activity_date

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
            }
        )
        if project_id is not UNSET:
            field_dict["project_id"] = project_id
        if company is not UNSET:
            field_dict["company"] = company
        if description is not UNSET:
            field_dict["description"] = description
        if email_domain is not UNSET:
            field_dict["email_domain"] = email_domain
        if package is not UNSET:
            field_dict["package"] = package
        if project_status is not UNSET:
            field_dict["project_status"] = project_status
        if project_type is not UNSET:
            field_dict["project_type"] = project_type
        if queue_priority is not UNSET:
            field_dict["queue_priority"] = queue_priority
        if allowed_device_types is not UNSET:
            field_dict["allowed_device_types"] = allowed_device_types
        if allowed_workload_types is not UNSET:
            field_dict["allowed_workload_types"] = allowed_workload_types
        if additional_access_grants is not UNSET:
            field_dict["additional_access_grants"] = additional_access_grants
        if account_manager is not UNSET:
            field_dict["account_manager"] = account_manager
        if main_admin is not UNSET:
            field_dict["main_admin"] = main_admin
        if count is not UNSET:
            field_dict["count"] = count
        if contract_id is not UNSET:
            field_dict["contract_id"] = contract_id
        if created_at is not UNSET:
            field_dict["created_at"] = created_at
        if last_activity_date is not UNSET:
            field_dict["last_activity_date"] = last_activity_date

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.member_counts import MemberCounts  # noqa: PLC0415
        from ..models.project_access_grant import ProjectAccessGrant  # noqa: PLC0415
        from ..models.project_contact import ProjectContact  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        def _parse_project_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        project_id = _parse_project_id(d.pop("project_id", UNSET))

        def _parse_company(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        company = _parse_company(d.pop("company", UNSET))

        def _parse_description(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        description = _parse_description(d.pop("description", UNSET))

        def _parse_email_domain(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        email_domain = _parse_email_domain(d.pop("email_domain", UNSET))

        def _parse_package(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        package = _parse_package(d.pop("package", UNSET))

        def _parse_project_status(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        project_status = _parse_project_status(d.pop("project_status", UNSET))

        def _parse_project_type(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        project_type = _parse_project_type(d.pop("project_type", UNSET))

        def _parse_queue_priority(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        queue_priority = _parse_queue_priority(d.pop("queue_priority", UNSET))

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

        def _parse_allowed_workload_types(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                allowed_workload_types_type_0 = cast(list[str], data)

                return allowed_workload_types_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        allowed_workload_types = _parse_allowed_workload_types(d.pop("allowed_workload_types", UNSET))

        def _parse_additional_access_grants(data: object) -> list[ProjectAccessGrant] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                additional_access_grants_type_0 = []
                _additional_access_grants_type_0 = data
                for additional_access_grants_type_0_item_data in _additional_access_grants_type_0:
                    additional_access_grants_type_0_item = ProjectAccessGrant.from_dict(
                        additional_access_grants_type_0_item_data
                    )

                    additional_access_grants_type_0.append(additional_access_grants_type_0_item)

                return additional_access_grants_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[ProjectAccessGrant] | None | Unset, data)

        additional_access_grants = _parse_additional_access_grants(d.pop("additional_access_grants", UNSET))

        def _parse_account_manager(data: object) -> None | ProjectContact | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                account_manager_type_0 = ProjectContact.from_dict(data)

                return account_manager_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ProjectContact | Unset, data)

        account_manager = _parse_account_manager(d.pop("account_manager", UNSET))

        def _parse_main_admin(data: object) -> None | ProjectContact | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                main_admin_type_0 = ProjectContact.from_dict(data)

                return main_admin_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ProjectContact | Unset, data)

        main_admin = _parse_main_admin(d.pop("main_admin", UNSET))

        def _parse_count(data: object) -> MemberCounts | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                count_type_0 = MemberCounts.from_dict(data)

                return count_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(MemberCounts | None | Unset, data)

        count = _parse_count(d.pop("count", UNSET))

        def _parse_contract_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        contract_id = _parse_contract_id(d.pop("contract_id", UNSET))

        def _parse_created_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        created_at = _parse_created_at(d.pop("created_at", UNSET))

        def _parse_last_activity_date(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        last_activity_date = _parse_last_activity_date(d.pop("last_activity_date", UNSET))

        project = cls(
            id=id,
            name=name,
            project_id=project_id,
            company=company,
            description=description,
            email_domain=email_domain,
            package=package,
            project_status=project_status,
            project_type=project_type,
            queue_priority=queue_priority,
            allowed_device_types=allowed_device_types,
            allowed_workload_types=allowed_workload_types,
            additional_access_grants=additional_access_grants,
            account_manager=account_manager,
            main_admin=main_admin,
            count=count,
            contract_id=contract_id,
            created_at=created_at,
            last_activity_date=last_activity_date,
        )

        project.additional_properties = d
        return project

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
