"""Batches: jobs that run one after the other on one device."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypeAlias, TypeVar, cast, overload
from uuid import UUID, uuid4

import attrs

from pasqal_cloud._arguments import (
    SequenceLike,
    counted,
    kind_of,
    of_type,
    sendable,
    serialized,
    tags_of,
    uuid_of,
    variables_of,
)
from pasqal_cloud._conversation.batches import closing, listing_jobs, tagging
from pasqal_cloud._conversation.flow import arun, run
from pasqal_cloud._conversation.operation import AwaitingContext, BlockingContext, fetched, naming, operation
from pasqal_cloud._conversation.retry import NO_RETRY
from pasqal_cloud._conversation.sent import SentBatch, SentCopy, SentJobs
from pasqal_cloud._conversation.snapshots import (
    counts,
    flag,
    mapping,
    number,
    present,
    text,
    texts,
    time_of,
)
from pasqal_cloud._conversation.submitting import submitting
from pasqal_cloud._conversation.unread import read
from pasqal_cloud._deprecation import deprecated, elsewhere, wait_for_results
from pasqal_cloud._tracebacks import short_traceback
from pasqal_cloud.collection import Collection
from pasqal_cloud.device.device_types import DeviceTypeName
from pasqal_cloud.errors import (
    BatchCancellingError,
    BatchClosingError,
    BatchFetchingError,
    BatchSetTagsError,
    InvalidConfiguration,
    JobCreationError,
    JobFetchingError,
    JobListingError,
    JobRetryError,
    MissingAllJobSequence,
    MissingJobSequence,
    PasqalCloudError,
    ValidationError,
    specify,
)
from pasqal_cloud.handle import ByHand, Handle
from pasqal_cloud.job import AsyncJob, CreateJob, Job, JobFlows, job_payload
from pasqal_cloud.origin import Home
from pasqal_cloud.results import collecting, tabulating
from pasqal_cloud.saving import saving
from pasqal_cloud.status import BatchStatus, JobStatus, StatusCounts, progress_of
from pasqal_cloud_api import models
from pasqal_cloud_api.api.batches import add_jobs, cancel_batch, create_batch, get_batch, get_batch_status, rebatch
from pasqal_cloud_api.types import UNSET

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from os import PathLike
    from typing import NoReturn

    import pandas as pd

    from pasqal_cloud._conversation.flow import Flow
    from pasqal_cloud._conversation.session import Session
    from pasqal_cloud._conversation.unread import Unread
    from pasqal_cloud._surfaces import Glance
    from pasqal_cloud.counts import Counts
    from pasqal_cloud.device import BaseConfig, EmuFresnelConfig
    from pasqal_cloud.errors import JobFailedError
    from pasqal_cloud.filters import RebatchFilters

NewBatchBody: TypeAlias = "models.CreateBatch | models.CreateOvhBatch"

_log = logging.getLogger("pasqal_cloud")

RESULT_POLLING_INTERVAL = 2
"""Not used: the pause between two requests is the argument `poll` of `wait`."""

JobT = TypeVar("JobT", bound=JobFlows)
BatchT = TypeVar("BatchT", bound="BatchFlows[Any]")


def job_payloads(jobs: Iterable[CreateJob], *, needs_runs: bool) -> list[models.CreateJob]:
    """Makes the request body of new jobs.

    Args:
        jobs: The jobs.
        needs_runs: Whether each must give its number of shots.

    Raises:
        ValidationError: A job is not valid.
    """
    if isinstance(jobs, str | dict) or not hasattr(jobs, "__iter__"):
        raise ValidationError(f"jobs must be a list of dictionaries, not {kind_of(jobs)}.")
    return [job_payload(job, f"jobs[{index}]", needs_runs=needs_runs) for index, job in enumerate(jobs)]


def batch_payload(
    project_id: str | UUID | None,
    sequence: SequenceLike | None,
    jobs: Iterable[CreateJob],
    *,
    open: bool,
    device_type: str | None,
    backend_configuration: SequenceLike | None,
    tags: Iterable[str],
    configuration: BaseConfig | EmuFresnelConfig | Mapping[str, Any] | None = None,
    webhook: str | None = None,
) -> NewBatchBody:
    """Makes the request body of a new batch.

    Args:
        project_id: The project it belongs to; None for OVH, whose tokens name the project.
        sequence: The sequence that the jobs share; see `SDK.create_batch` for this and what follows.
        jobs: The jobs.
        open: Whether jobs can be added later.
        device_type: The device.
        backend_configuration: The emulator's configuration.
        tags: The tags.
        configuration: The emulator's configuration in its deprecated form.
        webhook: See `SDK`.

    Raises:
        ValidationError: The batch is not valid.
    """
    new: Callable[..., NewBatchBody]
    if project_id is None:
        if open:
            raise ValidationError("OVH has no open batches: give all jobs to create_batch.")
        new = partial(models.CreateOvhBatch, "")
    else:
        new = partial(models.CreateBatch, uuid_of(project_id, "project_id"))
    shared = serialized(sequence, "serialized_sequence")
    payloads = job_payloads(jobs, needs_runs=backend_configuration is None)
    if not payloads and not open:
        raise ValidationError("jobs is empty: a batch needs at least one job, unless it is open.")
    missing = [f"jobs[{index}]" for index, job in enumerate(payloads) if shared is None and job.sequence is UNSET]
    if missing:
        kind = MissingAllJobSequence if len(missing) == len(payloads) else MissingJobSequence
        named = ", ".join([*missing[:5], "…"] if len(missing) > 5 else missing)
        have = "has" if len(missing) == 1 else "have"
        raise kind(
            f"{named} {have} no sequence, and neither has the batch. Give the batch a serialized_sequence, or each"
            " of these jobs its own."
        )
    return new(
        sequence_builder=shared,
        device_type=UNSET if device_type is None else _device_type(device_type),
        jobs=payloads,
        open_=open,
        tags=tags_of(tags) or UNSET,
        backend_configuration=serialized(backend_configuration, "backend_configuration", "configuration of an emulator")
        or UNSET,
        configuration=UNSET if configuration is None else _old_configuration(configuration),
        webhook=sendable(webhook, "webhook") or UNSET,
    )


def _device_type(device_type: str) -> str:
    """Checks that a type of a device is not a known one in other letters; a new one is the service's to judge."""
    name = sendable(str(device_type), "device_type")
    meant = name.strip().upper().replace("-", "_")
    if name != meant and meant in DeviceTypeName.__members__:
        raise ValidationError(f"There is no device_type {name!r}; did you mean {meant!r}?")
    return name


