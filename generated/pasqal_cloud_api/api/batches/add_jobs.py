from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.batch_response import BatchResponse
from ...models.create_job import CreateJob
from ...models.error_response import ErrorResponse
from ...types import UNSET, Response, Unset


def _get_kwargs(
    batch_id: UUID,
    *,
    body: list[CreateJob],
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/core-fast/api/v2/batches/{batch_id}/jobs".format(
            batch_id=quote(str(batch_id), safe=""),
        ),
    }

    _kwargs["json"] = []
    for body_item_data in body:
        body_item = body_item_data.to_dict()
        _kwargs["json"].append(body_item)

    headers["Content-Type"] = "application/json"

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
    body: list[CreateJob],
    idempotency_key: str | Unset = UNSET,
) -> Response[BatchResponse | ErrorResponse]:
    """Add jobs to an open batch

     Adds jobs to an open batch that is pending or running; they run after those it has. The body is an
    array, which may be
    compressed as that of `createBatch`. The answer has `jobs`, old and new.

    Args:
        batch_id (UUID): The batch's id.
        idempotency_key (str | Unset): A text that you choose, and send again with each repetition
            of a request. A service that knows this header then answers with what the first request
            created, instead of creating it twice.
        body (list[CreateJob]):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BatchResponse | ErrorResponse]
    """

    kwargs = _get_kwargs(
        batch_id=batch_id,
        body=body,
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
    body: list[CreateJob],
    idempotency_key: str | Unset = UNSET,
) -> BatchResponse | ErrorResponse | None:
    """Add jobs to an open batch

     Adds jobs to an open batch that is pending or running; they run after those it has. The body is an
    array, which may be
    compressed as that of `createBatch`. The answer has `jobs`, old and new.

    Args:
        batch_id (UUID): The batch's id.
        idempotency_key (str | Unset): A text that you choose, and send again with each repetition
            of a request. A service that knows this header then answers with what the first request
            created, instead of creating it twice.
        body (list[CreateJob]):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BatchResponse | ErrorResponse
    """

    return sync_detailed(
        batch_id=batch_id,
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    batch_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    body: list[CreateJob],
    idempotency_key: str | Unset = UNSET,
) -> Response[BatchResponse | ErrorResponse]:
    """Add jobs to an open batch

     Adds jobs to an open batch that is pending or running; they run after those it has. The body is an
    array, which may be
    compressed as that of `createBatch`. The answer has `jobs`, old and new.

    Args:
        batch_id (UUID): The batch's id.
        idempotency_key (str | Unset): A text that you choose, and send again with each repetition
            of a request. A service that knows this header then answers with what the first request
            created, instead of creating it twice.
        body (list[CreateJob]):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BatchResponse | ErrorResponse]
    """

    kwargs = _get_kwargs(
        batch_id=batch_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    batch_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    body: list[CreateJob],
    idempotency_key: str | Unset = UNSET,
) -> BatchResponse | ErrorResponse | None:
    """Add jobs to an open batch

     Adds jobs to an open batch that is pending or running; they run after those it has. The body is an
    array, which may be
    compressed as that of `createBatch`. The answer has `jobs`, old and new.

    Args:
        batch_id (UUID): The batch's id.
        idempotency_key (str | Unset): A text that you choose, and send again with each repetition
            of a request. A service that knows this header then answers with what the first request
            created, instead of creating it twice.
        body (list[CreateJob]):

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
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
