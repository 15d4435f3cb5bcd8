"""A typed client for Pasqal Cloud: batches of Pulser sequences, on neutral-atom QPUs and emulators.

Each layer imports only what stands below it; `pasqal_cloud_api` is generated from `spec/openapi.yaml`.

    connection backends ovh           Pulser's interfaces; _followed: batches that are asked about again and again
    sdk                    SDK and AsyncSDK: every operation, once; completion goes through jobs as they end
      _configuration       arguments, else environment, else profile · _service: the local service as a child process
      http_client          where requests go, as a class · _ovh: the door of those who come by OVH
    batch job workload project        the handles, and the flows that they share with the SDK (_batches, _devices);
                                      _doubles: handles built by hand
      _submission          what spends money is sent once, and found again
    _wait _paging _results _token     conversations with the API
      _flow                what drives them, blocking or awaiting: the one clever file
    _transport             the wire · _connections: its clients · authentication: who is asking
      _answers             what went wrong on it · _routes: the way that a request takes · _traffic: what the log tells
    filters endpoints status device errors        and _retry _ledger _arguments _snapshot: no input, no output
    _network               what the environment says of proxies and certificates

The old homes of names stand above all: pasqal_cloud_client, pasqal_cloud_connection, client and utils.
Apart stands `local`, the service that runs everything on this machine; the layers above know it as a URL.
"""

from __future__ import annotations

TYPE_CHECKING = False  # both type checkers take the name for typing's, which costs as much to import as the interpreter
if TYPE_CHECKING:
    from pasqal_cloud._batches import BatchCancellationResponse, JobCancellationResponse
    from pasqal_cloud._configuration import save_profile
    from pasqal_cloud._connections import ClosedError
    from pasqal_cloud._devices import Device
    from pasqal_cloud._paging import PaginatedResponse
    from pasqal_cloud._retry import RetryPolicy
    from pasqal_cloud.authentication import (
        Auth0TokenProvider,
        ClientCredentialsTokenProvider,
        ExpiringTokenProvider,
        PasswordGrantTokenProvider,
        StaticTokenProvider,
        TokenProvider,
        TokenProviderError,
    )
    from pasqal_cloud.backends import RemoteEmuFreeBackend as RemoteEmuFreeBackend
    from pasqal_cloud.backends import RemoteEmulatorBackend as RemoteEmulatorBackend
    from pasqal_cloud.backends import RemoteMPSBackend as RemoteMPSBackend
    from pasqal_cloud.backends import RemoteSVBackend as RemoteSVBackend
    from pasqal_cloud.batch import RESULT_POLLING_INTERVAL, AsyncBatch, Batch
    from pasqal_cloud.client import Client
    from pasqal_cloud.completion import as_completed
    from pasqal_cloud.connection import PasqalCloudConnection as PasqalCloudConnection
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
    from pasqal_cloud.ovh import OVHConnection as OVHConnection
    from pasqal_cloud.project import Project
    from pasqal_cloud.sdk import SDK, AsyncSDK
    from pasqal_cloud.status import BatchStatus, DeviceAvailability, JobOrigin, JobStatus, QueuePriority
    from pasqal_cloud.workload import AsyncWorkload, Workload

_HOMES = (
    "errors",
    "_retry",
    "status",
    "endpoints",
    "device",
    "filters",
    "authentication",
    "_connections",
    "_configuration",
    "job",
    "batch",
    "client",
    "sdk",
    "completion",
)
"""Where the names live: the cheap modules first."""

_NEED_PULSER = {
    "OVHConnection": "ovh",
    "PasqalCloudConnection": "connection",
    "RemoteEmuFreeBackend": "backends",
    "RemoteEmulatorBackend": "backends",
    "RemoteMPSBackend": "backends",
    "RemoteSVBackend": "backends",
}
"""Where the names live that are not in `__all__`, since `from pasqal_cloud import *` works without Pulser."""

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
    "CreateJob",
    "Device",
    "DeviceAvailability",
    "DeviceFilters",
    "DeviceSpecsException",
    "DeviceSpecsFetchingError",
    "DeviceTypeName",
    "EmulatorType",
    "Endpoints",
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
    """Imports a name from where it lives when it is first used (PEP 562)."""
    if name == "__version__":
        from importlib.metadata import version

        return version("pasqal-cloud")
    if name in __all__ or name in _NEED_PULSER:
        from importlib import import_module

        for home in (_NEED_PULSER[name],) if name in _NEED_PULSER else _HOMES:
            module = import_module(f"{__name__}.{home}")
            if name in vars(module):  # and not what an old home has from here
                value = globals()[name] = vars(module)[name]
                return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Lists the names that are not imported yet too."""
    return sorted({*globals(), *__all__, *_NEED_PULSER, "__version__"})
