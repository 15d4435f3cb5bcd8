"""Submitting once: a request that spends money is not repeated if the service may have received it.

If the outcome of such a request is unknown, `submitting` searches for what it created: for `Options.recover_for`
seconds, since the service may still be processing it. A `Search` knows what one kind of request creates and how to
identify it. A candidate is accepted if it is newer than the request, equal to it and unclaimed.
"""

from __future__ import annotations

import json
import logging
import time
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar
from uuid import UUID

import attrs

from pasqal_cloud._arguments import counted, uuid_of
from pasqal_cloud._conversation.batches import fetching, listing_jobs, page_of_batches, page_of_jobs
from pasqal_cloud._conversation.flow import Sleep, Together, run
from pasqal_cloud._conversation.ledger import SUBMITTED
from pasqal_cloud._conversation.operation import Pending, naming
from pasqal_cloud._conversation.paging import Walk, every
from pasqal_cloud._conversation.retry import is_postponed, nothing_done
from pasqal_cloud._conversation.snapshots import instant, present
from pasqal_cloud.errors import NotFoundError, PasqalCloudError, SubmissionUnknownError, ValidationError, unknown
from pasqal_cloud.filters import BatchFilters, PaginationParams, WorkloadFilters
from pasqal_cloud_api.api.jobs import get_job, list_jobs
from pasqal_cloud_api.api.workloads import get_workload, list_workloads

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from pasqal_cloud._conversation.flow import Flow
    from pasqal_cloud._conversation.retry import RetryPolicy
    from pasqal_cloud._conversation.session import Session
    from pasqal_cloud_api import models

_log = logging.getLogger("pasqal_cloud")

T = TypeVar("T")
H = TypeVar("H")

MARGIN = 2.0
"""Seconds by which a candidate may appear older than the request that created it: the service's clocks differ."""

REWRITABLE = frozenset({"device_type", "tags", "open", "backend_configuration"})
"""The fields of a batch that the service may return in another form than they were sent in."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0
"""The pauses between two searches, in seconds: each is twice as long as the one before."""


@attrs.frozen
class Sighting(Generic[T]):
    """The result of one search.

    Attributes:
        matches: The candidates that equal the submission, by the ids by which they are claimed.
        ids: The ids of all candidates.
    """

    matches: dict[str, T]
    ids: tuple[str, ...]


class Search(Protocol[T]):
    """Describes one kind of submission, and how to search for what it created."""

    @property
    def what(self) -> str:
        """What was sent, for messages."""
        ...

    @property
    def content(self) -> str:
        """What was sent, as a string; equal for submissions that can't be distinguished."""
        ...

    def created_by(self, answer: T, sent: Sent) -> tuple[str, ...]:
        """Gets the ids of what was created, according to the response."""
        ...

    def differing(self, answer: T, sent: Sent) -> list[str]:
        """Lists the fields in which the response differs from what was sent."""
        ...

    def look(self, session: Session, sent: Sent, answered: str | None) -> Flow[Sighting[T]]:
        """Searches once.

        Args:
            session: The session.
            sent: When the submission was sent.
            answered: The id in the response, if the response differs from what was sent.
        """
        ...


@attrs.frozen
class Sent:
    """When a submission was sent.

    Args:
        session: The session, with the service's clock.
        moment: The time on the monotonic clock.
        time: The time on the service's clock, as far as known then; None to derive it from the next response.
    """

    session: Session
    moment: float
    time: float | None

    def may_have_created(
        self, item: models.Batch | models.Job | models.Workload, *, if_unreadable: bool = False
    ) -> bool:
        """Tells whether a batch, job or workload is newer than the submission, by the service's clock.

        Args:
            item: The batch, job or workload.
            if_unreadable: The result if its time of creation is missing or can't be parsed.
        """
        began = self.time if self.time is not None else self.session.clock.at(self.moment)
        if began is None or SUBMITTED.existed(item.id, self.moment):
            return False
        try:
            created = instant(item.created_at)
        except ValueError:
            created = None
        return if_unreadable if created is None else created.timestamp() >= began - MARGIN


