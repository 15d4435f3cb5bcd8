"""The devices that batches can run on; without credentials, and for OVH's users, only the public ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from pasqal_cloud._arguments import of_type
from pasqal_cloud._conversation.snapshots import flag, needed, number, text, texts
from pasqal_cloud.device import DeviceTypeName
from pasqal_cloud.status import DeviceAvailability
from pasqal_cloud_api.api.devices import (
    list_device_specs,
    list_devices,
    list_public_device_specs,
    list_public_devices,
)

if TYPE_CHECKING:
    from pasqal_cloud._cards import Card
    from pasqal_cloud._conversation.flow import Flow
    from pasqal_cloud._conversation.session import Session
    from pasqal_cloud.filters import DeviceFilters
    from pasqal_cloud_api import models


@attrs.frozen(kw_only=True)
class Device:
    """A device.

    Attributes:
        device_type: The type of the device, for `create_batch`.
        availability: Whether the device accepts batches; an `ACTIVE` device queues them even while it is not `UP`.
        status: Whether the device operates: `UP`, or another status of the service.
        average_queue_time: The average time that batches waited in the last hour, in seconds.
        is_emulator: Whether the device is an emulator or a QPU.
        max_atom_num: The maximum number of atoms.
        channels: The names of the channels.
        description: The service's description of the device.
    """

    device_type: DeviceTypeName
    availability: DeviceAvailability | None = None
    status: str | None = None
    average_queue_time: int | None = None
    is_emulator: bool | None = None
    max_atom_num: int | None = None
    channels: tuple[str, ...] = ()
    description: str | None = None

    def _repr_html_(self) -> str:
        """Shows a card in a notebook."""
        from pasqal_cloud._display import device

        return device(self).html()

    def __rich__(self) -> Card:
        """Shows a card where rich prints it."""
        from pasqal_cloud._display import device

        return device(self)


class Devices(list[Device]):
    """A list of devices, which notebooks show as a table."""

    def _repr_html_(self) -> str:
        """Shows a table in a notebook."""
        from pasqal_cloud._display import devices

        return devices(self).html()

    def __rich__(self) -> Card:
        """Shows a table where rich prints it."""
        from pasqal_cloud._display import devices

        return devices(self)


def listing_devices(session: Session, filters: DeviceFilters | None) -> Flow[list[Device]]:
    """Fetches the devices that match."""
    from pasqal_cloud.filters import DeviceFilters

    query = of_type(filters, DeviceFilters, "filters").query() if filters is not None else {}
    if session.sees_public_only:
        answer = yield from session.with_options(signed=False).call(list_public_devices, **query)
    else:
        answer = yield from session.call(list_devices, **query)
    return Devices(_device(snapshot) for snapshot in answer.data)


def fetching_specs(session: Session) -> Flow[dict[str, str]]:
    """Fetches the specifications of the devices by their types."""
    if session.sees_public_only:
        public = yield from session.with_options(signed=False).call(list_public_device_specs)
        return {needed(device, "device_type"): needed(device, "specs") for device in public.data}
    answer = yield from session.call(list_device_specs)
    return dict(answer.data.additional_properties)


def _device(snapshot: models.Device) -> Device:
    availability = text(snapshot, "availability")
    return Device(
        device_type=DeviceTypeName(needed(snapshot, "device_type")),
        availability=DeviceAvailability(availability) if availability else None,
        status=text(snapshot, "status"),
        average_queue_time=number(snapshot, "average_queue_time"),
        is_emulator=flag(snapshot, "is_emulator"),
        max_atom_num=number(snapshot, "max_atom_num"),
        channels=tuple(texts(snapshot, "channels")),
        description=text(snapshot, "description"),
    )
