from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Device")


@_attrs_define
class Device:
    """A processor or an emulator."""

    device_type: str
    """ The device type, usually a `DeviceTypeName`; give it when you create a batch. """
    id: str
    """ The device's id, a UUID. """
    status: str
    """ Whether a device works. """
    name: None | str | Unset = UNSET
    """ The same as `device_type`, which replaces it. """
    availability: None | str | Unset = UNSET
    """ Whether the device accepts batches. """
    active: bool | None | Unset = UNSET
    """ Whether the device accepts batches; `availability` replaces it. """
    description: None | str | Unset = UNSET
    """ A text about the device. """
    is_emulator: bool | None | Unset = UNSET
    """ Whether the device is an emulator. """
    average_queue_time: int | None | Unset = UNSET
    """ How long batches waited in the last hour, in seconds. """
    max_atom_num: int | None | Unset = UNSET
    """ The largest number of atoms. """
    channels: list[str] | None | Unset = UNSET
    """ The channels, such as `rydberg_global`. """
    allowed_result_types: list[str] | None | Unset = UNSET
    """ The kinds of result that the device can give. """
    default_result_types: list[str] | None | Unset = UNSET
    """ The kinds of result that the device gives by default. """
    bill_usage: bool | None | Unset = UNSET
    """ Whether the use of the device is billed. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        device_type = self.device_type

        id = self.id

        status = self.status

        name: None | str | Unset
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        availability: None | str | Unset
        if isinstance(self.availability, Unset):
            availability = UNSET
        else:
            availability = self.availability

        active: bool | None | Unset
        if isinstance(self.active, Unset):
            active = UNSET
        else:
            active = self.active

        description: None | str | Unset
        if isinstance(self.description, Unset):
            description = UNSET
        else:
            description = self.description

        is_emulator: bool | None | Unset
        if isinstance(self.is_emulator, Unset):
            is_emulator = UNSET
        else:
            is_emulator = self.is_emulator

        average_queue_time: int | None | Unset
        if isinstance(self.average_queue_time, Unset):
            average_queue_time = UNSET
        else:
            average_queue_time = self.average_queue_time

        max_atom_num: int | None | Unset
        if isinstance(self.max_atom_num, Unset):
            max_atom_num = UNSET
        else:
            max_atom_num = self.max_atom_num

        channels: list[str] | None | Unset
        if isinstance(self.channels, Unset):
            channels = UNSET
        elif isinstance(self.channels, list):
            channels = self.channels

        else:
            channels = self.channels

        allowed_result_types: list[str] | None | Unset
        if isinstance(self.allowed_result_types, Unset):
            allowed_result_types = UNSET
        elif isinstance(self.allowed_result_types, list):
            allowed_result_types = self.allowed_result_types

        else:
            allowed_result_types = self.allowed_result_types

        default_result_types: list[str] | None | Unset
        if isinstance(self.default_result_types, Unset):
            default_result_types = UNSET
        elif isinstance(self.default_result_types, list):
            default_result_types = self.default_result_types

        else:
            default_result_types = self.default_result_types

        bill_usage: bool | None | Unset
        if isinstance(self.bill_usage, Unset):
            bill_usage = UNSET
        else:
            bill_usage = self.bill_usage

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "device_type": device_type,
                "id": id,
                "status": status,
            }
        )
        if name is not UNSET:
            field_dict["name"] = name
        if availability is not UNSET:
            field_dict["availability"] = availability
        if active is not UNSET:
            field_dict["active"] = active
        if description is not UNSET:
            field_dict["description"] = description
        if is_emulator is not UNSET:
            field_dict["is_emulator"] = is_emulator
        if average_queue_time is not UNSET:
            field_dict["average_queue_time"] = average_queue_time
        if max_atom_num is not UNSET:
            field_dict["max_atom_num"] = max_atom_num
        if channels is not UNSET:
            field_dict["channels"] = channels
        if allowed_result_types is not UNSET:
            field_dict["allowed_result_types"] = allowed_result_types
        if default_result_types is not UNSET:
            field_dict["default_result_types"] = default_result_types
        if bill_usage is not UNSET:
            field_dict["bill_usage"] = bill_usage

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        device_type = d.pop("device_type")

        id = d.pop("id")

        status = d.pop("status")

        def _parse_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        name = _parse_name(d.pop("name", UNSET))

        def _parse_availability(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        availability = _parse_availability(d.pop("availability", UNSET))

        def _parse_active(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        active = _parse_active(d.pop("active", UNSET))

        def _parse_description(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        description = _parse_description(d.pop("description", UNSET))

        def _parse_is_emulator(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        is_emulator = _parse_is_emulator(d.pop("is_emulator", UNSET))

        def _parse_average_queue_time(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        average_queue_time = _parse_average_queue_time(d.pop("average_queue_time", UNSET))

        def _parse_max_atom_num(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_atom_num = _parse_max_atom_num(d.pop("max_atom_num", UNSET))

        def _parse_channels(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                channels_type_0 = cast(list[str], data)

                return channels_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        channels = _parse_channels(d.pop("channels", UNSET))

        def _parse_allowed_result_types(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                allowed_result_types_type_0 = cast(list[str], data)

                return allowed_result_types_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        allowed_result_types = _parse_allowed_result_types(d.pop("allowed_result_types", UNSET))

        def _parse_default_result_types(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                default_result_types_type_0 = cast(list[str], data)

                return default_result_types_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        default_result_types = _parse_default_result_types(d.pop("default_result_types", UNSET))

        def _parse_bill_usage(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        bill_usage = _parse_bill_usage(d.pop("bill_usage", UNSET))

        device = cls(
            device_type=device_type,
            id=id,
            status=status,
            name=name,
            availability=availability,
            active=active,
            description=description,
            is_emulator=is_emulator,
            average_queue_time=average_queue_time,
            max_atom_num=max_atom_num,
            channels=channels,
            allowed_result_types=allowed_result_types,
            default_result_types=default_result_types,
            bill_usage=bill_usage,
        )

        device.additional_properties = d
        return device

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
