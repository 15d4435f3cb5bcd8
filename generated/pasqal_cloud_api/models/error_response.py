from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.response_status import ResponseStatus
from ..types import Additional, set_of


@_attrs_define
class ErrorResponse(Additional[Any]):
    """An error. For its text, read `data.description`, else `message`, `detail` or `error`. Any of them may be
    missing, and the
    body may be empty."""

    status: ResponseStatus | str | None = None
    """ Whether the request succeeded; `success` in an answer of 200. """

    message: str | None = None
    """ A short text. """

    code: Any = None
    """ Usually the HTTP status, as a string or a number. """

    data: ErrorDetail | None = None
    """ More about the error. """

    detail: Any = None
    """ A text; or an array with an object for each thing that is wrong in the request. Its `loc` is an array that
    says where
    (`body` or `query`, then names and indices), `msg` says what is wrong for people, and `type` for programs.
     """

    error: str | None = None
    """ A short text, sometimes alone, without the other fields. """

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
            found["detail"] = self.detail
        if self.error is not None or "error" in self.null_fields:
            found["error"] = self.error
        return found

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Reads the object; what is missing does not matter, and what the specification does not name is kept."""
        d: dict[str, Any] = dict(src_dict)
        take = d.pop
        data = take("data", None)
        read = cls(
            take("status", None),
            take("message", None),
            take("code", None),
            ErrorDetail.from_dict(data) if isinstance(data, dict) else data,
            take("detail", None),
            take("error", None),
        )
        if d:  # else it keeps the empty one that it has: this one is as large as all fields
            read.additional_properties = d
        nulls = [name for name, value in src_dict.items() if value is None]
        if nulls:
            read.null_fields = set_of(tuple(nulls))
        return read


from ..models.error_detail import ErrorDetail
