"""The numbers for monitoring, whose cost does not depend on the number of stored jobs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from pasqal_cloud.local.states import JobStatus
from pasqal_cloud.local.store.schema import counters, jobs, projects

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

AMOUNTS = (
    select(counters.c.device_type, counters.c.status, func.sum(counters.c.amount).label("amount"))
    .where(counters.c.kind == "jobs")
    .group_by(counters.c.device_type, counters.c.status)
)

FIRST_WAITING = (
    select(jobs.c.created_at)
    .where(jobs.c.project_id == projects.c.id, jobs.c.status == JobStatus.PENDING)
    .order_by(jobs.c.number)
    .limit(1)
    .correlate(projects)
    .scalar_subquery()
)

OLDEST_WAITING = select(
    func.min(select(FIRST_WAITING.label("created_at")).select_from(projects).subquery().c.created_at)
)
"""The query for the time of the oldest pending job: the oldest of each project's first ones, which an index has."""


@dataclass(frozen=True)
class Figures:
    """The numbers of a moment.

    Args:
        jobs: The number of jobs, by device type and status.
        oldest_waiting: How long the oldest pending job has been waiting, in seconds; 0 if there is none.
    """

    jobs: Mapping[tuple[str, str], int]
    oldest_waiting: float


def figures(connection: Connection, now: datetime) -> Figures:
    """Reads the numbers.

    Args:
        connection: A transaction.
        now: The time.
    """
    amounts = {(row.device_type, row.status): int(row.amount) for row in connection.execute(AMOUNTS)}
    oldest = connection.scalar(OLDEST_WAITING)
    waiting = 0.0 if oldest is None else max(0.0, (now - datetime.fromisoformat(oldest)).total_seconds())
    return Figures(amounts, waiting)
