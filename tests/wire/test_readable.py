"""After the last byte, every answer is readable or typed: none ends a call in anything but the package's error."""

import json
from typing import Any

import httpx
import pytest

from pasqal_cloud import (
    JobFetchingError,
    NotFoundError,
    PasqalCloudError,
    ServerError,
    SubmissionUnknownError,
    UnexpectedAnswerError,
)
from pasqal_cloud.authentication import TokenProviderError

pytestmark = pytest.mark.blocking_first

CHARSETS = ["hex", "zlib", "rot13", "undefined", "idna", "punycode", "unicode_escape", "x" * 200, "\x01", "base64"]


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("body", [b"", b"plain text", b'{"message": "No."}', b"\xff\xfe\x00", b"\\u00"])
def test_a_strange_charset_hides_no_error(colour: Any, cloud: Any, sdk: Any, charset: str, body: bytes) -> None:
    """What an answer calls its charset may be a codec that is none of texts, or none at all."""
    headers = {"Content-Type": f"text/plain; charset={charset}"}
    cloud.getting.mock(return_value=httpx.Response(404, content=body, headers=headers))
    assert colour.attempt(NotFoundError, lambda: sdk.get_batch(cloud.batch_id)).status == 404


@pytest.mark.parametrize("charset", CHARSETS)
def test_a_strange_charset_hides_no_success(colour: Any, cloud: Any, sdk: Any, charset: str) -> None:
    """JSON is UTF-8, whatever its charset is called."""
    good = cloud.batch()
    headers = {"Content-Type": f"application/json; charset={charset}"}
    cloud.getting.mock(return_value=httpx.Response(200, content=good.content, headers=headers))
    assert colour.call(sdk.get_batch(cloud.batch_id)).id == cloud.batch_id


@pytest.mark.parametrize("charset", CHARSETS)
def test_a_strange_charset_hides_no_refused_login(colour: Any, cloud: Any, sdk: Any, charset: str) -> None:
    """The same for the identity provider."""
    headers = {"Content-Type": f"text/plain; charset={charset}"}
    cloud.tokens.mock(return_value=httpx.Response(403, content=b"No.", headers=headers))
    error = colour.attempt(TokenProviderError, lambda: sdk.create_batch("{}", [{"runs": 1}]))
    assert not isinstance(error, SubmissionUnknownError)


DATES = [
    "nan",
    "inf",
    "-inf",
    "1e400",
    "Mon, 01 Jan 0000 00:00:00 GMT",
    "Fri, 31 Dec 99999 23:59:59 GMT",
    "Fri, 31 Dec 9999 23:59:59 -9999",
    "Mon, 01 Jan 0001 00:00:00 +2359",
    "Wed, 21 Oct 2015 07:28:00 +99999999999",
    "9" * 400,
    "soon",
    ",,,",
]


@pytest.mark.parametrize("value", DATES)
def test_a_time_outside_any_calendar_is_none(colour: Any, cloud: Any, sdk: Any, value: str) -> None:
    """A `Retry-After` or `Date` that means nothing is left aside."""
    headers = {"Retry-After": value, "Date": value}
    cloud.getting.mock(side_effect=[httpx.Response(503, headers=headers), cloud.batch()])
    assert colour.call(sdk.get_batch(cloud.batch_id)).id == cloud.batch_id


@pytest.mark.parametrize("value", DATES)
def test_a_strange_retry_after_of_a_login_is_typed(colour: Any, cloud: Any, open_sdk: Any, value: str) -> None:
    """The same for the identity provider."""
    cloud.tokens.mock(return_value=httpx.Response(503, headers={"Retry-After": value}))
    sdk = open_sdk(retry=False, endpoints=cloud.endpoints)
    assert not colour.attempt(ServerError, lambda: sdk.get_batch(cloud.batch_id)).sent


