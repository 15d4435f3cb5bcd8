"""PostgreSQL goes away and comes back: requests are refused for the time being, and nothing is lost or doubled."""

from __future__ import annotations

import re
import signal
import socketserver
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from pasqal_cloud import SDK, Endpoints
from pasqal_cloud.local.arguments import ExitStatus
from pasqal_cloud.local.options import UnusableDatabaseError
from pasqal_cloud.local.store import Store
from pasqal_cloud.local.store.postgresql import CONNECTIONS_IN_LOOP, NO_CONNECTION

from .conftest import Rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pasqal_cloud.local.database import Server

    from ..local.conftest import LocalService
    from ..postgres import Postgres

BATCHES, JOBS = 30, 5

FILL = """
    CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'could not extend file "base/1/2": No space left on device' USING ERRCODE = 'disk_full';
    END $$;
    DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
            EXECUTE format('CREATE TRIGGER a BEFORE INSERT OR UPDATE OR DELETE ON %I EXECUTE FUNCTION no_room()', name);
        END LOOP;
    END $$;
"""
"""Has every change fail as on a full disk. A real one takes a file system of its own, and so privileges."""

FREE = "DROP FUNCTION no_room() CASCADE"


def sdk_of(service: LocalService) -> SDK:
    """Gets a client with the usual patience."""
    connection = service.connection
    who = {name: connection[name] for name in ("username", "password", "project_id")}
    return SDK(endpoints=Endpoints.at(connection["url"]), **who)


def test_requests_wait_for_the_database(serve: Callable[..., LocalService], own_postgres: Postgres) -> None:
    """While it is away, the answer is 503 with Retry-After; afterwards all goes on, with what had been running."""
    place = own_postgres.server("a")
    service = serve(place)
    service.control("POST", "outcomes", json={"hold": True})
    held = service.create("{}", {"runs": 5})
    service.wait_for_job(held["jobs"][0], "RUNNING")
    own_postgres.stop()
    for operation, arguments in (
        ("listBatches", {}),
        ("createBatch", {"json": service.body("{}", {"runs": 5})}),
        ("cancelBatch", {"batch_id": held["id"]}),
    ):
        answer = service.call(operation, **arguments)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1"), answer.text
        assert own_postgres.password not in answer.text
    service.control("DELETE", "outcomes")  # the held job ends now, but that can't be stored
    own_postgres.start()
    assert service.settled(held)["status"] == "DONE"
    rows = Rows(own_postgres, place)
    assert rows.of("SELECT count(*), sum(interruptions) FROM jobs") == [(1, 0)]


def test_reads_that_wait_for_the_database_hold_up_nobody(
    serve: Callable[..., LocalService], own_postgres: Postgres
) -> None:
    """The service answers what needs no database, and these reads as soon as they can be."""
    place = own_postgres.server("a")
    service, rows = serve(place), Rows(own_postgres, place)
    batch = service.create("{}", {"runs": 5})
    assert service.settled(batch)["status"] == "DONE"
    job_id = batch["jobs"][0]["id"]
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%FROM jobs%'"
    with own_postgres.connected(place.url.rpartition("/")[2]) as other, ThreadPoolExecutor(8) as threads:
        other.execute("BEGIN; LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE")
        reads = [threads.submit(service.get, "getJobStatus", job_id=job_id) for _ in range(8)]
        service.until(lambda: rows.of(waiting) == [(CONNECTIONS_IN_LOOP,)])
        assert service.http.get("/_local/health").status_code == 200
        assert not any(read.done() for read in reads)
        other.execute("COMMIT")
        assert [read.result()["status"] for read in reads] == ["DONE"] * 8
    metrics = service.http.get("/_local/metrics").text
    (timed,) = re.findall(r'transaction_seconds_count\{kind="read"\} ([0-9.]+)', metrics)
    assert float(timed) >= len(reads)


class Refusal(socketserver.BaseRequestHandler):
    """Closes a connection after a moment."""

    def handle(self) -> None:
        self.request.recv(1)
        time.sleep(0.2)


class Refusing(socketserver.ThreadingTCPServer):
    """A server that can't take connections now, in place of the database."""

    allow_reuse_address = True


