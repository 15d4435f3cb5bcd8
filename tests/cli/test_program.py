"""The program as a whole: help, JSON's option, errors, terminals, pipes, Ctrl-C, completion."""

import io
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer.main
from rich.console import Console

from pasqal_cloud import Job, ServerError, SubmissionUnknownError
from pasqal_cloud.cli import commands
from pasqal_cloud.cli.batches import _table
from pasqal_cloud.cli.errors import EPILOG, ExitStatus

from .conftest import NOBODY, Ended

PROGRAM = [sys.executable, "-m", "pasqal_cloud"]
PATIENCE = 60

Cli = Callable[..., Ended]


def all_commands(node: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command of the program, and its groups."""
    node = node or typer.main.get_command(commands.app)
    yield path, node
    for name, inner in getattr(node, "commands", {}).items():
        yield from all_commands(inner, (*path, name))


COMMANDS = [path for path, _ in all_commands()]


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_has_a_help(cli: Cli, path: tuple[str, ...]) -> None:
    """`-h` and `--help` are alike, and every option is explained."""
    shown = cli(*path, "--help")
    assert (shown.status, shown.err) == (0, "")
    assert cli(*path, "-h") == shown
    node = dict(all_commands())[path]
    for option in node.params if path != ("serve",) else ():
        assert option.help, option.name
        assert all(name == name.lower() for name in option.opts if name.startswith("--")), option.opts


def test_the_help_shows_no_types_behind_flags(cli: Cli) -> None:
    """What can be given after an option is there; a flag takes nothing."""
    shown = cli("batches", "cancel", "--help", TERMINAL_WIDTH="100").out + cli("--help").out + cli("jobs", "-h").out
    assert "<bool>" not in shown
    assert "<str>" not in shown
    assert "--debug" in shown
    assert "[FIELDS]" in shown


def test_the_help_is_readable_in_a_narrow_terminal() -> None:
    """No word is cut, and there is no frame."""
    narrow = os.environ | {"COLUMNS": "40", "TERM": "dumb"}
    shown = run("run", "--help", capture_output=True, env=narrow).stdout
    assert "…" not in shown
    assert "│" not in shown
    assert shown.startswith("Usage: pasqal-cloud run")


@pytest.mark.parametrize(
    ("arguments", "keys"),
    [
        (["--json", "{id}"], 15),
        (["{id}", "--json"], 15),
        (["--json", "id", "{id}"], 1),
        (["--json", "id,status,", "{id}"], 2),
        (["--json=id", "{id}"], 1),
        (["{id}", "--json", "--debug"], 15),
    ],
)
def test_fields_may_follow_json(cli: Cli, batch: Any, arguments: list[str], keys: int) -> None:
    """What follows `--json` is taken for fields only if it looks like them."""
    shown = cli("batches", "show", *(argument.format(id=batch.id) for argument in arguments))
    assert len(shown.json) == keys


def test_an_unknown_field(cli: Cli, service: Any) -> None:
    """The known ones are told, and nothing is sent."""
    ended = cli("batches", "list", "--json", "id,staus")
    assert ended.status == 2
    assert ended.err.startswith("Error: Unknown field after --json: staus. There are id, status, ")
    assert service.requests("listBatches") == []


@pytest.mark.parametrize(
    ("fault", "status", "told"),
    [
        ({"status": 401}, 4, "Log in again: pasqal-cloud login"),
        ({"status": 403}, 4, "pasqal-cloud whoami shows who you are."),
        ({"status": 404}, 5, "shows the ids."),
        ({"status": 409, "body": {"message": "two\nlines"}}, 1, "two lines"),
        ({"status": 422, "body": {"message": "No."}}, 1, "No."),
    ],
)
def test_an_error_is_one_line(cli: Cli, service: Any, fault: dict[str, Any], status: int, told: str) -> None:
    """It says what failed and what to do; its status tells scripts the kind."""
    with service.fault("getBatch", **fault):
        ended = cli("batches", "show", NOBODY)
    assert (ended.status, ended.out) == (status, "")
    assert re.fullmatch(r"Error: Fetching the batch failed: .*\n", ended.err)
    assert told in ended.err


def test_an_unknown_submission_has_a_status_of_its_own(
    cli: Cli, service: Any, sequence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script must not repeat it blindly: 8."""
    error = SubmissionUnknownError("Perhaps it was.")
    monkeypatch.setattr("pasqal_cloud.SDK.create_batch", lambda *_, **__: (_ for _ in ()).throw(error))
    ended = cli("run", sequence)
    assert ended.status == 8
    assert "Look before you repeat it" in ended.err


def test_debug_shows_the_traceback(cli: Cli, service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only with that option; a defect of the program says that it is one."""
    with service.fault("getBatch", status=404):
        shown = cli("batches", "show", NOBODY, "--debug").err
        assert "Traceback" in shown
        assert "session.py" in shown  # with what happened inside the package
    monkeypatch.setattr("pasqal_cloud.SDK.get_batch", lambda *_: 1 / 0)
    ended = cli("batches", "show", NOBODY)
    assert (ended.status, ended.out) == (1, "")
    assert ended.err == (
        "Error: ZeroDivisionError: division by zero. This is a defect of pasqal-cloud: --debug shows where.\n"
    )
    assert "Traceback" in cli("batches", "show", NOBODY, "--debug").err


def test_exit_statuses_are_documented() -> None:
    """In the help of the program and on the page about it."""
    page = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text()
    for status in ExitStatus:
        assert f"| {status.value} |" in page
        assert f" {status.value} " in EPILOG or status == ExitStatus.BROKEN_PIPE


def test_no_colour(cli: Cli, batch: Any) -> None:
    """A terminal gets colours, unless NO_COLOR is set; a pipe gets none."""
    colours = re.compile(r"\x1b\[[\d;]*3\d")
    terminal = {"FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": "120"}
    assert colours.search(cli("batches", "list", **terminal).out)
    assert not colours.search(cli("batches", "list", **terminal, NO_COLOR="1").out)
    assert "\x1b" not in cli("batches", "list").out
    assert "\x1b" not in cli("batches", "list", "--json", **terminal).out


def run(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Runs the program as a process."""
    return subprocess.run([*PROGRAM, *arguments], check=False, text=True, timeout=PATIENCE, **options)


def test_ascii(batch: Any, service: Any) -> None:
    """Where only ASCII can be printed, bars are made of `#`."""
    ascii = os.environ | {"PYTHONIOENCODING": "ascii", "FORCE_COLOR": "1", "TERM": "dumb", "COLUMNS": "80"}
    shown = run("results", batch.ordered_jobs[0].id, capture_output=True, env=ascii)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.splitlines()[1].split() == ["01", "75", "75.0%", "#" * 22]


def test_a_pipe_that_closes_early(service: Any, sdk: Any) -> None:
    """As with `| head`, the program ends without a word."""
    sdk.create_batch("{}", [{"runs": 1}])
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as closed:
        ended = run("batches", "list", stdout=closed, stderr=subprocess.PIPE)
    assert (ended.returncode, ended.stderr) == (141, "")


def test_ctrl_c_while_waiting(service: Any, sequence: str) -> None:
    """The ids stay on standard error, with the command that returns to the batch, which goes on."""
    with service.outcome(hold=True), service.sdk() as sdk:
        process = subprocess.Popen([*PROGRAM, "run", sequence, "--wait"], stderr=subprocess.PIPE, text=True)
        created = process.stderr.readline()
        (id,) = re.findall(r"^Created batch ([0-9a-f-]{36})\.$", created)
        until(lambda: service.requests("getBatchStatus"))
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 130
        first, last = (
            f"Error: Interrupted. It goes on: batch {id} (",
            f"Return to it with pasqal-cloud batches wait {id}\n",
        )
        assert err.startswith(first)
        assert err.endswith(last)
        assert err.count("\n") == 1
        assert sdk.get_batch(id).status == "RUNNING"


def until(holds: Callable[[], object]) -> None:
    """Waits until something holds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        select.select([], [], [], 0.01)


class Terminal:
    """A terminal in which the program runs."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        self.written = ""
        self.process, self._end = pty.fork()
        if self.process == 0:
            os.execve(sys.executable, [*PROGRAM, *arguments], os.environ | {"TERM": "xterm"} | environment)

    def wait_for(self, text: str) -> None:
        """Reads until the program has written a text."""
        end = time.monotonic() + PATIENCE
        while text not in self.written:
            assert time.monotonic() < end, self.written
            if select.select([self._end], [], [], 1)[0]:
                self.written += os.read(self._end, 4096).decode()

    def type(self, line: str) -> None:
        os.write(self._end, f"{line}\n".encode())

    def close(self) -> int:
        """Reads the rest, and gets the exit status."""
        try:
            while more := os.read(self._end, 4096):
                self.written += more.decode()
        except OSError:  # how Linux ends it
            pass
        os.close(self._end)
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])


