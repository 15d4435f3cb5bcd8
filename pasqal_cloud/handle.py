"""What batches, jobs and workloads share.

A handle is an id, a session, and the state that the service last gave, which is replaced as a whole by the next answer.
`Handle` is the base of blocking and awaiting handles alike. `ByHand` lets tests build the blocking ones without an SDK:
`Batch(id=…, status=…, jobs=[…])`. Fields that were not given are None then, without a request.
"""

from __future__ import annotations

import weakref
from abc import ABC, abstractmethod
from copy import copy
from datetime import datetime
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any, ClassVar, Generic, ParamSpec, Self, TypeVar
from uuid import UUID

import attrs

from pasqal_cloud._arguments import flag_of, seconds, uuid_of
from pasqal_cloud._conversation.batches import idempotent, is_cancelled
from pasqal_cloud._conversation.flow import CLOCK
from pasqal_cloud._conversation.operation import naming, operation
from pasqal_cloud._conversation.session import Session
from pasqal_cloud._conversation.snapshots import is_left_out, keep, status_of, text, texts, time_of
from pasqal_cloud._conversation.unread import Unread
from pasqal_cloud._conversation.waiting import going_on, patient, until_settled
from pasqal_cloud._progress import following
from pasqal_cloud._surfaces import Glance
from pasqal_cloud.endpoints import Endpoints
from pasqal_cloud.errors import PasqalCloudError, ValidationError
from pasqal_cloud.status import BatchStatus, JobStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import NoReturn

    from pasqal_cloud._cards import Card
    from pasqal_cloud._conversation.flow import Flow
    from pasqal_cloud._conversation.session import Endpoint

P = ParamSpec("P")
T = TypeVar("T")
StatusT = TypeVar("StatusT", bound=BatchStatus | JobStatus)
HandleT = TypeVar("HandleT", bound="Handle[Any]")

LOOK_AGAIN = 0.5
"""Seconds between two requests for a status, however often a result is read that does not exist yet."""


class Nowhere(Session):
    """The session of a handle that was built by hand and belongs to no SDK."""

    def __init__(self) -> None:
        super().__init__(Endpoints(), None, awaits=False, project_id=None)

    def call(self, endpoint: Endpoint[P, T], *args: P.args, **kwargs: P.kwargs) -> Flow[T]:  # noqa: ARG002 - not sent
        """Refuses every request."""
        self.refuse()

    def refuse(self) -> NoReturn:
        """Raises the error of a request without an SDK."""
        raise PasqalCloudError("It was built by hand and has no connection: get it from an SDK by its id.", sent=False)


class Archive(Nowhere):
    """The session of a handle that was loaded from a file."""

    def refuse(self) -> NoReturn:
        """Raises the error of a request without an SDK."""
        raise PasqalCloudError(
            "The batch was loaded from a file and has no connection: sdk.get_batch(batch.id) gets it from the service.",
            sent=False,
        )


class Snapshot:
    """The attribute `_snapshot` of a handle whose state is unread: it reads it, and is not asked again."""

    def __get__(self, handle: Handle[Any] | None, _: object = None) -> Any:
        """Reads the state, which threads may do at the same time: all get the same object."""
        if handle is None:
            return self
        state = vars(handle)
        unread: Unread | None = state.get("_unread")
        if unread is not None:
            state.setdefault("_snapshot", unread.read())
            state.pop("_unread", None)
        return state["_snapshot"]


