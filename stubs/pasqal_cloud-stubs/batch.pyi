# Written by scripts/stubs.py from the source of pasqal_cloud/batch.py: run scripts/regen.sh rather than edit it.

"""Batches: jobs that run one after the other on one device."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from datetime import datetime
from os import PathLike
from typing import Any, Literal, Self, overload
from uuid import UUID

import pandas as pd

from pasqal_cloud._cards import Card
from pasqal_cloud._conversation.operation import AwaitingContext, BlockingContext
from pasqal_cloud._conversation.session import Session
from pasqal_cloud.counts import Counts
from pasqal_cloud.device.device_types import DeviceTypeName
from pasqal_cloud.errors import JobFailedError
from pasqal_cloud.job import AsyncJob, CreateJob, Job
from pasqal_cloud.status import BatchStatus, JobStatus
from pasqal_cloud_api import models

RESULT_POLLING_INTERVAL = 2

class Batch(BlockingContext):
    """A batch of an `SDK`.

    Its attributes need no request, except `ordered_jobs` and `sequence_builder`, which are fetched when first read.
    It is a collection of its jobs: `for job in batch`, `len(batch)`, `batch[0]`, `batch[1:]`, `batch[job_id]`.
    A `with` statement closes the batch when it ends, also after an error. Tests can build one by hand, like
    `Batch(id="", status="DONE", jobs=[{"id": "", "status": "DONE"}])`, and set its `status`.
    """

    def __init__(
        self,
        *api_and_snapshot: Any,
        jobs: Iterable[Job | Mapping[str, Any]] | Mapping[str, Job | Mapping[str, Any]] | None = None,
        **fields: Any,
    ) -> None: ...
    @property
    def id(self) -> str:
        """The id, a UUID."""

    @property
    def status(self) -> BatchStatus:
        """The status as of the last request."""

    @status.setter
    def status(self, status: str) -> None: ...
    @property
    def is_settled(self) -> bool:
        """Whether the batch, or all jobs of an open batch, had ended, as of the last request."""

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
    def open(self) -> bool:
        """Whether jobs can be added to the batch."""

    @property
    def complete(self) -> bool:
        """Whether the batch is closed. Deprecated: use `open`, which means the opposite."""

    @complete.setter
    def complete(self, complete: bool) -> None: ...
    @property
    def user_id(self) -> str | None:
        """The id of the user who created the batch."""

    @property
    def parent_id(self) -> str | None:
        """The id of the batch whose jobs this one repeats, if it was made by `rebatch`."""

    @property
    def device_type(self) -> DeviceTypeName | None:
        """The device that the batch runs on."""

    @property
    def tags(self) -> list[str]:
        """The batch's tags."""

    @property
    def configuration(self) -> dict[str, Any] | None:
        """The emulator's configuration in its deprecated form, if one was given."""

    @property
    def backend_configuration(self) -> str | None:
        """The emulator's configuration, serialized by Pulser, if one was given."""

    @property
    def webhook(self) -> str | None:
        """The URL that the service calls with the results, if one was given."""

    @property
    def device_status(self) -> str | None:
        """The status of the device, if the service gives it."""

    @property
    def jobs_count(self) -> int | None:
        """The number of jobs, if the service gives it."""

    @property
    def jobs_count_per_status(self) -> dict[JobStatus, int]:
        """The number of jobs in each status, which prints as `1 running, 2 done`."""

    @property
    def start_datetime(self) -> datetime | None:
        """When the device began to run the batch."""

    @property
    def end_datetime(self) -> datetime | None:
        """When the batch ended."""

    @property
    def sequence_builder(self) -> str | None:
        """The serialized sequence that the jobs share; None if each job has its own."""
    jobs: dict[str, Job]
    """The jobs by their ids. Deprecated: use `ordered_jobs`."""
    ordered_jobs: list[Job]
    """The jobs, in the order in which they were added."""

    def add_jobs(self, jobs: Iterable[CreateJob], wait: bool = False) -> None:
        """Adds jobs to the batch, which must be open.

        Args:
            jobs: The jobs, at least one.
            wait: Whether to wait until all the batch's jobs are settled.

        Raises:
            JobCreationError: The jobs were not added; as a `SubmissionUnknownError`, they may have been.
        """

    def close(self, wait: bool = False, fetch_results: bool | None = None) -> None:
        """Closes the batch: no more jobs can be added, and it frees the device when its jobs are settled.

        Args:
            wait: Whether to wait until it is settled.
            fetch_results: Deprecated: use `wait`. Results are fetched when they are read.

        Raises:
            BatchClosingError: The batch could not be closed.
        """

    def declare_complete(self, wait: bool = False, fetch_results: bool | None = None) -> None:
        """Closes the batch. Deprecated: use `close`."""

    def retry(self, job: Job, wait: bool = False) -> None:
        """Adds a copy of one of the batch's jobs to the batch, which must be open.

        Args:
            job: The job.
            wait: Whether to wait until all the batch's jobs are settled.

        Raises:
            JobRetryError: The copy was not added; as a `SubmissionUnknownError`, it may have been.
        """

    def set_tags(self, tags: Iterable[str]) -> None:
        """Replaces the batch's tags.

        Args:
            tags: The new tags.

        Raises:
            BatchSetTagsError: The tags could not be replaced.
        """

    def to_pandas(self) -> pd.DataFrame:
        """Makes a table of the jobs, with their counts, which are downloaded several at once.

        Its index `job` has the ids of the jobs, in the order in which they were added. Its columns are the variables of
        the sequence (an array as a tuple), then `runs`, `status`, and `counts`: a `Counts`, or None for a job without
        counts. A variable that is called like one of these is the column `variable runs`, for example.

        Raises:
            MissingExtraError: pandas is not installed.
            JobFetchingError: A result could not be downloaded.
        """

    def save(self, path: str | PathLike[str]) -> None:
        """Writes the batch to a file, as JSON: its state, its jobs, their sequences, and the results that there are.

        `SDK.load_batch` reads it, without an account and a network.

        Args:
            path: The file, which is replaced if it exists.

        Raises:
            BatchFetchingError: The present state or a sequence could not be fetched, or a result not be downloaded.
            OSError: The file can't be written.
        """

    @overload
    def results(self, errors: Literal["raise", "skip"] = "raise") -> dict[str, Counts]:
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

    @overload
    def results(self, errors: Literal["raise", "skip", "return"]) -> dict[str, Counts | JobFailedError]:
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

    def __enter__(self) -> Self:
        """Returns itself."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """Closes it."""

    def __bool__(self) -> Literal[True]: ...
    def __len__(self) -> int:
        """Returns the number of items."""

    @overload
    def __getitem__(self, key: int | str | UUID) -> Job:
        """Gets an item by its position (from -1 backwards) or its id, or several by a slice of positions.

        Raises:
            IndexError: There is no item at this position.
            KeyError: There is no item with this id.
        """

    @overload
    def __getitem__(self, key: slice) -> list[Job]:
        """Gets an item by its position (from -1 backwards) or its id, or several by a slice of positions.

        Raises:
            IndexError: There is no item at this position.
            KeyError: There is no item with this id.
        """

    def __contains__(self, item: object) -> bool:
        """Tells whether this is one of the items, or the id of one."""

    def __eq__(self, other: object) -> bool:
        """Tells whether both are the same batch, job or workload; without an id, whether both are the same object."""

    def __hash__(self) -> int: ...
    def __rich__(self) -> Card:
        """Shows a card where rich prints it, without a request."""

    def __iter__(self) -> Iterator[Job]:
        """Iterates over the jobs, in the order in which they were added."""

class AsyncBatch(AwaitingContext):
    """A batch of an `AsyncSDK`.

    Its attributes need no request, except `ordered_jobs` and `sequence_builder`, which are awaitables.
    `async for job in batch` iterates over its jobs. Once they are known, `len(batch)`, `batch[0]` and such work too.
    An `async with` statement closes the batch when it ends, also after an error.
    """

    __iter__: None

    def __init__(self, session: Session, snapshot: models.Batch) -> None: ...
    @property
    def id(self) -> str:
        """The id, a UUID."""

    @property
    def status(self) -> BatchStatus:
        """The status as of the last request."""

    @status.setter
    def status(self, status: str) -> None: ...
    @property
    def is_settled(self) -> bool:
        """Whether the batch, or all jobs of an open batch, had ended, as of the last request."""

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
    def open(self) -> bool:
        """Whether jobs can be added to the batch."""

    @property
    def complete(self) -> bool:
        """Whether the batch is closed. Deprecated: use `open`, which means the opposite."""

    @complete.setter
    def complete(self, complete: bool) -> None: ...
    @property
    def user_id(self) -> str | None:
        """The id of the user who created the batch."""

    @property
    def parent_id(self) -> str | None:
        """The id of the batch whose jobs this one repeats, if it was made by `rebatch`."""

    @property
    def device_type(self) -> DeviceTypeName | None:
        """The device that the batch runs on."""

    @property
    def tags(self) -> list[str]:
        """The batch's tags."""

    @property
    def configuration(self) -> dict[str, Any] | None:
        """The emulator's configuration in its deprecated form, if one was given."""

    @property
    def backend_configuration(self) -> str | None:
        """The emulator's configuration, serialized by Pulser, if one was given."""

    @property
    def webhook(self) -> str | None:
        """The URL that the service calls with the results, if one was given."""

    @property
    def device_status(self) -> str | None:
        """The status of the device, if the service gives it."""

    @property
    def jobs_count(self) -> int | None:
        """The number of jobs, if the service gives it."""

    @property
    def jobs_count_per_status(self) -> dict[JobStatus, int]:
        """The number of jobs in each status, which prints as `1 running, 2 done`."""

    @property
    def start_datetime(self) -> datetime | None:
        """When the device began to run the batch."""

    @property
    def end_datetime(self) -> datetime | None:
        """When the batch ended."""

    @property
    def sequence_builder(self) -> Awaitable[str | None]:
        """The serialized sequence that the jobs share; None if each job has its own."""

    @property
    def jobs(self) -> Awaitable[dict[str, AsyncJob]]:
        """The jobs by their ids. Deprecated: use `ordered_jobs`."""

    @property
    def ordered_jobs(self) -> Awaitable[list[AsyncJob]]:
        """The jobs, in the order in which they were added."""

    async def add_jobs(self, jobs: Iterable[CreateJob], wait: bool = False) -> None:
        """Adds jobs to the batch, which must be open.

        Args:
            jobs: The jobs, at least one.
            wait: Whether to wait until all the batch's jobs are settled.

        Raises:
            JobCreationError: The jobs were not added; as a `SubmissionUnknownError`, they may have been.
        """

    async def close(self, wait: bool = False, fetch_results: bool | None = None) -> None:
        """Closes the batch: no more jobs can be added, and it frees the device when its jobs are settled.

        Args:
            wait: Whether to wait until it is settled.
            fetch_results: Deprecated: use `wait`. Results are fetched when they are read.

        Raises:
            BatchClosingError: The batch could not be closed.
        """

    async def declare_complete(self, wait: bool = False, fetch_results: bool | None = None) -> None:
        """Closes the batch. Deprecated: use `close`."""

    async def retry(self, job: AsyncJob, wait: bool = False) -> None:
        """Adds a copy of one of the batch's jobs to the batch, which must be open.

        Args:
            job: The job.
            wait: Whether to wait until all the batch's jobs are settled.

        Raises:
            JobRetryError: The copy was not added; as a `SubmissionUnknownError`, it may have been.
        """

    async def set_tags(self, tags: Iterable[str]) -> None:
        """Replaces the batch's tags.

        Args:
            tags: The new tags.

        Raises:
            BatchSetTagsError: The tags could not be replaced.
        """

    async def to_pandas(self) -> pd.DataFrame:
        """Makes a table of the jobs, with their counts, which are downloaded several at once.

        Its index `job` has the ids of the jobs, in the order in which they were added. Its columns are the variables of
        the sequence (an array as a tuple), then `runs`, `status`, and `counts`: a `Counts`, or None for a job without
        counts. A variable that is called like one of these is the column `variable runs`, for example.

        Raises:
            MissingExtraError: pandas is not installed.
            JobFetchingError: A result could not be downloaded.
        """

    async def save(self, path: str | PathLike[str]) -> None:
        """Writes the batch to a file, as JSON: its state, its jobs, their sequences, and the results that there are.

        `SDK.load_batch` reads it, without an account and a network.

        Args:
            path: The file, which is replaced if it exists.

        Raises:
            BatchFetchingError: The present state or a sequence could not be fetched, or a result not be downloaded.
            OSError: The file can't be written.
        """

    @overload
    async def results(self, errors: Literal["raise", "skip"] = "raise") -> dict[str, Counts]:
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

    @overload
    async def results(self, errors: Literal["raise", "skip", "return"]) -> dict[str, Counts | JobFailedError]:
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

    async def __aenter__(self) -> Self:
        """Returns itself."""

    async def __aexit__(self, _: object, error: BaseException | None, __: object) -> None:
        """Closes it."""

    def __bool__(self) -> Literal[True]: ...
    def __len__(self) -> int:
        """Returns the number of items."""

    @overload
    def __getitem__(self, key: int | str | UUID) -> AsyncJob:
        """Gets an item by its position (from -1 backwards) or its id, or several by a slice of positions.

        Raises:
            IndexError: There is no item at this position.
            KeyError: There is no item with this id.
        """

    @overload
    def __getitem__(self, key: slice) -> list[AsyncJob]:
        """Gets an item by its position (from -1 backwards) or its id, or several by a slice of positions.

        Raises:
            IndexError: There is no item at this position.
            KeyError: There is no item with this id.
        """

    def __contains__(self, item: object) -> bool:
        """Tells whether this is one of the items, or the id of one."""

    def __eq__(self, other: object) -> bool:
        """Tells whether both are the same batch, job or workload; without an id, whether both are the same object."""

    def __hash__(self) -> int: ...
    def __rich__(self) -> Card:
        """Shows a card where rich prints it, without a request."""

    def __aiter__(self) -> AsyncIterator[AsyncJob]:
        """Iterates over the jobs, in the order in which they were added."""
