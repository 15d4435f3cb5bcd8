"""Pulser's connection to Pasqal Cloud: `QPUBackend` and the remote emulator backends run over it."""

from __future__ import annotations

import json
import logging
import time
import warnings
from collections import OrderedDict
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, Self, cast

from pasqal_cloud._deprecation import instead_of
from pasqal_cloud._flow import naming, run
from pasqal_cloud.errors import BatchFetchingError, MissingExtraError, ValidationError
from pasqal_cloud.job import CreateJob
from pasqal_cloud.sdk import SDK

try:
    from pulser import Sequence
    from pulser import __version__ as pulser_version
    from pulser.backend.remote import (
        BatchStatus,
        JobParams,
        JobStatus,
        RemoteConnection,
        RemoteResults,
        RemoteResultsError,
    )
    from pulser.backend.results import Results
    from pulser.json.abstract_repr.deserializer import deserialize_device
    from pulser.result import SampledResult
except ImportError as error:
    raise MissingExtraError('Pulser is not installed: pip install "pasqal-cloud[pulser]"') from error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pulser.backend import EmulationConfig
    from pulser.devices import Device

    from pasqal_cloud._flow import Flow
    from pasqal_cloud.batch import Batch
    from pasqal_cloud.device import DeviceTypeName
    from pasqal_cloud.endpoints import Region
    from pasqal_cloud.job import Job
    from pasqal_cloud.status import BatchStatus as OurBatchStatus
    from pasqal_cloud.status import JobStatus as OurJobStatus

_log = logging.getLogger("pasqal_cloud")

SPECS_LAST = 60.0
"""Seconds for which the devices' specs are not asked for again."""

REMEMBERED = 100
"""How many batches a connection remembers the results of; the one asked for longest ago is forgotten first."""

PAUSES = (0.05, 0.1, 0.2, 0.5, 1.0)
"""Seconds between two looks at a batch that stays the same, to a caller that does not pause by itself."""

_QUIET = Lock()
"""Filters of warnings are the whole process's."""


