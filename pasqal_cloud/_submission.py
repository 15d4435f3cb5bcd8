"""Submitting once: what spends money is sent once, and found again where nobody knows what became of it.

`submitting` does it for any request, with a `Search` that knows what the request creates and how to recognise it. A
failure that leaves the outcome unknown begins the search: for `Options.recover_for` seconds, since the service may
still be at work. Found is what is newer than the request, equal to it, and in nobody's hands.
"""

from __future__ import annotations

import json
import logging
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar
from uuid import UUID

import attrs

from pasqal_cloud._arguments import uuid_of
from pasqal_cloud._batches import fetching, listing_jobs, page_of_batches, page_of_jobs
from pasqal_cloud._flow import Now, Pending, Sleep, Together, call, naming, run
from pasqal_cloud._paging import Walk, every
from pasqal_cloud._retry import nothing_done
from pasqal_cloud._snapshot import instant, present
from pasqal_cloud.errors import PasqalCloudError, SubmissionUnknownError, unknown
from pasqal_cloud.filters import BatchFilters, PaginationParams, WorkloadFilters
from pasqal_cloud_api.api.jobs import get_job, list_jobs
from pasqal_cloud_api.api.workloads import get_workload, list_workloads

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from pasqal_cloud._flow import Flow
    from pasqal_cloud._transport import Api, ApiClient
    from pasqal_cloud_api import models

_log = logging.getLogger("pasqal_cloud")

T = TypeVar("T")
H = TypeVar("H")

MARGIN = 2.0
"""So many seconds something may seem older than the request that created it: clocks of one service differ."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0
"""The pauses between two looks, in seconds: each is twice as long as the one before."""


@attrs.frozen
class Sighting(Generic[T]):
    """What one look has shown.

    Attributes:
        matches: What equals the submission, by the id under which it is held.
        ids: The ids of all that it may be.
    """

    matches: dict[str, T]
    ids: tuple[str, ...]


class Search(Protocol[T]):
    """Knows what was sent, and looks for what came of it."""

    @property
    def what(self) -> str:
        """What was sent, in words."""
        ...

    @property
    def content(self) -> str:
        """What was sent, as text that is the same for submissions that can't be told apart."""
        ...

    def look(self, api: Api, sent: Sent) -> Flow[Sighting[T]]:
        """Looks once.

        Args:
            api: The services.
            sent: When it was sent.
        """
        ...


@attrs.frozen
class Sent:
    """When a submission was sent, and so what can be its outcome.

    Args:
        api: The services, with their clock.
        moment: The moment, on the monotonic clock.
        time: The service's time at that moment as known then; None to take it from the next answer.
    """

    api: Api
    moment: float
    time: float | None

    def may_have_created(self, item: models.Batch | models.Job | models.Workload) -> bool:
        """Tells whether something is newer than the submission, by the service's own clock.

        Args:
            item: The batch, job or workload.
        """
        began = self.time if self.time is not None else self.api.clock.at(self.moment)
        if began is None or self.api.ledger.existed(item.id, self.moment):
            return False
        try:
            created = instant(item.created_at)
        except ValueError:
            return False  # a time that can't be read proves nothing
        return created is not None and created.timestamp() >= began - MARGIN


def submitting(api: Api, request: Callable[[ApiClient], Flow[T]], search: Search[T]) -> Flow[T]:
    """Makes a request that spends money, once.

    Args:
        api: The services.
        request: Makes the request, with the client that it is given, and gets what was created.
        search: Looks for what was created.

    Raises:
        SubmissionUnknownError: Nobody knows whether it was done.
    """
    client = api.spending
    moment = yield Now()
    submission = _Submission(
        api, search, client.options.headers["Idempotency-Key"], Sent(api, moment, api.clock.at(moment))
    )
    with api.ledger.entered(submission):
        try:
            created = yield from submission.outcome(request(client))
        except PasqalCloudError:
            raise
        except BaseException as error:
            submission.tell_of_interruption(error)
            raise
        api.ledger.see(_ids_in(created), (yield Now()))
        return created


