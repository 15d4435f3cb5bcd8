"""Who is asking: token providers.

A `TokenProvider` of your own needs one method, `get_token`. The package's own describe a token request instead, so that
the client can send it as it sends everything else: with the same transport and timeouts, and without a second colour.

What has to be done for a token is a generator, `_asking`: it yields a request to be sent, somebody else's asking to be
waited for, or a function to be called, and is sent the outcome. `obtain` drives it and blocks.
"""

from __future__ import annotations

import base64
import inspect
import json
import re
import time
from abc import ABC, abstractmethod
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from threading import Lock, get_ident
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, Self, TypeAlias, TypeGuard, TypeVar

import httpx

from pasqal_cloud._answers import errors_of, reason_of, retry_after_of, words
from pasqal_cloud._arguments import sendable
from pasqal_cloud._fork import renew_in_child
from pasqal_cloud._retry import TRANSIENT
from pasqal_cloud._routes import Routes, tls_of
from pasqal_cloud._traffic import public
from pasqal_cloud.endpoints import AUTH_CONFIG, Auth0Conf, TokenProviderConf
from pasqal_cloud.errors import AuthenticationError, PasqalCloudError, ValidationError, cause_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator, Iterator, MutableMapping

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
"""Seconds to reach the identity provider, and to wait for its answer."""

AUTH0_TOKEN_PROVIDER_SCOPE = "openid profile email"
"""What other clients ask Auth0 for; it gives the same tokens without."""

NO_PICKLING = (
    "It holds what proves who you are, and pickling would carry that along. Make another where it is needed:"
    " SDK() finds credentials in the environment or in a saved profile."
)


class Signable(Protocol):
    """A request of whatever library."""

    @property
    def headers(self) -> MutableMapping[str, str]:
        """Its headers."""
        ...


R = TypeVar("R", bound=Signable)


class TokenProviderError(AuthenticationError):
    """No token was given."""


class Secret:
    """A text that is shown only on purpose: not by `repr` or `vars`, and never by pickling.

    Args:
        text: The text.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Gets the text."""
        return self._text

    def __repr__(self) -> str:
        """Shows that there is one."""
        return "Secret(…)"

    def __deepcopy__(self, memo: object) -> Self:
        """Is its own copy, since it never changes."""
        return self

    def __reduce__(self) -> NoReturn:
        """Refuses."""
        raise TypeError(f"A secret can't be pickled. {NO_PICKLING}")


class Turn(Future[str | None]):
    """One asking for a token, which others wait for; its result is the token, or None where it was cut short."""

    def __init__(self) -> None:
        super().__init__()
        self.set_running_or_notify_cancel()  # from now on, nobody who waits can cancel it for the others
        self.thread = get_ident()

    def end(self, token: str | None = None, error: Exception | None = None) -> None:
        """Tells those who wait, unless it has ended before."""
        if self.done():
            return
        if error is None:
            self.set_result(token)
        else:
            self.set_exception(error)


Asking: TypeAlias = "Generator[httpx.Request | Turn | Callable[[], Any], Any, str]"


class TokenProvider(ABC):
    """Gives the tokens that prove who is asking."""

    if_refused = ""
    """What a user can do about a token that is refused."""

    @abstractmethod
    def get_token(self) -> str | Awaitable[str]:
        """Gets a token that is valid now; is called before each request.

        It may block. For an `AsyncSDK` it may also be an `async def`.
        """

    def forget(self, token: str) -> None:  # noqa: B027 - who keeps no token has nothing to forget
        """Is told of a token that was refused; the next one had better be another.

        Args:
            token: The token that was refused.
        """

    def _asking(self) -> Asking:
        """Says what is to be done for a token."""
        with own_errors(self):
            return _sendable((yield self.get_token))


class Nobody(TokenProvider):
    """Stands for whoever gives no credentials; public operations need none.

    Args:
        reason: What is told to those who ask for what is not public.
    """

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def get_token(self) -> str:
        """Refuses.

        Raises:
            ValidationError: Always.
        """
        raise ValidationError(self._reason, sent=False)

    def _asking(self) -> Asking:
        yield from ()
        return self.get_token()


