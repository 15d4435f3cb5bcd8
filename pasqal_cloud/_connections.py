"""The httpx clients of an SDK: how they are made, for whom, and their end.

A client belongs to the process in which it was made, since two processes that read from one connection get each other's
answers; and, where it awaits, to one event loop.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeAlias
from weakref import finalize

import attrs
import httpx

from pasqal_cloud._fork import renew_in_child
from pasqal_cloud._routes import Routes, tls_of
from pasqal_cloud.errors import PasqalCloudError

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncGenerator, Callable, Mapping
    from pathlib import Path

AnyClient: TypeAlias = "httpx.Client | httpx.AsyncClient"

_INHERITED: list[object] = []
"""The parent's clients, in a forked child: never used there, and never collected, which would close them."""


class ClosedError(PasqalCloudError):
    """The SDK is closed."""


@attrs.define(kw_only=True, slots=False)
class Wire:
    """How connections are made, to the services, the identity provider and the storage of results alike.

    Args:
        proxy: The proxy; None for what the environment says.
        verify: Whether certificates are checked, or the path of a CA's certificate, or a whole TLS context.
        transport: What sends requests in place of connections of our own.
        headers: Headers of every request.
    """

    proxy: httpx.Proxy | None = None
    verify: bool | Path | ssl.SSLContext = True
    transport: httpx.BaseTransport | httpx.AsyncBaseTransport | None = None
    headers: Mapping[str, str] = attrs.field(factory=dict, repr=False)

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """What checks certificates; made once, since reading a system's CAs takes tens of milliseconds."""
        return tls_of(self.verify)

    def settings(self) -> dict[str, Any]:
        """Gets the arguments of httpx's clients."""
        transport = self.transport or Routes(self.proxy, lambda: self.tls)
        return {"headers": self.headers, "transport": transport, "trust_env": False}


class Connections:
    """The httpx clients of one SDK, each made when it is first needed.

    Args:
        make: Makes a client.
        awaits: Whether the clients await.
    """

    def __init__(self, make: Callable[[], AnyClient], *, awaits: bool) -> None:
        self.awaits = awaits
        self._make = make
        self._closed = False
        self._finalizer: finalize[..., Connections] | None = None
        self.begin_anew()
        renew_in_child(self)

    def begin_anew(self) -> None:
        """In a forked child nothing is open: what the parent has stays the parent's."""
        if self._finalizer is not None:
            self._finalizer.detach()
            _INHERITED.append(self._opened)
        self._lock = Lock()
        self._opened: dict[asyncio.AbstractEventLoop | None, _Opened] = {}
        self._finalizer = finalize(self, _close, self._opened)

    def client(self) -> AnyClient:
        """Gets the client for this process and the running event loop.

        Raises:
            ClosedError: The connections have been closed.
        """
        loop = asyncio.get_running_loop() if self.awaits else None
        opened = self._opened.get(loop)
        if opened is None or self._closed:
            with self._lock:
                if self._closed:
                    raise ClosedError("Nothing can be asked of it any more; make another.", sent=False)
                self._forget_ended_loops()
                opened = self._opened.get(loop) or self._opened.setdefault(loop, _Opened(self._make()))
        return opened.http

    def close(self) -> None:
        """Closes the connections for good, blocking."""
        for opened in self._taken():
            opened.http.close()  # type: ignore[union-attr]  # blocking ones

    async def aclose(self) -> None:
        """Closes the connections for good. Those of other event loops are closed there, if they still run."""
        here = asyncio.get_running_loop()
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
        for loop in [loop for loop in self._opened if loop is not None and loop.is_closed()]:
            del self._opened[loop]


class _Opened:
    """A client; and what ends it with its event loop, if it has one.

    An event loop closes the asynchronous generators that were begun on it when it ends, and those that nobody holds any
    more. There is no other sign of a loop's end.
    """

    def __init__(self, http: AnyClient) -> None:
        self.http = http
        if isinstance(http, httpx.AsyncClient):
            self.loop = asyncio.get_running_loop()
            self.end = _ending(http)
            with suppress(StopIteration):
                self.end.__anext__().send(None)  # up to its `yield`, from where on the loop knows of it


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
