"""The programs that are measured: each does one thing with one client, in a process of its own.

python benchmarks/programs.py CLIENT PROGRAM URL

The clients are `ours`, `awaiting` (our `AsyncSDK`), `existing` and `floor`: httpx or http.client, which do the same
requests and read the JSON. A program prints the seconds of CPU and of the clock that it took, for one call where it
makes many. `compare.py` measures the process as a whole.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

warnings.simplefilter("ignore")

CLIENT, PROGRAM, URL = sys.argv[1:]
BATCH, LONG, THOUSAND, HUGE = (str(UUID(int=number)) for number in (1, 2, 3, 4))
JOB = str(UUID(int=1000))
JOBS = [{"runs": 100, "variables": {"omega": 6.0, "ts": [200, 500]}}]
SEQUENCE = json.dumps({"version": "1", "name": "pulser-exported", "operations": ["x" * 60] * 9})
IN_FLIGHT = 20


def long_sequence() -> str:
    """Makes a sequence of 5 MB, of samples that do not repeat."""
    samples = [((number * 2654435761) % 10**9) / 10**8 for number in range(430_000)]
    return json.dumps({"version": "1", "name": "long", "samples": samples})


def report(began: tuple[float, float], calls: int = 1) -> None:
    wall, cpu = time.perf_counter() - began[0], time.process_time() - began[1]
    print(json.dumps({"wall": wall / calls, "cpu": cpu / calls}))


def now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def sdk_of(name: str = "SDK") -> Any:
    import pasqal_cloud
    from pasqal_cloud.authentication import TokenProvider

    class Anybody(TokenProvider):
        def get_token(self) -> str:
            return "token"

    class AwaitedAnybody(TokenProvider):  # of one that is not, an event loop has each token got by a thread
        async def get_token(self) -> str:
            return "token"

    endpoints = pasqal_cloud.Endpoints(core=f"{URL}/core-fast", account=f"{URL}/account")
    provider = AwaitedAnybody() if name == "AsyncSDK" else Anybody()
    return getattr(pasqal_cloud, name)(token_provider=provider, endpoints=endpoints, project_id=BATCH)


# What a client does, in its own words: a function for each program.


def of_sdk(sdk: Any) -> dict[str, Callable[[], Any]]:
    """The calls that our `SDK` and the existing one have in common."""
    return {
        "get_batch": lambda: sdk.get_batch(BATCH),
        "create_batch": lambda: sdk.create_batch(SEQUENCE, jobs=JOBS, device_type="EMU_FREE"),
        "page_of_jobs": sdk.get_jobs,
        "page_of_batches": sdk.get_batches,
        "job_result": lambda: sdk.get_job(JOB).result,
        "long_sequence": lambda: sdk.create_batch(LONG_SEQUENCE, jobs=JOBS, device_type="EMU_FREE"),
        "batch_of_10000": lambda: len(sdk.get_batch(LONG).ordered_jobs),
    }


def of_ours() -> dict[str, Callable[[], Any]]:
    sdk = sdk_of()
    return of_sdk(sdk) | {
        "iter_jobs": lambda: sum(1 for _ in sdk.iter_jobs()),
        "results": lambda: len(sdk.get_batch(BATCH).results()),
    }


def of_existing() -> dict[str, Callable[[], Any]]:
    from pasqal_cloud import PaginationParams

    sdk = sdk_of()

    def iter_jobs() -> int:
        pages = (sdk.get_jobs(pagination_params=PaginationParams(offset=offset)) for offset in range(0, 10_000, 100))
        return sum(len(page.results) for page in pages)

    def results() -> int:
        return sum(1 for job in sdk.get_batch(BATCH).ordered_jobs if job.result)

    return of_sdk(sdk) | {"iter_jobs": iter_jobs, "results": results}


def of_awaiting(sdk: Any) -> dict[str, Callable[[], Awaitable[Any]]]:
    async def iter_jobs() -> int:
        return sum([1 async for _ in sdk.iter_jobs()])

    async def results() -> int:
        return len(await (await sdk.get_batch(BATCH)).results())

    async def batch_of_10000() -> int:
        return len(await (await sdk.get_batch(LONG)).ordered_jobs)

    return {
        "get_batch": lambda: sdk.get_batch(BATCH),
        "create_batch": lambda: sdk.create_batch(SEQUENCE, jobs=JOBS, device_type="EMU_FREE"),
        "page_of_jobs": sdk.get_jobs,
        "page_of_batches": sdk.get_batches,
        "iter_jobs": iter_jobs,
        "results": results,
        "batch_of_10000": batch_of_10000,
    }


CORE = "/core-fast/api"


def of_floor() -> dict[str, Callable[[], Any]]:
    """The same requests, by httpx one after the other, and by http.client on 20 connections where there are many."""
    return of_httpx() if PROGRAM in SINGLE else of_http_client()


def of_httpx() -> dict[str, Callable[[], Any]]:
    import zlib

    import httpx

    http = httpx.Client(base_url=URL, headers={"Authorization": "Bearer token"})

    def create(sequence: str) -> Any:
        new = {"sequence_builder": sequence, "jobs": JOBS, "device_type": "EMU_FREE", "project_id": BATCH}
        content = json.dumps(new).encode()
        headers = {"Content-Type": "application/json"}
        if len(content) > 100_000:
            squeeze = zlib.compressobj(1, wbits=31)
            content = squeeze.compress(content) + squeeze.flush()
            headers["Content-Encoding"] = "gzip"
        return http.post(f"{CORE}/v1/batches", content=content, headers=headers).json()

    return {
        "get_batch": lambda: http.get(f"{CORE}/v2/batches/{BATCH}").json(),
        "create_batch": lambda: create(SEQUENCE),
        "page_of_jobs": lambda: http.get(f"{CORE}/v2/jobs", params={"offset": 0, "limit": 100}).json(),
        "page_of_batches": lambda: http.get(f"{CORE}/v1/batches", params={"offset": 0, "limit": 100}).json(),
        "long_sequence": lambda: create(LONG_SEQUENCE),
    }


def of_http_client() -> dict[str, Callable[[], Any]]:
    from concurrent.futures import ThreadPoolExecutor
    from http.client import HTTPConnection
    from threading import local

    mine, host = local(), URL.removeprefix("http://")

    def get(path: str) -> Any:
        if not hasattr(mine, "connection"):
            mine.connection = HTTPConnection(host)
        mine.connection.request("GET", path, headers={"Authorization": "Bearer token"})
        return json.loads(mine.connection.getresponse().read())

    def pages(query: str) -> int:
        total = get(f"{CORE}/v2/jobs?{query}offset=0&limit=100")["pagination"]["total"]
        paths = [f"{CORE}/v2/jobs?{query}offset={offset}&limit=100" for offset in range(100, total, 100)]
        with ThreadPoolExecutor(IN_FLIGHT) as pool:
            return 100 + sum(len(page["data"]) for page in pool.map(get, paths))

    def result(identity: str) -> Any:
        link = get(f"{CORE}/v1/jobs/{identity}/results_link")["data"]["results_link"]
        return get(link.removeprefix(URL))

    def results() -> int:
        get(f"{CORE}/v2/batches/{BATCH}")
        with ThreadPoolExecutor(IN_FLIGHT) as pool:
            found = list(pool.map(get, [f"{CORE}/v2/jobs?batch_id={BATCH}&offset={at}&limit=100" for at in (0, 100)]))
            jobs = [job["id"] for page in found for job in page["data"]]
            return len(list(pool.map(result, jobs)))

    def batch_of_10000() -> int:
        get(f"{CORE}/v2/batches/{LONG}")
        return pages(f"batch_id={LONG}&")

    def job_result() -> Any:
        get(f"{CORE}/v2/jobs/{JOB}")
        return result(JOB)

    return {
        "iter_jobs": lambda: pages(""),
        "results": results,
        "batch_of_10000": batch_of_10000,
        "job_result": job_result,
    }


SINGLE = {"get_batch": 300, "create_batch": 300, "page_of_jobs": 100, "page_of_batches": 100, "long_sequence": 5}
"""How often the programs with a single request make it, after some calls that are not measured."""
CALLS = SINGLE | {"job_result": 30}
LONG_SEQUENCE = long_sequence() if PROGRAM == "long_sequence" else ""
EXPECTED = {"iter_jobs": 10_000, "results": 200, "batch_of_10000": 10_000}


def blocking() -> None:
    calls = CALLS.get(PROGRAM, 1)
    call = {"ours": of_ours, "existing": of_existing, "floor": of_floor}[CLIENT]()[PROGRAM]
    for _ in range(calls // 10):
        call()
    began = now()
    for _ in range(calls):
        found = call()
    report(began, calls)
    assert EXPECTED.get(PROGRAM) in (None, found), found


async def awaiting() -> None:
    calls = CALLS.get(PROGRAM, 1)
    call = of_awaiting(sdk_of("AsyncSDK"))[PROGRAM]
    for _ in range(calls // 10):
        await call()
    began = now()
    for _ in range(calls):
        found = await call()
    report(began, calls)
    assert EXPECTED.get(PROGRAM) in (None, found), found


def growth(number: int) -> None:
    """Reads all jobs of a batch of 1,000, 10,000 or 100,000, and keeps none."""
    from pasqal_cloud import JobFilters

    sdk = sdk_of()
    of = {1_000: THOUSAND, 10_000: LONG, 100_000: HUGE}[number]
    began = now()
    found = sum(1 for _ in sdk.iter_jobs(JobFilters(batch_id=of)))
    report(began)
    assert found == number, found


def waiting(seconds: float) -> None:
    """Creates a batch that ends after some seconds, and waits for it; prints how much later its end was seen."""
    sdk = sdk_of()
    began = time.perf_counter()
    batch = sdk.create_batch(
        SEQUENCE, jobs=[JOBS[0] | {"runs": round(seconds * 1000)}], device_type="EMU_FREE", wait=True
    )
    seen = time.perf_counter()
    with urlopen(f"{URL}/_count/{batch.id}") as answer:
        requests = int(answer.read())
    print(json.dumps({"late": seen - began - seconds, "requests": requests}))


def first_request() -> None:
    """What a small program does: import, construct, one request; the whole process is measured."""
    if CLIENT == "floor":
        import attrs  # noqa: F401 - the client's other dependency
        import httpx

        httpx.Client(base_url=URL).get(f"{CORE}/v2/batches/{BATCH}").json()
    else:
        sdk_of().get_batch(BATCH)


if __name__ == "__main__":
    kind, _, number = PROGRAM.partition(":")
    if kind == "first_request":
        first_request()
    elif kind == "growth":
        growth(int(number))
    elif kind == "waiting":
        from urllib.request import urlopen

        waiting(float(number))
    elif CLIENT == "awaiting":
        import asyncio

        asyncio.run(awaiting())
    else:
        blocking()
