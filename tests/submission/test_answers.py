"""An answer is about what was asked: what a proxy gave to the wrong request is noticed, and costs nothing."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import respx

from pasqal_cloud import (
    Endpoints,
    NotFoundError,
    PasqalCloudError,
    RateLimitError,
    RetryPolicy,
    SubmissionUnknownError,
    UnexpectedAnswerError,
)

pytestmark = pytest.mark.blocking_first

URL = "https://cloud.test"
PROJECT = "9999abcd-2222-4333-8444-555555555555"
OURS = "1111abcd-2222-4333-8444-555555555555"
OTHER = "33333333-2222-4333-8444-555555555555"
JOB, OTHER_JOB = "22222222-2222-4333-8444-555555555555", "22222222-2222-4333-8444-666666666666"
SEQUENCE = json.dumps({"name": "sequence", "times": [6, 10.5]})
SENT: dict[str, Any] = {"device_type": "EMU_FREE", "tags": ["a", "b"]}


def fields(identity: str = OURS, **changes: Any) -> dict[str, Any]:
    """A batch as the service tells it."""
    created = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    usual = {"id": identity, "status": "PENDING", "project_id": PROJECT, "created_at": created, "open": False}
    jobs = [{"id": JOB, "status": "PENDING", "runs": 5, "variables": {"omega": 6}, "batch_id": identity}]
    return usual | SENT | {"sequence_builder": SEQUENCE, "jobs": jobs} | changes


def job(**changes: Any) -> dict[str, Any]:
    """A job as the service tells it."""
    return {"id": JOB, "status": "PENDING", "runs": 5, "variables": {"omega": 6}, "batch_id": OURS, **changes}


def ok(data: Any) -> httpx.Response:
    """An answer in the usual envelope."""
    dated = {"Date": datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")}
    page = {"pagination": {"start": 0, "end": len(data), "total": len(data)}} if isinstance(data, list) else {}
    return httpx.Response(200, json={"status": "success", "data": data, **page}, headers=dated)


def in_list(batch: dict[str, Any]) -> dict[str, Any]:
    """A batch as lists tell it."""
    return {name: value for name, value in batch.items() if name not in ("sequence_builder", "jobs")}


@pytest.fixture
def router() -> Iterator[respx.MockRouter]:
    """The cloud, as far as a test describes it."""
    with respx.mock(assert_all_called=False, base_url=f"{URL}/core-fast/api") as router:
        yield router


@pytest.fixture
def holds(router: respx.MockRouter) -> Callable[..., None]:
    """A function that gives the cloud batches."""

    def hold(*batches: dict[str, Any]) -> None:
        router.get("/v1/batches").mock(return_value=ok([in_list(batch) for batch in batches]))
        for batch in batches:
            router.get(f"/v2/batches/{batch['id']}").mock(return_value=ok(batch))
        listed = {batch["id"]: batch["jobs"] for batch in batches}
        router.get("/v2/jobs").mock(side_effect=lambda request: ok(listed.get(request.url.params["batch_id"], [])))

    hold()
    return hold


@pytest.fixture
def sdk(colour: Any) -> Iterator[Any]:
    """An SDK of each colour that looks once."""
    retry = RetryPolicy(first=0.001, attempts=3)
    sdk = colour.SDK(token="t", project_id=PROJECT, endpoints=Endpoints.at(URL), retry=retry, recover_for=0.0)
    yield sdk
    colour.call(sdk.close())


def create(sdk: Any, **changes: Any) -> Any:
    """Creates the batch."""
    jobs = [{"runs": 5, "variables": {"omega": 6.0}}]
    return sdk.create_batch(SEQUENCE, changes.pop("jobs", jobs), **SENT | changes)


READS = {
    "get_batch": ("GET", "/v2/batches/{}"),
    "get_batch_status": ("GET", "/v1/batches/{}/status"),
    "get_job": ("GET", "/v2/jobs/{}"),
    "get_workload": ("GET", "/v2/workloads/{}"),
    "close_batch": ("PATCH", "/v2/batches/{}/complete"),
    "cancel_batch": ("PATCH", "/v2/batches/{}/cancel"),
    "cancel_job": ("PATCH", "/v2/jobs/{}/cancel"),
    "cancel_workload": ("PUT", "/v1/workloads/{}/cancel"),
}


@pytest.mark.parametrize("operation", [name for name in READS if name != "get_batch_status"])
def test_an_answer_about_another_is_none(colour: Any, router: respx.MockRouter, sdk: Any, operation: str) -> None:
    """What has another's id is never shown under the id that was asked for; the error names both."""
    method, path = READS[operation]
    route = router.request(method, path.format(OURS)).mock(return_value=ok({"id": OTHER, "status": "DONE"}))
    error = colour.attempt(UnexpectedAnswerError, lambda: getattr(sdk, operation)(OURS))
    assert OURS in str(error)
    assert OTHER in str(error)
    assert route.call_count == 3


