from typing import Literal, TypeAlias

WorkloadType: TypeAlias = Literal[
    "algorithm_dqgm", "algorithm_pde_basf", "algorithm_pde_equality", "algorithm_qel_posco", "qadence_circuit"
]
""" An algorithm. """
