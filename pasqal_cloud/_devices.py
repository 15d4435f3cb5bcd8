"""The devices that batches can run on now; for those who give no credentials, or come by OVH, the public ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

import attrs

from pasqal_cloud._arguments import of_type
from pasqal_cloud._flow import call
from pasqal_cloud._snapshot import flag, needed, number, text, texts
from pasqal_cloud.device import DeviceTypeName
from pasqal_cloud.filters import DeviceFilters
from pasqal_cloud.status import DeviceAvailability
from pasqal_cloud_api.api.devices import (
    list_device_specs,
    list_devices,
    list_public_device_specs,
    list_public_devices,
)

if TYPE_CHECKING:
    from pasqal_cloud._flow import Endpoint, Flow
    from pasqal_cloud._transport import Api
    from pasqal_cloud_api import models
    from pasqal_cloud_api.types import Response

T = TypeVar("T")


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
    if api.sees_public_only:
        answer = yield from call(Public(list_public_devices), client=api.client, **query)
    else:
        answer = yield from call(list_devices, client=api.client, **query)
    return [_device(snapshot) for snapshot in answer.data]


def fetching_specs(api: Api) -> Flow[dict[str, str]]:
    """Fetches the specifications of the devices, by their types."""
    if api.sees_public_only:
        public = yield from call(Public(list_public_device_specs), client=api.client)
        return {needed(device, "device_type"): needed(device, "specs") for device in public.data}
    answer = yield from call(list_device_specs, client=api.client)
    return dict(answer.data.additional_properties)


class Public(Generic[T]):
    """An operation of the generated client, made without a token.

    Args:
        endpoint: The operation's module.
    """

    def __init__(self, endpoint: Endpoint[..., T]) -> None:
        self._endpoint = endpoint

    def sync_detailed(self, **arguments: Any) -> Response[T]:
        """Makes the request, blocking."""
        return self._endpoint.sync_detailed(**_unsigned(arguments))

    async def asyncio_detailed(self, **arguments: Any) -> Response[T]:
        """Makes the request, awaiting."""
        return await self._endpoint.asyncio_detailed(**_unsigned(arguments))


class _Unsigned:
    """Stands in for the client that a generated function is given, and sends no token along."""

    raise_on_unexpected_status = False

    def __init__(self, exchange: Any) -> None:
        self._exchange = exchange

    def get_httpx_client(self) -> _Unsigned:
        return self

    get_async_httpx_client = get_httpx_client

    def request(self, **request: Any) -> Any:
        return self._exchange.request(**request, auth=None)


def _unsigned(arguments: dict[str, Any]) -> dict[str, Any]:
    return {**arguments, "client": _Unsigned(arguments["client"])}


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
