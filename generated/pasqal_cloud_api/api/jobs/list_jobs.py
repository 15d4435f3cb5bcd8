import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_response import ErrorResponse
from ...models.job_list_response import JobListResponse
from ...models.sort_direction import SortDirection
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    id: list[UUID] | Unset = UNSET,
    id_starts_with: str | Unset = UNSET,
    batch_id: list[UUID] | Unset = UNSET,
    project_id: list[UUID] | Unset = UNSET,
    user_id: list[str] | Unset = UNSET,
    status: list[str] | Unset = UNSET,
    min_runs: int | Unset = UNSET,
    max_runs: int | Unset = UNSET,
    errors: bool | Unset = UNSET,
    origin: list[str] | Unset = UNSET,
    start_date: datetime.datetime | Unset = UNSET,
    end_date: datetime.datetime | Unset = UNSET,
    order_by: str | Unset = UNSET,
    order_by_direction: SortDirection | Unset = UNSET,
    limit: int | Unset = 100,
    offset: int | Unset = 0,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_id: list[str] | Unset = UNSET
    if not isinstance(id, Unset):
        json_id = []
        for id_item_data in id:
            id_item = str(id_item_data)
            json_id.append(id_item)

    params["id"] = json_id

    params["id__starts_with"] = id_starts_with

    json_batch_id: list[str] | Unset = UNSET
    if not isinstance(batch_id, Unset):
        json_batch_id = []
        for batch_id_item_data in batch_id:
            batch_id_item = str(batch_id_item_data)
            json_batch_id.append(batch_id_item)

    params["batch_id"] = json_batch_id

    json_project_id: list[str] | Unset = UNSET
    if not isinstance(project_id, Unset):
        json_project_id = []
        for project_id_item_data in project_id:
            project_id_item = str(project_id_item_data)
            json_project_id.append(project_id_item)

    params["project_id"] = json_project_id

    json_user_id: list[str] | Unset = UNSET
    if not isinstance(user_id, Unset):
        json_user_id = user_id

    params["user_id"] = json_user_id

    json_status: list[str] | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status

    params["status"] = json_status

    params["min_runs"] = min_runs

    params["max_runs"] = max_runs

    params["errors"] = errors

    json_origin: list[str] | Unset = UNSET
    if not isinstance(origin, Unset):
        json_origin = origin

    params["origin"] = json_origin

    json_start_date: str | Unset = UNSET
    if not isinstance(start_date, Unset):
        json_start_date = start_date.isoformat()
    params["start_date"] = json_start_date

    json_end_date: str | Unset = UNSET
    if not isinstance(end_date, Unset):
        json_end_date = end_date.isoformat()
    params["end_date"] = json_end_date

    params["order_by"] = order_by

    json_order_by_direction: str | Unset = UNSET
    if not isinstance(order_by_direction, Unset):
        json_order_by_direction = order_by_direction

    params["order_by_direction"] = json_order_by_direction

    params["limit"] = limit

    params["offset"] = offset

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/core-fast/api/v2/jobs",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorResponse | JobListResponse | None:
    if response.status_code == 200:
        response_200 = JobListResponse.from_dict(response.json())

        return response_200

    if response.status_code == 401:
        response_401 = ErrorResponse.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = ErrorResponse.from_dict(response.json())

        return response_403

    if response.status_code == 422:
        response_422 = ErrorResponse.from_dict(response.json())

        return response_422

    if response.status_code == 429:
        response_429 = ErrorResponse.from_dict(response.json())

        return response_429

    if 400 <= response.status_code <= 499:
        response_4xx = ErrorResponse.from_dict(response.json())

        return response_4xx

    if 500 <= response.status_code <= 599:
        response_5xx = ErrorResponse.from_dict(response.json())

        return response_5xx

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ErrorResponse | JobListResponse]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    id: list[UUID] | Unset = UNSET,
    id_starts_with: str | Unset = UNSET,
    batch_id: list[UUID] | Unset = UNSET,
    project_id: list[UUID] | Unset = UNSET,
    user_id: list[str] | Unset = UNSET,
    status: list[str] | Unset = UNSET,
    min_runs: int | Unset = UNSET,
    max_runs: int | Unset = UNSET,
    errors: bool | Unset = UNSET,
    origin: list[str] | Unset = UNSET,
    start_date: datetime.datetime | Unset = UNSET,
    end_date: datetime.datetime | Unset = UNSET,
    order_by: str | Unset = UNSET,
    order_by_direction: SortDirection | Unset = UNSET,
    limit: int | Unset = 100,
    offset: int | Unset = 0,
) -> Response[ErrorResponse | JobListResponse]:
    """List jobs

     A page of the jobs that the caller may see and that match every filter, newest first unless ordered
    otherwise. Items have
    neither `sequence` nor a result. For the jobs of a batch in the order of their submission, give
    `batch_id`,
    `order_by=creation_order` and `order_by_direction=ASC`.

    Args:
        id (list[UUID] | Unset): Only items with one of these ids.
        id_starts_with (str | Unset): Only items whose id begins like this.
        batch_id (list[UUID] | Unset): Only jobs of these batches.
        project_id (list[UUID] | Unset): Only items of these projects.
        user_id (list[str] | Unset): Only items that one of these users created.
        status (list[str] | Unset): Only jobs in one of these statuses.
        min_runs (int | Unset): Only jobs with at least this number of shots.
        max_runs (int | Unset): Only jobs with at most this number of shots.
        errors (bool | Unset): Only jobs that have errors, or only those that have none.
        origin (list[str] | Unset): Only jobs with one of these origins.
        start_date (datetime.datetime | Unset): Only items created at this instant or later. Give
            its offset from UTC.
        end_date (datetime.datetime | Unset): Only items created at this instant or earlier. Give
            its offset from UTC.
        order_by (str | Unset): The field to order by; `created_at` when absent. `creation_order`
            orders the jobs of a batch as they were submitted.
             Example: created_at.
        order_by_direction (SortDirection | Unset): Ascending or descending; descending when
            absent. Example: DESC.
        limit (int | Unset): The largest number of items in the answer. Default: 100.
        offset (int | Unset): The number of items to skip. Default: 0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorResponse | JobListResponse]
    """

    kwargs = _get_kwargs(
        id=id,
        id_starts_with=id_starts_with,
        batch_id=batch_id,
        project_id=project_id,
        user_id=user_id,
        status=status,
        min_runs=min_runs,
        max_runs=max_runs,
        errors=errors,
        origin=origin,
        start_date=start_date,
        end_date=end_date,
        order_by=order_by,
        order_by_direction=order_by_direction,
        limit=limit,
        offset=offset,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    id: list[UUID] | Unset = UNSET,
    id_starts_with: str | Unset = UNSET,
    batch_id: list[UUID] | Unset = UNSET,
    project_id: list[UUID] | Unset = UNSET,
    user_id: list[str] | Unset = UNSET,
    status: list[str] | Unset = UNSET,
    min_runs: int | Unset = UNSET,
    max_runs: int | Unset = UNSET,
    errors: bool | Unset = UNSET,
    origin: list[str] | Unset = UNSET,
    start_date: datetime.datetime | Unset = UNSET,
    end_date: datetime.datetime | Unset = UNSET,
    order_by: str | Unset = UNSET,
    order_by_direction: SortDirection | Unset = UNSET,
    limit: int | Unset = 100,
    offset: int | Unset = 0,
) -> ErrorResponse | JobListResponse | None:
    """List jobs

     A page of the jobs that the caller may see and that match every filter, newest first unless ordered
    otherwise. Items have
    neither `sequence` nor a result. For the jobs of a batch in the order of their submission, give
    `batch_id`,
    `order_by=creation_order` and `order_by_direction=ASC`.

    Args:
        id (list[UUID] | Unset): Only items with one of these ids.
        id_starts_with (str | Unset): Only items whose id begins like this.
        batch_id (list[UUID] | Unset): Only jobs of these batches.
        project_id (list[UUID] | Unset): Only items of these projects.
        user_id (list[str] | Unset): Only items that one of these users created.
        status (list[str] | Unset): Only jobs in one of these statuses.
        min_runs (int | Unset): Only jobs with at least this number of shots.
        max_runs (int | Unset): Only jobs with at most this number of shots.
        errors (bool | Unset): Only jobs that have errors, or only those that have none.
        origin (list[str] | Unset): Only jobs with one of these origins.
        start_date (datetime.datetime | Unset): Only items created at this instant or later. Give
            its offset from UTC.
        end_date (datetime.datetime | Unset): Only items created at this instant or earlier. Give
            its offset from UTC.
        order_by (str | Unset): The field to order by; `created_at` when absent. `creation_order`
            orders the jobs of a batch as they were submitted.
             Example: created_at.
        order_by_direction (SortDirection | Unset): Ascending or descending; descending when
            absent. Example: DESC.
        limit (int | Unset): The largest number of items in the answer. Default: 100.
        offset (int | Unset): The number of items to skip. Default: 0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorResponse | JobListResponse
    """

    return sync_detailed(
        client=client,
        id=id,
        id_starts_with=id_starts_with,
        batch_id=batch_id,
        project_id=project_id,
        user_id=user_id,
        status=status,
        min_runs=min_runs,
        max_runs=max_runs,
        errors=errors,
        origin=origin,
        start_date=start_date,
        end_date=end_date,
        order_by=order_by,
        order_by_direction=order_by_direction,
        limit=limit,
        offset=offset,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    id: list[UUID] | Unset = UNSET,
    id_starts_with: str | Unset = UNSET,
    batch_id: list[UUID] | Unset = UNSET,
    project_id: list[UUID] | Unset = UNSET,
    user_id: list[str] | Unset = UNSET,
    status: list[str] | Unset = UNSET,
    min_runs: int | Unset = UNSET,
    max_runs: int | Unset = UNSET,
    errors: bool | Unset = UNSET,
    origin: list[str] | Unset = UNSET,
    start_date: datetime.datetime | Unset = UNSET,
    end_date: datetime.datetime | Unset = UNSET,
    order_by: str | Unset = UNSET,
    order_by_direction: SortDirection | Unset = UNSET,
    limit: int | Unset = 100,
    offset: int | Unset = 0,
) -> Response[ErrorResponse | JobListResponse]:
    """List jobs

     A page of the jobs that the caller may see and that match every filter, newest first unless ordered
    otherwise. Items have
    neither `sequence` nor a result. For the jobs of a batch in the order of their submission, give
    `batch_id`,
    `order_by=creation_order` and `order_by_direction=ASC`.

    Args:
        id (list[UUID] | Unset): Only items with one of these ids.
        id_starts_with (str | Unset): Only items whose id begins like this.
        batch_id (list[UUID] | Unset): Only jobs of these batches.
        project_id (list[UUID] | Unset): Only items of these projects.
        user_id (list[str] | Unset): Only items that one of these users created.
        status (list[str] | Unset): Only jobs in one of these statuses.
        min_runs (int | Unset): Only jobs with at least this number of shots.
        max_runs (int | Unset): Only jobs with at most this number of shots.
        errors (bool | Unset): Only jobs that have errors, or only those that have none.
        origin (list[str] | Unset): Only jobs with one of these origins.
        start_date (datetime.datetime | Unset): Only items created at this instant or later. Give
            its offset from UTC.
        end_date (datetime.datetime | Unset): Only items created at this instant or earlier. Give
            its offset from UTC.
        order_by (str | Unset): The field to order by; `created_at` when absent. `creation_order`
            orders the jobs of a batch as they were submitted.
             Example: created_at.
        order_by_direction (SortDirection | Unset): Ascending or descending; descending when
            absent. Example: DESC.
        limit (int | Unset): The largest number of items in the answer. Default: 100.
        offset (int | Unset): The number of items to skip. Default: 0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorResponse | JobListResponse]
    """

    kwargs = _get_kwargs(
        id=id,
        id_starts_with=id_starts_with,
        batch_id=batch_id,
        project_id=project_id,
        user_id=user_id,
        status=status,
        min_runs=min_runs,
        max_runs=max_runs,
        errors=errors,
        origin=origin,
        start_date=start_date,
        end_date=end_date,
        order_by=order_by,
        order_by_direction=order_by_direction,
        limit=limit,
        offset=offset,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    id: list[UUID] | Unset = UNSET,
    id_starts_with: str | Unset = UNSET,
    batch_id: list[UUID] | Unset = UNSET,
    project_id: list[UUID] | Unset = UNSET,
    user_id: list[str] | Unset = UNSET,
    status: list[str] | Unset = UNSET,
    min_runs: int | Unset = UNSET,
    max_runs: int | Unset = UNSET,
    errors: bool | Unset = UNSET,
    origin: list[str] | Unset = UNSET,
    start_date: datetime.datetime | Unset = UNSET,
    end_date: datetime.datetime | Unset = UNSET,
    order_by: str | Unset = UNSET,
    order_by_direction: SortDirection | Unset = UNSET,
    limit: int | Unset = 100,
    offset: int | Unset = 0,
) -> ErrorResponse | JobListResponse | None:
    """List jobs

     A page of the jobs that the caller may see and that match every filter, newest first unless ordered
    otherwise. Items have
    neither `sequence` nor a result. For the jobs of a batch in the order of their submission, give
    `batch_id`,
    `order_by=creation_order` and `order_by_direction=ASC`.

    Args:
        id (list[UUID] | Unset): Only items with one of these ids.
        id_starts_with (str | Unset): Only items whose id begins like this.
        batch_id (list[UUID] | Unset): Only jobs of these batches.
        project_id (list[UUID] | Unset): Only items of these projects.
        user_id (list[str] | Unset): Only items that one of these users created.
        status (list[str] | Unset): Only jobs in one of these statuses.
        min_runs (int | Unset): Only jobs with at least this number of shots.
        max_runs (int | Unset): Only jobs with at most this number of shots.
        errors (bool | Unset): Only jobs that have errors, or only those that have none.
        origin (list[str] | Unset): Only jobs with one of these origins.
        start_date (datetime.datetime | Unset): Only items created at this instant or later. Give
            its offset from UTC.
        end_date (datetime.datetime | Unset): Only items created at this instant or earlier. Give
            its offset from UTC.
        order_by (str | Unset): The field to order by; `created_at` when absent. `creation_order`
            orders the jobs of a batch as they were submitted.
             Example: created_at.
        order_by_direction (SortDirection | Unset): Ascending or descending; descending when
            absent. Example: DESC.
        limit (int | Unset): The largest number of items in the answer. Default: 100.
        offset (int | Unset): The number of items to skip. Default: 0.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorResponse | JobListResponse
    """

    return (
        await asyncio_detailed(
            client=client,
            id=id,
            id_starts_with=id_starts_with,
            batch_id=batch_id,
            project_id=project_id,
            user_id=user_id,
            status=status,
            min_runs=min_runs,
            max_runs=max_runs,
            errors=errors,
            origin=origin,
            start_date=start_date,
            end_date=end_date,
            order_by=order_by,
            order_by_direction=order_by_direction,
            limit=limit,
            offset=offset,
        )
    ).parsed
