"""A variational loop: an optimiser chooses each job of an open batch from the results of the earlier ones."""

from pulser import MockDevice, Pulse, Register, Sequence
from pulser.waveforms import ConstantWaveform
from scipy.optimize import minimize_scalar

from pasqal_cloud import PasqalCloudConnection, RemoteEmuFreeBackend

RUNS = 1000
DURATION = 1000  # ns
ORDER = "101"  # antiferromagnetic order: every second atom is excited


def resonant_pulse_on_a_chain(atoms: int) -> Sequence:
    """Makes a pulse with a variable area, on a chain of atoms whose neighbours block each other."""
    sequence = Sequence(Register.rectangle(1, atoms, spacing=6.0, prefix="q"), MockDevice)  # µm
    sequence.declare_channel("rydberg", "rydberg_global")
    area = sequence.declare_variable("area", dtype=float)  # rad
    amplitude = ConstantWaveform(DURATION, area * 1000 / DURATION)  # rad/µs
    sequence.add(Pulse.ConstantDetuning(amplitude, detuning=0.0, phase=0.0), "rydberg")
    return sequence


def main() -> None:
    with PasqalCloudConnection.local() as connection:
        backend = RemoteEmuFreeBackend(resonant_pulse_on_a_chain(3), connection)

        def cost(area: float) -> float:
            (result,) = backend.run([{"runs": RUNS, "variables": {"area": area}}], wait=True)
            share: float = result.final_bitstrings.get(ORDER, 0) / RUNS
            print(f"  area {area:.2f} rad: {ORDER} in {share:5.1%} of the shots")
            return -share

        with backend.open_batch():
            best = minimize_scalar(cost, bounds=(0.5, 4.5), method="bounded", options={"xatol": 0.05, "maxiter": 12})
        print(f"The best area is {best.x:.2f} rad, with {-best.fun:.1%}, after {best.nfev} jobs of one batch.")


if __name__ == "__main__":
    main()
