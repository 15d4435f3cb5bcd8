"""The rules that a local service follows as long as they are set: what goes wrong, and how jobs end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from pasqal_cloud.testing.control import LocalControlError

if TYPE_CHECKING:
    from types import TracebackType

    from pasqal_cloud.testing.control import Control


class Rule:
    """A rule that is set from the moment it was made; as a context manager, it is taken away at the end.

    Args:
        control: Where it is set.
        shown: What the service says of it.
    """

    _path = ""

    def __init__(self, control: Control, shown: dict[str, Any]) -> None:
        self._control = control
        self._shown = shown

    @property
    def id(self) -> str:
        """Its name, which recorded requests show."""
        return str(self._shown["id"])

    @property
    def fired(self) -> int:
        """How often it was met until now, or until it was taken away."""
        return int(self._now()["fired"])

    def remove(self) -> None:
        """Takes it away; one that a reset has taken away already stays so."""
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
        """Takes it away."""
        self.remove()

    def __repr__(self) -> str:
        """Shows what it says."""
        return f"{type(self).__name__}({self._shown})"

    def _now(self) -> dict[str, Any]:
        if self._shown.get("is_removed"):
            return self._shown
        known: dict[str, dict[str, Any]] = {rule["id"]: rule for rule in self._control.get(self._path)}
        return known.get(self.id, self._shown | {"is_removed": True})


class Fault(Rule):
    """Something that goes wrong with requests; see `LocalService.fault`."""

    _path = "/faults"

    @property
    def seen(self) -> int:
        """How many requests of its operation there were, those among them that it spared."""
        return int(self._now()["seen"])

    @property
    def seed(self) -> int:
        """Where its random numbers started: with this as `seed`, the same requests are hit again."""
        return int(self._shown["seed"])


class Outcome(Rule):
    """How jobs end; see `LocalService.outcome`."""

    _path = "/outcomes"

    def release(self) -> None:
        """Lets the jobs that are held come to their end."""
        self._shown = self._control.post(f"{self._path}/{self.id}/release")
