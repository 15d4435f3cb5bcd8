# Written by scripts/stubs.py from the source of pasqal_cloud/job.py: run scripts/regen.sh rather than edit it.

"""Jobs: one run of a sequence each, with its number of shots and the values of its variables."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Self, TypedDict

from pasqal_cloud._arguments import SequenceLike
from pasqal_cloud._cards import Card
from pasqal_cloud._conversation.operation import Awaiting, Blocking
from pasqal_cloud._conversation.session import Session
from pasqal_cloud.batch import AsyncBatch, Batch
from pasqal_cloud.counts import Counts
from pasqal_cloud.documents import FullResult
from pasqal_cloud.status import JobStatus

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

def create_jobs_to_api_payload(jobs: list[CreateJob]) -> list[dict[str, Any]]:
    """Makes the request body of new jobs. Deprecated: give the jobs to `create_batch` or `add_jobs`.

    Args:
        jobs: The jobs.

    Raises:
        ValidationError: A job is not valid.
    """

class Job(Blocking):
    """A job of an `SDK`.

    Its attributes need no request, except `result`, `counts`, `full_result`, `sequence` and `batch`, which are fetched
    when first read.
    Tests can build one by hand, like `Job(id="", status="DONE", result={"01": 5})`, and set its `status`.
    """

    def __init__(
        self,
        *api_and_snapshot: Any,
        result: Mapping[str, int] | None = None,
        full_result: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> None: ...
    @property
    def id(self) -> str:
        """The id, a UUID."""

    @property
    def status(self) -> JobStatus:
        """The status as of the last request."""

    @status.setter
    def status(self, status: str) -> None: ...
    @property
    def is_settled(self) -> bool:
        """Whether it had ended, as of the last request: as `DONE`, `ERROR` or `CANCELED`, or a batch as `TIMED_OUT`."""

    @property
    def project_id(self) -> str | None:
        """The id of the project."""

    @property
    def created_at(self) -> datetime | None:
        """When it was created."""

    @property
    def updated_at(self) -> datetime | None:
        """When it last changed."""

    def refresh(self) -> None:
        """Fetches the present state. A batch also fetches its jobs, if they have been read.

        Raises:
            BatchFetchingError: The batch could not be fetched.
            JobFetchingError: The job could not be fetched.
            WorkloadFetchingError: The workload could not be fetched.
        """

    def wait(
        self,
        timeout: float | None = None,
        *,
        poll: float | None = None,
        on_update: Callable[[Self], object] | None = None,
        progress: bool | None = None,
    ) -> None:
        """Waits until it is settled. An open batch is settled when all its jobs are.

        The status tells how it ended. What interrupts the wait, like Ctrl-C, has the attribute `handle`: this object.
        A wait of more than a second shows a line with the progress and the id, on standard error, or in a notebook.

        Args:
            timeout: The longest time to wait, in seconds; None for no limit.
            poll: The seconds between two requests for the status; by default 0.25 s at first, growing to 30 s.
            on_update: Called with the handle when the status has changed; of a batch also when a job's status has.
            progress: Whether to show the line; by default as the SDK was told, or else in a terminal or a notebook.

        Raises:
            WaitTimeoutError: It was not settled in time. It is still queued or running.
            BatchFetchingError: The status of the batch could not be fetched.
            JobFetchingError: The status of the job could not be fetched.
            WorkloadFetchingError: The status of the workload could not be fetched.
        """

    def cancel(self) -> None:
        """Cancels it. A batch is cancelled with all its jobs that have not ended.

        Raises:
            BatchCancellingError: The batch could not be cancelled.
            JobCancellingError: The job could not be cancelled.
            WorkloadCancellingError: The workload could not be cancelled.
        """

    @property
    def start_timestamp(self) -> datetime | None:
        """When it began to run."""

    @property
    def end_timestamp(self) -> datetime | None:
        """When it ended."""

    @property
    def errors(self) -> list[str]:
        """Why it failed, in the service's words."""

    @property
    def batch_id(self) -> str | None:
        """The id of the job's batch."""

    @property
    def parent_id(self) -> str | None:
        """The id of the job that this one repeats, if any."""

    @property
    def runs(self) -> int | None:
        """The number of shots."""

    @property
    def variables(self) -> dict[str, Any]:
        """The values of the sequence's variables."""

    @property
    def result(self) -> Counts | None:
        """How often each bitstring was measured, in the order of the register; None while there is no result.

        Reading it requests the status of a job that is not known to be settled, at most twice a second.
        """

    @property
    def counts(self) -> Counts:
        """How often each bitstring was measured, in the order of the register, like `result`.

        Reading it raises an error where there are no counts: a `JobFailedError` if the job failed or was cancelled, and
        a `JobFetchingError` if it has not ended, or has a result without counts.
        """

    @property
    def full_result(self) -> FullResult | None:
        """The result document, with `counter`, `raw` and `serialised_results` if given; None while there is none.

        It is a dictionary; its attribute `results` has Pulser's `Results`, if the document contains them.
        """

    @property
    def sequence(self) -> str | None:
        """The serialized sequence that the job runs."""

    @property
    def batch(self) -> Batch:
        """The batch that has the job: the handle that gave it, while it is held, else one that is fetched once."""

    def __eq__(self, other: object) -> bool:
        """Tells whether both are the same batch, job or workload; without an id, whether both are the same object."""

    def __hash__(self) -> int: ...
    def __rich__(self) -> Card:
        """Shows a card where rich prints it, without a request."""

