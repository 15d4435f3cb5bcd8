"""Local services that the SDK starts: how they begin, and that they always end."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pasqal_cloud import LocalServiceError, MissingExtraError, NotFoundError, ValidationError
from pasqal_cloud._service import ServiceProcess

from ..doubles.interpreters import interpreter_without

pytestmark = pytest.mark.blocking_first

SOON = 30.0
"""Seconds after which a test gives up waiting for what takes a moment."""

NOBODY = "00000000-0000-4000-8000-000000000000"


@contextmanager
def program(text: str) -> Iterator[subprocess.Popen[str]]:
    """A program of a user's, with a terminal of its own; it has an SDK on a local service and has told its group."""
    beginning = """
import os
from pathlib import Path
from pasqal_cloud import SDK, NotFoundError
sdk = SDK.local("--workers=1")
(group,) = map(int, Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())
"""
    running = subprocess.Popen(
        [sys.executable, "-c", beginning + text],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        with running:
            yield running
    finally:
        running.kill()


def test_a_local_service_is_a_context(colour: Any, processes: Any, flip: Any, tmp_path: Path) -> None:
    """Inside everything works, with an account and a project; soon afterwards neither it nor a worker is left.

    Its arguments and options reach the service.
    """
    data = tmp_path / "batches.db"
    arguments = {"workers": 1, "seed": np.int64(7), "max_atoms": 3, "devices": ["EMU_FREE", "FRESNEL"], "data": data}

    def use() -> Any:
        with colour.SDK.local("--token-lifetime=60", **arguments) as sdk:
            batch = sdk.create_batch(flip, [{"runs": 4}], wait=True)
            return batch.ordered_jobs[0].result, sdk.devices(), processes.of_service(sdk), repr(sdk)

    async def ause() -> Any:
        async with colour.SDK.local("--token-lifetime=60", **arguments) as sdk:
            batch = await sdk.create_batch(flip, [{"runs": 4}], wait=True)
            (job,) = await batch.ordered_jobs
            return await job.result, await sdk.devices(), processes.of_service(sdk), repr(sdk)

    result, devices, group, shown = colour.call(use() if colour.is_blocking else ause())
    assert result == {"1": 4}
    assert {device.device_type: device.max_atom_num for device in devices} == {"EMU_FREE": 3, "FRESNEL": 3}
    assert data.stat().st_size
    assert shown.startswith(f"{colour.SDK.__name__}('http://127.0.0.1:")
    processes.seconds_to_end(group)


@pytest.mark.slow
def test_several_services_are_strangers(colour: Any, processes: Any, flip: Any) -> None:
    """Each has its own address and its own batches; closing one leaves the other."""
    first, second = (colour.call(colour.SDK.local("--workers=1")) for _ in range(2))
    batch = colour.call(first.create_batch(flip, [{"runs": 1}]))
    colour.attempt(NotFoundError, lambda: second.get_batch(batch.id))
    colour.call(second.close())
    assert processes.alive(processes.of_service(first))
    colour.call(batch.wait())
    assert batch.status == "DONE"
    colour.call(first.close())


def test_an_sdk_that_is_forgotten_leaves_no_service(blocking: Any, processes: Any) -> None:
    """Without `close`, the service ends when nothing refers to the SDK any more."""
    sdk = blocking.SDK.local("--workers=1")
    group = processes.of_service(sdk)
    assert processes.alive(group)
    del sdk
    processes.seconds_to_end(group)


def test_the_end_of_the_program_ends_the_service(processes: Any) -> None:
    """Without `close`, and without a word."""
    with program("print(group, flush=True)") as running:
        group = int(running.stdout.readline())
        assert running.wait(SOON) == 0
    processes.seconds_to_end(group)


@pytest.mark.slow
@pytest.mark.parametrize("has_worked", [True, False], ids=["after a job", "while its workers start"])
def test_a_killed_program_leaves_no_service(processes: Any, flip: Any, has_worked: bool) -> None:
    """After `kill -9` of the program, its service and all workers are gone within a second."""
    work = f"sdk.create_batch({flip.to_abstract_repr()!r}, [{{'runs': 1}}], wait=True)" if has_worked else "pass"
    with program(f"{work}; print(group, flush=True); input()") as running:
        group = int(running.stdout.readline())
        assert processes.alive(group)
        assert processes.seconds_to_end(group, running.kill) < 1.0


INTERRUPTED = f"""
import signal
try:
    print(group, flush=True)
    signal.pause()
except KeyboardInterrupt:
    try:
        sdk.get_batch({NOBODY!r})
    except NotFoundError:
        print("it still answers", flush=True)
"""


def test_ctrl_c_does_not_reach_the_service(processes: Any) -> None:
    """The terminal interrupts all its processes; the service is none of them, and can still be asked."""
    with program(INTERRUPTED) as running:
        group = int(running.stdout.readline())
        assert os.getsid(group) != os.getsid(running.pid)
        os.killpg(running.pid, signal.SIGINT)
        assert running.stdout.readline() == "it still answers\n"
        assert running.wait(SOON) == 0
    processes.seconds_to_end(group)


@pytest.mark.parametrize("package", ["pulser_simulation", "starlette"])
def test_a_missing_extra_is_a_clear_error(
    colour: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, package: str
) -> None:
    """With an interpreter that lacks a package, the error names it and the command that installs it."""
    monkeypatch.setattr(sys, "executable", interpreter_without(package, tmp_path))
    error = colour.attempt(MissingExtraError, colour.SDK.local)
    assert isinstance(error, ImportError)
    assert package in str(error)
    assert 'pip install "pasqal-cloud[local]' in str(error)


def test_a_service_that_does_not_start_is_a_clear_error(colour: Any) -> None:
    """What it said last is in the message."""
    error = colour.attempt(LocalServiceError, lambda: colour.SDK.local("--workers=none"))
    assert "--workers" in str(error)
    assert "status 2" in str(error)


@pytest.mark.parametrize(
    ("options", "arguments", "reason"),
    [
        (["--seed=1"], {"seed": 2}, "seed or the option --seed"),
        (["--db=x.db"], {"data": "y.db"}, "data or the option --db"),
        (["--max-atoms", "3"], {"max_atoms": 4}, "max_atoms or the option --max-atoms"),
        ([7], {}, "options are strings"),
        ([], {"seed": True}, "seed can't be a bool"),
        ([], {"workers": 1j}, "workers can't be a complex"),
    ],
)
def test_arguments_of_a_local_service_that_make_no_sense(
    colour: Any, options: list[Any], arguments: dict[str, Any], reason: str
) -> None:
    """Nothing is started, not even a process that would refuse them."""
    with pytest.raises(ValidationError, match=reason):
        colour.SDK.local(*options, **arguments)


def test_settings_of_the_sdk_reach_it(colour: Any, processes: Any, flip: Any, tmp_path: Path) -> None:
    """Beside those of the service."""
    journal = tmp_path / "journal.jsonl"
    opening = colour.SDK.local("--engine=scripted", journal=journal, progress=False, retry=False, timeout=20.0)
    sdk = colour.call(opening)
    try:
        batch = colour.call(sdk.create_batch(flip, [{"runs": 4}]))
        assert batch.id in journal.read_text()
        assert sdk._session.options.progress is False
    finally:
        colour.call(sdk.close())


def test_a_wrong_setting_of_the_sdk_ends_the_service(colour: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which has started by then."""
    stopped = []
    stop = ServiceProcess.stop
    monkeypatch.setattr(ServiceProcess, "stop", lambda service: (stop(service), stopped.append(service)))
    colour.attempt(ValidationError, lambda: colour.SDK.local("--engine=scripted", timeout=-1.0))
    assert len(stopped) == 1
    assert stopped[0]._process.poll() is not None
