"""Watching a service: health, readiness, metrics and the log."""

from __future__ import annotations

import asyncio
import json
import shutil
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from pasqal_cloud.local.assembly import running_service
from pasqal_cloud.local.emulation.checker import WarmChecker
from pasqal_cloud.local.emulation.runner import PooledRunner
from pasqal_cloud.local.http.app import create_app
from pasqal_cloud.local.http.contract import Contract
from pasqal_cloud.local.http.monitoring import SLOW
from pasqal_cloud.local.options import Options
from pasqal_cloud.local.rules.throttle import OF_A_USER_THERE

from ..postgres import temporary

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import LocalService

TOKEN = "a-token-to-read-metrics"


def anyones(service: LocalService, path: str) -> httpx.Response:
    """Asks without credentials."""
    return httpx.get(f"{service.connection['url']}/_local/{path}", trust_env=False)


def read(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Reads metrics: the value of each sample, by its name and labels."""
    families = text_string_to_metric_families(text)
    return {
        (sample.name.removeprefix("pasqal_cloud_"), tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def of(service: LocalService, name: str, **labels: str) -> float:
    """Reads one metric, which is 0 before anything has been counted."""
    return read(anyones(service, "metrics").text).get((name, tuple(sorted(labels.items()))), 0.0)


def asked(options: Options, *paths: str, before: Callable[[Any], None] = lambda _: None, **more: Any) -> list[Any]:
    """Asks a service in this process, and gives its answers."""

    async def answers(app: Any) -> list[httpx.Response]:
        headers = more.get("headers", {})
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            return [await client.get(f"/_local/{path}", headers=headers) for path in paths]

    with running_service(options) as (service, login, script):
        app = create_app(
            service,
            Contract.load(),
            script,
            login,
            ready=lambda: None,
            allow_remote=options.allow_remote,
            metrics_token=TOKEN,
        )
        before(service)
        return asyncio.run(answers(app))


def test_health_and_readiness(scripted: LocalService) -> None:
    """They need no login, and no fault affects them."""
    scripted.control("POST", "faults", json={"operation": "*", "status": 503})
    assert scripted.http.post("/oauth/token").status_code == 503
    for path, status in (("health", "alive"), ("ready", "ready")):
        answer = anyones(scripted, path)
        assert (answer.status_code, answer.json()) == (200, {"status": status})
        assert scripted.connection["password"] not in answer.text


def test_a_lost_database(tmp_path: Path) -> None:
    """A service whose database is gone lives, but is not ready, and says so in its metrics."""
    folder = tmp_path / "gone"

    def lose(service: Any) -> None:
        shutil.rmtree(folder)
        service.readiness.store.database.close()  # what is open could still be read

    options = Options(engine="scripted", db=str(folder / "service.db"))
    health, ready, metrics = asked(options, "health", "ready", "metrics", before=lose)
    assert (health.status_code, ready.status_code, metrics.status_code) == (200, 503, 200)
    assert ready.json()["status"] == "not ready"
    assert ready.json()["reasons"][0] == "The database does not answer."
    assert read(metrics.text)["database_up", ()] == 0


@pytest.mark.cluster
def test_an_outage_of_postgresql() -> None:
    """The service is not ready while it lasts, and is again by itself."""
    server = temporary()
    try:
        place = server.server("monitored")
        options = Options(engine="scripted", db=place.url, db_password=place.password)

        def stop(_service: Any) -> None:
            server.stop()

        health, ready, metrics = asked(options, "health", "ready", "metrics", before=stop)
        assert (health.status_code, ready.status_code, metrics.status_code) == (200, 503, 200)
        assert ready.json()["reasons"][0] in ("The database does not answer.", SLOW)
        assert place.url not in ready.text
        assert read(metrics.text)["database_up", ()] == 0
        server.start()
        (ready,) = asked(options, "ready")
        assert ready.status_code == 200
    finally:
        server.close()


def test_a_loading_engine() -> None:
    """A service is not ready while its emulators load."""
    reasons = {PooledRunner(1, None).why_not_ready(), WarmChecker().why_not_ready()}
    assert reasons == {"The emulators are still loading."}


def test_a_loaded_engine(service: LocalService) -> None:
    """A service with emulators becomes ready."""
    service.until(lambda: anyones(service, "ready").status_code == 200)


def test_counts(scripted: LocalService) -> None:
    """Requests, logins, runs and jobs are counted."""
    names = {
        "created": ("requests_total", {"operation": "createBatch", "status": "200"}),
        "missing": ("requests_total", {"operation": "getBatch", "status": "404"}),
        "timed": ("request_seconds_count", {"operation": "createBatch"}),
        "refused": ("logins_total", {"outcome": "refused"}),
        "runs": ("run_seconds_count", {"device_type": "EMU_FREE", "ending": "done"}),
        "written": ("transaction_seconds_count", {"kind": "write"}),
        "read": ("transaction_seconds_count", {"kind": "read"}),
    }

    def now() -> dict[str, float]:
        return {name: of(scripted, metric, **labels) for name, (metric, labels) in names.items()}

    before = now()
    assert scripted.log_in(password="wrong").status_code == 403
    scripted.refused("getBatch", 404, batch_id="00000000-0000-4000-8000-000000000000")
    scripted.settled(scripted.create("{}", *[{"runs": 1}] * 3, device_type="EMU_FREE"))
    after = now()
    difference = {name: after[name] - before[name] for name in names}
    assert difference.pop("written") >= 4  # a submission, and the end of each job
    assert difference.pop("read") >= 1
    assert difference == {"created": 1, "missing": 1, "timed": 1, "refused": 1, "runs": 3}
    assert of(scripted, "jobs", device_type="EMU_FREE", status="DONE") == 3
    assert of(scripted, "runs") == 0


def test_the_oldest_waiting_job(scripted: LocalService) -> None:
    """Its age follows the service's clock."""
    assert of(scripted, "oldest_waiting_job_seconds") == 0
    scripted.control("PATCH", "queue", json={"paused": True})
    scripted.control("PATCH", "clock", json={"frozen": True})
    scripted.create("{}", {"runs": 1})
    scripted.control("PATCH", "clock", json={"advance": 100})
    scripted.create("{}", {"runs": 1})
    assert of(scripted, "oldest_waiting_job_seconds") == 100
    assert of(scripted, "jobs", device_type="EMU_FREE", status="PENDING") == 2


def test_two_services_in_one_process() -> None:
    """Each counts for itself."""
    options = Options(engine="scripted")
    with running_service(options) as (one, *_), running_service(options) as (other, *_):
        one.metrics.login(is_granted=False)
        counts = [
            read(service.metrics.text().decode()).get(("logins_total", (("outcome", "refused"),)), 0.0)
            for service in (one, other)
        ]
    assert counts == [1, 0]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer something else"}, 401),
        ({"Authorization": "Basic YTpi"}, 401),
        ({"Authorization": f"Bearer {TOKEN}"}, 200),
        ({"Authorization": "Basic bWU6dGhlIHBhc3N3b3Jk"}, 200),
    ],
)
def test_metrics_from_elsewhere(headers: dict[str, str], status: int) -> None:
    """Other machines need the token or the login to read metrics, and nothing to see that the service lives."""
    options = Options(engine="scripted", allow_remote=True, username="me", password="the password")
    answers = asked(options, "health", "ready", "metrics", headers=headers)
    assert [answer.status_code for answer in answers] == [200, 200, status]


