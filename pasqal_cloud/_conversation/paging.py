"""Fetching lists page by page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, overload

import attrs

from pasqal_cloud._arguments import of_type
from pasqal_cloud._conversation.flow import IN_FLIGHT, Together
from pasqal_cloud.errors import UnexpectedAnswerError, ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pasqal_cloud._cards import Card
    from pasqal_cloud._conversation.flow import Flow
    from pasqal_cloud.filters import Filters, PaginationParams
    from pasqal_cloud_api.models import Pagination


class Identified(Protocol):
    """An item of a list."""

    @property
    def id(self) -> str:
        """The item's id."""
        ...


AT_ONCE = 2 * IN_FLIGHT
"""The most pages that are requested together. More would be kept in memory before their items are read."""

SAME_AGAIN = 1000
"""A walk fails after as many repeated items as there were items, and this number more, without a new one."""

T = TypeVar("T")
ItemT = TypeVar("ItemT", bound=Identified)
H = TypeVar("H")
F = TypeVar("F", bound="Filters")


class Page(Protocol[T]):
    """One page, as the generated client returns it."""

    data: list[T]
    pagination: Pagination | None


@attrs.define
class PaginatedResponse(Sequence[H]):
    """One page of a list: a sequence of its items.

    Attributes:
        results: The items of the page.
        total: The number of items on all pages.
        offset: The number of items before this page.
    """

    results: list[H]
    total: int
    offset: int

    def _repr_html_(self) -> str:
        """Shows a table in a notebook, without a request."""
        from pasqal_cloud._display import page

        return page(self.results, self.total, self.offset).html()

    def __rich__(self) -> Card:
        """Shows a table where rich prints it, without a request."""
        from pasqal_cloud._display import page

        return page(self.results, self.total, self.offset)

    def __iter__(self) -> Iterator[H]:
        """Iterates over the items of the page."""
        return iter(self.results)

    def __len__(self) -> int:
        """Returns the number of items of the page."""
        return len(self.results)

    @overload
    def __getitem__(self, index: int) -> H: ...
    @overload
    def __getitem__(self, index: slice) -> list[H]: ...
    def __getitem__(self, index: int | slice) -> H | list[H]:
        """Gets an item of the page, or several."""
        return self.results[index]


def page_of(page: Page[T], offset: int, bind: Callable[[T], H]) -> PaginatedResponse[H]:
    """Makes a page for users, with a handle for each item."""
    return PaginatedResponse([bind(item) for item in page.data], _total(page, offset), offset)