class PasqalCloudConnection(RemoteConnection):
    """A connection to Pasqal Cloud for Pulser's backends.

    Credentials, project and place that are not given are looked for as `SDK` does. Nothing is sent until the first use.

    Args:
        username: The e-mail address of the account.
        password: Its password.
        project_id: The project that new batches belong to, a UUID.
        region: Where the account is, `fr` or `sa`.
        options: Other arguments of `SDK`.

    Raises:
        ValidationError: The arguments don't fit together.
    """

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
        self._followed: OrderedDict[str, _Followed] = OrderedDict()
        self._lock = Lock()
        self._specs: tuple[float, dict[str, Device]] | None = None

    @classmethod
    def local(cls, *options: str) -> Self:
        """Starts a local service and connects to it: programs run unchanged, with no account and no network.

        The service ends when the connection is closed, best by `with PasqalCloudConnection.local() as connection:`, at
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

    def submit(  # type: ignore[override] # an option that is misspelt is an error here
        self,
        sequence: Sequence[Any] | Iterable[Sequence[Any]],
        wait: bool = False,
        open: bool = False,
        batch_id: str | None = None,
        job_params: list[JobParams] | None = None,
        device_type: DeviceTypeName | str | None = None,
        backend_configuration: EmulationConfig[Any] | None = None,
        *,
        emulator: DeviceTypeName | str | None = None,
    ) -> RemoteResults:
        """Submits jobs, as a new batch or to an open one. Its id is logged before any waiting.

        Args:
            sequence: The sequence that all jobs run; or several, one for each job, which then form one batch.
            wait: Whether to wait until all jobs are settled.
            open: Whether the new batch takes more jobs later.
            batch_id: The open batch to add the jobs to, in place of a new one.
            job_params: The `runs` and `variables` of each job; one for all of several sequences will do.
            device_type: The emulator to run on; by default the device that the sequence was made for, which must then
                be among the available ones.
            backend_configuration: The emulator's configuration; an open batch keeps the one it was created with.
            emulator: Deprecated: use `device_type`.

        Raises:
            ValueError: A sequence fits neither its variables nor the device. Nothing was sent.
            BatchCreationError: The batch was not created, or nobody knows whether it was.
            JobCreationError: The jobs were not added, or nobody knows whether they were.
        """
        device_type = instead_of("emulator", emulator, "device_type", device_type)
        sequences = [sequence] if isinstance(sequence, Sequence) else list(sequence)
        prepared = [self._prepared(each, to_qpu=device_type is None) for each in sequences]
        shared = prepared[0] if isinstance(sequence, Sequence) else None
        if batch_id is not None:
            return self._add(batch_id, shared, prepared, job_params or [], wait=wait)
        batch = self._sdk.create_batch(
            shared,
            _own_jobs(prepared, job_params or []) if shared is None else _jobs(shared, job_params or []),
            open=open,
            device_type=device_type,
            backend_configuration=backend_configuration,
        )
        self._follow(batch)
        if wait:
            batch.wait()
        return RemoteResults(batch.id, self, job_ids=[job.id for job in batch.ordered_jobs])

    def get_results(self, batch_id: str, job_ids: list[str] | None = None) -> RemoteResults:
        """Gets the results of a batch that was submitted before, maybe by another program.

        Args:
            batch_id: The batch's id.
            job_ids: Which of its jobs, and in what order; by default all, in the order of their submission.

        Raises:
            RuntimeError: The batch has no such job.
            BatchFetchingError: It could not be had.
        """
        if job_ids is not None:
            self._followed_batch(batch_id).meet(job_ids)
        return RemoteResults(batch_id, self, job_ids=job_ids)

    def fetch_available_devices(self) -> dict[str, Device]:
        """Fetches the devices that batches can run on, by their types. One that this Pulser can't read is left out.

        Raises:
            DeviceSpecsFetchingError: They could not be had.
        """
        if self._specs is None or time.monotonic() - self._specs[0] > SPECS_LAST:
            self._specs = time.monotonic(), dict(_readable(self._sdk.get_device_specs_dict()))
        return dict(self._specs[1])

    def supports_open_batch(self) -> bool:
        """Tells that jobs can be added to batches."""
        return True

    def close(self) -> None:
        """Closes the connections to the cloud; and ends the service that `local` started."""
        self._sdk.close()

    def _add(
        self,
        batch_id: str,
        shared: Sequence[Any] | None,
        sequences: list[Sequence[Any]],
        job_params: list[JobParams],
        *,
        wait: bool,
    ) -> RemoteResults:
        batch = self._followed_batch(batch_id).batch
        before = {job.id for job in batch.ordered_jobs}
        if shared is None:
            batch.add_jobs(_own_jobs(sequences, job_params))
        elif _is_same(shared, batch.sequence_builder):
            batch.add_jobs(_jobs(shared, job_params))
        else:
            batch.add_jobs(_own_job(shared, params) for params in job_params)
        added = [job.id for job in batch.ordered_jobs if job.id not in before]
        if wait:
            batch.wait()
        return RemoteResults(batch_id, self, job_ids=added)

    def _prepared(self, sequence: Sequence[Any], *, to_qpu: bool) -> Sequence[Any]:
        sequence = self._add_measurement_to_sequence(sequence)
        return self.update_sequence_device(sequence) if to_qpu else sequence

    def _fetch_result(self, batch_id: str, job_ids: list[str] | None) -> tuple[Results, ...]:
        progress = self._query_job_progress(batch_id)
        found = []
        for job_id in progress if job_ids is None else job_ids:
            status, results = progress[job_id]
            if results is None:
                raise RemoteResultsError(self._followed_batch(batch_id).why_without(job_id, status))
            found.append(results)
        return tuple(found)

    def _query_job_progress(self, batch_id: str) -> Mapping[str, tuple[JobStatus, Results | None]]:
        return self._followed_batch(batch_id).progress()

    def _get_batch_status(self, batch_id: str) -> BatchStatus:
        followed = self._followed_batch(batch_id)
        followed.look()
        status: BatchStatus = _status(BatchStatus, followed.batch.status)
        return status

    def _get_job_ids(self, batch_id: str) -> list[str]:
        return [job.id for job in self._followed_batch(batch_id).batch.ordered_jobs]

    def _close_batch(self, batch_id: str) -> None:
        self._followed_batch(batch_id).batch.close()

    def _follow(self, batch: Batch) -> _Followed:
        with self._lock:
            followed = self._followed.setdefault(batch.id, _Followed(batch))
            self._followed.move_to_end(batch.id)
            while len(self._followed) > REMEMBERED:
                self._followed.popitem(last=False)
        return followed

    def _followed_batch(self, batch_id: str) -> _Followed:
        with self._lock:
            followed = self._followed.get(batch_id)
        return followed or self._follow(self._sdk.get_batch(batch_id))

    def __enter__(self) -> Self:
        """Gives the connection, to be closed at the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes it."""
        self.close()

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Gives the connection itself: what it holds can't be in two places, and backends that are copied share it."""
        return self