def test_reads_do_not_wait_for_connections_that_failed(
    serve: Callable[..., LocalService], own_postgres: Postgres, tmp_path: Path
) -> None:
    """Each request is refused as soon as its own connection is."""
    with (tmp_path / "log").open("w") as log:
        service = serve(own_postgres.server("a"), stderr=log)
    batch = service.create("{}", {"runs": 5})
    own_postgres.stop()
    with (
        Refusing(("127.0.0.1", own_postgres.port), Refusal) as server,
        ThreadPoolExecutor(3 * CONNECTIONS_IN_LOOP) as threads,
    ):
        threading.Thread(target=server.serve_forever).start()
        calls = [
            threads.submit(service.call, "getBatchStatus", batch_id=batch["id"]) for _ in range(3 * CONNECTIONS_IN_LOOP)
        ]
        assert {call.result().status_code for call in calls} == {503}
        server.shutdown()
    assert NO_CONNECTION not in (tmp_path / "log").read_text()
    own_postgres.start()
    assert service.settled(batch)["status"] == "DONE"


def test_a_full_disk_is_sat_out(serve: Callable[..., LocalService], own_postgres: Postgres, tmp_path: Path) -> None:
    """What changes something gets a 503 with Retry-After, and stores nothing; with room again, all goes on, once."""
    place = own_postgres.server("a")
    with (tmp_path / "log").open("w") as log:
        services = [serve(place, stderr=log), serve(place)]
    service, rows = services[0], Rows(own_postgres, place)
    service.control("POST", "outcomes", json={"hold": True, "counter": {"01": 5}})
    services[1].control("PATCH", "queue", json={"paused": True})
    held = service.create("{}", {"runs": 6})  # unlike what the SDK submits, which may look for that within a second
    service.wait_for_job(held["jobs"][0], "RUNNING")
    rows.change(FILL)
    for operation, arguments in (
        ("createBatch", {"json": service.body("{}", {"runs": 5})}),
        ("setBatchTags", {"batch_id": held["id"], "json": ["x"]}),
        ("cancelBatch", {"batch_id": held["id"]}),
    ):
        answer = service.call(operation, **arguments)
        assert (answer.status_code, operation) == (503, operation), answer.text
        assert int(answer.headers["Retry-After"]) >= 5
        assert "disk" in answer.text
    assert [batch["id"] for batch in services[1].get("listBatches")] == [held["id"]]
    service.control("DELETE", "outcomes")  # the held job ends now, but that can't be stored
    with ThreadPoolExecutor(4) as threads, sdk_of(service) as sdk:
        service.until(lambda: "disk is full" in (tmp_path / "log").read_text())
        creating = [threads.submit(sdk.create_batch, "{}", [{"runs": 5}]) for _ in range(4)]
        service.until(lambda: service.http.get("/_local/metrics").text.count('status="503"'))
        rows.change(FREE)
        created = [future.result() for future in creating]
        for batch in created:
            batch.wait(timeout=60)
    assert service.settled(held)["status"] == "DONE"
    assert len({batch.id for batch in created}) == len(created)
    assert rows.of("SELECT status, interruptions, losses, count(*) FROM jobs GROUP BY 1, 2, 3") == [("DONE", 0, 0, 5)]
    assert rows.of("SELECT count(*) FROM results") == [(5,)]
    assert "Traceback" not in (tmp_path / "log").read_text()


CLIENTS = 6


def test_equal_submissions_of_many_clients_in_a_restart(
    serve: Callable[..., LocalService], own_postgres: Postgres
) -> None:
    """Clients of one process that always submit the same get as many batches as they asked for, without an error."""
    place = own_postgres.server("a")
    service = serve(place)
    created: list[str] = []
    enough = threading.Event()

    def submit(_: int) -> None:
        with sdk_of(service) as sdk:
            while not enough.is_set():
                created.append(sdk.create_batch("{}", [{"runs": 5}]).id)

    with ThreadPoolExecutor(CLIENTS) as threads:
        clients = [threads.submit(submit, number) for number in range(CLIENTS)]
        for part in (1, 2):
            service.until(lambda wanted=part * 10 * CLIENTS: len(created) >= wanted or any(map(Future.done, clients)))
            own_postgres.stop()
            refused = len(created)
            service.until(lambda: service.call("listBatches").status_code == 503)
            own_postgres.start()
            service.until(lambda before=refused: len(created) >= before + 2 * CLIENTS or any(map(Future.done, clients)))
        enough.set()
        for client in clients:
            client.result()
    assert Rows(own_postgres, place).of("SELECT id FROM batches ORDER BY id") == [(each,) for each in sorted(created)]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["restarted", "crashed"])
