"""Requests and their repetition, fed by hand."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasqal_cloud._flow import call
from pasqal_cloud._retry import TRANSIENT, RetryPolicy
from pasqal_cloud._transport import Options
from pasqal_cloud.errors import (
    ConnectionFailedError,
    PasqalCloudError,
    RequestTimeoutError,
    UnexpectedAnswerError,
    cause_of,
)

ENDPOINT: Any = object()
PERMANENT = (302, 400, 401, 403, 404, 409, 413, 422, 501)


def failure(status: int, retry_after: float | None = None) -> PasqalCloudError:
    """The error of an answer with a status."""
    return cause_of(status)(status=status, retryable=status in TRANSIENT, retry_after=retry_after)


UNREACHED = ConnectionFailedError(retryable=True, sent=False)
NEVER_CONNECTED = RequestTimeoutError(retryable=True, sent=False)
RESET = ConnectionFailedError(retryable=True, sent=True)
TIMED_OUT = RequestTimeoutError(retryable=True, sent=True)
UNREADABLE = UnexpectedAnswerError(status=200, retryable=True)


def request(*, harmless: bool = True, **policy: Any) -> Any:
    """The flow of one request."""
    client: Any = SimpleNamespace(options=Options(harmless=harmless, retry=RetryPolicy(**policy)), door=None)
    client.with_options = lambda **_: client
    return call(ENDPOINT, 1, client=client, body="b")


def one_after_another(*outcomes: Any) -> Any:
    """Answers each call with the next outcome; an error is raised."""
    remaining = iter(outcomes)

    def answer(effect: Any) -> Any:
        outcome = next(remaining)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    return answer


def test_a_call_carries_what_the_endpoint_is_given(world: Any) -> None:
    """The arguments reach the endpoint as they were given, and its answer is the flow's result."""
    fed = world(one_after_another("answer"))
    assert fed.run(request()) == "answer"
    (effect,) = fed.calls
    assert (effect.endpoint, effect.args, effect.kwargs) == (ENDPOINT, (1,), {"body": "b"})


@pytest.mark.parametrize(
    "error",
    [*map(failure, sorted(TRANSIENT)), UNREACHED, NEVER_CONNECTED, RESET, TIMED_OUT, UNREADABLE],
    ids=lambda error: f"{type(error).__name__}-{error.status}",
)
def test_a_harmless_request_is_repeated_after_a_passing_failure(world: Any, error: PasqalCloudError) -> None:
    """What may succeed when it is made again is made again."""
    fed = world(one_after_another(error, error, "answer"))
    assert fed.run(request()) == "answer"
    assert len(fed.calls) == 3


@pytest.mark.parametrize("status", PERMANENT)
def test_a_lasting_failure_is_raised_at_once(world: Any, status: int) -> None:
    """What fails again for sure is not made again, and its error is raised as it is."""
    error = failure(status)
    fed = world(one_after_another(error))
    with pytest.raises(PasqalCloudError) as caught:
        fed.run(request())
    assert caught.value is error
    assert fed.pauses == []


def test_other_errors_are_not_repeated(world: Any) -> None:
    """A programming error is no outage."""
    fed = world(one_after_another(KeyError("runs")))
    with pytest.raises(KeyError):
        fed.run(request())
    assert fed.pauses == []


def test_an_interrupt_during_the_pause_ends_the_call(world: Any) -> None:
    """Ctrl-C between two tries is not swallowed by the repetition."""
    flow = request()
    outcomes = [next(flow), flow.send(0.0), flow.throw(failure(503)), flow.send(1.0)]
    assert [type(effect).__name__ for effect in outcomes] == ["Now", "Call", "Now", "Sleep"]
    with pytest.raises(KeyboardInterrupt):
        flow.throw(KeyboardInterrupt())


def test_attempts_end(world: Any) -> None:
    """After the last attempt the last error is raised."""
    errors = [failure(status) for status in (500, 502, 503)]
    fed = world(one_after_another(*errors))
    with pytest.raises(PasqalCloudError) as caught:
        fed.run(request(attempts=3))
    assert caught.value is errors[-1]
    assert (len(fed.calls), len(fed.pauses)) == (3, 2)


