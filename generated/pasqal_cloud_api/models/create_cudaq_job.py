from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.cudaq_program import CudaqProgram


T = TypeVar("T", bound="CreateCudaqJob")


@_attrs_define
class CreateCudaqJob:
    """The body of `createCudaqJob`."""

    machine: str
    """ A device type, current or legacy. """
    shots: int
    """ The number of shots. """
    project_id: UUID
    """ The project that pays; the caller must be one of its members. """
    sequence: CudaqProgram
    """ An analog Hamiltonian of CUDA-Q, under `setup` and `hamiltonian`. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        machine = self.machine

        shots = self.shots

        project_id = str(self.project_id)

        sequence = self.sequence.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "machine": machine,
                "shots": shots,
                "project_id": project_id,
                "sequence": sequence,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.cudaq_program import CudaqProgram  # noqa: PLC0415

        d = dict(src_dict)
        machine = d.pop("machine")

        shots = d.pop("shots")

        project_id = UUID(d.pop("project_id"))

        sequence = CudaqProgram.from_dict(d.pop("sequence"))

        create_cudaq_job = cls(
            machine=machine,
            shots=shots,
            project_id=project_id,
            sequence=sequence,
        )

        create_cudaq_job.additional_properties = d
        return create_cudaq_job

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
