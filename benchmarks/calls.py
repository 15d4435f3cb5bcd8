"""Counts the calls of our own functions in one `get_batch` and one `create_batch`, after the first of each.

A call is an event of `sys.setprofile`: a function in a file of the package or of the generated client begins, or a
generator goes on. The transport answers at once, so that nothing of connections is counted. The file changes with a
call into another file than that of the call before.

python benchmarks/calls.py [--each]

With `--each`, the calls are listed in their order.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any
from uuid import UUID, uuid4

import httpx

import pasqal_cloud
import pasqal_cloud_api
from pasqal_cloud import SDK, Endpoints

FOLDERS = tuple(f"{Path(package.__path__[0]).parent}/" for package in (pasqal_cloud, pasqal_cloud_api))
OURS = tuple(f"{package.__path__[0]}/" for package in (pasqal_cloud, pasqal_cloud_api))
BATCH: dict[str, Any] = {
    "id": str(UUID(int=1)),
    "status": "DONE",
    "open": False,
    "sequence_builder": "{}",
    "job_ids": [],
    "tags": [],
}
CALLS: dict[str, Callable[[SDK], Any]] = {
    "get_batch": lambda sdk: sdk.get_batch(BATCH["id"]),
    "create_batch": lambda sdk: sdk.create_batch("{}", [{"runs": 100, "variables": {"omega": 1.5}}]),
}


def answer(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/oauth/token":
        return httpx.Response(200, json={"access_token": "token", "expires_in": 3600})
    data = BATCH
    if request.method == "POST":
        jobs = [{**job, "id": str(uuid4()), "status": "PENDING"} for job in json.loads(request.content)["jobs"]]
        data = {**BATCH, "id": str(uuid4()), "jobs": jobs}
    return httpx.Response(200, json={"status": "success", "data": data})


def calls_of(function: Callable[[], Any]) -> list[tuple[str, str]]:
    """Gets the file and the function of each call, in their order."""
    calls = []

    def note(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(OURS):
            name = code.co_filename
            for folder in FOLDERS:
                name = name.removeprefix(folder)
            calls.append((name, code.co_qualname))

    sys.setprofile(note)
    try:
        function()
    finally:
        sys.setprofile(None)
    return calls


def main(*, each: bool) -> None:
    usual: dict[str, Any] = {"project_id": str(UUID(int=3)), "endpoints": Endpoints.at("https://cloud.test")}
    with SDK("ada@example.com", "password", transport=httpx.MockTransport(answer), **usual) as sdk:
        counted = {}
        for name, call in CALLS.items():
            call(sdk)
            counted[name] = calls_of(partial(call, sdk))
    print("our own functions, second call of each operation")
    print(f"{'':14}{'calls':>7}{'functions':>11}{'files':>7}{'changes of file':>17}")
    for name, calls in counted.items():
        files = [file for file, _ in calls]
        changes = sum(before != after for before, after in pairwise(files))
        print(f"{name:14}{len(calls):7}{len(set(calls)):11}{len(set(files)):7}{changes:17}")
    if each:
        for name, calls in counted.items():
            print(f"\n{name}", *(f"  {file} {function}" for file, function in calls), sep="\n")


if __name__ == "__main__":
    main(each="--each" in sys.argv[1:])
