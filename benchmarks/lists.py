"""Reads the first page of lists from services with 100 and with 100,000 items, alternately, and prints the ratios.

The databases of the two services are filled directly: as many closed batches as jobs, most of them DONE. A ratio near 1
means that the time for a page does not depend on the number of stored items. With filters other than a status, the time
may grow with the number of matching items, so that number is printed too.

python benchmarks/lists.py [ROUNDS]
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import PIPE, Popen
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import insert

from pasqal_cloud.local.store import Store
from pasqal_cloud.local.store.schema import batches, jobs, tags

FEW, MANY = 100, 100_000
PROJECT = str(uuid4())
PASSWORD = "benchmark"
START = datetime(2026, 1, 1, tzinfo=UTC)
SLICE = 5_000

LISTS: dict[str, tuple[str, dict[str, Any]]] = {
    "batches": ("v1/batches", {}),
    "batches, DONE": ("v1/batches", {"status": "DONE"}),
    "batches, two statuses": ("v1/batches", {"status": ["DONE", "ERROR"]}),
    "batches, none such": ("v1/batches", {"status": "CANCELED"}),
    "jobs": ("v2/jobs", {}),
    "jobs, DONE": ("v2/jobs", {"status": "DONE"}),
    "jobs, ERROR": ("v2/jobs", {"status": "ERROR"}),
    "batches, rare tag": ("v1/batches", {"tag": "rare"}),
    "batches, no device": ("v1/batches", {"device_type": "FRESNEL"}),
    "jobs, the last ones": ("v2/jobs", {"start_date": "2999-01-01T00:00:00"}),
    "batches, frequent tag": ("v1/batches", {"tag": "frequent"}),
    "jobs, many runs": ("v2/jobs", {"min_runs": 50}),
}


def fill(path: Path, count: int) -> None:
    """Creates a database with this many batches of one job each."""
    store = Store(path, seed_of=int)
    user_id = store.accounts.ensure_member("local@localhost", PROJECT, START)
    common = {"project_id": PROJECT, "user_id": user_id}
    for first in range(0, count, SLICE):
        new_batches, new_jobs, new_tags = [], [], []
        for number in range(first, min(first + SLICE, count)):
            batch_id, at = str(uuid4()), (START + timedelta(seconds=number)).isoformat(timespec="microseconds")
            status = "ERROR" if number % 10 == 0 else "DONE"
            times = {"created_at": at, "updated_at": at}
            new_batches.append(
                common
                | times
                | {"id": batch_id, "status": status, "open": False, "device_type": "EMU_FREE"}
                | {"queue_priority": "FREE", "rank": 4, "start_datetime": at, "end_datetime": at}
            )
            new_jobs.append(
                common
                | times
                | {"id": str(uuid4()), "batch_id": batch_id, "status": status, "runs": number % 100, "origin": "CLIENT"}
                | {"seed": number, "variables": {"omega": 1.5}, "start_timestamp": at, "end_timestamp": at}
            )
            frequency = "rare" if number % (count // 10) == 0 else "frequent"
            new_tags.append({"batch_number": number + 1, "position": 0, "tag": frequency})
        with store.database.writing() as connection:
            connection.execute(insert(batches), new_batches)
            connection.execute(insert(jobs), new_jobs)
            connection.execute(insert(tags), new_tags)
    store.close()


@contextmanager
def service(path: Path) -> Iterator[httpx.Client]:
    """Runs a service with a database, and yields an authenticated client."""
    command = [sys.executable, "-m", "pasqal_cloud.local", "--port=0", "--json", "--engine=scripted", f"--db={path}"]
    with Popen([*command, f"--project-id={PROJECT}", f"--password={PASSWORD}"], stdout=PIPE, text=True) as process:
        try:
            assert process.stdout
            url = json.loads(process.stdout.readline())["url"]
            with httpx.Client(base_url=f"{url}/core-fast/api/", timeout=60) as client:
                fields = {"grant_type": "password", "username": "local@localhost", "password": PASSWORD}
                token = client.post(f"{url}/oauth/token", data=fields).json()["access_token"]
                client.headers["Authorization"] = f"Bearer {token}"
                yield client
        finally:
            process.terminate()


def seconds(client: httpx.Client, path: str, query: dict[str, Any]) -> tuple[float, int]:
    """Gets the time for a page, and the total number of matching items."""
    start = time.perf_counter()
    answer = client.get(path, params=query).raise_for_status()
    return time.perf_counter() - start, answer.json()["pagination"]["total"]


def main(rounds: int) -> None:
    with TemporaryDirectory() as folder:
        paths = {count: Path(folder) / f"{count}.db" for count in (FEW, MANY)}
        for count, path in paths.items():
            fill(path, count)
        with service(paths[FEW]) as few, service(paths[MANY]) as many:
            print(f"first page of 100, over HTTP; median of {rounds} rounds")
            for name, (path, query) in LISTS.items():
                taken: dict[httpx.Client, list[float]] = {few: [], many: []}
                totals = {}
                for _ in range(rounds):
                    for client, times in taken.items():
                        took, totals[client] = seconds(client, path, query)
                        times.append(took)
                medians = [1e3 * statistics.median(times) for times in taken.values()]
                shown = " and ".join(f"{total:,}" for total in totals.values())
                print(
                    f"{name:22} {medians[0]:6.2f} ms, {medians[1]:6.2f} ms   ratio {medians[1] / medians[0]:5.2f}"
                    f"   {shown} match"
                )


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 50)
