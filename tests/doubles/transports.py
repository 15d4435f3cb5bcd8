"""Transports that hold requests: until the test lets them through, or until enough of them have come."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from typing import TYPE_CHECKING, Any

import attrs
import httpx

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 60.0
"""Seconds after which a test gives up waiting for what should have come."""

SUBMISSIONS = ("/batches", "/jobs", "/rebatch", "/workloads")
"""How the paths of requests end that spend money."""


@attrs.define(eq=False)
class Passage:
    """What becomes of one submission on its way.

    Args:
        arrives: Whether the service gets it.
        status: The status of the answer that is given instead of the service's own, if it is.
        is_held: Whether the answer waits until it is let through.
        retry_after: After how many seconds a 503 asks to come back.
    """

    arrives: bool = True
    status: int | None = None
    is_held: bool = False
    retry_after: int = 0
    came: threading.Event = attrs.field(factory=threading.Event)
    may_answer: threading.Event = attrs.field(factory=threading.Event)

    def answer(self, own: httpx.Response | None) -> httpx.Response:
        if self.status is None and own is not None:
            return own
        headers = {"Retry-After": str(self.retry_after)} if self.status == 503 else {}
        told = {"status": "fail", "data": {"description": "The line says so."}}
        return httpx.Response(self.status or 504, json=told, headers=headers)


class HoldingTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """The way to the service: it carries a submission there or not, and holds its answer back or loses it."""

    def __init__(self) -> None:
        self.passages: list[Passage] = []
        self.expected: deque[Passage] = deque()
        self.seen: list[str] = []
        self._waits: list[tuple[str, int, threading.Event]] = []
        self._blocking, self._awaiting = httpx.HTTPTransport(), httpx.AsyncHTTPTransport()

    def expect(self, **passage: Any) -> Passage:
        """Says what becomes of the next submission."""
        self.passages.append(Passage(**passage))
        self.expected.append(self.passages[-1])
        return self.passages[-1]

    def shown(self, kind: str) -> str:
        """What the lists of a kind have shown so far."""
        return "".join(text for text in self.seen if text.startswith(kind))

    def when_shown(self, kind: str, times: int) -> threading.Event:
        """Gives what is set when the lists of a kind have been shown so often from now on."""
        self._waits.append((kind, self._times(kind) + times, threading.Event()))
        return self._waits[-1][-1]

    def _times(self, kind: str) -> int:
        return sum(text.startswith(f"{kind} ") for text in self.seen)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        passage = self._passage(request)
        own = self._blocking.handle_request(request) if passage.arrives else None
        if own:
            own.read()
            self._note(request, own)
        passage.came.set()
        if passage.is_held:
            assert passage.may_answer.wait(PATIENCE)
        return passage.answer(own)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        passage = self._passage(request)
        own = await self._awaiting.handle_async_request(request) if passage.arrives else None
        if own:
            await own.aread()
            self._note(request, own)
        passage.came.set()
        if passage.is_held:
            assert await asyncio.to_thread(passage.may_answer.wait, PATIENCE)
        return passage.answer(own)

    def close(self) -> None:
        self._blocking.close()

    async def aclose(self) -> None:
        await self._awaiting.aclose()

    def _passage(self, request: httpx.Request) -> Passage:
        spends = request.method == "POST" and request.url.path.endswith(SUBMISSIONS)
        return self.expected.popleft() if spends and self.expected else Passage()

    def _note(self, request: httpx.Request, answer: httpx.Response) -> None:
        if request.method == "GET":
            self.seen.append(f"{request.url.path.rpartition('/')[2]} {answer.text}")
            for kind, times, event in self._waits:
                if self._times(kind) >= times:
                    event.set()


class Crowd(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A storage that answers when as many requests as it waits for have come.

    Args:
        size: How many requests of the storage have to be under way at once.
        answer: Answers everything.
    """

    def __init__(self, size: int, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self.answer = answer
        self.size = size
        self.barrier = threading.Barrier(size)
        self.came = 0
        self.all_came: asyncio.Event | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "storage.test":
            self.barrier.wait(timeout=30)
        return self.answer(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "storage.test":
            self.all_came = self.all_came or asyncio.Event()
            self.came += 1
            if self.came == self.size:
                self.all_came.set()
            await asyncio.wait_for(self.all_came.wait(), timeout=30)
        return self.answer(request)