@pytest.mark.parametrize("operation", READS)
def test_the_right_answer_is_asked_for_again(colour: Any, router: respx.MockRouter, sdk: Any, operation: str) -> None:
    """A mixed-up answer passes: the next try, on a connection that then is closed, gets the right one."""
    method, path = READS[operation]
    wrong = {"id": OTHER, "status": "DONE"} if operation != "get_batch_status" else None
    answers = [ok(wrong), ok({"id": OURS.upper(), "status": "DONE"})]
    route = router.request(method, path.format(OURS)).mock(side_effect=answers)
    colour.call(getattr(sdk, operation)(OURS))
    assert [call.request.headers["connection"] for call in route.calls] == ["keep-alive", "close"]


@pytest.mark.parametrize("listed", [[job(batch_id=OTHER)], [job(), job(id=OTHER_JOB, batch_id=OTHER)]], ids=len)
def test_the_jobs_of_another_batch_are_none_of_this_one(
    colour: Any, router: respx.MockRouter, sdk: Any, holds: Callable[..., None], listed: list[Any]
) -> None:
    """A list of another batch's jobs is not taken for this one's."""
    holds(fields(jobs=None))
    batch = colour.call(sdk.get_batch(OURS))
    router.get("/v2/jobs").mock(return_value=ok(listed))
    colour.attempt(UnexpectedAnswerError, lambda: batch.ordered_jobs)


SAME = [
    {},
    {"tags": ["b", "a"]},
    {"sequence_builder": json.dumps({"times": [6.0, 10.5], "name": "sequence"}, indent=1)},
    {"jobs": [job(variables={"omega": 6.0})]},
    {"project_id": PROJECT.upper()},
    {"jobs": []},
    {"parent_id": None, "open": None, "tags": None, "device_type": None, "jobs": None, "sequence_builder": None},
]


@pytest.mark.parametrize("changes", SAME, ids=str)
def test_what_is_only_told_differently_is_ours(
    colour: Any, router: respx.MockRouter, sdk: Any, changes: dict[str, Any]
) -> None:
    """Numbers, orders, defaults and what is left out don't matter: nothing is looked for."""
    looks = router.get("/v1/batches").mock(return_value=ok([]))
    router.post("/v1/batches").mock(return_value=ok(fields(**changes)))
    assert colour.call(create(sdk)).id == OURS
    assert looks.call_count == 0


def test_jobs_may_be_told_in_another_order(colour: Any, router: respx.MockRouter, sdk: Any) -> None:
    """The order of an answer's jobs means nothing, whatever their number; a job too many does."""
    sent = [{"runs": 5, "variables": {"omega": value}} for value in (6.0, 7.0, 8.5)]
    told = [job(id=OTHER_JOB[:-1] + str(number), **each) for number, each in enumerate(reversed(sent))]
    looks = router.get("/v1/batches").mock(return_value=ok([]))
    router.post("/v1/batches").mock(return_value=ok(fields(jobs=told)))
    assert colour.call(create(sdk, jobs=sent)).id == OURS
    assert looks.call_count == 0


def test_jobs_without_variables_may_be_told_in_another_order(colour: Any, router: respx.MockRouter, sdk: Any) -> None:
    """No variables and an empty object of them are the same, also where jobs are put in order."""
    sent: list[dict[str, Any]] = [{"runs": 5}, {"runs": 5, "variables": {"omega": 7}}]
    told = [job(id=OTHER_JOB, variables={"omega": 7}), job(variables={})]
    looks = router.get("/v1/batches").mock(return_value=ok([]))
    router.post("/v1/batches").mock(return_value=ok(fields(jobs=told)))
    assert colour.call(create(sdk, jobs=sent)).id == OURS
    assert looks.call_count == 0


