"""The existing package's module, for imports."""

from typing import TYPE_CHECKING

from pasqal_cloud._deprecation import elsewhere
from pasqal_cloud.batch import RESULT_POLLING_INTERVAL, Batch
from pasqal_cloud.endpoints import Region
from pasqal_cloud.job import CreateJob, Job
from pasqal_cloud.project import Project
from pasqal_cloud.sdk import SDK
from pasqal_cloud.workload import Workload

__all__ = [
    "RESULT_POLLING_INTERVAL",
    "SDK",
    "Batch",
    "CreateJob",
    "Job",
    "PasqalCloudClient",
    "Project",
    "Region",
    "Workload",
]

PasqalCloudClient = SDK


if not TYPE_CHECKING:
    __getattr__ = elsewhere  # names that can be imported from this module of the existing package
