from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.response_status import ResponseStatus
from ..types import Additional, set_of


@_attrs_define
class CancelledJobsResponse(Additional[Any]):
    """The result of a request to cancel several jobs, in its envelope."""

    data: CancelledJobs
    """ The result of a request to cancel several jobs. """

    status: ResponseStatus | str | None = None
    """ Whether the request succeeded; `success` in an answer of 200. """

    message: str | None = None
    """ A short text, usually `OK.` """

    code: Any = None
    """ The HTTP status, as a string on the core service and as a number on the account service. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)
    null_fields: frozenset[str] = _attrs_field(init=False, default=frozenset(), repr=False)
    """ The fields that the answer gave as null; those that it left out read as None, too. """

    def to_dict(self) -> dict[str, Any]:
        """Writes the object as JSON has it."""
        found: dict[str, Any] = dict(self.additional_properties)
        if self.data is not None or "data" in self.null_fields:
            found["data"] = self.data.to_dict() if self.data is not None else None
        if self.status is not None or "status" in self.null_fields:
            found["status"] = self.status
        if self.message is not None or "message" in self.null_fields:
            found["message"] = self.message
        if self.code is not None or "code" in self.null_fields:
            found["code"] = self.code
        return found

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Reads the object; what is missing does not matter, and what the specification does not name is kept."""
        d: dict[str, Any] = dict(src_dict)
        take = d.pop
        if d.get("data") is not None:
            d["data"] = CancelledJobs.from_dict(d["data"])
        read = cls(
            take("data", None),
            take("status", None),
            take("message", None),
            take("code", None),
        )
        if d:  # else it keeps the empty one that it has: this one is as large as all fields
            read.additional_properties = d
        nulls = [name for name, value in src_dict.items() if value is None]
        if nulls:
            read.null_fields = set_of(tuple(nulls))
        return read


from ..models.cancelled_jobs import CancelledJobs
