"""The database: what it counts by itself, how it finds things, and that each change is made once."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
import zlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.exc import DatabaseError

from pasqal_cloud.local.options import UnusableDatabaseError
from pasqal_cloud.local.states import JobStatus
from pasqal_cloud.local.store import NewBatch, NewWorkload, Page, Store, Submitted, counting
from pasqal_cloud.local.store.dialects import instant
from pasqal_cloud.local.store.queue import MOST_INTERRUPTIONS
from pasqal_cloud.local.store.records import stamp
from pasqal_cloud.local.store.schema import (
    SCHEMA_VERSION,
    batches,
    counters,
    deliveries,
    jobs,
    metadata,
    services,
    tags,
    workloads,
)
from pasqal_cloud.local.store.services import LEASE, has_ended, identity
from pasqal_cloud.local.store.versions import derived_anew
from pasqal_cloud.local.tasks import JobRequest, Outcome

from ..postgres import Shared, place_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pasqal_cloud.local.database import Place

DEVICES = ("EMU_FREE", "FRESNEL")
PROJECTS = ("p", "q")
FIRST = Page(limit=100, offset=0, ascending=False)
START = datetime(2026, 1, 1, tzinfo=UTC)


class Filled:
    """A store with a user in two projects, and a clock that moves with each look."""

    def __init__(self, place: Place) -> None:
        self.store = Store(place, seed_of=lambda number: number)
        for project in PROJECTS:
            self.user_id = self.store.accounts.ensure_member("ada", project, START)
        self._looks = 0

    @property
    def now(self) -> datetime:
        self._looks += 1
        return START + timedelta(seconds=self._looks)

    def submitted(self, key: str | None = None) -> Submitted:
        return Submitted(self.user_id, "test", key, "")

    def add(self, count: int = 1, *, is_open: bool = False, device: str = "EMU_FREE", project: str = "p") -> str:
        batch = NewBatch(project, is_open, device, "{}", None, None, "http://127.0.0.1/", tags=("a",))
        requests = [JobRequest(runs=10 * n) for n in range(1, count + 1)]
        return self.store.submissions.add_batch(batch, requests, self.submitted(), self.now)

    def claim(self, *devices: str) -> Any:
        return self.store.queue.claim(devices or DEVICES, self.now)

    def statuses(self, batch_id: str) -> list[str]:
        return [job["status"] for job in self.store.lists.jobs_of(batch_id)]


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Filled]:
    """A store of its own."""
    filled = Filled(place_for(tmp_path / "test.db"))
    yield filled
    filled.store.close()


# ------------------------------------------------------------------------------------------------------------ the reads


def test_the_reads_of_one_state_see_no_change_between_them(filled: Filled) -> None:
    """What others change meanwhile is seen by the next ones, and by other threads at once."""
    batch_id = filled.add()
    with ThreadPoolExecutor(1) as other:
        with filled.store.database.one_state():
            assert filled.statuses(batch_id) == ["PENDING"]
            other.submit(filled.claim).result()
            assert filled.statuses(batch_id) == ["PENDING"]
            assert other.submit(filled.statuses, batch_id).result() == ["RUNNING"]
        assert filled.statuses(batch_id) == ["RUNNING"]


def test_a_read_that_fails_ends_its_state(filled: Filled) -> None:
    """The next read has a transaction of its own."""
    batch_id = filled.add()
    with pytest.raises(DatabaseError), filled.store.database.one_state(), filled.store.database.reading() as connection:
        connection.execute(text("SELECT nothing FROM nowhere"))
    filled.claim()
    assert filled.statuses(batch_id) == ["RUNNING"]


# --------------------------------------------------------------------------------------------------------- the counters


@pytest.mark.parametrize("seed", range(6))
def test_counters_are_right_whatever_happens(filled: Filled, seed: int) -> None:
    """After random changes, what was counted as rows came and went is what is there, and each end has its delivery."""
    random, store = Random(seed), filled.store
    running: list[str] = []
    batch_ids: list[str] = []

    def add() -> None:
        project, device = random.choice(PROJECTS), random.choice(DEVICES)
        is_open = random.random() < 0.4
        batch_ids.append(filled.add(random.randint(0, 4), is_open=is_open, device=device, project=project))
        store.submissions.add_workload(NewWorkload(project, "w", "b", {}), filled.submitted(), filled.now)

    def claim() -> None:
        if claimed := filled.claim():
            running.append(claimed.token)

    def end() -> None:
        for token in random.sample(running, len(running) // 2):
            outcome = random.choice([Outcome("{}"), Outcome(errors=("no",)), None])
            if outcome is None:
                store.queue.lose(token, filled.now)
            else:
                store.queue.finish(token, outcome, filled.now)

    def change() -> None:
        batch_id = random.choice(batch_ids)
        job_ids = [job_id for job_id in store.lists.job_ids(batch_id) if random.random() < 0.5]
        if (batch := store.lists.batch(batch_id)) and batch["open"]:
            store.submissions.add_jobs(batch_id, [JobRequest(runs=1)], filled.submitted(), filled.now)
        random.choice(
            [
                lambda: store.ends.cancel_batches([batch_id], filled.now),
                lambda: store.ends.cancel_jobs(batch_id, job_ids, filled.now),
                lambda: store.ends.close_batch(batch_id, filled.now),
                lambda: store.ends.time_out_idle(timedelta(seconds=20), filled.now),
                lambda: store.queue.recover(filled.now),
            ]
        )()

    def workload() -> None:
        if claimed := store.queue.claim_workload(filled.now):
            store.queue.finish_workload(claimed.token, Outcome(errors=("no",)), filled.now)

    add()
    for _ in range(150):
        random.choice([add, claim, claim, claim, end, change, workload])()
    check_counts(store)
    store.reset()
    check_counts(store)


def check_counts(store: Store) -> None:
    """Compares all that is counted with what there is."""
    with store.database.reading() as connection:
        for table in (batches, jobs, workloads):
            there = select(table.c.project_id, table.c.status, func.count()).group_by(
                table.c.project_id, table.c.status
            )
            counted = (
                select(counters.c.project_id, counters.c.status, func.sum(counters.c.amount))
                .where(counters.c.kind == table.name)
                .group_by(counters.c.project_id, counters.c.status)
            )
            expected = {(project, status): count for project, status, count in connection.execute(there)}
            assert {(p, s): count for p, s, count in connection.execute(counted) if count} == expected
        by_device = select(batches.c.device_type, jobs.c.status).join(jobs, jobs.c.batch_id == batches.c.id)
        expected_jobs = Counter((device, status) for device, status in connection.execute(by_device))
        counted_jobs = select(counters.c.device_type, counters.c.status, counters.c.amount).where(
            counters.c.kind == "jobs"
        )
        found: Counter[Any] = Counter()
        for device, status, amount in connection.execute(counted_jobs):
            found[device, status] += amount
        assert +found == expected_jobs
        ended = select(jobs.c.id).where(jobs.c.status.in_(["DONE", "ERROR", "CANCELED"]))
        told = list(connection.scalars(select(deliveries.c.job_id)))
        assert sorted(told) == sorted(connection.scalars(ended))
    every, _ = store.lists.batches({"project_id": list(PROJECTS)}, Page(10_000, 0, ascending=True))
    for batch in every:
        assert Counter(job["status"] for job in store.lists.jobs_of(batch["id"])) == +Counter(batch["counts"])
        assert batch["jobs_count"] == sum(batch["counts"].values())


# ------------------------------------------------------------------------------------------------------------ the plans


@pytest.fixture
def plans(filled: Filled) -> Iterator[list[str]]:
    """Collects how SQLite means to execute what the store reads meanwhile, a line for each step."""
    if Shared.is_wanted:
        pytest.skip("PostgreSQL's plans depend on what is stored")
    lines: list[str] = []

    def explain(connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.startswith("SELECT"):
            rows = connection.connection.driver_connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            lines.extend(row[3] for row in rows)

    event.listen(Engine, "before_cursor_execute", explain)
    yield lines
    event.remove(Engine, "before_cursor_execute", explain)


@pytest.fixture(scope="module")
def varied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with 120 batches, jobs and workloads that differ, so that each filter matches some of them."""
    store = Store(tmp_path_factory.mktemp("varied") / "test.db", seed_of=int)
    for project in PROJECTS:
        store.accounts.ensure_member("ada", project, START)
    with store.database.writing() as connection, derived_anew(connection):
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        connection.execute(text("INSERT INTO users (id, username, created_at) VALUES ('u', 'bob', '')"))
        (ada,) = connection.scalars(text("SELECT id FROM users WHERE username = 'ada'"))
        rows = [varied_row(n, ada) for n in range(1, 121)]
        for table in (batches, jobs, workloads):
            names = {column.name for column in table.columns} - {"jobs_count"}
            connection.execute(table.insert(), [{key: row[key] for key in row.keys() & names} for row in rows])
        tagged = [{"batch_number": n, "position": 0, "tag": "a", "project_id": "p"} for n in range(14, 121, 14)]
        connection.execute(tags.insert(), tagged)
    yield store
    store.close()