def submitting(
    session: Session, request: Callable[[Session], Flow[T]], search: Search[T], bind: Callable[[T], H]
) -> Flow[H]:
    """Makes a request that spends money, once.

    Args:
        session: The session.
        request: Makes the request with the given session, and returns what was created.
        search: Searches for what was created.
        bind: Makes a handle of what was created, also of what `SubmissionUnknownError.recover` finds later.

    Raises:
        SubmissionUnknownError: The outcome is unknown.
    """
    spending = session.spending
    moment = time.monotonic()
    key = spending.options.headers["Idempotency-Key"]
    submission = _Submission(session, search, bind, key, Sent(session, moment, session.clock.at(moment)))
    return (yield from submission.bound(submission.outcome(spending, request)))


@attrs.define(eq=False)
class _Submission(Generic[T, H]):
    """One submission, from the first attempt to the last search."""

    session: Session
    search: Search[T]
    bind: Callable[[T], H]
    key: str
    sent: Sent
    unknown: bool = False
    doubted: bool = False
    """Whether an attempt may have created something, which a refusal of a later attempt does not exclude."""
    cause: PasqalCloudError = attrs.field(factory=PasqalCloudError)
    answered: T | None = None
    """The parsed response, if it differs from what was sent."""
    differing: list[str] = attrs.field(factory=list)
    """The fields in which it differs."""

    @property
    def content(self) -> str:
        """What was sent; equal for submissions that can't be distinguished."""
        return self.search.content

    @property
    def moment(self) -> float:
        """When it was sent, on the monotonic clock."""
        return self.sent.moment

    def bound(self, outcome: Flow[T]) -> Flow[H]:
        """Counts as under way until the outcome is known, and makes a handle of what was created."""
        with SUBMITTED.entered(self):
            try:
                created = yield from outcome
            except PasqalCloudError:
                raise
            except BaseException as error:
                self._tell_of_interruption(error)
                raise
            SUBMITTED.see(_ids_in(created))
        return self.bind(created)

    def outcome(self, spending: Session, request: Callable[[Session], Flow[T]]) -> Flow[T]:
        """Makes the request, retries it where that is safe, and searches for its outcome if that is unknown."""
        _log.info("Submitting %s (Idempotency-Key %s).", self.search.what, self.key)
        policy = spending.options.retry
        for attempt in count(1):
            elapsed = time.monotonic() - self.moment
            one_try = attrs.evolve(policy, attempts=1, deadline=policy.deadline - elapsed)
            try:
                created = yield from request(spending.with_options(retry=one_try, check=self._difference))
            except PasqalCloudError as error:
                self.cause = error
            else:
                for name in self.search.created_by(created, self.sent):
                    SUBMITTED.hold(name, self)
                return created
            pause = self._pause(policy, attempt)
            found = yield from self._found_after_failure(pause)
            if found is not None:
                return found
            _log.warning("Attempt %d failed, submitting %s again: %s", attempt, self.search.what, self.cause)
        raise AssertionError  # `count` has no end

    def _difference(self, created: T) -> str:
        """Describes how a response differs from what was sent, if it does: it may belong to another request."""
        self.answered, self.differing = None, self.search.differing(created, self.sent)
        if any(SUBMITTED.is_anothers(name, self) for name in self.search.created_by(created, self.sent)):
            self.differing.append("id")
        if not self.differing:
            return ""
        self.answered = created
        return f"The response is not about what was submitted: it differs in {', '.join(self.differing)}."

    def _pause(self, policy: RetryPolicy, attempt: int) -> float | None:
        """Gets the pause before the next attempt, in seconds; None to give up."""
        if self.cause.status == 401 and self.cause.sent:  # a new token may help, a pause does not
            return 0.0 if attempt == 1 else None
        elapsed = time.monotonic() - self.moment
        return policy.pause(self.cause, harmless=is_postponed(self.cause), attempt=attempt, elapsed=elapsed)

    def _found_after_failure(self, pause: float | None) -> Flow[T | None]:
        """Gets what a failed attempt has created after all; None if it created nothing and can be retried.

        Args:
            pause: The pause before the next attempt, in seconds; None if there is to be none.
        """
        refused = nothing_done(self.cause)
        if refused and not self.doubted and (pause is None or (self.cause.sent and self.cause.status == 401)):
            raise self.cause
        if not self.cause.sent and pause is not None:
            yield Sleep(pause)
            return None
        self.unknown = True
        if not refused and not is_postponed(self.cause):
            return (yield from self._searched())
        if pause:
            yield Sleep(pause)
        try:
            sighting = yield from self._look(self.session.options.recover_for)
        except PasqalCloudError as error:
            if self.cause.status == error.status == 401 and not self.doubted:
                raise self.cause from error  # the credentials are refused for all requests
            return (yield from self._searched())
        being_sent, _ = SUBMITTED.rivals(self.content)
        candidates = [name for name in sighting.ids if not SUBMITTED.is_anothers(name, self)]
        if len(candidates) > (being_sent if refused and not self.doubted else 0):
            return (yield from self._searched())
        if pause is None:
            raise self.cause
        self.doubted = self.doubted or not refused
        self.unknown = False
        return None

    def _searched(self) -> Flow[T]:
        _log.warning("The outcome of submitting %s is unknown; searching for it: %s", self.search.what, self.cause)
        return (yield from self._found(self.session.options.recover_for))

    def _found(self, recover_for: float) -> Flow[T]:
        """Searches for what was created until it is found, or the time has passed."""
        until = time.monotonic() + recover_for
        for attempt in count():
            try:
                sighting = yield from self._look(until - time.monotonic())
                trouble = None
            except PasqalCloudError as error:
                sighting, trouble = Sighting[T]({}, ()), error
            found, is_over = self._taken(sighting)
            remaining = until - time.monotonic()
            is_over = is_over or remaining <= 0 or (trouble is not None and not trouble.retryable)
            if found is None and (trouble is None or is_over) and self._is_rewritten():
                found = self.answered
            if found is not None:
                self.unknown = False
                _log.warning("Found %s: %s", self.search.what, ", ".join(self.search.created_by(found, self.sent)))
                return found
            if is_over:
                raise self._not_found(sighting, trouble) from self.cause
            yield Sleep(min(FIRST_PAUSE * 2.0 ** min(attempt, 10), LONGEST_PAUSE, remaining))
        raise AssertionError  # `count` has no end

    def _tell_of_interruption(self, error: BaseException) -> None:
        """Adds the Idempotency-Key to the error and to the log, since either of them may be lost."""
        note = f"The service may have received {self.search.what} (Idempotency-Key {self.key})."
        error.add_note(note)
        _log.warning("Interrupted while submitting. %s", note)

    def _look(self, remaining: float) -> Flow[Sighting[T]]:
        patience = attrs.evolve(self.session.options.retry, deadline=max(remaining, 0.0))
        answered = next(iter(self._answered_ids()), None)
        return self.search.look(self.session.with_options(retry=patience), self.sent, answered)

    def _answered_ids(self) -> tuple[str, ...]:
        return () if self.answered is None else self.search.created_by(self.answered, self.sent)

    def _taken(self, sighting: Sighting[T]) -> tuple[T | None, bool]:
        """Claims a match, if it can't belong to another submission; also returns whether further searches are useless.

        This process may have several submissions with the same content. While one of them is being sent, a match may be
        its result. If there are as many matches as submissions of unknown outcome, each may claim one.
        """
        being_sent, unknown = SUBMITTED.rivals(self.content)
        free = {name: match for name, match in sighting.matches.items() if not SUBMITTED.is_held(name)}
        if being_sent or len(free) > unknown:
            return None, not being_sent
        return next((match for name, match in free.items() if SUBMITTED.hold(name, self)), None), False

    def _is_rewritten(self) -> bool:
        """Claims what the response names, if it differs only in fields that the service may return in another form."""
        return (
            self.answered is not None
            and REWRITABLE.issuperset(self.differing)
            and all(SUBMITTED.hold(name, self) for name in self._answered_ids())
        )

    def _not_found(self, sighting: Sighting[T], trouble: PasqalCloudError | None) -> SubmissionUnknownError:
        seen = dict.fromkeys((*sighting.ids, *self._answered_ids()))
        candidates = tuple(name for name in seen if not SUBMITTED.is_anothers(name, self))
        error = unknown(
            self.cause,
            f"{self.search.what[0].upper()}{self.search.what[1:]} may or may not have been created (Idempotency-Key "
            f"{self.key}). {_seen(candidates, trouble)} Resubmitting could charge you twice: call recover() first. "
            f"The cause: {self.cause.description}",
        )
        error.candidates = candidates
        error._recovery = self._recovered
        return error

    def _recovered(self, operation: type[PasqalCloudError], recover_for: float) -> Any:
        """Searches again, blocking or awaiting like the SDK; see `SubmissionUnknownError.recover`."""
        flow = naming(operation, lambda: self.bound(self._found(recover_for)))
        return Pending(flow) if self.session.awaits else run(flow())


