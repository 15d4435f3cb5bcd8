"""Controlling the service: who may, what is refused, the clock, lifetimes, recorded requests, reset."""

from __future__ import annotations

import gzip
import json
from dataclasses import MISSING, fields
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from inspect import signature
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import pasqal_cloud.testing
from pasqal_cloud.local.scripting.faults import Fault
from pasqal_cloud.local.scripting.outcomes import ScriptedOutcome

if TYPE_CHECKING:
    from collections.abc import Callable

ROUTES = [
    ("GET", ""),
    ("POST", "reset"),
    ("PATCH", "clock"),
    ("DELETE", "clock"),
    ("PATCH", "lifetimes"),
    ("PATCH", "queue"),
    ("POST", "faults"),
    ("GET", "outcomes"),
    ("GET", "requests"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("credentials", [None, "bearer", "wrong", "noise"])
def test_it_takes_the_password(scripted: Any, method: str, path: str, credentials: str | None) -> None:
    """Neither nobody nor a token's owner may: a fault could break tokens, and then nobody could mend it."""
    headers = {"bearer": f"Bearer {scripted.token}", "noise": "Basic %%%"}.get(credentials or "", "")
    response = scripted.http.request(
        method,
        f"/_local/{path}",
        headers={"authorization": headers} if headers else {},
        auth=(scripted.connection["username"], "wrong") if credentials == "wrong" else None,
        json={},
    )
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Basic ")


@pytest.mark.parametrize(
    ("method", "path", "body", "place"),
    [
        ("PATCH", "clock", {"spede": 3}, ["body", "spede"]),
        ("PATCH", "clock", {"speed": 0}, ["body", "speed"]),
        ("PATCH", "clock", {"speed": "fast"}, ["body", "speed"]),
        ("PATCH", "clock", {"now": "soon"}, ["body", "now"]),
        ("PATCH", "clock", {"now": "0001-01-01T00:00:00Z"}, ["body", "now"]),
        ("PATCH", "clock", {"offset": 1e300}, ["body", "offset"]),
        ("PATCH", "clock", {"now": "2026-01-01T00:00:00Z", "offset": 1}, ["body", "offset"]),
        ("PATCH", "clock", {}, ["body"]),
        ("PATCH", "clock", [], ["body"]),
        ("PATCH", "lifetimes", {"token": -1}, ["body", "token"]),
        ("PATCH", "lifetimes", {"cookies": 1}, ["body", "cookies"]),
        ("PATCH", "queue", {"paused": "EMU_FREE"}, ["body", "paused"]),
        ("PATCH", "queue", {"paused": ["EMU_FEE"]}, ["body", "paused"]),
        ("POST", "faults", {"operation": "createBach"}, ["body", "operation"]),
        ("POST", "faults", {"status": 99}, ["body", "status"]),
        ("POST", "faults", {"status": True}, ["body", "status"]),
        ("POST", "faults", {"drop": "sometimes"}, ["body", "drop"]),
        ("POST", "faults", {"raw": "no base64!"}, ["body", "raw"]),
        ("POST", "faults", {"raw": "AAAA", "status": 200}, ["body", "raw"]),
        ("POST", "faults", {"body": "text", "content": "AAAA"}, ["body", "body"]),
        ("POST", "faults", {"headers": {"A": "1\r\nB: 2"}}, ["body", "headers", "A"]),
        ("POST", "faults", {"headers": {"A B": "1"}}, ["body", "headers"]),
        ("POST", "faults", {"headers": {"A": 1}}, ["body", "headers", "A"]),
        ("POST", "faults", {"times": 0}, ["body", "times"]),
        ("POST", "faults", {"probability": 1.1}, ["body", "probability"]),
        ("POST", "faults", {"delay": -1}, ["body", "delay"]),
        ("POST", "outcomes", {"errors": [], "job": "x"}, ["body", "job"]),
        ("POST", "outcomes", {"errors": "no"}, ["body", "errors"]),
        ("POST", "outcomes", {"counter": {"2": 1}}, ["body", "counter"]),
        ("POST", "outcomes", {"counter": {"1": -1}}, ["body", "counter", "1"]),
        ("POST", "outcomes", {"counter": {"1": 1}, "errors": ["no"]}, ["body", "counter"]),
        ("POST", "outcomes", {"after": 1e300}, ["body", "after"]),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(scripted: Any, method: str, path: str, body: Any, place: list[str]) -> None:
    """With the place and a reason, so that a misspelt rule is never one that is silently not there."""
    before = scripted.control("GET", "")
    problems = scripted.control(method, path, 422, json=body)
    assert place in [problem["loc"] for problem in problems]
    assert all(problem["msg"] for problem in problems)
    after = scripted.control("GET", "")
    before["clock"].pop("now"), after["clock"].pop("now")
    before["clock"].pop("offset"), after["clock"].pop("offset")
    assert after == before


def test_a_misspelt_operation_is_told_the_right_one(scripted: Any) -> None:
    """There are forty."""
    (problem,) = scripted.control("POST", "faults", 422, json={"operation": "createBach"})
    assert problem["msg"] == "there is no operation 'createBach'; did you mean 'createBatch'?"


def test_a_misspelt_field_is_told_the_right_one(scripted: Any) -> None:
    """A field that is like no other gets no suggestion."""
    problems = scripted.control("POST", "outcomes", 422, json={"counters": {"1": 1}, "zzz": 1})
    assert {problem["loc"][-1]: problem["msg"] for problem in problems} == {
        "counters": "unknown field; did you mean 'counter'?",
        "zzz": "unknown field",
    }


@pytest.mark.parametrize("path", ["faults/x", "outcomes/x"])
def test_a_rule_that_is_not_there(scripted: Any, path: str) -> None:
    """Is not found, to be shown or taken away."""
    assert scripted.control("GET", path, 404)
    assert scripted.control("DELETE", path, 404)


def test_nothing_else_is_there(scripted: Any) -> None:
    """Unknown paths and methods are errors as everywhere."""
    scripted.control("GET", "nothing", 404)
    scripted.control("PUT", "clock", 405)


# The clock.


def test_answers_are_dated_by_the_services_clock(scripted: Any) -> None:
    """By which clients tell what is new; those of refusals and of control too."""
    scripted.control("PATCH", "clock", json={"now": "2031-05-06T07:08:09Z", "frozen": True})
    for path in ("/core-fast/api/v1/batches", "/nowhere", "/_local/", "/"):
        assert scripted.http.get(path).headers["date"] == "Tue, 06 May 2031 07:08:09 GMT"


def test_what_is_created_has_the_services_time(scripted: Any) -> None:
    """An hour ahead is an hour ahead."""
    scripted.control("PATCH", "clock", json={"offset": 3600})
    batch = scripted.settled(scripted.create("{}", {"runs": 1}))
    ahead = datetime.fromisoformat(batch["jobs"][0]["end_timestamp"]) - datetime.now(UTC)
    assert timedelta(minutes=58) < ahead < timedelta(minutes=61)


def test_tokens_expire_by_it(scripted: Any) -> None:
    """A token of a day is refused after a day, and good again when time has been turned back."""
    assert scripted.call("listBatches").status_code == 200
    scripted.control("PATCH", "clock", json={"advance": 86_401})
    scripted.refused("listBatches", 401)
    scripted.control("DELETE", "clock")
    assert scripted.call("listBatches").status_code == 200


def test_idle_batches_time_out_by_it(scripted: Any) -> None:
    """At once, when five minutes pass at once: whoever waits for them is woken."""
    batch = scripted.create("{}", open=True)
    assert scripted.get("getBatchStatus", batch_id=batch["id"])["status"] == "PENDING"
    scripted.control("PATCH", "clock", json={"advance": 301})
    assert scripted.settled(batch)["status"] == "TIMED_OUT"


def test_a_fast_clock_brings_it_sooner(scripted: Any) -> None:
    """Five minutes are over in a moment."""
    batch = scripted.create("{}", open=True)
    scripted.control("PATCH", "clock", json={"speed": 10_000})
    assert scripted.settled(batch)["status"] == "TIMED_OUT"


def test_a_clock_that_hardly_moves_stops_nothing_else(scripted: Any) -> None:
    """A batch that would idle for centuries of real time does not keep the next one from running."""
    scripted.create("{}", open=True, device_type="EMU_TN")
    scripted.control("PATCH", "clock", json={"speed": 1e-9})
    assert scripted.settled(scripted.create("{}", {"runs": 1}))["status"] == "DONE"


def test_lifetimes_can_be_changed(scripted: Any) -> None:
    """For what is given out from then on, and for idle batches at once."""
    batch = scripted.create("{}", open=True)
    scripted.control("PATCH", "lifetimes", json={"idle": 0.05, "token": 7})
    assert scripted.settled(batch)["status"] == "TIMED_OUT"
    assert scripted.log_in().json()["expires_in"] == 7
    assert scripted.control("GET", "lifetimes") == {"token": 7, "link": 3600, "idle": 0.05}
    assert scripted.control("DELETE", "lifetimes") == {"token": 86_400, "link": 3600, "idle": 300}


@pytest.mark.slow
def test_a_jump_of_the_clock_disturbs_no_running_job(start: Callable[..., Any], quick: str) -> None:
    """Years ahead or back, the job runs once, to its end."""
    service = start()
    job = service.create(quick, {"runs": 5})["jobs"][0]
    for seconds in (1e8, -2e8, 1e8):
        service.control("PATCH", "clock", json={"advance": seconds})
    service.token = service.log_in().json()["access_token"]
    service.wait_for_job(job, "DONE")
    assert sum(service.result(job)["counter"].values()) == 5


# Recorded requests.


def test_requests_are_recorded(scripted: Any) -> None:
    """What was asked, by which operation, and how it was answered; the oldest first."""
    batch = scripted.create("{}", {"runs": 1}, tags=["mine"])
    scripted.refused("getBatch", 404, batch_id="11111111-2222-4333-8444-555555555555")
    scripted.get("listBatches", query={"tag": ["mine"], "limit": 5})
    scripted.http.get("/nowhere?x=1")
    created, missed, listed, lost = scripted.control("GET", "requests")
    assert (created["operation"], created["method"], created["status"]) == ("createBatch", "POST", 200)
    assert (created["body"]["tags"], created["is_cut"], created["text"]) == (["mine"], False, None)
    assert (missed["operation"], missed["status"], missed["body"]) == ("getBatch", 404, None)
    assert listed["query"] == {"tag": ["mine"], "limit": ["5"]}
    assert (lost["operation"], lost["status"], lost["path"]) == (None, 404, "/nowhere")
    assert [request["number"] for request in (created, missed, listed, lost)] == sorted(
        request["number"] for request in (created, missed, listed, lost)
    )
    assert batch["created_at"] >= created["at"]


def test_they_can_be_filtered_and_forgotten(scripted: Any) -> None:
    """By operation."""
    scripted.get("listBatches")
    scripted.get("listJobs")
    assert [request["operation"] for request in scripted.control("GET", "requests?operation=listJobs")] == ["listJobs"]
    scripted.control("GET", "requests?operation=listJubs", 422)
    assert scripted.control("DELETE", "requests") == []
    assert scripted.control("GET", "requests") == []


def test_no_secret_is_recorded(scripted: Any) -> None:
    """Not the password, in forms and in JSON; no token; no signature of a link."""
    scripted.log_in()
    json_login = {"grant_type": "password", **scripted.connection}
    scripted.http.post("/oauth/token", json=json_login)
    scripted.http.post("/oauth/tokn", json=json_login)
    scripted.http.get("/core-fast/api/v1/batches", headers={"Authorization": "Bearer s3cret", "Cookie": "a=s3cret"})
    job = scripted.settled(scripted.create("{}", {"runs": 1}))["jobs"][0]
    link = scripted.get("getJobResultsLink", job_id=job["id"])["results_link"]
    httpx.get(link)
    recorded = json.dumps(scripted.control("GET", "requests"))
    assert "getResult" in recorded
    for secret in (scripted.connection["password"], scripted.token, "s3cret", httpx.URL(link).params["signature"]):
        assert secret not in recorded


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (gzip.compress(b'{"a": 1}'), ({"a": 1}, None, False)),
        (b"no gzip", (None, "no gzip", False)),
        (gzip.compress(b"no json"), (None, "no json", False)),
        (gzip.compress(b"[" * 5000), (None, "[" * 5000, False)),
        (gzip.compress(b'"\\ud800"'), ("\ud800", None, False)),
        (gzip.compress(b" " * 3_000_000), (None, " " * 2**20, True)),
    ],
    ids=["json", "not compressed", "text", "deep", "surrogate", "bomb"],
)
def test_any_body_can_be_shown(scripted: Any, sent: bytes, shown: tuple[Any, str | None, bool]) -> None:
    """Whatever it is, and as far as it goes."""
    scripted.refused(
        "createBatch", 422 if sent[:2] == b"\x1f\x8b" else 400, content=sent, headers={"content-encoding": "gzip"}
    )
    (request,) = scripted.control("GET", "requests")
    assert (request["body"], request["text"], request["is_cut"]) == shown
    assert request["size"] == len(sent)


def test_a_large_body_is_cut(scripted: Any) -> None:
    """Of what was sent, only the beginning is kept, and that is said."""
    scripted.refused("createBatch", 422, content=b'{"a": "' + b"x" * 100_000 + b'"}')
    (request,) = scripted.control("GET", "requests")
    assert (request["size"], request["is_cut"], request["body"]) == (100_009, True, None)
    assert len(request["text"]) == 64 * 2**10


def test_only_the_last_thousand_are_kept(scripted: Any) -> None:
    """However many there were."""
    for _ in range(1005):
        scripted.http.get("/nowhere")
    kept = scripted.control("GET", "requests")
    assert len(kept) == 1000
    assert kept[-1]["number"] - kept[0]["number"] == 999


def test_the_bytes_that_are_kept_are_bounded(scripted: Any) -> None:
    """A thousand large bodies would be 60 MiB."""
    body = b"x" * 64 * 2**10
    for _ in range(300):
        scripted.http.post("/oauth/token", content=body)
    assert 0 < len(scripted.control("GET", "requests")) <= 16 * 2**20 // len(body)


# Reset.


def test_reset_takes_everything_back(scripted: Any) -> None:
    """Batches, results, what was sent, and whatever was set; tokens stay good."""
    batch = scripted.settled(scripted.create("{}", {"runs": 1}))
    link = scripted.get("getJobResultsLink", job_id=batch["jobs"][0]["id"])["results_link"]
    scripted.create("{}", {"runs": 1}, open=True)
    scripted.control("PATCH", "clock", json={"offset": 5000, "speed": 3, "frozen": True})
    scripted.control("PATCH", "lifetimes", json={"token": 5})
    scripted.control("PATCH", "queue", json={"paused": True})
    scripted.control("POST", "faults", json={"operation": "listJobs", "status": 500})
    scripted.control("POST", "outcomes", json={"errors": ["no"], "hold": True})
    state = scripted.control("POST", "reset")
    assert abs(datetime.fromisoformat(state["clock"].pop("now")) - datetime.now(UTC)) < timedelta(seconds=30)
    assert abs(state["clock"].pop("offset")) < 1
    assert state == {
        "clock": {"speed": 1, "frozen": False},
        "lifetimes": {"token": 86_400, "link": 3600, "idle": 300},
        "queue": {"paused": []},
        "faults": [],
        "outcomes": [],
        "requests": 0,
    }
    assert scripted.get("listBatches") == scripted.get("listJobs") == []
    assert httpx.get(link).status_code == 404


def test_reset_ends_what_runs(scripted: Any) -> None:
    """A job that is held is gone, and the next runs as if there had been none."""
    held = scripted.control("POST", "outcomes", json={"hold": True, "counter": {"1": 1}})
    job = scripted.create("{}", {"runs": 1})["jobs"][0]
    scripted.wait_for_job(job, "RUNNING")
    scripted.control("POST", "reset")
    scripted.refused("getJob", 404, job_id=job["id"])
    scripted.control("GET", f"outcomes/{held['id']}", 404)
    assert scripted.settled(scripted.create("{}", {"runs": 3}))["status"] == "DONE"


@pytest.mark.slow
def test_reset_kills_the_workers_job(start: Callable[..., Any], endless: str, quick: str) -> None:
    """With real emulators as well: their worker is free for the next job."""
    service = start()
    job = service.create(endless, {"runs": 1})["jobs"][0]
    service.wait_for_job(job, "RUNNING")
    service.control("POST", "reset")
    assert service.settled(service.create(quick, {"runs": 3}))["status"] == "DONE"


def test_other_users(scripted: Any) -> None:
    """They have a project of their own, and see nothing of anybody else's; a reset forgets them."""
    bob = {"username": "bob", "password": "p"}
    user = scripted.control("POST", "users", json=bob | {"queue_priority": "HIGH", "allowed_device_types": ["EMU_SV"]})
    scripted.create("{}", {"runs": 1})
    token, own = scripted.token, scripted.project_id
    try:
        scripted.token = scripted.log_in(**bob).json()["access_token"]
        assert scripted.get("listBatches") == []
        (project,) = scripted.get("listProjects")
        assert [project["id"]] == user["project_ids"]
        assert project["queue_priority"] == "HIGH"
        scripted.refused("createBatch", 404, json=scripted.body("{}", {"runs": 1}))
        scripted.project_id = project["id"]
        scripted.refused("createBatch", 403, json=scripted.body("{}", {"runs": 1}, device_type="EMU_FREE"))
    finally:
        scripted.token, scripted.project_id = token, own
    assert "bob" in scripted.control("POST", "users", 409, json=bob)
    scripted.control("POST", "reset")
    assert scripted.log_in(**bob).status_code == 403
    assert scripted.control("POST", "users", json=bob | {"project_ids": [own.upper()]})["project_ids"] == [own]
    assert scripted.log_in(**bob).status_code == 200


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"username": ""}, 422),
        ({"password": None}, 422),
        ({"role": "ADMIN"}, 422),
        ({"queue_priority": "FIRST"}, 422),
        ({"allowed_device_types": ["EMU"]}, 422),
        ({"project_ids": ["11111111-2222-4333-8444-555555555555"]}, 404),
        ({"username": "local@localhost"}, 409),
    ],
    ids=str,
)
def test_impossible_users(scripted: Any, changes: dict[str, Any], status: int) -> None:
    """Are not made."""
    scripted.control("POST", "users", status, json={"username": "eve", "password": "p"} | changes)
    assert scripted.log_in(username="eve", password="p").status_code == 403


