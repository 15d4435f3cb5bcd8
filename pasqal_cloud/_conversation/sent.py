"""What was sent by a request that spends money, and how to recognise and find what the request created.

Responses, items of lists, and what was fetched by its id are compared with what was sent by the same rules, which
accept another form of the same content. A field that is left out is not compared, unless what was fetched must have it.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from functools import cached_property, partial
from operator import eq
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar
from uuid import UUID

from pasqal_cloud._arguments import counted, uuid_of
from pasqal_cloud._conversation.batches import fetching, listing_jobs, page_of_batches, page_of_jobs
from pasqal_cloud._conversation.flow import CLOCK, Together
from pasqal_cloud._conversation.ledger import SUBMITTED
from pasqal_cloud._conversation.paging import Walk, every
from pasqal_cloud._conversation.snapshots import instant, present
from pasqal_cloud._conversation.unread import read
from pasqal_cloud.errors import NotFoundError, PasqalCloudError, ValidationError
from pasqal_cloud_api import models
from pasqal_cloud_api.api.jobs import get_job, list_jobs
from pasqal_cloud_api.api.workloads import get_workload, list_workloads

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from pasqal_cloud._conversation.flow import Flow
    from pasqal_cloud._conversation.session import Session
    from pasqal_cloud.filters import PaginationParams

T = TypeVar("T", bound=models.Batch | models.Workload)

BATCH = ("project_id", "parent_id", "device_type", "tags", "open_", "sequence_builder", "backend_configuration", "jobs")
WORKLOAD = ("project_id", "workload_type", "backend", "config")
"""The fields that are compared."""

NEEDED = frozenset({"parent_id", "sequence_builder", "workload_type", "backend", "config"})
"""Fields that a fetched item must contain to count as equal; others may be left out."""

MARGIN = 2.0
"""Seconds by which a candidate may appear older than the request that created it: the service's clocks differ."""


class Sent(ABC, Generic[T]):
    """What was sent, and when.

    Args:
        session: The session, with the service's clock.
        what: A description for messages.
        payload: The body of the request.

    Attributes:
        operation: The name of the operation, as the SDK has it.
        moment: When it was sent, on the monotonic clock.
    """

    operation: ClassVar[str]

    def __init__(self, session: Session, what: str, payload: Any) -> None:
        self.what = what
        self.moment = CLOCK.now()
        self._payload = payload
        self._clock = session.clock
        self._began = session.clock.at(self.moment)  # kept if it is known: a later response may have a wrong date

    @cached_property  # each search of this process compares it, and a sequence may have megabytes
    def content(self) -> str:
        """What was sent; equal for submissions that can't be distinguished."""
        return _canonical(_plain(self._payload))

    def new_jobs(self, answer: T) -> int | None:
        """Gets the number of jobs that were created; None if it is not known."""
        jobs = present(getattr(answer, "jobs", None))
        return None if jobs is None else len(jobs)

    @abstractmethod
    def created_by(self, answer: T) -> tuple[str, ...]:
        """Gets the ids of what was created, according to the response."""

    @abstractmethod
    def differing(self, answer: T) -> list[str]:
        """Lists the fields in which the response differs from what was sent."""

    @abstractmethod
    def look(self, session: Session, answered: T | None) -> Flow[dict[str, T | None]]:
        """Searches once.

        Args:
            session: The session.
            answered: The response, if it differs from what was sent.

        Returns:
            The candidates by the ids by which they are claimed; None for those that are not certainly equal.
        """

    def may_have_created(
        self, item: models.Batch | models.Job | models.Workload, *, if_unreadable: bool = False
    ) -> bool:
        """Tells whether a batch, job or workload is newer than the submission, by the service's clock.

        Args:
            item: The batch, job or workload.
            if_unreadable: The result if its time of creation is missing or can't be parsed.
        """
        began = self._began if self._began is not None else self._clock.at(self.moment)
        if began is None or SUBMITTED.existed(item.id, self.moment):
            return False
        try:
            created = instant(item.created_at)
        except ValueError:
            created = None
        return if_unreadable if created is None else created.timestamp() >= began - MARGIN


