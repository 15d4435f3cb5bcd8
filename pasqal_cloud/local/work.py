"""The interfaces of the checker, which checks submissions, of the scheduler, and of the runner, which runs jobs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Protocol, TypeAlias

from pasqal_cloud.local.tasks import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pasqal_cloud.local.tasks import Submission, Task, Verdict


class Interruption(Enum):
    """Why a run has no outcome."""

    KILLED = auto()
    """It was cancelled."""
    WORKER_LOST = auto()
    """The process that ran it died, perhaps because of the job: it is charged to the job."""
    INFRASTRUCTURE = auto()
    """What runs the processes is gone, such as a machine or the connection with it: it is not charged to the job, as
    long as that does not happen too often."""
    NOT_STARTED = auto()
    """It had not started when what was to run it was gone, so that the job can't be the cause, however often."""


@dataclass(frozen=True)
class Report:
    """The state of a runner, for the status page and for `/_local/`.

    Args:
        slots: How many jobs can run at once now.
        workers: The workers on other machines, with what each one does.
        notices: What the operator should know, in sentences.
    """

    slots: int
    workers: tuple[Mapping[str, object], ...] = ()
    notices: tuple[str, ...] = ()


Ending: TypeAlias = Outcome | Interruption


class UncheckableError(Exception):
    """A submission is too large to be checked, whatever the load."""


class CheckerBusyError(Exception):
    """A submission could not be checked now, but may be sent again."""


class Checker(Protocol):
    """Checks submissions."""

    def check(self, submission: Submission) -> Verdict:
        """Checks one submission.

        Raises:
            UncheckableError: It is too large, whatever the load.
            CheckerBusyError: There was no time for it.
        """
        ...

    def why_not_ready(self) -> str | None:
        """Gets the reason, in a sentence, why it can't check anything now; None if it can."""
        ...


class Queue(Protocol):
    """The scheduler, as the rules see it."""

    def wake(self) -> None:
        """Reports that the queue has changed."""

    def kill(self, claims: list[str]) -> None:
        """Stops running jobs."""

    def report(self) -> Report:
        """Gets the state of the runner."""
        ...


class Runner(Protocol):
    """Runs tasks, several at once."""

    @property
    def has_room(self) -> bool:
        """Whether a task can start now."""
        ...

    def why_not_ready(self) -> str | None:
        """Gets the reason, in a sentence, why it can't run anything now, however much room it has; None if it can."""
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
        """Stops a run at once; does nothing if it has already ended."""
        ...

    def on_change(self, changed: Callable[[], None]) -> None:
        """Has a function called in any thread whenever there is more room, other than by a run that ended."""
        ...

    def report(self) -> Report:
        """Gets the state of the runner."""
        ...