class _Followed:
    """A batch as it was last seen, and the results that were downloaded."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self._results: dict[str, Results] = {}
        self._lock = RLock()
        self._looked_at = -PAUSES[-1]
        self._unchanged = 0

    def look(self) -> None:
        """Asks for the batch's status, and for more if that has changed; callers that never pause are made to."""
        with self._lock:
            if self.batch.status.is_settled:
                return
            pause = PAUSES[min(self._unchanged, len(PAUSES) - 1)] if self._unchanged else 0.0
            time.sleep(max(0.0, self._looked_at + pause - time.monotonic()))
            has_changed = run(self._asking())
            self._looked_at = time.monotonic()
            self._unchanged = 0 if has_changed else self._unchanged + 1

    def _asking(self) -> Flow[bool]:
        changed: bool = yield from naming(BatchFetchingError, self.batch._look)(self.batch._api.options.retry)
        if changed:
            yield from naming(BatchFetchingError, self.batch._refresh)()
        return changed

    def meet(self, job_ids: Iterable[str]) -> None:
        """Asks for the jobs again if there are ids that are not known yet."""
        if not {job.id for job in self.batch.ordered_jobs}.issuperset(job_ids):
            self.batch.refresh()

    def progress(self) -> dict[str, tuple[JobStatus, Results | None]]:
        """Gives the status of each job, and its result when it has one."""
        with self._lock:
            self.look()
            jobs = self.batch.ordered_jobs
            if any(job.status == "DONE" and job.id not in self._results for job in jobs):
                self.batch.results("skip")  # downloads several at once; the jobs keep what they were given
                for job in jobs:
                    if job.id not in self._results and (document := job.full_result):
                        self._results[job.id] = self._read(job, document)
        return {job.id: (_status(JobStatus, job.status), self._results.get(job.id)) for job in jobs}

    def why_without(self, job_id: str, status: JobStatus) -> str:
        """Says why a job has no results."""
        reasons = "; ".join(error for job in self.batch.ordered_jobs if job.id == job_id for error in job.errors)
        return f"Job {job_id} has no results: its status is {status.name}" + (f" ({reasons})." if reasons else ".")

    def _read(self, job: Job, document: Mapping[str, Any]) -> Results:
        if serialized := document.get("serialised_results"):
            return Results.from_abstract_repr(serialized)
        shared = self.batch.sequence_builder
        is_shared = shared and (job.variables or self.batch._api.door is not None)
        sequence = Sequence.from_abstract_repr(str(shared if is_shared else job.sequence or shared))
        if sequence.is_parametrized() or sequence.is_register_mappable():
            sequence = sequence.build(**job.variables)
        with _QUIET, warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # Pulser has nothing else yet with the counts alone
            return SampledResult(
                atom_order=sequence.register.qubit_ids,
                meas_basis=sequence.get_measurement_basis(),
                bitstring_counts=document["counter"],
            )


def _status(kind: Any, status: OurBatchStatus | OurJobStatus) -> Any:
    """Gives Pulser's name of a status; one that Pulser has no name for goes on, or has failed."""
    return kind.__members__.get(status, kind.ERROR if status.is_settled else kind.RUNNING)


def _readable(specs: Mapping[str, str]) -> Iterator[tuple[str, Device]]:
    """Reads the devices; one that needs another Pulser must not keep the others away."""
    for name, text in specs.items():
        try:
            yield name, cast("Device", deserialize_device(text))
        except Exception as error:  # noqa: BLE001 - of whatever kind: that is Pulser's affair
            _log.warning("The device %s is left out, as Pulser %s can't read it: %s", name, pulser_version, error)


def _jobs(sequence: Sequence[Any], job_params: list[JobParams]) -> list[CreateJob]:
    """Makes jobs that share a sequence, and builds it with the variables of each to see whether that can be."""
    for params in job_params:
        _built(sequence, params)
    return [cast("CreateJob", {**params}) for params in job_params]


def _own_jobs(sequences: list[Sequence[Any]], job_params: list[JobParams]) -> list[CreateJob]:
    """Makes a job of each sequence."""
    each = job_params if len(job_params) > 1 else (job_params or [{}]) * len(sequences)
    if len(each) != len(sequences):
        raise ValidationError(
            f"There are {len(sequences)} sequences and {len(each)} job_params: give one for each, or one for all."
        )
    return [_own_job(sequence, params) for sequence, params in zip(sequences, each, strict=True)]


def _own_job(sequence: Sequence[Any], params: JobParams) -> CreateJob:
    """Makes a job with a sequence of its own, which takes no variables."""
    job = CreateJob(serialized_sequence=_built(sequence, params))
    if "runs" in params:
        job["runs"] = params["runs"]
    return job


def _built(sequence: Sequence[Any], params: Mapping[str, Any]) -> Sequence[Any]:
    if sequence.is_parametrized() or sequence.is_register_mappable():
        return sequence.build(**(params.get("variables") or {}))
    return sequence


def _is_same(sequence: Sequence[Any], serialized: str | None) -> bool:
    return serialized is not None and json.loads(serialized) == json.loads(sequence.to_abstract_repr())
