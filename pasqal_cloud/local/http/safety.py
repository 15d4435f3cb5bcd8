"""Protection against requests from web pages, and limits on the time for a body.

Any web page in the user's browser can send requests to this machine. It can't read the responses, because none allows
other origins (CORS). Two attacks remain and are refused here: requests that change something, and DNS rebinding, where
a page's own host name resolves to this machine, so that it could also read responses.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_WITHIN = 60.0
"""Seconds within which a body must arrive."""

READING = frozenset({"GET", "HEAD", "OPTIONS"})

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
)
"""Headers of every response: no guessing of types, no access from other sites, no `Referer`."""

NOT_HERE = "This service only accepts connections from this machine: use 127.0.0.1 or localhost."
FROM_ELSEWHERE = "Requests from web pages of another origin are refused."


def is_loopback(host: str) -> bool:
    """Tells whether a name or an address is a loopback one, which other machines can't reach."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


class Guard:
    """The outermost layer of the application.

    Args:
        app: The rest of the application.
        refuse: Creates the response to a refused request, from a status and a sentence.
        allow_remote: Whether other machines may connect; `Host` may then be any name.
    """

    def __init__(self, app: ASGIApp, refuse: Callable[[int, str], Response], allow_remote: bool) -> None:
        self._app = app
        self._refuse = refuse
        self._allow_remote = allow_remote

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses a request, or passes it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._allow_remote and not is_loopback(_name(host)):
            app: ASGIApp = self._refuse(421, NOT_HERE)
        elif scope["method"] not in READING and _is_from_elsewhere(headers, host):
            app = self._refuse(403, FROM_ELSEWHERE)
        else:
            app = self._app
        with suppress(ClientDisconnect):  # the client has gone, which is not worth a log entry
            await app(scope, _in_time(receive), _with_headers(send))


def _name(host: str) -> str:
    """Gets the host name in a Host header, without the port; empty if it is malformed."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_from_elsewhere(headers: Headers, host: str) -> bool:
    """Tells whether a browser sent this for a page of another origin; other clients do not send these headers."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None and site not in ("same-origin", "none"):
        return True
    return origin is not None and _place(origin) != host.lower()


def _place(origin: str) -> str:
    """Gets the host and port of an origin; empty, so equal to no host, if it is malformed."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _in_time(receive: Receive) -> Receive:
    """Limits the total time for a body to arrive."""
    deadline: float | None = None

    async def receive_in_time() -> Message:
        nonlocal deadline
        if deadline is None:
            deadline = asyncio.get_running_loop().time() + BODY_WITHIN
        try:
            async with asyncio.timeout_at(deadline):
                return await receive()
        except TimeoutError:
            raise HTTPException(408, f"The request body did not arrive within {BODY_WITHIN:g} seconds.") from None

    return receive_in_time


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *HEADERS]
        await send(message)

    return send_with_headers
