"""A small cloud behind a real socket: it does what it is asked to, and then answers as badly as a test wants."""

import gzip
import json
import re
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pytest

from pasqal_cloud import Endpoints
from pasqal_cloud._retry import RetryPolicy
from pasqal_cloud._transport import Options

PROJECT = "99999999-2222-4333-8444-555555555555"
QUICK = Options(timeout=httpx.Timeout(20.0), retry=RetryPolicy(attempts=3, first=0.01), recover_for=0.05)
"""As usual, but for tests that can't wait: short pauses, few tries, a short search."""

CORE = "/core-fast/api"
ROUTES = {
    "token": ("POST", "/oauth/token"),
    "create_batch": ("POST", f"{CORE}/v1/batches"),
    "list_batches": ("GET", f"{CORE}/v1/batches"),
    "get_batch": ("GET", f"{CORE}/v2/batches/([^/]+)"),
    "close_batch": ("PATCH", f"{CORE}/v2/batches/([^/]+)/complete"),
    "cancel_batch": ("PATCH", f"{CORE}/v2/batches/([^/]+)/cancel"),
    "add_jobs": ("POST", f"{CORE}/v2/batches/([^/]+)/jobs"),
    "rebatch": ("POST", f"{CORE}/v1/batches/([^/]+)/rebatch"),
    "list_jobs": ("GET", f"{CORE}/v2/jobs"),
    "get_job": ("GET", f"{CORE}/v2/jobs/([^/]+)"),
    "create_workload": ("POST", f"{CORE}/v1/workloads"),
    "list_workloads": ("GET", f"{CORE}/v2/workloads"),
    "get_workload": ("GET", f"{CORE}/v2/workloads/([^/]+)"),
    "results_link": ("GET", f"{CORE}/v1/jobs/([^/]+)/results_link"),
    "document": ("GET", "/storage/(.+)"),
}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What goes wrong with one request.

    Args:
        reply: What is answered, to the byte; None for the right answer.
        processed: Whether the request is carried out first.
        end: What becomes of the connection: `close`, `reset`, `stall`; or the reply is `cut` short, or `drip`s out.
        times: How many requests it hits; None for all.
    """

    reply: bytes | None
    processed: bool
    end: str
    times: int | None


def reply(status: int, body: Any = b"", /, **headers: str) -> bytes:
    """An answer, to the byte."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(content)}", "X-Request-Id: r-1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + content


