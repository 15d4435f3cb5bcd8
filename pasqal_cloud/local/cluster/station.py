"""What runs on a Dask worker: its jobs, each in a child process that is loaded in advance and can be killed.

A Dask worker runs tasks in threads, which can't be stopped. So each task only waits for a child process, and Dask's own
bookkeeping ends that child: as soon as a task is no longer wanted, because the job was cancelled or the connection with
its service is gone, the scheduler has the worker forget it.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import pickle
import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from distributed import Worker, WorkerPlugin, get_worker

from pasqal_cloud.local.cluster.versions import installed_versions
from pasqal_cloud.local.emulation.runner import PooledRunner
from pasqal_cloud.local.emulation.workers import running
from pasqal_cloud.local.tasks import Limits, Task
from pasqal_cloud.local.work import Ending, Interruption

if TYPE_CHECKING:
    from dask.typing import Key

NAME = "pasqal-cloud"
"""The name of the station among the worker's plugins."""

POLL = 0.5
"""Seconds between two checks whether the worker is closing."""

EXECUTING = ("executing", "long-running")


class NoStationError(Exception):
    """The worker was replaced by another process since it was prepared."""


class Station(WorkerPlugin):
    """The child processes of a Dask worker."""

    name = NAME

    def __init__(self) -> None:
        self._open = ExitStack()
        self._unwanted: set[Key] = set()
        self._lock = threading.Lock()
        self._is_closed = threading.Event()
        self._warming: asyncio.Task[None] | None = None

    def setup(self, worker: Worker) -> None:
        """Starts the child processes."""
        # Dask starts workers as daemons, which must not have children. These end with the worker all the same.
        multiprocessing.current_process().daemon = False
        self._runner = PooledRunner(worker.state.nthreads, Limits())
        self._open.enter_context(running(self._runner.workers))

    async def teardown(self, worker: Worker) -> None:  # noqa: ARG002 - Dask passes it
        """Kills the child processes."""
        self._is_closed.set()
        await asyncio.to_thread(self._open.close)

    def transition(self, key: Key, start: str, finish: str, **_: Any) -> None:
        """Kills the child process of a task that is no longer wanted. Dask calls this in the worker's event loop."""
        if start in EXECUTING and finish == "released":
            with self._lock:
                self._unwanted.add(key)
            threading.Thread(target=self._runner.kill, args=(str(key),), daemon=True).start()
        elif start == "cancelled":  # its thread has ended
            with self._lock:
                self._unwanted.discard(key)

    async def warm_up(self) -> None:
        """Waits until a child process of each slot has loaded the emulators."""
        if self._warming is None:
            self._warming = asyncio.create_task(asyncio.to_thread(self._warm_up))
        await asyncio.shield(self._warming)

    def _warm_up(self) -> None:
        for future in [worker.schedule(_nothing, None, None) for worker in self._runner.workers]:
            future.result()

    def run(self, key: str, task: Task, limits: Limits) -> Ending:
        """Runs a job, and waits until it has ended and its slot is free."""
        endings: list[Ending] = []
        is_free = threading.Event()
        self._runner.run(key, task, lambda _, ending: endings.append(ending), is_free.set, limits)
        with self._lock:
            if key in self._unwanted:  # since just before it started
                self._runner.kill(key)
        while not is_free.wait(POLL):
            if self._is_closed.is_set():
                return Interruption.INFRASTRUCTURE
        return endings[0]


async def inspect() -> dict[str, str]:
    """Gets the versions on a worker."""
    return installed_versions()


async def prepare(dask_worker: Worker) -> int:
    """Sets up a worker's station, unless it has one, and waits until it is warm; gets the number of its slots."""
    station = dask_worker.plugins.get(NAME)
    if not isinstance(station, Station):
        station = Station()
        await dask_worker.plugin_add(station, name=NAME, catch_errors=False)
    await station.warm_up()
    return dask_worker.state.nthreads


def run(sent: bytes) -> tuple[Ending, float]:
    """Runs a job on the worker that this is called on; gets how it ended, and the seconds that it took.

    Raises:
        NoStationError: The worker was not prepared.
    """
    worker = get_worker()
    station = worker.plugins.get(NAME)
    if not isinstance(station, Station):
        raise NoStationError
    task, limits = pickle.loads(sent)  # noqa: S301 - from the service; Dask has unpickled the call itself
    began = time.monotonic()
    ending = station.run(str(worker.get_current_task()), task, limits)
    return ending, time.monotonic() - began


def _nothing(_: bytes) -> None:
    pass
