from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from ... import errors
from ...types import UNSET, Response, Unset, json_of

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client
    from ...models.error_response import ErrorResponse
    from ...models.job_status import JobStatus
    from ...models.list_order import ListOrder
    from ...models.sort_direction import SortDirection
    from ...models.workload_list_response import WorkloadListResponse


def request(
    *,
    id: list[UUID] | Unset = UNSET,
    id_starts_with: str | Unset = UNSET,
    project_id: list[UUID] | Unset = UNSET,
    status: list[JobStatus | str] | Unset = UNSET,
    start_date: datetime.datetime | Unset = UNSET,
    end_date: datetime.datetime | Unset = UNSET,
    order_by: ListOrder | str | Unset = UNSET,
    order_by_direction: SortDirection | Unset = UNSET,
    limit: int | Unset = 100,
    offset: int | Unset = 0,
) -> dict[str, Any]:
    """List workloads.

    A page of the workloads that the caller may see and that match every filter, newest first unless ordered
    otherwise.

    Args:
        id (list[UUID] | Unset): Only items with one of these ids.
        id_starts_with (str | Unset): Only items whose id begins like this.
        project_id (list[UUID] | Unset): Only items of these projects.
        status (list[JobStatus | str] | Unset): Only workloads in one of these statuses.
        start_date (datetime.datetime | Unset): Only items created at this instant or later. Give its offset
            from UTC.
        end_date (datetime.datetime | Unset): Only items created at this instant or earlier. Give its offset
            from UTC.
        order_by (ListOrder | str | Unset): The field to order by; `created_at` when absent.
            `creation_order` orders the jobs of a batch as they were submitted.
             Example: created_at.
        order_by_direction (SortDirection | Unset): Ascending or descending; descending when absent.
            Example: DESC.
        limit (int | Unset): The largest number of items in the answer. Default: 100.
        offset (int | Unset): The number of items to skip. Default: 0.

    Returns:
        The request, as the arguments of `httpx.Client.request`; nothing is sent.
    """

    params: dict[str, Any] = {
        "id": UNSET if isinstance(id, Unset) else [str(item) for item in id],
        "id__starts_with": id_starts_with,
        "project_id": UNSET if isinstance(project_id, Unset) else [str(item) for item in project_id],
        "status": status,
        "start_date": UNSET if isinstance(start_date, Unset) else start_date.isoformat(),
        "end_date": UNSET if isinstance(end_date, Unset) else end_date.isoformat(),
        "order_by": order_by,
        "order_by_direction": order_by_direction,
        "limit": limit,
        "offset": offset,
    }
    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/core-fast/api/v2/workloads",
        "params": {name: value for name, value in params.items() if value is not UNSET and value is not None},
    }
    return _kwargs


