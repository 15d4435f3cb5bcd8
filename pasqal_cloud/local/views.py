"""How records are told to clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pasqal_cloud.local.store import Record

COPIED_FROM_BATCH = (
    "id",
    "parent_id",
    "status",
    "open",
    "device_type",
    "user_id",
    "project_id",
    "created_at",
    "updated_at",
    "start_datetime",
    "end_datetime",
    "queue_priority",
    "tags",
    "backend_configuration",
    "configuration",
    "webhook",
)

COPIED_FROM_JOB = (
    "id",
    "parent_id",
    "status",
    "runs",
    "batch_id",
    "project_id",
    "user_id",
    "created_at",
    "updated_at",
    "start_timestamp",
    "end_timestamp",
    "variables",
    "seed",
)


def listed_batch(batch: Record) -> dict[str, Any]:
    """A batch as lists show it: without sequence and jobs."""
    return {
        **{name: batch[name] for name in COPIED_FROM_BATCH},
        "complete": not batch["open"],
        "jobs_count": sum(batch["counts"].values()),
        "jobs_count_per_status": batch["counts"],
    }


def fetched_batch(batch: Record, jobs: list[Record]) -> dict[str, Any]:
    """A batch with its sequence and the ids of its jobs."""
    return listed_batch(batch) | {
        "sequence_builder": batch["sequence_builder"],
        "job_ids": [job["id"] for job in jobs],
    }


def changed_batch(batch: Record, jobs: list[Record]) -> dict[str, Any]:
    """A batch with its sequence and its jobs."""
    return listed_batch(batch) | {
        "sequence_builder": batch["sequence_builder"],
        "jobs": [listed_job(job) for job in jobs],
    }


def listed_job(job: Record) -> dict[str, Any]:
    """A job without its sequence. `seed` is this service's own addition."""
    return {**{name: job[name] for name in COPIED_FROM_JOB}, "errors": job["errors"] or [], "origin": "CLIENT"}


def project(record: Record, user: Record, devices: list[str]) -> dict[str, Any]:
    """A project. There is one user, who administers it."""
    person = {"id": user["id"], "email": user["username"], "given_name": "Local", "family_name": "User"}
    return {
        "id": record["id"],
        "project_id": record["id"],
        "name": record["name"],
        "company": "",
        "description": "",
        "email_domain": None,
        "package": None,
        "project_status": "ACTIVE",
        "project_type": "INTERNAL",
        "queue_priority": record["queue_priority"],
        "allowed_device_types": devices,
        "allowed_workload_types": [],
        "additional_access_grants": [],
        "account_manager": person,
        "main_admin": person,
        "count": {"ACTIVE_ADMIN": 1, "ACTIVE_MEMBER": 0, "PENDING": 0},
        "created_at": record["created_at"],
        "last_activity_date": None,
    }


def auth_info(user: Record, projects: list[Record], devices: list[str]) -> dict[str, Any]:
    """The caller and what they may do."""
    return {
        "id": user["id"],
        "type": "user",
        "email": user["username"],
        "email_verified": True,
        "superuser": False,
        "allowed_device_types": devices,
        "acl": [
            {
                "project_id": record["id"],
                "user_id": user["id"],
                "role": "ADMIN",
                "status": "ACTIVE",
                "project_allowed_device_types": devices,
                "project_allowed_workload_types": [],
            }
            for record in projects
        ],
        "projects": [project(record, user, devices) for record in projects],
    }
