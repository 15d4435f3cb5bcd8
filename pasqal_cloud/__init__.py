"""A typed client for Pasqal Cloud: batches of Pulser sequences, on neutral-atom QPUs and emulators.

A module imports only what is further down; `pasqal_cloud_api` is generated from `spec/openapi.yaml`.

    cli · testing                      the command line · the pytest plugin
    pasqal_cloud_client · pasqal_cloud_connection · client · ovh · utils    modules of the existing package: re-exports
    backends                           Pulser's interfaces, also for OVH's users
    sdk · completion · profiles        SDK and AsyncSDK, with all operations · jobs in the order in which they end ·
                                       saving and deleting profiles
    _service · experiments · settings · http_client    the local service as a child process · running and checking a
                                       sequence in one call · arguments, environment, profile · the addresses of a
                                       `client_class`
    authentication · batch · workload · project    token providers · the handles, and projects
    results · saving                   results of all jobs, and as a table · batches in files
    job
    handle · origin                    what batches, jobs and workloads share · what counts know of their job and batch
    _conversation                      requests to the services; its docstring lists its own layers
    filters · endpoints · checking · variables · journal    filters and pages of lists · the addresses of the
                                       services · what Pulser says of a sequence · a sequence's variables · the file of
                                       submissions
    _progress · _tracebacks            the line that a long wait shows · tracebacks that end at the user's line
    _surfaces                          terminals and notebooks, where that line is shown
    _deprecation · _network · documents    deprecated names · proxies and certificates · result documents
    collection · counts · device · status    jobs by position and id · counts of bitstrings · devices and their
                                       configurations · statuses
    _display                           how these and the handles look in a notebook and in a terminal
    _arguments · _cards · _estimates · _extras · _files    checks of arguments · cards as HTML and for rich · shot
                                       noise · packages that only an extra brings · files that are written as a whole
    errors · provenance                the tree of errors · where counts come from
    _frames · _open_enum · _version    the frames of tracebacks · enumerations that accept unknown values · the version

How `create_batch` travels to the service and back, on both `SDK` and `AsyncSDK`:

1. `sdk`: `create_batch` has `batch` check the arguments and make the body of the request, a generated model. If an
   argument is not valid, this raises `ValidationError`, and nothing has been sent. What follows is written once for
   both classes, as a flow: a generator that yields what it needs from outside, like `Send` (a request) or `Sleep`.
2. `batch` has `_conversation.submitting` send the body, one attempt at a time. `_conversation.sent` compares the
   response with what was sent. Only if nothing was created, by all that is known, does another attempt follow. If the
   outcome is unknown, for instance because the connection broke, it is not sent again: `submitting` searches for the
   batch, and `_conversation.ledger` knows which batches belong to other submissions of this process.
3. `_conversation.session`: `Session.call` has the generated operation build the request, gets a token from
   `_conversation.tokens`, adds it and yields `Send` with a client of httpx from `_conversation.clients`. After a 401 it
   renews the token once.
4. `_conversation.flow`: `run` (of `SDK`) or `arun` (of `AsyncSDK`) drives the flow. At a `Send`, it sends the request
   by that client, and gives the flow the response.
5. `_conversation.responses` turns a response that is not a success into an error. It has the generated operation parse
   any other into a model, and checks that the response is about what was asked for.
6. `batch`: a `Batch` or `AsyncBatch` holds that model and the session, for later requests. With `wait=True`,
   `_conversation.waiting` requests the status until the batch is settled.
7. `_conversation.operation`, which made the method `create_batch` of the flow, adds the class `BatchCreationError` to
   an error of steps 1 to 5. An error of waiting is a `BatchFetchingError`: the batch was created.

Operations that only read leave out step 2: `Session.call` repeats their requests as `_conversation.retry` says.

`local`, the service that runs everything on this machine, imports only `_network` of all this; the client knows it as a
URL.
"""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers accept this name; importing typing takes as long as starting the interpreter
if TYPE_CHECKING:
    from pasqal_cloud._conversation.batches import BatchCancellationResponse as BatchCancellationResponse
    from pasqal_cloud._conversation.batches import JobCancellationResponse as JobCancellationResponse
    from pasqal_cloud._conversation.clients import ClosedError as ClosedError
    from pasqal_cloud._conversation.devices import Device as Device
    from pasqal_cloud._conversation.paging import PaginatedResponse as PaginatedResponse
    from pasqal_cloud._conversation.retry import RetryPolicy as RetryPolicy
    from pasqal_cloud.authentication import Auth0TokenProvider as Auth0TokenProvider
    from pasqal_cloud.authentication import ClientCredentialsTokenProvider as ClientCredentialsTokenProvider
    from pasqal_cloud.authentication import ExpiringTokenProvider as ExpiringTokenProvider
    from pasqal_cloud.authentication import PasswordGrantTokenProvider as PasswordGrantTokenProvider
    from pasqal_cloud.authentication import StaticTokenProvider as StaticTokenProvider
    from pasqal_cloud.authentication import TokenProvider as TokenProvider
    from pasqal_cloud.authentication import TokenProviderError as TokenProviderError
    from pasqal_cloud.backends.connection import PasqalCloudConnection as PasqalCloudConnection
    from pasqal_cloud.backends.emulators import RemoteEmuFreeBackend as RemoteEmuFreeBackend
    from pasqal_cloud.backends.emulators import RemoteEmulatorBackend as RemoteEmulatorBackend
    from pasqal_cloud.backends.emulators import RemoteMPSBackend as RemoteMPSBackend
    from pasqal_cloud.backends.emulators import RemoteSVBackend as RemoteSVBackend
    from pasqal_cloud.backends.ovh import OVHConnection as OVHConnection
    from pasqal_cloud.batch import RESULT_POLLING_INTERVAL as RESULT_POLLING_INTERVAL
    from pasqal_cloud.batch import AsyncBatch as AsyncBatch
    from pasqal_cloud.batch import Batch as Batch
    from pasqal_cloud.client import Client as Client
    from pasqal_cloud.completion import as_completed as as_completed
    from pasqal_cloud.counts import Counts as Counts
    from pasqal_cloud.counts import Estimate as Estimate
    from pasqal_cloud.device import BaseConfig as BaseConfig
    from pasqal_cloud.device import DeviceTypeName as DeviceTypeName
    from pasqal_cloud.device import EmulatorType as EmulatorType
    from pasqal_cloud.documents import FullResult as FullResult
    from pasqal_cloud.endpoints import AUTH0_CONFIG as AUTH0_CONFIG
    from pasqal_cloud.endpoints import AUTH_CONFIG as AUTH_CONFIG
    from pasqal_cloud.endpoints import PASQAL_ENDPOINTS as PASQAL_ENDPOINTS
    from pasqal_cloud.endpoints import Auth0Conf as Auth0Conf
    from pasqal_cloud.endpoints import Endpoints as Endpoints
    from pasqal_cloud.endpoints import Region as Region
    from pasqal_cloud.endpoints import TokenProviderConf as TokenProviderConf
    from pasqal_cloud.errors import AuthenticationError as AuthenticationError
    from pasqal_cloud.errors import BatchCancellingError as BatchCancellingError
    from pasqal_cloud.errors import BatchClosingError as BatchClosingError
    from pasqal_cloud.errors import BatchCreationError as BatchCreationError
    from pasqal_cloud.errors import BatchException as BatchException
    from pasqal_cloud.errors import BatchFetchingError as BatchFetchingError
    from pasqal_cloud.errors import BatchSetTagsError as BatchSetTagsError
    from pasqal_cloud.errors import ConflictError as ConflictError
    from pasqal_cloud.errors import ConnectionFailedError as ConnectionFailedError
    from pasqal_cloud.errors import DeviceSpecsException as DeviceSpecsException
    from pasqal_cloud.errors import DeviceSpecsFetchingError as DeviceSpecsFetchingError
    from pasqal_cloud.errors import ExceptionWithResponseContext as ExceptionWithResponseContext
    from pasqal_cloud.errors import InvalidConfiguration as InvalidConfiguration
    from pasqal_cloud.errors import InvalidDeviceTypeSet as InvalidDeviceTypeSet
    from pasqal_cloud.errors import InvalidWorkloadResultsFormatError as InvalidWorkloadResultsFormatError
    from pasqal_cloud.errors import JobCancellingError as JobCancellingError
    from pasqal_cloud.errors import JobCreationError as JobCreationError
    from pasqal_cloud.errors import JobException as JobException
    from pasqal_cloud.errors import JobFailedError as JobFailedError
    from pasqal_cloud.errors import JobFetchingError as JobFetchingError
    from pasqal_cloud.errors import JobRetryError as JobRetryError
    from pasqal_cloud.errors import JobSequenceVariablesConflict as JobSequenceVariablesConflict
    from pasqal_cloud.errors import LocalServiceError as LocalServiceError
    from pasqal_cloud.errors import MissingAllJobSequence as MissingAllJobSequence
    from pasqal_cloud.errors import MissingExtraError as MissingExtraError
    from pasqal_cloud.errors import MissingJobSequence as MissingJobSequence
    from pasqal_cloud.errors import NotFoundError as NotFoundError
    from pasqal_cloud.errors import OnlyCompleteOrOpenCanBeSet as OnlyCompleteOrOpenCanBeSet
    from pasqal_cloud.errors import PasqalCloudError as PasqalCloudError
    from pasqal_cloud.errors import PermissionDeniedError as PermissionDeniedError
    from pasqal_cloud.errors import ProjectException as ProjectException
    from pasqal_cloud.errors import ProjectFetchingError as ProjectFetchingError
    from pasqal_cloud.errors import ProjectNotFoundError as ProjectNotFoundError
    from pasqal_cloud.errors import RateLimitError as RateLimitError
    from pasqal_cloud.errors import RebatchError as RebatchError
    from pasqal_cloud.errors import RequestTimeoutError as RequestTimeoutError
    from pasqal_cloud.errors import ServerError as ServerError
    from pasqal_cloud.errors import SubmissionUnknownError as SubmissionUnknownError
    from pasqal_cloud.errors import UnexpectedAnswerError as UnexpectedAnswerError
    from pasqal_cloud.errors import ValidationError as ValidationError
    from pasqal_cloud.errors import WaitTimeoutError as WaitTimeoutError
    from pasqal_cloud.errors import WorkloadCancellingError as WorkloadCancellingError
    from pasqal_cloud.errors import WorkloadCreationError as WorkloadCreationError
    from pasqal_cloud.errors import WorkloadException as WorkloadException
    from pasqal_cloud.errors import WorkloadFetchingError as WorkloadFetchingError
    from pasqal_cloud.errors import WorkloadResultsConnectionError as WorkloadResultsConnectionError
    from pasqal_cloud.errors import WorkloadResultsDecodeError as WorkloadResultsDecodeError
    from pasqal_cloud.errors import WorkloadResultsDownloadError as WorkloadResultsDownloadError
    from pasqal_cloud.filters import BatchFilters as BatchFilters
    from pasqal_cloud.filters import CancelJobFilters as CancelJobFilters
    from pasqal_cloud.filters import DeviceFilters as DeviceFilters
    from pasqal_cloud.filters import JobFilters as JobFilters
    from pasqal_cloud.filters import PaginationParams as PaginationParams
    from pasqal_cloud.filters import RebatchFilters as RebatchFilters
    from pasqal_cloud.filters import WorkloadFilters as WorkloadFilters
    from pasqal_cloud.job import AsyncJob as AsyncJob
    from pasqal_cloud.job import CreateJob as CreateJob
    from pasqal_cloud.job import Job as Job
    from pasqal_cloud.profiles import save_profile as save_profile
    from pasqal_cloud.project import Project as Project
    from pasqal_cloud.provenance import Provenance as Provenance
    from pasqal_cloud.sdk import SDK as SDK
    from pasqal_cloud.sdk import AsyncSDK as AsyncSDK
    from pasqal_cloud.status import BatchStatus as BatchStatus
    from pasqal_cloud.status import DeviceAvailability as DeviceAvailability
    from pasqal_cloud.status import JobOrigin as JobOrigin
    from pasqal_cloud.status import JobStatus as JobStatus
    from pasqal_cloud.status import QueuePriority as QueuePriority
    from pasqal_cloud.workload import AsyncWorkload as AsyncWorkload
    from pasqal_cloud.workload import Workload as Workload

