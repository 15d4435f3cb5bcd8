from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.workload_config import WorkloadConfig


T = TypeVar("T", bound="CreateWorkload")


@_attrs_define
class CreateWorkload:
    """The body of `createWorkload`."""

    project_id: UUID
    """ The project that pays; the caller must be one of its members. """
    workload_type: str
    """ An algorithm. """
    backend: str
    """ The software that a workload runs on. """
    config: WorkloadConfig
    """ The configuration of an algorithm. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        project_id = str(self.project_id)

        workload_type = self.workload_type

        backend = self.backend

        config = self.config.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "project_id": project_id,
                "workload_type": workload_type,
                "backend": backend,
                "config": config,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.workload_config import WorkloadConfig  # noqa: PLC0415

        d = dict(src_dict)
        project_id = UUID(d.pop("project_id"))

        workload_type = d.pop("workload_type")

        backend = d.pop("backend")

        config = WorkloadConfig.from_dict(d.pop("config"))

        create_workload = cls(
            project_id=project_id,
            workload_type=workload_type,
            backend=backend,
            config=config,
        )

        create_workload.additional_properties = d
        return create_workload

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
