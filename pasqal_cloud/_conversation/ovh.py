"""The operations that OVH's users can perform, which have their own addresses."""

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

_REPLACEMENTS = {
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
    """Gets the operation that replaces another one for OVH's users.

    Args:
        endpoint: A module of the generated client. Anything else, like a download, is returned unchanged.

    Raises:
        PermissionDeniedError: OVH's users can't perform this operation.
    """
    if endpoint in _REPLACEMENTS:
        return _REPLACEMENTS[endpoint]
    if isinstance(endpoint, ModuleType) and endpoint.__name__.startswith("pasqal_cloud_api."):
        name = endpoint.__name__.rpartition(".")[2]
        raise PermissionDeniedError(
            f"{name} is not available to OVH's users, who can create batches, and read them and their jobs.", sent=False
        )
    return endpoint
