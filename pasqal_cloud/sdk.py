"""The SDK: every operation, once, for `SDK`, which blocks, and `AsyncSDK`, which is awaited."""

from __future__ import annotations

import weakref
from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Literal, ParamSpec, Self, TypeVar

from pasqal_cloud._arguments import of_type, uuid_of
from pasqal_cloud._conversation.batches import (
    BatchCancellationResponse,
    JobCancellationResponse,
    cancelling,
    cancelling_jobs,
    cancelling_many,
    closing,
    fetching,
    fetching_status,
    page_of_batches,
    page_of_jobs,
    reasons,
    tagging,
)
from pasqal_cloud._conversation.devices import Device, fetching_specs, listing_devices
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
from pasqal_cloud._conversation.session import Session
from pasqal_cloud._conversation.snapshots import status_of
from pasqal_cloud._conversation.submitting import bound
from pasqal_cloud._deprecation import deprecated, elsewhere, instead_of, wait_for_results
from pasqal_cloud._service import ServiceProcess
from pasqal_cloud.batch import AsyncBatch, Batch, BatchFlows, adding, batch_payload, creating, rebatching
from pasqal_cloud.endpoints import Endpoints
from pasqal_cloud.errors import (
    BatchCancellingError,
    BatchClosingError,
    BatchCreationError,
    BatchFetchingError,
    BatchSetTagsError,
    DeviceSpecsFetchingError,
    InvalidDeviceTypeSet,
    JobCancellingError,
    JobCreationError,
    JobFetchingError,
    OnlyCompleteOrOpenCanBeSet,
    PasqalCloudError,
    ProjectFetchingError,
    ProjectNotFoundError,
    RebatchError,
    ValidationError,
    WorkloadCancellingError,
    WorkloadCreationError,
    WorkloadFetchingError,
)
from pasqal_cloud.filters import PAGE_LIMIT, PaginationParams
from pasqal_cloud.http_client import HTTPClient, routes_of
from pasqal_cloud.job import AsyncJob, Job, JobFlows, cancelling_job, fetching_job, fetching_job_status
from pasqal_cloud.project import Project, listing_projects
from pasqal_cloud.settings import configured
from pasqal_cloud.status import BatchStatus, JobStatus
from pasqal_cloud.workload import (
    AsyncWorkload,
    Workload,
    WorkloadFlows,
    cancelling_workload,
    creating_workload,
    fetching_workload,
    page_of_workloads,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from pasqal_cloud._arguments import SequenceLike
    from pasqal_cloud._conversation.retry import RetryPolicy
    from pasqal_cloud._conversation.session import Endpoint
    from pasqal_cloud.authentication import TokenProvider
    from pasqal_cloud.device import BaseConfig, DeviceTypeName, EmuFresnelConfig, EmulatorType
    from pasqal_cloud.endpoints import Auth0Conf, Region, TokenProviderConf
    from pasqal_cloud.filters import (
        BatchFilters,
        CancelJobFilters,
        DeviceFilters,
        JobFilters,
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
    """The operations of `SDK`, which blocks, and of `AsyncSDK`, which is awaited."""

    _batch_type: type[BatchT]
    _job_type: type[JobT]
    _workload_type: type[WorkloadT]

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
    ) -> None:
        """Finds the credentials and the settings; nothing is sent before the first operation.

        Args:
            username: The e-mail address of the account.
            password: Its password; without it, a user at a terminal or in a notebook is asked for it.
            token_provider: What gives tokens, in place of username and password. An `AsyncSDK` takes an async one, too.
            endpoints: Where the services are, if not at the region's usual addresses.
            auth0: The identity provider, if it is Auth0 and not the usual one.
            webhook: A URL that the service is to call with the results of new batches.
            project_id: The project that new batches belong to, a UUID.
            client_class: For packages that make one: a class that says where requests go, see `HTTPClient`.
            region: Where the account is: `fr` for France, which is the default, or `sa` for Saudi Arabia.
            auth_config: The identity provider, if not the usual one.
            token: A token that you have, in place of username and password; it can't be renewed.
            client_id: The id of a service account, in place of username and password.
            client_secret: Its secret.
            profile: The name of a saved profile, which then counts before the environment.
            proxy: The URL of the proxy for all requests; by default what HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and
                NO_PROXY say.
            verify: The path of a CA's certificate, or a TLS context; by default what SSL_CERT_FILE, SSL_CERT_DIR,
                REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names. False to check no certificates at all, which
                PASQAL_SKIP_SSL_VERIFY=1 does too.
            timeout: The seconds to wait for each part of an answer, and 10 at most to connect; or an `httpx.Timeout`.
                By default 60, and 300 for what creates something.
            transport: An httpx transport that sends all requests. It is closed with the SDK.
            headers: Headers to add to every request.
            retry: When a failed request is tried again; False for never.
            recover_for: The seconds to look for what a broken connection leaves unknown: whether a batch was created.

        Raises:
            ValidationError: The arguments don't fit together.
        """
        settings = configured(
            awaits=isinstance(self, Awaiting),
            username=username,
            password=password,
            token_provider=token_provider,
            endpoints=endpoints,
            auth0=auth0,
            webhook=webhook,
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
        )
        self._session = Session(
            settings.endpoints,
            settings.provider,
            awaits=isinstance(self, Awaiting),
            project_id=settings.project_id,
            options=settings.options,
            wire=settings.wire,
            routes=routes_of(client_class or HTTPClient, settings.endpoints),
        )
        self._session = self._session.with_options(**_given(retry=retry, recover_for=recover_for))
        self.webhook = settings.webhook
        self._known: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()
        self._stop_service: weakref.finalize[..., Self] | None = None

    def with_options(
        self,
        *,
        retry: RetryPolicy | Literal[False] | None = None,
        timeout: Timeout | None = None,
        recover_for: float | None = None,
    ) -> Self:
        """Gets an SDK with other options, on the same connections: for a call that should be more patient, or less.

        Args:
            retry: See the class, like the others. What is None stays as it is.
            timeout: Seconds, or an `httpx.Timeout`.
            recover_for: Seconds.

        Raises:
            ValidationError: A value can't be used.
        """
        view = copy(self)
        view._session = self._session.with_options(**_given(retry=retry, timeout=timeout, recover_for=recover_for))
        view._stop_service = None
        return view

    @property
    def project_id(self) -> str | None:
        """The project that new batches belong to."""
        return self._session.project_id

    @project_id.setter
    def project_id(self, project_id: str | None) -> None:
        self._session.project_id = project_id

    @property
    def batches(self) -> dict[str, BatchT]:
        """The batches that this SDK gave and somebody still holds, by their ids. Deprecated: keep the handles."""
        deprecated("SDK.batches", instead="the handles that create_batch and get_batch return")
        return {each.id: each for each in self._known.values() if isinstance(each, self._batch_type)}

    @property
    def workloads(self) -> dict[str, WorkloadT]:
        """The workloads that this SDK gave and somebody still holds, by their ids. Deprecated: keep the handles."""
        deprecated("SDK.workloads", instead="the handles that create_workload and get_workload return")
        return {each.id: each for each in self._known.values() if isinstance(each, self._workload_type)}

    @operation(raises=BatchCreationError)
    def create_batch(
        self,
        serialized_sequence: SequenceLike | None,
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
        """Creates a batch. Its id is logged at once, before any waiting.

        Args:
            serialized_sequence: The sequence that the jobs share: a Pulser sequence, or its abstract representation,
                `to_abstract_repr()`. None if each job has its own.
            jobs: The jobs, each a dictionary of `runs`, `variables` and maybe `serialized_sequence`; see `CreateJob`.
            open: Whether more jobs can be added later, until the batch is closed; by default not.
            device_type: What it runs on; by default the device that the sequence was made for.
            backend_configuration: For emulators: a Pulser `EmulationConfig`, or its abstract representation.
            tags: Labels to find the batch by.
            wait: Whether to wait until all its jobs are settled.
            submission_tag: Whether to add a random tag, by which it is known for sure if the answer is lost.
            complete: Deprecated: use `open`, its contrary.
            emulator: Deprecated: use `device_type`.
            configuration: Deprecated: use `backend_configuration`.
            fetch_results: Deprecated: use `wait`. Results are fetched when they are read.

        Raises:
            BatchCreationError: It was not created, or, where the connection broke, nobody knows whether it was.
        """
        open = instead_of(
            "complete",
            complete,
            "open, its contrary",
            open,
            lambda given: not given,
            refusal=OnlyCompleteOrOpenCanBeSet,
        )
        device_type = instead_of("emulator", emulator, "device_type", device_type, refusal=InvalidDeviceTypeSet)
        wait = wait_for_results(fetch_results, wait=wait)
        if configuration is not None:
            deprecated("configuration", instead="backend_configuration, a Pulser EmulationConfig")
        payload = batch_payload(
            self._session.project_of("batch") if self._session.routes is None else None,
            serialized_sequence,
            jobs,
            open=bool(open),
            device_type=device_type,
            backend_configuration=backend_configuration,
            tags=() if tags is None else tags,
            configuration=configuration,
            webhook=self.webhook,
        )
        batch = yield from bound(creating(self._session, payload, submission_tag=submission_tag), self._batch)
        if wait:
            yield from batch._settling()
        return batch

    @operation(raises=BatchFetchingError)
    def get_batch(self, id: str, fetch_results: bool | None = None) -> Flow[BatchT]:
        """Gets a batch.

        Args:
            id: Its id.
            fetch_results: Deprecated, without effect: results are fetched when they are read.

        Raises:
            BatchFetchingError: It could not be had; a `NotFoundError` too where no batch has this id.
        """
        if fetch_results is not None:
            deprecated("fetch_results", instead="job.result, which fetches it")
        return self._batch((yield from fetching(self._session, id)))

    @operation(raises=JobCreationError)
    def add_jobs(self, batch_id: str, jobs: Iterable[CreateJob], wait: bool = False) -> Flow[BatchT]:
        """Adds jobs to an open batch.

        Args:
            batch_id: The batch's id.
            jobs: The jobs, at least one.
            wait: Whether to wait until all the batch's jobs are settled.

        Raises:
            JobCreationError: They could not be added. Where the connection broke, they may have been.
        """
        batch = yield from bound(adding(self._session, batch_id, jobs), self._batch)
        if wait:
            yield from batch._settling()
        return batch

    @operation(raises=BatchFetchingError)
    def get_batches(
        self,
        filters: BatchFilters | None = None,
        pagination_params: PaginationParams | None = None,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Flow[PaginatedResponse[BatchT]]:
        """Gets one page of batches, newest first; `iter_batches` walks all pages.

        Args:
            filters: Which batches.
            pagination_params: Which page, and in what order; the first 100 by default.
            limit: At most so many, from 1 to 100, in place of `pagination_params`.
            offset: Leave out so many.

        Raises:
            BatchFetchingError: They could not be had.
        """
        page = _page(pagination_params, limit, offset)
        answer = yield from page_of_batches(self._session, filters, page)
        return page_of(answer, page.offset, self._batch)

    @walking(raises=BatchFetchingError)
    def iter_batches(
        self, filters: BatchFilters | None = None, pagination_params: PaginationParams | None = None
    ) -> Source[BatchT]:
        """Goes through all batches that match, newest first, however many there are.

        A batch that is comes or goes meanwhile makes none appear twice; where as many come as go, some may be missed.

        Args:
            filters: Which batches; more than 100 ids are asked for in pieces.
            pagination_params: In what order; where to begin.

        Raises:
            BatchFetchingError: They could not be had.
        """
        return Walk(partial(page_of_batches, self._session), filters, pagination_params, self._batch)

    @operation(raises=BatchFetchingError)
    def get_batch_status(self, id: str) -> Flow[BatchStatus]:
        """Gets the status of a batch, and nothing else: the cheapest way to look at it.

        Args:
            id: Its id.

        Raises:
            BatchFetchingError: It could not be had.
        """
        return BatchStatus(status_of((yield from fetching_status(self._session, id))))

    @operation(raises=BatchClosingError)
    def close_batch(self, batch_id: str) -> Flow[BatchT]:
        """Closes an open batch: it takes no more jobs and leaves the device when those it has are settled.

        Args:
            batch_id: The batch's id.

        Raises:
            BatchClosingError: It could not be closed.
        """
        return self._batch((yield from closing(self._session, batch_id)))

    @operation(raises=BatchClosingError)
    def complete_batch(self, batch_id: str) -> Flow[BatchT]:
        """Closes an open batch. Deprecated: use `close_batch`."""
        deprecated("complete_batch", instead="close_batch")
        return self._batch((yield from closing(self._session, batch_id)))

    @operation(raises=BatchCancellingError)
    def cancel_batch(self, id: str) -> Flow[BatchT]:
        """Cancels a batch, with those of its jobs that have not come to their end.

        Args:
            id: Its id.

        Raises:
            BatchCancellingError: It could not be cancelled.
        """
        return self._batch((yield from cancelling(self._session, id)))

    @operation(raises=BatchCancellingError)
    def cancel_batches(self, batch_ids: Iterable[str | UUID]) -> Flow[BatchCancellationResponse[BatchT]]:
        """Cancels batches.

        Args:
            batch_ids: Their ids; more than 100 are cancelled in pieces.

        Returns:
            Those that were cancelled, and for each of the others why not.

        Raises:
            BatchCancellingError: The request failed. Where there were several pieces, some may have been cancelled.
        """
        cancelled = yield from cancelling_many(self._session, batch_ids)
        return BatchCancellationResponse([self._batch(batch) for batch in cancelled.batches], reasons(cancelled.errors))

    @operation(raises=RebatchError)
    def rebatch(self, id: str | UUID, filters: RebatchFilters | None = None) -> Flow[BatchT]:
        """Creates a batch of copies of the jobs of a closed batch.

        Args:
            id: The closed batch's id.
            filters: Which of its jobs; all of them by default.

        Raises:
            RebatchError: It was not created, or, where the connection broke, nobody knows whether it was.
        """
        return (yield from bound(rebatching(self._session, id, filters), self._batch))

    @operation(raises=BatchSetTagsError)
    def set_batch_tags(self, batch_id: str, tags: Iterable[str]) -> Flow[BatchT]:
        """Replaces the tags of a batch.

        Args:
            batch_id: The batch's id.
            tags: The new tags.

        Raises:
            BatchSetTagsError: They could not be replaced.
        """
        return self._batch((yield from tagging(self._session, batch_id, tags)))

    @operation(raises=JobFetchingError)
    def get_job(self, id: str, wait: bool = False) -> Flow[JobT]:
        """Gets a job.

        Args:
            id: Its id.
            wait: Whether to wait until it is settled.

        Raises:
            JobFetchingError: It could not be had; a `NotFoundError` too where no job has this id.
        """
        job = self._job((yield from fetching_job(self._session, id)))
        if wait:
            yield from job._settling()
        return job

    @operation(raises=JobFetchingError)
    def get_jobs(
        self,
        filters: JobFilters | None = None,
        pagination_params: PaginationParams | None = None,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Flow[PaginatedResponse[JobT]]:
        """Gets one page of jobs, newest first; `iter_jobs` walks all pages.

        Args:
            filters: Which jobs.
            pagination_params: Which page, and in what order; the first 100 by default.
            limit: At most so many, from 1 to 100, in place of `pagination_params`.
            offset: Leave out so many.

        Raises:
            JobFetchingError: They could not be had.
        """
        page = _page(pagination_params, limit, offset)
        answer = yield from page_of_jobs(self._session, filters, page)
        return page_of(answer, page.offset, self._job)

    @walking(raises=JobFetchingError)
    def iter_jobs(
        self, filters: JobFilters | None = None, pagination_params: PaginationParams | None = None
    ) -> Source[JobT]:
        """Goes through all jobs that match, newest first, however many there are.

        A job that is comes or goes meanwhile makes none appear twice; where as many come as go, some may be missed.

        Args:
            filters: Which jobs; more than 100 ids are asked for in pieces.
            pagination_params: In what order; where to begin.

        Raises:
            JobFetchingError: They could not be had.
        """
        return Walk(partial(page_of_jobs, self._session), filters, pagination_params, self._job)

    @operation(raises=JobFetchingError)
    def get_job_status(self, id: str) -> Flow[JobStatus]:
        """Gets the status of a job, and nothing else: the cheapest way to look at it.

        Args:
            id: Its id.

        Raises:
            JobFetchingError: It could not be had.
        """
        return JobStatus(status_of((yield from fetching_job_status(self._session, id))))

    @operation(raises=JobCancellingError)
    def cancel_job(self, id: str) -> Flow[JobT]:
        """Cancels a job.

        Args:
            id: Its id.

        Raises:
            JobCancellingError: It could not be cancelled.
        """
        return self._job((yield from cancelling_job(self._session, id)))

    @operation(raises=JobCancellingError)
    def cancel_jobs(
        self, batch_id: str | UUID, filters: CancelJobFilters | None = None
    ) -> Flow[JobCancellationResponse[JobT]]:
        """Cancels those jobs of a batch that match.

        Args:
            batch_id: The batch's id.
            filters: Which jobs, at least by one filter: `cancel_batch` cancels all. More than 100 ids are cancelled in
                pieces.

        Returns:
            Those that were cancelled, and for each of the others why not.

        Raises:
            JobCancellingError: The request failed. Where there were several pieces, some may have been cancelled.
        """
        cancelled = yield from cancelling_jobs(self._session, batch_id, filters)
        return JobCancellationResponse([self._job(job) for job in cancelled.jobs], reasons(cancelled.errors))

    @operation(raises=WorkloadCreationError)
    def create_workload(
        self, workload_type: str, backend: str, config: Mapping[str, Any], wait: bool = False
    ) -> Flow[WorkloadT]:
        """Creates a workload. Its id is logged at once, before any waiting.

        Args:
            workload_type: What is to be run.
            backend: Where it is to run.
            config: Its configuration.
            wait: Whether to wait until it is settled.

        Raises:
            WorkloadCreationError: It was not created, or, where the connection broke, nobody knows whether it was.
        """
        creating = creating_workload(self._session, workload_type, backend, config)
        workload = yield from bound(creating, self._workload)
        if wait:
            yield from workload._settling()
        return workload

    @operation(raises=WorkloadFetchingError)
    def get_workload(self, id: str, wait: bool = False) -> Flow[WorkloadT]:
        """Gets a workload.

        Args:
            id: Its id.
            wait: Whether to wait until it is settled.

        Raises:
            WorkloadFetchingError: It could not be had; a `NotFoundError` too where no workload has this id.
        """
        workload = self._workload((yield from fetching_workload(self._session, id)))
        if wait:
            yield from workload._settling()
        return workload

    @operation(raises=WorkloadFetchingError)
    def wait_for_workload(self, id: str, workload_rsp: Mapping[str, Any]) -> Flow[dict[str, Any]]:  # noqa: ARG002 - asked anew
        """Waits for a workload. Deprecated: use `Workload.wait`.

        Args:
            id: Its id.
            workload_rsp: What the service said of it when it was asked last; it is asked again.

        Returns:
            What the service says of it at its end.

        Raises:
            WorkloadFetchingError: It could not be had; a `NotFoundError` too where no workload has this id.
        """
        deprecated("wait_for_workload", instead="Workload.wait")
        workload = self._workload((yield from fetching_workload(self._session, id)))
        yield from workload._settling()
        return workload._snapshot.to_dict()

    @operation(raises=WorkloadFetchingError)
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
            filters: Which workloads.
            pagination_params: Which page, and in what order; the first 100 by default.
            limit: At most so many, from 1 to 100, in place of `pagination_params`.
            offset: Leave out so many.

        Raises:
            WorkloadFetchingError: They could not be had.
        """
        page = _page(pagination_params, limit, offset)
        answer = yield from page_of_workloads(self._session, filters, page)
        return page_of(answer, page.offset, self._workload)

    @operation(raises=WorkloadCancellingError)
    def cancel_workload(self, id: str) -> Flow[WorkloadT]:
        """Cancels a workload.

        Args:
            id: Its id.

        Raises:
            WorkloadCancellingError: It could not be cancelled.
        """
        return self._workload((yield from cancelling_workload(self._session, id)))

    @operation(raises=DeviceSpecsFetchingError)
    def devices(self, filters: DeviceFilters | None = None) -> Flow[list[Device]]:
        """Gets the devices that this account may use, with their availability and queue times.

        Args:
            filters: Which devices.

        Raises:
            DeviceSpecsFetchingError: They could not be had.
        """
        return (yield from listing_devices(self._session, filters))

    @operation(raises=DeviceSpecsFetchingError)
    def get_device_specs_dict(self) -> Flow[dict[str, str]]:
        """Gets the specifications of the devices, by their types: what Pulser's `deserialize_device` reads.

        Raises:
            DeviceSpecsFetchingError: They could not be had.
        """
        return (yield from fetching_specs(self._session))

    @operation(raises=ProjectFetchingError)
    def get_all_projects(self) -> Flow[list[Project]]:
        """Gets the active projects of which this account is a member.

        Raises:
            ProjectFetchingError: They could not be had.
        """
        return (yield from listing_projects(self._session))

    @operation(raises=PasqalCloudError)
    def user_token(self) -> Flow[str]:
        """Gets the token that requests are made with, and asks for one if there is none that is good.

        Raises:
            AuthenticationError: The credentials were refused.
        """
        return (yield from self._session.token())

    @operation(raises=ProjectFetchingError)
    def switch_to_project(self, project_id: str) -> Flow[str]:
        """Lets new batches belong to another project, if it is an active one of this account.

        Args:
            project_id: Its id.

        Returns:
            The id.

        Raises:
            ProjectNotFoundError: The project does not exist, or this account is no member of it.
            ProjectFetchingError: The projects could not be had.
        """
        wanted = str(uuid_of(project_id, "project_id"))
        if all(project.id != wanted for project in (yield from listing_projects(self._session))):
            raise ProjectNotFoundError(f"No active project of this account has the id {wanted}.")
        self._session.project_id = wanted
        return wanted

    @operation(raises=PasqalCloudError)
    def close(self) -> Flow[None]:
        """Closes the connections; and ends the service that `local` started."""
        yield from self._leave(None)

    def _calling(self, operation: Endpoint[P, T], *args: P.args, **kwargs: P.kwargs) -> Flow[T]:
        creates = operation.request(*args, **kwargs)["method"].lower() == "post"
        return self._session.with_options(harmless=not creates).call(operation, *args, **kwargs)

    def _leave(self, error: BaseException | None) -> Flow[None]:  # noqa: ARG002 - it closes after an error, too
        try:
            yield Close(self._session.connections)
        finally:
            if self._stop_service is not None:
                yield Task(self._stop_service)

    def _batch(self, snapshot: models.Batch) -> BatchT:
        return self._keep(self._batch_type(self._session, snapshot))

    def _job(self, snapshot: models.Job) -> JobT:
        return self._job_type(self._session, snapshot)

    def _workload(self, snapshot: models.Workload) -> WorkloadT:
        return self._keep(self._workload_type(self._session, snapshot))

    def _keep(self, handle: HandleT) -> HandleT:
        self._known[id(handle)] = handle
        return handle

    @classmethod
    def _start_local(cls, options: tuple[str, ...]) -> Flow[Self]:
        service: ServiceProcess = yield Task(lambda: ServiceProcess(*options))
        address = service.address
        sdk = cls(
            address["username"],
            address["password"],
            endpoints=Endpoints.at(address["url"]),
            project_id=address["project_id"],
        )
        sdk._stop_service = weakref.finalize(sdk, service.stop)
        return sdk

    def __repr__(self) -> str:
        """Shows where the SDK points to, and no secret."""
        return f"{type(self).__name__}({self._session.endpoints.core!r}, project_id={self.project_id!r})"


class SDK(Operations[Batch, Job, Workload], BlockingContext):
    """Client for Pasqal Cloud: creates batches of jobs, waits for them, and gets their results.

    Use it in a `with` statement, or call `close` at the end, to close its connections.

    Credentials come from the arguments, then from the environment (PASQAL_USERNAME and PASQAL_PASSWORD, PASQAL_TOKEN,
    or PASQAL_CLIENT_ID and PASQAL_CLIENT_SECRET), then from a profile that `save_profile` saved. The project
    (PASQAL_PROJECT_ID) and the address of the services (PASQAL_REGION or PASQAL_URL) come from the same places. Without
    credentials, `devices` and `get_device_specs_dict` show the public devices, and every other operation is refused.

    Large request bodies are sent compressed, unless PASQAL_SKIP_GZIP_REQUEST_BODY=1 is set. The arguments are described
    at `__init__`.
    """

    _batch_type = Batch
    _job_type = Job
    _workload_type = Workload

    def call(self, operation: Endpoint[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Performs any operation of the API: `sdk.call(list_batches, status=["DONE"])`.

        It is done with this SDK's tokens, timeouts, retries and errors. What creates something, by a POST, is sent
        once: where its outcome is unknown, it is not looked for, as `create_batch` does.

        Args:
            operation: A module of `pasqal_cloud_api.api`, like `pasqal_cloud_api.api.batches.list_batches`.
            args: What its `request` takes.
            kwargs: What its `request` takes.

        Returns:
            The answer, as a model of `pasqal_cloud_api.models`.

        Raises:
            PasqalCloudError: It failed.
        """
        return run(self._calling(operation, *args, **kwargs))

    @classmethod
    def local(cls, *options: str) -> Self:
        """Starts a local service and gets an SDK for it: everything works, with no account and no network.

        The service ends when the SDK is closed, best by `with SDK.local() as sdk:`, at the latest with this process.

        Args:
            options: Options of `python -m pasqal_cloud.local`, like `--seed=7`.

        Raises:
            MissingExtraError: The extra `local` is not installed.
            LocalServiceError: The service did not start.
        """
        return run(cls._start_local(options))


class AsyncSDK(Operations[AsyncBatch, AsyncJob, AsyncWorkload], AwaitingContext):
    """Asynchronous client for Pasqal Cloud: like `SDK`, with methods that are awaited.

    Use it in an `async with` statement, or await `close` at the end, to close its connections. One that stays open may
    be used from several event loops, one after the other or at once.

    Credentials come from the arguments, then from the environment (PASQAL_USERNAME and PASQAL_PASSWORD, PASQAL_TOKEN,
    or PASQAL_CLIENT_ID and PASQAL_CLIENT_SECRET), then from a profile that `save_profile` saved. The project
    (PASQAL_PROJECT_ID) and the address of the services (PASQAL_REGION or PASQAL_URL) come from the same places. Without
    credentials, `devices` and `get_device_specs_dict` show the public devices, and every other operation is refused.

    Large request bodies are sent compressed, unless PASQAL_SKIP_GZIP_REQUEST_BODY=1 is set. The arguments are described
    at `__init__`.
    """

    _batch_type = AsyncBatch
    _job_type = AsyncJob
    _workload_type = AsyncWorkload

    async def call(self, operation: Endpoint[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Performs any operation of the API: `await sdk.call(list_batches, status=["DONE"])`.

        It is done with this SDK's tokens, timeouts, retries and errors. What creates something, by a POST, is sent
        once: where its outcome is unknown, it is not looked for, as `create_batch` does.

        Args:
            operation: A module of `pasqal_cloud_api.api`, like `pasqal_cloud_api.api.batches.list_batches`.
            args: What its `request` takes.
            kwargs: What its `request` takes.

        Returns:
            The answer, as a model of `pasqal_cloud_api.models`.

        Raises:
            PasqalCloudError: It failed.
        """
        return await arun(self._calling(operation, *args, **kwargs))

    @classmethod
    def local(cls, *options: str) -> Opening[Self]:
        """Starts a local service and gets an SDK for it: everything works, with no account and no network.

        For `async with AsyncSDK.local() as sdk:`, and for `sdk = await AsyncSDK.local()`. The service ends when the SDK
        is closed, at the latest with this process.

        Args:
            options: Options of `python -m pasqal_cloud.local`, like `--seed=7`.

        Raises:
            MissingExtraError: The extra `local` is not installed.
            LocalServiceError: The service did not start.
        """
        return Opening(partial(cls._start_local, options))


def _given(**options: Any) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _page(given: PaginationParams | None, limit: int | None, offset: int | None) -> PaginationParams:
    """Gets the page that is asked for in one of two ways."""
    if given is None:
        return PaginationParams(limit=PAGE_LIMIT if limit is None else limit, offset=0 if offset is None else offset)
    if limit is not None or offset is not None:
        raise ValidationError("Give pagination_params, or limit and offset, not both.")
    return of_type(given, PaginationParams, "pagination_params")


if not TYPE_CHECKING:
    __getattr__ = elsewhere  # what the existing package's module has imported for itself