def varied_row(n: int, ada: str) -> dict[str, Any]:
    """Gives what batches, jobs and workloads with this number may have."""
    return {
        "number": n,
        "id": f"{n:08x}-0000-4000-8000-000000000000",
        "batch_id": f"{n:08x}-0000-4000-8000-000000000000",
        "project_id": "qp"[n % 2],
        "user_id": "u" if n % 7 == 0 else ada,
        "status": ("PENDING", "DONE", "ERROR", "DONE")[n // 2 % 4],
        "created_at": stamp(START + timedelta(seconds=n)),
        "updated_at": stamp(START),
        "open": n % 6 == 0,
        "device_type": "FRESNEL" if n % 4 == 0 else "EMU_FREE",
        "queue_priority": "FREE" if n % 5 == 0 else "HIGH",
        "rank": 1,
        "jobs_done": 3 if n % 15 == 0 else n % 3,
        "runs": 5 if n % 16 == 0 else n % 3,
        "origin": "OVH" if n % 10 == 0 else "CLIENT",
        "seed": n,
        "variables": {},
        "workload_type": "w",
        "backend": "b",
        "config": {},
    }


def rows_read(plans: list[str], *tables: str) -> list[str]:
    """Gives the steps that read one of these tables, apart from those that look single rows up."""
    looks_up = ("INTEGER PRIMARY KEY", "(id=?)", "(batch_id=?)")
    steps = [step for step in plans if step.split()[0] in ("SCAN", "SEARCH") and step.split()[1] in tables]
    return [step for step in steps if not any(how in step for how in looks_up)]


@pytest.mark.parametrize("kind", ["batches", "jobs", "workloads"])
@pytest.mark.parametrize("filters", [{}, {"status": ["DONE"]}, {"status": ["PENDING", "RUNNING"]}])
@pytest.mark.parametrize("projects", [["p"], ["p", "q"]])
def test_a_page_is_the_end_of_an_index(
    varied: Store, plans: list[str], kind: str, filters: dict[str, Any], projects: list[str]
) -> None:
    """Without other filters than a status, only ranges of an index are read, in their order, and nothing is counted."""
    getattr(varied.lists, kind)({"project_id": projects, **filters}, FIRST)
    index = f"{kind}_by_{'status' if filters else 'project'}"
    assert rows_read(plans, kind)
    assert all(f"USING COVERING INDEX {index}" in step for step in rows_read(plans, kind)), plans
    assert not any("TEMP B-TREE" in step for step in plans), plans


IN_LAST = START + timedelta(seconds=115)
ONE = varied_row(10, "")["id"]


@pytest.mark.parametrize(
    ("kind", "filters", "index"),
    [
        ("batches", {"device_type": ["FRESNEL"]}, "batches_by_device"),
        ("batches", {"user_id": ["u"]}, "batches_by_user"),
        ("batches", {"open": True}, "batches_by_openness"),
        ("batches", {"min_jobs": 3}, "batches_by_size"),
        ("batches", {"queue_priority": ["HIGH"]}, "batches_by_priority"),
        ("batches", {"start_date": IN_LAST, "end_date": IN_LAST}, "batches_by_project"),
        ("batches", {"queue_priority": ["HIGH"], "status": ["DONE"]}, "batches_by_status"),
        ("batches", {"tag": "a"}, "tags_by_tag"),
        ("batches", {"tag": "a", "status": ["DONE"], "device_type": ["EMU_FREE"]}, "tags_by_tag"),
        ("batches", {"tags": ["a", "b"], "status": ["DONE"]}, "tags_by_tag"),
        ("batches", {"start_date": IN_LAST, "status": ["DONE"]}, "batches_by_project"),
        ("batches", {"min_jobs": 3, "status": ["DONE"], "open": False}, "batches_by_size"),
        ("batches", {"id": [ONE, "y"]}, "sqlite_autoindex_batches_1"),
        ("batches", {"id__starts_with": ONE[:8]}, "sqlite_autoindex_batches_1"),
        ("batches", {"id": [ONE], "status": ["DONE"]}, "sqlite_autoindex_batches_1"),
        ("jobs", {"batch_id": [ONE]}, "jobs_in_batch"),
        ("jobs", {"batch_id": [ONE], "status": ["DONE"]}, "jobs_in_batch"),
        ("jobs", {"batch_id": [ONE], "min_runs": 0, "errors": False}, "jobs_in_batch"),
        ("jobs", {"errors": True}, "jobs_by_status"),
        ("jobs", {"min_runs": 5, "max_runs": 6}, "jobs_by_runs"),
        ("jobs", {"origin": ["OVH"]}, "jobs_by_origin"),
        ("jobs", {"end_date": IN_LAST}, "jobs_by_project"),
        ("jobs", {"user_id": ["u"]}, "jobs_by_user"),
        ("workloads", {"start_date": IN_LAST}, "workloads_by_project"),
    ],
)
def test_other_filters_read_what_matches(
    varied: Store, plans: list[str], kind: str, filters: dict[str, Any], index: str
) -> None:
    """Each filter is a way to find rows, so that what does not match it is not read."""
    found, _ = getattr(varied.lists, kind)({"project_id": ["p", "q"], **filters}, FIRST)
    assert found
    used = {name for step in plans for name in re.findall(r"INDEX (\w+)", step)} - {"sqlite_autoindex_tags_1"}
    if "batch_id" in filters:
        used.remove("sqlite_autoindex_batches_1")  # it has the number of its jobs
    assert used == {index}, plans
    assert not any(step.startswith("SCAN") and step.split()[1] in metadata.tables for step in plans), plans
    if "start_date" in filters or "end_date" in filters:
        of_blocks = "(project_id=? AND rowid>? AND rowid<?)"
        assert all(of_blocks in step for step in plans if index in step), plans


@pytest.mark.parametrize(
    ("kind", "filters"),
    [
        ("batches", {}),
        ("batches", {"status": ["ERROR"], "device_type": ["FRESNEL"], "user_id": ["u"]}),
        ("batches", {"queue_priority": ["HIGH"], "open": True}),
        ("batches", {"tag": "a"}),
        ("batches", {"min_jobs": 1}),
        ("jobs", {"errors": False, "origin": ["OVH"]}),
        ("jobs", {"min_runs": 1, "max_runs": 5}),
        ("jobs", {"batch_id": [ONE], "status": ["DONE"]}),
        ("workloads", {"status": ["DONE"], "user_id": ["u"]}),
    ],
)
def test_the_total_comes_from_counters(varied: Store, plans: list[str], kind: str, filters: dict[str, Any]) -> None:
    """A page of no rows beyond the end reads none, but has the total."""
    filters = {"project_id": ["p", "q"], **filters}
    _, total = getattr(varied.lists, kind)(filters, FIRST)
    plans.clear()
    assert getattr(varied.lists, kind)(filters, Page(100, total, ascending=True)) == ([], total)
    assert total > 0
    assert not rows_read(plans, "batches", "jobs", "workloads", "tags"), plans


def test_adding_jobs_counts_only_these(filled: Filled, plans: list[str]) -> None:
    """The statements that count jobs find them by their numbers."""
    with filled.store.database.reading() as connection:
        for statement in counting.COUNT_JOBS:
            values = {"first": 1, "last": 2}
            plans += [row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {statement}"), values)]
    read = [step for step in plans if "jobs" in step.split()]
    assert read
    assert all("USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)" in step for step in read), plans


def test_the_queue_is_read_where_jobs_wait(filled: Filled, plans: list[str]) -> None:
    """Finding what is next reads neither ended jobs nor all waiting ones."""
    for _ in range(3):
        filled.add(3)
    plans.clear()
    assert filled.claim()
    batch_steps = [step for step in plans if re.match("(SCAN|SEARCH) batches", step)]
    assert sum("USING INDEX queue (device_type=? AND status=? AND project_id=?)" in step for step in batch_steps) == 1
    by = ("USING INDEX queue (device_type=?", "USING INDEX holders", "USING INTEGER PRIMARY KEY")
    assert all(any(how in step for how in by) for step in batch_steps), plans
    assert sum("USING INDEX jobs_by_batch (batch_id=? AND status=?)" in step for step in plans) == 1
    assert not any(step.startswith("SCAN") and step.split()[1] in metadata.tables for step in plans), plans


def test_what_runs_is_found_without_what_has_ended(filled: Filled, plans: list[str]) -> None:
    """A service that starts, or that notices the death of another one, reads only the jobs and workloads that run."""
    filled.add(3)
    filled.store.queue.recover(filled.now)
    assert sum("(claim>?)" in step for step in plans) == 2, plans
    assert not any(re.match("SCAN (jobs|workloads|batches)", step) for step in plans), plans


def test_looking_around_is_cheap(filled: Filled, plans: list[str]) -> None:
    """The queue's deadlines, the status page and the webhooks that are due are found without going through jobs."""
    filled.add(3)
    plans.clear()
    filled.store.ends.idle_since()
    filled.store.overview(10, filled.now)
    filled.store.deliveries.next_delivery()
    assert not rows_read(plans, "jobs"), plans
    assert any("USING INDEX holders" in step for step in plans), plans


# ------------------------------------------------------------------------------------------------------------ the queue


def test_a_device_goes_on_with_what_it_has_started(filled: Filled) -> None:
    """A batch of higher priority waits until all jobs of the batch that runs have started."""
    with filled.store.database.writing() as connection:
        connection.execute(text("UPDATE projects SET queue_priority = 'CRITICAL' WHERE id = 'q'"))
    started, urgent = filled.add(2), None
    order = [filled.claim().job["batch_id"]]
    urgent, later = filled.add(1, project="q"), filled.add(1)
    order += [filled.claim().job["batch_id"] for _ in range(3)]
    assert order == [started, started, urgent, later]
    assert filled.claim() is None


def test_priority_comes_before_age(filled: Filled) -> None:
    """Of what has not started, the batches of a higher priority are first, then the older ones."""
    with filled.store.database.writing() as connection:
        connection.execute(text("UPDATE projects SET queue_priority = 'HIGH' WHERE id = 'q'"))
    expected = [filled.add(project=project) for project in ("p", "q", "p", "q")]
    expected = [expected[1], expected[3], expected[0], expected[2]]
    assert [filled.claim().job["batch_id"] for _ in expected] == expected


def test_devices_do_not_wait_for_one_another(filled: Filled) -> None:
    """An open batch keeps its own device only; what waits for a device that is not asked for stays PENDING."""
    filled.add(1, is_open=True)
    held, free, elsewhere = filled.add(), filled.add(device="FRESNEL"), filled.add(device="EMU_MPS")
    assert filled.claim() is not None
    assert filled.claim().job["batch_id"] == free
    assert filled.claim() is None
    assert filled.statuses(held) == filled.statuses(elsewhere) == ["PENDING"]


def test_a_job_ends_once(filled: Filled) -> None:
    """Of an end, a cancellation and a lost worker, the first counts; what comes later changes nothing."""
    batch_id = filled.add(2)
    first, second = filled.claim(), filled.claim()
    assert filled.store.queue.finish(first.token, Outcome("{}"), filled.now)
    assert not filled.store.queue.finish(first.token, Outcome(errors=("late",)), filled.now)
    assert filled.store.ends.cancel_jobs(batch_id, filled.store.lists.job_ids(batch_id), filled.now) == [second.token]
    filled.store.queue.lose(second.token, filled.now)
    assert not filled.store.queue.finish(second.token, Outcome("{}"), filled.now)
    assert filled.statuses(batch_id) == ["DONE", "CANCELED"]
    assert list(filled.store.lists.results_of(batch_id)) == [first.job["id"]]


def test_an_interrupted_job_runs_again_and_is_not_charged(filled: Filled) -> None:
    """However often its machine is lost, in its place in the queue; a death of its process is charged, and counted."""
    filled.add(2)
    for number in range(1, 5):
        claimed = filled.claim()
        filled.store.queue.interrupt(claimed.token, filled.now)
        filled.store.queue.interrupt(claimed.token, filled.now)
        assert not filled.store.queue.finish(claimed.token, Outcome("{}"), filled.now)
        again = filled.claim()
        assert again.job["id"] == claimed.job["id"]
        assert (again.job["losses"], again.job["interruptions"]) == (0, 2 * number - 1)
        filled.store.queue.interrupt(again.token, filled.now)
    for _ in range(2):
        claimed = filled.claim()
        filled.store.queue.lose(claimed.token, filled.now, attempts=1)
        (error,) = filled.store.lists.job(claimed.job["id"])["errors"]
        assert error == "The job's worker process died once: it was killed or ran out of memory."
    assert filled.claim() is None


def test_a_job_that_is_always_interrupted_fails(filled: Filled) -> None:
    """Else one that takes down whatever runs it would run again for ever; the next job then has its turn."""
    batch_id = filled.add(2)
    first, second = filled.store.lists.jobs_of(batch_id)
    for _ in range(MOST_INTERRUPTIONS):
        claimed = filled.claim()
        assert claimed.job["id"] == first["id"]
        filled.store.queue.interrupt(claimed.token, filled.now)
    failed = filled.store.lists.job(first["id"])
    assert (failed["status"], failed["interruptions"]) == ("ERROR", MOST_INTERRUPTIONS)
    assert failed["errors"] == [
        "The job was interrupted 20 times, each time before it had ended: perhaps it takes down its workers."
    ]
    last = filled.claim()
    assert last.job["id"] == second["id"]
    assert filled.store.queue.finish(last.token, Outcome("{}"), filled.now)
    assert filled.store.lists.batch(batch_id)["status"] == "DONE"


def test_a_job_that_had_not_started_is_put_back(filled: Filled) -> None:
    """It keeps its place in the queue, and was not interrupted."""
    filled.add(2)
    claimed = filled.claim()
    filled.store.queue.put_back(claimed.token, filled.now)
    assert not filled.store.queue.finish(claimed.token, Outcome("{}"), filled.now)
    again = filled.claim()
    assert again.job["id"] == claimed.job["id"]
    assert (again.job["losses"], again.job["interruptions"]) == (0, 0)


@pytest.mark.parametrize("end", ["killed", "stopped"])
def test_a_job_whose_service_always_dies_fails(tmp_path: Path, end: str) -> None:
    """Else one that takes down its service would do so for ever; a service that is stopped in peace does not count."""
    for number in range(MOST_INTERRUPTIONS + 1):
        filled = Filled(place_for(tmp_path / "test.db"))
        store = filled.store
        if not number:
            batch_id, after = filled.add(), filled.add()
        store.services.join()
        if end == "killed" and Shared.is_wanted:  # only a file's next service is sure that the last one has died
            with store.database.writing() as connection:
                connection.execute(services.delete().where(services.c.id != store.database.service_id))
        store.queue.recover(filled.now)
        claimed = filled.claim()
        if number < MOST_INTERRUPTIONS:
            assert claimed.job["batch_id"] == batch_id
            if end == "stopped":
                store.services.leave()
            store.close()
    (job,) = store.lists.jobs_of(batch_id)
    used = store.accounts.project("p")["emulation_seconds"]
    store.close()
    if end == "stopped":
        assert (job["status"], job["interruptions"]) == ("RUNNING", 0)
        return
    assert (job["status"], job["interruptions"]) == ("ERROR", MOST_INTERRUPTIONS)
    assert job["errors"] == [
        "The job was interrupted 20 times, each time before it had ended: perhaps it takes down its workers."
    ]
    assert used == 0  # nobody knows when it died
    assert claimed.job["batch_id"] == after


def test_a_workload_ends_once(filled: Filled) -> None:
    """Workloads are claimed in order, put back when the service starts again, and end once."""
    store = filled.store
    ids = [
        store.submissions.add_workload(NewWorkload("p", "w", "b", {}), filled.submitted(), filled.now) for _ in range(2)
    ]
    lost = store.queue.claim_workload(filled.now)
    store.queue.recover(filled.now)
    claims = [store.queue.claim_workload(filled.now) for _ in range(2)]
    assert [claim.workload["id"] for claim in claims] == ids
    assert store.queue.claim_workload(filled.now) is None
    assert not store.queue.finish_workload(lost.token, Outcome("{}"), filled.now)
    assert store.queue.finish_workload(claims[0].token, Outcome('{"a": 1}'), filled.now)
    assert store.ends.cancel_workload(ids[1], filled.now)
    assert not store.queue.finish_workload(claims[1].token, Outcome("{}"), filled.now)
    assert [store.lists.workload(id)["status"] for id in ids] == [JobStatus.DONE, JobStatus.CANCELED]
    assert zlib.decompress(store.lists.result(ids[0])) == b'{"a": 1}'
    assert not store.lists.has_result(ids[1])


# -------------------------------------------------------------------------------------------------------- the services


def test_what_this_service_runs_goes_on(filled: Filled) -> None:
    """Claims that it knows of stay; one that it never received is put back, and nothing of its job was interrupted."""
    batch_id = filled.add(2)
    known, unknown = filled.claim(), filled.claim()
    filled.store.queue.recover(filled.now, held={known.token})
    assert filled.store.queue.gone([known.token, unknown.token]) == [unknown.token]
    first, second = filled.store.lists.jobs_of(batch_id)
    assert (first["status"], first["interruptions"]) == ("RUNNING", 0)
    assert (second["status"], second["interruptions"], second["losses"]) == ("PENDING", 0, 0)
    assert filled.store.queue.finish(known.token, Outcome("{}"), filled.now)
    assert not filled.store.queue.finish(unknown.token, Outcome("{}"), filled.now)
    assert filled.claim().job["id"] == second["id"]


@pytest.mark.parametrize("end", ["left", "silent", "ended"])
def test_what_another_service_runs_goes_on_while_it_lives(filled: Filled, end: str) -> None:
    """Its jobs are put back once it has left, was not seen for the lease, or its process has ended."""
    if end == "silent" and Shared.is_wanted:
        pytest.skip("on a server that has just been started, nobody could have been seen")
    store, batch_id = filled.store, filled.add()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        other = {"id": "other", "name": "other", "process": identity(process.pid), "started_at": instant()}
        store.services.join()
        with store.database.writing() as connection:
            connection.execute(services.insert().values(seen_at=instant(), **other))
        claim = filled.claim()
        with store.database.writing() as connection:
            connection.execute(jobs.update().values(service_id="other"))
        store.queue.recover(filled.now)
        assert store.services.are_all_alive()
        assert store.queue.gone([claim.token]) == []
        process.communicate()
    with store.database.writing() as connection:
        if end != "ended":
            connection.execute(services.update().where(services.c.id == "other").values(process=None))
        if end == "left":
            connection.execute(services.delete().where(services.c.id == "other"))
        elif end == "silent":
            connection.execute(services.update().where(services.c.id == "other").values(seen_at=instant(-1 - LEASE)))
    assert store.services.are_all_alive() == (end == "left")
    store.queue.recover(filled.now)
    assert filled.statuses(batch_id) == ["PENDING"]
    assert store.services.are_all_alive()
    assert store.services.beat()


def test_a_process_that_cannot_be_seen_is_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes of other users may be hidden, and those of other machines or containers are out of sight."""
    here = identity(os.getpid())
    boot, namespace, pid, started = here.split()
    assert not has_ended(here)
    assert has_ended(f"{boot} {namespace} {pid} 1{started}")  # its id was given to another process
    assert not has_ended(f"elsewhere {namespace} {2**22 + 1} {started}")
    assert not has_ended(f"{boot} elsewhere {2**22 + 1} {started}")
    assert not has_ended(None)

    def forbid(*_: object) -> None:
        raise PermissionError

    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        other = identity(process.pid)
        monkeypatch.setattr(os, "kill", forbid)
        monkeypatch.setattr("pasqal_cloud.local.store.services._started", lambda pid: None)
        assert identity(process.pid)
        assert not has_ended(other)
        process.communicate()


# --------------------------------------------------------------------------------------------------------- the database


def test_sequences_are_stored_once(filled: Filled) -> None:
    """Batches and jobs with the same sequence share it."""
    batch = NewBatch(
        "p", open=False, device_type="X", sequence="s", backend_configuration=None, configuration=None, webhook=None
    )
    requests = [JobRequest(1, sequence="s"), JobRequest(1, sequence="t")]
    for _ in range(2):
        filled.store.submissions.add_batch(batch, requests, filled.submitted(), filled.now)
    with filled.store.database.reading() as connection:
        assert sorted(connection.scalars(text("SELECT content FROM sequences"))) == ["s", "t"]


def test_a_reset_forgets_what_was_submitted(filled: Filled) -> None:
    """Nothing submitted is left, what was running is told, seeds start again; users and projects stay."""
    filled.add(2)
    token = filled.claim().token
    assert filled.store.reset() == [token]
    assert filled.store.lists.batches({"project_id": ["p"]}, FIRST) == ([], 0)
    assert filled.store.accounts.project_ids(filled.user_id) == list(PROJECTS)
    assert [job["seed"] for job in filled.store.lists.jobs_of(filled.add(2))] == [1, 2]


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("UPDATE settings SET value = '1' WHERE name = 'schema'", f"has schema 1, .* needs schema {SCHEMA_VERSION}"),
        ("UPDATE settings SET value = '99' WHERE name = 'schema'", "has schema 99, of a later version"),
        ("DROP TABLE settings", "belongs to another program"),
    ],
)
def test_databases_of_others_are_refused(tmp_path: Path, statement: str, reason: str) -> None:
    """A database of another version, or of something else, is not touched."""
    path = tmp_path / "other.db"
    Store(path, seed_of=int).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)
    before = path.read_bytes()
    with pytest.raises(UnusableDatabaseError, match=reason):
        Store(path, seed_of=int)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """It is told which file it is."""
    path = tmp_path / "notes.txt"
    path.write_text("no database " * 100)
    with pytest.raises(UnusableDatabaseError, match=r"notes\.txt can't be used"):
        Store(path, seed_of=int)


def test_odd_paths(tmp_path: Path) -> None:
    """What would mean something in a URL is a name like another."""
    path = tmp_path / "a?b#c%20.db"
    Store(path, seed_of=int).close()
    assert path.exists()


# ------------------------------------------------------------------------------------------------------ large documents


def test_large_documents_are_neither_shown_nor_sent_together(filled: Filled) -> None:
    """The status page leaves them out, and their size is known without reading them."""
    batch_id = filled.add(2)
    for document in ("{}", json.dumps({"noise": Random(1).randbytes(400_000).hex()})):
        assert filled.store.queue.finish(filled.claim().token, Outcome(document), filled.now)
    shown = filled.store.detail(batch_id, 10, filled.now, None)
    assert shown is not None
    assert list(shown.documents) == [shown.jobs[0]["id"]]
    assert 400_000 < filled.store.lists.size_of_results(batch_id) < 800_000
