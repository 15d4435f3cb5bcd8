"""How batches, jobs, workloads, pages, devices and counts look in a notebook and, printed by rich, in a terminal.

Each becomes a `Card`, of what is known without a request. Cards show no secrets: no links to results, of a webhook only
the host, and of other URLs neither queries nor passwords.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from pasqal_cloud._arguments import plural
from pasqal_cloud._cards import Card, Cell, Table, per_status
from pasqal_cloud._estimates import most_common, proportion
from pasqal_cloud.errors import PasqalCloudError

SHOWN = 20
"""The most rows of a table."""

OWN_COLUMNS = 6
"""The most variables that have a column each."""

FEW = 3
"""The values of an array that are shown."""

LONGEST = 200
"""The characters of a text from which on it is cut."""

BITS = 32
"""The bits of a bitstring that a batch's table shows."""

URL = re.compile(
    r"""([a-z][a-z0-9+.-]{0,30}://)  # the scheme
    (?:[^\s/?#"<>]*@)?  # a user and a password, in which @ may occur
    ((?:(?![a-z][a-z0-9+.-]{0,30}://)[^\s?#])*)  # the host and the path, up to another URL
    ([?#](?:[^\s"<>]|["<>](?=[\w%=&+/-]))*)?  # a query, in which quotes may occur""",
    re.IGNORECASE | re.VERBOSE,
)
"""A URL in a text: what is shown of it is the scheme, the host and the path."""


def handle(handle: Any) -> Card:
    """Describes a batch, a job or a workload."""
    return KINDS[handle._kind][0](handle)


def _batch(batch: Any) -> Card:
    jobs = batch._ordered_jobs
    told = {_clean(name): count for name, count in (_read(batch, "jobs_count_per_status") or {}).items() if count}
    seen = dict(Counter(_status(job) for job in jobs or ()))
    counts = told or seen
    number = None if counts else _read(batch, "jobs_count")
    return Card(
        "Batch",
        Cell(_clean(batch.id), "code"),
        _status(batch),
        "open" if _read(batch, "open") else "",
        counts,
        {
            "device": _cell(_read(batch, "device_type")),
            "jobs": _cell(number),
            "tags": _cell(", ".join(_read(batch, "tags") or ())),
            "created": _cell(_read(batch, "created_at")),
            **_duration(_read(batch, "start_datetime"), _read(batch, "end_datetime")),
            "copy of": Cell(_clean(_read(batch, "parent_id") or ""), "code"),
            "webhook": _cell(_host(_read(batch, "webhook"))),
        },
        _jobs_table(jobs, are_current=counts == seen) if jobs else None,
    )


def _jobs_table(jobs: Sequence[Any], *, are_current: bool) -> Table:
    """Makes the table of the jobs of a batch: the variables, the most frequent bitstring, why a job failed.

    Args:
        jobs: The jobs.
        are_current: Whether their statuses are as new as the batch's, whose wait requests only numbers.
    """
    shown = jobs[:SHOWN]
    names = dict.fromkeys(name for job in shown for name in _read(job, "variables") or {})
    rows = []
    for job in shown:
        values = _read(job, "variables") or {}
        own = {f"{_clean(name)} ": _value(values.get(name)) for name in names}  # unlike the other headings
        status = _status(job) if are_current or _read(job, "is_settled") else ""
        rows.append(
            {"job": Cell(_clean(job.id), "code"), "status": Cell(status, "status")}
            | (own if len(own) <= OWN_COLUMNS else {"variables": _cell(values)})
            | {"shots": _cell(_read(job, "runs"), "number")}
            | {"most frequent": _most_frequent(job), "errors": _reasons(job)}
        )
    older = "" if are_current else "refresh() fetches the present statuses of the jobs"
    return Table.of(rows, "; ".join(filter(None, (_left(len(jobs), "job"), older))))


def _job(job: Any) -> Card:
    return Card(
        "Job",
        Cell(_clean(job.id), "code"),
        _status(job),
        facts={
            "batch": Cell(_clean(_read(job, "batch_id") or ""), "code"),
            "shots": _cell(_read(job, "runs")),
            "variables": _cell(_read(job, "variables")),
            "created": _cell(_read(job, "created_at")),
            **_duration(_read(job, "start_timestamp"), _read(job, "end_timestamp")),
            "copy of": Cell(_clean(_read(job, "parent_id") or ""), "code"),
            "errors": _reasons(job),
        },
        table=_bars(known) if (known := _known_counts(job)) else None,
    )