def test_a_restart_in_the_middle(
    serve: Callable[..., LocalService], own_postgres: Postgres, how: signal.Signals
) -> None:
    """Jobs that are sent, run and end while the database is restarted twice are all there, once, in order."""
    place = own_postgres.server("a")
    services = [serve(place), serve(place)]
    rows = Rows(own_postgres, place)
    for service in services:
        service.control("POST", "outcomes", json={"after": 0.02})
    created: list[Any] = []

    def submit() -> None:
        for number in range(BATCHES):
            service = services[number % 2]
            body = service.body("{}", *[{"runs": 1 + n} for n in range(JOBS)])
            key = {"Idempotency-Key": uuid4().hex}

            def created_now(service: Any = service, body: Any = body, key: Any = key) -> Any:
                answer = service.call("createBatch", json=body, headers=key)
                assert answer.status_code in (200, 503), answer.text
                return answer.json()["data"] if answer.status_code == 200 else None

            created.append(service.until(created_now))

    sending = threading.Thread(target=submit)
    sending.start()
    for part in (1, 2):
        services[0].until(lambda wanted=part * BATCHES // 3: len(created) >= wanted)
        own_postgres.stop(how)
        own_postgres.start()
    sending.join()
    for batch in created:
        services[0].until(
            lambda its=batch: services[0].call("getBatch", batch_id=its["id"]).json()["data"].get("status") == "DONE"
        )
    found = rows.of("SELECT batch_id, runs FROM jobs WHERE status = 'DONE' AND losses = 0 ORDER BY number")
    assert Counter(batch_id for batch_id, _ in found) == {batch["id"]: JOBS for batch in created}
    for batch in created:
        assert [runs for batch_id, runs in found if batch_id == batch["id"]] == [1 + n for n in range(JOBS)]
    assert rows.of("SELECT count(*) FROM results") == [(BATCHES * JOBS,)]
    assert rows.of("SELECT count(*) FROM batches") == [(BATCHES,)]
    counted = "SELECT status, sum(amount) FROM counters WHERE kind = 'jobs' GROUP BY status HAVING sum(amount) <> 0"
    assert rows.of(counted) == [("DONE", BATCHES * JOBS)]
    assert all(service.process.poll() is None for service in services)


# ----------------------------------------------------------------------------------------------------- the password


def test_nobody_sees_the_password(serve: Callable[..., LocalService], place: Server) -> None:
    """Neither the process list nor the status page nor the log has it."""
    service = serve(place)
    shown = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, text=True, check=True).stdout
    assert place.url in shown
    assert place.password not in shown
    assert place.password not in service.http.get("/").text


@pytest.mark.parametrize("wrong", ["password", "port", "name"])
def test_a_database_that_cannot_be_reached_is_told(place: Server, tmp_path: Path, wrong: str) -> None:
    """One sentence says what is wrong, without the password."""
    secret = tmp_path / "password"
    secret.write_text(f"{place.password}-and-more" if wrong == "password" else place.password)
    url = place.url
    if wrong == "port":
        url = url.replace(url.split(":")[-1].split("/")[0], "1")
    elif wrong == "name":
        url += "_nowhere"
    command = [sys.executable, "-m", "pasqal_cloud.local", "--engine=scripted", "--port=0", f"--db={url}"]
    done = subprocess.run([*command, f"--db-password-file={secret}"], capture_output=True, text=True, check=False)
    assert done.returncode == ExitStatus.UNUSABLE_DATABASE
    assert done.stderr.count("\n") == 1
    assert url in done.stderr
    assert place.password not in done.stderr


def test_a_database_of_another_program_is_refused(postgres: Postgres, place: Server) -> None:
    """Tables that this package has not made are not touched."""
    Rows(postgres, place).change("CREATE TABLE experiments (id integer)")
    with pytest.raises(UnusableDatabaseError, match="belongs to another program"):
        Store(place, seed_of=int)
    assert Rows(postgres, place).of("SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == [("experiments",)]
