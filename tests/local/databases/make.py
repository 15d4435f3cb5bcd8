"""Makes a database file of the present schema, which later versions of the service must be able to open.

From the root of the repository, after `SCHEMA_VERSION` has changed:

    python -m tests.local.databases.make

writes `schema-N.db.gz`, the database that a service leaves when it is killed, and `schema-N.json`, what that service
answered just before. Files of earlier schemas are never made again: they are what users have. Each table has a row:
batches, jobs and workloads with each status, results, tags, an open batch, a rebatch, a batch from OVH, a second user,
a submission with an Idempotency-Key, and a webhook that was not reached.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from pasqal_cloud.local.store.schema import SCHEMA_VERSION
from tests.local.conftest import LocalService

FOLDER = Path(__file__).parent
LOGIN = (
    "--engine=scripted",
    "--username=someone@example.org",
    "--password=kept-for-later",
    "--project-id=00000000-0000-4000-8000-000000000001",
)
COLLEAGUE = {"username": "colleague@example.org", "password": "another-password"}
SEQUENCE = json.dumps({"register": [{"name": "q0", "x": 0, "y": 0}, {"name": "q1", "x": 6, "y": 0}]})
WORKLOAD = {"workload_type": "algorithm_qel_posco", "backend": "pulser_basic", "config": {"depth": 3}}
UNREACHABLE = "http://127.0.0.1:9/ended"


def fill(service: LocalService) -> None:
    """Submits something of each kind, and leaves some of it running and waiting."""
    service.control("PATCH", "clock", json={"now": "2026-01-05T10:00:00Z", "frozen": True})
    service.token = service.log_in().json()["access_token"]
    service.control("POST", "users", json=COLLEAGUE)

    forgotten = service.create(SEQUENCE, {"runs": 5}, open=True, tags=["forgotten"])
    service.wait_for_job(forgotten["jobs"][0], "DONE")
    later(service, 100_000)
    service.token = service.log_in().json()["access_token"]
    service.until(lambda: service.get("listBatches")[0]["status"] == "TIMED_OUT")

    done = create_keyed(service)
    service.settled(done)
    later(service)
    service.settled(service.get("rebatch", batch_id=done["id"]))
    service.settled(service.get("createOvhBatch", json=service.body(SEQUENCE, {"runs": 2}, device_type="EMU_FREE")))

    later(service)
    fails = service.control("POST", "outcomes", json={"errors": ["The laser was off."], "tag": "fails"})
    service.settled(service.create(SEQUENCE, {"runs": 1}, tags=["fails"], webhook=UNREACHABLE))
    held = service.control("POST", "outcomes", json={"hold": True, "tag": "held"})
    mixed = service.create(None, *[{"runs": 1, "sequence": SEQUENCE}] * 2, tags=["held"])
    service.wait_for_job(mixed["jobs"][1], "RUNNING")
    service.get("cancelJob", job_id=mixed["jobs"][1]["id"])
    service.control("DELETE", f"outcomes/{held['id']}")
    service.settled(mixed)
    service.control("PATCH", "queue", json={"paused": ["EMU_FRESNEL"]})
    given_up = service.create(SEQUENCE, {"runs": 1}, device_type="EMU_FRESNEL", tags=["given up"])
    service.get("cancelBatch", batch_id=given_up["id"])
    service.create(SEQUENCE, {"runs": 1}, {"runs": 2}, device_type="EMU_FRESNEL", tags=["waits"])
    service.control("DELETE", f"outcomes/{fails['id']}")

    later(service)
    service.control("POST", "outcomes", json={"result": {"energy": -1.5}, "times": 1, "backend": "pulser_basic"})
    for _ in range(2):  # the first is DONE, the second ends in ERROR
        workload = create_workload(service)
        service.until(lambda its=workload["id"]: service.get("getWorkload", workload_id=its)["end_timestamp"])
    service.control("POST", "outcomes", json={"hold": True, "workload_type": "held"})
    given_up, runs = (create_workload(service, workload_type="held") for _ in range(2))
    service.get("cancelWorkload", workload_id=given_up["id"])
    service.until(lambda: service.get("getWorkload", workload_id=runs["id"])["status"] == "RUNNING")

    later(service)
    is_open = service.create(SEQUENCE, {"runs": 1}, open=True, device_type="EMU_FREE", tags=["open"])
    service.wait_for_job(is_open["jobs"][0], "DONE")
    service.control("POST", "outcomes", json={"hold": True, "tag": "open"})
    service.get("addJobs", json=[{"runs": 2}], batch_id=is_open["id"])
    service.wait_for_job(service.jobs(is_open)[1], "RUNNING")
    service.control("PATCH", "queue", json={"paused": True})
    service.get("addJobs", json=[{"runs": 3}], batch_id=is_open["id"])
    create_workload(service)


def later(service: LocalService, seconds: float = 60) -> None:
    """Lets time pass."""
    service.control("PATCH", "clock", json={"advance": seconds})


def create_keyed(service: LocalService) -> Any:
    """Creates a batch with an Idempotency-Key: the second time, it is the same one."""
    jobs = [{"runs": 5, "variables": {"omega": [1.5]}}, {"runs": 10, "variables": {"omega": [2.0]}}]
    body = service.body(SEQUENCE, *jobs, tags=["done", "kept"], configuration={"dt": 10.0})
    return service.get("createBatch", json=body, headers={"Idempotency-Key": "sent-once"})


def create_workload(service: LocalService, **changes: Any) -> Any:
    """Creates a workload."""
    return service.get("createWorkload", json={"project_id": service.project_id, **WORKLOAD, **changes})


def answers(service: LocalService) -> dict[str, Any]:
    """Gets what the service shows of all that was submitted."""
    batches, jobs, workloads = (
        service.get(operation, query={"limit": 100}) for operation in ("listBatches", "listJobs", "listWorkloads")
    )
    links = [service.get("getJobResultsLink", job_id=job["id"])["results_link"] for job in jobs]
    links += [service.get("getWorkload", workload_id=workload["id"])["result_link"] for workload in workloads]
    items = [*jobs, *workloads]
    return {
        "listBatches": batches,
        "listJobs": jobs,
        "listWorkloads": workloads,
        "getBatch": [service.get("getBatch", batch_id=batch["id"]) for batch in batches],
        "getJob": [service.get("getJob", job_id=job["id"]) for job in jobs],
        "getResult": {
            item["id"]: httpx.get(link).json() for item, link in zip(items, links, strict=True) if link is not None
        },
    }


def main() -> None:
    """Writes the two files."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "service.db"
        service = LocalService(f"--db={path}", "--seed=1", *LOGIN)
        try:
            fill(service)
            answered = answers(service)
        finally:
            service.kill()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            empty = [name for name in tables if not connection.execute(f"SELECT 1 FROM {name}").fetchone()]
            assert not empty, empty
        made = FOLDER / f"schema-{SCHEMA_VERSION}"
        made.with_suffix(".db.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
        made.with_suffix(".json").write_text(json.dumps(answered, indent=1) + "\n")


if __name__ == "__main__":
    main()
