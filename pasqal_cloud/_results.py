"""The document behind a job's presigned link, fetched like an operation of the generated client.

The link is its own permission and leads to another host, so no token goes with it.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from pasqal_cloud_api.models import ErrorResponse, JobResult
from pasqal_cloud_api.types import Response

if TYPE_CHECKING:
    import httpx

    from pasqal_cloud._transport import ApiClient


def sync_detailed(link: str, *, client: ApiClient) -> Response[JobResult | ErrorResponse]:
    """Fetches the document, blocking."""
    return _read(client.get_httpx_client().request(method="get", url=link, auth=None))


async def asyncio_detailed(link: str, *, client: ApiClient) -> Response[JobResult | ErrorResponse]:
    """Fetches the document, awaiting."""
    return _read(await client.get_async_httpx_client().request(method="get", url=link, auth=None))


def _read(answer: httpx.Response) -> Response[JobResult | ErrorResponse]:
    return Response(
        status_code=HTTPStatus(answer.status_code),
        content=answer.content,
        headers=answer.headers,
        parsed=JobResult.from_dict(answer.json()),
    )
