"""Measures what the simulation in scaling.py needs to know of this machine, and writes it to scaling.json.

python benchmarks/capacity.py [--postgres]

Each figure is what one job, or one request, takes of something that all share: the database's right to write, the
processor time of a service, and of the Dask scheduler. With --postgres, a server is started, which must be installed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from pasqal_cloud.local.store import NewBatch, Store, Submitted
from pasqal_cloud.local.tasks import JobRequest, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
KEPT = Path(__file__).with_name("scaling.json")
ROUNDS = 7
JOBS = 200
BATCH = 20
REQUESTS = 1_500
TASKS = 1_500
UNSET = ("backend_configuration", "configuration", "webhook")
DOCUMENT = json.dumps({"counter": {f"{n:010b}": n for n in range(100)}, "raw": None, "serialised_results": "x" * 3_000})


def seconds_each(count: int, do: Callable[[], None]) -> float:
    start = time.perf_counter()
    do()
    return (time.perf_counter() - start) / count


def cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure_database(place: Any) -> dict[str, float]:
    """The time of writing for a job: its share of a submission of 20, its start and its end.

    It is the best of some rounds, since others use the machine too.
    """
    with closing(Store(place, lambda number: number)) as store:
        now = datetime.now(UTC)
        user_id = store.accounts.ensure_member("ada", "p", now)
        batch = NewBatch("p", open=False, device_type="EMU_FREE", sequence="{}", **dict.fromkeys(UNSET))
        submitted, requests = Submitted(user_id, "x", None, ""), [JobRequest(runs=1)] * BATCH
        outcome = Outcome(DOCUMENT).pack()
        claims: list[Any] = []

        def submit() -> None:
            for _ in range(JOBS // BATCH):
                store.submissions.add_batch(batch, requests, submitted, now)

        def claim() -> None:
            claims[:] = [store.queue.claim(["EMU_FREE"], now, look_first=False) for _ in range(JOBS)]

        def finish() -> None:
            for claimed in claims:
                store.queue.finish(claimed.token, outcome, now)

        steps = {"submit": submit, "claim": claim, "finish": finish}
        rounds = [{name: seconds_each(JOBS, do) for name, do in steps.items()} for _ in range(ROUNDS)]
    return {name: min(times[name] for times in rounds) for name in steps}


def measure_requests() -> dict[str, float]:
    """The processor time of a service for a request of a batch's status."""
    command = [sys.executable, "-m", "pasqal_cloud.local", "--engine", "scripted", "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            connection = json.loads(process.stdout.readline())
            with httpx.Client(base_url=connection["url"], trust_env=False) as http:
                fields = {"grant_type": "password", **{name: connection[name] for name in ("username", "password")}}
                token = http.post("/oauth/token", data=fields).json()["access_token"]
                http.headers["Authorization"] = f"Bearer {token}"
                body = {"project_id": connection["project_id"], "sequence_builder": "{}", "jobs": [{"runs": 1}]}
                batch_id = http.post("/core-fast/api/v1/batches", json=body).json()["data"]["id"]
                path = f"/core-fast/api/v1/batches/{batch_id}/status"
                found = []
                for _ in range(3):
                    start = cpu_of(process.pid)
                    for _ in range(REQUESTS):
                        http.get(path).raise_for_status()
                    found.append((cpu_of(process.pid) - start) / REQUESTS)
        finally:
            process.terminate()
    return {"request": min(found)}


def measure_dask() -> dict[str, float]:
    """The processor time of the scheduler for a task, and the time of a task that does nothing, from start to end."""
    from distributed import Client, wait

    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:

        def start(*options: str) -> subprocess.Popen[bytes]:
            command = [sys.executable, "-m", "dask", *options, "--no-dashboard"]
            process = stack.enter_context(subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL))
            stack.callback(process.terminate)
            return process

        scheduler = start("scheduler", "--host", "tcp://127.0.0.1", "--port", "8799")
        for _ in range(2):
            start("worker", "tcp://127.0.0.1:8799", "--nthreads", "1", "--no-nanny")
        with Client("tcp://127.0.0.1:8799", timeout=60) as client:
            client.wait_for_workers(2, timeout=60)
            addresses = list(client.scheduler_info(n_workers=-1)["workers"])

            def task(number: int) -> Any:
                worker = addresses[number % 2]  # as the service's runner does
                return client.submit(abs, number, key=f"{number}-{time.time()}", workers=[worker], pure=False)

            wait([task(number) for number in range(200)])
            before = cpu_of(scheduler.pid)
            for start_at in range(0, TASKS, 100):
                wait([task(number) for number in range(start_at, start_at + 100)])
            of_scheduler = (cpu_of(scheduler.pid) - before) / TASKS
            way = min(seconds_each(1, lambda number=number: task(number).result()) for number in range(100))
    return {"scheduler": of_scheduler, "way": way}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        found: dict[str, Any] = {
            "sqlite": measure_database(Path(folder) / "service.db"),
            "service": measure_requests(),
            "dask": measure_dask(),
        }
    if "--postgres" in sys.argv:
        sys.path.insert(0, str(ROOT))
        from tests import postgres

        postgres.SETTINGS["fsync"] = "on"
        server = postgres.Postgres(Path(tempfile.mkdtemp()))
        try:
            found["postgresql"] = measure_database(server.server("measured"))
        finally:
            server.close()
    print(json.dumps(found, indent=2))
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    KEPT.write_text(json.dumps(kept | found, indent=2) + "\n")


if __name__ == "__main__":
    main()
