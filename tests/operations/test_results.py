"""Results: of a batch at once, of jobs as they end, and of attributes that are awaited."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from pasqal_cloud import (
    Endpoints,
    JobFailedError,
    JobFetchingError,
    NotFoundError,
    WaitTimeoutError,
    as_completed,
)

from ..doubles import answers
from ..doubles.transports import Crowd

pytestmark = pytest.mark.blocking_first

STORAGE = "https://storage.test"


@pytest.fixture
def results(cloud: Any) -> Any:
    """Results of all jobs, `{"1": number}`; the route of their documents."""

    def link(request: httpx.Request, job_id: str) -> httpx.Response:
        return cloud.ok({"results_link": f"{STORAGE}/{job_id}"})

    def document(request: httpx.Request, number: str) -> httpx.Response:
        return httpx.Response(200, json={"counter": {"1": int(number)}})

    cloud.router.get(url__regex=rf"{cloud.url}/core-fast/api/v1/jobs/(?P<job_id>.*)/results_link").mock(
        side_effect=link
    )
    return cloud.router.get(url__regex=rf"{STORAGE}/.*-(?P<number>\d+)").mock(side_effect=document)


@pytest.fixture
def mixed(cloud: Any, of_jobs: Callable[..., Any]) -> Any:
    """A batch with two jobs that are done, between them one that failed and one that was cancelled."""
    return of_jobs(
        cloud.job(1, status="DONE"),
        cloud.job(2, status="ERROR", errors=["Too hot.", "Too late."]),
        cloud.job(3, status="CANCELED"),
        cloud.job(4, status="DONE"),
        status="DONE",
    )


def test_the_job_that_failed_says_why(colour: Any, cloud: Any, mixed: Any, results: Any) -> None:
    """The first failure is raised, with the service's reasons and the handle; nothing is downloaded."""
    error = colour.attempt(JobFailedError, mixed.results)
    _, failed, _, _ = colour.call(mixed.ordered_jobs)
    assert error.job is failed
    assert error.reasons == failed.errors == ["Too hot.", "Too late."]
    assert cloud.ident(2) in str(error)
    assert "Too hot.; Too late." in str(error)
    assert not results.called


def test_failures_can_be_left_out(colour: Any, cloud: Any, mixed: Any, results: Any) -> None:
    """What there is, in the order of the jobs."""
    assert colour.call(mixed.results(errors="skip")) == {cloud.ident(1): {"1": 1}, cloud.ident(4): {"1": 4}}


def test_failures_can_stand_among_the_results(colour: Any, cloud: Any, mixed: Any, results: Any) -> None:
    """Each job has its result or its error, in the order of the jobs."""
    found = colour.call(mixed.results(errors="return"))
    assert list(found) == [cloud.ident(number) for number in (1, 2, 3, 4)]
    assert (found[cloud.ident(1)], found[cloud.ident(4)]) == ({"1": 1}, {"1": 4})
    assert found[cloud.ident(2)].reasons == ["Too hot.", "Too late."]
    assert "CANCELED" in str(found[cloud.ident(3)])
    assert found[cloud.ident(3)].reasons == []


def test_a_handle_that_is_behind_is_refreshed_first(
    colour: Any, cloud: Any, of_jobs: Callable[..., Any], results: Any
) -> None:
    """Asking a pending handle for results shows those of jobs that ended meanwhile; the others are left out."""
    batch = of_jobs(cloud.job(1), cloud.job(2))
    now = [cloud.job(1, status="DONE"), cloud.job(2, status="RUNNING")]
    listed = cloud.on("GET", "/v2/jobs").mock(return_value=cloud.page(*now))
    assert colour.call(batch.results()) == {cloud.ident(1): {"1": 1}}
    assert [job.status for job in colour.call(batch.ordered_jobs)] == ["DONE", "RUNNING"]
    assert listed.call_count == 1


def test_settled_jobs_need_no_refresh(colour: Any, cloud: Any, mixed: Any, results: Any) -> None:
    """What has ended does not change: only links and documents are asked for, and those once."""
    before = len(cloud.sent)
    colour.call(mixed.results(errors="skip"))
    assert len(cloud.sent) - before == 4
    colour.call(mixed.results(errors="skip"))
    assert len(cloud.sent) - before == 4


def test_a_result_without_counts_is_none(colour: Any, cloud: Any, of_jobs: Callable[..., Any], results: Any) -> None:
    """It is among the results all the same: `full_result` has what there is."""
    results.mock(return_value=httpx.Response(200, json={"raw": ["01"]}))
    batch = of_jobs(cloud.job(1, status="DONE"), status="DONE")
    assert colour.call(batch.results()) == {cloud.ident(1): None}
    (job,) = colour.call(batch.ordered_jobs)
    assert colour.call(job.full_result) == {"raw": ["01"]}


