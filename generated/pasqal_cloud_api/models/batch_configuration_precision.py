from typing import Literal, TypeAlias

BatchConfigurationPrecision: TypeAlias = Literal["high", "low", "normal"]
""" `EMU_TN`: the precision; `normal` when absent. """
