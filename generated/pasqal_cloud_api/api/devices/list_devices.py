from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.device_list_response import DeviceListResponse
from ...models.error_response import ErrorResponse
from ...models.sort_direction import SortDirection
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    device_type: list[str] | Unset = UNSET,
    availability: list[str] | Unset = UNSET,
    public: bool | Unset = UNSET,
    order_by: str | Unset = UNSET,
    order_by_direction: SortDirection | Unset = UNSET,
    limit: int | Unset = 100,
    offset: int | Unset = 0,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_device_type: list[str] | Unset = UNSET
    if not isinstance(device_type, Unset):
        json_device_type = device_type

    params["device_type"] = json_device_type

    json_availability: list[str] | Unset = UNSET
    if not isinstance(availability, Unset):
        json_availability = availability

    params["availability"] = json_availability

    params["public"] = public

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
        "url": "/core-fast/api/v2/devices",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> DeviceListResponse | ErrorResponse | None:
    if response.status_code == 200:
        response_200 = DeviceListResponse.from_dict(response.json())

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
) -> Response[DeviceListResponse | ErrorResponse]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    device_type: list[str] | Unset = UNSET,
    availability: list[str] | Unset = UNSET,
    public: bool | Unset = UNSET,
    order_by: str | Unset = UNSET,
    order_by_direction: SortDirection | Unset = UNSET,
    limit: int | Unset = 100,
    offset: int | Unset = 0,
) -> Response[DeviceListResponse | ErrorResponse]:
    """List the caller's devices

     A page of the devices, private ones included, that the caller may use and that match every filter.

    Args:
        device_type (list[str] | Unset): Only devices of these types.
        availability (list[str] | Unset): Only devices with one of these availabilities.
        public (bool | Unset): Only devices that everybody may see, or only private ones.
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
        Response[DeviceListResponse | ErrorResponse]
    """

    kwargs = _get_kwargs(
        device_type=device_type,
        availability=availability,
        public=public,
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
    device_type: list[str] | Unset = UNSET,
    availability: list[str] | Unset = UNSET,
    public: bool | Unset = UNSET,
    order_by: str | Unset = UNSET,
    order_by_direction: SortDirection | Unset = UNSET,
    limit: int | Unset = 100,
    offset: int | Unset = 0,
) -> DeviceListResponse | ErrorResponse | None:
    """List the caller's devices

     A page of the devices, private ones included, that the caller may use and that match every filter.

    Args:
        device_type (list[str] | Unset): Only devices of these types.
        availability (list[str] | Unset): Only devices with one of these availabilities.
        public (bool | Unset): Only devices that everybody may see, or only private ones.
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
        DeviceListResponse | ErrorResponse
    """

    return sync_detailed(
        client=client,
        device_type=device_type,
        availability=availability,
        public=public,
        order_by=order_by,
        order_by_direction=order_by_direction,
        limit=limit,
        offset=offset,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    device_type: list[str] | Unset = UNSET,
    availability: list[str] | Unset = UNSET,
    public: bool | Unset = UNSET,
    order_by: str | Unset = UNSET,
    order_by_direction: SortDirection | Unset = UNSET,
    limit: int | Unset = 100,
    offset: int | Unset = 0,
) -> Response[DeviceListResponse | ErrorResponse]:
    """List the caller's devices

     A page of the devices, private ones included, that the caller may use and that match every filter.

    Args:
        device_type (list[str] | Unset): Only devices of these types.
        availability (list[str] | Unset): Only devices with one of these availabilities.
        public (bool | Unset): Only devices that everybody may see, or only private ones.
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
        Response[DeviceListResponse | ErrorResponse]
    """

    kwargs = _get_kwargs(
        device_type=device_type,
        availability=availability,
        public=public,
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
    device_type: list[str] | Unset = UNSET,
    availability: list[str] | Unset = UNSET,
    public: bool | Unset = UNSET,
    order_by: str | Unset = UNSET,
    order_by_direction: SortDirection | Unset = UNSET,
    limit: int | Unset = 100,
    offset: int | Unset = 0,
) -> DeviceListResponse | ErrorResponse | None:
    """List the caller's devices

     A page of the devices, private ones included, that the caller may use and that match every filter.

    Args:
        device_type (list[str] | Unset): Only devices of these types.
        availability (list[str] | Unset): Only devices with one of these availabilities.
        public (bool | Unset): Only devices that everybody may see, or only private ones.
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
        DeviceListResponse | ErrorResponse
    """

    return (
        await asyncio_detailed(
            client=client,
            device_type=device_type,
            availability=availability,
            public=public,
            order_by=order_by,
            order_by_direction=order_by_direction,
            limit=limit,
            offset=offset,
        )
    ).parsed
