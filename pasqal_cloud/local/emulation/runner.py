"""Worker processes: warm, killable, and never outliving the service.

Each slot has a pool of one worker, rebuilt when it breaks, so that a death breaks no other slot's work. One more such
pool, the checker, judges submissions and is never queued behind jobs. Only workers import the engine, and so Pulser.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections import deque
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from functools import cache, partial
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, TypeVar

from pebble import ProcessExpired, ProcessPool

from pasqal_cloud.local.emulation.memory import OUT_OF_MEMORY, limited
from pasqal_cloud.local.tasks import Outcome, Submission, Task, Verdict
from pasqal_cloud.local.work import Ending, Interruption, UncheckableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.context import ForkServerContext, SpawnContext

T = TypeVar("T")

logger = logging.getLogger(__name__)

CHECK_TIMEOUT = 30.0
"""Seconds that judging one submission may take."""


class Worker:
    """One warm worker process, replaced whenever it ends."""

    def __init__(self) -> None:
        self._pool = _new_pool()
        self._lock = threading.Lock()
        self._may_start = threading.Event()

    def allow(self) -> None:
        """Starts the process, and all that were scheduled wait for no more."""
        self._may_start.set()
        self._running_pool()

    def schedule(self, function: Callable[[bytes], T], argument: object, timeout: float | None) -> Future[T]:
        """Has the worker call a function; cancelling the future kills the work.

        Raises:
            RecursionError: The argument is nested too deeply to be sent.
        """
        sent = pickle.dumps(argument)  # here: a failure in pebble's own thread would end that
        self._may_start.wait()
        try:
            return self._running_pool().schedule(function, args=(sent,), timeout=timeout)
        except RuntimeError:  # the pool has broken in this very moment
            return self._running_pool().schedule(function, args=(sent,), timeout=timeout)

    def stop(self) -> None:
        """Has the process killed, whatever it does."""
        self._pool.stop()  # type: ignore[no-untyped-call] # pebble annotates all but this

    def join(self) -> None:
        """Waits until the process has ended."""
        self._pool.join()

    def _running_pool(self) -> ProcessPool:
        with self._lock:
            if not self._pool.active:  # reading it starts a new pool; one whose idle process was killed is broken
                self.stop()
                # in a thread of its own: the pool's may be waiting for whoever wants the next one
                threading.Thread(target=self._pool.join, daemon=True).start()
                self._pool = _new_pool()
            return self._pool


class WarmChecker:
    """Judges submissions in a worker of its own."""

    def __init__(self) -> None:
        self.worker = Worker()

    def check(self, submission: Submission) -> Verdict:
        """Judges one submission; raises UncheckableError when that is too much."""
        for _ in range(2):  # it may have been killed for another reason
            try:
                return self.worker.schedule(_check, submission, CHECK_TIMEOUT).result()
            except (TimeoutError, RecursionError) as error:
                raise UncheckableError from error
            except (BrokenProcessPool, ProcessExpired):
                continue
        raise UncheckableError


class PooledRunner:
    """Runs tasks, one per slot.

    Args:
        slots: How many tasks run at once.
        time_limit: Seconds that one task may run; None for no limit.
        memory_limit: MiB that one task may take; None for no limit.
    """

    def __init__(self, slots: int, time_limit: float | None, memory_limit: int | None = None) -> None:
        self.workers = [Worker() for _ in range(slots)]
        self._time_limit = time_limit
        self._memory_limit = memory_limit
        self._idle = deque(self.workers)
        self._running: dict[str, Future[Outcome]] = {}
        self._lock = threading.RLock()

    @property
    def has_room(self) -> bool:
        """Whether a task could start now."""
        return bool(self._idle)

    def run(self, claim: str, task: Task, ended: Callable[[str, Ending], None], freed: Callable[[], None]) -> None:
        """Starts a task on an idle slot.

        Args:
            claim: Names the run, for `kill` and `ended`.
            task: What to run.
            ended: Called in another thread with how the task ended.
            freed: Called after that, when the slot is free again.
        """
        with self._lock:
            worker = self._idle[-1]
            future = self._begin(claim, worker, task)
            self._idle.pop()

        def done(future: Future[Outcome], *, may_begin_again: bool = True) -> None:
            if may_begin_again and _was_never_begun(future):
                with suppress(RuntimeError):  # the next one has died, too
                    self._begin(claim, worker, task).add_done_callback(partial(done, may_begin_again=False))
                    return
            try:
                ended(claim, self._ending(future))
            finally:
                with self._lock:
                    del self._running[claim]
                    if future.cancelled():
                        self._idle.appendleft(worker)  # taken last: its new process has to warm up
                    else:
                        self._idle.append(worker)
                freed()

        future.add_done_callback(done)

    def _begin(self, claim: str, worker: Worker, task: Task) -> Future[Outcome]:
        with self._lock:
            future = worker.schedule(_run, (task, self._memory_limit), self._time_limit)
            self._running[claim] = future
            return future

    def kill(self, claim: str) -> None:
        """Ends a run, whatever it is doing; unknown ones have ended already."""
        with self._lock:
            if future := self._running.get(claim):
                future.cancel()

    def _ending(self, future: Future[Outcome]) -> Ending:
        try:
            return future.result()
        except CancelledError:
            return Interruption.KILLED
        except TimeoutError:
            return Outcome(errors=(f"The job ran longer than {self._time_limit:g} seconds, this service's limit.",))
        except (BrokenProcessPool, ProcessExpired) as error:
            if getattr(error, "exitcode", None) == OUT_OF_MEMORY:
                return Outcome(errors=(f"The job took more than {self._memory_limit} MiB, this service's limit.",))
            return Interruption.WORKER_LOST
        except Exception as error:  # not the job's fault: a package that can't be imported, for instance
            logger.exception("A job could not be run.")
            return Outcome(errors=(f"The job could not be run: {error!r}.",))


def _was_never_begun(future: Future[Outcome]) -> bool:
    """Tells whether a worker had died, idle, before it took a task."""
    return not future.cancelled() and isinstance(future.exception(), BrokenProcessPool)


@contextmanager
def running(workers: Sequence[Worker]) -> Iterator[None]:
    """Starts workers, without waiting for them, and kills them at the end."""

    def start() -> None:
        # while the engine loads, starting a process blocks, which nothing could end if it were a pool that does so
        try:
            first = _processes().Process(target=_nothing)
            first.start()
            first.join()
        except Exception:
            logger.exception("The emulators could not be loaded.")
        for worker in workers:
            worker.allow()

    threading.Thread(target=start, daemon=True).start()
    try:
        yield
    finally:
        for worker in workers:
            worker.stop()
        for worker in workers:
            worker.join()


def _new_pool() -> ProcessPool:
    return ProcessPool(max_workers=1, initializer=_start_worker, context=_processes())


@cache
def _processes() -> SpawnContext | ForkServerContext:
    """Says how processes start: on Linux as copies of one that has loaded the engine, which takes seconds."""
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pasqal_cloud.local.emulation.preload"])
    return context


def _nothing() -> None:
    pass


def _start_worker() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # die at once, also within QuTiP's compiled code
    threading.Thread(target=_end_with_service, daemon=True).start()
    os.dup2(2, 1)  # standard output belongs to the service, and nobody may be reading it
    _load()


def _end_with_service() -> None:
    service = multiprocessing.parent_process()
    if service is not None:
        wait([service.sentinel])
        os._exit(1)


def _load() -> None:
    """Imports what workers do: it must not happen in the service."""
    from pasqal_cloud.local.emulation import checks, engine  # noqa: F401

    engine.warm_up()


def _run(sent: bytes) -> Outcome:
    from pasqal_cloud.local.emulation import engine

    task, memory_limit = pickle.loads(sent)  # noqa: S301 - from the service, as are submissions
    with limited(memory_limit):
        return engine.run(task)


def _check(submission: bytes) -> Verdict:
    from pasqal_cloud.local.emulation import checks

    return checks.check(pickle.loads(submission))  # noqa: S301 - as above
