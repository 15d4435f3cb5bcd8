"""A typed client for Pasqal Cloud: batches of Pulser sequences, on neutral-atom QPUs and emulators.

A module imports only what is further down; `pasqal_cloud_api` is generated from `spec/openapi.yaml`.

    cli · testing                      the command line · the pytest plugin
    pasqal_cloud_client · pasqal_cloud_connection · client · ovh · utils    modules of the existing package: re-exports
    backends                           Pulser's interfaces, also for OVH's users
    sdk · completion                   SDK and AsyncSDK, with all operations · jobs in the order in which they end
    _service · settings · http_client  the local service as a child process · arguments, environment, profile ·
                                       the addresses of a `client_class`
    authentication · batch · workload · project    token providers · the handles, and projects
    job
    handle                             what batches, jobs and workloads share
    _conversation                      requests to the services; its docstring lists its own layers
    filters · endpoints                filters and pages of lists · the addresses of the services
    _arguments · _deprecation · _network    checks of arguments · deprecated names · proxies and certificates
    device · status                    devices and their configurations · statuses
    errors
    _open_enum                         enumerations that accept unknown values

The path of `create_batch`: `sdk` has `batch` check the arguments and make the payload. `_conversation.submitting` sends
it once, and searches for the batch if the outcome is unknown. Each try is a `Session.call`, which builds the request of
the generated operation, gets a token, sends, renews the token once after a 401 and parses the response. The SDK makes a
`Batch` of it. Operations that read go through `Session.call` alone, which repeats them as the retry policy says.

`local`, the service that runs everything on this machine, imports only `_network` of all this; the client knows it as a
URL.
"""

from __future__ import annotations

TYPE_CHECKING = False  # both type checkers take the name for typing's, which costs as much to import as the interpreter
if TYPE_CHECKING:
    from pasqal_cloud._conversation.batches import BatchCancellationResponse, JobCancellationResponse
    from pasqal_cloud._conversation.clients import ClosedError
    from pasqal_cloud._conversation.devices import Device
    from pasqal_cloud._conversation.paging import PaginatedResponse
    from pasqal_cloud._conversation.retry import RetryPolicy
    from pasqal_cloud.authentication import (
        Auth0TokenProvider,
        ClientCredentialsTokenProvider,
        ExpiringTokenProvider,
        PasswordGrantTokenProvider,
        StaticTokenProvider,
        TokenProvider,
        TokenProviderError,
    )
    from pasqal_cloud.backends.connection import PasqalCloudConnection as PasqalCloudConnection
    from pasqal_cloud.backends.emulators import RemoteEmuFreeBackend as RemoteEmuFreeBackend
    from pasqal_cloud.backends.emulators import RemoteEmulatorBackend as RemoteEmulatorBackend
    from pasqal_cloud.backends.emulators import RemoteMPSBackend as RemoteMPSBackend
    from pasqal_cloud.backends.emulators import RemoteSVBackend as RemoteSVBackend
    from pasqal_cloud.backends.ovh import OVHConnection as OVHConnection
    from pasqal_cloud.batch import RESULT_POLLING_INTERVAL, AsyncBatch, Batch
    from pasqal_cloud.client import Client
    from pasqal_cloud.completion import as_completed
    from pasqal_cloud.counts import Counts, Estimate
    from pasqal_cloud.device import BaseConfig, DeviceTypeName, EmulatorType
    from pasqal_cloud.endpoints import (
        AUTH0_CONFIG,
        AUTH_CONFIG,
        PASQAL_ENDPOINTS,
        Auth0Conf,
        Endpoints,
        Region,
        TokenProviderConf,
    )
    from pasqal_cloud.errors import (
        AuthenticationError,
        BatchCancellingError,
        BatchClosingError,
        BatchCreationError,
        BatchException,
        BatchFetchingError,
        BatchSetTagsError,
        ConflictError,
        ConnectionFailedError,
        DeviceSpecsException,
        DeviceSpecsFetchingError,
        ExceptionWithResponseContext,
        InvalidConfiguration,
        InvalidDeviceTypeSet,
        InvalidWorkloadResultsFormatError,
        JobCancellingError,
        JobCreationError,
        JobException,
        JobFailedError,
        JobFetchingError,
        JobRetryError,
        JobSequenceVariablesConflict,
        LocalServiceError,
        MissingAllJobSequence,
        MissingExtraError,
        MissingJobSequence,
        NotFoundError,
        OnlyCompleteOrOpenCanBeSet,
        PasqalCloudError,
        PermissionDeniedError,
        ProjectException,
        ProjectFetchingError,
        ProjectNotFoundError,
        RateLimitError,
        RebatchError,
        RequestTimeoutError,
        ServerError,
        SubmissionUnknownError,
        UnexpectedAnswerError,
        ValidationError,
        WaitTimeoutError,
        WorkloadCancellingError,
        WorkloadCreationError,
        WorkloadException,
        WorkloadFetchingError,
        WorkloadResultsConnectionError,
        WorkloadResultsDecodeError,
        WorkloadResultsDownloadError,
    )
    from pasqal_cloud.filters import (
        BatchFilters,
        CancelJobFilters,
        DeviceFilters,
        JobFilters,
        PaginationParams,
        RebatchFilters,
        WorkloadFilters,
    )
    from pasqal_cloud.job import AsyncJob, CreateJob, Job
    from pasqal_cloud.project import Project
    from pasqal_cloud.sdk import SDK, AsyncSDK
    from pasqal_cloud.settings import save_profile
    from pasqal_cloud.status import BatchStatus, DeviceAvailability, JobOrigin, JobStatus, QueuePriority
    from pasqal_cloud.workload import AsyncWorkload, Workload