def test_a_result_that_can_not_be_had_is_an_error(
    colour: Any, cloud: Any, of_jobs: Callable[..., Any], results: Any
) -> None:
    """Whatever is done with failed jobs: a download that fails is no failed job."""
    results.mock(return_value=httpx.Response(404, json={}))
    batch = of_jobs(cloud.job(1, status="DONE"), cloud.job(2, status="DONE"), status="DONE")
    for errors in ("raise", "skip", "return"):
        error = colour.attempt(JobFetchingError, lambda errors=errors: batch.results(errors=errors))
        assert isinstance(error, NotFoundError)


# Jobs as they end.


@pytest.fixture
def in_turn(colour: Any, walk: Callable[[Any], list[Any]]) -> Callable[..., list[str]]:
    """A function that gets the ids of jobs as they end."""
    return lambda jobs, **options: [job.id for job in walk(as_completed(jobs, **options))]


def test_jobs_come_as_they_end(
    colour: Any, cloud: Any, of_jobs: Callable[..., Any], in_turn: Callable[..., list[str]]
) -> None:
    """Those that have ended first, in the order in which they were given; each once, as the user's own handle."""
    batch = of_jobs(cloud.job(0), cloud.job(1, status="ERROR"), cloud.job(2), cloud.job(3, status="DONE"))
    jobs = colour.call(batch.ordered_jobs)
    ended = [cloud.job(2, status="CANCELED"), cloud.job(0, status="DONE")]
    listed = cloud.on("GET", "/v2/jobs").mock(return_value=cloud.page(*ended))
    assert in_turn([*jobs, jobs[0]]) == [cloud.ident(number) for number in (1, 3, 0, 2)]
    assert [job.status for job in jobs] == ["DONE", "ERROR", "CANCELED", "DONE"]
    query = parse_qs(listed.calls.last.request.url.query.decode())
    assert sorted(query["id"]) == [cloud.ident(0), cloud.ident(2)]


def test_the_jobs_of_a_batch_come_as_they_end(
    colour: Any, cloud: Any, of_jobs: Callable[..., Any], in_turn: Callable[..., list[str]]
) -> None:
    """The batch itself is enough."""
    batch = of_jobs(cloud.job(0), cloud.job(1, status="DONE"))
    cloud.on("GET", "/v2/jobs").mock(return_value=cloud.page(cloud.job(0, status="DONE")))
    assert in_turn(batch) == [cloud.ident(1), cloud.ident(0)]


def test_one_request_looks_at_a_hundred_jobs(
    colour: Any, cloud: Any, of_jobs: Callable[..., Any], in_turn: Callable[..., list[str]]
) -> None:
    """250 jobs that end at once cost three requests, not 250."""
    jobs = colour.call(of_jobs(*(cloud.job(number) for number in range(250))).ordered_jobs)
    listed = cloud.serve("jobs", lambda *_: range(250))
    assert in_turn(jobs) == [job.id for job in jobs]
    assert listed.call_count == 3


def test_jobs_of_several_batches_come_together(
    colour: Any, cloud: Any, sdk: Any, in_turn: Callable[..., list[str]]
) -> None:
    """They need nothing in common but their colour; any iterable will do."""
    cloud.serve("jobs", lambda *_: range(3))
    page = colour.call(sdk.get_jobs())
    assert in_turn(job for job in page) == [cloud.ident(number) for number in range(3)]


def test_a_wait_for_jobs_ends_when_its_time_is_up(colour: Any, cloud: Any, of_jobs: Callable[..., Any]) -> None:
    """What has ended is given first; the error names the jobs that are left."""
    jobs = colour.call(of_jobs(cloud.job(0, status="DONE"), *(cloud.job(n) for n in range(1, 6))).ordered_jobs)
    cloud.on("GET", "/v2/jobs").mock(return_value=cloud.page(*(cloud.job(n) for n in range(1, 6))))
    given: list[str] = []

    def note(job: Any) -> None:
        given.append(job.id)

    async def collect() -> None:
        async for job in as_completed(jobs, timeout=0):
            note(job)

    def collect_blocking() -> None:
        for job in as_completed(jobs, timeout=0):
            note(job)

    error = colour.attempt(WaitTimeoutError, collect_blocking if colour.is_blocking else collect)
    assert given == [cloud.ident(0)]
    assert isinstance(error, TimeoutError)
    assert "5 jobs" in str(error)
    assert cloud.ident(1) in str(error)
    assert error.handle is None


def test_no_jobs_end_at_once(colour: Any, cloud: Any, walk: Callable[[Any], list[Any]]) -> None:
    """Nothing is asked for."""
    assert (list(as_completed([])) if colour.is_blocking else walk(as_completed([]))) == []
    assert cloud.sent == []


