"""Answers that drip: a server sends a byte now and then, which keeps every timeout of a socket from ending."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from typing import Any

import pytest

from pasqal_cloud import Endpoints, RequestTimeoutError, RetryPolicy

from ..stopwatch import Stopwatch

BATCH = "11111111-2222-4333-8444-555555555555"
BODY = json.dumps({"data": {"id": BATCH, "status": "DONE"}}).encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % len(BODY)
PADDING = b"X-Padding: " + b"x" * 4000 + b"\r\n"
LONGEST = 0.5 + 0.25 + 0.15
"""Seconds that a hasty call lasts at most: the deadline, the time of a try that began just before, and some work."""


class Dripping:
    """A server whose answers begin at once and then come a byte at a time.

    Args:
        at_once: The beginning.
        drip: The rest.
    """

    def __init__(self, at_once: bytes, drip: bytes) -> None:
        self._at_once, self._drip = at_once, drip
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.endpoints = Endpoints.at(f"http://127.0.0.1:{self._listener.getsockname()[1]}")
        self._threads = [threading.Thread(target=self._serve)]
        self._threads[0].start()

    def close(self) -> None:
        """Ends it."""
        self._over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._threads.append(threading.Thread(target=self._answer, args=(connection,)))
                self._threads[-1].start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError), closing(connection.makefile("rb")) as reader:
            while reader.readline() not in (b"\r\n", b""):
                pass
            connection.sendall(self._at_once)
            for byte in self._drip:
                if self._over.wait(0.05):
                    return
                connection.sendall(bytes([byte]))


@pytest.fixture
def dripping() -> Iterator[Callable[..., Dripping]]:
    """A function that starts a server that drips."""
    started = []

    def start(at_once: bytes, drip: bytes) -> Dripping:
        started.append(Dripping(at_once, drip))
        return started[-1]

    yield start
    for server in started:
        server.close()


@pytest.mark.parametrize("part", ["first line", "head", "body"])
def test_an_answer_that_drips_is_cut(colour: Any, dripping: Callable[..., Dripping], part: str) -> None:
    """Wherever it drips, the call ends with its deadline."""
    whole = HEAD + PADDING + b"\r\n" + BODY
    parts = {"first line": (b"", whole), "head": (HEAD, whole[len(HEAD) :]), "body": (HEAD + b"\r\n", BODY)}
    server = dripping(*parts[part])
    retry = RetryPolicy(first=0.01, deadline=0.5)
    sdk = colour.SDK(token="t", endpoints=server.endpoints, timeout=0.25, retry=retry)
    ender = threading.Timer(2.0, server.close)  # a call that is not cut must end, too
    ender.start()
    watch = Stopwatch()
    try:
        colour.attempt(RequestTimeoutError, lambda: sdk.get_batch(BATCH))
        assert watch.look() < LONGEST
    finally:
        ender.cancel()
        colour.call(sdk.close())
