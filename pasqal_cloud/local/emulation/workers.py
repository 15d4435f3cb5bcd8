"""Worker processes, which load the engine in advance, can be killed, and end with the service. Only they import Pulser.

Each worker has its own pool, which is replaced whenever a task does not end normally: a process that dies does not
affect the tasks of other workers, and the locks or incomplete messages that it may leave behind are not used again.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import pickle
import signal
import sys
import threading
from concurrent.futures import CancelledError, Future, InvalidStateError
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from functools import cache, partial
from multiprocessing import forkserver
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pebble import ProcessExpired, ProcessPool

from pasqal_cloud.local.emulation.loading import load_emulators

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.context import SpawnContext

T = TypeVar("T")

logger = logging.getLogger(__name__)

GUARD_POLL = 0.25
"""Seconds between two checks whether the pool of a task still works."""

SETTLING = 1.0
"""Seconds that a broken pool gets to end its tasks itself."""

NOT_LOADED = "The emulators are still loading."

OUT_OF_MEMORY_FIRST = 500
"""How much rather a worker is ended than its service when the machine runs out of memory; at most 1000."""

LOWER_PRIORITY = 10
"""By how much the priority of an emulator is lower than the service's, so that requests are answered while jobs run."""

INTERRUPTIONS = (CancelledError, TimeoutError, BrokenProcessPool, ProcessExpired)
"""The errors of tasks that did not end normally."""


class Worker:
    """A worker process with a loaded engine, replaced whenever it ends.

    Args:
        is_spare: Whether it starts only with its first task.
        niceness: By how much its priority is lower than the service's.
    """

    def __init__(self, *, is_spare: bool = False, niceness: int = 0) -> None:
        self._niceness = niceness
        self._pool = _new_pool(niceness)
        self._lock = threading.Lock()
        self._may_start = threading.Event()
        self._is_spare = is_spare
        self._is_stopped = False

    def allow(self) -> None:
        """Starts the process, unless it is a spare one, and lets scheduled tasks start."""
        self._may_start.set()
        if not self._is_spare:
            self._running_pool()

    @property
    def is_ready(self) -> bool:
        """Whether its tasks would start at once: the engine has loaded."""
        return self._may_start.is_set() and not self._is_stopped

    def schedule(
        self, function: Callable[[bytes], T], argument: object, timeout: float | None, patience: float | None = None
    ) -> Future[T]:
        """Has the worker call a function; cancelling the future kills the process.

        Args:
            function: What to call, with the pickled argument.
            argument: The argument.
            timeout: Seconds that the call may take; None for no limit.
            patience: Seconds to wait for the engine to load; None for no limit.

        Raises:
            RecursionError: The argument is nested too deeply to be sent.
            RuntimeError: The worker can't be started now.
            TimeoutError: The engine is still loading.
        """
        sent = pickle.dumps(argument)  # here, because an error in pebble's own thread would end that thread
        if not self._may_start.wait(patience):
            raise TimeoutError("the engine is still loading")
        try:
            return self._scheduled(function, sent, timeout)
        except RuntimeError:  # the pool broke just now
            return self._scheduled(function, sent, timeout)

    def stop(self) -> None:
        """Kills the process, and does not start another."""
        with self._lock:
            self._is_stopped = True
        self._pool.stop()  # type: ignore[no-untyped-call] # pebble annotates all but this

    def join(self) -> None:
        """Waits until the process has ended."""
        self._pool.join()

    def _scheduled(self, function: Callable[[bytes], T], sent: bytes, timeout: float | None) -> Future[T]:
        pool = self._running_pool()
        future = pool.schedule(function, args=(sent,), timeout=timeout)
        future.add_done_callback(partial(self._look_after, pool))
        threading.Thread(target=_guard, args=(pool, future), daemon=True).start()
        return future

    def _look_after(self, pool: ProcessPool, future: Future[T]) -> None:
        """Replaces a pool whose task did not end normally."""
        if future.cancelled() or isinstance(future.exception(), INTERRUPTIONS):
            with self._lock:
                self._drop(pool)
            threading.Thread(target=self._warm_up, daemon=True).start()

    def _warm_up(self) -> None:
        with suppress(RuntimeError):  # the next task tries to start it again
            self._running_pool()

    def _running_pool(self) -> ProcessPool:
        with self._lock:
            if self._is_stopped:
                raise RuntimeError("the worker has been stopped")
            if (
                not self._pool.active
            ):  # reading `active` starts a new pool; False means that its idle process was killed
                self._drop(self._pool)
            if not self._pool.active:
                raise RuntimeError("the worker can't be started")
            return self._pool

    def _drop(self, pool: ProcessPool) -> None:
        if pool is not self._pool or self._is_stopped:
            return
        pool.stop()  # type: ignore[no-untyped-call] # as above
        # in a separate thread: the pool's own thread may be waiting for the lock held here
        threading.Thread(target=pool.join, daemon=True).start()
        self._pool = _new_pool(self._niceness)


def _guard(pool: ProcessPool, future: Future[T]) -> None:
    """Ends a future that its pool has lost: a pool that breaks forgets a task that is scheduled at that moment."""
    ended = threading.Event()
    future.add_done_callback(lambda _: ended.set())
    while not ended.wait(GUARD_POLL):
        if not pool.active:
            break
    if not ended.wait(SETTLING):
        with suppress(InvalidStateError):  # it has just ended
            future.set_exception(BrokenProcessPool("the pool broke before it received the task"))


@contextmanager
def running(workers: Sequence[Worker]) -> Iterator[None]:
    """Starts workers in the background, and kills them at the end."""

    def start() -> None:
        # starting a process blocks while the engine loads; a pool that is blocked there could not be stopped
        try:
            first = processes().Process(target=_nothing)
            first.start()
            first.join()
        except Exception:
            logger.exception("The emulators could not be loaded.")
        for worker in workers:
            with suppress(RuntimeError):  # the service is stopping, or the first task tries again
                worker.allow()

    threading.Thread(target=start, daemon=True).start()
    try:
        yield
    finally:
        for worker in workers:
            worker.stop()
        for worker in workers:
            worker.join()


def begin_loading() -> None:
    """Starts the process that loads the engine, without waiting for it; `running` needs it later."""
    if isinstance(processes(), ForkServerContext):
        forkserver.ensure_running()


def _new_pool(niceness: int) -> ProcessPool:
    return ProcessPool(max_workers=1, initializer=_start_worker, initargs=(niceness,), context=processes())


@cache
def processes() -> SpawnContext | ForkServerContext:
    """Gets how processes start: on Linux, they are forked from one that has loaded the engine, which takes seconds."""
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pasqal_cloud.local.emulation.preload"])
    return context


def _nothing() -> None:
    pass


def _start_worker(niceness: int) -> None:
    if niceness and hasattr(os, "nice"):  # Windows has none
        os.nice(niceness)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # end at once, even inside QuTiP's compiled code
    threading.Thread(target=_end_with_service, daemon=True).start()
    with suppress(OSError):  # on Linux, a machine out of memory ends the job, rather than the service or a Dask worker
        Path("/proc/self/oom_score_adj").write_text(str(OUT_OF_MEMORY_FIRST))
    os.dup2(2, 1)  # standard output is reserved for the service's own messages
    load_emulators()


def _end_with_service() -> None:
    service = multiprocessing.parent_process()
    if service is not None:
        wait([service.sentinel])
        os._exit(1)