class Handle(ABC, Generic[StatusT]):
    """A batch, job or workload: the members that all of them have.

    A class of handles says by the class variables what it is, and which operations of the API are about it.

    Args:
        session: The session of the SDK that gave it.
        snapshot: Its state, as the service gave it.
    """

    _kind: ClassVar[str]
    """What it is: `batch`, `job` or `workload`."""
    _status_type: type[StatusT]
    _default_status: ClassVar[str | None] = None
    """The status of a handle for which the service gives none."""
    _long_fields: ClassVar[tuple[str, ...]] = ()
    """Fields that some answers leave out, for their length: kept from earlier answers, fetched when they are read."""
    _get: Endpoint[..., Any]
    """Fetches the state."""
    _get_status: Endpoint[..., Any]
    """Fetches only the status, which is faster."""
    _status_fields: ClassVar[tuple[str, ...]] = ("status",)
    """The fields that `_get_status` gives."""
    _cancel_it: Endpoint[..., Any]
    """Cancels it."""
    _remembered: Remembered[Any] | None = None
    """What keeps the state when the handle is not in use any more."""
    _unread: Unread
    """What its first state is read from, if it came in a list."""
    _fetching_error: ClassVar[type[PasqalCloudError]]
    _cancelling_error: ClassVar[type[PasqalCloudError]]
    _snapshot: Any = Snapshot()
    """The state, as the service gave it."""

    def __init__(self, session: Session, snapshot: Any) -> None:
        self._session = session
        self._snapshot = snapshot

    @classmethod
    def _of(cls, session: Session, snapshot: Any) -> Self:
        """Makes a handle of an answer: the constructors of handles that can be built by hand take longer."""
        handle = object.__new__(cls)
        handle._session = session
        if isinstance(snapshot, Unread):
            handle._unread = snapshot
        else:
            handle._snapshot = snapshot
        return handle

    def _take(self, snapshot: Any) -> None:
        self._snapshot = snapshot
        if self._remembered is not None:
            self._remembered.snapshot = snapshot

    @property
    def id(self) -> str:
        """The id, a UUID."""
        identity: str = self._snapshot.id
        return identity

    @property
    def status(self) -> StatusT:
        """The status as of the last request."""
        return self._status_type(text(self._snapshot, "status") or self._default_status or status_of(self._snapshot))

    @status.setter
    def status(self, status: str) -> None:
        """The status as of the last request, which tests may set."""
        self._snapshot.status = self._status_type(status).value

    @property
    def is_settled(self) -> bool:
        """Whether it had ended, as of the last request: as `DONE`, `ERROR` or `CANCELED`, or a batch as `TIMED_OUT`."""
        return self.status.is_settled

    @property
    def project_id(self) -> str | None:
        """The id of the project."""
        return text(self._snapshot, "project_id")

    @property
    def created_at(self) -> datetime | None:
        """When it was created."""
        return time_of(self._snapshot, "created_at")

    @property
    def updated_at(self) -> datetime | None:
        """When it last changed."""
        return time_of(self._snapshot, "updated_at")

    # The three operations raise the class that the handle names, which `operation` can't know.

    @operation(raises=PasqalCloudError)
    def refresh(self) -> Flow[None]:
        """Fetches the present state. A batch also fetches its jobs, if they have been read.

        Raises:
            BatchFetchingError: The batch could not be fetched.
            JobFetchingError: The job could not be fetched.
            WorkloadFetchingError: The workload could not be fetched.
        """
        yield from naming(self._fetching_error, self._refresh)()

    @operation(raises=PasqalCloudError)
    def wait(
        self,
        timeout: float | None = None,
        *,
        poll: float | None = None,
        on_update: Callable[[Self], object] | None = None,
        progress: bool | None = None,
    ) -> Flow[None]:
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
        yield from self._waiting(timeout, poll, on_update, flag_of(progress, "progress"))

    @operation(raises=PasqalCloudError)
    def cancel(self) -> Flow[None]:
        """Cancels it. A batch is cancelled with all its jobs that have not ended.

        Raises:
            BatchCancellingError: The batch could not be cancelled.
            JobCancellingError: The job could not be cancelled.
            WorkloadCancellingError: The workload could not be cancelled.
        """
        self._show((yield from naming(self._cancelling_error, self._cancel)()))

    @classmethod
    def _fetching(cls, session: Session, identity: str | UUID) -> Flow[Any]:
        """Fetches the state of a batch, job or workload."""
        return (yield from session.call(cls._get, uuid_of(identity, "id"))).data

    @classmethod
    def _fetching_status(cls, session: Session, identity: str | UUID) -> Flow[Any]:
        """Fetches the status of a batch or job."""
        return (yield from session.call(cls._get_status, uuid_of(identity, "id"))).data

    @classmethod
    def _cancelling(cls, session: Session, identity: str | UUID) -> Flow[Any]:
        """Cancels a batch or job, or one that is cancelled already; gets the state after that."""
        identity = uuid_of(identity, "id")
        request = session.call(cls._cancel_it, identity)
        return idempotent(request, partial(cls._fetching, session, identity), is_cancelled)

    def _cancel(self) -> Flow[Any]:
        return self._cancelling(self._session, self._uuid)

    def _progress(self, session: Session) -> Flow[Any]:
        """Requests the status by the cheapest operation; gets the state with that status."""
        progress = yield from self._fetching_status(session, self._uuid)
        snapshot = copy(self._snapshot)
        for name in self._status_fields:
            setattr(snapshot, name, getattr(progress, name))
        return snapshot

    @property
    def _uuid(self) -> UUID:
        """The id as the API takes it."""
        if isinstance(self._session, Nowhere):
            self._session.refuse()  # before the id is checked: built by hand, it need not be a UUID
        return uuid_of(self.id, "id")

    @property
    def _is_connected(self) -> bool:
        return not isinstance(self._session, Nowhere)

    @property
    def _is_archived(self) -> bool:
        return isinstance(self._session, Archive)

    def _show(self, snapshot: Any) -> None:
        """Takes another state of the same batch, job or workload, as the service gave it."""
        for name in self._long_fields:
            keep(snapshot, self._snapshot, name)
        self._take(snapshot)

    def _refresh(self, session: Session | None = None) -> Flow[None]:
        self._show((yield from self._fetching(session or self._session, self._uuid)))

    def _long_text(self, name: str) -> Flow[str | None]:
        """Gets one of the long fields."""
        if is_left_out(self._snapshot, name):
            yield from self._refresh()
        return text(self._snapshot, name)

    def _waiting(
        self,
        timeout: float | None = None,
        poll: float | None = None,
        on_update: Callable[[Any], object] | None = None,
        progress: bool | None = None,
    ) -> Flow[None]:
        timeout, poll = seconds(timeout, "timeout"), seconds(poll, "poll", above_zero=True)
        return naming(self._fetching_error, self._settling)(timeout, poll, on_update, progress)

    def _settling(
        self,
        timeout: float | None,
        poll: float | None,
        on_update: Callable[[Any], object] | None,
        progress: bool | None,
    ) -> Flow[None]:
        began = CLOCK.now()
        waits = not self.status.is_settled  # not `is_settled`: an open batch may have jobs that are not known here
        if waits and isinstance(self._session, Nowhere):
            self._session.refuse()
        shown = self._session.options.progress if progress is None else progress
        with following(self, shown if waits else False):  # until it is complete: a notebook keeps the last card
            if waits:
                yield from until_settled(self, timeout=timeout, poll=poll, on_update=on_update, progress=False)
            with going_on(self):
                remaining = None if timeout is None else timeout - (CLOCK.now() - began)
                yield from self._completing(patient(self._session, remaining), waited=waits)

    def _completing(self, session: Session, *, waited: bool) -> Flow[None]:
        """Fetches what the status alone does not tell of something settled."""
        if waited:
            yield from self._refresh(session)

    def _look(self, session: Session) -> Flow[bool]:
        """Requests the status; tells whether anything has changed."""
        snapshot = yield from self._progress(session)
        before = self._snapshot
        self._take(snapshot)
        return bool(before != snapshot)

    def __eq__(self, other: object) -> bool:
        """Tells whether both are the same batch, job or workload; without an id, whether both are the same object."""
        if not isinstance(other, Handle):
            return NotImplemented
        return self is other or bool(self.id and self.id == other.id and self._get is other._get)

    def __hash__(self) -> int:
        return hash((self._get, self.id)) if self.id else object.__hash__(self)

    def _glance(self) -> Glance:
        """Says how far it is, for the line that a long wait shows."""
        device = text(self._snapshot, "device_type") or ""
        return Glance(device, str(self.status).lower(), type(self).__name__.removeprefix("Async").lower(), self.id)

    def __repr__(self) -> str:
        """Shows id and status, without a request."""
        status = self._snapshot.status or self._default_status
        return f"{type(self).__name__}(id={self.id!r}, status={status!r})"

    def _repr_html_(self) -> str:
        """Shows a card in a notebook, without a request."""
        from pasqal_cloud._display import handle

        return handle(self).html()

    def __rich__(self) -> Card:
        """Shows a card where rich prints it, without a request."""
        from pasqal_cloud._display import handle

        return handle(self)


