"""What faults and outcomes have in common: they are rules that tests set for some requests, or for some jobs.

Each kind of rule is a dataclass: its fields are the options of a rule, and also hold their JSON schemas.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import field, fields
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from pasqal_cloud.local.scripting.changes import Changing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def option(schema: Mapping[str, Any], default: Any = None) -> Any:
    """Defines an option, with its JSON schema."""
    return field(default=default, metadata={"schema": schema})


def schema_of(kind: type) -> dict[str, Any]:
    """Gets the JSON schema of all options of a kind of rule."""
    properties = {each.name: each.metadata["schema"] for each in fields(kind)}
    return {"type": "object", "additionalProperties": False, "properties": properties}


class Rule:
    """A rule that is set."""

    _given: Mapping[str, Any]

    def __post_init__(self) -> None:
        """Gives it an id, and counts how often it is applied."""
        self.id = secrets.token_hex(8)
        self.fired = 0

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """Creates a rule from valid JSON."""
        rule = cls(**cls._decoded(given))
        rule._given = given
        return rule

    def as_json(self) -> dict[str, Any]:
        """Shows it."""
        return {"id": self.id, **self._given, **self._state(), "fired": self.fired}

    @classmethod
    def _decoded(cls, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Gets its options from valid JSON."""
        return given

    def _state(self) -> dict[str, Any]:
        """Gets what is shown besides its options, or instead of them."""
        return {}


R = TypeVar("R", bound=Rule)


class Rules(Changing, Generic[R]):
    """The rules of one kind, in the order in which they were set; the first one that matches applies.

    Args:
        kind: The kind.
    """

    def __init__(self, kind: type[R]) -> None:
        super().__init__()
        self.kind = kind
        self._rules: dict[str, R] = {}
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[R]:
        """Iterates over the rules."""
        with self._lock:
            return iter(list(self._rules.values()))

    def add(self, given: Mapping[str, Any]) -> R:
        """Adds a rule from valid JSON."""
        rule = self.kind.read(given)
        with self._lock:
            self._rules[rule.id] = rule
        return rule

    def get(self, rule_id: str) -> R | None:
        """Gets a rule."""
        return self._rules.get(rule_id)

    def remove(self, rule_id: str) -> R | None:
        """Removes a rule, and gets it."""
        with self._lock:
            return self._rules.pop(rule_id, None)

    def clear(self) -> None:
        """Removes all rules."""
        for rule in self:
            self.remove(rule.id)
