"""Outcomes: rules for how jobs and workloads end, set by tests. Such jobs are not run, or later."""

# ruff: noqa: RUF009 - the fields are made by a function

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from pasqal_cloud.local.scripting.changes import Changing
from pasqal_cloud.local.scripting.rules import Rule, Rules, option
from pasqal_cloud.local.tasks import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from pasqal_cloud.local.store import Claim, WorkloadClaim

    AnyClaim: TypeAlias = Claim | WorkloadClaim

LONGEST = 10 * 365 * 86_400
"""The maximum duration of a scripted job, in seconds."""

SELECTORS = ("job_id", "batch_id", "device_type", "workload_id", "workload_type", "backend")
"""The fields that select jobs or workloads, in addition to `tag`; without any, a rule applies to all."""

ENDS = ("errors", "counter", "result")
"""The fields for the end of a job, of which a rule has at most one; without one, the job runs normally."""


def document(counter: Mapping[str, int]) -> str:
    """Creates the result document of a job that was not run."""
    return json.dumps({"counter": counter, "raw": None, "serialised_results": None, "scripted": True})


TEXT = {"type": ["string", "null"]}
COUNTER = {
    "type": ["object", "null"],
    "propertyNames": {"pattern": "^[01]+$"},
    "additionalProperties": {"type": "integer", "minimum": 0},
}


@dataclass(eq=False, kw_only=True)
class ScriptedOutcome(Rule):
    """How some jobs or workloads end.

    Args:
        errors: They end in ERROR, with these messages.
        counter: They end DONE, with these counts.
        result: They end DONE, with this result document.
        after: How long they stay RUNNING before that, in seconds.
        hold: Whether they stay RUNNING until the rule is released.
        times: How many of them; None for all.
        job_id: Only this job.
        batch_id: Only the jobs of this batch.
        device_type: Only jobs on this device.
        workload_id: Only this workload.
        workload_type: Only workloads of this type.
        backend: Only workloads on this backend.
        tag: Only the jobs of batches with this tag.
    """

    errors: list[str] | None = option({"type": ["array", "null"], "items": {"type": "string"}, "minItems": 1})
    counter: Mapping[str, int] | None = option(COUNTER)
    result: Mapping[str, Any] | None = option({"type": ["object", "null"]})
    after: float = option({"type": "number", "minimum": 0, "maximum": LONGEST}, 0.0)
    hold: bool = option({"type": "boolean"}, default=False)
    times: int | None = option({"type": ["integer", "null"], "minimum": 1})
    job_id: str | None = option(TEXT)
    batch_id: str | None = option(TEXT)
    device_type: str | None = option(TEXT)
    workload_id: str | None = option(TEXT)
    workload_type: str | None = option(TEXT)
    backend: str | None = option(TEXT)
    tag: str | None = option(TEXT)

    @property
    def outcome(self) -> Outcome | None:
        """How the jobs end; None if they run normally."""
        if self.errors:
            return Outcome(errors=tuple(self.errors))
        if self.counter is not None:
            return Outcome(document=document(self.counter))
        return None if self.result is None else Outcome(document=json.dumps(self.result))

    def matches(self, facts: Mapping[str, str], tags: Callable[[], Iterable[str]]) -> bool:
        """Tells whether it applies to a job or a workload with these properties and tags."""
        if self.times is not None and self.fired >= self.times:
            return False
        is_selected = all(getattr(self, name) in (None, facts.get(name)) for name in SELECTORS)
        return is_selected and (self.tag is None or self.tag in tags())

    def _state(self) -> dict[str, Any]:
        return {"hold": self.hold}


@dataclass(frozen=True)
class Staged:
    """A job or a workload that is RUNNING, but is not run.

    Args:
        claim: The claim on it.
        rule: What it met.
        due: When it ends, unless its rule is held.
    """

    claim: AnyClaim
    rule: ScriptedOutcome
    due: datetime


class Outcomes(Rules[ScriptedOutcome]):
    """The scripted outcomes that are set, and the jobs that they have met and that have not ended.

    A rule does not apply to jobs that are already running when it is set.
    """

    def __init__(self) -> None:
        super().__init__(ScriptedOutcome)
        self._staged: dict[str, Staged] = {}

    def release(self, rule: ScriptedOutcome) -> None:
        """Ends the jobs that a rule holds, and lets it hold no others."""
        rule.hold = False
        self._tell()

    def remove(self, rule_id: str) -> ScriptedOutcome | None:
        """Removes a rule, and gets it. Jobs that it was applied to end as it says, and are no longer held."""
        rule = super().remove(rule_id)
        if rule is not None:
            self.release(rule)
        return rule

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
            self._staged[claim.token] = Staged(claim, rule, now + timedelta(seconds=rule.after))
            return True

    def next_due(self) -> datetime | None:
        """Gets when the next job ends."""
        with self._lock:
            return min((staged.due for staged in self._staged.values() if not staged.rule.hold), default=None)

    def take_due(self, now: datetime) -> list[tuple[AnyClaim, Outcome | None]]:
        """Removes the jobs that are due, and gets how they end; None for jobs that must now run normally."""
        with self._lock:
            due = [item for item in self._staged.values() if item.due <= now and not item.rule.hold]
            for staged in due:
                del self._staged[staged.claim.token]
        return [(staged.claim, staged.rule.outcome) for staged in due]

    def drop(self, token: str) -> None:
        """Removes a cancelled job."""
        with self._lock:
            self._staged.pop(token, None)


class Pause(Changing):
    """The paused devices, which start no jobs."""

    devices: frozenset[str] = frozenset()

    def as_json(self) -> dict[str, list[str]]:
        """Shows which devices are paused."""
        return {"paused": sorted(self.devices)}

    def set(self, devices: Iterable[str]) -> None:
        """Pauses these devices, and no others."""
        self.devices = frozenset(devices)
        self._tell()
