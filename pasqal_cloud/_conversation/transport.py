"""Sending requests directly to their hosts or through a proxy.

Errors name the proxy if it is the cause.
"""

from __future__ import annotations

import re
import ssl
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import httpx

from pasqal_cloud._conversation.blocking_pool import BlockingPool
from pasqal_cloud._conversation.deadlines import Punctual
from pasqal_cloud._conversation.responses import UNTRUSTED
from pasqal_cloud._conversation.traffic import note_failure, public
from pasqal_cloud._network import (
    DEFAULT_PORTS,
    Proxies,
    context_of,
    context_of_environment,
    no_proxy_url,
)
from pasqal_cloud.errors import ConnectionFailedError, MissingExtraError, RequestTimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


def proxy_of(url: str | httpx.URL, name: str) -> httpx.Proxy:
    """Makes httpx's proxy from a URL; errors call it `name` and don't show it, since it may contain a password."""
    try:
        proxy = httpx.Proxy(url)
    except (TypeError, ValueError, httpx.InvalidURL):  # the message may contain the proxy's password
        raise no_proxy_url(name) from None
    if not proxy.url.host or (isinstance(url, str) and re.search(r"\s", url)):  # httpx would percent-encode spaces
        raise no_proxy_url(name)
    return proxy


def tls_of(verify: bool | Path | ssl.SSLContext) -> ssl.SSLContext:
    """Makes the TLS context that checks certificates.

    Args:
        verify: Whether to check certificates, with the CAs that the environment names or else certifi's; or the path
            of a CA's certificate; or the context itself.

    Raises:
        ValidationError: The path, or the environment, names no certificate.
    """
    if isinstance(verify, ssl.SSLContext):
        return verify
    if isinstance(verify, Path):
        return context_of(str(verify), "verify")
    named = context_of_environment() if verify else None
    return named or httpx.create_ssl_context(verify=verify, trust_env=False)


class RoutingTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Sends requests directly or through proxies, with a pool of connections for each proxy and scheme.

    A pool is created when it is first needed, so that a mistake like unreadable certificates only affects the requests
    that need them. httpx's own choice among transports, its `mounts`, does not support the networks in NO_PROXY.

    Args:
        proxy: The proxy for all requests; None for those of the environment.
        tls: Gets the TLS context.
    """

    def __init__(self, proxy: httpx.Proxy | None, tls: Callable[[], ssl.SSLContext]) -> None:
        self._given = None if proxy is None else _Proxy("proxy", proxy)
        self._proxies = Proxies.read() if proxy is None else Proxies({})
        self._tls = tls
        self._pools: dict[tuple[bool, str | None], Any] = {}
        self._lock = RLock()  # a signal handler or garbage collection may come in between

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request, blocking."""
        proxy = self._proxy(request.url)
        pool = self._pool(httpx.HTTPTransport, proxy, request.url.scheme)
        if proxy is None:
            return pool.handle_request(request)  # type: ignore[no-any-return]  # httpx's
        attempt = _Attempt(proxy, request)
        request.extensions["trace"] = attempt.trace
        with attempt.errors():
            answer: httpx.Response = pool.handle_request(request)
        if answer.status_code == 407:
            answer.close()
            attempt.refused(f"407 {answer.reason_phrase}")
        return answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request, awaiting."""
        proxy = self._proxy(request.url)
        pool = self._pool(httpx.AsyncHTTPTransport, proxy, request.url.scheme)
        if proxy is None:
            return await pool.handle_async_request(request)  # type: ignore[no-any-return]  # httpx's
        attempt = _Attempt(proxy, request)
        request.extensions["trace"] = attempt.atrace
        with attempt.errors():
            answer: httpx.Response = await pool.handle_async_request(request)
        if answer.status_code == 407:
            await answer.aclose()
            attempt.refused(f"407 {answer.reason_phrase}")
        return answer

    def close(self) -> None:
        """Closes the connections, blocking."""
        for pool in self._pools.values():
            pool.close()

    async def aclose(self) -> None:
        """Closes the connections."""
        for pool in self._pools.values():
            await pool.aclose()

    def _proxy(self, url: httpx.URL) -> _Proxy | None:
        if self._given is not None:
            return self._given
        named = self._proxies.of(url.scheme, url.raw_host.decode("ascii"), url.port)
        return None if named is None else _Proxy(named.source, proxy_of(named.url, named.source))

    def _pool(
        self, kind: type[httpx.HTTPTransport | httpx.AsyncHTTPTransport], proxy: _Proxy | None, scheme: str
    ) -> Any:
        key = scheme == "https", None if proxy is None else proxy.source
        with self._lock:
            if key not in self._pools:
                self._pools.setdefault(key, self._made(kind, proxy, secure=scheme == "https"))
            return self._pools[key]

    def _made(
        self, kind: type[httpx.HTTPTransport | httpx.AsyncHTTPTransport], proxy: _Proxy | None, *, secure: bool
    ) -> Any:
        # without encryption, certificates are not even loaded: this context trusts none
        context = self._tls() if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if proxy is not None and proxy.proxy.url.scheme == "https" and proxy.proxy.ssl_context is None:
            proxy.proxy.ssl_context = self._tls()
        try:
            pool = kind(verify=context, proxy=None if proxy is None else proxy.proxy)
        except ImportError as error:  # httpx's message names the package
            source = "" if proxy is None else proxy.source
            raise MissingExtraError(f"The proxy in {source} needs another package. {error}") from error
        # httpx's transports take no pool and no backend of ours, but what they use is an attribute of theirs
        if proxy is not None and isinstance(pool, httpx.HTTPTransport):
            pool._pool._network_backend = Punctual()
        elif isinstance(pool, httpx.HTTPTransport):
            pool._pool = BlockingPool(context)  # type: ignore[assignment]  # what httpx needs of a pool
        elif proxy is None:
            from pasqal_cloud._conversation.pool import Pool

            pool._pool = Pool(context)  # type: ignore[assignment]  # as above
        return pool


class _Proxy(NamedTuple):
    """A proxy, and the variable or argument that it comes from."""

    source: str
    proxy: httpx.Proxy

    @property
    def address(self) -> str:
        """The proxy's host and port, without its credentials."""
        url = self.proxy.url
        host = f"[{url.host}]" if ":" in url.host else url.host
        return f"{host}:{url.port or DEFAULT_PORTS.get(url.scheme)}"


