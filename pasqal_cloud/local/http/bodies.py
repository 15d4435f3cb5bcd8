"""The bodies of requests, read up to a limit, uncompressed and parsed, and those of answers."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import re
import zlib
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from pasqal_cloud.local.http.contract import InvalidRequestError, Problem
from pasqal_cloud.local.rules.refusals import ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

MAX_SENT = 8 * 2**20
"""The largest body in bytes, as sent."""

MAX_BODY = 64 * 2**20
"""The largest body in bytes, uncompressed."""

MAX_DEPTH = 100
"""How deeply a body may be nested: what is stored is nested more deeply in answers, and they must be written."""

MAX_VALUES = 1_000_000
"""How many values a body may hold: an empty list takes three bytes as sent, fewer when compressed, and 64 when read."""

PARTS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[{,]', re.DOTALL)
"""A text, which may hold anything, or what comes before a value; a text without an end goes on to the end."""

LINGER = 2.0
"""Seconds for which a client that sends too much may go on before its connection is closed: were it closed at once,
the client's machine would throw the answer away."""

logger = logging.getLogger(__name__)


class FinalResponse(Response):
    """The answer to a request whose body is not wanted: what still comes is dropped, and the connection closed."""

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Sends all of the answer before it waits for the client to stop."""
        self.headers["connection"] = "close"
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        with suppress(TimeoutError, HTTPException):
            async with asyncio.timeout(LINGER):
                while (await receive()).get("more_body", False):
                    pass
        await send({"type": "http.response.body", "body": b"", "more_body": False})


class UnreadBodyError(ServiceError):
    """A body is too large, and the rest of it is not read."""


async def read_body(request: Request, most: int = MAX_BODY) -> bytes:
    """Reads a body, and uncompresses it, up to the limits.

    Args:
        request: The request.
        most: The largest body in bytes, sent or uncompressed.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > min(MAX_SENT, most):
            limit = min(MAX_SENT, most)
            raise UnreadBodyError(413, _too_large(limit, "as sent"))
    match request.headers.get("content-encoding", "identity").lower():
        case "identity":
            return bytes(body)
        case "gzip":
            return await run_in_threadpool(_gunzipped, bytes(body), most)
        case encoding:
            raise ServiceError(415, f"The content encoding {encoding} is not understood; gzip is.")


def parsed(body: bytes) -> Any:
    """Reads JSON in UTF-8, of which an answer can hold every part; raises InvalidRequestError."""
    if _holds_too_much(body):
        raise InvalidRequestError([_unwritable(["body"], f"the body holds more than {MAX_VALUES:,} values")])
    try:
        content = json.loads(body.decode("utf-8-sig"))  # of bytes it would guess an encoding, and count other parts
    except (ValueError, RecursionError) as error:
        raise InvalidRequestError([_unwritable(["body"], "the body is not JSON")]) from error
    if problem := _first_problem(content):
        raise InvalidRequestError([problem])
    return content


def written(content: Any) -> bytes:
    """Writes JSON; in the place of what it can't hold, which an older version may have stored, stands null."""
    try:
        return _json(content)
    except (TypeError, ValueError, RecursionError):
        logger.exception("A part of an answer can't be written as JSON: null stands in its place.")
        return _json(_mended(content))


def form_fields(body: bytes, content_type: str) -> dict[str, Any]:
    """Reads the fields of a form or of a JSON object."""
    if content_type.startswith("application/json"):
        content = parsed(body)
        return content if isinstance(content, dict) else {}
    return {
        name: values[-1] for name, values in parse_qs(body.decode(errors="replace"), keep_blank_values=True).items()
    }


def _gunzipped(body: bytes, most: int) -> bytes:
    reader = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        content = reader.decompress(body, most)
    except zlib.error as error:
        raise ServiceError(400, "The body is not compressed with gzip, though its header says so.") from error
    if reader.unconsumed_tail:
        raise ServiceError(413, _too_large(most, "uncompressed"))
    if not reader.eof:
        raise ServiceError(400, "The compressed body is cut short.")
    return content


def _too_large(limit: int, when: str) -> str:
    return f"The body is larger than {limit // 2**20} MiB {when}."


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _holds_too_much(body: bytes) -> bool:
    """Counts values before they are made, at most as many as there may be; what is in texts counts for nothing."""
    if sum(map(body.count, (b"[", b"{", b","))) <= MAX_VALUES:
        return False
    beginnings = (part for part in PARTS.finditer(body) if body[part.start()] != ord('"'))
    return next(islice(beginnings, MAX_VALUES, None), None) is not None


def _first_problem(content: Any) -> Problem | None:
    """Finds what Python reads as JSON, and can't be sent or stored: 1e999, NaN, half a surrogate pair, deep nesting.

    Only the place of what is wrong is made: those of all values would take many times the body's memory.
    """
    place: list[str | int] = []
    walks: list[Iterator[tuple[str | int, Any]]] = [iter([("body", content)])]
    while walks:
        name, value = next(walks[-1], (None, None))
        if name is None:
            walks.pop()
            del place[-1:]
            continue
        if reason := _reason_against(value):
            return _unwritable([*place, name], reason)
        if isinstance(value, dict | list):
            place.append(name)
            if len(place) > MAX_DEPTH:
                return _unwritable(["body"], f"the body is nested more deeply than {MAX_DEPTH} levels")
            walks.append(iter(value.items()) if isinstance(value, dict) else enumerate(value))
    return None


def _reason_against(value: Any) -> str | None:
    """Says why a value can't be sent or stored, whatever it holds; a dictionary's names are its own."""
    if isinstance(value, float) and not math.isfinite(value):
        return "this is no number that JSON can hold"
    if isinstance(value, str) and not _is_text(value):
        return "this is no text: it holds half a surrogate pair"
    if isinstance(value, dict) and not all(map(_is_text, value)):
        return "a name in this is no text: it holds half a surrogate pair"
    return None


def _is_text(value: str) -> bool:
    if value.isascii():
        return True  # and need not be copied
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _mended(value: Any, depth: int = 0) -> Any:
    if isinstance(value, dict) and depth <= MAX_DEPTH:
        return {_shown(str(name)): _mended(part, depth + 1) for name, part in value.items()}
    if isinstance(value, list | tuple) and depth <= MAX_DEPTH:
        return [_mended(part, depth + 1) for part in value]
    if isinstance(value, str):
        return _shown(value)
    is_writable = isinstance(value, int | None) or (isinstance(value, float) and math.isfinite(value))
    return value if is_writable else None


def _shown(text: str) -> str:
    return text.encode(errors="replace").decode()


def _unwritable(place: list[str | int], reason: str) -> Problem:
    return {"loc": place, "msg": reason, "type": "json_invalid"}
