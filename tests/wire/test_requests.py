"""What the operations put on the wire, and what they make of good answers."""

import gzip
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from pasqal_cloud import (
    JobFetchingError,
    ValidationError,
)

from ..doubles.answers import body_of
from ..doubles.line import Line

pytestmark = pytest.mark.blocking_first

SIGNATURE = "s1gnature"


def raised(error: Exception) -> httpx.Response:
    """Raises an error, as an expression."""
    raise error


def test_a_batch_on_the_wire(colour: Any, cloud: Any, sdk: Any) -> None:
    """Everything that was given is sent under the API's names."""
    jobs = [cloud.job(0, runs=10, variables={"omega": [1.5, 2]}), cloud.job(1, runs=20)]
    route = cloud.creating.mock(return_value=cloud.batch(open=True, jobs=jobs))
    batch = colour.call(
        sdk.create_batch(
            "{}",
            [{"runs": 10, "variables": {"omega": [1.5, 2]}}, {"runs": 20}],
            open=True,
            device_type="EMU_FREE",
            tags=["calibration"],
            backend_configuration='{"with_noise": true}',
        )
    )
    request = route.calls.last.request
    assert body_of(request) == {
        "project_id": cloud.project_id,
        "sequence_builder": "{}",
        "jobs": [{"runs": 10, "variables": {"omega": [1.5, 2]}}, {"runs": 20}],
        "open": True,
        "device_type": "EMU_FREE",
        "tags": ["calibration"],
        "backend_configuration": '{"with_noise": true}',
    }
    assert request.headers["Content-Type"] == "application/json"
    assert "Content-Encoding" not in request.headers, "it is short"
    assert (batch.id, batch.status) == (cloud.batch_id, "PENDING")
    assert [job.id for job in colour.call(batch.ordered_jobs)] == [cloud.ident(0), cloud.ident(1)]


@pytest.mark.parametrize("operation", ["create", "add"])
def test_a_large_submission_is_compressed(colour: Any, cloud: Any, sdk: Any, operation: str) -> None:
    """From two kilobytes on the body is compressed, and is the same JSON still."""
    variables = {"waveform": [0.5] * 1000}
    if operation == "create":
        route = cloud.creating.mock(return_value=cloud.batch())
        colour.call(sdk.create_batch("{}", [{"runs": 1, "variables": variables}]))
    else:
        route = cloud.adding.mock(return_value=cloud.batch())
        colour.call(sdk.add_jobs(cloud.batch_id, [{"runs": 1, "variables": variables}]))
    request = route.calls.last.request
    assert request.headers["Content-Encoding"] == "gzip"
    assert request.headers["Content-Type"] == "application/json"
    assert len(request.content) < 500
    assert int(request.headers["Content-Length"]) == len(request.content)
    jobs = body_of(request)["jobs"] if operation == "create" else body_of(request)
    assert jobs == [{"runs": 1, "variables": variables}]


def test_added_jobs_are_a_bare_list(colour: Any, cloud: Any, sdk: Any) -> None:
    """The API takes a list, not an object; by the SDK and by the handle."""
    cloud.getting.mock(return_value=cloud.batch(open=True))
    first, *others = (cloud.job(number, runs=5 + number) for number in range(3))
    answers = [cloud.batch(open=True, jobs=[first]), cloud.batch(open=True, jobs=[first, *others])]
    route = cloud.adding.mock(side_effect=answers)
    batch = colour.call(sdk.get_batch(cloud.batch_id))
    colour.call(batch.add_jobs([{"runs": 5}]))
    colour.call(sdk.add_jobs(cloud.batch_id, ({"runs": runs} for runs in (6, 7))))
    assert [body_of(call.request) for call in route.calls] == [[{"runs": 5}], [{"runs": 6}, {"runs": 7}]]


