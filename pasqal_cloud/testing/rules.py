"""The faults and outcomes that are set in a local service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from pasqal_cloud.testing.control import LocalControlError

if TYPE_CHECKING:
    from types import TracebackType

    from pasqal_cloud.testing.control import Control


class Rule:
    """A rule, which is in effect as soon as it is created; as a context manager, it is removed at the end.

    Args:
        control: Controls the service.
        shown: The rule, as the service shows it.
    """

    _path = ""

    def __init__(self, control: Control, shown: dict[str, Any]) -> None:
        self._control = control
        self._shown = shown

    @property
    def id(self) -> str:
        """Its id, which recorded requests contain."""
        return str(self._shown["id"])

    @property
    def fired(self) -> int:
        """How often it has applied until now, or until it was removed."""
        return int(self._now()["fired"])

    def remove(self) -> None:
        """Removes the rule; does nothing if it was already removed, for example by a reset."""
        if self._shown.get("is_removed"):
            return
        try:
            self._shown = self._control.delete(f"{self._path}/{self.id}")
        except LocalControlError as error:
            if error.status != 404:
                raise
        self._shown |= {"is_removed": True}

    def __enter__(self) -> Self:
        """Gets the rule."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Removes the rule."""
        self.remove()

    def __repr__(self) -> str:
        """Shows the rule."""
        return f"{type(self).__name__}({self._shown})"

    def _now(self) -> dict[str, Any]:
        if self._shown.get("is_removed"):
            return self._shown
        known: dict[str, dict[str, Any]] = {rule["id"]: rule for rule in self._control.get(self._path)}
        return known.get(self.id, self._shown | {"is_removed": True})


class Fault(Rule):
    """A fault in requests; see `LocalService.fault`."""

    _path = "/faults"

    @property
    def seen(self) -> int:
        """The number of requests of its operation, including those not affected."""
        return int(self._now()["seen"])

    @property
    def seed(self) -> int:
        """The seed of its random numbers; a fault with this `seed` affects the same requests again."""
        return int(self._shown["seed"])


class Outcome(Rule):
    """How jobs end; see `LocalService.outcome`."""

    _path = "/outcomes"

    def release(self) -> None:
        """Ends the jobs that are held."""
        self._shown = self._control.post(f"{self._path}/{self.id}/release")
