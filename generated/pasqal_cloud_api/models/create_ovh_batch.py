from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.device_type_name import DeviceTypeName
from ..types import UNSET, Additional, Unset


@_attrs_define
class CreateOvhBatch(Additional[Any]):
    """The body of `createOvhBatch`."""

    project_id: str
    """ The empty string; the project that pays depends on the token. """

    sequence_builder: None | str | Unset = UNSET
    """ A serialized Pulser sequence (abstract representation, JSON in a string) that the jobs share, parametrized
    or not. Without it, each job needs its own. """

    device_type: DeviceTypeName | None | str | Unset = UNSET
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

    emulator: DeviceTypeName | None | str | Unset = UNSET
    """ An old name of `device_type`. Never give both. """

    priority: float | None | Unset = UNSET
    """ Unused; the priority depends on the project. """

    webhook: None | str | Unset = UNSET
    """ A URL to which the service posts the end of each job, as in the callback `jobEnded`. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Writes the object as JSON has it."""
        found: dict[str, Any] = dict(self.additional_properties)
        if not isinstance(self.project_id, Unset):
            found["project_id"] = self.project_id
        if not isinstance(self.sequence_builder, Unset):
            found["sequence_builder"] = self.sequence_builder
        if not isinstance(self.device_type, Unset):
            found["device_type"] = self.device_type
        if not isinstance(self.jobs, Unset):
            found["jobs"] = [item.to_dict() for item in self.jobs] if self.jobs is not None else None
        if not isinstance(self.open_, Unset):
            found["open"] = self.open_
        if not isinstance(self.tags, Unset):
            found["tags"] = self.tags
        if not isinstance(self.backend_configuration, Unset):
            found["backend_configuration"] = self.backend_configuration
        if not isinstance(self.configuration, Unset):
            found["configuration"] = (
                self.configuration.to_dict()
                if isinstance(self.configuration, BatchConfiguration)
                else self.configuration
            )
        if not isinstance(self.complete, Unset):
            found["complete"] = self.complete
        if not isinstance(self.emulator, Unset):
            found["emulator"] = self.emulator
        if not isinstance(self.priority, Unset):
            found["priority"] = self.priority
        if not isinstance(self.webhook, Unset):
            found["webhook"] = self.webhook
        return found

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Reads the object; what is missing does not matter, and what the specification does not name is kept."""
        d: dict[str, Any] = dict(src_dict)
        take = d.pop
        if d.get("jobs") is not None:
            d["jobs"] = [CreateJob.from_dict(item) for item in d["jobs"]]
        configuration = take("configuration", UNSET)
        read = cls(
            take("project_id", UNSET),
            take("sequence_builder", UNSET),
            take("device_type", UNSET),
            take("jobs", UNSET),
            take("open", UNSET),
            take("tags", UNSET),
            take("backend_configuration", UNSET),
            BatchConfiguration.from_dict(configuration) if isinstance(configuration, dict) else configuration,
            take("complete", UNSET),
            take("emulator", UNSET),
            take("priority", UNSET),
            take("webhook", UNSET),
        )
        if d:  # else it keeps the empty one that it has: this one is as large as all fields
            read.additional_properties = d
        return read


from ..models.batch_configuration import BatchConfiguration
from ..models.create_job import CreateJob