_HOMES = (
    "errors",
    "_conversation.retry",
    "status",
    "endpoints",
    "device",
    "filters",
    "authentication",
    "_conversation.clients",
    "settings",
    "counts",
    "job",
    "batch",
    "client",
    "sdk",
    "completion",
)
"""The modules that define the names, those that are fast to import first."""

_NEED_PULSER = {
    "OVHConnection": "backends.ovh",
    "PasqalCloudConnection": "backends.connection",
    "RemoteEmuFreeBackend": "backends",
    "RemoteEmulatorBackend": "backends",
    "RemoteMPSBackend": "backends",
    "RemoteSVBackend": "backends",
}
"""The modules of names that are not in `__all__`, so that `from pasqal_cloud import *` works without Pulser."""

__all__ = [
    "AUTH0_CONFIG",
    "AUTH_CONFIG",
    "PASQAL_ENDPOINTS",
    "RESULT_POLLING_INTERVAL",
    "SDK",
    "AsyncBatch",
    "AsyncJob",
    "AsyncSDK",
    "AsyncWorkload",
    "Auth0Conf",
    "Auth0TokenProvider",
    "AuthenticationError",
    "BaseConfig",
    "Batch",
    "BatchCancellationResponse",
    "BatchCancellingError",
    "BatchClosingError",
    "BatchCreationError",
    "BatchException",
    "BatchFetchingError",
    "BatchFilters",
    "BatchSetTagsError",
    "BatchStatus",
    "CancelJobFilters",
    "Client",
    "ClientCredentialsTokenProvider",
    "ClosedError",
    "ConflictError",
    "ConnectionFailedError",
    "Counts",
    "CreateJob",
    "Device",
    "DeviceAvailability",
    "DeviceFilters",
    "DeviceSpecsException",
    "DeviceSpecsFetchingError",
    "DeviceTypeName",
    "EmulatorType",
    "Endpoints",
    "Estimate",
    "ExceptionWithResponseContext",
    "ExpiringTokenProvider",
    "InvalidConfiguration",
    "InvalidDeviceTypeSet",
    "InvalidWorkloadResultsFormatError",
    "Job",
    "JobCancellationResponse",
    "JobCancellingError",
    "JobCreationError",
    "JobException",
    "JobFailedError",
    "JobFetchingError",
    "JobFilters",
    "JobOrigin",
    "JobRetryError",
    "JobSequenceVariablesConflict",
    "JobStatus",
    "LocalServiceError",
    "MissingAllJobSequence",
    "MissingExtraError",
    "MissingJobSequence",
    "NotFoundError",
    "OnlyCompleteOrOpenCanBeSet",
    "PaginatedResponse",
    "PaginationParams",
    "PasqalCloudError",
    "PasswordGrantTokenProvider",
    "PermissionDeniedError",
    "Project",
    "ProjectException",
    "ProjectFetchingError",
    "ProjectNotFoundError",
    "QueuePriority",
    "RateLimitError",
    "RebatchError",
    "RebatchFilters",
    "Region",
    "RequestTimeoutError",
    "RetryPolicy",
    "ServerError",
    "StaticTokenProvider",
    "SubmissionUnknownError",
    "TokenProvider",
    "TokenProviderConf",
    "TokenProviderError",
    "UnexpectedAnswerError",
    "ValidationError",
    "WaitTimeoutError",
    "Workload",
    "WorkloadCancellingError",
    "WorkloadCreationError",
    "WorkloadException",
    "WorkloadFetchingError",
    "WorkloadFilters",
    "WorkloadResultsConnectionError",
    "WorkloadResultsDecodeError",
    "WorkloadResultsDownloadError",
    "as_completed",
    "save_profile",
]


def __getattr__(name: str) -> object:
    """Imports a name from its module when it is first used (PEP 562)."""
    if name == "__version__":
        from importlib.metadata import version

        return version("pasqal-cloud")
    if name in __all__ or name in _NEED_PULSER:
        from importlib import import_module

        for home in (_NEED_PULSER[name],) if name in _NEED_PULSER else _HOMES:
            module = import_module(f"{__name__}.{home}")
            if name in vars(module):  # not a re-export of a name from here
                value = globals()[name] = vars(module)[name]
                return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Lists all names, also those that are not imported yet."""
    return sorted({*globals(), *__all__, *_NEED_PULSER, "__version__"})
