"""A real service in a child process, and a client that checks every answer against the API's description."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx
import pytest
from pulser import MockDevice, Pulse, Register, Sequence

from pasqal_cloud.local.http.contract import Contract

from ..dask_cluster import on_the_cluster
from ..postgres import on_the_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = float(os.environ.get("LOCAL_PATIENCE", "60"))
"""Seconds after which a condition that should have come true is given up."""

SETTLED = {"DONE", "ERROR", "CANCELED", "TIMED_OUT"}


class LocalService:
    """A service in a child process; its methods are a client's."""

    command: tuple[str, ...] = ("-m", "pasqal_cloud.local")

    def __init__(self, *arguments: str, stderr: IO[str] | None = None) -> None:
        command = [sys.executable, *self.command, "--port", "0", "--json", *on_the_cluster(on_the_server(arguments))]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True)
        self.connection = json.loads(self.process.stdout.readline())
        self.project_id = self.connection["project_id"]
        self.http = httpx.Client(base_url=self.connection["url"], timeout=PATIENCE, trust_env=False)
        self.contract = Contract.load()
        self.operations = {operation.id: operation for operation in self.contract.operations()}
        self.token = self.log_in().json()["access_token"]

    def log_in(self, **changes: str) -> httpx.Response:
        """Asks for a token as Auth0's clients do, apart from the changes."""
        fields = {
            "grant_type": "http://auth0.com/oauth/grant-type/password-realm",
            "realm": "pcs-users",
            "client_id": "any",
            "audience": "any",
            "username": self.connection["username"],
            "password": self.connection["password"],
        }
        return self.http.post("/oauth/token", data=fields | changes)

    def call(
        self,
        operation_id: str,
        json: Any = None,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
        **path: str,
    ) -> httpx.Response:
        """Performs an operation of the description, to which the answer must conform."""
        operation = self.operations[operation_id]
        response = self.http.request(
            operation.method,
            operation.path.format(**path) + "?" + urlencode(query or {}, doseq=True),
            headers={"Authorization": f"Bearer {self.token}"} | (headers or {}),
            **({"content": content} if content is not None else {"json": json} if json is not None else {}),
        )
        pointer = f"/paths/{operation.path.replace('/', '~1')}/{operation.method.lower()}/responses/"
        kind = "200" if response.is_success else f"{response.status_code // 100}XX"
        _, pointer = self.contract.follow(pointer + kind)
        self.contract.validator(f"{pointer}/content/application~1json/schema").validate(response.json())
        assert str(response.json()["code"]) == str(response.status_code)
        return response

    def get(self, operation_id: str, **arguments: Any) -> Any:
        """Performs an operation that must succeed, and gives the data."""
        response = self.call(operation_id, **arguments)
        assert response.status_code == 200, response.text
        return response.json()["data"]

    def refused(self, operation_id: str, status: int, **arguments: Any) -> Any:
        """Performs an operation that must be refused, and gives the description of why."""
        response = self.call(operation_id, **arguments)
        assert response.status_code == status, response.text
        return response.json()["data"]["description"]

    def create(self, sequence: str | None, *jobs: dict[str, Any], **fields: Any) -> Any:
        """Creates a batch that must be accepted."""
        return self.get("createBatch", json=self.body(sequence, *jobs, **fields))

    def body(self, sequence: str | None, *jobs: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """Gives the body that creates a batch."""
        return {"project_id": self.project_id, "sequence_builder": sequence, "jobs": jobs, "webhook": None} | fields

    def settled(self, batch: dict[str, Any]) -> Any:
        """Waits until a batch has ended, and gives it with its jobs in order."""
        self.until(lambda: self.get("getBatchStatus", batch_id=batch["id"])["status"] in SETTLED)
        return self.get("getBatch", batch_id=batch["id"]) | {"jobs": self.jobs(batch)}

    def jobs(self, batch: dict[str, Any]) -> Any:
        """Gives the jobs of a batch in order."""
        query = {"batch_id": batch["id"], "order_by": "creation_order", "order_by_direction": "ASC"}
        return self.get("listJobs", query=query)

    def wait_for_job(self, job: dict[str, Any], status: str) -> None:
        """Waits until a job has a status."""
        self.until(lambda: self.get("getJobStatus", job_id=job["id"])["status"] == status)

    def result(self, job: dict[str, Any]) -> Any:
        """Downloads a job's result document, as anybody with the link can."""
        link = self.get("getJobResultsLink", job_id=job["id"])["results_link"]
        response = httpx.get(link)
        assert response.status_code == 200, response.text
        document = response.json()
        self.contract.validator("/components/schemas/JobResult").validate(document)
        return document

    def control(self, method: str, path: str, status: int = 200, **options: Any) -> Any:
        """Controls the service, as whoever knows its password can; gives the answer, or why it is refused."""
        credentials = (self.connection["username"], self.connection["password"])
        url = f"{self.connection['url']}/_local/{path}"  # on a connection of its own: faults may have broken others
        response = httpx.request(method, url, auth=credentials, timeout=PATIENCE, **options)
        assert response.status_code == status, response.text
        return response.json() if status == 200 else response.json()["data"]["description"]

    def workers(self) -> list[int]:
        """Gives the process ids of the workers, the checker's first; they are copies of one child of the service."""
        workers = (pid for child in self.children_of(self.process.pid) for pid in self.children_of(child))
        return sorted(filter(self.is_alive, workers), key=self.age_of)

    def worker_at_work(self) -> int:
        """Waits until a worker computes, and gives its process id: idle ones use no processor.

        A job is RUNNING a moment before its worker has begun it, and a worker that dies in that moment costs it no try.
        Workers that still load what they need compute as well: let them run something first.
        """
        before: dict[int, float] = {}

        def computing() -> int | None:
            used = {pid: self.computed_by(pid) for pid in self.workers()}
            return next((pid for pid, now in used.items() if now - before.setdefault(pid, now) >= 0.1), None)

        found: int = self.until(computing)
        return found

    @staticmethod
    def computed_by(pid: int) -> float:
        """Gives the seconds that a process has computed."""
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @staticmethod
    def age_of(pid: int) -> tuple[int, int]:
        """Gives what sorts processes by their start; ids alone do not, as they begin again at some time."""
        try:
            return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]), pid
        except (FileNotFoundError, ProcessLookupError):
            return sys.maxsize, pid

    @staticmethod
    def until(condition: Callable[[], Any], patience: float = PATIENCE) -> Any:
        """Waits until a condition gives something true, and gives that."""
        deadline = time.monotonic() + patience
        while not (value := condition()):
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {patience} seconds: {condition}")
            time.sleep(0.01)
        return value

    @staticmethod
    def children_of(pid: int) -> list[int]:
        """Gives the ids of a process's children, whichever of its threads started them."""
        found: list[int] = []
        for thread in Path(f"/proc/{pid}/task").glob("*"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                found += map(int, (thread / "children").read_text().split())
        return found

    @staticmethod
    def is_alive(pid: int) -> bool:
        """Tells whether a process exists and is more than an entry that nobody has read yet."""
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except (FileNotFoundError, ProcessLookupError):
            return False

    def kill(self) -> None:
        """Ends the service as a power cut would."""
        self.process.kill()
        self.stop()

    def stop(self) -> int:
        """Ends the service, and gives its exit status."""
        self.http.close()
        self.process.terminate()
        self.process.stdout.close()
        return self.process.wait(PATIENCE)


@pytest.fixture(scope="session")
def service() -> Iterator[LocalService]:
    """A service that tests share: they must leave it fit for others."""
    service = LocalService("--workers", "1")
    yield service
    assert service.stop() == 0


@pytest.fixture(scope="session")
def shared_scripted() -> Iterator[LocalService]:
    """A service with made-up results."""
    service = LocalService("--engine", "scripted")
    service.control("POST", "reset")  # nobody has asked for anything, not even for the token above
    yield service
    assert service.stop() == 0


@pytest.fixture
def scripted(shared_scripted: LocalService) -> Iterator[LocalService]:
    """A service with made-up results, as it was when it was started."""
    yield shared_scripted
    shared_scripted.control("POST", "reset")


@pytest.fixture
def start() -> Iterator[Callable[..., LocalService]]:
    """Starts services of a test's own, with command-line arguments of its own."""
    started: list[LocalService] = []

    def start(*arguments: str, stderr: IO[str] | None = None) -> LocalService:
        started.append(LocalService("--workers", "1", *arguments, stderr=stderr))
        return started[-1]

    yield start
    for service in started:
        service.stop()


def chain(*, atoms: int, duration: int, parametrized: bool = False) -> str:
    """Serializes a constant resonant pulse on a chain of atoms; its amplitude is 6 rad/µs, or the variable omega."""
    register = Register.from_coordinates([(6.0 * n, 0.0) for n in range(atoms)], prefix="q")
    sequence = Sequence(register, MockDevice)
    sequence.declare_channel("global", "rydberg_global")
    omega = sequence.declare_variable("omega", dtype=float) if parametrized else 6.0
    sequence.add(Pulse.ConstantPulse(duration, omega, 0, 0), "global")
    return str(sequence.to_abstract_repr())


@pytest.fixture(scope="session")
def parametrized() -> str:
    """Two atoms and the variable omega; runs at once."""
    return chain(atoms=2, duration=200, parametrized=True)


@pytest.fixture(scope="session")
def quick() -> str:
    """Two atoms; runs at once."""
    return chain(atoms=2, duration=200)


@pytest.fixture(scope="session")
def slow() -> str:
    """Eight atoms; runs for a second or more."""
    return chain(atoms=8, duration=10_000)


@pytest.fixture(scope="session")
def endless() -> str:
    """Ten atoms; runs for a minute or more."""
    return chain(atoms=10, duration=100_000)
