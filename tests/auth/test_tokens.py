"""Tokens: renewed in time, by one request however many wait for it."""

import asyncio
import math
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from pasqal_cloud import (
    SDK,
    AsyncSDK,
    Auth0TokenProvider,
    AuthenticationError,
    BatchCreationError,
    BatchFetchingError,
    ClientCredentialsTokenProvider,
    ExpiringTokenProvider,
    PasswordGrantTokenProvider,
    RequestTimeoutError,
    RetryPolicy,
    StaticTokenProvider,
    TokenProvider,
    TokenProviderError,
    ValidationError,
)
from pasqal_cloud.endpoints import AUTH_CONFIG

from ..doubles.answers import PROJECT

MANY = 20
PATIENCE = 20.0
"""Seconds that a test has for what takes a moment."""


class ManyThreads:
    """Many calls at once, each in a thread of its own."""

    def __init__(self, sdk: Any, service: Any) -> None:
        self.threads: list[int] = []
        self.places: list[Any] = []
        self.looks = 0
        self.pool = ThreadPoolExecutor(MANY)
        self.calls = [self.pool.submit(self.get, sdk, service.batch_id(number)) for number in range(MANY)]

    def get(self, sdk: Any, batch_id: str) -> Any:
        self.threads.append(threading.get_ident())
        return sdk.get_batch(batch_id)

    def all_wait(self) -> bool:
        """Whether all have begun, and none has moved during the last looks."""
        frames = sys._current_frames()
        places = [(id(frames[thread]), frames[thread].f_lasti) for thread in self.threads if thread in frames]
        self.looks = self.looks + 1 if places == self.places and len(places) == MANY else 0
        self.places = places
        return self.looks >= 20

    def results(self) -> list[Any]:
        with self.pool:
            return [call.result() for call in self.calls]


@pytest.mark.parametrize("was", ["none", "expired"])
def test_many_threads_ask_for_one_token(blocking: Any, service: Any, until: Any, was: str) -> None:
    """Nineteen of twenty wait for the one that asks, and use what it got."""
    with blocking.SDK("ada", "pa55word", endpoints=service.endpoints) as sdk:
        if was == "expired":
            service.expires_in = 0
            sdk.get_batch(service.batch_id())
            service.expires_in = 3600
        before = len(service.logins)
        service.answering.clear()
        threads = ManyThreads(sdk, service)
        until(threads.all_wait)
        service.answering.set()
        assert [batch.id for batch in threads.results()] == [service.batch_id(number) for number in range(MANY)]
    assert len(service.logins) == before + 1


def test_many_tasks_ask_for_one_token(awaiting: Any, service: Any, until: Any) -> None:
    """The same for tasks of one event loop."""

    async def go() -> None:
        async with AsyncSDK("ada", "pa55word", endpoints=service.endpoints) as sdk:
            service.answering.clear()
            tasks = [asyncio.create_task(sdk.get_batch(service.batch_id(number))) for number in range(MANY)]
            await asyncio.to_thread(until, lambda: service.logins)
            service.answering.set()
            batches = await asyncio.gather(*tasks)
        assert [batch.id for batch in batches] == [service.batch_id(number) for number in range(MANY)]

    awaiting.call(go())
    assert len(service.logins) == 1


def test_many_event_loops_ask_for_one_token(service: Any, until: Any) -> None:
    """And for tasks of several loops in several threads, and a blocking SDK, which share a provider."""
    provider = PasswordGrantTokenProvider("ada", "pa55word", service.endpoints.auth)

    async def get() -> None:
        async with AsyncSDK(token_provider=provider, endpoints=service.endpoints) as sdk:
            await asyncio.gather(*(sdk.get_batch(service.batch_id(number)) for number in range(3)))

    service.answering.clear()
    with ThreadPoolExecutor(5) as pool:
        loops = [pool.submit(asyncio.run, get()) for _ in range(4)]
        alone = pool.submit(provider.get_token)
        until(lambda: service.logins)
        service.answering.set()
        for loop in loops:
            loop.result()
    assert alone.result() == "token-1"
    assert len(service.logins) == 1


def test_many_threads_renew_a_revoked_token_once(blocking: Any, service: Any) -> None:
    """Each learns of it by its own 401, and one asks for another."""
    with blocking.SDK("ada", "pa55word", endpoints=service.endpoints) as sdk:
        sdk.get_batch(service.batch_id())
        service.revoke()
        assert len(ManyThreads(sdk, service).results()) == MANY
    assert len(service.logins) == 2


