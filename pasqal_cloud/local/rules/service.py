"""The rules for batches and jobs, and the service: these with those for users, devices and workloads."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pasqal_cloud.local.devices import device_for, why_not, written_for
from pasqal_cloud.local.logs import ids_of_batch
from pasqal_cloud.local.rules.access import submitted_by
from pasqal_cloud.local.rules.limits import within_limits
from pasqal_cloud.local.rules.refusals import ServiceError, check_webhook, malformed, one_of, refuse
from pasqal_cloud.local.states import UNSETTLED_BATCHES, JobStatus
from pasqal_cloud.local.store import ChangedError, NewBatch
from pasqal_cloud.local.tasks import JobRequest, Refusal, Submission, Verdict
from pasqal_cloud.local.work import CheckerBusyError, UncheckableError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from pasqal_cloud.local.devices import Device
    from pasqal_cloud.local.metrics import Metrics
    from pasqal_cloud.local.readiness import Readiness
    from pasqal_cloud.local.rules.access import Access, Body
    from pasqal_cloud.local.rules.catalogue import Catalogue
    from pasqal_cloud.local.rules.workloads import Workloads
    from pasqal_cloud.local.store import Record, Store
    from pasqal_cloud.local.store.overview import Detail, Overview
    from pasqal_cloud.local.work import Checker, Queue, Report

logger = logging.getLogger(__name__)

CANCELLING_FILTERS = frozenset({"project_id", "device_type", "status", "open", "start_date", "queue_priority", "tags"})
"""The filters for cancelling several of the caller's batches."""

RETRY_AFTER = 1
"""Seconds after which a client may send a submission again that could not be checked."""

MAX_NAMED = 1_000
"""The maximum length of each list in a request to cancel batches."""

MAX_RESULTS = 64 * 2**20
"""The maximum size in bytes, compressed, of the results that are sent together."""

REPEATED = ("project_id", "device_type", "backend_configuration", "configuration", "webhook")
"""The fields that a rebatch copies from the original batch."""


