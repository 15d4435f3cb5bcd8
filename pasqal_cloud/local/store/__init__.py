"""The database, which is also the queue.

`Store` is made of parts that share one `Database`, each in the module of its name: `accounts`, `submissions`, `lists`,
`queue`, `ends`, `deliveries` and `services`. Every change is one transaction. `database` is the connection with the
database, `sqlite` and `postgresql` have what is their own in it, `dialects` what they say in different words. `schema`
defines the tables, `triggers` and `plpgsql` what the database updates by itself, `counting` what is counted together;
`versions` and `migrations` bring up databases of earlier schemas; `records` is the data that goes in and out. `lists`
reads `pages` by `filters`, with `totals` from the counters; `shares` is how projects share the queue, `administration`
what administrators do, `archive` what becomes of old batches, and `figures` what is monitored.
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
from pasqal_cloud.local.store.schema import SUBMITTED, is_claimed, jobs, members, projects, users
from pasqal_cloud.local.store.services import Services
from pasqal_cloud.local.store.shares import LimitError, Usage, forget_use, usage
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
    "LimitError",
    "NewBatch",
    "NewProject",
    "NewWorkload",
    "Overview",
    "Page",
    "Record",
    "SeedOf",
    "Store",
    "Submitted",
    "Usage",
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

    def overview(self, last: int, now: datetime, project_ids: Collection[str] | None = None) -> Overview:
        """Gets the queues, and the latest batches of these projects, or of all."""
        with self.database.reading() as connection:
            return overview(connection, last, now, project_ids)

    def usage(self, project_ids: Collection[str] | None, most: int | None = None) -> list[Usage]:
        """Gets what these projects use, or all, in the order of their names."""
        with self.database.reading() as connection:
            return usage(connection, project_ids, most)

    def detail(self, batch_id: str, first: int, now: datetime, project_ids: Collection[str] | None) -> Detail | None:
        """Gets a batch of these projects, or of any, with its first jobs; None if there is none."""
        with self.database.reading() as connection:
            return detail(connection, batch_id, first, now, project_ids)

    def reset(self) -> list[str]:
        """Deletes all submissions; gets the claims of running jobs.

        Users whom tests have added, and their own projects, are deleted too. What projects have used is forgotten.
        """
        with self.database.writing() as connection:
            running = connection.scalars(select(jobs.c.claim).where(is_claimed(jobs)))
            claims = [str(claim) for claim in running]
            for table in SUBMITTED:
                connection.execute(delete(table))
            self.database.notify(connection, kill=claims)
            added = select(users.c.id).where(users.c.until_reset)
            theirs = list(connection.scalars(select(members.c.project_id).where(members.c.user_id.in_(added))))
            connection.execute(delete(members).where(members.c.user_id.in_(added)))
            connection.execute(delete(users).where(users.c.until_reset))
            left = select(members.c.project_id)
            connection.execute(delete(projects).where(projects.c.id.in_(theirs), projects.c.id.not_in(left)))
            forget_use(connection)
        return claims


def opened(place: Place, *, as_is: bool = False) -> Database:
    """Opens a database.

    Args:
        place: The path of the database file, or the server.
        as_is: Whether only a database of the current schema is opened, without a check, beside a running service.
    """
    if isinstance(place, Server):
        from pasqal_cloud.local.store.postgresql import PostgreSQL

        return PostgreSQL(place, as_is=as_is)
    return SQLite(place, as_is=as_is)