def _old_configuration(
    configuration: BaseConfig | EmuFresnelConfig | Mapping[str, Any],
) -> models.BatchConfiguration:
    from pasqal_cloud.device import BaseConfig, EmuFresnelConfig

    settings = configuration if isinstance(configuration, Mapping) else None
    if isinstance(configuration, BaseConfig | EmuFresnelConfig):
        if isinstance(configuration, BaseConfig):
            configuration.__post_init__()  # it may have been changed since it was made
        settings = configuration.to_dict()
    if settings is None:
        raise InvalidConfiguration(f"configuration must be a BaseConfig or a dictionary, not {configuration!r}.")
    given = {name: value for name, value in settings.items() if value is not None}
    return models.BatchConfiguration.from_dict(variables_of(given, "configuration"))


def creating(
    session: Session, payload: NewBatchBody, bind: Callable[[models.Batch], BatchT], *, submission_tag: bool = False
) -> Flow[BatchT]:
    """Creates a batch, once.

    Args:
        session: The session.
        payload: The body that `batch_payload` made.
        bind: Makes a handle.
        submission_tag: Whether to add a random tag, which identifies the batch if the answer is lost.

    Raises:
        SubmissionUnknownError: It may or may not have been created.
    """
    tag = f"submission-{uuid4()}" if submission_tag else None
    if tag:
        payload = attrs.evolve(payload, tags=[*(present(payload.tags) or ()), tag])

    def request(session: Session) -> Flow[models.Batch]:
        return (yield from session.call(create_batch, body=cast("models.CreateBatch", payload))).data

    batch = yield from submitting(session, SentBatch(session, payload, tag), request, bind)
    batch._note_sequences(present(payload.jobs) or (), are_all=not payload.open_)
    _log.info("Created batch %s with %s.", batch.id, counted(len(present(payload.jobs) or ()), "job"))
    return batch


