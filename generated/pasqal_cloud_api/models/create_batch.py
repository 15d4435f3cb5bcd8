from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.batch_configuration import BatchConfiguration
    from ..models.create_job import CreateJob


T = TypeVar("T", bound="CreateBatch")


@_attrs_define
class CreateBatch:
    """The body of `createBatch`."""

    project_id: UUID
    """ The project that pays; the caller must be one of its members. """
    sequence_builder: None | str | Unset = UNSET
    """ A serialized Pulser sequence (abstract representation, JSON in a string) that the jobs share, parametrized
    or not. Without it, each job needs its own. """
    device_type: None | str | Unset = UNSET
    """ The device type to run on; that of the sequence when absent or null. """
    jobs: list[CreateJob] | Unset = UNSET
    """ The jobs, in the order they run. At least one, unless the batch is open. """
    open_: bool | Unset = UNSET
    """ Whether the batch takes more jobs later; false when absent. """
    tags: list[str] | Unset = UNSET
    """ Labels, by which the batch can be found. """
    backend_configuration: None | str | Unset = UNSET
    """ A serialized Pulser emulation configuration, for emulators. """
    configuration: BatchConfiguration | None | Unset = UNSET
    """ An emulator's configuration in the old form, which `backend_configuration` replaces. """
    complete: bool | Unset = UNSET
    """ The opposite of `open`, which replaces it. Never give both. """
    emulator: None | str | Unset = UNSET
    """ An old name of `device_type`. Never give both. """
    priority: float | None | Unset = UNSET
    """ Unused; the priority depends on the project. """
    webhook: None | str | Unset = UNSET
    """ A URL to which the service posts the end of each job, as in the callback `jobEnded`. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.batch_configuration import BatchConfiguration  # noqa: PLC0415

        project_id = str(self.project_id)

        sequence_builder: None | str | Unset
        if isinstance(self.sequence_builder, Unset):
            sequence_builder = UNSET
        else:
            sequence_builder = self.sequence_builder

        device_type: None | str | Unset
        if isinstance(self.device_type, Unset):
            device_type = UNSET
        else:
            device_type = self.device_type

        jobs: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.jobs, Unset):
            jobs = []
            for jobs_item_data in self.jobs:
                jobs_item = jobs_item_data.to_dict()
                jobs.append(jobs_item)

        open_ = self.open_

        tags: list[str] | Unset = UNSET
        if not isinstance(self.tags, Unset):
            tags = self.tags

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

        complete = self.complete

        emulator: None | str | Unset
        if isinstance(self.emulator, Unset):
            emulator = UNSET
        else:
            emulator = self.emulator

        priority: float | None | Unset
        if isinstance(self.priority, Unset):
            priority = UNSET
        else:
            priority = self.priority

        webhook: None | str | Unset
        if isinstance(self.webhook, Unset):
            webhook = UNSET
        else:
            webhook = self.webhook

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "project_id": project_id,
            }
        )
        if sequence_builder is not UNSET:
            field_dict["sequence_builder"] = sequence_builder
        if device_type is not UNSET:
            field_dict["device_type"] = device_type
        if jobs is not UNSET:
            field_dict["jobs"] = jobs
        if open_ is not UNSET:
            field_dict["open"] = open_
        if tags is not UNSET:
            field_dict["tags"] = tags
        if backend_configuration is not UNSET:
            field_dict["backend_configuration"] = backend_configuration
        if configuration is not UNSET:
            field_dict["configuration"] = configuration
        if complete is not UNSET:
            field_dict["complete"] = complete
        if emulator is not UNSET:
            field_dict["emulator"] = emulator
        if priority is not UNSET:
            field_dict["priority"] = priority
        if webhook is not UNSET:
            field_dict["webhook"] = webhook

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.batch_configuration import BatchConfiguration  # noqa: PLC0415
        from ..models.create_job import CreateJob  # noqa: PLC0415

        d = dict(src_dict)
        project_id = UUID(d.pop("project_id"))

        def _parse_sequence_builder(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        sequence_builder = _parse_sequence_builder(d.pop("sequence_builder", UNSET))

        def _parse_device_type(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        device_type = _parse_device_type(d.pop("device_type", UNSET))

        _jobs = d.pop("jobs", UNSET)
        jobs: list[CreateJob] | Unset = UNSET
        if _jobs is not UNSET:
            jobs = []
            for jobs_item_data in _jobs:
                jobs_item = CreateJob.from_dict(jobs_item_data)

                jobs.append(jobs_item)

        open_ = d.pop("open", UNSET)

        tags = cast(list[str], d.pop("tags", UNSET))

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

        complete = d.pop("complete", UNSET)

        def _parse_emulator(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        emulator = _parse_emulator(d.pop("emulator", UNSET))

        def _parse_priority(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        priority = _parse_priority(d.pop("priority", UNSET))

        def _parse_webhook(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        webhook = _parse_webhook(d.pop("webhook", UNSET))

        create_batch = cls(
            project_id=project_id,
            sequence_builder=sequence_builder,
            device_type=device_type,
            jobs=jobs,
            open_=open_,
            tags=tags,
            backend_configuration=backend_configuration,
            configuration=configuration,
            complete=complete,
            emulator=emulator,
            priority=priority,
            webhook=webhook,
        )

        create_batch.additional_properties = d
        return create_batch

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