class Walk(Generic[H]):
    """Fetches a list of any length, several pages at a time, although the list may change meanwhile.

    New items shift others to the next page, where they are skipped. Deleted items shift others to the page before, so
    the walk goes back by as many items as the total has decreased. If a page has fewer items than requested, the next
    one is requested from its end. Two such pages of equal length in a row show the service's own page size, with which
    the next pages are requested together, until one is longer. The walk ends at the total. A page that is empty before
    that is requested once more; if it is empty again, that is an error.

    Args:
        fetch: Fetches a page of the items that match the filters.
        filters: The filters, which may be split into several requests.
        order: The order, and where to begin.
        bind: Makes a handle from an item.
    """

    def __init__(
        self,
        fetch: Callable[[F | None, PaginationParams], Flow[Page[ItemT]]],
        filters: F | None,
        order: PaginationParams | None,
        bind: Callable[[ItemT], H],
    ) -> None:
        from pasqal_cloud.filters import Filters, PaginationParams

        self._fetch: Callable[[Any, PaginationParams], Flow[Page[Any]]] = fetch
        self._pieces: list[Filters | None] = (
            [None] if filters is None else [*of_type(filters, Filters, "filters").pieces()]
        )
        self._order = PaginationParams() if order is None else of_type(order, PaginationParams, "pagination_params")
        if self._order.offset and len(self._pieces) > 1:
            raise ValidationError("An offset can't be combined with so many ids, which need several requests.")
        self._bind: Callable[[Any], H] = bind
        self._seen: set[str] = set()
        self._begin()

    def more(self) -> Flow[list[H]]:
        """Fetches the next items; none at the end of the list."""
        again = 0
        while self._pieces:
            came = yield from self._next_pages()
            items = {item.id: item for item in came if item.id not in self._seen}
            self._seen |= items.keys()
            if items:
                return [self._bind(item) for item in items.values()]
            again += len(came) or 1
            if again > len(self._seen) + SAME_AGAIN:
                raise UnexpectedAnswerError(f"The list does not end: {again} items were repeated.")
        return []

    def _begin(self) -> None:
        self._offset = self._order.offset
        self._step = self._order.limit
        self._total: int | None = None
        self._ahead = 1
        self._short = 0
        self._empty_at: int | None = None

    def _next_pages(self) -> Flow[list[Identified]]:
        expected = self._offset + 1 if self._total is None else self._total
        offsets = range(self._offset, expected, self._step)[: self._ahead]
        orders = [attrs.evolve(self._order, offset=offset) for offset in offsets]
        wanted = [self._fetch(self._pieces[0], order) for order in orders]
        pages = [(yield from wanted[0])] if len(wanted) == 1 else (yield Together(wanted))
        totals = [_total(page, offset) for page, offset in zip(pages, offsets, strict=True)]
        vanished = 0 if self._total is None else max(0, self._total - min(totals))  # any page may be the newest
        older = next((number for number in range(1, len(totals)) if totals[number] < totals[number - 1]), None)
        self._total = min(totals) if vanished else max(totals)
        self._ahead = min(IN_FLIGHT * self._ahead, AT_ONCE)
        if vanished:  # items that came after the last page may come before it now
            self._offset = max(self._order.offset, offsets[0] - vanished)
            self._end_at(self._total)
            return [item for page in pages for item in page.data]
        if not all(_begins_at(offset, page) for page, offset in zip(pages, offsets, strict=True)):
            self._step = self._order.limit  # this service ignores offsets, so the lengths show no page size
        short = next((number for number, page in enumerate(pages) if self._is_short(page, offsets[number])), None)
        if short is not None and (older is None or short < older):
            pages = pages[: short + 1]  # later ones are fetched again, to keep the items in order
            self._short = self._short if short == 0 else 0
            self._go_on_behind(len(pages[-1].data), offsets[short], totals[short])
        elif older is not None:  # this page was read before the preceding one, and items were created in between
            self._offset = offsets[older]
        else:
            self._short = 0
            self._empty_at = None
            self._offset = offsets[-1] + max(self._step, len(pages[-1].data))
            self._step = min(max(self._step, *(len(page.data) for page in pages)), self._order.limit)
            self._end_at(self._total)
        return [item for page in pages for item in page.data]

    def _go_on_behind(self, length: int, offset: int, total: int) -> None:
        """Continues from the end of a page that has fewer items than requested, although the list has more."""
        if not length and self._empty_at == offset:
            raise UnexpectedAnswerError(
                f"The page at offset {offset} was empty twice, although up to {min(self._order.limit, total - offset)}"
                f" items were expected: by the service's own count, the list has {total}."
            )
        self._empty_at = None if length else offset
        is_usual = 0 < length == self._short
        self._step = length if is_usual else self._order.limit
        self._ahead = 2 if is_usual else 1
        self._short = length
        self._offset = offset + length

    def _end_at(self, total: int) -> None:
        """Continues with the next filters if there are no more items for these."""
        if self._offset >= total:
            del self._pieces[0]
            self._begin()

    def _is_short(self, page: Page[Any], offset: int) -> bool:
        """Tells whether a page has fewer items than requested, although the list has more."""
        end = offset + len(page.data)
        return _begins_at(offset, page) and len(page.data) < self._step and end < _total(page, offset)


def every(page: Callable[[int], Flow[Page[ItemT]]]) -> Flow[list[ItemT]]:
    """Fetches all items of a list, in order and each once; `page` fetches the page at an offset."""
    walk: Walk[ItemT] = Walk(lambda _, order: page(order.offset), None, None, lambda item: item)
    items: list[ItemT] = []
    while more := (yield from walk.more()):
        items += more
    return items


def _begins_at(offset: int, page: Page[Any]) -> bool:
    return not page.pagination or not page.data or page.pagination.start == offset


def _total(page: Page[Any], offset: int) -> int:
    """Gets the number of items on all pages; a response without pagination contains them all."""
    return page.pagination.total if page.pagination else offset + len(page.data)
