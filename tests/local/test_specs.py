"""Which devices are served, and what their specs are."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from pulser import AnalogDevice, MockDevice
from pulser.json.abstract_repr.deserializer import deserialize_device

from pasqal_cloud.local import devices
from pasqal_cloud.local.devices import (
    CLOUD_DEVICES,
    ENGINES,
    MAX_ATOMS,
    MAX_RUNS,
    QPUS,
    Engine,
    device_for,
    served,
    why_not,
)
from pasqal_cloud.local.options import Options
from pasqal_cloud.local.specs import UnservableError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

REAL = replace(AnalogDevice, name="FRESNEL", max_runs=500, max_atom_num=6)


@pytest.fixture
def without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hides emu-sv and emu-mps."""
    monkeypatch.setattr(devices, "find_spec", lambda name: None if name.startswith("emu_") else object())


@pytest.fixture
def file(tmp_path: Path) -> Callable[[Any], str]:
    """Writes a file of specs."""

    def write(content: Any) -> str:
        path = tmp_path / "specs.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return str(path)

    return write


@pytest.mark.parametrize("name", sorted(CLOUD_DEVICES - {"EMU_C"}))
def test_stand_ins_are_pulsers(name: str) -> None:
    """Specs that were not given are those of Pulser's devices, with this name and these limits; Pulser reads them."""
    device = served(Options(engine="scripted"))[name]
    model = MockDevice if name in {"EMU_FREE", "EMU_MPS", "EMU_SV", "EMU_TN"} else AnalogDevice
    limits = {"max_atom_num": device.max_atoms, "max_runs": device.max_runs}
    assert deserialize_device(device.specs) == replace(model, name=name, **limits)
    assert limits == {
        "max_atom_num": model.max_atom_num or MAX_ATOMS,
        "max_runs": model.max_runs or MAX_RUNS,
    }
    assert device.channels == tuple(model.channels)
    assert "not Pasqal's own" in device.description


def test_what_is_served(without_torch: None) -> None:
    """Whatever the installed engines can run; what stands in for something else says so; EMU_C is gone for good."""
    offered = served(Options())
    assert set(offered) == CLOUD_DEVICES - {"EMU_C", "EMU_SV", "EMU_MPS"}
    assert {name for name, device in offered.items() if not device.is_stand_in} == {"EMU_FREE"}
    assert {name for name, device in offered.items() if device.is_qpu} == {*QPUS, "EMU_FRESNEL"}
    assert {name for name, device in offered.items() if not device.is_emulator} == set(QPUS)
    assert all(("stand-in" in device.description) is device.is_stand_in for device in offered.values())


@pytest.mark.parametrize(("name", "extra"), [("EMU_SV", "local-sv"), ("EMU_MPS", "local-mps")])
def test_missing_engines(without_torch: None, name: str, extra: str) -> None:
    """A device without its engine is refused, and can't be asked for at the start, with what to install."""
    command = f'pip install "pasqal-cloud[{extra}]"'
    assert command in why_not(name, served(Options()))
    with pytest.raises(UnservableError) as raised:
        served(Options(devices=("EMU_FREE", name)))
    assert command in str(raised.value)


def test_installed_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    """With all engines, each emulator runs on its own, and EMU_TN on the tensor network there is."""
    monkeypatch.setattr(devices, "find_spec", lambda name: object())
    offered = served(Options())
    assert {name: offered[name].engine for name in ENGINES} == ENGINES
    assert (offered["EMU_TN"].engine, offered["EMU_TN"].is_stand_in) == (Engine.MPS, True)


def test_only_some_devices() -> None:
    """What is served can be restricted to known devices."""
    assert list(served(Options(devices=("FRESNEL", "EMU_FREE")))) == ["FRESNEL", "EMU_FREE"]
    for unknown in ("EMU_C", "NOVEL"):
        with pytest.raises(UnservableError, match=unknown):
            served(Options(devices=(unknown,)))


