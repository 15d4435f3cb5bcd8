"""Runs jobs, one at a time in each worker process."""

from __future__ import annotations

import logging
import pickle
import threading
from collections import deque
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from pebble import ProcessExpired

from pasqal_cloud.local.emulation.memory import OUT_OF_MEMORY, limited
from pasqal_cloud.local.emulation.workers import LOWER_PRIORITY, NOT_LOADED, Worker
from pasqal_cloud.local.tasks import Limits, Outcome, Task
from pasqal_cloud.local.work import Ending, Interruption, Report

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)


class PooledRunner:
    """Runs tasks, one per slot.

    Args:
        slots: How many tasks run at once.
        limits: What each task may use, unless it has limits of its own.
    """

    def __init__(self, slots: int, limits: Limits) -> None:
        self.workers = [Worker(niceness=LOWER_PRIORITY) for _ in range(slots)]
        self._limits = limits
        self._idle = deque(self.workers)
        self._running: dict[str, Future[Outcome]] = {}
        self._lock = threading.RLock()

    @property
    def has_room(self) -> bool:
        """Whether a task can start now."""
        return bool(self._idle)

    def why_not_ready(self) -> str | None:
        """Gets the reason why no task can run now; see `Runner`."""
        return None if any(worker.is_ready for worker in self.workers) else NOT_LOADED

    def run(
        self,
        claim: str,
        task: Task,
        ended: Callable[[str, Ending], None],
        freed: Callable[[], None],
        limits: Limits | None = None,
    ) -> None:
        """Starts a task on an idle slot.

        Args:
            claim: Names the run, for `kill` and `ended`.
            task: What to run.
            ended: Called in another thread with how the task ended.
            freed: Called after that, when the slot is free again.
            limits: What this task may use; None for what all may.
        """
        own = limits or self._limits
        with self._lock:
            worker = self._idle[-1]
            future = self._begin(claim, worker, task, own)
            self._idle.pop()

        def done(future: Future[Outcome], *, may_begin_again: bool = True) -> None:
            if may_begin_again and _was_never_begun(future):
                with suppress(RuntimeError):  # the new worker died, too
                    self._begin(claim, worker, task, own).add_done_callback(partial(done, may_begin_again=False))
                    return
            try:
                ended(claim, _ending(future, own))
            finally:
                with self._lock:
                    del self._running[claim]
                    if future.cancelled():
                        self._idle.appendleft(worker)  # used last, because its new process must first load the engine
                    else:
                        self._idle.append(worker)
                freed()

        future.add_done_callback(done)

    def _begin(self, claim: str, worker: Worker, task: Task, limits: Limits) -> Future[Outcome]:
        with self._lock:
            future = worker.schedule(_run, (task, limits.mib), limits.seconds)
            self._running[claim] = future
            return future

    def kill(self, claim: str) -> None:
        """Stops a run at once; does nothing if it has already ended."""
        with self._lock:
            if future := self._running.get(claim):
                future.cancel()

    def on_change(self, changed: Callable[[], None]) -> None:
        """Does nothing: the number of slots is fixed."""

    def report(self) -> Report:
        """Says how many slots there are."""
        return Report(len(self.workers))


def _ending(future: Future[Outcome], limits: Limits) -> Ending:
    try:
        return future.result()
    except CancelledError:
        return Interruption.KILLED
    except TimeoutError:
        return Outcome(errors=(f"The job ran longer than {limits.seconds:g} seconds, the limit of this service.",))
    except (BrokenProcessPool, ProcessExpired) as error:
        if getattr(error, "exitcode", None) == OUT_OF_MEMORY:
            return Outcome(errors=(f"The job used more than {limits.mib} MiB of memory, the limit of this service.",))
        return Interruption.WORKER_LOST
    except Exception as error:  # not caused by the job, for example a package that can't be imported
        logger.exception("A job could not be run.")
        return Outcome(errors=(f"The job could not be run: {error!r}.",))


def _was_never_begun(future: Future[Outcome]) -> bool:
    """Tells whether an idle worker had died before it received the task."""
    return not future.cancelled() and isinstance(future.exception(), BrokenProcessPool)


def _run(sent: bytes) -> Outcome:
    from pasqal_cloud.local.emulation import engine

    task, memory_limit = pickle.loads(sent)  # noqa: S301 - from the service
    with limited(memory_limit):
        return engine.run(task).pack()
