"""Takes jobs from the queue, runs them with the runner, and stores how they ended."""

from __future__ import annotations

import logging
import threading
from collections import deque
from datetime import timedelta
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Self

from pasqal_cloud.local.logs import ids_of_job
from pasqal_cloud.local.options import Options
from pasqal_cloud.local.store import AwayError, FullDiskError, WorkloadClaim
from pasqal_cloud.local.tasks import Outcome, Task
from pasqal_cloud.local.work import Ending, Interruption

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from pasqal_cloud.local.devices import Device
    from pasqal_cloud.local.metrics import Metrics
    from pasqal_cloud.local.scripting.outcomes import AnyClaim
    from pasqal_cloud.local.scripting.script import Script
    from pasqal_cloud.local.store import Claim, Record, Store
    from pasqal_cloud.local.work import Report, Runner

STARTS_AT_ONCE = 50
"""How many jobs start before the lock is released. Scripted jobs need no free worker, so any number could start."""

BREATH = 0.001
"""Seconds for which the lock is then released."""

NOTHING_RUNS_WORKLOADS = Outcome(
    errors=("The local service can't run workloads: the software for them is not public. Tests can script an outcome.",)
)

LONGEST_WAIT = 3600.0
"""Seconds; a slowed-down clock would otherwise require a longer wait than threads support."""

LOOK_FOR_OTHERS = 5.0
"""Seconds between two looks at a database that other services use, too: one that has died left its deadlines behind."""

RETRY = 1.0
"""Seconds before trying again after an unexpected error."""

LOOK_AGAIN = 1.0
"""Seconds after which to look again whether projects that had used up their emulation time were given more."""

logger = logging.getLogger(__name__)


