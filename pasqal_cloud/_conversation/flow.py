"""Flows: each operation is written once, as a generator, for the blocking and the awaiting client.

A flow yields an *effect*, which its driver performs. The driver sends the outcome to the flow, or throws the error in:

* `Send`: one HTTP request;
* `Sleep`: a pause;
* `Wait`: the result of a future that another flow completes;
* `Task`: a function that may block;
* `Close`: closing an HTTP client;
* `Together`: several flows at once.

`run` is the blocking driver, and `arun` the awaiting one. Elsewhere, only what httpx itself calls or closes is written
for both clients: the transport, and the end of clients. A flow inside `Together` must not yield another `Together`.
"""

from __future__ import annotations

import inspect
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future
from concurrent.futures import wait as wait_for
from contextvars import ContextVar
from functools import partial
from math import inf, isinf
from threading import Event, Thread
from typing import Any, Generic, NamedTuple, Protocol, TypeAlias, TypeVar

from pasqal_cloud._tracebacks import shortened

T = TypeVar("T")

IN_FLIGHT = 20
"""How many requests an SDK has under way at once, unless its user chooses another number."""

UNTIL: ContextVar[float] = ContextVar("until", default=inf)
"""When the response to the current blocking request must have arrived, on the monotonic clock."""

TURN: ContextVar[Any] = ContextVar("turn", default=None)
"""The future that the current flow waits for before it parses a response, if it runs ahead of its reader."""


class TooLate(Exception):  # noqa: N818 - the outcome of an effect, not an error of the package
    """An effect did not end in time."""


class Effect(Protocol):
    """What a flow may yield."""

    def perform(self, cancelled: Event | None) -> Any:
        """Performs it, blocking; a sleep ends early when `cancelled` is set."""
        ...

    async def aperform(self) -> Any:
        """Performs it, awaiting."""
        ...


Flow: TypeAlias = Generator[Effect, Any, T]


class _Cancelled(BaseException):
    """Ends the flows of a `Together` whose results are not needed any more.

    It is not a `GeneratorExit`, for which `yield from` closes the inner flow instead of throwing the error in.
    """


class Send(NamedTuple):
    """One HTTP request; its outcome is the response, whatever its status, whose body has been read.

    Args:
        client: An httpx client, blocking or awaiting like the driver.
        request: The request.
        until: When the response must have arrived, on the monotonic clock; after that, `TooLate` or one of httpx's
            timeouts is raised.
    """

    client: Any
    request: Any
    until: float = inf

    def perform(self, cancelled: Event | None) -> Any:  # noqa: ARG002 - a request can't be cancelled
        """Sends it."""
        before = UNTIL.set(self.until)
        try:
            return self.client.send(self.request)
        finally:
            UNTIL.reset(before)

    async def aperform(self) -> Any:
        """Sends it."""
        return await _in_time(self.client.send(self.request), self.until)


class Clock:
    """The clock that measures deadlines, pauses and the age of what is kept.

    The package reads the time nowhere else, so that a test can move it: hours then take no time.
    """

    now = staticmethod(time.monotonic)


CLOCK = Clock()


class Sleep(NamedTuple):
    """A pause, in seconds."""

    seconds: float

    def perform(self, cancelled: Event | None) -> None:
        """Sleeps."""
        if cancelled is None:
            time.sleep(self.seconds)
        elif cancelled.wait(self.seconds):
            raise _Cancelled

    async def aperform(self) -> None:
        """Sleeps."""
        import asyncio

        await asyncio.sleep(self.seconds)


class Wait(NamedTuple, Generic[T]):
    """The result of a future, or its error.

    Args:
        future: The future, which is in the state "running", so that one waiting task can't cancel it for the others.
        until: When the result must have arrived, on the monotonic clock; after that, `TooLate` is raised.
    """

    future: Future[T]
    until: float = inf

    def perform(self, cancelled: Event | None) -> T:  # noqa: ARG002 - the protocol's
        """Waits."""
        try:
            return self.future.result(_left(self.until))
        except TimeoutError:
            if self.future.done():  # the error is its own; or it was done just now
                return self.future.result()
            raise TooLate from None

    async def aperform(self) -> T:
        """Waits."""
        import asyncio

        return await _in_time(asyncio.wrap_future(self.future), self.until)  # type: ignore[no-any-return]  # the future's result


class Task(NamedTuple, Generic[T]):
    """A function that may block; an awaiting driver calls it in a thread, or awaits it if it is asynchronous.

    Args:
        function: The function.
        until: When it must be done, on the monotonic clock; else the outcome is `TooLate`. A blocking driver, which
            can't leave a function, waits for its end.
    """

    function: Callable[[], Any]
    until: float = inf

    def perform(self, cancelled: Event | None) -> T:  # noqa: ARG002 - the protocol's
        """Calls it."""
        return self.function()  # type: ignore[no-any-return]  # the flow that yields it knows the type

    async def aperform(self) -> T:
        """Calls it."""
        return await _in_time(self._called(), self.until)  # type: ignore[no-any-return]  # as above

    async def _called(self) -> T:
        import asyncio

        is_async = inspect.iscoroutinefunction(self.function)
        result = self.function() if is_async else await asyncio.to_thread(self.function)
        return await result if inspect.isawaitable(result) else result  # type: ignore[no-any-return]  # as above


