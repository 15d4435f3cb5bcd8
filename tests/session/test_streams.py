"""The network connections of awaiting clients: whatever happens on them, each call ends, and as httpcore names it."""

import asyncio
import functools
import gc
import socket
import ssl
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import httpcore
import pytest
import trustme

from pasqal_cloud import AsyncSDK, ConnectionFailedError, Endpoints, RequestTimeoutError
from pasqal_cloud._conversation.streams import UNREAD, Streams

from ..doubles.answers import BATCH
from ..doubles.sockets import closed_port

LONG = bytes(range(256)) * 40_000
"""Ten megabytes, which no buffer holds."""

RECEIVED_AT_ONCE = 2**18
"""What asyncio takes from a socket at once, at most."""

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Peer:
    """A server on the loopback interface, whose connections a test handles.

    Attributes:
        port: Its port.
        ended: Set when a handler has ended.
    """

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.ended = asyncio.Event()
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self.handler(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.transport.abort()
            self.ended.set()

    async def connect(self, **options: Any) -> httpcore.AsyncNetworkStream:
        return await Streams().connect_tcp("127.0.0.1", self.port, **options)


@asynccontextmanager
async def peer(handler: Handler, **options: Any) -> AsyncIterator[Peer]:
    """Makes a server."""
    server = Peer(handler)
    async with await asyncio.start_server(server.serve, "127.0.0.1", 0, **options) as listener:
        server.port = listener.sockets[0].getsockname()[1]
        yield server


def running(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Runs an asynchronous test in an event loop of its own, for ten seconds at most."""

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        asyncio.run(asyncio.wait_for(test(*args, **kwargs), 10))

    return run


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Says nothing, until the other side has gone."""
    await reader.read()


async def everything(stream: httpcore.AsyncNetworkStream) -> bytes:
    """Reads to the end."""
    parts = []
    while part := await stream.read(4096, timeout=5):
        assert len(part) <= 4096
        parts.append(part)
    return b"".join(parts)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Who certifies the servers."""
    return trustme.CA()


@pytest.fixture
def certified(authority: trustme.CA) -> ssl.SSLContext:
    """The server's side of TLS."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """The client's side of TLS."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture(params=["plain", "TLS"])
def way(request: pytest.FixtureRequest, certified: ssl.SSLContext, trusting: ssl.SSLContext) -> Any:
    """A function that makes a server and connects to it, plainly or with TLS."""

    @asynccontextmanager
    async def connected(handler: Handler) -> AsyncIterator[tuple[Peer, httpcore.AsyncNetworkStream]]:
        async with peer(handler, ssl=certified if request.param == "TLS" else None) as server:
            stream = await server.connect()
            if request.param == "TLS":
                stream = await stream.start_tls(trusting, "127.0.0.1")
            yield server, stream
            await stream.aclose()

    return connected


# Both ways.


@running
async def test_long_bodies_go_both_ways(way: Any) -> None:
    """Whole and in order."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readexactly(len(LONG)) == LONG
        writer.write(LONG)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async with way(echo) as (_, stream):
        await stream.write(LONG, timeout=5)
        assert await everything(stream) == LONG


@running
async def test_what_nobody_reads_is_not_received(way: Any) -> None:
    """The server has to wait; when the reader goes on, all arrives."""
    waiting = asyncio.Event()

    async def write(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.set_write_buffer_limits(0)
        writer.write(LONG)
        waiting.set()
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async with way(write) as (server, stream):
        await waiting.wait()
        for _ in range(50):
            await asyncio.sleep(0.001)
            assert stream._unread <= UNREAD + RECEIVED_AT_ONCE
        assert not server.ended.is_set()
        assert await everything(stream) == LONG


@running
async def test_who_does_not_read_lets_the_writer_wait(way: Any) -> None:
    """As long as the timeout allows."""
    over = asyncio.Event()

    async def do_not_read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()

    async with way(do_not_read) as (_, stream):
        with pytest.raises(httpcore.WriteTimeout):
            await stream.write(LONG, timeout=0.05)
        over.set()


@running
async def test_a_silent_server_is_waited_for_as_long_as_the_timeout_allows(way: Any) -> None:
    """Then it may still answer."""
    answering = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answering.wait()
        writer.write(b"late")
        await reader.read()

    async with way(answer) as (_, stream):
        with pytest.raises(httpcore.ReadTimeout):
            await stream.read(100, timeout=0.01)
        answering.set()
        assert await stream.read(2, timeout=5) == b"la"
        assert await stream.read(100, timeout=5) == b"te"


# The end.


@pytest.mark.parametrize("is_late", [False, True], ids=["while it comes", "later"])
@running
async def test_what_came_before_the_end_is_read(way: Any, is_late: bool, caplog: pytest.LogCaptureFixture) -> None:
    """Then nothing, as often as one reads; and asyncio logs nothing."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.read(1))
        writer.close()
        await writer.wait_closed()

    async with way(answer) as (server, stream):
        await stream.write(b"!")
        if is_late:
            await server.ended.wait()
        assert await everything(stream) == b"!"
        assert await stream.read(100) == b""
    assert not caplog.records


@running
async def test_a_server_that_closes_tls_without_a_farewell_has_ended(
    certified: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    """HTTP tells where a body ends."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"bye")
        await reader.read(1)
        bare = socket.socket(fileno=writer.transport.get_extra_info("socket").fileno())
        bare.shutdown(socket.SHUT_RDWR)
        bare.detach()

    async with peer(answer, ssl=certified) as server:
        stream = await (await server.connect()).start_tls(trusting, "127.0.0.1")
        await stream.write(b"?")
        assert await everything(stream) == b"bye"
        await stream.aclose()


@running
async def test_a_reset_is_an_error(way: Any) -> None:
    """Of those who read, and of those who write."""

    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        linger = b"\1\0\0\0\0\0\0\0"
        writer.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    async with way(reset) as (_, stream):
        await stream.write(b"?")
        with pytest.raises(httpcore.ReadError, match="reset"):
            await stream.read(100, timeout=5)
        with pytest.raises(httpcore.WriteError, match="reset"):
            await stream.write(b"?")


@running
async def test_a_reset_ends_a_write_that_waits() -> None:
    """Instead of its timeout."""

    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        await asyncio.sleep(0.01)

    async with peer(reset) as server:
        stream = await server.connect()
        with pytest.raises(httpcore.WriteError):
            await stream.write(LONG)


@running
async def test_a_server_may_stop_writing_and_still_read() -> None:
    """As some do that answer before the end of the request."""
    received = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write_eof()
        received.append(await reader.read())

    async with peer(answer) as server:
        stream = await server.connect()
        assert await stream.read(100) == b""
        await stream.write(b"still here")
        await stream.aclose()
        await server.ended.wait()
    assert received == [b"still here"]


@running
async def test_a_connection_that_was_closed_here_is_an_error(way: Any) -> None:
    """Of those who still wait, too."""
    async with way(silent) as (server, stream):
        reading = asyncio.create_task(stream.read(100))
        await asyncio.sleep(0)
        await stream.aclose()
        await server.ended.wait()
        with pytest.raises(httpcore.ReadError, match="closed"):
            await reading
        with pytest.raises(httpcore.WriteError, match="closed"):
            await stream.write(b"?")


# Connecting.


@running
async def test_nobody_listens() -> None:
    """The error says where."""
    port = closed_port()
    with pytest.raises(httpcore.ConnectError, match=str(port)):
        await Streams().connect_tcp("127.0.0.1", port, timeout=5)


@running
async def test_a_name_that_nobody_has() -> None:
    """It is an error of the connection."""
    with pytest.raises(httpcore.ConnectError):
        await Streams().connect_tcp("nobody.invalid", 80, timeout=5)


@running
async def test_a_name_that_is_not_resolved_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The timeout holds for that, too."""
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", hang)
    with pytest.raises(httpcore.ConnectTimeout):
        await Streams().connect_tcp("cloud.test", 80, timeout=0.01)


@running
async def test_a_handshake_that_is_not_answered_in_time(trusting: ssl.SSLContext) -> None:
    """The connection is closed."""
    async with peer(silent) as server:
        stream = await server.connect()
        with pytest.raises(httpcore.ConnectTimeout):
            await stream.start_tls(trusting, "127.0.0.1", timeout=0.01)
        await server.ended.wait()


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"], ids=["closed", "not TLS"])
@running
async def test_a_handshake_that_fails(trusting: ssl.SSLContext, answer: bytes) -> None:
    """It is an error of the connection, which is closed."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(answer)
        if answer:
            await reader.read()

    async with peer(refuse) as server:
        stream = await server.connect()
        with pytest.raises(httpcore.ConnectError):
            await stream.start_tls(trusting, "127.0.0.1", timeout=5)
        await server.ended.wait()


@running
async def test_a_name_that_tls_does_not_know(trusting: ssl.SSLContext) -> None:
    """The connection is closed then, too."""
    async with peer(silent) as server:
        stream = await server.connect()
        with pytest.raises(ValueError):
            await stream.start_tls(trusting, ".cloud.test")
        await server.ended.wait()


@running
async def test_a_certificate_of_somebody_else(certified: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
    """The name in it counts."""
    async with peer(silent, ssl=certified) as server:
        stream = await server.connect()
        with pytest.raises(httpcore.ConnectError, match="certificate verify failed"):
            await stream.start_tls(trusting, "cloud.test", timeout=5)


@running
async def test_the_next_address_is_tried_while_one_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host may have addresses that can't be reached from here."""
    loop = asyncio.get_running_loop()
    connect = loop.sock_connect

    async def try_connecting(sock: socket.socket, address: Any) -> None:
        await (hang() if address[1] == 9 else connect(sock, address))

    async with peer(silent) as server:
        resolve_to(monkeypatch, ("127.0.0.1", 9), ("127.0.0.1", server.port))
        monkeypatch.setattr(loop, "sock_connect", try_connecting)
        stream = await Streams().connect_tcp("cloud.test", 80, timeout=5)
        assert stream.get_extra_info("server_addr") == ("127.0.0.1", server.port)
        await stream.aclose()


@running
async def test_no_address_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error has them all; the first ones of IPv4 and of IPv6 are tried first."""
    ports = [closed_port() for _ in range(3)]
    resolve_to(monkeypatch, *zip(("::1", "::1", "127.0.0.1"), ports, strict=True))
    with pytest.raises(httpcore.ConnectError, match="{0}.*{2}.*{1}".format(*ports)):
        await Streams().connect_tcp("cloud.test", 80, timeout=5)


@running
async def test_an_address_of_a_network_interface(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is known by the number of the interface, without which nothing can be sent there."""
    resolve_to(monkeypatch, ("fe80::1", 80, 0, 2))
    connected: list[Any] = []

    async def connect(_: Any, *address: Any, **__: Any) -> Any:
        connected.append(address)
        raise OSError

    monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", connect)
    with pytest.raises(httpcore.ConnectError):
        await Streams().connect_tcp("cloud.test", 80, timeout=5)
    assert connected == [("fe80::1%2", 80)]


@running
async def test_tasks_may_be_eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Python 3.12 offers it; here, older ones have a factory that makes usual tasks."""
    usual = lambda loop, coroutine, **options: asyncio.Task(coroutine, loop=loop, **options)  # noqa: E731
    asyncio.get_running_loop().set_task_factory(getattr(asyncio, "eager_task_factory", usual))
    async with peer(silent) as server:
        resolve_to(monkeypatch, ("127.0.0.1", server.port), ("127.0.0.2", server.port))
        for host in ("127.0.0.1", "cloud.test"):
            stream = await Streams().connect_tcp(host, server.port, timeout=5)
            assert stream.get_extra_info("server_addr") == ("127.0.0.1", server.port)
            await stream.aclose()


@running
async def test_options_of_the_socket() -> None:
    """They are set, as is the address from which it connects."""
    option = socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1
    async with peer(silent) as server:
        stream = await server.connect(socket_options=[option], local_address="127.0.0.1")
        assert stream.get_extra_info("socket").getsockopt(*option[:2])
        assert stream.get_extra_info("client_addr")[0] == "127.0.0.1"
        await stream.aclose()


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: Any) -> None:
    """Has all names stand for these addresses."""
    found = [
        (socket.AF_INET6 if ":" in address[0] else socket.AF_INET, socket.SOCK_STREAM, 6, "", address)
        for address in addresses
    ]

    async def resolve(*_: Any, **__: Any) -> Any:
        return found

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)


# Cancelling.


@pytest.mark.parametrize("addresses", [1, 3])
@running
async def test_connecting_can_be_cancelled_at_any_moment(monkeypatch: pytest.MonkeyPatch, addresses: int) -> None:
    """No connection stays open, also if it was made just before."""
    others = asyncio.all_tasks()
    async with peer(silent) as server:
        resolve_to(monkeypatch, *[("127.0.0.1", server.port)] * addresses)
        for turns in count():
            connecting = asyncio.ensure_future(Streams().connect_tcp("cloud.test", 80, timeout=5))
            for _ in range(turns):
                await asyncio.sleep(0)
            if connecting.done():
                break
            connecting.cancel()
            with warnings.catch_warnings(record=True) as unclosed:
                warnings.simplefilter("always")
                await asyncio.wait([connecting])
                while left := asyncio.all_tasks() - others:
                    await asyncio.wait(left)
                gc.collect()
            assert not unclosed, turns
        await (await connecting).aclose()
    assert turns > 2


async def hang(*_: Any, **__: Any) -> Any:
    """Does nothing, for ever."""
    await asyncio.Event().wait()


async def cancel(waiting: Coroutine[Any, Any, Any]) -> None:
    """Cancels a task that waits."""
    task = asyncio.create_task(waiting)
    await asyncio.sleep(0.01)
    assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@running
async def test_a_cancelled_read_loses_nothing(way: Any) -> None:
    """Who reads next gets what came."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.read(1))
        await reader.read()

    async with way(answer) as (_, stream):
        await cancel(stream.read(100, timeout=5))
        await stream.write(b"!")
        assert await stream.read(100, timeout=5) == b"!"


@running
async def test_a_write_can_be_cancelled(way: Any) -> None:
    """While the server does not read."""
    over = asyncio.Event()

    async def read_later(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        await reader.read()

    async with way(read_later) as (server, stream):
        await cancel(stream.write(LONG))
        await stream.aclose()
        over.set()
        await server.ended.wait()


@running
async def test_a_handshake_can_be_cancelled(trusting: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection is closed. It would not end by itself, although asyncio ends handshakes after a while."""
    monkeypatch.setattr("asyncio.constants.SSL_HANDSHAKE_TIMEOUT", 0.001)
    async with peer(silent) as server:
        await cancel((await server.connect()).start_tls(trusting, "127.0.0.1"))
        await server.ended.wait()


@running
async def test_connecting_can_be_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    """The socket is closed, or pytest would tell a warning."""
    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", hang)
    await cancel(Streams().connect_tcp("127.0.0.1", 9))


# Those of an SDK.


async def answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers each request with a batch, and keeps the connection."""
    body = b'{"data": {"id": "%s", "status": "DONE"}}' % BATCH.encode()
    while await reader.readuntil(b"\r\n\r\n"):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


def sdk_at(server: Peer, **options: Any) -> AsyncSDK:
    """An SDK at the server, which tries once."""
    return AsyncSDK(token="t", endpoints=Endpoints.at(f"http://127.0.0.1:{server.port}"), retry=False, **options)


@pytest.mark.parametrize("has_noticed", [False, True])
@running
async def test_an_idle_connection_on_which_something_came_is_not_used_again(has_noticed: bool) -> None:
    """It would be taken for the answer to the next request, whether or not the event loop has received it yet."""
    connections = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        await answering(reader, writer)

    async with peer(answer) as server, sdk_at(server) as sdk:
        await sdk.get_batch(BATCH)
        connections[0].write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        await asyncio.sleep(0.05 * has_noticed)
        assert (await sdk.get_batch(BATCH)).id == BATCH
        assert len(connections) == 2


@running
async def test_who_finds_no_place_has_sent_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that finds all connections in use waits as long as it may; who fails leaves its place."""
    monkeypatch.setattr("pasqal_cloud._conversation.pool.MOST", 1)
    async with peer(silent) as server, sdk_at(server) as sdk:
        hanging = asyncio.create_task(sdk.get_batch(BATCH))
        await asyncio.sleep(0.01)
        with pytest.raises(RequestTimeoutError) as caught:
            await sdk.with_options(timeout=0.01).get_batch(BATCH)
        assert not caught.value.sent
        hanging.cancel()
        await asyncio.wait([hanging])
        server.handler = answering
        assert (await sdk.get_batch(BATCH)).id == BATCH


@running
async def test_what_was_answered_before_the_request_was_read_is_told() -> None:
    """Such as a body that is too long; the server closes the connection then."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Long\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.write_eof()
        await reader.read()

    async with peer(refuse) as server, sdk_at(server, project_id=BATCH) as sdk:
        with pytest.raises(Exception, match="413"):
            await sdk.create_batch("x" * len(LONG), [{"runs": 1}])


@running
async def test_event_loops_of_others_have_httpcores_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as uvloop's."""
    monkeypatch.setattr(asyncio, "BaseEventLoop", Peer)
    monkeypatch.setattr(Streams, "connect_tcp", None)
    async with peer(answering) as server, sdk_at(server) as sdk:
        assert (await sdk.get_batch(BATCH)).id == BATCH


@running
async def test_a_broken_connection_is_this_packages_error() -> None:
    """Which says that the request was sent."""

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)

    async with peer(hang_up) as server, sdk_at(server) as sdk:
        with pytest.raises(ConnectionFailedError) as caught:
            await sdk.get_batch(BATCH)
        assert caught.value.sent
