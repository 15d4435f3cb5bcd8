"""`pasqal-cloud users` and `pasqal-cloud projects` on the database of a local service."""

from __future__ import annotations

import os
import pty
import sys
from collections.abc import Callable
from subprocess import Popen
from typing import TYPE_CHECKING

import pytest

from .conftest import Ended

if TYPE_CHECKING:
    from pathlib import Path

Cli = Callable[..., Ended]


@pytest.fixture
def local(cli: Cli, tmp_path: Path) -> Cli:
    """Calls the program with a database of its own."""
    return lambda *arguments, **options: cli(*arguments, "--db", str(tmp_path / "service.db"), **options)


def test_projects_and_users_are_added_and_listed(local: Cli) -> None:
    """Lists have tables and JSON, like other commands; what is made up is printed once, and alone."""
    added = local("projects", "add", "Lab", "--priority", "high", "--weight", "3", "--max-waiting", "100")
    assert added.err == "Added the project Lab.\n"
    local("projects", "add", "Cold", "--max-seconds", "3600", "--device", "EMU_FREE")
    generated = local("users", "add", "ada", "--project", "Lab", "--project", "Cold", "--role", "admin", "--generate")
    assert len(generated.out.strip()) == 24
    assert "ada" in generated.err
    assert generated.out not in generated.err
    projects = local("projects", "list", "--json").json
    assert [each["name"] for each in projects] == ["Cold", "Lab"]
    assert projects[1]["id"] == added.out.strip()
    assert (projects[1]["queue_priority"], projects[1]["weight"], projects[1]["max_waiting_jobs"]) == ("HIGH", 3, 100)
    assert local("projects", "list").rows == [
        ["Cold", projects[0]["id"][:8], "FREE", "1", "0", "0", "0 of 3,600", "EMU_FREE"],
        ["Lab", projects[1]["id"][:8], "HIGH", "3", "0 of 100", "0", "0", "all"],
    ]
    assert "0 of 100" in local("projects", "list", columns=120).out
    assert local("users", "list", "--json", "username,status,projects,tokens_since").json == [
        {"username": "ada", "status": "active", "projects": ["Lab", "Cold"], "tokens_since": None}
    ]
    assert local("projects", "members", projects[1]["id"][:8]).rows == [["ada", "ADMIN"]]


def test_projects_are_changed(local: Cli) -> None:
    """What is not named stays; `none` and `all` remove limits."""
    local(
        "projects", "add", "Lab", "--max-waiting", "5", "--max-seconds", "1.5", "--device", "EMU_FREE", "--weight", "2"
    )
    changed = local("projects", "set", "Lab", "--max-waiting", "none", "--device", "all", "--name", "Lab 2", "--json")
    (project,) = changed.json
    assert (project["name"], project["max_waiting_jobs"], project["allowed_device_types"]) == ("Lab 2", None, None)
    assert (project["max_emulation_seconds"], project["weight"]) == (1.5, 2)
    assert local("projects", "set", "Lab", "--weight", "3").status == 5
    assert "takes a number or none" in local("projects", "set", "Lab 2", "--max-seconds", "many").err


def test_users_are_changed(local: Cli) -> None:
    """Each command says in one line what it did."""
    local("projects", "add", "Lab")
    for command, said in (
        (("users", "add", "ada", "--stdin"), "Added"),
        (("projects", "add-member", "Lab", "ada"), "is a member of"),
        (("users", "passwd", "ada", "--stdin"), "Changed the password"),
        (("users", "revoke", "ada"), "are refused from now on"),
        (("users", "disable", "ada"), "can't log in anymore"),
        (("users", "enable", "ada"), "can log in again"),
        (("projects", "remove-member", "Lab", "ada"), "no longer a member"),
        (("users", "remove", "ada"), "Deleted"),
    ):
        ended = local(*command, input="a long password\nand more\n")
        assert (ended.status, ended.out) == (0, "")
        assert said in ended.err
        assert ended.err.count("\n") == 1
    assert local("users", "list").out == ""


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        (("users", "revoke", "eve"), 5, "There is no user eve."),
        (("users", "add", "ada", "--project", "Lab", "--generate"), 5, "There is no project Lab."),
        (("users", "add", "ada"), 2, "Give --stdin, or --generate."),
        (("users", "add", "ada", "--generate", "--stdin"), 2, "can't be combined"),
        (("users", "add", "ada", "--password", "in the list of processes"), 2, "No such option"),
    ],
)
def test_what_is_wrong_is_told(local: Cli, command: tuple[str, ...], status: int, said: str) -> None:
    """In one line, with the statuses of other commands; nothing is changed."""
    ended = local(*command)
    assert (ended.status, ended.out) == (status, "")
    assert said in ended.err
    assert ended.err.count("\n") == 1
    assert local("users", "list").out == ""


def test_a_short_password_from_standard_input(local: Cli) -> None:
    """It is refused as it is anywhere else."""
    assert "at least 12" in local("users", "add", "ada", "--stdin", input="short\n").err
    assert local("users", "add", "ada", "--stdin", input="a long password\n").status == 0


@pytest.mark.slow
def test_the_password_is_asked_for_twice(tmp_path: Path) -> None:
    """It is not shown, and asked for again if the two differ."""
    main, terminal = pty.openpty()
    command = [sys.executable, "-m", "pasqal_cloud", "users", "add", "ada", "--db", str(tmp_path / "service.db")]
    process = Popen(command, preexec_fn=lambda: os.login_tty(terminal))  # noqa: PLW1509 - no thread of this test holds a lock
    os.close(terminal)
    shown = ""
    for question, answer in (
        ("Password: ", "a long password"),
        ("Again: ", "a long passwort"),
        ("Password: ", "a long password"),
        ("Again: ", "a long password"),
    ):
        while question not in shown:
            shown += os.read(main, 1024).decode()
        shown = ""
        os.write(main, f"{answer}\n".encode())
    assert process.wait(60) == 0
    rest = os.read(main, 1024).decode()
    os.close(main)
    assert "Added the user ada" in shown + rest
    assert "a long" not in shown + rest


def test_the_projects_of_the_account_are_listed_as_before(cli: Cli, service: object) -> None:
    """Without a command, and with options of that list."""
    alone = cli("projects", "--json", "id")
    assert alone.status == 0
    assert alone.json == cli("projects", "mine", "--json", "id").json
    assert "mine" in cli("projects", "--help").out
