"""Answers that nobody wants, and connections that break: each ends in one clear error, and money is spent once."""

import json
from typing import Any

import httpx
import pytest

from pasqal_cloud import (
    BatchCreationError,
    BatchFetchingError,
    ConnectionFailedError,
    JobCreationError,
    JobFetchingError,
    PasqalCloudError,
    RateLimitError,
    RequestTimeoutError,
    ServerError,
    UnexpectedAnswerError,
)
from pasqal_cloud.errors import SubmissionUnknownError

pytestmark = pytest.mark.blocking_first

GOOD = {"id": "11111111-2222-4333-8444-555555555555", "status": "PENDING"}

UNREADABLE = {
    "html": "<html>Sign in</html>",
    "empty": "",
    "truncated": json.dumps({"data": GOOD})[:-5],
    "deep": "[" * 100_000,
    "null": "null",
    "list": "[]",
    "number": "5",
    "no data": "{}",
    "null data": '{"data": null}',
    "list data": '{"data": []}',
    "empty data": '{"data": {}}',
    "jsend fail": json.dumps({"status": "fail", "message": "Rejected.", "data": GOOD}),
    "jsend error": json.dumps({"status": "error", "message": "Broken.", "data": GOOD}),
}
"""Bodies of answers that say 200 and are of no use."""

FAILING = {
    "500": httpx.Response(500, json={"status": "error", "message": "Oops."}),
    "502 html": httpx.Response(502, html="<html>Bad Gateway</html>"),
    "504 text": httpx.Response(504, text="upstream request timeout"),
    "520 unassigned": httpx.Response(520),
    "999": httpx.Response(999, text="?"),
    "302": httpx.Response(302, headers={"Location": "https://elsewhere.test"}),
    "304": httpx.Response(304),
    "403 html": httpx.Response(403, html="<html>Forbidden</html>"),
    "404 detail": httpx.Response(404, json={"detail": "Not Found"}),
    "409": httpx.Response(409, json={"data": ["not open"]}),
    "422 null": httpx.Response(422, text="null"),
    "422 list": httpx.Response(422, json=[{"loc": ["body"], "msg": "?"}]),
    "422 issues": httpx.Response(422, json={"detail": [{"loc": ["body", "jobs"], "msg": "too many"}]}),
    "400 text data": httpx.Response(400, json={"data": "?"}),
}
"""Answers that say that it failed, in the many ways in which services and what stands before them say so."""


class Operations:
    """The operations of the slice, by name: the route, and how each is called."""

    def __init__(self, cloud: Any, sdk: Any) -> None:
        jobs = [{"runs": 1}]
        self.by_name: dict[str, tuple[Any, Any, type[PasqalCloudError]]] = {
            "create": (cloud.creating, lambda: sdk.create_batch("{}", jobs), BatchCreationError),
            "add": (cloud.adding, lambda: sdk.add_jobs(cloud.batch_id, jobs), JobCreationError),
            "get": (cloud.getting, lambda: sdk.get_batch(cloud.batch_id), BatchFetchingError),
        }


@pytest.fixture(params=["create", "add", "get"])
def operation(request: pytest.FixtureRequest, cloud: Any, sdk: Any) -> Any:
    """Each operation in turn: its route, how it is called, and its error."""
    return Operations(cloud, sdk).by_name[request.param]


def facts(error: PasqalCloudError) -> tuple[Any, ...]:
    """What an error knows of the request."""
    return error.status, error.method, error.url, error.body


def facts_of(route: Any, answer: httpx.Response) -> tuple[Any, ...]:
    """What it should know."""
    request = route.calls.last.request
    return answer.status_code, request.method, str(request.url), answer.text


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_a_success_that_is_of_no_use_is_a_clear_error(colour: Any, operation: Any, body: str) -> None:
    """A portal in between, a proxy that cuts, a failure dressed as success: the error has the status and the body."""
    route, start, kind = operation
    answer = httpx.Response(200, text=body)
    route.mock(return_value=answer)
    error = colour.attempt(kind, start)
    assert isinstance(error, UnexpectedAnswerError if kind is BatchFetchingError else SubmissionUnknownError)
    assert facts(error) == facts_of(route, answer)
    assert route.call_count == (5 if kind is BatchFetchingError else 1), "only what does no harm is tried again"