@dataclass(frozen=True)
class Batches:
    """The operations on batches and jobs.

    Args:
        access: Who may see and do what.
        store: The database.
        queue: The scheduler, which is notified of every change.
        checker: Checks sequences.
        devices: The offered devices, by name.
        clock: The service's clock.
    """

    access: Access
    store: Store
    queue: Queue
    checker: Checker
    devices: Mapping[str, Device]
    clock: Callable[[], datetime]

    # ---------------------------------------------------------------------------------------------------- submitting

    def create_batch(self, user_id: str, body: Body, key: str | None) -> tuple[Record, list[Record]]:
        """Stores a batch; gets it with its jobs, before any of them starts."""
        return self._create_batch(user_id, body, key, "CLIENT")

    def create_ovh_batch(self, user_id: str, body: Body, key: str | None) -> tuple[Record, list[Record]]:
        """Stores a closed batch in the user's first project, whatever project the body names."""
        if one_of(body, "open", "complete", opposite=True):
            refuse(Refusal("open", "open batches are not supported for OVH"))
        mine = self.access.project_ids(user_id)
        if not mine:
            raise ServiceError(403, "You are not a member of any project, so there is no project to charge.")
        return self._create_batch(user_id, {**body, "project_id": mine[0]}, key, "OVH")

    def _create_batch(self, user_id: str, body: Body, key: str | None, origin: str) -> tuple[Record, list[Record]]:
        submitted = submitted_by(user_id, f"createBatch {origin}", key, body)
        if earlier := self.access.earlier(submitted):
            return self._with_jobs(user_id, earlier)
        project_id = body["project_id"].lower()
        self.access.check_member(user_id, project_id)
        is_open = bool(one_of(body, "open", "complete", opposite=True))
        requests = [_job_request(job) for job in body.get("jobs", ())]
        if not requests and not is_open:
            refuse(Refusal("jobs", "a closed batch needs at least one job"))
        if (body.get("configuration") or {}).get("with_noise"):
            refuse(Refusal("configuration", "with_noise is not supported: describe the noise in backend_configuration"))
        check_webhook(body.get("webhook"))
        batch = NewBatch(
            project_id=project_id,
            open=is_open,
            device_type=self._checked_device(requests, body, one_of(body, "device_type", "emulator")),
            sequence=body.get("sequence_builder"),
            backend_configuration=body.get("backend_configuration"),
            configuration=body.get("configuration"),
            webhook=body.get("webhook"),
            origin=origin,
            tags=tuple(body.get("tags", ())),
        )
        self.access.check_device(project_id, batch.device_type)
        with within_limits():
            batch_id = self.store.submissions.add_batch(batch, requests, submitted, self.clock())
        created = self._with_jobs(user_id, batch_id)
        self.queue.wake()
        _log_new("created with", *created)
        return created

    def add_jobs(self, user_id: str, batch_id: str, bodies: list[Body], key: str | None) -> None:
        """Adds jobs to an open batch."""
        batch = self.batch(user_id, batch_id)
        submitted = submitted_by(user_id, f"addJobs {batch['id']}", key, bodies)
        if self.access.earlier(submitted):
            return
        if not batch["open"]:
            raise ServiceError(409, f"The batch is closed: jobs can't be added to it. Its status is {batch['status']}.")
        requests = [_job_request(job) for job in bodies]
        if not requests:
            raise ServiceError(422, [{"loc": ["body"], "msg": "at least one job is required", "type": "value_error"}])
        given = {**batch, "sequence_builder": self.sequence_of(batch)}
        self._checked_device(requests, given, batch["device_type"], place=())
        try:
            with within_limits():
                self.store.submissions.add_jobs(batch["id"], requests, submitted, self.clock())
        except ChangedError as error:
            raise ServiceError(409, "The batch has been closed in the meantime: jobs can't be added to it.") from error
        self.queue.wake()
        _log_new("given", batch, requests)

    def rebatch(self, user_id: str, batch_id: str, query: Body, key: str | None) -> tuple[Record, list[Record]]:
        """Stores a batch with copies of the matching jobs of a closed batch; gets it with its jobs."""
        parent = self.batch(user_id, batch_id)
        submitted = submitted_by(user_id, f"rebatch {parent['id']}", key, dict(query))
        if earlier := self.access.earlier(submitted):
            return self._with_jobs(user_id, earlier)
        if parent["open"]:
            raise ServiceError(409, "The batch is open: close it first, or add copies of its jobs to it.")
        matching = self._matching(user_id, parent, query)
        if not matching:
            raise ServiceError(422, f"No job of the batch {batch_id} matches the filters.")
        self._device(parent["device_type"])
        self.access.check_device(parent["project_id"], parent["device_type"])
        batch = NewBatch(
            open=False,
            parent_id=parent["id"],
            sequence=self.sequence_of(parent),
            tags=tuple(parent["tags"]),
            **{name: parent[name] for name in REPEATED},
        )
        copies = [JobRequest(job["runs"], job["variables"], self.sequence_of(job), job["id"]) for job in matching]
        with within_limits():
            new_id = self.store.submissions.add_batch(batch, copies, submitted, self.clock())
        created = self._with_jobs(user_id, new_id)
        self.queue.wake()
        _log_new("created with copies of", *created)
        return created

    # ------------------------------------------------------------------------------------------------------- reading

    def batch(self, user_id: str, batch_id: str) -> Record:
        """Gets a batch of one of the user's projects."""
        return self.access.visible(self.store.lists.batch(batch_id.lower()), user_id, f"There is no batch {batch_id}.")

    def batches(self, user_id: str, query: Body) -> tuple[list[Record], int]:
        """Gets a page of batches, and their total number."""
        return self.store.lists.batches(*self.access.listing(user_id, query))

    def job(self, user_id: str, job_id: str) -> Record:
        """Gets a job of one of the user's projects."""
        return self.access.visible(self.store.lists.job(job_id.lower()), user_id, f"There is no job {job_id}.")

    def jobs(self, user_id: str, query: Body) -> tuple[list[Record], int]:
        """Gets a page of jobs, and their total number."""
        return self.store.lists.jobs(*self.access.listing(user_id, query))

    def jobs_of(self, batch: Record) -> list[Record]:
        """Gets the jobs of a batch in the order of their submission."""
        return self.store.lists.jobs_of(batch["id"])

    def job_ids_of(self, batch: Record) -> list[str]:
        """Gets the ids of the jobs of a batch in the order of their submission."""
        return self.store.lists.job_ids(batch["id"])

    def sequence_of(self, batch_or_job: Record) -> str | None:
        """Gets the sequence that a batch or a job has of its own."""
        sequence_id = batch_or_job["sequence_id"]
        return None if sequence_id is None else self.store.lists.sequence(sequence_id)

    def sequence_run_by(self, job: Record) -> str | None:
        """Gets the sequence that a job runs: its own, else its batch's."""
        batch = self.store.lists.batch(job["batch_id"]) if job["sequence_id"] is None else None
        return self.sequence_of(batch or job)

    def job_link(self, user_id: str, job_id: str) -> str | None:
        """Gets the path and query of the link to a job's result; None if there is no result."""
        return self.access.link(self.job(user_id, job_id)["id"])

    def documents_of(self, batch: Record) -> dict[str, bytes]:
        """Gets the result documents of a batch's jobs, by their ids, unless they are too large to be sent together."""
        if self.store.lists.size_of_results(batch["id"]) > MAX_RESULTS:
            raise ServiceError(
                413, "The results are too large to be sent together: fetch the link to each job's result."
            )
        return self.store.lists.results_of(batch["id"])

    def _with_jobs(self, user_id: str, batch_id: str) -> tuple[Record, list[Record]]:
        batch = self.batch(user_id, batch_id)
        return batch, self.jobs_of(batch)

    # ------------------------------------------------------------------------------------------------------ changing

    def set_tags(self, user_id: str, batch_id: str, tags: list[str]) -> None:
        """Replaces a batch's tags."""
        self.store.submissions.set_tags(self.batch(user_id, batch_id)["id"], tags, self.clock())

    def close_batch(self, user_id: str, batch_id: str) -> None:
        """Closes a batch; one that is closed already stays so."""
        self.store.ends.close_batch(self.batch(user_id, batch_id)["id"], self.clock())
        self.queue.wake()

    def cancel_batch(self, user_id: str, batch_id: str) -> None:
        """Cancels a batch with all its unsettled jobs; one that is cancelled already stays so."""
        self._cancel_batches([self.batch(user_id, batch_id)["id"]])
        if reason := _why_not_canceled("batch", self.batch(user_id, batch_id)):
            raise ServiceError(409, reason)

    def cancel_job(self, user_id: str, job_id: str) -> None:
        """Cancels a job, and kills it when it runs; one that is cancelled already stays so."""
        job = self.job(user_id, job_id)
        self._cancel_jobs(job["batch_id"], [job["id"]])
        if reason := _why_not_canceled("job", self.job(user_id, job_id)):
            raise ServiceError(409, reason)

    def cancel_batches(self, user_id: str, body: Body) -> tuple[list[Record], dict[str, str]]:
        """Cancels several of the user's batches; gets the cancelled ones, and the reasons for the others by id."""
        if any(isinstance(named, list) and len(named) > MAX_NAMED for named in body.values()):
            raise ServiceError(413, f"A list in the body has more than {MAX_NAMED} items.")
        named = body.get("batch_ids")
        found = self._selected(user_id, body) if named is None else self.batches(user_id, {"id": named, "limit": -1})[0]
        mine = [batch["id"] for batch in found if batch["user_id"] == user_id]
        self._cancel_batches(mine)
        cancelled, errors = _sorted_out("batch", self.store.lists.batches_named(mine))
        others = {name: f"There is no batch {name} of yours." for name in named or () if name.lower() not in mine}
        return cancelled, errors | others

    def cancel_jobs(self, user_id: str, batch_id: str, query: Body) -> tuple[list[Record], dict[str, str]]:
        """Cancels the matching jobs of a batch; gets the cancelled ones, and the reasons for the others by id."""
        batch = self.batch(user_id, batch_id)
        matching = {job["id"] for job in self._matching(user_id, batch, query)}
        self._cancel_jobs(batch["id"], matching)
        return _sorted_out("job", [job for job in self.jobs_of(batch) if job["id"] in matching])

    # ------------------------------------------------------------------------------------------------ the whole service

    def runner(self) -> Report:
        """Gets the state of what runs the jobs."""
        return self.queue.report()

    def overview(self, last: int, user_id: str | None) -> Overview:
        """Gets the queues, and the latest batches that a user may see.

        Args:
            last: The number of batches.
            user_id: The user, who sees what belongs to their projects; None for all batches, as for the service's user.
        """
        mine = None if user_id in (None, self.access.user_id) else self.access.project_ids(str(user_id))
        return self.store.overview(last, self.clock(), mine)

    def detail(self, batch_id: str, first: int, user_id: str | None) -> Detail | None:
        """Gets a batch with its first jobs; None if there is none, or if the user must not see it.

        Args:
            batch_id: The id of the batch.
            first: The number of jobs.
            user_id: The user; None for all batches of all users.
        """
        mine = None if user_id is None else self.access.project_ids(user_id)
        return self.store.detail(batch_id.lower(), first, self.clock(), mine)

    def reset(self) -> None:
        """Stops all jobs, and deletes all batches and workloads."""
        self.queue.kill(self.store.reset())

    # --------------------------------------------------------------------------------------------------------- rules

    def _cancel_batches(self, batch_ids: Collection[str]) -> None:
        self.queue.kill(self.store.ends.cancel_batches(batch_ids, self.clock()))
        for batch_id in batch_ids:
            logger.info("Batch %s is cancelled, unless it had ended.", batch_id, extra={"batch_id": batch_id})

    def _cancel_jobs(self, batch_id: str, job_ids: Collection[str]) -> None:
        self.queue.kill(self.store.ends.cancel_jobs(batch_id, job_ids, self.clock()))
        for job_id in job_ids:
            logger.info(
                "Job %s is cancelled, unless it had ended.", job_id, extra={"job_id": job_id, "batch_id": batch_id}
            )

    def _matching(self, user_id: str, batch: Record, query: Body) -> list[Record]:
        """Gets the jobs of a batch that match, in the order of their submission."""
        filters = {**query, "batch_id": [batch["id"]], "limit": -1, "order_by_direction": "ASC"}
        return self.jobs(user_id, filters)[0]

    def _selected(self, user_id: str, body: Body) -> list[Record]:
        """Gets the user's unsettled batches that match the filters of a body without ids."""
        filters = {name: value for name, value in body.items() if name in CANCELLING_FILTERS}
        means_something = filters or "user_id" in body or body.get("cancel_all")
        if not means_something or user_id not in body.get("user_id", [user_id]):
            return []
        if "start_date" in filters:
            start = datetime.fromisoformat(filters["start_date"])
            filters["start_date"] = start.replace(tzinfo=start.tzinfo or UTC).astimezone(UTC)
        mine = {"status": UNSETTLED_BATCHES, **filters, "user_id": [user_id], "limit": -1}
        return self.batches(user_id, mine)[0]

    def _checked_device(
        self, jobs: list[JobRequest], given: Body, device_type: str | None, place: tuple[str, ...] = ("jobs",)
    ) -> str:
        """Refuses jobs that can't run, and gets the device type for the others.

        Args:
            jobs: The jobs.
            given: The batch, or the body that creates it.
            device_type: The device type in the request; None for the device of their sequences.
            place: The place of the jobs in the body.
        """
        if device_type is None:
            sequences = (given.get("sequence_builder"), *(job.sequence for job in jobs))
            device_type = device_for(written_for(next(filter(None, sequences), None)))
        device = self._device(device_type)
        if refusals := list(malformed(jobs, given, device)):
            refuse(*refusals, place=place)
        if refusals := list(self._verdict(jobs, given, device).refusals):
            refuse(*refusals, place=place)
        return device_type

    def _verdict(self, jobs: list[JobRequest], given: Body, device: Device) -> Verdict:
        submission = Submission(
            sequence=given.get("sequence_builder"),
            jobs=tuple(jobs),
            backend_configuration=given.get("backend_configuration"),
            device=device,
            configuration=given.get("configuration"),
        )
        try:
            return self.checker.check(submission)
        except UncheckableError as error:
            raise ServiceError(422, str(error)) from error
        except CheckerBusyError as error:
            raise ServiceError(503, str(error), {"Retry-After": str(RETRY_AFTER)}) from error

    def _device(self, device_type: str) -> Device:
        if device_type not in self.devices:
            refuse(Refusal("device_type", why_not(device_type, self.devices)))
        return self.devices[device_type]


