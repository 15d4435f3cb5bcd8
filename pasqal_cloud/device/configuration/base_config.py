"""The configuration that all emulators have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from pasqal_cloud.device.configuration.result_type import ResultType
from pasqal_cloud.errors import InvalidConfiguration

__all__ = ["BaseConfig", "InvalidConfiguration"]


@dataclass
class BaseConfig:
    """The configuration of an emulator.

    Args:
        strict_validation: Whether the sequence is validated as for a QPU.
        extra_config: Settings without an argument here, by their names.
        result_types: The types of results to return; by default the emulator's own choice.

    Raises:
        InvalidConfiguration: A value is not valid.
    """

    strict_validation: bool = False
    extra_config: dict[str, Any] | None = None
    result_types: list[ResultType] | None = None

    def __post_init__(self) -> None:
        """Validates the settings, when they are created and again when they are sent, since they may have changed."""
        if not isinstance(self.extra_config, Mapping | None):
            raise InvalidConfiguration(f"extra_config must be a dictionary, not {self.extra_config!r:.100}.")
        own = sorted({field.name for field in fields(self)} & {*(self.extra_config or ())})
        if own:
            raise InvalidConfiguration(f"extra_config can't contain {', '.join(own)}: give it as an argument.")
        self._validate()

    @property
    def allowed_result_types(self) -> list[ResultType]:
        """The types of results that the emulator can return."""
        return [ResultType.COUNTER]

    def to_dict(self) -> dict[str, Any]:
        """Returns all settings by their names, including those of `extra_config`."""
        settings = asdict(self)
        return settings | (settings.pop("extra_config") or {})

    @classmethod
    def from_dict(cls, conf: dict[str, Any]) -> Self:
        """Makes a configuration from a dictionary; settings without an argument become its `extra_config`.

        Args:
            conf: The settings by their names.

        Raises:
            InvalidConfiguration: A value is not valid.
        """
        names = {field.name for field in fields(cls)}
        own = {name: value for name, value in conf.items() if name in names}
        others = {name: value for name, value in conf.items() if name not in names}
        extra = (own.pop("extra_config", None) or {}) | others
        return cls(**own, extra_config=extra or None)

    def _validate(self) -> None:
        if not isinstance(self.result_types, Iterable | None) or isinstance(self.result_types, str):
            raise InvalidConfiguration(f"result_types must be a list of ResultType, not {self.result_types!r:.100}.")
        refused = [str(kind) for kind in self.result_types or () if kind not in self.allowed_result_types]
        if refused:
            allowed = ", ".join(self.allowed_result_types)
            raise InvalidConfiguration(
                f"result_types can't contain {', '.join(refused)}: this emulator returns {allowed}."
            )
