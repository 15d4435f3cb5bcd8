"""What the filters of lists mean, for each table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Table, and_, exists

from pasqal_cloud.local.states import JobStatus
from pasqal_cloud.local.store.records import Filters, stamp
from pasqal_cloud.local.store.schema import COUNTED, SIZES, batches, tags

Columns: TypeAlias = Callable[[str], ColumnElement[Any]]
"""Gets a column of a table by its name."""

Condition: TypeAlias = Callable[[Columns, Any], ColumnElement[bool]]


def _one_of(column: str) -> Condition:
    return lambda columns, values: columns(column).in_(values)


def _at_least(column: str) -> Condition:
    return lambda columns, value: columns(column) >= value


def _at_most(column: str) -> Condition:
    return lambda columns, value: columns(column) <= value


def _starts_with(columns: Columns, prefix: str) -> ColumnElement[bool]:
    return columns("id").between(prefix, f"{prefix}g")  # sorts after all hexadecimal digits


def _has_tag(_columns: Columns, values: list[str]) -> ColumnElement[bool]:
    """Asks for each batch whether it has one of these tags."""
    is_tag_of = and_(tags.c.project_id == batches.c.project_id, tags.c.batch_number == batches.c.number)
    return exists().where(is_tag_of, tags.c.tag.in_(values)).correlate(batches)


COMMON: dict[str, Condition] = {
    "id": _one_of("id"),
    "id__starts_with": _starts_with,
    "project_id": _one_of("project_id"),
    "start_date": lambda columns, instant: columns("created_at") >= stamp(instant),
    "end_date": lambda columns, instant: columns("created_at") <= stamp(instant),
}

CONDITIONS: dict[str, dict[str, Condition]] = {
    "batches": {
        **COMMON,
        "min_jobs": _at_least("jobs_count"),
        "max_jobs": _at_most("jobs_count"),
        "tag": lambda columns, value: _has_tag(columns, [value]),
        "tags": _has_tag,
    },
    "jobs": {
        **COMMON,
        "batch_id": _one_of("batch_id"),
        "min_runs": _at_least("runs"),
        "max_runs": _at_most("runs"),
    },
    "workloads": COMMON,
}
"""The conditions of filters, by table; those by the values in `counters` are not among them."""

VALUES: dict[str, Callable[[Any], tuple[str, list[Any]]]] = {
    "status": lambda values: ("status", list(values)),
    "errors": lambda value: ("status", [status for status in JobStatus if (status == JobStatus.ERROR) == value]),
    "user_id": lambda values: ("user_id", list(values)),
    "device_type": lambda values: ("device_type", list(values)),
    "queue_priority": lambda values: ("queue_priority", list(values)),
    "open": lambda value: ("open", [value]),
    "complete": lambda value: ("open", [not value]),
    "origin": lambda values: ("origin", list(values)),
}
"""The filters by the values in `counters`: which column has one of which values."""


@dataclass(frozen=True)
class Wanted:
    """What a list must contain.

    Args:
        table: Its table.
        project_ids: Its projects.
        values: The values of columns that are counted in `counters`.
        others: The other filters.
    """

    table: Table
    project_ids: tuple[str, ...]
    values: Mapping[str, list[Any]]
    others: Filters

    @property
    def is_whole_project(self) -> bool:
        """Whether these are all rows of one project."""
        return len(self.project_ids) == 1 and not self.values and not self.others

    @property
    def sizes(self) -> Mapping[str, int]:
        """The filters by the number of jobs or of runs: `min`, `max`, both or none."""
        unit = {"batches": "jobs", "jobs": "runs"}.get(self.table.name)
        names = {bound: f"{bound}_{unit}" for bound in ("min", "max")}
        return {bound: self.others[name] for bound, name in names.items() if name in self.others}

    def size_conditions(self, columns: Columns) -> list[ColumnElement[bool]]:
        """Gets the conditions on the number of jobs or of runs."""
        size = columns(SIZES[self.table.name])
        bounds = {"min": size.__ge__, "max": size.__le__}
        return [bounds[name](value) for name, value in self.sizes.items()]

    def conditions(self, columns: Columns, *, but: frozenset[str]) -> list[ColumnElement[bool]]:
        """Gets the conditions of the rows, apart from those of some filters or columns, and of the projects."""
        known = CONDITIONS[self.table.name]
        return [
            *(columns(name).in_(values) for name, values in self.values.items() if name not in but),
            *(known[name](columns, value) for name, value in self.others.items() if name not in but),
        ]


def wanted(table: Table, filters: Filters) -> Wanted:
    """Sorts the filters of a list by what is known about them."""
    values: dict[str, list[Any]] = {}
    others = {}
    for name, value in filters.items():
        if name in VALUES and (read := VALUES[name](value))[0] in COUNTED[table.name]:
            column, some = read
            values[column] = [one for one in dict.fromkeys(some) if one in values.get(column, some)]
        elif name != "project_id":
            others[name] = value
    return Wanted(table, tuple(dict.fromkeys(filters["project_id"])), values, others)
