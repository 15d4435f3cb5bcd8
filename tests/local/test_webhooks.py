"""Webhooks: called once a job has ended, until they have heard it."""

from __future__ import annotations

import json
import threading
from collections import deque
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from ..stopwatch import seconds_to_end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from .conftest import LocalService


class Receiver(ThreadingHTTPServer):
    """Keeps what it is told, and answers as it is told to: with success unless said otherwise."""

    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Hook)
        self.url = f"http://127.0.0.1:{self.server_port}/hook?secret=42"
        self.told: list[dict[str, Any]] = []
        self.answers: deque[int] = deque()
        self.redirects_to = ""
        self.may_answer = threading.Event()
        self.may_answer.set()


class Hook(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        self.server.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.server.may_answer.wait(60)
        self.send_response(self.server.answers.popleft() if self.server.answers else 204)
        self.send_header("Location", self.server.redirects_to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Says nothing."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Runs a receiver."""
    with Receiver() as receiver:
        threading.Thread(target=receiver.serve_forever, args=(0.01,), daemon=True).start()
        yield receiver
        receiver.may_answer.set()
        receiver.shutdown()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver of webhooks."""
    with receiving() as receiver:
        yield receiver


def test_each_end_of_a_job_is_told(scripted: LocalService, receiver: Receiver) -> None:
    """A job that is done, one that fails and one that is cancelled are posted as getJob shows them."""
    scripted.control("PATCH", "queue", json={"paused": True})
    silent = scripted.create("{}", {"runs": 10})
    batch = scripted.create("{}", *[{"runs": 10}] * 3, webhook=receiver.url)
    _, failing, cancelled = batch["jobs"]
    scripted.control("POST", "outcomes", json={"job_id": failing["id"], "errors": ["no laser"]})
    scripted.get("cancelJob", job_id=cancelled["id"])
    scripted.control("PATCH", "queue", json={"paused": False})
    scripted.settled(silent)
    scripted.until(lambda: len(receiver.told) == 3)
    shown = {job["id"]: scripted.get("getJob", job_id=job["id"]) for job in batch["jobs"]}
    assert [job["status"] for job in shown.values()] == ["DONE", "ERROR", "CANCELED"]
    assert {told["job"]["id"]: told["job"] | {"sequence": "{}"} for told in receiver.told} == shown
    assert {told["type"] for told in receiver.told} == {"job.ended"}
    assert len({told["id"] for told in receiver.told}) == 3


def test_what_is_not_taken_is_told_again(scripted: LocalService, receiver: Receiver) -> None:
    """An error and a redirect, which is not followed, are no success: the same delivery comes again, with its name."""
    with receiving() as elsewhere:
        receiver.redirects_to = elsewhere.url
        receiver.answers.extend([307, 500])
        scripted.create("{}", {"runs": 10}, webhook=receiver.url)
        for tries in (1, 2):
            scripted.until(lambda tries=tries: len(receiver.told) == tries)
            scripted.control("PATCH", "clock", json={"advance": 30})
        scripted.until(lambda: len(receiver.told) == 3)
        assert receiver.told == [receiver.told[0]] * 3
        assert elsewhere.told == []


def test_a_receiver_that_never_hears_is_given_up(
    start: Callable[..., LocalService], receiver: Receiver, tmp_path: Path
) -> None:
    """After four tries the log names the job and the host, and not the URL's secret; others are told all the while."""
    log = tmp_path / "log"
    receiver.answers.extend([500] * 4)
    with log.open("w") as stderr, receiving() as other:
        service = start("--engine", "scripted", stderr=stderr)
        job_id = service.create("{}", {"runs": 10}, webhook=receiver.url)["jobs"][0]["id"]
        for tries in range(1, 5):
            service.until(lambda tries=tries: len(receiver.told) == tries)
            service.create("{}", {"runs": 10}, webhook=other.url)
            service.until(lambda tries=tries: len(other.told) == tries)
            service.control("PATCH", "clock", json={"advance": 30})
        told = service.until(log.read_text)
    assert f"webhook at 127.0.0.1 about the end of job {job_id} failed for the last time: HTTP status 500" in told
    assert "secret" not in told
    assert len(receiver.told) == 4


def test_nothing_is_forgotten_when_the_service_is_killed(
    start: Callable[..., LocalService], receiver: Receiver, tmp_path: Path
) -> None:
    """A delivery that was under way at a kill -9 is made again by the next life, with the same name."""
    receiver.may_answer.clear()
    arguments = ("--engine", "scripted", "--db", str(tmp_path / "service.db"))
    first = start(*arguments)
    first.create("{}", {"runs": 10}, webhook=receiver.url)
    first.until(lambda: receiver.told)
    first.kill()
    receiver.may_answer.set()
    second = start(*arguments)
    second.until(lambda: len(receiver.told) == 2)
    assert receiver.told[0] == receiver.told[1]


def test_a_receiver_that_hangs_holds_nothing_up(start: Callable[..., LocalService], receiver: Receiver) -> None:
    """While it is waited for, jobs run, and the service stops at once when it is asked to."""
    receiver.may_answer.clear()
    service = start("--engine", "scripted")
    service.create("{}", {"runs": 10}, webhook=receiver.url)
    service.until(lambda: receiver.told)
    assert service.settled(service.create("{}", {"runs": 10}, webhook=receiver.url))["status"] == "DONE"
    assert seconds_to_end([service.process.pid], service.process.terminate) < 1.0
    assert service.stop() == 0
    assert len(receiver.told) == 1


@pytest.mark.parametrize(
    "webhook",
    ["", "10.0.1.5", "ftp://127.0.0.1/", "file:///etc/passwd", "http://", "http:///path", "http://[", "http://a\n"],
)
def test_what_is_no_url_is_refused(scripted: LocalService, webhook: str) -> None:
    """Only http and https URLs can be called."""
    (problem,) = scripted.refused("createBatch", 422, json=scripted.body("{}", {"runs": 10}, webhook=webhook))
    assert problem["loc"] == ["body", "webhook"]


@pytest.mark.slow
@pytest.mark.parametrize("no_proxy", ["localhost,[::1]", "::1,fd00::/8", "[,:80"])
def test_the_proxy_of_the_environment_is_used_but_for_this_machine(
    start: Callable[..., LocalService], receiver: Receiver, monkeypatch: pytest.MonkeyPatch, no_proxy: str
) -> None:
    """Whatever else NO_PROXY holds: an entry that means nothing stops no delivery."""
    with receiving() as proxy:
        with monkeypatch.context() as environment:
            environment.setenv("http_proxy", f"http://127.0.0.1:{proxy.server_port}")
            environment.setenv("no_proxy", no_proxy)
            service = start("--engine", "scripted")
        for url in ("http://hooks.test/hook", receiver.url):
            service.create("{}", {"runs": 10}, webhook=url)
        service.until(lambda: proxy.told and receiver.told)
        assert proxy.told[0]["id"] != receiver.told[0]["id"]
