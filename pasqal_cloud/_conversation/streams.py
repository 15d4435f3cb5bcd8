"""The network connections of awaiting clients, on the transports of asyncio's own event loops.

httpcore's own connections go through anyio, which takes a fifth of the time of a small request. It also tells the event
loop for each part of a response to watch the connection, and then to stop.
"""

from __future__ import annotations

import asyncio
import select
import socket
from collections import defaultdict, deque
from contextlib import suppress
from ipaddress import ip_address
from itertools import count
from typing import TYPE_CHECKING, Any, TypeAlias

import httpcore

from pasqal_cloud._conversation.deadlines import WRITTEN_AT_ONCE

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Iterator

_Address: TypeAlias = "tuple[str, int]"
_Connected: TypeAlias = "tuple[asyncio.Transport, _Stream]"

UNREAD = 65536
"""The size in bytes of what has arrived and was not read, above which nothing more is received."""

NEXT_ADDRESS_AFTER = 0.25
"""The seconds after which the next address of a host is tried, too, as anyio does."""

LONGEST_HANDSHAKE = 1e6
"""The seconds after which asyncio ends a TLS handshake; a request's own timeout ends it earlier."""


class Streams(httpcore.AsyncNetworkBackend):
    """Connects with the running event loop, which has to be one of asyncio's own."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connects to a host."""
        limit = asyncio.timeout(timeout)
        source = None if local_address is None else (local_address, 0)
        try:
            async with limit:
                transport, stream = await _first_connected(await _addresses(host, port), source)
        except OSError as error:
            raise _not_connected(error, limit) from error
        for option in socket_options or ():
            transport.get_extra_info("socket").setsockopt(*option)
        return stream


class _Stream(httpcore.AsyncNetworkStream, asyncio.Protocol):
    """A connection: the methods that httpcore calls, and then those that asyncio calls.

    Args:
        is_encrypted: Whether it is TLS.
    """

    def __init__(self, *, is_encrypted: bool = False) -> None:
        self._is_encrypted = is_encrypted
        self._transport: Any = None  # an `asyncio.Transport`, once it is connected
        self._arrived: deque[bytes] = deque()
        self._unread = 0
        self._has_ended = False
        self._error: Exception | None = None
        self._is_congested = False
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Gets what has arrived, or waits for it; no bytes mean the end."""
        if not self._arrived and not self._has_ended:
            self._reader = asyncio.get_running_loop().create_future()
            await _in_time(self._reader, timeout, httpcore.ReadTimeout)
        if not self._arrived:
            if self._error is None:
                return b""
            raise httpcore.ReadError(str(self._error)) from self._error
        part = self._arrived.popleft()
        if len(part) > max_bytes:
            self._arrived.appendleft(part[max_bytes:])
            part = part[:max_bytes]
        was_paused = self._unread > UNREAD
        self._unread -= len(part)
        if was_paused and self._unread <= UNREAD:
            self._transport.resume_reading()
        return part

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Sends bytes; a timeout applies to each part of them."""
        for start in range(0, len(buffer), WRITTEN_AT_ONCE):
            self._transport.write(buffer[start : start + WRITTEN_AT_ONCE])
            if self._is_congested:
                self._writer = asyncio.get_running_loop().create_future()
                await _in_time(self._writer, timeout, httpcore.WriteTimeout)
            if self._transport.is_closing():
                raise httpcore.WriteError(str(self._error or CLOSED)) from self._error

    async def aclose(self) -> None:
        """Closes the connection, in the loop's next turn; what is unsent is not sent any more."""
        self._transport.abort()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Encrypts the connection."""
        encrypted, limit = _Stream(is_encrypted=True), asyncio.timeout(timeout)
        try:
            async with limit:
                transport = await asyncio.get_running_loop().start_tls(
                    self._transport,
                    encrypted,
                    ssl_context,
                    server_hostname=server_hostname,
                    ssl_handshake_timeout=LONGEST_HANDSHAKE,
                )
        except BaseException as error:
            self._transport.abort()
            if isinstance(error, OSError):
                raise _not_connected(error, limit) from error
            raise
        encrypted.connection_made(transport)
        return encrypted

    def get_extra_info(self, info: str) -> Any:
        """Gets a fact about the connection, by httpcore's name for it."""
        if info == "is_readable":
            return bool(self._arrived) or self._has_ended or _is_readable(self._transport.get_extra_info("socket"))
        return self._transport.get_extra_info({"client_addr": "sockname", "server_addr": "peername"}.get(info, info))

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        if self._unread > UNREAD:
            transport.pause_reading()

    def data_received(self, data: bytes) -> None:
        self._arrived.append(data)
        self._unread += len(data)
        if self._unread > UNREAD and self._transport is not None:
            self._transport.pause_reading()
        _wake(self._reader)

    def eof_received(self) -> bool:
        self._has_ended = True
        _wake(self._reader)
        return not self._is_encrypted  # whether to remain open for writing, which TLS can't

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._has_ended:
            self._error = exc or ConnectionAbortedError(CLOSED)
        self._has_ended = True
        _wake(self._reader)
        self.resume_writing()

    def pause_writing(self) -> None:
        self._is_congested = True

    def resume_writing(self) -> None:
        self._is_congested = False
        _wake(self._writer)


