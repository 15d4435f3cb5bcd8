"""Sends reads to the local service at a fixed rate while its two emulators run, and prints how long the answers took.

Requests are sent at their times, however late earlier answers are, and an answer's time counts from the time at which
its request was due. The processor time of the generator and of the service are printed too, since both use the same
machine. The idle times, for comparison, are those of one client before any job runs. See `emulation` for the service.

python benchmarks/load.py [--rate 400] [--seconds 20] [--status] [--json RESULTS] [OPTION OF THE SERVICE ...]

With --status, only the status of a batch is read. Options of the service are, for instance, --db and --runner.
"""

# ruff: noqa: ASYNC210, ASYNC212, ASYNC251 - nothing else runs in the event loop while these requests wait

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import time
from argparse import ArgumentParser
from itertools import cycle, islice
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import httpx
from bare import RUNS
from emulation import WORKERS, chain
from rows import Row, report

CONNECTIONS = 50
IDLE_READS, CREATES = 200, 10
IDLE = "the same by one client, no jobs, median"
LONG_JOB_ATOMS = 10
"""Large enough that the emulators are busy during the whole measurement."""


class Client:
    """Connections that send prepared requests; it parses no more of an answer than its status and its length."""

    def __init__(self, host: str, port: int) -> None:
        self._address = host, port
        self._free: asyncio.LifoQueue[Any] = asyncio.LifoQueue()

    async def connect(self, connections: int) -> None:
        for _ in range(connections):
            self._free.put_nowait(await asyncio.open_connection(*self._address))

    async def send(self, request: bytes, due: float) -> float:
        """Sends a request on a free connection, and gets the seconds from its due time to its answer's end."""
        reader, writer = await self._free.get()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        status = head.split(b" ", 2)[1]
        assert status.startswith(b"2"), head.decode()
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.partition(b":")[2]))
        seconds = time.perf_counter() - due
        self._free.put_nowait((reader, writer))
        return seconds


def request(method: str, path: str, token: str, body: Any = None) -> bytes:
    content = b"" if body is None else json.dumps(body).encode()
    head = f"{method} /core-fast/api{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
    if body is not None:
        head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
    return f"{head}\r\n".encode() + content


async def one_after_the_other(client: Client, requests: list[bytes]) -> list[float]:
    return [await client.send(each, time.perf_counter()) for each in requests]


async def at_a_rate(client: Client, requests: list[bytes], rate: float) -> list[float]:
    """Sends each request when it is due."""
    start = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        tasks = []
        for number, each in enumerate(requests):
            due = start + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tasks.append(group.create_task(client.send(each, due)))
    return [task.result() for task in tasks]


def processor_seconds(process: int) -> float:
    """Gets the processor time that a process has used, without its children's; needs Linux."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def median(seconds: list[float]) -> float:
    """Gets the median in milliseconds."""
    return 1000 * statistics.median(seconds)


def p99(seconds: list[float]) -> float:
    """Gets the 99th percentile in milliseconds."""
    return 1000 * sorted(seconds)[int(0.99 * (len(seconds) - 1))]


async def measure(
    connection: dict[str, str], process: int, rate: float, duration: float, results: Path | None, *, status: bool
) -> None:
    url = httpx.URL(connection["url"])
    fields = {"grant_type": "password", **{name: connection[name] for name in ("username", "password")}}
    token = httpx.post(f"{url}/oauth/token", data=fields).raise_for_status().json()["access_token"]

    def batch(atoms: int, jobs: int) -> dict[str, Any]:
        one = {"runs": RUNS, "variables": {"omega": 1.0}}
        named = {"project_id": connection["project_id"], "device_type": "EMU_FREE"}
        return {**named, "sequence_builder": chain(atoms), "jobs": [one] * jobs}

    api = httpx.Client(base_url=f"{url}/core-fast/api", headers={"Authorization": f"Bearer {token}"}, timeout=120)
    first = api.post("/v1/batches", json=batch(4, 10)).raise_for_status().json()["data"]
    while api.get(f"/v1/batches/{first['id']}/status").json()["data"]["status"] != "DONE":
        time.sleep(0.1)
    job_id = api.get("/v2/jobs", params={"batch_id": first["id"]}).raise_for_status().json()["data"][0]["id"]
    mixed = (f"/v2/batches/{first['id']}", f"/v2/jobs/{job_id}", "/v2/jobs?limit=100")
    paths = (f"/v1/batches/{first['id']}/status",) if status else mixed
    reads = [request("GET", path, token) for path in paths]
    create = request("POST", "/v1/batches", token, batch(4, 1))
    client = Client(str(url.host), url.port or 80)
    await client.connect(CONNECTIONS)

    idle = await one_after_the_other(client, list(islice(cycle(reads), IDLE_READS)))
    idle_creates = await one_after_the_other(client, [create] * CREATES)
    long = api.post("/v1/batches", json=batch(LONG_JOB_ATOMS, 200)).raise_for_status().json()["data"]["id"]
    service, generator, start = processor_seconds(process), time.process_time(), time.perf_counter()
    sent = list(islice(cycle(reads), int(rate * duration)))
    busy = await at_a_rate(client, sent, rate)
    elapsed = time.perf_counter() - start
    service, generator = processor_seconds(process) - service, time.process_time() - generator
    busy_creates = await one_after_the_other(client, [create] * CREATES)
    api.patch(f"/v2/batches/{long}/cancel")

    per_read = 1000 / len(sent)
    print(f"{len(sent)} reads, {rate:g} a second asked for, {len(sent) / elapsed:.0f} a second answered")
    print(f"processor time of a read: service {per_read * service:.2f} ms, generator {per_read * generator:.2f} ms")
    working = f"while {WORKERS} emulators run"
    report(
        [
            Row(f"reads at {rate:g} a second {working}, median", median(busy), IDLE, median(idle), "ms"),
            Row(f"reads at {rate:g} a second {working}, 99th percentile", p99(busy), IDLE, median(idle), "ms"),
            Row(f"creating a batch {working}, median", median(busy_creates), IDLE, median(idle_creates), "ms"),
        ],
        results,
    )


def main(rate: float, duration: float, results: Path | None, options: list[str], *, status: bool) -> None:
    command = [sys.executable, "-m", "pasqal_cloud.local", "--port=0", "--json"]
    command += options if "--runner" in options else [f"--workers={WORKERS}", *options]
    with Popen(command, stdout=PIPE, text=True) as process:
        try:
            assert process.stdout
            asyncio.run(
                measure(json.loads(process.stdout.readline()), process.pid, rate, duration, results, status=status)
            )
        finally:
            process.terminate()


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=400.0)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--status", action="store_true")
    parser.add_argument("--json", type=Path)
    given, others = parser.parse_known_args()
    main(given.rate, given.seconds, given.json, others, status=given.status)