class StaticTokenProvider(TokenProvider):
    """Gives a token that you have; it can't be renewed.

    Args:
        token: The token.

    Raises:
        ValidationError: It can't be a token.
    """

    if_refused = (
        "The token was given as it is, so that it can't be renewed: it may have expired. Give a new one as `token` or"
        " in PASQAL_TOKEN, or a username and a password."
    )

    def __init__(self, token: str) -> None:
        try:
            self._token = Secret(_sendable(token))
        except TokenProviderError as error:
            raise ValidationError(error.description) from None

    def __repr__(self) -> str:
        """Shows no secret."""
        return f"{type(self).__name__}(…)"

    def get_token(self) -> str:
        """Gets the token."""
        return self._token.reveal()

    def _asking(self) -> Asking:
        yield from ()
        return self.get_token()


class ExpiringTokenProvider(TokenProvider):
    """Keeps a token until shortly before it expires; subclasses say how to ask for one.

    They do so by `token_request`; or by `_query_token`, which asks by itself and returns what the identity provider
    answers, a dictionary with `access_token` and, if it says so, `expires_in`.
    """

    expiry_window = timedelta(seconds=60)
    """A token is renewed so long before it expires, or at nine tenths of its life if that is later."""

    _query_token: Callable[[], dict[str, Any]] | None = None
    _verify = True
    _kept: _KeptToken

    def __new__(cls, *_: object, **__: object) -> Self:
        """Makes the place for the token: a subclass may have an `__init__` that calls no other."""
        self = super().__new__(cls)
        self._kept = _KeptToken()
        return self

    def __init__(self, *_: object, **__: object) -> None:
        """Takes what subclasses pass on."""

    @property
    def token(self) -> str | None:
        """The token that is kept, while it is good."""
        return self._kept.token

    def token_request(self) -> httpx.Request:
        """Gets the request that asks for a token.

        Raises:
            TokenProviderError: The class has no such method of its own.
        """
        raise TokenProviderError(
            f"{type(self).__name__} has no token_request, and so no way to ask for a token.", sent=False
        )

    def get_token(self) -> str:
        """Gets a token that is valid now, by a request of its own if the one that is kept is not.

        Raises:
            TokenProviderError: The credentials were refused.
            ConnectionFailedError: The identity provider was not reached.
        """
        return obtain(self._asking_by_request(), partial(_send, verify=self._verify))

    def keep(self, answer: httpx.Response) -> str:
        """Reads the answer to the token request, keeps the token and returns it.

        Args:
            answer: The answer, whatever its status; its body has been read.

        Raises:
            TokenProviderError: It holds no token.
        """
        body = _json_object(answer)
        if not answer.is_success:
            raise _refusal(answer, body)
        if not _is_sendable(body.get("access_token")):
            raise _error(TokenProviderError, answer, NO_TOKEN)
        return self._keep(body)

    def forget(self, token: str) -> None:
        """Forgets a token that was refused, unless another has taken its place.

        Args:
            token: The token that was refused.
        """
        self._kept.forget(token)

    def _keep(self, body: dict[str, Any]) -> str:
        token: str = body["access_token"]
        lifetime = _lifetime(token, body.get("expires_in"))
        self._kept.keep(token, time.monotonic() + max(lifetime - self.expiry_window.total_seconds(), lifetime * 0.9))
        return token

    def _asking(self) -> Asking:
        if type(self).get_token is not ExpiringTokenProvider.get_token or not self._verify:
            return (yield from super()._asking())  # a subclass has its own way
        return (yield from self._asking_by_request())

    def _asking_by_request(self) -> Asking:
        """Asks, however many want a token, by one request: the first makes it, the others wait for its end."""
        while True:
            kept = self._kept.token_or_turn()
            if isinstance(kept, str):
                return kept
            turn, is_mine = kept
            if is_mine:
                return (yield from self._ask(turn))
            token: str | None = yield turn
            if token is not None:
                return token

    def _ask(self, turn: Turn) -> Asking:
        try:
            token = yield from self._new_token()
        except Exception as error:
            turn.end(error=error)
            raise
        else:
            turn.end(token)
            return token
        finally:
            turn.end()  # where it was cut short, another has to ask
            self._kept.end(turn)

    def _new_token(self) -> Asking:
        with own_errors(self):
            return (yield from self._asked_for())

    def _asked_for(self) -> Asking:
        if self._query_token is None:
            return self.keep((yield self.token_request()))
        body: Any = yield self._query_token
        if not isinstance(body, dict) or not _is_sendable(body.get("access_token")):
            raise TokenProviderError(NO_TOKEN, sent=False)
        return self._keep(body)


