"""Submits two atoms to the Pulser backend that is named, and goes."""

import json
import sys

from pulser import Pulse, QPUBackend, Register, Sequence

import pasqal_cloud
from pasqal_cloud import PasqalCloudConnection

backend_type = QPUBackend if sys.argv[1] == "QPUBackend" else getattr(pasqal_cloud, sys.argv[1])

connection = PasqalCloudConnection()
device = connection.fetch_available_devices()["FRESNEL"]

register = Register.from_coordinates([(0, 0), (5, 0)], prefix="q").with_automatic_layout(device)
sequence = Sequence(register, device)
sequence.declare_channel("global", "rydberg_global")
sequence.add(Pulse.ConstantPulse(1112, 2.0, 0, 0), "global")

results = backend_type(sequence, connection).run([{"runs": 500}])
print(json.dumps({"batch_id": results.batch_id, "job_ids": results.job_ids, "status": results.get_batch_status().name}))
