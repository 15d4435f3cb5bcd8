"""`SDK` and `AsyncSDK`. Each operation is written once, as a flow, and offered on both classes."""

from __future__ import annotations

import weakref
from collections import deque
from contextlib import suppress
from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Literal, ParamSpec, Self, TypeVar

from pasqal_cloud._arguments import call_error, flag_of, of_type, uuid_of
from pasqal_cloud._conversation.batches import (
    BatchCancellationResponse,
    JobCancellationResponse,
    cancelling_jobs,
    cancelling_many,
    closing,
    page_of_batches,
    page_of_jobs,
    reasons,
    tagging,
)
from pasqal_cloud._conversation.devices import (
    Device,
    fetching_specs,
    finding_device,
    finding_least_busy,
    listing_devices,
)
from pasqal_cloud._conversation.flow import Close, Flow, Task, arun, run
from pasqal_cloud._conversation.operation import (
    Awaiting,
    AwaitingContext,
    BlockingContext,
    Opening,
    Source,
    operation,
    walking,
)
from pasqal_cloud._conversation.paging import PaginatedResponse, Walk, page_of
from pasqal_cloud._conversation.snapshots import status_of
from pasqal_cloud._deprecation import deprecated, elsewhere, instead_of, wait_for_results
from pasqal_cloud._progress import Starting, following
from pasqal_cloud._tracebacks import short_traceback
from pasqal_cloud.batch import AsyncBatch, Batch, BatchFlows, adding, batch_payload, creating, rebatching
from pasqal_cloud.endpoints import Endpoints
from pasqal_cloud.errors import (
    BatchCancellingError,
    BatchClosingError,
    BatchCreationError,
    BatchFetchingError,
    BatchListingError,
    BatchSetTagsError,
    DeviceSpecsFetchingError,
    InvalidDeviceTypeSet,
    JobCancellingError,
    JobCreationError,
    JobFetchingError,
    JobListingError,
    OnlyCompleteOrOpenCanBeSet,
    PasqalCloudError,
    ProjectFetchingError,
    ProjectNotFoundError,
    RebatchError,
    ValidationError,
    WorkloadCancellingError,
    WorkloadCreationError,
    WorkloadFetchingError,
    WorkloadListingError,
)
from pasqal_cloud.experiments import checking, running, sweeping
from pasqal_cloud.handle import Remembered
from pasqal_cloud.http_client import HTTPClient, routes_of
from pasqal_cloud.job import AsyncJob, Job, JobFlows
from pasqal_cloud.project import Project, listing_projects
from pasqal_cloud.saving import loading
from pasqal_cloud.settings import given, session_of, shows_progress, webhook_of
from pasqal_cloud.status import BatchStatus, JobStatus
from pasqal_cloud.workload import (
    AsyncWorkload,
    Workload,
    WorkloadFlows,
    creating_workload,
    page_of_workloads,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from os import PathLike
    from uuid import UUID

    from pasqal_cloud._arguments import SequenceLike
    from pasqal_cloud._conversation.retry import RetryPolicy
    from pasqal_cloud._conversation.session import Endpoint
    from pasqal_cloud._conversation.unread import Unread
    from pasqal_cloud.authentication import TokenProvider
    from pasqal_cloud.counts import Counts
    from pasqal_cloud.device import BaseConfig, DeviceTypeName, EmuFresnelConfig, EmulatorType
    from pasqal_cloud.endpoints import Auth0Conf, Region, TokenProviderConf
    from pasqal_cloud.filters import (
        BatchFilters,
        CancelJobFilters,
        DeviceFilters,
        Filters,
        JobFilters,
        PaginationParams,
        RebatchFilters,
        WorkloadFilters,
    )
    from pasqal_cloud.job import CreateJob
    from pasqal_cloud.settings import Proxy, Timeout, Transport, Verify
    from pasqal_cloud_api import models

P = ParamSpec("P")
T = TypeVar("T")
BatchT = TypeVar("BatchT", bound=BatchFlows[Any])
JobT = TypeVar("JobT", bound=JobFlows)
WorkloadT = TypeVar("WorkloadT", bound=WorkloadFlows)
HandleT = TypeVar("HandleT", bound=BatchFlows[Any] | WorkloadFlows)


class Operations(Generic[BatchT, JobT, WorkloadT]):
    """The operations of `SDK` and `AsyncSDK`."""

    _batch_type: type[BatchT]
    _job_type: type[JobT]
    _workload_type: type[WorkloadT]

    @short_traceback
    def __init__(
        self,
        username: str | None = None,
        password: str | None = None,
        token_provider: TokenProvider | None = None,
        endpoints: Endpoints | None = None,
        auth0: Auth0Conf | None = None,
        webhook: str | None = None,
        project_id: str | None = None,
        client_class: type[HTTPClient] = HTTPClient,
        region: Region | None = None,
        auth_config: TokenProviderConf | None = None,
        *,
        token: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        profile: str | None = None,
        proxy: Proxy | None = None,
        verify: Verify | None = None,
        timeout: Timeout | None = None,
        transport: Transport | None = None,
        headers: Mapping[str, str] | None = None,
        retry: RetryPolicy | Literal[False] | None = None,
        recover_for: float | None = None,
        journal: str | PathLike[str] | Literal[False] | None = None,
        progress: bool | None = None,
        max_in_flight: int | None = None,
    ) -> None:
        self._session = session_of(
            awaits=isinstance(self, Awaiting),
            username=username,
            password=password,
            token_provider=token_provider,
            endpoints=endpoints,
            auth0=auth0,
            project_id=project_id,
            region=region,
            auth_config=auth_config,
            token=token,
            client_id=client_id,
            client_secret=client_secret,
            profile=profile,
            proxy=proxy,
            verify=verify,
            timeout=timeout,
            transport=transport,
            headers=headers,
            retry=retry,
            recover_for=recover_for,
            journal=journal,
            progress=progress,
            max_in_flight=max_in_flight,
        )
        self._session.routes = routes_of(client_class or HTTPClient, self._session.endpoints)
        self.webhook = webhook_of(webhook)
        self._known: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()
        self._last: deque[Remembered[BatchT]] = deque(maxlen=1)  # shared by `with_options`
        self._stop_service: weakref.finalize[..., Self] | None = None

    @short_traceback
    def with_options(
        self,
        *,
        retry: RetryPolicy | Literal[False] | None = None,
        timeout: Timeout | None = None,
        recover_for: float | None = None,
        progress: bool | None = None,
    ) -> Self:
        """Returns an SDK with other options, on the same connections: for single calls that need them.

        Args:
            retry: When failed requests are retried; False for never. An argument that is None changes nothing.
            timeout: The seconds to wait for each part of a response, or an `httpx.Timeout`.
            recover_for: How long to search for what a request of unknown outcome may have created, in seconds.
            progress: Whether a wait of more than a second shows a line.

        Raises:
            ValidationError: A value is not valid.
        """
        view = copy(self)
        view._session = self._session.with_options(
            **given(retry=retry, timeout=timeout, recover_for=recover_for, progress=progress)
        )
        view._stop_service = None
        return view

    @property
    def project_id(self) -> str | None:
        """The project that new batches belong to."""
        return self._session.project_id

    @project_id.setter
    def project_id(self, project_id: str | None) -> None:
        """The project that new batches belong to."""
        self._session.project_id = project_id

    @property
    def last_batch(self) -> BatchT | None:
        """The batch that a method of this SDK created or added jobs to last, for when nothing else holds it.

        It is here as soon as its id is known, also if waiting for it was interrupted. Reading it needs no request: it
        is the handle that the method returned or, if that is not in use any more, a new one in the same state. None if
        there is none yet.
        """
        return self._last[-1].handle(self._batch) if self._last else None

    @property
    def batches(self) -> dict[str, BatchT]:
        """The batches that this SDK returned and that are in use, by their ids. Deprecated: keep the handles."""
        deprecated("SDK.batches", instead="the handles that create_batch and get_batch return")
        return {each.id: each for each in self._known.values() if isinstance(each, self._batch_type)}

    @property
    def workloads(self) -> dict[str, WorkloadT]:
        """The workloads that this SDK returned and that are in use, by their ids. Deprecated: keep the handles."""
        deprecated("SDK.workloads", instead="the handles that create_workload and get_workload return")
        return {each.id: each for each in self._known.values() if isinstance(each, self._workload_type)}

    @operation(raises=BatchCreationError)
    def create_batch(
        self,
        serialized_sequence: SequenceLike | None = None,
        jobs: Iterable[CreateJob] = (),
        complete: bool | None = None,
        open: bool | None = None,
        emulator: DeviceTypeName | EmulatorType | str | None = None,
        device_type: DeviceTypeName | EmulatorType | str | None = None,
        configuration: BaseConfig | EmuFresnelConfig | Mapping[str, Any] | None = None,
        backend_configuration: SequenceLike | None = None,
        wait: bool = False,
        fetch_results: bool | None = None,
        tags: Iterable[str] | None = None,
        *,
        submission_tag: bool = False,
    ) -> Flow[BatchT]:
        """Creates a batch. Its id is logged as soon as it is known, before any waiting.

        Args:
            serialized_sequence: The sequence that the jobs share: a Pulser sequence, or its abstract representation,
                `to_abstract_repr()`. Left out if each job has its own: `create_batch(jobs=[…])`.
            jobs: The jobs, each a dictionary with `runs`, `variables` and perhaps `serialized_sequence`; see
                `CreateJob`.
            open: Whether jobs can be added until the batch is closed; by default not.
            device_type: The device to run on; by default the one that the sequence was written for, such as FRESNEL.
                If the service does not have that one, as with Pulser's `AnalogDevice`, the local service takes
                EMU_FREE; Pasqal's may refuse the batch.
            backend_configuration: For emulators: a Pulser `EmulationConfig`, or its abstract representation.
            tags: Labels to find the batch by.
            wait: Whether to wait until all jobs are settled.
            submission_tag: Whether to add a random tag, which identifies the batch if the response is lost.
            complete: Deprecated: use `open`, its opposite.
            emulator: Deprecated: use `device_type`.
            configuration: Deprecated: use `backend_configuration`.
            fetch_results: Deprecated: use `wait`. Results are fetched when they are read.

        Raises:
            BatchCreationError: The batch was not created, unless it is a `SubmissionUnknownError` too.
            SubmissionUnknownError: The batch may or may not have been created.
            BatchFetchingError: With `wait`, the batch was created, but its status could not be fetched.
        """
        _check_switches(complete=complete, open=open, wait=wait)
        open = instead_of(
            "complete",
            complete,
            "open, its opposite",
            open,
            lambda given: not given,
            refusal=OnlyCompleteOrOpenCanBeSet,
        )
        device_type = instead_of("emulator", emulator, "device_type", device_type, refusal=InvalidDeviceTypeSet)
        wait = wait_for_results(fetch_results, wait=wait)
        if configuration is not None:
            deprecated("configuration", instead="backend_configuration, a Pulser EmulationConfig")
        batch = yield from self._create(
            serialized_sequence,
            jobs,
            open=bool(open),
            device_type=device_type,
            backend_configuration=backend_configuration,
            tags=tags,
            configuration=configuration,
            submission_tag=submission_tag,
        )
        if wait:
            yield from batch._waiting()
        return batch

    @operation(raises=BatchCreationError)
    def run(
        self,
        /,
        sequence: SequenceLike,
        runs: int | None = 100,
        *,
        device_type: DeviceTypeName | EmulatorType | str | None = None,
        backend_configuration: SequenceLike | None = None,
        variables: Mapping[str, Any] | None = None,
        tags: Iterable[str] | None = None,
        timeout: float | None = None,
        **values: Any,
    ) -> Flow[Counts]:
        """Runs a sequence once and returns the counts: `sdk.run(sequence, 200, device_type="EMU_FREE", omega=6.28)`.

        It creates a batch of one job, and waits until it has ended. `last_batch` is that batch.

        Args:
            sequence: A Pulser sequence, or its abstract representation, `to_abstract_repr()`.
            runs: The number of shots; None for the number that `backend_configuration` gives.
            device_type: The device to run on; by default the one that the sequence was written for, such as FRESNEL.
                If the service does not have that one, as with Pulser's `AnalogDevice`, the local service takes
                EMU_FREE; Pasqal's may refuse the batch.
            backend_configuration: For emulators: a Pulser `EmulationConfig`, or its abstract representation.
            variables: The values of the sequence's variables by their names, for names that are also arguments of this
                method, too; in the units in which the sequence uses them. `qubits` maps the ids of a mappable register
                to trap ids.
            tags: Labels to find the batch by.
            timeout: The longest time to wait, in seconds; None for no limit.
            values: More values of the sequence's variables.

        Raises:
            ValidationError: An argument is not valid: for instance, a name is not a variable of the sequence, is given
                twice, or is missing. Nothing was sent.
            BatchCreationError: The batch was not created, unless it is a `SubmissionUnknownError` too.
            JobFailedError: The job failed or was cancelled.
            WaitTimeoutError: It had not ended in time. It is still queued or running: `handle` is the batch.
            BatchFetchingError: The status of the batch could not be fetched.
            JobFetchingError: The result could not be downloaded, or has no counts.
        """
        submit = partial(self._create, device_type=device_type, backend_configuration=backend_configuration, tags=tags)
        return (yield from running(submit, sequence, runs, variables, values, timeout))

    @operation(raises=BatchCreationError)
    def sweep(
        self,
        /,
        sequence: SequenceLike,
        runs: int | None = 100,
        *,
        device_type: DeviceTypeName | EmulatorType | str | None = None,
        backend_configuration: SequenceLike | None = None,
        variables: Mapping[str, Any] | None = None,
        combine: Literal["product", "zip"] = "product",
        tags: Iterable[str] | None = None,
        open: bool = False,
        wait: bool = True,
        timeout: float | None = None,
        **values: Any,
    ) -> Flow[BatchT]:
        """Runs a sequence with many values of its variables, each as a job of one batch.

        `sdk.sweep(sequence, omega=[1.0, 2.0, 4.0], delta=[-5.0, 0.0, 5.0], duration=1000)` creates nine jobs, the last
        variable changing first. `to_pandas()` of the batch is a table of the variables and the counts.

        Args:
            sequence: A Pulser sequence, or its abstract representation, `to_abstract_repr()`.
            runs: The number of shots of each job; None for the number that `backend_configuration` gives.
            device_type: The device to run on; by default the one that the sequence was written for, such as FRESNEL.
                If the service does not have that one, as with Pulser's `AnalogDevice`, the local service takes
                EMU_FREE; Pasqal's may refuse the batch.
            backend_configuration: For emulators: a Pulser `EmulationConfig`, or its abstract representation.
            variables: The values of the sequence's variables by their names, in the units in which the sequence uses
                them: a list of numbers, or, for a variable that is an array, a list of arrays. Any other value is the
                same in all jobs. It can have names that are also arguments of this method.
            combine: How several lists are combined: `product` for every value with every other, `zip` for the first
                values, the second values, and so on.
            tags: Labels to find the batch by.
            open: Whether jobs can be added until the batch is closed.
            wait: Whether to wait until all jobs have ended.
            timeout: The longest time to wait, in seconds; None for no limit.
            values: More values of the sequence's variables.

        Raises:
            ValidationError: An argument is not valid: for instance, a name is not a variable of the sequence, is given
                twice, or is missing; or the lists can't be combined. Nothing was sent.
            BatchCreationError: The batch was not created, unless it is a `SubmissionUnknownError` too.
            WaitTimeoutError: It had not ended in time. It is still queued or running: `handle` is the batch.
            BatchFetchingError: The status of the batch could not be fetched.
        """
        submit = partial(
            self._create, open=open, device_type=device_type, backend_configuration=backend_configuration, tags=tags
        )
        flow = sweeping(submit, sequence, runs, variables, values, combine=combine, wait=wait, timeout=timeout)
        return (yield from flow)

    @operation(raises=BatchFetchingError)
    def get_batch(self, id: str, fetch_results: bool | None = None) -> Flow[BatchT]:
        """Gets a batch.

        Args:
            id: The batch's id.
            fetch_results: Deprecated, without effect: results are fetched when they are read.

        Raises:
            BatchFetchingError: The request failed; this is a `NotFoundError` too if there is no batch with this id.
        """
        if fetch_results is not None:
            deprecated("fetch_results", instead="job.result, which fetches it")
        return self._batch((yield from self._batch_type._fetching(self._session, id)))

    @operation(raises=JobCreationError)
    def add_jobs(self, batch_id: str, jobs: Iterable[CreateJob], wait: bool = False) -> Flow[BatchT]:
        """Adds jobs to an open batch.

        Args:
            batch_id: The batch's id.
            jobs: The jobs, at least one; see `create_batch`.
            wait: Whether to wait until all jobs of the batch are settled.

        Raises:
            JobCreationError: The jobs were not added.
            SubmissionUnknownError: The jobs may or may not have been added; this is a `JobCreationError` too.
        """
        batch = yield from adding(self._session, batch_id, jobs, self._submitted)
        if wait:
            yield from batch._waiting()
        return batch

    @operation(raises=BatchListingError)
    def get_batches(
        self,
        filters: BatchFilters | None = None,
        pagination_params: PaginationParams | None = None,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Flow[PaginatedResponse[BatchT]]:
        """Gets one page of batches, newest first; `iter_batches` goes through all pages.

        Args:
            filters: Which batches to list.
            pagination_params: Which page to get, in what order; by default the first 100 batches.
            limit: The most batches to get, from 1 to 100, instead of `pagination_params`.
            offset: How many batches to skip, instead of `pagination_params`.

        Raises:
            BatchFetchingError: The request failed.
        """
        page = _page(pagination_params, limit, offset)
        answer = yield from page_of_batches(self._session, filters, page)
        return page_of(answer, page.offset, self._batch)

    @walking(raises=BatchListingError)
    def iter_batches(
        self, filters: BatchFilters | None = None, pagination_params: PaginationParams | None = None
    ) -> Source[BatchT]:
        """Iterates over all batches that match, newest first, on as many pages as there are.

        If batches are created or deleted meanwhile, no batch appears twice. Some may be missed if equally many are
        created and deleted.

        Args:
            filters: Which batches to list; for more than 100 ids, several requests are made.
            pagination_params: The order, and where to begin.

        Raises:
            BatchFetchingError: A request failed.
        """
        return self._walk(page_of_batches, filters, pagination_params, self._batch)

    @operation(raises=BatchFetchingError)
    def get_batch_status(self, id: str) -> Flow[BatchStatus]:
        """Gets only the status of a batch, which is faster than `get_batch`.

        Args:
            id: The batch's id.

        Raises:
            BatchFetchingError: The request failed.
        """
        return BatchStatus(status_of((yield from self._batch_type._fetching_status(self._session, id))))

    @operation(raises=BatchClosingError)
    def close_batch(self, batch_id: str) -> Flow[BatchT]:
        """Closes an open batch: no jobs can be added any more, and the device is free once its jobs are settled.

        Args:
            batch_id: The batch's id.

        Raises:
            BatchClosingError: The batch could not be closed.
        """
        return self._batch((yield from closing(self._session, batch_id)))

    @operation(raises=BatchClosingError)
    def complete_batch(self, batch_id: str) -> Flow[BatchT]:
        """Closes an open batch. Deprecated: use `close_batch`."""
        deprecated("complete_batch", instead="close_batch")
        return self._batch((yield from closing(self._session, batch_id)))

    @operation(raises=BatchCancellingError)
    def cancel_batch(self, id: str) -> Flow[BatchT]:
        """Cancels a batch, with those of its jobs that have not ended.

        Args:
            id: The batch's id.

        Raises:
            BatchCancellingError: The batch could not be cancelled.
        """
        return self._batch((yield from self._batch_type._cancelling(self._session, id)))

    @operation(raises=BatchCancellingError)
    def cancel_batches(self, batch_ids: Iterable[str | UUID]) -> Flow[BatchCancellationResponse[BatchT]]:
        """Cancels several batches.

        Args:
            batch_ids: Their ids; for more than 100, several requests are made.

        Returns:
            The batches that were cancelled, and the reasons why others were not.

        Raises:
            BatchCancellingError: A request failed. The batches of earlier requests are cancelled.
        """
        cancelled = yield from cancelling_many(self._session, batch_ids)
        return BatchCancellationResponse([self._batch(batch) for batch in cancelled.batches], reasons(cancelled.errors))

    @operation(raises=RebatchError)
    def rebatch(self, id: str | UUID, filters: RebatchFilters | None = None) -> Flow[BatchT]:
        """Creates a batch with copies of the jobs of a closed batch.

        Args:
            id: The id of the closed batch.
            filters: Which of its jobs to copy; by default all.

        Raises:
            RebatchError: The new batch was not created.
            SubmissionUnknownError: The new batch may or may not have been created; this is a `RebatchError` too.
        """
        return (yield from rebatching(self._session, id, filters, self._submitted))

    @operation(raises=BatchSetTagsError)
    def set_batch_tags(self, batch_id: str, tags: Iterable[str]) -> Flow[BatchT]:
        """Replaces the tags of a batch.

        Args:
            batch_id: The batch's id.
            tags: The new tags.

        Raises:
            BatchSetTagsError: The tags could not be replaced.
        """
        return self._batch((yield from tagging(self._session, batch_id, tags)))

    @operation(raises=JobFetchingError)
    def get_job(self, id: str, wait: bool = False) -> Flow[JobT]:
        """Gets a job.

        Args:
            id: The job's id.
            wait: Whether to wait until the job is settled.

        Raises:
            JobFetchingError: The request failed; this is a `NotFoundError` too if there is no job with this id.
        """
        job = self._job((yield from self._job_type._fetching(self._session, id)))
        if wait:
            yield from job._waiting()
        return job

    @operation(raises=JobListingError)
    def get_jobs(
        self,
        filters: JobFilters | None = None,
        pagination_params: PaginationParams | None = None,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Flow[PaginatedResponse[JobT]]:
        """Gets one page of jobs, newest first; `iter_jobs` goes through all pages.

        Args:
            filters: Which jobs to list.
            pagination_params: Which page to get, in what order; by default the first 100 jobs.
            limit: The most jobs to get, from 1 to 100, instead of `pagination_params`.
            offset: How many jobs to skip, instead of `pagination_params`.

        Raises:
            JobFetchingError: The request failed.
        """
        page = _page(pagination_params, limit, offset)
        answer = yield from page_of_jobs(self._session, filters, page)
        return page_of(answer, page.offset, self._job)

    @walking(raises=JobListingError)
    def iter_jobs(
        self, filters: JobFilters | None = None, pagination_params: PaginationParams | None = None
    ) -> Source[JobT]:
        """Iterates over all jobs that match, newest first, on as many pages as there are.

        If jobs are created or deleted meanwhile, no job appears twice. Some may be missed if equally many are created
        and deleted.

        Args:
            filters: Which jobs to list; for more than 100 ids, several requests are made.
            pagination_params: The order, and where to begin.

        Raises:
            JobFetchingError: A request failed.
        """
        return self._walk(page_of_jobs, filters, pagination_params, self._job)

    @operation(raises=JobFetchingError)
    def get_job_status(self, id: str) -> Flow[JobStatus]:
        """Gets only the status of a job, which is faster than `get_job`.

        Args:
            id: The job's id.

        Raises:
            JobFetchingError: The request failed.
        """
        return JobStatus(status_of((yield from self._job_type._fetching_status(self._session, id))))

    @operation(raises=JobCancellingError)
    def cancel_job(self, id: str) -> Flow[JobT]:
        """Cancels a job.

        Args:
            id: The job's id.

        Raises:
            JobCancellingError: The job could not be cancelled.
        """
        return self._job((yield from self._job_type._cancelling(self._session, id)))

    @operation(raises=JobCancellingError)
    def cancel_jobs(
        self, batch_id: str | UUID, filters: CancelJobFilters | None = None
    ) -> Flow[JobCancellationResponse[JobT]]:
        """Cancels the jobs of a batch that match the filters.

        Args:
            batch_id: The batch's id.
            filters: Which jobs to cancel, with at least one filter set; `cancel_batch` cancels all jobs. For more than
                100 ids, several requests are made.

        Returns:
            The jobs that were cancelled, and the reasons why others were not.

        Raises:
            JobCancellingError: A request failed. The jobs of earlier requests are cancelled.
        """
        cancelled = yield from cancelling_jobs(self._session, batch_id, filters)
        return JobCancellationResponse([self._job(job) for job in cancelled.jobs], reasons(cancelled.errors))

    @operation(raises=WorkloadCreationError)
    def create_workload(
        self, workload_type: str, backend: str, config: Mapping[str, Any], wait: bool = False
    ) -> Flow[WorkloadT]:
        """Creates a workload. Its id is logged as soon as it is known, before any waiting.

        Args:
            workload_type: The type of the workload.
            backend: The backend to run it on.
            config: The configuration of the workload.
            wait: Whether to wait until the workload is settled.

        Raises:
            WorkloadCreationError: The workload was not created.
            SubmissionUnknownError: The workload may or may not have been created; this is a `WorkloadCreationError`
                too.
        """
        workload = yield from creating_workload(self._session, workload_type, backend, config, self._workload)
        if wait:
            yield from workload._waiting()
        return workload

    @operation(raises=WorkloadFetchingError)
    def get_workload(self, id: str, wait: bool = False) -> Flow[WorkloadT]:
        """Gets a workload.

        Args:
            id: The workload's id.
            wait: Whether to wait until the workload is settled.

        Raises:
            WorkloadFetchingError: The request failed; this is a `NotFoundError` too if there is no workload with this
                id.
        """
        workload = self._workload((yield from self._workload_type._fetching(self._session, id)))
        if wait:
            yield from workload._waiting()
        return workload

    @operation(raises=WorkloadFetchingError)
    def wait_for_workload(self, id: str, workload_rsp: Mapping[str, Any]) -> Flow[dict[str, Any]]:  # noqa: ARG002 - fetched again
        """Waits for a workload. Deprecated: use `Workload.wait`.

        Args:
            id: The workload's id.
            workload_rsp: An earlier response about the workload, which is not used.

        Returns:
            The service's response about the settled workload.

        Raises:
            WorkloadFetchingError: The request failed; this is a `NotFoundError` too if there is no workload with this
                id.
        """
        deprecated("wait_for_workload", instead="Workload.wait")
        workload = self._workload((yield from self._workload_type._fetching(self._session, id)))
        yield from workload._waiting()
        return workload._snapshot.to_dict()

    @operation(raises=WorkloadListingError)
    def get_workloads(
        self,
        filters: WorkloadFilters | None = None,
        pagination_params: PaginationParams | None = None,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Flow[PaginatedResponse[WorkloadT]]:
        """Gets one page of workloads, newest first.

        Args:
            filters: Which workloads to list.
            pagination_params: Which page to get, in what order; by default the first 100 workloads.
            limit: The most workloads to get, from 1 to 100, instead of `pagination_params`.
            offset: How many workloads to skip, instead of `pagination_params`.

        Raises:
            WorkloadFetchingError: The request failed.
        """
        page = _page(pagination_params, limit, offset)
        answer = yield from page_of_workloads(self._session, filters, page)
        return page_of(answer, page.offset, self._workload)

    @operation(raises=WorkloadCancellingError)
    def cancel_workload(self, id: str) -> Flow[WorkloadT]:
        """Cancels a workload.

        Args:
            id: The workload's id.

        Raises:
            WorkloadCancellingError: The workload could not be cancelled.
        """
        return self._workload((yield from self._workload_type._cancelling(self._session, id)))

    @operation(raises=DeviceSpecsFetchingError)
    def devices(self, filters: DeviceFilters | None = None) -> Flow[list[Device]]:
        """Gets the devices that this account can use, with their availability and queue times.

        Args:
            filters: Which devices to list.

        Raises:
            DeviceSpecsFetchingError: The request failed.
        """
        return (yield from listing_devices(self._session, filters))

    @operation(raises=DeviceSpecsFetchingError)
    def device(self, device_type: DeviceTypeName | EmulatorType | str) -> Flow[Device]:
        """Gets a device, with its availability, queue time and specifications: `sdk.device("FRESNEL").to_pulser()`.

        Args:
            device_type: The type of the device.

        Raises:
            DeviceSpecsFetchingError: A request failed; this is a `NotFoundError` too if the account has no such device.
        """
        return (yield from finding_device(self._session, str(device_type)))

    @operation(raises=DeviceSpecsFetchingError)
    def least_busy(self, *, is_emulator: bool | None = False, atoms: int | None = None) -> Flow[Device]:
        """Gets the device on which batches waited least in the last hour: `sdk.least_busy(atoms=50).device_type`.

        Only devices that accept batches and operate are considered.

        Args:
            is_emulator: Whether it shall be an emulator or a QPU; None for either.
            atoms: The number of atoms that it must take at least.

        Raises:
            ValidationError: `atoms` is not a positive number.
            DeviceSpecsFetchingError: A request failed; this is a `NotFoundError` too if there is no such device.
        """
        return (yield from finding_least_busy(self._session, is_emulator, atoms))

    @operation(raises=DeviceSpecsFetchingError)
    def check(
        self,
        /,
        sequence: SequenceLike,
        device_type: DeviceTypeName | EmulatorType | str | None = None,
        *,
        runs: int | None = None,
        variables: Mapping[str, Any] | None = None,
        **values: Any,
    ) -> Flow[list[str]]:
        """Checks what a device would refuse of a sequence, without submitting it.

        `sdk.check(sequence, "FRESNEL", runs=500, omega=6.28)` fetches the device, and has Pulser compare the sequence
        with its specifications on this machine. The service may have further reasons.

        Args:
            sequence: A Pulser sequence, or its abstract representation, `to_abstract_repr()`.
            device_type: The device; by default the one that the sequence was written for or, if the account has none of
                this name, EMU_FREE.
            runs: The number of shots.
            variables: The values of the sequence's variables by their names, as `run` takes them.
            values: More values of the sequence's variables.

        Returns:
            What would be refused, as sentences; empty if nothing is known to be.

        Raises:
            MissingExtraError: Pulser is not installed.
            ValidationError: `sequence` is neither a sequence nor a string.
            DeviceSpecsFetchingError: A request failed; this is a `NotFoundError` too if the account has no such device.
        """
        return (yield from checking(self._session, sequence, device_type, runs, variables, values))

    @operation(raises=DeviceSpecsFetchingError)
    def get_device_specs_dict(self) -> Flow[dict[str, str]]:
        """Gets the specifications of the devices by their types, for Pulser's `deserialize_device`.

        Raises:
            DeviceSpecsFetchingError: The request failed.
        """
        return (yield from fetching_specs(self._session))

    @operation(raises=ProjectFetchingError)
    def get_all_projects(self) -> Flow[list[Project]]:
        """Gets the active projects of which this account is a member.

        Raises:
            ProjectFetchingError: The request failed.
        """
        return (yield from listing_projects(self._session))

    @operation(raises=PasqalCloudError)
    def user_token(self) -> Flow[str]:
        """Gets the token that requests are sent with, a new one if necessary.

        Raises:
            AuthenticationError: The credentials were refused.
        """
        return (yield from self._session.token())

    @operation(raises=ProjectFetchingError)
    def switch_to_project(self, project_id: str) -> Flow[str]:
        """Sets the project that new batches belong to, which must be an active project of this account.

        Args:
            project_id: The project's id.

        Returns:
            The id.

        Raises:
            ProjectNotFoundError: The project does not exist, or this account is not a member of it.
            ProjectFetchingError: The request failed.
        """
        wanted = str(uuid_of(project_id, "project_id"))
        if all(project.id != wanted for project in (yield from listing_projects(self._session))):
            raise ProjectNotFoundError(f"No active project of this account has the id {wanted}.")
        self._session.project_id = wanted
        return wanted

    @operation(raises=PasqalCloudError)
    def close(self) -> Flow[None]:
        """Closes the connections, and ends the service that `local` started."""
        yield from self._leave(None)

    def _calling(self, operation: Endpoint[P, T], *args: P.args, **kwargs: P.kwargs) -> Flow[T]:
        name = getattr(operation, "__name__", "call").rpartition(".")[2]  # of a module of `pasqal_cloud_api`
        if wrong := call_error(operation.request, args, kwargs, name=name):
            raise wrong
        creates = True
        with suppress(Exception):  # values that no request can be made of are refused by `call`
            creates = operation.request(*args, **kwargs)["method"].lower() == "post"
        return self._session.with_options(harmless=not creates).call(operation, *args, **kwargs)

    def _leave(self, error: BaseException | None) -> Flow[None]:  # noqa: ARG002 - closed after an error too
        try:
            yield Close(self._session.connections)
        finally:
            if self._stop_service is not None:
                yield Task(self._stop_service)

    def _create(
        self,
        sequence: SequenceLike | None,
        jobs: Iterable[CreateJob],
        *,
        open: bool = False,
        device_type: str | None,
        backend_configuration: SequenceLike | None,
        tags: Iterable[str] | None,
        configuration: BaseConfig | EmuFresnelConfig | Mapping[str, Any] | None = None,
        submission_tag: bool = False,
    ) -> Flow[BatchT]:
        payload = batch_payload(
            self._session.project_of("batch") if self._session.routes is None else None,
            sequence,
            jobs,
            open=open,
            device_type=device_type,
            backend_configuration=backend_configuration,
            tags=() if tags is None else tags,
            configuration=configuration,
            webhook=self.webhook,
        )
        return (yield from creating(self._session, payload, self._submitted, submission_tag=submission_tag))

    def _submitted(self, snapshot: models.Batch) -> BatchT:
        batch = self._batch(snapshot)
        self._last.append(Remembered(batch))
        return batch

    def _batch(self, snapshot: models.Batch) -> BatchT:
        return self._keep(self._batch_type._of(self._session, snapshot))

    def _job(self, snapshot: models.Job | Unread) -> JobT:
        return self._job_type._of(self._session, snapshot)

    def _walk(
        self,
        fetch: Callable[..., Flow[Any]],
        filters: Filters | None,
        order: PaginationParams | None,
        bind: Callable[[Any], T],
    ) -> Walk[T]:
        return Walk(partial(fetch, self._session), filters, order, bind, self._session.places.most)

    def _workload(self, snapshot: models.Workload) -> WorkloadT:
        return self._keep(self._workload_type._of(self._session, snapshot))

    def _keep(self, handle: HandleT) -> HandleT:
        self._known[id(handle)] = handle
        return handle

    @classmethod
    def _start_local(cls, options: tuple[str, ...], settings: dict[str, Any]) -> Flow[Self]:
        from pasqal_cloud._service import ServiceProcess

        progress = flag_of(settings["progress"], "progress")
        with following(Starting("the local service"), shows_progress() if progress is None else progress):
            service: ServiceProcess = yield Task(lambda: ServiceProcess(*options))
        address = service.address
        try:
            sdk = cls(
                address["username"],
                address["password"],
                endpoints=Endpoints.at(address["url"]),
                project_id=address["project_id"],
                **settings,
            )
        except BaseException:  # a setting is not valid
            service.stop()
            raise
        sdk._session.starting.append("the emulators")  # which the service loads when it has started
        sdk._stop_service = weakref.finalize(sdk, service.stop)
        return sdk

    def __repr__(self) -> str:
        """Shows the address of the services and the project, and no secrets."""
        return f"{type(self).__name__}({self._session.endpoints.core!r}, project_id={self.project_id!r})"


class SDK(Operations[Batch, Job, Workload], BlockingContext):
    """Client for Pasqal Cloud.

    It creates batches of jobs, waits for them, and gets their results. Use it in a `with` statement, or call `close`
    at the end, to close its connections.

    Credentials come from the arguments, then the environment (PASQAL_USERNAME and PASQAL_PASSWORD, PASQAL_TOKEN, or
    PASQAL_CLIENT_ID and PASQAL_CLIENT_SECRET), then a profile saved with `save_profile`. The project
    (PASQAL_PROJECT_ID) and the region or address of the services (PASQAL_REGION, PASQAL_URL) are found in the same way.
    Without credentials, `devices` and `get_device_specs_dict` return the public devices, and other operations raise
    `ValidationError`. Large request bodies are compressed, unless PASQAL_SKIP_GZIP_REQUEST_BODY=1 is set.

    Args:
        username: The e-mail address of the account.
        password: The password of the account. Without one, the SDK asks for it, at a terminal or in a notebook.
        token_provider: A provider of tokens, instead of username and password. For an `AsyncSDK`, its `get_token`
            may be an `async def`.
        endpoints: The addresses of the services, if they are not the region's.
        auth0: The identity provider, if it is Auth0 and not the region's.
        webhook: A URL that the service sends the results of new batches to.
        project_id: The id of the project that new batches belong to.
        client_class: A class that determines the addresses of requests, for packages that define one; see
            `HTTPClient`.
        region: The region of the account: `fr` for France, the default, or `sa` for Saudi Arabia.
        auth_config: The identity provider, if it is not the region's.
        token: A token, instead of username and password. The SDK can't renew it.
        client_id: The id of a service account, instead of username and password.
        client_secret: The secret of the service account.
        profile: The name of a saved profile, which then precedes the environment.
        proxy: The URL of the proxy for all requests; by default the proxy that HTTPS_PROXY, HTTP_PROXY, ALL_PROXY
            and NO_PROXY determine.
        verify: The path of a CA's certificate, or a TLS context; by default the certificates that SSL_CERT_FILE,
            SSL_CERT_DIR, REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names, or else those of certifi. False, like
            PASQAL_SKIP_SSL_VERIFY=1, checks no certificates.
        timeout: The seconds to wait for each part of a response, with at most 10 to connect; or an `httpx.Timeout`.
            By default 60, and 300 for requests that create batches, jobs or workloads.
        transport: An httpx transport that sends all requests. It is closed with the SDK.
        headers: Additional headers of every request.
        retry: When failed requests are retried; False for never.
        recover_for: How long to search, in seconds, for what a request may have created whose outcome is unknown,
            for instance because the connection broke.
        journal: The path of a file to which each submission is appended as a line of JSON, with its time and id; by
            default PASQAL_JOURNAL, if that is set. False for none.
        progress: Whether a wait of more than a second shows a line with the progress; by default in a terminal or a
            notebook, unless PASQAL_PROGRESS=0 is set. True, like PASQAL_PROGRESS=1, writes lines into a file too.
        max_in_flight: How many requests may be under way at once, from 1 to 100; 20 by default. Others wait for their
            turn. When the service answers that it gets too many (429), the number is halved, and grows again slowly.

    Raises:
        ValidationError: An argument, or a combination of them, is not valid.
    """

    _batch_type = Batch
    _job_type = Job
    _workload_type = Workload

    @short_traceback
    def call(self, operation: Endpoint[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Performs any operation of the API: `sdk.call(list_batches, status=["DONE"])`.

        The request has this SDK's token, timeouts, retries and errors. A POST, which may create something, is sent
        only once; unlike `create_batch`, this method does not search for its outcome if that is unknown.

        Args:
            operation: A module of `pasqal_cloud_api.api`, like `pasqal_cloud_api.api.batches.list_batches`.
            args: Arguments of the module's function `request`.
            kwargs: Arguments of the module's function `request`.

        Returns:
            The response, as a model of `pasqal_cloud_api.models`.

        Raises:
            PasqalCloudError: The request failed.
        """
        return run(self._calling(operation, *args, **kwargs))

    @staticmethod
    @short_traceback
    def load_batch(path: str | PathLike[str]) -> Batch:
        """Reads a batch that `batch.save` wrote to a file, without an account and a network.

        Its jobs, sequences and results are there as they were saved. What needs the service raises an error:
        `sdk.get_batch(batch.id)` gets the batch as it is now.

        Args:
            path: The file.

        Raises:
            ValidationError: The file is not such a file, or was written by a newer version.
            OSError: The file can't be read.
        """
        return run(loading(path, Batch))

    @classmethod
    @short_traceback
    def local(
        cls,
        *options: str,
        seed: int | None = None,
        workers: int | None = None,
        devices: Iterable[str] | None = None,
        max_atoms: int | None = None,
        data: str | PathLike[str] | None = None,
        specs: str | PathLike[str] | None = None,
        job_time_limit: float | None = None,
        job_memory_limit: int | None = None,
        retry: RetryPolicy | Literal[False] | None = None,
        timeout: Timeout | None = None,
        journal: str | PathLike[str] | Literal[False] | None = None,
        progress: bool | None = None,
    ) -> Self:
        """Starts a local service and returns an SDK for it: everything works without an account and a network.

        The service ends when the SDK is closed, as `with SDK.local() as sdk:` does, at the latest with this process.
        `SDK.local(seed=7, max_atoms=12)` gives results that can be reproduced, and takes larger registers than usual.

        Args:
            options: Options of `python -m pasqal_cloud.local` that have no argument here, like `--token-lifetime=60`.
            seed: Makes results reproducible.
            workers: How many jobs run at once.
            devices: The device types to offer; by default all whose packages are installed.
            max_atoms: The maximum number of atoms of every device; by default what each emulator takes, 10 for QuTiP.
            data: The path of the file to keep batches in; by default they are deleted at the end.
            specs: The path of a JSON file with device specs by device type, as `get_device_specs_dict` returns them.
            job_time_limit: How long a job may run, in seconds; by default as long as it takes.
            job_memory_limit: How much memory a job may use, in MiB; by default as much as it takes.
            retry: When failed requests are retried, as the SDK itself takes it; likewise the following ones.
            timeout: The seconds to wait for each part of a response, or an `httpx.Timeout`.
            journal: The path of a file to which each submission is appended; False for none.
            progress: Whether a wait of more than a second shows a line with the progress.

        Raises:
            ValidationError: An argument is not valid, or one of `options` says the same.
            MissingExtraError: The extra `local` is not installed.
            LocalServiceError: The service did not start, for instance because it refuses a value.
        """
        from pasqal_cloud._service import service_options  # loads what starts processes

        arguments = service_options(
            options,
            seed=seed,
            workers=workers,
            devices=devices,
            max_atoms=max_atoms,
            data=data,
            specs=specs,
            job_time_limit=job_time_limit,
            job_memory_limit=job_memory_limit,
        )
        settings = {"retry": retry, "timeout": timeout, "journal": journal, "progress": progress}
        return run(cls._start_local(arguments, settings))


class AsyncSDK(Operations[AsyncBatch, AsyncJob, AsyncWorkload], AwaitingContext):
    """Asynchronous client for Pasqal Cloud: like `SDK`, with methods that are awaited.

    Use it in an `async with` statement, or await `close` at the end, to close its connections. An open client may be
    used from several event loops, one after another or at the same time.

    Credentials come from the arguments, then the environment (PASQAL_USERNAME and PASQAL_PASSWORD, PASQAL_TOKEN, or
    PASQAL_CLIENT_ID and PASQAL_CLIENT_SECRET), then a profile saved with `save_profile`. The project
    (PASQAL_PROJECT_ID) and the region or address of the services (PASQAL_REGION, PASQAL_URL) are found in the same way.
    Without credentials, `devices` and `get_device_specs_dict` return the public devices, and other operations raise
    `ValidationError`. Large request bodies are compressed, unless PASQAL_SKIP_GZIP_REQUEST_BODY=1 is set.

    Args:
        username: The e-mail address of the account.
        password: The password of the account. Without one, the SDK asks for it, at a terminal or in a notebook.
        token_provider: A provider of tokens, instead of username and password. For an `AsyncSDK`, its `get_token`
            may be an `async def`.
        endpoints: The addresses of the services, if they are not the region's.
        auth0: The identity provider, if it is Auth0 and not the region's.
        webhook: A URL that the service sends the results of new batches to.
        project_id: The id of the project that new batches belong to.
        client_class: A class that determines the addresses of requests, for packages that define one; see
            `HTTPClient`.
        region: The region of the account: `fr` for France, the default, or `sa` for Saudi Arabia.
        auth_config: The identity provider, if it is not the region's.
        token: A token, instead of username and password. The SDK can't renew it.
        client_id: The id of a service account, instead of username and password.
        client_secret: The secret of the service account.
        profile: The name of a saved profile, which then precedes the environment.
        proxy: The URL of the proxy for all requests; by default the proxy that HTTPS_PROXY, HTTP_PROXY, ALL_PROXY
            and NO_PROXY determine.
        verify: The path of a CA's certificate, or a TLS context; by default the certificates that SSL_CERT_FILE,
            SSL_CERT_DIR, REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names, or else those of certifi. False, like
            PASQAL_SKIP_SSL_VERIFY=1, checks no certificates.
        timeout: The seconds to wait for each part of a response, with at most 10 to connect; or an `httpx.Timeout`.
            By default 60, and 300 for requests that create batches, jobs or workloads.
        transport: An httpx transport that sends all requests. It is closed with the SDK.
        headers: Additional headers of every request.
        retry: When failed requests are retried; False for never.
        recover_for: How long to search, in seconds, for what a request may have created whose outcome is unknown,
            for instance because the connection broke.
        journal: The path of a file to which each submission is appended as a line of JSON, with its time and id; by
            default PASQAL_JOURNAL, if that is set. False for none.
        progress: Whether a wait of more than a second shows a line with the progress; by default in a terminal or a
            notebook, unless PASQAL_PROGRESS=0 is set. True, like PASQAL_PROGRESS=1, writes lines into a file too.
        max_in_flight: How many requests may be under way at once, from 1 to 100; 20 by default. Others wait for their
            turn. When the service answers that it gets too many (429), the number is halved, and grows again slowly.

    Raises:
        ValidationError: An argument, or a combination of them, is not valid.
    """

    _batch_type = AsyncBatch
    _job_type = AsyncJob
    _workload_type = AsyncWorkload

    @short_traceback
    async def call(self, operation: Endpoint[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Performs any operation of the API: `await sdk.call(list_batches, status=["DONE"])`.

        The request has this SDK's token, timeouts, retries and errors. A POST, which may create something, is sent
        only once; unlike `create_batch`, this method does not search for its outcome if that is unknown.

        Args:
            operation: A module of `pasqal_cloud_api.api`, like `pasqal_cloud_api.api.batches.list_batches`.
            args: Arguments of the module's function `request`.
            kwargs: Arguments of the module's function `request`.

        Returns:
            The response, as a model of `pasqal_cloud_api.models`.

        Raises:
            PasqalCloudError: The request failed.
        """
        return await arun(self._calling(operation, *args, **kwargs))

    @staticmethod
    @short_traceback
    async def load_batch(path: str | PathLike[str]) -> AsyncBatch:
        """Reads a batch that `batch.save` wrote to a file, without an account and a network.

        Its jobs, sequences and results are there as they were saved. What needs the service raises an error:
        `sdk.get_batch(batch.id)` gets the batch as it is now.

        Args:
            path: The file.

        Raises:
            ValidationError: The file is not such a file, or was written by a newer version.
            OSError: The file can't be read.
        """
        return await arun(loading(path, AsyncBatch))

    @classmethod
    @short_traceback
    def local(
        cls,
        *options: str,
        seed: int | None = None,
        workers: int | None = None,
        devices: Iterable[str] | None = None,
        max_atoms: int | None = None,
        data: str | PathLike[str] | None = None,
        specs: str | PathLike[str] | None = None,
        job_time_limit: float | None = None,
        job_memory_limit: int | None = None,
        retry: RetryPolicy | Literal[False] | None = None,
        timeout: Timeout | None = None,
        journal: str | PathLike[str] | Literal[False] | None = None,
        progress: bool | None = None,
    ) -> Opening[Self]:
        """Starts a local service and returns an SDK for it: everything works without an account and a network.

        Use it as `async with AsyncSDK.local() as sdk:` or `sdk = await AsyncSDK.local()`. The service ends when the
        SDK is closed, at the latest with this process.

        Args:
            options: Options of `python -m pasqal_cloud.local` that have no argument here, like `--token-lifetime=60`.
            seed: Makes results reproducible.
            workers: How many jobs run at once.
            devices: The device types to offer; by default all whose packages are installed.
            max_atoms: The maximum number of atoms of every device; by default what each emulator takes, 10 for QuTiP.
            data: The path of the file to keep batches in; by default they are deleted at the end.
            specs: The path of a JSON file with device specs by device type, as `get_device_specs_dict` returns them.
            job_time_limit: How long a job may run, in seconds; by default as long as it takes.
            job_memory_limit: How much memory a job may use, in MiB; by default as much as it takes.
            retry: When failed requests are retried, as the SDK itself takes it; likewise the following ones.
            timeout: The seconds to wait for each part of a response, or an `httpx.Timeout`.
            journal: The path of a file to which each submission is appended; False for none.
            progress: Whether a wait of more than a second shows a line with the progress.

        Raises:
            ValidationError: An argument is not valid, or one of `options` says the same.
            MissingExtraError: The extra `local` is not installed.
            LocalServiceError: The service did not start, for instance because it refuses a value.
        """
        from pasqal_cloud._service import service_options  # loads what starts processes

        arguments = service_options(
            options,
            seed=seed,
            workers=workers,
            devices=devices,
            max_atoms=max_atoms,
            data=data,
            specs=specs,
            job_time_limit=job_time_limit,
            job_memory_limit=job_memory_limit,
        )
        settings = {"retry": retry, "timeout": timeout, "journal": journal, "progress": progress}
        return Opening(partial(cls._start_local, arguments, settings))


def _check_switches(**switches: object) -> None:
    """Checks that arguments are True, False or None: a device at the place of `complete` would be taken for True."""
    for name, value in switches.items():
        if isinstance(value, str):
            raise ValidationError(f"{name} must be True or False, not {value!r}; did you mean device_type={value!r}?")


def _page(given: PaginationParams | None, limit: int | None, offset: int | None) -> PaginationParams:
    """Gets the page from either form of the arguments."""
    from pasqal_cloud.filters import PAGE_LIMIT, PaginationParams  # not needed by programs that list nothing

    if given is None:
        return PaginationParams(limit=PAGE_LIMIT if limit is None else limit, offset=0 if offset is None else offset)
    if limit is not None or offset is not None:
        raise ValidationError("Give either pagination_params, or limit and offset.")
    return of_type(given, PaginationParams, "pagination_params")


if not TYPE_CHECKING:
    __getattr__ = elsewhere  # names that can be imported from this module of the existing package
