"""Whether a service can take work: its database answers, its scheduler runs, and its engine has loaded."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from pasqal_cloud.local.store import AwayError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pasqal_cloud.local.scheduler import Scheduler
    from pasqal_cloud.local.store import Store
    from pasqal_cloud.local.work import Checker, Runner

NO_ANSWER = "The database does not answer."

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Readiness:
    """Asks the parts of a service.

    Args:
        store: The database.
        scheduler: Takes jobs from the queue.
        runner: Runs them.
        checker: Checks submissions.
    """

    store: Store
    scheduler: Scheduler
    runner: Runner
    checker: Checker

    def reasons_against(self) -> list[str]:
        """Gets the reasons why the service can't take work now, one sentence each; none if it can."""
        return list(dict.fromkeys(self._reasons()))

    def _reasons(self) -> Iterator[str]:
        try:
            self.store.check()
        except (AwayError, SQLAlchemyError) as error:  # its text may contain the address of the database
            logger.warning("The database does not answer: %s", type(error).__name__)
            yield NO_ANSWER
        for part in (self.scheduler, self.runner, self.checker):
            if reason := part.why_not_ready():
                yield reason
