"""Authentication: the token providers.

A custom `TokenProvider` needs one method, `get_token`. The package's own providers describe a token request instead,
which the SDK sends like any other request: with the same transport and timeouts.
"""

from __future__ import annotations

import base64
import json
import time
from datetime import timedelta
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar, cast

import httpx

from pasqal_cloud._arguments import sendable
from pasqal_cloud._conversation.clients import Wire
from pasqal_cloud._conversation.flow import CLOCK, Send, Task, run
from pasqal_cloud._conversation.responses import failed, retry_after_of, words
from pasqal_cloud._conversation.retry import TRANSIENT
from pasqal_cloud._conversation.tokens import (
    KeptToken,
    Secret,
    TokenProvider,
    TokenProviderError,
    errors_of_provider,
    is_sendable,
    sendable_token,
)
from pasqal_cloud._conversation.traffic import public
from pasqal_cloud.endpoints import AUTH_CONFIG, Auth0Conf, TokenProviderConf
from pasqal_cloud.errors import PasqalCloudError, ValidationError, cause_of

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    from pasqal_cloud._conversation.flow import Flow
    from pasqal_cloud._conversation.tokens import Ask

__all__ = [
    "AUTH0_TOKEN_PROVIDER_SCOPE",
    "Auth0Conf",
    "Auth0TokenProvider",
    "ClientCredentialsTokenProvider",
    "ExpiringTokenProvider",
    "HTTPBearerAuthenticator",
    "InsecureAuth0TokenProvider",
    "PasswordGrantTokenProvider",
    "StaticTokenProvider",
    "TokenProvider",
    "TokenProviderConf",
    "TokenProviderError",
]

TOKEN_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
"""Seconds to connect to the identity provider, and to wait for its response."""

AUTH0_TOKEN_PROVIDER_SCOPE = "openid profile email"
"""The scope that other clients request. This one does not: Auth0 issues the same tokens without it."""


class Signable(Protocol):
    """A request of any HTTP library."""

    @property
    def headers(self) -> MutableMapping[str, str]:
        """Its headers."""
        ...


R = TypeVar("R", bound=Signable)


class StaticTokenProvider(TokenProvider):
    """Provides one fixed token, which can't be renewed.

    Args:
        token: The token.

    Raises:
        ValidationError: The token contains characters that no token has.
    """

    if_refused = (
        "The token may have expired, and the SDK can't renew a token that was given to it. Give a new one as token or"
        " in PASQAL_TOKEN, or give username and password."
    )
    _may_block = False

    def __init__(self, token: str) -> None:
        try:
            self._token = Secret(sendable_token(token))
        except TokenProviderError as error:
            raise ValidationError(error.description) from None

    def __repr__(self) -> str:
        """Shows no secret."""
        return f"{type(self).__name__}(…)"

    def get_token(self) -> str:
        """Returns the token."""
        return self._token.reveal()


