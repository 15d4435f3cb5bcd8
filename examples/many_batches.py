"""Runs several batches concurrently with the async client."""

import asyncio

from pulser import MockDevice, Pulse, Register, Sequence

from pasqal_cloud import AsyncSDK


def pulse_on_one_atom(area: float) -> Sequence:
    """Makes a resonant pulse with the given area, in rad."""
    sequence = Sequence(Register({"q0": (0.0, 0.0)}), MockDevice)
    sequence.declare_channel("rydberg", "rydberg_global")
    sequence.add(Pulse.ConstantPulse(1000, amplitude=area, detuning=0.0, phase=0.0), "rydberg")
    sequence.measure("ground-rydberg")
    return sequence


async def main() -> None:
    areas = (0.5, 1.0, 2.0, 3.0)
    async with AsyncSDK.local() as sdk:
        batches = await asyncio.gather(
            *(sdk.create_batch(pulse_on_one_atom(area), [{"runs": 500}], wait=True) for area in areas)
        )
        for area, batch in zip(areas, batches, strict=True):
            (job,) = await batch.ordered_jobs
            counts = await job.counts
            print(f"A pulse of area {area:.1f} rad excites the atom in {counts.get('1', 0) / 5:.0f} % of the shots.")


if __name__ == "__main__":
    asyncio.run(main())
