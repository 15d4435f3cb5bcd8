"""A signal handler, or what garbage collection ends, may make a request in the middle of another one of its thread."""

import faulthandler
import json
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import FrameType
from typing import Any

import pytest

from pasqal_cloud import SDK, Endpoints, _conversation

from ..doubles.answers import BATCH

TRACED = _conversation.__path__[0]
"""The package that performs requests."""

PATIENCE = 20
"""Seconds after which a thread is taken to wait for itself."""


class Cloud(BaseHTTPRequestHandler):
    """Gives tokens, and tells the status of any batch, on a connection that is kept."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # or the second part of an answer would wait for the acknowledgement of the first

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._tell({"access_token": "t", "expires_in": 3600})

    def do_GET(self) -> None:
        self._tell({"status": "success", "data": {"status": "DONE"}})

    def _tell(self, answer: dict[str, Any]) -> None:
        content = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    """Where the cloud is."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Cloud) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def at_line(number: int, handle: Callable[[], None]) -> Callable[[FrameType, str, Any], Any]:
    """Gives a trace function that handles a signal once, before a line of the package."""
    lines = iter(range(number + 1))

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if not frame.f_code.co_filename.startswith(TRACED):
            return None
        if event == "line" and next(lines, None) == number:
            handle()  # the interpreter does not trace what a trace function calls
        return trace

    return trace


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_signal_handler_may_ask_in_the_middle_of_a_request(url: str) -> None:
    """Wherever it comes, both requests are answered, and the next one is: nothing waits for its own thread."""
    told: list[str] = []
    usual = sys.gettrace()
    for number in range(10_000):
        come = len(told)
        with SDK(username="ada", password="secret", project_id=BATCH, endpoints=Endpoints.at(url)) as sdk:

            def ask(sdk: SDK = sdk) -> None:
                told.append(sdk.get_batch_status(BATCH))

            faulthandler.dump_traceback_later(PATIENCE, exit=True)  # a thread that waits so can't be interrupted
            sys.settrace(at_line(number, ask))
            try:
                ask()
            finally:
                sys.settrace(usual)
            ask()
            faulthandler.cancel_dump_traceback_later()
        if len(told) - come == 2:  # the request has fewer lines
            break
    assert set(told) == {"DONE"}
    assert number > 100
