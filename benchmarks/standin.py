"""A stand-in for the service: it answers after a fixed latency, at so little cost that the client's time is measured.

python benchmarks/standin.py LATENCY_IN_MS

It prints its URL. All bodies are made before the first request. A batch that is created ends after as many milliseconds
as its first job has runs. `GET /_count` gives the number of requests so far and begins anew; `GET /_count/ID` gives the
number of requests about a batch.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
import zlib
from collections import Counter
from functools import cache
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

PAGE = 100
BATCH = str(UUID(int=1))
WHEN = "2026-01-01T00:00:00.000000+00:00"
SIZES = {BATCH: 200, str(UUID(int=2)): 10_000, str(UUID(int=3)): 1_000, str(UUID(int=4)): 100_000}
"""The number of jobs of each batch; the list of all jobs is that of the second one."""

ended: dict[str, float] = {}
numbers = count(10**9)
requests: Counter[str] = Counter()
"""The number of requests, by the ids of the batches that they are about; the others have an empty one."""


def job(number: int, batch: str, status: str = "DONE") -> dict[str, Any]:
    times = dict.fromkeys(("created_at", "updated_at", "start_timestamp", "end_timestamp"), WHEN)
    return times | {
        "id": str(UUID(int=1000 + number)),
        "batch_id": batch,
        "project_id": BATCH,
        "user_id": "auth0|somebody",
        "parent_id": None,
        "status": status,
        "runs": 100,
        "variables": {"omega": 6.0, "ts": [200, 500]},
        "errors": [],
    }


def batch(identity: str, status: str = "DONE", **more: Any) -> dict[str, Any]:
    times = dict.fromkeys(("created_at", "updated_at", "start_datetime", "end_datetime"), WHEN)
    number = SIZES.get(identity, 1)
    return times | {
        "id": identity,
        "status": status,
        "open": False,
        "complete": True,
        "device_type": "EMU_FREE",
        "device_status": "UP",
        "project_id": BATCH,
        "user_id": "auth0|somebody",
        "parent_id": None,
        "priority": 10,
        "queue_priority": "HIGH",
        "webhook": None,
        "configuration": None,
        "sequence_builder": "{}",
        "tags": ["a"],
        "jobs_count": number,
        "jobs_count_per_status": {status: number},
        **more,
    }


def body(data: Any, **more: Any) -> bytes:
    return json.dumps({"status": "success", "message": "OK.", "code": "200", "data": data} | more).encode()


def pagination(start: int, number: int, total: int) -> dict[str, int]:
    return {"total": total, "start": start, "end": start + number}


@cache
def page_of_jobs(of: str, offset: int, limit: int) -> bytes:
    total = SIZES.get(of, 1)
    page = [job(number, of) for number in range(offset, min(offset + limit, total))]
    return body(page, pagination=pagination(offset, len(page), total))


@cache
def page_of_batches(offset: int, limit: int) -> bytes:
    page = [batch(str(UUID(int=100_000 + number))) for number in range(offset, offset + limit)]
    return body(page, pagination=pagination(offset, limit, 1000))


RESULT = json.dumps({"counter": {"0101": 60, "1010": 40}}).encode()


def created(content: bytes) -> bytes:
    new = json.loads(zlib.decompress(content, wbits=47) if content[:2] == b"\x1f\x8b" else content)
    identity = str(UUID(int=next(numbers)))
    ended[identity] = time.monotonic() + new["jobs"][0]["runs"] / 1000
    jobs = [job(index, identity, "PENDING") | given for index, given in enumerate(new["jobs"])]
    given = {name: new[name] for name in ("sequence_builder", "device_type", "project_id") if name in new}
    now = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
    return body(batch(identity, "PENDING", created_at=now, jobs=jobs, tags=new.get("tags", []), **given))


def answer(method: str, target: str, host: str, content: bytes) -> bytes:  # noqa: PLR0911 - one for each route
    address = urlsplit(target)
    path = address.path.rstrip("/").split("/")
    query = parse_qs(address.query)
    if path[-1] == "_count":
        seen = requests.total()
        requests.clear()
        return str(seen).encode()
    if path[-2] == "_count":
        return str(requests[path[-1]]).encode()
    requests["".join(ended.keys() & set(path))] += 1
    offset, limit = (int(query.get(name, [usual])[0]) for name, usual in (("offset", 0), ("limit", PAGE)))
    match method, path[-2], path[-1]:
        case "POST", _, "batches":
            return created(content)
        case "GET", _, "jobs":
            return page_of_jobs(query.get("batch_id", [str(UUID(int=2))])[0], offset, limit)
        case "GET", _, "batches":
            return page_of_batches(offset, limit)
        case "GET", identity, "results_link":
            return body({"results_link": f"http://{host}/results/{identity}"})
        case "GET", "results", _:
            return RESULT
        case "GET", "jobs", identity:
            return body(job(0, BATCH) | {"id": identity})
        case "GET", identity, "status":
            status = "DONE" if time.monotonic() > ended[identity] else "RUNNING"
            return body({"id": identity, "status": status, "jobs_count_per_status": {status: 1}})
        case "GET", "batches", identity:
            over = time.monotonic() > ended.get(identity, 0)
            return body(batch(identity, "DONE" if over else "RUNNING"))
    raise ValueError(f"{method} {target}")


class Conversation(asyncio.Protocol):
    """One connection, without pipelining.

    Args:
        latency: The time before each answer, in seconds.
    """

    def __init__(self, latency: float) -> None:
        self.latency = latency

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.came = b""

    def data_received(self, data: bytes) -> None:
        self.came += data
        head, gap, content = self.came.partition(b"\r\n\r\n")
        if not gap:
            return
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
        if len(content) < int(headers.get("content-length", 0)):
            return
        self.came = b""
        method, target, _ = lines[0].split(" ")
        text = answer(method, target, headers["host"], content)
        date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())
        head = (
            f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: {date}\r\nContent-Length: {len(text)}\r\n\r\n"
        )
        asyncio.get_running_loop().call_later(self.latency, self.transport.write, head.encode() + text)


async def main(latency: float) -> None:
    for of, number in SIZES.items():
        for offset in range(0, number, PAGE):
            page_of_jobs(of, offset, PAGE)
    server = await asyncio.get_running_loop().create_server(lambda: Conversation(latency), "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) / 1000))
