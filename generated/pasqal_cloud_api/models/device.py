from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.device_availability import DeviceAvailability
from ..models.device_status import DeviceStatus
from ..types import Additional, set_of


@_attrs_define
class Device(Additional[Any]):
    """A processor or an emulator."""

    device_type: str
    """ The device type, usually a `DeviceTypeName`; give it when you create a batch. """

    id: str
    """ The device's id, a UUID. """

    status: DeviceStatus | str
    """ Whether the device works. """

    name: str | None = None
    """ The same as `device_type`, which replaces it. """

    availability: DeviceAvailability | str | None = None
    """ Whether the device accepts batches. """

    active: bool | None = None
    """ Whether the device accepts batches; `availability` replaces it. """

    description: str | None = None
    """ A text about the device. """

    is_emulator: bool | None = None
    """ Whether the device is an emulator. """

    average_queue_time: int | None = None
    """ How long batches waited in the last hour, in seconds. """

    max_atom_num: int | None = None
    """ The largest number of atoms. """

    channels: list[str] | None = None
    """ The channels, such as `rydberg_global`. """

    allowed_result_types: list[str] | None = None
    """ The kinds of result that the device can give. """

    default_result_types: list[str] | None = None
    """ The kinds of result that the device gives by default. """

    bill_usage: bool | None = None
    """ Whether the use of the device is billed. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)
    null_fields: frozenset[str] = _attrs_field(init=False, default=frozenset(), repr=False)
    """ The fields that the answer gave as null; those that it left out read as None, too. """

    def to_dict(self) -> dict[str, Any]:
        """Writes the object as JSON has it."""
        found: dict[str, Any] = dict(self.additional_properties)
        if self.device_type is not None or "device_type" in self.null_fields:
            found["device_type"] = self.device_type
        if self.id is not None or "id" in self.null_fields:
            found["id"] = self.id
        if self.status is not None or "status" in self.null_fields:
            found["status"] = self.status
        if self.name is not None or "name" in self.null_fields:
            found["name"] = self.name
        if self.availability is not None or "availability" in self.null_fields:
            found["availability"] = self.availability
        if self.active is not None or "active" in self.null_fields:
            found["active"] = self.active
        if self.description is not None or "description" in self.null_fields:
            found["description"] = self.description
        if self.is_emulator is not None or "is_emulator" in self.null_fields:
            found["is_emulator"] = self.is_emulator
        if self.average_queue_time is not None or "average_queue_time" in self.null_fields:
            found["average_queue_time"] = self.average_queue_time
        if self.max_atom_num is not None or "max_atom_num" in self.null_fields:
            found["max_atom_num"] = self.max_atom_num
        if self.channels is not None or "channels" in self.null_fields:
            found["channels"] = self.channels
        if self.allowed_result_types is not None or "allowed_result_types" in self.null_fields:
            found["allowed_result_types"] = self.allowed_result_types
        if self.default_result_types is not None or "default_result_types" in self.null_fields:
            found["default_result_types"] = self.default_result_types
        if self.bill_usage is not None or "bill_usage" in self.null_fields:
            found["bill_usage"] = self.bill_usage
        return found

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Reads the object; what is missing does not matter, and what the specification does not name is kept."""
        d: dict[str, Any] = dict(src_dict)
        take = d.pop
        read = cls(
            take("device_type", None),
            take("id", None),
            take("status", None),
            take("name", None),
            take("availability", None),
            take("active", None),
            take("description", None),
            take("is_emulator", None),
            take("average_queue_time", None),
            take("max_atom_num", None),
            take("channels", None),
            take("allowed_result_types", None),
            take("default_result_types", None),
            take("bill_usage", None),
        )
        if d:  # else it keeps the empty one that it has: this one is as large as all fields
            read.additional_properties = d
        nulls = [name for name, value in src_dict.items() if value is None]
        if nulls:
            read.null_fields = set_of(tuple(nulls))
        return read
