"""The program, called in this process, and a local service with scripted results that it uses."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from pasqal_cloud.cli.commands import app

NOBODY = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Ended:
    """How the program ended, and what it printed."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def rows(self) -> list[list[str]]:
        return [line.split("\t") for line in self.out.splitlines()]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory without profiles, and an environment that says nothing of accounts and terminals."""
    for name in os.environ:
        if name.startswith("PASQAL_") or name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLUMNS"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TERM", "xterm")
    return tmp_path


@pytest.fixture(scope="session")
def program() -> Any:
    """The program, with all its commands, which take long to make."""
    return get_command(app)


@pytest.fixture
def cli(home: Path, program: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ended]:
    """Calls the program; with `columns`, as in a terminal of that width."""
    monkeypatch.setattr("typer.testing._get_command", lambda _: program)

    def cli(*arguments: str, columns: int | None = None, input: str | None = None, **environment: str) -> Ended:
        if columns is not None:
            environment = {"FORCE_COLOR": "1", "TERM": "dumb", "COLUMNS": str(columns), "LINES": "50"} | environment
        result = CliRunner().invoke(app, [*arguments], input=input, env=environment, prog_name="pasqal-cloud")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ended(result.exit_code, result.stdout, result.stderr)

    return cli


@pytest.fixture
def service(home: Path, pasqal_environment: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A local service, which the program uses as the environment tells it."""
    return pasqal_environment


@pytest.fixture
def sequence(tmp_path: Path) -> str:
    """The path of a sequence that the scripted service accepts."""
    path = tmp_path / "sequence.json"
    path.write_text("{}")
    return str(path)


@pytest.fixture
def batch(service: Any, sdk: Any) -> Any:
    """A batch with two jobs: one is DONE, the other an ERROR."""
    with service.outcome(counter={"01": 75, "10": 25}, times=1), service.outcome(errors=["The laser is off."], times=1):
        jobs = [{"runs": 100, "variables": {"omega": omega}} for omega in (1.5, 2.0)]
        return sdk.create_batch("{}", jobs, device_type="EMU_FREE", tags=["rabi"], wait=True)
