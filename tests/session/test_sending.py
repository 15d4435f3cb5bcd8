"""How requests get to the network: who else sees them, and on which connections they travel."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import respx

from pasqal_cloud import SDK, AsyncSDK, ConnectionFailedError, Endpoints, RequestTimeoutError

BATCH = {"id": "11111111-2222-4333-8444-000000000000", "status": "DONE"}
HANGING = "33333333-2222-4333-8444-000000000000"


def test_a_cookie_goes_back_to_who_set_it(colour: Any, opened: Any) -> None:
    """Load balancers choose a server by it."""
    cookies = []

    def answer(request: httpx.Request) -> httpx.Response:
        cookies.append(request.headers.get("Cookie"))
        return httpx.Response(200, json={"data": BATCH}, headers={"Set-Cookie": "server=7; Path=/"})

    sdk = opened(token="token-7", transport=httpx.MockTransport(answer), endpoints=Endpoints.at("https://cloud.test"))
    for _ in range(2):
        colour.call(sdk.get_batch(BATCH["id"]))
    assert cookies == [None, "server=7"]


class Server:
    """Answers on connections that it keeps open, unless the request is one that hangs."""

    def __init__(self) -> None:
        self.connections = 0
        self.hanging = asyncio.Semaphore(0)
        self.writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        body = json.dumps({"data": BATCH}).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        try:
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                if HANGING.encode() in request:
                    self.hanging.release()
                    continue
                writer.write(head + body)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[Server, str]]:
    """Makes a server, and tells its URL."""
    server = Server()
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    yield server, f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    listener.close()


Call = Callable[..., Coroutine[Any, Any, Any]]


def run(colour: Any, test: Callable[[Server, Any, Call], Any], **options: Any) -> None:
    """Runs an asynchronous test with a server, an SDK for it, and what calls the SDK: in threads if it blocks."""

    async def whole() -> None:
        async with listening() as (server, url):
            settings: dict[str, Any] = {"token": "token-7", "endpoints": Endpoints.at(url), "retry": False, **options}
            if colour.is_blocking:
                with SDK(**settings) as sdk:
                    await test(server, sdk, asyncio.to_thread)
            else:
                async with AsyncSDK(**settings) as sdk:
                    await test(server, sdk, lambda operation, *args: operation(*args))

    asyncio.run(whole())


def test_requests_share_connections(colour: Any) -> None:
    """Thirty requests, ten at a time, need ten connections; blocking ones as many as there are threads."""

    async def test(server: Server, sdk: Any, call: Call) -> None:
        for _ in range(3):
            await asyncio.gather(*(call(sdk.get_batch, BATCH["id"]) for _ in range(10)))
        assert server.connections <= 10 if colour.is_blocking else server.connections == 10

    run(colour, test)


def test_a_connection_that_the_service_has_closed_is_not_used_again(colour: Any) -> None:
    """The next request opens another one, and succeeds."""

    async def test(server: Server, sdk: Any, call: Call) -> None:
        await call(sdk.get_batch, BATCH["id"])
        server.writers[0].close()
        await server.writers[0].wait_closed()
        await call(sdk.get_batch, BATCH["id"])
        assert server.connections == 2

    run(colour, test)


def test_cancelled_requests_leave_their_places_to_others(awaiting: Any) -> None:
    """A hundred requests are under way at most, so that one more would wait for ever if they kept their places."""

    async def test(server: Server, sdk: AsyncSDK, _call: Call) -> None:
        requests = [asyncio.create_task(sdk.get_job_status(HANGING)) for _ in range(101)]
        for _ in range(100):
            await server.hanging.acquire()
        assert server.connections == 100
        for request in requests:
            request.cancel()
        await asyncio.wait(requests)
        assert all(request.cancelled() for request in requests)
        await sdk.get_batch(BATCH["id"])

    run(awaiting, test, max_in_flight=100)


def test_who_finds_no_place_has_sent_nothing(blocking: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request in a thread that finds all connections in use waits as long as it may; who fails leaves its place."""
    monkeypatch.setattr("pasqal_cloud._conversation.blocking_pool.MOST", 1)

    async def test(server: Server, sdk: SDK, call: Call) -> None:
        hanging = asyncio.create_task(call(sdk.get_job_status, HANGING))
        await server.hanging.acquire()
        with pytest.raises(RequestTimeoutError) as caught:
            await call(sdk.with_options(timeout=0.01).get_batch, BATCH["id"])
        assert not caught.value.sent
        server.writers[0].close()
        with pytest.raises(ConnectionFailedError):
            await hanging
        await call(sdk.get_batch, BATCH["id"])

    run(blocking, test)


def test_connections_that_have_expired_are_closed(colour: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the next request ends, to whatever host; here after no time."""
    pool = "blocking_pool" if colour.is_blocking else "pool"
    monkeypatch.setattr(f"pasqal_cloud._conversation.{pool}.KEPT_FOR", 0.0)

    async def test(server: Server, sdk: Any, call: Call) -> None:
        await asyncio.gather(*(call(sdk.get_batch, BATCH["id"]) for _ in range(5)))
        earlier = list(server.writers)
        await call(sdk.get_batch, BATCH["id"])
        async with asyncio.timeout(10):
            await asyncio.gather(*(writer.wait_closed() for writer in earlier))

    run(colour, test)


def test_the_cause_of_an_error_names_its_request(colour: Any, opened: Any) -> None:
    """As httpx's own errors do; tools that report errors read it."""

    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("broken")

    sdk = opened(token="token-7", transport=httpx.MockTransport(answer), retry=False)
    error = colour.attempt(ConnectionFailedError, lambda: sdk.get_batch(BATCH["id"]))
    assert error.__cause__.request.url.path.endswith(BATCH["id"])


@pytest.mark.parametrize("name", ["send", "_send_single_request", "_transport_for_url"])
def test_what_others_put_in_place_of_httpxs_functions_is_called(
    colour: Any, opened: Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Also by a callable that looks like the function, as those of wrapt do: a test's mock must get each request."""
    kind = httpx.Client if colour.is_blocking else httpx.AsyncClient
    original = getattr(kind, name)
    seen = []

    class Proxy:
        __code__ = original.__code__

        def __init__(self, client: Any = None) -> None:
            self.client = client

        def __get__(self, client: Any, owner: Any) -> Any:
            return self if client is None else Proxy(client)

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            seen.append(name)
            return original(self.client, *args, **kwargs)

    monkeypatch.setattr(kind, name, Proxy())
    sdk = opened(token="token-7", transport=httpx.MockTransport(lambda _: httpx.Response(200, json={"data": BATCH})))
    colour.call(sdk.get_batch(BATCH["id"]))
    assert seen == [name]


def test_respx_in_place_of_httpxs_transports_sees_each_request(colour: Any, opened: Any) -> None:
    """Its other way, instead of httpcore's."""
    with respx.mock(using="httpx") as router:
        route = router.get(url__regex=r".*/batches/.*").respond(json={"data": BATCH})
        sdk = opened(token="token-7")
        colour.call(sdk.get_batch(BATCH["id"]))
        assert route.call_count == 1
