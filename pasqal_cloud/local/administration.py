"""Users, projects and limits of a service, as an administrator changes them: with its database, also while it runs.

The commands use the database itself and not the service. They then work before a service is started and however it is
started, need no password but the right to use the database, and need not find out which of several services to ask.
A running service sees changes at once, because it asks its database at every request.
"""

from __future__ import annotations

import os
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from pasqal_cloud.local.database import Server, db_password, place_of, sole_use
from pasqal_cloud.local.devices import ENGINES, STAND_INS
from pasqal_cloud.local.names import did_you_mean
from pasqal_cloud.local.rules.passwords import hashed
from pasqal_cloud.local.states import PRIORITIES
from pasqal_cloud.local.store import ChangedError, NewProject, opened
from pasqal_cloud.local.store.accounts import ADMIN, MEMBER
from pasqal_cloud.local.store.administration import Administration
from pasqal_cloud.local.store.database import OutdatedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pasqal_cloud.local.database import Place
    from pasqal_cloud.local.store import Record, Usage
    from pasqal_cloud.local.store.database import Database

DEVICE_TYPES = (*ENGINES, *STAND_INS)

ROLES = (ADMIN, MEMBER)

LEAST_LENGTH = 12
"""The minimum length of a password."""


class AdministrationError(Exception):
    """Something can't be changed as wanted; nothing was changed."""


class UnknownNameError(AdministrationError):
    """There is no such user or project."""


@contextmanager
def administering(db: str) -> Iterator[Administrator]:
    """Opens the database of a service, which may be running.

    Args:
        db: The path of the database, or its address on a server; its tables are created if there are none.

    Raises:
        UnusableDatabaseError: It can't be used, or a running service of an earlier version uses it.
    """
    with closing(_opened(place_of(db, db_password(None, os.environ)))) as database:
        yield Administrator(Administration(database))


def _opened(place: Place) -> Database:
    with suppress(OutdatedError):
        if isinstance(place, Server) or place.exists():
            return opened(place, as_is=True)
    os.umask(0o077)  # as for a service: the database contains the key that signs tokens
    with sole_use(place):
        return opened(place)


