"""The bodies of requests: read up to a limit, uncompressed, and parsed."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool

from pasqal_cloud.local.http.contract import InvalidRequestError
from pasqal_cloud.local.rules.refusals import ServiceError

if TYPE_CHECKING:
    from starlette.requests import Request

MAX_SENT = 8 * 2**20
"""The largest body in bytes, as sent."""

MAX_BODY = 64 * 2**20
"""The largest body in bytes, uncompressed."""


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
            _too_large(min(MAX_SENT, most), "as sent")
    match request.headers.get("content-encoding", "identity").lower():
        case "identity":
            return bytes(body)
        case "gzip":
            return await run_in_threadpool(_gunzipped, bytes(body), most)
        case encoding:
            raise ServiceError(415, f"The content encoding {encoding} is not understood; gzip is.")


def parsed(body: bytes) -> Any:
    """Reads JSON; raises InvalidRequestError."""
    try:
        content = json.loads(body, parse_constant=_not_json)
        json.dumps(content, ensure_ascii=False).encode()  # half a surrogate pair is JSON, but no text
    except (ValueError, RecursionError) as error:
        problem = {"loc": ["body"], "msg": "the body is not JSON", "type": "json_invalid"}
        raise InvalidRequestError([problem]) from error
    return content


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
        _too_large(most, "uncompressed")
    if not reader.eof:
        raise ServiceError(400, "The compressed body is cut short.")
    return content


def _too_large(limit: int, when: str) -> NoReturn:
    raise ServiceError(413, f"The body is larger than {limit // 2**20} MiB {when}.")


def _not_json(constant: str) -> NoReturn:
    raise ValueError(constant)
