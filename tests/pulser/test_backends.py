"""Pulser programs that really run, over a connection."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pulser import AnalogDevice, MockDevice, Pulse, Register, Sequence
from pulser.backend import BackendConfig, BitStrings, EmulationConfig, Occupation
from pulser.backend.qpu import QPUBackend
from pulser.backend.remote import BatchStatus
from pulser.register.register_layout import RegisterLayout

from pasqal_cloud.backends import RemoteEmuFreeBackend, RemoteEmulatorBackend, RemoteMPSBackend, RemoteSVBackend
from pasqal_cloud.backends.connection import PasqalCloudConnection

from .conftest import pair

if TYPE_CHECKING:
    from pasqal_cloud.testing.service import LocalService

OMEGA = float(np.pi / np.sqrt(2) / 0.4)
"""The amplitude, in rad/µs, at which one pulse of `pair` brings two blockaded atoms into W."""

PROGRAM = Path(__file__).with_name("another_process.py")


def excited_together(counts: dict[str, int]) -> float:
    """How often exactly one of two atoms is excited."""
    return (counts.get("01", 0) + counts.get("10", 0)) / sum(counts.values())


@pytest.mark.parametrize("wait", [True, False])
def test_a_qpu(real: PasqalCloudConnection, wait: bool) -> None:
    """Pulser's QPU backend runs a parametrized sequence; its results come with or without waiting."""
    device = real.fetch_available_devices()["FRESNEL"]
    results = QPUBackend(pair(device), real).run(
        [{"runs": 200, "variables": {"omega": OMEGA}}, {"runs": 100, "variables": {"omega": 0.0}}], wait=wait
    )
    while results.get_batch_status() in {BatchStatus.PENDING, BatchStatus.RUNNING}:
        pass
    together, nothing = (result.final_bitstrings for result in results)
    assert sum(together.values()) == 200
    assert excited_together(together) > 0.9
    assert nothing == {"00": 100}


def test_a_qpu_takes_its_number_of_shots_from_the_configuration(real: PasqalCloudConnection) -> None:
    """Pulser's `default_num_shots` fills in what the jobs leave out."""
    sequence = pair(real.fetch_available_devices()["FRESNEL"]).build(omega=OMEGA)
    (result,) = QPUBackend(sequence, real, config=BackendConfig(default_num_shots=30)).run(wait=True)
    assert sum(result.final_bitstrings.values()) == 30


@pytest.mark.parametrize("wait", [True, False])
def test_an_emulator_with_its_default_configuration(real: PasqalCloudConnection, wait: bool) -> None:
    """Without `runs`, the configuration's number of shots holds."""
    results = RemoteEmuFreeBackend(pair(), real).run([{"variables": {"omega": OMEGA}}], wait=wait)
    while len(results.get_available_results()) < 1:
        pass
    (result,) = results
    assert sum(result.final_bitstrings.values()) == 1000
    assert excited_together(result.final_bitstrings) > 0.9


def test_one_job_is_the_default(real: PasqalCloudConnection) -> None:
    """A sequence without variables needs no job parameters."""
    (result,) = RemoteEmuFreeBackend(pair().build(omega=OMEGA), real).run(wait=True)
    assert excited_together(result.final_bitstrings) > 0.9


def test_observables_come_back(real: PasqalCloudConnection) -> None:
    """What the configuration asks for is in the results, at its times."""
    config = EmulationConfig(
        observables=(BitStrings(evaluation_times=[1.0], num_shots=50), Occupation(evaluation_times=[0.0, 1.0]))
    )
    (result,) = RemoteEmuFreeBackend(pair(), real, config=config).run([{"variables": {"omega": OMEGA}}], wait=True)
    assert sum(result.final_bitstrings.values()) == 50
    before, after = result.occupation
    assert np.allclose(before, 0.0)
    assert np.allclose(after, 0.5, atol=0.02)


def test_a_mappable_register_is_read_back(real: PasqalCloudConnection) -> None:
    """The counts of a job that maps fewer atoms than there are have the atoms that it maps."""
    layout = RegisterLayout([[6.0 * index, 0.0] for index in range(6)])
    sequence = Sequence(layout.make_mappable_register(3), MockDevice)
    sequence.declare_channel("ising", "rydberg_global")
    sequence.add(Pulse.ConstantPulse(400, OMEGA, 0.0, 0.0), "ising")
    jobs: list[Any] = [
        {"runs": 100, "variables": {"qubits": {"q0": 0, "q1": 1}}},
        {"runs": 100, "variables": {"qubits": {"q0": 5}}},
    ]
    two, one = real.submit(sequence, job_params=jobs, device_type="EMU_FREE", wait=True)
    assert (two.atom_order, one.atom_order) == (("q0", "q1"), ("q0",))
    assert excited_together(two.final_bitstrings) > 0.85
    assert set(one.final_bitstrings) <= {"0", "1"}


def test_the_digital_basis(real: PasqalCloudConnection) -> None:
    """A sequence that measures nothing is measured in the one basis that it addresses."""
    sequence = Sequence(Register({"a": (0.0, 0.0)}), MockDevice)
    sequence.declare_channel("raman", "raman_local", initial_target="a")
    sequence.add(Pulse.ConstantPulse(1000, np.pi, 0.0, 0.0), "raman")
    (result,) = real.submit(sequence, job_params=[{"runs": 20}], device_type="EMU_FREE", wait=True)
    assert result.final_bitstrings == {"1": 20}