def test_every_try_of_a_submission_has_the_same_key(colour: Any, cloud: Any, sdk: Any) -> None:
    """The key is a UUID, the same whenever the submission is tried again, and another for the next submission."""
    busy = httpx.Response(429, headers={"Retry-After": "0"})
    cloud.getting.mock(return_value=cloud.batch(open=True))
    batches = cloud.batch(), cloud.batch(id="33333333-2222-4333-8444-555555555555")
    created = cloud.creating.mock(side_effect=[busy, httpx.ConnectError("refused"), *batches])
    added = cloud.adding.mock(side_effect=[busy, cloud.batch()])
    for _ in range(2):
        colour.call(sdk.create_batch("{}", [{"runs": 1}]))
    colour.call(sdk.add_jobs(cloud.batch_id, [{"runs": 1}]))
    first, second, third, fourth, *others = (
        UUID(call.request.headers["Idempotency-Key"]) for call in [*created.calls, *added.calls]
    )
    assert first == second == third
    assert others[0] == others[1]
    assert len({first, fourth, others[0]}) == 3


def test_other_requests_have_no_key(colour: Any, cloud: Any, sdk: Any) -> None:
    """Reading twice does no harm."""
    route = cloud.getting.mock(return_value=cloud.batch())
    colour.call(sdk.get_batch(cloud.batch_id))
    assert "Idempotency-Key" not in route.calls.last.request.headers


def test_submissions_have_time(colour: Any, cloud: Any, sdk: Any) -> None:
    """Every request has a timeout; giving up a submission early would leave a batch that nobody knows of."""
    created = cloud.creating.mock(return_value=cloud.batch())
    got = cloud.getting.mock(return_value=cloud.batch())
    colour.call(sdk.create_batch("{}", [{"runs": 1}]))
    colour.call(sdk.get_batch(cloud.batch_id))
    submitting, reading = (route.calls.last.request.extensions["timeout"]["read"] for route in (created, got))
    assert 0 < reading < submitting


def test_waiting_asks_for_the_status_and_then_once_for_the_rest(colour: Any, cloud: Any, sdk: Any) -> None:
    """The light route is polled, and when the batch is settled it is fetched once, with its jobs."""
    cloud.creating.mock(return_value=cloud.batch(jobs=[cloud.job()]))
    polled = cloud.progress.mock(
        side_effect=[
            cloud.ok({"status": status, "jobs_count_per_status": {status: 1}}) for status in ("RUNNING", "DONE")
        ]
    )
    fetched = cloud.getting.mock(return_value=cloud.batch(status="DONE"))
    listed = cloud.listing_jobs.mock(return_value=cloud.page(cloud.job(status="DONE")))
    batch = colour.call(sdk.create_batch("{}", [{"runs": 1}], wait=True))
    jobs = colour.call(batch.ordered_jobs)
    assert (batch.status, [job.status for job in jobs]) == ("DONE", ["DONE"])
    assert (polled.call_count, fetched.call_count, listed.call_count) == (2, 1, 1)


def test_what_is_settled_is_not_waited_for(colour: Any, cloud: Any, sdk: Any) -> None:
    """A batch that had ended when it was fetched is asked for nothing more."""
    cloud.getting.mock(return_value=cloud.batch(status="DONE"))
    batch = colour.call(sdk.get_batch(cloud.batch_id))
    colour.call(batch.wait())
    assert cloud.router.calls.call_count == 2, "the token and the batch"


def test_an_unknown_status_is_shown_as_it_is(colour: Any, cloud: Any, sdk: Any) -> None:
    """Statuses and device types of a newer service, and fields that nobody knows, break nothing."""
    cloud.getting.mock(
        return_value=cloud.batch(status="DREAMING", device_type="FRESNEL_9000", mood="good", jobs_count=None)
    )
    batch = colour.call(sdk.get_batch(cloud.batch_id))
    assert (batch.status, batch.device_type, batch.is_settled) == ("DREAMING", "FRESNEL_9000", False)


