"""Compares the local service with a plain pool of emulator processes, and prints the ratios of the times.

Three cases: the first four-qubit job of a fresh service, from the start of its process until DONE is seen, compared
with a program that loads Pulser and QuTiP and emulates the same; 40 six-qubit jobs on two workers, compared with two
processes that only emulate; and one four-qubit job, from the POST until DONE is seen when polling every 5 ms, compared
with calling the emulator directly. In the last two cases, all workers have loaded their engine beforehand.

python benchmarks/emulation.py [--rounds 5] [--json RESULTS]
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from argparse import ArgumentParser
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
from rows import Row, report

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


def row(what: str, compared_with: str, pairs: list[tuple[float, float]], unit: str = "s") -> Row:
    """Gets the medians of the times of the service and of what it is compared with, and that of their ratios."""
    ours, theirs = (statistics.median(times) * (1000 if unit == "ms" else 1) for times in zip(*pairs, strict=True))
    return Row(what, ours, compared_with, theirs, unit, statistics.median(one / other for one, other in pairs))


def main(rounds: int, results: Path | None) -> None:
    four, six = chain(4), chain(6)
    omegas = [1.0 + 0.1 * number for number in range(JOBS)]
    fresh = [(first_job(four, 1.0), bare_job(four, 1.0)) for _ in range(rounds)]
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
    rows = [
        row("the first job of a fresh service", "a program that loads Pulser and QuTiP and emulates it", fresh),
        row(f"{JOBS} jobs of six qubits, {WORKERS} workers", f"{WORKERS} processes that only emulate", many),
        row("one job of four qubits, polled every 5 ms", "the emulation", single, "ms"),
    ]
    report(rows, results)


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    main(given.rounds, given.json)