class Scheduler:
    """Keeps the runner busy as long as there are jobs.

    One thread sleeps until something changes (a submission, a job that ended, a cancellation, the clock) or until the
    next deadline: an idle open batch times out, or a scripted job ends.

    Args:
        store: The queue.
        runner: Runs the jobs.
        devices: The offered devices, by name.
        script: The clock, the scripted outcomes and the paused devices.
        metrics: Counts the runs.
        attempts: How many worker processes may die on a job before it fails.
    """

    def __init__(
        self,
        store: Store,
        runner: Runner,
        devices: Mapping[str, Device],
        script: Script,
        metrics: Metrics,
        attempts: int = Options.job_attempts,
    ) -> None:
        self._store = store
        self._runner = runner
        self._devices = devices
        self._attempts = attempts
        self._clock = script.clock
        self._lifetimes = script.lifetimes
        self._outcomes = script.outcomes
        self._pause = script.pause
        self._held: set[str] = set()
        self._is_in_doubt = False
        self._is_away = False
        self._metrics = metrics
        self._begun: dict[str, tuple[Record, float]] = {}
        self._has_failed = False
        self._has_found = False
        self._put_off: deque[Claim] = deque()
        self._endings: deque[tuple[str, Ending, datetime]] = deque()
        self._due: deque[tuple[AnyClaim, Outcome | None]] = deque()
        self._changed = threading.Condition()
        self._has_changed = True
        self._is_stopping = False
        self._thread = threading.Thread(target=self._serve, name="scheduler", daemon=True)
        for source in (script.clock, script.lifetimes, script.outcomes, script.pause):
            source.on_change(self.wake)
        runner.on_change(self.wake)

    def __enter__(self) -> Self:
        """Recovers the jobs that an earlier process left running, and starts the thread."""
        self._store.queue.recover(self._clock())
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stops the thread. Running jobs stay in the database, and run again after a restart."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify()
        self._thread.join()

    def wake(self) -> None:
        """Tells the thread that the queue has changed."""
        with self._changed:
            self._has_changed = True
            self._changed.notify()

    def why_not_ready(self) -> str | None:
        """Gets the reason, in a sentence, why it starts no jobs; None if it does."""
        if not self._thread.is_alive():
            return "The queue is not served: the service is starting or stopping."
        return "The queue can't be served: see the service's log." if self._has_failed or self._is_away else None

    def report(self) -> Report:
        """Gets the state of the runner."""
        return self._runner.report()

    def kill(self, claims: Iterable[str]) -> None:
        """Stops the runs of cancelled jobs."""
        with self._changed:  # waits until a job that is just starting has started, so that it can be killed
            for claim in claims:
                self._kill(claim)
        self.wake()

    def check(self) -> None:
        """Has the thread compare the jobs that it runs with the database, which others may have changed."""
        with self._changed:
            self._is_in_doubt = True
        self.wake()

    def _kill(self, claim: str) -> None:
        self._held.discard(claim)
        self._outcomes.drop(claim)
        self._put_off = deque(other for other in self._put_off if other.token != claim)
        self._due = deque(due for due in self._due if due[0].token != claim)
        self._runner.kill(claim)

    def _serve(self) -> None:
        with self._changed:
            while not self._is_stopping:
                self._has_changed = False
                try:
                    wait_for = self._serve_once()
                    self._is_away = self._has_failed = False
                except AwayError as error:
                    self._log_once("The database can't be reached: %s. Trying again until it can.", error)
                    self._is_in_doubt = True
                    wait_for = RETRY
                except FullDiskError as error:
                    self._log_once("The database can't be changed: %s Trying again until it can.", error)
                    wait_for = RETRY
                except Exception:
                    self._has_failed = True
                    logger.exception("An unexpected error interrupted the queue; trying again.")
                    self._is_in_doubt = self._store.database.is_shared
                    wait_for = RETRY
                if not self._has_changed:
                    self._changed.wait(None if wait_for is None else min(wait_for, LONGEST_WAIT))

    def _log_once(self, reason: str, error: Exception) -> None:
        """Logs, once, that the queue is not served for the time being."""
        if not self._is_away:
            logger.warning(reason, error)
        self._is_away = True

    def _serve_once(self) -> float | None:
        """Does everything that is due, and gets the seconds until the next deadline."""
        now = self._clock()
        if self._is_in_doubt:
            self._compare(now)
        self._due.extend(self._outcomes.take_due(now))
        self._end_due(now)
        is_more = self._start_jobs()  # before storing results, because an idle worker costs more than a late result
        waits: list[float | None] = [LOOK_FOR_OTHERS if self._store.database.is_shared else None]
        if self._endings:
            self._store_endings()
            if self._runner.has_room:
                waits.append(BREATH)  # what has ended may let other jobs start
        idle = timedelta(seconds=self._lifetimes.idle)
        deadlines = []
        if idle_since := self._store.ends.idle_since():
            if idle_since + idle <= now:
                self._store.ends.time_out_idle(idle, now)
                return 0.0
            deadlines.append(idle_since + idle)
        if self._runner.has_room and self._store.queue.holds_back():
            waits.append(LOOK_AGAIN)
        is_more = self._start_workloads(now) or is_more
        if is_more:
            waits.append(BREATH)
        if next_due := self._outcomes.next_due():
            deadlines.append(next_due)
        waits += map(self._clock.seconds_until, deadlines)
        return min((wait for wait in waits if wait is not None), default=None)

    def _compare(self, now: datetime) -> None:
        """Stops runs whose claims are gone, and puts back jobs whose claims were not received."""
        for claim in self._store.queue.gone(self._held):
            self._kill(claim)
        self._store.queue.recover(now, self._held)
        self._is_in_doubt = False

    def _start_jobs(self) -> bool:
        """Starts jobs, and tells whether more could start now."""
        for _ in range(STARTS_AT_ONCE):
            if not self._runner.has_room:
                return False
            if self._put_off:
                self._run(self._put_off.popleft())
                continue
            now = self._clock()  # not before the end of the job whose place this one takes
            served = self._devices.keys() - self._pause.devices
            claim = self._store.queue.claim(served, now, look_first=not self._has_found)
            self._has_found = claim is not None
            if claim is None:
                return False
            if not self._outcomes.stage(claim, _facts_of_job(claim.job), partial(self._tags, claim), now):
                self._run(claim)
            self._held.add(claim.token)
        return True

    def _start_workloads(self, now: datetime) -> bool:
        """Starts workloads, which end as scripted or in ERROR, and tells whether more could start now."""
        for _ in range(STARTS_AT_ONCE):
            is_paused = self._devices.keys() <= self._pause.devices
            claim = None if is_paused else self._store.queue.claim_workload(now)
            if claim is None:
                return False
            self._held.add(claim.token)
            if not self._outcomes.stage(claim, _facts_of_workload(claim.workload), tuple, now):
                self._due.append((claim, NOTHING_RUNS_WORKLOADS))
                self._end_due(now)
        return True

    def _end_due(self, now: datetime) -> None:
        while self._due:
            self._end_scripted(*self._due[0], now)
            self._due.popleft()  # only after it was stored, so that a failure is repeated

    def _end_scripted(self, claim: AnyClaim, outcome: Outcome | None, now: datetime) -> None:
        """Ends a scripted job or workload; a job whose rule has no outcome is now run normally."""
        if isinstance(claim, WorkloadClaim):
            self._store.queue.finish_workload(claim.token, outcome or NOTHING_RUNS_WORKLOADS, now)
        elif outcome is None:
            self._put_off.append(claim)
        else:
            self._store.queue.finish(claim.token, outcome, now)
            logger.info("Job %s ended as scripted.", claim.job["id"], extra=ids_of_job(claim.job))
        if outcome is not None or isinstance(claim, WorkloadClaim):
            self._held.discard(claim.token)

    def _tags(self, claim: Claim) -> Iterable[str]:
        batch = self._store.lists.batch(claim.job["batch_id"])
        return batch["tags"] if batch else ()

    def _run(self, claim: Claim) -> None:
        self._begun[claim.token] = claim.job, monotonic()
        self._metrics.run_began()
        try:
            self._runner.run(claim.token, self._task(claim.job), self._ended, self.wake)
        except Exception:
            self._held.discard(claim.token)
            self._report_end(claim.token, "lost")
            self._store.queue.lose(claim.token, self._clock(), self._attempts)
            raise
        job = claim.job
        logger.info("Job %s started on %s.", job["id"], job["device_type"], extra=ids_of_job(job))

    def _task(self, job: Record) -> Task:
        return Task(
            sequence=job["sequence"] or job["sequence_builder"],
            variables=job["variables"],
            runs=job["runs"],
            backend_configuration=job["backend_configuration"],
            seed=job["seed"],
            device=self._devices[job["device_type"]],
            configuration=job["configuration"],
        )

    def _ended(self, claim: str, ending: Ending) -> None:
        """Receives, in the runner's thread, how a run ended; the scheduler's thread stores it."""
        self._endings.append((claim, ending, self._clock()))

    def _store_endings(self) -> None:
        while self._endings:
            claim, ending, at = self._endings.popleft()
            try:
                self._store_ending(claim, ending, at)
                self._held.discard(claim)
            except Exception:
                self._endings.append((claim, ending, at))  # stored again later, after the others
                raise

    def _store_ending(self, claim: str, ending: Ending, now: datetime) -> None:
        match ending:
            case Outcome():
                self._store.queue.finish(claim, ending, now)
                self._report_end(claim, "error" if ending.errors else "done")
            case Interruption.WORKER_LOST:
                self._store.queue.lose(claim, now, self._attempts)
                self._metrics.worker_died("job")
                self._report_end(claim, "lost")
            case Interruption.INFRASTRUCTURE:
                self._store.queue.interrupt(claim, now)
                self._report_end(claim, "interrupted")
            case Interruption.NOT_STARTED:
                self._store.queue.put_back(claim, now)
                self._report_end(claim, "interrupted")
            case Interruption.KILLED:
                self._report_end(claim, "killed")  # the job was cancelled before

    def _report_end(self, claim: str, how: str) -> None:
        """Logs and counts the end of a run: done, error, lost (its worker died), interrupted or killed."""
        if claim not in self._begun:
            return
        job, since = self._begun.pop(claim)
        seconds = monotonic() - since
        self._metrics.run_ended(job["device_type"], how, seconds)
        ids = ids_of_job(job) | {"duration": round(seconds, 6)}
        if how == "lost":
            logger.warning("A worker process died while it ran the job %s.", job["id"], extra=ids)
        else:
            logger.info("Job %s ended: %s, after %.3f s.", job["id"], how, seconds, extra=ids)


def _facts_of_job(job: Record) -> dict[str, str]:
    return {"job_id": job["id"], "batch_id": job["batch_id"], "device_type": job["device_type"]}


def _facts_of_workload(workload: Record) -> dict[str, str]:
    return {"workload_id": workload["id"], "workload_type": workload["workload_type"], "backend": workload["backend"]}
