"""An old home of names."""

from pasqal_cloud._batches import BatchCancellationResponse, JobCancellationResponse
from pasqal_cloud._paging import PaginatedResponse

__all__ = ["BatchCancellationResponse", "JobCancellationResponse", "PaginatedResponse"]
