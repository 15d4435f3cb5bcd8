"""Puts many short jobs through a service on PostgreSQL and Dask, disturbs both, and checks that all is right.

Twenty clients submit batches of five jobs and wait for them. Whenever both Dask workers are warm, one of them is
killed, in turn, and a new one started; PostgreSQL is restarted twice. At the end, each job must be DONE with one
result; each run of it must have been claimed once, and its end stored once; and the jobs of a batch must have started
in order, except those that were put back into the queue. Prints what it found, and fails if anything is wrong.

python scripts/soak.py [--jobs 500] [--clients 20] [--timeout SECONDS]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from pasqal_cloud import SDK, Batch, Endpoints, RetryPolicy, SubmissionUnknownError, TokenProviderConf
from tests.dask_cluster import DaskCluster
from tests.local.conftest import LocalService, chain
from tests.postgres import Postgres, temporary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

JOBS_OF_A_BATCH = 5
RESTARTS = (1 / 3, 2 / 3)
"""How much is done when PostgreSQL is restarted."""

SEARCH = 15.0
"""Seconds for which a client looks for a batch that may have been created."""

NAME = "soak"

AUDIT = """
    CREATE TABLE claimed (job_id varchar, claim varchar);
    CREATE TABLE ended (job_id varchar, status varchar);
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.claim IS NOT NULL THEN INSERT INTO claimed VALUES (NEW.id, NEW.claim); END IF;
        IF NEW.status IN ('DONE', 'ERROR', 'CANCELED') THEN INSERT INTO ended VALUES (NEW.id, NEW.status); END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER note AFTER UPDATE OF claim, status ON jobs FOR EACH ROW EXECUTE FUNCTION note();
