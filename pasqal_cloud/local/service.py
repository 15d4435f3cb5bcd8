"""The rules: who may do what, and what is refused. No HTTP, no SQL."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from pasqal_cloud.local.devices import Device, device_for
from pasqal_cloud.local.runner import Checker, UncheckableError
from pasqal_cloud.local.signing import BadSignatureError, Signer
from pasqal_cloud.local.states import BatchStatus, JobStatus
from pasqal_cloud.local.store import ChangedError, Filters, NewBatch, Page, Record, Store, Submitted
from pasqal_cloud.local.tasks import JobRequest, Refusal, Submission

if TYPE_CHECKING:
    from pasqal_cloud.local.options import Options

ORDERS = ("created_at", "creation_order")
"""What lists can be ordered by; both are the order of submission."""

Body = Mapping[str, Any]

CANCELLABLE = frozenset({BatchStatus.PENDING, BatchStatus.RUNNING})
CANCELLING_FILTERS = frozenset({"project_id", "device_type", "status", "open", "start_date", "queue_priority", "tags"})
"""What bulk cancelling can select the caller's batches by; `user_id` adds nothing, as they are the caller's."""


class ServiceError(Exception):
    """A request that can't be satisfied.

    Args:
        status: The HTTP status that says so.
        description: One sentence, or the places and reasons of several refusals.
    """

    def __init__(self, status: int, description: str | list[dict[str, Any]]) -> None:
        super().__init__(description)
        self.status = status
        self.description = description


class Queue(Protocol):
    """Whoever serves the queue."""

    def wake(self) -> None:
        """Hears that the queue has changed."""

    def kill(self, claims: list[str]) -> None:
        """Ends running jobs."""


class Service:
    """What clients can ask for, apart from how they ask.

    Args:
        store: What the service remembers.
        checker: Judges sequences.
        queue: Told about every change.
        signer: Signs tokens and links.
        devices: The devices served, by name.
        user_id: The user whose credentials the options hold.
        options: How the service behaves.
        clock: Tells the time.
    """

    def __init__(
        self,
        *,
        store: Store,
        checker: Checker,
        queue: Queue,
        signer: Signer,
        devices: Mapping[str, Device],
        user_id: str,
        options: Options,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._checker = checker
        self._queue = queue
        self._signer = signer
        self._devices = devices
        self._user_id = user_id
        self._options = options
        self._clock = clock

    @property
    def device_types(self) -> list[str]:
        """The names of the devices served."""
        return list(self._devices)

    # -------------------------------------------------------------------------------------------------------- access

    def log_in(self, username: str, password: str) -> tuple[str, int]:
        """Gives an access token, and the seconds that it is valid.

        Raises:
            ServiceError: The credentials are wrong.
        """
        given = f"{username}:{password}".encode()
        if not hmac.compare_digest(given, f"{self._options.username}:{self._options.password}".encode()):
            raise ServiceError(403, "Wrong email or password.")
        lifetime = self._options.token_lifetime
        return self._signer.token(self._user_id, self._clock() + timedelta(seconds=lifetime)), int(lifetime)

    def user_of(self, token: str) -> str:
        """Gives the id of the user whose access token it is."""
        try:
            return self._signer.user_of(token, self._clock())
        except BadSignatureError as error:
            raise ServiceError(401, str(error)) from error

    def user(self, user_id: str) -> tuple[Record, list[Record]]:
        """Gives a user and the projects they are a member of."""
        user = self._store.user(user_id)
        if user is None:
            raise ServiceError(401, "The access token's user does not exist here.")
        return user, self._store.projects_of(user_id)

    # ------------------------------------------------------------------------------------------------------- batches

    def create_batch(self, user_id: str, body: Body, key: str | None) -> tuple[Record, list[Record]]:
        """Stores a batch, and gives it with its jobs as they are before any starts."""
        submitted = Submitted(user_id, "createBatch", key, _fingerprint(body))
        if earlier := self._earlier(submitted):
            return self.batch(user_id, earlier), self.jobs_of(earlier)
        project_id = body["project_id"].lower()
        if project_id not in self._projects(user_id):
            raise ServiceError(404, f"There is no project {project_id}, or you are not a member of it.")
        is_open = _one_of(body, "open", "complete", opposite=True)
        requests = [_job_request(job) for job in body.get("jobs", ())]
        if not requests and not is_open:
            _refuse(Refusal("jobs", "a closed batch needs at least one job"))
        if (body.get("configuration") or {}).get("with_noise"):
            _refuse(
                Refusal("configuration", "with_noise is not served here: describe the noise in backend_configuration")
            )
        sequence, configuration = body.get("sequence_builder"), body.get("backend_configuration")
        device_type = self._check(requests, sequence, configuration, _one_of(body, "device_type", "emulator"))
        batch = NewBatch(
            project_id=project_id,
            open=bool(is_open),
            device_type=device_type,
            sequence_builder=sequence,
            backend_configuration=configuration,
            configuration=body.get("configuration"),
            webhook=body.get("webhook"),
        )
        batch_id = self._store.add_batch(batch, body.get("tags", ()), requests, submitted, self._clock())
        created = self.batch(user_id, batch_id), self.jobs_of(batch_id)
        self._queue.wake()
        return created

    def add_jobs(self, user_id: str, batch_id: str, bodies: list[Body], key: str | None) -> None:
        """Adds jobs to an open batch."""
        batch = self.batch(user_id, batch_id)
        submitted = Submitted(user_id, f"addJobs {batch_id}", key, _fingerprint(bodies))
        if self._earlier(submitted):
            return
        if not batch["open"]:
            raise ServiceError(409, f"The batch is not open: it takes no more jobs. Its status is {batch['status']}.")
        requests = [_job_request(job) for job in bodies]
        if not requests:
            raise ServiceError(422, [{"loc": ["body"], "msg": "there is no job to add", "type": "value_error"}])
        self._check(requests, batch["sequence_builder"], batch["backend_configuration"], batch["device_type"], ())
        try:
            self._store.add_jobs(batch_id, requests, submitted, self._clock())
        except ChangedError as error:
            raise ServiceError(409, "The batch was closed meanwhile: it takes no more jobs.") from error
        self._queue.wake()

    def batch(self, user_id: str, batch_id: str) -> Record:
        """Gives a batch of one of the user's projects."""
        return self._visible(self._store.batch(batch_id), user_id, f"There is no batch {batch_id}.")

    def jobs_of(self, batch_id: str) -> list[Record]:
        """Gives the jobs of a batch in the order of their submission."""
        return self._store.jobs_of(batch_id)

    def batches(self, user_id: str, query: Body) -> tuple[list[Record], int]:
        """Gives a page of batches, and how many there are in all."""
        return self._store.batches(*self._listing(user_id, query))

    def set_tags(self, user_id: str, batch_id: str, tags: list[str]) -> None:
        """Replaces a batch's tags."""
        self.batch(user_id, batch_id)
        self._store.set_tags(batch_id, tags, self._clock())

    def close_batch(self, user_id: str, batch_id: str) -> None:
        """Closes a batch; one that is closed already stays so."""
        self.batch(user_id, batch_id)
        self._store.close_batch(batch_id, self._clock())
        self._queue.wake()

    def cancel_batch(self, user_id: str, batch_id: str) -> None:
        """Cancels a batch with all its unsettled jobs; one that is cancelled already stays so."""
        try:
            claims = self._store.cancel_batch(self.batch(user_id, batch_id)["id"], self._clock())
        except ChangedError as error:
            status = self.batch(user_id, batch_id)["status"]
            if status != BatchStatus.CANCELED:
                raise ServiceError(409, f"The batch has already ended: its status is {status}.") from error
        else:
            self._queue.kill(claims)

    def cancel_batches(self, user_id: str, body: Body) -> tuple[list[Record], dict[str, str]]:
        """Cancels several of the user's batches; gives those, and why the others were not, by their ids."""
        ids: list[str] = list(dict.fromkeys(body.get("batch_ids") or self._selected(user_id, body)))
        errors = {batch_id: reason for batch_id in ids if (reason := _reason(self.cancel_batch, user_id, batch_id))}
        return [self.batch(user_id, batch_id) for batch_id in ids if batch_id not in errors], errors

    def cancel_jobs(self, user_id: str, batch_id: str, query: Body) -> tuple[list[Record], dict[str, str]]:
        """Cancels those jobs of a batch that match; gives those, and why the others were not, by their ids."""
        ids = [job["id"] for job in self._matching(user_id, batch_id, query)]
        errors = {job_id: reason for job_id in ids if (reason := _reason(self.cancel_job, user_id, job_id))}
        return [self.job(user_id, job_id) for job_id in ids if job_id not in errors], errors

    def rebatch(self, user_id: str, batch_id: str, query: Body, key: str | None) -> tuple[Record, list[Record]]:
        """Stores a batch of copies of those jobs of a closed batch that match, and gives it with its jobs."""
        parent = self.batch(user_id, batch_id)
        submitted = Submitted(user_id, f"rebatch {batch_id}", key, _fingerprint(dict(query)))
        if earlier := self._earlier(submitted):
            return self.batch(user_id, earlier), self.jobs_of(earlier)
        if parent["open"]:
            raise ServiceError(409, "The batch is open: close it first, or add copies of its jobs to it.")
        matching = self._matching(user_id, batch_id, query)
        if not matching:
            raise ServiceError(
                422, f"The batch has no job that matches, so that there is nothing to repeat: {batch_id}."
            )
        copies = [JobRequest(job["runs"], job["variables"], job["sequence"], job["id"]) for job in matching]
        inherited = (
            "project_id",
            "device_type",
            "sequence_builder",
            "backend_configuration",
            "configuration",
            "webhook",
        )
        batch = NewBatch(open=False, parent_id=batch_id, **{name: parent[name] for name in inherited})
        new_id = self._store.add_batch(batch, parent["tags"], copies, submitted, self._clock())
        created = self.batch(user_id, new_id), self.jobs_of(new_id)
        self._queue.wake()
        return created

    # ---------------------------------------------------------------------------------------------------------- jobs

    def job(self, user_id: str, job_id: str) -> Record:
        """Gives a job of one of the user's projects."""
        return self._visible(self._store.job(job_id), user_id, f"There is no job {job_id}.")

    def sequence_of(self, job: Record) -> str | None:
        """Gives the sequence that a job runs: its own, else its batch's."""
        if job["sequence"] is not None:
            return str(job["sequence"])
        batch = self._store.batch(job["batch_id"])
        return batch["sequence_builder"] if batch else None

    def jobs(self, user_id: str, query: Body) -> tuple[list[Record], int]:
        """Gives a page of jobs, and how many there are in all."""
        return self._store.jobs(*self._listing(user_id, query))

    def cancel_job(self, user_id: str, job_id: str) -> None:
        """Cancels a job, and kills it when it runs; one that is cancelled already stays so."""
        try:
            claims = self._store.cancel_job(self.job(user_id, job_id)["id"], self._clock())
        except ChangedError as error:
            status = self.job(user_id, job_id)["status"]
            if status != JobStatus.CANCELED:
                raise ServiceError(409, f"The job has already ended: its status is {status}.") from error
        else:
            self._queue.kill(claims)

    def result_link(self, user_id: str, job_id: str) -> str | None:
        """Gives the path and query that open a job's result document; None when there is none."""
        self.job(user_id, job_id)
        if not self._store.has_result(job_id):
            return None
        expires = self._clock() + timedelta(seconds=self._options.link_lifetime)
        return f"/results/{job_id}?{self._signer.link_query(job_id, expires)}"

    def document(self, job_id: str) -> bytes | None:
        """Gives a job's result document, if there is one."""
        return self._store.result(job_id)

    def result(self, job_id: str, expires: str, signature: str) -> bytes:
        """Gives a result document to whoever has a link to it."""
        try:
            self._signer.check_link(job_id, expires, signature, self._clock())
        except BadSignatureError as error:
            raise ServiceError(403, str(error)) from error
        document = self._store.result(job_id)
        if document is None:
            raise ServiceError(404, f"There is no result of job {job_id}.")
        return document

    # --------------------------------------------------------------------------------------------------------- rules

    def _projects(self, user_id: str) -> set[str]:
        return {project["id"] for project in self._store.projects_of(user_id)}

    def _visible(self, record: Record | None, user_id: str, otherwise: str) -> Record:
        if record is None or record["project_id"] not in self._projects(user_id):
            raise ServiceError(404, otherwise)
        return record

    def _listing(self, user_id: str, query: Body) -> tuple[Filters, Page]:
        filters = dict(query)
        if (order := filters.pop("order_by", ORDERS[0])) not in ORDERS:
            reason = f"lists can be ordered by {' or '.join(ORDERS)}, not by {order}"
            raise ServiceError(422, [{"loc": ["query", "order_by"], "msg": reason, "type": "value_error"}])
        ascending = filters.pop("order_by_direction", "DESC") == "ASC"
        page = Page(filters.pop("limit", 100), filters.pop("offset", 0), ascending)
        mine = self._projects(user_id)
        filters["project_id"] = sorted(mine.intersection(filters.get("project_id", mine)))
        return filters, page

    def _matching(self, user_id: str, batch_id: str, query: Body) -> list[Record]:
        """Gives the jobs of a batch that match, in the order of their submission."""
        self.batch(user_id, batch_id)
        filters, page = self._listing(user_id, {**query, "limit": -1, "order_by_direction": "ASC"})
        return self._store.jobs({**filters, "batch_id": [batch_id]}, page)[0]

    def _selected(self, user_id: str, body: Body) -> list[str]:
        """Gives the ids of the user's unsettled batches that a body without ids selects."""
        filters = {name: value for name, value in body.items() if name in CANCELLING_FILTERS}
        if bool(body.get("cancel_all")) == bool(filters):
            _refuse(Refusal("cancel_all", "give batch_ids, or filters, or cancel_all alone"))
        if not CANCELLABLE.issuperset(filters.get("status", ())):
            _refuse(Refusal("status", f"only batches that are {' or '.join(sorted(CANCELLABLE))} can be cancelled"))
        if "start_date" in filters:
            filters["start_date"] = datetime.fromisoformat(filters["start_date"]).astimezone(UTC)
        mine = {"status": sorted(CANCELLABLE), **filters, "user_id": [user_id], "limit": -1}
        return [batch["id"] for batch in self.batches(user_id, mine)[0]]

    def _earlier(self, submitted: Submitted) -> str | None:
        earlier = self._store.earlier(submitted)
        if earlier is None:
            return None
        fingerprint, batch_id = earlier
        if fingerprint != submitted.fingerprint:
            raise ServiceError(422, "This Idempotency-Key was used for another request.")
        return batch_id

    def _check(
        self,
        jobs: list[JobRequest],
        sequence: str | None,
        configuration: str | None,
        device_type: str | None,
        place: tuple[str, ...] = ("jobs",),
    ) -> str:
        """Refuses what can't run, and gives the device type that the rest runs on."""
        device = self._device(device_type or device_for(None))
        if refusals := list(_malformed(jobs, sequence, configuration, device)):
            _refuse(*refusals, place=place)
        try:
            verdict = self._checker.check(Submission(sequence, tuple(jobs), configuration, device))
        except UncheckableError as error:
            raise ServiceError(
                422, "This is too much to be checked: it takes too long or too much memory, or is nested too deeply."
            ) from error
        if verdict.refusals:
            _refuse(*verdict.refusals, place=place)
        return device_type or self._device(device_for(verdict.device)).name

    def _device(self, device_type: str) -> Device:
        if device_type not in self._devices:
            served = ", ".join(self._devices)
            _refuse(Refusal("device_type", f"this service runs {served}, not {device_type}"))
        return self._devices[device_type]


