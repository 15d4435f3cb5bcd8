from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.jobs_count_per_status import JobsCountPerStatus


T = TypeVar("T", bound="BatchProgress")


@_attrs_define
class BatchProgress:
    """The progress of a batch."""

    status: str
    """ The status of a batch. `PENDING`: in the queue. `RUNNING`: on the device. `CANCELING`: about to be
    `CANCELED`. `DONE`: all
    jobs have ended, failed ones included. `TIMED_OUT`: open for too long without new jobs. `DONE`, `CANCELED`,
    `TIMED_OUT`
    and `ERROR` are final.
     """
    jobs_count_per_status: JobsCountPerStatus | None | Unset = UNSET
    """ The number of jobs in each status. The batch can still change while some are `PENDING` or `RUNNING`. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.jobs_count_per_status import JobsCountPerStatus  # noqa: PLC0415

        status = self.status

        jobs_count_per_status: dict[str, Any] | None | Unset
        if isinstance(self.jobs_count_per_status, Unset):
            jobs_count_per_status = UNSET
        elif isinstance(self.jobs_count_per_status, JobsCountPerStatus):
            jobs_count_per_status = self.jobs_count_per_status.to_dict()
        else:
            jobs_count_per_status = self.jobs_count_per_status

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status": status,
            }
        )
        if jobs_count_per_status is not UNSET:
            field_dict["jobs_count_per_status"] = jobs_count_per_status

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.jobs_count_per_status import JobsCountPerStatus  # noqa: PLC0415

        d = dict(src_dict)
        status = d.pop("status")

        def _parse_jobs_count_per_status(data: object) -> JobsCountPerStatus | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                jobs_count_per_status_type_0 = JobsCountPerStatus.from_dict(data)

                return jobs_count_per_status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(JobsCountPerStatus | None | Unset, data)

        jobs_count_per_status = _parse_jobs_count_per_status(d.pop("jobs_count_per_status", UNSET))

        batch_progress = cls(
            status=status,
            jobs_count_per_status=jobs_count_per_status,
        )

        batch_progress.additional_properties = d
        return batch_progress

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
