"""Requests about existing batches, as flows that the handles and the SDK share.

What lists and filters need is imported by the functions that use it: programs that list nothing start faster.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from uuid import UUID

import attrs

from pasqal_cloud._arguments import of_type, tags_of, uuid_of
from pasqal_cloud._conversation.paging import every
from pasqal_cloud._conversation.snapshots import flag, present
from pasqal_cloud._conversation.unread import Leaving
from pasqal_cloud.errors import ConflictError, ValidationError
from pasqal_cloud_api import models
from pasqal_cloud_api.api.batches import (
    cancel_batches,
    cancel_jobs,
    close_batch,
    get_batch,
    list_batches,
    set_batch_tags,
)
from pasqal_cloud_api.api.jobs import list_jobs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pasqal_cloud._conversation.flow import Flow
    from pasqal_cloud._conversation.paging import Page
    from pasqal_cloud._conversation.retry import RetryPolicy
    from pasqal_cloud._conversation.session import Session
    from pasqal_cloud._conversation.unread import Unread
    from pasqal_cloud.filters import BatchFilters, CancelJobFilters, JobFilters, PaginationParams

HandleT = TypeVar("HandleT")
T = TypeVar("T")


class Reasons(dict[str, str]):
    """Why batches or jobs were not cancelled, by their ids; a key may be a string or a UUID."""

    def __missing__(self, key: object) -> str:
        if isinstance(key, UUID):
            return self[str(key)]
        raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        """Tells whether there is a reason."""
        return super().__contains__(str(key) if isinstance(key, UUID) else key)

    def get(self, key: object, default: Any = None) -> Any:
        """Gets a reason, if there is one."""
        return super().get(str(key) if isinstance(key, UUID) else key, default)  # type: ignore[call-overload]  # any key


@attrs.define
class BatchCancellationResponse(Generic[HandleT]):
    """The outcome of cancelling several batches.

    Attributes:
        batches: The batches that were cancelled.
        errors: Why the others were not cancelled, by their ids.
    """

    batches: list[HandleT]
    errors: dict[str, str]


@attrs.define
class JobCancellationResponse(Generic[HandleT]):
    """The outcome of cancelling several jobs.

    Attributes:
        jobs: The jobs that were cancelled.
        errors: Why the others were not cancelled, by their ids.
    """

    jobs: list[HandleT]
    errors: dict[str, str]


def fetching(session: Session, batch_id: str | UUID) -> Flow[models.Batch]:
    """Fetches a batch, without its jobs."""
    answer = yield from session.call(get_batch, uuid_of(batch_id, "id"))
    return answer.data


def closing(session: Session, batch_id: str | UUID, retry: RetryPolicy | None = None) -> Flow[models.Batch]:
    """Closes an open batch, or one that is closed already."""
    identity = uuid_of(batch_id, "batch_id")
    request = (session.with_options(retry=retry) if retry else session).call(close_batch, identity)
    return idempotent(request, partial(fetching, session, identity), lambda batch: not flag(batch, "open_"))


def idempotent(request: Flow[Any], fetch: Callable[[], Flow[T]], is_done: Callable[[T], bool]) -> Flow[T]:
    """Makes a request, which succeeds also if it is refused because what it asks for has been done before.

    Args:
        request: The request.
        fetch: Fetches the present state.
        is_done: Whether that state is the one that was asked for.
    """
    try:
        return (yield from request).data  # type: ignore[no-any-return]  # each answer has its own class
    except (ConflictError, ValidationError):
        state = yield from fetch()
        if not is_done(state):
            raise
        return state


def is_cancelled(state: models.Batch | models.Job) -> bool:
    """Whether a batch or job is cancelled, or about to be."""
    return state.status in ("CANCELED", "CANCELING")


def cancelling_many(session: Session, batch_ids: Iterable[str | UUID]) -> Flow[models.CancelledBatches]:
    """Cancels batches, in requests of as many ids as the API takes at once."""
    from pasqal_cloud.filters import PAGE_LIMIT

    if isinstance(batch_ids, str) or not hasattr(batch_ids, "__iter__"):
        raise ValidationError(f"batch_ids must be a list of ids, not {batch_ids!r}: cancel_batch cancels one.")
    ids = [uuid_of(batch_id, f"batch_ids[{index}]") for index, batch_id in enumerate(batch_ids)]
    if not ids:
        raise ValidationError("batch_ids is empty: there is nothing to cancel.")
    cancelled = models.CancelledBatches(batches=[], errors=models.CancellationErrors())
    for first in range(0, len(ids), PAGE_LIMIT):
        body = models.CancelBatches(batch_ids=ids[first : first + PAGE_LIMIT])
        answer = yield from session.call(cancel_batches, body=body)
        cancelled.batches += answer.data.batches
        _add_reasons(cancelled.errors, answer.data.errors)
    return cancelled


def cancelling_jobs(
    session: Session, batch_id: str | UUID, filters: CancelJobFilters | None
) -> Flow[models.CancelledJobs]:
    """Cancels the jobs of a batch that match the filters."""
    from pasqal_cloud.filters import CancelJobFilters

    if filters is None or not of_type(filters, CancelJobFilters, "filters").query():
        raise ValidationError("filters must select the jobs to cancel. To cancel all jobs, use cancel_batch.")
    identity = uuid_of(batch_id, "batch_id")
    cancelled = models.CancelledJobs(jobs=[], errors=models.CancellationErrors())
    for piece in filters.pieces():
        answer = yield from session.call(cancel_jobs, identity, **piece.query())
        cancelled.jobs += answer.data.jobs
        _add_reasons(cancelled.errors, answer.data.errors)
    return cancelled


def tagging(session: Session, batch_id: str | UUID, tags: Iterable[str]) -> Flow[models.Batch]:
    """Replaces the tags of a batch."""
    answer = yield from session.call(set_batch_tags, uuid_of(batch_id, "batch_id"), body=tags_of(tags))
    return answer.data


def page_of_batches(
    session: Session, filters: BatchFilters | None, page: PaginationParams
) -> Flow[models.BatchListResponse]:
    """Fetches one page of batches."""
    from pasqal_cloud.filters import BatchFilters

    return session.call(list_batches, **BatchFilters.query_of(filters), **page.query())


def page_of_jobs(session: Session, filters: JobFilters | None, page: PaginationParams) -> Flow[Page[Unread]]:
    """Fetches one page of jobs."""
    from pasqal_cloud.filters import JobFilters

    list_them = list_jobs if session.routes is None else session.routes(list_jobs)
    return session.call(Leaving(list_them), **JobFilters.query_of(filters), **page.query())


def listing_jobs(session: Session, batch_id: str | UUID) -> Flow[list[Unread]]:
    """Fetches all jobs of a batch, in the order in which they were added."""
    from pasqal_cloud.filters import JobFilters, PaginationParams

    filters = JobFilters(batch_id=batch_id)

    def page(offset: int) -> Flow[Page[Unread]]:
        in_order = PaginationParams(offset=offset, order_by="creation_order", order_by_direction="ASC")
        return page_of_jobs(session, filters, in_order)

    return (yield from every(page))


def reasons(errors: models.CancellationErrors | Any) -> dict[str, str]:
    """Reads why batches or jobs were not cancelled, by their ids."""
    known: Any = present(errors)
    told = known.to_dict() if hasattr(known, "to_dict") else {}
    return Reasons({name: str(reason) for name, reason in told.items()})


def _add_reasons(to: models.CancellationErrors | Any, errors: models.CancellationErrors | Any) -> None:
    to.additional_properties.update(reasons(errors))