def test_an_idempotency_key_is_forgotten_with_its_batch(scripted: Any) -> None:
    """The same key creates another batch after a reset."""
    body, headers = scripted.body("{}", {"runs": 1}), {"Idempotency-Key": "k"}
    first = scripted.get("createBatch", json=body, headers=headers)
    scripted.control("POST", "reset")
    assert scripted.get("createBatch", json=body, headers=headers)["id"] != first["id"]


def test_dates_are_those_of_http(scripted: Any) -> None:
    """Not far from now, while nobody has set the clock."""
    date = parsedate_to_datetime(scripted.http.get("/nowhere").headers["date"])
    assert abs(date - datetime.now(UTC)) < timedelta(seconds=30)


# ---------------------------------------------------------------------------------------------------------- the options


@pytest.mark.parametrize(
    ("sets", "options"),
    [(pasqal_cloud.testing.LocalService.fault, Fault), (pasqal_cloud.testing.LocalService.outcome, ScriptedOutcome)],
    ids=["fault", "outcome"],
)
def test_python_sets_each_option_of_a_rule(sets: Callable[..., Any], options: type) -> None:
    """The arguments are what the service takes, with the same defaults; a `body` of bytes is sent as `content`."""
    taken = {option.name: option.default for option in fields(options) if option.name != "content"}
    arguments = {name: argument.default for name, argument in signature(sets).parameters.items() if name != "self"}
    assert arguments.keys() == taken.keys()
    assert {name: default for name, default in arguments.items() if taken[name] not in (default, MISSING)} == {}