def _workload(workload: Any) -> Card:
    result = workload._full_result
    return Card(
        "Workload",
        Cell(_clean(workload.id), "code"),
        _status(workload),
        facts={
            "type": _cell(_read(workload, "workload_type")),
            "backend": _cell(_read(workload, "backend")),
            "created": _cell(_read(workload, "created_at")),
            **_duration(_read(workload, "start_timestamp"), _read(workload, "end_timestamp")),
            "result": _cell(
                f"a document with {', '.join(map(str, result))}" if isinstance(result, dict) and result else None
            ),
            "errors": _reasons(workload),
        },
    )


def page(items: Sequence[Any], total: int, offset: int) -> Card:
    """Describes a page of a list.

    Args:
        items: The items of the page.
        total: The number of items on all pages.
        offset: The number of items before this page.
    """
    kind = getattr(items[0], "_kind", "") if items else ""
    title = plural(kind or "item").capitalize()
    if len(items) == total:
        name = str(total)
    else:
        name = f"{offset + 1} to {offset + len(items)} of {total:,}" if items else f"none of {total:,}"
    if not items:
        return Card(title, Cell(name, "quiet"))
    row = KINDS[kind][1] if kind else lambda item: {"item": _cell(repr(item))}
    table = Table.of([row(item) for item in items[:SHOWN]], _left(len(items), kind or "item"))
    return Card(title, Cell(name, "quiet"), table=table)


def _batch_row(batch: Any) -> dict[str, Cell]:
    counts = per_status(_read(batch, "jobs_count_per_status") or {})
    return {
        "id": Cell(_clean(batch.id), "code"),
        "status": Cell(_status(batch), "status"),
        "device": _cell(_read(batch, "device_type")),
        "jobs": _cell(counts or _read(batch, "jobs_count")),
        "created": _cell(_read(batch, "created_at")),
        "tags": _cell(", ".join(_read(batch, "tags") or ())),
    }


def _job_row(job: Any) -> dict[str, Cell]:
    return {
        "id": Cell(_clean(job.id), "code"),
        "status": Cell(_status(job), "status"),
        "variables": _cell(_read(job, "variables")),
        "shots": _cell(_read(job, "runs"), "number"),
        "created": _cell(_read(job, "created_at")),
        "errors": _reasons(job),
    }


def _workload_row(workload: Any) -> dict[str, Cell]:
    return {
        "id": Cell(_clean(workload.id), "code"),
        "status": Cell(_status(workload), "status"),
        "type": _cell(_read(workload, "workload_type")),
        "backend": _cell(_read(workload, "backend")),
        "created": _cell(_read(workload, "created_at")),
    }


KINDS: dict[str, tuple[Callable[[Any], Card], Callable[[Any], dict[str, Cell]]]] = {
    "batch": (_batch, _batch_row),
    "job": (_job, _job_row),
    "workload": (_workload, _workload_row),
}
"""The card of a handle, and its row in the table of a page, by the `_kind` of its class."""


def device(device: Any) -> Card:
    """Describes a device."""
    kind, queue = _kind_and_queue(device)
    return Card(
        "Device",
        Cell(_clean(device.device_type)),
        _clean(device.availability or "") or None,
        facts={
            "kind": kind,
            "status": Cell(_clean(device.status or ""), "status"),
            "atoms at most": _cell(device.max_atom_num),
            "average queue": queue,
            "channels": _cell(", ".join(device.channels)),
            "description": _cell(device.description),
        },
    )


def devices(devices: Sequence[Any]) -> Card:
    """Describes a list of devices."""
    rows = []
    for each in devices[:SHOWN]:
        kind, queue = _kind_and_queue(each)
        rows.append(
            {
                "device": Cell(_clean(each.device_type)),
                "kind": kind,
                "availability": Cell(_clean(each.availability or ""), "status"),
                "status": Cell(_clean(each.status or ""), "status"),
                "atoms at most": _cell(each.max_atom_num, "number"),
                "average queue": queue,
            }
        )
    table = Table.of(rows, _left(len(devices), "device")) if rows else None
    return Card("Devices", Cell(str(len(devices)), "quiet"), table=table)


