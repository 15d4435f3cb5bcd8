"""Packages that use this one, each in an environment of its own with this checkout's wheel, and what they run against.

`scripts/test-downstream.sh` makes the environments.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pasqal_cloud.testing import LocalService

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(__file__).parent / "programs"

PATIENCE = 300.0
"""Seconds that a program may take."""


@dataclass(frozen=True)
class Environment:
    """An environment of a downstream package; its programs run outside of the checkout, with no other settings."""

    folder: Path
    home: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def start(self, *arguments: str, settings: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Runs Python to its end, however that is."""
        return subprocess.run(
            [self.python, *arguments],
            cwd=self.home,
            env={"PATH": os.environ["PATH"], "HOME": str(self.home), **(settings or {})},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def run(self, program: str, *arguments: str, settings: Mapping[str, str]) -> Any:
        """Runs a program that must end well and warn of nothing, and gives what it prints."""
        run = self.start(str(PROGRAMS / f"{program}.py"), *arguments, settings=settings)
        assert (run.returncode, run.stderr) == (0, "")
        return json.loads(run.stdout)


@pytest.fixture
def environment(tmp_path: Path) -> Callable[[str], Environment]:
    """Gives the environment with a name."""

    def environment(name: str) -> Environment:
        return _environment(name, tmp_path)

    return environment


def _environment(name: str, home: Path) -> Environment:
    version = ".".join(map(str, sys.version_info[:2]))
    folder = ROOT / ".venv" / f"downstream-{name}-{version}"
    assert folder.exists(), "scripts/test-downstream.sh makes the environments"
    return Environment(folder, home)


@pytest.fixture(scope="session")
def pasqal_engine() -> str:
    """The plugin's service runs what it is given, on every emulator, and has the newest Pulser."""
    return "emulators"


@pytest.fixture(scope="session")
def pasqal_service_options() -> tuple[str, ...]:
    """One job at a time is enough."""
    return ("--workers=1",)


@pytest.fixture(scope="session")
def older_session_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalService]:
    """The service with Pulser 1.8 that all tests share."""
    older = _environment("pulser-1.8", tmp_path_factory.mktemp("older"))
    with subprocess.Popen(
        [older.python, "-m", "pasqal_cloud.local", "--port=0", "--json", "--workers=1", "--exit-with-parent"],
        cwd=older.home,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        service = LocalService(**json.loads(process.stdout.readline()))
        yield service
        service.close()


@pytest.fixture
def older_service(older_session_service: LocalService) -> Iterator[LocalService]:
    """A service that has Pulser 1.8, and no batches."""
    yield older_session_service
    older_session_service.reset()


def assert_blockaded(counts: Mapping[str, int], amplitude: float, *, overlooked: float = 0.0, shots: int = 500) -> None:
    """Asserts what is known of two atoms, 5 µm apart, after 1112 ns at an amplitude (in rad/µs).

    They are never excited together, and so turn √2 times as fast as one would, to an excitation that they share. A
    count may be five standard deviations off, and 2 % for what the blockade leaves.
    """
    excited = math.sin(math.sqrt(2) * amplitude * 1.112 / 2) ** 2 * (1 - overlooked)
    expected = {"00": 1 - excited, "01": excited / 2, "10": excited / 2, "11": 0.0}
    assert counts.keys() <= expected.keys()
    assert sum(counts.values()) == shots
    for bits, probability in expected.items():
        margin = 5 * math.sqrt(shots * probability * (1 - probability)) + 0.02 * shots
        assert counts.get(bits, 0) == pytest.approx(shots * probability, abs=margin), bits
