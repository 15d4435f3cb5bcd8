"""The cloud's emulators as Pulser backends, which use a `PasqalCloudConnection`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar, cast

from pasqal_cloud.device import DeviceTypeName
from pasqal_cloud.errors import MissingExtraError

try:
    from pulser.backend import BitStrings, EmulationConfig, EmulatorBackend
    from pulser.backend.remote import JobParams, RemoteBackend, RemoteConnection, RemoteResults
except ImportError as error:
    raise MissingExtraError('Pulser is not installed: pip install "pasqal-cloud[pulser]"') from error

if TYPE_CHECKING:
    from pulser import Sequence


class RemoteEmulatorBackend(RemoteBackend, EmulatorBackend):  # type: ignore[misc] # Pulser has no types
    """The base class of the cloud's emulators.

    Args:
        sequence: The sequence to run.
        connection: The connection to the cloud.
        config: The configuration: observables, noise, evaluation times; by default `default_config`.
        mimic_qpu: Whether to validate the sequence and the jobs as for a QPU.

    Raises:
        TypeError: `config` or `connection` has the wrong type.
        ValueError: The sequence can't be emulated.
    """

    _device_type: ClassVar[DeviceTypeName]
    default_config: ClassVar[EmulationConfig[Any]] = EmulationConfig(
        observables=(BitStrings(evaluation_times=[1.0]),), default_num_shots=1000
    )

    def __init__(
        self,
        sequence: Sequence[Any],
        connection: RemoteConnection,
        *,
        config: EmulationConfig[Any] | None = None,
        mimic_qpu: bool = False,
    ) -> None:
        RemoteBackend.__init__(self, sequence, connection, mimic_qpu=mimic_qpu)  # with the default configuration
        EmulatorBackend.__init__(self, sequence, config=config, mimic_qpu=mimic_qpu)

    def run(self, job_params: list[JobParams] | None = None, wait: bool = False) -> RemoteResults:
        """Runs the sequence.

        Args:
            job_params: A dictionary for each job, with its `variables`, and with `runs` to override the number of
                shots in the configuration; by default one job.
            wait: Whether to wait until all jobs are settled.

        Raises:
            TypeError: `job_params` is not a list of dictionaries.
            ValueError: A sequence can't be built with its variables. Nothing was sent.
            BatchCreationError: The batch was not created.
            SubmissionUnknownError: The batch may or may not have been created; this is a `BatchCreationError` too.
        """
        jobs: list[JobParams] = job_params if job_params is not None else [{}]
        if self._mimic_qpu and isinstance(jobs, list):
            jobs = [cast("JobParams", {"runs": self._config.default_num_shots, **job}) for job in jobs]
        return super().run(jobs, wait)

    def _submit_kwargs(self) -> dict[str, Any]:
        return {**super()._submit_kwargs(), "device_type": self._device_type, "backend_configuration": self._config}


class RemoteEmuFreeBackend(RemoteEmulatorBackend):
    """EMU_FREE: a state-vector emulator on QuTiP, for every basis and noise model."""

    _device_type = DeviceTypeName.EMU_FREE


class RemoteSVBackend(RemoteEmulatorBackend):
    """EMU_SV: a state-vector emulator on PyTorch."""

    _device_type = DeviceTypeName.EMU_SV


class RemoteMPSBackend(RemoteEmulatorBackend):
    """EMU_MPS: an emulator with matrix product states, for many weakly entangled atoms."""

    _device_type = DeviceTypeName.EMU_MPS
    default_config = EmulationConfig(
        observables=(BitStrings(evaluation_times=[1.0]),),
        default_num_shots=1000,
        num_gpus_to_use=1,
        autosave_dt=math.inf,
        optimize_qubit_ordering=True,
    )
