"""How requests get to the network: who else sees them, and on which connections they travel."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import respx

from pasqal_cloud import AsyncSDK, ConnectionFailedError, Endpoints

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
async def served() -> AsyncIterator[tuple[Server, AsyncSDK]]:
    """Makes a server, and an SDK for it."""
    server = Server()
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    async with AsyncSDK(token="token-7", endpoints=Endpoints.at(url), retry=False) as sdk:
        yield server, sdk
    listener.close()


def run(test: Callable[[Server, AsyncSDK], Any]) -> None:
    """Runs an asynchronous test with a server and an SDK."""

    async def whole() -> None:
        async with served() as (server, sdk):
            await test(server, sdk)

    asyncio.run(whole())


def test_awaiting_requests_share_connections() -> None:
    """Thirty requests, ten at a time, need ten connections."""

    async def test(server: Server, sdk: AsyncSDK) -> None:
        for _ in range(3):
            await asyncio.gather(*(sdk.get_batch(BATCH["id"]) for _ in range(10)))
        assert server.connections == 10

    run(test)


def test_a_connection_that_the_service_has_closed_is_not_used_again() -> None:
    """The next request opens another one, and succeeds."""

    async def test(server: Server, sdk: AsyncSDK) -> None:
        await sdk.get_batch(BATCH["id"])
        server.writers[0].close()
        await server.writers[0].wait_closed()
        await sdk.get_batch(BATCH["id"])
        assert server.connections == 2

    run(test)


def test_cancelled_requests_leave_their_places_to_others() -> None:
    """A hundred requests are under way at most, so that one more would wait for ever if they kept their places."""

    async def test(server: Server, sdk: AsyncSDK) -> None:
        requests = [asyncio.create_task(sdk.get_job_status(HANGING)) for _ in range(101)]
        for _ in range(100):
            await server.hanging.acquire()
        assert server.connections == 100
        for request in requests:
            request.cancel()
        await asyncio.wait(requests)
        assert all(request.cancelled() for request in requests)
        await sdk.get_batch(BATCH["id"])

    run(test)


def test_connections_that_have_expired_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the next request ends, to whatever host; here after no time."""
    monkeypatch.setattr("pasqal_cloud._conversation.pool.KEPT_FOR", 0.0)

    async def test(server: Server, sdk: AsyncSDK) -> None:
        await asyncio.gather(*(sdk.get_batch(BATCH["id"]) for _ in range(5)))
        await sdk.get_batch(BATCH["id"])
        async with asyncio.timeout(10):
            await asyncio.gather(*(writer.wait_closed() for writer in server.writers[:5]))

    run(test)


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
