"""The batches of Pulser's connection: polled with pauses, with results that are downloaded once and converted."""

from __future__ import annotations

import logging
import math
import sys
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from pulser import Sequence
from pulser.backend.remote import JobStatus, RemoteResultsError
from pulser.backend.results import Results
from pulser.result import SampledResult

from pasqal_cloud._conversation.flow import CLOCK, Sleep, Together, run
from pasqal_cloud._conversation.forks import ChildSafeLock
from pasqal_cloud._conversation.operation import naming
from pasqal_cloud.errors import BatchFetchingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pasqal_cloud._conversation.flow import Flow
    from pasqal_cloud.batch import Batch
    from pasqal_cloud.job import CreateJob, Job
    from pasqal_cloud.status import BatchStatus as CloudBatchStatus
    from pasqal_cloud.status import JobStatus as CloudJobStatus

_log = logging.getLogger("pasqal_cloud")

PAUSES = (0.0, 0.1, 0.2, 0.5, 1.0)
"""Seconds between two polls of a batch, by the number of polls in a row that found nothing new."""

REGISTERS_KEPT = 256
"""The number of sequences whose registers are cached, to interpret counts."""

_FILTERS = ChildSafeLock()
"""Held while the filters of warnings are changed, which all threads share."""


class Measured(NamedTuple):
    """The atoms that the bits of a sequence's counts stand for, and the basis of the measurement."""

    atoms: tuple[str, ...]
    basis: str


class FollowedBatch:
    """A batch and the results that were downloaded. It can be used by several threads."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self._results: dict[str, Results] = {}
        self._unreadable: dict[str, str] = {}
        self._measured: dict[str, Measured] = {}
        self._is_stale = False
        self._looked_at = -math.inf
        self._unchanged_polls = 0
        self._lock = ChildSafeLock()

    def look(self) -> None:
        """Fetches the status and, if it has changed, the jobs. It pauses, for callers that poll without pauses."""
        asked = CLOCK.now()
        with self._lock.held():
            if self._looked_at <= asked and not self._is_over:
                run(self._looking())

    def job_ids(self) -> list[str]:
        """Returns the ids of the jobs. For an open batch, to which others may add jobs, it polls first."""
        if self.batch.open:
            self.look()
        with self._lock.held():
            return [job.id for job in self.batch.ordered_jobs]

    def add(self, jobs: list[CreateJob]) -> list[str]:
        """Adds jobs, and returns their ids."""
        with self._lock.held():
            known = {job.id for job in self.batch.ordered_jobs}
            self.batch.add_jobs(jobs)
            if known.issuperset(job.id for job in self.batch.ordered_jobs):
                self.batch.refresh()  # the response did not contain the jobs
            self._unchanged_polls = 0
            return [job.id for job in self.batch.ordered_jobs[-len(jobs) :]]

    def remember(self, job_ids: Iterable[str], sequences: Iterable[Sequence[Any]]) -> None:
        """Stores what the bits of jobs with their own sequences stand for: OVH's users can't fetch these sequences.

        Args:
            job_ids: The ids of the jobs.
            sequences: Their sequences, built.
        """
        for job_id, sequence in zip(job_ids, sequences, strict=False):
            self._measured[job_id] = measured(sequence)

    def close(self) -> None:
        """Closes the batch. If that fails during another error, it is added to that error as a note."""
        with self._lock.held():
            run(self.batch._leave(sys.exc_info()[1]))
            if self.batch.open:
                _log.warning("Batch %s could not be closed. It occupies its device until it is closed.", self.batch.id)

    def progress(self) -> dict[str, tuple[JobStatus, Results | None]]:
        """Returns the status of each job, and its result if it has one."""
        with self._lock.held():
            self.look()
            jobs = self.batch.ordered_jobs
            known = self._results.keys() | self._unreadable.keys()
            missing = [job for job in jobs if job.status == "DONE" and job.id not in known]
            if missing:
                run(self._downloading(missing))
            return {job.id: (status(JobStatus, job.status), self._results.get(job.id)) for job in jobs}

    def results(self, job_ids: list[str] | None) -> tuple[Results, ...]:
        """Returns the results of jobs.

        Args:
            job_ids: The ids of the jobs; None for all.

        Raises:
            RemoteResultsError: One of the jobs has no results.
        """
        progress = self.progress()
        wanted = list(progress) if job_ids is None else job_ids
        found = [progress.get(job_id, (None, None))[1] for job_id in wanted]
        for job_id, result in zip(wanted, found, strict=True):
            if result is None:
                raise RemoteResultsError(self._why_without(job_id))
        return tuple(result for result in found if result is not None)

    @property
    def _is_over(self) -> bool:
        """Whether nothing can change any more; a batch may have ended although a job's known status is older."""
        jobs = self.batch._ordered_jobs or ()
        return self.batch.status.is_settled and not self._is_stale and all(job.is_settled for job in jobs)

    def _looking(self) -> Flow[None]:
        yield from self._pausing()
        changed: bool = yield from _fetching(self.batch._look)(self.batch._session)
        self._is_stale |= changed or self.batch.status.is_settled
        if self._is_stale:
            yield from _fetching(self.batch._refresh)()
            self._is_stale = False
        self._note(found=changed)

    def _downloading(self, jobs: list[Job]) -> Flow[None]:
        yield from self._pausing()
        documents = yield Together(_fetching(job._fetch_full_result)() for job in jobs)
        for job, document in zip(jobs, documents, strict=True):
            if document is not None:
                try:
                    self._results[job.id] = self._read(job, document)
                except Exception as error:  # noqa: BLE001 - the results of the other jobs are still needed
                    self._unreadable[job.id] = f"its result can't be read: {type(error).__name__}: {error}"
        self._note(found=any(documents))

    def _pausing(self) -> Flow[None]:
        until = self._looked_at + PAUSES[min(self._unchanged_polls, len(PAUSES) - 1)]
        remaining = until - CLOCK.now()
        if remaining > 0:
            yield Sleep(remaining)

    def _note(self, *, found: bool) -> None:
        self._looked_at = CLOCK.now()
        self._unchanged_polls = 0 if found else self._unchanged_polls + 1

    def _read(self, job: Job, document: Mapping[str, Any]) -> Results:
        if serialized := document.get("serialised_results"):
            return Results.from_abstract_repr(serialized)
        counts = document.get("counter")
        if not counts:
            raise ValueError("it contains no counts")
        atoms, basis = self._measured.get(job.id) or self._asked(job)
        with _FILTERS.held(), warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # all versions of Pulser have SampledResult
            return SampledResult(atom_order=atoms, meas_basis=basis, bitstring_counts=counts)

    def _asked(self, job: Job) -> Measured:
        shared = self.batch.sequence_builder
        has_only_shared = job.variables or self.batch._session.routes is not None
        text = shared if shared and has_only_shared else job.sequence or shared
        return _measured(str(text)) or measured(Sequence.from_abstract_repr(str(text)).build(**job.variables))

    def _why_without(self, job_id: str) -> str:
        job = next((job for job in self.batch.ordered_jobs if job.id == job_id), None)
        if job is None:
            return f"Batch {self.batch.id} has no job {job_id}."
        reasons = [*job.errors, *filter(None, [self._unreadable.get(job_id)])]
        return f"Job {job_id} ({job.status}) has no results" + (f": {'; '.join(reasons)}." if reasons else ".")


