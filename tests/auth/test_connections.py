"""Connections: whose they are, and their end."""

import asyncio
import copy
import gc
import os
import pickle
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Any

import httpx
import pytest

from pasqal_cloud import (
    SDK,
    AsyncSDK,
    BatchFetchingError,
    ClientCredentialsTokenProvider,
    ClosedError,
    PasqalCloudError,
    PasswordGrantTokenProvider,
    StaticTokenProvider,
)

from ..doubles.line import one_after_another


def test_an_async_sdk_serves_one_event_loop_after_another(service: Any, until: Any) -> None:
    """Each loop has its own connections, which end with it; the token is the same."""
    sdk = AsyncSDK("ada", "pa55word", endpoints=service.endpoints)

    async def get() -> str:
        return (await sdk.get_batch(service.batch_id())).id

    for _ in range(3):
        assert asyncio.run(get()) == service.batch_id()
        until(lambda: not service.connections)
    gc.collect()  # an unclosed socket would be told now
    assert len(service.logins) == 1
    asyncio.run(sdk.close())


def test_an_async_sdk_serves_event_loops_side_by_side(service: Any) -> None:
    """One SDK may be used by several threads, each with a loop."""
    sdk = AsyncSDK("ada", "pa55word", endpoints=service.endpoints)
    both = threading.Barrier(2)

    async def get() -> None:
        for number in range(20):
            assert (await sdk.get_batch(service.batch_id(number))).id == service.batch_id(number)
            if number == 0:
                await asyncio.to_thread(both.wait, 20)

    threads = [threading.Thread(target=lambda: asyncio.run(get())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(service.calls) == 40
    asyncio.run(sdk.close())


def test_an_async_sdk_that_is_closed_in_one_loop_closes_in_the_others(service: Any, until: Any) -> None:
    """Their connections end there, and not only with the loop."""
    sdk = AsyncSDK("ada", "pa55word", endpoints=service.endpoints)
    has_batch, done = threading.Event(), threading.Event()

    async def linger() -> None:
        await sdk.get_batch(service.batch_id())
        has_batch.set()
        await asyncio.to_thread(done.wait, 20)

    other = threading.Thread(target=lambda: asyncio.run(linger()))
    other.start()
    assert has_batch.wait(20)
    asyncio.run(sdk.close())
    until(lambda: not service.connections)
    done.set()
    other.join()


def test_connections_of_an_sdk_that_nobody_closed_are_closed(service: Any, until: Any) -> None:
    """When nobody has it any more, without a warning."""

    def use() -> None:
        SDK("ada", "pa55word", endpoints=service.endpoints).get_batch(service.batch_id())

    async def ause() -> None:
        await AsyncSDK("ada", "pa55word", endpoints=service.endpoints).get_batch(service.batch_id())
        gc.collect()
        await asyncio.to_thread(until, lambda: not service.connections)

    use()
    gc.collect()
    until(lambda: not service.connections)
    asyncio.run(ause())


def test_a_closed_sdk_says_so(colour: Any, service: Any, sdk: Any) -> None:
    """Closing it again does no harm; using it is this package's error, and nothing is sent."""
    batch = colour.call(sdk.get_batch(service.batch_id()))
    for _ in range(2):
        colour.call(sdk.close())
    seen = len(service.seen)
    for use in (lambda: sdk.get_batch(service.batch_id()), batch.refresh):
        error = colour.attempt(BatchFetchingError, use)
        assert isinstance(error, ClosedError)
        assert not error.retryable
    assert len(service.seen) == seen


def test_an_sdk_that_was_never_used_can_be_closed(colour: Any, service: Any) -> None:
    """And is closed then."""
    sdk = colour.SDK("ada", "pa55word", endpoints=service.endpoints)
    colour.call(sdk.close())
    colour.attempt(ClosedError, lambda: sdk.get_batch(service.batch_id()))


def test_many_threads_make_one_client(blocking: Any, service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first use of an SDK may be by many at once: they make no more of httpx's clients than one thread does."""
    made = []
    make = httpx.Client.__init__

    def noted(client: httpx.Client, **settings: Any) -> None:
        made.append(client)
        make(client, **settings)

    monkeypatch.setattr(httpx.Client, "__init__", noted)
    numbers = []
    for users in (1, 20):
        made.clear()
        with blocking.SDK("ada", "pa55word", endpoints=service.endpoints) as sdk:
            start = threading.Barrier(users)

            def look(sdk: Any = sdk, start: threading.Barrier = start) -> None:
                start.wait(20)
                sdk.get_batch(service.batch_id())

            threads = [threading.Thread(target=look) for _ in range(users)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert all(client.is_closed for client in made)
        numbers.append(len(made))
    assert numbers[0] == numbers[1] > 0


# Copies.


def test_a_deep_copy_is_an_sdk_of_its_own(colour: Any, service: Any, sdk: Any) -> None:
    """With the same token, and alive when the original is closed; so are a batch's copies."""
    batch = colour.call(sdk.get_batch(service.batch_id()))
    twin, twin_batch = copy.deepcopy((sdk, batch))
    colour.call(sdk.close())
    assert colour.call(twin.get_batch(service.batch_id(1))).id == service.batch_id(1)
    colour.call(twin_batch.refresh())
    assert twin_batch.id == batch.id
    assert len(service.logins) == 1
    colour.call(twin.close())
    colour.attempt(ClosedError, twin_batch.refresh)  # its copy is the copied SDK's


@pytest.mark.parametrize(
    "make",
    [
        lambda service: PasswordGrantTokenProvider("ada", "pa55word", service.endpoints.auth),
        lambda service: ClientCredentialsTokenProvider("robot", "s3cret", service.endpoints.auth),
        lambda _: StaticTokenProvider("ready"),
    ],
)
@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_a_copied_provider_works(service: Any, make: Any, duplicate: Any) -> None:
    """It gives the same token, without another login."""
    provider = make(service)
    assert provider.get_token() == duplicate(provider).get_token()
    assert len(service.logins) <= 1


def test_pickling_is_refused_with_a_sentence(colour: Any, service: Any, sdk: Any) -> None:
    """It would carry the credentials along: for an SDK, its handles, and its provider."""
    batch = colour.call(sdk.get_batch(service.batch_id()))
    provider = PasswordGrantTokenProvider("ada", "pa55word", service.endpoints.auth)
    for thing in (sdk, batch, provider, StaticTokenProvider("ready")):
        with pytest.raises(TypeError, match="can't be pickled") as caught:
            pickle.dumps(thing)
        assert "SDK() finds credentials in the environment" in str(caught.value)


# Fork.

FORKED = """
import os, sys, threading
from pasqal_cloud import SDK, Endpoints

url, kind = sys.argv[1:]
sdk = SDK("ada", "pa55word", endpoints=Endpoints.at(url))

def get(first):
    for number in range(first, first + 60):
        id = f"11111111-2222-4333-8444-{number:012}"
        found = sdk.get_batch(id)
        assert found.id == id, (found.id, id)

if kind == "asking":
    threading.Thread(target=get, args=(0,)).start()
    sys.stdin.readline()
else:
    get(0)
child = os.fork()
if not child:
    try:
        print("forked", flush=True)
        get(1000)
        print("child is done", flush=True)
    finally:
        os._exit(0)
if kind == "closing":
    os.waitpid(child, 0)
get(2000)
if kind != "closing":
    os.waitpid(child, 0)
sdk.close()
print("parent is done", flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["together", "closing", "asking"])
def test_parent_and_child_never_share_a_connection(service: Any, until: Any, kind: str) -> None:
    """After a fork each has its own, and gets its own answers; also when a thread was asking for a token."""
    if kind == "asking":
        service.answering.clear()
    program = subprocess.Popen(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORKED, service.url, kind],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        if kind == "asking":
            until(lambda: service.logins)
            program.stdin.write("go\n")
            program.stdin.flush()
            assert program.stdout.readline() == "forked\n"
            until(lambda: len(service.logins) == 2)
            service.answering.set()
        output, _ = program.communicate(timeout=60)
    finally:
        service.answering.set()
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)  # the child, too, which may hang
        program.communicate()
    assert "child is done" in output
    assert "parent is done" in output
    numbers = {connection: set() for connection in {seen.connection for seen in service.calls}}
    for seen in service.calls:
        numbers[seen.connection].add(int(seen.path[-4:]) // 1000 == 1)
    assert all(len(users) == 1 for users in numbers.values()), "a connection served both"


def test_the_child_uses_the_parents_token(service: Any) -> None:
    """No second login: the token is as good there."""
    program = (
        "import asyncio, os, sys; from pasqal_cloud import AsyncSDK, Endpoints\n"
        "sdk = AsyncSDK('ada', 'pa55word', endpoints=Endpoints.at(sys.argv[1]))\n"
        "async def get(): await sdk.get_batch('11111111-2222-4333-8444-000000000000')\n"
        "asyncio.run(get())\n"
        "child = os.fork()\n"
        "asyncio.run(get())\n"
        "if not child: os._exit(0)\n"
        "assert os.waitpid(child, 0)[1] == 0\n"
    )
    subprocess.run([sys.executable, "-c", program, service.url], check=True, timeout=60)
    assert (len(service.logins), len(service.calls)) == (1, 3)


# A transport of the user's own.


def test_a_transport_sends_everything(colour: Any, service: Any, opened: Any) -> None:
    """Token, API and results alike, in both colours; and it is closed with the SDK."""
    token = httpx.Response(200, json={"access_token": "t", "expires_in": 60})
    line = one_after_another(token, {"id": service.batch_id(), "status": "DONE"})
    sdk = opened(username="a", password="b", transport=line.transport, endpoints=service.endpoints)
    colour.call(sdk.get_batch(service.batch_id()))
    assert line.paths == ["/oauth/token", f"/core-fast/api/v2/batches/{service.batch_id()}"]
    colour.call(sdk.close())
    assert len(line.closed) == 1


def test_errors_of_this_package_are_its_family() -> None:
    """Whoever catches the root catches a closed SDK too."""
    assert issubclass(ClosedError, PasqalCloudError)
