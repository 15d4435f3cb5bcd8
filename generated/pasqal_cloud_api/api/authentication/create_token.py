from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.token import Token
from ...models.token_error import TokenError
from ...models.token_request import TokenRequest
from ...types import Response


def _get_kwargs(
    *,
    body: TokenRequest,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/oauth/token",
    }

    _kwargs["data"] = body.to_dict()
    headers["Content-Type"] = "application/x-www-form-urlencoded"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Token | TokenError | None:
    if response.status_code == 200:
        response_200 = Token.from_dict(response.json())

        return response_200

    if 400 <= response.status_code <= 499:
        response_4xx = TokenError.from_dict(response.json())

        return response_4xx

    if 500 <= response.status_code <= 599:
        response_5xx = TokenError.from_dict(response.json())

        return response_5xx

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Token | TokenError]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: TokenRequest,
) -> Response[Token | TokenError]:
    """Log in

     Gets an access token. Send it with the other operations, in the header `Authorization: Bearer …`.
    The identity provider
    answers, on its own host: in France Auth0, here; in Saudi Arabia Keycloak, at
    `https://auth.sa.pasqal.cloud/realms/pasqal-cloud/protocol/openid-connect/token`.

    Args:
        body (TokenRequest): The body of `createToken`. A service account gives `client_id`,
            `client_secret` and `audience`, with the grant
            `client_credentials`. A person gives `username`, `password`, `client_id`, `realm` and
            `audience`: in France with the grant
            `http://auth0.com/oauth/grant-type/password-realm`, in Saudi Arabia with the grant
            `password`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Token | TokenError]
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
    body: TokenRequest,
) -> Token | TokenError | None:
    """Log in

     Gets an access token. Send it with the other operations, in the header `Authorization: Bearer …`.
    The identity provider
    answers, on its own host: in France Auth0, here; in Saudi Arabia Keycloak, at
    `https://auth.sa.pasqal.cloud/realms/pasqal-cloud/protocol/openid-connect/token`.

    Args:
        body (TokenRequest): The body of `createToken`. A service account gives `client_id`,
            `client_secret` and `audience`, with the grant
            `client_credentials`. A person gives `username`, `password`, `client_id`, `realm` and
            `audience`: in France with the grant
            `http://auth0.com/oauth/grant-type/password-realm`, in Saudi Arabia with the grant
            `password`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Token | TokenError
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: TokenRequest,
) -> Response[Token | TokenError]:
    """Log in

     Gets an access token. Send it with the other operations, in the header `Authorization: Bearer …`.
    The identity provider
    answers, on its own host: in France Auth0, here; in Saudi Arabia Keycloak, at
    `https://auth.sa.pasqal.cloud/realms/pasqal-cloud/protocol/openid-connect/token`.

    Args:
        body (TokenRequest): The body of `createToken`. A service account gives `client_id`,
            `client_secret` and `audience`, with the grant
            `client_credentials`. A person gives `username`, `password`, `client_id`, `realm` and
            `audience`: in France with the grant
            `http://auth0.com/oauth/grant-type/password-realm`, in Saudi Arabia with the grant
            `password`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Token | TokenError]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: TokenRequest,
) -> Token | TokenError | None:
    """Log in

     Gets an access token. Send it with the other operations, in the header `Authorization: Bearer …`.
    The identity provider
    answers, on its own host: in France Auth0, here; in Saudi Arabia Keycloak, at
    `https://auth.sa.pasqal.cloud/realms/pasqal-cloud/protocol/openid-connect/token`.

    Args:
        body (TokenRequest): The body of `createToken`. A service account gives `client_id`,
            `client_secret` and `audience`, with the grant
            `client_credentials`. A person gives `username`, `password`, `client_id`, `realm` and
            `audience`: in France with the grant
            `http://auth0.com/oauth/grant-type/password-realm`, in Saudi Arabia with the grant
            `password`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Token | TokenError
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