def status(kind: Any, status: CloudBatchStatus | CloudJobStatus) -> Any:
    """Converts a status to Pulser's; one that Pulser does not have becomes ERROR if it is settled, else RUNNING."""
    return kind.__members__.get(status, kind.ERROR if status.is_settled else kind.RUNNING)


def measured(sequence: Sequence[Any]) -> Measured:
    """Gets what the bits of a sequence's counts stand for.

    Args:
        sequence: The sequence, with a fixed register. Without a measurement, its basis is the one that it addresses.

    Raises:
        ValueError: It has no measurement, and does not address exactly one basis.
    """
    return Measured(tuple(map(str, sequence.register.qubit_ids)), _basis(sequence))


def _basis(sequence: Sequence[Any]) -> str:
    if sequence.is_measured():
        return str(sequence.get_measurement_basis())
    bases = sequence.get_addressed_bases()
    if len(bases) != 1:
        addressed = " and ".join(bases) or "none"
        raise ValueError(f"the sequence has no measurement, and must address exactly one basis, not {addressed}")
    return str(bases[0])


@lru_cache(REGISTERS_KEPT)
def _measured(serialized: str) -> Measured | None:
    """Does the same for a serialized sequence; None if its register depends on the variables."""
    sequence = Sequence.from_abstract_repr(serialized)
    return None if sequence.is_register_mappable() else measured(sequence)


def _fetching(flow: Any) -> Any:
    return naming(BatchFetchingError, flow)
