"""The operations of the service, by their names in the API's description."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from pasqal_cloud.local.http import views
from pasqal_cloud.local.rules.catalogue import listed
from pasqal_cloud.local.rules.refusals import ServiceError
from pasqal_cloud.local.store import read_stored

if TYPE_CHECKING:
    from pasqal_cloud.local.devices import Device
    from pasqal_cloud.local.rules.service import Service
    from pasqal_cloud.local.store import Record


@dataclass(frozen=True)
class Call:
    """A validated request.

    Args:
        user_id: The user who sent it.
        path: The parameters in its path.
        query: The parameters in its query.
        body: Its body.
        key: The client's `Idempotency-Key`.
        base_url: The URL of the service, as the client uses it.
    """

    user_id: str
    path: dict[str, Any]
    query: dict[str, Any]
    body: Any
    key: str | None
    base_url: str


@dataclass(frozen=True)
class Answer:
    """The data of a response; for lists, also the total number of items."""

    data: Any
    total: int | None = None


Handler: TypeAlias = Callable[[Call], Answer]

NOT_SERVED = ("createCudaqJob", "getCudaqJob")
"""The operations that only Pasqal's service can perform."""

SINGLE = frozenset(
    name.replace("get", f"get{of}") for name in ("getBatchStatus", "getJobStatus", "getJobResultsLink", "getBatch")
    for of in ("", "Ovh")
) | {"getJob", "getWorkload"}  # fmt: skip
ONE_QUERY = frozenset({"getBatchStatus", "getOvhBatchStatus", "getJobStatus", "getOvhJobStatus"})
"""The operations that read one row, after the check of the token: they need no transaction."""
LISTS = frozenset({"listBatches", "listJobs", "listOvhJobs", "listWorkloads"})
PAGING = frozenset({"limit", "offset", "order_by", "order_by_direction"})
FAR = 10_000
"""The `offset` from which reading a list takes longer, since the database skips the rows before it one by one."""


def is_brief(operation_id: str, query: Mapping[str, Any]) -> bool:
    """Tells whether an operation only reads, for a millisecond or so, however much is stored.

    This holds for one batch, job or workload, and for lists with at most one filter, apart from that by the beginning
    of an id; see `store.pages`.
    """
    if operation_id not in LISTS:
        return operation_id in SINGLE
    filters = query.keys() - PAGING
    return len(filters) <= 1 and "id__starts_with" not in filters and query.get("offset", 0) < FAR