class PasswordGrantTokenProvider(ExpiringTokenProvider):
    """Gives tokens for a username and a password.

    Args:
        username: The e-mail address of the account.
        password: Its password.
        config: The identity provider; France's by default.
        verify: Whether its certificate is checked. If not, whoever is on the way can read the password.
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
        """Whether its certificate is checked."""
        return self._verify

    @verify.setter
    def verify(self, verify: bool) -> None:
        self._verify = verify

    def token_request(self) -> httpx.Request:
        """Gets the request of the password grant."""
        return _token_request(
            self.config,
            grant_type=self.config.grant_type,
            realm=self.config.realm,
            client_id=self.config.public_client_id,
            username=self.username,
            password=self._password.reveal(),
        )


class Auth0TokenProvider(PasswordGrantTokenProvider):
    """Gives tokens for a username and a password, from Auth0.

    Args:
        username: The e-mail address of the account.
        password: Its password.
        auth0: Where Auth0 is.
    """

    def __init__(self, username: str, password: str, auth0: Auth0Conf = Auth0Conf()) -> None:  # noqa: B008 - frozen
        super().__init__(username, password, auth0.as_token_provider_conf())


class InsecureAuth0TokenProvider(Auth0TokenProvider):
    """Gives tokens for a username and a password, from an Auth0 whose certificate is not checked: for tests only.

    Args:
        username: The e-mail address of the account.
        password: Its password.
        auth0: Where Auth0 is.
    """

    _verify = False


class ClientCredentialsTokenProvider(ExpiringTokenProvider):
    """Gives tokens for a service account: a program that is no person's.

    Args:
        client_id: The service account's id.
        client_secret: Its secret.
        config: The identity provider; France's by default. Of it, only address and audience matter.
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
        """Gets the request of the client-credentials grant."""
        return _token_request(
            self._config,
            grant_type="client_credentials",
            client_id=self.client_id,
            client_secret=self._client_secret.reveal(),
        )


class HTTPBearerAuthenticator:
    """Puts a token on requests, as `auth` of httpx and of `requests` alike.

    Args:
        token_provider: What gives the tokens; None to leave requests as they are.
    """

    def __init__(self, token_provider: TokenProvider | None) -> None:
        self.token_provider = token_provider

    def __call__(self, request: R) -> R:
        """Puts a token on a request.

        Args:
            request: The request.
        """
        if self.token_provider is not None:
            request.headers["Authorization"] = f"Bearer {_sendable(self.token_provider.get_token())}"
        return request


@contextmanager
def own_errors(provider: TokenProvider) -> Iterator[None]:
    """Turns whatever a token provider raises into this package's error: nothing has been sent to the services.

    Args:
        provider: The provider.
    """
    try:
        yield
    except PasqalCloudError as error:
        error.sent = False
        raise
    except Exception as error:
        raise TokenProviderError(
            f"{type(provider).__name__} got no token: {reason_of(error)}",
            retryable=isinstance(error, ConnectionError | TimeoutError | httpx.TransportError),
            sent=False,
        ) from error


class _KeptToken:
    """A token and who is asking for the next one. Copies of a provider share it."""

    def __init__(self) -> None:
        self._token: Secret | None = None
        self._renew_at = 0.0
        self.begin_anew()
        renew_in_child(self)

    def begin_anew(self) -> None:
        """In a forked child nobody is asking, and nobody holds the lock; the token is as good as before."""
        self._lock = Lock()
        self._turn: Turn | None = None

    @property
    def token(self) -> str | None:
        """The token, while it is good."""
        token = self._token
        return token.reveal() if token is not None and time.monotonic() < self._renew_at else None

    def token_or_turn(self) -> str | tuple[Turn, bool]:
        """Gets the token; or the asking for one, and whether it is the caller who has to ask."""
        token = self.token
        if token is not None:
            return token
        with self._lock:
            token = self.token
            if token is not None:
                return token
            if self._turn is not None and not self._turn.done():
                return self._turn, False
            self._turn = Turn()
            return self._turn, True

    def end(self, turn: Turn) -> None:
        """Ends an asking."""
        with self._lock:
            if self._turn is turn:
                self._turn = None

    def keep(self, token: str, renew_at: float) -> None:
        """Keeps a token until a moment on the monotonic clock."""
        with self._lock:
            self._token, self._renew_at = Secret(token), renew_at

    def forget(self, token: str) -> None:
        """Forgets the token if it is this one."""
        with self._lock:
            if self._token is not None and self._token.reveal() == token:
                self._token = None

    def __deepcopy__(self, memo: object) -> Self:
        """Is its own copy: the same credentials need no second token."""
        return self

    def __reduce__(self) -> NoReturn:
        """Refuses."""
        raise TypeError(f"A token provider can't be pickled. {NO_PICKLING}")


