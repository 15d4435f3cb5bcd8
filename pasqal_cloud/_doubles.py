"""Handles that are built by hand: `Batch(id=…, status=…, jobs=[…])`, as the tests of other packages do.

They are of the same classes as those that an SDK gives. What was not given reads as None, without a request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pasqal_cloud._transport import Api, BlockingClient
from pasqal_cloud.endpoints import Endpoints
from pasqal_cloud.errors import PasqalCloudError, ValidationError

if TYPE_CHECKING:
    from typing import NoReturn


class Nowhere(Api):
    """The services of a handle that has none."""

    def __init__(self) -> None:
        super().__init__(Endpoints(), None, BlockingClient, None)

    def _client(self, base_url: str) -> NoReturn:  # noqa: ARG002 - none of them
        raise PasqalCloudError("It was built by hand and has no connection: get it from an SDK, by its id.", sent=False)


class ByHand:
    """A handle that can also be built by hand, of the fields of the service's answers.

    Args:
        api: The services, where the SDK makes the handle.
        snapshot: Its state, as the service gave it.
        _client: An SDK to which a handle built by hand belongs; of anything else it has no connection.
        fields: The state of a handle built by hand.
    """

    _model: ClassVar[Any]
    _blank: ClassVar[dict[str, Any]] = {}
    """What a handle without connection has no way to ask for, if it was not given."""

    def __init__(self, api: Api | None = None, snapshot: Any = None, *, _client: object = None, **fields: Any) -> None:
        if api is None:
            theirs = getattr(_client, "_api", None)
            api = theirs if isinstance(theirs, Api) else Nowhere()
            snapshot = self._model.from_dict(self._completed(fields, {} if is_connected(api) else self._blank))
        super().__init__(api, snapshot)  # type: ignore[call-arg]  # of the handle's flows, which stand behind this class

    def _completed(self, fields: dict[str, Any], blank: dict[str, Any]) -> dict[str, Any]:
        missing = [name for name in ("id", "status") if name not in fields]
        if missing:
            raise ValidationError(f"A {type(self).__name__} has {' and '.join(missing)}: give them as keywords.")
        given = {name: value.to_dict() if hasattr(value, "to_dict") else value for name, value in fields.items()}
        return blank | given


def is_connected(api: Api) -> bool:
    """Tells whether there is somebody to be asked.

    Args:
        api: A handle's services.
    """
    return not isinstance(api, Nowhere)
