"""Reads the first page of lists from services with few and with many items, alternately, and prints the ratios.

The databases are filled directly: as many batches of one job, and as many workloads, as asked for. One in ten waits
for a device that the services do not offer; the others have ended, most of them DONE. A ratio near 1 means that
the time does not depend on the number of stored items. Reading the status page, and starting and ending a job, are
measured, too.

python benchmarks/lists.py [--counts 1000 1000000] [--rounds 50] [--db postgresql+psycopg://user@host/postgres]
    [--json RESULTS]

With --db, a database for each count is created on that server, and deleted afterwards.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from subprocess import PIPE, Popen
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import httpx
from rows import Row, report
from sqlalchemy import Connection, text

from pasqal_cloud.local.database import DB_PASSWORD_VARIABLE, Server
from pasqal_cloud.local.store import Page, Store
from pasqal_cloud.local.store.versions import derived_anew
from pasqal_cloud.local.tasks import Outcome

PROJECT = str(uuid4())
PASSWORD = "benchmark"
WARM_UP = 5
START = datetime(2026, 1, 1, tzinfo=UTC)

BATCHES, JOBS, WORKLOADS = "v1/batches", "v2/jobs", "v2/workloads"
DAY = {"start_date": "2026-01-01T00:05:00", "end_date": "2026-01-01T00:10:00"}
USER = "the user"  # stands for their id

LISTS: dict[str, tuple[str, dict[str, Any]]] = {
    "batches": (BATCHES, {}),
    "batches, DONE": (BATCHES, {"status": "DONE"}),
    "batches, two statuses": (BATCHES, {"status": ["DONE", "ERROR"]}),
    "batches, none such": (BATCHES, {"status": "CANCELED"}),
    "batches, frequent tag": (BATCHES, {"tag": "frequent"}),
    "batches, rare tag": (BATCHES, {"tag": "rare"}),
    "batches, frequent device": (BATCHES, {"device_type": "EMU_FREE"}),
    "batches, two devices": (BATCHES, {"device_type": ["EMU_FREE", "FRESNEL"]}),
    "batches, no device": (BATCHES, {"device_type": "EMU_SV"}),
    "batches, since an instant": (BATCHES, {"start_date": DAY["start_date"]}),
    "batches, until an instant": (BATCHES, {"end_date": DAY["end_date"]}),
    "batches, five minutes": (BATCHES, DAY),
    "batches, in the future": (BATCHES, {"start_date": "2999-01-01T00:00:00"}),
    "batches, many jobs": (BATCHES, {"min_jobs": 1}),
    "batches, closed": (BATCHES, {"open": False}),
    "batches, of a user": (BATCHES, {"user_id": USER}),
    "batches, status + device": (BATCHES, {"status": "ERROR", "device_type": "FRESNEL"}),
    "batches, tag + device": (BATCHES, {"tag": "rare", "device_type": "FRESNEL"}),
    "jobs": (JOBS, {}),
    "jobs, DONE": (JOBS, {"status": "DONE"}),
    "jobs, ERROR": (JOBS, {"errors": True}),
    "jobs, many runs": (JOBS, {"min_runs": 50}),
    "jobs, some runs": (JOBS, {"min_runs": 20, "max_runs": 22}),
    "jobs, since an instant": (JOBS, {"start_date": DAY["start_date"]}),
    "jobs, until an instant": (JOBS, {"end_date": DAY["end_date"]}),
    "jobs, in the future": (JOBS, {"start_date": "2999-01-01T00:00:00"}),
    "jobs, origin": (JOBS, {"origin": "CLIENT"}),
    "jobs, status + user": (JOBS, {"status": "DONE", "user_id": USER}),
    "jobs, five minutes + DONE": (JOBS, DAY | {"status": "DONE"}),
    "workloads": (WORKLOADS, {}),
    "workloads, DONE": (WORKLOADS, {"status": "DONE"}),
    "workloads, since an instant": (WORKLOADS, {"start_date": DAY["start_date"]}),
}

# ----------------------------------------------------------------------------------------------------------- the items

SQLITE = {
    "numbers": "(WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < :count) SELECT n FROM up)",
    "id": "printf('{kind}%07x-0000-4000-8000-%012x', n * 2654435761 % 268435456, n)",
    "at": "strftime('%Y-%m-%dT%H:%M:%S.000000+00:00', 1767225600 + n, 'unixepoch')",
}
POSTGRESQL = {
    "numbers": "(SELECT n FROM generate_series(1, :count) AS n)",
    "id": (
        "'{kind}' || lpad(to_hex(n::bigint * 2654435761 % 268435456), 7, '0')"
        " || '-0000-4000-8000-' || lpad(to_hex(n), 12, '0')"
    ),
    "at": """to_char(to_timestamp(1767225600 + n) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS".000000+00:00"')""",
}
STATUS = "CASE WHEN n % 10 = 1 THEN 'PENDING' WHEN n % 10 = 0 THEN 'ERROR' ELSE 'DONE' END"
DEVICE = "CASE WHEN n % 10 = 1 THEN 'EMU_MPS' WHEN n % 20 = 0 THEN 'FRESNEL' ELSE 'EMU_FREE' END"
END = f"CASE WHEN {STATUS} <> 'PENDING' THEN {{at}} END"
COMMON = {"number": "n", "project_id": ":project", "user_id": ":user", "created_at": "{at}", "updated_at": "{at}"}
TABLES = {
    "batches": COMMON
    | {"id": "{id}", "status": STATUS, "open": "false", "device_type": DEVICE, "queue_priority": "'FREE'", "rank": "4"}
    | {"start_datetime": END, "end_datetime": END}
    | {
        f"jobs_{one.lower()}": f"CASE WHEN {STATUS} = '{one}' THEN 1 ELSE 0 END" for one in ("PENDING", "DONE", "ERROR")
    },
    "tags": {
        "batch_number": "n",
        "position": "0",
        "project_id": ":project",
        "tag": "CASE WHEN n % (:count / 10) = 0 THEN 'rare' ELSE 'frequent' END",
    },
    "jobs": COMMON
    | {"id": "{job}", "batch_id": "{id}", "status": STATUS, "runs": "n % 100", "origin": "'CLIENT'", "seed": "n"}
    | {"variables": "'{{}}'", "start_timestamp": END, "end_timestamp": END},
    "workloads": COMMON
    | {"id": "{id}", "status": "CASE WHEN n % 10 = 0 THEN 'ERROR' ELSE 'DONE' END", "workload_type": "'w'"}
    | {"backend": "'b'", "queue_priority": "'FREE'", "rank": "4", "config": "'{{}}'"}
    | {"start_timestamp": "{at}", "end_timestamp": "{at}"},
}