@dataclass(frozen=True)
class Administrator:
    """What an administrator can do.

    Args:
        store: The part of the database for this.
    """

    store: Administration

    # --------------------------------------------------------------------------------------------------------- users

    def users(self) -> list[Record]:
        """Gets all users, with the names of their projects."""
        return self.store.users()

    def add_user(self, username: str, password: str, projects: Sequence[str] = (), role: str | None = None) -> None:
        """Adds a user to projects.

        Args:
            username: Their username.
            password: Their password.
            projects: The names or ids of projects.
            role: Their role there; None for ADMIN in a project without members, and MEMBER in others.
        """
        ids = self.check_new(username, projects)
        _check_password(username, password)
        try:
            self.store.add_user(username, hashed(password), ids, role, _now())
        except ChangedError as error:
            raise AdministrationError(f"The user {username} already exists.") from error

    def check_new(self, username: str, projects: Sequence[str]) -> list[str]:
        """Checks that a user can be added to projects, before their password is asked for; gets the projects' ids."""
        if not username.strip() or not username.isprintable():
            raise AdministrationError("A username must not be empty, and consists of characters that can be printed.")
        if self.store.user_named(username) is not None:
            raise AdministrationError(f"The user {username} already exists.")
        return [self.project(name).project["id"] for name in projects]

    def check_known(self, username: str) -> None:
        """Checks that a user has a password that can be changed, before a new one is asked for."""
        self._user_with_password(username)

    def remove_user(self, username: str) -> None:
        """Deletes a user who has never submitted anything."""
        user = self._user_with_password(username)
        try:
            self.store.remove_user(user["id"])
        except ChangedError as error:
            raise AdministrationError(
                f"{username} has submitted batches, which would lose their owner: disable the user instead."
            ) from error

    def set_password(self, username: str, password: str) -> None:
        """Changes a password; all tokens of the user are refused from now on."""
        user = self._user_with_password(username)
        _check_password(username, password)
        self.store.change_user(user["id"], _now(), password=hashed(password))

    def revoke(self, username: str) -> None:
        """Refuses all tokens that were issued to a user so far."""
        self.store.change_user(self._user(username)["id"], _now())

    def set_disabled(self, username: str, disabled: bool) -> None:
        """Refuses a user's logins and tokens, or lets the user log in again."""
        self.store.change_user(self._user_with_password(username)["id"], _now(), disabled=disabled)

    def _user(self, username: str) -> Record:
        user = self.store.user_named(username)
        if user is None:
            names = [str(each["username"]) for each in self.store.users()]
            hint = did_you_mean(username, names) or "."
            raise UnknownNameError(f"There is no user {username}{hint}")
        return user

    def _user_with_password(self, username: str) -> Record:
        user = self._user(username)
        if user["password"] is None:
            raise AdministrationError(
                f"{username} is the user of the service itself, whose options say who that is, and the password."
            )
        return user

    # ------------------------------------------------------------------------------------------------------ projects

    def projects(self) -> list[Usage]:
        """Gets all projects, with what they use."""
        return self.store.projects()

    def project(self, name: str) -> Usage:
        """Gets a project by its name, its id, or the first characters of its id."""
        every = self.store.projects()
        for found in (
            [each for each in every if name in (each.project["id"], each.project["name"])],
            [each for each in every if name and each.project["id"].startswith(name.lower())],
        ):
            if len(found) > 1:
                raise AdministrationError(f"Several projects are called {name}: give the id.")
            if found:
                return found[0]
        hint = did_you_mean(name, [each.project["name"] for each in every]) or "."
        raise UnknownNameError(f"There is no project {name}{hint}")

    def members(self, project: Usage) -> list[Record]:
        """Gets the members of a project."""
        return self.store.members(project.project["id"])

    def add_project(self, name: str, **limits: Any) -> str:
        """Adds a project, with the values of `set_project`; gets its id."""
        self._check_name(name)
        _check_limits(limits)
        project = NewProject(str(uuid4()), name, **{"queue_priority": PRIORITIES[-1], **limits})
        self.store.add_project(project, _now())
        return project.id

    def set_project(self, project: str, /, **limits: Any) -> None:
        """Changes a project.

        Args:
            project: Its name or id.
            limits: New values of `name`, `queue_priority`, `weight`, `max_waiting_jobs`, `max_emulation_seconds` and
                `allowed_device_types`. None removes a limit.
        """
        found = self.project(project).project
        _check_limits(limits)
        if limits.get("name", found["name"]) != found["name"]:
            self._check_name(limits["name"])
        if limits:
            self.store.change_project(found["id"], limits)

    def join(self, project: str, username: str, role: str | None) -> None:
        """Makes a user a member of a project, or changes their role in it."""
        self.store.join(self._user(username)["id"], self.project(project).project["id"], role)

    def leave(self, project: str, username: str) -> None:
        """Ends a user's membership of a project."""
        found = self.project(project).project
        if not self.store.leave(self._user(username)["id"], found["id"]):
            raise AdministrationError(f"{username} is not a member of the project {found['name']}.")

    def _check_name(self, name: str) -> None:
        if not name.strip() or not name.isprintable():
            raise AdministrationError("A name must not be empty, and consists of characters that can be printed.")
        if any(each.project["name"] == name for each in self.store.projects()):
            raise AdministrationError(f"The project {name} already exists.")


def _check_password(username: str, password: str) -> None:
    if len(password) < LEAST_LENGTH or username in password:
        raise AdministrationError(f"A password has at least {LEAST_LENGTH} characters, and not the username in it.")


def _check_limits(limits: dict[str, Any]) -> None:
    for device_type in limits.get("allowed_device_types") or ():
        if device_type not in DEVICE_TYPES:
            hint = did_you_mean(device_type, DEVICE_TYPES) or f"; there are {', '.join(DEVICE_TYPES)}."
            raise AdministrationError(f"There is no device type {device_type}{hint}")


def _now() -> datetime:
    return datetime.now(UTC)
