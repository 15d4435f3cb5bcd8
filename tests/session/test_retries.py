"""Requests and their repetition, on a clock that only pauses move."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from pasqal_cloud import PasqalCloudError, RetryPolicy, SubmissionUnknownError, ValidationError

from ..doubles.answers import BATCH
from ..doubles.line import Line, one_after_another

GOOD = {"id": BATCH, "status": "DONE"}
TRANSIENT = (408, 425, 429, 500, 502, 503, 504)
PERMANENT = (302, 400, 401, 403, 404, 409, 413, 422, 501)
UNREACHED, NEVER_CONNECTED = httpx.ConnectError("refused"), httpx.ConnectTimeout("slow")
RESET, TIMED_OUT = httpx.ReadError("reset"), httpx.ReadTimeout("slow")


def failure(status: int, retry_after: float | None = None) -> httpx.Response:
    """An answer with a status."""
    return httpx.Response(status, headers={} if retry_after is None else {"Retry-After": str(retry_after)})


def name_of(outcome: Any) -> str:
    """A name for a test's outcome."""
    if isinstance(outcome, httpx.Response):
        return f"{outcome.status_code}-{outcome.headers.get('Retry-After')}"
    return type(outcome).__name__


@pytest.fixture
def get(colour: Any, sdk_on: Callable[..., Any], clock: Any) -> Callable[..., Any]:
    """A function that makes a harmless request on a line."""

    def make(line: Line, **policy: Any) -> Any:
        return colour.call(sdk_on(line, retry=RetryPolicy(**policy)).get_batch(BATCH))

    return make


@pytest.fixture
def get_in_vain(colour: Any, sdk_on: Callable[..., Any], clock: Any) -> Callable[..., Any]:
    """A function that gets the error of a harmless request on a line."""

    def make(line: Line, kind: type[BaseException] = PasqalCloudError, **policy: Any) -> Any:
        sdk = sdk_on(line, retry=RetryPolicy(**policy))
        return colour.attempt(kind, lambda: sdk.get_batch(BATCH))

    return make


@pytest.mark.parametrize(
    "outcome",
    [*map(failure, TRANSIENT), UNREACHED, NEVER_CONNECTED, RESET, TIMED_OUT, httpx.Response(200, text="<html>")],
    ids=name_of,
)
def test_a_harmless_request_is_repeated_after_a_passing_failure(get: Any, outcome: Any) -> None:
    """What may succeed when it is made again is made again."""
    line = one_after_another(outcome, outcome, GOOD)
    assert get(line).id == BATCH
    assert len(line.requests) == 3


@pytest.mark.parametrize("status", PERMANENT)
def test_a_lasting_failure_is_raised_at_once(get_in_vain: Any, clock: Any, status: int) -> None:
    """What fails again for sure is not made again, and its error is raised as it is."""
    line = one_after_another(failure(status))
    assert get_in_vain(line).status == status
    assert clock.pauses == []


def test_other_errors_are_not_repeated(get_in_vain: Any, clock: Any) -> None:
    """An error of a test's stand-in is no outage."""
    get_in_vain(one_after_another(AssertionError("not expected")), AssertionError)
    assert clock.pauses == []


def test_an_interrupt_during_the_pause_ends_the_call(colour: Any, get_in_vain: Any, clock: Any) -> None:
    """Ctrl-C between two tries, or a cancellation, is not swallowed by the repetition."""
    clock.interruption = KeyboardInterrupt() if colour.is_blocking else asyncio.CancelledError()
    line = one_after_another(failure(503))
    get_in_vain(line, type(clock.interruption))
    assert len(line.requests) == 1


def test_attempts_end(get_in_vain: Any, clock: Any) -> None:
    """After the last attempt the last error is raised."""
    line = one_after_another(*map(failure, (500, 502, 503)))
    assert get_in_vain(line, attempts=3).status == 503
    assert (len(line.requests), len(clock.pauses)) == (3, 2)


@pytest.mark.parametrize("attempts", [2, 3, 12])
def test_pauses_double_up_to_the_longest(get: Any, clock: Any, attempts: int) -> None:
    """Pauses are drawn between zero and a bound that doubles, never above the longest."""
    get(one_after_another(*[failure(503)] * (attempts - 1), GOOD), attempts=attempts, first=0.5, longest=3.0)
    bounds = [min(0.5 * 2**index, 3.0) for index in range(attempts - 1)]
    assert all(0 <= pause <= bound for pause, bound in zip(clock.pauses, bounds, strict=True))


def test_pauses_of_many_clients_differ(get: Any, clock: Any) -> None:
    """Full jitter: clients that failed together do not come back together."""
    for _ in range(50):
        get(one_after_another(failure(503), GOOD))
    assert len(set(clock.pauses)) > 40


