"""The operations of the service, by their names in the API's description."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from pasqal_cloud.local.http import views
from pasqal_cloud.local.rules.catalogue import listed
from pasqal_cloud.local.rules.service import Service, ServiceError
from pasqal_cloud.local.store import read_stored

if TYPE_CHECKING:
    from pasqal_cloud.local.devices import Device
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


Handler: TypeAlias = Callable[[Service, Call], Answer]


# ------------------------------------------------------------------------------------------------------------- batches


def create_batch(service: Service, call: Call) -> Answer:
    """Creates a batch."""
    return _changed_batch(service, *service.create_batch(call.user_id, call.body, call.key))


def create_ovh_batch(service: Service, call: Call) -> Answer:
    """Creates a batch from OVH."""
    return _changed_batch(service, *service.create_ovh_batch(call.user_id, call.body, call.key))


def list_batches(service: Service, call: Call) -> Answer:
    """Lists batches."""
    found, total = service.batches(call.user_id, call.query)
    return Answer(list(map(views.listed_batch, found)), total)


def get_batch(service: Service, call: Call) -> Answer:
    """Gets a batch."""
    batch = service.batch(call.user_id, call.path["batch_id"])
    return Answer(views.fetched_batch(batch, service.sequence_of(batch), service.job_ids_of(batch)))


def get_batch_status(service: Service, call: Call) -> Answer:
    """Gets a batch's status."""
    batch = service.batch(call.user_id, call.path["batch_id"])
    return Answer({"status": batch["status"], "jobs_count_per_status": batch["counts"]})


def close_batch(service: Service, call: Call) -> Answer:
    """Closes a batch."""
    service.close_batch(call.user_id, call.path["batch_id"])
    return _with_jobs(service, call)


def cancel_batch(service: Service, call: Call) -> Answer:
    """Cancels a batch."""
    service.cancel_batch(call.user_id, call.path["batch_id"])
    return _with_jobs(service, call)


def add_jobs(service: Service, call: Call) -> Answer:
    """Adds jobs to an open batch."""
    service.add_jobs(call.user_id, call.path["batch_id"], call.body, call.key)
    return _with_jobs(service, call)


def set_batch_tags(service: Service, call: Call) -> Answer:
    """Replaces a batch's tags."""
    service.set_tags(call.user_id, call.path["batch_id"], call.body)
    return _with_jobs(service, call)


def cancel_batches(service: Service, call: Call) -> Answer:
    """Cancels several batches."""
    cancelled, errors = service.cancel_batches(call.user_id, call.body)
    return Answer({"batches": list(map(views.listed_batch, cancelled)), "errors": errors})


def cancel_jobs(service: Service, call: Call) -> Answer:
    """Cancels several jobs of a batch."""
    cancelled, errors = service.cancel_jobs(call.user_id, call.path["batch_id"], call.query)
    return Answer({"jobs": list(map(views.listed_job, cancelled)), "errors": errors})


def rebatch(service: Service, call: Call) -> Answer:
    """Creates a batch of copies of another's jobs."""
    return _changed_batch(service, *service.rebatch(call.user_id, call.path["batch_id"], call.query, call.key))


def get_batch_full_results(service: Service, call: Call) -> Answer:
    """Gets the result documents of a batch's jobs."""
    documents = service.documents_of(service.batch(call.user_id, call.path["batch_id"]))
    return Answer({job_id: read_stored(document) for job_id, document in documents.items()})


def _with_jobs(service: Service, call: Call) -> Answer:
    batch = service.batch(call.user_id, call.path["batch_id"])
    return _changed_batch(service, batch, service.jobs_of(batch))


def _changed_batch(service: Service, batch: Record, jobs: list[Record]) -> Answer:
    return Answer(views.changed_batch(batch, service.sequence_of(batch), jobs))


# ---------------------------------------------------------------------------------------------------------------- jobs


def list_jobs(service: Service, call: Call) -> Answer:
    """Lists jobs."""
    found, total = service.jobs(call.user_id, call.query)
    return Answer(list(map(views.listed_job, found)), total)


def get_job(service: Service, call: Call) -> Answer:
    """Gets a job."""
    job = service.job(call.user_id, call.path["job_id"])
    return Answer(views.listed_job(job) | {"sequence": service.sequence_run_by(job)})


def get_job_status(service: Service, call: Call) -> Answer:
    """Gets a job's status."""
    return Answer({"status": service.job(call.user_id, call.path["job_id"])["status"]})


def cancel_job(service: Service, call: Call) -> Answer:
    """Cancels a job."""
    service.cancel_job(call.user_id, call.path["job_id"])
    return get_job(service, call)


def get_job_results_link(service: Service, call: Call) -> Answer:
    """Gets a link to a job's result."""
    return Answer({"results_link": _url(call, service.job_link(call.user_id, call.path["job_id"]))})


