"""The retry policy as users give it."""

from typing import Any

import pytest

from pasqal_cloud import RetryPolicy, ValidationError
from pasqal_cloud._retry import NO_RETRY, policy_of


def test_false_is_the_off_switch() -> None:
    """`retry=False` makes each request once, None as usual, and a policy as it says."""
    own = RetryPolicy(attempts=2)
    assert policy_of(retry=False) is NO_RETRY
    assert policy_of(retry=None) == RetryPolicy()
    assert policy_of(own) is own


@pytest.mark.parametrize("retry", [True, 3, "never", {"attempts": 2}])
def test_what_is_no_policy_is_refused(retry: Any) -> None:
    """A number could mean anything: it is refused with a sentence."""
    with pytest.raises(ValidationError, match="retry must be a RetryPolicy"):
        policy_of(retry)


@pytest.mark.parametrize(
    "numbers", [{"attempts": 0}, {"first": -1.0}, {"longest": float("nan")}, {"deadline": None}, {"attempts": True}]
)
def test_impossible_numbers_are_refused(numbers: dict[str, Any]) -> None:
    """A policy that means nothing is refused where it is made, and the field is named."""
    with pytest.raises(ValidationError, match=next(iter(numbers))):
        RetryPolicy(**numbers)
