"""The local service as a child process, which the rest of the package knows only by its URL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from operator import index
from threading import Timer
from typing import TYPE_CHECKING, TypedDict

from pasqal_cloud._arguments import kind_of
from pasqal_cloud.errors import LocalServiceError, MissingExtraError, ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable

READY_WITHIN = 60.0
"""The seconds that the service may take to start, which are many at the first start on a slow machine."""

MISSING_EXTRA = 3
"""The exit status of the service if a package is missing."""


OPTIONS = {"data": "db"}
"""The options of the service whose names differ from those of the arguments."""


class Address(TypedDict):
    """The address and credentials of a running service."""

    url: str
    username: str
    password: str
    project_id: str


def service_options(options: Iterable[str], **arguments: object) -> tuple[str, ...]:
    """Adds arguments to the options of the service; those that are None have no effect.

    Args:
        options: Options as a command line has them.
        arguments: The values of options by their names; several values in a list.

    Raises:
        ValidationError: A value is not valid, or an argument and an option say the same.
    """
    options = tuple(options)
    for option in options:
        if not isinstance(option, str):
            raise ValidationError(f"{option!r} is no option of the service: options are strings, like '--seed=7'.")
    taken = {option.partition("=")[0] for option in options}
    added = []
    for name, value in arguments.items():
        if value is None:
            continue
        option = f"--{OPTIONS.get(name, name).replace('_', '-')}"
        if option in taken:
            raise ValidationError(f"Give {name} or the option {option}, not both.")
        added.append(f"{option}={_written(value, name)}")
    return (*options, *added)


def _written(value: object, name: str) -> str:
    """Writes the value of an option."""
    match value:
        case bool() | bytes():
            raise ValidationError(f"{name} can't be {kind_of(value)}.")
        case str() | int() | float():
            return str(value)
        case os.PathLike():
            return str(os.fspath(value))
        case list() | tuple() | set() | frozenset():
            return ",".join(map(str, value))
    try:
        return str(index(value))  # type: ignore[arg-type]  # a whole number of numpy's, or else a TypeError
    except TypeError:
        raise ValidationError(f"{name} can't be {kind_of(value)}.") from None


class ServiceProcess:
    """A local service, started as a child process.

    It has its own process session, so that Ctrl-C in a terminal does not end it. It ends when this process ends, even
    if this process is killed.

    Args:
        options: Options of `python -m pasqal_cloud.local`.

    Raises:
        MissingExtraError: The extra `local` is not installed.
        LocalServiceError: The service did not start.
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
        """Ends the service and its jobs; does nothing in a forked child, which did not start it."""
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
        if too_late.finished.is_set() and status < 0:
            ended = f"It was not ready within {READY_WITHIN:g} s, and was stopped"
        else:
            ended = f"It ended with exit status {status}"
        raise LocalServiceError(f"{ended}. Its last output: {said[-1]}")

    def _read(self, line: bytes) -> Address:
        try:
            address: Address = json.loads(line)
        except ValueError:
            self.stop()
            raise LocalServiceError(f"It did not print its address, but: {line.decode(errors='replace')}") from None
        return address
