"""Secrets: in no log, no message, no `repr`, no pickle."""

import logging
import pickle
import re
import traceback
from typing import Any

import httpx
import pytest

from pasqal_cloud import Endpoints, JobFetchingError, PasqalCloudError, TokenProvider

JOB = "22222222-2222-4333-8444-000000000000"
SECRETS = re.compile("pa55word-of-ada|cl1ent-secret|token-[0-9]|5160a70e")
EACH_KIND = pytest.mark.parametrize(
    "credentials",
    [
        {"username": "ada", "password": "pa55word-of-ada"},
        {"client_id": "robot", "client_secret": "cl1ent-secret"},
        {"token": "token-7"},
    ],
)


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything that is logged, httpx's lines included."""
    caplog.set_level(logging.DEBUG)
    return caplog


@EACH_KIND
def test_nothing_secret_is_logged(
    colour: Any, service: Any, opened: Any, log: pytest.LogCaptureFixture, credentials: Any
) -> None:
    """Through login, refused token, job and signed result."""
    sdk = opened(**credentials, endpoints=service.endpoints)
    job = colour.call(sdk.get_job(JOB))
    if "token" not in credentials:
        service.revoke()
    assert colour.call(job.result) == {"01": 3}
    assert any("/result" in record.getMessage() for record in log.records)
    assert not SECRETS.search(log.text)


def test_a_tool_that_replaces_send_of_httpx_sees_each_request(
    colour: Any, service: Any, opened: Any, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    """Such tools trace programs. httpx then also logs each request, and the signature of a link is not in its lines."""
    seen = []
    kind = httpx.Client if colour.is_blocking else httpx.AsyncClient
    original: Any = kind.send

    def traced(client: Any, request: httpx.Request, **options: Any) -> Any:
        seen.append(request.url.path.rpartition("/")[-1])
        return original(client, request, **options)

    monkeypatch.setattr(kind, "send", traced)
    sdk = opened(token="token-7", endpoints=service.endpoints)
    assert colour.call(colour.call(sdk.get_job(JOB)).result) == {"01": 3}
    assert seen == [JOB, "results_link", "result"]
    lines = [record.getMessage() for record in log.records if record.name == "httpx"]
    assert len(lines) == 3
    assert not SECRETS.search(log.text)


def test_each_request_is_one_line(colour: Any, service: Any, sdk: Any, log: pytest.LogCaptureFixture) -> None:
    """Method, address without its query, status, time, and the service's name for it."""
    colour.call(colour.call(sdk.get_job(JOB)).result)
    lines = [record.getMessage() for record in log.records if record.name == "pasqal_cloud"]
    expected = [
        r"POST {}/oauth/token: 200 in \d+ ms",
        rf"GET {{}}/core-fast/api/v2/jobs/{JOB}: 200 \(request id request-7\) in \d+ ms",
        rf"GET {{}}/core-fast/api/v1/jobs/{JOB}/results_link: 200 \(request id request-7\) in \d+ ms",
        r"GET {}/result: 200 in \d+ ms",
    ]
    assert len(lines) == len(expected)
    for line, pattern in zip(lines, expected, strict=True):
        assert re.fullmatch(pattern.format(re.escape(service.url)), line), line


def test_a_request_without_an_answer_is_a_line(
    colour: Any, opened: Any, log: pytest.LogCaptureFixture, closed_port: int
) -> None:
    """With the reason in place of the status."""
    sdk = opened(token="t", endpoints=Endpoints.at(f"http://127.0.0.1:{closed_port}"), timeout=5, retry=False)
    colour.attempt(PasqalCloudError, lambda: sdk.get_job_status(JOB))
    assert re.search(r"GET \S+/status: ConnectError in \d+ ms", log.text)


def test_the_requests_of_others_are_logged_as_before(service: Any, sdk: Any, log: pytest.LogCaptureFixture) -> None:
    """The filter is for this package's, and the user's levels stay."""
    with httpx.Client() as client:
        client.get(f"{service.url}/result?mine=1")
    assert "/result?mine=1" in log.text
    assert logging.getLogger("httpx").level == logging.NOTSET
    assert logging.getLogger("pasqal_cloud").level == logging.NOTSET


def test_an_error_at_the_storage_shows_no_signature(
    colour: Any, service: Any, sdk: Any, log: pytest.LogCaptureFixture
) -> None:
    """Neither its text and traceback, nor what it carries, though storages repeat the signature in their answers."""
    service.link_suffix = "&expired=1"
    job = colour.call(sdk.get_job(JOB))
    error = colour.attempt(JobFetchingError, lambda: job.result)
    shown = "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error)) + log.text
    assert not SECRETS.search(shown)
    assert not SECRETS.search(pickle.dumps(error).decode("latin-1"))


@EACH_KIND
def test_nothing_shows_a_secret(colour: Any, service: Any, opened: Any, inside: Any, credentials: Any) -> None:
    """Not `repr`, and not `vars` of anything on the way to it."""
    sdk = opened(**credentials, endpoints=service.endpoints)
    batch = colour.call(sdk.get_batch(service.batch_id()))
    things = inside(sdk, batch)
    assert any(isinstance(thing, TokenProvider) for thing in things)
    for thing in things:
        assert not SECRETS.search(repr(thing))
        assert not SECRETS.search(repr(getattr(thing, "__dict__", "")))


def test_repr_says_where_and_asks_nothing(colour: Any, service: Any, sdk: Any) -> None:
    """One line without a request."""
    assert repr(sdk) == f"{colour.SDK.__name__}({service.url + '/core-fast'!r}, project_id=None)"
    assert not service.seen


def test_a_header_that_can_not_be_sent_shows_no_token(colour: Any, service: Any, opened: Any) -> None:
    """h11 repeats a header that it refuses; so it never gets one."""
    error = colour.attempt(ValueError, lambda: opened(token="token-7\u2028", endpoints=service.endpoints))
    assert not SECRETS.search(str(error))
