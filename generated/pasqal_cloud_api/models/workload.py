from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.job_status import JobStatus
from ..models.queue_priority import QueuePriority
from ..types import Additional, set_of


@_attrs_define
class Workload(Additional[Any]):
    """An algorithm that the service runs. All operations on workloads share this schema; the items of a list may have
    fewer
    fields."""

    id: str
    """ The workload's id, a UUID. """

    project_id: str | None = None
    """ The id of the project that pays, a UUID. """

    user_id: str | None = None
    """ The id of the user who created the workload. """

    workload_type: str | None = None
    """ The algorithm, usually a `WorkloadType`. """

    backend: str | None = None
    """ The software that the workload runs on, usually a `WorkloadBackend`. """

    config: WorkloadConfig | None = None
    """ The algorithm's configuration. """

    status: JobStatus | str | None = None
    """ The status of the workload, one of those of a job. """

    queue_priority: QueuePriority | str | None = None
    """ The workload's priority in the queue. """

    errors: list[str] | None = None
    """ What went wrong; empty or null if nothing did. """

    created_at: str | None = None
    """ When the workload was created, in ISO 8601. """

    updated_at: str | None = None
    """ When the workload last changed, in ISO 8601. """

    start_timestamp: str | None = None
    """ When the workload started, in ISO 8601; null before. """

    end_timestamp: str | None = None
    """ When the workload ended, in ISO 8601; null before. """

    result: WorkloadResult | None = None
    """ The result itself; null before the end. In the answers of `createWorkload` and `cancelWorkload`. """

    result_link: str | None = None
    """ A temporary link to the result; null before the end. In the answer of `getWorkload`. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)
    null_fields: frozenset[str] = _attrs_field(init=False, default=frozenset(), repr=False)
    """ The fields that the answer gave as null; those that it left out read as None, too. """

    def to_dict(self) -> dict[str, Any]:
        """Writes the object as JSON has it."""
        found: dict[str, Any] = dict(self.additional_properties)
        if self.id is not None or "id" in self.null_fields:
            found["id"] = self.id
        if self.project_id is not None or "project_id" in self.null_fields:
            found["project_id"] = self.project_id
        if self.user_id is not None or "user_id" in self.null_fields:
            found["user_id"] = self.user_id
        if self.workload_type is not None or "workload_type" in self.null_fields:
            found["workload_type"] = self.workload_type
        if self.backend is not None or "backend" in self.null_fields:
            found["backend"] = self.backend
        if self.config is not None or "config" in self.null_fields:
            found["config"] = self.config.to_dict() if isinstance(self.config, WorkloadConfig) else self.config
        if self.status is not None or "status" in self.null_fields:
            found["status"] = self.status
        if self.queue_priority is not None or "queue_priority" in self.null_fields:
            found["queue_priority"] = self.queue_priority
        if self.errors is not None or "errors" in self.null_fields:
            found["errors"] = self.errors
        if self.created_at is not None or "created_at" in self.null_fields:
            found["created_at"] = self.created_at
        if self.updated_at is not None or "updated_at" in self.null_fields:
            found["updated_at"] = self.updated_at
        if self.start_timestamp is not None or "start_timestamp" in self.null_fields:
            found["start_timestamp"] = self.start_timestamp
        if self.end_timestamp is not None or "end_timestamp" in self.null_fields:
            found["end_timestamp"] = self.end_timestamp
        if self.result is not None or "result" in self.null_fields:
            found["result"] = self.result.to_dict() if isinstance(self.result, WorkloadResult) else self.result
        if self.result_link is not None or "result_link" in self.null_fields:
            found["result_link"] = self.result_link
        return found

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Reads the object; what is missing does not matter, and what the specification does not name is kept."""
        d: dict[str, Any] = dict(src_dict)
        take = d.pop
        config = take("config", None)
        result = take("result", None)
        read = cls(
            take("id", None),
            take("project_id", None),
            take("user_id", None),
            take("workload_type", None),
            take("backend", None),
            WorkloadConfig.from_dict(config) if isinstance(config, dict) else config,
            take("status", None),
            take("queue_priority", None),
            take("errors", None),
            take("created_at", None),
            take("updated_at", None),
            take("start_timestamp", None),
            take("end_timestamp", None),
            WorkloadResult.from_dict(result) if isinstance(result, dict) else result,
            take("result_link", None),
        )
        if d:  # else it keeps the empty one that it has: this one is as large as all fields
            read.additional_properties = d
        nulls = [name for name, value in src_dict.items() if value is None]
        if nulls:
            read.null_fields = set_of(tuple(nulls))
        return read


from ..models.workload_config import WorkloadConfig
from ..models.workload_result import WorkloadResult
