from typing import Literal, TypeAlias

WorkloadBackend: TypeAlias = Literal["digital", "emu_c", "pulser_basic", "pyq", "pyqtorch"]
""" The software that a workload runs on. """
