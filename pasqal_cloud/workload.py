"""Workloads: algorithms that the service runs as a whole, each with a configuration."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from pasqal_cloud._arguments import sendable, uuid_of
from pasqal_cloud._conversation.downloads import downloading, link
from pasqal_cloud._conversation.operation import Awaiting, Blocking, fetched
from pasqal_cloud._conversation.responses import unexpected
from pasqal_cloud._conversation.sent import SentWorkload
from pasqal_cloud._conversation.snapshots import mapping, text
from pasqal_cloud._conversation.submitting import submitting
from pasqal_cloud._deprecation import elsewhere
from pasqal_cloud.errors import (
    ValidationError,
    WorkloadCancellingError,
    WorkloadFetchingError,
    WorkloadResultsDownloadError,
)
from pasqal_cloud.handle import ByHand, HandleWithResult
from pasqal_cloud.status import JobStatus
from pasqal_cloud_api import models
from pasqal_cloud_api.api.workloads import cancel_workload, create_workload, get_workload, list_workloads

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from pasqal_cloud._conversation.flow import Flow
    from pasqal_cloud._conversation.responses import Url
    from pasqal_cloud._conversation.session import Session
    from pasqal_cloud.filters import PaginationParams, WorkloadFilters

_log = logging.getLogger("pasqal_cloud")

WorkloadT = TypeVar("WorkloadT", bound="WorkloadFlows")


def creating_workload(
    session: Session,
    workload_type: str,
    backend: str,
    config: Mapping[str, Any],
    bind: Callable[[models.Workload], WorkloadT],
) -> Flow[WorkloadT]:
    """Creates a workload."""
    if session.routes is not None:
        session.routes(create_workload)  # OVH has none: raises before a missing project does
    project_id = session.project_of("workload")
    if not isinstance(config, Mapping):
        raise ValidationError(f"config must be a dictionary, not {config!r}.")
    try:
        json.dumps(dict(config), ensure_ascii=False, allow_nan=False).encode()
    except (RecursionError, TypeError, ValueError) as error:
        raise ValidationError(f"config must be JSON: {error}.") from None
    body = models.CreateWorkload(
        project_id=project_id,
        workload_type=sendable(str(workload_type), "workload_type"),
        backend=sendable(str(backend), "backend"),
        config=models.WorkloadConfig.from_dict(dict(config)),
    )

    def request(session: Session) -> Flow[models.Workload]:
        return (yield from session.with_options(compressed=False).call(create_workload, body=body)).data

    workload = yield from submitting(session, SentWorkload(session, body), request, bind)
    _log.info("Created workload %s.", workload.id)
    return workload


def page_of_workloads(
    session: Session, filters: WorkloadFilters | None, page: PaginationParams
) -> Flow[models.WorkloadListResponse]:
    """Fetches one page of workloads."""
    from pasqal_cloud.filters import WorkloadFilters

    return session.call(list_workloads, **WorkloadFilters.query_of(filters), **page.query())


class WorkloadFlows(HandleWithResult):
    """The attributes and operations of a workload, blocking or awaiting."""

    _kind = "workload"
    _default_status = JobStatus.PENDING.value
    _get = get_workload
    _fetching_error = WorkloadFetchingError
    _cancelling_error = WorkloadCancellingError
    _snapshot: models.Workload

    @property
    def workload_type(self) -> str | None:
        """The type of the workload."""
        return text(self._snapshot, "workload_type")

    @property
    def backend(self) -> str | None:
        """The backend that it runs on."""
        return text(self._snapshot, "backend")

    @property
    def config(self) -> dict[str, Any]:
        """The configuration."""
        return mapping(self._snapshot, "config") or {}

    @property
    def result_link(self) -> str | None:
        """A URL that gives the result for a short time; None while there is no result. `result` downloads it."""
        return self._snapshot.result_link

    @fetched(raises=WorkloadResultsDownloadError)
    def result(self) -> Flow[dict[str, Any] | None]:
        """The result document; None while there is none.

        Reading it requests the state of a workload that is not known to be settled, at most twice a second.
        """
        return (yield from self._fetch_full_result())

    @classmethod
    def _cancelling(cls, session: Session, identity: str | UUID) -> Flow[models.Workload]:
        return (yield from session.call(cancel_workload, uuid_of(identity, "id"))).data

    def _progress(self, session: Session) -> Flow[models.Workload]:
        return self._fetching(session, self._uuid)  # the API has no operation for the status alone

    def _completing(self, session: Session, *, waited: bool) -> Flow[None]:  # noqa: ARG002 - fetched by `_progress`
        yield from ()

    def _inline(self) -> dict[str, Any] | None:
        """Gets the result from the last answer; some have it instead of a link to it."""
        result: object = None if self._snapshot.result_link else self._snapshot.result
        if result is not None and not isinstance(result, models.WorkloadResult):
            raise unexpected(None, f"The field result of workload {self.id} is not a JSON object: {result!r:.100}.")
        return None if result is None else result.to_dict()

    def _download(self) -> Flow[dict[str, Any] | None]:
        result = self._inline()
        if result is None:
            result = yield from downloading(self._session, self._fresh_link, dict)
        return self._inline() if result is None else result

    def _fresh_link(self) -> Flow[Url | None]:
        yield from self._refresh()
        return link(self._snapshot, "result_link")


class Workload(ByHand[JobStatus], WorkloadFlows, Blocking):
    """A workload of an `SDK`. Its attributes need no request, except `result`, which is fetched when first read.

    Tests can build one by hand, like `Workload(id="", status="DONE", result={})`, and set its `status`.
    """

    _model = models.Workload

    def __init__(self, *api_and_snapshot: Any, result: dict[str, Any] | None = None, **fields: Any) -> None:
        super().__init__(*api_and_snapshot, **fields)
        self._full_result = result

    def _replace_result(self, result: dict[str, Any] | None) -> None:
        self._full_result = result

    _replacements: ClassVar = {"result": _replace_result}


class AsyncWorkload(WorkloadFlows, Awaiting):
    """A workload of an `AsyncSDK`. Its attributes need no request, except `result`, which is an awaitable."""


if not TYPE_CHECKING:
    __getattr__ = elsewhere  # programs import from here what the existing package's module happens to import
