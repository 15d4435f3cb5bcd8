"""Submitting once: a request that spends money is not repeated if the service may have received it.

If the outcome of such a request is unknown, `submitting` searches for what it created: for `Options.recover_for`
seconds, since the service may still be processing it. A candidate is accepted if it is newer than the request, equal to
it and unclaimed.
"""

from __future__ import annotations

import logging
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from uuid import uuid4

import attrs

from pasqal_cloud._arguments import seconds
from pasqal_cloud._conversation.flow import CLOCK, Sleep, run
from pasqal_cloud._conversation.ledger import SUBMITTED
from pasqal_cloud._conversation.operation import Pending, naming
from pasqal_cloud._conversation.retry import is_postponed, nothing_done
from pasqal_cloud._conversation.snapshots import present
from pasqal_cloud._progress import Starting, following
from pasqal_cloud.errors import PasqalCloudError, SubmissionUnknownError, unknown
from pasqal_cloud_api import models

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pasqal_cloud._conversation.flow import Flow
    from pasqal_cloud._conversation.sent import Sent
    from pasqal_cloud._conversation.session import Session

_log = logging.getLogger("pasqal_cloud")

T = TypeVar("T", bound=models.Batch | models.Workload)
H = TypeVar("H")

REWRITABLE = frozenset({"device_type", "tags", "open", "backend_configuration"})
"""The fields of a batch that the service may return in another form than they were sent in."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0
"""The pauses between two searches, in seconds: each is twice as long as the one before."""


class _AbsentError(Exception):
    """A failed attempt has created nothing."""


def submitting(
    session: Session, sent: Sent[T], request: Callable[[Session], Flow[T]], bind: Callable[[T], H]
) -> Flow[H]:
    """Makes a request that spends money, once.

    Args:
        session: The session.
        sent: What is sent.
        request: Makes the request with the given session, and returns what was created.
        bind: Makes a handle of what was created, also of what `SubmissionUnknownError.recover` finds later.

    Raises:
        SubmissionUnknownError: The outcome is unknown.
    """
    submission = _Submission(session, sent, bind, str(uuid4()))
    if not session.starting:
        return (yield from submission.bound(submission.outcome(request)))
    with following(Starting(" and ".join(session.starting)), session.options.progress):
        handle = yield from submission.bound(submission.outcome(request))
    session.starting.clear()
    return handle


@attrs.define(eq=False)
class _Submission(Generic[T, H]):
    """One submission, from the first attempt to the last search."""

    session: Session
    sent: Sent[T]
    bind: Callable[[T], H]
    key: str
    unknown: bool = False
    doubted: bool = False
    """Whether an earlier attempt may have created something; a later refusal does not disprove that."""
    cause: PasqalCloudError = attrs.field(factory=PasqalCloudError)
    answered: T | None = None
    """The parsed response, if it differs from what was sent."""
    differing: list[str] = attrs.field(factory=list)
    """The fields in which it differs."""
    handle: H | None = None
    """What was created, once that is known."""
    sent_key: str = attrs.field(default=attrs.Factory(lambda self: self.key, takes_self=True))
    """The Idempotency-Key; another one than `key` after an exchange."""

    @property
    def content(self) -> str:
        """What was sent; equal for submissions that can't be distinguished."""
        return self.sent.content

    @property
    def moment(self) -> float:
        """When it was sent, on the monotonic clock."""
        return self.sent.moment

    def bound(self, outcome: Flow[T]) -> Flow[H]:
        """Counts as under way until the outcome is known, and makes a handle of what was created."""
        created: T | None = None
        try:
            with SUBMITTED.entered(self):
                created = yield from outcome
                SUBMITTED.see(_ids_in(created))
            self.handle = self.bind(created)  # first, so that `last_batch` has it if the journal's disk is slow
            self._note(created)
        except PasqalCloudError:
            raise
        except BaseException as error:
            note = f"The service may have received {self.sent.what} (Idempotency-Key {self.sent_key})."
            if created is not None:
                note = f"The service has received {self.sent.what}: {created.id}"
            error.add_note(note)
            _log.warning("Interrupted while submitting. %s", note)  # too, since the error may be lost
            raise
        return self.handle

    def _note(self, created: T) -> None:
        """Writes what was created to the journal, if there is one."""
        session = self.session
        if session.journal is not None:
            session.journal.note(
                self.sent.operation,
                created,
                jobs=self.sent.new_jobs(created),
                project_id=None if session.project_id is None else str(session.project_id),
                service=session.endpoints.core,
            )

    def outcome(self, request: Callable[[Session], Flow[T]]) -> Flow[T]:
        """Makes the request, retries it where that is safe, and searches for its outcome if that is unknown."""
        _log.info("Submitting %s (Idempotency-Key %s).", self.sent.what, self.key)
        for attempt in count(1):
            left = self.session.options.retry.deadline - self._elapsed
            try:
                created = yield from request(self.session.spending(self.sent_key, left, self._difference))
            except PasqalCloudError as error:
                self.cause = error
                if self._exchange():
                    continue
            else:
                for name in self.sent.created_by(created):
                    SUBMITTED.hold(name, self)
                return created
            try:
                return (yield from self._after_all(attempt))
            except _AbsentError:
                _log.warning("Attempt %d failed, submitting %s again: %s", attempt, self.sent.what, self.cause)
        raise AssertionError  # `count` has no end

    @property
    def _elapsed(self) -> float:
        return CLOCK.now() - self.sent.moment

    def _difference(self, created: T) -> str:
        """Describes how a response differs from what was sent, if it does: it may belong to another request."""
        self.answered, self.differing = None, self.sent.differing(created)
        if any(SUBMITTED.is_anothers(name, self) for name in self.sent.created_by(created)):
            self.differing.append("id")
        if not self.differing:
            return ""
        self.answered = created
        return f"The response is not about what was submitted: it differs in {', '.join(self.differing)}."

    def _exchange(self) -> bool:
        """Takes the part of an equal submission that has found by its search what this one created.

        The response to a repeated Idempotency-Key shows that. The other submission may have created something, too, so
        that the next attempt has its key.
        """
        if self.answered is None or self.differing != ["id"]:
            return False
        keys = {SUBMITTED.exchange(name) for name in self._answered_ids()}
        key = keys.pop() if len(keys) == 1 else None
        if key is None:
            return False
        self.sent_key, self.doubted = key, True
        self.answered, self.differing = None, []
        return True

    def _after_all(self, attempt: int) -> Flow[T]:
        """Gets what was created by an attempt that failed.

        Of what the attempt ended with, this follows:

        * It never left this machine: another attempt; with none left, the error.
        * The service refused it and wants no other attempt: the error, unless an earlier attempt may have succeeded.
        * It asks for another attempt (429, 503 with `Retry-After`, 401), or it refused after an attempt that may have
          succeeded: a search, until a look has found nothing. Then another attempt; with none left, the error.
        * Anything else: a search for as long as is allowed, and no other attempt.

        Raises:
            _AbsentError: Nothing was created, and another attempt may be made now.
            PasqalCloudError: Nothing was created, and no other attempt is to be made.
            SubmissionUnknownError: What was created is not known.
        """
        cause, refused, pause = self.cause, nothing_done(self.cause), self._pause(attempt)
        if refused and not self.doubted and (pause is None or (cause.sent and cause.status == 401)):
            raise cause
        if not cause.sent and pause is not None:
            yield Sleep(pause)
            raise _AbsentError
        self.unknown = True
        may_repeat = refused or is_postponed(cause)
        if may_repeat and pause:
            yield Sleep(pause)
        _log.warning("The outcome of submitting %s is unknown; searching: %s", self.sent.what, cause)
        try:
            return (yield from self._found(self.session.options.recover_for, may_repeat=may_repeat))
        except _AbsentError:
            self.unknown = False
        if pause is None or self._elapsed >= self.session.options.retry.deadline:
            raise cause
        self.doubted = self.doubted or not refused
        raise _AbsentError

    def _pause(self, attempt: int) -> float | None:
        """Gets the pause before the next attempt, in seconds; None to give up."""
        if self.cause.status == 401 and self.cause.sent:  # a new token may help, a pause does not
            return 0.0 if attempt == 1 else None
        policy, harmless = self.session.options.retry, is_postponed(self.cause)
        return policy.pause(self.cause, harmless=harmless, attempt=attempt, elapsed=self._elapsed)

    def _found(self, recover_for: float, *, may_repeat: bool = False) -> Flow[T]:
        """Searches for what was created until it is found, or the time has passed.

        Args:
            recover_for: The time, in seconds.
            may_repeat: Whether to stop as soon as a look finds nothing that this submission may have created.
        """
        until = CLOCK.now() + recover_for
        for attempt in count():
            seen: dict[str, T | None] = {}
            trouble = None
            try:
                seen = yield from self._look(until - CLOCK.now())
            except PasqalCloudError as error:
                trouble = error
                if may_repeat and self.cause.status == error.status == 401 and not self.doubted:
                    self.unknown = False
                    raise self.cause from error  # the credentials are refused for all requests
            if may_repeat and trouble is None and self._is_absent(seen):
                raise _AbsentError
            found, is_over = self._taken(seen)
            remaining = until - CLOCK.now()
            is_over = is_over or remaining <= 0 or (trouble is not None and not trouble.retryable)
            if found is None and (trouble is None or is_over) and self._is_rewritten():
                found = self.answered
            if found is not None:
                self.unknown = False
                _log.warning("Found %s: %s", self.sent.what, ", ".join(self.sent.created_by(found)))
                return found
            if is_over:
                raise self._not_found(self._candidates(seen), trouble) from self.cause
            yield Sleep(min(FIRST_PAUSE * 2.0 ** min(attempt, 10), LONGEST_PAUSE, remaining))
        raise AssertionError  # `count` has no end

    def _look(self, remaining: float) -> Flow[dict[str, T | None]]:
        """Searches once, with retries during the remaining seconds."""
        patience = attrs.evolve(self.session.options.retry, deadline=max(remaining, 0.0))
        return self.sent.look(self.session.with_options(retry=patience), self.answered)

    def _answered_ids(self) -> tuple[str, ...]:
        return () if self.answered is None else self.sent.created_by(self.answered)

    def _candidates(self, seen: dict[str, T | None]) -> tuple[str, ...]:
        ids = dict.fromkeys((*seen, *self._answered_ids()))
        return tuple(name for name in ids if not SUBMITTED.is_anothers(name, self))

    def _is_absent(self, seen: dict[str, T | None]) -> bool:
        """Tells whether a look shows that nothing was created: what it shows is made by others of this process."""
        is_refused = nothing_done(self.cause) and not self.doubted
        being_sent, _ = SUBMITTED.rivals(self.content)
        return len(self._candidates(seen)) <= (being_sent if is_refused else 0)

    def _taken(self, seen: dict[str, T | None]) -> tuple[T | None, bool]:
        """Claims a match, if it can't belong to another submission; also returns whether further searches are useless.

        This process may have several submissions with the same content. While one of them is being sent, a match may be
        its result. If there are as many matches as submissions of unknown outcome, each may claim one.
        """
        being_sent, unknown = SUBMITTED.rivals(self.content)
        free = {name: match for name, match in seen.items() if match is not None and not SUBMITTED.is_held(name)}
        if being_sent or len(free) > unknown:
            return None, not being_sent
        return next((match for name, match in free.items() if SUBMITTED.hold(name, self, self.sent_key)), None), False

    def _is_rewritten(self) -> bool:
        """Claims what the response names, if it differs only in fields that the service may return in another form."""
        return (
            self.answered is not None
            and REWRITABLE.issuperset(self.differing)
            and all(SUBMITTED.hold(name, self) for name in self._answered_ids())
        )

    def _not_found(self, candidates: tuple[str, ...], trouble: PasqalCloudError | None) -> SubmissionUnknownError:
        if trouble is not None:
            seen = f"The search for it failed: {str(trouble).removesuffix('.')}."
        elif candidates:
            seen = f"The search found these candidates, but none with certainty: {', '.join(candidates)}."
        else:
            seen = "The search found no candidate."
        error = unknown(
            self.cause,
            f"{self.sent.what[0].upper()}{self.sent.what[1:]} may or may not have been created. {seen} Resubmitting "
            f"could charge you twice: call recover() on this error first. The cause: {self.cause.description} "
            f"(Idempotency-Key {self.sent_key})",
        )
        error.candidates = candidates
        error._recovery = self._recovered
        return error

    def _recovered(self, operation: type[PasqalCloudError], recover_for: float) -> Any:
        """Searches again, blocking or awaiting like the SDK; see `SubmissionUnknownError.recover`."""
        recover_for = seconds(recover_for, "recover_for") or 0.0
        flow = naming(operation, self._searched_again)
        return Pending(partial(flow, recover_for)) if self.session.awaits else run(flow(recover_for))

    def _searched_again(self, recover_for: float) -> Flow[H]:
        if self.handle is not None:
            return self.handle
        return (yield from self.bound(self._found(recover_for)))


def _ids_in(created: Any) -> Iterator[str]:
    """Gets the ids of a batch and its jobs, or of a workload."""
    yield created.id
    yield from (job.id for job in present(getattr(created, "jobs", None)) or ())
