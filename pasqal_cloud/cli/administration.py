"""`pasqal-cloud users` and `pasqal-cloud projects`: who may use a local service, and how much of it."""

from __future__ import annotations

import re
import secrets
import sys
from contextlib import contextmanager
from datetime import datetime
from importlib.util import find_spec
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from pasqal_cloud.cli import account
from pasqal_cloud.cli.command import command, group
from pasqal_cloud.cli.errors import CommandError, ExitStatus
from pasqal_cloud.cli.help import PlainGroup
from pasqal_cloud.cli.output import View, note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pasqal_cloud.local.administration import Administrator
    from pasqal_cloud.local.store import Usage

NEEDED = ("argon2", "filelock", "platformdirs", "sqlalchemy")
"""The packages that the database of a local service needs."""

Username = Annotated[str, typer.Argument(metavar="NAME", help="The username.")]
Project = Annotated[str, typer.Argument(metavar="PROJECT", help="The project's name, or its id or how that begins.")]
Db = Annotated[
    str | None,
    typer.Option("--db", metavar="PATH|URL", help="The service's database; by default the one that `serve` keeps."),
]
Role = Annotated[Literal["admin", "member"] | None, typer.Option("--role", help="The role in the projects.")]
Stdin = Annotated[bool, typer.Option("--stdin", help="Read the password from standard input.")]
Generate = Annotated[bool, typer.Option("--generate", help="Make up a password, and print it once.")]
Priority = Annotated[
    Literal["critical", "high", "medium", "low", "free"] | None,
    typer.Option("--priority", help="The priority of batches that are submitted from now on."),
]
Weight = Annotated[
    int | None, typer.Option("--weight", metavar="N", min=1, help="The share among projects of the same priority.")
]
MaxWaiting = Annotated[
    str | None, typer.Option("--max-waiting", metavar="N|none", help="How many of its jobs may wait.")
]
MaxSeconds = Annotated[
    str | None, typer.Option("--max-seconds", metavar="S|none", help="How many seconds its jobs may run in all.")
]
Devices = Annotated[
    list[str] | None, typer.Option("--device", metavar="TYPE|all", help="A device that it may use; may be repeated.")
]

USERS = View(
    {
        "username": itemgetter("username"),
        "id": itemgetter("id"),
        "status": itemgetter("status"),
        "projects": itemgetter("projects"),
        "created_at": lambda user: datetime.fromisoformat(user["created_at"]),
        "tokens_since": lambda user: user["tokens_since"] and datetime.fromisoformat(user["tokens_since"]),
    },
    {"username": "username", "status": "status", "created": "created_at", "projects": "projects"},
    wrapped=frozenset({"username", "projects"}),
)


def _of_project(name: str) -> Any:
    return lambda usage: usage.project[name]


PROJECTS = View(
    {
        **{name: _of_project(name) for name in ("id", "name", "queue_priority", "weight")},
        "waiting_jobs": lambda usage: usage.waiting,
        "max_waiting_jobs": _of_project("max_waiting_jobs"),
        "running_jobs": lambda usage: usage.running,
        "emulation_seconds": _of_project("emulation_seconds"),
        "max_emulation_seconds": _of_project("max_emulation_seconds"),
        "recent_seconds": _of_project("recent_seconds"),
        "allowed_device_types": _of_project("allowed_device_types"),
    },
    {
        "name": "name",
        "id": lambda usage: usage.project["id"][:8],
        "priority": "queue_priority",
        "weight": "weight",
        "waiting": lambda usage: _of(usage.waiting, usage.project["max_waiting_jobs"]),
        "running": "running_jobs",
        "seconds": lambda usage: _of(usage.project["emulation_seconds"], usage.project["max_emulation_seconds"]),
        "devices": lambda usage: usage.project["allowed_device_types"] or "all",
    },
    wrapped=frozenset({"name", "devices"}),
)

MEMBERS = View(
    {name: itemgetter(name) for name in ("username", "role", "id")}, {"username": "username", "role": "role"}
)


def _of(used: float, most: float | None) -> str:
    return f"{used:,.0f}" if most is None else f"{used:,.0f} of {most:,.0f}"