class Close(NamedTuple):
    """Closing an httpx client."""

    http: Any

    def perform(self, cancelled: Event | None) -> None:  # noqa: ARG002 - the protocol's
        """Closes its connections."""
        self.http.close()

    async def aperform(self) -> None:
        """Closes its connections."""
        await self.http.aclose()


class Together:
    """Several flows at once; its outcome is the list of their results, in their order.

    The first error cancels the other flows and is raised unchanged. Requests that are under way then are abandoned, not
    waited for.
    """

    def __init__(self, flows: Iterable[Flow[Any]], limit: int = IN_FLIGHT) -> None:
        self.flows = list(flows)
        self.limit = limit

    def perform(self, cancelled: Event | None) -> list[Any]:  # noqa: ARG002 - never inside another one
        """Runs the flows in threads."""
        stop = Event()
        futures: list[Future[Any]] = [Future() for _ in self.flows]
        waiting = deque(zip(self.flows, futures, strict=True))

        def work() -> None:
            while waiting and not stop.is_set():
                try:
                    flow, future = waiting.popleft()
                except IndexError:
                    return  # another thread was faster
                try:
                    future.set_result(run(flow, stop))
                except BaseException as error:  # noqa: BLE001 - raised where the future is read
                    future.set_exception(error)

        for _ in range(min(self.limit, len(self.flows))):
            # not in a ThreadPoolExecutor, for whose threads the interpreter waits at its exit
            Thread(target=work, name="pasqal_cloud", daemon=True).start()
        try:
            done, _ = wait_for(futures, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
            return [future.result() for future in futures]
        finally:
            stop.set()

    async def aperform(self) -> list[Any]:
        """Runs the flows in tasks."""
        import asyncio

        free = asyncio.Semaphore(self.limit)

        async def one(flow: Flow[Any]) -> Any:
            async with free:
                return await arun(flow)

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(flow)) for flow in self.flows]
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from None
        return [task.result() for task in tasks]


def run(flow: Flow[T], cancelled: Event | None = None) -> T:
    """Runs a flow, blocking, and returns its result.

    Args:
        flow: The flow.
        cancelled: When this is set, no further effect is performed and the flow is ended.
    """
    resume: Callable[[], Effect] = partial(next, flow)
    try:
        while True:
            try:
                effect = resume()
            except StopIteration as stop:
                return stop.value  # type: ignore[no-any-return]  # StopIteration is not generic
            try:
                if cancelled is not None and cancelled.is_set():
                    raise _Cancelled  # noqa: TRY301 - thrown into the flow like any other error
                resume = partial(flow.send, effect.perform(cancelled))
            except BaseException as error:  # noqa: BLE001 - Ctrl-C too must reach the flow's `finally`
                resume = partial(flow.throw, error)
    finally:
        del resume  # it may hold an error whose traceback holds this frame


async def arun(flow: Flow[T]) -> T:
    """Runs a flow, awaiting, and returns its result."""
    resume: Callable[[], Effect] = partial(next, flow)
    try:
        while True:
            try:
                effect = resume()
            except StopIteration as stop:
                return stop.value  # type: ignore[no-any-return]  # StopIteration is not generic
            try:
                resume = partial(flow.send, await effect.aperform())
            except BaseException as error:  # noqa: BLE001 - a cancellation too must reach the flow's `finally`
                resume = partial(flow.throw, error)
    finally:
        del resume


def iterate(more: Callable[[], Flow[Sequence[T]]], close: Callable[[], None]) -> Iterator[T]:
    """Yields the items that a flow returns, some at a time, until it returns none; calls `close` in the end."""
    __tracebackhide__ = True
    try:
        while True:
            try:
                items = run(more())
            except BaseException as error:  # noqa: BLE001 - raised again
                raise shortened(error)
            if not items:
                return
            yield from items
    finally:
        close()


async def aiterate(more: Callable[[], Flow[Sequence[T]]], close: Callable[[], None]) -> AsyncIterator[T]:
    """Yields the items that a flow returns, some at a time, until it returns none; calls `close` in the end."""
    __tracebackhide__ = True
    try:
        while True:
            try:
                items = await arun(more())
            except BaseException as error:  # noqa: BLE001 - raised again
                raise shortened(error)
            if not items:
                return
            for item in items:
                yield item
    finally:
        close()


async def _in_time(result: Any, until: float) -> Any:
    import asyncio

    limit = asyncio.timeout(_left(until))
    try:
        async with limit:
            return await result
    except TimeoutError:
        if limit.expired():
            raise TooLate from None
        raise  # a TimeoutError of `result` itself


def _left(until: float) -> float | None:
    return None if isinf(until) else max(until - CLOCK.now(), 0.0)
