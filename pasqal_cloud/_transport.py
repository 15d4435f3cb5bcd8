"""The wire: httpx's clients, and the generated client made ready.

Every request of the package goes through `BlockingClient` or `AwaitingClient`, which know one thing more than httpx's:
whatever is not a success is raised as a `PasqalCloudError`, before the generated code sees it.
"""

from __future__ import annotations

import asyncio
import gzip
import inspect
import json
import math
import time
from copy import copy
from functools import cached_property, partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeAlias
from uuid import UUID, uuid4

import attrs
import httpx

from pasqal_cloud._answers import decoded, errors_of, successful
from pasqal_cloud._arguments import seconds, uuid_of
from pasqal_cloud._connections import Connections, Wire
from pasqal_cloud._ledger import ServiceClock
from pasqal_cloud._retry import RetryPolicy, is_the_services, policy_of
from pasqal_cloud._traffic import BEGAN, note_answer, note_request
from pasqal_cloud.authentication import NO_PICKLING, Nobody, TokenProvider, TokenProviderError, Turn, obtain, own_errors
from pasqal_cloud.errors import PasqalCloudError, ValidationError
from pasqal_cloud_api import Client

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterator, Mapping

    from pasqal_cloud.authentication import Asking
    from pasqal_cloud.endpoints import Endpoints

TIMEOUT = httpx.Timeout(60.0, connect=10.0)
"""Seconds to connect, and to wait for the next part of an answer."""

SPENDING_TIMEOUT = httpx.Timeout(300.0, connect=10.0)
"""The same for creating batches and adding jobs, where giving up early leaves a batch that nobody knows of."""

TOO_SLOW = "The answer took longer than the call may last."

USER_AGENT = f"pasqal-cloud/{version('pasqal-cloud')}"

COMPRESSED_FROM = 1024
"""Bodies of so many bytes are sent compressed, where the API takes that."""


def _timeout(given: httpx.Timeout | float | None) -> httpx.Timeout | None:
    """Reads a timeout as users give it; a number is the time for each part of an answer, and for less to connect."""
    if given is None or isinstance(given, httpx.Timeout):
        return given
    if not isinstance(given, int | float) or isinstance(given, bool) or not 0 < given < math.inf:
        raise ValidationError(f"timeout must be a number of seconds above zero, or an httpx.Timeout, not {given!r}.")
    return httpx.Timeout(given, connect=min(given, TIMEOUT.connect or given))


def _recover_for(value: float) -> float:
    return seconds(value, "recover_for") or 0.0


@attrs.frozen(kw_only=True)
class Options:
    """How a request is made.

    Args:
        timeout: See `TIMEOUT`.
        headers: Headers to add.
        retry: When it is tried again.
        harmless: Whether making it twice does no harm.
        compressed: Whether the API takes its body compressed.
        may_compress: Whether the user lets bodies be compressed.
        recover_for: How long to look, in seconds, for what a request may have created whose outcome is unknown.
        check: Says what is wrong with the parsed content of its answer, or nothing.
    """

    timeout: httpx.Timeout | None = attrs.field(default=TIMEOUT, converter=_timeout)
    headers: Mapping[str, str] = attrs.field(factory=dict)
    retry: RetryPolicy = attrs.field(factory=RetryPolicy, converter=policy_of)
    harmless: bool = True
    compressed: bool = False
    may_compress: bool = True
    recover_for: float = attrs.field(default=60.0, converter=_recover_for)
    check: Callable[[Any], str] | None = None

    def applied_to(self, request: dict[str, Any], deadline: float) -> dict[str, Any]:
        """Gets the arguments of `httpx.Client.request` with these options.

        Args:
            request: The arguments that the generated function gives.
            deadline: When the whole call is to be over, on the monotonic clock.
        """
        headers = {**request.get("headers", {}), **self.headers}
        extensions = {"until": max(deadline, time.monotonic() + self._patience), "harmless": self.harmless}
        request = {**request, "headers": headers, "timeout": self.timeout, "extensions": extensions}
        if self.compressed and self.may_compress and "json" in request:
            body = json.dumps(request["json"], separators=(",", ":"), allow_nan=False).encode()
            if len(body) >= COMPRESSED_FROM:
                del request["json"]
                request["content"] = gzip.compress(body, compresslevel=1, mtime=0)
                headers["Content-Encoding"] = "gzip"
        return request

    @property
    def _patience(self) -> float:
        """How long one try takes at the least until its time is up: a call's last try has that, too."""
        if self.timeout is None or self.timeout.read is None:
            return math.inf
        return (self.timeout.connect or 0.0) + self.timeout.read


