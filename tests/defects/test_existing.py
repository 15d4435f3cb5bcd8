"""The defects that were found in the existing client, in their order: ours, put to the same test, has none of them.

Each test does what brings the defect out there, by the public names alone. Their numbers are those of the list. The
others are brought out elsewhere: 3, 12 and 15 in `test_better.py`, 16 in `tests/auth/test_wire.py`.
"""

import json
import pickle
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from zipfile import ZipFile

import httpx
import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

from pasqal_cloud import (
    AuthenticationError,
    BatchFilters,
    CancelJobFilters,
    Endpoints,
    JobFailedError,
    JobFetchingError,
    JobFilters,
    PasqalCloudConnection,
    PasqalCloudError,
    PermissionDeniedError,
    RebatchFilters,
    RetryPolicy,
    SubmissionUnknownError,
    ValidationError,
    WaitTimeoutError,
    WorkloadFilters,
)
from pasqal_cloud.testing import LocalService

ROOT = Path(__file__).parent.parent.parent
BATCH = "11111111-2222-4333-8444-555555555555"
EAGER: dict[str, Any] = {"retry": RetryPolicy(attempts=6, first=0.0), "recover_for": 0.0}
"""Tries as many as the existing client makes, without pauses, and one look for what was lost."""


def ident(number: int = 0) -> str:
    """The id of a job."""
    return f"22222222-2222-4333-8444-{number:012}"


def job(number: int = 0, **fields: Any) -> dict[str, Any]:
    """A job, as the service gives it."""
    return {"id": ident(number), "batch_id": BATCH, "status": "PENDING", "runs": 1, **fields}


def batch(**fields: Any) -> dict[str, Any]:
    """The batch, as the service gives it."""
    return {"id": BATCH, "status": "PENDING", "open": False, "sequence_builder": "{}", **fields}


def refusal(status: int, **headers: str) -> httpx.Response:
    """A failure in the service's envelope, with the id of the request."""
    body = {"status": "fail", "code": str(status), "message": "No.", "data": {"description": "It can't be done."}}
    return httpx.Response(status, json=body, headers={"X-Request-Id": "r-1", **headers})


class Asked:
    """Counts what is asked for, and answers by the end of the path; lists are empty unless said otherwise.

    Args:
        answers: What is answered, or a function of the request that gives it, by method and end of the path.
    """

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> Any:
        self.requests.append(request)
        last = request.url.path.rpartition("/")[2]
        name = {BATCH: "batch", ident(): "job"}.get(last, last)
        answer = self.answers.get(f"{request.method}_{name}", self.answers.get(name, []))
        if isinstance(answer, Iterator):
            answer = next(answer)
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer

    def count(self, method: str, last: str) -> int:
        """How many requests there were to a path with this end."""
        return sum(
            request.method == method and request.url.path.rpartition("/")[2] == last for request in self.requests
        )


# 1. A creation is made again, by two layers, after whatever failed: six batches, five, five.


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_1a_a_failed_creation_is_sent_once(colour: Any, answered: Callable[..., Any], status: int) -> None:
    """After a status that says nothing about what was done."""
    asked = Asked(POST_batches=lambda _: refusal(status))
    colour.attempt(SubmissionUnknownError, lambda: answered(asked, **EAGER).create_batch("{}", [{"runs": 1}]))
    assert asked.count("POST", "batches") == 1


@pytest.mark.parametrize("error", [httpx.ReadTimeout("slow"), httpx.ReadError("reset"), httpx.RemoteProtocolError("?")])
def test_1b_a_creation_that_is_not_answered_is_sent_once(
    colour: Any, answered: Callable[..., Any], error: Exception
) -> None:
    """Whatever the line does: the service may be at work on it."""
    asked = Asked(POST_batches=error)
    colour.attempt(SubmissionUnknownError, lambda: answered(asked, **EAGER).create_batch("{}", [{"runs": 1}]))
    assert asked.count("POST", "batches") == 1


def test_1c_trouble_while_waiting_creates_nothing(colour: Any, answered: Callable[..., Any]) -> None:
    """The batch was created; that its status can't be read for a while is no reason for another."""
    looks = iter([httpx.ReadError("reset"), refusal(502), httpx.ConnectError("down"), {"status": "DONE"}])
    asked = Asked(POST_batches=batch(), status=looks, batch=batch(status="DONE"))
    sdk = answered(asked, retry=RetryPolicy(first=0.0))
    assert colour.call(sdk.create_batch("{}", [{"runs": 1}], wait=True)).status == "DONE"
    assert asked.count("POST", "batches") == 1