def test_a_password_is_asked_for(home: Path, pasqal_service: Any) -> None:
    """In a terminal, and not shown there."""
    terminal = Terminal("login", "--url", pasqal_service.url)
    terminal.wait_for("E-mail address: ")
    terminal.type(pasqal_service.username)
    terminal.wait_for("Password: ")
    terminal.type(pasqal_service.password)
    assert terminal.close() == 0
    assert "Saved the profile default" in terminal.written
    assert pasqal_service.password not in terminal.written
    assert f"password={pasqal_service.password}" in (home / ".pasqal" / "config").read_text()


def test_a_terminal_shows_progress(service: Any, sequence: str) -> None:
    """One line, with the device, the numbers, the time and the id; it is gone at the end."""
    with service.outcome(hold=True) as outcome:
        terminal = Terminal("run", sequence, "--device", "EMU_FREE", "--wait", COLUMNS="100", NO_COLOR="1")
        terminal.wait_for("EMU_FREE · 0 of 1 done, 1 running · 0:0")
        outcome.release()
    assert terminal.close() == 0
    assert terminal.written.splitlines()[-1].split()[0] == "0"


@pytest.mark.slow
def test_logs_stand_above_the_line_of_progress(service: Any, sequence: str) -> None:
    """And do not begin behind it."""
    with service.outcome(hold=True) as outcome:
        terminal = Terminal("run", sequence, "--wait", "--debug", COLUMNS="300", NO_COLOR="1")
        terminal.wait_for("0 of 1 done, 1 running · 0:01")
        outcome.release()
    assert terminal.close() == 0
    logged = re.findall(r"[^\r\n]*(?:GET|POST) [^\r\n]*", terminal.written)
    assert any("/status" in line or "/batches" in line for line in logged)
    assert [line for line in logged if "done" in line.partition("http")[0]] == []