class SentItem(Sent[T]):
    """A batch or workload that was sent: of those that are newer, a search fetches those that lists show as equal.

    Args:
        session: The session.
        what: What was sent, for messages.
        payload: What was sent.
        fields: Its fields that are compared.
    """

    can_tell = True
    """Whether everything can be compared; if not, what seems equal is only a candidate."""

    def __init__(self, session: Session, what: str, payload: Any, fields: Mapping[str, Any]) -> None:
        super().__init__(session, what, payload)
        self._fields = fields

    @abstractmethod
    def _newer(self, session: Session) -> Flow[list[T]]:
        """Lists those that are newer."""

    @abstractmethod
    def _whole(self, session: Session, item_id: str) -> Flow[T]:
        """Fetches one."""

    def _equals(self, session: Session, item: T) -> Flow[bool]:  # noqa: ARG002 - batches need them
        """Compares what takes further requests to see."""
        yield from ()
        return True

    def created_by(self, answer: T) -> tuple[str, ...]:
        """Gets the id."""
        return (answer.id,)

    def differing(self, answer: T, *, is_whole: bool = False) -> list[str]:
        """Lists the fields in which a response, an item of a list, or what was fetched differs from what was sent."""
        return [
            name.removesuffix("_")
            for name, sent in self._fields.items()
            if ((seen := getattr(answer, name)) is not None or (is_whole and name in NEEDED))
            and not SAME[name](sent, seen)
        ]

    def look(self, session: Session, answered: T | None) -> Flow[dict[str, T | None]]:
        """Searches once."""
        found: dict[str, T | None] = {}
        for item in (yield from self._candidates(session, answered)):
            try:
                if self._resembles(item):
                    whole = yield from self._whole(session, item.id)
                    if self._resembles(whole, is_whole=True) and (yield from self._equals(session, whole)):
                        found[item.id] = whole if self.can_tell else None
            except PasqalCloudError:
                raise
            except (AttributeError, TypeError, ValueError):  # a field has another type, and so differs
                continue
        return found

    def _candidates(self, session: Session, answered: T | None) -> Flow[list[T]]:
        listed = yield from self._newer(session)
        if answered is None or any(item.id == answered.id for item in listed):
            return listed
        try:
            item = yield from self._whole(session, answered.id)
        except (NotFoundError, ValidationError):  # the id in the response may be wrong
            return listed
        return [*listed, item] if self.may_have_created(item, if_unreadable=True) else listed

    def _resembles(self, item: T, *, is_whole: bool = False) -> bool:
        return not self.differing(item, is_whole=is_whole)


class SentBatch(SentItem[models.Batch]):
    """A batch that was sent.

    OVH's users can't list batches, so theirs is found by its jobs. They can't read the jobs' own sequences.

    Args:
        session: The session.
        payload: What was sent.
        tag: The random tag that was added, if any; it identifies the batch.
    """

    operation = "create_batch"

    def __init__(
        self, session: Session, payload: models.CreateBatch | models.CreateOvhBatch, tag: str | None = None
    ) -> None:
        self._jobs = present(payload.jobs) or []
        self._tag = tag
        self._is_ovh = isinstance(payload, models.CreateOvhBatch)
        self.can_tell = not (self._is_ovh and any(present(job.sequence) for job in self._jobs))
        fields = {name: present(getattr(payload, name, None)) for name in BATCH}
        super().__init__(session, f"a batch of {counted(len(self._jobs), 'job')}", payload, fields)

    def new_jobs(self, answer: models.Batch) -> int:  # noqa: ARG002 - it was sent
        """Gets the number of jobs that were sent."""
        return len(self._jobs)

    def _newer(self, session: Session) -> Flow[list[models.Batch]]:
        from pasqal_cloud.filters import BatchFilters, PaginationParams

        if self._is_ovh:
            jobs = yield from _newer(partial(page_of_jobs, session, None), self)
            batches: dict[str, models.Batch] = {}
            for batch_id in filter(None, (present(job.batch_id) for job in jobs)):
                if batch_id not in batches:
                    batches[batch_id] = yield from fetching(session, batch_id)
            return list(filter(self.may_have_created, batches.values()))
        page = partial(page_of_batches, session, BatchFilters(project_id=self._fields["project_id"], tag=self._tag))
        if self._tag:
            return (yield from every(lambda offset: page(PaginationParams(offset=offset))))
        return (yield from _newer(page, self))

    def _whole(self, session: Session, item_id: str) -> Flow[models.Batch]:
        return fetching(session, item_id)

    def _resembles(self, item: models.Batch, *, is_whole: bool = False) -> bool:
        return self._tag in (present(item.tags) or ()) if self._tag else super()._resembles(item, is_whole=is_whole)

    def _equals(self, session: Session, item: models.Batch) -> Flow[bool]:
        item.jobs = [read(job) for job in (yield from listing_jobs(session, item.id))]
        if self._tag:
            return True
        return _same_runs(self._jobs, item.jobs) and (
            self._is_ovh or (yield from _same_sequences(session, self._jobs, item.jobs))
        )


