"""Compares the local service with a plain pool of emulator processes, and prints the ratios of the times.

Three cases: the first four-qubit job of a fresh service, from the start of its process until DONE is seen, compared
with a program that loads Pulser and QuTiP and emulates the same; 40 six-qubit jobs on two workers, compared with two
processes that only emulate; and one four-qubit job, from the POST until DONE is seen when polling every 5 ms, compared
with calling the emulator directly. In the last two cases, all workers have loaded their engine beforehand.

python benchmarks/emulation.py [ROUNDS]
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import httpx
from bare import RUNS, emulate
from pulser import AnalogDevice, Pulse, Register, Sequence

WORKERS = 2
JOBS = 40
POLL, POLL_OFTEN = 0.1, 0.005
"""Seconds between two polls of a batch. Frequent polling takes half a core away from the forty jobs."""


def chain(atoms: int) -> str:
    register = Register.rectangle(1, atoms, spacing=6.0, prefix="q").with_automatic_layout(AnalogDevice)
    sequence = Sequence(register, AnalogDevice)
    sequence.declare_channel("rydberg", "rydberg_global")
    omega = sequence.declare_variable("omega", dtype=float)
    sequence.add(Pulse.ConstantPulse(1000, amplitude=omega, detuning=0.0, phase=0.0), "rydberg")
    sequence.measure("ground-rydberg")
    return str(sequence.to_abstract_repr())


class Service:
    """A minimal client, so that only the service's time is measured."""

    def __init__(self, connection: dict[str, str]) -> None:
        self._project_id = connection["project_id"]
        fields = {"grant_type": "password", **{name: connection[name] for name in ("username", "password")}}
        self._http = httpx.Client(base_url=f"{connection['url']}/core-fast/api", timeout=60)
        token = self._http.post(f"{connection['url']}/oauth/token", data=fields).json()["access_token"]
        self._http.headers["Authorization"] = f"Bearer {token}"

    def run(self, serialized: str, omegas: list[float], poll: float = POLL) -> None:
        body = {
            "project_id": self._project_id,
            "device_type": "EMU_FREE",
            "sequence_builder": serialized,
            "jobs": [{"runs": RUNS, "variables": {"omega": omega}} for omega in omegas],
        }
        batch_id = self._http.post("/v1/batches", json=body).raise_for_status().json()["data"]["id"]
        while (status := self._status(batch_id)) != "DONE":
            assert status in {"PENDING", "RUNNING"}, status
            time.sleep(poll)

    def _status(self, batch_id: str) -> Any:
        return self._http.get(f"/v1/batches/{batch_id}/status").json()["data"]["status"]


@contextmanager
def service() -> Iterator[Service]:
    command = [sys.executable, "-m", "pasqal_cloud.local", "--port=0", "--json", f"--workers={WORKERS}"]
    with Popen(command, stdout=PIPE, text=True) as process:
        try:
            assert process.stdout
            yield Service(json.loads(process.stdout.readline()))
        finally:
            process.terminate()


def first_job(serialized: str, omega: float) -> float:
    """Gets the seconds from the start of a service until its first job is done; ending the service is not counted."""
    start = time.perf_counter()
    with service() as local:
        local.run(serialized, [omega], POLL_OFTEN)
        return time.perf_counter() - start


def bare_job(serialized: str, omega: float) -> float:
    """Gets the seconds from the start of the bare program until it prints its results."""
    start = time.perf_counter()
    command = [sys.executable, str(Path(__file__).with_name("bare.py")), str(omega)]
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdin and process.stdout
        process.stdin.write(serialized)
        process.stdin.close()
        assert process.stdout.readline()
        return time.perf_counter() - start


def seconds(function: Any, *arguments: Any) -> float:
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def main(rounds: int) -> None:
    four, six = chain(4), chain(6)
    omegas = [1.0 + 0.1 * number for number in range(JOBS)]
    fresh = [(first_job(four, 1.0), bare_job(four, 1.0)) for _ in range(rounds)]
    ours, theirs = map(statistics.median, zip(*fresh, strict=True))
    ratio = statistics.median(service / bare for service, bare in fresh)
    print(f"first job of a fresh service: service {ours:.2f} s, bare program {theirs:.2f} s, ratio {ratio:.2f}")
    with service() as local, ProcessPoolExecutor(WORKERS, mp_context=get_context("forkserver")) as pool:

        def bare(serialized: str, omegas: list[float]) -> None:
            assert all(pool.map(emulate, [serialized] * len(omegas), omegas))

        for warm_up in (bare, local.run):
            for serialized in (four, six):
                warm_up(serialized, omegas[: 4 * WORKERS])
        emulate(four, 1.0)
        many = [(seconds(local.run, six, omegas), seconds(bare, six, omegas)) for _ in range(rounds)]
        single = [
            (seconds(local.run, four, omegas[:1], POLL_OFTEN), seconds(emulate, four, omegas[0]))
            for _ in range(10 * rounds)
        ]
    ours, theirs = map(statistics.median, zip(*many, strict=True))
    ratio = statistics.median(service / pool for service, pool in many)
    print(
        f"{JOBS} six-qubit jobs, {WORKERS} workers: service {ours:.2f} s, bare pool {theirs:.2f} s, ratio {ratio:.2f}"
    )
    ours, theirs = (1000 * statistics.median(times) for times in zip(*single, strict=True))
    print(f"one four-qubit job: service {ours:.0f} ms, bare emulator {theirs:.0f} ms, {ours - theirs:+.0f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 5)
