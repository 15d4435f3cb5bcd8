"""The main use cases on the real service, on its free emulator. Opt-in: `scripts/test.sh -m live`.

Credentials come from the environment or a profile, as for `SDK()`. At the end, everything submitted is done or
cancelled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pulser import MockDevice, Pulse, Register, Sequence

from pasqal_cloud import SDK, BatchFilters, CancelJobFilters, JobFilters, RebatchFilters, as_completed

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.live, pytest.mark.timeout(3600)]

SHOTS = {"runs": 20, "variables": {"omega_max": 6.0}}


@pytest.fixture(scope="module")
def sdk() -> Iterator[SDK]:
    """An SDK for the account that the environment names."""
    with SDK() as sdk:
        yield sdk


@pytest.fixture(scope="module")
def sequence() -> Sequence[Any]:
    """One atom and one pulse, with one variable."""
    sequence = Sequence(Register({"q0": (0.0, 0.0)}), MockDevice)
    sequence.declare_channel("rydberg", "rydberg_global")
    omega_max = sequence.declare_variable("omega_max", dtype=float)
    sequence.add(Pulse.ConstantPulse(400, amplitude=omega_max, detuning=0.0, phase=0.0), "rydberg")
    sequence.measure("ground-rydberg")
    return sequence


def test_a_batch_is_run_found_and_repeated(sdk: SDK, sequence: Sequence[Any]) -> None:
    """From the submission to the counts, and back to them by id, by tag and by a rebatch."""
    batch = sdk.create_batch(sequence, [SHOTS, SHOTS], device_type="EMU_FREE", tags=["live-test"], wait=True)
    assert batch.status == "DONE"
    assert [sum((counts or {}).values()) for counts in batch.results().values()] == [20, 20]
    assert sdk.get_batch(batch.id).status == "DONE"
    assert batch.id in [found.id for found in sdk.iter_batches(BatchFilters(tag="live-test", id=batch.id))]
    assert sdk.get_jobs(JobFilters(batch_id=batch.id)).total == 2
    again = sdk.rebatch(batch.id, RebatchFilters(id=batch.ordered_jobs[0].id))
    assert [job.status for job in as_completed(again.ordered_jobs, timeout=1800)] == ["DONE"]


def test_an_open_batch_takes_jobs_until_it_is_closed(sdk: SDK, sequence: Sequence[Any]) -> None:
    """Jobs are added, repeated and cancelled, and the batch is closed."""
    with sdk.create_batch(sequence, [SHOTS], device_type="EMU_FREE", open=True, wait=True) as batch:
        batch.add_jobs([SHOTS], wait=True)
        batch.retry(batch.ordered_jobs[0])
        sdk.cancel_jobs(batch.id, CancelJobFilters(id=batch.ordered_jobs[2].id))
    batch.wait(timeout=1800)
    assert [job.status for job in batch.ordered_jobs[:2]] == ["DONE", "DONE"]


def test_the_account_can_be_seen(sdk: SDK) -> None:
    """Devices, their specifications and the projects are listed."""
    assert "EMU_FREE" in [device.device_type for device in sdk.devices()]
    assert sdk.get_device_specs_dict()
    assert sdk.project_id in [project.id for project in sdk.get_all_projects()]