def test_many_threads_share_a_refusal(blocking: Any, service: Any, until: Any) -> None:
    """A wrong password is tried once: identity providers lock accounts after ten times."""
    with blocking.SDK("ada", "wrong", endpoints=service.endpoints) as sdk:
        service.failures = [403] * MANY
        service.answering.clear()
        threads = ManyThreads(sdk, service)
        until(threads.all_wait)
        service.answering.set()
        errors = [call.exception() for call in threads.calls]
        threads.pool.shutdown()
    assert {type(error).__bases__ for error in errors} == {(BatchFetchingError, TokenProviderError)}
    assert len(service.logins) == 1


def test_a_cancelled_task_does_not_hold_up_the_others(awaiting: Any, service: Any, until: Any) -> None:
    """If it was the one that asked, another asks."""

    async def go() -> None:
        async with AsyncSDK("ada", "pa55word", endpoints=service.endpoints) as sdk:
            service.answering.clear()
            first = asyncio.create_task(sdk.get_batch(service.batch_id()))
            await asyncio.to_thread(until, lambda: service.logins)
            others = [asyncio.create_task(sdk.get_batch(service.batch_id())) for _ in range(3)]
            await asyncio.sleep(0)
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            others[0].cancel()
            service.answering.set()
            assert len(await asyncio.gather(*others[1:])) == 2

    awaiting.call(go())
    assert len(service.logins) == 2


def test_a_cancelled_task_that_waits_takes_nothing_from_the_others(awaiting: Any, service: Any, until: Any) -> None:
    """Who asks goes on asking, and those who wait get what it got."""

    async def go() -> None:
        async with AsyncSDK("ada", "pa55word", endpoints=service.endpoints) as sdk:
            service.answering.clear()
            asking = asyncio.create_task(sdk.get_batch(service.batch_id()))
            await asyncio.to_thread(until, lambda: service.logins)
            waiting = [asyncio.create_task(sdk.get_batch(service.batch_id())) for _ in range(3)]
            await asyncio.sleep(0)  # all of them wait now
            waiting[0].cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting[0]
            service.answering.set()
            assert len(await asyncio.gather(asking, *waiting[1:])) == 3

    awaiting.call(go())
    assert len(service.logins) == 1


def test_a_blocking_call_amid_awaiting_ones_does_not_wait_for_itself(awaiting: Any, service: Any, until: Any) -> None:
    """Who blocks in the thread of the event loop can't wait for a task of that loop."""
    provider = PasswordGrantTokenProvider("ada", "pa55word", service.endpoints.auth)

    async def go() -> None:
        async with AsyncSDK(token_provider=provider, endpoints=service.endpoints) as sdk:
            service.answering.clear()
            task = asyncio.create_task(sdk.get_batch(service.batch_id()))
            await asyncio.to_thread(until, lambda: service.logins)
            service.answering.set()
            assert provider.get_token()
            assert (await task).id == service.batch_id()

    awaiting.call(go())


def test_who_waits_for_a_login_waits_no_longer_than_the_call_may_last(
    colour: Any, service: Any, opened: Any, until: Any
) -> None:
    """Another, who has more time, is asking for the token that both need; it goes on for the other."""
    provider = PasswordGrantTokenProvider("ada", "pa55word", service.endpoints.auth)
    retry = RetryPolicy(first=0.01, deadline=0.2)
    hasty = opened(token_provider=provider, endpoints=service.endpoints, timeout=0.1, retry=retry)
    service.answering.clear()
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(provider.get_token)
        until(lambda: service.logins)
        late = threading.Timer(2.0, service.answering.set)  # the login must end where the call goes on waiting, too
        late.start()
        error = colour.attempt(TokenProviderError, lambda: hasty.get_batch(service.batch_id()))
        late.cancel()
        service.answering.set()
        assert other.result() == "token-1"
    assert "did not arrive before the deadline of the call" in str(error)
    assert (len(service.logins), service.calls) == (1, [])


def test_who_asks_and_has_little_time_does_not_end_it_for_the_others(
    colour: Any, service: Any, opened: Any, until: Any
) -> None:
    """Its own call is over; the other, which waited for that login, asks again, even where nothing is tried twice."""
    provider = PasswordGrantTokenProvider("ada", "pa55word", service.endpoints.auth)
    usual = opened(token_provider=provider, endpoints=service.endpoints)
    hasty = usual.with_options(timeout=0.2, retry=RetryPolicy(attempts=1, deadline=0))
    service.answering.clear()

    def wait_and_get() -> Any:
        until(lambda: service.logins)
        with SDK(token_provider=provider, endpoints=service.endpoints, retry=False) as patient:
            return patient.get_batch(service.batch_id())

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(wait_and_get)
        error = colour.attempt(RequestTimeoutError, lambda: hasty.get_batch(service.batch_id()))
        service.answering.set()
        assert other.result().id == service.batch_id()
    assert error.sent is False
    assert len(service.logins) == 2