@pytest.mark.parametrize(("max_atoms", "expected"), [(None, [10, 10, 16, 30]), (5, [5] * 4), (90, [90, 80, 90, 90])])
def test_atom_limits(monkeypatch: pytest.MonkeyPatch, max_atoms: int | None, expected: list[int]) -> None:
    """Each engine has its own unless one is given for all; no device takes more than its specs allow."""
    monkeypatch.setattr(devices, "find_spec", lambda name: object())
    offered = served(Options(max_atoms=max_atoms))
    assert [offered[name].max_atoms for name in ("EMU_FREE", "FRESNEL", "EMU_SV", "EMU_MPS")] == expected


@pytest.mark.parametrize("given", [None, replace(REAL, max_atom_num=50, max_runs=None)], ids=["stand-in", "given"])
def test_specs_state_the_limits_of_this_service(file: Callable[[Any], str], given: Any) -> None:
    """Not the larger ones of the device that they describe: whoever reads them knows what is refused here."""
    options = Options(max_atoms=7, specs=file({"FRESNEL": given.to_abstract_repr()}) if given else None)
    for device in served(options).values():
        specs = deserialize_device(device.specs)
        assert (specs.max_atom_num, specs.max_runs) == (device.max_atoms, device.max_runs) == (7, device.max_runs)
        assert device.is_qpu is (deserialize_device(device.qpu_specs) == specs)


@pytest.mark.parametrize("form", [lambda text: text, json.loads], ids=["text", "object"])
def test_given_specs(file: Callable[[Any], str], form: Callable[[str], Any]) -> None:
    """Specs from a file are served as they are, with their limits, and are FRESNEL's for strict emulators as well."""
    offered = served(Options(specs=file({"FRESNEL": form(REAL.to_abstract_repr())})))
    fresnel = offered["FRESNEL"]
    assert deserialize_device(fresnel.specs) == REAL
    assert (fresnel.max_atoms, fresnel.max_runs) == (6, 500)
    assert "come from the option --specs" in fresnel.description
    assert offered["EMU_FREE"].qpu_specs == fresnel.specs
    assert offered["FRESNEL_SA1"].max_runs == AnalogDevice.max_runs


def test_devices_that_only_a_file_knows(file: Callable[[Any], str]) -> None:
    """A QPU that is newer than this package is served by its specs."""
    specs = replace(REAL, name="FRESNEL_NEW").to_abstract_repr()
    assert served(Options(specs=file({"FRESNEL_NEW": specs}), devices=("FRESNEL_NEW",)))["FRESNEL_NEW"].is_qpu


@pytest.mark.parametrize(
    "content",
    [
        "{",
        [],
        {},
        {"FRESNEL": 3},
        {"FRESNEL": "{"},
        {"FRESNEL": {}},
        {"FRESNEL": json.loads(REAL.to_abstract_repr()) | {"rydberg_level": "high"}},
    ],
    ids=["no JSON", "no object", "empty", "a number", "cut off", "no device", "a wrong value"],
)
def test_unusable_specs(file: Callable[[Any], str], content: Any) -> None:
    """A bad file is one error at the start, which names the file."""
    path = file(content)
    with pytest.raises(UnservableError) as raised:
        served(Options(specs=path))
    assert path in str(raised.value)
    assert "\n" not in str(raised.value)


def test_missing_specs(tmp_path: Path) -> None:
    """So is a file that is not there."""
    with pytest.raises(UnservableError, match="No such file"):
        served(Options(specs=str(tmp_path / "none.json")))


def test_devices_are_known_without_pulser(file: Callable[[Any], str]) -> None:
    """The service's own process reads them, which must stay light."""
    code = (
        "import sys; from pasqal_cloud.local.devices import served; from pasqal_cloud.local.options import Options;"
        "served(Options(specs=sys.argv[1])); sys.exit({'pulser', 'numpy'} & set(sys.modules) != set())"
    )
    path = file({"FRESNEL": REAL.to_abstract_repr()})
    assert subprocess.run([sys.executable, "-c", code, path], check=False).returncode == 0


@pytest.mark.parametrize(
    ("written_for", "expected"), [("FRESNEL", "FRESNEL"), ("AnalogDevice", "EMU_FREE"), (None, "EMU_FREE")]
)
def test_where_a_sequence_runs(written_for: str | None, expected: str) -> None:
    """On the cloud's device that it was written for, else on EMU_FREE."""
    assert device_for(written_for) == expected
