"""Reads 10,000 jobs and 200 results with the client that is installed, and prints the seconds as JSON.

python benchmarks/reads.py URL {ours,existing}
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable
from uuid import UUID

warnings.simplefilter("ignore")

from pasqal_cloud import SDK, Endpoints, PaginationParams  # noqa: E402
from pasqal_cloud.authentication import TokenProvider  # noqa: E402

URL, CLIENT = sys.argv[1:]
BATCH = str(UUID(int=1))


class Anybody(TokenProvider):
    def get_token(self) -> str:
        return "token"


sdk = SDK(
    token_provider=Anybody(),
    endpoints=Endpoints(core=f"{URL}/core-fast", account=f"{URL}/account"),
    project_id=BATCH,
)


def list_jobs_ours() -> int:
    return sum(1 for _ in sdk.iter_jobs())


def list_jobs_existing() -> int:
    pages = (sdk.get_jobs(pagination_params=PaginationParams(offset=offset)) for offset in range(0, 10_000, 100))
    return sum(len(page.results) for page in pages)


def results_ours() -> int:
    return len(sdk.get_batch(BATCH).results())


def results_existing() -> int:
    return sum(1 for job in sdk.get_batch(BATCH).ordered_jobs if job.result)


def timed(name: str, count: int) -> dict[str, float]:
    function: Callable[[], int] = globals()[f"{name}_{CLIENT}"]
    wall, cpu = time.perf_counter(), time.process_time()
    assert function() == count
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


print(json.dumps({name: timed(name, count) for name, count in (("list_jobs", 10_000), ("results", 200))}))
