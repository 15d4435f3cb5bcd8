"""Time: no call lasts longer than it may, whatever the service does."""

import json
from typing import Any

import pytest

from pasqal_cloud import BatchFetchingError, ClosedError, RequestTimeoutError, RetryPolicy, ServerError

from ..doubles.answers import BATCH
from ..stopwatch import Stopwatch

LONGEST = 0.5 + 0.25 + 0.15
"""Seconds that a hasty call lasts at most: the deadline, the time of a try that began just before, and some work."""


@pytest.fixture
def hasty(open_sdk: Any) -> Any:
    """An SDK whose calls may last half a second, in which each part of an answer has a quarter."""
    return open_sdk(timeout=0.25, retry=RetryPolicy(first=0.01, deadline=0.5))


@pytest.fixture
def batch(service: Any) -> Any:
    """A batch whose document is long."""
    return service.put_batch(sequence_builder=json.dumps({"name": "x" * 1000}))


def test_an_answer_that_drips_ends(colour: Any, service: Any, hasty: Any, batch: Any) -> None:
    """A byte now and then keeps httpx's timeout from ending, but not the call's."""
    service.fail("getBatch", end="drip")
    watch = Stopwatch()
    error = colour.attempt(RequestTimeoutError, lambda: hasty.get_batch(batch["id"]))
    assert watch.look() < LONGEST
    assert isinstance(error, BatchFetchingError)
    assert "did not arrive before the deadline of the call" in str(error)


def test_a_refusal_that_drips_ends(colour: Any, service: Any, hasty: Any, batch: Any) -> None:
    """The body of an error may drip as well."""
    service.fail("getBatch", 500, b"x" * 1000, end="drip")
    watch = Stopwatch()
    colour.attempt(RequestTimeoutError, lambda: hasty.get_batch(batch["id"]))
    assert watch.look() < LONGEST


def test_a_token_that_drips_ends(colour: Any, service: Any, hasty: Any) -> None:
    """So may a token: the identity provider is waited for no longer than one part of its answer."""
    service.fail("createToken", 200, {"access_token": "x" * 1000}, end="drip")
    watch = Stopwatch()
    colour.attempt(RequestTimeoutError, lambda: hasty.get_batch(BATCH))
    assert watch.look() < LONGEST


def test_a_token_that_drips_ends_though_the_call_may_last(colour: Any, service: Any, open_sdk: Any) -> None:
    """The identity provider has the time of one part of its answer, also where the service may have more."""
    service.fail("createToken", 200, {"access_token": "x" * 40}, end="drip")
    patient = open_sdk(timeout=0.25, retry=RetryPolicy(attempts=1, deadline=120.0))
    watch = Stopwatch()
    colour.attempt(RequestTimeoutError, lambda: patient.get_batch("11111111-2222-4333-8444-555555555555"))
    assert watch.look() < LONGEST


@pytest.mark.slow
def test_a_slow_answer_within_the_time_is_waited_for(colour: Any, service: Any, sdk: Any) -> None:
    """What drips, but comes in time, is an answer."""
    batch = service.put_batch()
    service.fail("getBatch", 200, {"data": {"id": batch["id"], "status": "DONE"}}, end="drip")
    assert colour.call(sdk.get_batch(batch["id"])).id == batch["id"]


def test_a_service_that_says_nothing_uses_up_the_deadline(colour: Any, service: Any, hasty: Any, batch: Any) -> None:
    """The tries end with the deadline, not with their number times the timeout."""
    service.fail("getBatch", raw=b"", end="stall")
    watch = Stopwatch()
    colour.attempt(RequestTimeoutError, lambda: hasty.get_batch(batch["id"]))
    assert watch.look() < LONGEST
    assert service.count("getBatch") <= 3


def test_a_view_has_its_own_policy_on_the_same_connections(colour: Any, service: Any, sdk: Any, batch: Any) -> None:
    """`with_options` changes how requests are made, submissions included, and nothing else."""
    service.fail("getBatch", 503)
    view = sdk.with_options(retry=False, timeout=0.2)
    colour.attempt(ServerError, lambda: view.get_batch(batch["id"]))
    assert service.count("getBatch") == 1
    service.fail("createBatch", raw=b"", end="stall")
    watch = Stopwatch()
    colour.attempt(RequestTimeoutError, lambda: view.with_options(recover_for=0.0).create_batch("[]", [{"runs": 1}]))
    assert watch.look() < 0.2 + 0.5
    assert service.count("createToken") == 1
    colour.call(sdk.close())
    colour.attempt(ClosedError, lambda: view.get_batch(batch["id"]))