def _seen(candidates: tuple[str, ...], trouble: PasqalCloudError | None) -> str:
    if trouble is not None:
        return f"The search for it failed: {str(trouble).removesuffix('.')}."
    if not candidates:
        return "The search found no candidate."
    return f"The search found these candidates, but none with certainty: {', '.join(candidates)}."


@attrs.frozen
class _SentBatch:
    """A batch that was sent."""

    payload: models.CreateBatch | models.CreateOvhBatch

    @property
    def what(self) -> str:
        """What was sent, for messages."""
        return f"a batch of {counted(len(present(self.payload.jobs) or ()), 'job')}"

    @property
    def content(self) -> str:
        """What was sent."""
        return _canonical(self.payload.to_dict())

    def created_by(self, answer: models.Batch, sent: Sent) -> tuple[str, ...]:  # noqa: ARG002 - the protocol's
        """Gets the id of the batch."""
        return (answer.id,)

    def differing(self, answer: models.Batch, sent: Sent) -> list[str]:  # noqa: ARG002 - the protocol's
        """Lists the fields in which a batch differs from what was sent."""
        return list(_differing(self.payload, answer))

    def _verify(self, session: Session, batch: models.Batch) -> Flow[models.Batch | None]:
        """Gets the complete batch if it equals what was sent, including the jobs' own sequences."""
        batch = yield from fetching(session, batch.id)
        if any(_differing(self.payload, batch)) or not _same_text(
            present(self.payload.sequence_builder), present(batch.sequence_builder)
        ):
            return None
        batch.jobs = yield from listing_jobs(session, batch.id)
        equal = yield from _same_jobs(session, present(self.payload.jobs) or [], batch.jobs)
        return batch if equal else None


