"""What the cloud of the tests holds, as the API tells it: ids, batches, jobs, and answers in the usual envelope."""

import gzip
import json
from typing import Any

import httpx

URL = "https://cloud.test"
PROJECT = "99999999-2222-4333-8444-555555555555"
BATCH = "11111111-2222-4333-8444-555555555555"


def ident(number: int = 0) -> str:
    """The id of a job, a batch, or whatever a list has."""
    return f"22222222-2222-4333-8444-{number:012}"


def batch(**fields: Any) -> dict[str, Any]:
    """The batch."""
    return {"id": BATCH, "status": "PENDING", "open": False, "sequence_builder": "{}", **fields}


def job(number: int = 0, **fields: Any) -> dict[str, Any]:
    """A job of the batch."""
    return {"id": ident(number), "status": "PENDING", "runs": number + 1, **fields}


def ok(data: Any, **more: Any) -> httpx.Response:
    """An answer with this content."""
    return httpx.Response(200, json={"status": "success", "message": "OK.", "code": "200", "data": data, **more})


def page(*items: dict[str, Any], start: int = 0, total: int | None = None) -> httpx.Response:
    """An answer with items of a list; it ends with them unless `total` says otherwise."""
    end = start + len(items)
    return ok(list(items), pagination={"start": start, "end": end, "total": end if total is None else total})


def refused(status: int = 409, text: str = "It is too late.", **headers: str) -> httpx.Response:
    """A refusal."""
    body = {"status": "fail", "code": str(status), "message": "No.", "data": {"description": text}}
    return httpx.Response(status, json=body, headers=headers)


def body_of(request: httpx.Request) -> Any:
    """The JSON of a request."""
    is_compressed = request.headers.get("Content-Encoding") == "gzip"
    return json.loads(gzip.decompress(request.content) if is_compressed else request.content)
