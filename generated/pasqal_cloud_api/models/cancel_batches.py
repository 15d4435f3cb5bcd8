from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.cancellable_status import CancellableStatus
from ..models.device_type_name import DeviceTypeName
from ..models.queue_priority import QueuePriority
from ..types import UNSET, Additional, Unset


@_attrs_define
class CancelBatches(Additional[Any]):
    """Which batches to cancel: those in `batch_ids`, or those that match every filter, or, with `cancel_all` alone,
    all."""

    batch_ids: list[UUID] | Unset = UNSET
    """ Batches with these ids. The other filters are then ignored. """

    project_id: list[str] | Unset = UNSET
    """ Batches of one of these projects. """

    user_id: list[str] | Unset = UNSET
    """ Batches of one of these users. """

    device_type: list[DeviceTypeName | str] | Unset = UNSET
    """ Batches for one of these device types. """

    status: list[CancellableStatus] | Unset = UNSET
    """ Batches in one of these statuses; only `PENDING` and `RUNNING` are allowed. """

    open_: bool | Unset = UNSET
    """ Only open batches, or only closed ones. """

    start_date: datetime.datetime | Unset = UNSET
    """ Batches created at this instant or later. """

    queue_priority: list[QueuePriority | str] | Unset = UNSET
    """ Batches of one of these priorities. """

    tags: list[str] | Unset = UNSET
    """ Batches with these tags. """

    cancel_all: bool | Unset = UNSET
    """ All batches of the caller. Give it alone. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Writes the object as JSON has it."""
        found: dict[str, Any] = dict(self.additional_properties)
        if not isinstance(self.batch_ids, Unset):
            found["batch_ids"] = [str(item) for item in self.batch_ids] if self.batch_ids is not None else None
        if not isinstance(self.project_id, Unset):
            found["project_id"] = self.project_id
        if not isinstance(self.user_id, Unset):
            found["user_id"] = self.user_id
        if not isinstance(self.device_type, Unset):
            found["device_type"] = self.device_type
        if not isinstance(self.status, Unset):
            found["status"] = self.status
        if not isinstance(self.open_, Unset):
            found["open"] = self.open_
        if not isinstance(self.start_date, Unset):
            found["start_date"] = self.start_date.isoformat() if self.start_date is not None else None
        if not isinstance(self.queue_priority, Unset):
            found["queue_priority"] = self.queue_priority
        if not isinstance(self.tags, Unset):
            found["tags"] = self.tags
        if not isinstance(self.cancel_all, Unset):
            found["cancel_all"] = self.cancel_all
        return found

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Reads the object; what is missing does not matter, and what the specification does not name is kept."""
        d: dict[str, Any] = dict(src_dict)
        take = d.pop
        if d.get("batch_ids") is not None:
            d["batch_ids"] = [UUID(item) for item in d["batch_ids"]]
        if d.get("start_date") is not None:
            d["start_date"] = datetime.datetime.fromisoformat(d["start_date"])
        read = cls(
            take("batch_ids", UNSET),
            take("project_id", UNSET),
            take("user_id", UNSET),
            take("device_type", UNSET),
            take("status", UNSET),
            take("open", UNSET),
            take("start_date", UNSET),
            take("queue_priority", UNSET),
            take("tags", UNSET),
            take("cancel_all", UNSET),
        )
        if d:  # else it keeps the empty one that it has: this one is as large as all fields
            read.additional_properties = d
        return read
