"""The scripted engine: every job ends at once with a made-up result, all atoms in the ground state. Needs no Pulser."""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from pasqal_cloud.local.scripting.outcomes import document
from pasqal_cloud.local.tasks import PLACEHOLDER_RUNS, Outcome, Refusal, Submission, Task, Verdict
from pasqal_cloud.local.work import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pasqal_cloud.local.work import Ending

DEFAULT_SHOTS = 100

AT_ONCE = 2
"""How many jobs run at once: the next one is taken from the queue while the result of one is being stored."""

logger = logging.getLogger(__name__)


class ScriptedChecker:
    """Accepts every sequence that is a JSON object."""

    def check(self, submission: Submission) -> Verdict:
        """Checks only that sequences are JSON objects."""
        return Verdict(tuple(self._refusals(submission)))

    def why_not_ready(self) -> str | None:
        """Gets None: it can always check; see `Checker`."""
        return None

    @staticmethod
    def _refusals(submission: Submission) -> Iterator[Refusal]:
        if submission.sequence is not None and _object(submission.sequence) is None:
            yield Refusal("sequence_builder", NO_SEQUENCE)
        for number, job in enumerate(submission.jobs):
            if job.sequence is not None and _object(job.sequence) is None:
                yield Refusal("sequence", NO_SEQUENCE, job=number)


NO_SEQUENCE = "not a serialized Pulser sequence: it is not a JSON object"


class ScriptedRunner:
    """Creates made-up results in a thread of this process, in the order of the queue."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "scripted")
        self._running: set[str] = set()

    @property
    def has_room(self) -> bool:
        """Whether a task can start now."""
        return len(self._running) < AT_ONCE

    def why_not_ready(self) -> str | None:
        """Gets None: it can always run; see `Runner`."""
        return None

    def run(self, claim: str, task: Task, ended: Callable[[str, Ending], None], freed: Callable[[], None]) -> None:
        """Starts a task; see `Runner`."""
        self._running.add(claim)
        self._thread.submit(self._run, claim, task, ended, freed)

    def kill(self, claim: str) -> None:
        """Does nothing: the run ends in a moment, and its result is ignored."""

    def on_change(self, changed: Callable[[], None]) -> None:
        """Does nothing: there is always room, but for a moment."""

    def report(self) -> Report:
        """Says how many jobs run at once."""
        return Report(AT_ONCE)

    def close(self) -> None:
        """Stops the thread."""
        self._thread.shutdown(cancel_futures=True)

    def _run(self, claim: str, task: Task, ended: Callable[[str, Ending], None], freed: Callable[[], None]) -> None:
        try:
            ended(claim, Outcome(document=document({"0" * _atoms(task): _shots(task)})))
        except Exception:
            logger.exception("Ending a scripted job failed.")
        finally:
            self._running.discard(claim)
            freed()


def _atoms(task: Task) -> int:
    """Gets the number of atoms; 1 if it can't be found."""
    chosen = (task.variables or {}).get("qubits")
    register = chosen if isinstance(chosen, dict) else (_object(task.sequence) or {}).get("register")
    return max(1, len(register)) if isinstance(register, list | dict) else 1


def _shots(task: Task) -> int:
    configured = (_object(task.backend_configuration) or {}).get("default_num_shots")
    if isinstance(configured, int) and configured > 0 and task.runs in (None, PLACEHOLDER_RUNS):
        return configured
    return task.runs or DEFAULT_SHOTS


def _object(text: str | None) -> dict[str, Any] | None:
    try:
        content = json.loads(text or "null")
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None
