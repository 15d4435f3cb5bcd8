"""Iterating over jobs in the order in which they end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from pasqal_cloud._arguments import counted, flag_of, of_type, seconds
from pasqal_cloud._conversation.flow import CLOCK, Together, aiterate, iterate
from pasqal_cloud._conversation.operation import naming
from pasqal_cloud._conversation.waiting import until_settled
from pasqal_cloud._surfaces import Glance
from pasqal_cloud._tracebacks import short_traceback
from pasqal_cloud.batch import BatchFlows
from pasqal_cloud.errors import JobListingError, ValidationError, WaitTimeoutError
from pasqal_cloud.filters import JobFilters
from pasqal_cloud.job import AsyncJob, Job, JobFlows
from pasqal_cloud_api.api.jobs import list_jobs

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator

    from pasqal_cloud._conversation.flow import Flow
    from pasqal_cloud._conversation.session import Session
    from pasqal_cloud.batch import AsyncBatch

JobT = TypeVar("JobT", bound=JobFlows)

SHOWN = 3
"""How many of the remaining jobs a message lists."""


@overload
def as_completed(
    jobs: Iterable[Job], timeout: float | None = None, *, progress: bool | None = None
) -> Iterable[Job]: ...
@overload
def as_completed(
    jobs: Iterable[AsyncJob] | AsyncBatch, timeout: float | None = None, *, progress: bool | None = None
) -> AsyncIterable[AsyncJob]: ...
@short_traceback
def as_completed(jobs: Any, timeout: float | None = None, *, progress: bool | None = None) -> Any:
    """Iterates over jobs in the order in which they are settled. They may be in different batches.

    The status of up to a hundred jobs is fetched in one request.

    Args:
        jobs: The jobs, all of an `SDK` (for a `for` loop) or all of an `AsyncSDK` (for an `async for` loop); or a batch
            whose jobs they are. An `AsyncBatch` must know its jobs, as after `await batch.ordered_jobs`.
        timeout: How long to wait for all jobs together, in seconds; None for no limit.
        progress: Whether a wait of more than a second shows a line; by default as the SDK was told, or else in a
            terminal or a notebook.

    Raises:
        WaitTimeoutError: Some jobs were not settled in time; they are still queued or running.
        ValidationError: An item of `jobs` is not a job.
        JobFetchingError: The statuses could not be fetched.
    """
    if isinstance(jobs, BatchFlows):
        jobs = jobs._items()
    if not hasattr(jobs, "__iter__"):
        raise ValidationError(f"jobs must be a list of jobs, not {jobs!r}.")
    checked = [of_type(job, JobFlows, f"jobs[{index}]") for index, job in enumerate(jobs)]
    return _AsCompleted(checked, seconds(timeout, "timeout"), flag_of(progress, "progress"))


class _AsCompleted:
    """An iterable for both `for` and `async for`."""

    def __init__(self, jobs: list[Any], timeout: float | None, progress: bool | None) -> None:
        self._jobs = jobs
        self._timeout = timeout
        self._progress = progress

    def __iter__(self) -> Iterator[Any]:
        return iterate(*self._source())

    def __aiter__(self) -> AsyncIterator[Any]:
        return aiterate(*self._source())

    def _source(self) -> tuple[Callable[[], Flow[list[Any]]], Callable[[], None]]:
        remaining: _Completion[Any] = _Completion(self._jobs, self._timeout, self._progress)
        return naming(JobListingError, remaining.more), remaining.close


class _Completion(Generic[JobT]):
    """The remaining jobs, which can be waited for until one of them is settled."""

    def __init__(self, jobs: list[JobT], timeout: float | None, progress: bool | None) -> None:
        self._left = {job.id.lower(): job for job in jobs}
        self._number = len(self._left)
        self._timeout = timeout
        self._progress = progress
        self._began: float | None = None

    @property
    def is_settled(self) -> bool:
        """Whether a job is settled."""
        return any(job.is_settled for job in self._left.values())

    def more(self) -> Flow[list[JobT]]:
        """Waits until a job is settled, and returns all that are."""
        if not self._left:
            return []
        if not self.is_settled:
            try:
                left = self._time_left()
                yield from until_settled(
                    self, timeout=left, poll=None, on_update=None, progress=self._progress, since=self._began
                )
            except WaitTimeoutError as error:
                error.handle = None
                raise
        settled = [job for job in self._left.values() if job.is_settled]
        for job in settled:
            del self._left[job.id.lower()]
        return settled

    def close(self) -> None:
        """Does nothing: no request is under way between two calls."""

    def _time_left(self) -> float | None:
        now = CLOCK.now()
        self._began = now if self._began is None else self._began
        return None if self._timeout is None else max(0.0, self._began + self._timeout - now)

    @property
    def _session(self) -> Session:
        return next(iter(self._left.values()))._session

    def _look(self, session: Session) -> Flow[bool]:
        pieces = JobFilters(id=self._left).pieces()
        pages = yield Together(session.call(list_jobs, **piece.query()) for piece in pieces)
        for page in pages:
            for snapshot in page.data:
                self._left[snapshot.id.lower()]._show(snapshot)
        return True

    def _glance(self) -> Glance:
        ended = self._number - sum(not job.is_settled for job in self._left.values())
        others = len(self._left) - 1
        more = f"and {counted(others, 'other')}" if others else ""
        return Glance("", f"{ended} of {self._number} ended", "job", next(iter(self._left)), more)

    def __repr__(self) -> str:
        """Lists the first of the remaining jobs."""
        first = ", ".join(list(self._left)[:SHOWN])
        return f"{counted(len(self._left), 'job')}: {first}{', …' if len(self._left) > SHOWN else ''}"
