from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.batch_status import BatchStatus
from ..types import Additional, set_of


@_attrs_define
class BatchProgress(Additional[Any]):
    """The progress of a batch."""

    status: BatchStatus | str
    """ The status of a batch. `PENDING`: in the queue. `RUNNING`: on the device. `CANCELING`: about to be
    `CANCELED`. `DONE`: all
    jobs have ended, failed ones included. `TIMED_OUT`: open for too long without new jobs. `DONE`, `CANCELED`,
    `TIMED_OUT`
    and `ERROR` are final.
     """

    jobs_count_per_status: JobsCountPerStatus | None = None
    """ The number of jobs in each status. The batch can still change while some are `PENDING` or `RUNNING`. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)
    null_fields: frozenset[str] = _attrs_field(init=False, default=frozenset(), repr=False)
    """ The fields that the answer gave as null; those that it left out read as None, too. """

    def to_dict(self) -> dict[str, Any]:
        """Writes the object as JSON has it."""
        found: dict[str, Any] = dict(self.additional_properties)
        if self.status is not None or "status" in self.null_fields:
            found["status"] = self.status
        if self.jobs_count_per_status is not None or "jobs_count_per_status" in self.null_fields:
            found["jobs_count_per_status"] = (
                self.jobs_count_per_status.to_dict()
                if isinstance(self.jobs_count_per_status, JobsCountPerStatus)
                else self.jobs_count_per_status
            )
        return found

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Reads the object; what is missing does not matter, and what the specification does not name is kept."""
        d: dict[str, Any] = dict(src_dict)
        take = d.pop
        jobs_count_per_status = take("jobs_count_per_status", None)
        read = cls(
            take("status", None),
            JobsCountPerStatus.from_dict(jobs_count_per_status)
            if isinstance(jobs_count_per_status, dict)
            else jobs_count_per_status,
        )
        if d:  # else it keeps the empty one that it has: this one is as large as all fields
            read.additional_properties = d
        nulls = [name for name, value in src_dict.items() if value is None]
        if nulls:
            read.null_fields = set_of(tuple(nulls))
        return read


from ..models.jobs_count_per_status import JobsCountPerStatus
