"""Whether other machines may connect: only if what they send is encrypted, by the service itself or by a proxy."""

from __future__ import annotations

import ssl
from ipaddress import ip_network
from typing import TYPE_CHECKING

from pasqal_cloud.local.credentials import check_for_others

if TYPE_CHECKING:
    import argparse

    from pasqal_cloud.local.credentials import Password

THIS_MACHINE = ("127.0.0.1", "::1")

WIDEST = {4: 8, 6: 7}
"""The least length of the prefix of a network, by IP version: what is larger is no private network."""


class RemoteError(Exception):
    """Other machines could reach the address, but the options do not allow them to connect."""


class UntrustworthyProxyError(ValueError):
    """Not the address of a proxy in a private network."""


def check_address(parsed: argparse.Namespace, password: Password | None) -> None:
    """Checks that the options for other machines belong together.

    Raises:
        CredentialsError: The credentials are not good enough for other machines.
        RemoteError: Others could connect against the user's will, or without encryption.
    """
    from pasqal_cloud.local.http.safety import is_loopback  # needs packages of an extra

    _check_certificate(parsed.tls_cert, parsed.tls_key)
    if not parsed.allow_remote and not parsed.behind_proxy:
        if is_loopback(parsed.host):
            return
        raise RemoteError(
            f"--host {parsed.host} would let other machines connect: add --allow-remote, a username and a password."
        )
    check_for_others(parsed.username, password)
    if not (parsed.tls_cert or parsed.behind_proxy or is_loopback(parsed.host)):
        raise RemoteError(
            f"--host {parsed.host} would send passwords and results without encryption: add --tls-cert and --tls-key,"
            " or --behind-proxy with the address of a proxy that encrypts."
        )


def proxies_of(parsed: argparse.Namespace) -> tuple[str, ...]:
    """Gets the addresses of the proxies; a service for others that listens on loopback has one on this machine."""
    from pasqal_cloud.local.http.safety import is_loopback

    if parsed.behind_proxy or not parsed.allow_remote or not is_loopback(parsed.host):
        return tuple(parsed.behind_proxy or ())
    return THIS_MACHINE


def proxy_addresses(text: str) -> tuple[str, ...]:
    """Reads the addresses or networks of proxies, which are loopback or private ones.

    Raises:
        UntrustworthyProxyError: One of them is not.
    """
    addresses = tuple(part.strip() for part in text.split(",") if part.strip())
    for address in addresses:
        try:
            network = ip_network(address)
        except ValueError:
            raise UntrustworthyProxyError(f"{address} is not an IP address or network") from None
        if network.prefixlen < WIDEST[network.version] or not network.is_private:
            raise UntrustworthyProxyError(
                f"{address} is not private: what a proxy sends to the service is not encrypted, so it has to be on the"
                " same machine or in a network that nobody else listens to"
            )
    if not addresses:
        raise UntrustworthyProxyError("an address or network is needed, such as 127.0.0.1")
    return addresses


def _check_certificate(certificate: str | None, key: str | None) -> None:
    if certificate is None:
        if key is not None:
            raise RemoteError("--tls-key needs --tls-cert.")
        return
    try:
        # an empty passphrase, since nobody may be there to be asked for one
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=lambda: "")
    except ssl.SSLError as error:
        reason = (error.reason or str(error)).replace("_", " ").lower()
        raise RemoteError(f"The certificate {certificate}, or its key, can't be used: {reason}.") from error
    except OSError as error:
        raise RemoteError(f"The certificate {certificate}, or its key, can't be read: {error.strerror}.") from error
