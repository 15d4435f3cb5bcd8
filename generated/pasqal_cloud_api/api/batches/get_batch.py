from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import UUID

from ... import errors
from ...types import Response, json_of

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client
    from ...models.batch_response import BatchResponse
    from ...models.error_response import ErrorResponse


def request(
    batch_id: UUID,
) -> dict[str, Any]:
    """Get a batch.

    The batch with `sequence_builder` and `job_ids`, without `jobs`; get those with `listJobs`.

    Args:
        batch_id (UUID): The batch's id.

    Returns:
        The request, as the arguments of `httpx.Client.request`; nothing is sent.
    """

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/core-fast/api/v2/batches/{batch_id}".format(
            batch_id=quote(str(batch_id), safe=""),
        ),
    }
    return _kwargs


def parse(response: httpx.Response) -> BatchResponse:
    """Reads an answer that is a success which the specification describes.

    Raises:
        errors.UnexpectedStatus: It is another; the error carries its status and content.
        ValueError: Its body is no JSON, or something else than the specification says, as a TypeError tells, too.
    """
    from ...models.batch_response import BatchResponse  # noqa: PLC0415

    if response.status_code == 200:
        return BatchResponse.from_dict(json_of(response))
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
) -> Response[BatchResponse | ErrorResponse]:
    content: BatchResponse | ErrorResponse | None

    try:
        content = parse(response)
    except errors.UnexpectedStatus:
        content = _failure(response)
        if content is None and client.raise_on_unexpected_status:
            raise
    return Response(response.status_code, response.content, response.headers, content)


def sync(
    batch_id: UUID,
    *,
    client: AuthenticatedClient | Client,
) -> BatchResponse:
    """Get a batch.

    The batch with `sequence_builder` and `job_ids`, without `jobs`; get those with `listJobs`.

    Args:
        batch_id (UUID): The batch's id.

    Raises:
        errors.UnexpectedStatus: The answer is no success; the error carries its status and content.
        httpx.HTTPError: There is no answer.

    Returns:
        What the service answers.
    """
    _kwargs = request(
        batch_id=batch_id,
    )
    return parse(client.get_httpx_client().request(**_kwargs))


def sync_detailed(
    batch_id: UUID,
    *,
    client: AuthenticatedClient | Client,
) -> Response[BatchResponse | ErrorResponse]:
    """Does what `sync` does, and returns the whole answer, also one that is no success.

    Raises:
        errors.UnexpectedStatus: The specification does not describe the answer, and the client raises then.
        httpx.HTTPError: There is no answer.
    """
    _kwargs = request(
        batch_id=batch_id,
    )
    return _detailed(client.get_httpx_client().request(**_kwargs), client)


async def asyncio(
    batch_id: UUID,
    *,
    client: AuthenticatedClient | Client,
) -> BatchResponse:
    """Get a batch.

    The batch with `sequence_builder` and `job_ids`, without `jobs`; get those with `listJobs`.

    Args:
        batch_id (UUID): The batch's id.

    Raises:
        errors.UnexpectedStatus: The answer is no success; the error carries its status and content.
        httpx.HTTPError: There is no answer.

    Returns:
        What the service answers.
    """
    _kwargs = request(
        batch_id=batch_id,
    )
    return parse(await client.get_async_httpx_client().request(**_kwargs))


async def asyncio_detailed(
    batch_id: UUID,
    *,
    client: AuthenticatedClient | Client,
) -> Response[BatchResponse | ErrorResponse]:
    """Does what `asyncio` does, and returns the whole answer, also one that is no success.

    Raises:
        errors.UnexpectedStatus: The specification does not describe the answer, and the client raises then.
        httpx.HTTPError: There is no answer.
    """
    _kwargs = request(
        batch_id=batch_id,
    )
    return _detailed(await client.get_async_httpx_client().request(**_kwargs), client)
