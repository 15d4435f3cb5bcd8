"""The devices that batches can run on; without credentials, and for OVH's users, only the public ones."""

from __future__ import annotations

from math import inf
from numbers import Integral
from typing import TYPE_CHECKING

import attrs

from pasqal_cloud._arguments import counted, did_you_mean, of_type
from pasqal_cloud._conversation.snapshots import flag, needed, number, text, texts
from pasqal_cloud.checking import device_of
from pasqal_cloud.device.device_types import DeviceTypeName
from pasqal_cloud.errors import NotFoundError, ValidationError
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
    from pasqal_cloud.checking import PulserDevice
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
        specs: The specifications, as Pulser serializes them. None if the service gives none, and in the list of
            `SDK.devices`, which does not contain them: `SDK.device` and `SDK.least_busy` do.
    """

    device_type: DeviceTypeName
    availability: DeviceAvailability | None = None
    status: str | None = None
    average_queue_time: int | None = None
    is_emulator: bool | None = None
    max_atom_num: int | None = None
    channels: tuple[str, ...] = ()
    description: str | None = None
    specs: str | None = attrs.field(default=None, repr=False, eq=False)

    def to_pulser(self) -> PulserDevice:
        """Makes Pulser's device, to write sequences for: `Sequence(register, sdk.device("FRESNEL").to_pulser())`.

        Raises:
            MissingExtraError: Pulser is not installed.
            ValidationError: The specifications are not known here, or the installed Pulser can't read them.
        """
        if self.specs is None:
            raise ValidationError(
                f"The specifications of {self.device_type} are not known here. sdk.device({str(self.device_type)!r})"
                " fetches them, if the service has any.",
                sent=False,
            )
        return device_of(self.specs)

    @property
    def is_accepting(self) -> bool:
        """Whether the device accepts batches, as far as the service says."""
        return self.availability in (DeviceAvailability.ACTIVE, None)

    @property
    def is_available(self) -> bool:
        """Whether the device accepts batches and operates, as far as the service says."""
        return self.is_accepting and self.status in ("UP", None)

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


def finding_device(session: Session, device_type: str, instead: str | None = None) -> Flow[Device]:
    """Fetches a device with its specifications.

    Args:
        session: The session.
        device_type: The type of the device.
        instead: The type of the device to fetch if there is none of this type.

    Raises:
        NotFoundError: There is no such device.
    """
    offered = {device.device_type.value: device for device in reversed((yield from listing_devices(session, None)))}
    found = offered.get(device_type) or offered.get(instead or "")
    if found is None:
        names = sorted(offered)
        hint = did_you_mean(device_type, names) or "."
        has = f"It has {', '.join(names)}." if names else "It has none."
        raise NotFoundError(f"The service has no device {device_type!r} for this account{hint} {has}")
    return (yield from _with_specs(session, found))


def finding_least_busy(session: Session, is_emulator: bool | None, atoms: int | None) -> Flow[Device]:
    """Fetches the available device with the shortest queue, with its specifications.

    Args:
        session: The session.
        is_emulator: Whether it shall be an emulator or a QPU; None for either.
        atoms: The number of atoms that it must take at least; None for any.

    Raises:
        NotFoundError: No available device takes that number of atoms.
    """
    if not isinstance(is_emulator, bool | None):
        raise ValidationError(f"is_emulator must be True, False or None, not {is_emulator!r}.", sent=False)
    if atoms is not None and (not isinstance(atoms, Integral) or isinstance(atoms, bool) or atoms < 1):
        raise ValidationError(f"atoms must be a whole number, 1 or more, not {atoms!r}.", sent=False)
    devices = yield from listing_devices(session, None)
    matching = [device for device in devices if is_emulator is None or bool(device.is_emulator) is is_emulator]
    fitting = [device for device in matching if atoms is None or (device.max_atom_num or inf) >= atoms]
    available = [device for device in fitting if device.is_available]
    if not available:
        kind = {None: "device", True: "emulator", False: "QPU"}[is_emulator]
        takes = "" if atoms is None else f" and takes {counted(atoms, 'atom')}"
        raise NotFoundError(f"No {kind} is available{takes}. There are: {', '.join(map(_state, matching)) or 'none'}.")
    found = min(available, key=lambda device: inf if device.average_queue_time is None else device.average_queue_time)
    return (yield from _with_specs(session, found))


def _state(device: Device) -> str:
    facts = [
        device.availability,
        device.status,
        device.max_atom_num and f"at most {counted(device.max_atom_num, 'atom')}",
    ]
    return f"{device.device_type} ({', '.join(str(fact) for fact in facts if fact)})"


def _with_specs(session: Session, device: Device) -> Flow[Device]:
    specs = yield from fetching_specs(session)
    return attrs.evolve(device, specs=specs.get(device.device_type))


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