def adding(
    session: Session,
    batch_id: str | UUID,
    jobs: Iterable[CreateJob],
    bind: Callable[[models.Batch], BatchT],
    *,
    known: Iterable[str] = (),
    needs_runs: bool = True,
) -> Flow[BatchT]:
    """Adds jobs to an open batch, once.

    Args:
        session: The session.
        batch_id: The id of the batch.
        jobs: The jobs, at least one.
        bind: Makes a handle.
        known: The ids of the jobs that the batch is known to have.
        needs_runs: Whether each job must give its number of shots.

    Raises:
        ValidationError: A job is not valid, or there is none.
        SubmissionUnknownError: They may or may not have been added.
    """
    payloads = job_payloads(jobs, needs_runs=needs_runs)
    if not payloads:
        raise ValidationError("jobs is empty: there is nothing to add.")
    identity, known = uuid_of(batch_id, "batch_id"), frozenset(known)

    def request(session: Session) -> Flow[models.Batch]:
        return (yield from session.call(add_jobs, identity, body=payloads)).data

    sent = SentJobs(session, str(identity), payloads, known)
    batch = yield from submitting(session, sent, request, bind)
    batch._note_sequences(payloads, known=known)
    _log.info("Added %s to batch %s.", counted(len(payloads), "job"), batch.id)
    return batch


def rebatching(
    session: Session, batch_id: str | UUID, filters: RebatchFilters | None, bind: Callable[[models.Batch], BatchT]
) -> Flow[BatchT]:
    """Creates a batch with copies of the jobs of a closed batch, once.

    Args:
        session: The session.
        batch_id: The id of the closed batch.
        filters: Which of its jobs; None for all of them.
        bind: Makes a handle.

    Raises:
        SubmissionUnknownError: It may or may not have been created.
    """
    from pasqal_cloud.filters import RebatchFilters

    identity = uuid_of(batch_id, "id")
    query = RebatchFilters.query_of(filters)

    def request(session: Session) -> Flow[models.Batch]:
        return (yield from session.call(rebatch, identity, **query)).data

    batch = yield from submitting(session, SentCopy(session, str(identity), query), request, bind)
    _log.info("Created batch %s from batch %s.", batch.id, identity)
    return batch


