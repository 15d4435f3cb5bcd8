"""Settings, users, projects and memberships."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import bindparam, insert, select, update

from pasqal_cloud.local.states import PRIORITIES
from pasqal_cloud.local.store.database import by, one
from pasqal_cloud.local.store.records import ChangedError, NewProject, Record, record, stamp
from pasqal_cloud.local.store.schema import jobs, members, projects, settings, users

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from sqlalchemy import Connection

    from pasqal_cloud.local.store.database import Database

ADMIN, MEMBER = "ADMIN", "MEMBER"

BEARER = (
    select(users.c.tokens_since, users.c.disabled, members.c.project_id)
    .outerjoin(members)
    .where(users.c.id == bindparam("user_id"))
    .order_by(members.c.number)
)
"""The query of every request, created once."""

USER, USER_NAMED, PROJECT = by(users), by(users, "username"), by(projects)


@dataclass(frozen=True)
class Accounts:
    """The part of the store for settings, users and projects, which clients do not change."""

    database: Database

    def setting(self, name: str, make: Callable[[], str]) -> str:
        """Gets a setting, and creates it when it is read for the first time."""
        with self.database.writing() as connection:
            value = connection.scalar(select(settings.c.value).where(settings.c.name == name))
            if value is None:
                value = make()
                connection.execute(insert(settings).values(name=name, value=value))
            return str(value)

    def ensure_member(self, username: str, project_id: str, now: datetime) -> str:
        """Creates a user, a project and the membership, unless they exist; gets the user's id."""
        with self.database.writing() as connection:
            user_id = connection.scalar(select(users.c.id).where(users.c.username == username))
            if user_id is None:
                user_id = insert_user(connection, username, None, now)
            else:  # a user added earlier has a password of their own, and a reset might delete them
                of_options = {"password": None, "until_reset": False, "disabled": False}
                this = users.c.id == user_id
                was_another = this & (users.c.password.is_not(None) | users.c.disabled)
                connection.execute(update(users).where(was_another).values(tokens_since=stamp(now)))
                connection.execute(update(users).where(this).values(of_options))
            if connection.scalar(select(projects.c.id).where(projects.c.id == project_id)) is None:
                insert_project(connection, NewProject(project_id, "Local project", PRIORITIES[-1]), now)
            join(connection, str(user_id), project_id)
        return str(user_id)

    def add_user(
        self, username: str, password: str, project_ids: Iterable[str], new: NewProject | None, now: datetime
    ) -> str:
        """Stores a user until the next reset, with memberships and perhaps a new project; gets the user's id.

        Raises:
            ChangedError: The username is taken.
        """
        with self.database.writing() as connection:
            if connection.scalar(select(users.c.id).where(users.c.username == username)) is not None:
                raise ChangedError
            user_id = insert_user(connection, username, password, now, until_reset=True)
            if new is not None:
                insert_project(connection, new, now)
                join(connection, user_id, new.id)
            for project_id in project_ids:
                join(connection, user_id, project_id)
            return user_id

    def bearer(self, user_id: str, since: str | None) -> list[str] | None:
        """Gets the ids of a user's projects, oldest membership first; None if the user's token is not valid.

        Args:
            user_id: The user.
            since: When the user's earlier tokens had been revoked as this one was issued.
        """
        with self.database.reading() as connection:
            rows = connection.execute(BEARER, {"user_id": user_id}).all()
        if not rows or rows[0].disabled or rows[0].tokens_since != since:
            return None
        return [row.project_id for row in rows if row.project_id is not None]

    def replace_password(self, user_id: str, stored: str, password: str) -> None:
        """Stores another hash of the same password, unless the password was changed in the meantime."""
        with self.database.writing() as connection:
            unchanged = (users.c.id == user_id) & (users.c.password == stored)
            connection.execute(update(users).where(unchanged).values(password=password))

    def user(self, user_id: str) -> Record | None:
        """Gets a user."""
        return one(self.database, USER, user_id)

    def user_named(self, username: str) -> Record | None:
        """Gets a user by name."""
        return one(self.database, USER_NAMED, username)

    def project(self, project_id: str) -> Record | None:
        """Gets a project, without its members."""
        return one(self.database, PROJECT, project_id)

    def project_ids(self, user_id: str) -> list[str]:
        """Gets the ids of a user's projects, oldest membership first."""
        query = select(members.c.project_id).where(members.c.user_id == user_id).order_by(members.c.number)
        with self.database.reading() as connection:
            return list(connection.scalars(query))

    def projects_of(self, user_id: str) -> list[Record]:
        """Gets a user's projects, with the user's role, the members, and the time of the last job."""
        last_activity = (
            select(jobs.c.created_at)
            .where(jobs.c.project_id == projects.c.id)
            .order_by(jobs.c.number.desc())
            .limit(1)
            .scalar_subquery()
        )
        query = (
            select(projects, members.c.role, last_activity.label("last_activity_date"))
            .join(members)
            .where(members.c.user_id == user_id)
            .order_by(members.c.number)
        )
        with self.database.reading() as connection:
            rows = connection.execute(query).all()
            return [record(row) | {"members": _members(connection, row.id)} for row in rows]


def _members(connection: Connection, project_id: str) -> list[Record]:
    query = select(users.c.id, users.c.username, members.c.role).join(members)
    query = query.where(members.c.project_id == project_id).order_by(members.c.number)
    return [record(row) for row in connection.execute(query)]


def insert_user(
    connection: Connection, username: str, password: str | None, now: datetime, *, until_reset: bool = False
) -> str:
    """Stores a user, and gets their id."""
    user_id = uuid4().hex
    values = {"id": user_id, "username": username, "password": password, "created_at": stamp(now)}
    connection.execute(insert(users).values(values | {"until_reset": until_reset}))
    return user_id


def insert_project(connection: Connection, project: NewProject, now: datetime) -> None:
    """Stores a project."""
    values: dict[str, Any] = {**vars(project), "status": "ACTIVE", "created_at": stamp(now)}
    connection.execute(insert(projects).values(values))


def join(connection: Connection, user_id: str, project_id: str, role: str | None = None) -> None:
    """Adds a user to a project, as its administrator if they are the first and no role is given."""
    others = set(connection.scalars(select(members.c.user_id).where(members.c.project_id == project_id)))
    if user_id not in others:
        role = role or (MEMBER if others else ADMIN)
        connection.execute(insert(members).values(project_id=project_id, user_id=user_id, role=role))
    elif role is not None:
        which = (members.c.project_id == project_id) & (members.c.user_id == user_id)
        connection.execute(update(members).where(which).values(role=role))
