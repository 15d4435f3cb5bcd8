"""Users, projects and permissions, access tokens and result links."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from pasqal_cloud.local.rules.passwords import hashed, is_outdated, is_password
from pasqal_cloud.local.rules.refusals import ServiceError, check_order
from pasqal_cloud.local.rules.signing import BadSignatureError
from pasqal_cloud.local.rules.throttle import Throttle, TooManyFailuresError
from pasqal_cloud.local.states import PRIORITIES
from pasqal_cloud.local.store import ChangedError, NewProject, Page, Submitted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from pasqal_cloud.local.devices import Device
    from pasqal_cloud.local.rules.signing import Signer
    from pasqal_cloud.local.scripting.clock import Lifetimes
    from pasqal_cloud.local.store import Filters, Record, Store, Usage

Body = Mapping[str, Any]
T = TypeVar("T")

PAGE = 100
"""The default size of a page."""

IDS = frozenset({"id", "id__starts_with", "project_id", "batch_id"})
"""The filters whose values are UUIDs or prefixes of UUIDs, in upper or lower case."""


_caller: ContextVar[tuple[str, list[str]]] = ContextVar("caller", default=("", []))
"""The user whose request is performed, and their projects: read once, with the check of the token."""


@dataclass(frozen=True)
class Login:
    """How the user of a service logs in."""

    username: str
    password: str
    project_id: str


@dataclass(frozen=True)
class NewUser:
    """A user who was just added.

    Args:
        id: Their id.
        username: Their username.
        project_ids: The projects of which they are a member.
    """

    id: str
    username: str
    project_ids: tuple[str, ...]


@dataclass(frozen=True)
class Access:
    """The rules that all other rules need: who a caller is, and what they may see and do.

    Args:
        store: The database.
        signer: Signs tokens and links.
        devices: The offered devices, by name.
        user_id: The user of the service.
        login: How they log in.
        clock: The service's clock.
        lifetimes: How long tokens and links are valid.
        throttle: Counts failed logins.
    """

    store: Store
    signer: Signer
    devices: Mapping[str, Device]
    user_id: str
    login: Login
    clock: Callable[[], datetime]
    lifetimes: Lifetimes
    throttle: Throttle = field(default_factory=Throttle)

    # -------------------------------------------------------------------------------------------------------- tokens

    def log_in(self, username: str, password: str, address: str) -> tuple[str, int] | None:
        """Gets an access token and its lifetime in seconds; None if the credentials are wrong.

        Raises:
            ServiceError: There were too many failed logins.
        """
        user = self.known(username, password, address)
        if user is None:
            return None
        lifetime = self.lifetimes.token
        expires = self.clock() + timedelta(seconds=lifetime)
        return self.signer.token(user["id"], expires, user["tokens_since"]), int(lifetime)

    def known(self, username: str, password: str, address: str) -> Record | None:
        """Gets the user with these credentials; None if there is none.

        Args:
            username: The username.
            password: The password.
            address: Where the login comes from.

        Raises:
            ServiceError: There were too many failed logins.
        """
        try:
            return self.throttle.checked(username, address, lambda: self._with_password(username, password))
        except TooManyFailuresError as error:
            raise ServiceError(429, str(error), {"Retry-After": str(error.seconds)}) from error

    def bearer(self, token: str) -> tuple[str, str | None]:
        """Gets the id of the user of an access token, and what `check_bearer` needs; looks nothing up."""
        try:
            return self.signer.bearer(token, self.clock())
        except BadSignatureError as error:
            raise ServiceError(401, str(error)) from error

    def check_bearer(self, user_id: str, since: str | None) -> None:
        """Refuses the bearer of a token that was revoked, or whose user was disabled or removed.

        Every request asks the database, so that revoking has an effect at once, also by another process.
        """
        project_ids = self.store.accounts.bearer(user_id, since)
        if project_ids is None:
            raise ServiceError(401, "The access token is no longer valid: log in again.")
        _caller.set((user_id, project_ids))

    def project_ids(self, user_id: str) -> list[str]:
        """Gets the ids of a user's projects, oldest membership first."""
        caller, project_ids = _caller.get()
        return project_ids if caller == user_id else self.store.accounts.project_ids(user_id)

    def _with_password(self, username: str, password: str) -> Record | None:
        """Gets the user with these credentials; whatever is wrong, finding that out takes about as long."""
        user = self.store.accounts.user_named(username)
        stored = None if user is None else user["password"]
        if username == self.login.username:  # whose password is in the options
            is_right = hmac.compare_digest(password.encode(errors="replace"), self.login.password.encode())
            is_right = is_right or is_password(password, None)
        else:
            is_right = is_password(password, stored)
        if user is None or user["disabled"] or not is_right:
            return None
        if stored is not None and is_outdated(stored):
            self.store.accounts.replace_password(user["id"], stored, hashed(password))
        return user

    # ------------------------------------------------------------------------------------------------------- results

    def link(self, identity: str) -> str | None:
        """Gets the path and query of the link to a result; None if there is no result."""
        if not self.store.lists.has_result(identity):
            return None
        expires = self.clock() + timedelta(seconds=self.lifetimes.link)
        return f"/results/{identity}?{self.signer.link_query(identity, expires)}"

    def result(self, identity: str, expires: str, signature: str) -> bytes:
        """Gets the result document of a job or a workload, compressed, for a valid link."""
        try:
            self.signer.check_link(identity, expires, signature, self.clock())
        except BadSignatureError as error:
            raise ServiceError(403, str(error)) from error
        document = self.store.lists.result(identity)
        if document is None:
            raise ServiceError(404, f"There is no result of {identity}.")
        return document

    # -------------------------------------------------------------------------------------------- users and projects

    def add_user(
        self,
        username: str,
        password: str,
        project_ids: Sequence[str] = (),
        *,
        queue_priority: str = PRIORITIES[-1],
        allowed_device_types: list[str] | None = None,
    ) -> NewUser:
        """Adds a user to projects, or to a new project of their own if none is given.

        Args:
            username: Their username; for a service account, the client id.
            password: Their password; for a service account, the client secret.
            project_ids: The projects to join.
            queue_priority: The queue priority of the new project.
            allowed_device_types: The device types that the new project may use; None for all.

        Raises:
            ServiceError: The username is taken, or a project does not exist.
        """
        for project_id in project_ids:
            if self.store.accounts.project(project_id) is None:
                raise ServiceError(404, f"There is no project {project_id}.")
        own = None
        if not project_ids:
            own = NewProject(str(uuid4()), f"Project of {username}", queue_priority, allowed_device_types)
        taken = ServiceError(409, f"The user {username} already exists.")
        if username == self.login.username:
            raise taken
        try:
            user_id = self.store.accounts.add_user(username, hashed(password), project_ids, own, self.clock())
        except ChangedError as error:
            raise taken from error
        return NewUser(user_id, username, tuple(project_ids) if own is None else (own.id,))

    def user(self, user_id: str) -> tuple[Record, list[Record]]:
        """Gets a user and their projects."""
        user = self.store.accounts.user(user_id)
        if user is None:
            raise ServiceError(401, "The user of the access token does not exist on this service.")
        return user, self.store.accounts.projects_of(user_id)

    def projects(self, user_id: str, query: Body) -> tuple[list[Record], int]:
        """Gets a page of a user's projects, and the total number."""
        wanted = query.get("project_status")
        found = [project for project in self.store.accounts.projects_of(user_id) if wanted in (None, project["status"])]
        return part(found, query), len(found)

    def usage(self, user_id: str | None, most: int) -> list[Usage]:
        """Gets what projects use: the user's, or all if there is no user or it is the user of the service.

        Args:
            user_id: The user; None for anybody.
            most: The maximum number of projects.
        """
        sees_all = user_id in (None, self.user_id)
        return self.store.usage(None if sees_all else self.project_ids(str(user_id)), most)

    def device_types_of(self, project: Record) -> list[str]:
        """Gets the names of the offered devices that a project may use."""
        allowed = project["allowed_device_types"]
        return [name for name in self.devices if allowed is None or name in allowed]

    # --------------------------------------------------------------------------------------------------------- rules

    def check_member(self, user_id: str, project_id: str) -> None:
        """Refuses a user who is not a member of a project."""
        if project_id not in self.project_ids(user_id):
            raise ServiceError(404, f"There is no project {project_id}, or you are not a member of it.")

    def check_device(self, project_id: str, device_type: str) -> None:
        """Refuses a device that a project may not use."""
        project = self.store.accounts.project(project_id)
        if project is not None and device_type not in self.device_types_of(project):
            raise ServiceError(403, f"The project {project_id} may not use the device {device_type}.")

    def visible(self, found: Record | None, user_id: str, otherwise: str) -> Record:
        """Gets what was found if it is in one of the user's projects; otherwise, it does not exist for them."""
        if found is None or found["project_id"] not in self.project_ids(user_id):
            raise ServiceError(404, otherwise)
        return found

    def listing(self, user_id: str, query: Body) -> tuple[Filters, Page]:
        """Reads the filters and the page from a query; all supported orders are the order of submission."""
        filters: dict[str, Any] = {name: _ids(value) if name in IDS else value for name, value in query.items()}
        check_order(query)
        filters.pop("order_by", None)
        ascending = filters.pop("order_by_direction", "DESC") == "ASC"
        page = Page(filters.pop("limit", PAGE), filters.pop("offset", 0), ascending)
        mine = self.project_ids(user_id)
        filters["project_id"] = [project_id for project_id in mine if project_id in filters.get("project_id", mine)]
        return filters, page

    def earlier(self, submitted: Submitted) -> str | None:
        """Gets the id of what an earlier request with the same Idempotency-Key created; None if there is none."""
        earlier = self.store.submissions.earlier(submitted)
        if earlier is None:
            return None
        fingerprint, created_id = earlier
        if fingerprint != submitted.fingerprint:
            raise ServiceError(422, "This Idempotency-Key was already used for a different request.")
        return created_id


def submitted_by(user_id: str, operation: str, key: str | None, body: object) -> Submitted:
    """Describes a submission, so that a second one with the same Idempotency-Key is recognised."""
    text = json.dumps(body, sort_keys=True, default=str)
    return Submitted(user_id, operation, key, hashlib.sha256(text.encode()).hexdigest())


def part(found: Sequence[T], query: Body) -> list[T]:
    """Gets the requested page of a short list."""
    start = query.get("offset", 0)
    return list(found[start : start + query.get("limit", PAGE)])


def _ids(value: str | list[str]) -> str | list[str]:
    return value.lower() if isinstance(value, str) else [item.lower() for item in value]