def test_a_minimal_answer_is_enough(colour: Any, cloud: Any, sdk: Any) -> None:
    """What the service leaves out, or gives as null, is None or empty, and no error."""
    optional = ("project_id", "user_id", "parent_id", "device_type", "created_at", "updated_at", "end_datetime")
    for extra in ({}, dict.fromkeys((*optional, "tags", "jobs_count_per_status", "jobs", "open"))):
        cloud.getting.mock(return_value=cloud.ok({"id": cloud.batch_id, "status": "DONE", **extra}))
        batch = colour.call(sdk.get_batch(cloud.batch_id))
        assert [getattr(batch, name) for name in optional] == [None] * len(optional)
        assert (batch.tags, batch.jobs_count_per_status, batch.open) == ([], {}, False)


def test_jobs_of_a_large_batch_come_in_pages(colour: Any, cloud: Any, sdk: Any) -> None:
    """250 jobs are three requests, and come in the order in which they were added, each once."""
    jobs = [cloud.job(number) for number in range(250)]

    def page(request: httpx.Request) -> httpx.Response:
        start = int(request.url.params["offset"])
        moved = jobs[start : start + 100] + jobs[start - 1 : start]  # one more that was on the page before
        return cloud.page(*moved, start=start, total=len(jobs))

    cloud.getting.mock(return_value=cloud.batch())
    listed = cloud.listing_jobs.mock(side_effect=page)
    batch = colour.call(sdk.get_batch(cloud.batch_id))
    ordered = colour.call(batch.ordered_jobs)
    assert [job.id for job in ordered] == [job["id"] for job in jobs]
    queries = [call.request.url.params for call in listed.calls]
    assert sorted(int(query["offset"]) for query in queries) == [0, 100, 200]
    assert {(query["batch_id"], query["order_by"], query["order_by_direction"]) for query in queries} == {
        (cloud.batch_id, "creation_order", "ASC")
    }


def test_jobs_are_fetched_once(colour: Any, cloud: Any, sdk: Any) -> None:
    """Reading `ordered_jobs` again costs nothing, and gives a list of one's own of the same handles."""
    cloud.getting.mock(return_value=cloud.batch())
    listed = cloud.listing_jobs.mock(return_value=cloud.page(cloud.job(0), cloud.job(1)))
    batch = colour.call(sdk.get_batch(cloud.batch_id))
    first, second = (colour.call(batch.ordered_jobs) for _ in range(2))
    assert [*map(id, first)] == [*map(id, second)]
    assert first is not second
    assert listed.call_count == 1


def test_a_batch_that_brings_its_jobs_costs_no_list(colour: Any, cloud: Any, sdk: Any) -> None:
    """Creating, adding and closing bring the jobs."""
    cloud.creating.mock(return_value=cloud.batch(jobs=[cloud.job()]))
    batch = colour.call(sdk.create_batch("{}", [{"runs": 1}]))
    assert [job.id for job in colour.call(batch.ordered_jobs)] == [cloud.ident()]


def test_an_answer_without_pagination_is_one_page(colour: Any, cloud: Any, sdk: Any) -> None:
    """The jobs that came are shown."""
    cloud.getting.mock(return_value=cloud.batch())
    cloud.listing_jobs.mock(return_value=cloud.ok([cloud.job()]))
    batch = colour.call(sdk.get_batch(cloud.batch_id))
    assert len(colour.call(batch.ordered_jobs)) == 1


def test_job_handles_stay_the_same_objects(colour: Any, cloud: Any, sdk: Any) -> None:
    """A handle that the user kept shows the new state after a refresh of its batch, and after jobs were added."""
    cloud.creating.mock(return_value=cloud.batch(open=True, jobs=[cloud.job(0)]))
    cloud.getting.mock(return_value=cloud.batch(open=True, status="RUNNING"))
    cloud.listing_jobs.mock(return_value=cloud.page(cloud.job(0, status="RUNNING")))
    cloud.adding.mock(return_value=cloud.batch(open=True, jobs=[cloud.job(0, status="DONE"), cloud.job(1)]))
    batch = colour.call(sdk.create_batch("{}", [{"runs": 1}], open=True))
    (job,) = colour.call(batch.ordered_jobs)
    colour.call(batch.refresh())
    assert (batch.status, job.status) == ("RUNNING", "RUNNING")
    colour.call(batch.add_jobs([{"runs": 2}]))
    first, second = colour.call(batch.ordered_jobs)
    assert first is job
    assert (job.status, second.status) == ("DONE", "PENDING")


