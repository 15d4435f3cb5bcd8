"""The local service as a child process; the rest of the package knows it as a URL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from threading import Timer
from typing import TypedDict

from pasqal_cloud.errors import LocalServiceError, MissingExtraError

READY_WITHIN = 60.0
"""Seconds that the service has to start, on a slow machine with cold files."""

MISSING_EXTRA = 3
"""The exit status by which the service says that a package is missing."""


class Address(TypedDict):
    """How to reach a service that runs."""

    url: str
    username: str
    password: str
    project_id: str


class ServiceProcess:
    """A local service of our own.

    It has a process session of its own, so that a terminal's Ctrl-C does not reach it, and ends when this process does,
    however it does.

    Args:
        options: Options of `python -m pasqal_cloud.local`.

    Raises:
        MissingExtraError: The extra `local` is not installed.
        LocalServiceError: It did not start.
    """

    def __init__(self, *options: str) -> None:
        self._owner = os.getpid()
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._process = subprocess.Popen(  # noqa: S603 - the user's own options, and no shell
            [sys.executable, "-P", "-m", "pasqal_cloud.local", "--port=0", "--json", "--exit-with-parent", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            start_new_session=True,
        )
        self.address = self._wait_until_ready()

    def stop(self) -> None:
        """Ends the service and its jobs; in a forked child, which does not own it, nothing."""
        if os.getpid() != self._owner:
            return
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def _wait_until_ready(self) -> Address:
        too_late = Timer(READY_WITHIN, self._process.kill)
        too_late.daemon = True
        too_late.start()
        try:
            line = self._process.stdout.readline() if self._process.stdout else b""
        except BaseException:
            self.stop()
            raise
        finally:
            too_late.cancel()
        if line:
            return self._read(line)
        status = self._process.wait()
        self._log.seek(0)
        said = self._log.read().decode(errors="replace").strip().splitlines() or ["nothing"]
        self.stop()
        if status == MISSING_EXTRA:
            raise MissingExtraError(said[-1])
        late = f", {READY_WITHIN:g} s after its start" if too_late.finished.is_set() and status < 0 else ""
        raise LocalServiceError(f"It ended with status {status}{late}, saying: {said[-1]}")

    def _read(self, line: bytes) -> Address:
        try:
            address: Address = json.loads(line)
        except ValueError:
            self.stop()
            raise LocalServiceError(f"It does not say how to reach it, but: {line.decode(errors='replace')}") from None
        return address
