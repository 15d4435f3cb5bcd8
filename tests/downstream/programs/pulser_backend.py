"""Runs two atoms on the Pulser backend that is named: waiting, not waiting, and in an open batch."""

import json
import sys
import time

import pulser
from pulser import Pulse, QPUBackend, Register, Sequence

import pasqal_cloud
from pasqal_cloud import PasqalCloudConnection

backend_type = QPUBackend if sys.argv[1] == "QPUBackend" else getattr(pasqal_cloud, sys.argv[1])

connection = PasqalCloudConnection()
device = connection.fetch_available_devices()["FRESNEL"]

register = Register.from_coordinates([(0, 0), (5, 0)], prefix="q").with_automatic_layout(device)
sequence = Sequence(register, device)
sequence.declare_channel("global", "rydberg_global")
amplitude = sequence.declare_variable("amplitude", dtype=float)
sequence.add(Pulse.ConstantPulse(1112, amplitude, 0, 0), "global")

backend = backend_type(sequence, connection)
half, whole = ({"runs": 500, "variables": {"amplitude": value}} for value in (1.0, 2.0))

waited = backend.run([half, whole], wait=True)

later = backend.run([half, whole])
while later.get_batch_status().name in {"PENDING", "RUNNING"}:
    time.sleep(0.2)

with backend.open_batch():
    one = backend.run([half], wait=True)
    other = backend.run([whole])
while other.get_batch_status().name in {"PENDING", "RUNNING"}:
    time.sleep(0.2)

print(
    json.dumps(
        {
            "pulser": pulser.__version__,
            "waited": [result.final_bitstrings for result in waited.results],
            "status": later.get_batch_status().name,
            "later": [result.final_bitstrings for result in later.results],
            "open": [result.final_bitstrings for result in (*one.results, *other.results)],
            "batches": [one.batch_id, other.batch_id],
        }
    )
)
