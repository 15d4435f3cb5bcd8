"""The rules for workloads, which can't be run here: the software that runs them is not public."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pasqal_cloud.local.rules.access import submitted_by
from pasqal_cloud.local.rules.refusals import ServiceError
from pasqal_cloud.local.states import JobStatus
from pasqal_cloud.local.store import NewWorkload

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from pasqal_cloud.local.rules.access import Access
    from pasqal_cloud.local.store import Record, Store
    from pasqal_cloud.local.work import Queue

FIELDS = ("workload_type", "backend", "config")


@dataclass(frozen=True)
class Workloads:
    """The operations on workloads.

    Args:
        access: Who may see and do what.
        store: The database.
        queue: The scheduler, which is notified of every change.
        clock: The service's clock.
    """

    access: Access
    store: Store
    queue: Queue
    clock: Callable[[], datetime]

    def create(self, user_id: str, body: Mapping[str, Any], key: str | None) -> Record:
        """Stores a workload; gets it before it starts."""
        submitted = submitted_by(user_id, "createWorkload", key, body)
        if earlier := self.access.earlier(submitted):
            return self.get(user_id, earlier)
        project_id = body["project_id"].lower()
        self.access.check_member(user_id, project_id)
        workload = NewWorkload(project_id, **{name: body[name] for name in FIELDS})
        created = self.get(user_id, self.store.submissions.add_workload(workload, submitted, self.clock()))
        self.queue.wake()
        return created

    def get(self, user_id: str, workload_id: str) -> Record:
        """Gets a workload of one of the user's projects."""
        found = self.store.lists.workload(workload_id.lower())
        return self.access.visible(found, user_id, f"There is no workload {workload_id}.")

    def list(self, user_id: str, query: Mapping[str, Any]) -> tuple[list[Record], int]:
        """Gets a page of workloads, and their total number."""
        return self.store.lists.workloads(*self.access.listing(user_id, query))

    def link(self, user_id: str, workload_id: str) -> str | None:
        """Gets the path and query of the link to a workload's result; None if there is no result."""
        return self.access.link(self.get(user_id, workload_id)["id"])

    def cancel(self, user_id: str, workload_id: str) -> Record:
        """Cancels a workload; one that is cancelled already stays so."""
        workload = self.get(user_id, workload_id)
        self.store.ends.cancel_workload(workload["id"], self.clock())
        workload = self.get(user_id, workload_id)
        if workload["status"] != JobStatus.CANCELED:
            raise ServiceError(409, f"The workload has already ended: its status is {workload['status']}.")
        return workload
