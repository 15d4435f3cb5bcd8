"""The configuration of EMU_FREE."""

from dataclasses import dataclass

from pasqal_cloud.device.configuration.base_config import BaseConfig


@dataclass
class EmuFreeConfig(BaseConfig):
    """The configuration of EMU_FREE, with the arguments of `BaseConfig` too.

    Args:
        with_noise: Whether noise is simulated.
    """

    with_noise: bool = False
