"""Jobs that pulser-azure would give to Azure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from .conftest import assert_blockaded

if TYPE_CHECKING:
    from collections.abc import Callable

    from pasqal_cloud.testing import LocalService

    from .conftest import Environment

pytestmark = [pytest.mark.downstream, pytest.mark.timeout(600)]


def test_jobs_for_azure(environment: Callable[[str], Environment], pasqal_service: LocalService) -> None:
    """A remote emulator's backend works on another connection than ours, and what it gives to Azure can be run."""
    submitted = environment("azure").run("azure_jobs", settings={})
    assert set(submitted) == {"pasqal.qpu.fresnel", "pasqal.sim.emu-mps"}
    assert "emulation_config" not in submitted["pasqal.qpu.fresnel"]["input_data"]
    config = json.loads(submitted["pasqal.sim.emu-mps"]["input_data"]["emulation_config"])
    assert [observable["observable"] for observable in config["observables"]] == ["bitstrings"]
    with pasqal_service.sdk() as sdk:
        for device_type, target in (("FRESNEL", "pasqal.qpu.fresnel"), ("EMU_MPS", "pasqal.sim.emu-mps")):
            job = submitted[target]
            assert (job["job_ids"], job["input_params"]) == (["job"], {})
            batch = sdk.create_batch(
                job["input_data"]["sequence_builder"],
                [{"runs": job["shots"]}],
                device_type=device_type,
                backend_configuration=job["input_data"].get("emulation_config"),
                wait=True,
            )
            assert_blockaded(batch.ordered_jobs[0].result, 2.0)
