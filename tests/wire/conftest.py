"""A cloud whose answers the tests write, and a server that breaks off in the middle."""

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from typing import Any

import httpx
import pytest
import respx

from pasqal_cloud import Endpoints, RetryPolicy

URL = "https://cloud.test"
PROJECT = "99999999-2222-4333-8444-555555555555"
BATCH = "11111111-2222-4333-8444-555555555555"
EAGER: dict[str, Any] = {"retry": RetryPolicy(first=0.001), "recover_for": 0.0}
"""As usual, with short pauses and one look for what may have been submitted."""


def job_id(number: int = 0) -> str:
    """The id of a job of the batch."""
    return f"22222222-2222-4333-8444-{number:012}"


class Cloud:
    """The cloud, as far as a test describes it; it has no batches, and whatever it does not expect is an error."""

    batch_id = BATCH
    project_id = PROJECT
    url = URL
    endpoints = Endpoints.at(URL)
    job_id = staticmethod(job_id)

    def __init__(self, router: respx.MockRouter) -> None:
        self.router = router
        self.tokens = router.post(f"{URL}/oauth/token", name="tokens").respond(
            json={"access_token": "token-1", "expires_in": 86_400}
        )
        self.listing = self.on("GET", "/api/v1/batches").mock(return_value=self.page())
        self.listing_jobs = self.on("GET", "/api/v2/jobs").mock(return_value=self.page())

    def on(self, method: str, path: str) -> respx.Route:
        """The route of an API operation."""
        return self.router.request(method, f"{URL}/core-fast{path}")

    @property
    def creating(self) -> respx.Route:
        return self.on("POST", "/api/v1/batches")

    @property
    def getting(self) -> respx.Route:
        return self.on("GET", f"/api/v2/batches/{BATCH}")

    @property
    def adding(self) -> respx.Route:
        return self.on("POST", f"/api/v2/batches/{BATCH}/jobs")

    @property
    def progress(self) -> respx.Route:
        return self.on("GET", f"/api/v1/batches/{BATCH}/status")

    @staticmethod
    def ok(data: Any, **more: Any) -> httpx.Response:
        """An answer in the usual envelope."""
        return httpx.Response(200, json={"status": "success", "message": "OK.", "code": "200", "data": data, **more})

    def batch(self, **fields: Any) -> httpx.Response:
        """An answer with the batch."""
        return self.ok({"id": BATCH, "status": "PENDING", "open": False, "sequence_builder": "{}", **fields})

    @staticmethod
    def job(number: int = 0, **fields: Any) -> dict[str, Any]:
        """A job of the batch."""
        return {"id": job_id(number), "status": "PENDING", "runs": number + 1, **fields}

    def page(self, *jobs: dict[str, Any], start: int = 0, total: int | None = None) -> httpx.Response:
        """An answer with jobs."""
        total = len(jobs) if total is None else total
        return self.ok(list(jobs), pagination={"start": start, "end": start + len(jobs), "total": total})


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """The cloud, with its token endpoint only."""
    with respx.mock(assert_all_called=False) as router:
        yield Cloud(router)


@pytest.fixture
def open_sdk(colour: Any) -> Iterator[Callable[..., Any]]:
    """A function that makes an SDK of each colour, with short pauses between its tries, closed at the end."""
    opened = []

    def make(**arguments: Any) -> Any:
        account = {"username": "ada@example.com", "password": "pa55word", "project_id": PROJECT}
        opened.append(colour.SDK(**account | EAGER | arguments))
        return opened[-1]

    yield make
    for sdk in opened:
        colour.call(sdk.close())


@pytest.fixture
def sdk(cloud: Cloud, open_sdk: Callable[..., Any]) -> Any:
    """An SDK of each colour on the cloud."""
    return open_sdk(endpoints=cloud.endpoints)


class BreakingServer:
    """A server that reads each request to its end, gives it a token if it wants one, and else breaks off.

    Args:
        beginning: What it answers before it breaks off.
        reset: Whether it resets the connection; otherwise it closes it.
    """

    def __init__(self, beginning: bytes = b"", *, reset: bool = False) -> None:
        self.beginning = beginning
        self.reset = reset
        self.requests: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.endpoints = Endpoints.at(f"http://127.0.0.1:{self._listener.getsockname()[1]}")
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        """Ends it."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                with connection:
                    self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        with closing(connection.makefile("rb")) as reader:
            method, path, _ = reader.readline().decode().split(" ", 2)
            headers = dict(line.decode().strip().lower().split(": ", 1) for line in iter(reader.readline, b"\r\n"))
            reader.read(int(headers.get("content-length", 0)))
        if path == "/oauth/token":
            token = json.dumps({"access_token": "token", "expires_in": 3600}).encode()
            connection.sendall(
                b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(token) + token
            )
            return
        self.requests.append(f"{method} {path}")
        connection.sendall(self.beginning)
        if self.reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@pytest.fixture
def breaking_server() -> Iterator[Callable[..., BreakingServer]]:
    """A function that starts a server that breaks off."""
    started = []

    def start(*arguments: Any, **options: Any) -> BreakingServer:
        started.append(BreakingServer(*arguments, **options))
        return started[-1]

    yield start
    for server in started:
        server.close()


@pytest.fixture
def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]
