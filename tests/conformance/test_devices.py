"""Devices, their specifications, projects and the caller."""

from __future__ import annotations

import pytest
from pulser.json.abstract_repr.deserializer import deserialize_device

KNOWN = {"id", "name", "device_type", "status", "availability", "is_emulator"}


def test_devices(api):
    """Every device has what is always there, and a type that batches can be for."""
    devices = api.get("listDevices")
    assert "EMU_FREE" in [device["device_type"] for device in devices]
    for device in devices:
        assert device.keys() >= KNOWN
        assert device["name"] == device["device_type"]
        assert device["is_emulator"] == device["device_type"].startswith("EMU_")
    assert len({device["id"] for device in devices}) == len(devices)


def test_public_devices(api):
    """The public devices are shown to everybody, and are among the caller's."""
    public = api.get("listPublicDevices")
    assert public
    mine = {device["device_type"]: device for device in api.get("listDevices", query={"public": "true"})}
    assert {device["device_type"] for device in public} == mine.keys()


@pytest.mark.parametrize("operation_id", ["listDevices", "listPublicDevices"])
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"device_type": "EMU_FREE"}, True),
        ({"device_type": ["EMU_FREE", "FRESNEL"]}, True),
        ({"device_type": "FRESNEL"}, False),
        ({"device_type": "NOVEL"}, False),
        ({"availability": "ACTIVE"}, True),
        ({"availability": ["ACTIVE", "RETIRED"]}, True),
        ({"availability": "RETIRED"}, False),
        ({"public": "true"}, True),
        ({"public": "False"}, False),
        ({"device_type": "EMU_FREE", "availability": "INACTIVE"}, False),
    ],
    ids=str,
)
def test_filters(api, operation_id, query, found):
    """Devices are found by their type, their availability and whether they are public."""
    devices = api.get(operation_id, query=query)
    assert ("EMU_FREE" in [device["device_type"] for device in devices]) is found
    for device in devices:
        assert device["device_type"] in query.get("device_type", device["device_type"])
        assert device["availability"] in query.get("availability", device["availability"])


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_pages(api, direction):
    """The caller's devices come in pages like everything else."""
    query = {"order_by_direction": direction}
    whole = api.ids("listDevices", **query)
    pages = [api.ids("listDevices", limit=2, offset=offset, **query) for offset in range(0, len(whole), 2)]
    assert [id for page in pages for id in page] == whole
    assert api.ids("listDevices", offset=len(whole), **query) == []


def test_specs(api):
    """Specifications come as a map, one by one and, the public ones, as an array; they agree, and Pulser reads them."""
    by_type = api.get("listDeviceSpecs")
    assert by_type.keys() == {device["device_type"] for device in api.get("listDevices")}
    public = {entry["device_type"]: entry["specs"] for entry in api.get("listPublicDeviceSpecs")}
    assert public.items() <= by_type.items()
    assert public.keys() == {device["device_type"] for device in api.get("listPublicDevices")}
    for device_type, specs in by_type.items():
        assert api.get("getDeviceSpecs", device_type=device_type) == {"device_type": device_type, "specs": specs}
        assert deserialize_device(specs).supported_bases


def test_device_limits(api):
    """What a device tells of itself agrees with its specifications."""
    specs = {name: deserialize_device(text) for name, text in api.get("listDeviceSpecs").items()}
    for device in api.get("listDevices"):
        if not device["is_emulator"]:
            assert device["max_atom_num"] == specs[device["device_type"]].max_atom_num


def test_projects(api):
    """The caller's projects are listed, that of the batches among them, with a number for a code."""
    (project,) = [project for project in api.get("listProjects") if project["id"] == api.project_id]
    assert project["name"]
    assert project["project_id"] == project["id"]
    assert project["project_status"] == "ACTIVE"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"project_status": "ACTIVE"}, True),
        ({"project_status": "NOVEL"}, False),
        ({"limit": 100}, True),
        ({"offset": 1000}, False),
    ],
)
def test_filters_of_projects(api, query, found):
    """Projects are found by their status, in pages."""
    assert (api.project_id in [project["id"] for project in api.get("listProjects", query=query)]) is found


def test_caller(api):
    """The caller learns who they are and what they may do in which project."""
    caller = api.get("getAuthInfo")
    assert caller.keys() >= {"id", "type", "allowed_device_types"}
    assert "EMU_FREE" in caller["allowed_device_types"]
    (access,) = [access for access in caller["acl"] if access["project_id"] == api.project_id]
    assert access["user_id"] == caller["id"]
    assert access["role"] in ("ADMIN", "MEMBER")
