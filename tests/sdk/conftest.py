"""The real local service, one for each test process, and sequences for it."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pasqal_cloud.testing import LocalService

from ..doubles.account import account_of
from ..stopwatch import Stopwatch


@pytest.fixture(scope="session")
def address() -> Iterator[Any]:
    """Where a local service runs."""
    with LocalService.start("--workers=1", engine="emulators") as service:
        yield service


@pytest.fixture
def open_sdk(opened: Callable[..., Any], address: Any) -> Callable[..., Any]:
    """A function that makes an SDK of each colour on the service."""
    return lambda **arguments: opened(**account_of(address) | arguments)


@pytest.fixture
def sdk(open_sdk: Callable[..., Any]) -> Any:
    """An SDK of each colour on the service."""
    return open_sdk()


def sequence_of(duration: int = 500, *, atoms: int = 1, size: int = 1) -> Any:
    """A sequence of resonant pulses on atoms far apart, each with an amplitude of the variable `amplitude`."""
    from pulser import MockDevice, Pulse, Register, Sequence

    sequence = Sequence(Register({f"q{index}": (30.0 * index, 0.0) for index in range(atoms)}), MockDevice)
    sequence.declare_channel("ising", "rydberg_global")
    amplitude = sequence.declare_variable("amplitude", size=size, dtype=float)
    for index in range(size):
        sequence.add(Pulse.ConstantPulse(duration, amplitude[index], 0.0, 0.0), "ising")
    return sequence


@pytest.fixture(scope="session")
def parametrized() -> Callable[..., Any]:
    """A function that makes a sequence with the variable `amplitude`."""
    return sequence_of


@pytest.fixture(scope="session")
def flip() -> Any:
    """A sequence without variables that excites its one atom for certain."""
    return partial(sequence_of().build, amplitude=2 * 3.141592653589793)()


class Processes:
    """Looks at the processes of a group, which is what a local service and its workers are."""

    @staticmethod
    def of_service(sdk: Any) -> int:
        """Gets the group of the service that an SDK has started: of whoever listens on its port."""
        port = f"{int(re.findall(r'http://127.0.0.1:([0-9]+)', repr(sdk))[0]):04X}"
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        (socket,) = (f"socket:[{row[9]}]" for row in rows if row[1].endswith(f":{port}") and row[3] == "0A")
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(PermissionError, FileNotFoundError, ProcessLookupError):
                if any(str(file.readlink()) == socket for file in (process / "fd").iterdir()):
                    return os.getpgid(int(process.name))
        raise AssertionError(f"nobody listens on {sdk!r}")

    @staticmethod
    def alive(group: int) -> list[int]:
        """Gets the processes of the group that have not ended."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                state, _, its_group, *_ = stat.read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue  # it has just ended
            if int(its_group) == group and state not in "ZX":
                found.append(int(stat.parent.name))
        return found

    def seconds_to_end(self, group: int, end: Callable[[], object] = lambda: None) -> float:
        """Ends what the group lives by, and gets the seconds until all of it is gone, also what has begun meanwhile."""
        watch = Stopwatch(self.alive(group))
        end()
        return watch.until(lambda: not self.alive(group))


@pytest.fixture(scope="session")
def processes() -> Processes:
    """Looks at processes."""
    assert Path("/proc/self/stat").exists(), "these tests look at processes as Linux shows them"
    return Processes()
