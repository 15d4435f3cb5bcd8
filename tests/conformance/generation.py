"""Makes cases out of what is really there: ids, projects and sequences that exist, in place of some that were drawn.

What was drawn to be wrong stays wrong, and a part of what was drawn to be right stays as it was drawn.
"""

from __future__ import annotations

import random
from collections import deque
from typing import TYPE_CHECKING, Any

from schemathesis import GenerationMode
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase

if TYPE_CHECKING:
    from schemathesis import Case

ORDERS = ("created_at", "creation_order")
"""What lists can be ordered by: the description leaves the set open, a service has to refuse others."""

CREATING = ("createBatch", "createOvhBatch", "addJobs", "createWorkload")
MENDED = 0.9
"""The share of cases in which what was drawn gives way to what is there."""

OPEN = 0.5
"""The share of batches that are open, among those."""

UNREADABLE = ("configuration", "backend_configuration", "complete", "emulator", "webhook")
"""Properties of a batch whose content no schema can tell, or that contradict others."""


class Reality:
    """What there is on a service, for Schemathesis' hook `map_case`."""

    def __init__(self, project_id: str, sequence: str, parametrized: str) -> None:
        self.project_id, self.sequence, self.parametrized = project_id, sequence, parametrized
        self.ids = {name: deque[str](maxlen=20) for name in ("batch_id", "open_batch_id", "job_id", "workload_id")}

    def learn(self, data: dict[str, Any], *, is_workload: bool = False) -> None:
        """Notes the ids of something that was created, and forgets older ones."""
        if is_workload:
            self.ids["workload_id"].append(data["id"])
        else:
            self.ids["batch_id"].append(data["id"])
            self.ids["job_id"].extend(job["id"] for job in data["jobs"])
        if data.get("open"):
            self.ids["open_batch_id"].append(data["id"])

    def map_case(self, case: Case) -> Case:
        """Replaces what was drawn; what came out of an earlier answer stays, since it is there."""
        operation_id = case.operation.definition.raw["operationId"]
        dice = random.Random(repr((operation_id, case.path_parameters, case.query, case.body)))
        is_linked = case.meta is not None and case.meta.phase.name is TestPhase.STATEFUL
        if not is_linked and self.is_right(case, ParameterLocation.PATH) and dice.random() < MENDED:
            for name in case.path_parameters or {}:
                case.path_parameters[name] = self.existing(operation_id, name, dice)
        if "order_by" in (case.query or {}) and self.is_right(case, ParameterLocation.QUERY):
            case.query["order_by"] = dice.choice(ORDERS)
        if dice.random() < MENDED:
            case.headers.pop("Idempotency-Key", None)  # one that was drawn before is another request's
        if operation_id in CREATING and self.is_right(case, ParameterLocation.BODY) and dice.random() < MENDED:
            case.body = self.mended(operation_id, case.body, dice)
        return case

    def existing(self, operation_id: str, parameter: str, dice: random.Random) -> str:
        """Gives what a path's parameter can stand for; only open batches take jobs."""
        if parameter == "device_type":
            return "EMU_FREE"
        known = self.ids["open_batch_id" if operation_id == "addJobs" else parameter]
        return dice.choice(known)

    @staticmethod
    def is_right(case: Case, location: ParameterLocation) -> bool:
        """Whether a part of a case was drawn to be as the description says."""
        component = case.meta.components.get(location) if case.meta else None
        return component is not None and component.mode is GenerationMode.POSITIVE

    def mended(self, operation_id: str, body: Any, dice: random.Random) -> Any:
        """Gives a body that can be accepted, and keeps as much as possible of what was drawn."""
        if operation_id == "addJobs":
            return [self.job(job, None) for job in body] or [self.job({}, None)]
        if operation_id == "createWorkload":
            return body | {"project_id": self.project_id}
        kept = {name: value for name, value in body.items() if name not in UNREADABLE}
        builder = dice.choice([self.sequence, self.parametrized, None])
        jobs = [self.job(job, builder) for job in body.get("jobs", [])] or [self.job({}, builder)]
        fields = {"sequence_builder": builder, "jobs": jobs, "device_type": "EMU_FREE"}
        if operation_id == "createOvhBatch":
            return kept | fields | {"project_id": "", "open": False}
        return kept | fields | {"project_id": self.project_id, "open": dice.random() < OPEN}

    def job(self, drawn: dict[str, Any], builder: str | None) -> dict[str, Any]:
        """Gives a job that runs with a batch's sequence, or brings its own."""
        job = {name: value for name, value in drawn.items() if name not in ("variables", "sequence")}
        job["runs"] = min(job.get("runs") or 10, 1000)
        if builder == self.parametrized:
            return job | {"variables": {"omega": 3.0}}
        return job | ({} if builder else {"sequence": self.sequence})