@pytest.mark.parametrize("expires_in", [1, 30, 60, None])
def test_a_short_lived_token_is_used_more_than_once(colour: Any, service: Any, sdk: Any, expires_in: float) -> None:
    """A minute or less, or nobody knows how long: it is no reason to log in for every call."""
    service.expires_in = expires_in
    for _ in range(5):
        colour.call(sdk.get_batch(service.batch_id()))
    assert len(service.logins) == 1


@pytest.mark.parametrize(("lifetime", "after"), [(86_400, 86_341), (100, 91), (60, 55), (1, 0.95)])
def test_a_token_is_renewed_before_it_expires(
    colour: Any, service: Any, sdk: Any, clock: Any, lifetime: float, after: float
) -> None:
    """A minute before; a shorter one when a tenth of its life is left."""
    service.expires_in = str(lifetime)
    began = clock.now
    assert colour.call(sdk.user_token()) == "token-1"
    clock.now = began + lifetime * 0.85
    assert colour.call(sdk.user_token()) == "token-1"
    clock.now = began + after
    assert colour.call(sdk.user_token()) == "token-2"


@pytest.mark.parametrize("failures", [[500], [502, 503], [429], [504]])
def test_a_failing_identity_provider_does_not_end_a_submission(
    colour: Any, service: Any, opened: Any, failures: list[int]
) -> None:
    """Nothing was submitted yet, so that everything is tried again, and done once."""
    sdk = opened(username="a", password="b", endpoints=service.endpoints, project_id=PROJECT)
    service.failures = failures
    colour.call(sdk.create_batch("{}", [{"runs": 1}]))
    assert [seen.method for seen in service.calls] == ["POST"]


def test_a_refused_login_ends_a_submission_with_a_certain_error(colour: Any, service: Any, opened: Any) -> None:
    """Nobody has to look for a batch that was never asked for."""
    sdk = opened(username="a", password="b", endpoints=service.endpoints, project_id=PROJECT)
    service.failures = [401]
    error = colour.attempt(BatchCreationError, lambda: sdk.create_batch("{}", [{"runs": 1}]))
    assert isinstance(error, TokenProviderError)
    assert not error.sent
    assert not service.calls


def test_a_fixed_token_that_is_refused_says_how_to_mend_it(colour: Any, service: Any, opened: Any) -> None:
    """It can't be renewed; it is sent once."""
    service.revoked = {"old"}
    sdk = opened(token="old", endpoints=service.endpoints)
    error = colour.attempt(AuthenticationError, lambda: sdk.get_batch(service.batch_id()))
    assert "The token is not good. " in error.description
    assert "PASQAL_TOKEN" in error.description
    assert len(service.calls) == 1


@pytest.mark.parametrize("region", ["fr-prod", "sa-prod"])
def test_a_service_account_proves_itself(region: str) -> None:
    """By the client-credentials grant, at both identity providers."""
    request = ClientCredentialsTokenProvider("robot", "s3cret", AUTH_CONFIG[region]).token_request()
    assert dict(httpx.QueryParams(request.content.decode())) == {
        "grant_type": "client_credentials",
        "client_id": "robot",
        "client_secret": "s3cret",
        "audience": "https://apis.pasqal.cloud/account/api/v1",
    }
    assert str(request.url) == AUTH_CONFIG[region].token_endpoint


def test_the_older_name_of_the_password_provider_works() -> None:
    """`Auth0TokenProvider` takes a domain."""
    request = Auth0TokenProvider("ada", "pa55word").token_request()
    assert str(request.url) == "https://authenticate.pasqal.cloud/oauth/token"
    assert b"realm=pcs-users" in request.content


class Awaited(TokenProvider):
    """A provider that has to be awaited."""

    async def get_token(self) -> str:
        await asyncio.sleep(0)
        return "awaited"


class Promising(TokenProvider):
    """A provider that does not look as if it had to be awaited."""

    def get_token(self) -> Any:
        return Awaited().get_token()


class Faulty(TokenProvider):
    """A provider that gives something else."""

    def __init__(self, token: Any) -> None:
        self.token = token

    def get_token(self) -> Any:
        return self.token


@pytest.mark.parametrize("provider", [Awaited, Promising])
def test_an_async_provider_works_where_there_is_awaiting(awaiting: Any, service: Any, provider: Any) -> None:
    """`async def get_token` is awaited by an AsyncSDK."""

    async def go() -> None:
        async with AsyncSDK(token_provider=provider(), endpoints=service.endpoints) as sdk:
            await sdk.get_batch(service.batch_id())

    awaiting.call(go())
    assert service.calls[0].headers["authorization"] == "Bearer awaited"