class _Attempt:
    """One request through a proxy.

    For HTTPS, httpx first asks the proxy to connect to the host. Until that has succeeded, nothing of the request
    itself was sent.
    """

    def __init__(self, proxy: _Proxy, request: httpx.Request) -> None:
        self._proxy = proxy
        self._request = request
        self._is_asking = False
        self._earlier: Callable[[str, Mapping[str, Any]], Any] = request.extensions.get("trace", lambda *_: None)

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Receives httpcore's events."""
        self._note(event, info)
        self._earlier(event, info)

    async def atrace(self, event: str, info: Mapping[str, Any]) -> None:
        """Receives httpcore's events, asynchronously."""
        self._note(event, info)
        earlier = self._earlier(event, info)
        if earlier is not None:
            await earlier

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turns errors that the proxy causes into errors that name it."""
        try:
            yield
        except httpx.ProxyError as error:
            self.refused(str(error), error)
        except httpx.TransportError as error:
            reason = str(error) or type(error).__name__
            if UNTRUSTED in reason:
                raise  # about the host's certificate, which some proxies replace
            if self._is_asking and not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
                self._fail(f"{self._who} does not connect to {self._host}: {reason}", error, retryable=True)
            if not self._is_asking and isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
                self._fail(f"{self._who} can't be reached: {reason}", error, retryable=True)
            raise

    def refused(self, reason: str, error: httpx.HTTPError | None = None) -> NoReturn:
        """Raises the error of a request that the proxy refuses, with the proxy's reason."""
        again = not reason.startswith("4")
        refusal = f"{self._who} refuses to connect to {self._host}: {reason.strip()}"
        self._fail(refusal, error, retryable=again, credentials=reason.startswith("407"))

    @property
    def _who(self) -> str:
        return f"The proxy {self._proxy.address}, given as {self._proxy.source},"

    @property
    def _host(self) -> str:
        return self._request.url.netloc.decode("ascii")

    def _note(self, event: str, info: Mapping[str, Any]) -> None:
        if event == "http11.send_request_headers.started":
            self._is_asking = info["request"].method == b"CONNECT"

    def _fail(
        self, reason: str, error: httpx.HTTPError | None, *, retryable: bool, credentials: bool = False
    ) -> NoReturn:
        source = self._proxy.source
        if credentials:
            hint = f"Give its username and password in {source}, as in http://username:password@{self._proxy.address}."
        elif source == "proxy":
            hint = "Check proxy, or leave it out."
        else:
            hint = f"Check {source}; or, where no proxy is needed, add {self._request.url.host} to NO_PROXY."
        if error is not None:
            note_failure(self._request, error)
        kind = RequestTimeoutError if isinstance(error, httpx.TimeoutException) else ConnectionFailedError
        raise kind(
            f"{reason.removesuffix('.')}. {hint}",
            method=self._request.method,
            url=public(self._request.url),
            retryable=retryable,
            sent=False,
        ) from error
