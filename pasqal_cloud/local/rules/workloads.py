"""The rules for workloads, which can't be run here: the software that runs them is not public."""

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
    """The operations on workloads."""

    def create_workload(self, user_id: str, body: Mapping[str, Any], key: str | None) -> Record:
        """Stores a workload; gets it before it starts."""
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
        """Gets a workload of one of the user's projects."""
        found = self._store.workload(workload_id.lower())
        return self._visible(found, user_id, f"There is no workload {workload_id}.")

    def workloads(self, user_id: str, query: Mapping[str, Any]) -> tuple[list[Record], int]:
        """Gets a page of workloads, and their total number."""
        return self._store.workloads(*self._listing(user_id, query))

    def workload_link(self, user_id: str, workload_id: str) -> str | None:
        """Gets the path and query of the link to a workload's result; None if there is no result."""
        return self._link(self.workload(user_id, workload_id)["id"])

    def cancel_workload(self, user_id: str, workload_id: str) -> Record:
        """Cancels a workload; one that is cancelled already stays so."""
        workload = self.workload(user_id, workload_id)
        self._store.cancel_workload(workload["id"], self._clock())
        workload = self.workload(user_id, workload_id)
        if workload["status"] != JobStatus.CANCELED:
            raise ServiceError(409, f"The workload has already ended: its status is {workload['status']}.")
        return workload