CLOSED = "The connection is closed"


async def _addresses(host: str, port: int) -> list[_Address]:
    """Resolves a name; IPv4 and IPv6 take turns, since perhaps only one of them can be reached from here."""
    with suppress(ValueError):
        ip_address(host)
        return [(host, port)]
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    places: defaultdict[int, Iterator[int]] = defaultdict(count)
    turns = sorted(found, key=lambda info: next(places[info[0]]))
    return [_address(*info[4]) for info in turns]


def _address(host: Any, port: Any, _flow: Any = 0, zone: Any = 0) -> _Address:
    """Converts an address of a socket; local ones of IPv6 are those of a network interface."""
    return f"{host}%{zone}" if zone else host, port


async def _first_connected(addresses: list[_Address], source: _Address | None) -> _Connected:
    """Connects with the address that answers first; each is tried a moment after the one before (RFC 8305).

    asyncio's own `happy_eyeballs_delay` leaves a connection open if it is cancelled just when that was made.
    """
    loop = asyncio.get_running_loop()
    if len(addresses) == 1:
        return await loop.create_connection(_Stream, *addresses[0], local_addr=source)
    untried = iter(addresses)
    attempts: set[asyncio.Task[_Connected]] = set()
    errors: list[BaseException] = []
    try:
        while True:
            if address := next(untried, None):
                attempts.add(loop.create_task(loop.create_connection(_Stream, *address, local_addr=source)))
            if not attempts:
                raise OSError(", ".join(map(str, errors)))
            limit = NEXT_ADDRESS_AFTER if address else None
            ended, _ = await asyncio.wait(attempts, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
            for attempt in ended:
                attempts.remove(attempt)
                if (error := attempt.exception()) is None:
                    return attempt.result()
                errors.append(error)
    finally:
        for attempt in attempts:
            attempt.cancel()
            attempt.add_done_callback(_close)


def _close(attempt: asyncio.Task[_Connected]) -> None:
    """Closes the connection of an attempt that was not needed, if it was made."""
    if not attempt.cancelled() and attempt.exception() is None:
        attempt.result()[0].close()


def _not_connected(error: OSError, limit: asyncio.Timeout) -> Exception:
    return (httpcore.ConnectTimeout if limit.expired() else httpcore.ConnectError)(str(error))


async def _in_time(event: asyncio.Future[None], timeout: float | None, late: type[httpcore.TimeoutException]) -> None:
    if timeout is None:
        return await event
    timer = asyncio.get_running_loop().call_later(timeout, _end, event, late)
    try:
        await event
    finally:
        timer.cancel()


def _end(event: asyncio.Future[None], late: type[httpcore.TimeoutException]) -> None:
    if not event.done():
        event.set_exception(late())


def _wake(event: asyncio.Future[None] | None) -> None:
    if event is not None and not event.done():
        event.set_result(None)


def _is_readable(sock: Any) -> bool:
    """Tells whether something has arrived that the event loop has not noticed yet."""
    if sock is None or sock.fileno() < 0:
        return True
    if not hasattr(select, "poll"):  # Windows
        return bool(select.select([sock], [], [], 0)[0])
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))
