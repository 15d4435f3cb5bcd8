"""Circuits of Qiskit, run by qiskit-pasqal-provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .conftest import PROGRAMS, assert_blockaded

if TYPE_CHECKING:
    from collections.abc import Callable

    from pasqal_cloud.testing import LocalService

    from .conftest import Environment

pytestmark = [pytest.mark.downstream, pytest.mark.timeout(600)]


@pytest.mark.parametrize("backend", ["remote-emu-free", "remote-emu-mps", "remote-emu-fresnel", "fresnel"])
def test_circuits(environment: Callable[[str], Environment], pasqal_service: LocalService, backend: str) -> None:
    """The sampler waits; a job that is not waited for is seen to run, then to be done. Both have the right counts."""
    printed = environment("qiskit").run("qiskit_circuit", backend, settings=pasqal_service.environment)
    assert (printed["half_status"], printed["first_seen"], printed["then"]) == ("DONE", "RUNNING", "DONE")
    assert_blockaded(printed["half"], 1.0)
    assert_blockaded(printed["whole"], 2.0)


def test_parameters(environment: Callable[[str], Environment], pasqal_service: LocalService) -> None:
    """The provider sends values along with a sequence that was built with them: the service refuses, as the cloud."""
    program = str(PROGRAMS / "qiskit_parameters.py")
    run = environment("qiskit").start(program, settings=pasqal_service.environment)
    assert run.returncode == 1
    assert "BatchCreationError" in run.stderr
    assert "the sequence has no variables, but the job has values for amplitude" in run.stderr
