"""An old home of names."""

from pasqal_cloud.status import BatchStatus, JobStatus, QueuePriority

__all__ = ["BatchStatus", "JobStatus", "QueuePriority"]
