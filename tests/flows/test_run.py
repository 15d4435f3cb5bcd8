"""What drives flows: `run` and `arun`, `Together`, and the effects."""

import asyncio
import gc
import subprocess
import sys
import threading
import weakref
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import pytest

from .inside import Flow, Now, Sleep, Task, Together, Wait, arun, run

SOON = 20.0
"""Seconds after which a test that waits for another thread gives up."""


@pytest.fixture
def drive(colour: Any) -> Callable[[Flow[Any]], Any]:
    """Drives a flow in each colour."""
    return run if colour.is_blocking else lambda flow: colour.call(arun(flow))


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """What is freed inside is freed by reference counts alone."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class Failing:
    """An effect during which something happens: an error, or the user's Ctrl-C."""

    def __init__(self, kind: type[BaseException], *args: object) -> None:
        self.make = partial(kind, *args)

    def perform(self, cancelled: object) -> None:
        raise self.make()

    async def aperform(self) -> None:
        raise self.make()


def test_a_flow_is_sent_its_outcomes(drive: Any) -> None:
    """Each effect's outcome is what its `yield` gives, and what the flow returns is the result."""

    def flow() -> Flow[Any]:
        before = yield Now()
        doubled = yield Task(lambda: 21 * 2)
        pause = yield Sleep(0.0)
        after = yield Now()
        return doubled, pause, after >= before

    assert drive(flow()) == (42, None, True)


def test_a_flow_without_effects_has_a_result(drive: Any) -> None:
    """A flow may have nothing to do."""

    def flow() -> Flow[str]:
        return "result"
        yield

    assert drive(flow()) == "result"


def test_an_error_is_thrown_into_the_flow(drive: Any) -> None:
    """An effect's error arises at its `yield`, where the flow can catch it and go on."""

    def flow() -> Flow[str]:
        try:
            yield Failing(KeyError, "lost")
        except KeyError:
            return (yield Task(lambda: "found"))
        return "unreached"

    assert drive(flow()) == "found"


def test_an_error_that_is_not_caught_is_raised(drive: Any) -> None:
    """The flow's own error is the caller's, as it is, whether an effect or the flow raised it."""
    lost = KeyError("lost")

    def fail() -> None:
        raise lost

    def of_an_effect() -> Flow[None]:
        yield Task(fail)

    def of_the_flow() -> Flow[None]:
        yield Now()
        raise lost

    for flow in (of_an_effect, of_the_flow):
        with pytest.raises(KeyError) as caught:
            drive(flow())
        assert caught.value is lost


def test_an_interrupt_reaches_the_flows_finally() -> None:
    """Ctrl-C during an effect passes through the flow, which can tidy up with effects of its own."""
    tidied = []

    def flow() -> Flow[None]:
        try:
            yield Failing(KeyboardInterrupt)
        finally:
            tidied.append((yield Task(lambda: "tidied")))

    with pytest.raises(KeyboardInterrupt):
        run(flow())
    assert tidied == ["tidied"]


def test_a_cancellation_reaches_the_flows_finally() -> None:
    """Cancelling the task passes through the flow, which can tidy up with effects of its own."""
    tidied = []

    async def cancel_while_it_sleeps() -> None:
        asleep = asyncio.Event()

        def flow() -> Flow[None]:
            asleep.set()
            try:
                yield Sleep(3600.0)
            finally:
                tidied.append((yield Task(lambda: "tidied")))

        task = asyncio.create_task(arun(flow()))
        await asleep.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert task.cancelled()

    asyncio.run(cancel_while_it_sleeps())
    assert tidied == ["tidied"]


@pytest.mark.parametrize("fails", [False, True])
def test_no_reference_cycle_is_left(colour: Any, fails: bool) -> None:
    """What a flow held is freed with it, also after an error: memory does not wait for the garbage collector."""

    class Big:
        pass

    held: list[weakref.ref[Big]] = []

    def flow() -> Flow[None]:
        big = Big()
        held.append(weakref.ref(big))
        yield Failing(KeyError) if fails else Now()

    def drive_and_catch() -> None:
        with suppress(KeyError):
            run(flow())

    async def await_and_catch() -> None:  # here, since an event loop keeps an error that reaches it
        with suppress(KeyError):
            await arun(flow())

    with no_garbage_collection():
        colour.call(drive_and_catch() if colour.is_blocking else await_and_catch())
        assert [reference() for reference in held] == [None]


