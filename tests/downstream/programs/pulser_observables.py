"""Asks for more than counts by QuTiP's own configuration, where one excitation in five is overlooked."""

import json

import pulser
from pulser import MockDevice, NoiseModel, Pulse, Register, Sequence
from pulser.backend import BitStrings, CorrelationMatrix, Energy, Occupation
from pulser_simulation import QutipConfig

from pasqal_cloud import PasqalCloudConnection, RemoteEmuFreeBackend

sequence = Sequence(Register.from_coordinates([(0, 0), (5, 0)], prefix="q"), MockDevice)
sequence.declare_channel("global", "rydberg_global")
sequence.add(Pulse.ConstantPulse(1112, 2.0, 0, 0), "global")

config = QutipConfig(
    observables=[BitStrings(), Occupation(evaluation_times=[0.5, 1.0]), CorrelationMatrix(), Energy()],
    noise_model=NoiseModel(p_false_neg=0.2),
    default_num_shots=1000,
)
(results,) = RemoteEmuFreeBackend(sequence, PasqalCloudConnection(), config=config).run(wait=True).results

print(
    json.dumps(
        {
            "pulser": pulser.__version__,
            "counts": results.final_bitstrings,
            "times": results.get_result_times("occupation"),
            "occupation": [[float(each) for each in both] for both in results.occupation],
            "together": float(results.correlation_matrix[-1][0][1]),
            "energy": float(results.energy[-1]),
        }
    )
)
