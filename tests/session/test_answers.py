"""What is made of answers, whatever they hold."""

import json
import pickle
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasqal_cloud import SDK, Endpoints
from pasqal_cloud.errors import (
    BatchCreationError,
    BatchFetchingError,
    ConnectionFailedError,
    PasqalCloudError,
    PermissionDeniedError,
    RequestTimeoutError,
)

from ..doubles.answers import BATCH
from ..doubles.line import Line, one_after_another

JOB = "22222222-2222-4333-8444-555555555555"
URL = f"https://host.test/core-fast/api/v2/jobs/{JOB}"
WORDS = st.sampled_from(["data", "description", "detail", "message", "error", "code", "loc", "msg", "status"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=8,
)


def error_after(outcome: Any) -> PasqalCloudError:
    """The error of a call whose one request has an outcome."""
    line = one_after_another(outcome)
    sdk = SDK(token="t", endpoints=Endpoints.at("https://host.test"), transport=line.transport, retry=False)
    with sdk, pytest.raises(PasqalCloudError) as caught:
        sdk.get_job(JOB)
    return caught.value


def error_of(status: int, body: Any = b"", **headers: str) -> PasqalCloudError:
    """The error of an answer; a body that is not bytes is sent as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return error_after(httpx.Response(status, content=content, headers=headers))


@given(st.integers(300, 999), st.binary(max_size=50) | JSON, st.text(st.characters(codec="ascii"), max_size=20))
def test_any_failure_is_the_packages_error(status: int, body: Any, retry_after: str) -> None:
    """No status, no body and no header makes another error than ours, nor a message without the status."""
    error = error_of(status, body, **{"Retry-After": retry_after.strip()})
    assert error.status == status
    assert f"HTTP {status}" in str(error)
    assert error.body is not None
    assert error.retry_after is None or error.retry_after >= 0.0


def test_a_body_nested_too_deeply_is_the_packages_error() -> None:
    """A body that the JSON parser gives up on is a body without a description."""
    assert error_of(500, b"[" * 100_000).status == 500


@pytest.mark.parametrize(
    ("body", "description"),
    [
        ({"data": {"description": "Out of luck."}, "message": "Bad Request"}, "Out of luck."),
        ({"message": "Bad Request", "data": None}, "Bad Request"),
        ({"message": "Bad Request", "data": ["?"]}, "Bad Request"),
        ({"message": "Bad Request", "data": "?"}, "Bad Request"),
        ({"detail": "Not found."}, "Not found."),
        ({"error": "access_denied"}, "access_denied"),
        ({"detail": [{"loc": ["body", "jobs", 0, "runs"], "msg": "too few"}]}, "jobs[0].runs: too few"),
        ({"detail": [{"loc": ["query", "limit"], "msg": "too many"}]}, "limit: too many"),
        ({"detail": [{"loc": ["body", 1], "msg": "?"}]}, "tags[1]: ?"),
        ({"detail": [{"loc": ["body", 1, "variables", "my x"], "msg": "?"}]}, "jobs[1].variables['my x']: ?"),
        ({"detail": [{"loc": ["body"], "msg": "missing"}]}, "body: missing"),
        (
            {"data": {"description": [{"loc": ["body", "tags"], "msg": "a"}, {"msg": "b"}, "c"]}},
            "tags: a; b; c",
        ),
        ({}, "422 Unprocessable Entity"),
        (None, "422 Unprocessable Entity"),
        ([1], "422 Unprocessable Entity"),
        (b"<html>Bad Gateway</html>", "422 Unprocessable Entity"),
        (b"", "422 Unprocessable Entity"),
    ],
)
def test_the_services_words_are_found(body: Any, description: str) -> None:
    """The sentence is found wherever the service puts it; without one, the status says what it can."""
    assert error_of(422, body).description == description


def test_an_error_knows_the_request_and_the_answer() -> None:
    """Everything that support asks for is in the error, also after pickling."""
    error = error_of(404, {"code": 40412, "message": "No."}, **{"X-Request-Id": "r-1"})
    for known in (error, pickle.loads(pickle.dumps(error))):
        assert (known.status, known.method, known.url) == (404, "GET", URL)
        assert (known.code, known.request_id) == ("40412", "r-1")
        assert json.loads(known.body or "") == {"code": 40412, "message": "No."}
        assert "No." in str(known)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("5", 5.0),
        ("1.5", 1.5),
        ("0", 0.0),
        ("-5", 0.0),
        ("soon", None),
        ("", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
    ],
)
def test_retry_after_is_read(value: str, seconds: float | None) -> None:
    """Seconds, fractions of them and dates; never negative; nonsense is as good as nothing."""
    assert error_of(503, **{"Retry-After": value}).retry_after == seconds


def test_retry_after_may_be_a_date() -> None:
    """A date is so many seconds from now."""
    date = format_datetime(datetime.now(UTC) + timedelta(minutes=10), usegmt=True)
    seconds = error_of(503, **{"Retry-After": date}).retry_after
    assert seconds is not None
    assert 500.0 < seconds <= 600.0


@pytest.mark.parametrize(
    ("origin", "sent", "words"),
    [
        (httpx.ConnectError("refused"), False, "Could not connect to host.test: ConnectError: refused"),
        (httpx.ConnectTimeout("slow"), False, "Could not connect to host.test: ConnectTimeout: slow"),
        (httpx.PoolTimeout("busy"), False, "The request to host.test could not be sent: PoolTimeout: busy"),
        (httpx.ProxyError("forbidden"), False, "could not be sent: ProxyError: forbidden"),
        (httpx.UnsupportedProtocol("ftp"), False, "could not be sent: UnsupportedProtocol: ftp"),
        (httpx.ReadTimeout("slow"), True, "host.test did not answer in time: ReadTimeout: slow"),
        (httpx.WriteTimeout("slow"), True, "host.test did not answer in time: WriteTimeout: slow"),
        (httpx.ReadError("reset"), True, "The connection to host.test broke: ReadError: reset"),
        (httpx.WriteError("reset"), True, "The connection to host.test broke: WriteError: reset"),
        (httpx.RemoteProtocolError("cut"), True, "The connection to host.test broke: RemoteProtocolError: cut"),
        (httpx.DecodingError("not gzip"), True, "The response of host.test can't be decoded: DecodingError: not gzip"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_broken_connection_says_whether_the_request_was_sent(origin: httpx.HTTPError, sent: bool, words: str) -> None:
    """Whether a submission may be repeated hangs on this; the origin stays in the traceback."""
    error = error_after(origin)
    assert isinstance(error, ConnectionFailedError)
    assert words in error.description
    assert error.sent is sent
    assert error.__cause__ is origin
    assert isinstance(error, RequestTimeoutError) == isinstance(origin, httpx.TimeoutException)
    assert (error.method, error.url) == ("GET", URL)


def test_a_bad_certificate_is_not_tried_again() -> None:
    """It will be as bad in a second."""
    error = error_after(httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"))
    assert isinstance(error, ConnectionFailedError)
    assert not error.retryable


def test_a_page_of_html_does_not_hide_the_refusal(colour: Any, sdk_on: Callable[..., Any]) -> None:
    """A proxy's 403 is a 403, and `except Exception` catches it."""
    sdk = sdk_on(Line(lambda _: httpx.Response(403, html="<html>Forbidden by the proxy</html>")))
    error = colour.attempt(Exception, lambda: sdk.get_batch(BATCH))
    assert isinstance(error, BatchFetchingError)
    assert isinstance(error, PermissionDeniedError)
    assert error.status == 403
    assert "Forbidden by the proxy" in error.body


def test_a_failed_creation_can_be_wrapped(colour: Any, sdk_on: Callable[..., Any]) -> None:
    """Packages that wrap it in `except Exception` get what they catch."""
    sdk = sdk_on(Line(lambda _: httpx.Response(422, json={"data": ["a list"]})))
    error = colour.attempt(Exception, lambda: sdk.create_batch("{}", [{"runs": 1}]))
    assert isinstance(error, BatchCreationError)
