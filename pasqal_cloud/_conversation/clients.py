"""The httpx clients of an SDK: how they connect, when they are created and when they are closed.

A client is only used in the process that created it, since two processes that read from one connection get each other's
responses. An awaiting client is only used in one event loop.
"""

from __future__ import annotations

import math
from contextlib import suppress
from functools import cached_property, lru_cache
from threading import RLock
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeAlias
from weakref import finalize

import attrs
import httpx

from pasqal_cloud._conversation.deadlines import TOO_SLOW
from pasqal_cloud._conversation.flow import CLOCK, UNTIL
from pasqal_cloud._conversation.forks import renew_in_child
from pasqal_cloud._conversation.transport import RoutingTransport, tls_of
from pasqal_cloud._version import __version__
from pasqal_cloud.errors import PasqalCloudError

if TYPE_CHECKING:
    import asyncio
    import ssl
    from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
    from pathlib import Path

AnyClient: TypeAlias = "httpx.Client | httpx.AsyncClient"

USER_AGENT = f"pasqal-cloud/{__version__}"

_INHERITED: list[object] = []
"""The parent's clients in a forked child: they are not used there, but kept, since garbage collection closes them."""


class ClosedError(PasqalCloudError):
    """The SDK is closed."""


@attrs.define(kw_only=True, slots=False)
class Wire:
    """How connections are made, to the services, the identity provider and the storage of results alike.

    Args:
        proxy: The proxy; None for those of the environment.
        verify: Whether certificates are checked, or the path of a CA's certificate, or a TLS context.
        transport: The user's transport, instead of connections of this package.
        headers: Additional headers of every request.
    """

    proxy: httpx.Proxy | None = None
    verify: bool | Path | ssl.SSLContext = True
    transport: httpx.BaseTransport | httpx.AsyncBaseTransport | None = None
    headers: Mapping[str, str] = attrs.field(factory=dict, repr=False)

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """The TLS context; created once, since loading the CA certificates takes tens of milliseconds."""
        return tls_of(self.verify)

    def client(self, *, awaits: bool, **settings: Any) -> AnyClient:
        """Creates a client; `settings` are further arguments of httpx's class."""
        transport = self.transport or RoutingTransport(self.proxy, lambda: self.tls)
        headers = {"User-Agent": USER_AGENT, **self.headers}
        settings |= {"headers": headers, "transport": transport, "trust_env": False}
        if awaits:
            return DirectAsyncClient(**settings)
        hooks = {"response": [_limit_body]} if self.transport else {}  # other connections end bodies themselves
        return DirectClient(event_hooks=hooks, **settings)


class DirectClient(httpx.Client):
    """A client that hands each request to its transport, without redirects and authentication.

    httpx takes a fifth of the time of a small request for these, and the package uses none of them. Where a tool for
    tracing or for tests has replaced a function of `httpx.Client`, requests are sent by httpx.
    """

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Sends a request, and reads the response."""
        if _is_changed(httpx.Client):
            return super().send(request, **options)
        _check_open(self)
        try:
            answer = self._transport.handle_request(request)
            answer.request = request
            try:
                for hook in self.event_hooks["response"]:
                    hook(answer)
                answer.read()
            except BaseException:
                answer.close()
                raise
        except httpx.RequestError as error:
            error.request = request  # as httpx does
            raise
        if "set-cookie" in answer.headers:
            self.cookies.extract_cookies(answer)
        return answer


class DirectAsyncClient(httpx.AsyncClient):
    """The same, awaiting."""

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Sends a request, and reads the response."""
        if _is_changed(httpx.AsyncClient):
            return await super().send(request, **options)
        _check_open(self)
        try:
            answer = await self._transport.handle_async_request(request)
            answer.request = request
            try:
                await answer.aread()
            except BaseException:
                await answer.aclose()
                raise
        except httpx.RequestError as error:
            error.request = request  # as httpx does
            raise
        if "set-cookie" in answer.headers:
            self.cookies.extract_cookies(answer)
        return answer


SENDING = ("send", "_send_handling_auth", "_send_handling_redirects", "_send_single_request", "_transport_for_url")
"""The functions of httpx's clients that a request passes; tools replace the first, the last, or the one before it."""


def _is_changed(kind: type[httpx.Client | httpx.AsyncClient]) -> bool:
    """Tells whether somebody has replaced one of these functions, or whether this httpx has not all of them."""
    home = httpx.Client.build_request.__code__.co_filename
    for name in SENDING:
        function = getattr(kind, name, None)
        if type(function) is not FunctionType or function.__code__.co_filename != home:
            return True
    return False


def _check_open(client: AnyClient) -> None:
    if client.is_closed:
        raise RuntimeError("Cannot send a request, as the client has been closed.")


