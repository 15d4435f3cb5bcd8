from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.cancel_batches import CancelBatches
from ...models.cancelled_batches_response import CancelledBatchesResponse
from ...models.error_response import ErrorResponse
from ...types import Response


def _get_kwargs(
    *,
    body: CancelBatches,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/core-fast/api/v1/batches/cancel",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> CancelledBatchesResponse | ErrorResponse | None:
    if response.status_code == 200:
        response_200 = CancelledBatchesResponse.from_dict(response.json())

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
) -> Response[CancelledBatchesResponse | ErrorResponse]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: CancelBatches,
) -> Response[CancelledBatchesResponse | ErrorResponse]:
    """Cancel several batches

     Cancels the caller's own batches that the body selects. The answer is 200 even if some can't be
    cancelled: `errors` has
    their ids and the reasons.

    Args:
        body (CancelBatches): Which batches to cancel: those in `batch_ids`, or those that match
            every filter, or, with `cancel_all` alone, all.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CancelledBatchesResponse | ErrorResponse]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: CancelBatches,
) -> CancelledBatchesResponse | ErrorResponse | None:
    """Cancel several batches

     Cancels the caller's own batches that the body selects. The answer is 200 even if some can't be
    cancelled: `errors` has
    their ids and the reasons.

    Args:
        body (CancelBatches): Which batches to cancel: those in `batch_ids`, or those that match
            every filter, or, with `cancel_all` alone, all.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CancelledBatchesResponse | ErrorResponse
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: CancelBatches,
) -> Response[CancelledBatchesResponse | ErrorResponse]:
    """Cancel several batches

     Cancels the caller's own batches that the body selects. The answer is 200 even if some can't be
    cancelled: `errors` has
    their ids and the reasons.

    Args:
        body (CancelBatches): Which batches to cancel: those in `batch_ids`, or those that match
            every filter, or, with `cancel_all` alone, all.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CancelledBatchesResponse | ErrorResponse]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: CancelBatches,
) -> CancelledBatchesResponse | ErrorResponse | None:
    """Cancel several batches

     Cancels the caller's own batches that the body selects. The answer is 200 even if some can't be
    cancelled: `errors` has
    their ids and the reasons.

    Args:
        body (CancelBatches): Which batches to cancel: those in `batch_ids`, or those that match
            every filter, or, with `cancel_all` alone, all.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CancelledBatchesResponse | ErrorResponse
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
