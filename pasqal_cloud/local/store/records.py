"""What goes into the database and what comes out of it, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Row

T = TypeVar("T")

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"
Record: TypeAlias = Mapping[str, Any]
"""A row, as its columns' names and values."""

Filters: TypeAlias = Mapping[str, Any]


def stamp(instant: datetime) -> str:
    """Writes an instant as it is stored and sent; such texts sort as the instants do."""
    return instant.isoformat(timespec="microseconds")


def record(row: AnyRow) -> dict[str, Any]:
    """Makes a record of a row."""
    return row._asdict()


SLICE = 500
"""How many rows one statement names, and one transaction of many changes, at most, so that others come in between."""


def slices(ids: Collection[T]) -> list[list[T]]:
    """Cuts a long list into short ones."""
    listed = list(ids)
    return [listed[start : start + SLICE] for start in range(0, len(listed), SLICE)]


class ChangedError(Exception):
    """A change expected another state than it found; nothing was changed."""


@dataclass(frozen=True)
class NewBatch:
    """A batch to store, judged sound already.

    Args:
        project_id: Whose it is.
        open: Whether it takes more jobs later.
        device_type: Where it runs.
        sequence: The sequence that its jobs share.
        backend_configuration: The serialized emulator configuration.
        configuration: The emulator configuration in its old, flat form.
        webhook: What to call when a job ends.
        parent_id: The batch that this one repeats.
        origin: How it came.
        tags: What to find it by.
    """

    project_id: str
    open: bool
    device_type: str
    sequence: str | None
    backend_configuration: str | None
    configuration: Mapping[str, Any] | None
    webhook: str | None
    parent_id: str | None = None
    origin: str = "CLIENT"
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class NewWorkload:
    """A workload to store; the fields are columns."""

    project_id: str
    workload_type: str
    backend: str
    config: Mapping[str, Any]


@dataclass(frozen=True)
class NewProject:
    """A project to store; the fields are columns.

    Args:
        id: Its id.
        name: What people call it.
        queue_priority: Its batches' place in the queue.
        allowed_device_types: The devices that it may use; None for all.
    """

    id: str
    name: str
    queue_priority: str
    allowed_device_types: list[str] | None = None


@dataclass(frozen=True)
class Submitted:
    """Who submitted what, so that the same submission sent twice is stored once.

    Args:
        user_id: Who.
        operation: The operation, and what it applies to.
        key: The client's idempotency key; None when there is none.
        fingerprint: Tells one request body from another.
    """

    user_id: str
    operation: str
    key: str | None
    fingerprint: str


@dataclass(frozen=True)
class Claim:
    """A job that this service is to run now.

    Args:
        token: Names this run of it; it ends in this name.
        job: The job, with its own sequence and the fields of its batch that running it needs: `device_type`,
            `sequence_builder`, `backend_configuration` and `configuration`.
    """

    token: str
    job: Record


@dataclass(frozen=True)
class WorkloadClaim:
    """A workload that this service is to run now.

    Args:
        token: Names this run of it; it ends in this name.
        workload: The workload.
    """

    token: str
    workload: Record


@dataclass(frozen=True)
class Delivery:
    """A webhook to call.

    Args:
        number: Its place in the order of the ends of jobs.
        id: Its name, the same at every try.
        url: What to call.
        tries: How often that has failed.
        due_at: When to call it.
        job: The job that has ended.
    """

    number: int
    id: str
    url: str
    tries: int
    due_at: datetime
    job: Record


@dataclass(frozen=True)
class Page:
    """Which part of a list is wanted, and in what order."""

    limit: int
    offset: int
    ascending: bool
