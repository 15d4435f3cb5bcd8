"""The existing package's module, for imports."""

from typing import TYPE_CHECKING

from pasqal_cloud._deprecation import elsewhere
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


if not TYPE_CHECKING:
    __getattr__ = elsewhere  # names that can be imported from this module of the existing package
