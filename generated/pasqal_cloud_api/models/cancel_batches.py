from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.cancellable_status import CancellableStatus, check_cancellable_status
from ..types import UNSET, Unset

T = TypeVar("T", bound="CancelBatches")


@_attrs_define
class CancelBatches:
    """Which batches to cancel: those in `batch_ids`, or those that match every filter, or, with `cancel_all` alone, all."""

    batch_ids: list[UUID] | Unset = UNSET
    """ Batches with these ids. The other filters are then ignored. """
    project_id: list[str] | Unset = UNSET
    """ Batches of one of these projects. """
    user_id: list[str] | Unset = UNSET
    """ Batches of one of these users. """
    device_type: list[str] | Unset = UNSET
    """ Batches for one of these device types. """
    status: list[CancellableStatus] | Unset = UNSET
    """ Batches in one of these statuses; only `PENDING` and `RUNNING` are allowed. """
    open_: bool | Unset = UNSET
    """ Only open batches, or only closed ones. """
    start_date: datetime.datetime | Unset = UNSET
    """ Batches created at this instant or later. """
    queue_priority: list[str] | Unset = UNSET
    """ Batches of one of these priorities. """
    tags: list[str] | Unset = UNSET
    """ Batches with these tags. """
    cancel_all: bool | Unset = UNSET
    """ All batches of the caller. Give it alone. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        batch_ids: list[str] | Unset = UNSET
        if not isinstance(self.batch_ids, Unset):
            batch_ids = []
            for batch_ids_item_data in self.batch_ids:
                batch_ids_item = str(batch_ids_item_data)
                batch_ids.append(batch_ids_item)

        project_id: list[str] | Unset = UNSET
        if not isinstance(self.project_id, Unset):
            project_id = self.project_id

        user_id: list[str] | Unset = UNSET
        if not isinstance(self.user_id, Unset):
            user_id = self.user_id

        device_type: list[str] | Unset = UNSET
        if not isinstance(self.device_type, Unset):
            device_type = self.device_type

        status: list[str] | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = []
            for status_item_data in self.status:
                status_item: str = status_item_data
                status.append(status_item)

        open_ = self.open_

        start_date: str | Unset = UNSET
        if not isinstance(self.start_date, Unset):
            start_date = self.start_date.isoformat()

        queue_priority: list[str] | Unset = UNSET
        if not isinstance(self.queue_priority, Unset):
            queue_priority = self.queue_priority

        tags: list[str] | Unset = UNSET
        if not isinstance(self.tags, Unset):
            tags = self.tags

        cancel_all = self.cancel_all

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if batch_ids is not UNSET:
            field_dict["batch_ids"] = batch_ids
        if project_id is not UNSET:
            field_dict["project_id"] = project_id
        if user_id is not UNSET:
            field_dict["user_id"] = user_id
        if device_type is not UNSET:
            field_dict["device_type"] = device_type
        if status is not UNSET:
            field_dict["status"] = status
        if open_ is not UNSET:
            field_dict["open"] = open_
        if start_date is not UNSET:
            field_dict["start_date"] = start_date
        if queue_priority is not UNSET:
            field_dict["queue_priority"] = queue_priority
        if tags is not UNSET:
            field_dict["tags"] = tags
        if cancel_all is not UNSET:
            field_dict["cancel_all"] = cancel_all

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _batch_ids = d.pop("batch_ids", UNSET)
        batch_ids: list[UUID] | Unset = UNSET
        if _batch_ids is not UNSET:
            batch_ids = []
            for batch_ids_item_data in _batch_ids:
                batch_ids_item = UUID(batch_ids_item_data)

                batch_ids.append(batch_ids_item)

        project_id = cast(list[str], d.pop("project_id", UNSET))

        user_id = cast(list[str], d.pop("user_id", UNSET))

        device_type = cast(list[str], d.pop("device_type", UNSET))

        _status = d.pop("status", UNSET)
        status: list[CancellableStatus] | Unset = UNSET
        if _status is not UNSET:
            status = []
            for status_item_data in _status:
                status_item = check_cancellable_status(status_item_data)

                status.append(status_item)

        open_ = d.pop("open", UNSET)

        _start_date = d.pop("start_date", UNSET)
        start_date: datetime.datetime | Unset
        if isinstance(_start_date, Unset):
            start_date = UNSET
        else:
            start_date = datetime.datetime.fromisoformat(_start_date)

        queue_priority = cast(list[str], d.pop("queue_priority", UNSET))

        tags = cast(list[str], d.pop("tags", UNSET))

        cancel_all = d.pop("cancel_all", UNSET)

        cancel_batches = cls(
            batch_ids=batch_ids,
            project_id=project_id,
            user_id=user_id,
            device_type=device_type,
            status=status,
            open_=open_,
            start_date=start_date,
            queue_priority=queue_priority,
            tags=tags,
            cancel_all=cancel_all,
        )

        cancel_batches.additional_properties = d
        return cancel_batches

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
