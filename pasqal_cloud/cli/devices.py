"""`pasqal-cloud devices` and `pasqal-cloud specs`."""

from __future__ import annotations

import json
import sys
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pasqal_cloud.cli.command import command, group
from pasqal_cloud.cli.filters import none_found
from pasqal_cloud.cli.output import View, note

if TYPE_CHECKING:
    from pasqal_cloud import SDK, Device
    from pasqal_cloud.filters import DeviceFilters

specs = group("specs", "The devices' specifications, for Pulser and for the local service.")

FIELDS = (
    *("device_type", "availability", "status", "average_queue_time", "is_emulator", "max_atom_num", "channels"),
    "description",
)


def _waiting(device: Device) -> str | None:
    time = device.average_queue_time
    return None if time is None else f"{time // 3600}:{time // 60 % 60:02}:{time % 60:02}"


DEVICE = View(
    {name: attrgetter(name) for name in FIELDS},
    {
        "device": "device_type",
        "kind": lambda device: {True: "emulator", False: "QPU"}.get(device.is_emulator),
        "availability": "availability",
        "status": "status",
        "queue": _waiting,
        "atoms": "max_atom_num",
    },
)


def devices(sdk: SDK, filters: DeviceFilters | None = None) -> list[Device]:
    """List the devices, with the average time that batches waited in the last hour.

    It needs no login.
    """
    found = sdk.devices(filters)
    if not found:
        none_found(filters)
    return found


@command(specs, "pull")
def pull(
    sdk: SDK,
    file: Annotated[str, typer.Argument(metavar="[FILE]", help="The file to write; - for standard output.")] = (
        "specs.json"
    ),
) -> None:
    """Save the specifications of all devices as JSON.

    It needs no login. With pasqal-cloud serve --specs FILE, the local service makes the same checks as the devices.
    """
    found = sdk.get_device_specs_dict()
    text = json.dumps(found, indent=2) + "\n"
    if file == "-":
        sys.stdout.write(text)
    else:
        Path(file).write_text(text, "utf-8")
        note(f"Saved the specifications of {', '.join(found)} in {file}.")
