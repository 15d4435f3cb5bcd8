"""The options for the API's filters and for pages: one table for all lists."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import attrs
import typer

from pasqal_cloud.cli.command import complete_devices
from pasqal_cloud.cli.output import console, note
from pasqal_cloud.device.device_types import DeviceTypeName
from pasqal_cloud.filters import (
    PAGE_LIMIT,
    BatchFilters,
    CancelJobFilters,
    DeviceFilters,
    JobFilters,
    PaginationParams,
    RebatchFilters,
)
from pasqal_cloud.status import BatchStatus, DeviceAvailability, JobOrigin, JobStatus, QueuePriority

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pasqal_cloud import PaginatedResponse

Kind = type[BatchFilters] | type[JobFilters] | type[RebatchFilters] | type[CancelJobFilters] | type[DeviceFilters]

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def instant(text: str) -> datetime:
    """Reads a time: `2026-05-01`, `2026-05-01T12:00`, or how long ago, like `2h` or `7d`."""
    age = re.fullmatch(r"(\d{1,6}) ?([smhdw])(?: ago)?", text.strip())
    try:
        if age:
            return datetime.now(UTC) - timedelta(**{UNITS[age[2]]: int(age[1])})
        return datetime.fromisoformat(text).astimezone()
    except (OverflowError, ValueError):
        raise typer.BadParameter(
            f"{text} is no time. Write 2026-05-01, 2026-05-01T12:00, or an age such as 7d."
        ) from None


def _option(kind: Any, *names: str, metavar: str | None = None, help: str, **others: Any) -> Any:
    return Annotated[kind, typer.Option(*names, metavar=metavar, help=help, **others)]


def _named(kind: Any, name: str) -> Any:
    """Makes the option for one of the service's words, such as a status; a typo must not pass for a new word."""
    known = kind.list()

    def parse(text: str) -> str:
        if text.upper() in known:
            return text.upper()
        near = "".join(f"; did you mean {word}?" for word in get_close_matches(text.upper(), known, 1)) or "."
        raise typer.BadParameter(f"{text} is unknown{near} There are {', '.join(known)}.")

    return _option(
        list[str] | None,
        f"--{name}",
        metavar=name.upper(),
        help=f"With one of these: {', '.join(known)}.",
        parser=parse,
        autocompletion=lambda incomplete: [word.lower() if incomplete.islower() else word for word in known],
    )


FILTERS: dict[str, Any] = {
    "id": _option(list[str] | None, "--id", metavar="ID", help="With one of these ids."),
    "id__starts_with": _option(str | None, "--id-starts-with", metavar="TEXT", help="Whose id starts with TEXT."),
    "batch_id": _option(list[str] | None, "--batch", metavar="ID", help="In one of these batches."),
    "project_id": _option(list[str] | None, "--project", metavar="ID", help="In one of these projects."),
    "user_id": _option(list[str] | None, "--user", metavar="ID", help="Of one of these users."),
    "device_type": _option(
        list[str] | None,
        "--device",
        metavar="TYPE",
        help="On one of these devices.",
        parser=DeviceTypeName,  # the service may know other devices: they are searched for
        autocompletion=complete_devices,
    ),
    "open": _option(bool | None, "--open/--closed", help="Whether jobs can be added."),
    "tag": _option(str | None, "--tag", metavar="TAG", help="With this tag."),
    "queue_priority": _named(QueuePriority, "priority"),
    "origin": _named(JobOrigin, "origin"),
    "availability": _named(DeviceAvailability, "availability"),
    "public": _option(bool | None, "--public/--not-public", help="Whether the device is public."),
    "errors": _option(bool | None, "--with-errors/--without-errors", help="Whether the job has errors."),
    "min_jobs": _option(int | None, "--min-jobs", metavar="N", help="With at least N jobs."),
    "max_jobs": _option(int | None, "--max-jobs", metavar="N", help="With at most N jobs."),
    "min_runs": _option(int | None, "--min-runs", metavar="N", help="With at least N shots."),
    "max_runs": _option(int | None, "--max-runs", metavar="N", help="With at most N shots."),
    "start_date": _option(
        datetime | None,
        "--since",
        metavar="TIME",
        help="Created since: 2026-05-01, or an age such as 7d.",
        parser=instant,
    ),
    "end_date": _option(
        datetime | None,
        "--until",
        metavar="TIME",
        help="Created until: 2026-05-01, or an age such as 7d.",
        parser=instant,
    ),
}
"""The options, by the names of the filters. `status` depends on what is listed."""

PAGES: dict[str, Any] = {
    "limit": _option(int | None, "--limit", "-n", metavar="N", help="Show at most N items (default: 20).", min=1),
    "all": Annotated[bool, typer.Option("--all", help="Show all.")],
    "offset": _option(int | None, "--offset", metavar="N", help="Skip the first N items.", min=0),
    "order_by": _option(str | None, "--sort", metavar="FIELD", help="Order by this field, not by creation."),
    "oldest_first": Annotated[bool, typer.Option("--oldest-first", help="Begin with the oldest.")],
}


def options_of(kind: Kind) -> dict[str, Any]:
    """Gets the options for a class of filters."""
    statuses: Any = BatchStatus if kind is BatchFilters else JobStatus
    known = {"status": _named(statuses, "status"), **FILTERS}
    names = {field.name for field in attrs.fields(kind)}
    return {name: option for name, option in known.items() if name in names}


def filtering(kind: Kind) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Makes the function that replaces the values of the options by `filters`, None if none is given."""
    options = options_of(kind)

    def build(arguments: dict[str, Any]) -> dict[str, Any]:
        given = {name: value for name in options if (value := arguments.pop(name)) not in (None, [])}
        return arguments | {"filters": kind(**given) if given else None}

    return build


def listed(
    page_of: Callable[..., PaginatedResponse[Any]],
    each: Callable[..., Iterator[Any]],
    filters: BatchFilters | JobFilters | None,
    *,
    limit: int | None,
    all: bool | None,
    offset: int | None,
    order_by: str | None,
    oldest_first: bool | None,
) -> list[Any]:
    """Fetches a part of a list, and tells in a terminal how long the whole is.

    Args:
        page_of: The SDK's method for one page.
        each: The SDK's method for all pages.
        filters: The filters.
        limit: How many items to get.
        all: Whether to get all.
        offset: How many to leave out.
        order_by: The field to order by.
        oldest_first: Whether to turn the order round.
    """
    wanted = limit or 20
    order = PaginationParams(
        limit=PAGE_LIMIT if all else min(wanted, PAGE_LIMIT),
        offset=offset or 0,
        order_by=order_by,
        order_by_direction="ASC" if oldest_first else None,
    )
    if all or wanted > PAGE_LIMIT:
        return list(islice(each(filters, order), None if all else wanted))
    page = page_of(filters, order)
    if console().is_terminal and len(page) < page.total:
        note(f"{len(page)} of {page.total} shown; --all shows all.")
    elif not page.total:
        none_found(filters)
    return list(page)


def none_found(filters: Any) -> None:
    """Tells in a terminal that a list is empty; if an unknown device was asked for, which one may be meant."""
    known = DeviceTypeName.list()
    unknown = [each for each in getattr(filters, "device_type", None) or () if each not in known]
    near = [word for each in unknown for word in get_close_matches(each.upper(), known, 1)]
    if console().is_terminal:
        note(f"None found; did you mean --device {near[0]}?" if near else "None found.")
