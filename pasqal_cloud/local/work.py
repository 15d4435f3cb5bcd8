"""Who does the work, as the rest of the service sees them: what judges submissions, and what runs tasks."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol, TypeAlias

from pasqal_cloud.local.tasks import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from pasqal_cloud.local.tasks import Submission, Task, Verdict


class Interruption(Enum):
    """Why a run has no outcome."""

    KILLED = auto()
    WORKER_LOST = auto()


Ending: TypeAlias = Outcome | Interruption


class UncheckableError(Exception):
    """A submission is too much for the checker, whenever it comes, for the reason in the message."""


class CheckerBusyError(Exception):
    """A submission could not be checked now, for the reason in the message: it may be sent again."""


class Checker(Protocol):
    """Judges submissions."""

    def check(self, submission: Submission) -> Verdict:
        """Judges one submission.

        Raises:
            UncheckableError: It is too much, whenever it comes.
            CheckerBusyError: There was no time for it.
        """
        ...


class Runner(Protocol):
    """Runs tasks, several at once."""

    @property
    def has_room(self) -> bool:
        """Whether a task could start now."""
        ...

    def run(self, claim: str, task: Task, ended: Callable[[str, Ending], None], freed: Callable[[], None]) -> None:
        """Starts a task.

        Args:
            claim: Names the run, for `kill` and `ended`.
            task: What to run.
            ended: Called in another thread with how the task ended.
            freed: Called after that, when there is room again.
        """
        ...

    def kill(self, claim: str) -> None:
        """Ends a run, whatever it is doing; unknown ones have ended already."""
        ...
