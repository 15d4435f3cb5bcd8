"""The rules for devices. All offered devices are public and accept jobs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pasqal_cloud.local.rules.access import part
from pasqal_cloud.local.rules.refusals import ServiceError, check_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from pasqal_cloud.local.devices import Device
    from pasqal_cloud.local.rules.access import Access
    from pasqal_cloud.local.store import Store

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Catalogue:
    """The operations on devices.

    Args:
        access: Which devices a project may use.
        store: The database.
        devices: The offered devices, by name.
        clock: The service's clock.
    """

    access: Access
    store: Store
    devices: Mapping[str, Device]
    clock: Callable[[], datetime]

    def devices_of(self, user_id: str) -> list[Device]:
        """Gets the devices that any of the user's projects may use."""
        allowed = {
            name
            for project in self.store.accounts.projects_of(user_id)
            for name in self.access.device_types_of(project)
        }
        return [device for device in self.devices.values() if device.name in allowed]

    def device(self, user_id: str, device_type: str) -> Device:
        """Gets a device that any of the user's projects may use."""
        for device in self.devices_of(user_id):
            if device.name == device_type:
                return device
        raise ServiceError(404, f"There is no device {device_type}, or you may not use it.")

    def queue_times(self) -> dict[str, float]:
        """Gets the average waiting time of batches in the last hour, in seconds, by device."""
        return self.store.lists.queue_times(self.clock() - HOUR)


def listed(devices: Iterable[Device], query: Mapping[str, Any]) -> tuple[list[Device], int]:
    """Gets a page of the matching devices, sorted by name, and their total number."""
    check_order(query)
    if "ACTIVE" not in query.get("availability", ("ACTIVE",)) or not query.get("public", True):
        devices = ()
    wanted = query.get("device_type")
    matching = [device for device in devices if wanted is None or device.name in wanted]
    is_ascending = query.get("order_by_direction", "DESC") == "ASC"
    found = sorted(matching, key=lambda device: device.name, reverse=not is_ascending)
    return part(found, query), len(found)
