"""Tokens: what gives them, and one login for all who wait for one.

The package's own providers describe a token request, which the session sends as it sends everything else: with the same
connections, timeouts and errors. A provider of a user's own is a function that is called.
"""

from __future__ import annotations

import inspect
import re
import time
from abc import ABC, abstractmethod
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Lock, get_ident
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeAlias, TypeGuard

import httpx

from pasqal_cloud._conversation.flow import Task, TooLate, Wait
from pasqal_cloud._conversation.forks import renew_in_child
from pasqal_cloud._conversation.responses import reason_of
from pasqal_cloud.errors import AuthenticationError, PasqalCloudError, ValidationError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from pasqal_cloud._conversation.flow import Flow

NO_PICKLING = (
    "It holds credentials, which the pickle would contain. Create a new one where it is needed:"
    " SDK() finds credentials in the environment or in a saved profile."
)


Ask: TypeAlias = "Callable[[httpx.Request], Flow[httpx.Response]]"
"""Sends a request for a token, and gets its answer, whatever its status."""


ASYNC_PROVIDER = "The token provider's get_token is an `async def`, for which there is AsyncSDK; an SDK can't await it."


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

    def result(self, timeout: float | None = None) -> str | None:
        """Waits for the end. Who asks in this very thread is a task that could not go on meanwhile: its turn ends."""
        if self.thread == get_ident():
            self.end()
        return super().result(timeout)

    def end(self, token: str | None = None, error: Exception | None = None) -> None:
        """Tells those who wait, unless it has ended before."""
        if self.done():
            return
        if error is None:
            self.set_result(token)
        else:
            self.set_exception(error)


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

    def _obtaining(self, ask: Ask, until: float) -> Flow[str]:  # noqa: ARG002 - for those that ask by a request
        """Gets a token that is valid now.

        Args:
            ask: Sends a request for one.
            until: When it must be there, on the monotonic clock.
        """
        with own_errors(self):
            token: Any = yield Task(self.get_token, until)
            if inspect.isawaitable(token):
                getattr(token, "close", lambda: None)()
                raise TokenProviderError(ASYNC_PROVIDER, sent=False)
            return sendable_token(token)


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

    def _obtaining(self, ask: Ask, until: float) -> Flow[str]:  # noqa: ARG002 - nobody is asked
        yield from ()
        return self.get_token()


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
    except TooLate:
        raise
    except Exception as error:
        raise TokenProviderError(
            f"{type(provider).__name__} got no token: {reason_of(error)}",
            retryable=isinstance(error, ConnectionError | TimeoutError | httpx.TransportError),
            sent=False,
        ) from error


class KeptToken:
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

    def obtaining(self, renew: Callable[[], Flow[str]], until: float) -> Flow[str]:
        """Gets a token that is good now, however many want one, by one renewal: the first makes it, the others wait.

        Args:
            renew: Gets another token.
            until: When it must be there, on the monotonic clock.

        Raises:
            TooLate: It was not there in time.
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
        """Gets the renewal that is under way, and whether it is the caller who has to make it."""
        with self._lock:
            if self._turn is not None and not self._turn.done():
                return self._turn, False
            self._turn = Turn()
            return self._turn, True

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
            turn.end()  # where it was cut short, another has to renew
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


def is_async(provider: TokenProvider) -> bool:
    """Tells whether a provider can only be awaited.

    Args:
        provider: The provider.
    """
    return inspect.iscoroutinefunction(provider.get_token)


def is_sendable(token: object) -> TypeGuard[str]:
    """Tells whether something can stand in a header; h11 shows the whole header in its error if it can't."""
    return isinstance(token, str) and re.fullmatch(r"[!-~]+", token) is not None


def sendable_token(token: object) -> str:
    """Gets a token that can stand in a header.

    Args:
        token: What a provider gave.

    Raises:
        TokenProviderError: It can't.
    """
    if not isinstance(token, str):
        raise TokenProviderError(f"A token must be a text, not {type(token).__name__}.", sent=False)
    if not is_sendable(token):
        raise TokenProviderError("A token must be a text of ASCII characters without spaces and line ends.", sent=False)
    return token
