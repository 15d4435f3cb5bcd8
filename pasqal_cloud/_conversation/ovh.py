"""The door for those who come by OVH: their own addresses of some operations, and no others."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from pasqal_cloud.errors import PermissionDeniedError
from pasqal_cloud_api.api.batches import create_batch, get_batch, get_batch_status
from pasqal_cloud_api.api.devices import list_public_device_specs, list_public_devices
from pasqal_cloud_api.api.jobs import get_job_results_link, get_job_status, list_jobs
from pasqal_cloud_api.api.ovh import (
    create_ovh_batch,
    get_ovh_batch,
    get_ovh_batch_status,
    get_ovh_job_results_link,
    get_ovh_job_status,
    list_ovh_jobs,
)

_THROUGH = {
    create_batch: create_ovh_batch,
    get_batch: get_ovh_batch,
    get_batch_status: get_ovh_batch_status,
    get_job_results_link: get_ovh_job_results_link,
    get_job_status: get_ovh_job_status,
    list_jobs: list_ovh_jobs,
    list_public_devices: list_public_devices,
    list_public_device_specs: list_public_device_specs,
}


def ovh(endpoint: Any) -> Any:
    """Gets what stands for an operation behind OVH's door.

    Args:
        endpoint: A module of the generated client; or something else, which needs no door.

    Raises:
        PermissionDeniedError: OVH's users have no such operation.
    """
    if endpoint in _THROUGH:
        return _THROUGH[endpoint]
    if isinstance(endpoint, ModuleType) and endpoint.__name__.startswith("pasqal_cloud_api."):
        name = endpoint.__name__.rpartition(".")[2]
        only = "create batches, read them and their jobs"
        raise PermissionDeniedError(f"{name} is not among what can be done by OVH: {only}.", sent=False)
    return endpoint