@attrs.define(eq=False)
class ApiClient(Client):
    """The generated client, made ready: with the base URL, authentication, timeouts and errors of an SDK.

    Pass it as `client` to the functions of `pasqal_cloud_api.api`. Its timeouts and headers are the SDK's; the
    generated `with_…` methods change nothing here.
    """

    connections: Connections = attrs.field(kw_only=True, repr=False)
    options: Options = attrs.field(kw_only=True, factory=Options)
    door: Door | None = attrs.field(kw_only=True, default=None, repr=False)

    @property
    def http(self) -> BlockingClient | AwaitingClient:
        """The httpx client for this process and the running event loop."""
        return self.connections.client()  # type: ignore[return-value]  # Api makes no others

    def get_httpx_client(self) -> BlockingClient:
        """Gets the blocking client, as the generated functions ask for it."""
        if self.connections.awaits:
            raise TypeError("This is an AsyncSDK's client: use the `asyncio` functions.")
        return self.http  # type: ignore[return-value]  # a blocking one

    def get_async_httpx_client(self) -> AwaitingClient:
        """Gets the awaiting client, as the generated functions ask for it."""
        if not self.connections.awaits:
            raise TypeError("This is an SDK's client: use the `sync` functions, or an AsyncSDK.")
        return self.http  # type: ignore[return-value]  # an awaiting one

    def with_options(self, **changes: Any) -> ApiClient:
        """Gets a client whose requests are made with other options, on the same connections."""
        return attrs.evolve(self, options=attrs.evolve(self.options, **changes))


Door: TypeAlias = "Callable[[Any], Any]"
"""What stands for an operation, itself a module of `pasqal_cloud_api.api`, where some users have to go in elsewhere."""


class Exchange:
    """The client that one generated function is given: it adds the call's options and remembers the answer."""

    raise_on_unexpected_status = False

    def __init__(self, client: ApiClient, deadline: float = math.inf) -> None:
        self._http = client.http
        self._options = client.options
        self._deadline = deadline
        self.answer: httpx.Response | None = None

    def get_httpx_client(self) -> Exchange:
        """Stands in for the httpx client, of which the generated functions call only `request`."""
        return self

    def request(self, **kwargs: Any) -> httpx.Response:
        """Makes the request."""
        self.answer = self._http.request(**self._options.applied_to(kwargs, self._deadline))  # type: ignore[assignment]  # a blocking client's
        return self.answer  # type: ignore[return-value]  # just set

    def token(self) -> str:
        """Gets the token that requests are made with."""
        return self._http.token()  # type: ignore[return-value]  # a blocking client's


class AwaitingExchange(Exchange):
    """The same for the generated functions that await."""

    def get_async_httpx_client(self) -> AwaitingExchange:
        """Stands in for the httpx client, of which the generated functions call only `request`."""
        return self

    async def request(self, **kwargs: Any) -> httpx.Response:  # type: ignore[override]  # the same in the other colour
        """Makes the request."""
        self.answer = await self._http.request(**self._options.applied_to(kwargs, self._deadline))  # type: ignore[misc]  # an awaiting client's
        return self.answer

    async def token(self) -> str:  # type: ignore[override]  # the same in the other colour
        """Gets the token that requests are made with."""
        return await self._http.token()  # type: ignore[misc,no-any-return]  # an awaiting client's


class _Placing:
    """Lets each operation go to the service that it belongs to, wherever that is."""

    _endpoints: Endpoints

    def build_request(self, method: str, url: httpx.URL | str, **kwargs: Any) -> httpx.Request:
        """Makes a request."""
        placed = self._endpoints.url_of(url) if isinstance(url, str) else url
        request: httpx.Request = super().build_request(method, placed, **kwargs)  # type: ignore[misc]  # httpx's client's
        return request


