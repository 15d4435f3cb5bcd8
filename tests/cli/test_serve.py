"""The command `pasqal-cloud`, and its first command, `serve`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from pasqal_cloud import cli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COMMAND = str(Path(sys.executable).with_name("pasqal-cloud"))
PATIENCE = 60


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the command, which must end by itself."""
    usual = os.environ | {"COLUMNS": "200", "TERM": "dumb"} | environment
    return subprocess.run(
        [COMMAND, *arguments], check=False, capture_output=True, text=True, timeout=PATIENCE, env=usual
    )


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., tuple[subprocess.Popen[str], dict[str, str]]]]:
    """Starts services by the command, for a user whose files are in a folder of the test's own."""
    started: list[subprocess.Popen[str]] = []
    home = os.environ | {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}

    def serve(*arguments: str) -> tuple[subprocess.Popen[str], dict[str, str]]:
        command = [COMMAND, "serve", "--port", "0", "--workers", "1", "--json", *arguments]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=home))
        return started[-1], json.loads(started[-1].stdout.readline())

    yield serve
    for process in started:
        process.kill()
        process.communicate()


def interrupt(process: subprocess.Popen[str]) -> None:
    """Types Ctrl-C, which must end a service with status 0 and no word."""
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 0
    assert process.stderr.read() == ""


def test_the_command_introduces_itself() -> None:
    """It tells its version and its commands, and asks for one when it gets none."""
    assert run("--version").stdout == f"pasqal-cloud {version('pasqal-cloud')}\n"
    for completed in (run("--help"), run()):
        assert "serve" in completed.stdout + completed.stderr
    unknown = run("sirve")
    assert unknown.returncode == 2
    assert "sirve" in unknown.stderr


def test_both_commands_take_the_same_options(tmp_path: Path) -> None:
    """`serve --help` says what `python -m pasqal_cloud.local --help` does, but for its name and its database."""
    usual = os.environ | {"COLUMNS": "200", "XDG_DATA_HOME": str(tmp_path)}
    module = [sys.executable, "-m", "pasqal_cloud.local", "--help"]
    other = subprocess.run(module, capture_output=True, text=True, check=True, env=usual).stdout
    own = run("serve", "--help", XDG_DATA_HOME=str(tmp_path)).stdout
    assert "exit statuses:" in own
    of_options = [line.split("  ")[1] for line in own.splitlines() if line.startswith("  -")]
    assert of_options == [line.split("  ")[1] for line in other.splitlines() if line.startswith("  -")]
    different = set(own.splitlines()[10:]) ^ set(other.splitlines()[10:])
    assert {line.split()[0] for line in different} == {"--db"}
    assert f"{tmp_path}/pasqal-cloud/service.db" in own


@pytest.mark.parametrize("missing", ["typer", "rich", "platformdirs"])
def test_a_missing_extra_is_told(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a package of the extra, the command says in one sentence what to install."""
    monkeypatch.setattr(cli, "find_spec", lambda name: None if name == missing else find_spec(name))
    with pytest.raises(SystemExit) as exit:
        cli.main()
    assert exit.value.code == 3
    told = capsys.readouterr().err
    assert missing in told
    assert 'pip install "pasqal-cloud[cli]' in told
    assert told.count("\n") == 1


@pytest.mark.slow
def test_the_database_is_kept(
    serve: Callable[..., tuple[subprocess.Popen[str], dict[str, str]]], tmp_path: Path
) -> None:
    """From run to run users and projects stay; a second service beside the first is refused."""
    process, first = serve()
    path = tmp_path / "data" / "pasqal-cloud" / "service.db"
    assert path.exists()
    second = run("serve", "--port", "0", XDG_DATA_HOME=str(tmp_path / "data"))
    assert second.returncode == 5
    assert str(path) in second.stderr
    interrupt(process)
    process, again = serve()
    assert {**again, "url": ""} == {**first, "url": ""}
    interrupt(process)


@pytest.mark.slow
def test_a_temporary_database_is_not_kept(
    serve: Callable[..., tuple[subprocess.Popen[str], dict[str, str]]], tmp_path: Path
) -> None:
    """With --temporary, nothing is left where the database would be."""
    process, connection = serve("--temporary")
    assert httpx.get(connection["url"]).status_code == 200
    interrupt(process)
    assert not (tmp_path / "data").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "status"),
    [("--workers none", 2), ("--host 0.0.0.0", 2), ("--temporary --devices NONE", 6), ("--db /dev/null/x", 5)],
)
def test_statuses_are_the_services(arguments: str, status: int) -> None:
    """What keeps a service from starting is told in one sentence, with the status that --help documents."""
    completed = run("serve", "--port", "0", *arguments.split())
    assert completed.returncode == status
    assert completed.stderr.count("\n") == 1
    assert completed.stdout == ""


@pytest.mark.parametrize(
    ("typed", "completed"), [("pasqal-cloud se", {"serve"}), ("pasqal-cloud serve --po", {"--port"})]
)
def test_the_shell_completes(typed: str, completed: set[str]) -> None:
    """Commands and options are completed."""
    words = {"COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" "))}
    answer = run(_PASQAL_CLOUD_COMPLETE="complete_bash", **words)
    assert set(answer.stdout.split()) == completed