def parse(response: httpx.Response) -> WorkloadListResponse:
    """Reads an answer that is a success which the specification describes.

    Raises:
        errors.UnexpectedStatus: It is another; the error carries its status and content.
        ValueError: Its body is no JSON, or something else than the specification says, as a TypeError tells, too.
    """
    from ...models.workload_list_response import WorkloadListResponse  # noqa: PLC0415

    if response.status_code == 200:
        return WorkloadListResponse.from_dict(json_of(response))
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
) -> Response[WorkloadListResponse | ErrorResponse]:
    content: WorkloadListResponse | ErrorResponse | None

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
    id: list[UUID] | Unset = UNSET,
    id_starts_with: str | Unset = UNSET,
    project_id: list[UUID] | Unset = UNSET,
    status: list[JobStatus | str] | Unset = UNSET,
    start_date: datetime.datetime | Unset = UNSET,
    end_date: datetime.datetime | Unset = UNSET,
    order_by: ListOrder | str | Unset = UNSET,
    order_by_direction: SortDirection | Unset = UNSET,
    limit: int | Unset = 100,
    offset: int | Unset = 0,
) -> WorkloadListResponse:
    """List workloads.

    A page of the workloads that the caller may see and that match every filter, newest first unless ordered
    otherwise.

    Args:
        id (list[UUID] | Unset): Only items with one of these ids.
        id_starts_with (str | Unset): Only items whose id begins like this.
        project_id (list[UUID] | Unset): Only items of these projects.
        status (list[JobStatus | str] | Unset): Only workloads in one of these statuses.
        start_date (datetime.datetime | Unset): Only items created at this instant or later. Give its offset
            from UTC.
        end_date (datetime.datetime | Unset): Only items created at this instant or earlier. Give its offset
            from UTC.
        order_by (ListOrder | str | Unset): The field to order by; `created_at` when absent.
            `creation_order` orders the jobs of a batch as they were submitted.
             Example: created_at.
        order_by_direction (SortDirection | Unset): Ascending or descending; descending when absent.
            Example: DESC.
        limit (int | Unset): The largest number of items in the answer. Default: 100.
        offset (int | Unset): The number of items to skip. Default: 0.

    Raises:
        errors.UnexpectedStatus: The answer is no success; the error carries its status and content.
        httpx.HTTPError: There is no answer.

    Returns:
        What the service answers.
    """
    _kwargs = request(
        id=id,
        id_starts_with=id_starts_with,
        project_id=project_id,
        status=status,
        start_date=start_date,
        end_date=end_date,
        order_by=order_by,
        order_by_direction=order_by_direction,
        limit=limit,
        offset=offset,
    )
    return parse(client.get_httpx_client().request(**_kwargs))


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    id: list[UUID] | Unset = UNSET,
    id_starts_with: str | Unset = UNSET,
    project_id: list[UUID] | Unset = UNSET,
    status: list[JobStatus | str] | Unset = UNSET,
    start_date: datetime.datetime | Unset = UNSET,
    end_date: datetime.datetime | Unset = UNSET,
    order_by: ListOrder | str | Unset = UNSET,
    order_by_direction: SortDirection | Unset = UNSET,
    limit: int | Unset = 100,
    offset: int | Unset = 0,
) -> Response[WorkloadListResponse | ErrorResponse]:
    """Does what `sync` does, and returns the whole answer, also one that is no success.

    Raises:
        errors.UnexpectedStatus: The specification does not describe the answer, and the client raises then.
        httpx.HTTPError: There is no answer.
    """
    _kwargs = request(
        id=id,
        id_starts_with=id_starts_with,
        project_id=project_id,
        status=status,
        start_date=start_date,
        end_date=end_date,
        order_by=order_by,
        order_by_direction=order_by_direction,
        limit=limit,
        offset=offset,
    )
    return _detailed(client.get_httpx_client().request(**_kwargs), client)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    id: list[UUID] | Unset = UNSET,
    id_starts_with: str | Unset = UNSET,
    project_id: list[UUID] | Unset = UNSET,
    status: list[JobStatus | str] | Unset = UNSET,
    start_date: datetime.datetime | Unset = UNSET,
    end_date: datetime.datetime | Unset = UNSET,
    order_by: ListOrder | str | Unset = UNSET,
    order_by_direction: SortDirection | Unset = UNSET,
    limit: int | Unset = 100,
    offset: int | Unset = 0,
) -> WorkloadListResponse:
    """List workloads.

    A page of the workloads that the caller may see and that match every filter, newest first unless ordered
    otherwise.

    Args:
        id (list[UUID] | Unset): Only items with one of these ids.
        id_starts_with (str | Unset): Only items whose id begins like this.
        project_id (list[UUID] | Unset): Only items of these projects.
        status (list[JobStatus | str] | Unset): Only workloads in one of these statuses.
        start_date (datetime.datetime | Unset): Only items created at this instant or later. Give its offset
            from UTC.
        end_date (datetime.datetime | Unset): Only items created at this instant or earlier. Give its offset
            from UTC.
        order_by (ListOrder | str | Unset): The field to order by; `created_at` when absent.
            `creation_order` orders the jobs of a batch as they were submitted.
             Example: created_at.
        order_by_direction (SortDirection | Unset): Ascending or descending; descending when absent.
            Example: DESC.
        limit (int | Unset): The largest number of items in the answer. Default: 100.
        offset (int | Unset): The number of items to skip. Default: 0.

    Raises:
        errors.UnexpectedStatus: The answer is no success; the error carries its status and content.
        httpx.HTTPError: There is no answer.

    Returns:
        What the service answers.
    """
    _kwargs = request(
        id=id,
        id_starts_with=id_starts_with,
        project_id=project_id,
        status=status,
        start_date=start_date,
        end_date=end_date,
        order_by=order_by,
        order_by_direction=order_by_direction,
        limit=limit,
        offset=offset,
    )
    return parse(await client.get_async_httpx_client().request(**_kwargs))


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    id: list[UUID] | Unset = UNSET,
    id_starts_with: str | Unset = UNSET,
    project_id: list[UUID] | Unset = UNSET,
    status: list[JobStatus | str] | Unset = UNSET,
    start_date: datetime.datetime | Unset = UNSET,
    end_date: datetime.datetime | Unset = UNSET,
    order_by: ListOrder | str | Unset = UNSET,
    order_by_direction: SortDirection | Unset = UNSET,
    limit: int | Unset = 100,
    offset: int | Unset = 0,
) -> Response[WorkloadListResponse | ErrorResponse]:
    """Does what `asyncio` does, and returns the whole answer, also one that is no success.

    Raises:
        errors.UnexpectedStatus: The specification does not describe the answer, and the client raises then.
        httpx.HTTPError: There is no answer.
    """
    _kwargs = request(
        id=id,
        id_starts_with=id_starts_with,
        project_id=project_id,
        status=status,
        start_date=start_date,
        end_date=end_date,
        order_by=order_by,
        order_by_direction=order_by_direction,
        limit=limit,
        offset=offset,
    )
    return _detailed(await client.get_async_httpx_client().request(**_kwargs), client)