# 2. Errors are no `Exception`.


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: refusal(401),
        lambda _: refusal(404),
        lambda _: refusal(500),
        lambda _: httpx.Response(200, text="?"),
        httpx.ReadError("reset"),
    ],
)
def test_2_every_failure_is_an_ordinary_exception(colour: Any, answered: Callable[..., Any], answer: Any) -> None:
    """Whoever writes `except Exception` catches it, by the package's root as well."""
    sdk = answered(Asked(batch=answer), **EAGER)
    caught = None
    try:
        colour.call(sdk.get_batch(BATCH))
    except Exception as error:  # noqa: BLE001 - that is the point
        caught = error
    assert isinstance(caught, PasqalCloudError)


# 4. Errors carry text only.


def test_4_an_error_knows_what_happened(colour: Any, answered: Callable[..., Any]) -> None:
    """Status, code, the id of the request, the request and the body, also after pickling."""
    asked = Asked(batch=refusal(404))
    error = colour.attempt(PasqalCloudError, lambda: answered(asked).get_batch(BATCH))
    for known in (error, pickle.loads(pickle.dumps(error))):
        assert (known.status, known.code, known.request_id, known.method) == (404, "404", "r-1", "GET")
        assert known.url.endswith(BATCH)
        assert json.loads(known.body)["message"] == "No."
        assert "It can't be done." in str(known)


# 5. A failed job's result is an error of another library; a link that has expired is followed again and again.


def test_5_a_link_that_has_expired_is_replaced_at_once(colour: Any, answered: Callable[..., Any]) -> None:
    """One new link is asked for; when it is refused, too, that is one error of the package's."""
    asked = Asked(
        job=job(status="DONE"),
        results_link={"results_link": "https://storage.test/result"},
        result=lambda _: refusal(403),
    )
    sdk = answered(asked, **EAGER)
    error = colour.attempt(JobFetchingError, lambda: colour.call(sdk.get_job(ident())).result)
    assert isinstance(error, PermissionDeniedError)
    assert (asked.count("GET", "results_link"), asked.count("GET", "result")) == (2, 2)


def test_5_the_results_of_a_batch_name_the_job_that_failed(colour: Any, answered: Callable[..., Any]) -> None:
    """With the service's reason."""
    failed = job(status="ERROR", errors=["Too hot."])
    sdk = answered(Asked(batch=batch(status="DONE", jobs=[failed]), jobs=[failed]))
    error = colour.attempt(JobFailedError, colour.call(sdk.get_batch(BATCH)).results)
    assert ident() in str(error)
    assert "Too hot." in str(error)


# 6. A status that is new is a KeyError, and ends a wait.


@pytest.mark.parametrize("status", ["PAUSED", "TIMED_OUT", "CANCELING", "BRAND_NEW"])
def test_6_every_status_can_be_read(colour: Any, answered: Callable[..., Any], status: str) -> None:
    """By itself, and of handles."""
    asked = Asked(status={"status": status}, batch=batch(status=status), job=job(status=status))
    sdk = answered(asked)
    assert colour.call(sdk.get_batch_status(BATCH)) == status
    assert colour.call(sdk.get_job_status(ident())) == status
    assert colour.call(sdk.get_batch(BATCH)).status == status
    assert colour.call(sdk.get_job(ident())).status == status


@pytest.mark.parametrize("status", ["PAUSED", "CANCELING", "BRAND_NEW"])
def test_6_a_wait_goes_on(colour: Any, answered: Callable[..., Any], status: str) -> None:
    """Until what is an end for certain."""
    looks = iter([{"status": status}, {"status": status}, {"status": "DONE"}])
    states = iter([batch(status=status), batch(status="DONE")])
    sdk = answered(Asked(status=looks, batch=states))
    handle = colour.call(sdk.get_batch(BATCH))
    colour.call(handle.wait(poll=0.001))
    assert handle.status == "DONE"
    assert next(looks, None) is None


# 7. A wait has neither an end nor an interval nor a callback; an interrupt loses the id.


def test_7_a_wait_can_be_ended_and_watched(colour: Any, answered: Callable[..., Any]) -> None:
    """By its time, with the handle on the error; changes are told."""
    looks = iter([{"status": "RUNNING"}])
    asked = Asked(batch=batch(), status=lambda _: next(looks, {"status": "RUNNING"}))
    handle = colour.call(answered(asked).get_batch(BATCH))
    told: list[str] = []
    error = colour.attempt(
        WaitTimeoutError, lambda: handle.wait(timeout=0.02, poll=0.001, on_update=lambda it: told.append(it.status))
    )
    assert error.handle is handle
    assert isinstance(error, TimeoutError)
    assert told == ["RUNNING"]