def fill(connection: Connection, count: int, user_id: str) -> None:
    """Stores this many batches, jobs and workloads."""
    words = SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL
    known = {
        "id": words["id"].replace("{kind}", "a"),
        "job": words["id"].replace("{kind}", "b"),
        "at": words["at"],
    }
    for table, columns in TABLES.items():
        values = ", ".join(value.format(**known) for value in columns.values())
        filling = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {words['numbers']} AS numbers"
        escaped = filling.replace(":%", r"\:%").replace(":SS", r"\:SS").replace(":MI", r"\:MI").replace("::", r"\:\:")
        escaped = escaped.replace("+00:00", r"+00\:00")
        connection.execute(text(escaped), {"count": count, "project": PROJECT, "user": user_id})


def filled(where: Any, count: int) -> Store:
    """Creates a database with this many batches, jobs and workloads."""
    store = Store(where, seed_of=int)
    user_id = store.accounts.ensure_member("local@localhost", PROJECT, START)
    with store.database.writing() as connection, derived_anew(connection):
        fill(connection, count, user_id)
    if isinstance(where, Server):
        with store.database.writing() as connection:
            connection.execute(text("ANALYZE"))
    return store


WRITTEN = ("batches", "jobs", "batches, frequent tag", "jobs, many runs", "a batch", "starting and ending a job")
"""Which rows, besides that of the list with the highest ratio, are added to the results."""

# ------------------------------------------------------------------------------------------------------------ measuring


@contextmanager
def service(where: Any) -> Iterator[httpx.Client]:
    """Runs a service with a database, and yields an authenticated client."""
    command = [sys.executable, "-m", "pasqal_cloud.local", "--port=0", "--json", "--engine=scripted", f"--db={where}"]
    command += ["--devices=EMU_FREE", f"--project-id={PROJECT}", f"--password={PASSWORD}"]
    secret = {DB_PASSWORD_VARIABLE: where.password} if isinstance(where, Server) and where.password else {}
    with Popen(command, stdout=PIPE, text=True, env=os.environ | secret) as process:
        try:
            assert process.stdout
            url = json.loads(process.stdout.readline())["url"]
            with httpx.Client(base_url=f"{url}/core-fast/api/", timeout=120) as client:
                fields = {"grant_type": "password", "username": "local@localhost", "password": PASSWORD}
                token = client.post(f"{url}/oauth/token", data=fields).json()["access_token"]
                client.headers["Authorization"] = f"Bearer {token}"
                yield client
        finally:
            process.terminate()


