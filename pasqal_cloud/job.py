"""Jobs: one run of a sequence each, with its number of shots and the values of its variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypedDict, cast

from pasqal_cloud._arguments import SequenceLike, no_others, runs_of, serialized, variables_of
from pasqal_cloud._conversation.downloads import download
from pasqal_cloud._conversation.operation import Awaiting, Blocking, fetched
from pasqal_cloud._conversation.snapshots import is_left_out, mapping, number, text
from pasqal_cloud._deprecation import deprecated, elsewhere
from pasqal_cloud.counts import Counts
from pasqal_cloud.documents import FullResult
from pasqal_cloud.errors import (
    BatchFetchingError,
    JobCancellingError,
    JobFailedError,
    JobFetchingError,
    JobSequenceVariablesConflict,
    PasqalCloudError,
    ValidationError,
)
from pasqal_cloud.handle import ByHand, HandleWithResult, Nowhere
from pasqal_cloud.origin import Home, Origin
from pasqal_cloud.provenance import atoms_in
from pasqal_cloud.status import JobStatus
from pasqal_cloud_api import models
from pasqal_cloud_api.api.jobs import cancel_job, get_job, get_job_status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pasqal_cloud._conversation.flow import Flow
    from pasqal_cloud._conversation.session import Session
    from pasqal_cloud.batch import AsyncBatch, Batch
    from pasqal_cloud.errors import Handle


class CreateJob(TypedDict, total=False):
    """A new job, as a dictionary.

    Attributes:
        runs: The number of shots; optional if the batch has a `backend_configuration`, which can give it.
        variables: The values of the variables of the batch's sequence; `qubits` maps the ids of a mappable register to
            trap ids.
        serialized_sequence: A sequence for this job instead of the batch's, without variables: a Pulser sequence, or
            its abstract representation.
    """

    runs: int
    variables: Mapping[str, Any]
    serialized_sequence: SequenceLike


def job_payload(job: CreateJob, place: str, *, needs_runs: bool = True) -> models.CreateJob:
    """Makes the request body of a new job.

    Args:
        job: The job, which is not changed.
        place: Its name in an error, like `jobs[0]`.
        needs_runs: Whether it must give its number of shots.

    Raises:
        ValidationError: The job is not valid.
    """
    if not hasattr(job, "keys"):
        raise ValidationError(f"{place} must be a dictionary with runs and variables, not {job!r}.")
    no_others(job, CreateJob.__annotations__, place)
    variables = job.get("variables")
    sequence = serialized(job.get("serialized_sequence"), f"{place}['serialized_sequence']")
    if sequence is not None and variables:
        raise JobSequenceVariablesConflict(
            f"{place} has variables, and a serialized_sequence, which takes no variables: give one or the other."
        )
    payload = models.CreateJob()
    if needs_runs or job.get("runs") is not None:
        payload.runs = runs_of(job.get("runs"), f"{place}['runs']")
    if variables is not None:
        payload.variables = models.Variables.from_dict(variables_of(variables, f"{place}['variables']"))
    if sequence is not None:
        payload.sequence = sequence
    return payload


def create_jobs_to_api_payload(jobs: list[CreateJob]) -> list[dict[str, Any]]:
    """Makes the request body of new jobs. Deprecated: give the jobs to `create_batch` or `add_jobs`.

    Args:
        jobs: The jobs.

    Raises:
        ValidationError: A job is not valid.
    """
    deprecated("create_jobs_to_api_payload", instead="create_batch or add_jobs, with the jobs themselves")
    return [job_payload(job, f"jobs[{index}]").to_dict() for index, job in enumerate(jobs)]


class JobFlows(HandleWithResult):
    """The attributes and operations of a job, blocking or awaiting."""

    _kind = "job"
    _long_fields = ("sequence",)
    _get, _get_status, _cancel_it = get_job, get_job_status, cancel_job
    _fetching_error = JobFetchingError
    _cancelling_error = JobCancellingError
    _snapshot: models.Job
    _batch_type: ClassVar[Any]
    """The class of its batch, which `batch` sets."""
    _home: Home | None = None
    """Its batch, if that gave the job."""
    _fetched_batch: Any = None
    """The handle of its batch, if it was fetched for `batch`."""

    @property
    def batch_id(self) -> str | None:
        """The id of the job's batch."""
        return text(self._snapshot, "batch_id")

    @property
    def parent_id(self) -> str | None:
        """The id of the job that this one repeats, if any."""
        return text(self._snapshot, "parent_id")

    @property
    def runs(self) -> int | None:
        """The number of shots."""
        return number(self._snapshot, "runs")

    @property
    def variables(self) -> dict[str, Any]:
        """The values of the sequence's variables."""
        return mapping(self._snapshot, "variables") or {}

    @fetched(raises=JobFetchingError)
    def result(self) -> Flow[Counts | None]:
        """How often each bitstring was measured, in the order of the register; None while there is no result.

        Reading it requests the status of a job that is not known to be settled, at most twice a second.
        """
        return (yield from self._counts())

    @fetched(raises=JobFetchingError)
    def counts(self) -> Flow[Counts]:
        """How often each bitstring was measured, in the order of the register, like `result`.

        Reading it raises an error where there are no counts: a `JobFailedError` if the job failed or was cancelled, and
        a `JobFetchingError` if it has not ended, or has a result without counts.
        """
        counts = yield from self._counts()
        if counts is not None:
            return counts
        if failure := self._failure():
            raise failure
        if self._is_archived and self._full_result is None:
            raise PasqalCloudError(self._not_in_file(), sent=False)
        if self.is_settled:
            raise PasqalCloudError(f"The result of job {self.id} has no counts: see its full_result.", sent=False)
        raise PasqalCloudError(f"Job {self.id} is {self.status}: wait() until it has ended.", sent=False)

    @fetched(raises=JobFetchingError)
    def full_result(self) -> Flow[FullResult | None]:
        """The result document, with `counter`, `raw` and `serialised_results` if given; None while there is none.

        It is a dictionary; its attribute `results` has Pulser's `Results`, if the document contains them.
        """
        document = yield from self._fetch_full_result()
        return FullResult(document) if isinstance(document, dict) else document  # tests may have set anything else

    @fetched(raises=JobFetchingError)
    def sequence(self) -> Flow[str | None]:
        """The serialized sequence that the job runs."""
        return (yield from self._long_text("sequence"))

    def _refresh(self, session: Session | None = None) -> Flow[None]:
        yield from super()._refresh(session)
        has_none = text(self._snapshot, "sequence") is None and not is_left_out(self._snapshot, "sequence")
        if has_none and self._home is not None:  # then it runs the batch's
            self._home.sharing.add(self.id)

    def _counts(self) -> Flow[Counts | None]:
        """Gets how often each bitstring was measured."""
        document = yield from self._fetch_full_result()
        counter = document.get("counter") if document else None
        if not document or not isinstance(counter, dict):
            return counter  # tests may have set anything else
        return Counts._of(self._origin(document), counter)

    def _not_in_file(self) -> str:
        """Says why a job that was loaded from a file has no result."""
        batch_id = self.batch_id or (None if self._home is None else self._home.id)
        living = f"sdk.get_batch({batch_id!r}) gets the batch as it is now."
        if self.is_settled:
            return f"The result of job {self.id} is not in the file that the job was loaded from: {living}"
        return f"Job {self.id} was loaded from a file, and was {self.status} when that was saved: {living}"

    def _origin(self, document: dict[str, Any]) -> Origin:
        """Makes what its counts remember of it."""
        results, stand_in = document.get("serialised_results"), document.get("emulated_by")
        return Origin(
            self._snapshot,
            self._home,
            atoms_in(results) if isinstance(results, str) else None,
            stand_in if isinstance(stand_in, str) else None,
        )

    def _fetch_batch(self) -> Flow[Any]:
        """Gets the handle of the batch."""
        batch = None if self._home is None else self._home.handle()
        if batch is None:
            if isinstance(self._session, Nowhere):
                self._session.refuse()
            batch_id = self.batch_id or (None if self._home is None else self._home.id)
            if batch_id is None:
                raise PasqalCloudError(f"The service does not say which batch has job {self.id}.", sent=False)
            snapshot = yield from self._batch_type._fetching(self._session, batch_id)
            batch = self._fetched_batch = self._batch_type(self._session, snapshot)
            self._home = batch._home
        return batch

    def _failure(self) -> JobFailedError | None:
        """Makes the error of a job that ended without a result."""
        if not self.is_settled or self.status == JobStatus.DONE:
            return None
        reasons = "; ".join(self.errors) or "the service gives no reason"
        return JobFailedError(
            f"Job {self.id} ended {self.status}: {reasons}", job=cast("Handle", self), reasons=self.errors
        )

    def _copy_of(self) -> Flow[CreateJob]:
        """Makes a new job like this one."""
        new = CreateJob()
        if self.runs is not None:  # otherwise the batch's backend_configuration gives it
            new["runs"] = self.runs
        if self.variables:
            new["variables"] = self.variables
        else:
            sequence = yield from self._long_text("sequence")
            if sequence:
                new["serialized_sequence"] = sequence
        return new

    def _download(self) -> Flow[dict[str, Any] | None]:
        document = yield from download(self._session, self._uuid)
        return document.to_dict() if document else None