def test_a_short_terminal_says_how_many_jobs_are_left_out() -> None:
    """As many rows as there is room for, one of them for the number."""
    jobs = [Job(id=f"{number:08}-0000-4000-8000-000000000000", status="RUNNING") for number in range(15)]
    for height, shown, left in ((4, 3, "12 more"), (15, 15, ""), (0, 0, "15 more")):
        batch: Any = SimpleNamespace(id=NOBODY, status="RUNNING", ordered_jobs=jobs)
        out = Console(file=io.StringIO(), width=100)
        out.print(_table(batch, height))
        text = out.file.getvalue()  # type: ignore[attr-defined]
        assert (text.count("RUNNING"), left in text) == (shown, True)
        assert left or " more" not in text


@pytest.mark.parametrize(
    ("typed", "near"), [("--shots", "--runs"), ("--emulator", "--device"), ("--device-type", "--device")]
)
def test_options_by_their_usual_names(cli: Cli, sequence: str, typed: str, near: str) -> None:
    """The names of the field are known, where the command has such an option."""
    ended = cli("run", sequence, typed, "5")
    assert (ended.status, near in ended.err) == (2, True)
    assert "--runs" not in cli("devices", "--shots", "5").err


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("batches li", {"list"}),
        ("batches list --status ca", {"canceling", "canceled"}),
        ("devices --device EMU_F", {"EMU_FREE", "EMU_FRESNEL"}),
        ("jobs list --json id,sta", {"id,status", "id,start_timestamp"}),
        ("logout --profile l", {"lab"}),
    ],
)
def test_the_shell_completes(cli: Cli, home: Path, typed: str, completed: set[str]) -> None:
    """Commands, statuses, devices, fields and profiles."""
    (home / ".pasqal").mkdir()
    (home / ".pasqal" / "config").write_text("[lab]\nusername=ada\n")
    line = f"pasqal-cloud {typed}"
    words = {"COMP_WORDS": line, "COMP_CWORD": str(line.count(" ")), "_PASQAL_CLOUD_COMPLETE": "complete_bash"}
    assert set(cli(**words).out.split()) == completed


def test_no_command_takes_a_password() -> None:
    """Other users see arguments of programs."""
    options = {
        name for path, node in all_commands() if path != ("serve",) for each in node.params for name in each.opts
    }
    assert options
    assert [name for name in options if "passw" in name or "secret" in name] == []


def test_errors_that_are_not_foreseen_have_a_status(cli: Cli, service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any other error of the package is 1."""
    error = ServerError("Out of order.", status=500)
    monkeypatch.setattr("pasqal_cloud.SDK.get_batch", lambda *_: (_ for _ in ()).throw(error))
    assert cli("batches", "show", NOBODY).status == 1
