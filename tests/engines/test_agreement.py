"""The engines agree with one another, within the noise of their shots, on sequences that nobody chose."""

from __future__ import annotations

from math import prod, sin
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pulser import MockDevice, Pulse, Register, Sequence
from pulser.backend import BitStrings, EmulationConfig
from scipy.stats import chi2

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .conftest import Bench

pytestmark = [pytest.mark.engines, pytest.mark.timeout(600)]

SHOTS = 4000

IMPROBABLE = 1e-7
"""How unlikely counts must be, if two engines agree, for the test to say that they don't."""

FEWEST = 10
"""Outcomes that both engines together have seen less often are counted as one."""

CONFIGURATION = EmulationConfig(observables=[BitStrings()])

sampled = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def sequences(channel: str) -> st.SearchStrategy[Sequence[Any]]:
    """Draws one to three pulses on two to four atoms, not too close to each other."""
    pulses = st.tuples(
        st.integers(5, 25).map(lambda tens: 10 * tens),
        st.floats(0.5, 12.0),
        st.floats(-10.0, 10.0) if channel != "mw_global" else st.just(0.0),
        st.floats(0, 6.28),
    )
    spacings = st.lists(st.floats(5.0, 12.0), min_size=1, max_size=3)
    return st.builds(_sequence, st.just(channel), spacings, st.lists(pulses, min_size=1, max_size=3))


def _sequence(channel: str, spacings: list[float], pulses: list[tuple[int, float, float, float]]) -> Sequence[Any]:
    positions = [(sum(spacings[:n]), 3.0 * (n % 2)) for n in range(len(spacings) + 1)]
    sequence = Sequence(Register.from_coordinates(positions, prefix="q"), MockDevice)
    sequence.declare_channel("global", channel)
    for pulse in pulses:
        sequence.add(Pulse.ConstantPulse(*pulse), "global")
    return sequence


def probability(first: Mapping[str, int], second: Mapping[str, int]) -> float:
    """Gives the probability that equal sources differ as much, by the two-sample χ² test for equally many shots."""
    pairs = [(first.get(bits, 0), second.get(bits, 0)) for bits in first.keys() | second.keys()]
    common = [pair for pair in pairs if sum(pair) >= FEWEST]
    rare = [pair for pair in pairs if sum(pair) < FEWEST]
    common.append((sum(one for one, _ in rare), sum(other for _, other in rare)))
    statistic = sum((one - other) ** 2 / (one + other) for one, other in common if one + other)
    return float(chi2.sf(statistic, max(1, len(common) - 1)))


@pytest.mark.parametrize(
    ("device", "channel"), [("EMU_SV", "rydberg_global"), ("EMU_MPS", "rydberg_global"), ("EMU_MPS", "mw_global")]
)
@sampled
@given(data=st.data())
def test_engines_agree(bench: Bench, device: str, channel: str, data: st.DataObject) -> None:
    """Random sequences give the same distribution as on QuTiP, in each basis that the engine has."""
    sequence = data.draw(sequences(channel))
    one, other = (
        bench.run(name, sequence, CONFIGURATION, runs=SHOTS, seed=seed).document["counter"]
        for seed, name in enumerate(("EMU_FREE", device))
    )
    assert probability(one, other) > IMPROBABLE


def test_the_test_sees_differences() -> None:
    """Counts that are 5 % apart, or that have other outcomes, are told apart; equal ones are not."""
    assert probability({"0": 2000, "1": 2000}, {"0": 2200, "1": 1800}) < 1e-4
    assert probability({"0": 2000, "1": 2000}, {"0": 2000, "2": 2000}) < IMPROBABLE
    assert probability({"0": 2000, "1": 2000}, {"0": 2000, "1": 2000}) == 1.0


@sampled
@given(areas=st.lists(st.floats(0.1, 6.0), min_size=1, max_size=4))
def test_digital_rotations(bench: Bench, areas: list[float]) -> None:
    """In the digital basis, which QuTiP alone has, each atom turns by itself: P(1) = sin²(θ/2) for its own area."""
    positions = [(10.0 * n, 0.0) for n in range(len(areas))]
    sequence = Sequence(Register.from_coordinates(positions, prefix="q"), MockDevice)
    sequence.declare_channel("raman", "raman_local", initial_target="q0")
    for n, area in enumerate(areas):
        sequence.target(f"q{n}", "raman")
        sequence.add(Pulse.ConstantPulse(500, area / 0.5, 0, 0), "raman")
    counter = bench.run("EMU_FREE", sequence, runs=SHOTS).document["counter"]
    ones = [sin(area / 2) ** 2 for area in areas]
    statistic, outcomes = 0.0, 0
    for number in range(2 ** len(areas)):
        bits = format(number, f"0{len(areas)}b")
        expected = SHOTS * prod(p if bit == "1" else 1 - p for bit, p in zip(bits, ones, strict=True))
        if expected >= FEWEST:
            statistic, outcomes = statistic + (counter.get(bits, 0) - expected) ** 2 / expected, outcomes + 1
    assert chi2.sf(statistic, outcomes) > IMPROBABLE