def _malformed(
    jobs: list[JobRequest], sequence: str | None, configuration: str | None, device: Device
) -> Iterator[Refusal]:
    """Finds what is wrong with jobs whatever their sequences say."""
    for number, job in enumerate(jobs):
        if job.sequence is None and sequence is None:
            yield Refusal("sequence", "the batch has no sequence, so that the job needs one of its own", number)
        if job.sequence is not None and job.variables:
            yield Refusal("variables", "a job with its own sequence takes no variables", number)
        if job.runs is None and configuration is None:
            yield Refusal("runs", "the number of runs is missing", number)
        if job.runs is not None and job.runs > device.max_runs:
            yield Refusal("runs", f"{device.name} takes at most {device.max_runs} runs per job", number)


def _refuse(*refusals: Refusal, place: tuple[str, ...] = ("jobs",)) -> NoReturn:
    raise ServiceError(
        422,
        [
            {
                "loc": ["body", *(() if refusal.job is None else (*place, refusal.job)), refusal.field],
                "msg": refusal.reason,
                "type": "value_error",
            }
            for refusal in refusals
        ],
    )


def _one_of(body: Body, name: str, old_name: str, *, opposite: bool = False) -> Any:
    """Reads a field that has an old name as well, which may mean the opposite."""
    new, old = body.get(name), body.get(old_name)
    if new is not None and old is not None:
        _refuse(Refusal(name, f"{old_name} is an old way to say {name}: give one of them"))
    if old is None:
        return new
    return not old if opposite else old


def _reason(cancel: Callable[[str, str], None], user_id: str, identity: str) -> str | None:
    """Cancels, and tells why that could not be."""
    try:
        cancel(user_id, identity)
    except ServiceError as error:
        return str(error.description)
    return None


def _job_request(body: Body) -> JobRequest:
    return JobRequest(body.get("runs"), body.get("variables"), body.get("sequence"))


def _fingerprint(body: object) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()
