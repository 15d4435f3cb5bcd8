"""Runs a program of qoolqit on an emulator or the QPU, and waits for so many seconds at most."""

import json
import math
import sys

from qoolqit import ConstantWaveform, Drive, QuantumProgram, Register
from qoolqit.devices import Device
from qoolqit.execution import QPU, BackendType, RemoteEmulator, get_batch_id

from pasqal_cloud import PasqalCloudConnection

backend_name, timeout = sys.argv[1], float(sys.argv[2])

# In units of the interaction at distance 1: two atoms that never are excited together share an excitation.
program = QuantumProgram(
    Register.from_coordinates([(0.0, 0.0), (0.6, 0.0)]),
    Drive(amplitude=ConstantWaveform(math.pi / math.sqrt(2), 1.0)),
)

connection = PasqalCloudConnection()
program.compile_to(Device.from_connection(connection, "FRESNEL"), profile="max_energy")
if backend_name == "QPU":
    backend = QPU(connection=connection, num_shots=500)
else:
    backend_type = getattr(BackendType, backend_name)
    backend = RemoteEmulator(backend_type=backend_type, connection=connection, num_shots=500)

job = backend.run(program)
try:
    counts = job.results(timeout=timeout).final_bitstrings
except TimeoutError:
    counts = None
print(
    json.dumps(
        {"counts": counts, "status": job.get_status().name, "job_id": job.job_id(), "batch_id": get_batch_id(job)}
    )
)
