"""Runs jobs on the workers of a Dask cluster, and keeps up the connection with its scheduler.

Dask's client runs in the event loop of one thread; the service's own threads never wait for it. Another thread reports
the ends of jobs to the service, so that a slow database does not interrupt the connection.
"""

from __future__ import annotations

import asyncio
import logging
import pickle
import threading
import time
from collections import Counter
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from distributed import Client, Future, KilledWorker
from distributed.comm.core import CommClosedError

from pasqal_cloud.local.cluster import station
from pasqal_cloud.local.cluster.roster import Roster, Run, Seat
from pasqal_cloud.local.cluster.versions import differences, installed_versions
from pasqal_cloud.local.tasks import Limits, Outcome, Task
from pasqal_cloud.local.work import Ending, Interruption, Report

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from pasqal_cloud.local.cluster.address import Cluster

logger = logging.getLogger(__name__)

POLL = 0.5
"""Seconds between two looks at which workers are there."""

RETRY = 1.0
"""Seconds between two attempts to connect."""

PATIENCE = 10.0
"""Seconds after which a scheduler that does not answer is taken to be lost."""

TRIES = 3
"""How often a worker is asked that does not answer."""

LOADING = 300.0
"""Seconds that a worker may take to load the emulators."""

CLOSING = 2.0
"""Seconds that saying goodbye to the scheduler may take."""

UNREACHABLE = (OSError, TimeoutError, CommClosedError)
"""The errors of a connection; Dask's own errors of this kind are OSErrors too."""


