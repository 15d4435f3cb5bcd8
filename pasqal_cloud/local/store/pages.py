"""Reading a page of a list, and the total number of matching rows.

Each filter is a way to find rows, and the counters tell how many rows each way leads to. The rows are found by the way
that leads to the fewest; the other filters are then checked for each row.

With one filter, or with several of those by status, device type, user, priority, origin and openness, the total comes
from the counters, and reading stops when the page is full. So the time does not depend on the number of stored rows.
With other combinations, the rows are counted: the time grows with the number of rows to which the best way leads, but
not with those that match none of the filters. The same holds for the first characters of an id.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import product
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, Table, bindparam, func, literal_column, select, text, union_all

from pasqal_cloud.local.store import totals
from pasqal_cloud.local.store.filters import CONDITIONS
from pasqal_cloud.local.store.filters import wanted as wanted_by
from pasqal_cloud.local.store.schema import SIZES, batches, blocks, jobs, tags

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import ColumnElement, Connection, TextClause

    from pasqal_cloud.local.store.filters import Wanted
    from pasqal_cloud.local.store.records import AnyRow, Filters, Page

MAX_RANGES = 100
"""The maximum number of index ranges that are merged into a page."""

FEW_RANGES = 8
"""The number of index ranges up to which merging them takes less time than looking at the last rows."""

LOOKED_AT = 20
"""How many of the last rows are looked at for each row of a page, if every row of a list may well match."""

DIGITS = 16
"""How many digits ids are made of."""

Arms = list[Select[Any]]
"""Queries for row numbers whose results together are those of a way, each in the order of an index."""


@dataclass(frozen=True)
class Way:
    """One way to find rows.

    Args:
        covers: The filters, or columns, that need not be checked any more.
        amount: To how many rows it leads.
        arms: Gets its queries.
        is_exact: Whether `amount` is the number of rows; otherwise, it is about that, and not 0.
        is_by_block: Whether its queries are in the order of blocks of rows.
    """

    covers: frozenset[str]
    amount: int
    arms: Callable[[], Arms]
    is_exact: bool = True
    is_by_block: bool = False


def page(connection: Connection, table: Table, filters: Filters, part: Page) -> tuple[list[AnyRow], int]:
    """Reads a page: first only the row numbers, then the rows; and gets the total number of matching rows."""
    wanted = wanted_by(table, filters)
    if not wanted.project_ids:
        return [], 0
    if wanted.is_whole_project and part.limit >= 0:
        (total,) = totals.by_values(connection, wanted, [()])
        which = {"project_id": wanted.project_ids[0], "limit": part.limit, "offset": part.offset}
        query = _of_project(table, ascending=part.ascending)
        return list(connection.execute(query, which).all()) if part.offset < total else [], total
    numbers, total = _Reading(connection, wanted, part).numbers_and_total()
    if numbers is None:
        return [], total
    return list(connection.execute(_rows(table, numbers, ascending=part.ascending)).all()), total


@cache
def _of_project(table: Table, *, ascending: bool) -> Select[Any]:
    """Creates the query for a page of all rows of a project, the most frequent one."""
    numbers = select(table.c.number).where(table.c.project_id == bindparam("project_id"))
    in_order = numbers.order_by(_order(ascending=ascending))
    return _rows(table, in_order.limit(bindparam("limit")).offset(bindparam("offset")), ascending=ascending)


def _rows(table: Table, numbers: Any, *, ascending: bool) -> Select[Any]:
    order = table.c.number.asc() if ascending else table.c.number.desc()
    return select(table).where(table.c.number.in_(numbers)).order_by(order)


def _order(*, ascending: bool) -> TextClause:
    return text("number ASC" if ascending else "number DESC")


@dataclass(frozen=True)
class _Reading:
    """How one page is read."""

    connection: Connection
    wanted: Wanted
    part: Page

    def numbers_and_total(self) -> tuple[Any, int]:
        """Gets the query for the row numbers, or the numbers, and the total; None instead of numbers if it is empty."""
        wanted = self.wanted
        ways, total = self._by_values()
        ways += self._by_others(ways[0].amount)
        best = min(ways, key=lambda way: (way.amount, -len(way.covers)))
        rest = wanted.conditions(self._unsearched, but=best.covers)
        if best.is_exact and not rest:
            total = best.amount
        if total is None and best.amount > 0:
            total = self._counted(self._checked(best, rest))
        if not total or best.amount == 0 or self.part.offset >= total:
            return None, total or 0
        arms = self._checked(best, rest)
        if wanted.sizes and not rest and not 0 < len(arms) <= FEW_RANGES and (last := self._among_the_last(total)):
            return last, total
        return self._merged(best, arms), total

    # ------------------------------------------------------------------------------------------------------ the ways

    def _by_values(self) -> tuple[list[Way], int | None]:
        """Gets the ways by project and by counted values, and the total if there are no other filters."""
        wanted = self.wanted
        some = [(), *((name,) for name in wanted.values)]
        *amounts, together = totals.by_values(self.connection, wanted, [*some, tuple(wanted.values)])
        ways = [
            Way(frozenset(names), amount, partial(self._ranges, {name: wanted.values[name] for name in names}))
            for names, amount in zip(some, amounts, strict=True)
        ]
        if together == 0:  # whatever the other filters are
            ways.append(Way(frozenset(wanted.values), 0, list))
        return ways, None if wanted.others else together

    def _by_others(self, whole: int) -> list[Way]:
        """Gets the ways to find rows by the other filters.

        Args:
            whole: The number of rows that the list has without these filters.
        """
        wanted, connection = self.wanted, self.connection
        ways = []
        for name, value in wanted.others.items():
            if name in ("tag", "tags"):
                named = [value] if name == "tag" else list(value)
                amount = totals.by_tag(connection, wanted, named)
                ways.append(Way(frozenset({name}), amount, partial(self._tagged, named), len(named) == 1))
            elif name == "id":
                ways.append(Way(frozenset({name}), len(value), partial(self._with, name, value), is_exact=False))
            elif name == "id__starts_with":
                amount = max(1, whole // DIGITS ** len(value.replace("-", "")))
                ways.append(Way(frozenset({name}), amount, partial(self._with, name, value), is_exact=False))
            elif name == "batch_id":
                amount = totals.by_batch(connection, wanted, value)
                ways.append(Way(frozenset({name, "status"}), amount, partial(self._of_batches, value)))
        if interval := {name: wanted.others[name] for name in ("start_date", "end_date") if name in wanted.others}:
            amount = totals.by_time(connection, wanted, interval)
            arms = partial(self._created_in, interval)
            ways.append(Way(frozenset(interval), amount, arms, is_by_block=True))
        if wanted.sizes:
            covers = frozenset({"min_jobs", "max_jobs", "min_runs", "max_runs"})
            ways.append(Way(covers, totals.by_size(connection, wanted), self._sized))
        return ways

    def _ranges(self, values: Mapping[str, list[Any]]) -> Arms:
        """Gets the rows with one of some values of one column, or all."""
        columns = self.wanted.table.c
        keys = list(product(self.wanted.project_ids, *values.values()))
        names = ("project_id", *values)
        if len(keys) > MAX_RANGES:
            every = (self.wanted.project_ids, *values.values())
            return [self._numbers(*(columns[name].in_(some) for name, some in zip(names, every, strict=True)))]
        return [
            self._numbers(*(columns[name] == value for name, value in zip(names, key, strict=True))) for key in keys
        ]

    def _tagged(self, named: list[str]) -> Arms:
        """Gets the batches with one of these tags."""
        number = select(tags.c.batch_number.label("number"))
        if len(named) == 1 and len(self.wanted.project_ids) <= MAX_RANGES:
            of = [(tags.c.project_id == project_id, tags.c.tag == named[0]) for project_id in self.wanted.project_ids]
            return [number.where(*which) for which in of]
        return [number.where(tags.c.project_id.in_(self.wanted.project_ids), tags.c.tag.in_(named)).distinct()]

    def _with(self, name: str, value: Any) -> Arms:
        """Gets the rows that match a filter by an id."""
        columns = self.wanted.table.c
        mine = self._unsearched("project_id").in_(self.wanted.project_ids)
        return [self._numbers(CONDITIONS[self.wanted.table.name][name](columns.__getitem__, value), mine)]

    def _of_batches(self, batch_ids: list[str]) -> Arms:
        """Gets the jobs of some batches in the wanted statuses."""
        rest = [self._unsearched("project_id").in_(self.wanted.project_ids)]
        if "status" in self.wanted.values:
            rest.append(self._unsearched("status").in_(self.wanted.values["status"]))
        if len(batch_ids) > MAX_RANGES:
            return [self._numbers(jobs.c.batch_id.in_(batch_ids), *rest)]
        return [self._numbers(jobs.c.batch_id == batch_id, *rest) for batch_id in dict.fromkeys(batch_ids)]

    def _created_in(self, interval: totals.Interval) -> Arms:
        """Gets the rows that were created in an interval."""
        each = (replace(self.wanted, project_ids=(project_id,)) for project_id in self.wanted.project_ids)
        return [totals.rows_in_blocks(one, interval) for one in each]

    def _sized(self) -> Arms:
        """Gets the batches with a number of jobs, or the jobs with a number of runs, in an interval."""
        wanted, columns = self.wanted, self.wanted.table.c
        size = SIZES[wanted.table.name]
        sizes = totals.sizes(self.connection, wanted, MAX_RANGES)
        if len(sizes) > MAX_RANGES:
            conditions = wanted.size_conditions(columns.__getitem__)
            return [self._numbers(columns.project_id.in_(wanted.project_ids), *conditions)]
        return [self._numbers(columns.project_id == project, columns[size] == value) for project, value in sizes]

    # --------------------------------------------------------------------------------------------------- the queries

    def _numbers(self, *which: ColumnElement[bool]) -> Select[Any]:
        return select(self.wanted.table.c.number).where(*which)

    def _unsearched(self, name: str) -> ColumnElement[Any]:
        """Gets a column in a form that keeps SQLite from choosing an index for it."""
        column = self.wanted.table.c[name]
        if self.connection.dialect.name != "sqlite":
            return column
        return literal_column(f"+{self.wanted.table.name}.{name}", column.type)

    def _checked(self, way: Way, rest: list[ColumnElement[bool]]) -> Arms:
        """Gets the queries of a way, with further conditions."""
        arms = way.arms()
        if rest and not way.covers.isdisjoint({"tag", "tags"}):
            rest = [batches.c.number == tags.c.batch_number, *rest]
        return [arm.where(*rest).correlate(None) for arm in arms]  # complete by itself, wherever it stands

    def _counted(self, arms: Arms) -> int:
        counts = (select(func.count()).select_from(arm.subquery()) for arm in arms)
        return sum(int(self.connection.scalar(count) or 0) for count in counts)

    def _merged(self, way: Way, arms: Arms) -> Any:
        """Gets the query for the row numbers of a page."""
        if way.is_by_block:
            arms = [self._first(arm, blocks.c.block, self.wanted.table.c.number) for arm in arms]
        elif len(arms) > 1 and self.connection.dialect.name != "sqlite":  # SQLite merges them as they are
            arms = [self._first(arm, literal_column("number")) for arm in arms]
        return self._paged(union_all(*arms) if len(arms) > 1 else arms[0])

    def _paged(self, numbers: Any) -> Any:
        return numbers.order_by(_order(ascending=self.part.ascending)).limit(self._limit).offset(self.part.offset)

    def _first(self, arm: Select[Any], *order: ColumnElement[Any]) -> Select[Any]:
        """Gets as many row numbers as the page may need, in an order."""
        in_order = arm.order_by(*(column if self.part.ascending else column.desc() for column in order))
        needed = None if self._limit is None else self._limit + self.part.offset
        return select(in_order.limit(needed).subquery().c.number)

    @property
    def _limit(self) -> int | None:
        return None if self.part.limit < 0 else self.part.limit

    def _among_the_last(self, total: int) -> list[int] | None:
        """Gets the row numbers of a page if the last rows, or the first ones, contain it; else None."""
        if self._limit is None:
            return None
        table = self.wanted.table
        every = self._ranges({})
        last = union_all(*every) if len(every) > 1 else every[0]
        some = last.order_by(_order(ascending=self.part.ascending)).limit(LOOKED_AT * (self._limit + self.part.offset))
        looked_at = some.subquery()
        sized = self.wanted.size_conditions(table.c.__getitem__)
        found = self._numbers(table.c.number.in_(select(looked_at.c.number)), *sized)
        numbers = list(self.connection.scalars(self._paged(found)))
        return numbers if len(numbers) == min(self._limit, total - self.part.offset) else None
