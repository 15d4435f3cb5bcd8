"""Counts: how often each bitstring was measured, with the statistics, tables and plots that are made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from math import floor, log10, sqrt
from numbers import Integral
from typing import TYPE_CHECKING, Any, Protocol, Self

from pasqal_cloud._estimates import most_common, proportion
from pasqal_cloud._extras import package
from pasqal_cloud.errors import ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    import numpy as np
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from pasqal_cloud._cards import Card
    from pasqal_cloud.provenance import Provenance

SHOWN = 20
"""The bitstrings that a plot shows if it isn't told how many."""


class Estimate(float):
    """A number that was estimated from a limited number of shots, with its standard error.

    It can be used like any `float`; what is computed from it is a plain `float`.

    The error is 0 if all shots gave the same value, for instance if a bitstring was measured in none of them or in all.
    That does not mean that the number is exact: a probability estimated as 0 may be as high as 3 / shots, and one
    estimated as 1 as low as 1 - 3 / shots, with 95 % confidence (the rule of three).

    Attributes:
        error: The standard error of the mean: one standard deviation of the estimate, due to the number of shots.
    """

    __slots__ = ("error",)
    error: float

    def __new__(cls, value: float, error: float) -> Self:
        """Makes an estimate of a value and its standard error."""
        estimate = super().__new__(cls, value)
        estimate.error = error
        return estimate

    def __reduce__(self) -> tuple[Any, ...]:
        """Lets pickles and copies keep the error."""
        return Estimate, (float(self), self.error)

    def __repr__(self) -> str:
        """Shows the value and the error, with two digits of the error."""
        if not self.error:
            return f"{float(self):g} ± 0"
        digits = max(0, 1 - floor(log10(self.error)))
        return f"{float(self):.{digits}f} ± {self.error:.{digits}f}"

    __str__ = __repr__


class Origin(Protocol):
    """The job that gave counts. It is asked only when somebody wants to know, since reading a sequence takes time."""

    def qubits(self) -> tuple[str, ...] | None:
        """Gets the ids of the atoms, in the order of the bits."""
        ...

    def provenance(self) -> Provenance:
        """Gets where the counts come from."""
        ...