@attrs.define(eq=False)
class _Submission(Generic[T]):
    """One submission, from the first try to the last look."""

    api: Api
    search: Search[T]
    key: str
    sent: Sent
    unknown: bool = False
    cause: PasqalCloudError = attrs.field(factory=PasqalCloudError)

    content: str = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.content = self.search.content

    def outcome(self, request: Flow[T]) -> Flow[T]:
        """Makes the request, and looks for its outcome where that is not known."""
        _log.info("Submitting %s (Idempotency-Key %s).", self.search.what, self.key)
        try:
            created = yield from request
        except PasqalCloudError as error:
            if nothing_done(error):
                raise
            self.unknown, self.cause = True, error
        else:
            self.api.ledger.hold(_id_of(created), self)
            return created
        _log.warning("Nobody knows whether %s was done; looking for it: %s", self.search.what, self.cause)
        return (yield from self.found(self.api.core.options.recover_for))

    def found(self, recover_for: float) -> Flow[T]:
        """Looks for what was created until it is found, or the time is up."""
        began = yield Now()
        remaining = recover_for
        for attempt in count():
            try:
                sighting = yield from self._look(remaining)
                trouble = None
            except PasqalCloudError as error:
                sighting, trouble = Sighting[T]({}, ()), error
            found, is_over = self._taken(sighting)
            if found is not None:
                _log.warning("Found %s: %s", self.search.what, ", ".join(sighting.ids))
                return found
            remaining = recover_for - ((yield Now()) - began)
            if remaining <= 0 or is_over or (trouble is not None and not trouble.retryable):
                raise self._not_found(sighting, trouble) from self.cause
            pause = min(FIRST_PAUSE * 2.0 ** min(attempt, 10), LONGEST_PAUSE, remaining)
            yield Sleep(pause)
            remaining -= pause
        raise AssertionError  # `count` has no end

    def tell_of_interruption(self, error: BaseException) -> None:
        """Leaves the submission's name with the user, on the error and in the log: one of them may be lost."""
        note = f"It may have been done: {self.search.what} was being submitted (Idempotency-Key {self.key})."
        error.add_note(note)
        _log.warning("Interrupted. %s", note)

    def _look(self, remaining: float) -> Flow[Sighting[T]]:
        patience = attrs.evolve(self.api.core.options.retry, deadline=max(remaining, 0.0))
        return self.search.look(self.api.with_options(retry=patience), self.sent)

    def _taken(self, sighting: Sighting[T]) -> tuple[T | None, bool]:
        """Takes what was found, if it is no other's; tells, too, whether there is no use in looking again.

        Several submissions of the same may be under way in this process. As long as one is being sent, what is there
        may be its. Of those whose outcome is unknown, each may take one.
        """
        ledger = self.api.ledger
        being_sent, unknown = ledger.rivals(self.content)
        free = {name: match for name, match in sighting.matches.items() if not ledger.is_held(name)}
        if being_sent or len(free) > unknown:
            return None, not being_sent
        return next((match for name, match in free.items() if ledger.hold(name, self)), None), False

    def _not_found(self, sighting: Sighting[T], trouble: PasqalCloudError | None) -> SubmissionUnknownError:
        candidates = tuple(name for name in sighting.ids if not self.api.ledger.is_held(name))
        error = unknown(
            self.cause,
            f"Nobody knows whether {self.search.what} was done (Idempotency-Key {self.key}). "
            f"{_seen(candidates, trouble)} To send it again may be to pay twice: look first, with recover(). "
            f"What went wrong: {self.cause.description}",
        )
        error.candidates = candidates
        error._recovery = _Recovery(self._again, self.api.is_blocking)
        return error

    def _again(self, recover_for: float) -> Flow[T]:
        with self.api.ledger.entered(self):
            return (yield from self.found(recover_for))