def _kind_and_queue(device: Any) -> tuple[Cell, Cell]:
    queue = device.average_queue_time
    kind = {True: "emulator", False: "QPU"}.get(device.is_emulator, "")
    return Cell(kind), Cell("" if queue is None else _span(timedelta(seconds=queue)))


def counts(counts: Mapping[str, int]) -> Card:
    """Describes counts of bitstrings."""
    shots, atoms = sum(counts.values()), getattr(counts, "qubits", None)
    facts = {"atoms": _cell(", ".join(atoms or ()))}
    return Card("Counts", Cell(f"{shots:,} shots", "quiet"), facts=facts, table=_bars(counts) if counts else None)


def _bars(counts: Mapping[str, int]) -> Table:
    """Makes a table of the most frequent bitstrings with bars, as long as the first one is frequent."""
    shots, ordered = sum(counts.values()) or 1, most_common(counts)
    rows = []
    for bits, count in ordered[:SHOWN]:
        estimate = "{:.3f} ± {:.3f}".format(*proportion(count, shots))
        bar = Cell("", "bar", count / (ordered[0][1] or 1))
        rows.append((Cell(_clean(bits), "code"), Cell(f"{count:,}", "number"), Cell(estimate, "number"), bar))
    return Table(("bitstring", "count", "probability", ""), tuple(rows), _left(len(counts), "bitstring"))


def _known_counts(job: Any) -> Mapping[str, int] | None:
    """Gets the counts of a job if they have been downloaded."""
    document = job._full_result
    counter = document.get("counter") if isinstance(document, Mapping) else None
    if not isinstance(counter, Mapping) or not all(isinstance(each, int) and each >= 0 for each in counter.values()):
        return None
    return counter or None


def _most_frequent(job: Any) -> Cell:
    counts = _known_counts(job)
    if not counts:
        return Cell()
    bits, count = most_common(counts)[0]
    shown = _clean(bits) if len(bits) <= BITS else f"{_clean(bits[:BITS])}…"
    return Cell(f"{shown} {count / (sum(counts.values()) or 1):.0%}", "code")


# Texts.


def _read(handle: Any, name: str) -> Any:
    """Reads an attribute; None if the service has sent something else there."""
    try:
        return getattr(handle, name)
    except PasqalCloudError:
        return None


def _status(handle: Any) -> str:
    return _clean(_read(handle, "status") or "?")


def _reasons(handle: Any) -> Cell:
    return _cell("; ".join(_read(handle, "errors") or ()))


def _cell(value: object, kind: str = "") -> Cell:
    return Cell(_text(value), kind or ("time" if isinstance(value, datetime) else ""))


def _value(value: object) -> Cell:
    """Makes the cell of a variable: numbers stand below each other, arrays may be wrapped."""
    return _cell(value, "number" if isinstance(value, int | float) else "")


def _text(value: object) -> str:
    match value:
        case None:
            text = ""
        case bool():
            text = "yes" if value else "no"
        case float():
            text = f"{value:.6g}"
        case datetime():
            text = value.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
        case Mapping():
            text = _clean(", ".join(f"{name} = {_text(item)}" for name, item in value.items()))
        case list() | tuple():
            some = ", ".join(_text(item) for item in islice(value, FEW))
            text = f"[{some}]" if len(value) <= FEW else f"[{some}, … {len(value)} values]"
        case _:
            text = _clean(value)
    return text


def _clean(value: object) -> str:
    """Makes a line of a text that anybody may have written: without control characters and what URLs hide."""
    text = URL.sub(lambda url: url[1] + url[2] + ("?…" if url[3] else ""), " ".join(str(value).split()))
    text = "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _host(url: str | None) -> str | None:
    """Gets the part of a URL that is no secret."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.hostname}/…" if parts.hostname else None


def _duration(start: datetime | None, end: datetime | None) -> dict[str, Cell]:
    """Makes the facts of when something began, and how long it took."""
    took = Cell(_span(end - start)) if start and end and end >= start else _cell(end and f"ended {_text(end)}")
    return {"started": _cell(start), "took": took}


def _span(span: timedelta) -> str:
    seconds = span.total_seconds()
    if seconds < 10:
        return f"{seconds:.2g} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _left(number: int, what: str) -> str:
    left = number - SHOWN
    return f"{left:,} more {what if left == 1 else plural(what)}" if left > 0 else ""