class AsyncJob(Awaiting):
    """A job of an `AsyncSDK`.

    Its attributes need no request, except `result`, `counts`, `full_result`, `sequence` and `batch`, which are
    awaitables.
    """

    def __init__(self, session: Session, snapshot: Any) -> None: ...
    @property
    def id(self) -> str:
        """The id, a UUID."""

    @property
    def status(self) -> JobStatus:
        """The status as of the last request."""

    @status.setter
    def status(self, status: str) -> None: ...
    @property
    def is_settled(self) -> bool:
        """Whether it had ended, as of the last request: as `DONE`, `ERROR` or `CANCELED`, or a batch as `TIMED_OUT`."""

    @property
    def project_id(self) -> str | None:
        """The id of the project."""

    @property
    def created_at(self) -> datetime | None:
        """When it was created."""

    @property
    def updated_at(self) -> datetime | None:
        """When it last changed."""

    async def refresh(self) -> None:
        """Fetches the present state. A batch also fetches its jobs, if they have been read.

        Raises:
            BatchFetchingError: The batch could not be fetched.
            JobFetchingError: The job could not be fetched.
            WorkloadFetchingError: The workload could not be fetched.
        """

    async def wait(
        self,
        timeout: float | None = None,
        *,
        poll: float | None = None,
        on_update: Callable[[Self], object] | None = None,
        progress: bool | None = None,
    ) -> None:
        """Waits until it is settled. An open batch is settled when all its jobs are.

        The status tells how it ended. What interrupts the wait, like Ctrl-C, has the attribute `handle`: this object.
        A wait of more than a second shows a line with the progress and the id, on standard error, or in a notebook.

        Args:
            timeout: The longest time to wait, in seconds; None for no limit.
            poll: The seconds between two requests for the status; by default 0.25 s at first, growing to 30 s.
            on_update: Called with the handle when the status has changed; of a batch also when a job's status has.
            progress: Whether to show the line; by default as the SDK was told, or else in a terminal or a notebook.

        Raises:
            WaitTimeoutError: It was not settled in time. It is still queued or running.
            BatchFetchingError: The status of the batch could not be fetched.
            JobFetchingError: The status of the job could not be fetched.
            WorkloadFetchingError: The status of the workload could not be fetched.
        """

    async def cancel(self) -> None:
        """Cancels it. A batch is cancelled with all its jobs that have not ended.

        Raises:
            BatchCancellingError: The batch could not be cancelled.
            JobCancellingError: The job could not be cancelled.
            WorkloadCancellingError: The workload could not be cancelled.
        """

    @property
    def start_timestamp(self) -> datetime | None:
        """When it began to run."""

    @property
    def end_timestamp(self) -> datetime | None:
        """When it ended."""

    @property
    def errors(self) -> list[str]:
        """Why it failed, in the service's words."""

    @property
    def batch_id(self) -> str | None:
        """The id of the job's batch."""

    @property
    def parent_id(self) -> str | None:
        """The id of the job that this one repeats, if any."""

    @property
    def runs(self) -> int | None:
        """The number of shots."""

    @property
    def variables(self) -> dict[str, Any]:
        """The values of the sequence's variables."""

    @property
    def result(self) -> Awaitable[Counts | None]:
        """How often each bitstring was measured, in the order of the register; None while there is no result.

        Reading it requests the status of a job that is not known to be settled, at most twice a second.
        """

    @property
    def counts(self) -> Awaitable[Counts]:
        """How often each bitstring was measured, in the order of the register, like `result`.

        Reading it raises an error where there are no counts: a `JobFailedError` if the job failed or was cancelled, and
        a `JobFetchingError` if it has not ended, or has a result without counts.
        """

    @property
    def full_result(self) -> Awaitable[FullResult | None]:
        """The result document, with `counter`, `raw` and `serialised_results` if given; None while there is none.

        It is a dictionary; its attribute `results` has Pulser's `Results`, if the document contains them.
        """

    @property
    def sequence(self) -> Awaitable[str | None]:
        """The serialized sequence that the job runs."""

    @property
    def batch(self) -> Awaitable[AsyncBatch]:
        """The batch that has the job: the handle that gave it, while it is held, else one that is fetched once."""

    def __eq__(self, other: object) -> bool:
        """Tells whether both are the same batch, job or workload; without an id, whether both are the same object."""

    def __hash__(self) -> int: ...
    def __rich__(self) -> Card:
        """Shows a card where rich prints it, without a request."""
