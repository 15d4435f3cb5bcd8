"""Submits a QPU's and an emulator's job by pulser-azure, to a workspace that only shows what it is given."""

import json
from dataclasses import replace
from unittest.mock import MagicMock, patch

from pulser import AnalogDevice, Pulse, QPUBackend, Register, Sequence
from pulser_azure import AzureConnection

from pasqal_cloud import RemoteMPSBackend

target = MagicMock(**{"submit.return_value.id": "job"})
connection = AzureConnection.__new__(AzureConnection)
connection._workspace = MagicMock(**{"get_targets.return_value": target})
connection._workspace.list_session_jobs.return_value = [target.submit.return_value]
specs = replace(AnalogDevice, name="FRESNEL").to_abstract_repr()
connection._get_device_specs = lambda: [{"device_type": "FRESNEL", "specs": specs}]

device = connection.fetch_available_devices()["pasqal.qpu.fresnel"]
register = Register.from_coordinates([(0, 0), (5, 0)], prefix="q").with_automatic_layout(device)
sequence = Sequence(register, device)
sequence.declare_channel("global", "rydberg_global")
sequence.add(Pulse.ConstantPulse(1112, 2.0, 0, 0), "global")

submitted = {}
for backend_type in (QPUBackend, RemoteMPSBackend):
    with patch("pulser_azure.connection.Session"):
        results = backend_type(sequence, connection).run([{"runs": 500}])
    asked_for = connection._workspace.get_targets.call_args.kwargs["name"]
    submitted[asked_for] = {**target.submit.call_args.kwargs, "job_ids": results.job_ids}
print(json.dumps(submitted))
