"""Which failed request is tried again, and when: a policy that decides and does nothing else."""

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
"""The statuses after which the same request may succeed."""


def _at_least(least: float) -> Callable[[object, attrs.Attribute[Any], Any], None]:
    def check(_policy: object, field: attrs.Attribute[Any], value: Any) -> None:
        if not isinstance(value, int | float) or isinstance(value, bool) or not value >= least:
            raise ValidationError(f"{field.name} must be a number, {least:g} or more, not {value!r}.")

    return check


@attrs.frozen(kw_only=True)
class RetryPolicy:
    """When a failed request is tried again; `RetryPolicy(attempts=1)` means never.

    A request that may have reached the service is repeated only if repeating it is harmless. What spends money is
    repeated after a connection that never was; and after a 429, or a 503 that says when to come back, once a look has
    shown that nothing was created.

    Attributes:
        attempts: How often a request is made at most.
        first: The longest first pause, in seconds; each pause may be twice as long as the one before. Pauses are drawn
            between zero and that ("full jitter"), so that many clients do not come back at once.
        longest: The longest pause, in seconds; also the cap of the service's `Retry-After`.
        deadline: After this many seconds, no further try is begun; and one that is under way is cut, once the time that
            its own timeout gives it is over.

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
        """Gets how long to wait before the next try, in seconds; None to give up.

        Args:
            error: Why the try failed.
            harmless: Whether it does no harm to make the request twice.
            attempt: How many tries there have been.
            elapsed: The seconds since the first try began.
            draw: Draws a number between 0 and 1.
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
    """Reads a policy as users give it.

    Args:
        retry: The policy; False for none, None for the usual one.

    Raises:
        ValidationError: It is no policy.
    """
    if retry is None:
        return RetryPolicy()
    if retry is False:
        return NO_RETRY
    if not isinstance(retry, RetryPolicy):
        raise ValidationError(f"retry must be a RetryPolicy, or False for none, not {retry!r}.")
    return retry


PATIENT = RetryPolicy(attempts=1000, first=1.0, deadline=600.0)
"""For waiting, where a service that is down for a while is no reason to give up."""


def nothing_done(error: PasqalCloudError) -> bool:
    """Returns whether a failure proves that the service did nothing.

    That is so where nothing arrived, and where the service itself refuses: by a 4xx that says so, in its own words.
    What a proxy or a gateway on the way answers proves nothing: the request may have passed it.

    Args:
        error: The failure.
    """
    if not error.sent:
        return True
    refused = error.status is not None and 400 <= error.status < 500 and error.status not in UNDECIDED
    return refused and is_the_services(error.body)


def is_postponed(error: PasqalCloudError) -> bool:
    """Returns whether an answer asks to come back, later or with another token, and so hardly followed any work.

    Args:
        error: The failure.
    """
    return error.status in (401, 429) or (error.status == 503 and error.retry_after is not None)


UNDECIDED = frozenset({408, 421, 423, 425, 499})
"""Those 4xx that say nothing of what was done before: too slow, misdirected, locked, too early, left by the client."""


def is_the_services(body: str | None) -> bool:
    """Returns whether an error's body is in the service's envelope, or as its reference shows that of a 422.

    Args:
        body: The body.
    """
    try:
        content = json.loads(body or "")
    except (RecursionError, ValueError):
        return False
    if not isinstance(content, dict):
        return False
    reasons = content.get("detail")
    is_documented = isinstance(reasons, list) and all(isinstance(each, dict) and "msg" in each for each in reasons)
    return content.get("status") in ("fail", "error") or (bool(reasons) and is_documented)