def _seen(candidates: tuple[str, ...], trouble: PasqalCloudError | None) -> str:
    if trouble is not None:
        return f"It could not be looked for: {trouble}."
    if not candidates:
        return "Nothing that could be it was seen."
    return f"Seen was what could be it, but is not surely it: {', '.join(candidates)}."


@attrs.frozen
class _Recovery:
    """Looks once more, in the colour of the SDK."""

    look: Callable[[float], Flow[Any]]
    is_blocking: bool

    def start(self, operation: type[PasqalCloudError], recover_for: float) -> Any:
        flow = partial(naming(operation, self.look), recover_for)
        return run(flow()) if self.is_blocking else Pending(flow)


def bound(flow: Flow[T], bind: Callable[[T], H]) -> Flow[H]:
    """Makes a handle of what was submitted, and of what `SubmissionUnknownError.recover` finds later.

    Args:
        flow: Submits.
        bind: Makes the handle.
    """
    try:
        created = yield from flow
    except SubmissionUnknownError as error:
        if isinstance(error._recovery, _Recovery):
            look = error._recovery.look
            error._recovery = attrs.evolve(error._recovery, look=lambda recover_for: bound(look(recover_for), bind))
        raise
    return bind(created)


@attrs.frozen
class _SentBatch:
    """A batch that was sent.

    Args:
        payload: What was sent.
    """

    payload: models.CreateBatch | models.CreateOvhBatch

    @property
    def what(self) -> str:
        """What was sent, in words."""
        return f"a batch of {len(present(self.payload.jobs) or ())} jobs"

    @property
    def content(self) -> str:
        """What was sent."""
        return _text(self.payload.to_dict())


@attrs.frozen
class NewBatch(_SentBatch):
    """Looks for a batch among the newest of its project.

    Args:
        payload: What was sent.
        tag: The random tag that was added, if there is one: then it alone tells which batch it is.
    """

    tag: str | None = None

    def look(self, api: Api, sent: Sent) -> Flow[Sighting[models.Batch]]:
        """Looks once."""
        page = partial(page_of_batches, api, BatchFilters(project_id=self.payload.project_id, tag=self.tag))
        listed = (yield from page(PaginationParams())).data if self.tag else (yield from _newest(page, sent))
        return (yield from _verified(listed, self._resembles, partial(self._verify, api)))

    def _resembles(self, batch: models.Batch) -> bool:
        """Compares what a list tells; what it leaves out is compared later."""
        return self.tag in (present(batch.tags) or ()) if self.tag else _resembles(self.payload, batch)

    def _verify(self, api: Api, batch: models.Batch) -> Flow[models.Batch | None]:
        batch = yield from fetching(api, batch.id)
        if not self.tag and not _has_equal_text(self.payload, batch):
            return None
        batch.jobs = yield from listing_jobs(api, batch.id)
        equal = self.tag or (yield from _same_jobs(api, present(self.payload.jobs) or [], batch.jobs))
        return batch if equal else None


@attrs.frozen
class NewOvhBatch(_SentBatch):
    """Looks for a batch behind OVH's door, where batches can't be listed: among those of the newest jobs.

    Jobs with sequences of their own can't be compared there: a batch that has some is seen, but never surely it.

    Args:
        payload: What was sent.
    """

    def look(self, api: Api, sent: Sent) -> Flow[Sighting[models.Batch]]:
        """Looks once."""
        jobs = yield from _newest(partial(page_of_jobs, api, None), sent)
        batches: dict[str, models.Batch] = {}
        for batch_id in dict.fromkeys(filter(None, (present(job.batch_id) for job in jobs))):
            batches[batch_id] = yield from fetching(api, batch_id)
        new = filter(sent.may_have_created, batches.values())
        sighting = yield from _verified(new, partial(_resembles, self.payload), partial(self._verify, api))
        can_tell = not any(present(job.sequence) for job in present(self.payload.jobs) or ())
        return sighting if can_tell else Sighting({}, sighting.ids)

    def _verify(self, api: Api, batch: models.Batch) -> Flow[models.Batch | None]:
        sent = present(self.payload.jobs) or []
        batch.jobs = yield from listing_jobs(api, batch.id)
        equal = (
            _has_equal_text(self.payload, batch)
            and len(sent) == len(batch.jobs)
            and all(_same_run(job, found) for job, found in zip(sent, batch.jobs, strict=True))
        )
        return batch if equal else None


