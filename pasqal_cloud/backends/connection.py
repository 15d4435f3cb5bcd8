"""Pulser's connection to Pasqal Cloud, which `QPUBackend` and the remote emulator backends use."""

from __future__ import annotations

import json
import logging
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Self, cast

from pasqal_cloud._arguments import counted
from pasqal_cloud._conversation.flow import CLOCK
from pasqal_cloud._conversation.forks import ChildSafeLock
from pasqal_cloud._deprecation import instead_of
from pasqal_cloud._tracebacks import short_traceback
from pasqal_cloud.errors import InvalidDeviceTypeSet, MissingExtraError, PasqalCloudError, ValidationError
from pasqal_cloud.sdk import SDK

try:
    from pulser import Sequence
    from pulser import __version__ as pulser_version
    from pulser.backend.remote import BatchStatus, JobParams, JobStatus, RemoteConnection, RemoteResults
    from pulser.json.abstract_repr.deserializer import deserialize_device
except ImportError as error:
    raise MissingExtraError('Pulser is not installed: pip install "pasqal-cloud[pulser]"') from error

from pasqal_cloud.backends.polled import FollowedBatch, status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pulser.backend import EmulationConfig
    from pulser.backend.results import Results
    from pulser.devices import Device

    from pasqal_cloud.batch import Batch
    from pasqal_cloud.device import DeviceTypeName
    from pasqal_cloud.endpoints import Region
    from pasqal_cloud.job import CreateJob

_log = logging.getLogger("pasqal_cloud")

SPECS_LAST = 60.0
"""Seconds for which the devices' specifications are cached."""

REMEMBERED = 100
"""The number of batches whose results a connection caches; the least recently used is dropped first."""


