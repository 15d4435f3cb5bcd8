"""Lists: whatever the filters, the page and the total are what a plain search through all rows finds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, text

from pasqal_cloud.local.states import BatchStatus, JobStatus
from pasqal_cloud.local.store import NewBatch, NewWorkload, Page, Store, Submitted, counting, pages, submissions
from pasqal_cloud.local.store.schema import ALL_COUNTERS, batches, jobs, workloads
from pasqal_cloud.local.tasks import JobRequest, Outcome

from ..postgres import Shared, place_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from pasqal_cloud.local.database import Place

DEVICES = ("EMU_FREE", "FRESNEL", "EMU_MPS")
PRIORITIES = {"p": "FREE", "q": "HIGH", "r": "FREE"}
TAGS = ("calibration", "rydberg", "ünïcode 'quoted'")
START = datetime(2026, 1, 1, tzinfo=UTC)
Row = dict[str, Any]

SKIP = {
    False: "UPDATE sqlite_sequence SET seq = seq + :n",
    True: "SELECT setval(pg_get_serial_sequence('batches', 'number'), (SELECT max(number) + :n FROM batches))",
}
"""What makes row numbers jump, by whether the database is PostgreSQL."""


class World:
    """A store in which anything happens, by chance; its clock is also set back."""

    def __init__(self, place: Place, seed: int) -> None:
        self.random = Random(seed)
        self.is_short = seed == 0
        self.store = Store(place, seed_of=lambda number: number)
        self.users = [self.store.accounts.ensure_member("ada", project, START) for project in PRIORITIES][:1]
        self.users.append(self.store.accounts.ensure_member("bob", "p", START))
        with self.store.database.writing() as connection:
            for project, priority in PRIORITIES.items():
                connection.execute(
                    text("UPDATE projects SET queue_priority = :priority WHERE id = :id"),
                    {"priority": priority, "id": project},
                )
        self.instant = START
        self.claims: list[str] = []
        self.batch_ids: list[str] = []

    def now(self) -> datetime:
        steps = (0, 1, 1, 30, 3600, -1800)
        self.instant += timedelta(seconds=self.random.choice(steps))
        return self.instant

    def submitted(self) -> Submitted:
        return Submitted(self.random.choice(self.users), "test", None, "")

    def happen(self) -> None:
        """Lets one thing happen."""
        actions: list[Callable[[], None]] = [self.add, self.add, self.run, self.run, self.run, self.change, self.tag]
        self.random.choice(actions)()

    def add(self) -> None:
        chance = self.random
        tags = tuple(chance.sample(TAGS, chance.randint(0, 2)))
        origin = chance.choice(["CLIENT", "CLIENT", "OVH"])
        batch = NewBatch(
            chance.choice(list(PRIORITIES)),
            chance.random() < 0.3,
            chance.choice(DEVICES),
            "{}",
            None,
            None,
            None,
            origin=origin,
            tags=tags,
        )
        requests = [JobRequest(chance.choice([None, 1, 2, 3, 50, 1000])) for _ in range(chance.randint(0, 5))]
        self.batch_ids.append(self.store.submissions.add_batch(batch, requests, self.submitted(), self.now()))
        workload = NewWorkload(chance.choice(list(PRIORITIES)), "w", "b", {})
        self.store.submissions.add_workload(workload, self.submitted(), self.now())
        with self.store.database.writing() as connection:  # so that there are several blocks
            connection.execute(text(SKIP[Shared.is_wanted]), {"n": chance.choice([1, 1, 700])})

    def run(self) -> None:
        if (claimed := self.store.queue.claim(DEVICES, self.now())) is not None:
            self.claims.append(claimed.token)
        if self.claims and self.random.random() < 0.6:
            errors = self.random.choice([(), (), ("no",)])
            self.store.queue.finish(self.claims.pop(), Outcome(None if errors else "{}", errors=errors), self.now())
        if (workload := self.store.queue.claim_workload(self.now())) is not None:
            self.store.queue.finish_workload(workload.token, Outcome(errors=("no",)), self.now())

    def change(self) -> None:
        if not self.batch_ids:
            return
        store, batch_id = self.store, self.random.choice(self.batch_ids)
        batch = store.lists.batch(batch_id)
        if batch and batch["open"] and self.random.random() < 0.7:
            store.submissions.add_jobs(batch_id, [JobRequest(runs=7)] * 2, self.submitted(), self.now())
            return
        some = [job_id for job_id in store.lists.job_ids(batch_id) if self.random.random() < 0.5]
        self.random.choice(
            [
                lambda: store.ends.cancel_batches([batch_id], self.now()),
                lambda: store.ends.cancel_jobs(batch_id, some, self.now()),
                lambda: store.ends.close_batch(batch_id, self.now()),
                lambda: store.ends.time_out_idle(timedelta(hours=1), self.now()),
                lambda: self.remove(batch_id),
            ]
        )()

    def tag(self) -> None:
        if self.batch_ids:
            some = self.random.sample(TAGS, self.random.randint(0, 3))
            self.store.submissions.set_tags(self.random.choice(self.batch_ids), some, self.now())

    def remove(self, batch_id: str) -> None:
        """Deletes a batch with all that belongs to it, if none of its jobs runs."""
        batch = self.store.lists.batch(batch_id)
        if batch is None or batch["counts"][JobStatus.RUNNING]:
            return
        self.batch_ids.remove(batch_id)
        with self.store.database.writing() as connection:
            connection.execute(
                text("DELETE FROM results WHERE id IN (SELECT id FROM jobs WHERE batch_id = :id)"), {"id": batch_id}
            )
            connection.execute(text("DELETE FROM tags WHERE batch_number = :n"), {"n": batch["number"]})
            connection.execute(jobs.delete().where(jobs.c.batch_id == batch_id))
            connection.execute(batches.delete().where(batches.c.id == batch_id))

    # ------------------------------------------------------------------------------------------------------ filters

    def filters(self, kind: str, there: list[Row]) -> Row:
        """Thinks of filters."""
        chance = self.random
        instants = [datetime.fromisoformat(row["created_at"]) for row in there] or [START]
        known = [row["id"] for row in there] or ["none"]
        statuses = list(BatchStatus if kind == "batches" else JobStatus)
        possible: dict[str, Callable[[], Any]] = {
            "status": lambda: chance.sample(statuses, chance.randint(0, 3)),
            "user_id": lambda: chance.sample([*self.users, "nobody"], chance.randint(1, 2)),
            "start_date": lambda: chance.choice(instants),
            "end_date": lambda: chance.choice(instants),
            "id": lambda: chance.sample([*known, "none"], 1),
            "id__starts_with": lambda: chance.choice(known)[: chance.randint(1, 3)],
        }
        if kind == "batches":
            possible |= {
                "device_type": lambda: chance.sample([*DEVICES, "NONE"], chance.randint(1, 2)),
                "open": lambda: chance.random() < 0.5,
                "complete": lambda: chance.random() < 0.5,
                "min_jobs": lambda: chance.randint(-1, 4),
                "max_jobs": lambda: chance.randint(0, 7),
                "queue_priority": lambda: chance.sample(["FREE", "HIGH", "LOW"], chance.randint(1, 2)),
                "tag": lambda: chance.choice([*TAGS, "unknown"]),
                "tags": lambda: chance.sample(TAGS, chance.randint(1, 3)),
            }
        elif kind == "jobs":
            of = sorted({row["batch_id"] for row in there}) or ["none"]
            possible |= {
                "batch_id": lambda: chance.sample([*of, "none"], chance.randint(1, min(3, len(of)))),
                "min_runs": lambda: chance.choice([0, 2, 3, 51]),
                "max_runs": lambda: chance.choice([0, 2, 7, 5000]),
                "errors": lambda: chance.random() < 0.5,
                "origin": lambda: chance.choice([["CLIENT"], ["OVH"], ["CLIENT", "OVH"]]),
            }
        names = chance.sample(list(possible), chance.choice([0, 1, 1, 1, 2, 2, 3]))
        projects = chance.sample([*PRIORITIES, "unknown"], chance.randint(1, 3))
        return {name: possible[name]() for name in names} | {"project_id": projects}


def matches(row: Row, filters: Row) -> bool:
    """Tells whether a row matches, filter by filter."""
    created = datetime.fromisoformat(row["created_at"])
    meanings: dict[str, Callable[[Any], bool]] = {
        "id__starts_with": row["id"].startswith,
        "start_date": lambda value: created >= value,
        "end_date": lambda value: created <= value,
        "open": lambda value: row["open"] == value,
        "complete": lambda value: row["open"] != value,
        "min_jobs": lambda value: row["jobs_count"] >= value,
        "max_jobs": lambda value: row["jobs_count"] <= value,
        "min_runs": lambda value: row["runs"] is not None and row["runs"] >= value,
        "max_runs": lambda value: row["runs"] is not None and row["runs"] <= value,
        "errors": lambda value: (row["status"] == "ERROR") == value,
        "tag": lambda value: value in row["tags"],
        "tags": lambda value: bool(set(value) & set(row["tags"])),
    }
    return all(meanings[name](value) if name in meanings else row[name] in value for name, value in filters.items())


def everything(connection: Connection) -> dict[str, list[Row]]:
    """Gets all rows, the oldest first."""
    found = {
        table.name: [dict(row._mapping) for row in connection.execute(select(table).order_by(table.c.number))]
        for table in (batches, jobs, workloads)
    }
    for batch in found["batches"]:
        query = text("SELECT tag FROM tags WHERE batch_number = :n ORDER BY position")
        batch["tags"] = list(connection.scalars(query, {"n": batch["number"]}))
    return found


def counted(connection: Connection) -> dict[str, set[Any]]:
    """Gets all numbers that are not 0, apart from the bounds of blocks, which stay when rows go."""
    found = {}
    for table in ALL_COUNTERS:
        columns = [column for column in table.columns if column.name not in ("earliest", "latest")]
        found[table.name] = {tuple(row) for row in connection.execute(select(*columns).where(table.c.amount != 0))}
    return found


@pytest.fixture
def world(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A store in which much has happened."""
    world = World(place_for(tmp_path / "test.db"), request.param)
    last_job = submissions._last_job
    monkeypatch.setattr(
        submissions, "_last_job", lambda connection: last_job(connection) + world.random.choice([0, 0, 700])
    )
    for _ in range(50 if world.is_short else 100):
        world.happen()
    yield world
    world.store.close()


SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 12))]


@pytest.mark.parametrize("world", SEEDS, indirect=True)
def test_lists_find_what_a_plain_search_finds(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each filter alone and several together, on any page, in both orders, in one and in several projects."""
    with world.store.database.reading() as connection:
        there = everything(connection)
    assert all(len(rows) > 10 for rows in there.values())
    for _ in range(60 if world.is_short else 300):
        kind = world.random.choice(list(there))
        filters = world.filters(kind, there[kind])
        page = Page(
            world.random.choice([-1, 1, 3, 100]), world.random.choice([0, 0, 1, 5]), world.random.random() < 0.5
        )
        monkeypatch.setattr(pages, "MAX_RANGES", world.random.choice([1, 3, 100]))
        monkeypatch.setattr(pages, "LOOKED_AT", world.random.choice([1, 20]))
        expected = [row["id"] for row in there[kind] if matches(row, filters)]
        total = len(expected)
        expected = expected if page.ascending else expected[::-1]
        expected = expected[page.offset :][: None if page.limit < 0 else page.limit]
        found, counted_total = getattr(world.store.lists, kind)(filters, page)
        assert ([row["id"] for row in found], counted_total) == (expected, total), (
            kind,
            filters,
            page,
            pages.MAX_RANGES,
        )


@pytest.mark.parametrize("world", SEEDS, indirect=True)
def test_counters_are_those_of_a_new_count(world: World) -> None:
    """What was counted as rows came, changed and went is what counting everything finds; a reset leaves nothing."""
    with world.store.database.writing() as connection:
        before = counted(connection)
        counting.recount(connection)
        assert counted(connection) == before
        assert all(before.values())
    world.store.reset()
    with world.store.database.reading() as connection:
        assert not any(counted(connection).values())
