"""The token that requests are made with, asked for like an operation of the generated client."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from pasqal_cloud_api.types import Response

if TYPE_CHECKING:
    from pasqal_cloud._transport import ApiClient
    from pasqal_cloud_api.models import ErrorResponse


def sync_detailed(*, client: ApiClient) -> Response[str | ErrorResponse]:
    """Gets it, blocking."""
    return _as_answer(client.get_httpx_client().token())


async def asyncio_detailed(*, client: ApiClient) -> Response[str | ErrorResponse]:
    """Gets it, awaiting."""
    return _as_answer(await client.get_async_httpx_client().token())


def _as_answer(token: str) -> Response[str | ErrorResponse]:
    return Response(status_code=HTTPStatus.OK, content=b"", headers={}, parsed=token)
