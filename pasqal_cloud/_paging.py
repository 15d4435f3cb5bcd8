"""Walking the pages of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pasqal_cloud._flow import Together
from pasqal_cloud._snapshot import present

if TYPE_CHECKING:
    from collections.abc import Callable

    from pasqal_cloud._flow import Flow
    from pasqal_cloud_api.models import Pagination
    from pasqal_cloud_api.types import Unset

PAGE = 100
"""The most items that the API gives at once."""


class Identified(Protocol):
    """What a list is made of."""

    id: str


T = TypeVar("T", bound=Identified)


class Page(Protocol[T]):
    """One page, as the generated client gives it."""

    data: list[T]
    pagination: Pagination | Unset


def every(page: Callable[[int], Flow[Page[T]]]) -> Flow[list[T]]:
    """Gets all items of a list, in order and each once.

    The first page tells how many there are; the others are fetched together.

    Args:
        page: Gets the page that begins at an offset.
    """
    first = yield from page(0)
    pagination = present(first.pagination)
    total = pagination.total if pagination else 0
    others: list[Any] = yield Together(page(offset) for offset in range(PAGE, total, PAGE))
    items = [item for part in (first, *others) for item in part.data]
    return list({item.id: item for item in items}.values())