BODIES: dict[str, Any] = {
    "jobs that are a text": {"data": {"id": "{id}", "status": "PENDING", "jobs": "none"}},
    "jobs that are numbers": {"data": {"id": "{id}", "status": "PENDING", "jobs": [1, 2]}},
    "jobs without ids": {"data": {"id": "{id}", "status": "PENDING", "jobs": [{"status": "PENDING"}]}},
    "a job whose id is a number": {"data": {"id": "{id}", "status": "PENDING", "jobs": [{"id": 7, "status": "DONE"}]}},
    "an id that is a number": {"data": {"id": 7, "status": "PENDING"}},
    "an id that is none": {"data": {"id": None, "status": "PENDING"}},
    "an id that is no UUID": {"data": {"id": "seven", "status": "PENDING"}},
    "data that are a text": {"data": "ok"},
    "data that are a list": {"data": [7]},
    "no data": {"data": None},
    "half a character": b'{"status": "fail", "message": "\\ud800"}',
    "a huge number": b'{"data": {"id": ' + b"9" * 5000 + b"}}",
    "deep nesting": b'{"data": ' + b"[" * 100_000,
    "no UTF-8": b'{"data": "\xff"}',
    "nothing": b"",
}


def body_of(content: Any, batch_id: str) -> bytes:
    """What is answered."""
    return content if isinstance(content, bytes) else json.dumps(content).replace("{id}", batch_id).encode()


@pytest.mark.parametrize("content", BODIES.values(), ids=BODIES)
def test_a_submission_whose_answer_is_strange_is_looked_for(colour: Any, cloud: Any, sdk: Any, content: Any) -> None:
    """After a POST that was processed the search begins, instead of a raw error that hides the batch."""
    created = cloud.creating.mock(return_value=httpx.Response(200, content=body_of(content, cloud.batch_id)))
    error = colour.attempt(SubmissionUnknownError, lambda: sdk.create_batch("{}", [{"runs": 1}]))
    assert isinstance(error, UnexpectedAnswerError)
    str(error).encode()
    assert (created.call_count, cloud.listing.call_count) == (1, 1)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br, gzip"])
def test_a_submission_whose_answer_can_not_be_unpacked_is_looked_for(
    colour: Any, cloud: Any, sdk: Any, encoding: str
) -> None:
    """The same for a body that is not compressed as it says."""
    answer = lambda _: httpx.Response(  # noqa: E731 - made anew, since a broken one can't be read twice
        200, headers={"Content-Encoding": encoding}, stream=httpx.ByteStream(b"no such thing")
    )
    cloud.creating.mock(side_effect=answer)
    colour.attempt(SubmissionUnknownError, lambda: sdk.create_batch("{}", [{"runs": 1}]))
    assert cloud.listing.call_count == 1


ENVELOPES: list[Any] = [
    {"status": "fail", "code": ["4", "0", "9"], "data": {"description": {"a": 1}}},
    {"status": "fail", "message": 7, "data": {"description": [["x"], 7, None, {"loc": 5, "msg": ["m"]}]}},
    {"status": "fail", "message": "\ud800", "data": {"description": "\udfff"}},
    {"detail": {"a": [1]}},
    [],
    7,
]


@pytest.mark.parametrize("content", ENVELOPES, ids=str)
def test_a_strange_refusal_is_a_sentence(colour: Any, cloud: Any, sdk: Any, content: Any) -> None:
    """Whatever the envelope of an error holds, the error can be printed."""
    cloud.getting.mock(return_value=httpx.Response(404, content=json.dumps(content).encode()))
    error = colour.attempt(NotFoundError, lambda: sdk.get_batch(cloud.batch_id))
    str(error).encode()


BATCH_FIELDS: dict[str, tuple[str, list[Any]]] = {
    "status": ("status", [7, None, ["DONE"], {"a": 1}]),
    "created_at": ("created_at", ["yesterday", 10**30, "1e300", [2024], True]),
    "updated_at": ("updated_at", ["2024-13-45T00:00:00"]),
    "start_datetime": ("start_datetime", [{}]),
    "tags": ("tags", ["a", 7, [7], {"a": 1}]),
    "jobs_count": ("jobs_count", ["three", [3]]),
    "jobs_count_per_status": ("jobs_count_per_status", ["x", {"DONE": "three"}, [1]]),
    "configuration": ("configuration", ["x", 7]),
    "device_type": ("device_type", [7, ["EMU_FREE"]]),
    "project_id": ("project_id", [7]),
    "open": ("open", ["yes", 7]),
}