@pytest.mark.parametrize("operation", ["create_batch", "add_jobs", "rebatch", "create_workload"])
def test_ids_may_be_given_in_capitals(colour: Any, router: respx.MockRouter, operation: str) -> None:
    """An id in capitals is the same id: nothing is looked for."""
    workload = {"id": OURS, "status": "PENDING", "project_id": PROJECT, "workload_type": "t", "backend": "b"}
    router.post("/v1/batches").mock(return_value=ok(fields()))
    router.post(path__regex=rf"/v2/batches/{OURS}/jobs").mock(return_value=ok(fields(open=True, jobs=[job()])))
    router.post(path__regex=rf"/v1/batches/{PROJECT}/rebatch").mock(return_value=ok(fields(parent_id=PROJECT)))
    router.post("/v1/workloads").mock(return_value=ok(workload | {"config": {}}))
    looks = router.get(path__regex=".*").mock(return_value=httpx.Response(404))
    sdk = colour.SDK(token="t", project_id=PROJECT.upper(), endpoints=Endpoints.at(URL), recover_for=0.0)
    start = {
        "create_batch": lambda: create(sdk),
        "add_jobs": lambda: sdk.add_jobs(OURS.upper(), [{"runs": 5, "variables": {"omega": 6}}]),
        "rebatch": lambda: sdk.rebatch(PROJECT.upper()),
        "create_workload": lambda: sdk.create_workload("t", "b", {}),
    }[operation]
    assert colour.call(start()).id == OURS
    assert looks.call_count == 0
    colour.call(sdk.close())


DIFFERENT: list[dict[str, Any]] = [
    {"sequence_builder": json.dumps({"name": "another"})},
    {"jobs": [job(runs=6)]},
    {"jobs": [job(variables={"omega": 7})]},
    {"jobs": [job(), job(id=OTHER_JOB)]},
    {"project_id": OTHER},
    {"parent_id": OTHER},
]
REWRITTEN: list[dict[str, Any]] = [
    {"tags": ["a"]},
    {"tags": ["a", "b", "priority"]},
    {"device_type": "EMU_FREE_2"},
    {"open": True},
]


@pytest.mark.parametrize("changes", DIFFERENT + REWRITTEN, ids=str)
def test_ours_is_found_where_another_was_answered(
    colour: Any, router: respx.MockRouter, sdk: Any, holds: Callable[..., None], changes: dict[str, Any]
) -> None:
    """A POST answered with another's batch is not taken for ours: ours is looked for, and nothing is sent again."""
    holds(fields(), fields(OTHER, **changes))
    created = router.post("/v1/batches").mock(return_value=ok(fields(OTHER, **changes)))
    assert colour.call(create(sdk)).id == OURS
    assert created.call_count == 1


MALFORMED: list[dict[str, Any]] = [
    {"project_id": 5},
    {"tags": 5},
    {"tags": [["a"]]},
    {"tags": [{"a": 1}]},
    {"sequence_builder": 5},
    {"sequence_builder": {"name": "sequence"}},
    {"jobs": [job(variables=5)]},
]


@pytest.mark.parametrize("changes", MALFORMED, ids=str)
def test_what_was_paid_is_found_though_its_answer_is_malformed(
    colour: Any, router: respx.MockRouter, sdk: Any, holds: Callable[..., None], changes: dict[str, Any]
) -> None:
    """A field of another type than it should be is no error of ours: the search begins, and nothing is sent again."""
    holds(fields())
    created = router.post("/v1/batches").mock(return_value=ok(fields(**changes)))
    assert colour.call(create(sdk)).id == OURS
    assert created.call_count == 1