class ExpiringTokenProvider(TokenProvider):
    """Stores a token until shortly before it expires; the base class of providers that request tokens.

    A subclass overrides `token_request`. It may define `_query_token` instead, which requests a token itself and
    returns the identity provider's response: a dictionary with `access_token` and perhaps `expires_in`.
    """

    expiry_window = timedelta(seconds=60)
    """How long before it expires a token is renewed, or after nine tenths of its lifetime if that is later."""

    _query_token: Callable[[], dict[str, Any]] | None = None
    _verify = True
    _kept: KeptToken

    def __new__(cls, *_: object, **__: object) -> Self:
        """Prepares the token's storage: the `__init__` of a subclass may not call this class's."""
        self = super().__new__(cls)
        self._kept = KeptToken()
        return self

    def __init__(self, *_: object, **__: object) -> None:
        """Accepts any arguments that subclasses pass on."""

    @property
    def token(self) -> str | None:
        """The stored token, until it has to be renewed; None without one."""
        return self._kept.token

    def token_request(self) -> httpx.Request:
        """Builds the request for a token.

        Raises:
            TokenProviderError: The subclass does not override this method.
        """
        raise TokenProviderError(
            f"{type(self).__name__} has no token_request, which a subclass of ExpiringTokenProvider needs.", sent=False
        )

    def get_token(self) -> str:
        """Returns a token that is valid now: the stored one, or a new one, which is requested at once.

        Raises:
            TokenProviderError: The credentials were refused.
            ConnectionFailedError: The identity provider could not be reached.
        """
        ask = partial(_asked_alone, verify=self._verify)
        return run(self._kept.obtaining(partial(self._renewing, ask, inf), inf))

    def keep(self, answer: httpx.Response) -> str:
        """Reads the response to the token request, stores the token and returns it.

        Args:
            answer: The response, whatever its status; its body has been read.

        Raises:
            TokenProviderError: It contains no token.
        """
        body = _json_object(answer)
        if not answer.is_success:
            raise _refusal(answer, body)
        if not is_sendable(body.get("access_token")):
            raise _error(TokenProviderError, answer, NO_TOKEN)
        return self._keep(body)

    def forget(self, token: str) -> None:
        """Forgets a token that was refused, unless another one is stored by now.

        Args:
            token: The token that was refused.
        """
        self._kept.forget(token)

    def _keep(self, body: dict[str, Any]) -> str:
        token: str = body["access_token"]
        lifetime = _lifetime(token, body.get("expires_in"))
        self._kept.keep(token, CLOCK.now() + max(lifetime - self.expiry_window.total_seconds(), lifetime * 0.9))
        return token

    def _obtaining(self, ask: Ask, until: float) -> Flow[str]:
        if type(self).get_token is not ExpiringTokenProvider.get_token or not self._verify:
            return super()._obtaining(ask, until)  # the subclass sends its requests itself
        return self._kept.obtaining(partial(self._renewing, ask, until), until)

    def _renewing(self, ask: Ask, until: float) -> Flow[str]:
        with errors_of_provider(self):
            if self._query_token is None:
                return self.keep((yield from ask(self.token_request())))
            body: Any = yield Task(self._query_token, until)
            if not isinstance(body, dict) or not is_sendable(body.get("access_token")):
                raise TokenProviderError(NO_TOKEN, sent=False)
            return self._keep(body)


class PasswordGrantTokenProvider(ExpiringTokenProvider):
    """Provides tokens for a username and a password.

    Args:
        username: The e-mail address of the account.
        password: The password of the account.
        config: The identity provider; that of the region `fr` by default.
        verify: Whether to check the identity provider's certificate. If not, an attacker on the network can read the
            password.
    """

    def __init__(
        self,
        username: str,
        password: str,
        config: TokenProviderConf = AUTH_CONFIG["fr-prod"],
        verify: bool = True,
    ) -> None:
        super().__init__()
        self.username = sendable(username, "username")
        self._password = Secret(sendable(password, "password"))
        self.config = config
        self._verify = self._verify and verify

    def __repr__(self) -> str:
        """Shows no secret."""
        return f"{type(self).__name__}({self.username!r})"

    @property
    def verify(self) -> bool:
        """Whether the identity provider's certificate is checked."""
        return self._verify

    @verify.setter
    def verify(self, verify: bool) -> None:
        self._verify = verify

    def token_request(self) -> httpx.Request:
        """Builds the request of the password grant."""
        return _token_request(
            self.config,
            grant_type=self.config.grant_type,
            realm=self.config.realm,
            client_id=self.config.public_client_id,
            username=self.username,
            password=self._password.reveal(),
        )


class Auth0TokenProvider(PasswordGrantTokenProvider):
    """Provides tokens for a username and a password, from Auth0.

    Args:
        username: The e-mail address of the account.
        password: The password of the account.
        auth0: The address and settings of Auth0.
    """

    def __init__(self, username: str, password: str, auth0: Auth0Conf = Auth0Conf()) -> None:  # noqa: B008 - frozen
        super().__init__(username, password, auth0.as_token_provider_conf())


class InsecureAuth0TokenProvider(Auth0TokenProvider):
    """Provides tokens for a username and a password, from Auth0 without checking its certificate: for tests only.

    Args:
        username: The e-mail address of the account.
        password: The password of the account.
        auth0: The address and settings of Auth0.
    """

    _verify = False