class SentCopy(SentItem[models.Batch]):
    """A request for a batch with copies of another batch's jobs.

    Args:
        session: The session.
        parent_id: The other batch.
        filters: Which of its jobs are copied, as arguments of `list_jobs`.
    """

    operation = "rebatch"

    def __init__(self, session: Session, parent_id: str, filters: Mapping[str, Any]) -> None:
        self._parent_id, self._filters = parent_id, filters
        payload = [parent_id, dict(filters)]
        super().__init__(session, f"a copy of batch {parent_id}", payload, {"parent_id": parent_id})

    def _newer(self, session: Session) -> Flow[list[models.Batch]]:
        return _newer(partial(page_of_batches, session, None), self)

    def _whole(self, session: Session, item_id: str) -> Flow[models.Batch]:
        return fetching(session, item_id)

    def _equals(self, session: Session, item: models.Batch) -> Flow[bool]:
        parent = [UUID(self._parent_id)]
        copied = every(lambda offset: session.call(list_jobs, batch_id=parent, offset=offset, **self._filters))
        wanted = {job.id for job in (yield from copied)}
        item.jobs = [read(job) for job in (yield from listing_jobs(session, item.id))]
        return {present(job.parent_id) for job in item.jobs} == wanted


class SentWorkload(SentItem[models.Workload]):
    """A workload that was sent."""

    operation = "create_workload"

    def __init__(self, session: Session, payload: models.CreateWorkload) -> None:
        self._project_id = payload.project_id
        fields = {name: getattr(payload, name) for name in WORKLOAD}
        super().__init__(session, f"a workload of type {payload.workload_type}", payload, fields)

    def _newer(self, session: Session) -> Flow[list[models.Workload]]:
        from pasqal_cloud.filters import WorkloadFilters

        filters = WorkloadFilters(project_id=self._project_id).query()
        return _newer(lambda page: session.call(list_workloads, **filters, **page.query()), self)

    def _whole(self, session: Session, item_id: str) -> Flow[models.Workload]:
        return (yield from session.call(get_workload, uuid_of(item_id, "id"))).data

    def _resembles(self, item: models.Workload, *, is_whole: bool = False) -> bool:
        # in which form lists show a workload's fields is not known
        return not is_whole or super()._resembles(item, is_whole=True)


class SentJobs(Sent[models.Batch]):
    """Jobs that were sent to an existing batch. Others that are added to it at the same time are candidates, too.

    Args:
        session: The session.
        batch_id: The batch.
        jobs: The jobs.
        known: The ids of the jobs that the batch had before.
    """

    operation = "add_jobs"

    def __init__(self, session: Session, batch_id: str, jobs: list[models.CreateJob], known: Collection[str]) -> None:
        super().__init__(session, f"{counted(len(jobs), 'job')} for batch {batch_id}", batch_id)
        self._batch_id, self._jobs, self._known = batch_id, jobs, known

    def new_jobs(self, answer: models.Batch) -> int:  # noqa: ARG002 - it was sent
        """Gets the number of jobs that were sent."""
        return len(self._jobs)

    def created_by(self, answer: models.Batch) -> tuple[str, ...]:
        """Gets the ids of the jobs that this process did not know before and that equal what was sent."""
        new = self._new(present(answer.jobs) or [])[-len(self._jobs) :]
        return tuple(job.id for job in new if any(_same_run(each, job) for each in self._jobs))

    def differing(self, answer: models.Batch) -> list[str]:
        """Lists the fields in which the batch differs from what was sent."""
        if not _same_id(self._batch_id, answer.id):
            return ["id"]
        jobs = present(answer.jobs)
        if jobs is None:
            return []
        new = self._new(jobs)
        return [] if all(any(_same_run(each, job) for job in new) for each in self._jobs) else ["jobs"]

    def look(
        self,
        session: Session,
        answered: models.Batch | None,  # noqa: ARG002 - the batch's id is known
    ) -> Flow[dict[str, models.Batch | None]]:
        """Searches once."""
        batch = yield from fetching(session, self._batch_id)
        batch.jobs = [read(job) for job in (yield from listing_jobs(session, self._batch_id))]
        new = [job for job in batch.jobs if job.id not in self._known and self.may_have_created(job)]
        found: dict[str, models.Batch | None] = dict.fromkeys(job.id for job in new)
        if _same_runs(self._jobs, new) and (yield from _same_sequences(session, self._jobs, new)):
            found[new[0].id] = batch
        return found

    def _new(self, jobs: list[models.Job]) -> list[models.Job]:
        return [job for job in jobs if job.id not in self._known and not SUBMITTED.existed(job.id, self.moment)]