# ----------------------------------------------------------------------------------------------------------- workloads


def create_workload(service: Service, call: Call) -> Answer:
    """Creates a workload."""
    workload = service.create_workload(call.user_id, call.body, call.key)
    return Answer(views.listed_workload(workload) | {"result": None})


def list_workloads(service: Service, call: Call) -> Answer:
    """Lists workloads."""
    found, total = service.workloads(call.user_id, call.query)
    return Answer(list(map(views.listed_workload, found)), total)


def get_workload(service: Service, call: Call) -> Answer:
    """Gets a workload."""
    workload = service.workload(call.user_id, call.path["workload_id"])
    link = _url(call, service.workload_link(call.user_id, call.path["workload_id"]))
    return Answer(views.listed_workload(workload) | {"result_link": link})


def cancel_workload(service: Service, call: Call) -> Answer:
    """Cancels a workload."""
    workload = service.cancel_workload(call.user_id, call.path["workload_id"])
    return Answer(views.listed_workload(workload) | {"result": None})


def _url(call: Call, link: str | None) -> str | None:
    return None if link is None else call.base_url + link


# ------------------------------------------------------------------------------------------------------------- devices


def list_devices(service: Service, call: Call) -> Answer:
    """Lists the caller's devices."""
    return _listed_devices(service, call, service.devices_of(call.user_id))


def list_public_devices(service: Service, call: Call) -> Answer:
    """Lists all devices."""
    return _listed_devices(service, call, service.devices.values())


def list_device_specs(service: Service, call: Call) -> Answer:
    """Gets the specifications of the caller's devices."""
    return Answer({device.name: device.specs for device in service.devices_of(call.user_id)})


def get_device_specs(service: Service, call: Call) -> Answer:
    """Gets a device's specifications."""
    return Answer(views.specs(service.device(call.user_id, call.path["device_type"])))


def list_public_device_specs(service: Service, _call: Call) -> Answer:
    """Gets the specifications of all devices."""
    return Answer(list(map(views.specs, service.devices.values())))


def _listed_devices(service: Service, call: Call, devices: Iterable[Device]) -> Answer:
    found, total = listed(devices, call.query)
    times = service.queue_times()
    return Answer([views.device(device, times.get(device.name, 0.0)) for device in found], total)


# ------------------------------------------------------------------------------------------------------------- account


def list_projects(service: Service, call: Call) -> Answer:
    """Lists the caller's projects."""
    found, total = service.projects(call.user_id, call.query)
    return Answer([views.project(project, service.device_types_of(project)) for project in found], total)


def get_auth_info(service: Service, call: Call) -> Answer:
    """Gets the caller."""
    user, projects = service.user(call.user_id)
    shown = [views.project(project, service.device_types_of(project)) for project in projects]
    return Answer(views.auth_info(user, shown, [project["role"] for project in projects]))


# ------------------------------------------------------------------------------------------------------------- CUDA-Q


def refuse_cudaq(_service: Service, _call: Call) -> Answer:
    """Refuses what only Pasqal's service can run."""
    raise ServiceError(501, "The local service does not run jobs from CUDA-Q: send a Pulser sequence to createBatch.")


HANDLERS: dict[str, Handler] = {
    "addJobs": add_jobs,
    "cancelBatch": cancel_batch,
    "cancelBatches": cancel_batches,
    "cancelJob": cancel_job,
    "cancelJobs": cancel_jobs,
    "cancelWorkload": cancel_workload,
    "closeBatch": close_batch,
    "createBatch": create_batch,
    "createCudaqJob": refuse_cudaq,
    "createOvhBatch": create_ovh_batch,
    "createWorkload": create_workload,
    "getAuthInfo": get_auth_info,
    "getBatch": get_batch,
    "getBatchFullResults": get_batch_full_results,
    "getBatchStatus": get_batch_status,
    "getCudaqJob": refuse_cudaq,
    "getDeviceSpecs": get_device_specs,
    "listDeviceSpecs": list_device_specs,
    "getJob": get_job,
    "getJobResultsLink": get_job_results_link,
    "getJobStatus": get_job_status,
    "getOvhBatch": get_batch,
    "getOvhBatchStatus": get_batch_status,
    "getOvhJobResultsLink": get_job_results_link,
    "getOvhJobStatus": get_job_status,
    "listPublicDeviceSpecs": list_public_device_specs,
    "getWorkload": get_workload,
    "listBatches": list_batches,
    "listDevices": list_devices,
    "listJobs": list_jobs,
    "listOvhJobs": list_jobs,
    "listProjects": list_projects,
    "listPublicDevices": list_public_devices,
    "listWorkloads": list_workloads,
    "rebatch": rebatch,
    "setBatchTags": set_batch_tags,
}
