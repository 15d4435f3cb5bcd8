"""Operations on the whole database: its overview, and deleting everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from pasqal_cloud.local.store.overview import Overview, overview
from pasqal_cloud.local.store.schema import (
    batches,
    counters,
    deliveries,
    jobs,
    members,
    projects,
    results,
    sequences,
    submissions,
    tags,
    users,
    workloads,
)
from pasqal_cloud.local.store.sqlite import Database

if TYPE_CHECKING:
    from datetime import datetime

SUBMITTED = (deliveries, submissions, results, tags, jobs, batches, workloads, sequences, counters)
"""The tables with submissions and their results; tables come before those that they refer to."""


class Upkeep(Database):
    """The part of the store for the status page and for tests."""

    def overview(self, last: int, now: datetime) -> Overview:
        """Gets the queues and the latest batches."""
        with self.reading() as connection:
            return overview(connection, last, now)

    def reset(self) -> list[str]:
        """Deletes all submissions; gets the claims of running jobs.

        Users who were added, and their own projects, are deleted too; only the user in the options stays.
        """
        with self.writing() as connection:
            running = connection.scalars(select(jobs.c.claim).where(jobs.c.claim.is_not(None)))
            claims = [str(claim) for claim in running]
            for submitted in SUBMITTED:
                connection.execute(delete(submitted))
            added = select(users.c.id).where(users.c.password.is_not(None))
            connection.execute(delete(members).where(members.c.user_id.in_(added)))
            connection.execute(delete(users).where(users.c.id.in_(added)))
            connection.execute(delete(projects).where(projects.c.id.not_in(select(members.c.project_id))))
        return claims
