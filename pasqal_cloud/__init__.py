"""A typed client for Pasqal Cloud: batches of Pulser sequences, on neutral-atom QPUs and emulators.

Each layer imports only what stands below it; `pasqal_cloud_api` is generated from `spec/openapi.yaml`.

    sdk                              SDK, AsyncSDK: every operation, once; _service starts the local service for them
    batch · job                      the handles
    _wait · _paging · _results       conversations with the API
    _flow                            what drives them, blocking or awaiting
    _transport · authentication      the wire, the only users of httpx; _answers says what went wrong on it
    errors · endpoints · status · device · _retry · _arguments · _snapshot       no input, no output

Apart from them stands `local`, the service that runs everything on this machine; the layers above know it as a URL.
"""

from __future__ import annotations

TYPE_CHECKING = False  # both type checkers take the name for typing's, which costs as much to import as the interpreter
if TYPE_CHECKING:
    from pasqal_cloud.authentication import PasswordGrantTokenProvider, TokenProvider
    from pasqal_cloud.batch import AsyncBatch, Batch
    from pasqal_cloud.device import DeviceTypeName
    from pasqal_cloud.endpoints import Endpoints, TokenProviderConf
    from pasqal_cloud.errors import (
        AuthenticationError,
        BatchClosingError,
        BatchCreationError,
        BatchFetchingError,
        ConflictError,
        ConnectionFailedError,
        JobCreationError,
        JobFetchingError,
        LocalServiceError,
        MissingExtraError,
        NotFoundError,
        PasqalCloudError,
        PermissionDeniedError,
        RateLimitError,
        RequestTimeoutError,
        ServerError,
        UnexpectedAnswerError,
        ValidationError,
        WaitTimeoutError,
    )
    from pasqal_cloud.job import AsyncJob, CreateJob, Job
    from pasqal_cloud.sdk import SDK, AsyncSDK
    from pasqal_cloud.status import BatchStatus, JobStatus

_HOMES = ("errors", "status", "endpoints", "device", "authentication", "job", "batch", "sdk")
"""Where the names live: the cheap modules first."""

__all__ = [
    "SDK",
    "AsyncBatch",
    "AsyncJob",
    "AsyncSDK",
    "AuthenticationError",
    "Batch",
    "BatchClosingError",
    "BatchCreationError",
    "BatchFetchingError",
    "BatchStatus",
    "ConflictError",
    "ConnectionFailedError",
    "CreateJob",
    "DeviceTypeName",
    "Endpoints",
    "Job",
    "JobCreationError",
    "JobFetchingError",
    "JobStatus",
    "LocalServiceError",
    "MissingExtraError",
    "NotFoundError",
    "PasqalCloudError",
    "PasswordGrantTokenProvider",
    "PermissionDeniedError",
    "RateLimitError",
    "RequestTimeoutError",
    "ServerError",
    "TokenProvider",
    "TokenProviderConf",
    "UnexpectedAnswerError",
    "ValidationError",
    "WaitTimeoutError",
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
