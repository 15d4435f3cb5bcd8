"""The service's responses as dictionaries, for annotations only: this package returns objects."""

from __future__ import annotations

from typing import Any, TypedDict


class JobResult(TypedDict):
    """The result document of a job."""

    raw: list[str] | None
    counter: dict[str, int]
    serialised_results: str | None


class PaginationType(TypedDict):
    """The position of a page in its list."""

    total: int
    offset: int
    end: int


class JSendPayload(TypedDict):
    """A response in the format JSend."""

    status: str
    message: str
    code: int
    data: Any
    pagination: PaginationType
