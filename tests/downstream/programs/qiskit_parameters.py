"""Runs a circuit with a parameter on a remote emulator, through the sampler of qiskit-pasqal-provider."""

import json
import os

from qiskit.circuit import Parameter, QuantumCircuit
from qiskit_pasqal_provider.providers.gate import HamiltonianGate, InterpolatePoints
from qiskit_pasqal_provider.providers.provider import PasqalProvider
from qiskit_pasqal_provider.providers.sampler import SamplerV2
from qiskit_pasqal_provider.utils import RemoteConfig

amplitude = Parameter("amplitude")
gate = HamiltonianGate(
    amplitude=InterpolatePoints(amplitude, duration=1112, n=2),
    detuning=InterpolatePoints([0.0, 0.0], duration=1112),
    phase=0.0,
    coords=[(0, 0), (5, 0)],
)
circuit = QuantumCircuit(2)
circuit.append(gate, circuit.qubits)

config = RemoteConfig(
    username=os.environ["PASQAL_USERNAME"],
    password=os.environ["PASQAL_PASSWORD"],
    project_id=os.environ["PASQAL_PROJECT_ID"],
)
backend = PasqalProvider(config).get_backend("remote-emu-free")
job = SamplerV2(backend).run([(circuit, {amplitude: [1.0, 1.0]})], shots=500)
print(json.dumps({"half": job.result()[0].data.counts}))
