"""Runs circuits on the backend of qiskit-pasqal-provider that is named, waiting and not."""

import json
import os
import sys

from qiskit.circuit import QuantumCircuit
from qiskit_pasqal_provider.providers.gate import HamiltonianGate, InterpolatePoints
from qiskit_pasqal_provider.providers.provider import PasqalProvider
from qiskit_pasqal_provider.providers.sampler import SamplerV2
from qiskit_pasqal_provider.utils import RemoteConfig


def circuit(amplitude: float) -> QuantumCircuit:
    """Makes a pulse on two atoms that never are excited together."""
    gate = HamiltonianGate(
        amplitude=InterpolatePoints([amplitude, amplitude], duration=1112),
        detuning=InterpolatePoints([0.0, 0.0], duration=1112),
        phase=0.0,
        coords=[(0, 0), (5, 0)],
    )
    circuit = QuantumCircuit(2)
    circuit.append(gate, circuit.qubits)
    return circuit


config = RemoteConfig(
    username=os.environ["PASQAL_USERNAME"],
    password=os.environ["PASQAL_PASSWORD"],
    project_id=os.environ["PASQAL_PROJECT_ID"],
)
backend = PasqalProvider(config).get_backend(sys.argv[1])

half = SamplerV2(backend).run([circuit(1.0)], shots=500)

whole = backend.run(circuit(2.0), shots=500, wait=False)
first_seen = whole.status().name
whole.metadata["sleep_sec"] = 1  # it looks every 15 s otherwise

print(
    json.dumps(
        {
            "half": half.result()[0].data.counts,
            "half_status": half.status().name,
            "first_seen": first_seen,
            "whole": whole.result()[0].data.counts,
            "then": whole.status().name,
        }
    )
)
