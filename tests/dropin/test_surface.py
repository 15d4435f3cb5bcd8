"""What the existing package shows is here, or told in `docs/migrating.md` with its reason."""

import json
import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from .comparison import differences
from .surface import surface

SNAPSHOT = Path(__file__).parent / "existing.json"
"""What `scripts/snapshot-existing.sh` has written of the existing package, and the downstream tests compare with it."""

MIGRATING = Path(__file__).parents[2] / "docs" / "migrating.md"


def told() -> dict[str, str]:
    """Reads the names that the page tells are missing, and why."""
    section = MIGRATING.read_text().partition("\n## What is missing\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.*) \| (.+) \|$", section, re.MULTILINE)
    return {name: reason for names, reason in rows for name in re.findall(r"`([^`]+)`", names)}


@pytest.fixture
def missing() -> dict[str, str]:
    """What programs that know the existing package miss here."""
    with pytest.warns(DeprecationWarning):
        return differences(json.loads(SNAPSHOT.read_text()), surface())


def test_what_is_missing_is_told(missing: dict[str, str]) -> None:
    """By its name, or by a pattern."""
    patterns = told()
    assert {name: why for name, why in missing.items() if not any(matches(name, each) for each in patterns)} == {}


def test_what_is_told_is_missing(missing: dict[str, str]) -> None:
    """Each name and each pattern has something that it tells."""
    assert [each for each in told() if not any(matches(name, each) for name in missing)] == []


def test_each_reason_says_something() -> None:
    """The table is read, and no reason is empty."""
    assert len(told()) > 20
    assert all(len(reason) > 10 for reason in told().values())


def matches(name: str, pattern: str) -> bool:
    """Tells whether a pattern has a name; only `*` is special."""
    return fnmatchcase(name, pattern.replace("[", "[[]").replace("?", "[?]"))


def narrowed(**changes: Any) -> dict[str, dict[str, Any]]:
    """A package with one module and one class of it."""
    entry = {"bases": ["builtins.Exception"], "parameters": ["a", "b=1", "*, c=None"]}
    entry |= {"attributes": {"run": {"parameters": ["wait=False"]}, "id": {"settable": True}}} | changes
    return {"modules": {"m": {"X": {"class": "m.X"}}}, "classes": {"m.X": entry}}


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"bases": []}, "m.X(Exception)"),
        ({"parameters": ["x=1", "b=1", "*, a", "*, c=None"]}, "m.X(a=)"),
        ({"parameters": ["a", "b=2", "*, c=None"]}, "m.X(b=)"),
        ({"parameters": ["a", "*, b=1", "*, c=None"]}, "m.X(b=)"),
        ({"parameters": ["a", "b=1"]}, "m.X(c=)"),
        ({"parameters": ["a", "b=1", "*, c=None", "*, d"]}, "m.X(d=)"),
        ({"attributes": {"id": {"settable": True}}}, "m.X.run"),
        ({"attributes": {"run": {"settable": True}, "id": {"settable": True}}}, "m.X.run"),
        ({"attributes": {"run": {"parameters": []}, "id": {"settable": True}}}, "m.X.run(wait=)"),
        ({"attributes": {"run": {"parameters": ["wait=False"]}, "id": {"settable": False}}}, "m.X.id="),
    ],
    ids=str,
)
def test_what_is_narrower_is_found(changes: dict[str, Any], name: str) -> None:
    """In every kind of place."""
    assert differences(narrowed(), narrowed(**changes)).keys() == {name}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"bases": ["m.Other", "builtins.Exception"]},
        {"parameters": ["a=1", "b=1", "c=None", "*, d=2"]},
        {"parameters": ["*args", "**kwargs"]},
        {"attributes": {"run": {"parameters": ["wait=None", "more=1"]}, "id": {"settable": True}, "new": {}}},
    ],
    ids=str,
)
def test_what_is_wider_is_no_difference(changes: dict[str, Any]) -> None:
    """More bases, parameters, default values and attributes."""
    assert differences(narrowed(), narrowed(**changes)) == {}


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ({"m": {}, "n": {"X": {"value": "1"}}}, {"m": {}}, {"n"}),
        ({"m": {"X": {"value": "1"}}}, {"m": {}}, {"m.X"}),
        ({"m": {"X": {"value": "1"}}}, {"m": {"X": {"value": "2"}}}, {"m.X"}),
        ({"": {"f": {"parameters": ["a"]}}}, {"": {"f": {"parameters": []}}}, {"f(a=)"}),
    ],
    ids=str,
)
def test_names_of_modules(old: Any, new: Any, names: set[str]) -> None:
    """What is inside a module that is missing is not told again."""
    assert differences({"modules": old, "classes": {}}, {"modules": new, "classes": {}}).keys() == names


def test_members_of_enumerations() -> None:
    """By their names and values."""
    old, new = narrowed(members={"A": "1", "B": "2"}), narrowed(members={"A": "1", "C": "2"})
    assert differences(old, new).keys() == {"m.X.B"}
