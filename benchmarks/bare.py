"""The bare program: loads Pulser and QuTiP, emulates the serialized sequence that it reads, and prints the results.

python benchmarks/bare.py OMEGA < SEQUENCE
"""

from __future__ import annotations

import sys
from os import environ

environ["OMP_NUM_THREADS"] = "1"  # as in the service's workers

from pulser import Sequence
from pulser.backend import BitStrings
from pulser_simulation import QutipBackendV2, QutipConfig

RUNS = 1000


def emulate(serialized: str, omega: float) -> str:
    sequence = Sequence.from_abstract_repr(serialized).build(omega=omega)
    config = QutipConfig(observables=[BitStrings(evaluation_times=[1.0])], default_num_shots=RUNS)
    return str(QutipBackendV2(sequence, config=config).run().to_abstract_repr())


if __name__ == "__main__":
    print(emulate(sys.stdin.read(), float(sys.argv[1])), flush=True)
