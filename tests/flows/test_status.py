"""Statuses and device types: sets that the service may extend."""

import copy
import json
import pickle
from typing import Any, get_args

import pytest

import pasqal_cloud.device.configuration.result_type  # noqa: F401 - so that it is among the enumerations
from pasqal_cloud import BatchStatus, DeviceTypeName, EmulatorType, JobStatus
from pasqal_cloud_api import models

EACH = pytest.mark.parametrize("kind", [BatchStatus, JobStatus, DeviceTypeName])

CLOSED = {"CancellableStatus", "SortDirection"}
"""The sets of the specification that clients send and never read."""

TEXTS = {
    "AccessGrant", "BatchConfigurationPrecision", "DeviceStatus", "GrantType", "ListOrder", "MembershipStatus",
    "ProjectPackage", "ProjectRole", "ProjectStatus", "ProjectType", "ResponseStatus", "WebhookEventType",
    "WorkloadBackend", "WorkloadType",
}  # fmt: skip
"""The open sets without an enumeration: the package sends and gives their values as plain texts."""


def of_the_specification() -> dict[str, set[str]]:
    """The known values of each set of the specification, as the generated client has them in its literal types."""
    known = {name: set(get_args(getattr(models, name))) for name in models.__all__}
    return {name: values for name, values in known.items() if values and name not in CLOSED}


def of_the_package() -> dict[str, set[str]]:
    """The members of each open enumeration of the package."""
    (base,) = BatchStatus.__bases__
    return {kind.__name__: {member.value for member in kind} for kind in base.__subclasses__()}


def test_enumerations_are_those_of_the_specification() -> None:
    """No value is missing in an enumeration, none is too many, and each set has one or is a text on purpose.

    The enumerations are written out, not made from the specification: `import pasqal_cloud` does not import the
    generated client, and type checkers and editors know only members that stand in the source.
    """
    specified, ours = of_the_specification(), of_the_package()
    emulators = ours.pop(EmulatorType.__name__)
    assert ours == {name: values for name, values in specified.items() if name not in TEXTS}
    assert specified.keys() >= TEXTS
    assert emulators == {name for name in specified["DeviceTypeName"] if name.startswith("EMU_")} - {"EMU_C"}


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
