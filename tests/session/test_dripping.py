"""Answers that drip: a server sends a byte now and then, which keeps every timeout of a socket from ending."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from pasqal_cloud import PasswordGrantTokenProvider, RequestTimeoutError, RetryPolicy

from ..doubles.answers import BATCH
from ..doubles.sockets import DrippingServer
from ..stopwatch import Stopwatch

BODY = json.dumps({"data": {"id": BATCH, "status": "DONE"}}).encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % len(BODY)
PADDING = b"X-Padding: " + b"x" * 4000 + b"\r\n"
HASTY: dict[str, Any] = {"timeout": 0.25, "retry": RetryPolicy(first=0.01, deadline=0.5)}
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


@pytest.fixture
def seconds_to_fail(colour: Any) -> Callable[..., float]:
    """A function that gets the seconds after which a call of an SDK of each colour times out."""

    def measure(server: DrippingServer, **options: Any) -> float:
        sdk = colour.SDK(token="t", endpoints=server.endpoints, **options)
        ender = threading.Timer(2.0, server.close)  # a call that is not cut must end, too
        ender.start()
        watch = Stopwatch()
        try:
            colour.attempt(RequestTimeoutError, lambda: sdk.get_batch(BATCH))
            return watch.look()
        finally:
            ender.cancel()
            colour.call(sdk.close())

    return measure


@pytest.mark.parametrize("part", ["first line", "head", "body"])
def test_an_answer_that_drips_is_cut(dripping: Callable[..., DrippingServer], seconds_to_fail: Any, part: str) -> None:
    """Wherever it drips, the call ends with its deadline."""
    whole = HEAD + PADDING + b"\r\n" + BODY
    parts = {"first line": (b"", whole), "head": (HEAD, whole[len(HEAD) :]), "body": (HEAD + b"\r\n", BODY)}
    assert seconds_to_fail(dripping(*parts[part]), **HASTY) < LONGEST


def test_an_answer_that_drips_and_stops_is_cut(dripping: Callable[..., DrippingServer], seconds_to_fail: Any) -> None:
    """The last wait ends with the call's time, not when the timeout of a part is over."""
    server = dripping(HEAD, PADDING[:8])  # 0.4 seconds
    once = RetryPolicy(attempts=1, deadline=0.0)
    assert seconds_to_fail(server, timeout=httpx.Timeout(0.5, connect=0.05), retry=once) < 0.55 + 0.15


def test_a_body_that_drips_over_a_transport_of_the_users_own_is_cut(
    colour: Any, dripping: Callable[..., DrippingServer], seconds_to_fail: Any
) -> None:
    """However requests are sent, the deadline holds for what is read of their answers."""
    transport = httpx.HTTPTransport() if colour.is_blocking else httpx.AsyncHTTPTransport()
    server = dripping(HEAD + b"\r\n", BODY)
    assert seconds_to_fail(server, transport=transport, **HASTY) < LONGEST


def test_a_provider_that_asks_by_itself_is_not_kept_waiting(dripping: Callable[..., DrippingServer]) -> None:
    """An answer to its request has as long in all as one to an SDK's has."""

    class Hasty(PasswordGrantTokenProvider):
        def token_request(self) -> httpx.Request:
            request = super().token_request()
            request.extensions["timeout"] = httpx.Timeout(0.25).as_dict()
            return request

    server = dripping(HEAD, PADDING)
    ender = threading.Timer(2.0, server.close)  # a call that is not cut must end, too
    ender.start()
    provider = Hasty("ada", "pa55word", server.endpoints.auth or pytest.fail("no identity provider"))
    watch = Stopwatch()
    with pytest.raises(RequestTimeoutError) as caught:
        provider.get_token()
    assert watch.look() < 0.25 + 0.15
    assert not caught.value.sent
    ender.cancel()
