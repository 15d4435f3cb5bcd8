"""Measures the collective Rabi frequency of three blockaded atoms, and uses it for a π pulse, in one open batch.

The three atoms are so close together that only one of them can be excited. They share this excitation, and their Rabi
frequency is √3 times that of a single atom. Two jobs measure this factor; a third job uses it for a π pulse.
"""

import math

from pulser import AnalogDevice, Pulse, Register, Sequence

from pasqal_cloud import SDK, Batch, Job

DURATION = 500
"""Duration of the pulse, in ns."""


def main() -> None:
    sequence = blockaded_triangle()
    print("Starting the local service ...")
    with SDK.local() as sdk:
        print(f"  {sdk!r}")
        batch = sdk.create_batch(
            sequence,
            [{"runs": 1000, "variables": {"omega": omega}} for omega in (1.0, 2.0)],
            device_type="EMU_FREE",
            open=True,
        )
        print(f"Batch {batch.id} is open and has two jobs.")
        batch.wait(on_update=show_progress)
        for job in batch.ordered_jobs:
            show(job)

        speed = sum(enhancement(job) for job in batch.ordered_jobs) / 2
        omega = math.pi / speed / (DURATION / 1000)
        print(f"The three atoms oscillate {speed:.2f} times as fast as one atom (√3 = 1.73).")
        print(f"A third job applies a π pulse: omega = π / {speed:.2f} / {DURATION} ns = {omega:.2f} rad/µs.")

        batch.add_jobs([{"runs": 1000, "variables": {"omega": omega}}])
        batch.close()
        batch.wait(on_update=show_progress)
        show(batch.ordered_jobs[2])
        print(f"Batch {batch.id} ended with status {batch.status}.")


def blockaded_triangle() -> Sequence:
    """Makes a resonant pulse of amplitude `omega`, in rad/µs, on three atoms 5 µm apart."""
    rhombus = Register.triangular_lattice(rows=2, atoms_per_row=2, spacing=5.0, prefix="q").qubits
    register = Register({name: rhombus[name] for name in ("q0", "q1", "q2")}).with_automatic_layout(AnalogDevice)
    sequence = Sequence(register, AnalogDevice)
    sequence.declare_channel("rydberg", "rydberg_global")
    omega = sequence.declare_variable("omega", dtype=float)
    sequence.add(Pulse.ConstantPulse(DURATION, amplitude=omega, detuning=0.0, phase=0.0), "rydberg")
    sequence.measure("ground-rydberg")
    return sequence


def enhancement(job: Job) -> float:
    """Gets the ratio of the Rabi frequencies: a single atom is excited with probability sin²(omega t / 2)."""
    excited: float = 1 - job.counts.get("000", 0) / job.counts.shots
    area: float = job.variables["omega"] * DURATION / 1000
    return 2 * math.asin(math.sqrt(excited)) / area


def show_progress(batch: Batch) -> None:
    counts = ", ".join(f"{number} {status}" for status, number in batch.jobs_count_per_status.items() if number)
    print(f"  batch {batch.status}: {counts}")


def show(job: Job) -> None:
    counts = job.counts
    print(f"Job {job.id}, omega = {job.variables['omega']:.2f} rad/µs: {job.status}")
    for bitstring, count in counts.items():
        print(f"  {bitstring} {count:5d} {'█' * round(50 * count / counts.shots)}")


if __name__ == "__main__":
    main()
