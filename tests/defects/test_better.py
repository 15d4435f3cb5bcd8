"""What went wrong in the existing client and goes right here, where no other test shows it."""

import asyncio
import gc
import gzip
import json
import logging
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID, uuid4

import httpx
import pytest

from pasqal_cloud import (
    BatchCreationError,
    BatchFetchingError,
    BatchFilters,
    CancelJobFilters,
    Endpoints,
    JobFilters,
    PermissionDeniedError,
    RebatchFilters,
    ValidationError,
    WorkloadFilters,
)

BATCH = "11111111-2222-4333-8444-555555555555"


def ident(number: int) -> str:
    """The id of a job."""
    return f"22222222-2222-4333-8444-{number:012}"


def whole(**fields: Any) -> dict[str, Any]:
    """The batch, as the service gives it."""
    return {"id": BATCH, "status": "PENDING", **fields}


LISTS = pytest.mark.parametrize("kind", [BatchFilters, JobFilters, CancelJobFilters, RebatchFilters, WorkloadFilters])


@LISTS
def test_none_is_no_filter(kind: type[Any]) -> None:
    """A filter that is given as None is left out, whichever it is."""
    names = [field.name for field in kind.__attrs_attrs__]
    assert kind(**dict.fromkeys(names)).query() == {}


@LISTS
def test_an_empty_list_is_never_everything(kind: type[Any]) -> None:
    """`user_id=[]` must not give everybody's."""
    for name in {"id", "user_id", "status", "project_id"} & {field.name for field in kind.__attrs_attrs__}:
        with pytest.raises(ValidationError, match=f"{name} is empty"):
            kind(**{name: []})


def test_a_time_without_zone_is_the_users(colour: Any, answered: Callable[..., Any]) -> None:
    """It is sent with the offset of the user's clock; a number is no time."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> Any:
        asked.extend(parse_qs(request.url.query.decode())["start_date"])
        return []

    naive = datetime(2024, 5, 1, 12, 0)
    colour.call(answered(answer).get_batches(BatchFilters(start_date=naive)))
    (sent,) = map(datetime.fromisoformat, asked)
    assert sent.tzinfo is not None
    assert sent == naive.astimezone()
    with pytest.raises(ValidationError, match="start_date must be a datetime"):
        BatchFilters(start_date=1714557600)


def test_one_item_that_lacks_something_does_not_spoil_the_page(colour: Any, answered: Callable[..., Any]) -> None:
    """Missing and null fields are None or empty, in a page of others."""
    nulls = dict.fromkeys(
        ["user_id", "project_id", "created_at", "tags", "jobs_count_per_status", "device_type", "open"]
    )
    items = [whole(), whole(id=ident(1), **nulls), whole(id=ident(2), user_id="ada", tags=["a"])]
    page = colour.call(answered(lambda _: items).get_batches())
    assert [(batch.user_id, batch.created_at, batch.tags) for batch in page] == [
        (None, None, []),
        (None, None, []),
        ("ada", None, ["a"]),
    ]


def test_handles_can_be_hashed_and_shown(colour: Any, answered: Callable[..., Any]) -> None:
    """They can be keys and members of sets; `repr` shows neither client nor token."""
    sdk = answered(lambda _: whole(jobs=[{"id": ident(1), "status": "DONE"}]))
    batch = colour.call(sdk.get_batch(BATCH))
    (job,) = colour.call(batch.ordered_jobs)
    assert {batch: "a", job: "b"}[job] == "b"
    for handle in (batch, job):
        assert handle.id in repr(handle)
        assert "token" not in repr(handle)
        assert "client" not in repr(handle)


def test_a_sequence_is_fetched_once(colour: Any, answered: Callable[..., Any]) -> None:
    """However often it is read, also where there is none."""
    for sequence in ("{}", None):
        asked: list[str] = []

        def answer(request: httpx.Request, sequence: str | None = sequence, asked: list[str] = asked) -> Any:
            asked.append(request.url.path)
            return whole(sequence_builder=sequence) if len(asked) > 1 else whole()

        batch = colour.call(answered(answer).get_batch(BATCH))
        assert [colour.call(batch.sequence_builder) for _ in range(5)] == [sequence] * 5
        assert len(asked) == 2


def test_importing_leaves_the_warning_filters() -> None:
    """And warns of nothing: neither the import of every name, nor making an SDK."""
    program = """
import warnings
warnings.simplefilter("error")
before = list(warnings.filters)
import pasqal_cloud, pasqal_cloud.device
for name in pasqal_cloud.__all__:
    getattr(pasqal_cloud, name)