class Remembered(Generic[HandleT]):
    """The last state of a handle, without holding the handle.

    Args:
        handle: The handle.
    """

    def __init__(self, handle: HandleT) -> None:
        self.snapshot = handle._snapshot
        self._handle = weakref.ref(handle)
        handle._remembered = self

    def handle(self, bind: Callable[[Any], HandleT]) -> HandleT:
        """Gets the handle or, if it is not in use any more, makes one in the same state."""
        handle = self._handle()
        if handle is None:
            handle = bind(self.snapshot)
            self._handle, handle._remembered = weakref.ref(handle), self
        return handle


class HandleWithResult(Handle[JobStatus]):
    """A job or workload: the members that both have. They run once, and then have a result or errors."""

    _status_type = JobStatus
    _full_result: dict[str, Any] | None = None
    _looked_at = -inf

    @property
    def start_timestamp(self) -> datetime | None:
        """When it began to run."""
        return time_of(self._snapshot, "start_timestamp")

    @property
    def end_timestamp(self) -> datetime | None:
        """When it ended."""
        return time_of(self._snapshot, "end_timestamp")

    @property
    def errors(self) -> list[str]:
        """Why it failed, in the service's words."""
        return texts(self._snapshot, "errors")

    @abstractmethod
    def _download(self) -> Flow[dict[str, Any] | None]:
        """Downloads the result document, once it is settled."""

    def _fetch_full_result(self) -> Flow[dict[str, Any] | None]:
        if self._full_result is None and self._is_connected:
            yield from self._look_before_reading()
            if self.is_settled:
                self._full_result = yield from self._download()
        return self._full_result

    def _look_before_reading(self) -> Flow[None]:
        """Requests the status if it is not known to be settled, but not each time.

        A program that reads a result in a loop must see it appear.
        """
        now = CLOCK.now()
        if self.is_settled or now - self._looked_at < LOOK_AGAIN:
            return
        self._looked_at = now
        yield from self._look(self._session)
        if self.is_settled and self._session.routes is None:  # OVH's users can read a job's status alone
            yield from self._refresh()


