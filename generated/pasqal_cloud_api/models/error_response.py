from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.response_status import ResponseStatus
from ..types import Additional


@_attrs_define
class ErrorResponse(Additional[Any]):
    """What the service answers instead of data. Nothing is certain to be there, and the body may
    be empty. Prefer `data.description`, then `message`. Sources differ on 422: the
    documentation describes `detail` (FastAPI's form), the service has been seen to send the
    envelope, with the same list in `data.description`."""

    status: ResponseStatus | str | None = None
    """ How the request went; `success` in an answer of 200. """

    message: str | None = None
    """ A short text. """

    code: str | int | None = None
    """ Usually the HTTP status, in a string or as a number. Sources differ on its type. Not documented: whether
    other codes exist. """

    data: ErrorDetail | None = None
    """ More about the error. """

    detail: str | list[ValidationIssue] | None = None
    """ What is wrong, in FastAPI's form. """

    error: str | None = None
    """ A short text, seen with 500 instead of everything else. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)
    null_fields: frozenset[str] = _attrs_field(init=False, default=frozenset(), repr=False)
    """ The fields that the answer gave as null; those that it left out read as None, too. """

    def to_dict(self) -> dict[str, Any]:
        """Writes the object as JSON has it."""
        found: dict[str, Any] = dict(self.additional_properties)
        if self.status is not None or "status" in self.null_fields:
            found["status"] = self.status
        if self.message is not None or "message" in self.null_fields:
            found["message"] = self.message
        if self.code is not None or "code" in self.null_fields:
            found["code"] = self.code
        if self.data is not None or "data" in self.null_fields:
            found["data"] = self.data.to_dict() if isinstance(self.data, ErrorDetail) else self.data
        if self.detail is not None or "detail" in self.null_fields:
            found["detail"] = [item.to_dict() for item in self.detail] if isinstance(self.detail, list) else self.detail
        if self.error is not None or "error" in self.null_fields:
            found["error"] = self.error
        return found

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Reads the object; what is missing does not matter, and what the specification does not name is kept."""
        d: dict[str, Any] = dict(src_dict)
        take = d.pop
        data = take("data", None)
        detail = take("detail", None)
        read = cls(
            take("status", None),
            take("message", None),
            take("code", None),
            ErrorDetail.from_dict(data) if isinstance(data, dict) else data,
            [ValidationIssue.from_dict(item) for item in detail] if isinstance(detail, list) else detail,
            take("error", None),
        )
        read.additional_properties = d
        nulls = [name for name, value in src_dict.items() if value is None]
        if nulls:
            read.null_fields = frozenset(nulls)
        return read


from ..models.error_detail import ErrorDetail
from ..models.validation_issue import ValidationIssue