def test_jobs_that_can_not_be_looked_at_are_an_error(
    colour: Any, cloud: Any, of_jobs: Callable[..., Any], in_turn: Callable[..., list[str]]
) -> None:
    """Both classes catch it, and it names the jobs."""
    jobs = colour.call(of_jobs(cloud.job(0)).ordered_jobs)
    cloud.on("GET", "/v2/jobs").mock(return_value=cloud.refused(404))
    with pytest.raises(JobFetchingError) as caught:
        in_turn(jobs)
    assert isinstance(caught.value, NotFoundError)
    assert any(cloud.ident(0) in note for note in caught.value.__notes__)


# What is awaited.


def test_an_attribute_can_be_awaited_twice(awaiting: Any, cloud: Any, results: Any) -> None:
    """What an attribute gives may be kept and awaited again: it is fetched once."""
    sdk = awaiting.SDK(token="token", project_id=cloud.project_id, endpoints=Endpoints.at(cloud.url))
    cloud.on("GET", "/v2/batches/{}").mock(return_value=cloud.batch(status="DONE"))
    listed = cloud.on("GET", "/v2/jobs").mock(return_value=cloud.page(cloud.job(1, status="DONE")))
    batch = awaiting.call(sdk.get_batch(cloud.batch_id))
    jobs = batch.ordered_jobs
    assert awaiting.call(jobs)[0] is awaiting.call(jobs)[0]
    result = awaiting.call(jobs)[0].result
    assert awaiting.call(result) == awaiting.call(result) == {"1": 1}
    assert (listed.call_count, results.call_count) == (1, 1)
    awaiting.call(sdk.close())


def test_results_are_downloaded_together(colour: Any, cloud: Any, opened: Any) -> None:
    """Ten downloads are under way at once: each waits for the others here."""
    jobs = [{"id": cloud.ident(number), "status": "DONE"} for number in range(10)]

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "storage.test":
            return httpx.Response(200, json={"counter": {"1": int(request.url.path[-1])}})
        if request.url.path.endswith("results_link"):
            job_id = request.url.path.split("/")[-2]
            return httpx.Response(200, json={"data": {"results_link": f"https://storage.test/{job_id}"}})
        return httpx.Response(200, json={"data": answers.batch(status="DONE", jobs=jobs)})

    sdk = opened(token="token", endpoints=cloud.endpoints, transport=Crowd(10, answer))
    batch = colour.call(sdk.get_batch(cloud.batch_id))
    assert colour.call(batch.results()) == {job["id"]: {"1": number} for number, job in enumerate(jobs)}


def test_counts_are_the_result_with_a_type_of_their_own(colour: Any, mixed: Any, results: Any) -> None:
    """`counts` and `result` are equal; both can do what `Counts` can, and so can those of a whole batch."""
    first, *_ = colour.call(mixed.ordered_jobs)
    counts = colour.call(first.counts)
    assert counts == colour.call(first.result) == {"1": 1}
    assert (counts.shots, colour.call(first.result).shots) == (1, 1)
    assert [each.shots for each in colour.call(mixed.results(errors="skip")).values()] == [1, 4]


def test_counts_are_the_most_frequent_first(colour: Any, of_jobs: Callable[..., Any], cloud: Any, results: Any) -> None:
    """In whatever order the service tells them."""
    results.mock(return_value=httpx.Response(200, json={"counter": {"00": 1, "10": 30, "01": 4}}))
    (job,) = colour.call(of_jobs(cloud.job(1, status="DONE")).ordered_jobs)
    assert list(colour.call(job.counts)) == ["10", "01", "00"]


@pytest.mark.parametrize(
    ("status", "document", "expected", "words"),
    [
        ("ERROR", {"raw": []}, JobFailedError, "ended ERROR: Too hot."),
        ("RUNNING", {}, JobFetchingError, "is RUNNING: wait() until it has ended"),
        ("DONE", {"raw": ["1"]}, JobFetchingError, "has no counts: see its full_result"),
    ],
)
def test_counts_say_why_there_are_none(
    colour: Any,
    cloud: Any,
    of_jobs: Callable[..., Any],
    results: Any,
    status: str,
    document: Any,
    expected: type[Exception],
    words: str,
) -> None:
    """Where `result` is None, `counts` raises, so that its type has no None."""
    results.mock(return_value=httpx.Response(200, json=document))
    reasons = ["Too hot."] if status == "ERROR" else []
    (job,) = colour.call(of_jobs(cloud.job(1, status=status, errors=reasons)).ordered_jobs)
    cloud.on("GET", f"/v1/jobs/{cloud.ident(1)}/status").mock(return_value=cloud.ok({"status": status}))
    error = colour.attempt(expected, lambda: job.counts)
    assert words in str(error)