class PasqalCloudConnection(RemoteConnection):
    """A connection to Pasqal Cloud for Pulser's backends.

    Credentials, project and region that are not given are found as by `SDK`. No request is sent before the first use.

    Args:
        username: The e-mail address of the account.
        password: The password of the account.
        project_id: The id of the project that new batches belong to.
        region: The region of the account: `fr` for France, the default, or `sa` for Saudi Arabia.
        options: Other arguments of `SDK`.

    Raises:
        ValidationError: An argument, or a combination of them, is not valid.
    """

    @short_traceback
    def __init__(
        self,
        username: str | None = None,
        password: str | None = None,
        project_id: str | None = None,
        region: Region | None = None,
        **options: Any,
    ) -> None:
        self._connect(SDK(username, password, project_id=project_id, region=region, **options))

    def _connect(self, sdk: SDK) -> None:
        self._sdk = sdk
        self._followed: OrderedDict[str, FollowedBatch] = OrderedDict()
        self._specs: tuple[float, dict[str, Device]] | None = None
        self._lock = ChildSafeLock()

    @classmethod
    def local(cls, *options: str) -> Self:
        """Starts a local service and connects to it: programs run unchanged, without an account and a network.

        The service ends when the connection is closed, as `with PasqalCloudConnection.local() as connection:` does, at
        the latest with this process.

        Args:
            options: Options of `python -m pasqal_cloud.local`, like `--seed=7`.

        Raises:
            MissingExtraError: The extra `local` is not installed.
            LocalServiceError: The service did not start.
        """
        connection = cls.__new__(cls)
        connection._connect(SDK.local(*options))
        return connection

    @property
    def cloud_client(self) -> SDK:
        """The SDK that the connection uses."""
        return self._sdk

    @short_traceback
    def submit(  # type: ignore[override] # Pulser's method takes any keyword; here a misspelled one is an error
        self,
        sequence: Sequence[Any] | Iterable[Sequence[Any]],
        wait: bool = False,
        open: bool = False,
        batch_id: str | None = None,
        device_type: DeviceTypeName | str | None = None,
        backend_configuration: EmulationConfig[Any] | None = None,
        *,
        job_params: list[JobParams] | None = None,
        emulator: DeviceTypeName | str | None = None,
    ) -> RemoteResults:
        """Submits jobs, as a new batch or to an open one. The id of a new batch is logged before any waiting.

        Args:
            sequence: The sequence that all jobs run; or several, one for each job, which then form one batch.
            wait: Whether to wait until all jobs are settled.
            open: Whether jobs can be added to the new batch.
            batch_id: The id of the open batch to add the jobs to, instead of creating a new one.
            device_type: The emulator to run on; by default that of the open batch, or the device that the sequence was
                written for, which must be available.
            backend_configuration: The emulator's configuration; an open batch keeps the one it was created with.
            job_params: A dictionary for each job, with its `runs` and `variables`. With several sequences, one
                dictionary may serve for all.
            emulator: Deprecated: use `device_type`.

        Raises:
            ValueError: The sequences, the jobs and the device don't match. Nothing was submitted.
            BatchCreationError: The batch was not created.
            JobCreationError: The jobs were not added.
            SubmissionUnknownError: The batch may or may not have been created, or the jobs added; this is one of the
                errors above too.
        """
        device_type = instead_of("emulator", emulator, "device_type", device_type, refusal=InvalidDeviceTypeSet)
        followed = None if batch_id is None else self._followed_batch(batch_id)
        if followed is not None:
            if open:
                raise ValidationError("Give either open, for a new batch, or batch_id, for one that is open already.")
            device_type = _device_type(followed.batch, device_type)
        sequences = self._prepared(sequence, to_qpu=not _is_emulator(device_type))
        params = _checked(job_params)
        if isinstance(sequence, Sequence):
            shared: Sequence[Any] | None = sequences[0]
            built = [_built(sequences[0], each, index) for index, each in enumerate(params)]
        else:
            shared, params = None, _one_for_each(sequences, params)
            built = [_built(own, each, index) for index, (own, each) in enumerate(zip(sequences, params, strict=True))]
        is_shared = shared is not None and (followed is None or _is_same(shared, followed.batch.sequence_builder))
        jobs = [_job(each, None if is_shared else own) for each, own in zip(params, built, strict=True)]
        if followed is not None:
            job_ids = followed.add(jobs)
        else:
            batch = self._sdk.create_batch(
                shared, jobs, open=open, device_type=device_type, backend_configuration=backend_configuration
            )
            followed = self._follow(batch)
            job_ids = [job.id for job in batch.ordered_jobs]
        if not is_shared:
            followed.remember(job_ids, built)
        if wait:
            followed.batch.wait()
        return RemoteResults(followed.batch.id, self, job_ids=job_ids)

    @short_traceback
    def get_results(self, batch_id: str, job_ids: list[str] | None = None) -> RemoteResults:
        """Gets the results of a batch that was submitted before, perhaps by another program.

        Args:
            batch_id: The batch's id.
            job_ids: The ids of the jobs, in the order of the results; by default all jobs, in the order of submission.

        Raises:
            RuntimeError: The batch has no job with one of these ids.
            BatchFetchingError: The request failed.
        """
        return RemoteResults(batch_id, self, job_ids=job_ids)

    @short_traceback
    def fetch_available_devices(self) -> dict[str, Device]:
        """Fetches the available devices, by their types. Those that this version of Pulser can't read are left out.

        Raises:
            DeviceSpecsFetchingError: The request failed.
        """
        if self._specs is None or CLOCK.now() - self._specs[0] > SPECS_LAST:
            self._specs = CLOCK.now(), dict(_readable(self._sdk.get_device_specs_dict()))
        return dict(self._specs[1])

    def supports_open_batch(self) -> bool:
        """Returns True: jobs can be added to batches."""
        return True

    def close(self) -> None:
        """Closes the connections to the cloud, and ends the service that `local` started."""
        self._sdk.close()

    def _prepared(self, given: Sequence[Any] | Iterable[Sequence[Any]], *, to_qpu: bool) -> list[Sequence[Any]]:
        """Adds a measurement to the sequences and, for a QPU, updates them to its latest specifications."""
        sequences = [given] if isinstance(given, Sequence) else list(given) if isinstance(given, Iterable) else []
        if not sequences or not all(isinstance(sequence, Sequence) for sequence in sequences):
            raise ValidationError(f"sequence must be a pulser.Sequence, or several of them, not {given!r:.100}.")
        sequences = [self._add_measurement_to_sequence(sequence) for sequence in sequences]
        return [self.update_sequence_device(sequence) for sequence in sequences] if to_qpu else sequences

    @short_traceback
    def _fetch_result(self, batch_id: str, job_ids: list[str] | None) -> tuple[Results, ...]:
        return self._followed_batch(batch_id).results(job_ids)

    @short_traceback
    def _query_job_progress(self, batch_id: str) -> Mapping[str, tuple[JobStatus, Results | None]]:
        return self._followed_batch(batch_id).progress()

    @short_traceback
    def _get_batch_status(self, batch_id: str) -> BatchStatus:
        followed = self._followed_batch(batch_id)
        followed.look()
        return cast("BatchStatus", status(BatchStatus, followed.batch.status))

    @short_traceback
    def _get_job_ids(self, batch_id: str) -> list[str]:
        return self._followed_batch(batch_id).job_ids()

    @short_traceback
    def _close_batch(self, batch_id: str) -> None:
        try:
            self._followed_batch(batch_id).close()
        except PasqalCloudError as error:
            error.add_note(
                f"The batch occupies its device until connection.cloud_client.close_batch({batch_id!r}) succeeds."
            )
            raise

    def _follow(self, batch: Batch) -> FollowedBatch:
        with self._lock.held():
            followed = self._followed.setdefault(batch.id, FollowedBatch(batch))
            self._followed.move_to_end(batch.id)
            while len(self._followed) > REMEMBERED:
                self._followed.popitem(last=False)
        return followed

    def _followed_batch(self, batch_id: str) -> FollowedBatch:
        with self._lock.held():
            followed = self._followed.get(batch_id)
            if followed is not None:
                self._followed.move_to_end(batch_id)
                return followed
        return self._follow(self._sdk.get_batch(batch_id))

    def __enter__(self) -> Self:
        """Returns the connection, which is closed at the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the connection."""
        self.close()

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Returns the connection itself, which copies of a backend share."""
        return self


def _readable(specs: Mapping[str, str]) -> Iterator[tuple[str, Device]]:
    """Reads the devices, except those that need another version of Pulser."""
    for name, text in specs.items():
        try:
            yield name, cast("Device", deserialize_device(text))
        except Exception as error:  # noqa: BLE001 - Pulser raises errors of many types
            _log.warning("Device %s is left out: Pulser %s can't read it: %s", name, pulser_version, error)


def _checked(job_params: Any) -> list[JobParams]:
    is_list = isinstance(job_params, Iterable) and not isinstance(job_params, Mapping | str)
    params: list[Any] = list(job_params) if is_list else []
    if not (is_list or job_params is None) or not all(isinstance(each, Mapping) for each in params):
        raise ValidationError(f"job_params must be a list of dictionaries with runs and variables, not {job_params!r}.")
    return params


def _one_for_each(sequences: list[Sequence[Any]], params: list[JobParams]) -> list[JobParams]:
    each = params if len(params) > 1 else (params or [JobParams()]) * len(sequences)
    if len(each) != len(sequences):
        raise ValidationError(
            f"There are {counted(len(sequences), 'sequence')}, but {len(each)} job_params: give one for each sequence,"
            " or one for all."
        )
    return each


def _built(sequence: Sequence[Any], params: JobParams, index: int) -> Sequence[Any]:
    """Builds a job's sequence, to check its variables, and to send it with a job that needs its own sequence."""
    variables = params.get("variables") or {}
    if not sequence.is_parametrized() and not sequence.is_register_mappable():
        if variables:
            raise ValidationError(
                f"job_params[{index}].variables contains {', '.join(variables)}, but the sequence has no variables."
            )
        return sequence
    try:
        return sequence.build(**variables)
    except Exception as error:
        raise ValidationError(f"The sequence can't be built with job_params[{index}].variables: {error}") from error


def _job(params: JobParams, own: Sequence[Any] | None) -> CreateJob:
    """Makes a job, without variables if it has its own sequence."""
    job = cast("CreateJob", {**params})
    if own is not None:
        job.pop("variables", None)
        job["serialized_sequence"] = own
    return job


def _device_type(batch: Batch, given: DeviceTypeName | str | None) -> DeviceTypeName | str | None:
    """Gets the device type of an open batch, and checks that no other one was given."""
    if given is not None and batch.device_type is not None and str(given) != batch.device_type:
        raise ValidationError(f"Batch {batch.id} runs on {batch.device_type}, not on {given}.")
    return batch.device_type or given


def _is_emulator(device_type: DeviceTypeName | str | None) -> bool:
    return device_type is not None and str(device_type).startswith("EMU")


def _is_same(sequence: Sequence[Any], serialized: str | None) -> bool:
    return serialized is not None and json.loads(serialized) == json.loads(sequence.to_abstract_repr())