class BatchFlows(Handle[BatchStatus], Collection[JobT]):
    """The attributes and operations of a batch, blocking or awaiting."""

    _kind = "batch"
    _status_type = BatchStatus
    _long_fields = ("sequence_builder",)
    _get, _get_status, _cancel_it = get_batch, get_batch_status, cancel_batch
    _status_fields = ("status", "jobs_count_per_status")
    _fetching_error = BatchFetchingError
    _cancelling_error = BatchCancellingError
    _job_type: type[JobT]
    _snapshot: models.Batch

    _ordered_jobs: list[JobT] | None = None

    def __init__(self, session: Session, snapshot: models.Batch) -> None:
        super().__init__(session, snapshot)
        self._show_jobs_of(snapshot)

    @classmethod
    def _of(cls, session: Session, snapshot: models.Batch) -> Self:
        batch = super()._of(session, snapshot)
        batch._show_jobs_of(snapshot)
        return batch

    @cached_property
    def _home(self) -> Home:
        """What the jobs know of the batch."""
        home = Home(self, is_held=not self._is_connected)
        home.all_share = not (self._is_connected or self._is_archived)  # built by hand, it has no others
        home.know(self._snapshot)
        return home

    @property
    def open(self) -> bool:
        """Whether jobs can be added to the batch."""
        return bool(flag(self._snapshot, "open_"))

    @property
    def complete(self) -> bool:
        """Whether the batch is closed. Deprecated: use `open`, which means the opposite."""
        deprecated("Batch.complete", instead="Batch.open, which means the opposite")
        return not self.open

    @complete.setter
    def complete(self, complete: bool) -> None:
        deprecated("Batch.complete", instead="Batch.open, which means the opposite")
        self._snapshot.open_ = not complete

    @property
    def is_settled(self) -> bool:
        """Whether the batch, or all jobs of an open batch, had ended, as of the last request."""
        if self.status.is_settled or not self.open:
            return self.status.is_settled
        numbers = self.jobs_count_per_status
        if not numbers:
            return self._ordered_jobs is not None and all(job.is_settled for job in self._ordered_jobs)
        settled = sum(count for status, count in numbers.items() if status.is_settled)
        return settled == sum(numbers.values()) >= len(self._ordered_jobs or ())

    @property
    def user_id(self) -> str | None:
        """The id of the user who created the batch."""
        return text(self._snapshot, "user_id")

    @property
    def parent_id(self) -> str | None:
        """The id of the batch whose jobs this one repeats, if it was made by `rebatch`."""
        return text(self._snapshot, "parent_id")

    @property
    def device_type(self) -> DeviceTypeName | None:
        """The device that the batch runs on."""
        name = text(self._snapshot, "device_type")
        return DeviceTypeName(name) if name else None

    @property
    def tags(self) -> list[str]:
        """The batch's tags."""
        return texts(self._snapshot, "tags")

    @property
    def configuration(self) -> dict[str, Any] | None:
        """The emulator's configuration in its deprecated form, if one was given."""
        return mapping(self._snapshot, "configuration") or None

    @property
    def backend_configuration(self) -> str | None:
        """The emulator's configuration, serialized by Pulser, if one was given."""
        return text(self._snapshot, "backend_configuration")

    @property
    def webhook(self) -> str | None:
        """The URL that the service calls with the results, if one was given."""
        return text(self._snapshot, "webhook")

    @property
    def device_status(self) -> str | None:
        """The status of the device, if the service gives it."""
        return text(self._snapshot, "device_status")

    @property
    def jobs_count(self) -> int | None:
        """The number of jobs, if the service gives it."""
        return number(self._snapshot, "jobs_count")

    @property
    def jobs_count_per_status(self) -> dict[JobStatus, int]:
        """The number of jobs in each status, which prints as `1 running, 2 done`."""
        found = counts(self._snapshot, "jobs_count_per_status")
        return StatusCounts({JobStatus(name): count for name, count in found.items()})

    @property
    def start_datetime(self) -> datetime | None:
        """When the device began to run the batch."""
        return time_of(self._snapshot, "start_datetime")

    @property
    def end_datetime(self) -> datetime | None:
        """When the batch ended."""
        return time_of(self._snapshot, "end_datetime")

    @fetched(raises=BatchFetchingError)
    def sequence_builder(self) -> Flow[str | None]:
        """The serialized sequence that the jobs share; None if each job has its own."""
        return (yield from self._long_text("sequence_builder"))

    @fetched(raises=JobListingError)
    def jobs(self) -> Flow[dict[str, JobT]]:
        """The jobs by their ids. Deprecated: use `ordered_jobs`."""
        deprecated("Batch.jobs", instead="Batch.ordered_jobs")
        return {job.id: job for job in (yield from self._fetch_jobs())}

    @fetched(raises=JobListingError)
    def ordered_jobs(self) -> Flow[list[JobT]]:
        """The jobs, in the order in which they were added."""
        return (yield from self._fetch_jobs())

    @operation(raises=JobCreationError)
    def add_jobs(self, jobs: Iterable[CreateJob], wait: bool = False) -> Flow[None]:
        """Adds jobs to the batch, which must be open.

        Args:
            jobs: The jobs, at least one.
            wait: Whether to wait until all the batch's jobs are settled.

        Raises:
            JobCreationError: The jobs were not added; as a `SubmissionUnknownError`, they may have been.
        """
        yield from self._adding(jobs)
        if wait:
            yield from self._waiting()

    @operation(raises=BatchClosingError)
    def close(self, wait: bool = False, fetch_results: bool | None = None) -> Flow[None]:
        """Closes the batch: no more jobs can be added, and it frees the device when its jobs are settled.

        Args:
            wait: Whether to wait until it is settled.
            fetch_results: Deprecated: use `wait`. Results are fetched when they are read.

        Raises:
            BatchClosingError: The batch could not be closed.
        """
        yield from self._close(wait_for_results(fetch_results, wait=wait))

    @operation(raises=BatchClosingError)
    def declare_complete(self, wait: bool = False, fetch_results: bool | None = None) -> Flow[None]:
        """Closes the batch. Deprecated: use `close`."""
        deprecated("Batch.declare_complete", instead="Batch.close")
        yield from self._close(wait_for_results(fetch_results, wait=wait))

    @operation(raises=JobRetryError)
    def retry(self, job: JobT, wait: bool = False) -> Flow[None]:
        """Adds a copy of one of the batch's jobs to the batch, which must be open.

        Args:
            job: The job.
            wait: Whether to wait until all the batch's jobs are settled.

        Raises:
            JobRetryError: The copy was not added; as a `SubmissionUnknownError`, it may have been.
        """
        copy = yield from of_type(job, JobFlows, "job")._copy_of()
        yield from self._adding([copy])
        if wait:
            yield from self._waiting()

    @operation(raises=BatchSetTagsError)
    def set_tags(self, tags: Iterable[str]) -> Flow[None]:
        """Replaces the batch's tags.

        Args:
            tags: The new tags.

        Raises:
            BatchSetTagsError: The tags could not be replaced.
        """
        self._show((yield from tagging(self._session, self._uuid, tags)))

    @operation(raises=JobFetchingError)
    def to_pandas(self) -> Flow[pd.DataFrame]:
        """Makes a table of the jobs, with their counts, which are downloaded several at once.

        Its index `job` has the ids of the jobs, in the order in which they were added. Its columns are the variables of
        the sequence (an array as a tuple), then `runs`, `status`, and `counts`: a `Counts`, or None for a job without
        counts. A variable that is called like one of these is the column `variable runs`, for example.

        Raises:
            MissingExtraError: pandas is not installed.
            JobFetchingError: A result could not be downloaded.
        """
        return (yield from tabulating(self._fetch_present_jobs))

    @operation(raises=BatchFetchingError)
    def save(self, path: str | PathLike[str]) -> Flow[None]:
        """Writes the batch to a file, as JSON: its state, its jobs, their sequences, and the results that there are.

        `SDK.load_batch` reads it, without an account and a network.

        Args:
            path: The file, which is replaced if it exists.

        Raises:
            BatchFetchingError: The present state or a sequence could not be fetched, or a result not be downloaded.
            OSError: The file can't be written.
        """
        yield from saving(self, path)

    def _show(self, snapshot: models.Batch) -> None:
        """Takes another state of the same batch; its job handles stay the same objects.

        Args:
            snapshot: The state, as the service gave it. If it leaves out the sequence or jobs, they stay as they were.
        """
        super()._show(snapshot)
        if "_home" in vars(self):
            self._home.know(snapshot)
        self._show_jobs_of(snapshot)

    def _results(self, errors: str) -> Flow[dict[str, Any]]:
        return naming(JobFetchingError, collecting)(self._fetch_present_jobs, errors)

    def _fetch_present_jobs(self) -> Flow[list[JobT]]:
        """Gets the jobs, as they are now."""
        if not (self._is_archived or all(job.is_settled for job in (yield from self._fetch_jobs()))):
            yield from self._refresh()
        return (yield from self._fetch_jobs())

    def _note_sequences(
        self, jobs: Iterable[models.CreateJob], *, are_all: bool = False, known: frozenset[str] = frozenset()
    ) -> None:
        """Remembers that jobs run the batch's sequence, if none of those that were submitted has its own.

        Args:
            jobs: The jobs that were submitted.
            are_all: Whether the batch has no others, now and later.
            known: The ids of the jobs that the batch had before.
        """
        sent = list(jobs)
        if any(present(job.sequence) not in (None, self._snapshot.sequence_builder) for job in sent):
            return
        self._home.all_share |= are_all
        new = {job.id for job in self._ordered_jobs or ()} - known
        if len(new) == len(sent):  # otherwise some are not of this submission
            self._home.sharing |= new

    def _show_jobs_of(self, snapshot: models.Batch) -> None:
        jobs: Any = snapshot.jobs
        if isinstance(jobs, list) and all(isinstance(job, models.Job) for job in jobs):
            self._show_jobs(jobs)  # jobs that can't be read are fetched when they are needed

    def _shown(self, snapshot: models.Batch) -> Self:
        self._show(snapshot)
        return self

    def _show_jobs(self, snapshots: Sequence[models.Job | Unread]) -> None:
        known = {job.id: job for job in self._ordered_jobs or ()}
        for snapshot in snapshots:
            if snapshot.id in known:
                known[snapshot.id]._show(read(snapshot))
            else:
                known[snapshot.id] = self._job_type._of(self._session, snapshot)
                known[snapshot.id]._home = self._home
        listed = dict.fromkeys(snapshot.id for snapshot in snapshots)
        order = listed if len(listed) == len(known) else known  # a list without some is older: jobs never disappear
        self._ordered_jobs = [known[job_id] for job_id in order]

    def _refresh(self, session: Session | None = None) -> Flow[None]:
        yield from super()._refresh(session)
        if self._ordered_jobs is not None:
            self._show_jobs((yield from listing_jobs(session or self._session, self._uuid)))

    def _fetch_jobs(self) -> Flow[list[JobT]]:
        if self._ordered_jobs is None:
            self._show_jobs((yield from listing_jobs(self._session, self._uuid)))
        return list(self._ordered_jobs or ())

    def _adding(self, jobs: Iterable[CreateJob]) -> Flow[Self]:
        needs_runs = not present(self._snapshot.backend_configuration)
        known = [job.id for job in self._ordered_jobs or ()]
        return adding(self._session, self._uuid, jobs, self._shown, known=known, needs_runs=needs_runs)

    def _close(self, wait: bool) -> Flow[None]:
        self._show((yield from closing(self._session, self._uuid)))
        if wait:
            yield from self._waiting()

    def _leave(self, error: BaseException | None) -> Flow[None]:
        if not self.open:
            return
        try:
            self._show((yield from closing(self._session, self._uuid, NO_RETRY if error else None)))
        except PasqalCloudError as failure:
            if error is None:
                raise specify(BatchClosingError, failure) from failure.__cause__
            error.add_note(f"The batch is still open, and keeps its device until it is closed: {self!r}")

    def _glance(self) -> Glance:
        numbers = self.jobs_count_per_status
        glance = super()._glance()
        return glance._replace(state=progress_of(numbers)) if sum(numbers.values()) else glance

    def _completing(self, session: Session, *, waited: bool) -> Flow[None]:
        if waited or not all(job.is_settled for job in self._ordered_jobs or ()):
            yield from self._refresh(session)

    def _look(self, session: Session) -> Flow[bool]:
        before = [job.status for job in self._ordered_jobs or ()]
        changed = yield from super()._look(session)
        if self.open and not present(self._snapshot.jobs_count_per_status):  # then their own statuses are needed
            self._show_jobs((yield from listing_jobs(session, self._uuid)))
        return changed or before != [job.status for job in self._ordered_jobs or ()]


