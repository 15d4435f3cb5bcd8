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

_HOMES = {
    "authentication": ("PasswordGrantTokenProvider", "TokenProvider"),
    "batch": ("AsyncBatch", "Batch"),
    "device": ("DeviceTypeName",),
    "endpoints": ("Endpoints", "TokenProviderConf"),
    "errors": (
        "AuthenticationError",
        "BatchClosingError",
        "BatchCreationError",
        "BatchFetchingError",
        "ConflictError",
        "ConnectionFailedError",
        "JobCreationError",
        "JobFetchingError",
        "LocalServiceError",
        "MissingExtraError",
        "NotFoundError",
        "PasqalCloudError",
        "PermissionDeniedError",
        "RateLimitError",
        "RequestTimeoutError",
        "ServerError",
        "UnexpectedAnswerError",
        "ValidationError",
        "WaitTimeoutError",
    ),
    "job": ("AsyncJob", "CreateJob", "Job"),
    "sdk": ("SDK", "AsyncSDK"),
    "status": ("BatchStatus", "JobStatus"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)  # noqa: PLE0605 - the table above is its source, and a test compares it with the imports


def __getattr__(name: str) -> object:
    """Imports a name where it lives when it is first used (PEP 562)."""
    if name == "__version__":
        from importlib.metadata import version

        return version("pasqal-cloud")
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    return value


def __dir__() -> list[str]:
    """Lists the names that are not imported yet too."""
    return sorted({*globals(), *__all__, "__version__"})
