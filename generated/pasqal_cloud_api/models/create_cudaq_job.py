from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.device_type_name import DeviceTypeName
from ..types import UNSET, Additional, Unset


@_attrs_define
class CreateCudaqJob(Additional[Any]):
    """The body of `createCudaqJob`."""

    machine: DeviceTypeName | str
    """ A device type, current or legacy. """

    shots: int
    """ The number of shots. """

    project_id: UUID
    """ The project that pays; the caller must be one of its members. """

    sequence: CudaqProgram
    """ An analog Hamiltonian of CUDA-Q, under `setup` and `hamiltonian`. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Writes the object as JSON has it."""
        found: dict[str, Any] = dict(self.additional_properties)
        if not isinstance(self.machine, Unset):
            found["machine"] = self.machine
        if not isinstance(self.shots, Unset):
            found["shots"] = self.shots
        if not isinstance(self.project_id, Unset):
            found["project_id"] = str(self.project_id) if self.project_id is not None else None
        if not isinstance(self.sequence, Unset):
            found["sequence"] = self.sequence.to_dict() if self.sequence is not None else None
        return found

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Reads the object; what is missing does not matter, and what the specification does not name is kept."""
        d: dict[str, Any] = dict(src_dict)
        take = d.pop
        if d.get("project_id") is not None:
            d["project_id"] = UUID(d["project_id"])
        if d.get("sequence") is not None:
            d["sequence"] = CudaqProgram.from_dict(d["sequence"])
        read = cls(
            take("machine", UNSET),
            take("shots", UNSET),
            take("project_id", UNSET),
            take("sequence", UNSET),
        )
        if d:  # else it keeps the empty one that it has: this one is as large as all fields
            read.additional_properties = d
        return read


from ..models.cudaq_program import CudaqProgram
