"""Pending calls of webhooks. A trigger stores them in the transaction that ends a job."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, literal_column, select, update

from pasqal_cloud.local.store.database import by
from pasqal_cloud.local.store.records import Delivery, record, stamp
from pasqal_cloud.local.store.schema import deliveries, jobs

if TYPE_CHECKING:
    from pasqal_cloud.local.store.database import Database

NEXT = select(deliveries).order_by(deliveries.c.due_at, deliveries.c.number).limit(literal_column("1"))
JOB = by(jobs)


@dataclass(frozen=True)
class Deliveries:
    """The part of the store for pending calls of webhooks."""

    database: Database

    def next_delivery(self) -> Delivery | None:
        """Gets the delivery that is due first, which may be in the future."""
        row = self.database.first(NEXT)
        job = None if row is None else self.database.first(JOB, {"value": row.job_id})
        if row is None or job is None:
            return None
        return Delivery(row.number, row.id, row.url, row.tries, datetime.fromisoformat(row.due_at), record(job))

    def take(self, delivery: Delivery, until: datetime) -> bool:
        """Tells whether this service may make a delivery: no other one does so, at least until then."""
        if not self.database.is_shared:
            return True
        still = (deliveries.c.id == delivery.id) & (deliveries.c.due_at == stamp(delivery.due_at))
        with self.database.writing() as connection:
            return bool(connection.execute(update(deliveries).where(still).values(due_at=stamp(until))).rowcount)

    def delivered(self, delivery: Delivery) -> None:
        """Removes a delivery."""
        with self.database.writing() as connection:
            connection.execute(delete(deliveries).where(deliveries.c.id == delivery.id))

    def not_delivered(self, delivery: Delivery, now: datetime, again_at: datetime, *, others_too: bool) -> None:
        """Counts a failed try, and postpones the next one.

        Args:
            delivery: The delivery that failed.
            now: The time of the try.
            again_at: When to try again.
            others_too: Whether to postpone all deliveries that are due at the same URL, since they would fail as well.
        """
        tried = update(deliveries).where(deliveries.c.id == delivery.id).values(tries=deliveries.c.tries + 1)
        put_off = deliveries.c.id == delivery.id
        if others_too:
            put_off |= (deliveries.c.url == delivery.url) & (deliveries.c.due_at <= stamp(now))
        with self.database.writing() as connection:
            connection.execute(tried)
            connection.execute(update(deliveries).where(put_off).values(due_at=stamp(again_at)))

    def give_up(self, tries: int) -> list[str]:
        """Removes the deliveries with this number of tries; gets the ids of their jobs."""
        with self.database.writing() as connection:
            worn_out = delete(deliveries).where(deliveries.c.tries >= tries)
            return list(connection.scalars(worn_out.returning(deliveries.c.job_id)))
