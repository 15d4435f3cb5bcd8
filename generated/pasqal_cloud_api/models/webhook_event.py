from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.webhook_event_type import WebhookEventType
from ..types import Additional, set_of


@_attrs_define
class WebhookEvent(Additional[Any]):
    """The body of the callback `jobEnded`."""

    id: str
    """ The event's id, a UUID, the same when the event is sent again. """

    type_: str | WebhookEventType
    """ What has happened. """

    job: Job
    """ A sequence to run, with its number of shots. All operations on jobs share this schema; a field that only
    some answers
    have says which.
     """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)
    null_fields: frozenset[str] = _attrs_field(init=False, default=frozenset(), repr=False)
    """ The fields that the answer gave as null; those that it left out read as None, too. """

    def to_dict(self) -> dict[str, Any]:
        """Writes the object as JSON has it."""
        found: dict[str, Any] = dict(self.additional_properties)
        if self.id is not None or "id" in self.null_fields:
            found["id"] = self.id
        if self.type_ is not None or "type" in self.null_fields:
            found["type"] = self.type_
        if self.job is not None or "job" in self.null_fields:
            found["job"] = self.job.to_dict() if self.job is not None else None
        return found

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Reads the object; what is missing does not matter, and what the specification does not name is kept."""
        d: dict[str, Any] = dict(src_dict)
        take = d.pop
        if d.get("job") is not None:
            d["job"] = Job.from_dict(d["job"])
        read = cls(
            take("id", None),
            take("type", None),
            take("job", None),
        )
        if d:  # else it keeps the empty one that it has: this one is as large as all fields
            read.additional_properties = d
        nulls = [name for name, value in src_dict.items() if value is None]
        if nulls:
            read.null_fields = set_of(tuple(nulls))
        return read


from ..models.job import Job
