"""Results behind presigned links: fetched without a token, asked for again when a link has expired, kept secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pasqal_cloud import (
    AuthenticationError,
    JobFetchingError,
    NotFoundError,
    PermissionDeniedError,
    ServerError,
    UnexpectedAnswerError,
)

pytestmark = pytest.mark.blocking_first

if TYPE_CHECKING:
    from collections.abc import Callable

DOCUMENT = {"counter": {"01": 60, "10": 40}, "raw": ["01"], "more": 1}


@pytest.fixture
def job(colour: Any, service: Any, sdk: Any) -> Any:
    """A job that has a result."""
    return colour.call(sdk.get_job(service.put_result(DOCUMENT)))


def test_the_document_is_fetched_without_a_token(colour: Any, service: Any, job: Any) -> None:
    """The storage is another host: it learns nothing of the account."""
    assert colour.call(job.full_result) == DOCUMENT
    assert "authorization" not in service.headers_of("getResult")
    assert "authorization" in service.headers_of("getJobResultsLink")


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_link_that_has_expired_is_asked_for_again(colour: Any, service: Any, job: Any, status: int) -> None:
    """The same link would be refused for ever; a new one is good."""
    service.fail("getResult", status, b"<Error><Code>AccessDenied</Code></Error>", times=1)
    assert colour.call(job.full_result) == DOCUMENT
    assert (service.count("getJobResultsLink"), service.count("getResult")) == (2, 2)


def test_it_is_asked_for_again_once(colour: Any, service: Any, job: Any) -> None:
    """A storage that refuses two links refuses them all; its token was not the reason."""
    service.fail("getResult", 403)
    error = colour.attempt(PermissionDeniedError, lambda: job.full_result)
    assert isinstance(error, JobFetchingError)
    assert (service.count("getJobResultsLink"), service.count("getResult")) == (2, 2)
    assert service.count("createToken") == 1


def test_a_storage_that_refuses_says_nothing_of_the_token(
    colour: Any, service: Any, sdk: Any, open_sdk: Callable[..., Any]
) -> None:
    """No token went there: to give another one would not help."""
    with_token = open_sdk(username=None, password=None, token=colour.call(sdk.user_token()))
    job = colour.call(with_token.get_job(service.put_result(DOCUMENT)))
    service.fail("getResult", 401, b"<Error/>")
    error = colour.attempt(AuthenticationError, lambda: job.full_result)
    assert "token" not in str(error)


@pytest.mark.parametrize(
    "plan",
    [{"status": 503}, {"raw": b"", "end": "reset"}, {"end": "cut"}, {"status": 200, "body": b"<html>"}],
    ids=str,
)
def test_a_storage_that_fails_is_asked_again(colour: Any, service: Any, job: Any, plan: dict[str, Any]) -> None:
    """Downloads are retried like all that is harmless, with the same link."""
    service.fail("getResult", **plan, times=2)
    assert colour.call(job.full_result) == DOCUMENT
    assert (service.count("getJobResultsLink"), service.count("getResult")) == (1, 3)


BODIES = [b"", b"null", b"[]", b"5", b"{}", b'{"data": null}', b'{"status": "fail"}', b'{"counter": 5}', b"{"]


@pytest.mark.parametrize("body", BODIES)
def test_a_document_without_a_result_is_an_error(colour: Any, service: Any, job: Any, body: bytes) -> None:
    """What is not a result is never taken for an empty one."""
    service.fail("getResult", 200, body)
    error = colour.attempt(JobFetchingError, lambda: job.full_result)
    assert isinstance(error, UnexpectedAnswerError)
    assert error.body == body.decode()


def test_no_link_is_no_result(colour: Any, service: Any, job: Any) -> None:
    """A job that has not come to its end has no link, which is no failure."""
    service.fail("getJobResultsLink", 200, {"data": {"results_link": None}})
    assert colour.call(job.full_result) is None
    assert service.count("getResult") == 0


def test_an_unknown_job_is_not_found(colour: Any, service: Any, job: Any) -> None:
    """The service's refusal to give a link is told, and not taken for one that has expired."""
    service.fail("getJobResultsLink", 404, {"status": "fail", "data": {"description": "There is no such job."}})
    colour.attempt(NotFoundError, lambda: job.full_result)
    assert service.count("getJobResultsLink") == 1


def test_a_link_that_leads_nowhere_is_an_error(colour: Any, service: Any, job: Any) -> None:
    """A host that can't be reached is told as one of the package's errors; what is no URL at all is refused before."""
    service.fail("getJobResultsLink", 200, {"data": {"results_link": "http://["}})
    assert not isinstance(colour.attempt(JobFetchingError, lambda: job.full_result), ServerError)