@contextmanager
def _administering(db: str | None) -> Iterator[Administrator]:
    """Opens the database, and turns its errors into those of commands."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        needed = f"{', '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} not installed"
        message = f'The database of a local service needs {needed}: pip install "pasqal-cloud[testing]"'
        raise CommandError(message, None, ExitStatus.MISSING_EXTRA)
    from pasqal_cloud.local.administration import AdministrationError, UnknownNameError, administering
    from pasqal_cloud.local.database import is_server, kept_database
    from pasqal_cloud.local.options import UnusableDatabaseError
    from pasqal_cloud.local.store import AwayError, FullDiskError

    if db and is_server(db) and None in map(find_spec, ("psycopg", "greenlet")):
        message = 'PostgreSQL needs psycopg and greenlet: pip install "pasqal-cloud[postgres]"'
        raise CommandError(message, None, ExitStatus.MISSING_EXTRA)
    try:
        with administering(db or kept_database()) as administrator:
            yield administrator
    except UnknownNameError as error:
        raise CommandError(str(error), None, ExitStatus.NOT_FOUND) from error
    except (AdministrationError, AwayError, FullDiskError, UnusableDatabaseError) as error:
        raise CommandError(str(error)) from error


# -------------------------------------------------------------------------------------------------------------- users


def list_users(db: Db = None) -> list[dict[str, Any]]:
    """List the users of a local service."""
    with _administering(db) as administrator:
        return [dict(user) | {"status": _status(user)} for user in administrator.users()]


def _status(user: Any) -> str:
    return "disabled" if user["disabled"] else "of the service" if user["password"] is None else "active"


def add_user(
    username: Username,
    project: Annotated[
        list[str] | None,
        typer.Option("--project", metavar="PROJECT", help="A project to join, by name or id; may be repeated."),
    ] = None,
    role: Role = None,
    stdin: Stdin = False,
    generate: Generate = False,
    db: Db = None,
) -> None:
    """Add a user to a local service.

    The password is asked for, and never an argument. Without --project, the user can log in, but not submit anything.
    """
    with _administering(db) as administrator:
        administrator.check_new(username, project or ())
        password = _password(stdin=stdin, generate=generate)
        administrator.add_user(username, password, project or (), role and role.upper())
    note(f"Added the user {username}.")
    if generate:
        typer.echo(password)


def remove_user(username: Username, db: Db = None) -> None:
    """Delete a user who has never submitted anything; disable others."""
    with _administering(db) as administrator:
        administrator.remove_user(username)
    note(f"Deleted the user {username}.")


def disable_user(username: Username, db: Db = None) -> None:
    """Refuse a user's logins and tokens from now on."""
    with _administering(db) as administrator:
        administrator.set_disabled(username, disabled=True)
    note(f"The user {username} can't log in anymore. Batches that were submitted run as before.")


def enable_user(username: Username, db: Db = None) -> None:
    """Let a disabled user log in again."""
    with _administering(db) as administrator:
        administrator.set_disabled(username, disabled=False)
    note(f"The user {username} can log in again.")


def change_password(username: Username, stdin: Stdin = False, generate: Generate = False, db: Db = None) -> None:
    """Change a user's password; tokens issued so far are refused."""
    with _administering(db) as administrator:
        administrator.check_known(username)
        password = _password(stdin=stdin, generate=generate)
        administrator.set_password(username, password)
    note(f"Changed the password of {username}.")
    if generate:
        typer.echo(password)


def revoke_tokens(username: Username, db: Db = None) -> None:
    """Refuse all tokens that were issued to a user so far."""
    with _administering(db) as administrator:
        administrator.revoke(username)
    note(f"All tokens of {username} are refused from now on.")


def _password(*, stdin: bool, generate: bool) -> str:
    if generate and stdin:
        raise CommandError("--generate and --stdin can't be combined.", None, ExitStatus.WRONG_OPTIONS)
    if generate:
        return secrets.token_urlsafe(18)
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        hint = "Give --stdin, or --generate."
        raise CommandError("There is no terminal to ask for the password.", hint, ExitStatus.WRONG_OPTIONS)
    answer: str = typer.prompt("Password", hide_input=True, confirmation_prompt="Again", err=True)
    return answer


# ----------------------------------------------------------------------------------------------------------- projects