@dataclass(frozen=True)
class Service:
    """All operations of the service, independent of HTTP.

    Args:
        access: The operations on users, projects, tokens and links.
        catalogue: Those on devices.
        batches: Those on batches and jobs.
        workloads: Those on workloads.
        metrics: What is counted of them.
        readiness: Whether they can be performed.
    """

    access: Access
    catalogue: Catalogue
    batches: Batches
    workloads: Workloads
    metrics: Metrics
    readiness: Readiness


def _log_new(what: str, batch: Record, jobs: Sequence[object]) -> None:
    logger.info(
        "Batch %s was %s %d jobs.", batch["id"], what, len(jobs), extra={**ids_of_batch(batch), "count": len(jobs)}
    )


def _sorted_out(kind: str, records: list[Record]) -> tuple[list[Record], dict[str, str]]:
    """Splits records into the cancelled ones, and the reasons why the others are not, by id."""
    reasons = {record["id"]: _why_not_canceled(kind, record) for record in records}
    cancelled = [record for record in records if reasons[record["id"]] is None]
    return cancelled, {identity: reason for identity, reason in reasons.items() if reason is not None}


def _why_not_canceled(kind: str, record: Record) -> str | None:
    """Gets the reason why a record could not be cancelled; None if it is cancelled."""
    status = record["status"]
    return None if status == JobStatus.CANCELED else f"The {kind} has already ended: its status is {status}."


def _job_request(body: Body) -> JobRequest:
    return JobRequest(body.get("runs"), body.get("variables"), body.get("sequence"))
