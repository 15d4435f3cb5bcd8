"""Converts stored records to the data in responses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

if TYPE_CHECKING:
    from pasqal_cloud.local.devices import Device
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
    "origin",
)

COPIED_FROM_WORKLOAD = (
    "id",
    "project_id",
    "user_id",
    "workload_type",
    "backend",
    "config",
    "status",
    "queue_priority",
    "created_at",
    "updated_at",
    "start_timestamp",
    "end_timestamp",
)

WORKLOAD_TYPES = (
    "algorithm_dqgm",
    "qadence_circuit",
    "algorithm_pde_basf",
    "algorithm_pde_equality",
    "algorithm_qel_posco",
)

DEVICES = UUID("3a2f6f0e-5c58-4d0b-9d39-8a4f6f6d7c11")
"""The namespace for the ids of devices, which are derived from their names."""


def listed_batch(batch: Record) -> dict[str, Any]:
    """A batch as lists show it: without sequence and jobs."""
    return {
        **{name: batch[name] for name in COPIED_FROM_BATCH},
        "complete": not batch["open"],
        "jobs_count": sum(batch["counts"].values()),
        "jobs_count_per_status": batch["counts"],
    }


def fetched_batch(batch: Record, sequence: str | None, job_ids: list[str]) -> dict[str, Any]:
    """A batch with its sequence and the ids of its jobs."""
    return listed_batch(batch) | {"sequence_builder": sequence, "job_ids": job_ids}


def changed_batch(batch: Record, sequence: str | None, jobs: list[Record]) -> dict[str, Any]:
    """A batch with its sequence and its jobs."""
    return listed_batch(batch) | {"sequence_builder": sequence, "jobs": list(map(listed_job, jobs))}


def listed_job(job: Record) -> dict[str, Any]:
    """A job without its sequence. `seed` is this service's own addition."""
    return {**{name: job[name] for name in COPIED_FROM_JOB}, "errors": job["errors"] or []}


def listed_workload(workload: Record) -> dict[str, Any]:
    """A workload without its result."""
    copied = {name: workload[name] for name in COPIED_FROM_WORKLOAD}
    return copied | {"config": workload["config"] or {}, "errors": workload["errors"] or []}


def device(device: Device, queue_time: float) -> dict[str, Any]:
    """A device, described like the cloud's device that it stands for."""
    return {
        "id": str(uuid5(DEVICES, device.name)),
        "name": device.name,
        "device_type": device.name,
        "status": "UP",
        "availability": "ACTIVE",
        "active": True,
        "description": device.description,
        "is_emulator": device.is_emulator,
        "average_queue_time": round(queue_time),
        "max_atom_num": device.max_atoms,
        "channels": list(device.channels),
        "allowed_result_types": ["counter"],
        "default_result_types": ["counter"],
        "bill_usage": False,
    }


def specs(device: Device) -> dict[str, Any]:
    """The specs of a device."""
    return {"device_type": device.name, "specs": device.specs}


def project(record: Record, devices: list[str]) -> dict[str, Any]:
    """A project, with the people in it."""
    people = [
        {"id": member["id"], "email": member["username"], "given_name": "Local", "family_name": "User"}
        for member in record["members"]
    ]
    roles = [member["role"] for member in record["members"]]
    admin = people[roles.index("ADMIN") if "ADMIN" in roles else 0]
    return {
        "id": record["id"],
        "project_id": record["id"],
        "name": record["name"],
        "company": "",
        "description": "",
        "email_domain": None,
        "package": None,
        "project_status": record["status"],
        "project_type": "INTERNAL",
        "queue_priority": record["queue_priority"],
        "allowed_device_types": devices,
        "allowed_workload_types": list(WORKLOAD_TYPES),
        "additional_access_grants": [],
        "account_manager": admin,
        "main_admin": admin,
        "count": {"ACTIVE_ADMIN": roles.count("ADMIN"), "ACTIVE_MEMBER": roles.count("MEMBER"), "PENDING": 0},
        "created_at": record["created_at"],
        "last_activity_date": record["last_activity_date"],
    }


def auth_info(user: Record, projects: list[dict[str, Any]], roles: list[str]) -> dict[str, Any]:
    """The caller, with their role and permissions in each of their projects, which are given as views."""
    allowed = [name for project in projects for name in project["allowed_device_types"]]
    return {
        "id": user["id"],
        "type": "user",
        "email": user["username"],
        "email_verified": True,
        "superuser": False,
        "allowed_device_types": list(dict.fromkeys(allowed)),
        "acl": [
            {
                "project_id": project["id"],
                "user_id": user["id"],
                "role": role,
                "status": "ACTIVE",
                "project_allowed_device_types": project["allowed_device_types"],
                "project_allowed_workload_types": project["allowed_workload_types"],
            }
            for project, role in zip(projects, roles, strict=True)
        ],
        "projects": projects,
    }
