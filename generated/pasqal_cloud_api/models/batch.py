from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.batch_status import BatchStatus
from ..models.queue_priority import QueuePriority
from ..types import Additional, set_of


@_attrs_define
class Batch(Additional[Any]):
    """A group of jobs that run on one device. All operations on batches share this schema; a field that only some
    answers have
    says which."""

    id: str
    """ The batch's id, a UUID. """

    status: BatchStatus | str
    """ The status of a batch. `PENDING`: in the queue. `RUNNING`: on the device. `CANCELING`: about to be
    `CANCELED`. `DONE`: all
    jobs have ended, failed ones included. `TIMED_OUT`: open for too long without new jobs. `DONE`, `CANCELED`,
    `TIMED_OUT`
    and `ERROR` are final.
     """

    open_: bool
    """ Whether the batch takes more jobs. """

    device_type: str
    """ The device type, usually a `DeviceTypeName`. """

    project_id: str
    """ The id of the project that pays, a UUID. """

    user_id: str
    """ The id of the user who created the batch, as the identity provider knows it. """

    created_at: str
    """ When the batch was created, in ISO 8601. """

    updated_at: str
    """ When the batch last changed, in ISO 8601. """

    parent_id: str | None = None
    """ The id of the batch whose jobs this one repeats, if `rebatch` made it. """

    complete: bool | None = None
    """ The opposite of `open`, which replaces it. """

    start_datetime: str | None = None
    """ When the batch started on its device, in ISO 8601; null before. Some answers do not have it. """

    end_datetime: str | None = None
    """ When the batch ended, in ISO 8601; null before. Some answers do not have it. """

    sequence_builder: str | None = None
    """ The serialized sequence that the jobs share; null when each has its own. Not in the answer of `listBatches`.
    """

    jobs: list[Job] | None = None
    """ The jobs, without sequence or result. In the answers of `createBatch`, `closeBatch`, `cancelBatch`,
    `rebatch`, `addJobs`, `setBatchTags` and `createOvhBatch` only. """

    job_ids: list[str] | None = None
    """ The ids of the jobs. In the answer of `getBatch`, perhaps in those of `listBatches` and `cancelBatches`. """

    jobs_count: int | None = None
    """ The number of jobs. """

    jobs_count_per_status: JobsCountPerStatus | None = None
    """ The number of jobs in each status. """

    tags: list[str] | None = None
    """ The labels of the batch, each once. """

    queue_priority: QueuePriority | str | None = None
    """ The batch's priority in the queue. """

    backend_configuration: str | None = None
    """ The emulator's configuration, serialized by Pulser, if one was given. """

    configuration: BatchConfiguration | None = None
    """ The emulator's configuration in the old form, if one was given. """

    priority: int | None = None
    """ Unused. """

    webhook: str | None = None
    """ The URL that was given when the batch was created. """

    device_status: str | None = None
    """ The status of the device. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)
    null_fields: frozenset[str] = _attrs_field(init=False, default=frozenset(), repr=False)
    """ The fields that the answer gave as null; those that it left out read as None, too. """

    def to_dict(self) -> dict[str, Any]:
        """Writes the object as JSON has it."""
        found: dict[str, Any] = dict(self.additional_properties)
        if self.id is not None or "id" in self.null_fields:
            found["id"] = self.id
        if self.status is not None or "status" in self.null_fields:
            found["status"] = self.status
        if self.open_ is not None or "open" in self.null_fields:
            found["open"] = self.open_
        if self.device_type is not None or "device_type" in self.null_fields:
            found["device_type"] = self.device_type
        if self.project_id is not None or "project_id" in self.null_fields:
            found["project_id"] = self.project_id
        if self.user_id is not None or "user_id" in self.null_fields:
            found["user_id"] = self.user_id
        if self.created_at is not None or "created_at" in self.null_fields:
            found["created_at"] = self.created_at
        if self.updated_at is not None or "updated_at" in self.null_fields:
            found["updated_at"] = self.updated_at
        if self.parent_id is not None or "parent_id" in self.null_fields:
            found["parent_id"] = self.parent_id
        if self.complete is not None or "complete" in self.null_fields:
            found["complete"] = self.complete
        if self.start_datetime is not None or "start_datetime" in self.null_fields:
            found["start_datetime"] = self.start_datetime
        if self.end_datetime is not None or "end_datetime" in self.null_fields:
            found["end_datetime"] = self.end_datetime
        if self.sequence_builder is not None or "sequence_builder" in self.null_fields:
            found["sequence_builder"] = self.sequence_builder
        if self.jobs is not None or "jobs" in self.null_fields:
            found["jobs"] = [item.to_dict() for item in self.jobs] if isinstance(self.jobs, list) else self.jobs
        if self.job_ids is not None or "job_ids" in self.null_fields:
            found["job_ids"] = self.job_ids
        if self.jobs_count is not None or "jobs_count" in self.null_fields:
            found["jobs_count"] = self.jobs_count
        if self.jobs_count_per_status is not None or "jobs_count_per_status" in self.null_fields:
            found["jobs_count_per_status"] = (
                self.jobs_count_per_status.to_dict()
                if isinstance(self.jobs_count_per_status, JobsCountPerStatus)
                else self.jobs_count_per_status
            )
        if self.tags is not None or "tags" in self.null_fields:
            found["tags"] = self.tags
        if self.queue_priority is not None or "queue_priority" in self.null_fields:
            found["queue_priority"] = self.queue_priority
        if self.backend_configuration is not None or "backend_configuration" in self.null_fields:
            found["backend_configuration"] = self.backend_configuration
        if self.configuration is not None or "configuration" in self.null_fields:
            found["configuration"] = (
                self.configuration.to_dict()
                if isinstance(self.configuration, BatchConfiguration)
                else self.configuration
            )
        if self.priority is not None or "priority" in self.null_fields:
            found["priority"] = self.priority
        if self.webhook is not None or "webhook" in self.null_fields:
            found["webhook"] = self.webhook
        if self.device_status is not None or "device_status" in self.null_fields:
            found["device_status"] = self.device_status
        return found

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Reads the object; what is missing does not matter, and what the specification does not name is kept."""
        d: dict[str, Any] = dict(src_dict)
        take = d.pop
        jobs = take("jobs", None)
        jobs_count_per_status = take("jobs_count_per_status", None)
        configuration = take("configuration", None)
        read = cls(
            take("id", None),
            take("status", None),
            take("open", None),
            take("device_type", None),
            take("project_id", None),
            take("user_id", None),
            take("created_at", None),
            take("updated_at", None),
            take("parent_id", None),
            take("complete", None),
            take("start_datetime", None),
            take("end_datetime", None),
            take("sequence_builder", None),
            [Job.from_dict(item) for item in jobs] if isinstance(jobs, list) else jobs,
            take("job_ids", None),
            take("jobs_count", None),
            JobsCountPerStatus.from_dict(jobs_count_per_status)
            if isinstance(jobs_count_per_status, dict)
            else jobs_count_per_status,
            take("tags", None),
            take("queue_priority", None),
            take("backend_configuration", None),
            BatchConfiguration.from_dict(configuration) if isinstance(configuration, dict) else configuration,
            take("priority", None),
            take("webhook", None),
            take("device_status", None),
        )
        if d:  # else it keeps the empty one that it has: this one is as large as all fields
            read.additional_properties = d
        nulls = [name for name, value in src_dict.items() if value is None]
        if nulls:
            read.null_fields = set_of(tuple(nulls))
        return read


from ..models.batch_configuration import BatchConfiguration
from ..models.job import Job
from ..models.jobs_count_per_status import JobsCountPerStatus