def built(
    client: AnyClient,
    *,
    method: str,
    url: str | httpx.URL,
    headers: Mapping[str, str],
    timeout: httpx.Timeout | None,
    params: Mapping[str, Any] | None = None,
    may_keep_url: bool = False,
    **content: Any,
) -> httpx.Request:
    """Builds a request as `client.build_request` does, with one parsing of the URL instead of three, or with none.

    Args:
        client: The client that will send it.
        method: The HTTP method.
        url: The whole URL, without a query.
        headers: Headers in addition to the client's.
        timeout: The seconds to connect and to wait for the next part of the response.
        params: The query.
        may_keep_url: Whether the URL, which has no secrets, may be kept for the next request.
        content: The body, as an argument of `httpx.Request`.
    """
    merged = client.headers.copy()
    if headers:
        merged.update(headers)
    if params:
        url = f"{url}?{httpx.QueryParams(params)}"
    return httpx.Request(
        method,
        _url(url) if may_keep_url and not params else url,
        headers=merged,
        cookies=client.cookies if client.cookies.jar else None,
        extensions={"timeout": (timeout or httpx.Timeout(None)).as_dict()},
        **content,
    )


@lru_cache(64)
def _url(url: str) -> httpx.URL:
    """Parses a URL: waiting and creating use the same ones again and again."""
    return httpx.URL(url)


class Connections:
    """The httpx clients of one SDK, each created when it is first needed.

    Args:
        make: Creates a client.
        awaits: Whether the clients are awaiting ones.
    """

    def __init__(self, make: Callable[[], AnyClient], *, awaits: bool) -> None:
        self.awaits = awaits
        self._make = make
        self._closed = False
        self._finalizer: finalize[..., Connections] | None = None
        self.begin_anew()
        renew_in_child(self)

    def begin_anew(self) -> None:
        """Starts without clients in a forked child: those of the parent stay the parent's."""
        if self._finalizer is not None:
            self._finalizer.detach()
            _INHERITED.append(self._opened)
        self._lock = RLock()  # a signal handler or garbage collection may come in between
        self._opened: dict[asyncio.AbstractEventLoop | None, _Opened] = {}
        self._finalizer = finalize(self, _close, self._opened)

    def client(self) -> AnyClient:
        """Gets the client for this process and the running event loop.

        Raises:
            ClosedError: The connections have been closed.
        """
        loop = _running_loop() if self.awaits else None
        opened = self._opened.get(loop)
        if opened is None or self._closed:
            with self._lock:
                if self._closed:
                    raise ClosedError("This SDK is closed. Create a new one.", sent=False)
                self._forget_ended_loops()
                opened = self._opened.get(loop) or self._opened.setdefault(loop, _Opened(self._make()))
        return opened.http

    def close(self) -> None:
        """Closes the connections for good, blocking."""
        for opened in self._taken():
            opened.http.close()  # type: ignore[union-attr]  # blocking ones

    async def aclose(self) -> None:
        """Closes the connections for good; those of other event loops are closed when these loops end."""
        here = _running_loop()
        for opened in self._taken():
            if opened.loop is here:
                await opened.end.aclose()

    def _taken(self) -> list[_Opened]:
        with self._lock:
            self._closed = True
            taken = list(self._opened.values())
            self._opened.clear()
            return taken

    def _forget_ended_loops(self) -> None:
        for loop in list(self._opened):
            if loop is not None and loop.is_closed():
                self._opened.pop(loop, None)


class _Opened:
    """A client, which is closed with its event loop if it has one.

    An event loop closes its asynchronous generators when it ends, and those that are not referenced any more. There is
    no other way to notice the end of a loop.
    """

    def __init__(self, http: AnyClient) -> None:
        self.http = http
        if isinstance(http, httpx.AsyncClient):
            self.loop = _running_loop()
            self.end = _ending(http)
            with suppress(StopIteration):
                self.end.__anext__().send(None)  # runs it to its `yield`, which registers it with the loop


def _running_loop() -> asyncio.AbstractEventLoop:
    import asyncio  # blocking programs need not load it

    return asyncio.get_running_loop()


async def _ending(http: httpx.AsyncClient) -> AsyncGenerator[None]:
    try:
        yield
    finally:
        await http.aclose()


def _close(opened: dict[Any, _Opened]) -> None:
    for each in opened.values():
        if isinstance(each.http, httpx.Client):
            each.http.close()
    opened.clear()


class _TimedBody(httpx.SyncByteStream):
    """The body of a response from a user's transport, which has to arrive before the deadline."""

    def __init__(self, answer: httpx.Response, until: float) -> None:
        self._answer = answer
        self._stream: Any = answer.stream
        self._until = until

    def __iter__(self) -> Iterator[bytes]:
        for part in self._stream:
            yield part
            if CLOCK.now() > self._until:
                raise httpx.ReadTimeout(TOO_SLOW, request=self._answer.request)

    def close(self) -> None:
        self._stream.close()


def _limit_body(answer: httpx.Response) -> None:
    if not math.isinf(UNTIL.get()):
        answer.stream = _TimedBody(answer, UNTIL.get())
