# Written by scripts/stubs.py from the source of pasqal_cloud/__init__.py: run scripts/regen.sh rather than edit it.

"""A typed client for Pasqal Cloud: batches of Pulser sequences, on neutral-atom QPUs and emulators."""

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

__version__: str

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
    "FullResult",
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
    "Provenance",
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
