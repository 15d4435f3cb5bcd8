"""Reads, uncompresses and parses the bodies of requests, within limits, and writes those of responses."""

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
"""The maximum nesting of a body, so that a response, which nests it further, can still be written."""

MAX_VALUES = 1_000_000
"""How many values a body may hold: an empty list takes three bytes as sent, fewer when compressed, and 64 when read."""

PARTS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[{,]', re.DOTALL)
"""A text, which may hold anything, or what comes before a value; a text without an end goes on to the end."""

LINGER = 2.0
"""Seconds for which a client may keep sending after a response: if the connection were closed at once, the client's
system would discard the response."""

logger = logging.getLogger(__name__)


class FinalResponse(Response):
    """A response that ends the connection and discards the rest of the request's body."""

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the whole response, then waits for the client to stop sending."""
        self.headers["connection"] = "close"
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        with suppress(TimeoutError, HTTPException):
            async with asyncio.timeout(LINGER):
                while (await receive()).get("more_body", False):
                    pass
        await send({"type": "http.response.body", "body": b"", "more_body": False})


class UnreadBodyError(ServiceError):
    """A body is too large, so the rest of it is not read."""


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
            raise ServiceError(415, f"The content encoding {encoding} is not supported; use gzip.")


def parsed(body: bytes) -> Any:
    """Parses JSON in UTF-8 whose values can also be written as JSON; raises InvalidRequestError otherwise."""
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
    """Writes JSON; replaces values that JSON can't represent, which an older version may have stored, by null."""
    try:
        return _json(content)
    except (TypeError, ValueError, RecursionError):
        logger.exception("A response contains a value that JSON can't represent: it was replaced by null.")
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
        raise ServiceError(400, "The header says that the body is compressed with gzip, but it is not.") from error
    if reader.unconsumed_tail:
        raise ServiceError(413, _too_large(most, "uncompressed"))
    if not reader.eof:
        raise ServiceError(400, "The compressed body is incomplete.")
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
    """Finds values that Python parses but can't write or store: 1e999, NaN, unpaired surrogates, deep nesting.

    Only the place of the problem is built: those of all values would take many times the body's memory.
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
                return _unwritable(["body"], f"the body is nested more than {MAX_DEPTH} levels deep")
            walks.append(iter(value.items()) if isinstance(value, dict) else enumerate(value))
    return None


def _reason_against(value: Any) -> str | None:
    """Says why a value can't be sent or stored, whatever it holds; a dictionary's names are its own."""
    if isinstance(value, float) and not math.isfinite(value):
        return "not a number that JSON can represent"
    if isinstance(value, str) and not _is_text(value):
        return "not valid text: it contains an unpaired surrogate"
    if isinstance(value, dict) and not all(map(_is_text, value)):
        return "a name in not valid text: it contains an unpaired surrogate"
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
