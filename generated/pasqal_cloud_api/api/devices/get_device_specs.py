from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.device_specs_response import DeviceSpecsResponse
from ...models.error_response import ErrorResponse
from ...types import Response


def _get_kwargs(
    device_type: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/core-fast/api/v1/devices/specs/{device_type}".format(
            device_type=quote(str(device_type), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> DeviceSpecsResponse | ErrorResponse | None:
    if response.status_code == 200:
        response_200 = DeviceSpecsResponse.from_dict(response.json())

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
) -> Response[DeviceSpecsResponse | ErrorResponse]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    device_type: str,
    *,
    client: AuthenticatedClient | Client,
) -> Response[DeviceSpecsResponse | ErrorResponse]:
    """Get a device's specifications

     The specifications of one device type.

    Args:
        device_type (str): A device type, current or legacy. Example: EMU_FREE.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[DeviceSpecsResponse | ErrorResponse]
    """

    kwargs = _get_kwargs(
        device_type=device_type,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    device_type: str,
    *,
    client: AuthenticatedClient | Client,
) -> DeviceSpecsResponse | ErrorResponse | None:
    """Get a device's specifications

     The specifications of one device type.

    Args:
        device_type (str): A device type, current or legacy. Example: EMU_FREE.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        DeviceSpecsResponse | ErrorResponse
    """

    return sync_detailed(
        device_type=device_type,
        client=client,
    ).parsed


async def asyncio_detailed(
    device_type: str,
    *,
    client: AuthenticatedClient | Client,
) -> Response[DeviceSpecsResponse | ErrorResponse]:
    """Get a device's specifications

     The specifications of one device type.

    Args:
        device_type (str): A device type, current or legacy. Example: EMU_FREE.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[DeviceSpecsResponse | ErrorResponse]
    """

    kwargs = _get_kwargs(
        device_type=device_type,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    device_type: str,
    *,
    client: AuthenticatedClient | Client,
) -> DeviceSpecsResponse | ErrorResponse | None:
    """Get a device's specifications

     The specifications of one device type.

    Args:
        device_type (str): A device type, current or legacy. Example: EMU_FREE.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        DeviceSpecsResponse | ErrorResponse
    """

    return (
        await asyncio_detailed(
            device_type=device_type,
            client=client,
        )
    ).parsed
