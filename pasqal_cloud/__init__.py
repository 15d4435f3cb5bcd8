"""A typed client for Pasqal Cloud: batches of Pulser sequences, on neutral-atom QPUs and emulators.

Each layer imports only what stands below it; `pasqal_cloud_api` is generated from `spec/openapi.yaml`.

    sdk                    SDK and AsyncSDK: every operation, once; completion goes through jobs as they end
      _configuration       arguments, else environment, else profile · _service: the local service as a child process
    batch job workload project        the handles, and the flows that they share with the SDK (_batches, _devices)
      _submission          what spends money is sent once, and found again
    _wait _paging _results _token     conversations with the API
      _flow                what drives them, blocking or awaiting: the one clever file
    _transport             the wire · _connections: its clients · authentication: who is asking
      _answers             what went wrong on it · _traffic: what the log tells
    filters endpoints status device errors        and _retry _ledger _arguments _snapshot: no input, no output

Apart from them stands `local`, the service that runs everything on this machine; the layers above know it as a URL.
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
    from pasqal_cloud.batch import AsyncBatch, Batch
    from pasqal_cloud.completion import as_completed
    from pasqal_cloud.device import DeviceTypeName, EmulatorType
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
        BatchFetchingError,
        BatchSetTagsError,
        ConflictError,
        ConnectionFailedError,
        DeviceSpecsFetchingError,
        JobCancellingError,
        JobCreationError,
        JobFailedError,
        JobFetchingError,
        JobRetryError,
        LocalServiceError,
        MissingExtraError,
        NotFoundError,
        PasqalCloudError,
        PermissionDeniedError,
        ProjectFetchingError,
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
        WorkloadFetchingError,
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
    "sdk",
    "completion",
)
"""Where the names live: the cheap modules first."""

__all__ = [
    "AUTH0_CONFIG",
    "AUTH_CONFIG",
    "PASQAL_ENDPOINTS",
    "SDK",
    "AsyncBatch",
    "AsyncJob",
    "AsyncSDK",
    "AsyncWorkload",
    "Auth0Conf",
    "Auth0TokenProvider",
    "AuthenticationError",
    "Batch",
    "BatchCancellationResponse",
    "BatchCancellingError",
    "BatchClosingError",
    "BatchCreationError",
    "BatchFetchingError",
    "BatchFilters",
    "BatchSetTagsError",
    "BatchStatus",
    "CancelJobFilters",
    "ClientCredentialsTokenProvider",
    "ClosedError",
    "ConflictError",
    "ConnectionFailedError",
    "CreateJob",
    "Device",
    "DeviceAvailability",
    "DeviceFilters",
    "DeviceSpecsFetchingError",
    "DeviceTypeName",
    "EmulatorType",
    "Endpoints",
    "ExpiringTokenProvider",
    "Job",
    "JobCancellationResponse",
    "JobCancellingError",
    "JobCreationError",
    "JobFailedError",
    "JobFetchingError",
    "JobFilters",
    "JobOrigin",
    "JobRetryError",
    "JobStatus",
    "LocalServiceError",
    "MissingExtraError",
    "NotFoundError",
    "PaginatedResponse",
    "PaginationParams",
    "PasqalCloudError",
    "PasswordGrantTokenProvider",
    "PermissionDeniedError",
    "Project",
    "ProjectFetchingError",
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
    "WorkloadFetchingError",
    "WorkloadFilters",
    "WorkloadResultsDownloadError",
    "as_completed",
    "save_profile",
]


def __getattr__(name: str) -> object:
    """Imports a name from where it lives when it is first used (PEP 562)."""
    if name == "__version__":
        from importlib.metadata import version

        return version("pasqal-cloud")
    if name in __all__:
        from importlib import import_module

        for home in _HOMES:
            module = import_module(f"{__name__}.{home}")
            if hasattr(module, name):
                value = globals()[name] = getattr(module, name)
                return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Lists the names that are not imported yet too."""
    return sorted({*globals(), *__all__, "__version__"})
