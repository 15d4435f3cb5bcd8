from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.workload_backend import WorkloadBackend
from ..models.workload_type import WorkloadType
from ..types import UNSET, Additional, Unset


@_attrs_define
class CreateWorkload(Additional[Any]):
    """The body of `createWorkload`."""

    project_id: UUID
    """ The project that pays; the caller must be one of its members. """

    workload_type: str | WorkloadType
    """ An algorithm. """

    backend: str | WorkloadBackend
    """ The software that a workload runs on. """

    config: WorkloadConfig
    """ The configuration of an algorithm. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Writes the object as JSON has it."""
        found: dict[str, Any] = dict(self.additional_properties)
        if not isinstance(self.project_id, Unset):
            found["project_id"] = str(self.project_id) if self.project_id is not None else None
        if not isinstance(self.workload_type, Unset):
            found["workload_type"] = self.workload_type
        if not isinstance(self.backend, Unset):
            found["backend"] = self.backend
        if not isinstance(self.config, Unset):
            found["config"] = self.config.to_dict() if self.config is not None else None
        return found

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Reads the object; what is missing does not matter, and what the specification does not name is kept."""
        d: dict[str, Any] = dict(src_dict)
        take = d.pop
        if d.get("project_id") is not None:
            d["project_id"] = UUID(d["project_id"])
        if d.get("config") is not None:
            d["config"] = WorkloadConfig.from_dict(d["config"])
        read = cls(
            take("project_id", UNSET),
            take("workload_type", UNSET),
            take("backend", UNSET),
            take("config", UNSET),
        )
        if d:  # else it keeps the empty one that it has: this one is as large as all fields
            read.additional_properties = d
        return read


from ..models.workload_config import WorkloadConfig