def obtain(asking: Asking, send: Callable[[httpx.Request], httpx.Response]) -> str:
    """Gets a token, blocking.

    Args:
        asking: Says what is to be done for it.
        send: Sends a request and reads its answer.

    Raises:
        TokenProviderError: There is none.
    """
    resume: Callable[[], Any] = partial(next, asking)
    try:
        while True:
            try:
                step = resume()
            except StopIteration as stop:
                return stop.value  # type: ignore[no-any-return]  # StopIteration is not generic
            try:
                resume = partial(asking.send, _done(step, send))
            except BaseException as error:  # noqa: BLE001 - Ctrl-C too must end the turn, for those who wait
                resume = partial(asking.throw, error)
    finally:
        del resume  # it may hold an error whose traceback holds this frame


def is_async(provider: TokenProvider) -> bool:
    """Tells whether a provider can only be awaited.

    Args:
        provider: The provider.
    """
    return inspect.iscoroutinefunction(provider.get_token)


def _done(step: Any, send: Callable[[httpx.Request], httpx.Response]) -> Any:
    match step:
        case httpx.Request():
            return send(step)
        case Turn():
            if step.thread == get_ident():
                step.end()  # who asks is a task of this very thread and could not go on while we wait
            return step.result()
    token = step()
    if inspect.isawaitable(token):
        getattr(token, "close", lambda: None)()
        raise TokenProviderError(ASYNC_PROVIDER, sent=False)
    return token


ASYNC_PROVIDER = "The token provider's get_token is an `async def`, for which there is AsyncSDK; an SDK can't await it."


NO_TOKEN = "The identity provider's answer holds no token."


def _send(request: httpx.Request, *, verify: bool) -> httpx.Response:
    routes = Routes(None, partial(tls_of, verify))
    with errors_of(request, sent=False), httpx.Client(transport=routes, trust_env=False) as client:
        return client.send(request)


def _token_request(config: TokenProviderConf, **form: str) -> httpx.Request:
    form["audience"] = config.audience
    return httpx.Request("POST", config.token_endpoint, data=form, extensions={"timeout": TOKEN_TIMEOUT.as_dict()})


def _is_sendable(token: object) -> TypeGuard[str]:
    """Tells whether something can stand in a header; h11 shows the whole header in its error if it can't."""
    return isinstance(token, str) and re.fullmatch(r"[!-~]+", token) is not None


def _sendable(token: object) -> str:
    if not isinstance(token, str):
        raise TokenProviderError(f"A token must be a text, not {type(token).__name__}.", sent=False)
    if not _is_sendable(token):
        raise TokenProviderError("A token must be a text of ASCII characters without spaces and line ends.", sent=False)
    return token


def _refusal(answer: httpx.Response, body: dict[str, Any]) -> PasqalCloudError:
    """Makes the error of a token request that failed; RFC 6749, section 5.2, says what its body holds."""
    reason = words(body.get("error_description") or body.get("error") or answer.reason_phrase)
    if answer.is_client_error and answer.status_code not in TRANSIENT:
        return _error(TokenProviderError, answer, f"The identity provider refuses the credentials: {reason}")
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
    """Gets how long a token lives, in seconds, as the answer or the token itself says; for ever where neither does."""
    if isinstance(expires_in, int | float | str):
        try:
            return float(expires_in)
        except (OverflowError, ValueError):
            pass
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        issued = claims.get("iat", time.time())  # by the clock that said when it expires, where it says that
        return float(claims["exp"]) - float(issued)
    except (AttributeError, IndexError, KeyError, OverflowError, RecursionError, TypeError, ValueError):
        return float("inf")
