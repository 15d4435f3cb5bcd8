from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import UUID

from ... import errors
from ...types import UNSET, Response, Unset, json_of

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client
    from ...models.cancelled_jobs_response import CancelledJobsResponse
    from ...models.error_response import ErrorResponse
    from ...models.job_origin import JobOrigin
    from ...models.job_status import JobStatus


def request(
    batch_id: UUID,
    *,
    id: list[UUID] | Unset = UNSET,
    id_starts_with: str | Unset = UNSET,
    project_id: list[UUID] | Unset = UNSET,
    user_id: list[str] | Unset = UNSET,
    status: list[JobStatus | str] | Unset = UNSET,
    min_runs: int | Unset = UNSET,
    max_runs: int | Unset = UNSET,
    errors: bool | Unset = UNSET,
    origin: list[JobOrigin | str] | Unset = UNSET,
    start_date: datetime.datetime | Unset = UNSET,
    end_date: datetime.datetime | Unset = UNSET,
) -> dict[str, Any]:
    """Cancel jobs of a batch.

    Cancels the jobs of the batch that match every filter; without filters, all of them. The answer is 200 even
    if some can't
    be cancelled: `errors` has their ids and the reasons.

    Args:
        batch_id (UUID): The batch's id.
        id (list[UUID] | Unset): Only items with one of these ids.
        id_starts_with (str | Unset): Only items whose id begins like this.
        project_id (list[UUID] | Unset): Only items of these projects.
        user_id (list[str] | Unset): Only items that one of these users created.
        status (list[JobStatus | str] | Unset): Only jobs in one of these statuses.
        min_runs (int | Unset): Only jobs with at least this number of shots.
        max_runs (int | Unset): Only jobs with at most this number of shots.
        errors (bool | Unset): Only jobs that have errors, or only those that have none.
        origin (list[JobOrigin | str] | Unset): Only jobs with one of these origins.
        start_date (datetime.datetime | Unset): Only items created at this instant or later. Give its offset
            from UTC.
        end_date (datetime.datetime | Unset): Only items created at this instant or earlier. Give its offset
            from UTC.

    Returns:
        The request, as the arguments of `httpx.Client.request`; nothing is sent.
    """

    params: dict[str, Any] = {
        "id": UNSET if isinstance(id, Unset) else [str(item) for item in id],
        "id__starts_with": id_starts_with,
        "project_id": UNSET if isinstance(project_id, Unset) else [str(item) for item in project_id],
        "user_id": user_id,
        "status": status,
        "min_runs": min_runs,
        "max_runs": max_runs,
        "errors": errors,
        "origin": origin,
        "start_date": UNSET if isinstance(start_date, Unset) else start_date.isoformat(),
        "end_date": UNSET if isinstance(end_date, Unset) else end_date.isoformat(),
    }
    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/core-fast/api/v2/batches/{batch_id}/cancel/jobs".format(
            batch_id=quote(str(batch_id), safe=""),
        ),
        "params": {name: value for name, value in params.items() if value is not UNSET and value is not None},
    }
    return _kwargs


def parse(response: httpx.Response) -> CancelledJobsResponse:
    """Reads an answer that is a success which the specification describes.

    Raises:
        errors.UnexpectedStatus: It is another; the error carries its status and content.
        ValueError: Its body is no JSON, or something else than the specification says, as a TypeError tells, too.
    """
    from ...models.cancelled_jobs_response import CancelledJobsResponse  # noqa: PLC0415

    if response.status_code == 200:
        return CancelledJobsResponse.from_dict(json_of(response))
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
) -> Response[CancelledJobsResponse | ErrorResponse]:
    content: CancelledJobsResponse | ErrorResponse | None

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
    id: list[UUID] | Unset = UNSET,
    id_starts_with: str | Unset = UNSET,
    project_id: list[UUID] | Unset = UNSET,
    user_id: list[str] | Unset = UNSET,
    status: list[JobStatus | str] | Unset = UNSET,
    min_runs: int | Unset = UNSET,
    max_runs: int | Unset = UNSET,
    errors: bool | Unset = UNSET,
    origin: list[JobOrigin | str] | Unset = UNSET,
    start_date: datetime.datetime | Unset = UNSET,
    end_date: datetime.datetime | Unset = UNSET,
) -> CancelledJobsResponse:
    """Cancel jobs of a batch.

    Cancels the jobs of the batch that match every filter; without filters, all of them. The answer is 200 even
    if some can't
    be cancelled: `errors` has their ids and the reasons.

    Args:
        batch_id (UUID): The batch's id.
        id (list[UUID] | Unset): Only items with one of these ids.
        id_starts_with (str | Unset): Only items whose id begins like this.
        project_id (list[UUID] | Unset): Only items of these projects.
        user_id (list[str] | Unset): Only items that one of these users created.
        status (list[JobStatus | str] | Unset): Only jobs in one of these statuses.
        min_runs (int | Unset): Only jobs with at least this number of shots.
        max_runs (int | Unset): Only jobs with at most this number of shots.
        errors (bool | Unset): Only jobs that have errors, or only those that have none.
        origin (list[JobOrigin | str] | Unset): Only jobs with one of these origins.
        start_date (datetime.datetime | Unset): Only items created at this instant or later. Give its offset
            from UTC.
        end_date (datetime.datetime | Unset): Only items created at this instant or earlier. Give its offset
            from UTC.

    Raises:
        errors.UnexpectedStatus: The answer is no success; the error carries its status and content.
        httpx.HTTPError: There is no answer.

    Returns:
        What the service answers.
    """
    _kwargs = request(
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
    )
    return parse(client.get_httpx_client().request(**_kwargs))