class Job(ByHand[JobStatus], JobFlows, Blocking):
    """A job of an `SDK`.

    Its attributes need no request, except `result`, `counts`, `full_result`, `sequence` and `batch`, which are fetched
    when first read.
    Tests can build one by hand, like `Job(id="", status="DONE", result={"01": 5})`, and set its `status`.
    """

    _model = models.Job

    @fetched(raises=BatchFetchingError)
    def batch(self) -> Flow[Batch]:
        """The batch that has the job: the handle that gave it, while it is held, else one that is fetched once."""
        batch: Batch = yield from self._fetch_batch()
        return batch

    def __init__(
        self,
        *api_and_snapshot: Any,
        result: Mapping[str, int] | None = None,
        full_result: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> None:
        super().__init__(*api_and_snapshot, **fields)
        if result is not None or full_result is not None:
            self._full_result = {} if result is None else {"counter": dict(result)}
            self._full_result |= full_result or {}


class AsyncJob(JobFlows, Awaiting):
    """A job of an `AsyncSDK`.

    Its attributes need no request, except `result`, `counts`, `full_result`, `sequence` and `batch`, which are
    awaitables.
    """

    @fetched(raises=BatchFetchingError)
    def batch(self) -> Flow[AsyncBatch]:
        """The batch that has the job: the handle that gave it, while it is held, else one that is fetched once."""
        batch: AsyncBatch = yield from self._fetch_batch()
        return batch


if not TYPE_CHECKING:
    __getattr__ = elsewhere  # programs import from here what the existing package's module happens to import