@attrs.frozen
class NewBatch(_SentBatch):
    """Searches for a batch among the newest of its project.

    Args:
        payload: What was sent.
        tag: The random tag that was added, if any; it identifies the batch.
    """

    tag: str | None = None

    def look(self, session: Session, sent: Sent, answered: str | None) -> Flow[Sighting[models.Batch]]:
        """Searches once."""
        page = partial(page_of_batches, session, BatchFilters(project_id=self.payload.project_id, tag=self.tag))
        tagged = lambda offset: page(PaginationParams(offset=offset))  # noqa: E731 - said in one line
        listed = yield from (every(tagged) if self.tag else _newest(page, sent))
        listed = yield from _with_answered(listed, answered, partial(fetching, session), sent)
        return (yield from _verified(listed, self._resembles, partial(self._verify, session)))

    def _resembles(self, batch: models.Batch) -> bool:
        """Compares the fields that lists contain; the others are compared later."""
        return self.tag in (present(batch.tags) or ()) if self.tag else not any(_differing(self.payload, batch))

    def _verify(self, session: Session, batch: models.Batch) -> Flow[models.Batch | None]:
        if not self.tag:
            return (yield from super()._verify(session, batch))
        batch = yield from fetching(session, batch.id)
        batch.jobs = yield from listing_jobs(session, batch.id)
        return batch


@attrs.frozen
class NewOvhBatch(_SentBatch):
    """Searches for a batch of OVH's users, who can't list batches, among the batches of the newest jobs.

    OVH's users can't read the jobs' own sequences, so a batch that has some is only a candidate.
    """

    def look(self, session: Session, sent: Sent, answered: str | None) -> Flow[Sighting[models.Batch]]:
        """Searches once."""
        jobs = yield from _newest(partial(page_of_jobs, session, None), sent)
        batches: dict[str, models.Batch] = {}
        for batch_id in dict.fromkeys(filter(None, (present(job.batch_id) for job in jobs))):
            batches[batch_id] = yield from fetching(session, batch_id)
        new = list(filter(sent.may_have_created, batches.values()))
        new = yield from _with_answered(new, answered, partial(fetching, session), sent)
        resembles = lambda batch: not any(_differing(self.payload, batch))  # noqa: E731 - said in one line
        sighting = yield from _verified(new, resembles, partial(self._verify, session))
        return sighting if self._can_tell else Sighting({}, sighting.ids)

    @property
    def _can_tell(self) -> bool:
        return not any(present(job.sequence) for job in present(self.payload.jobs) or ())

    def _verify(self, session: Session, batch: models.Batch) -> Flow[models.Batch | None]:
        if self._can_tell:
            return (yield from super()._verify(session, batch))
        jobs = present(self.payload.jobs) or []
        batch.jobs = yield from listing_jobs(session, batch.id)
        equal = _same_text(present(self.payload.sequence_builder), present(batch.sequence_builder))
        return batch if equal and _same_runs(jobs, batch.jobs) else None


