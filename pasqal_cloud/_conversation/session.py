"""The session: every request of the package is made by its `call`, which is one flow.

`call` gets a token, sends the request, renews the token once after a 401, raises the error of a response that is not a
success, parses the response, checks that it is about what was requested, and retries as the policy says.
"""

from __future__ import annotations

import json
import logging
import math
from copy import copy
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec, Protocol, Self, TypeAlias, TypeVar

import attrs
import httpx

from pasqal_cloud._arguments import counted, flag_of, seconds, uuid_of
from pasqal_cloud._conversation.clients import Connections, Wire, built
from pasqal_cloud._conversation.deadlines import TOO_SLOW
from pasqal_cloud._conversation.flow import CLOCK, IN_FLIGHT, TURN, Send, Sleep, TooLate, Wait
from pasqal_cloud._conversation.places import Places, places_of
from pasqal_cloud._conversation.responses import ServiceTime, decoded, failed, parsed, reason_of, refused
from pasqal_cloud._conversation.retry import RetryPolicy, is_the_services, policy_of
from pasqal_cloud._conversation.tokens import (
    NO_PICKLING,
    NoCredentials,
    TokenProvider,
    TokenProviderError,
    errors_of_provider,
)
from pasqal_cloud._conversation.traffic import BEGAN, REQUESTED, note_answer
from pasqal_cloud.errors import PasqalCloudError, RequestTimeoutError, UnexpectedAnswerError, ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from pasqal_cloud._conversation.flow import Flow
    from pasqal_cloud.endpoints import Endpoints
    from pasqal_cloud.journal import Journal

_log = logging.getLogger("pasqal_cloud")

P = ParamSpec("P")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

TIMEOUT = httpx.Timeout(60.0, connect=10.0)
"""Seconds to connect, and to wait for the next part of a response."""

SPENDING_TIMEOUT = httpx.Timeout(300.0, connect=10.0)
"""The same for creating batches and adding jobs, where giving up early leaves a batch whose id is not known."""

AS_HTTPX = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
"""Serializes bodies as httpx does."""

COMPRESSED_FROM = 2048
"""The size in bytes from which bodies are sent compressed, where the API accepts that: shorter ones gain nothing."""


class Endpoint(Protocol[P, T_co]):
    """An operation of the API: a module of `pasqal_cloud_api.api`."""

    @property
    def request(self) -> Callable[P, dict[str, Any]]:
        """Builds the arguments of `httpx.Client.request`."""
        ...

    @property
    def parse(self) -> Callable[[httpx.Response], T_co]:
        """Parses a successful response."""
        ...


Replacements: TypeAlias = "Callable[[Any], Any]"
"""Gets the operation that replaces another one, for users whose requests have other addresses."""


def _timeout(given: httpx.Timeout | float | None) -> httpx.Timeout | None:
    """Reads the argument `timeout`; a number is the time for each part of a response, and at most 10 s to connect."""
    if given is None or isinstance(given, httpx.Timeout):
        return given
    if not isinstance(given, int | float) or isinstance(given, bool) or not 0 < given < math.inf:
        raise ValidationError(f"timeout must be a number of seconds above zero, or an httpx.Timeout, not {given!r}.")
    return httpx.Timeout(given, connect=min(given, TIMEOUT.connect or given))


def _recover_for(value: float) -> float:
    return seconds(value, "recover_for") or 0.0


def _progress(value: bool | None) -> bool | None:
    return flag_of(value, "progress")


def _patience(options: Options) -> float:
    timeout = options.timeout
    whole = math.inf if timeout is None or timeout.read is None else (timeout.connect or 0.0) + timeout.read
    return min(whole, options.longest)


