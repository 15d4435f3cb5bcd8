"""The devices that batches can run on now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from pasqal_cloud._arguments import of_type
from pasqal_cloud._flow import call
from pasqal_cloud._snapshot import present
from pasqal_cloud.device import DeviceTypeName
from pasqal_cloud.filters import DeviceFilters
from pasqal_cloud.status import DeviceAvailability
from pasqal_cloud_api.api.devices import get_devices_specs, list_devices

if TYPE_CHECKING:
    from pasqal_cloud._flow import Flow
    from pasqal_cloud._transport import Api
    from pasqal_cloud_api import models


@attrs.frozen(kw_only=True)
class Device:
    """A device.

    Attributes:
        device_type: Its type, as `create_batch` takes it.
        availability: Whether it takes batches; those of an `ACTIVE` device are queued even while it is not `UP`.
        status: Whether it operates: `UP`, or another word of the service's.
        average_queue_time: How long batches have waited for it in the last hour, in seconds.
        is_emulator: Whether it is an emulator, not a QPU.
        max_atom_num: The most atoms that it takes.
        channels: The names of its channels.
        description: What the service says of it.
    """

    device_type: DeviceTypeName
    availability: DeviceAvailability | None = None
    status: str | None = None
    average_queue_time: int | None = None
    is_emulator: bool | None = None
    max_atom_num: int | None = None
    channels: tuple[str, ...] = ()
    description: str | None = None


def listing_devices(api: Api, filters: DeviceFilters | None) -> Flow[list[Device]]:
    """Fetches the devices that match."""
    query = of_type(filters, DeviceFilters, "filters").query() if filters is not None else {}
    answer = yield from call(list_devices, client=api.core, **query)
    return [_device(snapshot) for snapshot in answer.data]


def fetching_specs(api: Api) -> Flow[dict[str, str]]:
    """Fetches the specifications of the devices, by their types."""
    answer = yield from call(get_devices_specs, client=api.core)
    return dict(answer.data.additional_properties)


def _device(snapshot: models.Device) -> Device:
    availability = present(snapshot.availability)
    return Device(
        device_type=DeviceTypeName(snapshot.device_type),
        availability=DeviceAvailability(availability) if availability else None,
        status=present(snapshot.status),
        average_queue_time=present(snapshot.average_queue_time),
        is_emulator=present(snapshot.is_emulator),
        max_atom_num=present(snapshot.max_atom_num),
        channels=tuple(present(snapshot.channels) or ()),
        description=present(snapshot.description),
    )
