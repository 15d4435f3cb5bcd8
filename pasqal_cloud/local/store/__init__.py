"""The database, which is also the queue.

`Store` is made of parts that share one `Database`, each in the module of its name: `accounts`, `submissions`, `lists`,
`queue`, `ends`, `deliveries` and `services`. Every change is one transaction. `database` is the connection with the
database, `sqlite` and `postgresql` have what is their own in it, `dialects` what they say in different words. `schema`
defines the tables, `triggers` and `plpgsql` what the database updates by itself; `versions` and `migrations` bring up
databases of earlier schemas; `records` is the data that goes in and out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, literal, select

from pasqal_cloud.local.database import Server
from pasqal_cloud.local.store.accounts import Accounts
from pasqal_cloud.local.store.database import AwayError, FullDiskError, read_stored
from pasqal_cloud.local.store.deliveries import Deliveries
from pasqal_cloud.local.store.ends import Ends
from pasqal_cloud.local.store.figures import Figures, figures
from pasqal_cloud.local.store.lists import Lists
from pasqal_cloud.local.store.overview import Detail, Overview, detail, overview
from pasqal_cloud.local.store.queue import Queue
from pasqal_cloud.local.store.records import (
    ChangedError,
    Claim,
    Delivery,
    Filters,
    NewBatch,
    NewProject,
    NewWorkload,
    Page,
    Record,
    Submitted,
    WorkloadClaim,
)
from pasqal_cloud.local.store.schema import SUBMITTED, jobs, members, projects, users
from pasqal_cloud.local.store.services import Services
from pasqal_cloud.local.store.sqlite import SQLite
from pasqal_cloud.local.store.submissions import SeedOf, Submissions

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from pasqal_cloud.local.database import Place
    from pasqal_cloud.local.store.database import Database

__all__ = [
    "AwayError",
    "ChangedError",
    "Claim",
    "Delivery",
    "Filters",
    "FullDiskError",
    "NewBatch",
    "NewProject",
    "NewWorkload",
    "Overview",
    "Page",
    "Record",
    "SeedOf",
    "Store",
    "Submitted",
    "WorkloadClaim",
    "opened",
    "read_stored",
]


class Store:
    """The database.

    Args:
        place: The path of the database file, or the server.
        seed_of: Gets the seed of the n-th job ever submitted.
    """

    def __init__(self, place: Place, seed_of: SeedOf) -> None:
        self.database = opened(place)
        self.accounts = Accounts(self.database)
        self.submissions = Submissions(self.database, seed_of)
        self.lists = Lists(self.database)
        self.queue = Queue(self.database)
        self.ends = Ends(self.database)
        self.deliveries = Deliveries(self.database)
        self.services = Services(self.database)

    def close(self) -> None:
        """Closes all connections."""
        self.database.close()

    def check(self) -> None:
        """Raises an error of SQLAlchemy if the database does not answer."""
        with self.database.reading() as connection:
            connection.scalar(select(literal(1)))

    def figures(self, now: datetime) -> Figures:
        """Gets the numbers for monitoring."""
        with self.database.reading() as connection:
            return figures(connection, now)

    def overview(self, last: int, now: datetime) -> Overview:
        """Gets the queues and the latest batches."""
        with self.database.reading() as connection:
            return overview(connection, last, now)

    def detail(self, batch_id: str, first: int, now: datetime, project_ids: Collection[str] | None) -> Detail | None:
        """Gets a batch of these projects, or of any, with its first jobs; None if there is none."""
        with self.database.reading() as connection:
            return detail(connection, batch_id, first, now, project_ids)

    def reset(self) -> list[str]:
        """Deletes all submissions; gets the claims of running jobs.

        Users who were added, and their own projects, are deleted too; only the user in the options stays.
        """
        with self.database.writing() as connection:
            running = connection.scalars(select(jobs.c.claim).where(jobs.c.claim.is_not(None)))
            claims = [str(claim) for claim in running]
            for table in SUBMITTED:
                connection.execute(delete(table))
            self.database.tell(connection, kill=claims)
            added = select(users.c.id).where(users.c.password.is_not(None))
            connection.execute(delete(members).where(members.c.user_id.in_(added)))
            connection.execute(delete(users).where(users.c.id.in_(added)))
            connection.execute(delete(projects).where(projects.c.id.not_in(select(members.c.project_id))))
        return claims


def opened(place: Place, *, beside: bool = False) -> Database:
    """Opens a database.

    Args:
        place: The path of the database file, or the server.
        beside: Whether a service may be using it, so that it is not checked, created or brought up.
    """
    if isinstance(place, Server):
        from pasqal_cloud.local.store.postgresql import PostgreSQL

        return PostgreSQL(place, beside=beside)
    return SQLite(place, beside=beside)