class Handlers:
    """Performs the operations: each method has the name of an operation, in snake_case.

    Args:
        service: The rules.
    """

    def __init__(self, service: Service) -> None:
        self._access = service.access
        self._catalogue = service.catalogue
        self._batches = service.batches
        self._workloads = service.workloads

    def of(self, operation_id: str) -> Handler:
        """Gets the method for an operation of the description."""
        if operation_id in NOT_SERVED:
            return _refuse
        handler: Handler = getattr(self, snake_case(operation_id))
        return handler

    # ---------------------------------------------------------------------------------------------------------- batches

    def create_batch(self, call: Call) -> Answer:
        """Creates a batch."""
        return self._changed_batch(*self._batches.create_batch(call.user_id, call.body, call.key))

    def create_ovh_batch(self, call: Call) -> Answer:
        """Creates a batch from OVH."""
        return self._changed_batch(*self._batches.create_ovh_batch(call.user_id, call.body, call.key))

    def list_batches(self, call: Call) -> Answer:
        """Lists batches."""
        found, total = self._batches.batches(call.user_id, call.query)
        return Answer(list(map(views.listed_batch, found)), total)

    def get_batch(self, call: Call) -> Answer:
        """Gets a batch."""
        batch = self._batches.batch(call.user_id, call.path["batch_id"])
        return Answer(views.fetched_batch(batch, self._batches.sequence_of(batch), self._batches.job_ids_of(batch)))

    get_ovh_batch = get_batch

    def get_batch_status(self, call: Call) -> Answer:
        """Gets a batch's status."""
        batch = self._batches.batch(call.user_id, call.path["batch_id"], tagged=False)
        return Answer({"status": batch["status"], "jobs_count_per_status": batch["counts"]})

    get_ovh_batch_status = get_batch_status

    def close_batch(self, call: Call) -> Answer:
        """Closes a batch."""
        self._batches.close_batch(call.user_id, call.path["batch_id"])
        return self._with_jobs(call)

    def cancel_batch(self, call: Call) -> Answer:
        """Cancels a batch."""
        self._batches.cancel_batch(call.user_id, call.path["batch_id"])
        return self._with_jobs(call)

    def add_jobs(self, call: Call) -> Answer:
        """Adds jobs to an open batch."""
        self._batches.add_jobs(call.user_id, call.path["batch_id"], call.body, call.key)
        return self._with_jobs(call)

    def set_batch_tags(self, call: Call) -> Answer:
        """Replaces a batch's tags."""
        self._batches.set_tags(call.user_id, call.path["batch_id"], call.body)
        return self._with_jobs(call)

    def cancel_batches(self, call: Call) -> Answer:
        """Cancels several batches."""
        cancelled, errors = self._batches.cancel_batches(call.user_id, call.body)
        return Answer({"batches": list(map(views.listed_batch, cancelled)), "errors": errors})

    def cancel_jobs(self, call: Call) -> Answer:
        """Cancels several jobs of a batch."""
        cancelled, errors = self._batches.cancel_jobs(call.user_id, call.path["batch_id"], call.query)
        return Answer({"jobs": list(map(views.listed_job, cancelled)), "errors": errors})

    def rebatch(self, call: Call) -> Answer:
        """Creates a batch of copies of another's jobs."""
        return self._changed_batch(*self._batches.rebatch(call.user_id, call.path["batch_id"], call.query, call.key))

    def get_batch_full_results(self, call: Call) -> Answer:
        """Gets the result documents of a batch's jobs."""
        documents = self._batches.documents_of(self._batches.batch(call.user_id, call.path["batch_id"]))
        return Answer({job_id: read_stored(document) for job_id, document in documents.items()})

    def _with_jobs(self, call: Call) -> Answer:
        batch = self._batches.batch(call.user_id, call.path["batch_id"])
        return self._changed_batch(batch, self._batches.jobs_of(batch))

    def _changed_batch(self, batch: Record, jobs: list[Record]) -> Answer:
        return Answer(views.changed_batch(batch, self._batches.sequence_of(batch), jobs))

    # ------------------------------------------------------------------------------------------------------------- jobs

    def list_jobs(self, call: Call) -> Answer:
        """Lists jobs."""
        found, total = self._batches.jobs(call.user_id, call.query)
        return Answer(list(map(views.listed_job, found)), total)

    list_ovh_jobs = list_jobs

    def get_job(self, call: Call) -> Answer:
        """Gets a job."""
        job = self._batches.job(call.user_id, call.path["job_id"])
        return Answer(views.listed_job(job) | {"sequence": self._batches.sequence_run_by(job)})

    def get_job_status(self, call: Call) -> Answer:
        """Gets a job's status."""
        return Answer({"status": self._batches.job(call.user_id, call.path["job_id"])["status"]})

    get_ovh_job_status = get_job_status

    def cancel_job(self, call: Call) -> Answer:
        """Cancels a job."""
        self._batches.cancel_job(call.user_id, call.path["job_id"])
        return self.get_job(call)

    def get_job_results_link(self, call: Call) -> Answer:
        """Gets a link to a job's result."""
        return Answer({"results_link": _url(call, self._batches.job_link(call.user_id, call.path["job_id"]))})

    get_ovh_job_results_link = get_job_results_link

    # -------------------------------------------------------------------------------------------------------- workloads

    def create_workload(self, call: Call) -> Answer:
        """Creates a workload."""
        workload = self._workloads.create(call.user_id, call.body, call.key)
        return Answer(views.listed_workload(workload) | {"result": None})

    def list_workloads(self, call: Call) -> Answer:
        """Lists workloads."""
        found, total = self._workloads.list(call.user_id, call.query)
        return Answer(list(map(views.listed_workload, found)), total)

    def get_workload(self, call: Call) -> Answer:
        """Gets a workload."""
        workload = self._workloads.get(call.user_id, call.path["workload_id"])
        link = _url(call, self._workloads.link(call.user_id, call.path["workload_id"]))
        return Answer(views.listed_workload(workload) | {"result_link": link})

    def cancel_workload(self, call: Call) -> Answer:
        """Cancels a workload."""
        workload = self._workloads.cancel(call.user_id, call.path["workload_id"])
        return Answer(views.listed_workload(workload) | {"result": None})

    # ---------------------------------------------------------------------------------------------------------- devices

    def list_devices(self, call: Call) -> Answer:
        """Lists the caller's devices."""
        return self._listed_devices(call, self._catalogue.devices_of(call.user_id))

    def list_public_devices(self, call: Call) -> Answer:
        """Lists all devices."""
        return self._listed_devices(call, self._catalogue.devices.values())

    def list_device_specs(self, call: Call) -> Answer:
        """Gets the specifications of the caller's devices."""
        return Answer({device.name: device.specs for device in self._catalogue.devices_of(call.user_id)})

    def get_device_specs(self, call: Call) -> Answer:
        """Gets a device's specifications."""
        return Answer(views.specs(self._catalogue.device(call.user_id, call.path["device_type"])))

    def list_public_device_specs(self, _call: Call) -> Answer:
        """Gets the specifications of all devices."""
        return Answer(list(map(views.specs, self._catalogue.devices.values())))

    def _listed_devices(self, call: Call, devices: Iterable[Device]) -> Answer:
        found, total = listed(devices, call.query)
        times = self._catalogue.queue_times()
        return Answer([views.device(device, times.get(device.name, 0.0)) for device in found], total)

    # ---------------------------------------------------------------------------------------------------------- account

    def list_projects(self, call: Call) -> Answer:
        """Lists the caller's projects."""
        found, total = self._access.projects(call.user_id, call.query)
        return Answer([views.project(project, self._access.device_types_of(project)) for project in found], total)

    def get_auth_info(self, call: Call) -> Answer:
        """Gets the caller."""
        user, projects = self._access.user(call.user_id)
        shown = [views.project(project, self._access.device_types_of(project)) for project in projects]
        return Answer(views.auth_info(user, shown, [project["role"] for project in projects]))


def snake_case(operation_id: str) -> str:
    """Writes the name of an operation as Python does: `getBatch` becomes `get_batch`."""
    return re.sub("(?=[A-Z])", "_", operation_id).lower()


def _refuse(_call: Call) -> Answer:
    raise ServiceError(501, "The local service does not run jobs from CUDA-Q: send a Pulser sequence to createBatch.")


def _url(call: Call, link: str | None) -> str | None:
    return None if link is None else call.base_url + link