@pytest.mark.parametrize("changes", MALFORMED, ids=str)
def test_a_malformed_batch_in_the_list_is_not_ours(
    colour: Any, router: respx.MockRouter, sdk: Any, holds: Callable[..., None], changes: dict[str, Any]
) -> None:
    """A search goes past what can't be compared, and finds what was sent."""
    holds(fields(OTHER, **changes), fields())
    created = router.post("/v1/batches").mock(return_value=httpx.Response(502))
    assert colour.call(create(sdk)).id == OURS
    assert created.call_count == 1


@pytest.mark.parametrize("changes", DIFFERENT, ids=str)
def test_an_answer_that_only_seems_anothers_is_read_again(
    colour: Any, router: respx.MockRouter, sdk: Any, holds: Callable[..., None], changes: dict[str, Any]
) -> None:
    """What was answered wrongly and reads rightly is ours, listed or not: what was paid for becomes no error."""
    holds(fields())
    router.get("/v1/batches").mock(return_value=ok([]))
    router.post("/v1/batches").mock(return_value=ok(fields(**changes)))
    assert colour.call(create(sdk)).id == OURS


@pytest.mark.parametrize("changes", DIFFERENT, ids=str)
def test_what_stays_anothers_is_named(
    colour: Any, router: respx.MockRouter, sdk: Any, holds: Callable[..., None], changes: dict[str, Any]
) -> None:
    """Where ours can't be found, the error says what was answered instead, and has its id."""
    holds(fields(OTHER, **changes))
    created = router.post("/v1/batches").mock(return_value=ok(fields(OTHER, **changes)))
    error = colour.attempt(SubmissionUnknownError, lambda: create(sdk))
    assert isinstance(error, UnexpectedAnswerError)
    assert error.candidates == (OTHER,)
    assert next(iter(changes)) in str(error)
    assert created.call_count == 1


@pytest.mark.parametrize("changes", REWRITTEN, ids=str)
def test_what_the_service_writes_in_its_own_way_is_ours(
    colour: Any, router: respx.MockRouter, sdk: Any, holds: Callable[..., None], changes: dict[str, Any]
) -> None:
    """A service that adds a tag or names the device in another way has done what was asked: no other is there."""
    holds(fields(**changes))
    router.post("/v1/batches").mock(return_value=ok(fields(**changes)))
    assert colour.call(create(sdk)).id == OURS


@pytest.mark.parametrize("status", [401, 403, 404, 500])
@pytest.mark.parametrize("changes", REWRITTEN, ids=str)
def test_what_is_written_in_another_way_is_ours_though_it_cannot_be_looked_for(
    colour: Any, router: respx.MockRouter, sdk: Any, changes: dict[str, Any], status: int
) -> None:
    """Who may create batches but not list them, or whose lists fail, gets what was created."""
    router.get(path__regex=".*").mock(return_value=httpx.Response(status, json={"status": "fail"}))
    router.post("/v1/batches").mock(return_value=ok(fields(**changes)))
    assert colour.call(create(sdk)).id == OURS


@pytest.mark.parametrize("created_at", [None, "", "yesterday"], ids=str)
def test_what_was_answered_needs_no_time(
    colour: Any, router: respx.MockRouter, sdk: Any, holds: Callable[..., None], created_at: str | None
) -> None:
    """What was answered and, read again, equals what was sent is ours, whatever its time of creation."""
    holds(fields(created_at=created_at))
    router.get("/v1/batches").mock(return_value=ok([]))
    router.post("/v1/batches").mock(return_value=ok(fields(project_id=OTHER)))
    assert colour.call(create(sdk)).id == OURS


def test_the_answer_to_an_earlier_submission_is_not_taken(
    colour: Any, router: respx.MockRouter, sdk: Any, holds: Callable[..., None]
) -> None:
    """A proxy that gives one answer to two equal submissions does not make one batch of them."""
    holds(fields(), fields(OTHER))
    router.post("/v1/batches").mock(return_value=ok(fields()))
    assert [colour.call(create(sdk)).id for _ in range(2)] == [OURS, OTHER]


@pytest.mark.parametrize("jobs", [[], [job()], [job(), job(id=OTHER_JOB, runs=7)]], ids=len)
def test_jobs_that_were_there_before_were_not_added(
    colour: Any, router: respx.MockRouter, sdk: Any, holds: Callable[..., None], jobs: list[Any]
) -> None:
    """An old answer, or another's, does not stand for jobs that were sent."""
    holds(fields(open=True))
    batch = colour.call(sdk.get_batch(OURS))
    router.post(f"/v2/batches/{OURS}/jobs").mock(return_value=ok(fields(open=True, jobs=jobs)))
    colour.attempt(SubmissionUnknownError, lambda: batch.add_jobs([{"runs": 9}]))