class BlockingClient(_Placing, httpx.Client):
    """httpx's client, raising this package's errors.

    Args:
        endpoints: Where the services are.
        provider: What gives the tokens for its requests.
        settings: The arguments of httpx's client.
    """

    clock: ServiceClock | None = None

    def __init__(self, endpoints: Endpoints, provider: TokenProvider | None = None, **settings: Any) -> None:
        hooks: dict[str, list[Any]] = {"request": [note_request], "response": [note_answer, _hurry]}
        auth = None if provider is None else Bearer(provider, self.token)
        super().__init__(base_url=endpoints.core, auth=auth, event_hooks=hooks, **settings)
        self._endpoints = endpoints
        self._provider = provider

    def token(self) -> str:
        """Gets the token that requests are made with."""
        return obtain(_asking(self._provider), self._ask)

    def _ask(self, request: httpx.Request) -> httpx.Response:
        with errors_of(request, sent=False):
            return super().send(_dressed(request, self), auth=None)

    def send(self, request: httpx.Request, **kwargs: Any) -> httpx.Response:
        """Sends a request, and raises unless it succeeds."""
        sent = time.monotonic()
        with errors_of(request):
            answer = super().send(request, **kwargs)
            if not answer.is_success:
                answer.read()
        _note_time(self, answer, sent)
        return successful(answer, if_refused=_if_refused(self._provider))


class AwaitingClient(_Placing, httpx.AsyncClient):
    """httpx's client, raising this package's errors.

    Args:
        endpoints: Where the services are.
        provider: What gives the tokens for its requests.
        settings: The arguments of httpx's client.
    """

    clock: ServiceClock | None = None

    def __init__(self, endpoints: Endpoints, provider: TokenProvider | None = None, **settings: Any) -> None:
        hooks = {"request": [_awaiting(note_request)], "response": [_awaiting(note_answer)]}
        auth = None if provider is None else Bearer(provider, self.token)
        super().__init__(base_url=endpoints.core, auth=auth, event_hooks=hooks, **settings)
        self._endpoints = endpoints
        self._provider = provider

    async def token(self) -> str:
        """Gets the token that requests are made with."""
        asking = _asking(self._provider)
        resume: Callable[[], Any] = partial(next, asking)
        try:
            while True:
                try:
                    step = resume()
                except StopIteration as stop:
                    return stop.value  # type: ignore[no-any-return]  # StopIteration is not generic
                try:
                    resume = partial(asking.send, await self._done(step))
                except BaseException as error:  # noqa: BLE001 - a cancellation too must end the turn, for those who wait
                    resume = partial(asking.throw, error)
        finally:
            del resume  # it may hold an error whose traceback holds this frame

    async def _done(self, step: Any) -> Any:
        match step:
            case httpx.Request():
                return await self._ask(step)
            case Turn():
                return await asyncio.wrap_future(step)
        token = step() if inspect.iscoroutinefunction(step) else await asyncio.to_thread(step)
        return await token if inspect.isawaitable(token) else token

    async def _ask(self, request: httpx.Request) -> httpx.Response:
        with errors_of(request, sent=False):
            return await super().send(_dressed(request, self), auth=None)

    async def send(self, request: httpx.Request, **kwargs: Any) -> httpx.Response:
        """Sends a request, and raises unless it succeeds."""
        sent = time.monotonic()
        with errors_of(request):
            limit = asyncio.timeout(_until(request) - sent)
            try:
                async with limit:
                    answer = await super().send(request, **kwargs)
                    if not answer.is_success:
                        await answer.aread()
            except TimeoutError as error:
                if not limit.expired():
                    raise  # a transport's
                kind = httpx.ReadTimeout if BEGAN in request.extensions else httpx.PoolTimeout
                raise kind(TOO_SLOW, request=request) from error
        _note_time(self, answer, sent)
        return successful(answer, if_refused=_if_refused(self._provider))


class _Hurried(httpx.SyncByteStream):
    """A body that has to arrive in time: httpx's own timeout begins anew with each part of it.

    Where a call awaits, `asyncio` cuts it wherever it is; where it blocks, this does, between two parts. The head of an
    answer, which is limited in size, it can't hurry.
    """

    def __init__(self, answer: httpx.Response, until: float) -> None:
        self._answer = answer
        self._stream: Any = answer.stream
        self._until = until

    def __iter__(self) -> Iterator[bytes]:
        for part in self._stream:
            yield part
            if time.monotonic() > self._until:
                raise httpx.ReadTimeout(TOO_SLOW, request=self._answer.request)

    def close(self) -> None:
        self._stream.close()


