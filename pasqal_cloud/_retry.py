"""Which failed request is tried again, and when: a policy that decides and does nothing else."""

from __future__ import annotations

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
    repeated only after a failure that proves that nothing was done: a connection that never was, a 429, a 503 that says
    when to come back.

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
        if attempt >= self.attempts or not error.retryable or not (harmless or nothing_done(error)):
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
    """Tells whether a failure proves that the service did nothing.

    Args:
        error: The failure.
    """
    if not error.sent:
        return True  # nothing arrived: there was no connection, or the identity provider gave no token
    if error.status == 503:
        return error.retry_after is not None
    if error.status == 501:
        return True  # the service knows no such operation
    return error.status is not None and 300 <= error.status < 500 and error.status not in (408, 425)
