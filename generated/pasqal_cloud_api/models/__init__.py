"""Contains all the data models used in inputs/outputs"""

from .auth_info import AuthInfo
from .auth_info_response import AuthInfoResponse
from .batch import Batch
from .batch_configuration import BatchConfiguration
from .batch_list_response import BatchListResponse
from .batch_progress import BatchProgress
from .batch_progress_response import BatchProgressResponse
from .batch_response import BatchResponse
from .batch_results import BatchResults
from .batch_results_response import BatchResultsResponse
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
from .device_list_response import DeviceListResponse
from .device_specs import DeviceSpecs
from .device_specs_list_response import DeviceSpecsListResponse
from .device_specs_response import DeviceSpecsResponse
from .envelope import Envelope
from .error_detail import ErrorDetail
from .error_response import ErrorResponse
from .job import Job
from .job_list_response import JobListResponse
from .job_progress import JobProgress
from .job_progress_response import JobProgressResponse
from .job_response import JobResponse
from .job_result import JobResult
from .job_results_link import JobResultsLink
from .job_results_link_response import JobResultsLinkResponse
from .jobs_count_per_status import JobsCountPerStatus
from .member_counts import MemberCounts
from .pagination import Pagination
from .project import Project
from .project_access import ProjectAccess
from .project_access_grant import ProjectAccessGrant
from .project_contact import ProjectContact
from .project_list_response import ProjectListResponse
from .sort_direction import SortDirection
from .specs_by_device import SpecsByDevice
from .specs_by_device_response import SpecsByDeviceResponse
from .token import Token
from .token_error import TokenError
from .token_request import TokenRequest
from .variables import Variables
from .webhook_event import WebhookEvent
from .workload import Workload
from .workload_config import WorkloadConfig
from .workload_list_response import WorkloadListResponse
from .workload_response import WorkloadResponse
from .workload_result import WorkloadResult

__all__ = (
    "AuthInfo",
    "AuthInfoResponse",
    "Batch",
    "BatchConfiguration",
    "BatchListResponse",
    "BatchProgress",
    "BatchProgressResponse",
    "BatchResponse",
    "BatchResults",
    "BatchResultsResponse",
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
    "DeviceListResponse",
    "DeviceSpecs",
    "DeviceSpecsListResponse",
    "DeviceSpecsResponse",
    "Envelope",
    "ErrorDetail",
    "ErrorResponse",
    "Job",
    "JobListResponse",
    "JobProgress",
    "JobProgressResponse",
    "JobResponse",
    "JobResult",
    "JobResultsLink",
    "JobResultsLinkResponse",
    "JobsCountPerStatus",
    "MemberCounts",
    "Pagination",
    "Project",
    "ProjectAccess",
    "ProjectAccessGrant",
    "ProjectContact",
    "ProjectListResponse",
    "SortDirection",
    "SpecsByDevice",
    "SpecsByDeviceResponse",
    "Token",
    "TokenError",
    "TokenRequest",
    "Variables",
    "WebhookEvent",
    "Workload",
    "WorkloadConfig",
    "WorkloadListResponse",
    "WorkloadResponse",
    "WorkloadResult",
)
