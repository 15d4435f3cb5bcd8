"""`pasqal-cloud login`, `logout`, `whoami`, `profiles` and `projects`."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pasqal_cloud.cli.command import complete_profiles
from pasqal_cloud.cli.errors import CommandError, ExitStatus
from pasqal_cloud.cli.output import View, note

if TYPE_CHECKING:
    from pasqal_cloud import SDK, Project
    from pasqal_cloud.settings import Setting

DEFAULT = "default"

Name = Annotated[
    str,
    typer.Option("--profile", metavar="NAME", help="The name of the profile.", autocompletion=complete_profiles),
]


def _fields(*names: str) -> dict[str, Any]:
    return {name: itemgetter(name) for name in names}


IDENTITY = View(_fields("username", "user_id", "type", "project_id", "credentials_from", "services"))

PROFILES = View(
    _fields("name", "active", "username", "client_id", "project_id", "region", "url"),
    {"profile": "name", "active": "active", "username": "username", "client": "client_id", "project": "project_id"},
    wrapped=frozenset({"username", "client"}),
)

PROJECTS = View(
    {name: attrgetter(name) for name in ("id", "name", "description", "status")},
    {name: name for name in ("id", "name", "status", "description")},
    wrapped=frozenset({"name", "description"}),
)


def login(
    name: Name = DEFAULT,
    username: Annotated[str | None, typer.Option(metavar="EMAIL", help="The e-mail address of the account.")] = None,
    client_id: Annotated[str | None, typer.Option(metavar="ID", help="A service account, in place of a user.")] = None,
    token: Annotated[bool, typer.Option("--token", help="Save a token, which is asked for, in place of both.")] = False,
    stdin: Annotated[
        bool, typer.Option("--stdin", help="Read the password, secret or token from standard input.")
    ] = False,
    project: Annotated[str | None, typer.Option(metavar="ID", help="The project that new batches belong to.")] = None,
    region: Annotated[str | None, typer.Option(metavar="fr|sa", help="The region of the account.")] = None,
    url: Annotated[str | None, typer.Option("--url", metavar="URL", help="The address of the services.")] = None,
    keyring: Annotated[
        bool | None,
        typer.Option("--keyring/--file", help="Where the password is kept; by default in a keyring if there is one."),
    ] = None,
    check: Annotated[bool, typer.Option("--check/--no-check", help="Whether to log in before saving.")] = True,
) -> None:
    """Log in, and save the account as a profile.

    The password is asked for, and never an argument. It is kept in the system's keyring, if the package keyring is
    installed, or else in a file that only you can read.
    """
    from pasqal_cloud import save_profile

    if not (token or client_id or username):
        username = _ask("E-mail address", "--username")
    secret = _secret("Token" if token else "Client secret" if client_id else "Password", stdin=stdin)
    kind = "token" if token else "client_secret" if client_id else "password"
    account: dict[str, Any] = {"username": username, "client_id": client_id, kind: secret}
    account = {key: value for key, value in account.items() if value is not None}
    place: dict[str, Any] = {"region": region, "url": url}
    if check:
        project = _checked(account, place, project)
    in_keyring = not token and (_has_keyring() if keyring is None else keyring)
    path = save_profile(name, **account, **place, project_id=project, in_keyring=in_keyring)
    note(f"Saved the profile {name} in {path}{', and the secret in the keyring' if in_keyring else ''}.")
    _warn_of_others(name)


def _ask(question: str, option: str) -> str:
    if not sys.stdin.isatty():
        raise CommandError(f"There is no terminal to ask for the {question.lower()}.", f"Give {option}.", _WRONG)
    answer: str = typer.prompt(question, err=True)
    return answer


def _secret(what: str, *, stdin: bool) -> str:
    if stdin:
        secret = sys.stdin.readline().rstrip("\r\n")
        if not secret:
            raise CommandError(f"Standard input has no {what.lower()}.", None, _WRONG)
        return secret
    if not sys.stdin.isatty():
        hint = "With --stdin, it is read from standard input."
        raise CommandError(f"There is no terminal to ask for the {what.lower()}.", hint, _WRONG)
    answer: str = typer.prompt(what, hide_input=True, err=True)
    return answer


_WRONG = ExitStatus.WRONG_OPTIONS


def _checked(account: dict[str, Any], place: dict[str, Any], project: str | None) -> str | None:
    """Logs in, and gets the project: the one that is given, the only one, or the one that the user chooses."""
    from pasqal_cloud import SDK, Endpoints

    endpoints = Endpoints.at(place["url"]) if place["url"] else None
    with SDK(**account, endpoints=endpoints, region=place["region"]) as sdk:
        if project is not None:
            return sdk.switch_to_project(project)
        projects = sdk.get_all_projects()
    if len(projects) < 2:
        return projects[0].id if projects else None
    if not sys.stdin.isatty():
        note("This account has several projects: choose one with --project ID. pasqal-cloud projects lists them.")
        return None
    for number, each in enumerate(projects, 1):
        typer.echo(f"{number:3} {each.id} {each.name}", err=True)
    answer: int = typer.prompt("Project", type=int, err=True)
    if answer not in range(1, len(projects) + 1):
        raise CommandError(f"There is no project {answer}.", None, _WRONG)
    return projects[answer - 1].id


def _has_keyring() -> bool:
    """Tells whether secrets can be kept in a keyring of the system."""
    if find_spec("keyring") is None:
        return False
    from importlib import import_module

    try:
        return float(import_module("keyring").get_keyring().priority) > 0  # the backend for "there is none" has 0
    except Exception:  # noqa: BLE001 - backends raise errors of the libraries they use
        return False


def _in_use(profile: str | None) -> tuple[Setting | None, dict[str, Setting]]:
    """Gets the setting that tells whose credentials are in use, and all settings."""
    from pasqal_cloud.settings import settings_in_use

    settings = {setting.name: setting for setting in settings_in_use(profile)}
    kinds = ("token", "client_id", "username")
    return next((settings[kind] for kind in kinds if kind in settings), None), settings


def _warn_of_others(name: str) -> None:
    owner, _ = _in_use(None)
    if owner is None or f" profile {name!r} " not in owner.source:
        source = f"uses {owner.source}" if owner else "finds no credentials"
        note(f"Without --profile {name}, pasqal-cloud {source}.")


def warn_of_unused_profile(profile: str | None) -> None:
    """Tells if the profile that PASQAL_PROFILE names is not used, since other credentials precede it."""
    named = os.environ.get("PASQAL_PROFILE", "").strip()
    owner, _ = _in_use(profile)
    if named and owner is not None and f" profile {named!r} " not in owner.source:
        before = f"--profile {profile}" if profile else owner.source
        note(f"The credentials of the profile {named}, which PASQAL_PROFILE names, are ignored: {before} precedes it.")


def logout(name: Name = DEFAULT) -> None:
    """Delete a profile, with its password."""
    from pasqal_cloud.profiles import delete_profile

    if not delete_profile(name):
        raise CommandError(f"There is no profile {name}.", "pasqal-cloud profiles lists them.", ExitStatus.NOT_FOUND)
    note(f"Deleted the profile {name}.")
    owner, _ = _in_use(None)
    if owner is not None:
        note(f"There are other credentials: pasqal-cloud now uses {owner.source}.")


def whoami(sdk: SDK, profile: str | None = None) -> dict[str, Any]:
    """Show who is logged in, and where the credentials come from."""
    from pasqal_cloud_api.api.account import get_auth_info

    owner, settings = _in_use(profile)
    warn_of_unused_profile(profile)
    user = sdk.call(get_auth_info).data
    return {
        "username": user.email or (owner.value if owner else None),
        "user_id": user.id,
        "type": user.type_,
        "project_id": sdk.project_id,
        "credentials_from": owner.source if owner else None,
        "services": settings["services"].value,
    }


def profiles() -> list[dict[str, Any]]:
    """List the saved profiles, without secrets."""
    from pasqal_cloud.profiles import profiles

    owner, _ = _in_use(None)
    names = [name for name in PROFILES.fields if name not in ("name", "active")]
    return [
        {"name": name, "active": bool(owner and f" profile {name!r} " in owner.source)}
        | {key: settings.get(key) for key in names}
        for name, settings in profiles().items()
    ]


def projects(sdk: SDK) -> list[Project]:
    """List the active projects of the account, as `projects` alone does."""
    return sdk.get_all_projects()
