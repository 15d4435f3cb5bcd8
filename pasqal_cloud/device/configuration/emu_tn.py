"""The configuration of EMU_TN."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pasqal_cloud.device.configuration.base_config import BaseConfig
from pasqal_cloud.errors import InvalidConfiguration

PRECISIONS = ("low", "normal", "high")


@dataclass
class EmuTNConfig(BaseConfig):
    """The configuration of EMU_TN, with the arguments of `BaseConfig` too.

    Args:
        dt: The time step, in nanoseconds.
        precision: `low`, `normal` or `high`.
        max_bond_dim: The greatest bond dimension of the matrix product state.

    Raises:
        InvalidConfiguration: A value is not valid.
    """

    dt: float = 10.0
    precision: str = "normal"
    max_bond_dim: int = 500

    def _validate(self) -> None:
        super()._validate()
        if not _is_above_zero(self.dt):
            raise InvalidConfiguration(f"dt must be a number of nanoseconds above 0, not {self.dt!r}.")
        if self.precision not in PRECISIONS:
            raise InvalidConfiguration(f"precision must be one of {', '.join(PRECISIONS)}, not {self.precision!r}.")
        if not _is_above_zero(self.max_bond_dim):
            raise InvalidConfiguration(f"max_bond_dim must be a whole number above 0, not {self.max_bond_dim!r}.")


def _is_above_zero(value: Any) -> bool:
    try:
        return bool(value > 0)
    except (TypeError, ValueError):
        return False
