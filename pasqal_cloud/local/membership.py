"""This service among others that use the same database.

It stores every few seconds that it is alive, checks whether the others are, and receives their notifications. A
database file is used by one service only, which is stored once.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy.exc import SQLAlchemyError

from pasqal_cloud.local.store import AwayError, FullDiskError

if TYPE_CHECKING:
    from pasqal_cloud.local.scheduler import Scheduler
    from pasqal_cloud.local.store import Store

BEAT = 5.0
"""Seconds between two signs of life."""

logger = logging.getLogger(__name__)


class Membership:
    """Keeps this service's jobs its own, and takes over those of services that have died, until its context ends.

    Args:
        store: The database.
        scheduler: What runs this service's jobs.
    """

    def __init__(self, store: Store, scheduler: Scheduler) -> None:
        self._store = store
        self._scheduler = scheduler
        self._is_stopping = threading.Event()
        self._thread = threading.Thread(target=self._live, name="membership", daemon=True)
        self._notices = store.database.notices(self._received, scheduler.check)

    def __enter__(self) -> Self:
        """Stores that the service is there; others then leave its jobs alone."""
        self._store.services.join()
        if self._notices is not None:
            self._notices.start()
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leaves the unfinished jobs to the others, or to the next start."""
        self._is_stopping.set()
        if self._notices is not None:
            self._notices.stop()
            self._thread.join()
        try:
            self._store.services.leave()
        except (AwayError, FullDiskError, SQLAlchemyError) as error:  # the others will notice
            logger.warning("Storing that this service ends failed: %s.", error)

    def _live(self) -> None:
        while not self._is_stopping.wait(BEAT):
            try:
                self._beat()
            except (AwayError, FullDiskError):
                logger.info("Storing that this service is alive failed; trying again.")
            except Exception:
                logger.exception("An unexpected error interrupted the signs of life; trying again.")

    def _beat(self) -> None:
        if not self._store.services.beat():
            logger.warning("Other services considered this one dead and have taken over its jobs.")
            self._scheduler.check()
        elif not self._store.services.are_all_alive():
            logger.warning("Another service has died: its jobs run again.")
            self._scheduler.check()

    def _received(self, notice: dict[str, Any]) -> None:
        if claims := notice.get("kill"):
            self._scheduler.kill(claims)
        elif "left" in notice:
            self._scheduler.check()
        else:
            self._scheduler.wake()