def test_added_jobs_are_not_those_of_another_batch(
    colour: Any, router: respx.MockRouter, sdk: Any, holds: Callable[..., None]
) -> None:
    """An answer about another batch starts the search in ours, where the jobs are."""
    holds(fields(open=True))
    batch = colour.call(sdk.get_batch(OURS))
    added = [job(), job(id=OTHER_JOB, runs=9, variables={}, created_at=fields()["created_at"])]
    holds(fields(open=True, jobs=added))
    router.post(f"/v2/batches/{OURS}/jobs").mock(return_value=ok(fields(OTHER, jobs=[])))
    colour.call(batch.add_jobs([{"runs": 9}]))
    jobs = colour.call(batch.ordered_jobs) if not colour.is_blocking else batch.ordered_jobs
    assert [each.id for each in jobs] == [JOB, OTHER_JOB]


@pytest.mark.parametrize("wrong", [{"workload_type": "x"}, {"backend": "x"}, {"config": {"depth": 4}}], ids=str)
def test_another_workload_is_not_ours(colour: Any, router: respx.MockRouter, sdk: Any, wrong: dict[str, Any]) -> None:
    """The same for workloads."""
    told = {"id": OURS, "status": "PENDING", "project_id": PROJECT, "created_at": fields()["created_at"]}
    ours = told | {"workload_type": "t", "backend": "b", "config": {"depth": 3}}
    router.post("/v1/workloads").mock(return_value=ok(ours | {"id": OTHER} | wrong))
    router.get("/v2/workloads").mock(return_value=ok([ours]))
    router.get(f"/v2/workloads/{OTHER}").mock(return_value=httpx.Response(404))
    router.get(f"/v2/workloads/{OURS}").mock(return_value=ok(ours))
    assert colour.call(sdk.create_workload("t", "b", {"depth": 3.0})).id == OURS


def test_a_workload_may_be_told_with_its_defaults(colour: Any, router: respx.MockRouter, sdk: Any) -> None:
    """A configuration to which the service adds is the one that was sent."""
    told = {"id": OURS, "status": "PENDING", "project_id": PROJECT, "workload_type": "t", "backend": "b"}
    config = {"depth": 3, "optimizer": {"name": "adam", "rate": 0.1}, "seed": None}
    router.post("/v1/workloads").mock(return_value=ok(told | {"config": config}))
    looks = router.get("/v2/workloads").mock(return_value=ok([]))
    assert colour.call(sdk.create_workload("t", "b", {"depth": 3.0, "optimizer": {"name": "adam"}})).id == OURS
    assert looks.call_count == 0


def test_a_repetition_of_another_batch_is_not_ours(
    colour: Any, router: respx.MockRouter, sdk: Any, holds: Callable[..., None]
) -> None:
    """The same for repetitions."""
    copy = {"parent_id": JOB, "id": OTHER_JOB}
    ours = fields(OURS, parent_id=PROJECT, jobs=[job(**copy)])
    strange = fields(OTHER, parent_id=OTHER)
    holds(ours, strange)
    listed = {PROJECT: [job(batch_id=PROJECT)], OURS: [job(**copy)]}
    router.get("/v2/jobs").mock(side_effect=lambda request: ok(listed[request.url.params["batch_id"]]))
    router.post(f"/v1/batches/{PROJECT}/rebatch").mock(return_value=ok(strange))
    assert colour.call(sdk.rebatch(PROJECT)).id == OURS


def test_a_look_that_fails_sends_nothing_again(colour: Any, router: respx.MockRouter, sdk: Any) -> None:
    """After a 503 that asks to come back, a submission is made again only if a look shows that it was not done."""
    busy = httpx.Response(503, headers={"Retry-After": "0"})
    created = router.post("/v1/batches").mock(return_value=busy)
    looks = router.get("/v1/batches").mock(return_value=httpx.Response(500))
    colour.attempt(SubmissionUnknownError, lambda: create(sdk))
    assert created.call_count == 1
    assert looks.call_count >= 1