def _hurry(answer: httpx.Response) -> None:
    answer.stream = _Hurried(answer, _until(answer.request))


def _until(request: httpx.Request) -> float:
    """Gets when a request's answer must have arrived, on the monotonic clock.

    A request that belongs to no call, such as one for a token, has the time that each part of its answer has.
    """
    usual = request.extensions.get("timeout", {}).get("read")
    until: float = request.extensions.get("until", math.inf if usual is None else time.monotonic() + usual)
    return until


def _note_time(http: BlockingClient | AwaitingClient, answer: httpx.Response, sent: float) -> None:
    """Sets the service's clock by an answer of the service itself, not by one of the storage of results."""
    if http.clock is not None and answer.request.url.host == http.base_url.host:
        http.clock.note(answer.headers.get("Date"), sent, time.monotonic())


class Bearer(httpx.Auth):
    """Puts a token on each request, and another one when it was answered 401.

    Args:
        provider: What gives the tokens.
        ask: Gets a token that is valid now, or an awaitable of it.
    """

    def __init__(self, provider: TokenProvider, ask: Callable[[], Any]) -> None:
        self._provider = provider
        self._ask = ask

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Says what is to be sent."""
        token = self._ask()
        answer = yield _signed(request, token)
        if answer.status_code == 401:
            answer.read()
            try:
                with own_errors(self._provider):
                    self._provider.forget(token)
                another = self._ask()
            except PasqalCloudError:
                if request.extensions.get("harmless", True):
                    raise
                return  # the refusal stands: by the renewal's error it would seem that nothing was sent
            if another != token and _may_be_repeated(request, answer):
                yield _signed(request, another)

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Says what is to be sent."""
        token = await self._ask()
        answer = yield _signed(request, token)
        if answer.status_code == 401:
            await answer.aread()
            try:
                with own_errors(self._provider):
                    self._provider.forget(token)
                another = await self._ask()
            except PasqalCloudError:
                if request.extensions.get("harmless", True):
                    raise
                return  # the refusal stands: by the renewal's error it would seem that nothing was sent
            if another != token and _may_be_repeated(request, answer):
                yield _signed(request, another)


def _may_be_repeated(request: httpx.Request, answer: httpx.Response) -> bool:
    """Returns whether a request that was answered 401 can be made again, whoever answered."""
    return request.extensions.get("harmless", True) or is_the_services(decoded(answer))


def _asking(provider: TokenProvider | None) -> Asking:
    if provider is None:
        raise TokenProviderError("There are no credentials.", sent=False)
    return provider._asking()


def _if_refused(provider: TokenProvider | None) -> str:
    return provider.if_refused if provider is not None else ""


def _dressed(asking: httpx.Request, http: BlockingClient | AwaitingClient) -> httpx.Request:
    """Gets a token request with what all requests of a client have: headers and, if a user chose one, the timeout."""
    asking.headers = httpx.Headers({**http.headers, **asking.headers})
    if http.timeout != TIMEOUT:
        asking.extensions["timeout"] = http.timeout.as_dict()
    return asking


def _awaiting(hook: Callable[[Any], None]) -> Callable[[Any], Awaitable[None]]:
    """Makes a hook as an awaiting client calls it."""

    async def awaited(subject: Any) -> None:
        hook(subject)

    return awaited


def _signed(request: httpx.Request, token: str) -> httpx.Request:
    request.headers["Authorization"] = f"Bearer {token}"
    return request


