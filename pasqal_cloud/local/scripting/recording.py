"""The latest requests, limited in number and size, with masked secrets."""

from __future__ import annotations

import json
import threading
import zlib
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

TOKEN_OPERATION = "createToken"
RESULT_OPERATION = "getResult"
"""The names of what the API's description does not have: the token endpoint, and the download of a result."""

MAX_REQUESTS = 1_000
MAX_KEPT = 16 * 2**20
"""The maximum size of all recorded bodies together, in bytes."""

MAX_BODY = 64 * 2**10
"""The maximum size of a recorded body, as it was sent, in bytes."""

MAX_SHOWN = 2**20
"""The maximum size of a shown body, uncompressed, in bytes."""

SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization"})
SECRET_FIELDS = frozenset({"password", "client_secret", "client_assertion", "refresh_token", "code", "otp"})
SECRET_PARAMETERS = frozenset({"signature", "access_token", "token"})
MASK = "***"


@dataclass(eq=False)
class Exchange:
    """A request and the status of its response.

    Args:
        number: The number of earlier requests.
        operation: The operation's name; None for an unknown path.
        method: The HTTP method.
        path: The path of its URL.
        query: The query of its URL.
        headers: Its headers.
        at: When it arrived, by the service's clock.
        status: The status of the response; None if there was none.
        fault: The id of the fault that affected it.
        size: The size of its body as sent, in bytes.
        is_forgotten: Whether it was removed from the recording.
    """

    number: int
    operation: str | None
    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    at: datetime
    status: int | None = None
    fault: str | None = None
    size: int = 0
    is_forgotten: bool = False
    _kept: bytearray = field(default_factory=bytearray, repr=False)

    @property
    def kept(self) -> int:
        """The recorded bytes of its body."""
        return len(self._kept)

    def as_json(self) -> dict[str, Any]:
        """Shows it; a body that is incomplete or not JSON is shown as text."""
        body, text, is_cut = self._body()
        return {
            "number": self.number,
            "operation": self.operation,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "headers": self.headers,
            "body": body,
            "text": text,
            "size": self.size,
            "is_cut": is_cut,
            "status": self.status,
            "fault": self.fault,
            "at": self.at.isoformat(),
        }

    def keep(self, chunk: bytes) -> int:
        """Adds a chunk of the body, and gets how much of it was kept."""
        self.size += len(chunk)
        kept = chunk[: MAX_BODY - len(self._kept)]
        self._kept += kept
        return len(kept)

    def _body(self) -> tuple[Any, str | None, bool]:
        if not self.size:
            return None, None, False
        content, is_cut = bytes(self._kept), self.size > len(self._kept)
        if self.headers.get("content-encoding", "").lower() == "gzip":
            content, is_cut = _gunzipped(content, is_cut=is_cut)
        if not is_cut:
            fields = _fields(content, self.headers.get("content-type", ""))
            if isinstance(fields, dict) or (fields is not None and self.operation != TOKEN_OPERATION):
                return _masked(fields), None, False
        if self.operation == TOKEN_OPERATION:
            return None, None, is_cut  # it may contain a password anywhere
        return None, content.decode(errors="replace"), is_cut


class Recording:
    """The recorded requests, oldest first."""

    def __init__(self) -> None:
        self._exchanges: deque[Exchange] = deque()
        self._number = 0
        self._kept = 0
        self._lock = threading.Lock()

    def begin(
        self,
        operation: str | None,
        method: str,
        path: str,
        query: str,
        headers: Mapping[str, str],
        at: datetime,
    ) -> Exchange:
        """Records the start of a request."""
        shown = {name: MASK if name in SECRET_HEADERS else value for name, value in headers.items()}
        parameters = {
            name: [MASK] if name.lower() in SECRET_PARAMETERS else values
            for name, values in parse_qs(query, keep_blank_values=True).items()
        }
        with self._lock:
            exchange = Exchange(self._number, operation, method, path, parameters, shown, at)
            self._number += 1
            self._exchanges.append(exchange)
            self._forget()
        return exchange

    def keep(self, exchange: Exchange, chunk: bytes) -> None:
        """Records a chunk of a request's body."""
        with self._lock:
            if not exchange.is_forgotten:
                self._kept += exchange.keep(chunk)
                self._forget()

    def exchanges(self, operation: str | None = None) -> list[Exchange]:
        """Gets the recorded requests, optionally of one operation only."""
        with self._lock:
            return [exchange for exchange in self._exchanges if operation in (None, exchange.operation)]

    def clear(self) -> None:
        """Removes all recorded requests."""
        with self._lock:
            while self._exchanges:
                self._forget_first()

    def _forget(self) -> None:
        while len(self._exchanges) > MAX_REQUESTS or self._kept > MAX_KEPT:
            self._forget_first()

    def _forget_first(self) -> None:
        exchange = self._exchanges.popleft()
        exchange.is_forgotten = True
        self._kept -= exchange.kept


def _gunzipped(content: bytes, *, is_cut: bool) -> tuple[bytes, bool]:
    """Uncompresses up to the size that is shown; other content is returned unchanged."""
    reader = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        return reader.decompress(content, MAX_SHOWN), is_cut or bool(reader.unconsumed_tail)
    except zlib.error:
        return content, is_cut


def _fields(content: bytes, content_type: str) -> Any:
    if content_type.startswith("application/x-www-form-urlencoded"):
        fields = parse_qs(content.decode(errors="replace"), keep_blank_values=True)
        return {name: values[-1] for name, values in fields.items()}
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _masked(fields: Any) -> Any:
    if not isinstance(fields, dict):
        return fields
    return {name: MASK if name in SECRET_FIELDS else value for name, value in fields.items()}