class ScriptedService:
    """The service: batches, jobs and workloads in memory, none of which ever runs.

    Args:
        fast: How many seconds its clock is ahead of this machine's.
    """

    def __init__(self, fast: float = 0.0) -> None:
        self.fast = fast
        self.batches: dict[str, dict[str, Any]] = {}
        self.jobs: dict[str, dict[str, Any]] = {}
        self.workloads: dict[str, dict[str, Any]] = {}
        self.documents: dict[str, bytes] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.faults: dict[str, Fault] = {}
        self.late: dict[str, int] = {}
        self._hits: Counter[str] = Counter()
        self._http = _Server(self)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self.endpoints = Endpoints.at(self.url)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        """Ends it."""
        self.stopped = True
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def count(self, operation: str) -> int:
        """How many requests of an operation there were."""
        return sum(name == operation for name, _ in self.requests)

    def headers_of(self, operation: str) -> dict[str, str]:
        """The headers of the last request of an operation."""
        return [headers for name, headers in self.requests if name == operation][-1]

    @property
    def now(self) -> float:
        """The time, as it knows it."""
        return time.time() + self.fast

    stopped = False

    def fail(
        self,
        operation: str,
        status: int | None = None,
        body: Any = b"",
        *,
        headers: Mapping[str, str] = MappingProxyType({}),
        processed: bool = True,
        raw: bytes | None = None,
        end: str = "close",
        times: int | None = None,
    ) -> None:
        """Says what goes wrong with an operation from now on; without status and raw, the answer is the right one."""
        answer = raw if status is None else reply(status, body, Connection="close", **headers)
        self._hits[operation] = 0
        self.faults[operation] = Fault(reply=answer, processed=processed, end=end, times=times)

    def fault_of(self, operation: str) -> Fault | None:
        """What goes wrong with this request, if anything does."""
        fault = self.faults.get(operation)
        self._hits[operation] += 1
        return fault if fault and (fault.times is None or self._hits[operation] <= fault.times) else None

    def put_batch(self, body: dict[str, Any], *, age: float = 0.0, **more: Any) -> dict[str, Any]:
        """Creates a batch, which may be older."""
        batch = {"id": str(uuid4()), "status": "PENDING", **self._dates(age), "open": False, "parent_id": None}
        batch |= {name: value for name, value in body.items() if name != "jobs"} | {"tags": body.get("tags", [])} | more
        batch["device_type"] = batch.get("device_type") or "EMU_FREE"
        self.batches[batch["id"]] = batch
        self.put_jobs(batch["id"], body.get("jobs", []), age=age)
        return batch

    def put_jobs(self, batch_id: str, jobs: list[dict[str, Any]], *, age: float = 0.0) -> None:
        """Adds jobs to a batch."""
        for job in jobs:
            new = {"id": str(uuid4()), "batch_id": batch_id, "status": "PENDING", **self._dates(age), **job}
            self.jobs[new["id"]] = new

    def jobs_of(self, batch_id: str) -> list[dict[str, Any]]:
        """The jobs of a batch, as lists show them."""
        own = [job for job in self.jobs.values() if job["batch_id"] == batch_id]
        return [{name: value for name, value in job.items() if name != "sequence"} for job in own]

    def _dates(self, age: float) -> dict[str, str]:
        created = datetime.fromtimestamp(self.now - age, UTC).isoformat()
        return {"created_at": created, "updated_at": created}

    def do(self, operation: str, name: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        """Carries out an operation."""
        found = self.batches.get(name)
        if operation in ("get_batch", "close_batch", "cancel_batch", "add_jobs", "rebatch") and found is None:
            return 404, {"status": "fail", "data": {"description": "There is no such batch."}}
        return 200, getattr(self, f"_{operation}")(name, query, body)

    def _whole(self, batch_id: str) -> dict[str, Any]:
        return {**self.batches[batch_id], "jobs": self.jobs_of(batch_id)}

    def _token(self, *_: Any) -> Any:
        return {"access_token": "token", "expires_in": 3600}

    def _create_batch(self, _name: str, _query: Any, body: Any) -> Any:
        return {"data": self._whole(self.put_batch(body)["id"])}

    def _list_batches(self, _name: str, query: dict[str, list[str]], _body: Any) -> Any:
        (tag,) = query.get("tag", [None])
        listed = [batch for batch in self.batches.values() if tag is None or tag in batch["tags"]]
        return self._page("list_batches", listed, query, without=("sequence_builder", "backend_configuration"))

    def _get_batch(self, name: str, *_: Any) -> Any:
        return {"data": self.batches[name]}

    def _close_batch(self, name: str, *_: Any) -> Any:
        self.batches[name]["open"] = False
        return {"data": self._whole(name)}

    def _cancel_batch(self, name: str, *_: Any) -> Any:
        self.batches[name]["status"] = "CANCELED"
        return {"data": self._whole(name)}

    def _add_jobs(self, name: str, _query: Any, body: Any) -> Any:
        self.put_jobs(name, body)
        return {"data": self._whole(name)}

    def _rebatch(self, name: str, *_: Any) -> Any:
        parent = self.batches[name]
        copies = [
            {"runs": job["runs"], "parent_id": job["id"]} for job in self.jobs.values() if job["batch_id"] == name
        ]
        sent = {key: parent[key] for key in ("sequence_builder", "device_type", "project_id")}
        return {"data": self._whole(self.put_batch({**sent, "jobs": copies}, parent_id=name)["id"])}

    def _list_jobs(self, _name: str, query: dict[str, list[str]], _body: Any) -> Any:
        jobs = [job for batch_id in query["batch_id"] for job in self.jobs_of(batch_id)]
        return self._page("list_jobs", jobs, query)

    def _get_job(self, name: str, *_: Any) -> Any:
        return {"data": self.jobs[name]}

    def _create_workload(self, _name: str, _query: Any, body: Any) -> Any:
        workload = {"id": str(uuid4()), "status": "PENDING", **self._dates(0.0), **body}
        self.workloads[workload["id"]] = workload
        return {"data": workload}

    def _list_workloads(self, _name: str, query: dict[str, list[str]], _body: Any) -> Any:
        return self._page("list_workloads", list(self.workloads.values()), query, without=("config",))

    def _get_workload(self, name: str, *_: Any) -> Any:
        return {"data": self.workloads[name]}

    def _results_link(self, name: str, *_: Any) -> Any:
        signature = f"SECRET-{self.count('results_link')}"
        return {"data": {"results_link": f"{self.url}/storage/{name}?signature={signature}"}}

    def _document(self, name: str, *_: Any) -> Any:
        return json.loads(self.documents[name])

    def _page(
        self, operation: str, items: list[Any], query: dict[str, list[str]], without: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """One page of a list; its newest item may be missing from the first looks."""
        hidden = self.late.get(operation, 0)
        if hidden:
            self.late[operation] = hidden - 1
            items = items[:-1]
        shown = [{key: item[key] for key in item if key not in without} for item in items]
        if query.get("order_by_direction") != ["ASC"]:
            shown.reverse()
        offset, limit = (int(query.get(key, [default])[0]) for key, default in (("offset", "0"), ("limit", "100")))
        part = shown[offset : offset + limit]
        return {
            "data": part,
            "pagination": {"start": offset, "end": offset + len(part), "total": len(shown)},
        }


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, service: ScriptedService) -> None:
        self.service = service
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, *_: Any) -> None:
        """Says nothing when a client has gone."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_: Any) -> None:
        """Says nothing."""

    def _handle(self) -> None:
        service = self.server.service
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        url = urlsplit(self.path)
        operation, name = _operation(self.command, url.path)
        service.requests.append((operation, {key.lower(): value for key, value in self.headers.items()}))
        fault = service.fault_of(operation)
        good = b""
        if fault is None or fault.processed:
            content = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
            sent = json.loads(content) if self.headers.get("Content-Type") == "application/json" else None
            status, answer = service.do(operation, name, parse_qs(url.query), sent)
            good = reply(status, answer, Date=formatdate(service.now, usegmt=True))
        if fault is None:
            self.wfile.write(good)
        else:
            self.close_connection = True
            self._fail(fault, good if fault.reply is None else fault.reply)

    do_GET = do_POST = do_PATCH = _handle  # noqa: N815 - http.server's names

    def _fail(self, fault: Fault, content: bytes) -> None:
        if fault.end == "drip":
            self._drip(content)
            return
        self.wfile.write(content[:-5] if fault.end == "cut" else content)
        if fault.end == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        while fault.end == "stall" and not self.server.service.stopped:
            time.sleep(0.01)

    def _drip(self, content: bytes) -> None:
        head, _, body = content.partition(b"\r\n\r\n")
        self.wfile.write(head + b"\r\n\r\n")
        with suppress(OSError):
            for position in range(len(body)):
                self.wfile.write(body[position : position + 1])
                time.sleep(0.05)


def _operation(method: str, path: str) -> tuple[str, str]:
    for operation, (of_method, pattern) in ROUTES.items():
        match = re.fullmatch(pattern, path)
        if match and method == of_method:
            return operation, (match.groups() or ("",))[0]
    raise AssertionError(f"{method} {path}")


@pytest.fixture
def service() -> Iterator[ScriptedService]:
    """The service."""
    service = ScriptedService()
    yield service
    service.close()


@pytest.fixture
def quick() -> Options:
    """How the SDKs of these tests make requests."""
    return QUICK


@pytest.fixture
def open_sdk(colour: Any, service: ScriptedService) -> Iterator[Callable[..., Any]]:
    """A function that makes an SDK of each colour on the service, with a token already, closed at the end."""
    opened = []

    def make(options: Options = QUICK, **arguments: Any) -> Any:
        account = {"username": "ada@example.com", "password": "pa55word", "project_id": PROJECT}
        sdk = colour.SDK(endpoints=service.endpoints, **account, **arguments)
        sdk.client.options = options
        opened.append(sdk)
        return sdk

    yield make
    for sdk in opened:
        colour.call(sdk.close())


@pytest.fixture
def sdk(open_sdk: Callable[..., Any]) -> Any:
    """An SDK of each colour on the service."""
    return open_sdk()
