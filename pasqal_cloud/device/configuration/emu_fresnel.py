"""What EMU_FRESNEL can be told."""

from dataclasses import dataclass
from typing import Any


@dataclass
class EmuFresnelConfig:
    """The configuration of EMU_FRESNEL, which takes none."""

    def to_dict(self) -> dict[str, Any]:
        """Gets all settings by their names: there are none."""
        return {}