@pytest.mark.parametrize("status", [201, 204, 206, 299])
def test_a_success_that_the_api_does_not_know_is_a_clear_error(colour: Any, operation: Any, status: int) -> None:
    """Only 200 is described; what else may have happened, nobody knows."""
    route, start, kind = operation
    route.mock(return_value=httpx.Response(status, json={"data": GOOD}))
    error = colour.attempt(kind, start)
    assert isinstance(error, UnexpectedAnswerError)
    assert error.status == status


@pytest.mark.parametrize("name", FAILING)
def test_a_failure_is_a_clear_error(colour: Any, operation: Any, name: str) -> None:
    """Whatever the body, the error has the status, the request and the body."""
    route, start, kind = operation
    answer = FAILING[name]
    route.mock(return_value=answer)
    error = colour.attempt(kind, start)
    assert facts(error) == facts_of(route, answer)
    assert isinstance(error, ServerError) == (answer.status_code >= 500)
    assert f"HTTP {answer.status_code}" in str(error)


def test_a_redirection_is_not_followed(colour: Any, cloud: Any, sdk: Any) -> None:
    """A submission must not turn into a reading of something else, nor take the token to another host."""
    elsewhere = cloud.router.route(host="elsewhere.test")
    cloud.creating.mock(return_value=FAILING["302"])
    colour.attempt(BatchCreationError, lambda: sdk.create_batch("{}", [{"runs": 1}]))
    assert elsewhere.call_count == 0


def test_an_overloaded_service_is_left_alone_after_some_tries(colour: Any, cloud: Any, sdk: Any) -> None:
    """It is tried a few times, as the service asks, and then told."""
    route = cloud.creating.mock(return_value=httpx.Response(429, headers={"Retry-After": "0"}))
    error = colour.attempt(BatchCreationError, lambda: sdk.create_batch("{}", [{"runs": 1}]))
    assert isinstance(error, RateLimitError)
    assert (route.call_count, error.retry_after) == (5, 0.0)


