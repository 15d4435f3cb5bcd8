"""What faults and outcomes have in common: they are rules that tests set for some requests, or for some jobs.

The options of each kind of rule are the fields of a dataclass, which also hold their JSON schemas.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import field, fields
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pasqal_cloud.local.scripting.changes import Changing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


def option(schema: Mapping[str, Any], default: Any = None) -> Any:
    """Defines an option, with its JSON schema."""
    return field(default=default, metadata={"schema": schema})


def schema_of(kind: type) -> dict[str, Any]:
    """Gets the JSON schema of all options of a kind of rule."""
    properties = {each.name: each.metadata["schema"] for each in fields(kind)}
    return {"type": "object", "additionalProperties": False, "properties": properties}


class Rule:
    """A rule that is set.

    Args:
        given: Its options, as valid JSON.
    """

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.id = secrets.token_hex(8)
        self.fired = 0  # how often it was applied
        self._given = given

    def as_json(self) -> dict[str, Any]:
        """Shows it."""
        return {"id": self.id, **self._given, **self._state(), "fired": self.fired}

    def _state(self) -> dict[str, Any]:
        """Gets what is shown besides its options, or instead of them."""
        return {}


R = TypeVar("R", bound=Rule)


class Rules(Changing, Generic[R]):
    """The rules of one kind, in the order in which they were set; the first one that matches applies.

    Args:
        kind: Creates a rule from valid JSON.
    """

    def __init__(self, kind: Callable[[Mapping[str, Any]], R]) -> None:
        super().__init__()
        self._kind = kind
        self._rules: dict[str, R] = {}
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[R]:
        """Iterates over the rules."""
        with self._lock:
            return iter(list(self._rules.values()))

    def add(self, given: Mapping[str, Any]) -> R:
        """Adds a rule from valid JSON."""
        rule = self._kind(given)
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
