from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...types import UNSET, Response, Unset, json_of

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client
    from ...models.create_workload import CreateWorkload
    from ...models.error_response import ErrorResponse
    from ...models.workload_response import WorkloadResponse


def request(
    *,
    body: CreateWorkload,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    """Create a workload.

    Runs an algorithm. What `config` holds depends on `workload_type` and `backend`. The answer has `result`,
    which is null.

    Args:
        idempotency_key (str | Unset): A text that you choose, and send again with each repetition of a
            request. A service that knows this header then answers with what the first request created, instead
            of creating it twice.
        body (CreateWorkload): The body of `createWorkload`.

    Returns:
        The request, as the arguments of `httpx.Client.request`; nothing is sent.
    """
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/core-fast/api/v1/workloads",
    }
    _kwargs["json"] = body.to_dict()
    headers["Content-Type"] = "application/json"
    _kwargs["headers"] = headers
    return _kwargs


def parse(response: httpx.Response) -> WorkloadResponse:
    """Reads an answer that is a success which the specification describes.

    Raises:
        errors.UnexpectedStatus: It is another; the error carries its status and content.
        ValueError: Its body is no JSON, or something else than the specification says, as a TypeError tells, too.
    """
    from ...models.workload_response import WorkloadResponse  # noqa: PLC0415

    if response.status_code == 200:
        return WorkloadResponse.from_dict(json_of(response))
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
) -> Response[WorkloadResponse | ErrorResponse]:
    content: WorkloadResponse | ErrorResponse | None

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
    body: CreateWorkload,
    idempotency_key: str | Unset = UNSET,
) -> WorkloadResponse:
    """Create a workload.

    Runs an algorithm. What `config` holds depends on `workload_type` and `backend`. The answer has `result`,
    which is null.

    Args:
        idempotency_key (str | Unset): A text that you choose, and send again with each repetition of a
            request. A service that knows this header then answers with what the first request created, instead
            of creating it twice.
        body (CreateWorkload): The body of `createWorkload`.

    Raises:
        errors.UnexpectedStatus: The answer is no success; the error carries its status and content.
        httpx.HTTPError: There is no answer.

    Returns:
        What the service answers.
    """
    _kwargs = request(
        body=body,
        idempotency_key=idempotency_key,
    )
    return parse(client.get_httpx_client().request(**_kwargs))


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: CreateWorkload,
    idempotency_key: str | Unset = UNSET,
) -> Response[WorkloadResponse | ErrorResponse]:
    """Does what `sync` does, and returns the whole answer, also one that is no success.

    Raises:
        errors.UnexpectedStatus: The specification does not describe the answer, and the client raises then.
        httpx.HTTPError: There is no answer.
    """
    _kwargs = request(
        body=body,
        idempotency_key=idempotency_key,
    )
    return _detailed(client.get_httpx_client().request(**_kwargs), client)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: CreateWorkload,
    idempotency_key: str | Unset = UNSET,
) -> WorkloadResponse:
    """Create a workload.

    Runs an algorithm. What `config` holds depends on `workload_type` and `backend`. The answer has `result`,
    which is null.

    Args:
        idempotency_key (str | Unset): A text that you choose, and send again with each repetition of a
            request. A service that knows this header then answers with what the first request created, instead
            of creating it twice.
        body (CreateWorkload): The body of `createWorkload`.

    Raises:
        errors.UnexpectedStatus: The answer is no success; the error carries its status and content.
        httpx.HTTPError: There is no answer.

    Returns:
        What the service answers.
    """
    _kwargs = request(
        body=body,
        idempotency_key=idempotency_key,
    )
    return parse(await client.get_async_httpx_client().request(**_kwargs))


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: CreateWorkload,
    idempotency_key: str | Unset = UNSET,
) -> Response[WorkloadResponse | ErrorResponse]:
    """Does what `asyncio` does, and returns the whole answer, also one that is no success.

    Raises:
        errors.UnexpectedStatus: The specification does not describe the answer, and the client raises then.
        httpx.HTTPError: There is no answer.
    """
    _kwargs = request(
        body=body,
        idempotency_key=idempotency_key,
    )
    return _detailed(await client.get_async_httpx_client().request(**_kwargs), client)
