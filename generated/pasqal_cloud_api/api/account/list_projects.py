from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...types import UNSET, Response, Unset, json_of

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client
    from ...models.error_response import ErrorResponse
    from ...models.project_list_response import ProjectListResponse
    from ...models.project_status import ProjectStatus


def request(
    *,
    project_status: ProjectStatus | str | Unset = UNSET,
    limit: int | Unset = 100,
    offset: int | Unset = 0,
) -> dict[str, Any]:
    """List projects.

    A page of the projects that the caller is a member of. In this answer, `code` is a number.

    Args:
        project_status (ProjectStatus | str | Unset): The status of a project. Example: ACTIVE.
        limit (int | Unset): The largest number of items in the answer. Default: 100.
        offset (int | Unset): The number of items to skip. Default: 0.

    Returns:
        The request, as the arguments of `httpx.Client.request`; nothing is sent.
    """

    params: dict[str, Any] = {
        "project_status": project_status,
        "limit": limit,
        "offset": offset,
    }
    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/account/api/v1/projects",
        "params": {name: value for name, value in params.items() if value is not UNSET and value is not None},
    }
    return _kwargs


def parse(response: httpx.Response) -> ProjectListResponse:
    """Reads an answer that is a success which the specification describes.

    Raises:
        errors.UnexpectedStatus: It is another; the error carries its status and content.
        ValueError: Its body is no JSON, or something else than the specification says, as a TypeError tells, too.
    """
    from ...models.project_list_response import ProjectListResponse  # noqa: PLC0415

    if response.status_code == 200:
        return ProjectListResponse.from_dict(json_of(response))
    raise errors.UnexpectedStatus(response.status_code, response.content, _failure(response))


def _failure(response: httpx.Response) -> ErrorResponse | None:
    """Reads another answer; None where its body is not what the specification says."""
    from ...models.error_response import ErrorResponse  # noqa: PLC0415

    try:
        if response.is_error:
            return ErrorResponse.from_dict(json_of(response))
    except (TypeError, ValueError):  # something between here and the service may have answered
        pass
    return None


def _detailed(
    response: httpx.Response, client: AuthenticatedClient | Client
) -> Response[ProjectListResponse | ErrorResponse]:
    content: ProjectListResponse | ErrorResponse | None

    try:
        content = parse(response)
    except errors.UnexpectedStatus:
        content = _failure(response)
        if content is None and client.raise_on_unexpected_status:
            raise
    return Response(response.status_code, response.content, response.headers, content)


def sync(
    *,
    client: AuthenticatedClient | Client,
    project_status: ProjectStatus | str | Unset = UNSET,
    limit: int | Unset = 100,
    offset: int | Unset = 0,
) -> ProjectListResponse:
    """List projects.

    A page of the projects that the caller is a member of. In this answer, `code` is a number.

    Args:
        project_status (ProjectStatus | str | Unset): The status of a project. Example: ACTIVE.
        limit (int | Unset): The largest number of items in the answer. Default: 100.
        offset (int | Unset): The number of items to skip. Default: 0.

    Raises:
        errors.UnexpectedStatus: The answer is no success; the error carries its status and content.
        httpx.HTTPError: There is no answer.

    Returns:
        What the service answers.
    """
    _kwargs = request(
        project_status=project_status,
        limit=limit,
        offset=offset,
    )
    return parse(client.get_httpx_client().request(**_kwargs))


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    project_status: ProjectStatus | str | Unset = UNSET,
    limit: int | Unset = 100,
    offset: int | Unset = 0,
) -> Response[ProjectListResponse | ErrorResponse]:
    """Does what `sync` does, and returns the whole answer, also one that is no success.

    Raises:
        errors.UnexpectedStatus: The specification does not describe the answer, and the client raises then.
        httpx.HTTPError: There is no answer.
    """
    _kwargs = request(
        project_status=project_status,
        limit=limit,
        offset=offset,
    )
    return _detailed(client.get_httpx_client().request(**_kwargs), client)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    project_status: ProjectStatus | str | Unset = UNSET,
    limit: int | Unset = 100,
    offset: int | Unset = 0,
) -> ProjectListResponse:
    """List projects.

    A page of the projects that the caller is a member of. In this answer, `code` is a number.

    Args:
        project_status (ProjectStatus | str | Unset): The status of a project. Example: ACTIVE.
        limit (int | Unset): The largest number of items in the answer. Default: 100.
        offset (int | Unset): The number of items to skip. Default: 0.

    Raises:
        errors.UnexpectedStatus: The answer is no success; the error carries its status and content.
        httpx.HTTPError: There is no answer.

    Returns:
        What the service answers.
    """
    _kwargs = request(
        project_status=project_status,
        limit=limit,
        offset=offset,
    )
    return parse(await client.get_async_httpx_client().request(**_kwargs))


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    project_status: ProjectStatus | str | Unset = UNSET,
    limit: int | Unset = 100,
    offset: int | Unset = 0,
) -> Response[ProjectListResponse | ErrorResponse]:
    """Does what `asyncio` does, and returns the whole answer, also one that is no success.

    Raises:
        errors.UnexpectedStatus: The specification does not describe the answer, and the client raises then.
        httpx.HTTPError: There is no answer.
    """
    _kwargs = request(
        project_status=project_status,
        limit=limit,
        offset=offset,
    )
    return _detailed(await client.get_async_httpx_client().request(**_kwargs), client)
