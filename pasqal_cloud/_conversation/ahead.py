"""Flows that run ahead of the one that reads their results: the pages of a list, while earlier ones are used."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from pasqal_cloud._conversation.flow import arun, run

if TYPE_CHECKING:
    from asyncio import Task

    from pasqal_cloud._conversation.flow import Flow

T = TypeVar("T")

_Work: TypeAlias = "SimpleQueue[tuple[Flow[Any], Future[Any]] | None]"


class Ahead(Generic[T]):
    """Flows that all run at once; as an effect, its outcome is the result of the first one that was not read yet.

    Unlike those of `Together`, the flows need not all be known when the first result is read, and an error of one is
    raised when it is its turn. `drop` has to be called in the end, unless all results were read.
    """

    def __init__(self) -> None:
        self._waiting: deque[Flow[T]] = deque()
        self._running: deque[Any] = deque()  # futures, or asyncio's tasks
        self._begin()

    def _begin(self) -> None:
        self._work: _Work = SimpleQueue()
        self._threads = 0
        self._stop = Event()

    def __len__(self) -> int:
        """Returns the number of flows whose results were not read."""
        return len(self._waiting) + len(self._running)

    def add(self, flow: Flow[T]) -> None:
        """Adds a flow, which begins when the next result is read."""
        self._waiting.append(flow)

    def drop(self) -> None:
        """Ends the flows whose results were not read. Requests that are under way are abandoned, not waited for."""
        self._work.put(None)  # first, and once for all threads, so that Ctrl-C does not leave some of them waiting
        self._stop.set()
        self._waiting.clear()
        while self._running:
            running = self._running.popleft()
            if not isinstance(running, Future):  # a thread ends by itself, a task has to be told
                running.add_done_callback(_ignore)
                running.cancel()
        self._begin()

    def perform(self, cancelled: Event | None) -> T:
        """Gets the next result; the flows run in threads."""
        if len(self) == 1 and self._waiting:
            return run(self._waiting.popleft(), cancelled)
        while self._waiting:
            future: Future[T] = Future()
            self._work.put((self._waiting.popleft(), future))
            self._running.append(future)
            if self._threads < len(self._running):
                self._threads += 1
                Thread(target=_worker, args=(self._work, self._stop), name="pasqal_cloud", daemon=True).start()
        result: T = self._running.popleft().result()
        return result

    async def aperform(self) -> T:
        """Gets the next result; the flows run in tasks."""
        if len(self) == 1 and self._waiting:
            return await arun(self._waiting.popleft())
        import asyncio

        while self._waiting:
            self._running.append(asyncio.create_task(arun(self._waiting.popleft())))
        result: T = await self._running.popleft()
        return result


def _worker(queue: _Work, stop: Event) -> None:
    """Runs flows, until it gets None; it does not keep what it has run, which may be large."""
    while (work := queue.get()) is not None:
        flow, future = work
        try:
            future.set_result(run(flow, stop))
        except BaseException as error:  # noqa: BLE001 - raised where the future is read
            future.set_exception(error)
        del work, flow, future
    queue.put(None)  # for the next thread


def _ignore(task: Task[Any]) -> None:
    """Reads a task's error, since asyncio logs those that nobody has read."""
    if not task.cancelled():
        task.exception()
