"""Jobs in the order in which they end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from pasqal_cloud._flow import Now, Together, agoing_through, call, going_through
from pasqal_cloud._wait import until_settled
from pasqal_cloud.errors import JobFetchingError
from pasqal_cloud.filters import JobFilters
from pasqal_cloud.job import AsyncJob, Job, JobFlows
from pasqal_cloud_api.api.jobs import list_jobs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator

    from pasqal_cloud._flow import Flow
    from pasqal_cloud._retry import RetryPolicy

JobT = TypeVar("JobT", bound=JobFlows)


@overload
def as_completed(jobs: Iterable[Job], timeout: float | None = None) -> Iterator[Job]: ...
@overload
def as_completed(jobs: Iterable[AsyncJob], timeout: float | None = None) -> AsyncIterator[AsyncJob]: ...
def as_completed(jobs: Iterable[Any], timeout: float | None = None) -> Any:
    """Gives jobs one by one as they are settled, from whatever batches they are.

    One request for each hundred jobs looks at all that are left.

    Args:
        jobs: The jobs, all of an `SDK` (for an ordinary `for`) or all of an `AsyncSDK` (for an `async for`).
        timeout: How long to wait for all of them together, in seconds; None for as long as it takes.

    Raises:
        WaitTimeoutError: The time was up; the jobs go on.
        JobFetchingError: Their statuses could not be had.
    """
    jobs = list(jobs)
    source = _Completion(jobs, timeout)
    iterate = agoing_through if jobs and isinstance(jobs[0], AsyncJob) else going_through
    return iterate(source, JobFetchingError)


class _Completion(Generic[JobT]):
    """The jobs that are left; settled as soon as one of them is."""

    def __init__(self, jobs: list[JobT], timeout: float | None) -> None:
        self._left = {job.id: job for job in jobs}
        self._timeout = timeout
        self._began: float | None = None

    @property
    def is_settled(self) -> bool:
        """Whether a job is settled."""
        return any(job.is_settled for job in self._left.values())

    def more(self) -> Flow[list[JobT]]:
        """Waits until a job is settled, and gives all that are."""
        if not self._left:
            return []
        if not self.is_settled:
            yield from until_settled(self, timeout=(yield from self._time_left()), poll=None, on_update=None)
        settled = [job for job in self._left.values() if job.is_settled]
        for job in settled:
            del self._left[job.id]
        return settled

    def _time_left(self) -> Flow[float | None]:
        now: float = yield Now()
        self._began = now if self._began is None else self._began
        return None if self._timeout is None else max(0.0, self._began + self._timeout - now)

    def _look(self, retry: RetryPolicy) -> Flow[bool]:
        client = next(iter(self._left.values()))._api.core.with_options(retry=retry)
        pieces = JobFilters(id=self._left).pieces()
        pages = yield Together(call(list_jobs, client=client, **piece.query()) for piece in pieces)
        for page in pages:
            for snapshot in page.data:
                self._left[snapshot.id]._show(snapshot)
        return True

    def __repr__(self) -> str:
        """Shows what is waited for."""
        return f"{len(self._left)} jobs: {', '.join(self._left)}"
