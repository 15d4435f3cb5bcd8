"""Worker processes: warm, killable, and never outliving the service. Only they import the engine, and so Pulser.

Each has a pool of its own, which is replaced as soon as a task of it ends in another way than by itself: a death breaks
no other worker's tasks, and what the dead process may have left behind (locks, half a message) is not met again.
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
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, TypeVar

from pebble import ProcessExpired, ProcessPool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.context import ForkServerContext, SpawnContext

T = TypeVar("T")

logger = logging.getLogger(__name__)

GUARD_POLL = 0.25
"""Seconds between two looks at whether the pool that has a task still works."""

SETTLING = 1.0
"""Seconds that a broken pool has to end its tasks itself."""

INTERRUPTIONS = (CancelledError, TimeoutError, BrokenProcessPool, ProcessExpired)
"""How tasks end that have not ended by themselves."""


class Worker:
    """One warm worker process, replaced whenever it ends.

    Args:
        is_spare: Whether it need not be warm before its first task.
    """

    def __init__(self, *, is_spare: bool = False) -> None:
        self._pool = _new_pool()
        self._lock = threading.Lock()
        self._may_start = threading.Event()
        self._is_spare = is_spare
        self._is_stopped = False

    def allow(self) -> None:
        """Starts the process, unless it is a spare one, and all that were scheduled wait for no more."""
        self._may_start.set()
        if not self._is_spare:
            self._running_pool()

    def schedule(
        self, function: Callable[[bytes], T], argument: object, timeout: float | None, patience: float | None = None
    ) -> Future[T]:
        """Has the worker call a function; cancelling the future kills the work.

        Args:
            function: What to call, with the pickled argument.
            argument: The argument.
            timeout: Seconds that the call may take; None for no limit.
            patience: Seconds to wait for the engine to be loaded; None for no limit.

        Raises:
            RecursionError: The argument is nested too deeply to be sent.
            RuntimeError: The worker can't be started; it may be another time.
            TimeoutError: The engine is still being loaded.
        """
        sent = pickle.dumps(argument)  # here: a failure in pebble's own thread would end that
        if not self._may_start.wait(patience):
            raise TimeoutError("the engine is still being loaded")
        try:
            return self._scheduled(function, sent, timeout)
        except RuntimeError:  # the pool has broken in this very moment
            return self._scheduled(function, sent, timeout)

    def stop(self) -> None:
        """Has the process killed, whatever it does, and starts no more."""
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
        """Replaces a pool whose task has not ended by itself, so that the next one begins on a clean one."""
        if future.cancelled() or isinstance(future.exception(), INTERRUPTIONS):
            with self._lock:
                self._drop(pool)
            threading.Thread(target=self._warm_up, daemon=True).start()

    def _warm_up(self) -> None:
        with suppress(RuntimeError):  # it can't be started now: the next task tries again
            self._running_pool()

    def _running_pool(self) -> ProcessPool:
        with self._lock:
            if self._is_stopped:
                raise RuntimeError("the worker has been stopped")
            if not self._pool.active:  # reading it starts a new pool; one whose idle process was killed is broken
                self._drop(self._pool)
            if not self._pool.active:
                raise RuntimeError("the worker can't be started")
            return self._pool

    def _drop(self, pool: ProcessPool) -> None:
        if pool is not self._pool or self._is_stopped:
            return
        pool.stop()  # type: ignore[no-untyped-call] # as above
        # in a thread of its own: the pool's may be waiting for whoever wants the next one
        threading.Thread(target=pool.join, daemon=True).start()
        self._pool = _new_pool()


def _guard(pool: ProcessPool, future: Future[T]) -> None:
    """Ends a future that its pool has lost: one that breaks knows nothing of a task that comes in that very moment."""
    ended = threading.Event()
    future.add_done_callback(lambda _: ended.set())
    while not ended.wait(GUARD_POLL):
        if not pool.active:
            break
    if not ended.wait(SETTLING):
        with suppress(InvalidStateError):  # it has ended now
            future.set_exception(BrokenProcessPool("the pool broke before it had the task"))


@contextmanager
def running(workers: Sequence[Worker]) -> Iterator[None]:
    """Starts workers, without waiting for them, and kills them at the end."""

    def start() -> None:
        # while the engine loads, starting a process blocks, which nothing could end if it were a pool that does so
        try:
            first = processes().Process(target=_nothing)
            first.start()
            first.join()
        except Exception:
            logger.exception("The emulators could not be loaded.")
        for worker in workers:
            with suppress(RuntimeError):  # the service has ended meanwhile, or its first task tries again
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
    return ProcessPool(max_workers=1, initializer=_start_worker, context=processes())


@cache
def processes() -> SpawnContext | ForkServerContext:
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