def list_projects(db: Db = None) -> list[Usage]:
    """List the projects of a local service, with what they use and may use."""
    with _administering(db) as administrator:
        return administrator.projects()


def list_members(project: Project, db: Db = None) -> list[Any]:
    """List the members of a project of a local service."""
    with _administering(db) as administrator:
        return administrator.members(administrator.project(project))


def add_project(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name of the project.")],
    priority: Priority = None,
    weight: Weight = None,
    max_waiting: MaxWaiting = None,
    max_seconds: MaxSeconds = None,
    device: Devices = None,
    db: Db = None,
) -> None:
    """Add a project to a local service, and print its id."""
    limits = _limits(priority, weight, max_waiting, max_seconds, device)
    with _administering(db) as administrator:
        project_id = administrator.add_project(name, **limits)
    note(f"Added the project {name}.")
    typer.echo(project_id)


def set_project(
    project: Project,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="A new name.")] = None,
    priority: Priority = None,
    weight: Weight = None,
    max_waiting: MaxWaiting = None,
    max_seconds: MaxSeconds = None,
    device: Devices = None,
    db: Db = None,
) -> list[Usage]:
    """Change the share and the limits of a project of a local service."""
    limits = _limits(priority, weight, max_waiting, max_seconds, device) | ({"name": name} if name else {})
    with _administering(db) as administrator:
        found = administrator.project(project).project["id"]
        administrator.set_project(found, **limits)
        return [administrator.project(found)]


def add_member(project: Project, username: Username, role: Role = None, db: Db = None) -> None:
    """Make a user a member of a project, or change their role in it."""
    with _administering(db) as administrator:
        administrator.join(project, username, role and role.upper())
    note(f"{username} is a member of the project {project}.")


def remove_member(project: Project, username: Username, db: Db = None) -> None:
    """End a user's membership of a project."""
    with _administering(db) as administrator:
        administrator.leave(project, username)
    note(f"{username} is no longer a member of the project {project}.")


def _limits(
    priority: str | None,
    weight: int | None,
    max_waiting: str | None,
    max_seconds: str | None,
    devices: list[str] | None,
) -> dict[str, Any]:
    """Gets the columns to change."""
    limits: dict[str, Any] = {}
    if priority is not None:
        limits["queue_priority"] = priority.upper()
    if weight is not None:
        limits["weight"] = weight
    if max_waiting is not None:
        limits["max_waiting_jobs"] = _limit("--max-waiting", max_waiting, int)
    if max_seconds is not None:
        limits["max_emulation_seconds"] = _limit("--max-seconds", max_seconds, float)
    if devices:
        limits["allowed_device_types"] = None if devices == ["all"] else devices
    return limits


def _limit(option: str, text: str, kind: type[int] | type[float]) -> float | None:
    if text.lower() == "none":
        return None
    if not re.fullmatch(r"\d{1,15}" if kind is int else r"\d{1,15}(\.\d+)?", text):
        raise CommandError(f"{option} takes a number or none, not {text}.", None, ExitStatus.WRONG_OPTIONS)
    return kind(text)


# -------------------------------------------------------------------------------------------------------- the groups


class _Projects(PlainGroup):
    """A group of which `mine` is meant if no command is named: it was there before the others."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parses the arguments; options other than those for the help belong to `mine`."""
        is_option = bool(args) and args[0].startswith("-") and args[0] not in ("-h", "--help")
        return super().parse_args(ctx, ["mine", *args] if is_option or not args else args)


users = group("users", "Add users to a local service, and change or revoke what they may do.")
command(users, "list", view=USERS)(list_users)
command(users, "add")(add_user)
command(users, "remove")(remove_user)
command(users, "disable")(disable_user)
command(users, "enable")(enable_user)
command(users, "passwd")(change_password)
command(users, "revoke")(revoke_tokens)

projects = typer.Typer(
    name="projects",
    cls=_Projects,
    help="List the projects of your account; add projects to a local service, and set their shares and limits.",
)
command(projects, "mine", view=account.PROJECTS)(account.projects)
command(projects, "list", view=PROJECTS)(list_projects)
command(projects, "members", view=MEMBERS)(list_members)
command(projects, "add")(add_project)
command(projects, "set", view=PROJECTS)(set_project)
command(projects, "add-member")(add_member)
command(projects, "remove-member")(remove_member)
