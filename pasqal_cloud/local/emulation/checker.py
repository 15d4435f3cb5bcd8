"""Judges submissions in worker processes of its own, never behind jobs, and never for ever.

A submission is judged in parts, so that a large one takes turns with others; each part has the more time the longer its
sequences are. There are two workers, the second for when the first has much to do.
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
from pasqal_cloud.local.emulation.workers import Worker
from pasqal_cloud.local.tasks import Refusal, Submission, Verdict
from pasqal_cloud.local.work import CheckerBusyError, UncheckableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pasqal_cloud.local.tasks import JobRequest

logger = logging.getLogger(__name__)

WORKERS = 2

MEMORY = 512
"""MiB that a worker may take beyond what it has at first; a part that needs more is refused."""

SECONDS = 5.0
"""Seconds of processor time that judging a part may take at least; it is a tenth of a second for most."""

SECONDS_PER_BYTE = 1e-5
"""How many more for each byte of its sequences: about three times what Pulser needs."""

PART_BYTES = 100_000
"""How long the sequences of a part may be, unless it is one job."""

JOB_BYTES = 500
"""What a job without a sequence counts for."""

LOAD = 4.0
"""How much slower than its processor a worker may be, when the machine has much else to do."""

TURN = 60.0
"""Seconds that a part may wait for its turn, and a worker for the engine to be loaded."""

BEGINNING = 20.0
"""Seconds that a worker may take to begin."""

TRIES = 3
"""How often a part is judged whose worker is killed, which has another reason than the part most times."""

TOO_MUCH_MEMORY = f"Checking this takes more than {MEMORY} MiB, this service's limit: its sequences are too large."
TOO_DEEP = "This is nested too deeply to be checked."
TOO_SLOW = (
    "Checking this took longer than this service allows for sequences of this length: send it again, and if that does"
    " not help, send it in smaller parts."
)
LOADING = "The emulators are still being loaded: send this again."
LOST = "The process that checks submissions was lost: send this again."
BUSY = "The service has too much to check now: send this again."


class _LostError(Exception):
    """The worker has ended, or never begun."""


class WarmChecker:
    """Judges submissions."""

    def __init__(self) -> None:
        self.workers = [Worker(is_spare=number > 0) for number in range(WORKERS)]
        self._idle: LifoQueue[Worker] = LifoQueue()  # the last one that was busy is warm
        for worker in reversed(self.workers):
            self._idle.put(worker)

    def check(self, submission: Submission) -> Verdict:
        """Judges one submission; see `Checker`."""
        found: dict[Refusal, None] = {}
        for start, part in parts(submission):
            refusals = self._judge(part).refusals
            found |= dict.fromkeys(_moved(refusal, start) for refusal in refusals)
            if any(refusal.field == "sequence_builder" for refusal in refusals):
                break  # so it would be for all other parts
        return Verdict(tuple(found))

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
                outgrown = True  # with what earlier ones had left: alone, it may do
            except _LostError:
                logger.warning("A process that checks submissions was lost.")
            finally:
                self._idle.put(worker)
        raise CheckerBusyError(LOST)


def parts(submission: Submission) -> Iterator[tuple[int, Submission]]:
    """Divides a submission into parts of few jobs, each with the number of its first job."""
    shared, jobs, start, size = len(submission.sequence or ""), submission.jobs, 0, 0
    for number, job in enumerate(jobs):
        more = _size(job, shared)
        if number > start and size + more > PART_BYTES:
            yield start, replace(submission, jobs=jobs[start:number])
            start, size = number, 0
        size += more
    yield start, replace(submission, jobs=jobs[start:])


def seconds_for(part: Submission) -> float:
    """Gives how many seconds of processor time judging a part may take."""
    shared = len(part.sequence or "")
    return SECONDS + SECONDS_PER_BYTE * (shared + sum(_size(job, shared) for job in part.jobs))


def _size(job: JobRequest, shared: int) -> int:
    """Gives how many bytes of sequences must be read for a job; the batch's is built for each that sets variables."""
    return JOB_BYTES + (len(job.sequence) if job.sequence is not None else shared if job.variables else 0)


def _moved(refusal: Refusal, start: int) -> Refusal:
    return refusal if refusal.job is None else replace(refusal, job=refusal.job + start)


def _asked(worker: Worker, part: Submission) -> Verdict:
    """Has a worker judge a part; every wait in it has an end."""
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
        future.cancel()  # it was never begun
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
    """Gives the KiB that this process had of its own before it judged anything."""
    return private_kib()
