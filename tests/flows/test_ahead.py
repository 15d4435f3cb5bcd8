"""What runs ahead of its reader ends with it, and does not hold up a child that is forked meanwhile."""

import asyncio
import os
import threading
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from pasqal_cloud import SDK, AsyncSDK, NotFoundError
from pasqal_cloud._conversation import unread

from ..doubles.answers import ident
from .inside import Walk, page_of_jobs, run

TOTAL = 3000


def page(request: httpx.Request) -> httpx.Response:
    """A page of a long list of jobs."""
    offset = int(parse_qs(request.url.query.decode()).get("offset", ["0"])[0])
    jobs = [{"id": ident(number), "status": "DONE"} for number in range(offset, min(offset + 100, TOTAL))]
    pagination = {"total": TOTAL, "start": offset, "end": offset + len(jobs)}
    return httpx.Response(200, json={"data": jobs, "pagination": pagination})


def workers() -> list[threading.Thread]:
    """The threads in which flows run."""
    return [thread for thread in threading.enumerate() if thread.name == "pasqal_cloud"]


@pytest.mark.parametrize("read", [150, TOTAL])
def test_no_thread_stays_behind(read: int) -> None:
    """Neither of a walk that is left early, nor of one that was gone to its end."""
    before = set(workers())
    with SDK(token="t", transport=httpx.MockTransport(page)) as sdk:
        walk = sdk.iter_jobs()
        assert [next(walk).id for _ in range(read)][-1] == ident(read - 1)
        mine = set(workers()) - before
        assert mine
        assert next(walk, None) is None if read == TOTAL else walk.close() is None
        for thread in mine:
            thread.join(20)
            assert not thread.is_alive()


def test_no_task_stays_behind(caplog: pytest.LogCaptureFixture) -> None:
    """Nor does asyncio log the errors of pages that nobody has read."""

    async def answer(request: httpx.Request) -> httpx.Response:
        if b"offset=2" in request.url.query:
            return httpx.Response(404, json={})
        if b"offset=1" in request.url.query and b"offset=100&" not in request.url.query + b"&":
            await asyncio.Event().wait()  # for ever
        return page(request)

    async def leave() -> None:
        async with AsyncSDK(token="t", transport=httpx.MockTransport(answer)) as sdk:
            walk = sdk.iter_jobs()
            for _ in range(150):
                await anext(walk)
            assert len(asyncio.all_tasks()) > 1
            await walk.aclose()
            await asyncio.wait(asyncio.all_tasks() - {asyncio.current_task()}, timeout=20)
            assert len(asyncio.all_tasks()) == 1

    asyncio.run(leave())
    assert caplog.text == ""


def test_what_came_before_an_error_is_given(colour: Any, opened: Any) -> None:
    """The third page fails; the items of the first two are there, although all were requested together."""

    def answer(request: httpx.Request) -> httpx.Response:
        return page(request) if b"offset=200" not in request.url.query else httpx.Response(404, json={})

    sdk = opened(token="t", transport=httpx.MockTransport(answer))
    given = []

    async def go() -> None:
        async for job in sdk.iter_jobs():
            given.append(job.id)  # noqa: PERF401 - those before an error count, too

    def start() -> Any:
        return [given.append(job.id) for job in sdk.iter_jobs()] if colour.is_blocking else go()

    colour.attempt(NotFoundError, start)
    assert given == [ident(number) for number in range(200)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_child_goes_on_with_the_walk_of_its_parent() -> None:
    """The threads that fetch the next pages are the parent's alone: the child asks for these pages itself."""
    with SDK(token="t", transport=httpx.MockTransport(page)) as sdk:
        walk = sdk.iter_jobs()
        for _ in range(150):
            next(walk)
        child = os.fork()
        if not child:
            os._exit(0 if [job.id for job in walk] == [ident(number) for number in range(150, TOTAL)] else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert sum(1 for _ in walk) == TOTAL - 150


def test_a_walk_does_not_copy_what_it_has_seen() -> None:
    """Else a list of 100,000 jobs takes twice the time of ten lists of 10,000."""
    with SDK(token="t", transport=httpx.MockTransport(page)) as sdk:
        walk: Walk[Any] = sdk._walk(page_of_jobs, None, None, sdk._job)
        seen = walk._seen
        while run(walk.more()):
            assert walk._seen is seen
        assert len(seen) == TOTAL


def test_pages_are_parsed_when_they_are_wanted(colour: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The responses of the others wait: they take less memory, and the next request is sent earlier."""
    parsed, parse = [], unread.Leaving.parse
    monkeypatch.setattr(unread.Leaving, "parse", lambda self, answer: parsed.append(0) or parse(self, answer))
    asked, all_asked = [], threading.Event()

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if len(asked) == 20:
            all_asked.set()
        return page(request)

    async def walk_awaiting() -> None:
        async with AsyncSDK(token="t", transport=httpx.MockTransport(answer)) as sdk:
            walk = sdk.iter_jobs()
            for number in range(250):
                assert (await anext(walk)).id == ident(number)
            assert await asyncio.to_thread(all_asked.wait, 20)
            assert len(parsed) == 3
            await walk.aclose()

    if not colour.is_blocking:
        asyncio.run(walk_awaiting())
        return
    with SDK(token="t", transport=httpx.MockTransport(answer)) as sdk:
        walk = sdk.iter_jobs()
        assert [next(walk).id for _ in range(250)] == [ident(number) for number in range(250)]
        assert all_asked.wait(20)
        assert len(parsed) == 3
        walk.close()
