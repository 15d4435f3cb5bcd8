"""A submission is sent once, whatever becomes of it and of what is asked afterwards."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from pasqal_cloud import RetryPolicy, SubmissionUnknownError

from ..doubles.answers import batch, refused
from ..doubles.line import by_path

EAGER: dict[str, Any] = {"retry": RetryPolicy(attempts=6, first=0.0), "recover_for": 0.0}
"""As many tries as may be wanted, without pauses, and one look for what was lost."""


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_failed_creation_is_sent_once(colour: Any, sdk_on: Callable[..., Any], status: int) -> None:
    """After a status that says nothing about what was done."""
    asked = by_path(POST_batches=lambda _: refused(status))
    colour.attempt(SubmissionUnknownError, lambda: sdk_on(asked, **EAGER).create_batch("{}", [{"runs": 1}]))
    assert asked.count("POST", "batches") == 1


@pytest.mark.parametrize("error", [httpx.ReadTimeout("slow"), httpx.ReadError("reset"), httpx.RemoteProtocolError("?")])
def test_a_creation_that_is_not_answered_is_sent_once(
    colour: Any, sdk_on: Callable[..., Any], error: Exception
) -> None:
    """Whatever the line does: the service may be at work on it."""
    asked = by_path(POST_batches=error)
    colour.attempt(SubmissionUnknownError, lambda: sdk_on(asked, **EAGER).create_batch("{}", [{"runs": 1}]))
    assert asked.count("POST", "batches") == 1


def test_trouble_while_waiting_creates_nothing(colour: Any, sdk_on: Callable[..., Any]) -> None:
    """The batch was created; that its status can't be read for a while is no reason for another."""
    looks = iter([httpx.ReadError("reset"), refused(502), httpx.ConnectError("down"), {"status": "DONE"}])
    asked = by_path(POST_batches=batch(), status=looks, batch=batch(status="DONE"))
    sdk = sdk_on(asked, retry=RetryPolicy(first=0.0))
    assert colour.call(sdk.create_batch("{}", [{"runs": 1}], wait=True)).status == "DONE"
    assert asked.count("POST", "batches") == 1