_NAMES = {
    "sdk": "SDK AsyncSDK",
    "batch": "RESULT_POLLING_INTERVAL AsyncBatch Batch",
    "job": "AsyncJob CreateJob Job",
    "workload": "AsyncWorkload Workload",
    "project": "Project",
    "completion": "as_completed",
    "counts": "Counts Estimate",
    "documents": "FullResult",
    "provenance": "Provenance",
    "filters": "BatchFilters CancelJobFilters DeviceFilters JobFilters PaginationParams RebatchFilters WorkloadFilters",
    "status": "BatchStatus DeviceAvailability JobOrigin JobStatus QueuePriority",
    "device": "BaseConfig DeviceTypeName EmulatorType",
    "endpoints": "AUTH0_CONFIG AUTH_CONFIG PASQAL_ENDPOINTS Auth0Conf Endpoints Region TokenProviderConf",
    "profiles": "save_profile",
    "authentication": """
        Auth0TokenProvider ClientCredentialsTokenProvider ExpiringTokenProvider PasswordGrantTokenProvider
        StaticTokenProvider TokenProvider TokenProviderError
    """,
    "errors": """
        AuthenticationError BatchCancellingError BatchClosingError BatchCreationError BatchException
        BatchFetchingError BatchSetTagsError ConflictError ConnectionFailedError DeviceSpecsException
        DeviceSpecsFetchingError ExceptionWithResponseContext InvalidConfiguration InvalidDeviceTypeSet
        InvalidWorkloadResultsFormatError JobCancellingError JobCreationError JobException JobFailedError
        JobFetchingError JobRetryError JobSequenceVariablesConflict LocalServiceError MissingAllJobSequence
        MissingExtraError MissingJobSequence NotFoundError OnlyCompleteOrOpenCanBeSet PasqalCloudError
        PermissionDeniedError ProjectException ProjectFetchingError ProjectNotFoundError RateLimitError
        RebatchError RequestTimeoutError ServerError SubmissionUnknownError UnexpectedAnswerError
        ValidationError WaitTimeoutError WorkloadCancellingError WorkloadCreationError WorkloadException
        WorkloadFetchingError WorkloadResultsConnectionError WorkloadResultsDecodeError
        WorkloadResultsDownloadError
    """,
    "_conversation.batches": "BatchCancellationResponse JobCancellationResponse",
    "_conversation.clients": "ClosedError",
    "_conversation.devices": "Device",
    "_conversation.paging": "PaginatedResponse",
    "_conversation.retry": "RetryPolicy",
    "client": "Client",
    "backends.connection": "PasqalCloudConnection",
    "backends.emulators": "RemoteEmuFreeBackend RemoteEmulatorBackend RemoteMPSBackend RemoteSVBackend",
    "backends.ovh": "OVHConnection",
}
"""The names of the package, by the modules that define them."""

_HOMES = {name: home for home, names in _NAMES.items() for name in names.split()}

if not TYPE_CHECKING:  # type checkers read the imports above
    __all__ = [  # without the names that need Pulser, so that `from pasqal_cloud import *` works without it
        name
        for name in sorted(_HOMES, key=lambda name: (not name.isupper(), name))
        if not _HOMES[name].startswith("backends.")
    ]


def __getattr__(name: str) -> object:
    """Imports a name from its module when it is first used (PEP 562)."""
    if name == "__version__":
        from pasqal_cloud._version import __version__

        return __version__
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return value


def __dir__() -> list[str]:
    """Lists all names, also those that are not imported yet."""
    return sorted({*globals(), *_HOMES, "__version__"})
