from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.batch_response import BatchResponse
from ...models.create_batch import CreateBatch
from ...models.error_response import ErrorResponse
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: CreateBatch,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/core-fast/api/v1/batches",
    }

    _kwargs["json"] = body.to_dict()

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
    *,
    client: AuthenticatedClient | Client,
    body: CreateBatch,
    idempotency_key: str | Unset = UNSET,
) -> Response[BatchResponse | ErrorResponse]:
    """Create a batch

     Puts a batch in its device's queue. The answer has `jobs`. A closed batch (the default) needs at
    least one job, takes no
    more, and ends when all its jobs have ended. An open batch takes more with `addJobs` until
    `closeBatch`.

    A job runs either the batch's sequence, with its own `variables`, or its own `sequence`, which has
    no variables. Without
    a sequence on the batch, each job needs its own. Variables for a sequence without variables are
    refused.

    The body may be compressed with gzip: send `Content-Encoding: gzip` and the same content type. A
    request that is sent
    twice may create two batches; see `Idempotency-Key`.

    Args:
        idempotency_key (str | Unset): A text that you choose, and send again with each repetition
            of a request. A service that knows this header then answers with what the first request
            created, instead of creating it twice.
        body (CreateBatch): The body of `createBatch`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BatchResponse | ErrorResponse]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: CreateBatch,
    idempotency_key: str | Unset = UNSET,
) -> BatchResponse | ErrorResponse | None:
    """Create a batch

     Puts a batch in its device's queue. The answer has `jobs`. A closed batch (the default) needs at
    least one job, takes no
    more, and ends when all its jobs have ended. An open batch takes more with `addJobs` until
    `closeBatch`.

    A job runs either the batch's sequence, with its own `variables`, or its own `sequence`, which has
    no variables. Without
    a sequence on the batch, each job needs its own. Variables for a sequence without variables are
    refused.

    The body may be compressed with gzip: send `Content-Encoding: gzip` and the same content type. A
    request that is sent
    twice may create two batches; see `Idempotency-Key`.

    Args:
        idempotency_key (str | Unset): A text that you choose, and send again with each repetition
            of a request. A service that knows this header then answers with what the first request
            created, instead of creating it twice.
        body (CreateBatch): The body of `createBatch`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BatchResponse | ErrorResponse
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: CreateBatch,
    idempotency_key: str | Unset = UNSET,
) -> Response[BatchResponse | ErrorResponse]:
    """Create a batch

     Puts a batch in its device's queue. The answer has `jobs`. A closed batch (the default) needs at
    least one job, takes no
    more, and ends when all its jobs have ended. An open batch takes more with `addJobs` until
    `closeBatch`.

    A job runs either the batch's sequence, with its own `variables`, or its own `sequence`, which has
    no variables. Without
    a sequence on the batch, each job needs its own. Variables for a sequence without variables are
    refused.

    The body may be compressed with gzip: send `Content-Encoding: gzip` and the same content type. A
    request that is sent
    twice may create two batches; see `Idempotency-Key`.

    Args:
        idempotency_key (str | Unset): A text that you choose, and send again with each repetition
            of a request. A service that knows this header then answers with what the first request
            created, instead of creating it twice.
        body (CreateBatch): The body of `createBatch`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[BatchResponse | ErrorResponse]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: CreateBatch,
    idempotency_key: str | Unset = UNSET,
) -> BatchResponse | ErrorResponse | None:
    """Create a batch

     Puts a batch in its device's queue. The answer has `jobs`. A closed batch (the default) needs at
    least one job, takes no
    more, and ends when all its jobs have ended. An open batch takes more with `addJobs` until
    `closeBatch`.

    A job runs either the batch's sequence, with its own `variables`, or its own `sequence`, which has
    no variables. Without
    a sequence on the batch, each job needs its own. Variables for a sequence without variables are
    refused.

    The body may be compressed with gzip: send `Content-Encoding: gzip` and the same content type. A
    request that is sent
    twice may create two batches; see `Idempotency-Key`.

    Args:
        idempotency_key (str | Unset): A text that you choose, and send again with each repetition
            of a request. A service that knows this header then answers with what the first request
            created, instead of creating it twice.
        body (CreateBatch): The body of `createBatch`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        BatchResponse | ErrorResponse
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
