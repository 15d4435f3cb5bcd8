"""The deprecated form of the emulators' configurations, for `create_batch(configuration=…)`.

The new form is a Pulser `EmulationConfig`, for `create_batch(backend_configuration=…)`.
"""

from pasqal_cloud.device.configuration.base_config import BaseConfig, InvalidConfiguration
from pasqal_cloud.device.configuration.emu_free import EmuFreeConfig
from pasqal_cloud.device.configuration.emu_fresnel import EmuFresnelConfig
from pasqal_cloud.device.configuration.emu_tn import EmuTNConfig
from pasqal_cloud.device.configuration.result_type import ResultType

__all__ = [
    "BaseConfig",
    "EmuFreeConfig",
    "EmuFresnelConfig",
    "EmuTNConfig",
    "InvalidConfiguration",
    "ResultType",
]