# 8. A refresh replaces the jobs that a program holds.


def test_8_a_job_that_is_held_comes_to_its_end(colour: Any, answered: Callable[..., Any]) -> None:
    """By its batch's refresh, and by its own."""
    states = iter([batch(jobs=[job()]), batch(jobs=None)])
    asked = Asked(batch=states, jobs=[job(status="RUNNING")], job=job(status="DONE"))
    handle = colour.call(answered(asked).get_batch(BATCH))
    (held,) = colour.call(handle.ordered_jobs)
    colour.call(handle.refresh())
    (after,) = colour.call(handle.ordered_jobs)
    assert after is held
    assert held.status == "RUNNING"
    colour.call(held.refresh())
    assert held.status == "DONE"


# 9. A look at the progress asks for a link for every job.


def test_9_a_look_at_the_progress_is_one_request(pasqal_environment: LocalService) -> None:
    """By Pulser's connection, of a batch of which nothing is done; and no link is asked for."""
    service = pasqal_environment
    with service.paused("FRESNEL"), PasqalCloudConnection() as connection:
        made = connection.cloud_client.create_batch("{}", [{"runs": 1}] * 5, device_type="FRESNEL")
        results = connection.get_results(made.id)
        assert results.get_available_results() == {}
        service.forget_requests()
        assert results.get_available_results() == {}
        asked = Counter(request.operation for request in service.requests())
    assert asked == {"getBatchStatus": 1}


# 10. The mock server logs nobody in, and lacks half of what the client asks for.


def test_10_the_double_answers_all_operations(pasqal_service: LocalService) -> None:
    """Whatever the SDK can ask for, over a login of its own."""
    with pasqal_service.sdk() as sdk:
        opened = sdk.create_batch("{}", [{"runs": 1}], open=True, tags=["a"])
        opened.add_jobs([{"runs": 2}])
        opened.set_tags(["b"])
        opened.close(wait=True)
        assert [found.id for found in sdk.get_batches(BatchFilters(tag="b"))] == [opened.id]
        assert len(sdk.get_jobs(JobFilters(batch_id=opened.id))) == 2
        assert sdk.get_job(opened.ordered_jobs[0].id).result == {"0": 1}
        assert sdk.rebatch(opened.id).parent_id == opened.id
        assert sdk.get_all_projects()
        assert sdk.get_device_specs_dict()
        assert sdk.cancel_batches([opened.id]).errors.keys() == {opened.id}
    assert pasqal_service.requests("createToken")


# 11. The import loads Pulser, and with it matplotlib and scipy.


def test_11_the_import_loads_none_of_what_is_large() -> None:
    """Neither the import nor an SDK nor its first request."""
    program = """
import sys, httpx
from pasqal_cloud import SDK
answer = httpx.MockTransport(lambda request: httpx.Response(200, json={"data": []}))
assert list(SDK(token="token", project_id="p", transport=answer).get_batches()) == []
assert not {"pulser", "numpy", "scipy", "matplotlib"} & set(sys.modules), sorted(sys.modules)
""".replace('"p"', repr(BATCH))
    subprocess.run([sys.executable, "-c", program], check=True, timeout=100)


# 13. Misspelt filters are dropped: an empty one asks for everything.


@pytest.mark.parametrize("kind", [BatchFilters, JobFilters, CancelJobFilters, RebatchFilters, WorkloadFilters])
@pytest.mark.parametrize("name", ["statuss", "ids", "Status"])
def test_13_a_misspelt_filter_is_refused(kind: Any, name: str) -> None:
    """By its name."""
    with pytest.raises(TypeError, match=name):
        kind(**{name: "DONE"})


# 14. There is no way through more than a hundred.


def test_14_all_pages_can_be_walked_through(colour: Any, answered: Callable[..., Any]) -> None:
    """In order, each item once."""

    def page(request: httpx.Request) -> httpx.Response:
        query = parse_qs(request.url.query.decode())
        start, limit = int(query.get("offset", ["0"])[0]), int(query["limit"][0])
        items = [job(number) for number in range(start, min(start + limit, 250))]
        place = {"start": start, "end": start + len(items), "total": 250}
        return httpx.Response(200, json={"data": items, "pagination": place})

    async def all_of(items: Any) -> list[Any]:
        return [item async for item in items]

    walk = answered(Asked(jobs=page)).iter_jobs()
    walked = list(walk) if colour.is_blocking else colour.call(all_of(walk))
    assert [each.id for each in walked] == [ident(number) for number in range(250)]