class Api:
    """The services, ready to be called, as the SDK and its handles share them.

    Args:
        endpoints: Where they are.
        provider: What gives the tokens that prove who is asking.
        http: The kind of client: blocking or awaiting.
        project_id: The project that new batches belong to.
        options: How requests are made where nothing else is said.
        wire: How connections are made.
        door: Where users go in who come by another company.
    """

    def __init__(
        self,
        endpoints: Endpoints,
        provider: TokenProvider | None,
        http: type[BlockingClient | AwaitingClient],
        project_id: str | None,
        *,
        options: Options = Options(),
        wire: Wire | None = None,
        door: Door | None = None,
    ) -> None:
        self.endpoints = endpoints
        self.door = door
        self.project_id = project_id
        self.options = options
        self.clock = ServiceClock()
        self._provider = provider
        self._http = http
        self._wire = wire or Wire()
        self._connections = self._none_open()

    @cached_property
    def client(self) -> ApiClient:
        """The client of all operations."""
        return ApiClient(
            base_url=self.endpoints.core, connections=self._connections, options=self.options, door=self.door
        )

    @property
    def spending(self) -> ApiClient:
        """The client for one request that spends money, which is not made twice unless that is surely harmless.

        Every try of it carries the same `Idempotency-Key`: the local service honours it, the cloud is not known to.
        """
        return self.client.with_options(
            timeout=SPENDING_TIMEOUT if self.client.options.timeout is TIMEOUT else self.client.options.timeout,
            headers={"Idempotency-Key": str(uuid4())},
            harmless=False,
            compressed=True,
        )

    @property
    def is_blocking(self) -> bool:
        """Whether the clients block."""
        return issubclass(self._http, httpx.Client)

    @property
    def sees_public_only(self) -> bool:
        """Whether nothing but public devices can be seen: without credentials, and behind another company's door."""
        return isinstance(self._provider, Nobody) or self.door is not None

    def id_of(self, value: str | UUID, name: str) -> UUID:
        """Gets an id as the services take it.

        Args:
            value: The id.
            name: What it is called in the error.

        Raises:
            ValidationError: It is no UUID.
        """
        return uuid_of(value, name)

    def project_of(self, what: str) -> UUID:
        """Gets the project that something new belongs to.

        Args:
            what: What it is, in a word.

        Raises:
            ValidationError: There is none, perhaps because nobody gave credentials.
        """
        if self.project_id is not None:
            return uuid_of(self.project_id, "project_id")
        if isinstance(self._provider, Nobody):
            self._provider.get_token()
        raise ValidationError(f"A {what} belongs to a project: give project_id to the SDK.")

    def with_options(self, **changes: Any) -> Api:
        """Gets the same services, on the same connections, with other options.

        Args:
            changes: The new values of fields of `Options`; a timeout of one number is for each part of an answer.
        """
        view = copy(self)
        view.options = attrs.evolve(self.options, **changes)
        view.__dict__["client"] = self.client.with_options(**changes)
        return view

    def through(self, door: Door) -> Api:
        """Gets the same services, on the same connections, with another way in.

        Args:
            door: The way in.
        """
        view = copy(self)
        view.door = door
        vars(view).pop("client", None)
        return view

    def opened(self) -> list[Connections]:
        """Gets what is to be closed."""
        return [self._connections]

    def _none_open(self) -> Connections:
        make = partial(
            _made,
            kind=self._http,
            endpoints=self.endpoints,
            provider=self._provider,
            wire=self._wire,
            timeout=self.options.timeout,
            clock=self.clock,
        )
        return Connections(make, awaits=not self.is_blocking)

    def __copy__(self) -> Self:
        """Copies for another view on the same connections."""
        twin = object.__new__(type(self))
        vars(twin).update(vars(self))
        return twin

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Copies for another SDK: with the same credentials and tokens, on connections of its own."""
        twin = copy(self)
        twin._connections = self._none_open()
        if "client" in vars(self):
            vars(twin)["client"] = attrs.evolve(self.client, connections=twin._connections)
        memo[id(self)] = twin
        return twin

    def __reduce__(self) -> NoReturn:
        """Refuses to be pickled, for every handle that has it."""
        raise TypeError(f"An SDK, a batch or a job can't be pickled; its id can. {NO_PICKLING}")


def _made(
    *,
    kind: type[BlockingClient | AwaitingClient],
    endpoints: Endpoints,
    provider: TokenProvider | None,
    wire: Wire,
    timeout: httpx.Timeout | None,
    clock: ServiceClock,
) -> BlockingClient | AwaitingClient:
    settings = wire.settings()
    settings["headers"] = {"User-Agent": USER_AGENT, **settings["headers"]}
    http = kind(endpoints, provider, timeout=timeout, **settings)
    http.clock = clock
    return http
