"""The existing package's module, for imports."""

from pasqal_cloud.status import BatchStatus, JobStatus, QueuePriority

__all__ = ["BatchStatus", "JobStatus", "QueuePriority"]