def test_guessing_the_password_by_the_metrics() -> None:
    """Failures count as they do at the other places that ask for the password."""
    options = Options(engine="scripted", allow_remote=True, username="me", password="the password")
    wrong = {"Authorization": "Basic YTpi"}
    answers = asked(options, *["metrics"] * (OF_A_USER_THERE.at_once + 1), headers=wrong)
    assert [answer.status_code for answer in answers] == [401] * OF_A_USER_THERE.at_once + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


def test_the_token_for_metrics() -> None:
    """It does not allow to control the service."""
    options = Options(engine="scripted", allow_remote=True)
    (state,) = asked(options, "", headers={"Authorization": f"Bearer {TOKEN}"})
    assert state.status_code == 401


def test_the_log_as_json(start: Callable[..., LocalService], tmp_path: Path) -> None:
    """Its lines have the ids of batches, jobs and requests, and no secrets."""
    log = tmp_path / "log"
    secrets = {"password": "do-not-log-this-1", "token": "do-not-log-this-2"}
    (tmp_path / "token").write_text(secrets["token"])
    with log.open("w") as stderr:
        service = start(
            *("--engine", "scripted", "--log-level", "info", "--log-format", "json"),
            *("--password", secrets["password"], "--metrics-token-file", str(tmp_path / "token")),
            stderr=stderr,
        )
        response = service.call(
            "createBatch",
            json=service.body("{}", {"runs": 1}, webhook="http://127.0.0.1:9/secret-path"),
            headers={"X-Request-Id": "mine-1"},
        )
        batch = response.json()["data"]
        job = service.settled(batch)["jobs"][0]
        service.result(job)
        service.control("PATCH", "queue", json={"paused": True})
        waiting = service.create("{}", {"runs": 1})
        service.get("cancelJob", job_id=waiting["jobs"][0]["id"])
        unknown = service.call("getJob", job_id=job["id"], headers={"X-Request-Id": "not\tan id"})
    lines = [json.loads(line) for line in log.read_text().splitlines()]

    assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)
    assert response.headers["x-request-id"] == "mine-1"
    assert unknown.headers["x-request-id"] not in ("", "not\tan id")
    of_request = [line for line in lines if line.get("request_id") == "mine-1"]
    assert [line.get("operation") for line in of_request] == [None, "createBatch"]
    assert of_request[0]["batch_id"] == batch["id"]
    assert of_request[0]["project_id"] == service.project_id
    assert (of_request[1]["status"], of_request[1]["duration"] > 0) == (200, True)
    of_job = [line["message"] for line in lines if line.get("job_id") == job["id"]]
    assert [message.split(":")[0] for message in of_job[:2]] == [
        f"Job {job['id']} started on EMU_FREE.",
        f"Job {job['id']} ended",
    ]
    assert any(line.get("job_id") == waiting["jobs"][0]["id"] and "cancelled" in line["message"] for line in lines)
    whole = log.read_text()
    assert [
        secret for secret in (*secrets.values(), service.token, "signature=", "secret-path") if secret in whole
    ] == []