@given(st.integers(2, 12))
def test_pauses_double_up_to_the_longest(world: Any, attempts: int) -> None:
    """Pauses are drawn between zero and a bound that doubles, never above the longest."""
    fed = world(one_after_another(*[failure(503)] * (attempts - 1), "answer"))
    fed.run(request(attempts=attempts, first=0.5, longest=3.0))
    bounds = [min(0.5 * 2**index, 3.0) for index in range(attempts - 1)]
    assert all(0 <= pause <= bound for pause, bound in zip(fed.pauses, bounds, strict=True))


def test_pauses_of_many_clients_differ(world: Any) -> None:
    """Full jitter: clients that failed together do not come back together."""
    pauses = []
    for _ in range(50):
        fed = world(one_after_another(failure(503), "answer"))
        fed.run(request())
        pauses += fed.pauses
    assert len(set(pauses)) > 40


def test_retry_after_is_honoured(world: Any) -> None:
    """The service says when to come back, and it is done exactly then."""
    fed = world(one_after_another(failure(503, 7.5), failure(429, 0.0), "answer"))
    fed.run(request())
    assert fed.pauses == [7.5, 0.0]


def test_retry_after_has_a_cap(world: Any) -> None:
    """A service that asks for a day does not get it."""
    fed = world(one_after_another(failure(429, 86_400.0), "answer"))
    fed.run(request(longest=30.0))
    assert fed.pauses == [30.0]


def test_no_try_begins_after_the_deadline(world: Any) -> None:
    """Slow failures use up the deadline, too: it counts from the first try."""

    def slow(effect: object) -> None:
        fed.now += 50.0
        raise failure(503, 0.0)

    fed = world(slow)
    with pytest.raises(PasqalCloudError):
        fed.run(request(deadline=120.0))
    assert len(fed.calls) == 3


def test_a_pause_that_would_pass_the_deadline_is_not_made(world: Any) -> None:
    """Nobody waits for a try that will not be made."""
    fed = world(one_after_another(failure(503, 20.0)))
    with pytest.raises(PasqalCloudError):
        fed.run(request(deadline=20.0))
    assert fed.pauses == []


@pytest.mark.parametrize(
    "error",
    [
        *map(failure, (408, 425, 429, 500, 502, 503, 504)),
        failure(429, 1.0),
        failure(503, 1.0),
        RESET,
        TIMED_OUT,
        UNREADABLE,
    ],
    ids=lambda error: f"{type(error).__name__}-{error.status}-{error.retry_after}",
)
def test_a_submission_with_an_unknown_outcome_is_not_repeated(world: Any, error: PasqalCloudError) -> None:
    """What spends money is made once where the service may have done it."""
    fed = world(one_after_another(error))
    with pytest.raises(PasqalCloudError) as caught:
        fed.run(request(harmless=False))
    assert caught.value is error
    assert len(fed.calls) == 1


@pytest.mark.parametrize(
    "error",
    [UNREACHED, NEVER_CONNECTED],
    ids=lambda error: f"{type(error).__name__}-{error.status}-{error.retry_after}",
)
def test_a_submission_that_was_surely_not_done_is_repeated(world: Any, error: PasqalCloudError) -> None:
    """What spends money is made again where nothing was sent; after a 429 or 503 something has to look first."""
    fed = world(one_after_another(error, "answer"))
    assert fed.run(request(harmless=False)) == "answer"
    assert len(fed.calls) == 2


def test_each_repetition_is_told(world: Any, caplog: pytest.LogCaptureFixture) -> None:
    """A user who wonders why it takes so long finds the reason in the log."""
    with caplog.at_level("WARNING", logger="pasqal_cloud"):
        world(one_after_another(failure(503, 2.0), "answer")).run(request())
    (record,) = caplog.records
    assert "2.0 s" in record.message
    assert "HTTP 503" in record.message