def test_together_keeps_the_order(drive: Any) -> None:
    """The results come in the flows' order, whichever ends first."""
    last_is_done = threading.Event()

    def first() -> Flow[str]:
        yield Task(lambda: last_is_done.wait(SOON))
        return "first"

    def last() -> Flow[str]:
        yield Task(last_is_done.set)
        return "last"

    def flow() -> Flow[list[str]]:
        return (yield Together([first(), last()]))

    assert drive(flow()) == ["first", "last"]


def test_together_of_nothing_is_an_empty_list(drive: Any) -> None:
    """No flows, no results."""

    def flow() -> Flow[list[Any]]:
        return (yield Together([]))

    assert drive(flow()) == []


def test_together_uses_its_limit_and_keeps_it(drive: Any) -> None:
    """As many flows as the limit says are under way at once, and never more."""
    limit = 3
    all_three = threading.Barrier(limit)
    lock = threading.Lock()
    under_way = Counter[str]()

    def work() -> None:
        with lock:
            under_way["now"] += 1
            under_way["most"] = max(under_way["most"], under_way["now"])
        all_three.wait(SOON)
        with lock:
            under_way["now"] -= 1

    def one() -> Flow[None]:
        yield Task(work)

    def flow() -> Flow[list[None]]:
        return (yield Together([one() for _ in range(4 * limit)], limit))

    assert drive(flow()) == [None] * 4 * limit
    assert under_way["most"] == limit


def test_the_first_error_of_together_is_bare_and_ends_the_others(drive: Any) -> None:
    """The error arises as it is, in no group, and the other flows are cut short through their `finally`."""
    lost = KeyError("lost")
    all_begun = threading.Barrier(3)
    ended = [threading.Event(), threading.Event()]

    def fails() -> Flow[None]:
        yield Task(lambda: all_begun.wait(SOON))
        raise lost

    def sleeps(end: threading.Event) -> Flow[None]:
        try:
            yield Task(lambda: all_begun.wait(SOON))
            yield Sleep(3600.0)
        finally:
            end.set()

    def flow() -> Flow[None]:
        yield Together([sleeps(ended[0]), fails(), sleeps(ended[1])])

    with pytest.raises(KeyError) as caught:
        drive(flow())
    assert caught.value is lost
    assert all(end.wait(SOON) for end in ended)


def test_an_error_of_together_can_be_caught_by_its_flow(drive: Any) -> None:
    """To the flow that yields it, `Together` fails like any other effect."""

    def fails() -> Flow[None]:
        yield Failing(KeyError, "lost")

    def flow() -> Flow[str]:
        try:
            yield Together([fails()])
        except KeyError:
            return "found"
        return "unreached"

    assert drive(flow()) == "found"


def test_a_cancellation_ends_the_flows_of_together() -> None:
    """Cancelling the task cuts all its flows short, and is a cancellation still."""
    ended = []

    async def cancel_while_they_sleep() -> None:
        asleep = asyncio.Event()

        def sleeps() -> Flow[None]:
            asleep.set()
            try:
                yield Sleep(3600.0)
            finally:
                ended.append(True)

        def flow() -> Flow[None]:
            yield Together([sleeps(), sleeps()])

        task = asyncio.create_task(arun(flow()))
        await asleep.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel_while_they_sleep())
    assert ended == [True, True]


ABANDONS_A_CALL = f"""
import threading
from {run.__module__} import Task, Together, run

under_way = threading.Event()

def stuck():
    yield Task(lambda: under_way.set() or threading.Event().wait())

def fails():
    yield Task(under_way.wait)
    raise KeyError("lost")

def flow():
    yield Together([stuck(), fails()])

try:
    run(flow())
except KeyError:
    print("raised", flush=True)
"""


def test_what_is_abandoned_does_not_hold_up_the_interpreters_end() -> None:
    """A call in flight when another fails is abandoned: neither the caller nor the end of the program waits for it."""
    ended = subprocess.run(
        [sys.executable, "-c", ABANDONS_A_CALL], timeout=10.0, check=True, capture_output=True, text=True
    )
    assert ended.stdout == "raised\n"


def test_what_is_done_as_the_time_ends_is_taken() -> None:
    """A future that is completed between the end of the time and the look at it has its result, and no timeout."""

    class Late(Future[str]):
        def result(self, timeout: float | None = None) -> str:
            if not self.done():
                self.set_result("just now")
                raise TimeoutError
            return super().result(timeout)

    def flow() -> Flow[str]:
        return (yield Wait(Late(), 0.0))

    assert run(flow()) == "just now"
