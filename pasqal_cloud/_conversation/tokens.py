"""Token providers, and a login that threads and tasks share.

The package's own providers describe a token request, which the session sends like any other request: with the same
connections, timeouts and errors. Of a custom provider, `get_token` is called.
"""

from __future__ import annotations

import inspect
import re
from abc import ABC, abstractmethod
from concurrent.futures import Future
from contextlib import contextmanager
from threading import RLock, get_ident
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeAlias, TypeGuard

import httpx

from pasqal_cloud._conversation.flow import CLOCK, Task, TooLate, Wait
from pasqal_cloud._conversation.forks import renew_in_child
from pasqal_cloud._conversation.responses import reason_of
from pasqal_cloud.errors import AuthenticationError, PasqalCloudError, ValidationError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from pasqal_cloud._conversation.flow import Flow

NO_PICKLING = (
    "The pickle would contain credentials. Create a new one where it is needed:"
    " SDK() finds credentials in the environment or in a saved profile."
)


Ask: TypeAlias = "Callable[[httpx.Request], Flow[httpx.Response]]"
"""Sends a request for a token, and returns its response, whatever its status."""


ASYNC_PROVIDER = "The token provider's get_token is an `async def`, which SDK can't await. Use AsyncSDK."


class TokenProviderError(AuthenticationError):
    """Authentication failed."""


class Secret:
    """A string that `repr`, `vars` and pickling don't show."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Returns the string."""
        return self._text

    def __repr__(self) -> str:
        """Shows that there is one."""
        return "Secret(…)"

    def __deepcopy__(self, memo: object) -> Self:
        """Returns itself: it never changes."""
        return self

    def __reduce__(self) -> NoReturn:
        """Raises an error instead of exposing the string."""
        raise TypeError(f"A secret can't be pickled. {NO_PICKLING}")


class Turn(Future[str | None]):
    """A renewal that others wait for; its result is the token, or None if the renewal was interrupted."""

    def __init__(self) -> None:
        super().__init__()
        self.set_running_or_notify_cancel()  # so that one waiting task can't cancel it for the others
        self.thread = get_ident()

    def result(self, timeout: float | None = None) -> str | None:
        """Waits for the end, but not in the thread of the renewal itself, which could not continue meanwhile."""
        if self.thread == get_ident():
            self.end()
        return super().result(timeout)

    def end(self, token: str | None = None, error: Exception | None = None) -> None:
        """Passes the outcome to those who wait, unless it has ended before."""
        if self.done():
            return
        if error is None:
            self.set_result(token)
        else:
            self.set_exception(error)


class TokenProvider(ABC):
    """Provides the tokens that authenticate requests."""

    if_refused = ""
    """What users can do when the service refuses a token, for the error's message."""

    _may_block = True
    """Whether `get_token` may take time, so that an event loop has it called in a thread."""

    @abstractmethod
    def get_token(self) -> str | Awaitable[str]:
        """Returns a token that is valid now. The SDK calls it before each request.

        It may block. For an `AsyncSDK`, it may also be an `async def`.
        """

    def forget(self, token: str) -> None:  # noqa: B027 - a provider that stores no token has nothing to forget
        """Called when the service has refused a token. The next `get_token` should return another one.

        Args:
            token: The token that was refused.
        """

    def _obtaining(self, ask: Ask, until: float) -> Flow[str]:  # noqa: ARG002 - for subclasses that send a request
        """Gets a token that is valid now.

        Args:
            ask: Sends a request for a token.
            until: When the token must have arrived, on the monotonic clock.
        """
        with errors_of_provider(self):
            token: Any = (yield Task(self.get_token, until)) if self._may_block else self.get_token()
            if inspect.isawaitable(token):
                getattr(token, "close", lambda: None)()
                raise TokenProviderError(ASYNC_PROVIDER, sent=False)
            return sendable_token(token)


class NoCredentials(TokenProvider):
    """The provider of an SDK without credentials, which can only perform public operations.

    Args:
        reason: The message of the error that other operations raise.
    """

    _may_block = False

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def get_token(self) -> str:
        """Raises an error.

        Raises:
            ValidationError: Always.
        """
        raise ValidationError(self._reason, sent=False)


@contextmanager
def errors_of_provider(provider: TokenProvider) -> Iterator[None]:
    """Turns whatever a token provider raises into an error of this package that says that no request was sent."""
    try:
        yield
    except PasqalCloudError as error:
        error.sent = False
        raise
    except TooLate:
        raise
    except Exception as error:
        raise TokenProviderError(
            f"{type(provider).__name__} could not get a token: {reason_of(error)}",
            retryable=isinstance(error, ConnectionError | TimeoutError | httpx.TransportError),
            sent=False,
        ) from error


class KeptToken:
    """A token, and its renewal while that is under way. Copies of a provider share it."""

    def __init__(self) -> None:
        self._token: Secret | None = None
        self._renew_at = 0.0
        self.begin_anew()
        renew_in_child(self)

    def begin_anew(self) -> None:
        """Resets the renewal and the lock in a forked child, where the threads that held them don't run."""
        self._lock = RLock()  # a signal handler or garbage collection may come in between
        self._turn: Turn | None = None

    @property
    def token(self) -> str | None:
        """The token, until it has to be renewed."""
        token = self._token
        return token.reveal() if token is not None and CLOCK.now() < self._renew_at else None

    def obtaining(self, renew: Callable[[], Flow[str]], until: float) -> Flow[str]:
        """Gets a valid token. Of several threads or tasks that need one, the first renews it and the others wait.

        Args:
            renew: Gets a new token.
            until: When the token must have arrived, on the monotonic clock.

        Raises:
            TooLate: It did not arrive in time.
        """
        while (token := self.token) is None:
            turn, is_mine = self._take_turn()
            if is_mine:
                return (yield from self._renewed(turn, renew))
            token = yield Wait(turn, until)
            if token is not None:
                break
        return token

    def _take_turn(self) -> tuple[Turn, bool]:
        """Gets the renewal that is under way, and whether the caller has to do it."""
        with self._lock:
            turn = self._turn
            if turn is not None and not turn.done():
                return turn, False
            turn = self._turn = Turn()
            return turn, True

    def _renewed(self, turn: Turn, renew: Callable[[], Flow[str]]) -> Flow[str]:
        try:
            token = self.token or (yield from renew())  # another may have just ended a turn
        except TooLate:
            raise  # the time of this call is over, not that of the others
        except Exception as error:
            turn.end(error=error)
            raise
        else:
            turn.end(token)
            return token
        finally:
            turn.end()  # if it was interrupted, one of those who wait renews
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
        """Returns itself: copies of a provider share the token."""
        return self

    def __reduce__(self) -> NoReturn:
        """Raises an error instead of exposing the token."""
        raise TypeError(f"A token provider can't be pickled. {NO_PICKLING}")


def is_async(provider: TokenProvider) -> bool:
    """Tells whether a provider's `get_token` is an `async def`."""
    return inspect.iscoroutinefunction(provider.get_token)


def is_sendable(token: object) -> TypeGuard[str]:
    """Tells whether a token can be sent in a header. If not, h11 would show the whole header in its error."""
    return isinstance(token, str) and re.fullmatch(r"[!-~]+", token) is not None


def sendable_token(token: object) -> str:
    """Returns a token that can be sent in a header."""
    if not isinstance(token, str):
        raise TokenProviderError(f"A token must be a string, not {type(token).__name__}.", sent=False)
    if not is_sendable(token):
        raise TokenProviderError("A token must consist of ASCII characters, without spaces and line ends.", sent=False)
    return token