@attrs.frozen
class Repetition:
    """Searches for a batch with copies of another batch's jobs.

    Args:
        parent_id: The other batch.
        filters: Which of its jobs were copied, as arguments of `list_jobs`.
    """

    parent_id: str
    filters: Mapping[str, Any]

    @property
    def what(self) -> str:
        """What was sent, for messages."""
        return f"a copy of batch {self.parent_id}"

    @property
    def content(self) -> str:
        """What was sent."""
        return _canonical([self.parent_id, dict(self.filters)])

    def created_by(self, answer: models.Batch, sent: Sent) -> tuple[str, ...]:  # noqa: ARG002 - the protocol's
        """Gets the id of the new batch."""
        return (answer.id,)

    def differing(self, answer: models.Batch, sent: Sent) -> list[str]:  # noqa: ARG002 - the protocol's
        """Lists the fields in which the new batch differs from what was sent."""
        return [] if self._resembles(answer) or present(answer.parent_id) is None else ["parent_id"]

    def look(self, session: Session, sent: Sent, answered: str | None) -> Flow[Sighting[models.Batch]]:
        """Searches once."""
        listed = yield from _newest(partial(page_of_batches, session, None), sent)
        listed = yield from _with_answered(listed, answered, partial(fetching, session), sent)
        return (yield from _verified(listed, self._resembles, partial(self._verify, session)))

    def _resembles(self, batch: models.Batch) -> bool:
        return _same_id(self.parent_id, present(batch.parent_id))

    def _verify(self, session: Session, batch: models.Batch) -> Flow[models.Batch | None]:
        """Compares the jobs that were copied with those that match the filters."""

        def page(offset: int) -> Flow[models.JobListResponse]:
            return session.call(list_jobs, batch_id=[UUID(self.parent_id)], offset=offset, **self.filters)

        wanted = {job.id for job in (yield from every(page))}
        batch = yield from fetching(session, batch.id)
        batch.jobs = yield from listing_jobs(session, batch.id)
        return batch if {present(job.parent_id) for job in batch.jobs} == wanted else None


@attrs.frozen
class NewJobs:
    """Searches for jobs that were added to a batch.

    Args:
        batch_id: The batch.
        payloads: The jobs that were sent.
        known: The ids of the jobs that the batch had before.
    """

    batch_id: str
    payloads: list[models.CreateJob]
    known: Collection[str]

    @property
    def what(self) -> str:
        """What was sent, for messages."""
        return f"{counted(len(self.payloads), 'job')} for batch {self.batch_id}"

    @property
    def content(self) -> str:
        """The batch's id: other jobs that are added to it at the same time are candidates too."""
        return self.batch_id

    def created_by(self, answer: models.Batch, sent: Sent) -> tuple[str, ...]:
        """Gets the ids of the jobs that this process did not know before and that equal what was sent."""
        new = self._new(present(answer.jobs) or [], sent)
        return tuple(
            job.id for job in new[-len(self.payloads) :] if any(_same_run(each, job) for each in self.payloads)
        )

    def differing(self, answer: models.Batch, sent: Sent) -> list[str]:
        """Lists the fields in which the batch differs from what was sent."""
        if not _same_id(self.batch_id, answer.id):
            return ["id"]
        jobs = present(answer.jobs)
        if jobs is None:
            return []
        new = self._new(jobs, sent)
        return [] if all(any(_same_run(each, job) for job in new) for each in self.payloads) else ["jobs"]

    def look(self, session: Session, sent: Sent, answered: str | None) -> Flow[Sighting[models.Batch]]:  # noqa: ARG002 - the batch's id is known
        """Searches once."""
        batch = yield from fetching(session, self.batch_id)
        batch.jobs = yield from listing_jobs(session, self.batch_id)
        new = [job for job in batch.jobs if job.id not in self.known and sent.may_have_created(job)]
        ids = tuple(job.id for job in new)
        equal = yield from _same_jobs(session, self.payloads, new)
        return Sighting({ids[0]: batch} if equal else {}, ids)

    def _new(self, jobs: list[models.Job], sent: Sent) -> list[models.Job]:
        return [job for job in jobs if job.id not in self.known and not SUBMITTED.existed(job.id, sent.moment)]


