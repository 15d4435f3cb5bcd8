"""The network settings of the environment: proxies, hosts that are reached without one, and CA certificates.

httpx reads most of the same variables, but an invalid entry of NO_PROXY makes creating a client fail. This module
ignores such entries, and reads the others as curl and requests do.
"""

from __future__ import annotations

import os
import re
import ssl
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any, NamedTuple, Self, TypeAlias
from urllib.parse import urlsplit
from urllib.request import getproxies, getproxies_environment, proxy_bypass

from pasqal_cloud.errors import ValidationError

Address: TypeAlias = IPv4Address | IPv6Address

AUTHORITIES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""The variables that name CA certificates; the first one that is set is used."""

DEFAULT_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}

SCHEMES = ("http", "https", "socks5", "socks5h")
"""The schemes that the URL of a proxy may have."""


def no_proxy_url(name: str) -> ValidationError:
    """Makes the error of an invalid proxy, without its URL, which may contain a password."""
    return ValidationError(f"{name} must be a URL like http://proxy.example.com:3128.", sent=False)


@dataclass(frozen=True)
class NamedProxy:
    """A proxy, and the variable or argument that its URL comes from."""

    source: str
    url: str = field(repr=False)  # it may contain a password


@dataclass(frozen=True)
class Proxies:
    """The proxies of the environment or, without any, those of the system's settings on macOS and Windows.

    Args:
        by_scheme: The proxies by the scheme of URLs, `http` or `https`; `all` for both.
        no_proxy: The value of NO_PROXY.
        of_system: Whether they come from the system's settings, which have their own exceptions.
    """

    by_scheme: dict[str, NamedProxy]
    no_proxy: str = ""
    of_system: bool = False

    @classmethod
    def read(cls) -> Self:
        """Reads the environment."""
        found = getproxies()
        named = {
            scheme: NamedProxy(_variable(f"{scheme}_proxy"), _with_scheme(found[scheme].strip()))
            for scheme in ("http", "https", "all")
            if found.get(scheme, "").strip()
        }
        return cls(named, found.get("no", ""), of_system=not getproxies_environment())

    def of(self, scheme: str, host: str, port: int | None) -> NamedProxy | None:
        """Gets the proxy for a URL; None if it is reached directly, as this machine always is.

        Args:
            scheme: The scheme of the URL.
            host: Its host, in ASCII.
            port: Its port; None for the scheme's default.

        Raises:
            ValidationError: The URL of a proxy is not valid.
        """
        host, port = host.rstrip("."), port or DEFAULT_PORTS.get(scheme)
        if not self.by_scheme or is_loopback(host) or self._excepts(scheme, host, port):
            return None
        chosen = self.by_scheme.get(scheme) or self.by_scheme.get("all")
        for name, named in self.by_scheme.items():
            if name != "all" or named is chosen:  # desktops set an ALL_PROXY=socks://… that httpx can't use
                _check(named)
        return chosen

    def _excepts(self, scheme: str, host: str, port: int | None) -> bool:
        if self.of_system:
            return bool(proxy_bypass(host))
        return any(exception.holds(scheme, host, port) for exception in self._exceptions)

    @cached_property
    def _exceptions(self) -> list[_Exception]:
        entries = re.split(r"[\s,]+", self.no_proxy)
        return [exception for entry in entries if (exception := _exception(entry)) is not None]


class _Exception(NamedTuple):
    """One entry of NO_PROXY.

    Args:
        domain: A host and its subdomains; without `domain` and `network`, all hosts.
        network: A range of addresses.
        scheme: The scheme that the URL must have; None for any.
        port: The port that the URL must have; None for any.
    """

    domain: str = ""
    network: IPv4Network | IPv6Network | None = None
    scheme: str | None = None
    port: int | None = None

    def holds(self, scheme: str, host: str, port: int | None) -> bool:
        """Tells whether the entry applies to a URL."""
        if (self.scheme or scheme) != scheme or (self.port or port) != port:
            return False
        address = _address(host)
        if self.network is not None:
            return address is not None and address in self.network
        if not self.domain:
            return True
        return address is None and f".{host.lower()}".endswith(f".{self.domain}")


def _exception(entry: str) -> _Exception | None:
    """Reads an entry of NO_PROXY; None if it is not valid.

    An entry is `*`, a host, a domain, an address or a network, perhaps with a scheme before it and a port after it.
    """
    scheme, _, rest = entry.lower().rpartition("://")
    scheme = "" if scheme == "all" else scheme
    found = re.fullmatch(r"(?:\[([^\]]*)\](/\d+)?|([^:]*))(?::(\d+))?", rest)
    inner, prefix, name, port = found.groups() if found else (rest, None, None, None)  # or an address with colons
    facts: dict[str, Any] = {"scheme": scheme or None, "port": int(port) if port else None}
    try:
        return _Exception(network=ip_network((inner or name or "") + (prefix or ""), strict=False), **facts)
    except ValueError:
        return _Exception(domain=_domain(name), **facts) if name and (_domain(name) or name == "*") else None


def _domain(name: str) -> str:
    """Gets a domain as URLs have it, without surrounding dots and asterisk; an empty string if it is not valid."""
    domain = name.removeprefix("*").strip(".")
    if not re.fullmatch(r"[\w-]+(\.[\w-]+)*", domain):
        return ""
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return ""


def _address(host: str) -> Address | None:
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def is_loopback(host: str) -> bool:
    """Tells whether a host name or address is this machine's."""
    address = _address(host)
    return host.lower() == "localhost" if address is None else address.is_loopback


def _variable(name: str) -> str:
    """Gets the spelling of a variable in the environment: `getproxies` reads lower-case names first."""
    spellings = (name, name.upper(), *(each for each in os.environ if each.lower() == name))
    return next((each for each in spellings if os.environ.get(each)), "the proxy of the system's settings")


def _with_scheme(url: str) -> str:
    return url if "://" in url else f"http://{url}"


def _check(named: NamedProxy) -> None:
    try:
        parts = urlsplit(named.url)
        is_good = parts.scheme in SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good:
        raise no_proxy_url(named.source)


def context_of_environment() -> ssl.SSLContext | None:
    """Makes a TLS context with the CA certificates that the environment names; None if it names none."""
    variable = next((variable for variable in AUTHORITIES if os.environ.get(variable)), None)
    return None if variable is None else context_of(os.environ[variable], variable)


def context_of(path: str, name: str) -> ssl.SSLContext:
    """Makes a TLS context with the CA certificates in a file or directory.

    Args:
        path: The path; several directories may be separated as in PATH.
        name: The variable or argument, for the error.

    Raises:
        ValidationError: There are no certificates.
    """
    if any(Path(part).is_dir() for part in path.split(os.pathsep)):
        return ssl.create_default_context(capath=path)
    try:
        return ssl.create_default_context(cafile=path)
    except OSError as error:
        reason = "contains no valid certificate" if Path(path).exists() else "does not exist"
        raise ValidationError(
            f"{name} must be the path of a file or a directory with CA certificates, but {path!r} {reason}.",
            sent=False,
        ) from error
