"""Who may ask, and how requests travel."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest

from pasqal_cloud.local.http.contract import Contract
from pasqal_cloud.local.http.operations import NOT_SERVED, Handlers, snake_case
from pasqal_cloud.local.rules.signing import BadSignatureError, Signer

if TYPE_CHECKING:
    from .conftest import LocalService


def test_a_password_buys_a_token(service: LocalService) -> None:
    """It is good for a day, and the user's own."""
    answer = service.log_in()
    assert answer.json()["expires_in"] == 86_400
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert service.call("getAuthInfo", headers=headers).json()["data"]["email"] == service.connection["username"]


def test_a_missing_parameter_is_named(service: LocalService) -> None:
    """A password grant without a password says so."""
    answer = service.http.post("/oauth/token", data={"grant_type": "password", "username": "somebody"})
    assert answer.status_code == 400
    assert "password" in answer.json()["error_description"]


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer a.b.c", "Bearer é", "Basic dTpw"])
def test_the_scheme_is_named_without_more(service: LocalService, header: str) -> None:
    """Whoever has no valid token is told the scheme, and no realm."""
    answer = service.call("listBatches", headers={"Authorization": header.encode()})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_signatures_stand_for_one_purpose_one_job_and_one_time() -> None:
    """A link opens one job's result until it expires; nothing signed for another purpose opens anything."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    signer = Signer(b"secret")
    query = httpx.QueryParams(signer.link_query("job", now + timedelta(seconds=10)))
    signer.check_link("job", query["expires"], query["signature"], now)
    for job, expires, when in [
        ("other", query["expires"], now),
        ("job", str(int(query["expires"]) + 1), now),
        ("job", query["expires"], now + timedelta(seconds=10)),
    ]:
        with pytest.raises(BadSignatureError):
            signer.check_link(job, expires, query["signature"], when)
    token = signer.token("user", now + timedelta(seconds=10))
    assert signer.user_of(token, now) == "user"
    for forged, when in [(token, now + timedelta(seconds=10)), (token[:-1], now), (f"job:1.{query['signature']}", now)]:
        with pytest.raises(BadSignatureError):
            signer.user_of(forged, when)
    with pytest.raises(BadSignatureError):
        Signer(b"another").user_of(token, now)


def test_result_links_are_signed(service: LocalService, quick: str) -> None:
    """A changed link is refused with 403, in the envelope."""
    batch = service.settled(service.create(quick, {"runs": 10}))
    link = service.get("getJobResultsLink", job_id=batch["jobs"][0]["id"])["results_link"]
    assert httpx.get(link).status_code == 200
    for changed in (link[:-1], link.replace("expires=", "expires=1"), link.partition("?")[0]):
        assert httpx.get(changed).status_code == 403
        assert httpx.get(changed).json()["status"] == "fail"


def test_the_project_is_listed(service: LocalService) -> None:
    """The user is a member of one active project."""
    (project,) = service.get("listProjects", query={"project_status": "ACTIVE"})
    assert project["id"] == service.project_id
    assert service.get("getAuthInfo")["acl"][0]["project_id"] == service.project_id


def test_another_project_does_not_exist_for_the_user(service: LocalService, quick: str) -> None:
    """Creating a batch in a project that the user is no member of gives 404, as an unknown one does."""
    body = service.body(quick, {"runs": 10}, project_id=str(uuid4()))
    assert "not a member" in service.refused("createBatch", 404, json=body)


@pytest.mark.parametrize("path", ["/other", "/core-fast/api/v9/batches", "/core-fast/api/v1/batches/"])
def test_unknown_paths_give_404(service: LocalService, path: str) -> None:
    """What is not in the description does not exist, and the envelope says so."""
    answer = service.http.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "404")


def test_every_operation_is_performed() -> None:
    """Each operation of the description has a handler, or is not served, and there are no other handlers."""
    described = {operation.id for operation in Contract.load().operations()} - {"createToken"}
    handlers = {name for name in vars(Handlers) if not name.startswith("_")} - {"of"}
    assert handlers == {snake_case(operation) for operation in described.difference(NOT_SERVED)}
    assert described.issuperset(NOT_SERVED)


@pytest.mark.parametrize(
    ("content", "encoding", "status"),
    [
        (b"{}", "br", 415),
        (b" " * (8 * 2**20 + 1), "identity", 413),
        (b'{"project_id": NaN}', "identity", 422),
        (b'{"project_id": "\\ud800"}', "identity", 422),
    ],
    ids=["brotli", "large", "NaN", "surrogate"],
)
def test_unreadable_bodies_are_refused(service: LocalService, content: bytes, encoding: str, status: int) -> None:
    """A body that is too large, packed in an unknown way or no strict JSON is refused before it is looked at."""
    service.refused("createBatch", status, content=content, headers={"Content-Encoding": encoding})


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"project_id": None}, ["body", "project_id"]),
        ({"project_id": "mine"}, ["body", "project_id"]),
        ({"jobs": [{"runs": 0}]}, ["body", "jobs", 0, "runs"]),
        ({"jobs": [{"runs": "many"}]}, ["body", "jobs", 0, "runs"]),
        ({"jobs": {}}, ["body", "jobs"]),
        ({"tags": ["a", "a"]}, ["body", "tags"]),
        ({"sequence_builder": {}}, ["body", "sequence_builder"]),
    ],
)
def test_bodies_follow_the_schema(service: LocalService, quick: str, change: dict[str, Any], place: list[Any]) -> None:
    """What the description forbids is refused with its place and a short reason, without a dump of the schema."""
    (problem,) = service.refused("createBatch", 422, json=service.body(quick, {"runs": 10}) | change)
    assert problem["loc"] == place
    assert len(problem["msg"]) < 80


def test_a_required_field_is_named(service: LocalService) -> None:
    """A body without project says which field is missing."""
    (problem,) = service.refused("createBatch", 422, json={})
    assert (problem["loc"], problem["type"]) == (["body", "project_id"], "missing")


def test_what_is_not_there_is_named(service: LocalService) -> None:
    """A 404 says what there is none of."""
    for operation in ("getBatch", "getBatchStatus", "closeBatch", "cancelBatch", "getOvhBatch", "getOvhBatchStatus"):
        assert "no batch" in service.refused(operation, 404, batch_id=str(uuid4()))
    jobs = ("getJob", "getJobStatus", "cancelJob", "getJobResultsLink", "getOvhJobStatus", "getOvhJobResultsLink")
    for operation in jobs:
        assert "no job" in service.refused(operation, 404, job_id=str(uuid4()))
