"""Checks submissions in two worker processes of its own, with limits on time and memory; they never wait for jobs.

A large submission is checked in parts, in turn with other submissions. The time limit of a part grows with the length
of its sequences. The second worker is used when the first is busy.
"""

from __future__ import annotations

import logging
import pickle
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from functools import cache
from queue import Empty, LifoQueue
from typing import TYPE_CHECKING

from pebble import ProcessExpired

from pasqal_cloud.local.emulation.memory import OUT_OF_MEMORY, OUT_OF_TIME, limited, limited_time, private_kib
from pasqal_cloud.local.emulation.workers import NOT_LOADED, Worker
from pasqal_cloud.local.tasks import Refusal, Submission, Verdict
from pasqal_cloud.local.work import CheckerBusyError, UncheckableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pasqal_cloud.local.tasks import JobRequest

logger = logging.getLogger(__name__)

WORKERS = 2

MEMORY = 512
"""MiB that a worker may use in addition to its memory at the start; a part that needs more is refused."""

SECONDS = 5.0
"""Seconds of processor time that every part may use; most need a tenth of a second."""

SECONDS_PER_BYTE = 1e-5
"""Additional seconds for each byte of the part's sequences: about three times what Pulser needs."""

PART_BYTES = 100_000
"""The maximum length of the sequences in a part, unless it is a single job."""

JOB_BYTES = 500
"""The length that a job without a sequence counts as."""

LOAD = 4.0
"""By how much the elapsed time may exceed the processor time, on a busy machine."""

TURN = 60.0
"""Seconds that a part may wait for a worker, and a worker for the engine to load."""

BEGINNING = 20.0
"""Seconds that a worker may take to start."""

TRIES = 3
"""How often a part is checked if its worker is killed, since the cause is usually not the part."""

TOO_MUCH_MEMORY = f"The sequences are too large: checking them takes more than {MEMORY} MiB, the limit of this service."
TOO_DEEP = "The submission is nested too deeply to be checked."
TOO_SLOW = (
    "Checking the submission took longer than this service allows for sequences of this length: send it again, or, if"
    " that does not help, in smaller parts."
)
LOADING = "The emulators are still loading: send the request again."
LOST = "The process that checks submissions died: send the request again."
BUSY = "The service has too many submissions to check: send the request again."


class _LostError(Exception):
    """The worker died, or never started."""


class WarmChecker:
    """Checks submissions.

    Args:
        died: Called when a worker process has died.
    """

    def __init__(self, died: Callable[[], None] = lambda: None) -> None:
        self._died = died
        self.workers = [Worker(is_spare=number > 0) for number in range(WORKERS)]
        self._idle: LifoQueue[Worker] = LifoQueue()  # the last one used has sequences cached
        for worker in reversed(self.workers):
            self._idle.put(worker)

    def check(self, submission: Submission) -> Verdict:
        """Checks one submission; see `Checker`."""
        found: dict[Refusal, None] = {}
        for start, part in parts(submission):
            refusals = self._judge(part).refusals
            found |= dict.fromkeys(_moved(refusal, start) for refusal in refusals)
            if any(refusal.field == "sequence_builder" for refusal in refusals):
                break  # it would be refused in all other parts, too
        return Verdict(tuple(found))

    def why_not_ready(self) -> str | None:
        """Gets the reason why nothing can be checked now; see `Checker`."""
        return None if any(worker.is_ready for worker in self.workers) else NOT_LOADED

    def _judge(self, part: Submission) -> Verdict:
        outgrown = False
        for _ in range(TRIES):
            try:
                worker = self._idle.get(timeout=TURN)
            except Empty as error:
                raise CheckerBusyError(BUSY) from error
            try:
                return _asked(worker, part)
            except MemoryError as error:
                if outgrown:
                    raise UncheckableError(TOO_MUCH_MEMORY) from error
                outgrown = True  # memory kept from earlier parts counts too; a fresh worker may succeed
            except _LostError:
                self._died()
                logger.warning("A process that checks submissions died; the check is repeated.")
            finally:
                self._idle.put(worker)
        raise CheckerBusyError(LOST)


def parts(submission: Submission) -> Iterator[tuple[int, Submission]]:
    """Splits a submission into parts, each with the index of its first job."""
    shared, jobs, start, size = len(submission.sequence or ""), submission.jobs, 0, 0
    for number, job in enumerate(jobs):
        more = _size(job, shared)
        if number > start and size + more > PART_BYTES:
            yield start, replace(submission, jobs=jobs[start:number])
            start, size = number, 0
        size += more
    yield start, replace(submission, jobs=jobs[start:])


def seconds_for(part: Submission) -> float:
    """Gets the processor time limit of a part, in seconds."""
    shared = len(part.sequence or "")
    return SECONDS + SECONDS_PER_BYTE * (shared + sum(_size(job, shared) for job in part.jobs))


def _size(job: JobRequest, shared: int) -> int:
    """Gets the bytes of sequences to read for a job; the batch's sequence is built for each job with variables."""
    return JOB_BYTES + (len(job.sequence) if job.sequence is not None else shared if job.variables else 0)


def _moved(refusal: Refusal, start: int) -> Refusal:
    return refusal if refusal.job is None else replace(refusal, job=refusal.job + start)


def _asked(worker: Worker, part: Submission) -> Verdict:
    """Has a worker check a part; every wait has a timeout."""
    seconds = seconds_for(part)
    try:
        future = worker.schedule(_check, (part, seconds), LOAD * seconds, patience=TURN)
    except TimeoutError as error:
        raise CheckerBusyError(LOADING) from error
    except RecursionError as error:
        raise UncheckableError(TOO_DEEP) from error
    except RuntimeError as error:
        raise _LostError from error
    try:
        return future.result(LOAD * seconds + BEGINNING)
    except TimeoutError as error:
        if future.done():
            raise CheckerBusyError(TOO_SLOW) from error
        future.cancel()  # the worker never started it
        raise _LostError from error
    except RecursionError as error:
        raise UncheckableError(TOO_DEEP) from error
    except ProcessExpired as error:
        if error.exitcode == OUT_OF_MEMORY:
            raise MemoryError from error
        if error.exitcode == OUT_OF_TIME:
            raise CheckerBusyError(TOO_SLOW) from error
        raise _LostError from error
    except (BrokenProcessPool, CancelledError) as error:
        raise _LostError from error


def _check(sent: bytes) -> Verdict:
    from pasqal_cloud.local.emulation import checks

    with limited(MEMORY, has=_at_first()):
        part, seconds = pickle.loads(sent)  # noqa: S301 - from the service
        with limited_time(seconds):
            return checks.check(part)


@cache
def _at_first() -> int:
    """Gets the KiB of private memory that this process had before its first check."""
    return private_kib()
