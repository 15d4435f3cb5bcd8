"""The policy that decides whether a failed request is retried, and when."""

from __future__ import annotations

import json
import math
from random import random
from typing import TYPE_CHECKING, Any, Literal

import attrs

from pasqal_cloud.errors import ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pasqal_cloud.errors import PasqalCloudError

TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
"""The statuses after which the same request may succeed later."""


def _at_least(least: float) -> Callable[[object, attrs.Attribute[Any], Any], None]:
    def check(_policy: object, field: attrs.Attribute[Any], value: Any) -> None:
        if not isinstance(value, int | float) or isinstance(value, bool) or not value >= least:
            raise ValidationError(f"{field.name} must be a number, {least:g} or more, not {value!r}.")

    return check


@attrs.frozen(kw_only=True)
class RetryPolicy:
    """When failed requests are retried; `RetryPolicy(attempts=1)` means never.

    A request that the service may have received is retried only if that does no harm. A request that spends money is
    retried if no connection was made; and after a 429, or a 503 with `Retry-After`, if a search has found that nothing
    was created.

    Attributes:
        attempts: The maximum number of attempts.
        first: The longest first pause, in seconds; each following pause may be twice as long. Pauses are random between
            zero and that ("full jitter"), so that many clients don't retry at the same time.
        longest: The longest pause, in seconds; also the limit for the service's `Retry-After`.
        deadline: The seconds after which no further attempt begins. One that is under way then ends when the time of
            its own timeout has passed.

    Raises:
        ValidationError: A number is out of range.
    """

    attempts: int = attrs.field(default=5, validator=_at_least(1))
    first: float = attrs.field(default=0.5, validator=_at_least(0))
    longest: float = attrs.field(default=30.0, validator=_at_least(0))
    deadline: float = attrs.field(default=120.0, validator=_at_least(-math.inf))

    def pause(
        self,
        error: PasqalCloudError,
        *,
        harmless: bool,
        attempt: int,
        elapsed: float,
        draw: Callable[[], float] = random,
    ) -> float | None:
        """Returns the pause before the next attempt, in seconds; None to give up.

        Args:
            error: Why the last attempt failed.
            harmless: Whether it does no harm to make the request twice.
            attempt: The number of attempts so far.
            elapsed: The seconds since the first attempt began.
            draw: Draws a random number between 0 and 1.
        """
        if attempt >= self.attempts or not error.retryable or (error.sent and not harmless):
            return None
        if error.retry_after is not None:
            pause = min(error.retry_after, self.longest)
        else:
            pause = min(self.first * 2.0 ** min(attempt - 1, 60), self.longest) * draw()
        return pause if elapsed + pause < self.deadline else None


NO_RETRY = RetryPolicy(attempts=1)
"""Every request is made once."""


def policy_of(retry: RetryPolicy | Literal[False] | None) -> RetryPolicy:
    """Reads the argument `retry`: a policy, False for no retries, or None for the default."""
    if retry is None:
        return RetryPolicy()
    if retry is False:
        return NO_RETRY
    if not isinstance(retry, RetryPolicy):
        raise ValidationError(f"retry must be a RetryPolicy, or False for no retries, not {retry!r}.")
    return retry


PATIENT = RetryPolicy(attempts=1000, first=1.0, deadline=600.0)
"""For waiting, which should survive an outage of the service."""


def nothing_done(error: PasqalCloudError) -> bool:
    """Tells whether a failure proves that the service did nothing.

    That is so if the service received nothing, and if it refused the request: with a 4xx and a body in its own format.
    A response of a proxy or gateway proves nothing, since it may have passed the request on.
    """
    if not error.sent:
        return True
    refused = error.status is not None and 400 <= error.status < 500 and error.status not in UNDECIDED
    return refused and is_the_services(error.body)


def is_postponed(error: PasqalCloudError) -> bool:
    """Tells whether the service asks for another attempt, later or with a new token.

    That makes it likely, but not certain, that nothing was done.
    """
    return error.status in (401, 429) or (error.status == 503 and error.retry_after is not None)


UNDECIDED = frozenset({408, 421, 423, 425, 499})
"""The 4xx that don't prove that nothing was done: too slow, misdirected, locked, too early, closed by the client."""


def is_the_services(body: str | None) -> bool:
    """Tells whether an error's body has the service's format, or that of a 422 in the service's reference."""
    try:
        content = json.loads(body or "")
    except (RecursionError, ValueError):
        return False
    if not isinstance(content, dict):
        return False
    reasons = content.get("detail")
    is_documented = isinstance(reasons, list) and all(isinstance(each, dict) and "msg" in each for each in reasons)
    return content.get("status") in ("fail", "error") or (bool(reasons) and is_documented)
