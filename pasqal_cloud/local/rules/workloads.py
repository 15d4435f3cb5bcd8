"""The rules for workloads. What runs them is not public, so that nothing can really run them here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pasqal_cloud.local.rules.access import Access
from pasqal_cloud.local.rules.refusals import ServiceError
from pasqal_cloud.local.states import JobStatus
from pasqal_cloud.local.store import NewWorkload

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pasqal_cloud.local.store import Record

FIELDS = ("workload_type", "backend", "config")


class Workloads(Access):
    """What clients can ask for about workloads."""

    def create_workload(self, user_id: str, body: Mapping[str, Any], key: str | None) -> Record:
        """Stores a workload, and gives it as it is before it starts."""
        submitted = self._submitted(user_id, "createWorkload", key, body)
        if earlier := self._earlier(submitted):
            return self.workload(user_id, earlier)
        project_id = body["project_id"].lower()
        self._check_member(user_id, project_id)
        workload = NewWorkload(project_id, **{name: body[name] for name in FIELDS})
        created = self.workload(user_id, self._store.add_workload(workload, submitted, self._clock()))
        self._queue.wake()
        return created

    def workload(self, user_id: str, workload_id: str) -> Record:
        """Gives a workload of one of the user's projects."""
        found = self._store.workload(workload_id.lower())
        return self._visible(found, user_id, f"There is no workload {workload_id}.")

    def workloads(self, user_id: str, query: Mapping[str, Any]) -> tuple[list[Record], int]:
        """Gives a page of workloads, and how many there are in all."""
        return self._store.workloads(*self._listing(user_id, query))

    def workload_link(self, user_id: str, workload_id: str) -> str | None:
        """Gives the path and query that open a workload's result; None when there is none."""
        return self._link(self.workload(user_id, workload_id)["id"])

    def cancel_workload(self, user_id: str, workload_id: str) -> Record:
        """Cancels a workload; one that is cancelled already stays so."""
        workload = self.workload(user_id, workload_id)
        self._store.cancel_workload(workload["id"], self._clock())
        workload = self.workload(user_id, workload_id)
        if workload["status"] != JobStatus.CANCELED:
            raise ServiceError(409, f"The workload has already ended: its status is {workload['status']}.")
        return workload