pasqal_cloud.SDK(token="token")
assert warnings.filters == before
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_making_a_workload_asks_for_nothing_more(colour: Any, answered: Callable[..., Any], project: str) -> None:
    """Its result is fetched when it is read, however it came."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> Any:
        asked.append(request.url.path)
        return {"id": ident(1), "status": "DONE", "result_link": "https://storage.test/result"}

    workload = colour.call(answered(answer).get_workload(ident(1)))
    assert repr(workload)
    assert workload.status == "DONE"
    assert len(asked) == 1


def test_an_sdk_keeps_no_batches(colour: Any, answered: Callable[..., Any]) -> None:
    """What the user drops is dropped."""
    sdk = answered(lambda _: whole())
    batch = colour.call(sdk.create_batch("{}", [{"runs": 1}]))
    held = weakref.ref(batch)
    del batch
    gc.collect()
    assert held() is None


def test_bodies_are_compressed_fast(colour: Any, answered: Callable[..., Any]) -> None:
    """At the level that costs least; short ones not at all."""
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> Any:
        sent.append(request)
        return whole(id=str(uuid4()))

    sdk = answered(answer)
    for sequence in ("x", "x" * 100_000):
        colour.call(sdk.create_batch(sequence, [{"runs": 1}]))
    short, long = sent
    assert json.loads(short.content)["sequence_builder"] == "x"
    body = gzip.decompress(long.content)
    assert json.loads(body)["sequence_builder"] == "x" * 100_000
    assert long.content == gzip.compress(body, compresslevel=1, mtime=0)


class Crowd(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A storage that answers when as many requests as it waits for have come.

    Args:
        size: How many requests of the storage have to be under way at once.
        answer: Answers everything.
    """

    def __init__(self, size: int, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self.answer = answer
        self.size = size
        self.barrier = threading.Barrier(size)
        self.came = 0
        self.all_came: asyncio.Event | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "storage.test":
            self.barrier.wait(timeout=30)
        return self.answer(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "storage.test":
            self.all_came = self.all_came or asyncio.Event()
            self.came += 1
            if self.came == self.size:
                self.all_came.set()
            await asyncio.wait_for(self.all_came.wait(), timeout=30)
        return self.answer(request)


def test_results_are_downloaded_together(colour: Any, project: str) -> None:
    """Ten downloads are under way at once: each waits for the others here."""
    jobs = [{"id": ident(number), "status": "DONE"} for number in range(10)]

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "storage.test":
            return httpx.Response(200, json={"counter": {"1": int(request.url.path[-1])}})
        if request.url.path.endswith("results_link"):
            job_id = request.url.path.split("/")[-2]
            return httpx.Response(200, json={"data": {"results_link": f"https://storage.test/{job_id}"}})
        return httpx.Response(200, json={"data": whole(status="DONE", jobs=jobs)})

    sdk = colour.SDK(
        token="token",
        project_id=project,
        endpoints=Endpoints.at("https://cloud.test"),
        transport=Crowd(10, answer),
    )
    batch = colour.call(sdk.get_batch(BATCH))
    assert colour.call(batch.results()) == {job["id"]: {"1": number} for number, job in enumerate(jobs)}
    colour.call(sdk.close())


def test_a_page_of_html_does_not_hide_the_refusal(colour: Any, answered: Callable[..., Any]) -> None:
    """A proxy's 403 is a 403, and `except Exception` catches it."""
    sdk = answered(lambda _: httpx.Response(403, html="<html>Forbidden by the proxy</html>"))
    error = colour.attempt(Exception, lambda: sdk.get_batch(BATCH))
    assert isinstance(error, BatchFetchingError)
    assert isinstance(error, PermissionDeniedError)
    assert error.status == 403
    assert "Forbidden by the proxy" in error.body


def test_a_failed_creation_can_be_wrapped(colour: Any, answered: Callable[..., Any]) -> None:
    """Packages that wrap it in `except Exception` get what they catch."""
    sdk = answered(lambda _: httpx.Response(422, json={"data": ["a list"]}))
    error = colour.attempt(Exception, lambda: sdk.create_batch("{}", [{"runs": 1}]))
    assert isinstance(error, BatchCreationError)


def test_an_interrupted_creation_leaves_the_id(
    colour: Any, answered: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    """Ctrl-C while waiting: the id is in the log, and in the notes of the interrupt."""
    caplog.set_level(logging.INFO, "pasqal_cloud")

    class InterruptError(BaseException):
        """Like a KeyboardInterrupt, but no end of the tests."""

    def answer(request: httpx.Request) -> Any:
        if request.method == "GET":
            raise InterruptError
        return whole()

    sdk = answered(answer)
    error = colour.attempt(InterruptError, lambda: sdk.create_batch("{}", [{"runs": 1}], wait=True))
    assert any(BATCH in note for note in error.__notes__)
    assert BATCH in caplog.text


def test_ids_are_only_ids(colour: Any, answered: Callable[..., Any]) -> None:
    """No path, no None: nothing is sent. A UUID object is as good as its text."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> Any:
        asked.append(request.url.path)
        return {"id": ident(1), "status": "DONE"}

    sdk = answered(answer)
    for wrong in ("../../v1/devices/specs", None, "", 1):
        for read in (sdk.get_job, sdk.get_batch, sdk.get_workload, sdk.get_job_status, sdk.cancel_job, sdk.close_batch):
            colour.attempt(ValidationError, lambda read=read, wrong=wrong: read(wrong))
    assert asked == []
    assert colour.call(sdk.get_job(UUID(ident(1)))).id == ident(1)
