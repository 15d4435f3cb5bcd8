"""A real HTTP service on the loopback interface, whose tokens the tests control."""

import json
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from pasqal_cloud import Endpoints

PASSWORD = "pa55word-of-ada"
SIGNATURE = "5160a70e5160a70e5160a70e"
PATIENCE = 20.0


def batch_id(number: int = 0) -> str:
    """The id of a batch that the service has."""
    return f"11111111-2222-4333-8444-{number:012}"


@dataclass
class Seen:
    """One request, as the service saw it."""

    method: str
    path: str
    headers: dict[str, str]
    form: dict[str, str]
    connection: tuple[str, int]

    @property
    def is_for_a_token(self) -> bool:
        return urlsplit(self.path).path == "/oauth/token"


@dataclass
class Service:
    """Gives tokens, batches, and results; also to those who come to it as to a proxy.

    Attributes:
        seen: The requests.
        expires_in: How long its tokens live.
        revoked: The tokens that it refuses.
        answering: Token requests are answered while this is set.
        connections: Those that are open.
        failures: The statuses of the next answers to token requests.
        link_suffix: What stands at the end of result links.
    """

    tls: ssl.SSLContext | None = None
    seen: list[Seen] = field(default_factory=list)
    expires_in: float | None = 3600
    revoked: set[str] = field(default_factory=set)
    answering: threading.Event = field(default_factory=threading.Event)
    connections: set[tuple[str, int]] = field(default_factory=set)
    failures: list[int] = field(default_factory=list)
    link_suffix: str = ""
    batch_id = staticmethod(batch_id)
    signature = SIGNATURE
    password = PASSWORD

    def __post_init__(self) -> None:
        self.answering.set()
        service = self

        class Handler(_Handler):
            of = service

        self.server = _Server(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]  # who refuses a certificate hangs up
        if self.tls:
            self.server.socket = self.tls.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port = self.server.server_address[1]
        self.url = f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"
        self.endpoints = Endpoints.at(self.url)
        self.given = 0
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self.answering.set()
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()

    @property
    def logins(self) -> list[Seen]:
        return [seen for seen in self.seen if seen.is_for_a_token]

    @property
    def calls(self) -> list[Seen]:
        return [seen for seen in self.seen if not seen.is_for_a_token]

    def revoke(self) -> None:
        """Refuses every token given so far."""
        self.revoked |= {f"token-{number}" for number in range(1, self.given + 1)}

    def answer(self, seen: Seen) -> tuple[int, dict[str, str], Any]:
        path = urlsplit(seen.path).path
        if path == "/oauth/token":
            return self._token()
        if path == "/result":
            if "expired" in seen.path:
                return 403, {}, f"<Error><SignatureProvided>{SIGNATURE}</SignatureProvided></Error>"
            return 200, {}, {"counter": {"01": 3}, "raw": None}
        if seen.headers.get("authorization", "").removeprefix("Bearer ") in self.revoked | {""}:
            return 401, {}, {"message": "The token is not good."}
        identity = path.rsplit("/", 1)[-1]
        if identity == "jobs":
            return 200, {}, {"status": "success", "data": [], "pagination": {"start": 0, "end": 0, "total": 0}}
        if path.endswith("/results_link"):
            data: Any = {"results_link": f"{self.url}/result?X-Amz-Signature={SIGNATURE}{self.link_suffix}"}
        elif "/jobs/" in path:
            data = {"id": identity, "status": "DONE", "runs": 3, "batch_id": batch_id()}
        else:
            identity = str(uuid4()) if identity == "batches" else identity
            data = {"id": identity, "status": "DONE", "open": False, "sequence_builder": "{}", "jobs": []}
        return 200, {"X-Request-Id": "request-7"}, {"status": "success", "code": "200", "data": data}

    def _token(self) -> tuple[int, dict[str, str], Any]:
        assert self.answering.wait(PATIENCE)
        with self._lock:
            if self.failures:
                return self.failures.pop(0), {}, "<html>"
            self.given += 1
            body: dict[str, Any] = {"access_token": f"token-{self.given}"}
        return 200, {}, body | ({} if self.expires_in is None else {"expires_in": self.expires_in})


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # so many may come at once


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    of: Service

    def setup(self) -> None:
        super().setup()
        self.of.connections.add(self.client_address)

    def finish(self) -> None:
        self.of.connections.discard(self.client_address)
        super().finish()

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        is_form = "urlencoded" in self.headers.get("Content-Type", "")
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()} if is_form else {}
        headers = {name.lower(): value for name, value in self.headers.items()}
        seen = Seen(self.command, self.path, headers, form, self.client_address)
        self.of.seen.append(seen)
        status, more, content = self.of.answer(seen)
        text = (content if isinstance(content, str) else json.dumps(content)).encode()
        self.send_response(status)
        for name, value in {**more, "Content-Length": str(len(text))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    do_POST = do_GET  # noqa: N815 - http.server's

    def log_message(self, *_: object) -> None:
        """Says nothing."""