def test_a_refresh_keeps_what_the_service_leaves_out(colour: Any, cloud: Any, sdk: Any) -> None:
    """The sequence, which only some answers carry, is not lost, and is not asked for again."""
    cloud.creating.mock(return_value=cloud.batch(sequence_builder='{"name": "x"}', jobs=[cloud.job()]))
    without = {"id": cloud.batch_id, "status": "RUNNING", "open": False}
    cloud.getting.mock(return_value=cloud.ok(without))
    cloud.listing_jobs.mock(return_value=cloud.page(cloud.job()))
    batch = colour.call(sdk.create_batch('{"name": "x"}', [{"runs": 1}]))
    colour.call(batch.refresh())
    assert colour.call(batch.sequence_builder) == '{"name": "x"}'
    assert cloud.getting.call_count == 1


def test_closing(colour: Any, cloud: Any, sdk: Any) -> None:
    """Closing patches the batch, by the SDK and by the handle."""
    cloud.getting.mock(return_value=cloud.batch(open=True))
    route = cloud.on("PATCH", f"/v2/batches/{cloud.batch_id}/complete").mock(return_value=cloud.batch(open=False))
    batch = colour.call(sdk.get_batch(cloud.batch_id))
    colour.call(batch.close())
    assert not batch.open
    assert not colour.call(sdk.close_batch(cloud.batch_id)).open
    assert route.call_count == 2


# Results.


@pytest.fixture
def job_of(colour: Any, cloud: Any, sdk: Any) -> Any:
    """A function that gets a job with a status."""

    def get(status: str) -> Any:
        cloud.getting.mock(return_value=cloud.batch(jobs=[cloud.job(status=status)]))
        batch = colour.call(sdk.get_batch(cloud.batch_id))
        (job,) = colour.call(batch.ordered_jobs)
        return job

    return get


@pytest.fixture
def link(cloud: Any) -> Any:
    """The route of the job's link."""
    data = {"results_link": f"https://storage.test/result.json?signature={SIGNATURE}"}
    return cloud.on("GET", f"/v1/jobs/{cloud.ident()}/results_link").mock(return_value=cloud.ok(data))


@pytest.fixture
def storage(cloud: Any) -> Any:
    """The route of the result."""
    document = {"counter": {"01": 60, "10": 40}, "raw": ["01"], "serialised_results": "{}", "more": 1}
    return cloud.router.get("https://storage.test/result.json").respond(json=document)


def test_a_result_is_fetched_once(colour: Any, job_of: Any, link: Any, storage: Any) -> None:
    """The link and its document cost one request each, however often the result is read."""
    job = job_of("DONE")
    for _ in range(2):
        assert colour.call(job.result) == {"01": 60, "10": 40}
        full = colour.call(job.full_result)
        assert full == {"counter": {"01": 60, "10": 40}, "raw": ["01"], "serialised_results": "{}", "more": 1}
    assert (link.call_count, storage.call_count) == (1, 1)


def test_the_token_does_not_go_to_the_storage(colour: Any, job_of: Any, link: Any, storage: Any) -> None:
    """The link is its own permission and leads to another host; the download has a timeout too."""
    colour.call(job_of("DONE").result)
    request = storage.calls.last.request
    assert "Authorization" not in request.headers
    assert request.url.params["signature"] == SIGNATURE
    assert 0 < request.extensions["timeout"]["read"] <= 60


