"""Connections that end each blocking request at its deadline.

httpx's own timeouts apply to each part of a response, so that a service that sends a byte now and then would be waited
for forever. Awaiting requests need none of this: asyncio ends them at any point.
"""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpcore

from pasqal_cloud._conversation.flow import CLOCK, UNTIL

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

TOO_SLOW = "The response did not arrive before the deadline of the call."

WRITTEN_AT_ONCE = 65536
"""The size in bytes of the parts in which a request is written: the timeout of a write applies to each part."""


class Punctual(httpcore.SyncBackend):
    """Connects as httpcore does, and ends each request at its deadline."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connects to a host."""
        try:
            limit = at_most(timeout, httpcore.ConnectTimeout)
            return _PunctualStream(super().connect_tcp(host, port, limit, local_address, socket_options))
        except httpcore.ConnectTimeout as error:
            raise _named(error) from error


class _PunctualStream(httpcore.NetworkStream):
    """A connection. What is written is sent when a response is read, so that a short body travels with its head."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream
        self._unsent = b""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._unsent:
            with suppress(httpcore.WriteError):  # the service may have closed the connection, and said why before
                self._send(timeout)
        try:
            return self._stream.read(max_bytes, at_most(timeout, httpcore.ReadTimeout))
        except httpcore.ReadTimeout as error:
            raise _named(error) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._unsent += buffer
        if len(self._unsent) > WRITTEN_AT_ONCE:
            self._send(timeout)

    def _send(self, timeout: float | None) -> None:
        buffer, self._unsent = self._unsent, b""
        try:
            for start in range(0, len(buffer), WRITTEN_AT_ONCE):
                part = buffer[start : start + WRITTEN_AT_ONCE]
                self._stream.write(part, at_most(timeout, httpcore.WriteTimeout))
        except httpcore.WriteTimeout as error:
            raise _named(error) from error

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        try:
            limit = at_most(timeout, httpcore.ConnectTimeout)
            return _PunctualStream(self._stream.start_tls(ssl_context, server_hostname, limit))
        except httpcore.ConnectTimeout as error:
            raise _named(error) from error

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def at_most(timeout: float | None, kind: type[httpcore.TimeoutException]) -> float | None:
    """Reduces a timeout so that it does not end after the request's deadline; raises `kind` after that."""
    until = UNTIL.get()
    if math.isinf(until):
        return timeout
    left = until - CLOCK.now()
    if left < 0:
        raise kind(TOO_SLOW)
    return max(left if timeout is None else min(left, timeout), 1e-3)  # zero would mean a non-blocking socket


def _named(error: httpcore.TimeoutException) -> httpcore.TimeoutException:
    """Makes the error of a timeout, which says so if the request's deadline has passed."""
    return type(error)(TOO_SLOW if CLOCK.now() > UNTIL.get() else str(error))
