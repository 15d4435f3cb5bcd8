"""Projects: who pays for batches, and who may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from pasqal_cloud._flow import call
from pasqal_cloud._paging import every
from pasqal_cloud._snapshot import present
from pasqal_cloud.filters import PAGE_LIMIT
from pasqal_cloud_api.api.account import list_projects

if TYPE_CHECKING:
    from pasqal_cloud._flow import Flow
    from pasqal_cloud._transport import Api
    from pasqal_cloud_api import models


@attrs.frozen(kw_only=True)
class Project:
    """A project.

    Attributes:
        id: Its id, a UUID.
        name: Its name.
        description: What its members say of it.
        status: Like `ACTIVE`.
    """

    id: str
    name: str
    description: str | None = None
    status: str | None = None


def listing_projects(api: Api) -> Flow[list[Project]]:
    """Fetches the active projects of the account."""

    def page(offset: int) -> Flow[models.ProjectListResponse]:
        return call(list_projects, client=api.account, project_status="ACTIVE", limit=PAGE_LIMIT, offset=offset)

    return [
        Project(
            id=project.id,
            name=project.name,
            description=present(project.description),
            status=present(project.project_status),
        )
        for project in (yield from every(page))
    ]
