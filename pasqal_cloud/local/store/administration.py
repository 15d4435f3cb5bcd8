"""What administrators do with users, projects and memberships, also beside a running service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from pasqal_cloud.local.store.accounts import USER_NAMED, insert_project, insert_user, join
from pasqal_cloud.local.store.database import one
from pasqal_cloud.local.store.records import ChangedError, NewProject, Record, record, stamp
from pasqal_cloud.local.store.schema import members, projects, users
from pasqal_cloud.local.store.shares import Usage, usage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from pasqal_cloud.local.store.database import Database


@dataclass(frozen=True)
class Administration:
    """The part of the store for administrators."""

    database: Database

    # --------------------------------------------------------------------------------------------------------- users

    def user_named(self, username: str) -> Record | None:
        """Gets a user by name."""
        return one(self.database, USER_NAMED, username)

    def users(self) -> list[Record]:
        """Gets all users in the order of their names, each with the names of their `projects`."""
        joined = select(members.c.user_id, projects.c.name).join(projects).order_by(members.c.number)
        with self.database.reading() as connection:
            found = [record(row) for row in connection.execute(select(users).order_by(users.c.username))]
            names: dict[str, list[str]] = {user["id"]: [] for user in found}
            for user_id, name in connection.execute(joined):
                names[user_id].append(name)
        return [user | {"projects": names[user["id"]]} for user in found]

    def add_user(
        self, username: str, password: str, project_ids: Iterable[str], role: str | None, now: datetime
    ) -> None:
        """Stores a user with memberships; raises ChangedError if the username is taken."""
        try:
            with self.database.writing() as connection:
                user_id = insert_user(connection, username, password, now)
                for project_id in project_ids:
                    join(connection, user_id, project_id, role)
        except IntegrityError as error:
            raise ChangedError from error

    def remove_user(self, user_id: str) -> None:
        """Deletes a user with their memberships; raises ChangedError if they have ever submitted something."""
        try:
            with self.database.writing() as connection:
                connection.execute(delete(members).where(members.c.user_id == user_id))
                connection.execute(delete(users).where(users.c.id == user_id))
        except IntegrityError as error:
            raise ChangedError from error

    def change_user(self, user_id: str, now: datetime, **values: Any) -> None:
        """Changes a user; all tokens issued so far are refused from then on."""
        changing = update(users).where(users.c.id == user_id).values(values | {"tokens_since": stamp(now)})
        with self.database.writing() as connection:
            connection.execute(changing)

    # ------------------------------------------------------------------------------------------------------ projects

    def projects(self) -> list[Usage]:
        """Gets all projects in the order of their names, with what they use."""
        with self.database.reading() as connection:
            return usage(connection, None)

    def members(self, project_id: str) -> list[Record]:
        """Gets the members of a project, oldest first."""
        query = select(users.c.id, users.c.username, members.c.role).join(members)
        query = query.where(members.c.project_id == project_id).order_by(members.c.number)
        with self.database.reading() as connection:
            return [record(row) for row in connection.execute(query)]

    def add_project(self, project: NewProject, now: datetime) -> None:
        """Stores a project."""
        with self.database.writing() as connection:
            insert_project(connection, project, now)

    def change_project(self, project_id: str, values: Mapping[str, Any]) -> None:
        """Changes columns of a project."""
        with self.database.writing() as connection:
            connection.execute(update(projects).where(projects.c.id == project_id).values(dict(values)))
            self.database.notify(connection, wake=True)  # more jobs may run now

    def join(self, user_id: str, project_id: str, role: str | None) -> None:
        """Adds a user to a project, or changes their role in it."""
        with self.database.writing() as connection:
            join(connection, user_id, project_id, role)

    def leave(self, user_id: str, project_id: str) -> bool:
        """Removes a user from a project; tells whether they were a member."""
        which = (members.c.user_id == user_id) & (members.c.project_id == project_id)
        with self.database.writing() as connection:
            return bool(connection.execute(delete(members).where(which)).rowcount)
