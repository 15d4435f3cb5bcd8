"""How many rows match a filter, from the counters: the time does not depend on the number of rows.

It depends on how many different values there are (users, devices, numbers of runs), and for an interval of time, on one
1,024th of the rows, and those of the blocks at its ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, case, func, select, true

from pasqal_cloud.local.store.records import stamp
from pasqal_cloud.local.store.schema import BLOCK, batches, blocks, counters, jobs_in, size_counters, tag_counters

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Select

    from pasqal_cloud.local.store.filters import Wanted

Interval = Mapping[str, "datetime"]
"""The filters `start_date`, `end_date`, both or one."""


def by_values(connection: Connection, wanted: Wanted, some: Sequence[tuple[str, ...]]) -> list[int]:
    """Gets for each of some combinations of columns how many rows have the wanted values in them."""
    parameters = {"kind": wanted.table.name, "project_ids": wanted.project_ids, **wanted.values}
    return [int(amount or 0) for amount in connection.execute(_amounts(tuple(some)), parameters).one()]


@cache
def _amounts(some: tuple[tuple[str, ...], ...]) -> Any:
    """Creates the query for `by_values`; creating it again costs more than executing it."""
    amounts = []
    for names in some:
        has_them = [counters.c[name].in_(bindparam(name, expanding=True)) for name in names]
        amounts.append(func.sum(case((and_(true(), *has_them), counters.c.amount), else_=0)))
    mine = counters.c.project_id.in_(bindparam("project_ids", expanding=True))
    return select(*amounts).where(counters.c.kind == bindparam("kind"), mine)


def by_size(connection: Connection, wanted: Wanted) -> int:
    """Gets how many batches have a number of jobs, or jobs a number of runs, in the wanted interval."""
    return int(connection.scalar(select(func.sum(size_counters.c.amount)).where(*_sized(wanted))) or 0)


def sizes(connection: Connection, wanted: Wanted, at_most: int) -> Sequence[tuple[str, int]]:
    """Gets which projects have which sizes in the wanted interval, but not many more than asked for."""
    query = select(size_counters.c.project_id, size_counters.c.size).where(*_sized(wanted)).limit(at_most + 1)
    return [(row.project_id, row.size) for row in connection.execute(query)]


def by_tag(connection: Connection, wanted: Wanted, tags: Sequence[str]) -> int:
    """Gets how many batches have a tag; a batch with several of these tags is counted for each."""
    counted = tag_counters.c
    query = select(func.sum(counted.amount)).where(counted.project_id.in_(wanted.project_ids), counted.tag.in_(tags))
    return int(connection.scalar(query) or 0)


def by_time(connection: Connection, wanted: Wanted, interval: Interval) -> int:
    """Gets how many rows were created in an interval: whole blocks, and the rows that match at its ends."""
    inside = and_(*_bounds(interval, blocks.c.earliest, blocks.c.latest))
    whole = select(func.sum(blocks.c.amount)).where(*blocks_of(wanted, interval), inside)
    ends = select(func.count()).select_from(rows_in_blocks(wanted, interval, inside).subquery())
    return sum(int(connection.scalar(query) or 0) for query in (whole, ends))


def by_batch(connection: Connection, wanted: Wanted, batch_ids: Sequence[str]) -> int:
    """Gets how many jobs in the wanted statuses some batches have."""
    found = connection.execute(
        select(batches).where(batches.c.id.in_(batch_ids), batches.c.project_id.in_(wanted.project_ids))
    )
    statuses = wanted.values.get("status")
    counts = (jobs_in(row) for row in found)
    return sum(amount for count in counts for status, amount in count.items() if statuses is None or status in statuses)


def blocks_of(wanted: Wanted, interval: Interval) -> list[ColumnElement[bool]]:
    """Gets the conditions of the blocks in which a row may have been created in an interval."""
    which = [blocks.c.kind == wanted.table.name, blocks.c.project_id.in_(wanted.project_ids)]
    return [*which, blocks.c.amount > 0, *_bounds(interval, blocks.c.latest, blocks.c.earliest)]


def rows_in_blocks(wanted: Wanted, interval: Interval, but: ColumnElement[bool] | None = None) -> Select[Any]:
    """Gets the query for the numbers of the rows that were created in an interval.

    Args:
        wanted: What they are.
        interval: The interval.
        but: The condition of blocks to leave out.
    """
    table = wanted.table
    is_in = and_(
        table.c.project_id == blocks.c.project_id,
        table.c.number.between(blocks.c.block * BLOCK, blocks.c.block * BLOCK + (BLOCK - 1)),
    )
    which = [*blocks_of(wanted, interval), *_bounds(interval, table.c.created_at, table.c.created_at)]
    if but is not None:
        which.append(~but)
    return select(table.c.number).select_from(blocks.join(table, is_in)).where(*which)


def _bounds(interval: Interval, first: ColumnElement[str], last: ColumnElement[str]) -> list[ColumnElement[bool]]:
    """Gets the conditions that the first instant is not before an interval, nor the last one after it."""
    conditions = []
    if "start_date" in interval:
        conditions.append(first >= stamp(interval["start_date"]))
    if "end_date" in interval:
        conditions.append(last <= stamp(interval["end_date"]))
    return conditions


def _sized(wanted: Wanted) -> list[ColumnElement[bool]]:
    counted, bounds = size_counters.c, wanted.sizes
    which = [counted.kind == wanted.table.name, counted.project_id.in_(wanted.project_ids), counted.amount > 0]
    if "min" in bounds:
        which.append(counted.size >= bounds["min"])
    if "max" in bounds:
        which.append(counted.size <= bounds["max"])
    return which
