"""Runs jobs on every engine, as workers do: emu-sv and emu-mps must be installed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from pulser.backend import Results

from pasqal_cloud.local.devices import served
from pasqal_cloud.local.emulation import checks, engine
from pasqal_cloud.local.options import Options
from pasqal_cloud.local.tasks import JobRequest, Submission, Task

if TYPE_CHECKING:
    from pulser import Sequence
    from pulser.backend import EmulationConfig

QUICK = {"EMU_MPS": {"optimize_qubit_ordering": False}}
"""Looking for the best order of the atoms takes emu-mps seconds, however few they are."""


class Ran(NamedTuple):
    """What came of a job: its result document, and its results as Pulser reads them."""

    document: dict[str, Any]
    results: Results


class Bench:
    """All engines, behind the devices that they run."""

    def __init__(self) -> None:
        engine.warm_up()
        self.devices = served(Options())
        missing = {"EMU_FREE", "EMU_SV", "EMU_MPS"} - set(self.devices)
        assert not missing, f"scripts/test-engines.sh makes an environment that has {missing}"

    def reasons(self, device: str, sequence: Sequence[Any], configuration: str | None = None, **flat: Any) -> list[str]:
        """Gives the reasons why a job is refused."""
        submission = Submission(
            sequence.to_abstract_repr(), (JobRequest(10),), configuration, self.devices[device], flat
        )
        return [refusal.reason for refusal in checks.check(submission).refusals]

    def run(
        self,
        device: str,
        sequence: Sequence[Any],
        configuration: EmulationConfig[Any] | None = None,
        runs: int = 1000,
        seed: int = 1,
        **flat: Any,
    ) -> Ran:
        """Runs a job that must be accepted and succeed."""
        serialized = None
        if configuration is not None:
            serialized = configuration.with_changes(**QUICK.get(device, {})).to_abstract_repr()
        assert self.reasons(device, sequence, serialized, **flat) == []
        task = Task(sequence.to_abstract_repr(), {}, runs, serialized, seed, self.devices[device], flat)
        outcome = engine.run(task)
        assert not outcome.errors
        document = json.loads(outcome.document or "")
        return Ran(document, Results.from_abstract_repr(document["serialised_results"]))


@pytest.fixture(scope="session")
def bench() -> Bench:
    """All engines."""
    return Bench()
