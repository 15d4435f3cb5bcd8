"""The objects of the specification, each imported when it is first asked for."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .access_grant import AccessGrant
    from .auth_info import AuthInfo
    from .auth_info_response import AuthInfoResponse
    from .batch import Batch
    from .batch_configuration import BatchConfiguration
    from .batch_configuration_precision import BatchConfigurationPrecision
    from .batch_list_response import BatchListResponse
    from .batch_progress import BatchProgress
    from .batch_progress_response import BatchProgressResponse
    from .batch_response import BatchResponse
    from .batch_results import BatchResults
    from .batch_results_response import BatchResultsResponse
    from .batch_status import BatchStatus
    from .bitstring_counts import BitstringCounts
    from .cancel_batches import CancelBatches
    from .cancellable_status import CancellableStatus
    from .cancellation_errors import CancellationErrors
    from .cancelled_batches import CancelledBatches
    from .cancelled_batches_response import CancelledBatchesResponse
    from .cancelled_jobs import CancelledJobs
    from .cancelled_jobs_response import CancelledJobsResponse
    from .create_batch import CreateBatch
    from .create_batch_common import CreateBatchCommon
    from .create_cudaq_job import CreateCudaqJob
    from .create_job import CreateJob
    from .create_ovh_batch import CreateOvhBatch
    from .create_workload import CreateWorkload
    from .cudaq_job import CudaqJob
    from .cudaq_job_response import CudaqJobResponse
    from .cudaq_program import CudaqProgram
    from .device import Device
    from .device_availability import DeviceAvailability
    from .device_list_response import DeviceListResponse
    from .device_specs import DeviceSpecs
    from .device_specs_list_response import DeviceSpecsListResponse
    from .device_specs_response import DeviceSpecsResponse
    from .device_status import DeviceStatus
    from .device_type_name import DeviceTypeName
    from .envelope import Envelope
    from .error_detail import ErrorDetail
    from .error_response import ErrorResponse
    from .grant_type import GrantType
    from .job import Job
    from .job_list_response import JobListResponse
    from .job_origin import JobOrigin
    from .job_progress import JobProgress
    from .job_progress_response import JobProgressResponse
    from .job_response import JobResponse
    from .job_result import JobResult
    from .job_results_link import JobResultsLink
    from .job_results_link_response import JobResultsLinkResponse
    from .job_status import JobStatus
    from .jobs_count_per_status import JobsCountPerStatus
    from .list_order import ListOrder
    from .member_counts import MemberCounts
    from .membership_status import MembershipStatus
    from .pagination import Pagination
    from .project import Project
    from .project_access import ProjectAccess
    from .project_access_grant import ProjectAccessGrant
    from .project_contact import ProjectContact
    from .project_list_response import ProjectListResponse
    from .project_package import ProjectPackage
    from .project_role import ProjectRole
    from .project_status import ProjectStatus
    from .project_type import ProjectType
    from .queue_priority import QueuePriority
    from .response_status import ResponseStatus
    from .result_type import ResultType
    from .sort_direction import SortDirection
    from .specs_by_device import SpecsByDevice
    from .specs_by_device_response import SpecsByDeviceResponse
    from .token import Token
    from .token_error import TokenError
    from .token_request import TokenRequest
    from .variables import Variables
    from .webhook_event import WebhookEvent
    from .webhook_event_type import WebhookEventType
    from .workload import Workload
    from .workload_backend import WorkloadBackend
    from .workload_config import WorkloadConfig
    from .workload_list_response import WorkloadListResponse
    from .workload_response import WorkloadResponse
    from .workload_result import WorkloadResult
    from .workload_type import WorkloadType

__all__ = (
    "AccessGrant",
    "AuthInfo",
    "AuthInfoResponse",
    "Batch",
    "BatchConfiguration",
    "BatchConfigurationPrecision",
    "BatchListResponse",
    "BatchProgress",
    "BatchProgressResponse",
    "BatchResponse",
    "BatchResults",
    "BatchResultsResponse",
    "BatchStatus",
    "BitstringCounts",
    "CancelBatches",
    "CancellableStatus",
    "CancellationErrors",
    "CancelledBatches",
    "CancelledBatchesResponse",
    "CancelledJobs",
    "CancelledJobsResponse",
    "CreateBatch",
    "CreateBatchCommon",
    "CreateCudaqJob",
    "CreateJob",
    "CreateOvhBatch",
    "CreateWorkload",
    "CudaqJob",
    "CudaqJobResponse",
    "CudaqProgram",
    "Device",
    "DeviceAvailability",
    "DeviceListResponse",
    "DeviceSpecs",
    "DeviceSpecsListResponse",
    "DeviceSpecsResponse",
    "DeviceStatus",
    "DeviceTypeName",
    "Envelope",
    "ErrorDetail",
    "ErrorResponse",
    "GrantType",
    "Job",
    "JobListResponse",
    "JobOrigin",
    "JobProgress",
    "JobProgressResponse",
    "JobResponse",
    "JobResult",
    "JobResultsLink",
    "JobResultsLinkResponse",
    "JobsCountPerStatus",
    "JobStatus",
    "ListOrder",
    "MemberCounts",
    "MembershipStatus",
    "Pagination",
    "Project",
    "ProjectAccess",
    "ProjectAccessGrant",
    "ProjectContact",
    "ProjectListResponse",
    "ProjectPackage",
    "ProjectRole",
    "ProjectStatus",
    "ProjectType",
    "QueuePriority",
    "ResponseStatus",
    "ResultType",
    "SortDirection",
    "SpecsByDevice",
    "SpecsByDeviceResponse",
    "Token",
    "TokenError",
    "TokenRequest",
    "Variables",
    "WebhookEvent",
    "WebhookEventType",
    "Workload",
    "WorkloadBackend",
    "WorkloadConfig",
    "WorkloadListResponse",
    "WorkloadResponse",
    "WorkloadResult",
    "WorkloadType",
)

_MODULES = {
    "AccessGrant": ".access_grant",
    "AuthInfo": ".auth_info",
    "AuthInfoResponse": ".auth_info_response",
    "Batch": ".batch",
    "BatchConfiguration": ".batch_configuration",
    "BatchConfigurationPrecision": ".batch_configuration_precision",
    "BatchListResponse": ".batch_list_response",
    "BatchProgress": ".batch_progress",
    "BatchProgressResponse": ".batch_progress_response",
    "BatchResponse": ".batch_response",
    "BatchResults": ".batch_results",
    "BatchResultsResponse": ".batch_results_response",
    "BatchStatus": ".batch_status",
    "BitstringCounts": ".bitstring_counts",
    "CancelBatches": ".cancel_batches",
    "CancellableStatus": ".cancellable_status",
    "CancellationErrors": ".cancellation_errors",
    "CancelledBatches": ".cancelled_batches",
    "CancelledBatchesResponse": ".cancelled_batches_response",
    "CancelledJobs": ".cancelled_jobs",
    "CancelledJobsResponse": ".cancelled_jobs_response",
    "CreateBatch": ".create_batch",
    "CreateBatchCommon": ".create_batch_common",
    "CreateCudaqJob": ".create_cudaq_job",
    "CreateJob": ".create_job",
    "CreateOvhBatch": ".create_ovh_batch",
    "CreateWorkload": ".create_workload",
    "CudaqJob": ".cudaq_job",
    "CudaqJobResponse": ".cudaq_job_response",
    "CudaqProgram": ".cudaq_program",
    "Device": ".device",
    "DeviceAvailability": ".device_availability",
    "DeviceListResponse": ".device_list_response",
    "DeviceSpecs": ".device_specs",
    "DeviceSpecsListResponse": ".device_specs_list_response",
    "DeviceSpecsResponse": ".device_specs_response",
    "DeviceStatus": ".device_status",
    "DeviceTypeName": ".device_type_name",
    "Envelope": ".envelope",
    "ErrorDetail": ".error_detail",
    "ErrorResponse": ".error_response",
    "GrantType": ".grant_type",
    "Job": ".job",
    "JobListResponse": ".job_list_response",
    "JobOrigin": ".job_origin",
    "JobProgress": ".job_progress",
    "JobProgressResponse": ".job_progress_response",
    "JobResponse": ".job_response",
    "JobResult": ".job_result",
    "JobResultsLink": ".job_results_link",
    "JobResultsLinkResponse": ".job_results_link_response",
    "JobStatus": ".job_status",
    "JobsCountPerStatus": ".jobs_count_per_status",
    "ListOrder": ".list_order",
    "MemberCounts": ".member_counts",
    "MembershipStatus": ".membership_status",
    "Pagination": ".pagination",
    "Project": ".project",
    "ProjectAccess": ".project_access",
    "ProjectAccessGrant": ".project_access_grant",
    "ProjectContact": ".project_contact",
    "ProjectListResponse": ".project_list_response",
    "ProjectPackage": ".project_package",
    "ProjectRole": ".project_role",
    "ProjectStatus": ".project_status",
    "ProjectType": ".project_type",
    "QueuePriority": ".queue_priority",
    "ResponseStatus": ".response_status",
    "ResultType": ".result_type",
    "SortDirection": ".sort_direction",
    "SpecsByDevice": ".specs_by_device",
    "SpecsByDeviceResponse": ".specs_by_device_response",
    "Token": ".token",
    "TokenError": ".token_error",
    "TokenRequest": ".token_request",
    "Variables": ".variables",
    "WebhookEvent": ".webhook_event",
    "WebhookEventType": ".webhook_event_type",
    "Workload": ".workload",
    "WorkloadBackend": ".workload_backend",
    "WorkloadConfig": ".workload_config",
    "WorkloadListResponse": ".workload_list_response",
    "WorkloadResponse": ".workload_response",
    "WorkloadResult": ".workload_result",
    "WorkloadType": ".workload_type",
}

if not TYPE_CHECKING:  # type checkers know the names from above, and no others

    def __getattr__(name: str) -> Any:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(_MODULES[name], __name__), name)
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
