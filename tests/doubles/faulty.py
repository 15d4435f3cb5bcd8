"""The local service, which does what it is asked to, and then answers as badly as a test wants."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import httpx

    from pasqal_cloud.testing import Fault, LocalService, RecordedRequest

OURS = "the tests' own"
"""The user agent of what the tests themselves ask for, which is not counted and meets no fault."""

CORE = "/core-fast/api"
PAUSED = ("EMU_FREE", "FRESNEL")
RUNNING = "EMU_SV"
"""The devices whose jobs never run, and the one whose jobs do."""


class FaultyService:
    """The service as these tests see it.

    Args:
        local: The service.
        http: What asks it, with a token.
    """

    def __init__(self, local: LocalService, http: httpx.Client) -> None:
        self.local = local
        self.url = local.url
        self._faults: dict[str, dict[str, Any]] = {}
        self._set: dict[str, Fault] = {}
        self._http = http

    # What goes wrong.

    def fail(
        self,
        operation: str,
        status: int | None = None,
        body: Any = b"",
        *,
        headers: Mapping[str, str] = MappingProxyType({}),
        processed: bool = True,
        raw: bytes | None = None,
        end: str = "close",
        times: int | None = None,
    ) -> None:
        """Says what goes wrong with an operation from now on; without status and raw, the answer is the right one.

        The request is carried out first, unless `processed` is false. `end` is what becomes of the connection, `close`,
        `reset` or `stall`; or the answer is `cut` short, or `drip`s out.
        """
        rule: dict[str, Any] = {"times": times}
        if status is not None:
            usual = {"Date": "", "Content-Type": "", "X-Request-Id": "r-1"}
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            rule |= {"status": status, "body": content, "headers": usual | dict(headers)}
        elif raw:
            rule["raw"] = raw
        if status is not None or raw is not None:
            rule["drop"] = "after" if processed else "before"
        rule |= {"cut": {"truncate": 5}, "drip": {"drip": 0.05}}.get(end) or {"end": end}
        self.mend(operation)
        self._faults[operation] = rule
        self._set[operation] = self.local.fault(operation, **rule)

    def mend(self, operation: str) -> None:
        """Takes back what goes wrong with an operation."""
        if self._faults.pop(operation, None):
            self._set.pop(operation).remove()

    def answer_late(self, operation: str, times: int) -> None:
        """Lets a list look so many times as it looks now, whatever is created meanwhile."""
        listed = self._listed("batches" if operation == "listBatches" else "jobs")
        page = {"start": 0, "end": len(listed), "total": len(listed)}
        self.mend(operation)
        rule = {"status": 200, "body": {"data": listed, "pagination": page}, "times": times}
        self._faults[operation] = rule
        self._set[operation] = self.local.fault(operation, **rule)

    @contextmanager
    def _sound(self) -> Iterator[None]:
        """Lets nothing go wrong meanwhile."""
        if self._set:
            self.local.clear_faults()
        try:
            yield
        finally:
            self._set = {operation: self.local.fault(operation, **rule) for operation, rule in self._faults.items()}

    # What was asked.

    def requests(self, operation: str) -> list[RecordedRequest]:
        """The requests of an operation."""
        return [request for request in self.local.requests(operation) if request.headers.get("user-agent") != OURS]

    def count(self, operation: str) -> int:
        """How many there were."""
        return len(self.requests(operation))

    def headers_of(self, operation: str) -> dict[str, str]:
        """The headers of the last of them."""
        return self.requests(operation)[-1].headers

    # What there is.

    @property
    def batches(self) -> dict[str, dict[str, Any]]:
        """The batches by their ids, the oldest first."""
        return self.all_of("batches")[0]

    @property
    def jobs(self) -> dict[str, dict[str, Any]]:
        """The jobs by their ids, the oldest first."""
        return self.all_of("jobs")[0]

    def all_of(self, *kinds: str) -> list[dict[str, dict[str, Any]]]:
        """Everything of these kinds by its id, the oldest first."""
        with self._sound():
            return [{item["id"]: item for item in reversed(self._listed(kind))} for kind in kinds]

    def put_batch(self, *, age: float = 0.0, **fields: Any) -> Any:
        """Creates a batch, which may be older."""
        usual = {"project_id": self.local.project_id, "sequence_builder": "{}", "jobs": [{"runs": 1}], "webhook": None}
        return self._at(age, "POST", "/v1/batches", usual | fields)

    def put_jobs(self, batch_id: str, *jobs: dict[str, Any]) -> None:
        """Adds jobs to a batch, if there are any."""
        if jobs:
            self._at(0.0, "POST", f"/v2/batches/{batch_id}/jobs", list(jobs))

    def put_workload(self, **fields: Any) -> None:
        """Creates a workload."""
        self._at(0.0, "POST", "/v1/workloads", {"project_id": self.local.project_id, **fields})

    def repeat(self, batch_id: str, **filters: str) -> Any:
        """Creates a batch of copies of another's jobs."""
        return self._at(0.0, "POST", f"/v1/batches/{batch_id}/rebatch", None, filters)

    def put_result(self, document: dict[str, Any]) -> str:
        """Creates a job that has a result, and gives its id."""
        with self.local.outcome(result=document):
            (job,) = self.put_batch(device_type=RUNNING)["jobs"]
            while self._ask("GET", f"/v1/jobs/{job['id']}/status")["status"] != "DONE":
                time.sleep(0.005)
        return str(job["id"])

    def link(self, job_id: str) -> str:
        """The link to a job's result."""
        with self._sound():
            return str(self._ask("GET", f"/v1/jobs/{job_id}/results_link")["results_link"])

    def _listed(self, kind: str) -> list[dict[str, Any]]:
        version = "v1" if kind == "batches" else "v2"
        listed: list[dict[str, Any]] = self._ask("GET", f"/{version}/{kind}", query={"limit": "100"})
        return listed

    def _at(self, age: float, method: str, path: str, body: Any, query: Mapping[str, str] | None = None) -> Any:
        with self._sound():
            if age:
                self.local.clock.advance(-age)
            try:
                return self._ask(method, path, body, query)
            finally:
                if age:
                    self.local.clock.advance(age)

    def _ask(self, method: str, path: str, body: Any = None, query: Mapping[str, str] | None = None) -> Any:
        answer = self._http.request(method, CORE + path, json=body, params=dict(query or {}))
        assert answer.is_success, answer.text
        return answer.json()["data"]
