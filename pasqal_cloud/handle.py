"""Handles that are built by hand: `Batch(id=…, status=…, jobs=[…])`, as the tests of other packages do.

They are of the same classes as those that an SDK gives. What was not given reads as None, without a request.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, ParamSpec, TypeVar
from uuid import UUID

import attrs

from pasqal_cloud._conversation.session import Session
from pasqal_cloud.endpoints import Endpoints
from pasqal_cloud.errors import PasqalCloudError, ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    from pasqal_cloud._conversation.flow import Flow
    from pasqal_cloud._conversation.session import Endpoint

P = ParamSpec("P")
T = TypeVar("T")


class Nowhere(Session):
    """The services of a handle that has none."""

    def __init__(self) -> None:
        super().__init__(Endpoints(), None, awaits=False, project_id=None)

    def id_of(self, value: object, name: str) -> NoReturn:  # noqa: ARG002 - they are nobody's
        """Refuses: it is sent nowhere."""
        self.refuse()

    def call(self, endpoint: Endpoint[P, T], *args: P.args, **kwargs: P.kwargs) -> Flow[T]:  # noqa: ARG002 - not asked
        """Refuses: there is nobody to be asked."""
        self.refuse()

    def refuse(self) -> NoReturn:
        """Says that there is nobody to be asked."""
        raise PasqalCloudError("It was built by hand and has no connection: get it from an SDK by its id.", sent=False)


class ByHand:
    """A handle that can also be built by hand, of the fields of the service's answers.

    Args:
        session_and_snapshot: The services, and its state as they gave it, where the SDK makes the handle.
        _client: An SDK to which a handle built by hand belongs; of anything else it has no connection.
        fields: The state of a handle built by hand.
    """

    _model: ClassVar[Any]
    _snapshot: Any
    _blank: ClassVar[dict[str, Any]] = {}
    """What a handle without connection has no way to ask for, if it was not given."""

    def __init__(self, *session_and_snapshot: Any, _client: object = None, **fields: Any) -> None:
        if not session_and_snapshot:
            theirs = getattr(_client, "_session", None)
            session = theirs if isinstance(theirs, Session) else Nowhere()
            fields = self._completed(fields, {} if is_connected(session) else self._blank)
            session_and_snapshot = (session, self._model.from_dict(fields))
        elif not isinstance(session_and_snapshot[0], Session):
            raise ValidationError(f"A {type(self).__name__} takes only keyword arguments, like id=… and status=….")
        super().__init__(*session_and_snapshot)  # of the handle's flows, which stand behind this class

    def __setattr__(self, name: str, value: Any) -> None:
        """Lets tests change what the service said of it, until it is asked again."""
        shown = getattr(type(self), name, None) if name in self._fields() else None
        if isinstance(shown, property) and shown.fset is None:
            changed = self._snapshot.to_dict() | {name: _as_sent(value)}
            name, value = "_snapshot", self._model.from_dict(changed)
        super().__setattr__(name, value)

    @classmethod
    @cache
    def _fields(cls) -> frozenset[str]:
        """Gets the names of what the service says of it."""
        return frozenset(field.name.rstrip("_") for field in attrs.fields(cls._model))

    def _completed(self, fields: dict[str, Any], blank: dict[str, Any]) -> dict[str, Any]:
        missing = [name for name in ("id", "status") if name not in fields]
        if missing:
            raise ValidationError(f"A {type(self).__name__} has {' and '.join(missing)}: give them as keywords.")
        return blank | {name: _as_sent(value) for name, value in fields.items()}

    def _settling(
        self: Any,
        timeout: float | None = None,
        poll: float | None = None,
        on_update: Callable[[Any], object] | None = None,
    ) -> Flow[None]:
        if isinstance(self._session, Nowhere) and not self.status.is_settled:
            self._session.refuse()
        yield from super()._settling(timeout, poll, on_update)  # type: ignore[misc]  # as above


def _as_sent(value: Any) -> Any:
    """Gets a field's value as the service would have sent it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return value.to_dict() if hasattr(value, "to_dict") else value


def is_connected(session: Session) -> bool:
    """Tells whether there is somebody to be asked.

    Args:
        session: A handle's services.
    """
    return not isinstance(session, Nowhere)