@contextmanager
def places(counts: list[int], server: str | None) -> Iterator[dict[int, Any]]:
    """Gets where the database for each count is."""
    if server is None:
        with TemporaryDirectory() as folder:
            yield {count: Path(folder) / f"{count}.db" for count in counts}
        return
    from sqlalchemy import create_engine, make_url

    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    names = {count: f"lists_{count}_{uuid4().hex[:8]}" for count in counts}
    with engine.connect() as connection:
        for name in names.values():
            connection.execute(text(f"CREATE DATABASE {name}"))
        try:
            url = make_url(server)
            yield {
                count: Server(f"{url._replace(password=None, database=name)}", url.password)
                for count, name in names.items()
            }
        finally:
            for name in names.values():
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


def compare(name: str, does: Sequence[Callable[[], Any]], rounds: int) -> tuple[float, float]:
    """Does things alternately, and prints how long each takes and the ratio; gets the first and last time in ms."""
    taken: list[list[float]] = [[] for _ in does]
    for _ in range(WARM_UP):
        answers = [do() for do in does]
    for _ in range(rounds):
        for do, times in zip(does, taken, strict=True):
            start = time.perf_counter()
            do()
            times.append(1e3 * (time.perf_counter() - start))
    medians = [statistics.median(times) for times in taken]
    shown = ", ".join(f"{median:8.2f} ms" for median in medians)
    matching = " and ".join(f"{answer:,}" for answer in answers if answer is not None)
    print(f"{name:28} {shown}   ratio {medians[-1] / medians[0]:6.2f}   {matching}", flush=True)
    return medians[0], medians[-1]


def page(client: httpx.Client, path: str, query: dict[str, Any]) -> Callable[[], int]:
    """Gets what reads a page, and gets the total number of matching items."""

    def total() -> int:
        return int(client.get(path, params=query).raise_for_status().json()["pagination"]["total"])

    return total


def read(client: httpx.Client, path: str) -> None:
    """Reads something else."""
    client.get(client.base_url.join(path)).raise_for_status()


def asked_of(store: Store, query: dict[str, Any]) -> dict[str, Any]:
    """Gets a query with the id of the user of a store."""
    user = store.accounts.user_named("local@localhost")
    assert user is not None
    return {name: user["id"] if value == USER else value for name, value in query.items()}


def claiming(store: Store) -> Callable[[], None]:
    """Gets what starts a job and ends it."""

    def claim() -> None:
        claimed = store.queue.claim(["EMU_MPS"], START)
        assert claimed is not None
        store.queue.finish(claimed.token, Outcome("{}"), START)

    return claim


def main(counts: list[int], rounds: int, server: str | None, results: Path | None) -> None:
    """Prints the table."""
    taken = {}
    with places(counts, server) as where, ExitStack() as stack:
        stores = []
        for count in counts:
            start = time.perf_counter()
            stores.append(filled(where[count], count))
            stack.callback(stores[-1].close)
            print(f"{count:,} stored in {time.perf_counter() - start:.0f} s", flush=True)
        clients = [stack.enter_context(service(where[count])) for count in counts]
        print(f"first page of 100, over HTTP; medians of {rounds} rounds with {' and '.join(map(str, counts))} stored")
        for name, (path, query) in LISTS.items():
            taken[name] = compare(
                name,
                [page(client, path, asked_of(store, query)) for client, store in zip(clients, stores, strict=True)],
                rounds,
            )
        worst = max(taken, key=lambda name: taken[name][1] / taken[name][0])
        first = Page(1, 0, ascending=True)
        ids = [store.lists.batches({"project_id": [PROJECT]}, first)[0][0]["id"] for store in stores]
        each = list(zip(clients, ids, strict=True))
        taken["a batch"] = compare(
            "a batch", [partial(read, client, f"v2/batches/{batch_id}") for client, batch_id in each], rounds
        )
        root = clients[0].base_url.join("/").path
        compare("status page", [partial(read, client, root) for client in clients], rounds)
        taken["starting and ending a job"] = compare(
            "starting and ending a job", [claiming(store) for store in stores], min(rounds, counts[0] // 10 - WARM_UP)
        )
    few, many = (f"{count:,} stored" for count in (counts[0], counts[-1]))
    shown = {**dict.fromkeys(WRITTEN, ""), worst: ", the list that grows most"}
    rows = [Row(f"{name}{why}, {many}", taken[name][1], few, taken[name][0], "ms") for name, why in shown.items()]
    report(rows, results)


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--counts", type=int, nargs="+", default=[1_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--db")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    main(given.counts, given.rounds, given.db, given.json)
