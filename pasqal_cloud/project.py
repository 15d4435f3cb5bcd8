"""Projects, which pay for batches and whose members can see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from pasqal_cloud._conversation.paging import every
from pasqal_cloud._conversation.snapshots import text
from pasqal_cloud_api.api.account import list_projects

if TYPE_CHECKING:
    from pasqal_cloud._conversation.flow import Flow
    from pasqal_cloud._conversation.session import Session
    from pasqal_cloud_api import models


@attrs.define(kw_only=True, init=False, unsafe_hash=True)
class Project:
    """A project.

    Attributes:
        id: The project's id, a UUID.
        name: The project's name.
        description: The project's description.
        status: The project's status, like `ACTIVE`.
    """

    id: str
    name: str
    description: str | None = None
    status: str | None = None

    def __init__(
        self, *, id: str, name: str, description: str | None = None, status: str | None = None, **_others: object
    ) -> None:
        self.__attrs_init__(id=id, name=name, description=description, status=status)  # pyright: ignore[reportAttributeAccessIssue]  # attrs makes it


def listing_projects(session: Session) -> Flow[list[Project]]:
    """Fetches the active projects of the account."""
    from pasqal_cloud.filters import PAGE_LIMIT

    def page(offset: int) -> Flow[models.ProjectListResponse]:
        return session.call(list_projects, project_status="ACTIVE", limit=PAGE_LIMIT, offset=offset)

    return [
        Project(
            id=project.id,
            name=text(project, "name") or "",
            description=text(project, "description"),
            status=text(project, "project_status"),
        )
        for project in (yield from every(page))
    ]
