"""A real Dask scheduler and its workers, each in processes of their own, connected over TCP on this machine."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Has the kernel end this process if its tests are killed, so that nothing is left behind. On Linux only."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@dataclass(frozen=True)
class Certificates:
    """The files for TLS."""

    ca: Path
    cert: Path
    key: Path

    def options(self, prefix: str) -> list[str]:
        """Gives the options of a command that names them like this."""
        named = {f"ca{suffix(prefix)}": self.ca, "cert": self.cert, "key": self.key}
        return [part for name, path in named.items() for part in (f"--{prefix}{name}", str(path))]


def suffix(prefix: str) -> str:
    """Gives how Dask's own option for the authority ends."""
    return "-file" if prefix == "tls-" else ""


@dataclass
class DaskCluster:
    """A scheduler and workers; `close` ends them all.

    Args:
        logs: The folder for what they print.
        certificates: For TLS; None for plain TCP.
    """

    logs: Path
    certificates: Certificates | None = None
    port: int = field(default_factory=lambda: free_port())  # noqa: PLW0108 - it is defined below
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    scheduler: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def url(self) -> str:
        """Where Dask's own clients find the scheduler."""
        return f"{'tls' if self.certificates else 'tcp'}://127.0.0.1:{self.port}"

    @property
    def options(self) -> list[str]:
        """The options of a service that uses it."""
        return ["--runner", f"dask+{self.url}", *(self.certificates.options("dask-") if self.certificates else ())]

    def start_scheduler(self) -> None:
        """Starts the scheduler, and waits until it listens."""
        self.scheduler = self._start("scheduler", "--port", str(self.port), "--host", self._host, "--no-dashboard")
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError("the Dask scheduler does not listen")

    def start_worker(
        self, slots: int = 1, *, nanny: bool = False, environment: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Starts a worker; without a nanny, it is this process itself."""
        options = ["--nthreads", str(slots), "--no-dashboard", "--nanny" if nanny else "--no-nanny"]
        worker = self._start("worker", self.url, *options, "--host", "127.0.0.1", environment=environment)
        self.workers.append(worker)
        return worker

    def kill_scheduler(self) -> None:
        """Kills the scheduler, and waits until its workers have ended, as Dask's do."""
        assert self.scheduler is not None
        self.scheduler.kill()
        self.scheduler.wait()
        for worker in self.workers:
            worker.wait()
        self.workers.clear()

    def kill_worker(self, worker: subprocess.Popen[bytes]) -> None:
        """Kills a worker's process, as by kill -9."""
        worker.kill()
        worker.wait()
        self.workers.remove(worker)

    def close(self) -> None:
        """Ends all processes."""
        started = [*self.workers, *([self.scheduler] if self.scheduler else [])]
        for process in started:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        for process in started:
            process.wait()

    def log(self) -> str:
        """Gives what all have printed."""
        return "\n".join(path.read_text() for path in sorted(self.logs.glob("dask-*.log")))

    @property
    def _host(self) -> str:
        return f"{'tls' if self.certificates else 'tcp'}://127.0.0.1"

    def _start(
        self, program: str, *options: str, environment: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        certificates = self.certificates.options("tls-") if self.certificates else []
        number = len(list(self.logs.glob("dask-*.log")))
        with (self.logs / f"dask-{number:02}-{program}.log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", program, *options, *certificates],
                stdout=log,
                stderr=subprocess.STDOUT,
                env=os.environ | {"OMP_NUM_THREADS": "1"} | dict(environment or {}),
                cwd=self.logs,  # `python -m` would find packages in the folder of the tests
                process_group=0,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - it only calls the kernel
            )


class SharedCluster:
    """The cluster that all services of a session share, if tests are to use one."""

    is_wanted = False
    cluster: DaskCluster | None = None

    @classmethod
    def get(cls) -> DaskCluster:
        """Starts a scheduler and two workers when they are first asked for."""
        if cls.cluster is None:
            cls.cluster = DaskCluster(Path(tempfile.mkdtemp(prefix="dask-")))
            cls.cluster.start_scheduler()
            for _ in range(2):
                cls.cluster.start_worker()
        return cls.cluster

    @classmethod
    def close(cls) -> None:
        """Ends all processes."""
        if cls.cluster is not None:
            cls.cluster.close()
            shutil.rmtree(cls.cluster.logs, ignore_errors=True)
            cls.cluster = None


def on_the_cluster(arguments: Sequence[str]) -> list[str]:
    """Has a service run its jobs on the shared cluster, if tests are to use it."""
    given = list(arguments)
    if not SharedCluster.is_wanted or "scripted" in given or "--engine=scripted" in given or "--runner" in given:
        return given
    if "--workers" in given:
        position = given.index("--workers")
        del given[position : position + 2]
    return [*given, *SharedCluster.get().options]


def free_port() -> int:
    """Gives a port that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processes_below(pid: int) -> Iterator[int]:
    """Gives the ids of all processes that a process has started, and that those have."""
    for thread in Path(f"/proc/{pid}/task").glob("*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            for child in map(int, (thread / "children").read_text().split()):
                yield child
                yield from processes_below(child)
