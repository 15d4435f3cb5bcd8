import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.batch_response import BatchResponse
from ...models.error_response import ErrorResponse
from ...types import UNSET, Response, Unset


def _get_kwargs(
    batch_id: UUID,
    *,
    id: list[UUID] | Unset = UNSET,
    id_starts_with: str | Unset = UNSET,
    project_id: list[UUID] | Unset = UNSET,
    user_id: list[str] | Unset = UNSET,
    status: list[str] | Unset = UNSET,
    min_runs: int | Unset = UNSET,
    max_runs: int | Unset = UNSET,
    errors: bool | Unset = UNSET,
    origin: list[str] | Unset = UNSET,
    start_date: datetime.datetime | Unset = UNSET,
    end_date: datetime.datetime | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    params: dict[str, Any] = {}

    json_id: list[str] | Unset = UNSET
    if not isinstance(id, Unset):
        json_id = []
        for id_item_data in id:
            id_item = str(id_item_data)
            json_id.append(id_item)

    params["id"] = json_id

    params["id__starts_with"] = id_starts_with

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

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/core-fast/api/v1/batches/{batch_id}/rebatch".format(
            batch_id=quote(str(batch_id), safe=""),
        ),
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> BatchResponse | ErrorResponse | None:
    if response.status_code == 200:
        response_200 = BatchResponse.from_dict(response.json())

        return response_200

    if response.status_code == 401:
        response_401 = ErrorResponse.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = ErrorResponse.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = ErrorResponse.from_dict(response.json())

        return response_404

    if response.status_code == 409:
        response_409 = ErrorResponse.from_dict(response.json())

        return response_409

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
) -> Response[BatchResponse | ErrorResponse]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    batch_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    id: list[UUID] | Unset = UNSET,
    id_starts_with: str | Unset = UNSET,
    project_id: list[UUID] | Unset = UNSET,
    user_id: list[str] | Unset = UNSET,
    status: list[str] | Unset = UNSET,
    min_runs: int | Unset = UNSET,
    max_runs: int | Unset = UNSET,
    errors: bool | Unset = UNSET,
    origin: list[str] | Unset = UNSET,
    start_date: datetime.datetime | Unset = UNSET,
    end_date: datetime.datetime | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[BatchResponse | ErrorResponse]:
    """Run jobs of a batch again

     Creates a batch with copies of the jobs of a closed batch that match every filter; without filters,
    of all its jobs. The
    new batch's `parent_id` is the id of the old one, and each new job's that of the job it copies. The
    answer has `jobs`.

    Args:
        batch_id (UUID): The batch's id.
        id (list[UUID] | Unset): Only items with one of these ids.
        id_starts_with (str | Unset): Only items whose id begins like this.
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
        idempotency_key (str | Unset): A text that you choose, and send again with each repetition
            of a request. A service that knows this header then answers with what the first request
            created, instead of creating it twice.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BatchResponse | ErrorResponse]
    """

    kwargs = _get_kwargs(
        batch_id=batch_id,
        id=id,
        id_starts_with=id_starts_with,
        project_id=project_id,
        user_id=user_id,
        status=status,
        min_runs=min_runs,
        max_runs=max_runs,
        errors=errors,
        origin=origin,
        start_date=start_date,
        end_date=end_date,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    batch_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    id: list[UUID] | Unset = UNSET,
    id_starts_with: str | Unset = UNSET,
    project_id: list[UUID] | Unset = UNSET,
    user_id: list[str] | Unset = UNSET,
    status: list[str] | Unset = UNSET,
    min_runs: int | Unset = UNSET,
    max_runs: int | Unset = UNSET,
    errors: bool | Unset = UNSET,
    origin: list[str] | Unset = UNSET,
    start_date: datetime.datetime | Unset = UNSET,
    end_date: datetime.datetime | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> BatchResponse | ErrorResponse | None:
    """Run jobs of a batch again

     Creates a batch with copies of the jobs of a closed batch that match every filter; without filters,
    of all its jobs. The
    new batch's `parent_id` is the id of the old one, and each new job's that of the job it copies. The
    answer has `jobs`.

    Args:
        batch_id (UUID): The batch's id.
        id (list[UUID] | Unset): Only items with one of these ids.
        id_starts_with (str | Unset): Only items whose id begins like this.
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
        idempotency_key (str | Unset): A text that you choose, and send again with each repetition
            of a request. A service that knows this header then answers with what the first request
            created, instead of creating it twice.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BatchResponse | ErrorResponse
    """

    return sync_detailed(
        batch_id=batch_id,
        client=client,
        id=id,
        id_starts_with=id_starts_with,
        project_id=project_id,
        user_id=user_id,
        status=status,
        min_runs=min_runs,
        max_runs=max_runs,
        errors=errors,
        origin=origin,
        start_date=start_date,
        end_date=end_date,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    batch_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    id: list[UUID] | Unset = UNSET,
    id_starts_with: str | Unset = UNSET,
    project_id: list[UUID] | Unset = UNSET,
    user_id: list[str] | Unset = UNSET,
    status: list[str] | Unset = UNSET,
    min_runs: int | Unset = UNSET,
    max_runs: int | Unset = UNSET,
    errors: bool | Unset = UNSET,
    origin: list[str] | Unset = UNSET,
    start_date: datetime.datetime | Unset = UNSET,
    end_date: datetime.datetime | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[BatchResponse | ErrorResponse]:
    """Run jobs of a batch again

     Creates a batch with copies of the jobs of a closed batch that match every filter; without filters,
    of all its jobs. The
    new batch's `parent_id` is the id of the old one, and each new job's that of the job it copies. The
    answer has `jobs`.

    Args:
        batch_id (UUID): The batch's id.
        id (list[UUID] | Unset): Only items with one of these ids.
        id_starts_with (str | Unset): Only items whose id begins like this.
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
        idempotency_key (str | Unset): A text that you choose, and send again with each repetition
            of a request. A service that knows this header then answers with what the first request
            created, instead of creating it twice.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BatchResponse | ErrorResponse]
    """

    kwargs = _get_kwargs(
        batch_id=batch_id,
        id=id,
        id_starts_with=id_starts_with,
        project_id=project_id,
        user_id=user_id,
        status=status,
        min_runs=min_runs,
        max_runs=max_runs,
        errors=errors,
        origin=origin,
        start_date=start_date,
        end_date=end_date,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    batch_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    id: list[UUID] | Unset = UNSET,
    id_starts_with: str | Unset = UNSET,
    project_id: list[UUID] | Unset = UNSET,
    user_id: list[str] | Unset = UNSET,
    status: list[str] | Unset = UNSET,
    min_runs: int | Unset = UNSET,
    max_runs: int | Unset = UNSET,
    errors: bool | Unset = UNSET,
    origin: list[str] | Unset = UNSET,
    start_date: datetime.datetime | Unset = UNSET,
    end_date: datetime.datetime | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> BatchResponse | ErrorResponse | None:
    """Run jobs of a batch again

     Creates a batch with copies of the jobs of a closed batch that match every filter; without filters,
    of all its jobs. The
    new batch's `parent_id` is the id of the old one, and each new job's that of the job it copies. The
    answer has `jobs`.

    Args:
        batch_id (UUID): The batch's id.
        id (list[UUID] | Unset): Only items with one of these ids.
        id_starts_with (str | Unset): Only items whose id begins like this.
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
        idempotency_key (str | Unset): A text that you choose, and send again with each repetition
            of a request. A service that knows this header then answers with what the first request
            created, instead of creating it twice.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BatchResponse | ErrorResponse
    """

    return (
        await asyncio_detailed(
            batch_id=batch_id,
            client=client,
            id=id,
            id_starts_with=id_starts_with,
            project_id=project_id,
            user_id=user_id,
            status=status,
            min_runs=min_runs,
            max_runs=max_runs,
            errors=errors,
            origin=origin,
            start_date=start_date,
            end_date=end_date,
            idempotency_key=idempotency_key,
        )
    ).parsed