@pytest.mark.parametrize("status", ["PENDING", "RUNNING", "CANCELING", "DREAMING"])
def test_a_job_that_goes_on_has_no_result(colour: Any, cloud: Any, job_of: Any, link: Any, status: str) -> None:
    """It is None; its status is asked for, and no link."""
    job = job_of(status)
    looks = cloud.on("GET", f"/v1/jobs/{job.id}/status").mock(return_value=cloud.ok({"status": status}))
    assert colour.call(job.result) is None
    assert colour.call(job.full_result) is None
    assert looks.called
    assert not link.called


def test_a_failed_job_has_no_result(colour: Any, cloud: Any, job_of: Any, link: Any) -> None:
    """The service gives no link."""
    link.mock(return_value=cloud.ok({"results_link": None}))
    assert colour.call(job_of("ERROR").result) is None


def test_a_changed_result_is_the_users_own(colour: Any, job_of: Any, link: Any, storage: Any) -> None:
    """Changing what was read does not change what the next reader gets."""
    job = job_of("DONE")
    colour.call(job.result)["01"] = 0
    assert colour.call(job.result)["01"] == 60


@pytest.mark.parametrize(
    "failure",
    [
        httpx.Response(403, text="<Error>AuthenticationFailed</Error>"),
        httpx.Response(404, text="<Error>BlobNotFound</Error>"),
        httpx.Response(500),
        httpx.Response(200, html="<html>"),
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        httpx.ReadError("reset"),
    ],
    ids=str,
)
def test_the_signature_is_in_no_message(
    colour: Any, job_of: Any, link: Any, storage: Any, *, failure: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """However the download fails, whoever reads the error or the log can't open the link."""
    caplog.set_level("DEBUG")
    storage.mock(side_effect=lambda request: failure if isinstance(failure, httpx.Response) else raised(failure))
    job = job_of("DONE")
    error = colour.attempt(JobFetchingError, lambda: job.result)
    assert error.url == "https://storage.test/result.json"
    assert SIGNATURE not in str(error) + repr(error) + str(vars(error)) + str(error.__cause__) + caplog.text


def test_the_signature_is_in_no_log(
    colour: Any, job_of: Any, link: Any, storage: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in that of the HTTP client either, which writes every request's URL."""
    caplog.set_level("DEBUG")
    colour.call(job_of("DONE").result)
    assert SIGNATURE not in caplog.text


# What is not sent.


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("{}", []), "at least one job"),
        (("{}", [{"runs": True}]), "whole number of shots"),
        (("{}", [{"runs": 0}]), "whole number of shots"),
        (("{}", [{"runs": 1, "variables": {"x": float("nan")}}]), "finite number"),
        (("{}", [{"run": 1}]), "jobs[0] has an unknown key, 'run'; did you mean 'runs'? It takes runs, variables"),
        ((None, [{"runs": 1}]), "has no sequence"),
        ((5, [{"runs": 1}]), "serialized_sequence must be a pulser.Sequence"),
    ],
)
def test_a_batch_that_is_none_is_not_sent(colour: Any, cloud: Any, sdk: Any, arguments: Any, words: str) -> None:
    """What this package can tell itself costs no request, not even for a token."""
    error = colour.attempt(ValidationError, lambda: sdk.create_batch(*arguments))
    assert words in str(error)
    assert str(error).startswith("Creating the batch failed: ")
    assert error.status is None
    assert cloud.router.calls.call_count == 0


def test_bodies_are_compressed_fast(colour: Any, sdk_on: Callable[..., Any]) -> None:
    """At the level that costs least; short ones not at all."""
    line = Line(lambda _: {"id": str(uuid4()), "status": "PENDING"})
    sdk = sdk_on(line)
    for sequence in ("x", "x" * 100_000):
        colour.call(sdk.create_batch(sequence, [{"runs": 1}]))
    short, long = line.requests
    assert json.loads(short.content)["sequence_builder"] == "x"
    body = gzip.decompress(long.content)
    assert json.loads(body)["sequence_builder"] == "x" * 100_000
    assert long.content == gzip.compress(body, compresslevel=1, mtime=0)
