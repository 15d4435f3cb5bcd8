"""Draws the results that the documentation shows, from runs on the local service: `scripts/pictures.sh`.

The pictures have no background. Each has a version for light pages and one for dark ones.
"""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot
from pulser import MockDevice, Pulse, Register, Sequence
from pulser.waveforms import RampWaveform

from pasqal_cloud import SDK

FOLDER = Path(__file__).parents[2] / "docs" / "images"

COLOURS = {"light": ("#1f2933", "#0f766e", "#f59e0b"), "dark": ("#e5e7eb", "#2dd4bf", "#fbbf24")}
"""The colours of text, bars and highlighted bars, on light and on dark pages."""


def checkerboard() -> Sequence:
    """Makes an adiabatic sweep on a square of nine atoms, which brings them into antiferromagnetic order."""
    sequence = Sequence(Register.square(3, spacing=8.5, prefix="q"), MockDevice)  # µm
    sequence.declare_channel("ising", "rydberg_global")
    sequence.add(Pulse.ConstantDetuning(RampWaveform(300, 0, 5), -10, 0), "ising")  # ns, rad/µs, rad/µs
    sequence.add(Pulse.ConstantAmplitude(5, RampWaveform(4000, -10, 18), 0), "ising")
    sequence.add(Pulse.ConstantDetuning(RampWaveform(300, 5, 0), 18, 0), "ising")
    return sequence


def main() -> None:
    """Runs the sequence once, and draws its counts in both versions."""
    with SDK.local("--seed=7") as sdk:
        batch = sdk.create_batch(checkerboard(), [{"runs": 1000}], device_type="EMU_FREE", wait=True)
        counts = batch.ordered_jobs[0].counts
    print(counts.most_common(5))
    mpl.rcParams |= {"svg.hashsalt": "pasqal-cloud", "svg.fonttype": "none", "font.size": 11}
    for name, (text, bars, highlighted) in COLOURS.items():
        style = {
            **dict.fromkeys(["text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"], text),
            "axes.facecolor": "none",
            "axes.prop_cycle": mpl.cycler(color=[bars, highlighted]),
        }
        with mpl.rc_context(style):
            figure, axes = pyplot.subplots(figsize=(5.6, 4.0), layout="constrained")
            counts.plot(top=8, highlight=["101010101"], ax=axes)
            for label in axes.get_xticklabels():
                label.set(rotation=40, horizontalalignment="right", rotation_mode="anchor")
            axes.set_title("nine atoms in a square, 1,000 shots")
            figure.savefig(FOLDER / f"checkerboard-{name}.svg", transparent=True, metadata={"Date": None})


if __name__ == "__main__":
    main()
