"""Waiting until a batch or a job is settled: the one polling loop of the package."""

from __future__ import annotations

from contextlib import contextmanager
from random import uniform
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import attrs

from pasqal_cloud._conversation.flow import CLOCK, Sleep
from pasqal_cloud._conversation.retry import PATIENT
from pasqal_cloud._progress import BOARD, following
from pasqal_cloud.errors import PasqalCloudError, WaitTimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pasqal_cloud._conversation.flow import Flow
    from pasqal_cloud._conversation.session import Session
    from pasqal_cloud._surfaces import Glance


LEAST = 5.0
"""The seconds that a request for a status may always take, however soon the timeout of the wait is."""


class Settling(Protocol):
    """A handle that can be waited for."""

    @property
    def is_settled(self) -> bool:
        """Whether nothing will change any more."""
        ...

    @property
    def _session(self) -> Session: ...

    def _glance(self) -> Glance:
        """Says how far it is, for the line that a long wait shows."""
        ...

    def _look(self, session: Session) -> Flow[bool]:
        """Fetches only the status, and tells whether anything has changed."""
        ...


S = TypeVar("S", bound=Settling)


def until_settled(
    resource: S,
    *,
    timeout: float | None,
    poll: float | None,
    on_update: Callable[[S], object] | None,
    progress: bool | None = None,
    since: float | None = None,
) -> Flow[None]:
    """Polls the status until it is settled.

    Failing requests are retried until the timeout or, without one, for ten minutes.

    Args:
        resource: The batch, job or workload to wait for.
        timeout: How long to wait at most, in seconds; None for no limit.
        poll: The seconds between two requests; None for short pauses at first, then longer ones.
        on_update: Called with the resource whenever something has changed.
        progress: Whether to show a line; None for as the session says.
        since: When the wait began, as the line shows it, on the monotonic clock; None for now.

    Raises:
        WaitTimeoutError: It was not settled in time; it is still queued or running.
    """
    began = CLOCK.now()
    elapsed = 0.0
    shown = resource._session.options.progress if progress is None else progress
    with going_on(resource), following(resource, shown, since):
        while True:
            remaining = None if timeout is None else timeout - elapsed
            try:
                changed = yield from resource._look(patient(resource._session, remaining))
            except PasqalCloudError as error:
                if timeout is None or not error.retryable:
                    raise
                elapsed = CLOCK.now() - began
                if elapsed >= timeout:
                    raise _timed_out(resource, timeout) from error
                yield Sleep(min(PATIENT.longest, timeout - elapsed))
                elapsed = CLOCK.now() - began
                continue
            if changed and on_update is not None:
                with BOARD.hidden():
                    on_update(resource)
            if resource.is_settled:
                return
            elapsed = CLOCK.now() - began
            if timeout is not None and elapsed >= timeout:
                raise _timed_out(resource, timeout)
            pause = interval(elapsed) if poll is None else poll
            yield Sleep(pause if timeout is None else min(pause, timeout - elapsed))
            elapsed = CLOCK.now() - began


def patient(session: Session, remaining: float | None) -> Session:
    """Gets a session whose requests are retried until a wait's timeout, and are not answered much later.

    Args:
        session: The session.
        remaining: The seconds until the timeout; None for no limit.
    """
    if remaining is None:
        return session.with_options(retry=PATIENT)
    retry = attrs.evolve(PATIENT, deadline=min(max(remaining, 0.0), PATIENT.deadline))
    return session.with_options(retry=retry, longest=max(remaining, LEAST))


@contextmanager
def going_on(resource: Settling) -> Iterator[None]:
    """Adds a note to any error that ends a wait: the work was submitted and is not cancelled by the error.

    What interrupts a wait, like Ctrl-C, also gets the attribute `handle`, as a `WaitTimeoutError` has it.
    """
    try:
        yield
    except BaseException as error:
        if not isinstance(error, Exception) and hasattr(resource, "id"):  # without an id, it is several jobs
            error.handle = resource  # type: ignore[attr-defined]  # errors of Python have no such attribute
        state = "has ended" if resource.is_settled else "is still queued or running"
        error.add_note(f"It was submitted and {state}: {resource!r}")
        raise


def interval(elapsed: float) -> float:
    """Gets the pause before the next request for the status, in seconds.

    The pause grows with the time waited so far, so that short work is seen to end soon and long work costs few
    requests: a quarter of that time, between 0.25 s and 5 s; later a tenth of it, up to 30 s. Up to a fifth is
    subtracted at random, so that many clients don't send their requests at once.

    Args:
        elapsed: The seconds waited so far.
    """
    longest = min(max(0.25, elapsed / 4), max(5.0, elapsed / 10), 30.0)
    return longest * uniform(0.8, 1.0)  # noqa: S311 - no secret


def _timed_out(resource: Any, timeout: float) -> WaitTimeoutError:
    return WaitTimeoutError(f"Timed out after {timeout:g} s; still queued or running: {resource!r}", handle=resource)
