"""The command, `python -m pasqal_cloud.local`: its options, what it prints, and how it ends."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from importlib.metadata import version
from importlib.util import find_spec
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from pasqal_cloud.local import __main__ as command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from .conftest import LocalService

PATIENCE = 60
LAST_LINE = "/core-fast/api/v1/batches"


@contextmanager
def printing(*arguments: str, **environment: str) -> Iterator[str]:
    """Runs the command, and gives what it prints for people; Ctrl-C must end it without a trace."""
    with subprocess.Popen(
        [sys.executable, "-m", "pasqal_cloud.local", "--port", "0", "--workers", "1", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    ) as process:
        told = ""
        while LAST_LINE not in told and (line := process.stdout.readline()):
            told += line
        try:
            yield told
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == 0
            assert process.stderr.read() == ""


def snippets(told: str) -> dict[str, str]:
    """Finds the snippets, by the first word of their titles."""
    found = re.findall(r"^(\S[^\n]*):\n\n((?:(?: {4}[^\n]*)?\n)+)", told, re.MULTILINE)
    return {title.split()[0]: dedent(snippet) for title, snippet in found}


def test_the_service_does_without_pulser() -> None:
    """Importing all that the service process runs loads neither Pulser nor numpy, nor the facade and its client."""
    code = """
import sys
import pasqal_cloud.local.__main__, pasqal_cloud.local.http.app, pasqal_cloud.local.assembly
print(sorted({"pulser", "pulser_simulation", "numpy", "qutip", "httpx", "pasqal_cloud_api"} & set(sys.modules)))
"""
    completed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert completed.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("missing", "engine", "extra"),
    [("pulser", "emulators", "local"), ("starlette", "emulators", "local"), ("jinja2", "scripted", "testing")],
)
def test_a_missing_extra_is_told(
    missing: str, engine: str, extra: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without one of the packages that the engine needs, the command says in one sentence what to install."""
    monkeypatch.setattr(command, "find_spec", lambda name: None if name == missing else find_spec(name))
    assert command.main(["--engine", engine]) == 3
    told = capsys.readouterr().err
    assert missing in told
    assert f'pip install "pasqal-cloud[{extra}]=={version("pasqal-cloud")}"' in told
    assert told.count("\n") == 1


