"""Every fault with every operation: one clear error or success, few requests, and money spent as asked or named."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from pasqal_cloud import (
    AuthenticationError,
    ConflictError,
    ConnectionFailedError,
    NotFoundError,
    PasqalCloudError,
    PermissionDeniedError,
    RateLimitError,
    RequestTimeoutError,
    ServerError,
    UnexpectedAnswerError,
    ValidationError,
)
from pasqal_cloud.errors import SubmissionUnknownError

pytestmark = pytest.mark.blocking_first

HTML = b"<html><body>Bad Gateway</body></html>"
ISSUES = [{"loc": ["body", "jobs"], "msg": "too many", "type": "value_error"}]
ATTEMPTS = 3
"""Those of the policy that the SDK has here."""

Plan = dict[str, Any]
REFUSED: Plan = {"processed": False}


def once(**plan: Any) -> Plan:
    """The same fault, for the first request only."""
    return plan | {"times": 1}


def fail(**fields: Any) -> dict[str, Any]:
    """The service's own envelope of a refusal."""
    return {"status": "fail", **fields}


LASTING: dict[str, tuple[Plan, type[PasqalCloudError]]] = {
    "400 text data": ({"status": 400, "body": fail(data="?"), **REFUSED}, ValidationError),
    "401": ({"status": 401, **REFUSED}, AuthenticationError),
    "401 in the envelope": ({"status": 401, "body": fail(code="401"), **REFUSED}, AuthenticationError),
    "403": ({"status": 403, "body": fail(message="No.", data=None), **REFUSED}, PermissionDeniedError),
    "404": ({"status": 404, "body": fail(data={"description": "None."}), **REFUSED}, NotFoundError),
    "409": ({"status": 409, "body": fail(message="No."), **REFUSED}, ConflictError),
    "418": ({"status": 418, "body": {"status": "error"}, **REFUSED}, PasqalCloudError),
    "422 list data": ({"status": 422, "body": fail(data=ISSUES), **REFUSED}, ValidationError),
    "422 detail": ({"status": 422, "body": {"detail": ISSUES}, **REFUSED}, ValidationError),
}
"""Refusals of the service itself: whoever makes the request again is refused again, and nothing was done."""

STRANGE: dict[str, tuple[Plan, type[PasqalCloudError]]] = {
    "302": ({"status": 302, "headers": {"Location": "https://elsewhere.test/"}}, PasqalCloudError),
    "303": ({"status": 303, "headers": {"Location": "/core-fast/api/v1/batches/1"}}, PasqalCloudError),
    "400 text data": ({"status": 400, "body": {"data": "?"}}, ValidationError),
    "403 html": ({"status": 403, "body": HTML}, PermissionDeniedError),
    "404 detail": ({"status": 404, "body": {"detail": "Not Found"}}, NotFoundError),
    "409 message": ({"status": 409, "body": {"message": "No."}}, ConflictError),
    "421": ({"status": 421, "body": fail()}, PasqalCloudError),
    "422 list": ({"status": 422, "body": ISSUES}, ValidationError),
    "422 null": ({"status": 422, "body": b"null"}, ValidationError),
    "422 success": ({"status": 422, "body": {"status": "success"}}, ValidationError),
    "423": ({"status": 423, "body": fail()}, PasqalCloudError),
    "499": ({"status": 499, "body": fail()}, PasqalCloudError),
    "501": ({"status": 501, "body": fail()}, ServerError),
}
"""What a proxy or a gateway may answer although the service has done what was asked."""

PASSING_REFUSALS: dict[str, tuple[Plan, type[PasqalCloudError]]] = {
    "429": ({"status": 429, **REFUSED}, RateLimitError),
    "429 at once": ({"status": 429, "headers": {"Retry-After": "0"}, **REFUSED}, RateLimitError),
    "429 fraction": ({"status": 429, "headers": {"Retry-After": "0.05"}, **REFUSED}, RateLimitError),
    "429 negative": ({"status": 429, "headers": {"Retry-After": "-5"}, **REFUSED}, RateLimitError),
    "503 at once": ({"status": 503, "headers": {"Retry-After": "0"}, **REFUSED}, ServerError),
}
"""Refusals that pass: nothing was done, and the same request may succeed in a moment."""