"""
"""Notes every claim and every end of a job, in the transaction that makes it."""


class Soak:
    """The service and what disturbs it."""

    def __init__(self, jobs: int, clients: int, timeout: float, folder: Path) -> None:
        self.jobs = jobs - jobs % JOBS_OF_A_BATCH
        self.clients = clients
        self.deadline = time.monotonic() + timeout
        self.folder = folder
        self.over = threading.Event()
        self.kills = 0
        self.restarts = 0
        self.resubmitted = 0
        self.batches: list[str] = []

    def run(self) -> list[str]:
        """Does it all; gets what is wrong, in sentences."""
        self.postgres: Postgres = temporary()
        try:
            with DaskCluster(self.folder) as self.cluster:
                self.cluster.start_scheduler()
                for _ in range(2):
                    self.cluster.start_worker()
                self.service = self._served()
                try:
                    self.service.until(lambda: self._slots(self.service) == 2)
                    self._sql(AUDIT)
                    self._submit_and_disturb()
                    return list(self._mistakes())
                finally:
                    self.service.stop()
        finally:
            self.postgres.close()

    def _served(self) -> LocalService:
        place = self.postgres.server(NAME)
        secret = self.folder / "password"
        secret.write_text(place.password)
        return LocalService(f"--db={place.url}", f"--db-password-file={secret}", *self.cluster.options)

    def _submit_and_disturb(self) -> None:
        began = time.monotonic()
        disturbing = [
            threading.Thread(target=target, daemon=True) for target in (self._kill_workers, self._restart_postgres)
        ]
        for thread in disturbing:
            thread.start()
        count = self.jobs // JOBS_OF_A_BATCH
        with ThreadPoolExecutor(self.clients) as pool:
            shares = [len(range(number, count, self.clients)) for number in range(self.clients)]
            list(pool.map(self._be_a_client, shares))
        self.over.set()
        for thread in disturbing:
            thread.join(60)
        seconds = time.monotonic() - began
        print(f"{self.jobs} jobs from {self.clients} clients in {seconds:.0f} s: {self.jobs / seconds:.1f} per second")
        print(f"{self.kills} workers were killed, and PostgreSQL was restarted {self.restarts} times")
        print(f"{self.resubmitted} batches were submitted again, since a search has not found them")

    def _be_a_client(self, batches: int) -> None:
        connection, url = self.service.connection, self.service.connection["url"]
        sdk = SDK(
            connection["username"],
            connection["password"],
            project_id=connection["project_id"],
            endpoints=Endpoints(core=f"{url}/core-fast", account=f"{url}/account"),
            auth_config=TokenProviderConf(f"{url}/oauth/token", "any", "any"),
            retry=RetryPolicy(attempts=100, longest=2, deadline=300),
            journal=False,
            progress=False,
        )
        sequence = chain(atoms=2, duration=200)
        with sdk:
            for _ in range(batches):
                batch = self._submitted(sdk, sequence)
                self.batches.append(batch.id)
                batch.wait(timeout=self.deadline - time.monotonic())

    def _submitted(self, sdk: SDK, sequence: str) -> Batch:
        """Creates a batch; looks for it if PostgreSQL was away just then, so that its fate is unknown."""
        while True:
            try:
                return sdk.create_batch(sequence, [{"runs": 10} for _ in range(JOBS_OF_A_BATCH)])
            except SubmissionUnknownError as error:
                with suppress(SubmissionUnknownError):
                    found: Batch = error.recover(SEARCH)
                    return found
                self.resubmitted += 1

    def _kill_workers(self) -> None:
        """Kills the older worker whenever both are warm."""
        while not self.over.wait(0.2):
            if self._slots(self.service) == 2:
                self.cluster.kill_worker(self.cluster.workers[0])
                self.cluster.start_worker()
                self.kills += 1
                self._until(lambda: self._slots(self.service) < 2)

    def _restart_postgres(self) -> None:
        for part in RESTARTS:
            if not self._until(lambda part=part: self._done() >= part * self.jobs):
                return
            self.postgres.restart()
            self.restarts += 1

    def _done(self) -> int:
        return int(self._sql("SELECT count(*) FROM jobs WHERE status = 'DONE'")[0][0])

    def _mistakes(self) -> Iterator[str]:
        statuses = dict(self._sql("SELECT status, count(*) FROM jobs GROUP BY status"))
        if statuses != {"DONE": self.jobs}:
            yield f"not all {self.jobs} jobs are DONE: {statuses}"
        stored = {batch_id for (batch_id,) in self._sql("SELECT id FROM batches")}
        known = set(self.batches)
        if stored != known:
            yield f"{len(known - stored)} batches are lost, and {len(stored - known)} were not asked for"
        results = {job_id for (job_id,) in self._sql("SELECT id FROM results")}
        jobs = self._sql("SELECT id, batch_id, start_timestamp, losses, interruptions FROM jobs ORDER BY number")
        if results != {job[0] for job in jobs}:
            yield "jobs and results do not belong together"
        ends = Counter(job_id for (job_id,) in self._sql("SELECT job_id FROM ended"))
        if several := [job for job, times in ends.items() if times > 1]:
            yield f"{len(several)} jobs have ended more than once"
        claims = Counter(job_id for (job_id,) in self._sql("SELECT job_id FROM claimed"))
        if wrong := [job[0] for job in jobs if claims[job[0]] != 1 + job[3] + job[4]]:
            yield f"{len(wrong)} jobs were claimed more or less often than they were put back"
        latest: dict[str, str] = {}
        for job_id, batch_id, start, losses, interruptions in jobs:
            if losses or interruptions:
                continue
            if start < latest.get(batch_id, ""):
                yield f"the job {job_id} has started before an earlier one of its batch"
            latest[batch_id] = start
        put_back = [job for job in jobs if job[3] or job[4]]
        print(f"{len(put_back)} jobs were put back, {sum(job[3] for job in jobs)} deaths were charged to jobs")
        print(f"{sum(claims.values())} runs were claimed for {len(jobs)} jobs")

    def _until(self, condition: Callable[[], bool]) -> bool:
        while not self.over.wait(0.2):
            if condition():
                return True
        return False

    @staticmethod
    def _slots(service: LocalService) -> int:
        return int(service.control("GET", "runner")["slots"])

    def _sql(self, statement: str) -> list[Any]:
        with self.postgres.connected(NAME) as connection:
            found = connection.execute(statement)
            return list(found) if found.description else []


def main() -> int:
    """Runs it, and gets the exit status."""
    parser = argparse.ArgumentParser(description="Soaks a service on PostgreSQL and Dask.")
    parser.add_argument("--jobs", type=int, default=500)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--timeout", type=float, default=7200)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        soak = Soak(given.jobs, given.clients, given.timeout, Path(folder))
        mistakes = soak.run()
    for mistake in mistakes:
        print(f"WRONG: {mistake}")
    print("failed" if mistakes else "none lost, none doubled, all in order")
    return bool(mistakes)


if __name__ == "__main__":
    sys.exit(main())
