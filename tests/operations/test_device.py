"""One device: by its name, or the one with the shortest queue; and Pulser's device of its specifications."""

import json
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pulser import AnalogDevice, MockDevice

from pasqal_cloud import DeviceSpecsFetchingError, EmulatorType, MissingExtraError, NotFoundError, ValidationError

from ..doubles.line import Line, by_path

SPECS = {"FRESNEL": AnalogDevice.to_abstract_repr(), "EMU_FREE": MockDevice.to_abstract_repr()}


def device(name: str, **fields: Any) -> dict[str, Any]:
    """A device as the service describes it."""
    usual = {"device_type": name, "availability": "ACTIVE", "status": "UP", "is_emulator": name.startswith("EMU")}
    return usual | {"average_queue_time": 60, "max_atom_num": 100} | fields


def line_to(*devices: dict[str, Any]) -> Line:
    """A line to a service with devices, for accounts and for everybody."""
    public = [{"device_type": name, "specs": specs} for name, specs in SPECS.items()]
    return by_path(devices=list(devices), specs=SPECS, **{"public-specs": public})


@pytest.fixture
def offering(sdk_on: Callable[..., Any]) -> Callable[..., Any]:
    """A function that makes an SDK of each colour on a service with devices."""
    return lambda *devices: sdk_on(line_to(*devices))


def test_a_device_is_found_by_its_name(colour: Any, offering: Any) -> None:
    """With what the list says of it, and with its specifications, of which Pulser's device is made."""
    sdk = offering(device("EMU_FREE"), device("FRESNEL", average_queue_time=7))
    fresnel = colour.call(sdk.device("FRESNEL"))
    assert (fresnel.device_type, fresnel.availability, fresnel.average_queue_time) == ("FRESNEL", "ACTIVE", 7)
    assert fresnel.to_pulser() == AnalogDevice
    assert colour.call(sdk.device(EmulatorType.EMU_FREE)).to_pulser() == MockDevice
    assert fresnel == colour.call(sdk.devices())[1]
    assert fresnel.specs not in repr(fresnel)


def test_a_device_that_is_none(colour: Any, offering: Any) -> None:
    """The error suggests a name, and tells which there are."""
    sdk = offering(device("EMU_FREE"), device("FRESNEL"))
    error = colour.attempt(NotFoundError, lambda: sdk.device("FRESNELL"))
    assert isinstance(error, DeviceSpecsFetchingError)
    assert "no device 'FRESNELL' for this account; did you mean 'FRESNEL'? It has EMU_FREE, FRESNEL." in str(error)


def test_a_device_without_specifications(colour: Any, offering: Any) -> None:
    """It is found all the same; a device of the list says how to get them."""
    sdk = offering(device("NEW_ONE"), device("FRESNEL"))
    for unknown in (colour.call(sdk.device("NEW_ONE")), colour.call(sdk.devices())[1]):
        with pytest.raises(ValidationError, match=rf"sdk\.device\('{unknown.device_type}'\) fetches them"):
            unknown.to_pulser()


def test_specifications_that_this_pulser_can_not_read(colour: Any, sdk_on: Any) -> None:
    """They may be newer."""
    sdk = sdk_on(by_path(devices=[device("FRESNEL")], specs={"FRESNEL": json.dumps({"name": "FRESNEL"})}))
    with pytest.raises(ValidationError, match="Pulser can't read the specifications"):
        colour.call(sdk.device("FRESNEL")).to_pulser()


def test_everybody_can_look_at_a_device(colour: Any, opened: Callable[..., Any]) -> None:
    """Without credentials, the public ones."""
    sdk = opened(transport=line_to(device("FRESNEL")).transport)
    assert colour.call(sdk.device("FRESNEL")).to_pulser() == AnalogDevice
    assert colour.call(sdk.least_busy()).device_type == "FRESNEL"


MANY = (
    device("EMU_FREE", average_queue_time=0),
    device("EMU_MPS", average_queue_time=5, max_atom_num=60),
    device("FRESNEL", average_queue_time=900),
    device("FRESNEL8", average_queue_time=100, max_atom_num=None),
    device("FRESNEL_CAN1", average_queue_time=300, max_atom_num=25),
    device("FRESNEL_RD", average_queue_time=1, status="DOWN"),
    device("FRESNEL_SA1", average_queue_time=2, availability="INACTIVE"),
    device("FRESNEL_NEW", average_queue_time=None),
)


@pytest.mark.parametrize(
    ("without", "wanted", "found"),
    [
        ("", {}, "FRESNEL8"),
        ("FRESNEL8", {}, "FRESNEL_CAN1"),
        ("FRESNEL8", {"atoms": np.int64(26)}, "FRESNEL"),
        ("", {"atoms": 1000}, "FRESNEL8"),
        ("", {"is_emulator": True}, "EMU_FREE"),
        ("", {"is_emulator": None}, "EMU_FREE"),
        ("EMU_FREE", {"is_emulator": None, "atoms": 61}, "FRESNEL8"),
    ],
)
def test_the_least_busy_device(colour: Any, offering: Any, without: str, wanted: Any, found: str) -> None:
    """Of those that accept batches, operate, and are large enough, as far as the service says."""
    sdk = offering(*(each for each in MANY if each["device_type"] != without))
    assert colour.call(sdk.least_busy(**wanted)).device_type == found


def test_no_device_is_available(colour: Any, offering: Any) -> None:
    """The error tells in which state those of the kind are."""
    sdk = offering(device("EMU_FREE"), device("FRESNEL", status="DOWN"), device("FRESNEL8", max_atom_num=8))
    error = colour.attempt(NotFoundError, lambda: sdk.least_busy(atoms=9))
    assert "No QPU is available and takes 9 atoms." in str(error)
    assert "FRESNEL (ACTIVE, DOWN, at most 100 atoms), FRESNEL8 (ACTIVE, UP, at most 8 atoms)" in str(error)
    assert "There are: none" in str(colour.attempt(NotFoundError, offering().least_busy))


@pytest.mark.parametrize("atoms", [0, -1, 2.5, True, "many"])
def test_a_number_of_atoms(colour: Any, offering: Any, atoms: Any) -> None:
    """It is checked before anything is sent, and so is the kind of device."""
    error = colour.attempt(ValidationError, lambda: offering(*MANY).least_busy(atoms=atoms))
    assert "atoms must be a whole number" in str(error)
    error = colour.attempt(ValidationError, lambda: offering(*MANY).least_busy(is_emulator="no"))
    assert "is_emulator must be True, False or None, not 'no'" in str(error)


def test_pulser_is_needed_only_to_compute(colour: Any, sdk_on: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """To make one of its devices, and to check: the error has the command that installs it, before any request."""
    line = line_to(device("FRESNEL"))
    sdk = sdk_on(line)
    monkeypatch.setitem(sys.modules, "pulser", None)
    fresnel = colour.call(sdk.device("FRESNEL"))
    before = len(line.requests)
    error = colour.attempt(MissingExtraError, lambda: sdk.check("{}"))
    assert 'check() needs Pulser, which is not installed: pip install "pasqal-cloud[pulser]"' in str(error)
    with pytest.raises(MissingExtraError, match="A Pulser device needs Pulser"):
        fresnel.to_pulser()
    assert len(line.requests) == before