@attrs.frozen
class Repetition:
    """Looks for a batch of copies of another's jobs.

    Args:
        parent_id: The other batch.
        filters: Which of its jobs were copied, as `list_jobs` takes them.
    """

    parent_id: str
    filters: Mapping[str, Any]

    @property
    def what(self) -> str:
        """What was sent, in words."""
        return f"a repetition of batch {self.parent_id}"

    @property
    def content(self) -> str:
        """What was sent."""
        return _text([self.parent_id, dict(self.filters)])

    def look(self, api: Api, sent: Sent) -> Flow[Sighting[models.Batch]]:
        """Looks once."""
        listed = yield from _newest(partial(page_of_batches, api, None), sent)
        return (yield from _verified(listed, self._resembles, partial(self._verify, api)))

    def _resembles(self, batch: models.Batch) -> bool:
        return present(batch.parent_id) == self.parent_id

    def _verify(self, api: Api, batch: models.Batch) -> Flow[models.Batch | None]:
        """Compares the jobs that were copied with those that would be, by the same filters."""

        def page(offset: int) -> Flow[models.JobListResponse]:
            return call(list_jobs, client=api.core, batch_id=[UUID(self.parent_id)], offset=offset, **self.filters)

        wanted = {job.id for job in (yield from every(page))}
        batch = yield from fetching(api, batch.id)
        batch.jobs = yield from listing_jobs(api, batch.id)
        return batch if {present(job.parent_id) for job in batch.jobs} == wanted else None


@attrs.frozen
class NewJobs:
    """Looks for jobs that were added to a batch.

    Args:
        batch_id: The batch.
        payloads: What was sent.
        known: The ids of jobs that the batch had before.
    """

    batch_id: str
    payloads: list[models.CreateJob]
    known: Collection[str]

    @property
    def what(self) -> str:
        """What was sent, in words."""
        return f"the addition of {len(self.payloads)} jobs to batch {self.batch_id}"

    @property
    def content(self) -> str:
        """What was sent: any jobs for the same batch would be new to it as well."""
        return self.batch_id

    def look(self, api: Api, sent: Sent) -> Flow[Sighting[models.Batch]]:
        """Looks once."""
        batch = yield from fetching(api, self.batch_id)
        batch.jobs = yield from listing_jobs(api, self.batch_id)
        new = [job for job in batch.jobs if job.id not in self.known and sent.may_have_created(job)]
        ids = tuple(job.id for job in new)
        equal = yield from _same_jobs(api, self.payloads, new)
        return Sighting({ids[0]: batch} if equal else {}, ids)


@attrs.frozen
class NewWorkload:
    """Looks for a workload among the newest of its project.

    Args:
        payload: What was sent.
    """

    payload: models.CreateWorkload

    @property
    def what(self) -> str:
        """What was sent, in words."""
        return f"a workload of type {self.payload.workload_type}"

    @property
    def content(self) -> str:
        """What was sent."""
        return _text(self.payload.to_dict())

    def look(self, api: Api, sent: Sent) -> Flow[Sighting[models.Workload]]:
        """Looks once."""
        filters = WorkloadFilters(project_id=self.payload.project_id).query()

        def page(order: PaginationParams) -> Flow[models.WorkloadListResponse]:
            return call(list_workloads, client=api.core, **filters, **order.query())

        listed = yield from _newest(page, sent)
        return (yield from _verified(listed, lambda _: True, partial(self._verify, api)))

    def _verify(self, api: Api, workload: models.Workload) -> Flow[models.Workload | None]:
        """Compares the whole workload: what a list tells of one is not documented."""
        workload = (yield from call(get_workload, uuid_of(workload.id, "id"), client=api.core)).data
        config = present(workload.config)
        equal = (
            workload.workload_type == self.payload.workload_type
            and workload.backend == self.payload.backend
            and config is not None
            and config.to_dict() == self.payload.config.to_dict()
        )
        return workload if equal else None


