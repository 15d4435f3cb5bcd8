"""The lines of tests/typing/power_user.py do on a service what type checkers say of them."""

import asyncio
from uuid import UUID

from pasqal_cloud import Endpoints, PasswordGrantTokenProvider
from pasqal_cloud_api import AuthenticatedClient

from ..typing.power_user import awaiting, blocking


def test_power_user(spec, pasqal_service):
    """Both colours create, read and list a batch, add up what was ordered, and are told what does not exist."""
    endpoints = Endpoints.at(pasqal_service.url)
    provider = PasswordGrantTokenProvider(pasqal_service.username, pasqal_service.password, endpoints.auth)
    project = UUID(pasqal_service.project_id)
    sequence = spec["components"]["examples"]["CreateClosedBatch"]["value"]["sequence_builder"]
    with AuthenticatedClient(base_url=pasqal_service.url, token=provider.get_token()) as client:
        status, ids, runs, told = blocking(client, project, sequence)
    assert status in ("pending", "running", "done")
    assert len(ids) == 1
    assert runs == 50
    assert told.startswith("404 ")
    assert len(told) > len("404 ")

    async def again():
        async with AuthenticatedClient(base_url=pasqal_service.url, token=provider.get_token()) as client:
            return await awaiting(client, project, sequence)

    status, more, runs, same = asyncio.run(again())
    assert status in ("pending", "running", "done")
    assert set(ids) < set(more)
    assert (len(more), runs) == (2, 50)
    assert same == told
