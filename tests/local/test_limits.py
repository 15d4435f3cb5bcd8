"""Jobs that take too much, on a real service: they end with one clear sentence, and harm nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pulser import MockDevice, Pulse, Register, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import LocalService


@pytest.fixture(scope="module")
def big() -> str:
    """Eighteen atoms: their Hamiltonian takes more than fifty MiB, whatever a worker has kept from earlier work."""
    sequence = Sequence(Register.from_coordinates([(6.0 * n, 0.0) for n in range(18)], prefix="q"), MockDevice)
    sequence.declare_channel("global", "rydberg_global")
    sequence.add(Pulse.ConstantPulse(100, 6, 0, 0), "global")
    return str(sequence.to_abstract_repr())


@pytest.mark.slow
def test_memory(start: Callable[..., LocalService], big: str, quick: str) -> None:
    """A job above the limit is an ERROR at its first try; jobs beside it and after it are DONE."""
    service = start("--workers", "2", "--max-atoms", "18", "--job-memory-limit", "20")
    batches = [service.create(sequence, *[{"runs": 10}] * count) for sequence, count in ((quick, 3), (big, 1))]
    batches.append(service.create(quick, {"runs": 10}))
    fine, failed, after = map(service.settled, batches)
    assert {job["status"] for job in fine["jobs"] + after["jobs"]} == {"DONE"}
    (job,) = failed["jobs"]
    assert job["status"] == "ERROR"
    assert job["errors"] == ["The job used more than 20 MiB of memory, the limit of this service."]