@attrs.frozen(kw_only=True)
class Options:
    """How a request is made.

    Args:
        timeout: See `TIMEOUT`.
        headers: Additional headers.
        retry: When the request is retried.
        longest: The longest time for one attempt, in seconds, if its timeouts are longer.
        signed: Whether it is sent with a token.
        harmless: Whether making it twice does no harm.
        compressed: Whether the API accepts its body compressed.
        may_compress: Whether the user allows compressed bodies.
        recover_for: How long to search, in seconds, for what a request of unknown outcome may have created.
        check: Describes what is wrong with the parsed response; an empty string if nothing is.
        progress: Whether a long wait shows a line; None for where somebody can see it.
    """

    timeout: httpx.Timeout | None = attrs.field(default=TIMEOUT, converter=_timeout)
    headers: Mapping[str, str] = attrs.field(factory=dict)
    retry: RetryPolicy = attrs.field(factory=RetryPolicy, converter=policy_of)
    longest: float = math.inf
    signed: bool = True
    harmless: bool = True
    compressed: bool = False
    may_compress: bool = True
    recover_for: float = attrs.field(default=60.0, converter=_recover_for)
    check: Callable[[Any], str] | None = None
    progress: bool | None = attrs.field(default=None, converter=_progress)
    patience: float = attrs.field(init=False, default=attrs.Factory(_patience, takes_self=True))
    """The seconds that each attempt may take, even beyond the deadline."""

    def content_of(self, body: Any, headers: dict[str, str]) -> bytes:
        """Serializes a body, and notes in the request's headers what it is."""
        headers.setdefault("Content-Type", "application/json")
        content = AS_HTTPX.encode(body).encode()
        if self.compressed and self.may_compress and len(content) >= COMPRESSED_FROM:
            import gzip

            content = gzip.compress(content, compresslevel=1, mtime=0)
            headers["Content-Encoding"] = "gzip"
        return content


