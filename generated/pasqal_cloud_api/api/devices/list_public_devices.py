from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.device_list_response import DeviceListResponse
from ...models.error_response import ErrorResponse
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    device_type: list[str] | Unset = UNSET,
    availability: list[str] | Unset = UNSET,
    public: bool | Unset = UNSET,
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

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/core-fast/api/v1/devices",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> DeviceListResponse | ErrorResponse | None:
    if response.status_code == 200:
        response_200 = DeviceListResponse.from_dict(response.json())

        return response_200

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
) -> Response[DeviceListResponse | ErrorResponse]:
    """List the public devices

     The devices that everybody may see and that match every filter. It needs no token: send no
    `Authorization` header.

    Args:
        device_type (list[str] | Unset): Only devices of these types.
        availability (list[str] | Unset): Only devices with one of these availabilities.
        public (bool | Unset): Only devices that everybody may see, or only private ones.

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
) -> DeviceListResponse | ErrorResponse | None:
    """List the public devices

     The devices that everybody may see and that match every filter. It needs no token: send no
    `Authorization` header.

    Args:
        device_type (list[str] | Unset): Only devices of these types.
        availability (list[str] | Unset): Only devices with one of these availabilities.
        public (bool | Unset): Only devices that everybody may see, or only private ones.

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
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    device_type: list[str] | Unset = UNSET,
    availability: list[str] | Unset = UNSET,
    public: bool | Unset = UNSET,
) -> Response[DeviceListResponse | ErrorResponse]:
    """List the public devices

     The devices that everybody may see and that match every filter. It needs no token: send no
    `Authorization` header.

    Args:
        device_type (list[str] | Unset): Only devices of these types.
        availability (list[str] | Unset): Only devices with one of these availabilities.
        public (bool | Unset): Only devices that everybody may see, or only private ones.

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
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    device_type: list[str] | Unset = UNSET,
    availability: list[str] | Unset = UNSET,
    public: bool | Unset = UNSET,
) -> DeviceListResponse | ErrorResponse | None:
    """List the public devices

     The devices that everybody may see and that match every filter. It needs no token: send no
    `Authorization` header.

    Args:
        device_type (list[str] | Unset): Only devices of these types.
        availability (list[str] | Unset): Only devices with one of these availabilities.
        public (bool | Unset): Only devices that everybody may see, or only private ones.

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
        )
    ).parsed