@pytest.mark.parametrize(
    ("failure", "is_repeated"),
    [
        (httpx.ConnectError("refused"), True),
        (httpx.ConnectTimeout("slow"), True),
        (httpx.PoolTimeout("busy"), True),
        (httpx.ReadTimeout("slow"), False),
        (httpx.WriteTimeout("slow"), False),
        (httpx.ReadError("reset"), False),
        (httpx.WriteError("reset"), False),
        (httpx.RemoteProtocolError("cut"), False),
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("name", ["create", "add"])
def test_a_submission_is_repeated_only_if_it_was_not_sent(
    colour: Any, cloud: Any, sdk: Any, *, name: str, failure: httpx.HTTPError, is_repeated: bool
) -> None:
    """A connection that never was is another matter than one that broke."""
    route, start, kind = Operations(cloud, sdk).by_name[name]
    route.mock(side_effect=[failure, cloud.batch()])
    if is_repeated:
        assert colour.call(start()).id == cloud.batch_id
        assert not cloud.listing.called, "there is nothing to look for"
        assert not cloud.listing_jobs.called
    else:
        error = colour.attempt(kind, start)
        assert isinstance(error, ConnectionFailedError)
        assert error.sent
        assert isinstance(error, RequestTimeoutError) == isinstance(failure, httpx.TimeoutException)
    assert route.call_count == 1 + is_repeated


def test_jobs_that_can_not_be_listed_are_a_clear_error(colour: Any, cloud: Any, sdk: Any) -> None:
    """Also where a later page fails, while the pages are fetched together."""
    cloud.getting.mock(return_value=cloud.batch())

    def page(request: httpx.Request) -> httpx.Response:
        start = int(request.url.params["offset"])
        return cloud.page(cloud.job(start), start=start, total=500) if start < 300 else httpx.Response(403)

    cloud.listing_jobs.mock(side_effect=page)
    batch = colour.call(sdk.get_batch(cloud.batch_id))
    assert colour.attempt(JobFetchingError, lambda: batch.ordered_jobs).status == 403


def test_an_error_while_waiting_tells_the_batch(
    colour: Any, cloud: Any, sdk: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """A batch that was created is not lost when waiting for it fails: the error's notes have its id, and the log."""
    caplog.set_level("INFO", logger="pasqal_cloud")
    cloud.creating.mock(return_value=cloud.batch(jobs=[cloud.job()]))
    cloud.progress.respond(403)
    error = colour.attempt(BatchFetchingError, lambda: sdk.create_batch("{}", [{"runs": 1}], wait=True))
    assert cloud.batch_id in " ".join(error.__notes__)
    assert cloud.batch_id in caplog.text


# On real connections.


def test_a_dead_service_is_a_clear_error(colour: Any, open_sdk: Any, closed_port: int) -> None:
    """Nobody listens: nothing was sent, and the error says where it was tried."""
    from pasqal_cloud import Endpoints

    sdk = open_sdk(endpoints=Endpoints.at(f"http://127.0.0.1:{closed_port}"))
    error = colour.attempt(BatchFetchingError, lambda: sdk.get_batch(GOOD["id"]))
    assert isinstance(error, ConnectionFailedError)
    assert not error.sent
    assert f"http://127.0.0.1:{closed_port}/oauth/token" in str(error)


def test_an_address_that_is_none_is_a_clear_error(colour: Any, open_sdk: Any) -> None:
    """A scheme that nobody speaks is told at once or at the first request, and is no error of httpx."""
    from pasqal_cloud import Endpoints

    elsewhere = Endpoints.at("gopher://127.0.0.1")
    colour.attempt(PasqalCloudError, lambda: open_sdk(endpoints=elsewhere).get_batch(GOOD["id"]))


@pytest.mark.parametrize("name", ["create", "add"])
@pytest.mark.parametrize(
    ("beginning", "options"),
    [
        (b"", {"reset": True}),
        (b"", {}),
        (b"HTTP/1.1 200 OK\r\nContent-Le", {}),
        (b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"data": ', {}),
        (b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{"data": \r\n', {"reset": True}),
        (b"SSH-2.0-OpenSSH\r\n", {}),
    ],
    ids=["reset", "closed", "cut in the headers", "cut in the body", "reset in the body", "not http"],
)
def test_a_submission_whose_answer_is_lost_is_made_once(
    colour: Any, open_sdk: Any, breaking_server: Any, *, name: str, beginning: bytes, options: Any
) -> None:
    """The service has read the request and may have done it: it is not made again, and the error says so."""
    server = breaking_server(beginning, **options)
    sdk = open_sdk(endpoints=server.endpoints)
    jobs = [{"runs": 1}]
    if name == "create":
        error = colour.attempt(BatchCreationError, lambda: sdk.create_batch("{}", jobs))
    else:
        error = colour.attempt(JobCreationError, lambda: sdk.add_jobs(GOOD["id"], jobs))
    assert isinstance(error, ConnectionFailedError)
    assert error.sent
    submissions = [request for request in server.requests if request.startswith("POST")]
    assert submissions == [f"{error.method} {httpx.URL(error.url).path}"]


def test_reading_is_tried_again_when_the_answer_is_lost(colour: Any, open_sdk: Any, breaking_server: Any) -> None:
    """Reading twice does no harm."""
    server = breaking_server(reset=True)
    sdk = open_sdk(endpoints=server.endpoints)
    colour.attempt(BatchFetchingError, lambda: sdk.get_batch(GOOD["id"]))
    assert len(server.requests) == 5
