"""The existing package's module, for imports."""

from typing import TYPE_CHECKING

from pasqal_cloud._conversation.batches import BatchCancellationResponse, JobCancellationResponse
from pasqal_cloud._conversation.paging import PaginatedResponse
from pasqal_cloud._deprecation import elsewhere

__all__ = ["BatchCancellationResponse", "JobCancellationResponse", "PaginatedResponse"]


if not TYPE_CHECKING:
    __getattr__ = elsewhere  # names that can be imported from this module of the existing package
