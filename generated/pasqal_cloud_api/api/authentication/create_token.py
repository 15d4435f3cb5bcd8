from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ... import errors
from ...types import Response, json_of

if TYPE_CHECKING:
    import httpx

    from ...client import AuthenticatedClient, Client
    from ...models.token import Token
    from ...models.token_error import TokenError
    from ...models.token_request import TokenRequest


def request(
    *,
    body: TokenRequest,
) -> dict[str, Any]:
    """Log in.

    Gets an access token. Send it with the other operations, in the header `Authorization: Bearer …`. The
    identity provider
    answers, on its own host: in France Auth0, here; in Saudi Arabia Keycloak, at
    `https://auth.sa.pasqal.cloud/realms/pasqal-cloud/protocol/openid-connect/token`.

    Args:
        body (TokenRequest): The body of `createToken`. A service account gives `client_id`, `client_secret`
            and `audience`, with the grant
            `client_credentials`. A person gives `username`, `password`, `client_id`, `realm` and `audience`: in
            France with the grant
            `http://auth0.com/oauth/grant-type/password-realm`, in Saudi Arabia with the grant `password`.

    Returns:
        The request, as the arguments of `httpx.Client.request`; nothing is sent.
    """
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/oauth/token",
    }
    _kwargs["data"] = body.to_dict()
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    _kwargs["headers"] = headers
    return _kwargs


def parse(response: httpx.Response) -> Token:
    """Reads an answer that is a success which the specification describes.

    Raises:
        errors.UnexpectedStatus: It is another; the error carries its status and content.
        ValueError: Its body is no JSON, or something else than the specification says, as a TypeError tells, too.
    """
    from ...models.token import Token  # noqa: PLC0415

    if response.status_code == 200:
        return Token.from_dict(json_of(response))
    raise errors.UnexpectedStatus(response.status_code, response.content, _failure(response))


def _failure(response: httpx.Response) -> TokenError | None:
    """Reads another answer; None where its body is not what the specification says."""
    from ...models.token_error import TokenError  # noqa: PLC0415

    try:
        if response.is_error:
            return TokenError.from_dict(json_of(response))
    except (TypeError, ValueError):  # something between here and the service may have answered
        pass
    return None


def _detailed(response: httpx.Response, client: AuthenticatedClient | Client) -> Response[Token | TokenError]:
    content: Token | TokenError | None

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
    body: TokenRequest,
) -> Token:
    """Log in.

    Gets an access token. Send it with the other operations, in the header `Authorization: Bearer …`. The
    identity provider
    answers, on its own host: in France Auth0, here; in Saudi Arabia Keycloak, at
    `https://auth.sa.pasqal.cloud/realms/pasqal-cloud/protocol/openid-connect/token`.

    Args:
        body (TokenRequest): The body of `createToken`. A service account gives `client_id`, `client_secret`
            and `audience`, with the grant
            `client_credentials`. A person gives `username`, `password`, `client_id`, `realm` and `audience`: in
            France with the grant
            `http://auth0.com/oauth/grant-type/password-realm`, in Saudi Arabia with the grant `password`.

    Raises:
        errors.UnexpectedStatus: The answer is no success; the error carries its status and content.
        httpx.HTTPError: There is no answer.

    Returns:
        What the service answers.
    """
    _kwargs = request(
        body=body,
    )
    return parse(client.get_httpx_client().request(**_kwargs))


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: TokenRequest,
) -> Response[Token | TokenError]:
    """Does what `sync` does, and returns the whole answer, also one that is no success.

    Raises:
        errors.UnexpectedStatus: The specification does not describe the answer, and the client raises then.
        httpx.HTTPError: There is no answer.
    """
    _kwargs = request(
        body=body,
    )
    return _detailed(client.get_httpx_client().request(**_kwargs), client)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: TokenRequest,
) -> Token:
    """Log in.

    Gets an access token. Send it with the other operations, in the header `Authorization: Bearer …`. The
    identity provider
    answers, on its own host: in France Auth0, here; in Saudi Arabia Keycloak, at
    `https://auth.sa.pasqal.cloud/realms/pasqal-cloud/protocol/openid-connect/token`.

    Args:
        body (TokenRequest): The body of `createToken`. A service account gives `client_id`, `client_secret`
            and `audience`, with the grant
            `client_credentials`. A person gives `username`, `password`, `client_id`, `realm` and `audience`: in
            France with the grant
            `http://auth0.com/oauth/grant-type/password-realm`, in Saudi Arabia with the grant `password`.

    Raises:
        errors.UnexpectedStatus: The answer is no success; the error carries its status and content.
        httpx.HTTPError: There is no answer.

    Returns:
        What the service answers.
    """
    _kwargs = request(
        body=body,
    )
    return parse(await client.get_async_httpx_client().request(**_kwargs))


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: TokenRequest,
) -> Response[Token | TokenError]:
    """Does what `asyncio` does, and returns the whole answer, also one that is no success.

    Raises:
        errors.UnexpectedStatus: The specification does not describe the answer, and the client raises then.
        httpx.HTTPError: There is no answer.
    """
    _kwargs = request(
        body=body,
    )
    return _detailed(await client.get_async_httpx_client().request(**_kwargs), client)