@attrs.frozen
class NewWorkload:
    """Searches for a workload among the newest of its project."""

    payload: models.CreateWorkload

    @property
    def what(self) -> str:
        """What was sent, for messages."""
        return f"a workload of type {self.payload.workload_type}"

    @property
    def content(self) -> str:
        """What was sent."""
        return _canonical(self.payload.to_dict())

    def created_by(self, answer: models.Workload, sent: Sent) -> tuple[str, ...]:  # noqa: ARG002 - the protocol's
        """Gets the id of the workload."""
        return (answer.id,)

    def differing(self, answer: models.Workload, sent: Sent) -> list[str]:  # noqa: ARG002 - the protocol's
        """Lists the fields in which a workload differs from what was sent."""
        return self._differing(answer)

    def look(self, session: Session, sent: Sent, answered: str | None) -> Flow[Sighting[models.Workload]]:
        """Searches once."""
        filters = WorkloadFilters(project_id=self.payload.project_id).query()

        def page(order: PaginationParams) -> Flow[models.WorkloadListResponse]:
            return session.call(list_workloads, **filters, **order.query())

        listed = yield from _newest(page, sent)
        listed = yield from _with_answered(listed, answered, partial(self._whole, session), sent)
        return (yield from _verified(listed, lambda _: True, partial(self._verify, session)))

    def _whole(self, session: Session, workload_id: str) -> Flow[models.Workload]:
        return (yield from session.call(get_workload, uuid_of(workload_id, "id"))).data

    def _verify(self, session: Session, workload: models.Workload) -> Flow[models.Workload | None]:
        """Fetches and compares the complete workload: which fields lists contain is not documented."""
        workload = yield from self._whole(session, workload.id)
        is_whole = all(present(each) for each in (workload.workload_type, workload.backend, workload.config))
        return workload if is_whole and not self._differing(workload) else None

    def _differing(self, workload: models.Workload) -> list[str]:
        told, given = workload.to_dict(), self.payload.to_dict()
        same: dict[str, Callable[[Any, Any], bool]] = {"project_id": _same_id, "config": _holds}
        names = ("project_id", "workload_type", "backend", "config")
        return [
            name for name in names if told.get(name) is not None and not same.get(name, _equal)(given[name], told[name])
        ]


def _newest(page: Callable[[PaginationParams], Flow[Any]], sent: Sent) -> Flow[list[Any]]:
    """Fetches the items that are newer than a submission, from a list that begins with the newest."""
    walk: Walk[Any] = Walk(lambda _, order: page(order), None, None, lambda item: item)
    newest: list[Any] = []
    while more := (yield from walk.more()):
        new = [item for item in more if sent.may_have_created(item)]
        newest += new
        if len(new) < len(more):
            break
    return newest


def _with_answered(
    listed: list[Any], answered: str | None, fetch: Callable[[str], Flow[Any]], sent: Sent
) -> Flow[list[Any]]:
    """Adds the item that the response named to the listed ones, if it exists and is not older than the submission."""
    if answered is None or any(item.id == answered for item in listed):
        return listed
    try:
        item = yield from fetch(answered)
    except (NotFoundError, ValidationError):  # the id in the response may be wrong
        return listed
    return [*listed, item] if sent.may_have_created(item, if_unreadable=True) else listed


def _verified(
    listed: Iterable[Any], resembles: Callable[[Any], bool], verify: Callable[[Any], Flow[T | None]]
) -> Flow[Sighting[T]]:
    """Compares listed items with what was sent: first the fields that lists contain, then all."""
    matches: dict[str, T] = {}
    for item in listed:
        try:
            whole = (yield from verify(item)) if resembles(item) else None
        except PasqalCloudError:
            raise
        except (AttributeError, TypeError, ValueError):  # a field has another type, and so differs from what was sent
            whole = None
        if whole is not None:
            matches[item.id] = whole
    return Sighting(matches, tuple(matches))


