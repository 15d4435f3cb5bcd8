"""The results of a batch's jobs at once: by the jobs' ids, and as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from pasqal_cloud._conversation.flow import Together
from pasqal_cloud._extras import package
from pasqal_cloud.errors import ValidationError
from pasqal_cloud.status import JobStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from pasqal_cloud._conversation.flow import Flow
    from pasqal_cloud.errors import JobFailedError
    from pasqal_cloud.job import JobFlows

Fetch: TypeAlias = "Callable[[], Flow[Sequence[JobFlows]]]"
"""Gets the jobs of a batch, as they are now."""

COLUMNS = ("runs", "status", "counts")
"""The columns of a table that are not variables."""


def collecting(fetch: Fetch, errors: str) -> Flow[dict[str, Any]]:
    """Downloads the results of all settled jobs, by their ids.

    Args:
        fetch: Gets the jobs.
        errors: What to do about jobs that failed: `raise` the error of the first, `skip` them, or `return` the errors.
    """
    if errors not in ("raise", "skip", "return"):
        raise ValidationError(f"errors must be 'raise', 'skip' or 'return', not {errors!r}.")
    jobs = [job for job in (yield from fetch()) if job.is_settled]
    failures: dict[str, JobFailedError] = {job.id: failure for job in jobs if (failure := job._failure())}
    if failures and errors == "raise":
        raise next(iter(failures.values()))
    measured = yield from _measuring([job for job in jobs if job.id not in failures])
    wanted = (job.id for job in jobs if errors == "return" or job.id in measured)
    return {job_id: failures.get(job_id) or measured[job_id] for job_id in wanted}


def tabulating(fetch: Fetch) -> Flow[pd.DataFrame]:
    """Makes a table with a row for each job.

    Args:
        fetch: Gets the jobs.
    """
    pandas = package("pandas", "pandas")
    jobs = yield from fetch()
    measured = yield from _measuring([job for job in jobs if job.status == JobStatus.DONE])
    variables = [job.variables for job in jobs]
    columns: dict[str, list[Any]] = {
        f"variable {name}" if name in COLUMNS else name: [_hashable(values.get(name)) for values in variables]
        for name in dict.fromkeys(name for values in variables for name in values)
    }
    columns["runs"] = [job.runs for job in jobs]
    columns["status"] = [str(job.status) for job in jobs]
    counts = pandas.Series([measured.get(job.id) for job in jobs], dtype=object)
    index = pandas.Index([job.id for job in jobs], dtype=object, name="job")
    return pandas.DataFrame(columns | {"counts": counts.to_numpy()}, index=index)


def _measuring(jobs: Sequence[JobFlows]) -> Flow[dict[str, Any]]:
    """Downloads the counts of jobs that are done, by their ids."""
    most = jobs[0]._session.places.most if jobs else 1
    return dict(zip((job.id for job in jobs), (yield Together((job._counts() for job in jobs), most)), strict=True))


def _hashable(value: Any) -> Any:
    """Gets an array as a tuple, by which rows can be grouped."""
    return tuple(map(_hashable, value)) if isinstance(value, list) else value
