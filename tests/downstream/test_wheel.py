"""What the environments have installed is this checkout's wheel, in the existing package's place."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from .conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Environment

pytestmark = [pytest.mark.downstream, pytest.mark.timeout(600)]

SHOW = "import json, pasqal_cloud; print(json.dumps([pasqal_cloud.__file__, pasqal_cloud.__version__]))"


@pytest.mark.parametrize("name", ["azure", "pulser-1.8", "pulser-1.9", "qiskit", "qoolqit"])
def test_the_wheel_is_what_is_imported(environment: Callable[[str], Environment], name: str) -> None:
    """It has the wheel's modules and no others, nothing conflicts, and importing it warns of nothing."""
    there = environment(name)
    shown = there.start("-W", "error", "-c", SHOW)
    assert shown.stderr == ""
    file, its_version = json.loads(shown.stdout)
    assert Path(file).is_relative_to(there.folder)
    assert its_version == version("pasqal-cloud")
    assert _modules(Path(file).parent) == _built()
    check = there.start("-m", "pip", "--disable-pip-version-check", "check")
    assert (check.returncode, check.stdout) == (0, "No broken requirements found.\n")


def _modules(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder.parent)): path.read_bytes() for path in folder.rglob("*.py")}


def _built() -> dict[str, bytes]:
    (wheel,) = (ROOT / ".venv" / "downstream-wheel").glob("*.whl")
    with ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.startswith("pasqal_cloud/") and name.endswith(".py")]
        return {name: archive.read(name) for name in names}
