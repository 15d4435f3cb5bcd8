from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.workload_config import WorkloadConfig
    from ..models.workload_result import WorkloadResult


T = TypeVar("T", bound="Workload")


@_attrs_define
class Workload:
    """An algorithm that the service runs. All operations on workloads share this schema; the items of a list may have
    fewer
    fields.

    """

    id: str
    """ The workload's id, a UUID. """
    project_id: None | str | Unset = UNSET
    """ The id of the project that pays, a UUID. """
    user_id: None | str | Unset = UNSET
    """ The id of the user who created the workload. """
    workload_type: None | str | Unset = UNSET
    """ The algorithm, usually a `WorkloadType`. """
    backend: None | str | Unset = UNSET
    """ The software that the workload runs on, usually a `WorkloadBackend`. """
    config: None | Unset | WorkloadConfig = UNSET
    """ The algorithm's configuration. """
    status: None | str | Unset = UNSET
    """ The status of the workload, one of those of a job. """
    queue_priority: None | str | Unset = UNSET
    """ The workload's priority in the queue. """
    errors: list[str] | None | Unset = UNSET
    """ What went wrong; empty or null if nothing did. """
    created_at: None | str | Unset = UNSET
    """ When the workload was created, in ISO 8601. """
    updated_at: None | str | Unset = UNSET
    """ When the workload last changed, in ISO 8601. """
    start_timestamp: None | str | Unset = UNSET
    """ When the workload started, in ISO 8601; null before. """
    end_timestamp: None | str | Unset = UNSET
    """ When the workload ended, in ISO 8601; null before. """
    result: None | Unset | WorkloadResult = UNSET
    """ The result itself; null before the end. In the answers of `createWorkload` and `cancelWorkload`. """
    result_link: None | str | Unset = UNSET
    """ A temporary link to the result; null before the end. In the answer of `getWorkload`. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.workload_config import WorkloadConfig  # noqa: PLC0415
        from ..models.workload_result import WorkloadResult  # noqa: PLC0415

        id = self.id

        project_id: None | str | Unset
        if isinstance(self.project_id, Unset):
            project_id = UNSET
        else:
            project_id = self.project_id

        user_id: None | str | Unset
        if isinstance(self.user_id, Unset):
            user_id = UNSET
        else:
            user_id = self.user_id

        workload_type: None | str | Unset
        if isinstance(self.workload_type, Unset):
            workload_type = UNSET
        else:
            workload_type = self.workload_type

        backend: None | str | Unset
        if isinstance(self.backend, Unset):
            backend = UNSET
        else:
            backend = self.backend

        config: dict[str, Any] | None | Unset
        if isinstance(self.config, Unset):
            config = UNSET
        elif isinstance(self.config, WorkloadConfig):
            config = self.config.to_dict()
        else:
            config = self.config

        status: None | str | Unset
        if isinstance(self.status, Unset):
            status = UNSET
        else:
            status = self.status

        queue_priority: None | str | Unset
        if isinstance(self.queue_priority, Unset):
            queue_priority = UNSET
        else:
            queue_priority = self.queue_priority

        errors: list[str] | None | Unset
        if isinstance(self.errors, Unset):
            errors = UNSET
        elif isinstance(self.errors, list):
            errors = self.errors

        else:
            errors = self.errors

        created_at: None | str | Unset
        if isinstance(self.created_at, Unset):
            created_at = UNSET
        else:
            created_at = self.created_at

        updated_at: None | str | Unset
        if isinstance(self.updated_at, Unset):
            updated_at = UNSET
        else:
            updated_at = self.updated_at

        start_timestamp: None | str | Unset
        if isinstance(self.start_timestamp, Unset):
            start_timestamp = UNSET
        else:
            start_timestamp = self.start_timestamp

        end_timestamp: None | str | Unset
        if isinstance(self.end_timestamp, Unset):
            end_timestamp = UNSET
        else:
            end_timestamp = self.end_timestamp

        result: dict[str, Any] | None | Unset
        if isinstance(self.result, Unset):
            result = UNSET
        elif isinstance(self.result, WorkloadResult):
            result = self.result.to_dict()
        else:
            result = self.result

        result_link: None | str | Unset
        if isinstance(self.result_link, Unset):
            result_link = UNSET
        else:
            result_link = self.result_link

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
            }
        )
        if project_id is not UNSET:
            field_dict["project_id"] = project_id
        if user_id is not UNSET:
            field_dict["user_id"] = user_id
        if workload_type is not UNSET:
            field_dict["workload_type"] = workload_type
        if backend is not UNSET:
            field_dict["backend"] = backend
        if config is not UNSET:
            field_dict["config"] = config
        if status is not UNSET:
            field_dict["status"] = status
        if queue_priority is not UNSET:
            field_dict["queue_priority"] = queue_priority
        if errors is not UNSET:
            field_dict["errors"] = errors
        if created_at is not UNSET:
            field_dict["created_at"] = created_at
        if updated_at is not UNSET:
            field_dict["updated_at"] = updated_at
        if start_timestamp is not UNSET:
            field_dict["start_timestamp"] = start_timestamp
        if end_timestamp is not UNSET:
            field_dict["end_timestamp"] = end_timestamp
        if result is not UNSET:
            field_dict["result"] = result
        if result_link is not UNSET:
            field_dict["result_link"] = result_link

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.workload_config import WorkloadConfig  # noqa: PLC0415
        from ..models.workload_result import WorkloadResult  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        def _parse_project_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        project_id = _parse_project_id(d.pop("project_id", UNSET))

        def _parse_user_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        user_id = _parse_user_id(d.pop("user_id", UNSET))

        def _parse_workload_type(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        workload_type = _parse_workload_type(d.pop("workload_type", UNSET))

        def _parse_backend(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        backend = _parse_backend(d.pop("backend", UNSET))

        def _parse_config(data: object) -> None | Unset | WorkloadConfig:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                config_type_0 = WorkloadConfig.from_dict(data)

                return config_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | WorkloadConfig, data)

        config = _parse_config(d.pop("config", UNSET))

        def _parse_status(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        status = _parse_status(d.pop("status", UNSET))

        def _parse_queue_priority(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        queue_priority = _parse_queue_priority(d.pop("queue_priority", UNSET))

        def _parse_errors(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                errors_type_0 = cast(list[str], data)

                return errors_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        errors = _parse_errors(d.pop("errors", UNSET))

        def _parse_created_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        created_at = _parse_created_at(d.pop("created_at", UNSET))

        def _parse_updated_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        updated_at = _parse_updated_at(d.pop("updated_at", UNSET))

        def _parse_start_timestamp(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        start_timestamp = _parse_start_timestamp(d.pop("start_timestamp", UNSET))

        def _parse_end_timestamp(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        end_timestamp = _parse_end_timestamp(d.pop("end_timestamp", UNSET))

        def _parse_result(data: object) -> None | Unset | WorkloadResult:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                result_type_0 = WorkloadResult.from_dict(data)

                return result_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | WorkloadResult, data)

        result = _parse_result(d.pop("result", UNSET))

        def _parse_result_link(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        result_link = _parse_result_link(d.pop("result_link", UNSET))

        workload = cls(
            id=id,
            project_id=project_id,
            user_id=user_id,
            workload_type=workload_type,
            backend=backend,
            config=config,
            status=status,
            queue_priority=queue_priority,
            errors=errors,
            created_at=created_at,
            updated_at=updated_at,
            start_timestamp=start_timestamp,
            end_timestamp=end_timestamp,
            result=result,
            result_link=result_link,
        )

        workload.additional_properties = d
        return workload

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
