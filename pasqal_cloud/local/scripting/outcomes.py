"""Outcomes: rules for how jobs and workloads end, set by tests. Such jobs are not run, or later."""

from __future__ import annotations

import json
import secrets
import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from pasqal_cloud.local.scripting.changes import Changing
from pasqal_cloud.local.tasks import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from pasqal_cloud.local.store import Claim, WorkloadClaim

    AnyClaim: TypeAlias = Claim | WorkloadClaim

LONGEST = 10 * 365 * 86_400
"""The maximum duration of a scripted job, in seconds."""

SELECTORS = ("job_id", "batch_id", "device_type", "workload_id", "workload_type", "backend")
"""The fields that select jobs or workloads, in addition to `tag`; without any, a rule applies to all."""

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        **{name: {"type": ["string", "null"]} for name in (*SELECTORS, "tag")},
        "times": {"type": ["integer", "null"], "minimum": 1},
        "errors": {"type": ["array", "null"], "items": {"type": "string"}, "minItems": 1},
        "counter": {
            "type": ["object", "null"],
            "propertyNames": {"pattern": "^[01]+$"},
            "additionalProperties": {"type": "integer", "minimum": 0},
        },
        "result": {"type": ["object", "null"]},
        "after": {"type": "number", "minimum": 0, "maximum": LONGEST},
        "hold": {"type": "boolean"},
    },
}
"""The JSON schema of a rule."""

ENDS = ("errors", "counter", "result")
"""The fields for the end of a job, of which a rule has at most one; without one, the job runs normally."""


def document(counter: Mapping[str, int]) -> str:
    """Creates the result document of a job that was not run."""
    return json.dumps({"counter": counter, "raw": None, "serialised_results": None, "scripted": True})


@dataclass(eq=False)
class Rule:
    """A rule for the end of the jobs that match it.

    Args:
        id: Its id.
        given: The rule as valid JSON.
        is_held: Whether its jobs stay RUNNING until it is released.
        fired: The number of jobs that it was applied to.
    """

    id: str
    given: Mapping[str, Any]
    is_held: bool
    fired: int = 0

    @property
    def outcome(self) -> Outcome | None:
        """How its jobs end; None if they run normally."""
        if errors := self.given.get("errors"):
            return Outcome(errors=tuple(errors))
        if (counter := self.given.get("counter")) is not None:
            return Outcome(document=document(counter))
        if (result := self.given.get("result")) is not None:
            return Outcome(document=json.dumps(result))
        return None

    @property
    def after(self) -> timedelta:
        """How long its jobs stay RUNNING."""
        return timedelta(seconds=self.given.get("after", 0.0))

    def matches(self, facts: Mapping[str, str], tags: Callable[[], Iterable[str]]) -> bool:
        """Tells whether it applies to a job or a workload with these properties and tags."""
        times, tag = self.given.get("times"), self.given.get("tag")
        return (
            (times is None or self.fired < times)
            and all(self.given.get(name) in (None, facts.get(name)) for name in SELECTORS)
            and (tag is None or tag in tags())
        )

    def as_json(self) -> dict[str, Any]:
        """Shows it."""
        return {"id": self.id, **self.given, "hold": self.is_held, "fired": self.fired}


@dataclass(frozen=True)
class Staged:
    """A job or a workload that is RUNNING, but is not run.

    Args:
        claim: The claim on it.
        rule: What it met.
        due: When it ends, unless its rule is held.
    """

    claim: AnyClaim
    rule: Rule
    due: datetime


class Outcomes(Changing):
    """The rules, in the order in which they were set, and the jobs that they have met and that have not ended."""

    def __init__(self) -> None:
        super().__init__()
        self._rules: dict[str, Rule] = {}
        self._staged: dict[str, Staged] = {}
        self._lock = threading.Lock()

    # ------------------------------------------------------------------------------------------------------ the rules

    def __iter__(self) -> Iterator[Rule]:
        """Goes through the rules."""
        with self._lock:
            return iter(list(self._rules.values()))

    def add(self, given: Mapping[str, Any]) -> Rule:
        """Adds a rule from valid JSON; it does not apply to jobs that are already running."""
        rule = Rule(secrets.token_hex(8), given, is_held=given.get("hold", False))
        with self._lock:
            self._rules[rule.id] = rule
        return rule

    def get(self, rule_id: str) -> Rule | None:
        """Gets a rule."""
        return self._rules.get(rule_id)

    def release(self, rule: Rule) -> None:
        """Ends the jobs that a rule holds, and lets it hold no others."""
        rule.is_held = False
        self._tell()

    def remove(self, rule_id: str) -> Rule | None:
        """Removes a rule, and gets it. Jobs that it was applied to end as it says, and are no longer held."""
        with self._lock:
            rule = self._rules.pop(rule_id, None)
        if rule is not None:
            self.release(rule)
        return rule

    def clear(self) -> None:
        """Removes all rules."""
        for rule in self:
            self.remove(rule.id)

    # ------------------------------------------------------------------------------------------------------- the jobs

    def stage(
        self, claim: AnyClaim, facts: Mapping[str, str], tags: Callable[[], Iterable[str]], now: datetime
    ) -> bool:
        """Applies the first matching rule to a job or a workload that has just started; tells whether there is one.

        Args:
            claim: The claim on it.
            facts: The properties that rules can select by.
            tags: Gets its tags.
            now: When it started.
        """
        with self._lock:
            rule = next((rule for rule in self._rules.values() if rule.matches(facts, tags)), None)
            if rule is None:
                return False
            rule.fired += 1
            self._staged[claim.token] = Staged(claim, rule, now + rule.after)
            return True

    def next_due(self) -> datetime | None:
        """Gets when the next job ends."""
        with self._lock:
            return min((staged.due for staged in self._staged.values() if not staged.rule.is_held), default=None)

    def take_due(self, now: datetime) -> list[tuple[AnyClaim, Outcome | None]]:
        """Removes the jobs that are due, and gets how they end; None for jobs that must now run normally."""
        with self._lock:
            due = [item for item in self._staged.values() if item.due <= now and not item.rule.is_held]
            for staged in due:
                del self._staged[staged.claim.token]
        return [(staged.claim, staged.rule.outcome) for staged in due]

    def drop(self, token: str) -> None:
        """Removes a cancelled job."""
        with self._lock:
            self._staged.pop(token, None)


class Pause(Changing):
    """The paused devices, which start no jobs."""

    def __init__(self) -> None:
        super().__init__()
        self._devices: frozenset[str] = frozenset()

    @property
    def devices(self) -> frozenset[str]:
        """The paused devices."""
        return self._devices

    def set(self, devices: Iterable[str]) -> None:
        """Pauses these devices, and no others."""
        self._devices = frozenset(devices)
        self._tell()
