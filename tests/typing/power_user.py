"""The natural lines of someone who uses the generated client alone: mypy and pyright pass them as they stand.

tests/spec/test_power_user.py runs them on a local service.
"""

from uuid import UUID

from pasqal_cloud_api import AuthenticatedClient
from pasqal_cloud_api.api.batches import create_batch, get_batch, list_batches
from pasqal_cloud_api.api.jobs import list_jobs
from pasqal_cloud_api.errors import UnexpectedStatus
from pasqal_cloud_api.models import CreateBatch, CreateJob, Variables


def blocking(client: AuthenticatedClient, project: UUID, sequence: str) -> tuple[str, list[str], int, str]:
    """Creates a batch, reads it and its jobs, lists, and asks for a batch that does not exist."""
    jobs = [CreateJob(runs=20, variables=Variables.from_dict({"omega": 3.0})), CreateJob(runs=30)]
    order = CreateBatch(project_id=project, sequence_builder=sequence, device_type="EMU_FREE", jobs=jobs)
    batch = create_batch.sync(client=client, body=order).data
    batch = get_batch.sync(UUID(batch.id), client=client).data
    page = list_batches.sync(client=client, status=["PENDING", "RUNNING", "DONE"], device_type=["EMU_FREE"], limit=5)
    ids = [each.id for each in page.data if each.created_at is not None and each.created_at >= "2024"]
    runs = 0
    for job in list_jobs.sync(client=client, batch_id=[UUID(batch.id)]).data:
        if job.runs is not None:
            runs += job.runs
    try:
        get_batch.sync(UUID(int=0), client=client)
    except UnexpectedStatus as error:
        return batch.status.lower(), ids, runs, f"{error.status_code} {error.message}"
    return batch.status.lower(), ids, runs, ""


async def awaiting(client: AuthenticatedClient, project: UUID, sequence: str) -> tuple[str, list[str], int, str]:
    """The same, awaiting; what is no success may be read instead of caught."""
    jobs = [CreateJob(runs=20, variables=Variables.from_dict({"omega": 3.0})), CreateJob(runs=30)]
    order = CreateBatch(project_id=project, sequence_builder=sequence, device_type="EMU_FREE", jobs=jobs)
    batch = (await create_batch.asyncio(client=client, body=order)).data
    batch = (await get_batch.asyncio(UUID(batch.id), client=client)).data
    page = await list_batches.asyncio(client=client, status=["PENDING", "RUNNING", "DONE"], limit=5)
    total = page.pagination.total if page.pagination else 0
    ids = [each.id for each in page.data[:total]]
    found = await list_jobs.asyncio(client=client, batch_id=[UUID(batch.id)])
    runs = sum(job.runs or 0 for job in found.data)
    answer = await get_batch.asyncio_detailed(UUID(int=0), client=client)
    told = f"{answer.status_code} {answer.parsed.message}" if answer.parsed else ""
    return batch.status.lower(), ids, runs, told
