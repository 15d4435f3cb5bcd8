# Written by scripts/stubs.py from the source of pasqal_cloud/sdk.py: run scripts/regen.sh rather than edit it.

"""`SDK` and `AsyncSDK`. Each operation is written once, as a flow, and offered on both classes."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from os import PathLike
from typing import Any, Literal, ParamSpec, Self, TypeVar
from uuid import UUID

from pasqal_cloud._arguments import SequenceLike
from pasqal_cloud._conversation.batches import BatchCancellationResponse, JobCancellationResponse
from pasqal_cloud._conversation.devices import Device
from pasqal_cloud._conversation.operation import AwaitingContext, BlockingContext, Opening
from pasqal_cloud._conversation.paging import PaginatedResponse
from pasqal_cloud._conversation.retry import RetryPolicy
from pasqal_cloud._conversation.session import Endpoint
from pasqal_cloud.authentication import TokenProvider
from pasqal_cloud.batch import AsyncBatch, Batch
from pasqal_cloud.counts import Counts
from pasqal_cloud.device import BaseConfig, DeviceTypeName, EmuFresnelConfig, EmulatorType
from pasqal_cloud.endpoints import Auth0Conf, Endpoints, Region, TokenProviderConf
from pasqal_cloud.filters import (
    BatchFilters,
    CancelJobFilters,
    DeviceFilters,
    JobFilters,
    PaginationParams,
    RebatchFilters,
    WorkloadFilters,
)
from pasqal_cloud.http_client import HTTPClient
from pasqal_cloud.job import AsyncJob, CreateJob, Job
from pasqal_cloud.project import Project
from pasqal_cloud.settings import Proxy, Timeout, Transport, Verify
from pasqal_cloud.status import BatchStatus, JobStatus
from pasqal_cloud.workload import AsyncWorkload, Workload

P = ParamSpec("P")

T = TypeVar("T")

_AsyncSDKT = TypeVar("_AsyncSDKT", bound="AsyncSDK")

class SDK(BlockingContext):
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

    webhook: str | None

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
    ) -> None: ...
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

    @property
    def project_id(self) -> str | None:
        """The project that new batches belong to."""

    @project_id.setter
    def project_id(self, project_id: str | None) -> None: ...
    @property
    def last_batch(self) -> Batch | None:
        """The batch that a method of this SDK created or added jobs to last, for when nothing else holds it.

        It is here as soon as its id is known, also if waiting for it was interrupted. Reading it needs no request: it
        is the handle that the method returned or, if that is not in use any more, a new one in the same state. None if
        there is none yet.
        """

    @property
    def batches(self) -> dict[str, Batch]:
        """The batches that this SDK returned and that are in use, by their ids. Deprecated: keep the handles."""

    @property
    def workloads(self) -> dict[str, Workload]:
        """The workloads that this SDK returned and that are in use, by their ids. Deprecated: keep the handles."""

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
    ) -> Batch:
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
    ) -> Counts:
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
    ) -> Batch:
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

    def get_batch(self, id: str, fetch_results: bool | None = None) -> Batch:
        """Gets a batch.

        Args:
            id: The batch's id.
            fetch_results: Deprecated, without effect: results are fetched when they are read.

        Raises:
            BatchFetchingError: The request failed; this is a `NotFoundError` too if there is no batch with this id.
        """

    def add_jobs(self, batch_id: str, jobs: Iterable[CreateJob], wait: bool = False) -> Batch:
        """Adds jobs to an open batch.

        Args:
            batch_id: The batch's id.
            jobs: The jobs, at least one; see `create_batch`.
            wait: Whether to wait until all jobs of the batch are settled.

        Raises:
            JobCreationError: The jobs were not added.
            SubmissionUnknownError: The jobs may or may not have been added; this is a `JobCreationError` too.
        """

    def get_batches(
        self,
        filters: BatchFilters | None = None,
        pagination_params: PaginationParams | None = None,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> PaginatedResponse[Batch]:
        """Gets one page of batches, newest first; `iter_batches` goes through all pages.

        Args:
            filters: Which batches to list.
            pagination_params: Which page to get, in what order; by default the first 100 batches.
            limit: The most batches to get, from 1 to 100, instead of `pagination_params`.
            offset: How many batches to skip, instead of `pagination_params`.

        Raises:
            BatchFetchingError: The request failed.
        """

    def iter_batches(
        self, filters: BatchFilters | None = None, pagination_params: PaginationParams | None = None
    ) -> Iterator[Batch]:
        """Iterates over all batches that match, newest first, on as many pages as there are.

        If batches are created or deleted meanwhile, no batch appears twice. Some may be missed if equally many are
        created and deleted.

        Args:
            filters: Which batches to list; for more than 100 ids, several requests are made.
            pagination_params: The order, and where to begin.

        Raises:
            BatchFetchingError: A request failed.
        """

    def get_batch_status(self, id: str) -> BatchStatus:
        """Gets only the status of a batch, which is faster than `get_batch`.

        Args:
            id: The batch's id.

        Raises:
            BatchFetchingError: The request failed.
        """

    def close_batch(self, batch_id: str) -> Batch:
        """Closes an open batch: no jobs can be added any more, and the device is free once its jobs are settled.

        Args:
            batch_id: The batch's id.

        Raises:
            BatchClosingError: The batch could not be closed.
        """

    def complete_batch(self, batch_id: str) -> Batch:
        """Closes an open batch. Deprecated: use `close_batch`."""

    def cancel_batch(self, id: str) -> Batch:
        """Cancels a batch, with those of its jobs that have not ended.

        Args:
            id: The batch's id.

        Raises:
            BatchCancellingError: The batch could not be cancelled.
        """

    def cancel_batches(self, batch_ids: Iterable[str | UUID]) -> BatchCancellationResponse[Batch]:
        """Cancels several batches.

        Args:
            batch_ids: Their ids; for more than 100, several requests are made.

        Returns:
            The batches that were cancelled, and the reasons why others were not.

        Raises:
            BatchCancellingError: A request failed. The batches of earlier requests are cancelled.
        """

    def rebatch(self, id: str | UUID, filters: RebatchFilters | None = None) -> Batch:
        """Creates a batch with copies of the jobs of a closed batch.

        Args:
            id: The id of the closed batch.
            filters: Which of its jobs to copy; by default all.

        Raises:
            RebatchError: The new batch was not created.
            SubmissionUnknownError: The new batch may or may not have been created; this is a `RebatchError` too.
        """

    def set_batch_tags(self, batch_id: str, tags: Iterable[str]) -> Batch:
        """Replaces the tags of a batch.

        Args:
            batch_id: The batch's id.
            tags: The new tags.

        Raises:
            BatchSetTagsError: The tags could not be replaced.
        """

    def get_job(self, id: str, wait: bool = False) -> Job:
        """Gets a job.

        Args:
            id: The job's id.
            wait: Whether to wait until the job is settled.

        Raises:
            JobFetchingError: The request failed; this is a `NotFoundError` too if there is no job with this id.
        """

    def get_jobs(
        self,
        filters: JobFilters | None = None,
        pagination_params: PaginationParams | None = None,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> PaginatedResponse[Job]:
        """Gets one page of jobs, newest first; `iter_jobs` goes through all pages.

        Args:
            filters: Which jobs to list.
            pagination_params: Which page to get, in what order; by default the first 100 jobs.
            limit: The most jobs to get, from 1 to 100, instead of `pagination_params`.
            offset: How many jobs to skip, instead of `pagination_params`.

        Raises:
            JobFetchingError: The request failed.
        """

    def iter_jobs(
        self, filters: JobFilters | None = None, pagination_params: PaginationParams | None = None
    ) -> Iterator[Job]:
        """Iterates over all jobs that match, newest first, on as many pages as there are.

        If jobs are created or deleted meanwhile, no job appears twice. Some may be missed if equally many are created
        and deleted.

        Args:
            filters: Which jobs to list; for more than 100 ids, several requests are made.
            pagination_params: The order, and where to begin.

        Raises:
            JobFetchingError: A request failed.
        """

    def get_job_status(self, id: str) -> JobStatus:
        """Gets only the status of a job, which is faster than `get_job`.

        Args:
            id: The job's id.

        Raises:
            JobFetchingError: The request failed.
        """

    def cancel_job(self, id: str) -> Job:
        """Cancels a job.

        Args:
            id: The job's id.

        Raises:
            JobCancellingError: The job could not be cancelled.
        """

    def cancel_jobs(
        self, batch_id: str | UUID, filters: CancelJobFilters | None = None
    ) -> JobCancellationResponse[Job]:
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

    def create_workload(
        self, workload_type: str, backend: str, config: Mapping[str, Any], wait: bool = False
    ) -> Workload:
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

    def get_workload(self, id: str, wait: bool = False) -> Workload:
        """Gets a workload.

        Args:
            id: The workload's id.
            wait: Whether to wait until the workload is settled.

        Raises:
            WorkloadFetchingError: The request failed; this is a `NotFoundError` too if there is no workload with this
                id.
        """

    def wait_for_workload(self, id: str, workload_rsp: Mapping[str, Any]) -> dict[str, Any]:
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

    def get_workloads(
        self,
        filters: WorkloadFilters | None = None,
        pagination_params: PaginationParams | None = None,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> PaginatedResponse[Workload]:
        """Gets one page of workloads, newest first.

        Args:
            filters: Which workloads to list.
            pagination_params: Which page to get, in what order; by default the first 100 workloads.
            limit: The most workloads to get, from 1 to 100, instead of `pagination_params`.
            offset: How many workloads to skip, instead of `pagination_params`.

        Raises:
            WorkloadFetchingError: The request failed.
        """

    def cancel_workload(self, id: str) -> Workload:
        """Cancels a workload.

        Args:
            id: The workload's id.

        Raises:
            WorkloadCancellingError: The workload could not be cancelled.
        """

    def devices(self, filters: DeviceFilters | None = None) -> list[Device]:
        """Gets the devices that this account can use, with their availability and queue times.

        Args:
            filters: Which devices to list.

        Raises:
            DeviceSpecsFetchingError: The request failed.
        """

    def device(self, device_type: DeviceTypeName | EmulatorType | str) -> Device:
        """Gets a device, with its availability, queue time and specifications: `sdk.device("FRESNEL").to_pulser()`.

        Args:
            device_type: The type of the device.

        Raises:
            DeviceSpecsFetchingError: A request failed; this is a `NotFoundError` too if the account has no such device.
        """

    def least_busy(self, *, is_emulator: bool | None = False, atoms: int | None = None) -> Device:
        """Gets the device on which batches waited least in the last hour: `sdk.least_busy(atoms=50).device_type`.

        Only devices that accept batches and operate are considered.

        Args:
            is_emulator: Whether it shall be an emulator or a QPU; None for either.
            atoms: The number of atoms that it must take at least.

        Raises:
            ValidationError: `atoms` is not a positive number.
            DeviceSpecsFetchingError: A request failed; this is a `NotFoundError` too if there is no such device.
        """

    def check(
        self,
        /,
        sequence: SequenceLike,
        device_type: DeviceTypeName | EmulatorType | str | None = None,
        *,
        runs: int | None = None,
        variables: Mapping[str, Any] | None = None,
        **values: Any,
    ) -> list[str]:
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

    def get_device_specs_dict(self) -> dict[str, str]:
        """Gets the specifications of the devices by their types, for Pulser's `deserialize_device`.

        Raises:
            DeviceSpecsFetchingError: The request failed.
        """

    def get_all_projects(self) -> list[Project]:
        """Gets the active projects of which this account is a member.

        Raises:
            ProjectFetchingError: The request failed.
        """

    def user_token(self) -> str:
        """Gets the token that requests are sent with, a new one if necessary.

        Raises:
            AuthenticationError: The credentials were refused.
        """

    def switch_to_project(self, project_id: str) -> str:
        """Sets the project that new batches belong to, which must be an active project of this account.

        Args:
            project_id: The project's id.

        Returns:
            The id.

        Raises:
            ProjectNotFoundError: The project does not exist, or this account is not a member of it.
            ProjectFetchingError: The request failed.
        """

    def close(self) -> None:
        """Closes the connections, and ends the service that `local` started."""

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

    @staticmethod
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

    @classmethod
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

    def __enter__(self) -> Self:
        """Returns itself."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """Closes it."""

class AsyncSDK(AwaitingContext):
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

    webhook: str | None

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
    ) -> None: ...
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

    @property
    def project_id(self) -> str | None:
        """The project that new batches belong to."""

    @project_id.setter
    def project_id(self, project_id: str | None) -> None: ...
    @property
    def last_batch(self) -> AsyncBatch | None:
        """The batch that a method of this SDK created or added jobs to last, for when nothing else holds it.

        It is here as soon as its id is known, also if waiting for it was interrupted. Reading it needs no request: it
        is the handle that the method returned or, if that is not in use any more, a new one in the same state. None if
        there is none yet.
        """

    @property
    def batches(self) -> dict[str, AsyncBatch]:
        """The batches that this SDK returned and that are in use, by their ids. Deprecated: keep the handles."""

    @property
    def workloads(self) -> dict[str, AsyncWorkload]:
        """The workloads that this SDK returned and that are in use, by their ids. Deprecated: keep the handles."""

    async def create_batch(
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
    ) -> AsyncBatch:
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

    async def run(
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
    ) -> Counts:
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

    async def sweep(
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
    ) -> AsyncBatch:
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

    async def get_batch(self, id: str, fetch_results: bool | None = None) -> AsyncBatch:
        """Gets a batch.

        Args:
            id: The batch's id.
            fetch_results: Deprecated, without effect: results are fetched when they are read.

        Raises:
            BatchFetchingError: The request failed; this is a `NotFoundError` too if there is no batch with this id.
        """

    async def add_jobs(self, batch_id: str, jobs: Iterable[CreateJob], wait: bool = False) -> AsyncBatch:
        """Adds jobs to an open batch.

        Args:
            batch_id: The batch's id.
            jobs: The jobs, at least one; see `create_batch`.
            wait: Whether to wait until all jobs of the batch are settled.

        Raises:
            JobCreationError: The jobs were not added.
            SubmissionUnknownError: The jobs may or may not have been added; this is a `JobCreationError` too.
        """

    async def get_batches(
        self,
        filters: BatchFilters | None = None,
        pagination_params: PaginationParams | None = None,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> PaginatedResponse[AsyncBatch]:
        """Gets one page of batches, newest first; `iter_batches` goes through all pages.

        Args:
            filters: Which batches to list.
            pagination_params: Which page to get, in what order; by default the first 100 batches.
            limit: The most batches to get, from 1 to 100, instead of `pagination_params`.
            offset: How many batches to skip, instead of `pagination_params`.

        Raises:
            BatchFetchingError: The request failed.
        """

    def iter_batches(
        self, filters: BatchFilters | None = None, pagination_params: PaginationParams | None = None
    ) -> AsyncIterator[AsyncBatch]:
        """Iterates over all batches that match, newest first, on as many pages as there are.

        If batches are created or deleted meanwhile, no batch appears twice. Some may be missed if equally many are
        created and deleted.

        Args:
            filters: Which batches to list; for more than 100 ids, several requests are made.
            pagination_params: The order, and where to begin.

        Raises:
            BatchFetchingError: A request failed.
        """

    async def get_batch_status(self, id: str) -> BatchStatus:
        """Gets only the status of a batch, which is faster than `get_batch`.

        Args:
            id: The batch's id.

        Raises:
            BatchFetchingError: The request failed.
        """

    async def close_batch(self, batch_id: str) -> AsyncBatch:
        """Closes an open batch: no jobs can be added any more, and the device is free once its jobs are settled.

        Args:
            batch_id: The batch's id.

        Raises:
            BatchClosingError: The batch could not be closed.
        """

    async def complete_batch(self, batch_id: str) -> AsyncBatch:
        """Closes an open batch. Deprecated: use `close_batch`."""

    async def cancel_batch(self, id: str) -> AsyncBatch:
        """Cancels a batch, with those of its jobs that have not ended.

        Args:
            id: The batch's id.

        Raises:
            BatchCancellingError: The batch could not be cancelled.
        """

    async def cancel_batches(self, batch_ids: Iterable[str | UUID]) -> BatchCancellationResponse[AsyncBatch]:
        """Cancels several batches.

        Args:
            batch_ids: Their ids; for more than 100, several requests are made.

        Returns:
            The batches that were cancelled, and the reasons why others were not.

        Raises:
            BatchCancellingError: A request failed. The batches of earlier requests are cancelled.
        """

    async def rebatch(self, id: str | UUID, filters: RebatchFilters | None = None) -> AsyncBatch:
        """Creates a batch with copies of the jobs of a closed batch.

        Args:
            id: The id of the closed batch.
            filters: Which of its jobs to copy; by default all.

        Raises:
            RebatchError: The new batch was not created.
            SubmissionUnknownError: The new batch may or may not have been created; this is a `RebatchError` too.
        """

    async def set_batch_tags(self, batch_id: str, tags: Iterable[str]) -> AsyncBatch:
        """Replaces the tags of a batch.

        Args:
            batch_id: The batch's id.
            tags: The new tags.

        Raises:
            BatchSetTagsError: The tags could not be replaced.
        """

    async def get_job(self, id: str, wait: bool = False) -> AsyncJob:
        """Gets a job.

        Args:
            id: The job's id.
            wait: Whether to wait until the job is settled.

        Raises:
            JobFetchingError: The request failed; this is a `NotFoundError` too if there is no job with this id.
        """

    async def get_jobs(
        self,
        filters: JobFilters | None = None,
        pagination_params: PaginationParams | None = None,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> PaginatedResponse[AsyncJob]:
        """Gets one page of jobs, newest first; `iter_jobs` goes through all pages.

        Args:
            filters: Which jobs to list.
            pagination_params: Which page to get, in what order; by default the first 100 jobs.
            limit: The most jobs to get, from 1 to 100, instead of `pagination_params`.
            offset: How many jobs to skip, instead of `pagination_params`.

        Raises:
            JobFetchingError: The request failed.
        """

    def iter_jobs(
        self, filters: JobFilters | None = None, pagination_params: PaginationParams | None = None
    ) -> AsyncIterator[AsyncJob]:
        """Iterates over all jobs that match, newest first, on as many pages as there are.

        If jobs are created or deleted meanwhile, no job appears twice. Some may be missed if equally many are created
        and deleted.

        Args:
            filters: Which jobs to list; for more than 100 ids, several requests are made.
            pagination_params: The order, and where to begin.

        Raises:
            JobFetchingError: A request failed.
        """

    async def get_job_status(self, id: str) -> JobStatus:
        """Gets only the status of a job, which is faster than `get_job`.

        Args:
            id: The job's id.

        Raises:
            JobFetchingError: The request failed.
        """

    async def cancel_job(self, id: str) -> AsyncJob:
        """Cancels a job.

        Args:
            id: The job's id.

        Raises:
            JobCancellingError: The job could not be cancelled.
        """

    async def cancel_jobs(
        self, batch_id: str | UUID, filters: CancelJobFilters | None = None
    ) -> JobCancellationResponse[AsyncJob]:
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

    async def create_workload(
        self, workload_type: str, backend: str, config: Mapping[str, Any], wait: bool = False
    ) -> AsyncWorkload:
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

    async def get_workload(self, id: str, wait: bool = False) -> AsyncWorkload:
        """Gets a workload.

        Args:
            id: The workload's id.
            wait: Whether to wait until the workload is settled.

        Raises:
            WorkloadFetchingError: The request failed; this is a `NotFoundError` too if there is no workload with this
                id.
        """

    async def wait_for_workload(self, id: str, workload_rsp: Mapping[str, Any]) -> dict[str, Any]:
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

    async def get_workloads(
        self,
        filters: WorkloadFilters | None = None,
        pagination_params: PaginationParams | None = None,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> PaginatedResponse[AsyncWorkload]:
        """Gets one page of workloads, newest first.

        Args:
            filters: Which workloads to list.
            pagination_params: Which page to get, in what order; by default the first 100 workloads.
            limit: The most workloads to get, from 1 to 100, instead of `pagination_params`.
            offset: How many workloads to skip, instead of `pagination_params`.

        Raises:
            WorkloadFetchingError: The request failed.
        """

    async def cancel_workload(self, id: str) -> AsyncWorkload:
        """Cancels a workload.

        Args:
            id: The workload's id.

        Raises:
            WorkloadCancellingError: The workload could not be cancelled.
        """

    async def devices(self, filters: DeviceFilters | None = None) -> list[Device]:
        """Gets the devices that this account can use, with their availability and queue times.

        Args:
            filters: Which devices to list.

        Raises:
            DeviceSpecsFetchingError: The request failed.
        """

    async def device(self, device_type: DeviceTypeName | EmulatorType | str) -> Device:
        """Gets a device, with its availability, queue time and specifications: `sdk.device("FRESNEL").to_pulser()`.

        Args:
            device_type: The type of the device.

        Raises:
            DeviceSpecsFetchingError: A request failed; this is a `NotFoundError` too if the account has no such device.
        """

    async def least_busy(self, *, is_emulator: bool | None = False, atoms: int | None = None) -> Device:
        """Gets the device on which batches waited least in the last hour: `sdk.least_busy(atoms=50).device_type`.

        Only devices that accept batches and operate are considered.

        Args:
            is_emulator: Whether it shall be an emulator or a QPU; None for either.
            atoms: The number of atoms that it must take at least.

        Raises:
            ValidationError: `atoms` is not a positive number.
            DeviceSpecsFetchingError: A request failed; this is a `NotFoundError` too if there is no such device.
        """

    async def check(
        self,
        /,
        sequence: SequenceLike,
        device_type: DeviceTypeName | EmulatorType | str | None = None,
        *,
        runs: int | None = None,
        variables: Mapping[str, Any] | None = None,
        **values: Any,
    ) -> list[str]:
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

    async def get_device_specs_dict(self) -> dict[str, str]:
        """Gets the specifications of the devices by their types, for Pulser's `deserialize_device`.

        Raises:
            DeviceSpecsFetchingError: The request failed.
        """

    async def get_all_projects(self) -> list[Project]:
        """Gets the active projects of which this account is a member.

        Raises:
            ProjectFetchingError: The request failed.
        """

    async def user_token(self) -> str:
        """Gets the token that requests are sent with, a new one if necessary.

        Raises:
            AuthenticationError: The credentials were refused.
        """

    async def switch_to_project(self, project_id: str) -> str:
        """Sets the project that new batches belong to, which must be an active project of this account.

        Args:
            project_id: The project's id.

        Returns:
            The id.

        Raises:
            ProjectNotFoundError: The project does not exist, or this account is not a member of it.
            ProjectFetchingError: The request failed.
        """

    async def close(self) -> None:
        """Closes the connections, and ends the service that `local` started."""

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

    @staticmethod
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

    @classmethod
    def local(
        cls: type[_AsyncSDKT],
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
    ) -> Opening[_AsyncSDKT]:
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

    async def __aenter__(self) -> Self:
        """Returns itself."""

    async def __aexit__(self, _: object, error: BaseException | None, __: object) -> None:
        """Closes it."""
