"""Waiting until a batch or a job is settled: the one polling loop of the package."""

from __future__ import annotations

from contextlib import contextmanager
from random import uniform
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import attrs

from pasqal_cloud._arguments import seconds
from pasqal_cloud._conversation.flow import Now, Sleep
from pasqal_cloud._conversation.retry import PATIENT
from pasqal_cloud.errors import PasqalCloudError, WaitTimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pasqal_cloud._conversation.flow import Flow
    from pasqal_cloud._conversation.retry import RetryPolicy


class Settling(Protocol):
    """A handle of work that comes to an end."""

    @property
    def is_settled(self) -> bool:
        """Whether nothing will change any more."""
        ...

    def _look(self, retry: RetryPolicy) -> Flow[bool]:
        """Asks for the status alone, and tells whether anything has changed."""
        ...


S = TypeVar("S", bound=Settling)


def until_settled(
    resource: S,
    *,
    timeout: float | None,
    poll: float | None,
    on_update: Callable[[S], object] | None,
) -> Flow[None]:
    """Polls the status until the work has come to its end.

    An outage of the service meanwhile is sat out: until the time is up or, without a timeout, for ten minutes.

    Args:
        resource: What to wait for.
        timeout: How long at most, in seconds; None for as long as it takes.
        poll: The seconds between two looks; None to look often at first, then less and less.
        on_update: Called with the resource whenever something has changed.

    Raises:
        WaitTimeoutError: The time was up. The work goes on.
    """
    timeout, poll = seconds(timeout, "timeout"), seconds(poll, "poll", above_zero=True)
    began = yield Now()
    elapsed = 0.0
    with going_on(resource):
        while True:
            remaining = PATIENT.deadline if timeout is None else min(timeout - elapsed, PATIENT.deadline)
            try:
                changed = yield from resource._look(attrs.evolve(PATIENT, deadline=remaining))
            except PasqalCloudError as error:
                if timeout is None or not error.retryable:
                    raise
                elapsed = (yield Now()) - began
                if elapsed >= timeout:
                    raise _time_is_up(resource, timeout) from error
                yield Sleep(min(PATIENT.longest, timeout - elapsed))
                elapsed = (yield Now()) - began
                continue
            if changed and on_update is not None:
                on_update(resource)
            if resource.is_settled:
                return
            elapsed = (yield Now()) - began
            if timeout is not None and elapsed >= timeout:
                raise _time_is_up(resource, timeout)
            pause = interval(elapsed) if poll is None else poll
            yield Sleep(pause if timeout is None else min(pause, timeout - elapsed))
            elapsed = (yield Now()) - began


@contextmanager
def going_on(resource: object) -> Iterator[None]:
    """Notes on whatever ends a wait what was waited for, which goes on.

    Args:
        resource: The handle.
    """
    try:
        yield
    except BaseException as error:
        error.add_note(f"It was submitted and is still queued or running: {resource!r}")
        raise


def interval(elapsed: float, jitter: Callable[[float, float], float] = uniform) -> float:
    """Gets the pause before the next look, in seconds.

    The end of short work is seen soon, long work is not looked at all the time: the pause is a quarter of the time
    waited so far, from 0.25 s up to 5 s or, later, a tenth of that time, never above 30 s; and up to a fifth less, so
    that the looks of many clients spread.

    Args:
        elapsed: The seconds waited so far.
        jitter: Draws a number between two.
    """
    longest = min(max(0.25, elapsed / 4), max(5.0, elapsed / 10), 30.0)
    return longest * jitter(0.8, 1.0)


def _time_is_up(resource: Any, timeout: float) -> WaitTimeoutError:
    return WaitTimeoutError(f"Not settled after {timeout:g} s, still queued or running: {resource!r}", handle=resource)
