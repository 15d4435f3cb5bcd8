"""Statuses and device types: sets that the service may extend."""

import copy
import json
import pickle
from typing import Any

import pytest

from pasqal_cloud import BatchStatus, DeviceTypeName, JobStatus

EACH = pytest.mark.parametrize("kind", [BatchStatus, JobStatus, DeviceTypeName])


@EACH
def test_known_values_are_the_members(kind: Any) -> None:
    """A member is found by its value, and there is one of it."""
    for member in kind:
        assert kind(str(member)) is member
        assert member == member.name


@EACH
def test_an_unknown_value_is_kept(kind: Any) -> None:
    """A value of a newer service is a text like any other: equal to it, printed as it, and usable as a key."""
    new = kind("LOST_IN_SPACE")
    assert new == "LOST_IN_SPACE" == f"{new}"
    assert (new.name, new.value) == ("LOST_IN_SPACE", "LOST_IN_SPACE")
    assert isinstance(new, kind)
    assert {new: 1}["LOST_IN_SPACE"] == 1
    assert json.dumps(new) == '"LOST_IN_SPACE"'
    assert kind("LOST_IN_SPACE") == new


@EACH
def test_an_unknown_value_is_not_among_the_members(kind: Any) -> None:
    """Reading a strange answer does not change what the package knows."""
    before = list(kind)
    kind("LOST_IN_SPACE")
    assert list(kind) == before


@EACH
@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_unknown_values_can_be_copied(kind: Any, copied: Any) -> None:
    """They can be sent to another process as well."""
    assert copied(kind("LOST_IN_SPACE")) == "LOST_IN_SPACE"


@EACH
def test_what_is_no_text_is_refused(kind: Any) -> None:
    """Only texts are values."""
    with pytest.raises(ValueError, match="5 is not a valid"):
        kind(5)


@pytest.mark.parametrize("kind", [BatchStatus, JobStatus])
@pytest.mark.parametrize("name", ["DONE", "ERROR", "CANCELED"])
def test_ends_are_settled(kind: Any, name: str) -> None:
    """Nothing changes after these."""
    assert kind(name).is_settled


@pytest.mark.parametrize("kind", [BatchStatus, JobStatus])
@pytest.mark.parametrize("name", ["PENDING", "RUNNING", "PAUSED", "CANCELING", "LOST_IN_SPACE"])
def test_others_are_not_settled(kind: Any, name: str) -> None:
    """These go on, and so does what nobody knows."""
    assert not kind(name).is_settled


def test_a_batch_left_open_too_long_is_settled() -> None:
    """Timing out is an end of a batch."""
    assert BatchStatus.TIMED_OUT.is_settled
