"""The way that each request takes: straight to its host, or through a proxy, which is named where it refuses."""

from __future__ import annotations

import re
import ssl
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, NoReturn

import httpx

from pasqal_cloud._conversation.traffic import note_failure, public
from pasqal_cloud._network import NamedProxy, Proxies, context_of, context_of_environment, no_proxy_url
from pasqal_cloud.errors import ConnectionFailedError, MissingExtraError, RequestTimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import httpcore

DEFAULT_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}

UNTRUSTED = "CERTIFICATE_VERIFY_FAILED"


def proxy_of(url: str | httpx.URL, name: str) -> httpx.Proxy:
    """Makes httpx's proxy of a URL.

    Args:
        url: The URL.
        name: Where it stands, for the error, which does not show it.

    Raises:
        ValidationError: It is no proxy's URL.
    """
    try:
        proxy = httpx.Proxy(url)
    except (TypeError, ValueError, httpx.InvalidURL):  # whose text may hold the proxy's password
        raise no_proxy_url(name) from None
    if not proxy.url.host or (isinstance(url, str) and re.search(r"\s", url)):  # httpx would write blanks otherwise
        raise no_proxy_url(name)
    return proxy


def tls_of(verify: bool | Path | ssl.SSLContext) -> ssl.SSLContext:
    """Makes the TLS context that checks certificates.

    Args:
        verify: Whether they are checked, by whom the environment names, or else by whom browsers trust; or the path of
            an authority's certificate; or the context itself.

    Raises:
        ValidationError: There is no certificate where the path, or the environment, says.
    """
    if isinstance(verify, ssl.SSLContext):
        return verify
    if isinstance(verify, Path):
        return context_of(str(verify), "verify")
    named = context_of_environment() if verify else None
    return named or httpx.create_ssl_context(verify=verify, trust_env=False)


class Routes(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Sends each request on its way, with a pool of connections for each way, made when it is first needed.

    So what is wrong with one way, like certificates that can't be read, stops nobody who takes another. httpx's own
    choice among several transports knows no networks.

    Args:
        proxy: The proxy for all requests; None for what the environment says.
        tls: Gets what checks certificates.
        network: What connects, blocking; None for httpcore's own.
    """

    def __init__(
        self,
        proxy: httpx.Proxy | None,
        tls: Callable[[], ssl.SSLContext],
        network: httpcore.NetworkBackend | None = None,
    ) -> None:
        self._network = network
        self._given = None if proxy is None else _Proxy("proxy", proxy)
        self._proxies = Proxies.read() if proxy is None else Proxies({})
        self._tls = tls
        self._pools: dict[tuple[bool, str | None], Any] = {}
        self._lock = Lock()

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
        return None if named is None else _Proxy.made(named)

    def _pool(
        self, kind: type[httpx.HTTPTransport | httpx.AsyncHTTPTransport], proxy: _Proxy | None, scheme: str
    ) -> Any:
        key = scheme == "https", None if proxy is None else proxy.source
        with self._lock:
            if key not in self._pools:
                self._pools[key] = self._made(kind, proxy, secure=scheme == "https")
            return self._pools[key]

    def _made(
        self, kind: type[httpx.HTTPTransport | httpx.AsyncHTTPTransport], proxy: _Proxy | None, *, secure: bool
    ) -> Any:
        # where nothing is encrypted no certificates are read; this context would trust none
        context = self._tls() if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if proxy is None:
            return self._connected(kind(verify=context))
        if proxy.proxy.url.scheme == "https" and proxy.proxy.ssl_context is None:
            proxy.proxy.ssl_context = self._tls()
        try:
            return self._connected(kind(verify=context, proxy=proxy.proxy))
        except ImportError as error:  # httpx has a sentence for it
            raise MissingExtraError(f"{proxy.source} names a proxy for which a package is missing. {error}") from error

    def _connected(self, transport: httpx.HTTPTransport | httpx.AsyncHTTPTransport) -> Any:
        """Has a transport connect by the given network: httpx's takes none, httpcore's pool inside it does."""
        if self._network is not None and isinstance(transport, httpx.HTTPTransport):
            transport._pool._network_backend = self._network
        return transport


@dataclass(frozen=True)
class _Proxy:
    """A proxy.

    Args:
        source: The variable, or the argument, that names it.
        proxy: httpx's.
    """

    source: str
    proxy: httpx.Proxy

    @classmethod
    def made(cls, named: NamedProxy) -> _Proxy:
        return cls(named.source, proxy_of(named.url, named.source))

    @property
    def address(self) -> str:
        """Its host and port, and not what proves to it who is asking."""
        url = self.proxy.url
        host = f"[{url.host}]" if ":" in url.host else url.host
        return f"{host}:{url.port or DEFAULT_PORTS.get(url.scheme)}"


class _Attempt:
    """One request through a proxy.

    To reach a host by TLS, httpx first asks the proxy to connect to it. Until that is done, nothing of the request
    itself has left this machine, whatever happens.

    Args:
        proxy: The proxy.
        request: The request.
    """

    def __init__(self, proxy: _Proxy, request: httpx.Request) -> None:
        self._proxy = proxy
        self._request = request
        self._is_asking = False
        self._earlier: Callable[[str, Mapping[str, Any]], Any] = request.extensions.get("trace", lambda *_: None)

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Is told what happens."""
        self._note(event, info)
        self._earlier(event, info)

    async def atrace(self, event: str, info: Mapping[str, Any]) -> None:
        """The same, for those who await."""
        self._note(event, info)
        earlier = self._earlier(event, info)
        if earlier is not None:
            await earlier

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Names the proxy in the errors that are its own."""
        try:
            yield
        except httpx.ProxyError as error:
            self.refused(str(error), error)
        except httpx.TransportError as error:
            reason = str(error) or type(error).__name__
            if UNTRUSTED in reason:
                raise  # the host's certificate, which some proxies replace
            if self._is_asking and not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
                self._fail(f"{self._who} does not connect to {self._host}: {reason}", error, retryable=True)
            if not self._is_asking and isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
                self._fail(f"{self._who} can't be reached: {reason}", error, retryable=True)
            raise

    def refused(self, reason: str, error: httpx.HTTPError | None = None) -> NoReturn:
        """Raises the error of a request that the proxy refuses.

        Args:
            reason: What the proxy says.
            error: httpx's error.
        """
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
