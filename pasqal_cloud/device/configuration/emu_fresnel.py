"""The configuration of EMU_FRESNEL."""

from dataclasses import dataclass
from typing import Any


@dataclass
class EmuFresnelConfig:
    """The configuration of EMU_FRESNEL, which has no settings."""

    def to_dict(self) -> dict[str, Any]:
        """Returns an empty dictionary."""
        return {}
