"""Downloads of many results at once that are broken off: what is in flight is left, what has not begun never does."""

import asyncio
import signal
import subprocess
import sys
from typing import Any

import httpx
import pytest

from pasqal_cloud import AsyncSDK

from ..doubles.answers import BATCH

JOBS = [f"22222222-2222-4333-8444-{number:012}" for number in range(40)]
SOON = 30.0
"""Seconds after which a test gives up waiting for what takes a moment."""


def answer(request: httpx.Request) -> Any:
    """What the service says of a batch of many jobs that are done; None for a document."""
    path = request.url.path
    if path.endswith("/results_link"):
        return {"results_link": f"https://storage.test/document/{path.split('/')[-2]}"}
    if path.startswith("/document"):
        return None
    jobs = [{"id": job, "status": "DONE", "runs": 1, "batch_id": BATCH} for job in JOBS]
    return {"id": BATCH, "status": "DONE", "open": False, "sequence_builder": "{}", "jobs": jobs}


def test_a_cancellation_leaves_nothing_behind(awaiting: Any) -> None:
    """All that is in flight is cut at once, no task is left, and the batch can be read again."""
    begun, ended = [], []
    stalls = True

    class Stalling(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            data = answer(request)
            if data is not None:
                return httpx.Response(200, json={"data": data})
            begun.append(request.url.path)
            try:
                if stalls:
                    under_way.set()
                    await asyncio.Event().wait()
            finally:
                ended.append(request.url.path)
            return httpx.Response(200, json={"counter": {"0": 1}})

    async def go() -> None:
        nonlocal stalls
        async with AsyncSDK(token="t", transport=Stalling()) as sdk:
            batch = await sdk.get_batch(BATCH)
            task = asyncio.create_task(batch.results())
            await under_way.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert begun
            assert sorted(begun) == sorted(ended)
            assert len(begun) < len(JOBS)
            assert asyncio.all_tasks() == {asyncio.current_task()}
            stalls = False
            assert await batch.results() == {job: {"0": 1} for job in JOBS}

    under_way = asyncio.Event()
    awaiting.call(go())


INTERRUPTED = f"""
import os, threading
import httpx
from pasqal_cloud import SDK

BATCH, JOBS = {BATCH!r}, {JOBS!r}
stalls, begun = True, []

def answer(request):
    path = request.url.path
    if path.endswith("/results_link"):
        data = {{"results_link": "https://storage.test/document/" + path.split("/")[-2]}}
    elif path.startswith("/document"):
        begun.append(path)
        if stalls:
            os.write(1, b"begun\\n")
            threading.Event().wait()
        return httpx.Response(200, json={{"counter": {{"0": 1}}}})
    else:
        jobs = [{{"id": job, "status": "DONE", "runs": 1, "batch_id": BATCH}} for job in JOBS]
        data = {{"id": BATCH, "status": "DONE", "open": False, "sequence_builder": "{{}}", "jobs": jobs}}
    return httpx.Response(200, json={{"data": data}})

sdk = SDK(token="t", transport=httpx.MockTransport(answer))
batch = sdk.get_batch(BATCH)
try:
    batch.results()
except KeyboardInterrupt:
    abandoned, stalls = len(begun), False
    print("again", len(batch.results()), abandoned < len(JOBS), flush=True)
    print("few were begun twice", len(begun) < 2 * len(JOBS), flush=True)
"""


def test_ctrl_c_neither_waits_for_downloads_nor_begins_more() -> None:
    """It ends the call at once, though nothing in flight ever ends; so does the program, and the batch can be read."""
    with subprocess.Popen([sys.executable, "-c", INTERRUPTED], stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout is not None
            assert program.stdout.readline() == "begun\n"
            program.send_signal(signal.SIGINT)
            output, _ = program.communicate(timeout=SOON)
        finally:
            program.kill()
    lines = [line for line in output.splitlines() if line != "begun"]
    assert lines == [f"again {len(JOBS)} True", "few were begun twice True"]
    assert program.returncode == 0