@pytest.mark.parametrize("status", [429, 503])
def test_what_was_done_after_all_is_found_before_it_is_sent_again(
    colour: Any, router: respx.MockRouter, sdk: Any, holds: Callable[..., None], status: int
) -> None:
    """A gateway that says `Retry-After` may have passed the request on."""
    holds(fields())
    busy = httpx.Response(status, headers={"Retry-After": "0"})
    created = router.post("/v1/batches").mock(return_value=busy)
    assert colour.call(create(sdk)).id == OURS
    assert created.call_count == 1


REFUSALS = {status: httpx.Response(status, json={"status": "fail"}) for status in (400, 401, 403, 404, 409, 422, 429)}
"""Refusals of the service itself, which prove that nothing was done by the request that they answer."""


@pytest.mark.parametrize("status", REFUSALS)
def test_a_refusal_proves_nothing_of_an_earlier_try(
    colour: Any, router: respx.MockRouter, sdk: Any, holds: Callable[..., None], status: int
) -> None:
    """A gateway said 503 and had passed the request on; it is still found when the next try is refused."""
    holds(fields())
    busy = httpx.Response(503, headers={"Retry-After": "0"})
    created = router.post("/v1/batches").mock(side_effect=[busy, REFUSALS[status], REFUSALS[status]])
    appeared = lambda _: ok([in_list(fields())] if created.call_count > 1 else [])  # noqa: E731 - said in one line
    router.get("/v1/batches").mock(side_effect=appeared)
    assert colour.call(create(sdk)).id == OURS
    assert created.call_count == 2


@pytest.mark.parametrize("status", REFUSALS)
def test_a_refusal_after_a_503_is_told_where_nothing_is_there(
    colour: Any, router: respx.MockRouter, sdk: Any, status: int
) -> None:
    """One more look shows that nothing was created: the refusal is the error."""
    busy = httpx.Response(503, headers={"Retry-After": "0"})
    created = router.post("/v1/batches").mock(side_effect=[busy, REFUSALS[status], REFUSALS[status]])
    looks = router.get("/v1/batches").mock(return_value=ok([]))
    with pytest.raises(PasqalCloudError) as raised:
        colour.call(create(sdk))
    assert not isinstance(raised.value, SubmissionUnknownError)
    assert raised.value.status == status
    assert looks.call_count == created.call_count


def test_equal_submissions_that_ended_unknown_are_all_found_later(
    colour: Any, router: respx.MockRouter, sdk: Any, holds: Callable[..., None]
) -> None:
    """Two batches appear for two errors that were kept: each gets one of them."""
    router.post("/v1/batches").mock(return_value=httpx.Response(502))
    errors = [colour.attempt(SubmissionUnknownError, lambda: create(sdk)) for _ in range(2)]
    holds(fields(), fields(OTHER))
    assert {colour.call(error.recover(0.0)).id for error in errors} == {OURS, OTHER}


def test_what_was_refused_has_no_part_in_what_is_found_later(
    colour: Any, router: respx.MockRouter, sdk: Any, holds: Callable[..., None]
) -> None:
    """Two batches appear for one that is looked for, and an equal one that was put off and given up: none is taken."""
    busy = httpx.Response(429, headers={"Retry-After": "0"})
    created = router.post("/v1/batches").mock(return_value=busy)
    given_up = colour.attempt(RateLimitError, lambda: create(sdk))
    created.mock(return_value=httpx.Response(502))
    holds(fields(), fields(OTHER))
    error = colour.attempt(SubmissionUnknownError, lambda: create(sdk))
    assert not isinstance(given_up, SubmissionUnknownError)
    assert set(error.candidates) == {OURS, OTHER}


def test_an_unknown_id_stays_a_404(colour: Any, router: respx.MockRouter, sdk: Any) -> None:
    """The comparison of ids changes nothing about refusals."""
    router.get(f"/v2/batches/{OURS}").mock(return_value=httpx.Response(404, json={"status": "fail"}))
    colour.attempt(NotFoundError, lambda: sdk.get_batch(OURS))
