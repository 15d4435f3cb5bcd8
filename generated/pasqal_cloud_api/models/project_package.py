from typing import Literal, TypeAlias

ProjectPackage: TypeAlias = Literal[
    "LEARN_BY_CODING",
    "QUANTUM_DISCOVERY",
    "QUANTUM_DISCOVERY_CHEMISTRY",
    "QUANTUM_DISCOVERY_ESSENTIAL",
    "QUANTUM_DISCOVERY_LIGHT",
    "QUANTUM_DISCOVERY_PLAY",
    "VQPU",
]
""" What the project has bought. """