UNKNOWN: dict[str, tuple[Plan, type[PasqalCloudError]]] = {
    "408": ({"status": 408, "body": fail()}, RequestTimeoutError),
    "425": ({"status": 425, "body": fail()}, PasqalCloudError),
    "500 json": ({"status": 500, "body": {"error": "Internal Server Error"}}, ServerError),
    "500 html": ({"status": 500, "body": HTML}, ServerError),
    "500 empty": ({"status": 500}, ServerError),
    "502 html": ({"status": 502, "body": HTML}, ServerError),
    "503 json": ({"status": 503, "body": {"message": "Later."}}, ServerError),
    "504 text": ({"status": 504, "body": b"upstream request timeout"}, ServerError),
    "reset": ({"raw": b"", "end": "reset"}, ConnectionFailedError),
    "close": ({"raw": b""}, ConnectionFailedError),
    "half a head": ({"raw": b"HTTP/1.1 200 OK\r\nContent-Le"}, ConnectionFailedError),
    "no http": ({"raw": b"SSH-2.0-OpenSSH_9.6\r\n"}, ConnectionFailedError),
    "truncated": ({"end": "cut"}, ConnectionFailedError),
    "stall": ({"raw": b"", "end": "stall"}, RequestTimeoutError),
    "stall in the body": (
        {"raw": b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", "end": "stall"},
        RequestTimeoutError,
    ),
    "html200": ({"status": 200, "body": HTML}, UnexpectedAnswerError),
    "empty200": ({"status": 200}, UnexpectedAnswerError),
    "garbage200": ({"status": 200, "body": b"\x00\xff\x17"}, UnexpectedAnswerError),
    "deep200": ({"status": 200, "body": b"[" * 100_000}, UnexpectedAnswerError),
    "nodata200": ({"status": 200, "body": {}}, UnexpectedAnswerError),
    "list200": ({"status": 200, "body": []}, UnexpectedAnswerError),
    "null200": ({"status": 200, "body": b"null"}, UnexpectedAnswerError),
    "fail200": ({"status": 200, "body": {"status": "fail", "message": "No."}}, UnexpectedAnswerError),
    "299": ({"status": 299, "body": {}}, UnexpectedAnswerError),
    "204": ({"status": 204}, UnexpectedAnswerError),
}
"""Failures after which nobody knows whether the request was carried out."""

UNHEARD_OF: dict[str, tuple[Plan, type[PasqalCloudError]]] = {
    "520": ({"status": 520}, ServerError),
    "999": ({"status": 999, "body": b"?"}, ServerError),
}
"""The same, of which nobody knows either whether they pass."""

NAMES = {
    "add_jobs": "addJobs",
    "cancel_batch": "cancelBatch",
    "close_batch": "closeBatch",
    "create_batch": "createBatch",
    "create_workload": "createWorkload",
    "get_batch": "getBatch",
    "rebatch": "rebatch",
}
"""The SDK's names of operations, and the API's."""

SPENDING = ("create_batch", "add_jobs", "rebatch", "create_workload")
HARMLESS = ("get_batch", "close_batch", "cancel_batch")
OFTEN = ("create_batch", "get_batch")
"""Those whose faults are all tried at each change; what goes wrong with the others is tried with the slow tests."""


def each(*operations: str) -> pytest.MarkDecorator:
    """Runs a test with each of these operations."""
    slow = pytest.mark.slow
    return pytest.mark.parametrize(
        "operation", [pytest.param(name, marks=() if name in OFTEN else slow) for name in operations]
    )


class Case:
    """A service with an open batch of one job, and the operations on it."""

    def __init__(self, colour: Any, service: Any, sdk: Any) -> None:
        self.colour = colour
        self.service = service
        self.sdk = sdk
        self.batch = service.put_batch(open=True, age=3600.0)
        self.closed = service.put_batch(age=3600.0)
        self.before = self.created

    @property
    def created(self) -> tuple[int, int, int]:
        """How many batches, jobs and workloads there are."""
        batches, jobs, workloads = self.service.all_of("batches", "jobs", "workloads")
        return len(batches), len(jobs), len(workloads)

    def fail(self, operation: str, plan: Plan) -> None:
        """Says what goes wrong; a service that says nothing is not waited for long."""
        self.service.fail(NAMES[operation], **plan)
        if plan.get("end") == "stall":
            self.sdk = self.sdk.with_options(timeout=httpx.Timeout(0.3))

    def start(self, operation: str) -> Any:
        """Begins an operation."""
        job = {"runs": 7}
        match operation:
            case "create_batch":
                return self.sdk.create_batch("{}", [job])
            case "add_jobs":
                return self.sdk.add_jobs(self.batch["id"], [job])
            case "rebatch":
                return self.sdk.rebatch(self.closed["id"])
            case "create_workload":
                return self.sdk.create_workload("type", "backend", {"depth": 3})
        return getattr(self.sdk, operation)(self.batch["id"])

    def attempt(self, operation: str) -> Any:
        """Gets the error that an operation ends with; it is one of the package's, and tells the whole story."""
        error = self.colour.attempt(PasqalCloudError, lambda: self.start(operation))
        assert "SECRET" not in str(error)
        assert error.method
        assert self.service.url in error.url
        return error

    def count(self, operation: str) -> int:
        """How often an operation was asked for."""
        return self.service.count(NAMES[operation])

    def was_done(self, operation: str, times: int) -> bool:
        """Whether an operation was carried out so many times, and nothing else was."""
        each = {"create_batch": (1, 1, 0), "add_jobs": (0, 1, 0), "rebatch": (1, 1, 0), "create_workload": (0, 0, 1)}
        expected = tuple(old + times * new for old, new in zip(self.before, each[operation], strict=True))
        return self.created == expected


@pytest.fixture
def case(colour: Any, service: Any, open_sdk: Callable[..., Any]) -> Case:
    """The service and an SDK on it."""
    return Case(colour, service, open_sdk())


@pytest.mark.parametrize("name", LASTING)
@each(*SPENDING, *HARMLESS)
def test_a_refusal_is_told_at_once(case: Case, operation: str, name: str) -> None:
    """What is refused is not made again, and nothing is looked for: the error has the status and says why."""
    plan, expected = LASTING[name]
    case.fail(operation, plan)
    error = case.attempt(operation)
    assert isinstance(error, expected)
    assert not isinstance(error, SubmissionUnknownError)
    assert error.status == plan["status"]
    assert not error.retryable
    assert case.count(operation) <= 2  # a 401 is answered with another token, once
    assert case.created == case.before


@pytest.mark.parametrize("name", PASSING_REFUSALS)
@each(*SPENDING, "get_batch")
def test_a_refusal_that_passes_is_sat_out(case: Case, operation: str, name: str) -> None:
    """Where nothing was done, the request is made again, whatever it costs: it is done once."""
    case.fail(operation, once(**PASSING_REFUSALS[name][0]))
    case.colour.call(case.start(operation))
    assert case.count(operation) == 2
    if operation in SPENDING:
        assert case.was_done(operation, 1)
        requests = case.service.requests(NAMES[operation])
        assert len({request.headers["idempotency-key"] for request in requests}) == 1


@pytest.mark.parametrize("name", PASSING_REFUSALS)
@each(*SPENDING, "get_batch")
def test_a_refusal_that_does_not_pass_is_told(case: Case, operation: str, name: str) -> None:
    """After the last try it is told, as a failure that is worth another try later."""
    plan, expected = PASSING_REFUSALS[name]
    case.fail(operation, plan)
    error = case.attempt(operation)
    assert isinstance(error, expected)
    assert not isinstance(error, SubmissionUnknownError)
    assert error.retryable
    assert case.count(operation) == ATTEMPTS
    assert case.created == case.before


@pytest.mark.parametrize("name", STRANGE)
@each(*HARMLESS)
def test_a_strange_refusal_of_what_is_harmless_is_told_at_once(case: Case, operation: str, name: str) -> None:
    """Whoever refuses, it is told with its status, and is not made again."""
    plan, expected = STRANGE[name]
    case.fail(operation, plan | REFUSED)
    error = case.attempt(operation)
    assert isinstance(error, expected)
    assert error.status == plan["status"]
    assert case.count(operation) == 1


@pytest.mark.parametrize("name", UNKNOWN | UNHEARD_OF | STRANGE)
@each(*SPENDING)
def test_what_was_done_is_found(case: Case, operation: str, name: str) -> None:
    """Where the service did it and did not say so, it is found: sent once, done once, and the caller has it."""
    case.fail(operation, (UNKNOWN | UNHEARD_OF | STRANGE)[name][0])
    handle = case.colour.call(case.start(operation))
    assert case.count(operation) == 1
    assert case.was_done(operation, 1)
    batches, workloads = case.service.all_of("batches", "workloads")
    assert handle.id in batches | workloads
    assert handle.id not in (case.batch["id"], case.closed["id"]) or operation == "add_jobs"


@pytest.mark.parametrize("name", sorted((UNKNOWN | UNHEARD_OF | STRANGE).keys() - {"truncated"}))
@each(*SPENDING)
def test_what_may_have_been_done_is_said_to(case: Case, operation: str, name: str) -> None:
    """Where nothing is found, the error says that nobody knows; it is not sent again, nor is that advised."""
    plan, expected = (UNKNOWN | UNHEARD_OF | STRANGE)[name]
    case.fail(operation, plan | REFUSED)
    error = case.attempt(operation)
    assert isinstance(error, SubmissionUnknownError)
    assert isinstance(error, expected)
    assert error.candidates == ()
    assert not error.retryable
    assert isinstance(error.__cause__, expected)
    assert case.count(operation) == 1
    assert case.created == case.before


@pytest.mark.parametrize("name", UNKNOWN)
@each(*HARMLESS)
def test_what_is_harmless_is_made_again(case: Case, operation: str, name: str) -> None:
    """What costs nothing is made again after any failure that may pass."""
    case.fail(operation, once(**UNKNOWN[name][0]))
    assert case.colour.call(case.start(operation)).id == case.batch["id"]
    assert case.count(operation) == 2


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_failure_that_lasts_is_told_after_the_last_try(case: Case, name: str) -> None:
    """The tries end, and the error is of the class of the cause."""
    plan, expected = UNKNOWN[name]
    case.fail("get_batch", plan)
    error = case.attempt("get_batch")
    assert isinstance(error, expected)
    assert error.retryable
    assert error.status in (plan.get("status"), None, 200)
    assert 2 <= case.count("get_batch") <= ATTEMPTS