class DaskRunner:
    """Runs tasks on a Dask cluster; see `Runner`.

    Args:
        cluster: Where its scheduler is.
        limits: What each task may use.
    """

    def __init__(self, cluster: Cluster, limits: Limits) -> None:
        self._cluster = cluster
        self._security = cluster.security()
        self._limits = limits
        self._versions = installed_versions()
        self._roster = Roster()
        self._runs: dict[str, Run] = {}
        self._lock = threading.Lock()  # for the runs; the roster belongs to the loop
        self._capacity = 0
        self._notice = f"The service has not reached the Dask scheduler at {cluster.scheduler} yet: jobs wait."
        self._changed: Callable[[], None] = lambda: None
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._client: Client | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._preparing: set[str] = set()
        self._failures: Counter[str] = Counter()
        self._report = Report(0)
        self._reports = ThreadPoolExecutor(1, "dask-reports")
        self._thread = threading.Thread(target=self._run_loop, name="dask", daemon=True)

    def __enter__(self) -> Self:
        """Starts the thread, which connects as soon as it can."""
        for name in list(logging.root.manager.loggerDict):
            if name.partition(".")[0] == "distributed":  # what matters is said by this module
                logging.getLogger(name).setLevel(logging.CRITICAL)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the connection, with which the scheduler stops the running jobs."""
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(2 * CLOSING)
        self._reports.shutdown(wait=False, cancel_futures=True)

    # ------------------------------------------------------------------------------------- called in any thread

    @property
    def has_room(self) -> bool:
        """Whether a worker has a free slot, or soon will."""
        with self._lock:
            return len(self._runs) < self._capacity

    def run(self, claim: str, task: Task, ended: Callable[[str, Ending], None], freed: Callable[[], None]) -> None:
        """Gives a task to a worker; see `Runner`."""
        run = Run(claim, pickle.dumps((task, self._limits)), ended, freed)
        with self._lock:
            self._runs[claim] = run
        self._loop.call_soon_threadsafe(self._place, run)

    def kill(self, claim: str) -> None:
        """Stops a run; does nothing if it has already ended."""
        with self._lock:
            run = self._runs.get(claim)
        if run is not None:
            self._loop.call_soon_threadsafe(self._end, run, Interruption.KILLED)

    def on_change(self, changed: Callable[[], None]) -> None:
        """Has a function called whenever a worker has come."""
        self._changed = changed

    def why_not_ready(self) -> str | None:
        """Gets the reason why no job can be handed out; see `Runner`. That workers come and go is none."""
        return None if self._client is not None else "The Dask scheduler can't be reached."

    def report(self) -> Report:
        """Describes the workers."""
        return self._report

    # --------------------------------------------------------------------------------------------- the connection

    def _run_loop(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._connect_and_attend()
            except UNREACHABLE as error:
                self._say(f"The Dask scheduler at {self._cluster.scheduler} can't be reached: jobs wait.", error)
            except Exception:
                logger.exception(
                    "An unexpected error interrupted the connection with the Dask scheduler; trying again."
                )
            self._lose({})
            self._describe()
            await self._pause(RETRY)

    async def _connect_and_attend(self) -> None:
        client = Client(
            self._cluster.scheduler,
            security=self._security,
            asynchronous=True,
            set_as_default=False,
            timeout=PATIENCE,
            name="pasqal-cloud",
        )
        try:
            async with asyncio.timeout(2 * PATIENCE):
                await client
            self._client = client
            while not self._stopping.is_set():
                await self._look(client)
                await self._pause(POLL)
        finally:
            self._client = None
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._preparing.clear()
            self._failures.clear()
            await _goodbye(client)

    async def _look(self, client: Client) -> None:
        """Finds workers that have come or gone."""
        scheduler: Any = client.scheduler  # its methods are made when they are called
        if client.status != "running" or scheduler is None:
            raise ConnectionError("the connection was lost")
        async with asyncio.timeout(PATIENCE):
            present: dict[str, int] = await scheduler.ncores()
        self._lose(present)
        for address in present.keys() - self._preparing:
            if not self._roster.is_known(address):
                self._preparing.add(address)
                self._start(self._prepare(client, address))
        for run, seat in list(self._roster.moves(time.monotonic())):
            self._move(client, run, seat)
        if not present:
            self._say(f"The Dask scheduler at {self._cluster.scheduler} has no workers: jobs wait.")
        elif not self._roster.seats and not self._preparing:
            self._say(f"The Dask scheduler at {self._cluster.scheduler} has no workers that can be used: jobs wait.")
        elif self._roster.seats:
            self._notice = ""
        self._describe()

    async def _prepare(self, client: Client, address: str) -> None:
        """Checks a worker's versions, and has it load the emulators."""
        reason: str | None
        try:
            async with asyncio.timeout(LOADING):
                reason = differences(self._versions, await _on(client, address, station.inspect))
                slots = 0 if reason else await _on(client, address, station.prepare)
        except UNREACHABLE as error:
            self._failures[address] += 1
            if self._failures[address] < TRIES:
                self._preparing.discard(address)  # it is tried again, unless it is gone
                return
            reason, slots = f"it does not answer: {error}", 0
        except Exception as error:  # noqa: BLE001 - anything may be raised on the worker
            reason, slots = f"it can't run pasqal-cloud's emulators: {error}", 0
        self._preparing.discard(address)
        self._failures.pop(address, None)
        if reason:
            self._roster.refused[address] = reason
            logger.warning("The Dask worker at %s gets no jobs: %s.", address, reason)
        else:
            self._roster.accept(address, slots)
            self._notice = ""
            logger.info("The Dask worker at %s is ready, for %d jobs at once.", address, slots)
        self._describe()

    # ---------------------------------------------------------------------------------------------------- the runs

    def _place(self, run: Run) -> None:
        """Gives a run to a worker."""
        if run.is_over:
            return
        if self._client is None or self._client.status != "running":
            self._lose({})  # now, or else jobs would be claimed and put back until this is noticed
        seat = self._roster.choose()
        if seat is None or self._client is None:  # the last worker is gone since `has_room`
            self._end(run, Interruption.NOT_STARTED)
            return
        self._send(self._client, run, seat)
        self._count()

    def _send(self, client: Client, run: Run, seat: Seat) -> None:
        key = f"pasqal_cloud_job-{uuid4().hex}"  # Dask keeps statistics for ever by what is before the hyphen
        self._roster.place(run, seat, time.monotonic())
        try:
            run.future = client.submit(
                station.run,
                run.sent,
                key=key,
                pure=False,
                retries=0,
                workers=[seat.address],
                allow_other_workers=False,
            )
        except Exception:
            logger.exception("A job could not be sent to the Dask scheduler.")
            self._end(run, Interruption.NOT_STARTED)
            self._drop(seat)
            return
        self._start(self._follow(run, seat, run.future))

    async def _follow(self, run: Run, seat: Seat, future: Future[tuple[Ending, float]]) -> None:
        """Waits for the end of a run."""
        try:
            ending, seconds = await future
        except (CancelledError, KilledWorker, station.NoStationError, *UNREACHABLE):
            ending = Interruption.INFRASTRUCTURE  # the worker's process is gone, perhaps replaced by another one
        except Exception as error:  # not caused by the job
            logger.exception("A job could not be run.")
            ending = Outcome(errors=(f"The job could not be run: {error!r}.",))
        else:
            self._roster.time(seconds)
            if isinstance(ending, Outcome):
                ending = replace(ending, seconds=seconds)
            elif ending is Interruption.KILLED:  # not by this service, or else the run would be over
                ending = Interruption.INFRASTRUCTURE
        finally:
            future.release()
        if run.is_over or run.future is not future:  # it was killed, or moved to another worker
            return
        if ending is Interruption.INFRASTRUCTURE:
            self._drop(seat)  # if the worker is there after all, it is prepared again
        else:
            self._end(run, ending)

    def _move(self, client: Client, run: Run, seat: Seat) -> None:
        """Takes a run from the worker where it waits, and gives it to another one."""
        self._cancel(run)
        self._roster.remove(run)
        self._send(client, run, seat)

    def _lose(self, present: Mapping[str, int]) -> None:
        """Takes the runs from the workers that are not there any more."""
        gone = self._roster.gone(present)
        for seat in gone:  # all of them first: what waits at one is not moved to another
            self._roster.drop(seat)
        for seat in gone:
            self._drop(seat)

    def _drop(self, seat: Seat) -> None:
        """Takes the runs from a worker: what ran there goes back to the queue, what waited there to another worker."""
        self._roster.drop(seat)
        if not self._stopping.is_set():
            logger.warning("The Dask worker at %s is gone, with %d jobs.", seat.address, len(seat.runs))
        ran, waited = seat.runs[: seat.slots], seat.runs[seat.slots :]
        for run in ran:
            self._end(run, Interruption.INFRASTRUCTURE)
        for run in waited:
            self._cancel(run)
            self._roster.remove(run)
            self._place(run)

    def _end(self, run: Run, ending: Ending) -> None:
        """Ends a run for the service; the worker stops it unless it has ended."""
        if run.is_over:
            return
        run.is_over = True
        if isinstance(ending, Interruption):
            self._cancel(run)
        self._roster.remove(run)
        with self._lock:
            self._runs.pop(run.claim, None)
        self._count()
        self._reports.submit(_report, run, ending)

    def _cancel(self, run: Run) -> None:
        if self._client is not None and run.future is not None:
            self._start(_cancelled(self._client, run.future))

    # ------------------------------------------------------------------------------------------------------ helpers

    def _start(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    def _say(self, notice: str, error: BaseException | None = None) -> None:
        """Logs a sentence, once."""
        if notice != self._notice:
            self._notice = notice
            logger.warning("%s", notice if error is None else f"{notice} {error}")

    def _count(self) -> None:
        """Tells the other threads how many jobs the service should have claimed."""
        capacity, before = self._roster.capacity, self._capacity
        with self._lock:
            self._capacity = capacity
        if capacity > before:
            self._reports.submit(self._changed)

    def _describe(self) -> None:
        """Tells the other threads about the workers."""
        seats = self._roster.seats.values()
        lines: list[Mapping[str, object]] = [
            {"address": seat.address, "slots": seat.slots, "jobs": len(seat.runs)} for seat in seats
        ]
        lines += [
            {"address": address, "slots": 0, "jobs": 0, "refused": reason}
            for address, reason in self._roster.refused.items()
        ]
        notices = [self._notice] if self._notice else []
        notices += [
            f"The Dask worker at {address} gets no jobs: {reason}." for address, reason in self._roster.refused.items()
        ]
        self._report = Report(self._roster.slots, tuple(lines), tuple(notices))
        self._count()


def _report(run: Run, ending: Ending) -> None:
    try:
        run.ended(run.claim, ending)
    finally:
        run.freed()


async def _cancelled(client: Client, future: Future[Any]) -> None:
    with suppress(Exception):  # the connection is lost, with which the scheduler forgets the future anyway
        await client.cancel([future])


async def _on(client: Client, address: str, function: Callable[..., Any]) -> Any:
    return (await client.run(function, workers=[address]))[address]


async def _goodbye(client: Client) -> None:
    try:
        async with asyncio.timeout(CLOSING):
            closing: Any = client.close()  # nothing is awaited by a client that is not asynchronous
            await closing
    except Exception as error:  # noqa: BLE001 - it is given up anyway
        logger.debug("The connection with the Dask scheduler was not closed cleanly: %r", error)