def test_a_slow_login_takes_no_time_from_the_request(awaiting: Any, service: Any) -> None:
    """Each has the time of an attempt: a submission that is cut because the login was slow may have been done."""
    patience = 1.2

    class Slow(TokenProvider):
        async def get_token(self) -> str:
            await asyncio.sleep(0.7 * patience)
            return "token"

    class Late(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await asyncio.sleep(0.6 * patience)
            return httpx.Response(200, json={"data": {"id": service.batch_id(), "status": "DONE"}}, request=request)

    retry = RetryPolicy(attempts=1, deadline=0)
    sdk = AsyncSDK(
        token_provider=Slow(), endpoints=service.endpoints, transport=Late(), timeout=patience / 2, retry=retry
    )
    assert awaiting.call(sdk.get_batch(service.batch_id())).id == service.batch_id()
    awaiting.call(sdk.close())


def test_an_async_provider_may_take_no_longer_than_the_call_may_last(awaiting: Any, service: Any) -> None:
    """One that never comes back is left, and nothing has been sent."""
    left = []

    class Endless(TokenProvider):
        async def get_token(self) -> str:
            try:
                await asyncio.sleep(PATIENCE)
            except asyncio.CancelledError:
                left.append(True)
                raise
            return "late"

    async def go() -> None:
        retry = RetryPolicy(attempts=1, deadline=0)
        sdk = AsyncSDK(token_provider=Endless(), endpoints=service.endpoints, timeout=0.1, retry=retry)
        async with sdk, asyncio.timeout(PATIENCE / 2):
            await sdk.get_batch(service.batch_id())

    error = awaiting.attempt(TokenProviderError, go)
    assert "did not arrive before the deadline of the call" in str(error)
    assert (error.sent, error.retryable) == (False, True)
    assert left
    assert not service.seen


def test_an_async_provider_is_refused_where_there_is_none(blocking: Any, service: Any) -> None:
    """At once where that can be seen, else when its token is needed."""
    with pytest.raises(ValidationError, match="AsyncSDK"):
        blocking.SDK(token_provider=Awaited())
    with (
        blocking.SDK(token_provider=Promising(), endpoints=service.endpoints) as sdk,
        pytest.raises(TokenProviderError, match="AsyncSDK"),
    ):
        sdk.get_batch(service.batch_id())


@pytest.mark.parametrize("token", [None, "", "two words", "s3cret\n", "s3crét", b"bytes"])
def test_what_is_no_token_is_not_sent(colour: Any, service: Any, opened: Any, token: Any) -> None:
    """And not shown: with a line end at its end, it would be a token otherwise."""
    sdk = opened(token_provider=Faulty(token), endpoints=service.endpoints)
    error = colour.attempt(TokenProviderError, lambda: sdk.get_batch(service.batch_id()))
    assert "s3cr" not in str(error)
    assert not service.seen


def test_a_blocking_provider_does_not_stop_the_event_loop(awaiting: Any, service: Any) -> None:
    """It is called in a thread."""
    threads = []

    class Slow(TokenProvider):
        def get_token(self) -> str:
            threads.append(threading.current_thread())
            return "slow"

    async def go() -> None:
        async with AsyncSDK(token_provider=Slow(), endpoints=service.endpoints) as sdk:
            await sdk.get_batch(service.batch_id())

    awaiting.call(go())
    assert threads
    assert threads[0] is not threading.current_thread()


def test_a_provider_that_expires_may_have_its_own_way(colour: Any, service: Any, opened: Any) -> None:
    """A subclass that overrides `get_token` is asked by it."""

    class Vault(ExpiringTokenProvider):
        def token_request(self) -> httpx.Request:
            raise AssertionError

        def get_token(self) -> str:
            return "from-the-vault"

    colour.call(opened(token_provider=Vault(), endpoints=service.endpoints).get_batch(service.batch_id()))
    assert service.calls[0].headers["authorization"] == "Bearer from-the-vault"


def test_a_user_can_ask_for_the_token(colour: Any, service: Any, sdk: Any) -> None:
    """On the SDK's connections, tried again after failures, and the same one that requests carry."""
    service.failures = [503]
    assert colour.call(sdk.user_token()) == "token-1"
    colour.call(sdk.get_batch(service.batch_id()))
    assert service.calls[0].headers["authorization"] == "Bearer token-1"
    assert len(service.logins) == 2


@pytest.mark.parametrize("deadline", [-math.inf, -1, 0])
def test_asking_for_the_token_has_the_time_of_one_try(colour: Any, service: Any, opened: Any, deadline: float) -> None:
    """However early the policy says that no further one is begun: a token is no faster than anything else."""
    sdk = opened(username="ada", password="pa55word", endpoints=service.endpoints, retry=RetryPolicy(deadline=deadline))
    assert colour.call(sdk.user_token()) == "token-1"


def test_providers_are_hashable() -> None:
    """Packages keep them in caches."""
    assert len({PasswordGrantTokenProvider("a", "b"), PasswordGrantTokenProvider("a", "b")}) == 2
    assert {StaticTokenProvider("a"): 1}
