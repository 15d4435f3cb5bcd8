"""Programs of qoolqit on remote emulators and the QPU."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .conftest import assert_blockaded

if TYPE_CHECKING:
    from collections.abc import Callable

    from pasqal_cloud.testing import LocalService

    from .conftest import Environment

pytestmark = [pytest.mark.downstream, pytest.mark.timeout(600)]

HALF_A_TURN = 2.0
"""The amplitude (in rad/µs) that does in 1112 ns what qoolqit's program does, in whatever time."""

STATUS_REQUESTS = {"getBatch", "getBatchStatus", "getJob", "getJobStatus", "listJobs", "getJobResultsLink"}


@pytest.mark.parametrize("backend", ["RemoteEmuFreeBackend", "RemoteSVBackend", "RemoteMPSBackend", "QPU"])
def test_programs(environment: Callable[[str], Environment], pasqal_service: LocalService, backend: str) -> None:
    """A job's results come when they are waited for."""
    printed = environment("qoolqit").run("qoolqit_submit", backend, "60", settings=pasqal_service.environment)
    assert printed["status"] == "DONE"
    assert_blockaded(printed["counts"], HALF_A_TURN)


def test_a_job_that_takes_long(environment: Callable[[str], Environment], pasqal_service: LocalService) -> None:
    """Waiting for it ends in time, asks the service now and then only, and another process gets its results."""
    qoolqit, settings = environment("qoolqit"), pasqal_service.environment
    with pasqal_service.paused("EMU_FREE"):
        submitted = qoolqit.run("qoolqit_submit", "RemoteEmuFreeBackend", "4", settings=settings)
    assert (submitted["counts"], submitted["status"]) == (None, "PENDING")
    asked = [request.operation for request in pasqal_service.requests() if request.operation in STATUS_REQUESTS]
    assert 3 <= len(asked) <= 12, asked  # its own loop never pauses
    retrieved = qoolqit.run("qoolqit_retrieve", submitted["job_id"], submitted["batch_id"], settings=settings)
    assert retrieved["status"] == "DONE"
    assert_blockaded(retrieved["counts"], HALF_A_TURN)