def sync_detailed(
    batch_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    id: list[UUID] | Unset = UNSET,
    id_starts_with: str | Unset = UNSET,
    project_id: list[UUID] | Unset = UNSET,
    user_id: list[str] | Unset = UNSET,
    status: list[JobStatus | str] | Unset = UNSET,
    min_runs: int | Unset = UNSET,
    max_runs: int | Unset = UNSET,
    errors: bool | Unset = UNSET,
    origin: list[JobOrigin | str] | Unset = UNSET,
    start_date: datetime.datetime | Unset = UNSET,
    end_date: datetime.datetime | Unset = UNSET,
) -> Response[CancelledJobsResponse | ErrorResponse]:
    """Does what `sync` does, and returns the whole answer, also one that is no success.

    Raises:
        errors.UnexpectedStatus: The specification does not describe the answer, and the client raises then.
        httpx.HTTPError: There is no answer.
    """
    _kwargs = request(
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
    )
    return _detailed(client.get_httpx_client().request(**_kwargs), client)


async def asyncio(
    batch_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    id: list[UUID] | Unset = UNSET,
    id_starts_with: str | Unset = UNSET,
    project_id: list[UUID] | Unset = UNSET,
    user_id: list[str] | Unset = UNSET,
    status: list[JobStatus | str] | Unset = UNSET,
    min_runs: int | Unset = UNSET,
    max_runs: int | Unset = UNSET,
    errors: bool | Unset = UNSET,
    origin: list[JobOrigin | str] | Unset = UNSET,
    start_date: datetime.datetime | Unset = UNSET,
    end_date: datetime.datetime | Unset = UNSET,
) -> CancelledJobsResponse:
    """Cancel jobs of a batch.

    Cancels the jobs of the batch that match every filter; without filters, all of them. The answer is 200 even
    if some can't
    be cancelled: `errors` has their ids and the reasons.

    Args:
        batch_id (UUID): The batch's id.
        id (list[UUID] | Unset): Only items with one of these ids.
        id_starts_with (str | Unset): Only items whose id begins like this.
        project_id (list[UUID] | Unset): Only items of these projects.
        user_id (list[str] | Unset): Only items that one of these users created.
        status (list[JobStatus | str] | Unset): Only jobs in one of these statuses.
        min_runs (int | Unset): Only jobs with at least this number of shots.
        max_runs (int | Unset): Only jobs with at most this number of shots.
        errors (bool | Unset): Only jobs that have errors, or only those that have none.
        origin (list[JobOrigin | str] | Unset): Only jobs with one of these origins.
        start_date (datetime.datetime | Unset): Only items created at this instant or later. Give its offset
            from UTC.
        end_date (datetime.datetime | Unset): Only items created at this instant or earlier. Give its offset
            from UTC.

    Raises:
        errors.UnexpectedStatus: The answer is no success; the error carries its status and content.
        httpx.HTTPError: There is no answer.

    Returns:
        What the service answers.
    """
    _kwargs = request(
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
    )
    return parse(await client.get_async_httpx_client().request(**_kwargs))


async def asyncio_detailed(
    batch_id: UUID,
    *,
    client: AuthenticatedClient | Client,
    id: list[UUID] | Unset = UNSET,
    id_starts_with: str | Unset = UNSET,
    project_id: list[UUID] | Unset = UNSET,
    user_id: list[str] | Unset = UNSET,
    status: list[JobStatus | str] | Unset = UNSET,
    min_runs: int | Unset = UNSET,
    max_runs: int | Unset = UNSET,
    errors: bool | Unset = UNSET,
    origin: list[JobOrigin | str] | Unset = UNSET,
    start_date: datetime.datetime | Unset = UNSET,
    end_date: datetime.datetime | Unset = UNSET,
) -> Response[CancelledJobsResponse | ErrorResponse]:
    """Does what `asyncio` does, and returns the whole answer, also one that is no success.

    Raises:
        errors.UnexpectedStatus: The specification does not describe the answer, and the client raises then.
        httpx.HTTPError: There is no answer.
    """
    _kwargs = request(
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
    )
    return _detailed(await client.get_async_httpx_client().request(**_kwargs), client)
