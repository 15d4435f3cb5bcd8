"""Counts what our client does, and fails if it does more than before: requests, imports, calls, bytes and memory.

python benchmarks/counts.py [--update]

`counts.json` holds the numbers; `--update` writes them. Times are not measured: they differ between machines. Memory
may exceed its number by a tenth, and modules by a fiftieth, since they depend on the versions of the packages; Python
must be 3.11.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import standin
from calls import calls_of

from pasqal_cloud import SDK, Endpoints

FILE = Path(__file__).with_name("counts.json")
TOLERANCE = {"memory": 1.1, "modules": 1.02}
LONG = list(standin.SIZES)[1]
JOBS = [{"runs": 100, "variables": {"omega": 6.0, "ts": [200, 500]}}]
FIRST_REQUEST = """
import sys
import httpx
from pasqal_cloud import SDK
data = {"id": "00000000-0000-0000-0000-000000000001", "status": "DONE"}
answer = httpx.MockTransport(lambda request: httpx.Response(200, json={"data": data}))
SDK(token="token", transport=answer).get_batch(data["id"])
"""


class Service(httpx.BaseTransport):
    """The stand-in without connections; it keeps the requests."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        body = standin.answer(request.method, request.url.raw_path.decode(), request.url.host, request.content)
        return httpx.Response(200, content=body)


def modules(program: str) -> int:
    """Counts the modules that a program imports."""
    script = f"{program}\nimport sys\nprint(len(sys.modules))"
    found = subprocess.run([sys.executable, "-P", "-c", script], check=True, capture_output=True, text=True, cwd="/")
    return int(found.stdout)


def memory(call: Callable[[], Any]) -> int:
    """Measures the bytes that the result of a call takes."""
    call()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        kept = call()
        after, _ = tracemalloc.get_traced_memory()
        del kept
        return after - before
    finally:
        tracemalloc.stop()


def counts() -> dict[str, int]:
    service = Service()
    sdk = SDK(token="token", endpoints=Endpoints.at("http://service.test"), project_id=LONG, transport=service)
    operations: dict[str, Callable[[], Any]] = {
        "get_batch": lambda: sdk.get_batch(standin.BATCH),
        "create_batch": lambda: sdk.create_batch("{}", jobs=JOBS),
        "a page of 100 jobs": sdk.get_jobs,
        "a page of 100 batches": sdk.get_batches,
        "iter_jobs over 10,000": lambda: list(sdk.iter_jobs()),
        "results of 200 jobs": lambda: sdk.get_batch(standin.BATCH).results(),
        "a batch of 10,000 jobs": lambda: sdk.get_batch(LONG).ordered_jobs,
    }
    found = {
        "modules, import pasqal_cloud": modules("import pasqal_cloud"),
        "modules, first request": modules(FIRST_REQUEST),
    }
    for name, call in operations.items():
        call()
        service.requests.clear()
        call()
        found[f"requests, {name}"] = len(service.requests)
        found[f"bytes, {name}"] = sum(_size(request) for request in service.requests)
    for name in ("get_batch", "create_batch", "a page of 100 jobs", "a page of 100 batches"):
        found[f"calls, {name}"] = len(calls_of(operations[name]))
    for name in ("a page of 100 jobs", "a page of 100 batches"):
        found[f"memory, {name}"] = memory(operations[name])
    return found


def _size(request: httpx.Request) -> int:
    head = [request.url.raw_path, *(part for header in request.headers.raw for part in header)]
    return sum(map(len, head)) + len(request.content)


def main(*, update: bool) -> None:
    found = counts()
    if update:
        FILE.write_text(json.dumps(found, indent=4) + "\n")
    known: dict[str, int] = json.loads(FILE.read_text())
    worse = []
    for name, number in found.items():
        most = known.get(name, 0) * TOLERANCE.get(name.partition(",")[0], 1)
        if number > most:
            worse.append(name)
        print(f"{name:40}{number:10,}{known.get(name, 0):10,}{'  more than before' if number > most else ''}")
    if worse:
        raise SystemExit("If this is on purpose, run benchmarks/counts.py --update and say why in the commit.")


if __name__ == "__main__":
    main(update="--update" in sys.argv[1:])