@pytest.mark.parametrize(
    ("attribute", "field", "value"),
    [(name, field, value) for name, (field, values) in BATCH_FIELDS.items() for value in values],
)
def test_a_field_of_another_kind_is_named_when_it_is_read(
    colour: Any, cloud: Any, sdk: Any, attribute: str, field: str, value: Any
) -> None:
    """The batch can be had, and what is right can be read; the wrong field is an error that names it."""
    cloud.getting.mock(return_value=cloud.batch(**{field: value}))
    batch = colour.call(sdk.get_batch(cloud.batch_id))
    assert batch.id == cloud.batch_id
    assert cloud.batch_id in repr(batch)
    with pytest.raises(UnexpectedAnswerError, match=field) as caught:
        getattr(batch, attribute)
    assert cloud.batch_id in str(caught.value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status", 7),
        ("created_at", "lately"),
        ("end_timestamp", 10**30),
        ("runs", "five"),
        ("variables", "x"),
        ("errors", "failed"),
        ("errors", [7]),
    ],
)
def test_so_is_a_field_of_a_job(colour: Any, cloud: Any, sdk: Any, field: str, value: Any) -> None:
    """One strange job does not lose its page."""
    strange = cloud.job(0, **{field: value})
    cloud.listing_jobs.mock(return_value=cloud.page(strange, cloud.job(1)))
    first, second = colour.call(sdk.get_jobs()).results
    with pytest.raises(UnexpectedAnswerError, match=field):
        getattr(first, field)
    assert second.status == "PENDING"


@pytest.mark.parametrize("status", [7, None, ["DONE"]])
def test_a_wait_for_a_status_that_is_none_ends(colour: Any, cloud: Any, sdk: Any, status: Any) -> None:
    """A status that can't be read is no reason to wait for ever."""
    cloud.getting.mock(return_value=cloud.batch())
    cloud.progress.mock(return_value=cloud.ok({"status": status}))
    batch = colour.call(sdk.get_batch(cloud.batch_id))
    colour.attempt(UnexpectedAnswerError, lambda: batch.wait(timeout=30.0))


NO_TEXTS = [7, ["https://x"], {"a": 1}]
NO_URLS = ["not a url", "ftp://storage.test/1?SECRET", "http://", "https:///x", "http://[::1", "/1"]


@pytest.mark.parametrize("link", [*NO_TEXTS, *NO_URLS], ids=str)
def test_a_link_that_is_none_is_named(colour: Any, cloud: Any, sdk: Any, link: Any) -> None:
    """What can't be a document's URL is not asked for."""
    job_id = cloud.ident()
    cloud.on("GET", f"/v2/jobs/{job_id}").mock(return_value=cloud.ok(cloud.job(0, status="DONE")))
    cloud.on("GET", f"/v1/jobs/{job_id}/results_link").mock(return_value=cloud.ok({"results_link": link}))
    job = colour.call(sdk.get_job(job_id))
    error = colour.attempt(UnexpectedAnswerError, lambda: job.result)
    assert isinstance(error, JobFetchingError)
    assert not isinstance(error, ServerError)
    assert "results_link" in str(error)
    assert "SECRET" not in str(error)


@pytest.mark.parametrize("pagination", [{"total": "ten", "start": 0, "end": 1}, {"total": -1, "start": 0, "end": 0}, 7])
def test_a_page_that_is_none_is_typed(colour: Any, cloud: Any, sdk: Any, pagination: Any) -> None:
    """The numbers of a page are numbers."""
    cloud.listing.mock(return_value=cloud.ok([], pagination=pagination))
    colour.attempt(PasqalCloudError, sdk.get_batches)
