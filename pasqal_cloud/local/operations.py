"""The operations that the service performs, by the names that the API's description gives them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from pasqal_cloud.local import views
from pasqal_cloud.local.service import Service


@dataclass(frozen=True)
class Call:
    """A valid request.

    Args:
        user_id: Whose request it is.
        path: The parameters in its path.
        query: The parameters in its query.
        body: Its body.
        key: The client's `Idempotency-Key`.
        base_url: The address at which the client reaches the service.
    """

    user_id: str
    path: dict[str, Any]
    query: dict[str, Any]
    body: Any
    key: str | None
    base_url: str


@dataclass(frozen=True)
class Answer:
    """What a request is answered with; lists say how long they are in all."""

    data: Any
    total: int | None = None


Handler: TypeAlias = Callable[[Service, Call], Answer]


def create_batch(service: Service, call: Call) -> Answer:
    """Creates a batch."""
    return Answer(views.changed_batch(*service.create_batch(call.user_id, call.body, call.key)))


def list_batches(service: Service, call: Call) -> Answer:
    """Lists batches."""
    found, total = service.batches(call.user_id, call.query)
    return Answer(list(map(views.listed_batch, found)), total)


def get_batch(service: Service, call: Call) -> Answer:
    """Gets a batch."""
    batch = service.batch(call.user_id, call.path["batch_id"])
    return Answer(views.fetched_batch(batch, service.jobs_of(batch["id"])))


def get_batch_status(service: Service, call: Call) -> Answer:
    """Gets a batch's status."""
    batch = service.batch(call.user_id, call.path["batch_id"])
    return Answer({"status": batch["status"], "jobs_count_per_status": batch["counts"]})


def close_batch(service: Service, call: Call) -> Answer:
    """Closes a batch."""
    service.close_batch(call.user_id, call.path["batch_id"])
    return _changed_batch(service, call, call.path["batch_id"])


def cancel_batch(service: Service, call: Call) -> Answer:
    """Cancels a batch."""
    service.cancel_batch(call.user_id, call.path["batch_id"])
    return _changed_batch(service, call, call.path["batch_id"])


def add_jobs(service: Service, call: Call) -> Answer:
    """Adds jobs to an open batch."""
    service.add_jobs(call.user_id, call.path["batch_id"], call.body, call.key)
    return _changed_batch(service, call, call.path["batch_id"])


def set_batch_tags(service: Service, call: Call) -> Answer:
    """Replaces a batch's tags."""
    service.set_tags(call.user_id, call.path["batch_id"], call.body)
    return _changed_batch(service, call, call.path["batch_id"])


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
    return Answer(views.changed_batch(*service.rebatch(call.user_id, call.path["batch_id"], call.query, call.key)))


def get_batch_full_results(service: Service, call: Call) -> Answer:
    """Gets the result documents of a batch's jobs."""
    jobs = service.jobs_of(service.batch(call.user_id, call.path["batch_id"])["id"])
    return Answer({job["id"]: json.loads(document) for job in jobs if (document := service.document(job["id"]))})


def list_jobs(service: Service, call: Call) -> Answer:
    """Lists jobs."""
    found, total = service.jobs(call.user_id, call.query)
    return Answer(list(map(views.listed_job, found)), total)


def get_job(service: Service, call: Call) -> Answer:
    """Gets a job."""
    job = service.job(call.user_id, call.path["job_id"])
    return Answer(views.listed_job(job) | {"sequence": service.sequence_of(job)})


def get_job_status(service: Service, call: Call) -> Answer:
    """Gets a job's status."""
    return Answer({"status": service.job(call.user_id, call.path["job_id"])["status"]})


def cancel_job(service: Service, call: Call) -> Answer:
    """Cancels a job."""
    service.cancel_job(call.user_id, call.path["job_id"])
    return get_job(service, call)


def get_job_results_link(service: Service, call: Call) -> Answer:
    """Gets a link to a job's result."""
    link = service.result_link(call.user_id, call.path["job_id"])
    return Answer({"results_link": link and call.base_url + link})


def list_projects(service: Service, call: Call) -> Answer:
    """Lists the caller's projects."""
    user, projects = service.user(call.user_id)
    return Answer([views.project(project, user, service.device_types) for project in projects], len(projects))


def get_auth_info(service: Service, call: Call) -> Answer:
    """Gets the caller."""
    return Answer(views.auth_info(*service.user(call.user_id), service.device_types))


def _changed_batch(service: Service, call: Call, batch_id: str) -> Answer:
    return Answer(views.changed_batch(service.batch(call.user_id, batch_id), service.jobs_of(batch_id)))


HANDLERS: dict[str, Handler] = {
    "addJobs": add_jobs,
    "cancelBatch": cancel_batch,
    "cancelBatches": cancel_batches,
    "cancelJob": cancel_job,
    "cancelJobs": cancel_jobs,
    "closeBatch": close_batch,
    "createBatch": create_batch,
    "getAuthInfo": get_auth_info,
    "getBatch": get_batch,
    "getBatchFullResults": get_batch_full_results,
    "getBatchStatus": get_batch_status,
    "getJob": get_job,
    "getJobResultsLink": get_job_results_link,
    "getJobStatus": get_job_status,
    "listBatches": list_batches,
    "listJobs": list_jobs,
    "listProjects": list_projects,
    "rebatch": rebatch,
    "setBatchTags": set_batch_tags,
}
