from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.batch_configuration import BatchConfiguration
    from ..models.job import Job
    from ..models.jobs_count_per_status import JobsCountPerStatus


T = TypeVar("T", bound="Batch")


@_attrs_define
class Batch:
    """A group of jobs that run on one device. All operations on batches share this schema; a field that only some answers
    have
    says which.

    """

    id: str
    """ The batch's id, a UUID. """
    status: str
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
    parent_id: None | str | Unset = UNSET
    """ The id of the batch whose jobs this one repeats, if `rebatch` made it. """
    complete: bool | None | Unset = UNSET
    """ The opposite of `open`, which replaces it. """
    start_datetime: None | str | Unset = UNSET
    """ When the batch started on its device, in ISO 8601; null before. Some answers do not have it. """
    end_datetime: None | str | Unset = UNSET
    """ When the batch ended, in ISO 8601; null before. Some answers do not have it. """
    sequence_builder: None | str | Unset = UNSET
    """ The serialized sequence that the jobs share; null when each has its own. Not in the answer of `listBatches`.
    """
    jobs: list[Job] | None | Unset = UNSET
    """ The jobs, without sequence or result. In the answers of `createBatch`, `closeBatch`, `cancelBatch`,
    `rebatch`, `addJobs`, `setBatchTags` and `createOvhBatch` only. """
    job_ids: list[str] | None | Unset = UNSET
    """ The ids of the jobs. In the answer of `getBatch`, perhaps in those of `listBatches` and `cancelBatches`. """
    jobs_count: int | None | Unset = UNSET
    """ The number of jobs. """
    jobs_count_per_status: JobsCountPerStatus | None | Unset = UNSET
    """ The number of jobs in each status. """
    tags: list[str] | None | Unset = UNSET
    """ The labels of the batch, each once. """
    queue_priority: None | str | Unset = UNSET
    """ The batch's priority in the queue. """
    backend_configuration: None | str | Unset = UNSET
    """ The emulator's configuration, serialized by Pulser, if one was given. """
    configuration: BatchConfiguration | None | Unset = UNSET
    """ The emulator's configuration in the old form, if one was given. """
    priority: int | None | Unset = UNSET
    """ Unused. """
    webhook: None | str | Unset = UNSET
    """ The URL that was given when the batch was created. """
    device_status: None | str | Unset = UNSET
    """ The status of the device. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.batch_configuration import BatchConfiguration  # noqa: PLC0415
        from ..models.jobs_count_per_status import JobsCountPerStatus  # noqa: PLC0415

        id = self.id

        status = self.status

        open_ = self.open_

        device_type = self.device_type

        project_id = self.project_id

        user_id = self.user_id

        created_at = self.created_at

        updated_at = self.updated_at

        parent_id: None | str | Unset
        if isinstance(self.parent_id, Unset):
            parent_id = UNSET
        else:
            parent_id = self.parent_id

        complete: bool | None | Unset
        if isinstance(self.complete, Unset):
            complete = UNSET
        else:
            complete = self.complete

        start_datetime: None | str | Unset
        if isinstance(self.start_datetime, Unset):
            start_datetime = UNSET
        else:
            start_datetime = self.start_datetime

        end_datetime: None | str | Unset
        if isinstance(self.end_datetime, Unset):
            end_datetime = UNSET
        else:
            end_datetime = self.end_datetime

        sequence_builder: None | str | Unset
        if isinstance(self.sequence_builder, Unset):
            sequence_builder = UNSET
        else:
            sequence_builder = self.sequence_builder

        jobs: list[dict[str, Any]] | None | Unset
        if isinstance(self.jobs, Unset):
            jobs = UNSET
        elif isinstance(self.jobs, list):
            jobs = []
            for jobs_type_0_item_data in self.jobs:
                jobs_type_0_item = jobs_type_0_item_data.to_dict()
                jobs.append(jobs_type_0_item)

        else:
            jobs = self.jobs

        job_ids: list[str] | None | Unset
        if isinstance(self.job_ids, Unset):
            job_ids = UNSET
        elif isinstance(self.job_ids, list):
            job_ids = self.job_ids

        else:
            job_ids = self.job_ids

        jobs_count: int | None | Unset
        if isinstance(self.jobs_count, Unset):
            jobs_count = UNSET
        else:
            jobs_count = self.jobs_count

        jobs_count_per_status: dict[str, Any] | None | Unset
        if isinstance(self.jobs_count_per_status, Unset):
            jobs_count_per_status = UNSET
        elif isinstance(self.jobs_count_per_status, JobsCountPerStatus):
            jobs_count_per_status = self.jobs_count_per_status.to_dict()
        else:
            jobs_count_per_status = self.jobs_count_per_status

        tags: list[str] | None | Unset
        if isinstance(self.tags, Unset):
            tags = UNSET
        elif isinstance(self.tags, list):
            tags = self.tags

        else:
            tags = self.tags

        queue_priority: None | str | Unset
        if isinstance(self.queue_priority, Unset):
            queue_priority = UNSET
        else:
            queue_priority = self.queue_priority

        backend_configuration: None | str | Unset
        if isinstance(self.backend_configuration, Unset):
            backend_configuration = UNSET
        else:
            backend_configuration = self.backend_configuration

        configuration: dict[str, Any] | None | Unset
        if isinstance(self.configuration, Unset):
            configuration = UNSET
        elif isinstance(self.configuration, BatchConfiguration):
            configuration = self.configuration.to_dict()
        else:
            configuration = self.configuration

        priority: int | None | Unset
        if isinstance(self.priority, Unset):
            priority = UNSET
        else:
            priority = self.priority

        webhook: None | str | Unset
        if isinstance(self.webhook, Unset):
            webhook = UNSET
        else:
            webhook = self.webhook

        device_status: None | str | Unset
        if isinstance(self.device_status, Unset):
            device_status = UNSET
        else:
            device_status = self.device_status

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "status": status,
                "open": open_,
                "device_type": device_type,
                "project_id": project_id,
                "user_id": user_id,
                "created_at": created_at,
                "updated_at": updated_at,
            }
        )
        if parent_id is not UNSET:
            field_dict["parent_id"] = parent_id
        if complete is not UNSET:
            field_dict["complete"] = complete
        if start_datetime is not UNSET:
            field_dict["start_datetime"] = start_datetime
        if end_datetime is not UNSET:
            field_dict["end_datetime"] = end_datetime
        if sequence_builder is not UNSET:
            field_dict["sequence_builder"] = sequence_builder
        if jobs is not UNSET:
            field_dict["jobs"] = jobs
        if job_ids is not UNSET:
            field_dict["job_ids"] = job_ids
        if jobs_count is not UNSET:
            field_dict["jobs_count"] = jobs_count
        if jobs_count_per_status is not UNSET:
            field_dict["jobs_count_per_status"] = jobs_count_per_status
        if tags is not UNSET:
            field_dict["tags"] = tags
        if queue_priority is not UNSET:
            field_dict["queue_priority"] = queue_priority
        if backend_configuration is not UNSET:
            field_dict["backend_configuration"] = backend_configuration
        if configuration is not UNSET:
            field_dict["configuration"] = configuration
        if priority is not UNSET:
            field_dict["priority"] = priority
        if webhook is not UNSET:
            field_dict["webhook"] = webhook
        if device_status is not UNSET:
            field_dict["device_status"] = device_status

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.batch_configuration import BatchConfiguration  # noqa: PLC0415
        from ..models.job import Job  # noqa: PLC0415
        from ..models.jobs_count_per_status import JobsCountPerStatus  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        status = d.pop("status")

        open_ = d.pop("open")

        device_type = d.pop("device_type")

        project_id = d.pop("project_id")

        user_id = d.pop("user_id")

        created_at = d.pop("created_at")

        updated_at = d.pop("updated_at")

        def _parse_parent_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        parent_id = _parse_parent_id(d.pop("parent_id", UNSET))

        def _parse_complete(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        complete = _parse_complete(d.pop("complete", UNSET))

        def _parse_start_datetime(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        start_datetime = _parse_start_datetime(d.pop("start_datetime", UNSET))

        def _parse_end_datetime(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        end_datetime = _parse_end_datetime(d.pop("end_datetime", UNSET))

        def _parse_sequence_builder(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        sequence_builder = _parse_sequence_builder(d.pop("sequence_builder", UNSET))

        def _parse_jobs(data: object) -> list[Job] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                jobs_type_0 = []
                _jobs_type_0 = data
                for jobs_type_0_item_data in _jobs_type_0:
                    jobs_type_0_item = Job.from_dict(jobs_type_0_item_data)

                    jobs_type_0.append(jobs_type_0_item)

                return jobs_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[Job] | None | Unset, data)

        jobs = _parse_jobs(d.pop("jobs", UNSET))

        def _parse_job_ids(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                job_ids_type_0 = cast(list[str], data)

                return job_ids_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        job_ids = _parse_job_ids(d.pop("job_ids", UNSET))

        def _parse_jobs_count(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        jobs_count = _parse_jobs_count(d.pop("jobs_count", UNSET))

        def _parse_jobs_count_per_status(data: object) -> JobsCountPerStatus | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                jobs_count_per_status_type_0 = JobsCountPerStatus.from_dict(data)

                return jobs_count_per_status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(JobsCountPerStatus | None | Unset, data)

        jobs_count_per_status = _parse_jobs_count_per_status(d.pop("jobs_count_per_status", UNSET))

        def _parse_tags(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                tags_type_0 = cast(list[str], data)

                return tags_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        tags = _parse_tags(d.pop("tags", UNSET))

        def _parse_queue_priority(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        queue_priority = _parse_queue_priority(d.pop("queue_priority", UNSET))

        def _parse_backend_configuration(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        backend_configuration = _parse_backend_configuration(d.pop("backend_configuration", UNSET))

        def _parse_configuration(data: object) -> BatchConfiguration | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                configuration_type_0 = BatchConfiguration.from_dict(data)

                return configuration_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(BatchConfiguration | None | Unset, data)

        configuration = _parse_configuration(d.pop("configuration", UNSET))

        def _parse_priority(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        priority = _parse_priority(d.pop("priority", UNSET))

        def _parse_webhook(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        webhook = _parse_webhook(d.pop("webhook", UNSET))

        def _parse_device_status(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        device_status = _parse_device_status(d.pop("device_status", UNSET))

        batch = cls(
            id=id,
            status=status,
            open_=open_,
            device_type=device_type,
            project_id=project_id,
            user_id=user_id,
            created_at=created_at,
            updated_at=updated_at,
            parent_id=parent_id,
            complete=complete,
            start_datetime=start_datetime,
            end_datetime=end_datetime,
            sequence_builder=sequence_builder,
            jobs=jobs,
            job_ids=job_ids,
            jobs_count=jobs_count,
            jobs_count_per_status=jobs_count_per_status,
            tags=tags,
            queue_priority=queue_priority,
            backend_configuration=backend_configuration,
            configuration=configuration,
            priority=priority,
            webhook=webhook,
            device_status=device_status,
        )

        batch.additional_properties = d
        return batch

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