def test_an_open_batch(real: PasqalCloudConnection) -> None:
    """Each run in the context adds jobs to one batch, and knows which are its own; `wait` waits."""
    backend = RemoteEmuFreeBackend(pair(), real)
    with backend.open_batch():
        first = backend.run([{"runs": 50, "variables": {"omega": OMEGA}}], wait=True)
        assert excited_together(first[0].final_bitstrings) > 0.85
        second = backend.run([{"runs": 60, "variables": {"omega": 0.0}}], wait=True)
        own = real.submit(
            pair(pulses=2),
            batch_id=first.batch_id,
            job_params=[{"runs": 70, "variables": {"omega": OMEGA}}],
            device_type="EMU_FREE",
            wait=True,
        )
    assert second[0].final_bitstrings == {"00": 60}
    assert own[0].final_bitstrings.get("00", 0) > 60  # there and back
    assert first.get_batch_status() is BatchStatus.DONE
    assert [sum(result.final_bitstrings.values()) for result in real.get_results(first.batch_id)] == [50, 60, 70]


def test_jobs_with_sequences_of_their_own(real: PasqalCloudConnection) -> None:
    """Several sequences run as one batch, and each result has the atoms of its own sequence."""
    alone = Sequence(Register({"solo": (0.0, 0.0)}), MockDevice)
    alone.declare_channel("ising", "rydberg_global")
    alone.add(Pulse.ConstantPulse(500, 2 * np.pi, 0.0, 0.0), "ising")
    pi, two = real.submit(
        [alone, pair()],
        job_params=[{"runs": 40}, {"runs": 40, "variables": {"omega": OMEGA}}],
        device_type="EMU_FREE",
        wait=True,
    )
    assert pi.final_bitstrings == {"1": 40}
    assert pi.atom_order == ("solo",)
    assert excited_together(two.final_bitstrings) > 0.8


@pytest.mark.slow
def test_results_are_the_same_in_another_process(real: PasqalCloudConnection, emulators: LocalService) -> None:
    """The batch's id is all that is needed to come back later, with or without a configuration of the emulator."""
    jobs: list[Any] = [{"runs": 100, "variables": {"omega": omega}} for omega in (1.0, 3.0)]
    ours = [
        RemoteEmuFreeBackend(pair(), real).run(jobs, wait=True),
        real.submit(pair(), job_params=jobs, device_type="EMU_FREE", wait=True),
        real.submit([pair(), pair(pulses=2)], job_params=jobs, device_type="EMU_FREE", wait=True),
    ]
    command = [sys.executable, PROGRAM, *(results.batch_id for results in ours)]
    run = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=100, env=emulators.environment | {"HOME": "/"}
    )
    theirs = json.loads(run.stdout)
    assert theirs == [[result.final_bitstrings for result in results] for results in ours]


@pytest.mark.slow
def test_the_same_program_runs_locally() -> None:
    """One word makes a connection to a service on this machine, which ends with it."""
    with PasqalCloudConnection.local("--workers=1") as connection:
        (port,) = map(int, re.findall(r"http://127.0.0.1:([0-9]+)", repr(connection.cloud_client)))
        (result,) = RemoteEmuFreeBackend(pair().build(omega=OMEGA), connection).run(wait=True)
        assert excited_together(result.final_bitstrings) > 0.9
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_backends_know_their_device(connection: PasqalCloudConnection) -> None:
    """Each names the cloud's emulator, and all are what packages check for."""
    kinds = {RemoteEmuFreeBackend: "EMU_FREE", RemoteSVBackend: "EMU_SV", RemoteMPSBackend: "EMU_MPS"}
    for kind, device_type in kinds.items():
        results = kind(pair().build(omega=OMEGA), connection).run()
        assert connection.cloud_client.get_batch(results.batch_id).device_type == device_type
    assert all(issubclass(kind, RemoteEmulatorBackend) for kind in kinds)
    assert all(kind.default_config.default_num_shots == 1000 for kind in kinds)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [({"config": "fast"}, TypeError), ({"connection": "cloud"}, TypeError), ({"mimic_qpu": True}, TypeError)],
)
def test_what_a_backend_can_not_be_made_of(
    real: PasqalCloudConnection, arguments: dict[str, Any], error: type[Exception]
) -> None:
    """Pulser's own checks hold: of types, and, on request, of what a QPU asks for."""
    options: dict[str, Any] = {"connection": real} | arguments
    with pytest.raises(error):
        RemoteEmuFreeBackend(pair(), **options).run()


def test_an_emulator_that_mimics_a_qpu(real: PasqalCloudConnection) -> None:
    """Without `runs`, the configuration's number of shots holds here, too."""
    sequence = pair(real.fetch_available_devices()["FRESNEL"]).build(omega=OMEGA)
    config = EmulationConfig(observables=[BitStrings(evaluation_times=[1.0])], default_num_shots=70)
    (result,) = RemoteEmuFreeBackend(sequence, real, config=config, mimic_qpu=True).run(wait=True)
    assert sum(result.final_bitstrings.values()) == 70


def test_a_qpu_wants_its_parameters(real: PasqalCloudConnection) -> None:
    """Without jobs, or runs, or with too many, nothing is sent."""
    device = real.fetch_available_devices()["FRESNEL"]
    sequence = pair(device).build(omega=1.0)
    for jobs in (None, [{}], [{"runs": device.max_runs + 1}]):
        with pytest.raises(ValueError, match=r"runs|job_params"):
            QPUBackend(sequence, real).run(jobs)
    with pytest.raises(ValueError, match="does not match any"):
        QPUBackend(pair(AnalogDevice).build(omega=1.0), real).run([{"runs": 1}])