def _differing(sent: models.CreateBatch | models.CreateOvhBatch, batch: models.Batch) -> Iterator[str]:
    """Lists the fields in which a batch differs from what was sent; fields that the response left out are ignored."""
    project, told_project = present(sent.project_id), present(batch.project_id)
    if project and told_project and not _same_id(project, told_project):
        yield "project_id"
    if present(batch.parent_id):
        yield "parent_id"
    if present(sent.device_type) and present(batch.device_type) not in (None, sent.device_type):
        yield "device_type"
    tags = present(batch.tags)
    if tags is not None and set(tags) != set(present(sent.tags) or ()):
        yield "tags"
    if present(batch.open_) not in (None, bool(present(sent.open_))):
        yield "open"
    for name in ("sequence_builder", "backend_configuration"):
        given, told = present(getattr(sent, name)), present(getattr(batch, name))
        if told is not None and not _same_text(given, told):
            yield name
    jobs = present(batch.jobs)
    given_jobs = present(sent.jobs) or []
    if jobs and not (_same_runs(given_jobs, jobs) or _same_runs(_in_one_order(given_jobs), _in_one_order(jobs))):
        yield "jobs"


def _same_jobs(session: Session, sent: list[models.CreateJob], seen: list[models.Job]) -> Flow[bool]:
    """Compares jobs in their order; their own sequences are fetched, since lists leave them out."""
    if not _same_runs(sent, seen):
        return False
    own = [(present(job.sequence), found) for job, found in zip(sent, seen, strict=True) if present(job.sequence)]
    if not own:
        return True
    answers = yield Together(session.call(get_job, uuid_of(found.id, "id")) for _, found in own)
    return all(
        _same_text(sequence, present(answer.data.sequence)) for (sequence, _), answer in zip(own, answers, strict=True)
    )


def _same_runs(sent: list[models.CreateJob], seen: list[models.Job]) -> bool:
    return len(sent) == len(seen) and all(_same_run(job, found) for job, found in zip(sent, seen, strict=True))


def _in_one_order(jobs: list[Any]) -> list[Any]:
    """Sorts jobs by their content: a response may have another order than the request."""
    return sorted(jobs, key=lambda job: _canonical([_plain(present(job.variables)), present(job.runs)]))


def _same_run(sent: models.CreateJob, seen: models.Job) -> bool:
    values, found = _plain(present(sent.variables)), _plain(present(seen.variables))
    return present(sent.runs) in (None, present(seen.runs)) and values == found


def _plain(variables: Any) -> Any:
    """Converts variables to what JSON can represent; the service may send something else than an object."""
    return variables.to_dict() if hasattr(variables, "to_dict") else variables or {}


def _equal(sent: object, seen: object) -> bool:
    return bool(sent == seen)


def _same_id(sent: object, seen: object) -> bool:
    """Compares ids, ignoring upper and lower case."""
    return str(sent).lower() == str(seen).lower()


def _holds(sent: Any, seen: Any) -> bool:
    """Compares settings: the service may return more than were sent, such as its defaults."""
    if isinstance(sent, dict) and isinstance(seen, dict):
        return all(name in seen and _holds(value, seen[name]) for name, value in sent.items())
    return _equal(sent, seen)


def _same_text(sent: str | None, seen: str | None) -> bool:
    """Compares serialized objects by their content: the service may format JSON differently."""
    if sent == seen or not sent or not seen:
        return (sent or None) == (seen or None)
    try:
        return bool(json.loads(sent) == json.loads(seen))
    except (RecursionError, TypeError, ValueError):
        return False


def _canonical(content: Any) -> str:
    """Serializes content so that equal content gives equal strings, also in another order of keys and tags."""
    if isinstance(content, dict):
        given = {str(key): value for key, value in content.items() if value not in (None, [], {})}
        if "tags" in given:
            given["tags"] = sorted(given["tags"])
        return "{" + ",".join(f"{json.dumps(key)}:{_canonical(given[key])}" for key in sorted(given)) + "}"
    if isinstance(content, list | tuple):
        return "[" + ",".join(map(_canonical, content)) + "]"
    if isinstance(content, float) and content.is_integer():
        content = int(content)
    return json.dumps(content, default=str)


def _ids_in(created: Any) -> Iterator[str]:
    """Gets the ids of a batch and its jobs, or of a workload."""
    yield created.id
    yield from (job.id for job in present(getattr(created, "jobs", None)) or ())
