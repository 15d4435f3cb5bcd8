"""How many requests an SDK has under way: at most as many as it may, in turn, and fewer after a 429."""

import asyncio
import faulthandler
import gc
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from math import inf
from threading import Barrier, Lock
from typing import Any
from uuid import UUID

import httpx
import pytest

from pasqal_cloud import SDK, RateLimitError, RequestTimeoutError, RetryPolicy, ValidationError
from pasqal_cloud_api.api.jobs import get_job

from ..doubles.answers import ident
from ..doubles.line import Line
from .inside import Flow, Places, Send, Sleep, arun, run


class Crowd(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers when as many requests are under way as it is told, and notes the most at a time."""

    def __init__(self, together: int) -> None:
        self._barrier, self._abarrier = Barrier(together), asyncio.Barrier(together)
        self._lock = Lock()
        self._under_way = 0
        self.most = 0

    def _note(self, change: int) -> None:
        with self._lock:
            self._under_way += change
            self.most = max(self.most, self._under_way)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._note(+1)
        self._barrier.wait(20)
        self._note(-1)
        return self._answer(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._note(+1)
        async with asyncio.timeout(20):
            await self._abarrier.wait()
        self._note(-1)
        return self._answer(request)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        identity = request.url.path.rpartition("/")[2]
        return httpx.Response(200, json={"data": {"id": identity, "status": "DONE"}})


def at_once(colour: Any, calls: list[Callable[[], Any]]) -> list[Any]:
    """The results of several calls at once."""
    if colour.is_blocking:
        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(lambda call: call(), calls))

    async def all_of_them() -> list[Any]:
        return await asyncio.gather(*(call() for call in calls))

    return colour.call(all_of_them())  # type: ignore[no-any-return]  # the colour's


@pytest.mark.parametrize("most", [1, 3, 20])
def test_no_more_requests_are_under_way_than_may_be(colour: Any, opened: Any, most: int) -> None:
    """Of sixty calls at once; by default, twenty may be."""
    crowd = Crowd(most)
    options = {} if most == 20 else {"max_in_flight": most}
    sdk = opened(token="t", transport=crowd, **options)
    jobs = at_once(colour, [lambda number=number: sdk.get_job(ident(number)) for number in range(60)])
    assert [job.id for job in jobs] == [ident(number) for number in range(60)]
    assert crowd.most == most


@pytest.mark.parametrize("most", [0, 101, -1, 2.5, True, "20"])
def test_the_number_is_checked(colour: Any, opened: Any, most: Any) -> None:
    """It is as many as a client may have connections."""
    colour.attempt(ValidationError, lambda: opened(token="t", max_in_flight=most))


def test_too_many_requests_halve_the_number(colour: Any, sdk_on: Any) -> None:
    """A 429 of the service lowers it, for all views of the SDK; the answers after that raise it."""
    status = 429
    sdk = sdk_on(Line(lambda _: httpx.Response(status, json={"data": {"id": ident(), "status": "DONE"}})), retry=False)
    colour.attempt(RateLimitError, lambda: sdk.get_job(ident()))
    places: Places = sdk.with_options(timeout=5)._session.places
    assert places.allowed == 10
    status = 200
    for _ in range(12):
        colour.call(sdk.get_job(ident()))
    assert places.allowed == 11


def test_a_request_that_gets_no_place_is_not_sent(colour: Any, opened: Any) -> None:
    """It fails in its own time, as one that the service has not received."""
    line = Line(lambda _: {"id": ident(), "status": "DONE"})
    once = RetryPolicy(attempts=1, deadline=0.0)
    sdk = opened(token="t", transport=line.transport, max_in_flight=1, timeout=0.05, retry=once)
    colour.call(doing(colour, sdk._session.places.taking(0.0)))
    error = colour.attempt(RequestTimeoutError, lambda: sdk.get_job(ident()))
    assert (error.sent, line.requests) == (False, [])
    assert "1 other request is under way" in str(error)
    sdk._session.places.give_back()
    assert colour.call(sdk.get_job(ident())).id == ident()


def doing(colour: Any, flow: Flow[Any]) -> Any:
    """What runs a flow, as an operation of the colour does."""
    return run(flow) if colour.is_blocking else arun(flow)


def test_requests_of_one_moment_lower_it_once(clock: Any) -> None:
    """All that were under way when the service had too many count as one; it never becomes less than one."""
    places = Places(20)
    allowed = []
    for _ in range(6):
        sent = clock.now
        clock.now += 1.0
        places.note(429, sent)
        places.note(429, sent)
        allowed.append(places.allowed)
    assert allowed == [10, 5, 2, 1, 1, 1]


def test_it_grows_again_slowly() -> None:
    """By one in the time of as many requests as may be under way, and never beyond what the user allows."""
    places = Places(5)
    places.note(429, 0.0)
    places.note(429, float("inf"))
    assert places.allowed == 1
    grown = []
    for _ in range(20):
        places.note(200, 0.0)
        grown.append(places.allowed)
    assert grown[:4] == [2, 2, 2, 3]
    assert grown == sorted(grown)
    assert grown[-1] == 5


def test_who_waits_gets_a_place_in_turn() -> None:
    """Who gives up does not keep one, even if it came free just then."""
    places = Places(1)
    run(places.taking(0.0))
    waiting = [places.taking(float("inf")) for _ in range(3)]
    effects = [next(flow) for flow in waiting]
    waiting[0].close()
    places.give_back()
    assert [effect.future.done() for effect in effects] == [False, True, False]
    waiting[1].close()  # it had got the place, and was not told yet
    assert effects[2].future.done()


def test_a_wait_does_not_shorten_the_time_of_the_service(clock: Any) -> None:
    """Else a batch would be given up, with an unknown outcome, that the service creates in its usual time."""
    sdk = SDK(token="t", max_in_flight=1, timeout=60, retry=False)
    places: Places = sdk._session.places
    run(places.taking(0.0))
    request = sdk._session.call(get_job, UUID(ident()))
    next(request)
    clock.now += 100.0
    places.give_back()
    effect = request.send(None)
    assert isinstance(effect, Send)
    assert effect.until - clock.now == pytest.approx(60 + 10)
    request.close()
    assert places._taken == 0


def test_garbage_collection_may_end_a_flow_at_any_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flow that nobody goes on with, as of an event loop that was closed, gives back its place when it is collected.

    That may be in the middle of taking another one, in the same thread.
    """

    class Collecting(Future[None]):
        def __init__(self) -> None:
            super().__init__()
            gc.collect()

    def holding() -> Flow[None]:
        yield from places.taking(inf)
        try:
            yield Sleep(1.0)
        finally:
            places.give_back()

    places = Places(1)
    monkeypatch.setattr("pasqal_cloud._conversation.places.Future", Collecting)
    flow = holding()
    next(flow)
    cycle: list[Any] = [flow]
    cycle.append(cycle)
    del flow, cycle
    faulthandler.dump_traceback_later(20, exit=True)  # a thread that waits for its own lock can't be interrupted
    try:
        run(places.taking(inf))
    finally:
        faulthandler.cancel_dump_traceback_later()
    assert places._taken == 1
