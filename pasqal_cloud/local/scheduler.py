"""Takes jobs from the queue, has the runner run them, and stores how they ended."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from pasqal_cloud.local.runner import Ending, Interruption, Runner
from pasqal_cloud.local.tasks import Outcome, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pasqal_cloud.local.devices import Device
    from pasqal_cloud.local.store import Claim, Record, Store

LEASE = timedelta(seconds=30)
"""How long a job is left to a service that shows no sign of life."""

OWNER = "local"
"""The name under which this service claims jobs: the same in each of its lives, so that it takes up what it left."""

RETRY = 1.0
"""Seconds after which an unforeseen failure to serve the queue is forgotten."""

logger = logging.getLogger(__name__)


class Scheduler:
    """Keeps the runner busy as long as there are jobs.

    One thread sleeps until something changes (a submission, an end, a cancellation) or the next deadline comes: a lease
    to renew, an idle open batch to time out.

    Args:
        store: The queue.
        runner: Where jobs run.
        devices: The devices served, by name.
        clock: Tells the time.
        idle_timeout: How long an open batch may be without unsettled jobs.
    """

    def __init__(
        self,
        store: Store,
        runner: Runner,
        devices: Mapping[str, Device],
        clock: Callable[[], datetime],
        idle_timeout: timedelta,
    ) -> None:
        self._store = store
        self._runner = runner
        self._devices = devices
        self._clock = clock
        self._idle_timeout = idle_timeout
        self._changed = threading.Condition()
        self._has_changed = True
        self._is_stopping = False
        self._thread = threading.Thread(target=self._serve, name="scheduler", daemon=True)

    def __enter__(self) -> Self:
        """Takes up what an earlier life left, and starts to serve the queue."""
        self._store.recover(OWNER, self._clock())
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Starts no more jobs; those that run stay in the database, for the next life."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify()
        self._thread.join()

    def wake(self) -> None:
        """Says that the queue has changed."""
        with self._changed:
            self._has_changed = True
            self._changed.notify()

    def kill(self, claims: Iterable[str]) -> None:
        """Ends the runs of jobs that were cancelled."""
        with self._changed:  # a claim that is just being handed to the runner is killed after that
            for claim in claims:
                self._runner.kill(claim)
        self.wake()

    def _serve(self) -> None:
        with self._changed:
            while not self._is_stopping:
                self._has_changed = False
                try:
                    wait_for = self._serve_once()
                except Exception:
                    logger.exception("The queue could not be served.")
                    wait_for = RETRY
                if not self._has_changed:
                    self._changed.wait(wait_for)

    def _serve_once(self) -> float | None:
        """Does all that is due, and gives the seconds until something else may be."""
        now = self._clock()
        deadlines = []
        if idle_since := self._store.idle_since():
            if idle_since + self._idle_timeout <= now:
                self._store.time_out_idle(self._idle_timeout, now)
                return 0.0
            deadlines.append(idle_since + self._idle_timeout)
        while self._runner.has_room and (claim := self._store.claim(OWNER, LEASE, self._devices, now)):
            self._run(claim)
        if self._runner.is_busy:
            self._store.heartbeat(OWNER, LEASE, now)
            deadlines.append(now + LEASE / 3)
        return max(0.0, (min(deadlines) - self._clock()).total_seconds()) if deadlines else None

    def _run(self, claim: Claim) -> None:
        try:
            self._runner.run(claim.token, self._task(claim.job), self._ended, self.wake)
        except Exception:
            self._store.lose(claim.token, self._clock())
            raise

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
        if self._is_stopping:
            return
        match ending:
            case Outcome():
                self._store.finish(claim, ending, self._clock())
            case Interruption.WORKER_LOST:
                logger.warning("A worker process ended while it ran a job.")
                self._store.lose(claim, self._clock())
            case Interruption.KILLED:
                pass  # its job was cancelled before
