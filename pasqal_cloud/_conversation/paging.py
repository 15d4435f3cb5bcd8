"""Fetching lists page by page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, overload

import attrs

from pasqal_cloud._arguments import of_type
from pasqal_cloud._conversation.ahead import Ahead
from pasqal_cloud._conversation.flow import IN_FLIGHT
from pasqal_cloud._conversation.forks import renew_in_child
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

    When a page is read, the following ones are on their way. New items shift others to the next page, where they are
    skipped. Where a page tells a smaller total than the one before, either items were deleted, which shifts others to
    the page before, or it was read earlier, before items were created: the walk goes back by the difference, and
    requests again what followed. If a page has fewer items than requested, the next one is requested from its end. Two
    such pages of equal length in a row show the service's own page size, with which the next pages are requested
    together, until one is longer. The walk ends at the total. A page that is empty before that is requested once more;
    if it is empty again, that is an error.

    Args:
        fetch: Fetches a page of the items that match the filters.
        filters: The filters, which may be split into several requests.
        order: The order, and where to begin.
        bind: Makes a handle from an item.
        most: The most pages that are requested together.
    """

    def __init__(
        self,
        fetch: Callable[[F | None, PaginationParams], Flow[Page[ItemT]]],
        filters: F | None,
        order: PaginationParams | None,
        bind: Callable[[ItemT], H],
        most: int = IN_FLIGHT,
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
        self._most = most
        self._seen: set[str] = set()
        self._begin()
        renew_in_child(self)

    def more(self) -> Flow[list[H]]:
        """Fetches the next items; none at the end of the list."""
        again = 0
        while self._pieces:
            came = yield from self._next_page()
            items = {item.id: item for item in came if item.id not in self._seen}
            self._seen.update(items)  # `|=` with the keys of a dictionary would copy the whole set
            if items:
                return [self._bind(item) for item in items.values()]
            again += len(came) or 1
            if again > len(self._seen) + SAME_AGAIN:
                raise UnexpectedAnswerError(f"The list does not end: {again} items were repeated.")
        return []

    def close(self) -> None:
        """Ends the requests that are under way."""
        self._ahead.drop()

    def begin_anew(self) -> None:
        """Requests in a forked child what the parent's threads were fetching."""
        self._ahead: Ahead[Page[Any]] = Ahead()
        self._next = self._offset

    def _begin(self) -> None:
        self._offset = self._order.offset
        self._step = self._order.limit
        self._total: int | None = None
        self._at_once = 1
        self._short = 0
        self._empty_at: int | None = None
        self.begin_anew()

    def _next_page(self) -> Flow[list[Identified]]:
        while len(self._ahead) < self._at_once and (self._total is None or self._next < self._total):
            order = attrs.evolve(self._order, offset=self._next)
            self._ahead.add(self._fetch(self._pieces[0], order))
            self._next += self._step
        page: Page[Any] = yield self._ahead
        offset, before = self._offset, self._total
        total = self._total = _total(page, offset)
        if not _begins_at(offset, page):
            self._step = self._order.limit  # this service ignores offsets, so the lengths show no page size
        if before is not None and total < before:
            self._at_once = 1
            self._go_to(max(self._order.offset, offset - (before - total)))
        elif self._is_short(page, offset):
            self._go_on_behind(len(page.data), offset, total)
        else:
            self._short = 0
            self._empty_at = None
            self._at_once = self._most
            self._go_on(len(page.data))
        if self._offset >= total:
            self._end()
        return page.data

    def _go_on(self, length: int) -> None:
        """Continues behind a page that has at least as many items as expected, or is the last one."""
        if self._step < length <= self._order.limit:
            self._step = length
            self._go_to(self._offset + length)
        elif self._ahead:
            self._offset += self._step
        else:
            self._go_to(self._offset + max(self._step, length))

    def _go_to(self, offset: int) -> None:
        """Continues from an offset; what was requested from others is not used."""
        self._ahead.drop()
        self._offset = self._next = offset

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
        self._at_once = 2 if is_usual else 1
        self._short = length
        self._go_to(offset + length)

    def _end(self) -> None:
        """Continues with the next filters: there are no more items for these."""
        del self._pieces[0]
        self._ahead.drop()
        self._begin()

    def _is_short(self, page: Page[Any], offset: int) -> bool:
        """Tells whether a page has fewer items than requested, although the list has more."""
        end = offset + len(page.data)
        return _begins_at(offset, page) and len(page.data) < self._step and end < _total(page, offset)


def every(page: Callable[[int], Flow[Page[ItemT]]]) -> Flow[list[ItemT]]:
    """Fetches all items of a list, in order and each once; `page` fetches the page at an offset."""
    walk: Walk[ItemT] = Walk(lambda _, order: page(order.offset), None, None, lambda item: item)
    items: list[ItemT] = []
    try:
        while more := (yield from walk.more()):
            items += more
    finally:
        walk.close()
    return items


def _begins_at(offset: int, page: Page[Any]) -> bool:
    return not page.pagination or not page.data or page.pagination.start == offset


def _total(page: Page[Any], offset: int) -> int:
    """Gets the number of items on all pages; a response without pagination contains them all."""
    return page.pagination.total if page.pagination else offset + len(page.data)