class ByHand(Handle[StatusT]):
    """A handle that can also be built by hand, from the fields of the service's answers.

    Args:
        session_and_snapshot: Given by the SDK, which builds a handle from its session and an answer.
        _client: The SDK to which a handle built by hand belongs; anything else is ignored.
        fields: The state of a handle built by hand.
    """

    _model: ClassVar[Any]
    """The generated class of its state."""
    _replacements: ClassVar[Mapping[str, Callable[[Any, Any], None]]] = {}
    """How tests replace the attributes that are fetched, by their names; the others can't be set."""

    def __init__(self, *session_and_snapshot: Any, _client: object = None, **fields: Any) -> None:
        if not session_and_snapshot:
            theirs = getattr(_client, "_session", None)
            session = theirs if isinstance(theirs, Session) else Nowhere()
            if isinstance(session, Nowhere):  # long fields can't be fetched later
                fields = dict.fromkeys(self._long_fields) | fields
            session_and_snapshot = (session, self._model.from_dict(self._as_answer(fields)))
        elif not isinstance(session_and_snapshot[0], Session):
            raise ValidationError(f"A {type(self).__name__} takes only keyword arguments, like id=… and status=….")
        super().__init__(*session_and_snapshot)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Lets tests change any field; the next answer of the service replaces it."""
        super().__init_subclass__(**kwargs)
        for name in (field.name.rstrip("_") for field in attrs.fields(cls._model)):
            shown = getattr(cls, name, None)
            if isinstance(shown, property) and shown.fset is None:
                setattr(cls, name, shown.setter(partial(cls._change, name=name)))

    def _change(self, value: Any, *, name: str) -> None:
        self._snapshot = self._model.from_dict(self._snapshot.to_dict() | {name: _as_sent(value)})

    def _as_answer(self, fields: dict[str, Any]) -> dict[str, Any]:
        missing = [name for name in ("id", "status") if name not in fields]
        if missing:
            raise ValidationError(f"A {type(self).__name__} needs {' and '.join(missing)}: give them as keywords.")
        return {name: _as_sent(value) for name, value in fields.items()}


def _as_sent(value: Any) -> Any:
    """Gets a field's value as the service would have sent it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return value.to_dict() if hasattr(value, "to_dict") else value