def _newest(page: Callable[[PaginationParams], Flow[Any]], sent: Sent) -> Flow[list[Any]]:
    """Fetches what is newer than a submission, from a list that begins with the newest."""
    walk: Walk[Any] = Walk(lambda _, order: page(order), None, None, lambda item: item)
    newest: list[Any] = []
    while more := (yield from walk.more()):
        new = [item for item in more if sent.may_have_created(item)]
        newest += new
        if len(new) < len(more):
            break
    return newest


def _verified(
    listed: Iterable[Any], resembles: Callable[[Any], bool], verify: Callable[[Any], Flow[T | None]]
) -> Flow[Sighting[T]]:
    """Compares what was listed with what was sent: first by what the list tells, then as a whole."""
    matches: dict[str, T] = {}
    for item in filter(resembles, listed):
        whole = yield from verify(item)
        if whole is not None:
            matches[item.id] = whole
    return Sighting(matches, tuple(matches))


def _resembles(sent: models.CreateBatch | models.CreateOvhBatch, batch: models.Batch) -> bool:
    """Compares what even a list tells of a batch."""
    return (
        present(sent.device_type) in (None, batch.device_type)
        and set(present(batch.tags) or ()) == set(present(sent.tags) or ())
        and bool(present(batch.open_)) == bool(present(sent.open_))
        and not present(batch.parent_id)
    )


def _has_equal_text(sent: models.CreateBatch | models.CreateOvhBatch, batch: models.Batch) -> bool:
    """Compares the sequence, and the configuration where the service tells it."""
    return _same_text(present(sent.sequence_builder), present(batch.sequence_builder)) and (
        present(batch.backend_configuration) in (None, present(sent.backend_configuration))
    )


def _same_jobs(api: Api, sent: list[models.CreateJob], seen: list[models.Job]) -> Flow[bool]:
    """Compares jobs in their order; sequences of their own are fetched for that, as lists leave them out."""
    if len(sent) != len(seen) or not sent:
        return len(sent) == len(seen)
    pairs = list(zip(sent, seen, strict=True))
    if not all(_same_run(job, found) for job, found in pairs):
        return False
    own = [(present(job.sequence), found) for job, found in pairs if present(job.sequence)]
    answers = yield Together(call(get_job, uuid_of(found.id, "id"), client=api.core) for _, found in own)
    return all(
        _same_text(sequence, present(answer.data.sequence)) for (sequence, _), answer in zip(own, answers, strict=True)
    )


def _same_run(sent: models.CreateJob, seen: models.Job) -> bool:
    values, found = present(sent.variables), present(seen.variables)
    return present(sent.runs) in (None, present(seen.runs)) and (
        (values.to_dict() if values else {}) == (found.to_dict() if found else {})
    )


def _same_text(sent: str | None, seen: str | None) -> bool:
    """Compares serialized objects: the service may have written the same one differently."""
    if sent == seen or not sent or not seen:
        return (sent or None) == (seen or None)
    try:
        return bool(json.loads(sent) == json.loads(seen))
    except (RecursionError, ValueError):
        return False


def _text(content: Any) -> str:
    return json.dumps(content, sort_keys=True, default=str)


def _id_of(created: Any) -> str:
    identity: str = created.id
    return identity


def _ids_in(created: Any) -> Iterator[str]:
    """Gets the ids of a batch and its jobs, or of a workload."""
    yield created.id
    yield from (job.id for job in present(getattr(created, "jobs", None)) or ())
