"""An old home of names."""

from pasqal_cloud.filters import BatchFilters, CancelJobFilters, JobFilters, PaginationParams, RebatchFilters
from pasqal_cloud.filters import Filters as BaseFilters
from pasqal_cloud.filters import OfJobs as BaseJobFilters

__all__ = [
    "BaseFilters",
    "BaseJobFilters",
    "BatchFilters",
    "CancelJobFilters",
    "JobFilters",
    "PaginationParams",
    "RebatchFilters",
]
