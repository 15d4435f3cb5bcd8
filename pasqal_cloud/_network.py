"""What the environment says of the network: the proxies, who is reached without one, and whose certificates count.

httpx reads most of the same variables, but one entry of NO_PROXY that it can't read keeps it from being made at all.
Here an entry that means nothing is skipped, and an entry means what it means to curl and to requests.
"""

from __future__ import annotations

import os
import re
import ssl
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any, Self, TypeAlias
from urllib.parse import urlsplit
from urllib.request import getproxies, getproxies_environment, proxy_bypass

from pasqal_cloud.errors import ValidationError

Address: TypeAlias = IPv4Address | IPv6Address

AUTHORITIES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""The variables that name certificates of authorities; the first that is set counts."""

DEFAULT_PORTS = {"http": 80, "https": 443}

SCHEMES = ("http", "https", "socks5", "socks5h")
"""How the URL of a proxy may begin."""


def no_proxy_url(name: str) -> ValidationError:
    """Makes the error of what is no proxy's URL, without its text, which may hold a password.

    Args:
        name: Where it stands.
    """
    return ValidationError(f"{name} must be a URL like http://proxy.example.com:3128.", sent=False)


@dataclass(frozen=True)
class NamedProxy:
    """A proxy, and where its URL stands.

    Args:
        source: The variable, or the argument.
        url: The URL.
    """

    source: str
    url: str = field(repr=False)  # it may hold a password


@dataclass(frozen=True)
class Proxies:
    """The proxies that the environment names; on macOS and Windows, if it names none, those of the system's settings.

    Args:
        by_scheme: Those for URLs that begin with `http` or `https`, and with either, `all`.
        no_proxy: What NO_PROXY holds.
        of_system: Whether they are those of the system's settings, which have exceptions of their own.
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
        """Gets the proxy for a URL; None where it is reached without one, as this machine always is.

        Args:
            scheme: How the URL begins.
            host: Its host, in ASCII.
            port: Its port; None for the usual one.

        Raises:
            ValidationError: A variable holds what is no proxy's URL.
        """
        host, port = host.rstrip("."), port or DEFAULT_PORTS.get(scheme)
        if not self.by_scheme or is_loopback(host) or self._excepts(scheme, host, port):
            return None
        chosen = self.by_scheme.get(scheme) or self.by_scheme.get("all")
        for name, named in self.by_scheme.items():
            if name != "all" or named is chosen:  # desktops set ALL_PROXY=socks://… beside the others
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


@dataclass(frozen=True)
class _Exception:
    """Whom one entry of NO_PROXY means.

    Args:
        domain: A host, and all whose names end with it; everybody where it is empty and there is no network.
        network: The addresses.
        scheme: How the URL has to begin, if that matters.
        port: The port, if it matters.
    """

    domain: str = ""
    network: IPv4Network | IPv6Network | None = None
    scheme: str | None = None
    port: int | None = None

    def holds(self, scheme: str, host: str, port: int | None) -> bool:
        """Tells whether a URL is meant."""
        if (self.scheme or scheme) != scheme or (self.port or port) != port:
            return False
        address = _address(host)
        if self.network is not None:
            return address is not None and address in self.network
        if not self.domain:
            return True
        return address is None and f".{host.lower()}".endswith(f".{self.domain}")


def _exception(entry: str) -> _Exception | None:
    """Reads an entry of NO_PROXY; None where it means nothing.

    An entry is `*`, a host, a domain, an address or a network; it may have a scheme before it and a port after it.
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
    """Gets a domain as it stands in URLs, without the dots and the asterisk around it; nothing where it is none."""
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
    """Tells whether a host is this machine.

    Args:
        host: A name or an address.
    """
    address = _address(host)
    return host.lower() == "localhost" if address is None else address.is_loopback


def _variable(name: str) -> str:
    """Gets how a variable is written in the environment: in small letters first, as `getproxies` reads it."""
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
    """Makes the TLS context that trusts those whom the environment names; None where it names nobody.

    Raises:
        ValidationError: The variable names no certificates.
    """
    variable = next((variable for variable in AUTHORITIES if os.environ.get(variable)), None)
    return None if variable is None else context_of(os.environ[variable], variable)


def context_of(path: str, name: str) -> ssl.SSLContext:
    """Makes the TLS context that trusts the authorities whose certificates are in a file or a directory.

    Args:
        path: The path; of directories, several may be given as in PATH.
        name: Where it stands, for the error.

    Raises:
        ValidationError: There are no certificates.
    """
    if any(Path(part).is_dir() for part in path.split(os.pathsep)):
        return ssl.create_default_context(capath=path)
    try:
        return ssl.create_default_context(cafile=path)
    except OSError as error:
        reason = "which holds no certificate that can be read" if Path(path).exists() else "but nothing is there"
        raise ValidationError(
            f"{name} must be the path of a file or a directory with certificates of authorities. It is {path!r},"
            f" {reason}.",
            sent=False,
        ) from error
