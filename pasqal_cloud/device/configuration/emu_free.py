"""What EMU_FREE can be told."""

from dataclasses import dataclass

from pasqal_cloud.device.configuration.base_config import BaseConfig


@dataclass
class EmuFreeConfig(BaseConfig):
    """The configuration of EMU_FREE, which also takes those of every emulator; see `BaseConfig`.

    Args:
        with_noise: Whether noise is simulated.
    """

    with_noise: bool = False