class Session:
    """The state that an SDK and its handles share: credentials, connections and options.

    Args:
        endpoints: The addresses of the services.
        provider: The token provider.
        awaits: Whether it belongs to an `AsyncSDK`.
        project_id: The project that new batches belong to.
        options: How requests are made by default.
        wire: How connections are made.
        routes: The operations that replace others, for OVH's users.
        journal: Where submissions are noted, if anywhere.
        max_in_flight: How many requests may be under way at once.
    """

    def __init__(
        self,
        endpoints: Endpoints,
        provider: TokenProvider | None,
        *,
        awaits: bool,
        project_id: str | None,
        options: Options = Options(),
        wire: Wire | None = None,
        routes: Replacements | None = None,
        journal: Journal | None = None,
        max_in_flight: int = IN_FLIGHT,
    ) -> None:
        self.endpoints = endpoints
        self.awaits = awaits
        self.project_id = project_id
        self.options = options
        self.routes = routes
        self.journal = journal
        self.clock = ServiceTime()
        self.starting: list[str] = []  # what the first submission waits for; all views have the same list
        self._provider = provider
        self._host = httpx.URL(endpoints.core).host
        self._wire = wire or Wire()
        self.connections = self._none_open()
        self.places = Places(places_of(max_in_flight))

    def call(self, endpoint: Endpoint[P, T], *args: P.args, **kwargs: P.kwargs) -> Flow[T]:
        """Makes a request, with retries as the options say, and returns the parsed response.

        Args:
            endpoint: The operation.
            args: The operation's arguments.
            kwargs: The operation's arguments.
        """
        if self.routes is not None:
            endpoint = self.routes(endpoint)
        return self._persistent(partial(Session._attempt, endpoint=endpoint, args=args, kwargs=kwargs))

    def token(self) -> Flow[str]:
        """Gets the token that requests are made with."""
        return self._persistent(Session._token)

    def _persistent(self, attempt: Callable[[Session, float], Flow[T]]) -> Flow[T]:
        session, options = self, self.options
        began = CLOCK.now()
        for number in count(1):
            try:
                return (yield from attempt(session, began + options.retry.deadline))
            except PasqalCloudError as error:
                elapsed = CLOCK.now() - began
                pause = options.retry.pause(error, harmless=options.harmless, attempt=number, elapsed=elapsed)
                if pause is None:
                    raise
                if isinstance(error, UnexpectedAnswerError):  # the responses of its connection may be out of step
                    session = self.with_options(headers={**options.headers, "Connection": "close"})
                _log.warning("Attempt %d failed, retrying in %.1f s: %s", number, pause, error)
            yield Sleep(pause)
        raise AssertionError  # `count` has no end

    def _attempt(
        self, until: float, endpoint: Endpoint[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Flow[T]:
        options, provider = self.options, self._provider
        try:
            request = self._built(**endpoint.request(*args, **kwargs))
        except (AssertionError, PasqalCloudError):
            raise
        except Exception as error:
            raise ValidationError(f"The request can't be sent: {reason_of(error)}.", sent=False) from error
        answer = yield from self._answered(request, until)
        if not answer.is_success:
            raise refused(answer, if_unauthorized=provider.if_refused if provider and options.signed else "")
        turn = TURN.get()
        if turn is not None and not turn.done():
            yield Wait(turn)
        return parsed(answer, endpoint.parse, (args, kwargs), spends=not options.harmless, check=options.check)

    def _built(self, url: str | httpx.URL, headers: Mapping[str, str] | None = None, **arguments: Any) -> httpx.Request:
        options = self.options
        address = self.endpoints.url_of(url) if isinstance(url, str) else url
        # such as the path of createToken, whose server is the identity provider
        if isinstance(address, str) and address.startswith("/"):
            raise ValidationError(
                f"No service has the path {address}. An SDK logs in by itself; user_token gives its token.", sent=False
            )
        headers = {**(headers or {}), **options.headers}
        if "json" in arguments:
            arguments["content"] = options.content_of(arguments.pop("json"), headers)
        is_link = address is url  # which may contain a signature
        return built(
            self.connections.client(),
            url=address,
            headers=headers,
            timeout=options.timeout,
            may_keep_url=not is_link,
            **arguments,
        )

    def _patiently(self, until: float) -> float:
        """Gets when something that begins now must be done: a call's last attempt has its own timeout, too."""
        return max(until, CLOCK.now() + self.options.patience)

    def _answered(self, request: httpx.Request, until: float) -> Flow[httpx.Response]:
        """Sends a request with a token; after a 401, once more with a new token."""
        if not self.options.signed:
            return (yield from self._sent(request, self._patiently(until)))
        token = yield from self._token(until)
        answer = yield from self._sent(request, self._patiently(until), token)
        if answer.status_code != 401 or self._provider is None:
            return answer
        try:
            with errors_of_provider(self._provider):
                self._provider.forget(token)
            another = yield from self._token(until)
        except PasqalCloudError:
            if self.options.harmless:
                raise
            return answer  # not the renewal's error, which says that nothing was sent
        if another != token and (self.options.harmless or is_the_services(decoded(answer))):
            answer = yield from self._sent(request, self._patiently(until), another)
        return answer

    def _token(self, until: float) -> Flow[str]:
        until = self._patiently(until)
        if self._provider is None:
            raise TokenProviderError("This request needs credentials, and there are none.", sent=False)
        try:
            return (yield from self._provider._obtaining(partial(self._ask_for_token, until=until), until))
        except TooLate as late:
            error = late.__cause__ or TokenProviderError(TOO_SLOW, retryable=True, sent=False)
        raise error

    def _ask_for_token(self, request: httpx.Request, until: float) -> Flow[httpx.Response]:
        """Sends a request for a token, with the headers of all requests and, if the user chose one, their timeout."""
        http = self.connections.client()
        request.headers = httpx.Headers({**http.headers, **request.headers})
        if http.timeout != TIMEOUT:
            request.extensions["timeout"] = http.timeout.as_dict()
        usual = request.extensions.get("timeout", {}).get("read")
        limit = math.inf if usual is None else CLOCK.now() + usual
        try:
            return (yield from self._sent(request, min(until, limit), to_services=False))
        except RequestTimeoutError as error:
            if CLOCK.now() < until:
                raise
            error.sent = False
            raise TooLate from error  # in this call's time; who has more may ask again

    def _sent(
        self, request: httpx.Request, until: float, token: str | None = None, *, to_services: bool = True
    ) -> Flow[httpx.Response]:
        """Sends a request.

        Args:
            request: The request.
            until: When the response must have arrived, on the monotonic clock.
            token: The token to send with it.
            to_services: Whether it goes to the services; a request for a token goes to the identity provider.
        """
        if token is not None:
            request.headers["Authorization"] = f"Bearer {token}"
        if to_services:
            until = yield from self._placed(request, until)
        began = request.extensions[BEGAN] = CLOCK.now()
        REQUESTED.set(request.url)
        try:
            answer: httpx.Response = yield Send(self.connections.client(), request, until)
        except (AssertionError, PasqalCloudError):
            raise  # test doubles raise an AssertionError for a request that they did not expect
        except Exception as error:  # noqa: BLE001 - raised as this package's
            cause = httpx.ReadTimeout(TOO_SLOW, request=request) if isinstance(error, TooLate) else error
            raise failed(request, cause) from cause
        finally:
            if to_services:
                self.places.give_back()
        if to_services:
            self.places.note(answer.status_code, began)
        if _log.isEnabledFor(logging.DEBUG):
            note_answer(answer)
        if to_services and answer.request.url.host == self._host:  # not the storage of results
            self.clock.note(answer.headers.get("Date"), began, CLOCK.now())
        return answer

    def _placed(self, request: httpx.Request, until: float) -> Flow[float]:
        """Takes a place for a request, which is not sent before; gets when its response must have arrived."""
        try:
            has_waited = yield from self.places.taking(until)
        except TooLate:
            others = counted(self.places.allowed, "other request")
            are = "is" if self.places.allowed == 1 else "are"
            cause = httpx.PoolTimeout(f"{others} {are} under way", request=request)
        else:  # a wait does not shorten the service's time: if a request spends money, its outcome would be unknown
            return self._patiently(until) if has_waited else until
        raise failed(request, cause) from cause

    def spending(self, key: str, deadline: float, check: Callable[[Any], str]) -> Session:
        """Gets the session for one attempt of a request that spends money, which is repeated by its caller alone.

        Args:
            key: The `Idempotency-Key` of all attempts. The local service honours it; whether the cloud does is unknown.
            deadline: The seconds that are left of the call's.
            check: Describes what is wrong with the parsed response; an empty string if nothing is.
        """
        return self.with_options(
            timeout=SPENDING_TIMEOUT if self.options.timeout is TIMEOUT else self.options.timeout,
            headers={"Idempotency-Key": key},
            retry=RetryPolicy(attempts=1, deadline=deadline),
            harmless=False,
            compressed=True,
            check=check,
        )

    @property
    def sees_public_only(self) -> bool:
        """Whether only public devices are visible: without credentials, and for OVH's users."""
        return isinstance(self._provider, NoCredentials) or self.routes is not None

    def project_of(self, what: str) -> UUID:
        """Gets the project of a new batch or workload.

        Args:
            what: "batch" or "workload", for the error.

        Raises:
            ValidationError: There is no project, or there are no credentials.
        """
        if self.project_id is not None:
            return uuid_of(self.project_id, "project_id")
        if isinstance(self._provider, NoCredentials):
            self._provider.get_token()
        raise ValidationError(f"A {what} needs a project: give project_id to the SDK, or set PASQAL_PROJECT_ID.")

    def with_options(self, **changes: Any) -> Session:
        """Gets a session on the same connections, with other options.

        Args:
            changes: The new values of fields of `Options`.
        """
        view = copy(self)
        view.options = attrs.evolve(self.options, **changes)
        return view

    def through(self, routes: Replacements) -> Session:
        """Gets a session on the same connections, with other routes."""
        view = copy(self)
        view.routes = routes
        return view

    def _none_open(self) -> Connections:
        make = partial(self._wire.client, awaits=self.awaits, timeout=self.options.timeout)
        return Connections(make, awaits=self.awaits)

    def __copy__(self) -> Self:
        """Copies the session, with the same connections."""
        twin = object.__new__(type(self))
        vars(twin).update(vars(self))
        return twin

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Copies the session for another SDK: with the same credentials and tokens, and its own connections."""
        twin = copy(self)
        twin.connections = self._none_open()
        twin.places = Places(self.places.most)
        memo[id(self)] = twin
        return twin

    def __reduce__(self) -> NoReturn:
        """Raises an error, also for every handle that has this session."""
        raise TypeError(f"An SDK, a batch or a job can't be pickled; its id can. {NO_PICKLING}")
