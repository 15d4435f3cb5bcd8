"""An SDK that needs no login, handles of it, and lists that change while they are read."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from ..doubles.cloud import EAGER, Anybody, Cloud


@pytest.fixture
def sdk(opened: Callable[..., Any], cloud: Cloud) -> Any:
    """An SDK of each colour on the cloud, with short pauses between its tries."""
    return opened(token_provider=Anybody(), project_id=cloud.project_id, endpoints=cloud.endpoints, **EAGER)


@pytest.fixture
def walk(colour: Any) -> Callable[[Any], list[Any]]:
    """A function that goes through all that an iterator of the colour gives."""

    async def all_of(items: Any) -> list[Any]:
        return [item async for item in items]

    return lambda items: list(items) if colour.is_blocking else colour.call(all_of(items))


@pytest.fixture
def batch(colour: Any, cloud: Cloud, sdk: Any) -> Any:
    """A handle of the batch, open and without jobs that were read."""
    cloud.on("GET", "/v2/batches/{}").mock(return_value=cloud.batch(open=True))
    return colour.call(sdk.get_batch(cloud.batch_id))


@pytest.fixture
def of_jobs(colour: Any, cloud: Cloud, sdk: Any) -> Callable[..., Any]:
    """A function that gets a batch with the jobs given."""

    def make(*jobs: dict[str, Any], **fields: Any) -> Any:
        cloud.on("GET", "/v2/batches/{}").mock(return_value=cloud.batch(jobs=list(jobs), **fields))
        return colour.call(sdk.get_batch(cloud.batch_id))

    return make


@pytest.fixture
def documents(cloud: Cloud) -> dict[str, Any]:
    """The result documents of jobs, by their ids; a test may add others. A job has none if it is not among them."""
    found: dict[str, Any] = {cloud.ident(number): {"counter": {f"{number:03b}": 10}} for number in range(5)}
    storage = "https://storage.test"

    def link(request: httpx.Request, job_id: str) -> httpx.Response:
        return cloud.ok({"results_link": f"{storage}/{job_id}" if job_id in found else None})

    def document(request: httpx.Request, job_id: str) -> httpx.Response:
        answer = found[job_id]
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    cloud.router.get(url__regex=rf"{cloud.url}/core-fast/api/v1/jobs/(?P<job_id>[^/]*)/results_link").mock(
        side_effect=link
    )
    cloud.router.get(url__regex=rf"{storage}/(?P<job_id>.*)").mock(side_effect=document)
    return found