def test_retry_after_is_honoured(get: Any, clock: Any) -> None:
    """The service says when to come back, and it is done exactly then."""
    get(one_after_another(failure(503, 7.5), failure(429, 0.0), GOOD))
    assert clock.pauses == [7.5, 0.0]


def test_retry_after_has_a_cap(get: Any, clock: Any) -> None:
    """A service that asks for a day does not get it."""
    get(one_after_another(failure(429, 86_400.0), GOOD), longest=30.0)
    assert clock.pauses == [30.0]


def test_no_try_begins_after_the_deadline(get_in_vain: Any, clock: Any) -> None:
    """Slow failures use up the deadline, too: it counts from the first try."""

    def slow(_: httpx.Request) -> httpx.Response:
        clock.now += 50.0
        return failure(503, 0.0)

    line = Line(slow)
    get_in_vain(line, deadline=120.0)
    assert len(line.requests) == 3


def test_a_pause_that_would_pass_the_deadline_is_not_made(get_in_vain: Any, clock: Any) -> None:
    """Nobody waits for a try that will not be made."""
    get_in_vain(one_after_another(failure(503, 20.0)), deadline=20.0)
    assert clock.pauses == []


@pytest.fixture
def create(colour: Any, sdk_on: Callable[..., Any], clock: Any) -> Callable[..., Any]:
    """A function that creates a batch on a line, where none is found; looks are answered apart."""

    def make(*outcomes: Any, fails: bool) -> list[str]:
        submissions = one_after_another(*outcomes)

        def answer(request: httpx.Request) -> Any:
            if request.method == "POST":
                return submissions.answer(request)
            return httpx.Response(200, json={"data": [], "pagination": {"start": 0, "end": 0, "total": 0}})

        line = Line(answer)
        sdk = sdk_on(line, recover_for=0.0, retry=RetryPolicy(attempts=6))
        if fails:
            colour.attempt(SubmissionUnknownError, lambda: sdk.create_batch("{}", [{"runs": 1}]))
        else:
            assert colour.call(sdk.create_batch("{}", [{"runs": 1}])).id == BATCH
        return [request.method for request in line.requests]

    return make


@pytest.mark.parametrize(
    "outcome",
    [
        *map(failure, (408, 425, 500, 502, 503, 504)),
        RESET,
        TIMED_OUT,
        httpx.RemoteProtocolError("?"),
        httpx.Response(200, text="<html>"),
    ],
    ids=name_of,
)
def test_a_submission_with_an_unknown_outcome_is_not_repeated(create: Any, outcome: Any) -> None:
    """What spends money is made once where the service may have done it."""
    assert create(outcome, fails=True).count("POST") == 1


@pytest.mark.parametrize("outcome", [failure(429), failure(429, 1.0), failure(503, 1.0)], ids=name_of)
def test_a_postponed_submission_is_not_repeated_without_a_look(create: Any, outcome: Any) -> None:
    """Where the service says that it should come back, it is looked for first."""
    assert create(outcome, GOOD, fails=False) == ["POST", "GET", "POST"]


def test_each_repetition_is_told(get: Any, caplog: pytest.LogCaptureFixture) -> None:
    """A user who wonders why it takes so long finds the reason in the log."""
    with caplog.at_level("WARNING", logger="pasqal_cloud"):
        get(one_after_another(failure(503, 2.0), GOOD))
    (record,) = caplog.records
    assert "2.0 s" in record.message
    assert "HTTP 503" in record.message


# The policy as users give it.


def test_false_is_the_off_switch(colour: Any, sdk_on: Any, clock: Any) -> None:
    """`retry=False` makes each request once, None as usual, and a policy as it says."""
    usual = RetryPolicy().attempts
    assert usual > 2
    for retry, tries in ((False, 1), (None, usual), (RetryPolicy(attempts=2), 2)):
        line = Line(lambda _: failure(503))
        sdk = sdk_on(line, retry=retry)
        colour.attempt(PasqalCloudError, lambda sdk=sdk: sdk.get_batch(BATCH))
        assert len(line.requests) == tries


@pytest.mark.parametrize("retry", [True, 3, "never", {"attempts": 2}])
def test_what_is_no_policy_is_refused(colour: Any, retry: Any) -> None:
    """A number could mean anything: it is refused with a sentence."""
    with pytest.raises(ValidationError, match="retry must be a RetryPolicy"):
        colour.SDK(token="t", retry=retry)


@pytest.mark.parametrize(
    "numbers", [{"attempts": 0}, {"first": -1.0}, {"longest": float("nan")}, {"deadline": None}, {"attempts": True}]
)
def test_impossible_numbers_are_refused(numbers: dict[str, Any]) -> None:
    """A policy that means nothing is refused where it is made, and the field is named."""
    with pytest.raises(ValidationError, match=next(iter(numbers))):
        RetryPolicy(**numbers)