def _newer(page: Callable[[PaginationParams], Flow[Any]], sent: Sent[Any]) -> Flow[list[Any]]:
    """Fetches what is newer than a submission from a list that begins with the newest."""
    walk: Walk[Any] = Walk(lambda _, order: page(order), None, None, read)
    newer: list[Any] = []
    try:
        while more := (yield from walk.more()):
            new = list(filter(sent.may_have_created, more))
            newer += new
            if len(new) < len(more):
                break
    finally:
        walk.close()
    return newer


def _same_sequences(session: Session, sent: list[models.CreateJob], seen: list[models.Job]) -> Flow[bool]:
    """Compares the jobs' own sequences, which lists leave out."""
    own = [(present(job.sequence), found) for job, found in zip(sent, seen, strict=True) if present(job.sequence)]
    if not own:
        return True
    answers = yield Together(session.call(get_job, uuid_of(found.id, "id")) for _, found in own)
    return all(
        _same_text(sequence, present(answer.data.sequence)) for (sequence, _), answer in zip(own, answers, strict=True)
    )


def _same_id(sent: object, seen: object) -> bool:
    """Compares ids, ignoring upper and lower case."""
    return str(sent or "").lower() == str(seen or "").lower()


def _same_text(sent: str | None, seen: str | None) -> bool:
    """Compares serialized objects by their content: the service may format JSON differently."""
    if sent == seen or not sent or not seen:
        return (sent or None) == (seen or None)
    try:
        return bool(json.loads(sent) == json.loads(seen))
    except (RecursionError, TypeError, ValueError):
        return False


def _same_jobs(sent: list[models.CreateJob] | None, seen: list[models.Job]) -> bool:
    """Compares the jobs of a response, which may have another order than the request, or none."""
    in_order = partial(sorted, key=lambda job: _canonical([_values(job), present(job.runs)]))
    return not seen or _same_runs(sent or [], seen) or _same_runs(in_order(sent or []), in_order(seen))


def _same_runs(sent: list[models.CreateJob], seen: list[models.Job]) -> bool:
    return len(sent) == len(seen) and all(map(_same_run, sent, seen))


def _same_run(sent: models.CreateJob, seen: models.Job) -> bool:
    return present(sent.runs) in (None, present(seen.runs)) and bool(_values(sent) == _values(seen))


def _values(job: models.CreateJob | models.Job) -> Any:
    return _plain(present(job.variables)) or {}


def _holds(sent: Any, seen: Any) -> bool:
    """Compares settings: the service may return more than were sent, such as its defaults."""
    sent, seen = _plain(sent), _plain(seen)
    if isinstance(sent, dict) and isinstance(seen, dict):
        return all(name in seen and _holds(value, seen[name]) for name, value in sent.items())
    return bool(sent == seen)


def _plain(content: Any) -> Any:
    """Converts a generated object to what JSON can represent; the service may have sent something else."""
    return content.to_dict() if hasattr(content, "to_dict") else content


def _canonical(content: Any) -> str:
    """Serializes content so that equal content gives equal strings, also in another order of keys and tags."""
    if isinstance(content, dict):
        given = {str(key): value for key, value in content.items() if value not in (None, [], {})}
        if "tags" in given:
            given["tags"] = sorted(given["tags"])
        return "{" + ",".join(f"{json.dumps(key)}:{_canonical(given[key])}" for key in sorted(given)) + "}"
    if isinstance(content, list | tuple):
        return "[" + ",".join(map(_canonical, content)) + "]"
    if isinstance(content, float) and content.is_integer():
        content = int(content)
    return json.dumps(content, default=str)


SAME: Mapping[str, Callable[[Any, Any], bool]] = {
    "project_id": lambda sent, seen: not sent or not seen or _same_id(sent, seen),
    "parent_id": _same_id,
    "device_type": lambda sent, seen: not sent or sent == seen,
    "tags": lambda sent, seen: set(sent or ()) == set(seen),
    "open_": lambda sent, seen: bool(sent) == seen,
    "sequence_builder": _same_text,
    "backend_configuration": _same_text,
    "jobs": _same_jobs,
    "workload_type": eq,
    "backend": eq,
    "config": _holds,
}
"""How a field that was sent is compared with what is seen of it."""
