"""Flows that run ahead of the one that reads their results: the pages of a list, while earlier ones are used."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from pasqal_cloud._conversation.flow import TURN, arun, run

if TYPE_CHECKING:
    import asyncio
    from asyncio import Task

    from pasqal_cloud._conversation.flow import Flow

T = TypeVar("T")

_Work: TypeAlias = "SimpleQueue[tuple[Future[None], Flow[Any], Future[Any]] | None]"


class Ahead(Generic[T]):
    """Flows that all run at once; as an effect, its outcome is the result of the first one that was not read yet.

    Unlike those of `Together`, the flows need not all be known when the first result is read, and an error of one is
    raised when it is its turn. `drop` has to be called in the end, unless all results were read.

    A flow parses its response when its result is wanted. Until then, the reader and the next request go first; and
    responses take less memory than what is parsed from them.
    """

    def __init__(self) -> None:
        self._waiting: deque[Flow[T]] = deque()
        self._running: deque[tuple[Any, Any]] = deque()  # futures for their turns, and futures or asyncio's tasks
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
            turn, running = self._running.popleft()
            turn.cancel()
            if not isinstance(running, Future):  # a thread ends by itself, a task has to be told
                running.add_done_callback(_ignore)
                running.cancel()
        self._begin()

    def perform(self, cancelled: Event | None) -> T:
        """Gets the next result; the flows run in threads."""
        if len(self) == 1 and self._waiting:
            return run(self._waiting.popleft(), cancelled)
        while self._waiting:
            turn: Future[None] = Future()
            future: Future[T] = Future()
            self._work.put((turn, self._waiting.popleft(), future))
            self._running.append((turn, future))
            if self._threads < len(self._running):
                self._threads += 1
                Thread(target=_worker, args=(self._work, self._stop), name="pasqal_cloud", daemon=True).start()
        turn, running = self._running.popleft()
        turn.set_result(None)
        result: T = running.result()
        return result

    async def aperform(self) -> T:
        """Gets the next result; the flows run in tasks."""
        if len(self) == 1 and self._waiting:
            return await arun(self._waiting.popleft())
        import asyncio

        while self._waiting:
            turn = asyncio.get_running_loop().create_future()
            self._running.append((turn, asyncio.create_task(_in_turn(turn, self._waiting.popleft()))))
        turn, running = self._running.popleft()
        turn.set_result(None)
        result: T = await running
        return result


async def _in_turn(turn: asyncio.Future[None], flow: Flow[T]) -> T:
    TURN.set(turn)
    return await arun(flow)


def _worker(queue: _Work, stop: Event) -> None:
    """Runs flows, until it gets None; it does not keep what it has run, which may be large."""
    while (work := queue.get()) is not None:
        turn, flow, future = work
        TURN.set(turn)
        try:
            future.set_result(run(flow, stop))
        except BaseException as error:  # noqa: BLE001 - raised where the future is read
            future.set_exception(error)
        del work, turn, flow, future
    queue.put(None)  # for the next thread


def _ignore(task: Task[Any]) -> None:
    """Reads a task's error, since asyncio logs those that nobody has read."""
    if not task.cancelled():
        task.exception()
