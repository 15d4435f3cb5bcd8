"""The retry policy: when, and how long; as properties."""

from functools import partial

import attrs
from hypothesis import given
from hypothesis import strategies as st

from pasqal_cloud import RetryPolicy
from pasqal_cloud.errors import ConnectionFailedError, PasqalCloudError, RateLimitError, ServerError

SECONDS = st.floats(0.0, 1e6)
POLICIES = st.builds(
    RetryPolicy, attempts=st.integers(1, 1000), first=st.floats(0.001, 60.0), longest=SECONDS, deadline=SECONDS
)
PAUSES = st.none() | SECONDS
PASSING = partial(st.builds, retryable=st.sampled_from([True]))
ERRORS = st.one_of(
    PASSING(ServerError, status=st.sampled_from([500, 502, 503, 504]), retry_after=PAUSES),
    PASSING(RateLimitError, status=st.just(429), retry_after=PAUSES),
    PASSING(ConnectionFailedError, sent=st.booleans()),
)
ATTEMPTS = st.integers(1, 1000)
DRAWS = st.floats(0.0, 1.0)


@given(POLICIES, ERRORS, ATTEMPTS, SECONDS, DRAWS)
def test_a_pause_is_bounded(
    policy: RetryPolicy, error: PasqalCloudError, attempt: int, elapsed: float, draw: float
) -> None:
    """A pause is never negative, never longer than the longest, and never passes the deadline or the attempts."""
    pause = policy.pause(error, harmless=True, attempt=attempt, elapsed=elapsed, draw=lambda: draw)
    if pause is not None:
        assert 0.0 <= pause <= policy.longest
        assert elapsed + pause < policy.deadline
        assert attempt < policy.attempts


@given(POLICIES, ERRORS, ATTEMPTS, DRAWS)
def test_without_hurry_only_the_attempts_count(
    policy: RetryPolicy, error: PasqalCloudError, attempt: int, draw: float
) -> None:
    """A harmless request, before the deadline and the last attempt, is always tried again."""
    policy = attrs.evolve(policy, attempts=attempt + 1, deadline=policy.longest + 1)
    assert policy.pause(error, harmless=True, attempt=attempt, elapsed=0.0, draw=lambda: draw) is not None


@given(POLICIES, ERRORS, ATTEMPTS, SECONDS, DRAWS)
def test_harm_only_forbids(
    policy: RetryPolicy, error: PasqalCloudError, attempt: int, elapsed: float, draw: float
) -> None:
    """A submission is repeated after the same pause as other requests, or not at all."""
    harmless, harmful = (
        policy.pause(error, harmless=harmless, attempt=attempt, elapsed=elapsed, draw=lambda: draw)
        for harmless in (True, False)
    )
    assert harmful in (harmless, None)


@given(POLICIES, ERRORS, st.booleans(), ATTEMPTS, SECONDS)
def test_a_lasting_failure_is_never_repeated(
    policy: RetryPolicy, error: PasqalCloudError, harmless: bool, attempt: int, elapsed: float
) -> None:
    """An error that is not `retryable` ends it, whatever else holds."""
    error.retryable = False
    assert policy.pause(error, harmless=harmless, attempt=attempt, elapsed=elapsed) is None


@given(st.integers(1, 40), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_later_pauses_may_be_longer(attempt: int, low: float, high: float) -> None:
    """With the same draw, no pause is shorter than the one before; with a larger draw, none is shorter."""
    low, high = sorted((low, high))
    policy = RetryPolicy(attempts=100, deadline=1e9)
    error = ServerError(status=503, retryable=True)

    def pause(attempt: int, draw: float) -> float:
        seconds = policy.pause(error, harmless=True, attempt=attempt, elapsed=0.0, draw=lambda: draw)
        assert seconds is not None
        return seconds

    assert pause(attempt, low) <= pause(attempt + 1, low)
    assert pause(attempt, low) <= pause(attempt, high)


@given(ERRORS)
def test_no_retry_means_once(error: PasqalCloudError) -> None:
    """One attempt is the first."""
    assert RetryPolicy(attempts=1).pause(error, harmless=True, attempt=1, elapsed=0.0) is None