class ClientCredentialsTokenProvider(ExpiringTokenProvider):
    """Provides tokens for a service account, which belongs to a program instead of a person.

    Args:
        client_id: The id of the service account.
        client_secret: The secret of the service account.
        config: The identity provider, of which only the address and audience are used; that of the region `fr` by
            default.
    """

    def __init__(self, client_id: str, client_secret: str, config: TokenProviderConf = AUTH_CONFIG["fr-prod"]) -> None:
        super().__init__()
        self.client_id = sendable(client_id, "client_id")
        self._client_secret = Secret(sendable(client_secret, "client_secret"))
        self._config = config

    def __repr__(self) -> str:
        """Shows no secret."""
        return f"{type(self).__name__}({self.client_id!r})"

    def token_request(self) -> httpx.Request:
        """Builds the request of the client-credentials grant."""
        return _token_request(
            self._config,
            grant_type="client_credentials",
            client_id=self.client_id,
            client_secret=self._client_secret.reveal(),
        )


class HTTPBearerAuthenticator:
    """Adds a token to requests: an `auth` for both httpx and `requests`.

    Args:
        token_provider: The provider of the tokens; None to leave requests unchanged.
    """

    def __init__(self, token_provider: TokenProvider | None) -> None:
        self.token_provider = token_provider

    def __call__(self, request: R) -> R:
        """Adds a token to a request.

        Args:
            request: The request.
        """
        if self.token_provider is not None:
            request.headers["Authorization"] = f"Bearer {sendable_token(self.token_provider.get_token())}"
        return request


NO_TOKEN = "The identity provider's response contains no token."


def _asked_alone(request: httpx.Request, *, verify: bool) -> Flow[httpx.Response]:
    usual = request.extensions.get("timeout", {}).get("read")
    until = inf if usual is None else CLOCK.now() + usual
    with cast("httpx.Client", Wire(verify=verify).client(awaits=False)) as client:
        try:
            answer: httpx.Response = yield Send(client, request, until)
        except (AssertionError, PasqalCloudError):
            raise
        except Exception as error:
            raise failed(request, error) from error
        return answer


def _token_request(config: TokenProviderConf, **form: str) -> httpx.Request:
    form["audience"] = config.audience
    return httpx.Request("POST", config.token_endpoint, data=form, extensions={"timeout": TOKEN_TIMEOUT.as_dict()})


def _refusal(answer: httpx.Response, body: dict[str, Any]) -> PasqalCloudError:
    """Makes the error of a token request that failed; RFC 6749, section 5.2, specifies its body."""
    reason = words(body.get("error_description") or body.get("error") or answer.reason_phrase)
    if answer.is_client_error and answer.status_code not in TRANSIENT:
        return _error(TokenProviderError, answer, f"The identity provider refused the credentials: {reason}")
    return _error(cause_of(answer.status_code), answer, f"The identity provider failed: {reason}")


def _error(kind: type[PasqalCloudError], answer: httpx.Response, description: str) -> PasqalCloudError:
    return kind(
        description,
        status=answer.status_code,
        method=answer.request.method,
        url=public(answer.request.url),
        request_id=answer.headers.get("X-Request-Id"),
        retry_after=retry_after_of(answer),
        retryable=answer.status_code in TRANSIENT,
        sent=False,
    )


def _json_object(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except (RecursionError, ValueError):
        return {}
    return body if isinstance(body, dict) else {}


def _lifetime(token: str, expires_in: object) -> float:
    """Gets the lifetime of a token in seconds, from the response or the token itself; infinite if neither has it."""
    if isinstance(expires_in, int | float | str):
        try:
            return float(expires_in)
        except (OverflowError, ValueError):
            pass
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        issued = claims.get("iat", time.time())  # of the same clock as `exp`: this machine's may be wrong
        return float(claims["exp"]) - float(issued)
    except (AttributeError, IndexError, KeyError, OverflowError, RecursionError, TypeError, ValueError):
        return float("inf")