class Counts(dict[str, int]):
    """How often each bitstring was measured, most frequent first.

    It is a dictionary of bitstrings, like `{"01": 51, "10": 49}`. Each bit is an atom, in the order of the register: 1
    for the Rydberg state |r⟩, or for the second state of the basis that was measured.

    Sums of counts are counts: `job.counts + other.counts`, and `sum(results, Counts())`. All must have bitstrings of
    the same width; a sum of others raises `ValidationError`.

    Args:
        counts: The number of shots by bitstring.
        qubits: The ids of the atoms, in the order of the bits; None if they are not known.
        provenance: Where the counts come from; None if that is not known.

    Raises:
        ValidationError: `qubits` does not have as many ids as the bitstrings have bits.
    """

    def __init__(
        self,
        counts: Mapping[str, int] | Iterable[tuple[str, int]] = (),
        *,
        qubits: Iterable[object] | None = None,
        provenance: Provenance | None = None,
    ) -> None:
        given = dict(counts)
        super().__init__(most_common(given))
        self._origin: Origin | None = None
        self._known_qubits: tuple[str, ...] | None = None
        self._known_provenance = provenance
        self.qubits = qubits

    @property
    def qubits(self) -> tuple[str, ...] | None:
        """The ids of the atoms, in the order of the bits; None if they are not known.

        Those of a result are known where it is known which sequence the job ran, which needs no request: of a job that
        has variables, that `get_job` gave, or that was submitted here. Of another job of a batch, they are known in the
        counts that are read after `job.sequence`, which fetches whether it has its own sequence.
        """
        if self._known_qubits is None and self._origin is not None:
            atoms = self._origin.qubits()
            self._known_qubits = atoms if atoms and len(atoms) == self.width else None
        return self._known_qubits

    @qubits.setter
    def qubits(self, qubits: Iterable[object] | None) -> None:
        ids = None if qubits is None else tuple(map(str, qubits))
        if ids is not None and self and len(ids) != self.width:
            raise ValidationError(f"qubits has {len(ids)} ids, but the bitstrings have {self.width} bits.")
        self._known_qubits = ids

    @property
    def provenance(self) -> Provenance | None:
        """Where the counts come from, as far as it is known without a request; None for counts that no job gave."""
        if self._known_provenance is None and self._origin is not None:
            self._known_provenance = self._origin.provenance()
        return self._known_provenance

    @classmethod
    def _of(cls, origin: Origin, counts: Mapping[str, int]) -> Self:
        """Makes the counts of a job."""
        made = cls(counts)
        made._origin = origin
        return made

    @property
    def shots(self) -> int:
        """The number of shots: the sum of all counts."""
        return sum(self.values())

    @property
    def width(self) -> int:
        """The number of bits, which is the number of atoms; 0 without counts."""
        return len(next(iter(self), ""))

    def most_common(self, n: int | None = None) -> list[tuple[str, int]]:
        """Gets the most frequent bitstrings with their counts.

        Args:
            n: How many; None for all.
        """
        return list(islice(self.items(), n))

    def probabilities(self) -> dict[str, Estimate]:
        """Estimates the probability p of each measured bitstring, with its shot noise: sqrt(p (1 - p) / shots)."""
        shots = self.shots
        return {bits: _proportion(count, shots) for bits, count in self.items()}

    def marginal(self, qubits: Iterable[int | str]) -> Counts:
        """Counts the bits of some of the atoms alone.

        Args:
            qubits: Which atoms, in the order that their bits shall have: positions in the bitstring, from 0 (from -1
                backwards), or ids where `Counts.qubits` is known.

        Raises:
            ValidationError: `qubits` is not a list, there is no such atom, or one is named twice.
        """
        if isinstance(qubits, str) or not isinstance(qubits, Iterable):
            raise ValidationError(f"qubits must be a list of atoms: marginal([{qubits!r}]), not marginal({qubits!r}).")
        qubits = list(qubits)
        places = [self._place(qubit) for qubit in qubits]
        if len(set(places)) != len(places) or not places:
            raise ValidationError(f"qubits must name each atom once, and at least one, not {qubits!r}.")
        counts: dict[str, int] = {}
        for bits, count in self.items():
            part = "".join(bits[place] for place in places)
            counts[part] = counts.get(part, 0) + count
        ids = self.qubits
        return Counts(
            counts, qubits=None if ids is None else [ids[place] for place in places], provenance=self.provenance
        )

    def expectation(self, observable: str | Callable[[str], float] | Mapping[str, float]) -> Estimate:
        """Estimates the expectation value of an observable that is diagonal in the basis that was measured.

        `counts.expectation("ZZII")` is the correlation ⟨Z₀ Z₁⟩ of the first two of four atoms.
        `counts.expectation(lambda bits: bits.count("1"))` is the mean number of excited atoms.

        Args:
            observable: A product of Pauli operators, as a string with a letter for each atom: Z, which is +1 for the
                bit 0 and -1 for the bit 1, or I, the identity. Or the value of the observable for each bitstring, as a
                function or as a mapping; bitstrings that a mapping leaves out have the value 0.

        Raises:
            ValidationError: There are no counts, or the observable is none of these or is of another number of atoms.
        """
        shots = self._some_shots()
        value = self._observable(observable)
        values = [(float(value(bits)), count) for bits, count in self.items()]
        mean = sum(each * count for each, count in values) / shots
        variance = sum((each - mean) ** 2 * count for each, count in values) / shots
        return Estimate(mean, sqrt(variance / shots))

    def occupations(self) -> list[Estimate]:
        """Estimates for each atom, in the order of the bits, the probability that it is measured as 1."""
        shots = self._some_shots()
        excited = [sum(count for bits, count in self.items() if bits[place] == "1") for place in range(self.width)]
        return [_proportion(count, shots) for count in excited]

    def to_numpy(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Gets the bitstrings and their counts as arrays, most frequent first.

        Returns:
            The bits, of shape (bitstrings, atoms), and the counts, of shape (bitstrings,).

        Raises:
            MissingExtraError: NumPy is not installed.
        """
        np = package("numpy", "plot")
        bits = np.array([[int(bit) for bit in bits] for bits in self], dtype=np.uint8).reshape(len(self), self.width)
        return bits, np.fromiter(self.values(), dtype=np.int64, count=len(self))

    def to_pandas(self) -> pd.DataFrame:
        """Makes a table with a row for each bitstring: `count`, `probability` and its `error` by shot noise.

        Raises:
            MissingExtraError: pandas is not installed.
        """
        pd = package("pandas", "pandas")
        estimates = self.probabilities().values()
        columns = {
            "count": list(self.values()),
            "probability": [float(estimate) for estimate in estimates],
            "error": [estimate.error for estimate in estimates],
        }
        return pd.DataFrame(columns, index=pd.Index(list(self), name="bitstring"))

    def plot(
        self,
        *,
        top: int | None = SHOWN,
        highlight: Collection[str] = (),
        ax: Axes | None = None,
    ) -> Axes:
        """Draws a histogram of the probabilities, with error bars by shot noise.

        Args:
            top: How many bitstrings to show, most frequent first; the others are summed up in one bar. None for all.
            highlight: Bitstrings that are shown in another colour; those that were not measured have no bar.
            ax: Where to draw; by default in a new figure.

        Returns:
            The axes, to go on with: `counts.plot().figure.savefig("counts.png")`.

        Raises:
            MissingExtraError: matplotlib is not installed.
            ValidationError: `top` is not a positive number, or `highlight` has something else than such bitstrings.
        """
        if top is not None and top < 1:
            raise ValidationError(f"top must be at least 1, or None, not {top!r}.")
        if isinstance(highlight, str):
            raise ValidationError(f"highlight must be a list of bitstrings: [{highlight!r}], not {highlight!r}.")
        for bits in highlight:
            self._check_bits(bits, "highlight")
        pyplot = package("matplotlib.pyplot", "plot")
        shots, shown = self.shots, self.most_common(top)
        size = (max(4.8, 0.34 * len(shown) + 1.6), 3.6)
        axes: Axes = pyplot.subplots(figsize=size, layout="constrained")[1] if ax is None else ax
        bars = [(bits, _proportion(count, shots), "C1" if bits in highlight else "C0") for bits, count in shown]
        if len(shown) < len(self):
            others = shots - sum(count for _, count in shown)
            bars.append((f"{len(self) - len(shown)} others", _proportion(others, shots), "0.7"))
        axes.bar(
            [label for label, _, _ in bars],
            [float(estimate) for _, estimate, _ in bars],
            yerr=[estimate.error for _, estimate, _ in bars],
            color=[colour for _, _, colour in bars],
            error_kw={"elinewidth": 1, "capsize": 2.5, "ecolor": "0.35"},
        )
        axes.set(xlabel="bitstring", ylabel="probability", title=f"{shots:,} shots")
        axes.set_ylim(bottom=0)
        if len(bars) > 4:
            axes.tick_params(axis="x", labelrotation=90)
        axes.spines[["top", "right"]].set_visible(False)
        return axes

    def __add__(self, other: object) -> Counts:
        if not isinstance(other, dict):
            return NotImplemented
        theirs = len(next(iter(other), ""))
        if self and other and theirs != self.width:
            raise ValidationError(f"Counts of {self.width} bits and counts of {theirs} bits can't be added.")
        qubits = other.qubits if isinstance(other, Counts) and other else self.qubits
        if self and other and qubits != self.qubits:
            qubits = None
        counts = {bits: self.get(bits, 0) + other.get(bits, 0) for bits in self | other}
        return Counts(counts, qubits=qubits, provenance=self._provenance_with(other))

    def __radd__(self, other: object) -> Counts:
        return self + {} if other == 0 else NotImplemented

    def copy(self) -> Counts:
        """Makes a copy."""
        copied = Counts(self, qubits=self._known_qubits, provenance=self._known_provenance)
        copied._origin = self._origin
        return copied

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpickled, (dict(self), self.qubits, self.provenance)

    def _repr_html_(self) -> str:
        """Shows a table with bars in a notebook."""
        from pasqal_cloud._display import counts

        return counts(self).html()

    def __rich__(self) -> Card:
        """Shows a table with bars where rich prints it."""
        from pasqal_cloud._display import counts

        return counts(self)

    def _place(self, qubit: int | str) -> int:
        if isinstance(qubit, str):
            if self.qubits is None:
                raise ValidationError(f"The ids of the atoms are not known here: give positions, not {qubit!r}.")
            if qubit not in self.qubits:
                raise ValidationError(f"There is no atom {qubit!r}; the atoms are {', '.join(self.qubits)}.")
            return self.qubits.index(qubit)
        if not isinstance(qubit, Integral):
            raise ValidationError(f"qubits must be positions of atoms or ids, not {qubit!r}.")
        width = self.width
        if not -width <= qubit < width:
            raise ValidationError(f"There is no atom at position {qubit}: the bitstrings have {width} bits.")
        return qubit % width

    def _observable(self, observable: str | Callable[[str], float] | Mapping[str, float]) -> Callable[[str], float]:
        """Makes the function that gives the value of an observable for a bitstring."""
        if isinstance(observable, str):
            if len(observable) != self.width or not set(observable) <= {"I", "Z"}:
                raise ValidationError(
                    f"observable must have a letter I or Z for each of the {self.width} atoms, not {observable!r}."
                )
            places = [place for place, letter in enumerate(observable) if letter == "Z"]
            return lambda bits: (-1.0) ** sum(bits[place] == "1" for place in places)
        if isinstance(observable, Mapping):
            for bits in observable:
                self._check_bits(bits, "observable")
            return lambda bits: observable.get(bits, 0.0)
        if not callable(observable):
            raise ValidationError(
                f"observable must be a function, a mapping, or a string of I and Z, not {observable!r}."
            )
        return observable

    def _check_bits(self, bits: object, name: str) -> None:
        """Refuses what can't be one of these bitstrings, which would otherwise match none silently."""
        if not isinstance(bits, str) or not set(bits) <= {"0", "1"} or (self and len(bits) != self.width):
            raise ValidationError(f"{name} has {bits!r}, which is not a bitstring of {self.width} bits.")

    def _provenance_with(self, other: dict[Any, Any]) -> Provenance | None:
        """Gets the provenance of a sum: what both have in common; of nothing and something, the latter's."""
        ours, theirs = self.provenance, other.provenance if isinstance(other, Counts) else None
        if not self or not other:
            return theirs if other else ours or theirs
        return None if ours is None or theirs is None else ours._and(theirs)

    def _some_shots(self) -> int:
        shots = self.shots
        if not shots:
            raise ValidationError("There are no counts.")
        return shots


def _proportion(count: int, shots: int) -> Estimate:
    return Estimate(*proportion(count, shots))


def _unpickled(counts: dict[str, int], qubits: Sequence[str] | None, provenance: Provenance | None = None) -> Counts:
    return Counts(counts, qubits=qubits, provenance=provenance)
