"""Compares a service whose jobs run on Dask with a bare Dask cluster that emulates the same, and prints the ratio.

Both use the same two workers with one slot each and the same warm child processes. The bare cluster gets all tasks at
once by `Client.submit` and gathers their results: it checks nothing, stores nothing, and may choose the worker. For the
service, time runs from before the batch is created, so that checking and storing it count, until its last job is DONE,
as polled every 0.1 s. The service is polled as often while the bare cluster works. Rounds of the two alternate.
`--direct` also lets the bare cluster emulate in the Dask workers themselves, where a job can't be stopped.

python benchmarks/cluster.py [--rounds 3] [--jobs 100] [--atoms 6] [--direct] [--postgres]
"""

from __future__ import annotations

import argparse
import os
import pickle
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ["OMP_NUM_THREADS"] = "1"

from distributed import Client

from pasqal_cloud.local.cluster import station
from pasqal_cloud.local.devices import served
from pasqal_cloud.local.options import Options
from pasqal_cloud.local.tasks import Limits, Outcome, Task
from tests.dask_cluster import DaskCluster
from tests.local.conftest import LocalService, chain
from tests.postgres import temporary

RUNS = 100
POLL = 0.1


def in_children(client: Client, task: Task, jobs: int) -> float:
    sent = pickle.dumps((task, Limits()))
    began = time.perf_counter()
    futures = [client.submit(station.run, sent, key=f"bare-{uuid4().hex}", pure=False) for _ in range(jobs)]
    endings = client.gather(futures)
    seconds = time.perf_counter() - began
    assert all(isinstance(ending, Outcome) and not ending.errors for ending, _ in endings)
    return seconds


def directly(client: Client, task: Task, jobs: int) -> float:
    from pasqal_cloud.local.emulation import engine

    began = time.perf_counter()
    outcomes = client.gather([client.submit(engine.run, task, key=f"x-{uuid4().hex}", pure=False) for _ in range(jobs)])
    seconds = time.perf_counter() - began
    assert not any(outcome.errors for outcome in outcomes)
    return seconds


def polling(service: LocalService, batch_id: str, run: Callable[..., float], *arguments: Any) -> float:
    """Runs jobs on the bare cluster while a batch of the service is polled."""
    has_ended = threading.Event()

    def poll() -> None:
        while not has_ended.wait(POLL):
            service.get("getBatchStatus", batch_id=batch_id)

    thread = threading.Thread(target=poll)
    thread.start()
    try:
        return run(*arguments)
    finally:
        has_ended.set()
        thread.join()


def by_the_service(service: LocalService, sequence: str, jobs: int) -> float:
    began = time.perf_counter()
    batch = service.create(sequence, *({"runs": RUNS} for _ in range(jobs)))
    while service.get("getBatchStatus", batch_id=batch["id"])["status"] not in ("DONE", "ERROR"):
        time.sleep(POLL)
    seconds = time.perf_counter() - began
    assert service.get("getBatchStatus", batch_id=batch["id"])["status"] == "DONE"
    return seconds


def compare(cluster: DaskCluster, arguments: argparse.Namespace, options: list[str]) -> None:
    sequence = chain(atoms=arguments.atoms, duration=arguments.duration)
    task = Task(sequence, {}, RUNS, None, 1, served(Options())["EMU_FREE"])
    service = LocalService(*cluster.options, *options)
    service.until(lambda: service.control("GET", "runner")["slots"] == 2)
    batch_id = service.create(sequence, {"runs": RUNS})["id"]
    kinds: dict[str, Any] = {"bare": lambda jobs: polling(service, batch_id, in_children, client, task, jobs)}
    if arguments.direct:
        kinds["direct"] = lambda jobs: polling(service, batch_id, directly, client, task, jobs)
    kinds["service"] = lambda jobs: by_the_service(service, sequence, jobs)
    seconds: dict[str, list[float]] = {name: [] for name in kinds}
    with Client(cluster.url) as client:
        for run in kinds.values():
            run(20)  # so that all is warm
        for _ in range(arguments.rounds):
            for name, run in kinds.items():
                seconds[name].append(run(arguments.jobs))
            print({name: round(values[-1], 2) for name, values in seconds.items()}, flush=True)
    service.stop()
    for name in kinds:
        if name != "service":
            ratios = [bare / ours for bare, ours in zip(seconds[name], seconds["service"], strict=True)]
            print(f"throughput of the service / {name}: median {statistics.median(ratios):.2f}, all {sorted(ratios)}")
    difference = statistics.median(seconds["service"]) - statistics.median(seconds["bare"])
    print(f"overhead per job: {2 * 1000 * difference / arguments.jobs:.1f} ms of a worker")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=100)
    parser.add_argument("--atoms", type=int, default=6)
    parser.add_argument("--duration", type=int, default=4_000)
    parser.add_argument("--direct", action="store_true")
    parser.add_argument("--postgres", action="store_true")
    arguments = parser.parse_args()
    postgres = temporary() if arguments.postgres else None
    try:
        with tempfile.TemporaryDirectory() as folder, DaskCluster(Path(folder)) as cluster:
            cluster.start_scheduler()
            for _ in range(2):
                cluster.start_worker()
            options = []
            if postgres:
                place = postgres.server("benchmark")
                os.environ["PASQAL_LOCAL_DB_PASSWORD"] = place.password
                options = [f"--db={place.url}"]
            compare(cluster, arguments, options)
    finally:
        if postgres:
            postgres.close()


if __name__ == "__main__":
    main()
