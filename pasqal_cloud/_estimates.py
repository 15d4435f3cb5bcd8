"""The order of counts and their shot noise, for `Counts`, cards and the command line alike."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def most_common(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Gets the bitstrings with their counts, the most frequent first; those that are equally frequent by their bits."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def proportion(count: int, shots: int) -> tuple[float, float]:
    """Estimates a probability p and its standard error by shot noise, sqrt(p (1 - p) / shots); both 0 without shots."""
    if not shots:
        return 0.0, 0.0
    probability = count / shots
    return probability, sqrt(max(0.0, probability * (1 - probability)) / shots)