def test_scripted_results_need_no_pulser() -> None:
    """With --engine scripted the service runs where neither Pulser nor pebble can be imported."""
    code = """
import sys
from importlib.abc import MetaPathFinder
class Missing(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"pulser", "pulser_simulation", "pebble", "numpy"}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Missing())
from pasqal_cloud.local.__main__ import main
sys.exit(main(["--engine", "scripted", "--port", "0", "--json"]))
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert json.loads(process.stdout.readline())["url"]
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0


def test_a_port_that_is_taken_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """When something else listens on the port, the command says so in one sentence."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert command.main(["--port", str(port)]) == 4
    told = capsys.readouterr().err
    assert f"port {port}: Address already in use" in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        "--workers 0",
        "--workers many",
        "--port 65536",
        "--port http",
        "--project-id mine",
        "--token-lifetime -1",
        "--token-lifetime nan",
        "--engine quantum",
        "--db here --temporary",
        "--password a --password-file b",
        "--unknown",
        "more",
    ],
)
def test_wrong_options_are_refused(arguments: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An option that is unknown, can't have its value or excludes another is named in one sentence, with status 2."""
    with pytest.raises(SystemExit) as exit:
        command.main(arguments.split())
    assert exit.value.code == 2
    told = capsys.readouterr().err
    assert arguments.split(maxsplit=1)[0] in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "status"), [("no database at all, but long enough to be one", 5), (None, 5)], ids=["text", "folder"]
)
def test_an_unusable_database_is_told(
    content: str | None, status: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A file that is no database, or a folder, is told in one sentence."""
    path = tmp_path / "service.db"
    if content is None:
        path.mkdir()
    else:
        path.write_text(content)
    completed = run("--engine", "scripted", "--db", str(path))
    assert completed.returncode == status
    assert str(path) in completed.stderr
    assert completed.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [["--devices", "EMU_NONE"], ["--specs", "/does/not/exist.json"]])
def test_devices_that_there_are_not_are_told(arguments: list[str]) -> None:
    """An unknown device, or specs that can't be read, is named in one sentence, with status 6."""
    completed = run("--engine", "scripted", *arguments)
    assert completed.returncode == 6
    assert arguments[1] in completed.stderr
    assert completed.stderr.count("\n") == 1


@pytest.mark.slow
def test_one_service_alone_uses_a_database(start: Callable[..., LocalService], tmp_path: Path) -> None:
    """A second service on the same database is refused, in one sentence; after a kill -9 of the first one starts."""
    path = tmp_path / "folder" / "service.db"
    first = start("--db", str(path))
    completed = run("--db", str(path))
    assert completed.returncode == 5
    assert "another service" in completed.stderr
    assert completed.stderr.count("\n") == 1
    first.kill()
    assert start("--db", str(path)).connection["password"] == first.connection["password"]


def test_the_database_is_its_owners(start: Callable[..., LocalService], tmp_path: Path) -> None:
    """Nobody else can read the files that hold what tokens are signed with."""
    service = start("--engine", "scripted", "--db", str(tmp_path / "service.db"))
    files = [path for path in tmp_path.iterdir() if path.name.startswith("service.db")]
    assert {path.name for path in files} >= {"service.db", "service.db-wal"}
    assert {path.stat().st_mode & 0o077 for path in files} == {0}
    assert service.stop() == 0


def test_devices_are_chosen(start: Callable[..., LocalService]) -> None:
    """--devices takes names apart by commas, and may be repeated; others are not served."""
    service = start("--engine=scripted", "--devices", "EMU_FREE,FRESNEL", "--devices", "EMU_FRESNEL")
    assert set(service.get("listDeviceSpecs")) == {"EMU_FREE", "FRESNEL", "EMU_FRESNEL"}


PASSWORDS = {
    "made": ([], {}),
    "shown": (["--username", "o'brien", "--password", 'it\'s "$HOME" \\ `ä` 100%'], {}),
    "variable": ([], {"PASQAL_LOCAL_PASSWORD": 'only "I" know'}),
    "file": (["--password-file", "{folder}/a password"], {}),
}


@pytest.fixture(params=PASSWORDS)
def people_are_told(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """What a service prints that got its password in each possible way, and the environment to run snippets in."""
    arguments, environment = PASSWORDS[request.param]
    (tmp_path / "a password").write_text("from a file\nand more\n")
    usual = {name: value for name, value in os.environ.items() if not name.startswith("PASQAL_")}
    with printing(*(argument.format(folder=tmp_path) for argument in arguments), **environment) as told:
        if request.param in ("variable", "file"):
            assert "only" not in told
            assert "from a file" not in told
        yield told, usual | environment | {"HOME": str(tmp_path)}


@pytest.mark.slow
def test_what_people_are_told_runs(people_are_told: tuple[str, dict[str, str]]) -> None:
    """Each snippet that is printed connects as printed, however the password was given."""
    told, environment = people_are_told
    found = snippets(told)
    assert list(found) == ["Python", "Environment", "curl"]

    def answer(*command: str) -> str:
        completed = subprocess.run(
            command, check=False, capture_output=True, text=True, env=environment, timeout=PATIENCE
        )
        assert completed.returncode == 0, completed.stderr
        return completed.stdout

    use = "\nprint(sdk.get_batches().total)"
    assert answer(sys.executable, "-c", found["Python"] + use) == "0\n"
    in_python = shlex.quote(f"from pasqal_cloud import SDK; sdk = SDK(){use}")
    assert answer("bash", "-c", f"{found['Environment']}\n{shlex.quote(sys.executable)} -c {in_python}") == "0\n"
    assert json.loads(answer("bash", "-c", found["curl"]))["pagination"]["total"] == 0


def test_people_are_told_what_is_served() -> None:
    """The status page's address, the devices and where the database is are printed, without a terminal's colours."""
    with printing("--devices", "EMU_FREE,FRESNEL") as told:
        assert re.search(r"^status page +http://127\.0\.0\.1:\d+/$", told, re.MULTILINE)
        assert re.search(r"^database +temporary ", told, re.MULTILINE)
        assert re.search(r"^devices +EMU_FREE$", told, re.MULTILINE)
        assert re.search(r"^stand-ins +FRESNEL \(emulated\)$", told, re.MULTILINE)
        assert "\033" not in told


@pytest.mark.parametrize("colourless", [False, True])
def test_a_terminal_gets_colours(colourless: bool) -> None:
    """In a terminal parts are marked, unless NO_COLOR asks for none."""
    terminal, end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "pasqal_cloud.local", "--port", "0", "--engine", "scripted"],
        stdout=end,
        env=os.environ | {"TERM": "xterm", "NO_COLOR": "1" if colourless else ""},
    )
    os.close(end)
    told = b""
    while LAST_LINE.encode() not in told:
        told += os.read(terminal, 4096)
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 0
    os.close(terminal)
    assert (b"\033[1m" in told) is not colourless


def test_nobody_need_read_what_is_printed(service: LocalService) -> None:
    """The service serves on when its standard output is closed at the other end."""
    reading, writing = os.pipe()
    os.close(reading)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with subprocess.Popen(
        [sys.executable, "-m", "pasqal_cloud.local", "--port", str(port), "--engine", "scripted"],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        os.close(writing)
        service.until(lambda: answers(port))
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
        assert process.stderr.read() == ""


def answers(port: int) -> bool:
    """Tells whether a service answers on a port."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.recv(12) == b"HTTP/1.1 200"
    except ConnectionRefusedError:
        return False


def test_ctrl_c_ends_it_while_it_starts() -> None:
    """An interrupt before anything is served ends it with status 0 and no trace."""
    with subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "pasqal_cloud.local", "--port", "0", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        for line in process.stderr:
            if "pasqal_cloud.local.http.contract" in line:  # far into the start, and before the end of it
                break
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
        assert process.wait(PATIENCE) == 0
    assert "Traceback" not in rest


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the command, which must end by itself."""
    return subprocess.run(
        [sys.executable, "-m", "pasqal_cloud.local", "--port", "0", *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