class Batch(ByHand[BatchStatus], BatchFlows[Job], BlockingContext):
    """A batch of an `SDK`.

    Its attributes need no request, except `ordered_jobs` and `sequence_builder`, which are fetched when first read.
    It is a collection of its jobs: `for job in batch`, `len(batch)`, `batch[0]`, `batch[1:]`, `batch[job_id]`.
    A `with` statement closes the batch when it ends, also after an error. Tests can build one by hand, like
    `Batch(id="", status="DONE", jobs=[{"id": "", "status": "DONE"}])`, and set its `status`.
    """

    _job_type = Job
    _model = models.Batch

    @overload
    def results(self, errors: Literal["raise", "skip"] = "raise") -> dict[str, Counts]: ...
    @overload
    def results(self, errors: Literal["raise", "skip", "return"]) -> dict[str, Counts | JobFailedError]: ...
    @short_traceback
    def results(
        self, errors: Literal["raise", "skip", "return"] = "raise"
    ) -> dict[str, Counts] | dict[str, Counts | JobFailedError]:
        """Downloads the results of all settled jobs, several at once.

        Args:
            errors: What to do about jobs that failed or were cancelled: `raise` the error of the first, `skip` them,
                or `return` their errors among the results.

        Returns:
            For each job's id, how often each bitstring was measured, in the order in which the jobs were added. A
            result without counts, which a configuration of an emulator may ask for, is None, although the type does
            not say so: see `full_result` of that job.

        Raises:
            JobFailedError: A job failed or was cancelled.
            JobFetchingError: A result could not be downloaded.
        """
        return run(self._results(errors))

    def __iter__(self) -> Iterator[Job]:
        """Iterates over the jobs, in the order in which they were added."""
        return iter(self._items())

    def _items(self) -> list[Job]:
        return self.ordered_jobs

    def __init__(
        self,
        *api_and_snapshot: Any,
        jobs: Iterable[Job | Mapping[str, Any]] | Mapping[str, Job | Mapping[str, Any]] | None = None,
        **fields: Any,
    ) -> None:
        super().__init__(*api_and_snapshot, **fields)
        if jobs is not None or not (api_and_snapshot or self._is_connected):
            self._replace_jobs(jobs or (), fields.get("_client"))

    def _replace_jobs(self, jobs: Any, client: object = None) -> None:
        self._ordered_jobs = _jobs_by_hand(jobs, client)
        for job in self._ordered_jobs:
            job._home = self._home

    def _replace_old_jobs(self, jobs: Any) -> None:
        deprecated("Batch.jobs", instead="Batch.ordered_jobs")
        self._replace_jobs(jobs)

    _replacements: ClassVar = {"jobs": _replace_old_jobs, "ordered_jobs": _replace_jobs}


