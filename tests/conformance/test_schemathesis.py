"""Schemathesis: thousands of requests, drawn from the description, one by one and one after the other.

SCHEMATHESIS_CASES  how many at least; 5,000 when absent
SCHEMATHESIS_SEED   which ones; drawn, and printed, when absent
"""

from __future__ import annotations

import itertools
import os
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from random import SystemRandom
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from .client import OPERATIONS, SPEC
from .exceptions import EXCEPTIONS, NEVER_DONE
from .generation import Reality

if TYPE_CHECKING:
    from collections.abc import Callable

    from .client import Api

CASES = int(os.environ.get("SCHEMATHESIS_CASES", "5000"))
SEED = int(os.environ.get("SCHEMATHESIS_SEED", SystemRandom().getrandbits(32)))


@dataclass
class Findings:
    """What came out of a run."""

    statuses: defaultdict[str, Counter[int | None]] = field(default_factory=lambda: defaultdict(Counter))
    failures: dict[tuple[str, str, str], str] = field(default_factory=dict)

    @property
    def cases(self) -> int:
        """How many requests were sent, apart from those that only try whether a token is needed."""
        return sum(counts.total() - counts[401] for counts in self.statuses.values())

    @property
    def summary(self) -> str:
        """How often each operation was answered with each status."""
        lines = [f"{id:24} {dict(sorted(counts.items(), key=str))}" for id, counts in sorted(self.statuses.items())]
        return "\n".join([*lines, f"{self.cases} cases\n"])

    def share(self, operation_id: str, status: int) -> float:
        """The share of an operation's requests that were answered with a status."""
        counts = self.statuses[operation_id]
        return counts[status] / (counts.total() - counts[401])

    def take(self, event: events.EngineEvent) -> None:
        """Notes what an event tells."""
        if isinstance(event, events.ScenarioFinished):
            recorder = event.recorder
            for id, interaction in recorder.interactions.items():
                status = interaction.response.status_code if interaction.response else None
                self.statuses[name_of(recorder.cases[id].value)][status] += 1
            for id, checks in recorder.checks.items():
                for check in checks:
                    if check.failure_info:
                        failure = check.failure_info.failure
                        at = (name_of(recorder.cases[id].value), check.name, failure.title)
                        text = f"{failure.message}\n{check.failure_info.code_sample}"
                        self.failures.setdefault(at, text)
        elif isinstance(event, events.NonFatalError):
            self.failures[event.label, "error", str(event.value)] = event.info.format()
        elif isinstance(event, events.FatalError):
            raise event.exception


def name_of(case: schemathesis.Case) -> str:
    """The id of a case's operation."""
    return str(case.operation.definition.raw["operationId"])


def described(api: Api) -> dict[str, Any]:
    """The description as a service has it: core and account behind one address."""
    items: dict[str, dict[str, Any]] = defaultdict(dict)
    for operation in OPERATIONS.values():
        shared = {"parameters": SPEC["paths"][operation.path].get("parameters", [])}
        items[operation.path] |= shared | {operation.method: operation.definition}
    return SPEC | {"paths": dict(items), "servers": [{"url": str(api.http.base_url)}]}


def explore(api: Api, reality: Reality, findings: Findings, *, seed: int, phases: dict[str, Any]) -> None:
    """Has Schemathesis run phases with all its checks, and notes what it finds."""
    config = {
        "seed": seed,
        "base-url": str(api.http.base_url),
        "headers": {"Authorization": f"Bearer {api.token}"},
        "continue-on-failure": True,
        "generation": {"max-examples": 20, "database": "none"},
        "phases": phases,
        "operations": EXCEPTIONS,
    }
    schema = schemathesis.openapi.from_dict(described(api), config=SchemathesisConfig.from_dict(config))

    @schema.hook
    def map_case(context: schemathesis.HookContext, case: schemathesis.Case) -> schemathesis.Case:
        return reality.map_case(case)

    @schema.hook
    def after_call(context: schemathesis.HookContext, case: schemathesis.Case, response: schemathesis.Response) -> None:
        if response.status_code == 200 and name_of(case) in ("createBatch", "createWorkload"):
            reality.learn(response.json()["data"], is_workload=name_of(case) == "createWorkload")

    for event in from_schema(schema).execute():
        findings.take(event)


@pytest.fixture
def reality(sequence: str, parametrized: str) -> Callable[[Api], Reality]:
    """Puts batches in all states and workloads on a service, and tells what is there."""

    def reality(api: Api) -> Reality:
        there = Reality(api.project_id, sequence, parametrized)
        done = api.create(sequence, {"runs": 1}, {"runs": 2})
        api.settled(done)
        canceled = api.create(sequence, {"runs": 1}, open=True)
        api.get("cancelBatch", batch_id=canceled["id"])
        for batch in (done, canceled, api.create(sequence, {"runs": 1}, open=True)):
            there.learn(batch)
        workload = {"project_id": api.project_id, "workload_type": "novel", "backend": "novel", "config": {}}
        there.learn(api.get("createWorkload", body=workload), is_workload=True)
        return there

    return reality


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("engine", "cases"), [("scripted", CASES), ("emulators", CASES // 5)])
def test_nothing_is_found(
    start: Callable[..., Api], reality: Callable[[Api], Reality], engine: str, cases: int
) -> None:
    """No request makes the service fail, answer what is not described, refuse what is right or accept what is wrong."""
    sys.stdout.write(f"SCHEMATHESIS_SEED={SEED}\n")
    api = start("--engine", engine)
    there, findings = reality(api), Findings()
    explore(api, there, findings, seed=SEED, phases={"coverage": {"enabled": engine == "scripted"}})
    for more in itertools.count(1):
        if findings.cases >= cases:
            break
        without = {"coverage": {"enabled": False}, "examples": {"enabled": False}}
        explore(api, there, findings, seed=SEED + more, phases=without)

    sys.stdout.write(findings.summary)
    report = "\n\n".join(" · ".join(at) + "\n" + text for at, text in sorted(findings.failures.items()))
    assert not findings.failures, report
    assert findings.cases >= cases
    assert findings.share("createBatch", 200) >= 0.25
    assert [id for id in OPERATIONS if not findings.statuses[id][200] and id not in NEVER_DONE] == []
