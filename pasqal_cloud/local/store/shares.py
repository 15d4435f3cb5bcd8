"""How projects share the queue, and the limits of each.

Among the projects of one priority, the next batch comes from the one that has used the least emulation time lately, per
weight. This is the fair-share scheme of Slurm: what a project has used counts half after `HALF_LIFE`, so nobody pays
forever for a busy week, and nobody saves up time by being idle for long. Jobs count when they have ended; jobs that
run count as much as the project's jobs take on average, so that many workers are shared before the first job ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Float, bindparam, cast, func, insert, literal_column, or_, select, update

from pasqal_cloud.local.states import JobStatus
from pasqal_cloud.local.store.records import Record, record, stamp
from pasqal_cloud.local.store.schema import ARCHIVED, counters, projects, settings

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import ColumnElement, Connection, FromClause, ScalarSelect

HALF_LIFE = 86_400.0
"""Seconds after which emulation time counts half for a project's place in the queue."""

DECAY_EVERY = 3_600.0
"""Seconds between two reductions of all projects' recent emulation time. The order between projects is not affected."""

DECAYED_AT = "shares_decayed_at"
"""The name of the setting with the time of the last reduction."""


class LimitError(Exception):
    """A submission would exceed a limit of its project; nothing was stored.

    Args:
        limits: The project's limits, and what it has used, as `Usage` has them.
        new: How many jobs were submitted.
    """

    def __init__(self, limits: Usage, new: int) -> None:
        super().__init__(limits, new)
        self.limits = limits
        self.new = new


@dataclass(frozen=True)
class Usage:
    """What a project uses, and what it may use.

    Args:
        project: The project.
        waiting: How many of its jobs wait.
        running: How many of its jobs run.
    """

    project: Record
    waiting: int
    running: int

    @property
    def is_used_up(self) -> bool:
        """Whether it has used all its emulation time."""
        most = self.project["max_emulation_seconds"]
        return most is not None and self.project["emulation_seconds"] >= most


def _jobs_of(project: FromClause, *statuses: JobStatus, kinds: tuple[str, ...] = ("jobs",)) -> ScalarSelect[Any]:
    """Creates the number of a project's jobs in these statuses; without parameters, which would take time."""
    amount = select(func.sum(counters.c.amount)).where(
        counters.c.kind.in_([literal_column(f"'{kind}'") for kind in kinds]),
        counters.c.project_id == project.c.id,
        counters.c.status.in_([literal_column(f"'{status}'") for status in statuses]),
    )
    return func.coalesce(amount.correlate(project).scalar_subquery(), 0)  # type: ignore[return-value] # as a column


def may_run(project: FromClause) -> ColumnElement[bool]:
    """The condition that a project has emulation time left."""
    most = project.c.max_emulation_seconds
    return or_(most.is_(None), project.c.emulation_seconds < most)


def mean_seconds(project: FromClause) -> ColumnElement[Any]:
    """Creates the time that a project's jobs take on average, also archived ones; null if none has ended."""
    ended = _jobs_of(project, JobStatus.DONE, JobStatus.ERROR, kinds=("jobs", ARCHIVED))
    return project.c.emulation_seconds / func.nullif(ended, 0)


def place(project: FromClause) -> list[ColumnElement[Any]]:
    """Creates the order of projects of one priority."""
    running = _jobs_of(project, JobStatus.RUNNING)
    used = project.c.recent_seconds + running * func.coalesce(mean_seconds(project), 0.0)
    return [used / project.c.weight, cast(running, Float) / project.c.weight]


USAGE = select(
    projects,
    _jobs_of(projects, JobStatus.PENDING).label("waiting"),
    _jobs_of(projects, JobStatus.RUNNING).label("running"),
)
OF_ONE = USAGE.where(projects.c.id == bindparam("project_id"))

HELD_BACK = select(projects.c.id).where(~may_run(projects), _jobs_of(projects, JobStatus.PENDING) > 0).limit(1)

# Creating statements takes longer than executing them, so they are created once.
LAST_DECAY = select(settings.c.value).where(settings.c.name == DECAYED_AT)
CHARGE = (
    update(projects)
    .where(projects.c.id == bindparam("charged"))
    .values(
        emulation_seconds=projects.c.emulation_seconds + bindparam("seconds", type_=Float),
        recent_seconds=projects.c.recent_seconds + bindparam("seconds", type_=Float),
    )
)


def usage(connection: Connection, project_ids: Collection[str] | None, most: int | None = None) -> list[Usage]:
    """Gets what projects use, in the order of their names.

    Args:
        connection: A transaction.
        project_ids: The projects; None for all.
        most: The maximum number of projects; None for no limit.
    """
    query = USAGE.order_by(projects.c.name, projects.c.id).limit(most)
    if project_ids is not None:
        query = query.where(projects.c.id.in_(project_ids))
    return [_usage(record(row)) for row in connection.execute(query)]


def check_limits(connection: Connection, project_id: str, new: int) -> None:
    """Refuses new jobs that would exceed a limit of their project.

    Raises:
        LimitError: They would.
    """
    row = connection.execute(OF_ONE, {"project_id": project_id}).first()
    if row is None:
        return
    limits = _usage(record(row))
    most = limits.project["max_waiting_jobs"]
    if (new and limits.is_used_up) or (most is not None and new > 0 and limits.waiting + new > most):
        raise LimitError(limits, new)


def charge(
    connection: Connection, project_id: str, claimed: str | None, now: datetime, ran: float | None = None
) -> None:
    """Adds the time of a job that ends to what its project has used.

    Args:
        connection: The transaction that ends the job.
        project_id: Its project.
        claimed: When it was claimed.
        now: When it ends.
        ran: The seconds for which it ran, if it may have waited at a worker; None if it ran since it was claimed.
    """
    if claimed is None:
        return
    seconds = (now - datetime.fromisoformat(claimed)).total_seconds()
    if ran is not None:
        seconds = min(seconds, ran)
    if seconds <= 0:  # a test has set the clock back
        return
    _decay(connection, now)
    connection.execute(CHARGE, {"charged": project_id, "seconds": seconds})


def forget_use(connection: Connection) -> None:
    """Forgets what projects have used."""
    connection.execute(update(projects).values(emulation_seconds=0.0, recent_seconds=0.0))
    connection.execute(settings.delete().where(settings.c.name == DECAYED_AT))


def _decay(connection: Connection, now: datetime) -> None:
    """Reduces what all projects have used lately, if the last reduction was long ago."""
    last = connection.scalar(LAST_DECAY)
    if last is None:
        connection.execute(insert(settings).values(name=DECAYED_AT, value=stamp(now)))
        return
    passed = (now - datetime.fromisoformat(last)).total_seconds()
    if 0 <= passed < DECAY_EVERY:
        return
    if passed > 0:
        kept = 0.5 ** (passed / HALF_LIFE)
        connection.execute(update(projects).values(recent_seconds=projects.c.recent_seconds * kept))
    connection.execute(update(settings).where(settings.c.name == DECAYED_AT).values(value=stamp(now)))


def _usage(found: Mapping[str, Any]) -> Usage:
    values = dict(found)
    waiting, running = int(values.pop("waiting")), int(values.pop("running"))
    return Usage(values, waiting, running)
