"""A proxy in front of the service, which encrypts what others send, and forwards their addresses.

Only the named proxies may then connect: anybody else would circumvent the encryption, and could pretend to be at any
address. Without proxies, what a request says about its own origin is ignored.
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

NOT_THE_PROXY = "This service only accepts connections from its proxy."


class BehindProxy:
    """The layer of the application that lets only proxies through, and reads the clients' addresses in their headers.

    Args:
        app: The rest of the application.
        proxies: The addresses and networks of the proxies.
        refuse: Creates the response to a refused request, from a status and a sentence.
    """

    def __init__(self, app: ASGIApp, proxies: Sequence[str], refuse: Callable[[int, str], Response]) -> None:
        self._told: ASGIApp = ProxyHeadersMiddleware(app, trusted_hosts=list(proxies))  # type: ignore[assignment,arg-type] # uvicorn's own types
        self._networks = [ip_network(proxy) for proxy in proxies]
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses a request that does not come from a proxy, or passes it on."""
        if scope["type"] != "http" or self._is_proxy(scope):
            await self._told(scope, receive, send)
        else:
            await self._refuse(403, NOT_THE_PROXY)(scope, receive, send)

    def _is_proxy(self, scope: Scope) -> bool:
        host = (scope.get("client") or ("",))[0].removeprefix("::ffff:")
        try:
            address = ip_network(host)
        except ValueError:
            return False
        return any(
            address.version == network.version and address.subnet_of(network)  # type: ignore[arg-type] # one version
            for network in self._networks
        )
