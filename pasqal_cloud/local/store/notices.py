"""The notifications between services that share a database: that there are new jobs, and which runs to stop."""

from __future__ import annotations

import json
import logging
import threading
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import SQLAlchemyError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pasqal_cloud.local.store.postgresql import PostgreSQL

LOOK = 1.0
"""Seconds between two looks whether to stop."""

logger = logging.getLogger(__name__)


class Notices:
    """Listens, in a thread of its own, on a connection of its own, which it opens again if it breaks.

    Args:
        database: The database.
        received: Called with each notification of another service.
        connected: Called when it listens; earlier notifications may have been missed.
    """

    def __init__(
        self, database: PostgreSQL, received: Callable[[dict[str, Any]], None], connected: Callable[[], None]
    ) -> None:
        self._database = database
        self._received = received
        self._connected = connected
        self._is_stopping = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="notices", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stops the thread, within a second."""
        self._is_stopping.set()

    def _listen(self) -> None:
        import psycopg

        while not self._is_stopping.is_set():
            try:
                self._listen_once()
            except (psycopg.Error, SQLAlchemyError) as error:
                logger.info("The connection with the database broke: %s.", " ".join(str(error).split()))
            except Exception:
                logger.exception("An unexpected error interrupted the notices; trying again.")
            self._is_stopping.wait(LOOK)

    def _listen_once(self) -> None:
        with self._database.listening() as connection:
            self._connected()
            while not self._is_stopping.is_set():
                for notification in connection.notifies(timeout=LOOK):
                    notice = json.loads(notification.payload)
                    if notice.pop("from") != self._database.service_id:
                        self._received(notice)
