"""Workloads: algorithms that the service runs as a whole, described by a configuration of their own."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from math import inf
from typing import TYPE_CHECKING, Any, Self

from pasqal_cloud._arguments import of_type, seconds, sendable
from pasqal_cloud._conversation.downloads import downloading, link
from pasqal_cloud._conversation.operation import Awaiting, Blocking, fetched, operation
from pasqal_cloud._conversation.responses import unexpected
from pasqal_cloud._conversation.snapshots import Timed, mapping, present, text, texts
from pasqal_cloud._conversation.submitting import NewWorkload, submitting
from pasqal_cloud._conversation.waiting import looking_before_reading, until_settled
from pasqal_cloud._deprecation import elsewhere
from pasqal_cloud.errors import (
    ValidationError,
    WorkloadCancellingError,
    WorkloadFetchingError,
    WorkloadResultsDownloadError,
)
from pasqal_cloud.filters import WorkloadFilters
from pasqal_cloud.handle import ByHand, is_connected
from pasqal_cloud.status import JobStatus
from pasqal_cloud_api import models
from pasqal_cloud_api.api.workloads import cancel_workload, create_workload, get_workload, list_workloads

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from pasqal_cloud._conversation.flow import Flow
    from pasqal_cloud._conversation.retry import RetryPolicy
    from pasqal_cloud._conversation.session import Session
    from pasqal_cloud.filters import PaginationParams

_log = logging.getLogger("pasqal_cloud")


def creating_workload(
    session: Session, workload_type: str, backend: str, config: Mapping[str, Any]
) -> Flow[models.Workload]:
    """Creates a workload."""
    if session.routes is not None:
        session.routes(create_workload)  # which refuses, before a project is asked for
    project_id = session.project_of("workload")
    if not isinstance(config, Mapping):
        raise ValidationError(f"config must be a dictionary, not {config!r}.")
    try:
        json.dumps(dict(config), ensure_ascii=False, allow_nan=False).encode()
    except (RecursionError, TypeError, ValueError) as error:
        raise ValidationError(f"config can't be written as JSON: {error}.") from None
    body = models.CreateWorkload(
        project_id=project_id,
        workload_type=sendable(str(workload_type), "workload_type"),
        backend=sendable(str(backend), "backend"),
        config=models.WorkloadConfig.from_dict(dict(config)),
    )

    def request(session: Session) -> Flow[models.Workload]:
        return (yield from session.with_options(compressed=False).call(create_workload, body=body)).data

    workload = yield from submitting(session, request, NewWorkload(body))
    _log.info("Created workload %s.", workload.id)
    return workload


def fetching_workload(session: Session, workload_id: str | UUID) -> Flow[models.Workload]:
    """Fetches a workload."""
    answer = yield from session.call(get_workload, session.id_of(workload_id, "id"))
    return answer.data


def cancelling_workload(session: Session, workload_id: str | UUID) -> Flow[models.Workload]:
    """Cancels a workload."""
    answer = yield from session.call(cancel_workload, session.id_of(workload_id, "id"))
    return answer.data


def page_of_workloads(
    session: Session, filters: WorkloadFilters | None, page: PaginationParams
) -> Flow[models.WorkloadListResponse]:
    """Fetches one page of workloads."""
    query = of_type(filters, WorkloadFilters, "filters").at_once().query() if filters is not None else {}
    return session.call(list_workloads, **query, **page.query())


class WorkloadFlows(Timed):
    """What a workload can tell and do, in both colours."""

    _snapshot: models.Workload

    def __init__(self, session: Session, snapshot: models.Workload) -> None:
        self._session = session
        self._snapshot = snapshot
        self._result: dict[str, Any] | None = None
        self._looked_at = -inf

    @property
    def id(self) -> str:
        """The workload's id, a UUID."""
        return self._snapshot.id

    @property
    def status(self) -> JobStatus:
        """The workload's status when it was last asked for."""
        return JobStatus(text(self._snapshot, "status") or JobStatus.PENDING)

    @status.setter
    def status(self, status: str) -> None:
        self._snapshot.status = JobStatus(status).value

    @property
    def is_settled(self) -> bool:
        """Whether the workload had come to its end when its status was last asked for."""
        return self.status.is_settled

    @property
    def project_id(self) -> str | None:
        """The id of the workload's project."""
        return text(self._snapshot, "project_id")

    @property
    def workload_type(self) -> str | None:
        """What is run."""
        return text(self._snapshot, "workload_type")

    @property
    def backend(self) -> str | None:
        """Where it runs."""
        return text(self._snapshot, "backend")

    @property
    def config(self) -> dict[str, Any]:
        """Its configuration."""
        return mapping(self._snapshot, "config") or {}

    @property
    def errors(self) -> list[str]:
        """Why it failed, in the service's words."""
        return texts(self._snapshot, "errors")

    @property
    def result_link(self) -> str | None:
        """Where the result can be fetched for a short time; None while there is none. `result` fetches it."""
        return present(self._snapshot.result_link)

    @fetched(raises=WorkloadResultsDownloadError)
    def result(self) -> Flow[dict[str, Any] | None]:
        """The result document; None while there is none.

        Reading it asks for the state of a workload that is not known to be settled, at most twice a second.
        """
        if self._result is None and is_connected(self._session):
            yield from looking_before_reading(self)
        if self._result is None and self.is_settled:
            self._result = self._inline()
            if self._result is None and is_connected(self._session):
                self._result = yield from downloading(self._session, self._fresh_link, dict)
                self._result = self._inline() if self._result is None else self._result
        return self._result

    @operation(raises=WorkloadFetchingError)
    def refresh(self) -> Flow[None]:
        """Asks for the workload's present state.

        Raises:
            WorkloadFetchingError: It could not be had.
        """
        yield from self._refresh()

    @operation(raises=WorkloadCancellingError)
    def cancel(self) -> Flow[None]:
        """Cancels the workload.

        Raises:
            WorkloadCancellingError: It could not be cancelled.
        """
        self._snapshot = yield from cancelling_workload(self._session, self.id)

    @operation(raises=WorkloadFetchingError)
    def wait(
        self,
        timeout: float | None = None,
        *,
        poll: float | None = None,
        on_update: Callable[[Self], object] | None = None,
    ) -> Flow[None]:
        """Waits until the workload is settled; its status tells how it ended.

        Args:
            timeout: How long at most, in seconds; None for as long as it takes.
            poll: The seconds between two looks at the status; by default few at first, then more.
            on_update: Called with the workload whenever it has changed.

        Raises:
            WaitTimeoutError: The time was up. The workload goes on.
            WorkloadFetchingError: The status could not be had.
        """
        yield from self._settling(timeout, poll, on_update)

    def _settling(
        self,
        timeout: float | None = None,
        poll: float | None = None,
        on_update: Callable[[Any], object] | None = None,
    ) -> Flow[None]:
        timeout, poll = seconds(timeout, "timeout"), seconds(poll, "poll", above_zero=True)
        if not self.is_settled:
            yield from until_settled(self, timeout=timeout, poll=poll, on_update=on_update)

    def _inline(self) -> dict[str, Any] | None:
        """Gets the result that some answers hold themselves, in place of a link to it."""
        result: object = None if present(self._snapshot.result_link) else present(self._snapshot.result)
        if result is not None and not isinstance(result, models.WorkloadResult):
            raise unexpected(None, f"The field result of workload {self.id} is no JSON object, but {result!r:.100}.")
        return None if result is None else result.to_dict()

    def _fresh_link(self) -> Flow[str | None]:
        yield from self._refresh()
        return link(self._snapshot, "result_link")

    def _refresh(self) -> Flow[None]:
        self._snapshot = yield from fetching_workload(self._session, self.id)

    def _look(self, retry: RetryPolicy) -> Flow[bool]:
        session = self._session.with_options(retry=retry)
        answer = yield from session.call(get_workload, session.id_of(self.id, "id"))
        before, self._snapshot = self._snapshot, answer.data
        return before != self._snapshot

    def __repr__(self) -> str:
        """Shows the workload without asking the service for anything."""
        status = present(self._snapshot.status) or JobStatus.PENDING.value
        return f"{type(self).__name__}(id={self.id!r}, status={status!r})"


class Workload(ByHand, WorkloadFlows, Blocking):
    """A workload. Reading its attributes is free, but for `result`, which is fetched once, when first needed.

    For tests, one can be built by hand, like `Workload(id="", status="DONE", result={})`, and `status` can be set.
    """

    _model = models.Workload

    def __init__(self, *api_and_snapshot: Any, result: dict[str, Any] | None = None, **fields: Any) -> None:
        super().__init__(*api_and_snapshot, **fields)
        self._result = result

    def __setattr__(self, name: str, value: Any) -> None:
        """Lets tests give it another result, too."""
        super().__setattr__("_result" if name == "result" else name, value)


class AsyncWorkload(WorkloadFlows, Awaiting):
    """A workload. Reading its attributes is free, but for `result`, which is an awaitable."""


if not TYPE_CHECKING:
    __getattr__ = elsewhere  # what the existing package's module has imported for itself