def _jobs_by_hand(
    jobs: Iterable[Job | Mapping[str, Any]] | Mapping[str, Job | Mapping[str, Any]], client: object
) -> list[Job]:
    return [_job_by_hand(job, client) for job in (jobs.values() if isinstance(jobs, Mapping) else jobs)]


def _job_by_hand(job: Job | Mapping[str, Any], client: object) -> Job:
    if isinstance(job, Job):
        return job
    if not isinstance(job, Mapping):
        raise ValidationError(f"jobs must be Jobs, or dictionaries of their fields, not {job!r}.")
    fields: dict[str, Any] = {"_client": client, **job}
    return Job(**fields)


class AsyncBatch(BatchFlows[AsyncJob], AwaitingContext):
    """A batch of an `AsyncSDK`.

    Its attributes need no request, except `ordered_jobs` and `sequence_builder`, which are awaitables.
    `async for job in batch` iterates over its jobs. Once they are known, `len(batch)`, `batch[0]` and such work too.
    An `async with` statement closes the batch when it ends, also after an error.
    """

    _job_type = AsyncJob

    @overload
    async def results(self, errors: Literal["raise", "skip"] = "raise") -> dict[str, Counts]: ...
    @overload
    async def results(self, errors: Literal["raise", "skip", "return"]) -> dict[str, Counts | JobFailedError]: ...
    @short_traceback
    async def results(
        self, errors: Literal["raise", "skip", "return"] = "raise"
    ) -> dict[str, Counts] | dict[str, Counts | JobFailedError]:
        """Downloads the results of all settled jobs, several at once.

        Args:
            errors: What to do about jobs that failed or were cancelled: `raise` the error of the first, `skip` them,
                or `return` their errors among the results.

        Returns:
            For each job's id, how often each bitstring was measured, in the order in which the jobs were added. A
            result without counts, which a configuration of an emulator may ask for, is None, although the type does
            not say so: see `full_result` of that job.

        Raises:
            JobFailedError: A job failed or was cancelled.
            JobFetchingError: A result could not be downloaded.
        """
        return await arun(self._results(errors))

    async def __aiter__(self) -> AsyncIterator[AsyncJob]:
        """Iterates over the jobs, in the order in which they were added."""
        for job in await self.ordered_jobs:
            yield job

    if TYPE_CHECKING:
        __iter__: None
    else:

        def __iter__(self) -> NoReturn:
            """Raises an error, rather than iterate as Python does over everything that has a `__getitem__`."""
            raise TypeError("The jobs of an AsyncBatch are fetched when they are needed: use `async for job in batch`.")

    def _items(self) -> list[AsyncJob]:
        if self._ordered_jobs is None:
            raise PasqalCloudError(
                f"The jobs of batch {self.id} have not been fetched: use `await batch.ordered_jobs` once before, or"
                " `async for job in batch`.",
                sent=False,
            )
        return self._ordered_jobs


Job._batch_type, AsyncJob._batch_type = Batch, AsyncBatch


if not TYPE_CHECKING:
    __getattr__ = elsewhere  # programs import from here what the existing package's module happens to import
