"""Answers that drip: a server sends a byte now and then, which keeps every timeout of a socket from ending."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pasqal_cloud import RequestTimeoutError, RetryPolicy

from ..doubles.answers import BATCH
from ..doubles.sockets import DrippingServer
from ..stopwatch import Stopwatch

BODY = json.dumps({"data": {"id": BATCH, "status": "DONE"}}).encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % len(BODY)
PADDING = b"X-Padding: " + b"x" * 4000 + b"\r\n"
LONGEST = 0.5 + 0.25 + 0.15
"""Seconds that a hasty call lasts at most: the deadline, the time of a try that began just before, and some work."""


@pytest.fixture
def dripping() -> Iterator[Callable[..., DrippingServer]]:
    """A function that starts a server that drips."""
    started = []

    def start(at_once: bytes, drip: bytes) -> DrippingServer:
        started.append(DrippingServer(at_once, drip))
        return started[-1]

    yield start
    for server in started:
        server.close()


@pytest.mark.parametrize("part", ["first line", "head", "body"])
def test_an_answer_that_drips_is_cut(colour: Any, dripping: Callable[..., DrippingServer], part: str) -> None:
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