# 17. A refused token is not renewed; the request for one is made once, without an end.


class Logins:
    """An API with logins: the first tries fail, and so does the first token.

    Args:
        outages: How many logins fail first.
    """

    def __init__(self, outages: int = 0) -> None:
        self.outages = outages
        self.tokens = 0
        self.timeouts: list[Any] = []

    def __call__(self, request: httpx.Request) -> Any:
        if request.url.path.endswith("token"):
            self.timeouts.append(request.extensions["timeout"])
            if self.outages:
                self.outages -= 1
                return refusal(502)
            self.tokens += 1
            return httpx.Response(200, json={"access_token": f"token-{self.tokens}", "expires_in": 3600})
        return batch() if request.headers["authorization"] == "Bearer token-2" else refusal(401)


def by_password(colour: Any, answer: Callable[[httpx.Request], Any]) -> Any:
    """An SDK that logs in."""

    def respond(request: httpx.Request) -> httpx.Response:
        data = answer(request)
        return data if isinstance(data, httpx.Response) else httpx.Response(200, json={"data": data})

    return colour.SDK(
        "ada",
        "pa55word",
        project_id=BATCH,
        endpoints=Endpoints.at("https://cloud.test"),
        transport=httpx.MockTransport(respond),
        **EAGER,
    )


def test_17_a_refused_token_is_renewed(colour: Any) -> None:
    """Once: an account that is refused is not logged in again and again."""
    logins = Logins()
    sdk = by_password(colour, logins)
    assert colour.call(sdk.get_batch(BATCH)).id == BATCH
    assert logins.tokens == 2
    logins.tokens = 5
    other = by_password(colour, logins)
    colour.attempt(AuthenticationError, lambda: other.get_batch(BATCH))
    assert logins.tokens == 7
    for opened in (sdk, other):
        colour.call(opened.close())


def test_17_a_login_has_a_timeout_and_more_than_one_try(colour: Any) -> None:
    """An outage of the identity provider is sat out."""
    logins = Logins(outages=3)
    sdk = by_password(colour, logins)
    assert colour.call(sdk.get_batch(BATCH)).id == BATCH
    assert len(logins.timeouts) == 5
    assert all(0 < timeout["read"] <= 60 for timeout in logins.timeouts)
    colour.call(sdk.close())


# 18. A 503 is not tried again; pauses have no jitter.


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "0"}])
def test_18_a_503_is_tried_again(colour: Any, answered: Callable[..., Any], headers: dict[str, str]) -> None:
    """With and without `Retry-After`."""
    asked = Asked(batch=iter([refusal(503, **headers), refusal(503, **headers), batch()]))
    assert colour.call(answered(asked, retry=RetryPolicy(first=0.0)).get_batch(BATCH)).id == BATCH
    assert asked.count("GET", BATCH) == 3


# 19. The source distribution can't be built: a file is missing.


def test_19_the_source_distribution_is_whole(tmp_path: Path) -> None:
    """What is built of it alone has every module and the API's description, and the version."""
    source = SdistBuilder(str(ROOT)).build(directory=str(tmp_path))
    with tarfile.open(next(source)) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = (path for path in tmp_path.iterdir() if path.is_dir())
    wheel = Path(next(WheelBuilder(str(unpacked)).build(directory=str(tmp_path), versions=["standard"])))
    assert wheel.name.startswith(f"pasqal_cloud-{version('pasqal-cloud')}-")
    with ZipFile(wheel) as archive:
        built = set(archive.namelist())
    for package, home in (("pasqal_cloud", ROOT), ("pasqal_cloud_api", ROOT / "generated")):
        needed = {str(path.relative_to(home)) for path in (home / package).rglob("*") if is_source(path)}
        assert len(needed) > 40
        assert needed <= built
    assert "pasqal_cloud_api/openapi.json" in built


def is_source(path: Path) -> bool:
    """Whether a file is part of a package."""
    return path.is_file() and "__pycache__" not in path.parts


def test_misuse_is_told_before_anything_is_sent(colour: Any, answered: Callable[..., Any]) -> None:
    """No request is made of what can't be one."""
    asked = Asked()
    sdk = answered(asked)
    for jobs in ([], [{"runs": 0}], [{"variables": {"a": float("nan")}, "runs": 1}], [{"shots": 5}]):
        colour.attempt(ValidationError, lambda jobs=jobs: sdk.create_batch("{}", jobs))
    assert asked.requests == []
