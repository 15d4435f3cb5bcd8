"""Devices, as clients see them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from .conftest import LocalService


def names(service: LocalService, operation: str, **query: Any) -> list[str]:
    """Lists devices by name."""
    return [device["device_type"] for device in service.get(operation, query=query)]


@pytest.mark.parametrize("operation", ["listDevices", "listPublicDevices"])
def test_devices_are_filtered(scripted: LocalService, operation: str) -> None:
    """All are public and ACTIVE; a filter that says something else finds none."""
    every = names(scripted, operation)
    assert {"EMU_FREE", "FRESNEL"} <= set(every)
    assert every == sorted(every, reverse=True)
    assert names(scripted, operation, device_type=["FRESNEL", "EMU_FREE"]) == ["FRESNEL", "EMU_FREE"]
    assert names(scripted, operation, availability="ACTIVE", public="true") == every
    for none in ({"availability": ["INACTIVE", "RETIRED"]}, {"public": "False"}, {"device_type": "UNKNOWN"}):
        assert names(scripted, operation, **none) == []


def test_devices_are_paged(scripted: LocalService) -> None:
    """Pages of devices tell where they stand, and follow the direction asked for."""
    every = names(scripted, "listDevices", order_by_direction="ASC")
    assert every == sorted(every)
    page = scripted.call("listDevices", query={"order_by_direction": "ASC", "limit": 2, "offset": 1})
    assert [device["name"] for device in page.json()["data"]] == every[1:3]
    assert page.json()["pagination"] == {"total": len(every), "start": 1, "end": 3}


def test_public_operations_need_no_token(scripted: LocalService) -> None:
    """Whoever has no token, or a bad one, sees the public devices and the specs of all of them."""
    base = f"{scripted.connection['url']}/core-fast/api/v1/devices"
    for headers in ({}, {"Authorization": "Bearer bad"}):
        assert httpx.get(base, headers=headers).json()["data"] == scripted.get("listPublicDevices")
        specs = httpx.get(f"{base}/public-specs", headers=headers).json()["data"]
        assert {item["device_type"]: item["specs"] for item in specs} == scripted.get("listDeviceSpecs")


def test_specs_are_told_by_name(scripted: LocalService) -> None:
    """One device's specs are the same as in the list; a device that is not served is a 404."""
    specs = scripted.get("getDeviceSpecs", device_type="FRESNEL")
    assert specs == {"device_type": "FRESNEL", "specs": scripted.get("listDeviceSpecs")["FRESNEL"]}
    assert json.loads(specs["specs"])["name"] == "FRESNEL"
    assert "no device EMU_C" in scripted.refused("getDeviceSpecs", 404, device_type="EMU_C")


def test_the_queue_time_is_measured(scripted: LocalService) -> None:
    """It is how long batches waited that have started within the last hour, by the service's clock."""

    def told() -> int:
        (device,) = scripted.get("listDevices", query={"device_type": "FRESNEL"})
        return int(device["average_queue_time"])

    assert told() == 0
    scripted.control("PATCH", "queue", json={"paused": ["FRESNEL"]})
    batch = scripted.create("{}", {"runs": 10}, device_type="FRESNEL")
    scripted.control("PATCH", "clock", json={"advance": 600})
    scripted.control("PATCH", "queue", json={"paused": False})
    scripted.settled(batch)
    assert 600 <= told() < 630
    scripted.control("PATCH", "clock", json={"advance": 4000})
    assert told() == 0


def test_devices_tell_their_own_limits(scripted: LocalService) -> None:
    """The list and the specs tell the same number of atoms, and of shots as is refused above."""
    specs = {name: json.loads(text) for name, text in scripted.get("listDeviceSpecs").items()}
    for device in scripted.get("listDevices"):
        name = device["device_type"]
        assert device["max_atom_num"] == specs[name]["max_atom_num"]
        too_many = scripted.body("{}", {"runs": specs[name]["max_runs"] + 1}, device_type=name)
        (reason,) = scripted.refused("createBatch", 422, json=too_many)
        assert reason["msg"] == f"must be at most {specs[name]['max_runs']} for {name}"
