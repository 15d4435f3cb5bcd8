"""What concerns the whole database: what is in it, and making it empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, literal_column, select, table

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
"""The tables of all that clients have submitted, and of what came of it; those that refer to others come first."""


class Upkeep(Database):
    """The part of the store that is for whoever runs the service."""

    def overview(self, last: int, now: datetime) -> Overview:
        """Gives the queue, and the last batches."""
        with self.reading() as connection:
            return overview(connection, last, now)

    def reset(self) -> list[str]:
        """Forgets all that clients have submitted, and counts from one again; gives the claims of what was running.

        Forgotten, too, are users who were added, with their own projects; whoever the service was started for stays.
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
            names = [submitted.name for submitted in SUBMITTED]
            connection.execute(delete(table("sqlite_sequence")).where(literal_column("name").in_(names)))
        return claims
