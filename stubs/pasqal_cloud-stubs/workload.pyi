# Written by scripts/stubs.py from the source of pasqal_cloud/workload.py: run scripts/regen.sh rather than edit it.

"""Workloads: algorithms that the service runs as a whole, each with a configuration."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Self

from pasqal_cloud._cards import Card
from pasqal_cloud._conversation.operation import Awaiting, Blocking
from pasqal_cloud._conversation.session import Session
from pasqal_cloud.status import JobStatus

class Workload(Blocking):
    """A workload of an `SDK`. Its attributes need no request, except `result`, which is fetched when first read.

    Tests can build one by hand, like `Workload(id="", status="DONE", result={})`, and set its `status`.
    """

    def __init__(self, *api_and_snapshot: Any, result: dict[str, Any] | None = None, **fields: Any) -> None: ...
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
    def workload_type(self) -> str | None:
        """The type of the workload."""

    @property
    def backend(self) -> str | None:
        """The backend that it runs on."""

    @property
    def config(self) -> dict[str, Any]:
        """The configuration."""

    @property
    def result_link(self) -> str | None:
        """A URL that gives the result for a short time; None while there is no result. `result` downloads it."""
    result: dict[str, Any] | None
    """The result document; None while there is none.

    Reading it requests the state of a workload that is not known to be settled, at most twice a second.
    """

    def __eq__(self, other: object) -> bool:
        """Tells whether both are the same batch, job or workload; without an id, whether both are the same object."""

    def __hash__(self) -> int: ...
    def __rich__(self) -> Card:
        """Shows a card where rich prints it, without a request."""

class AsyncWorkload(Awaiting):
    """A workload of an `AsyncSDK`. Its attributes need no request, except `result`, which is an awaitable."""

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
    def workload_type(self) -> str | None:
        """The type of the workload."""

    @property
    def backend(self) -> str | None:
        """The backend that it runs on."""

    @property
    def config(self) -> dict[str, Any]:
        """The configuration."""

    @property
    def result_link(self) -> str | None:
        """A URL that gives the result for a short time; None while there is no result. `result` downloads it."""

    @property
    def result(self) -> Awaitable[dict[str, Any] | None]:
        """The result document; None while there is none.

        Reading it requests the state of a workload that is not known to be settled, at most twice a second.
        """

    def __eq__(self, other: object) -> bool:
        """Tells whether both are the same batch, job or workload; without an id, whether both are the same object."""

    def __hash__(self) -> int: ...
    def __rich__(self) -> Card:
        """Shows a card where rich prints it, without a request."""
