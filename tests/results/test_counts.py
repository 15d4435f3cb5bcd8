"""Counts: a dictionary with statistics, tables and plots."""

import copy
import json
import pickle
from math import sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasqal_cloud import Counts, Estimate, Provenance, ValidationError

COUNTS = Counts({"011": 10, "101": 60, "000": 30}, qubits=["q0", "q1", "q2"])


def test_it_is_a_dictionary_with_the_most_frequent_first() -> None:
    """Counts equal, print and serialize as the dictionary that they are, most frequent first."""
    assert COUNTS == {"011": 10, "101": 60, "000": 30}
    assert isinstance(COUNTS, dict)
    assert list(COUNTS) == ["101", "000", "011"]
    assert repr(COUNTS) == str(COUNTS) == "{'101': 60, '000': 30, '011': 10}"
    assert json.loads(json.dumps(COUNTS)) == COUNTS


def test_equal_counts_are_in_the_order_of_the_bitstrings() -> None:
    """Among equal counts, the order does not depend on that of the answer."""
    assert list(Counts({"10": 5, "00": 5, "01": 7})) == ["01", "00", "10"]


def test_shots_and_width() -> None:
    """The number of shots and of atoms, also of no counts."""
    assert (COUNTS.shots, COUNTS.width) == (100, 3)
    assert (Counts().shots, Counts().width) == (0, 0)


def test_most_common() -> None:
    """Like `collections.Counter`."""
    assert COUNTS.most_common(2) == [("101", 60), ("000", 30)]
    assert COUNTS.most_common() == list(COUNTS.items())


def test_probabilities_have_the_error_of_their_shot_noise() -> None:
    """Each has the binomial standard error."""
    probabilities = COUNTS.probabilities()
    assert probabilities == {"101": 0.6, "000": 0.3, "011": 0.1}
    assert probabilities["101"].error == pytest.approx(sqrt(0.6 * 0.4 / 100))


@pytest.mark.parametrize("qubits", [[2, 0], ["q2", "q0"], [-1, "q0"], (2, -3)])
def test_a_marginal_has_the_atoms_in_the_order_asked_for(qubits: list[int | str]) -> None:
    """Positions and ids can be mixed."""
    marginal = COUNTS.marginal(qubits)
    assert marginal == {"11": 60, "00": 30, "10": 10}
    assert marginal.qubits == ("q2", "q0")


def test_a_marginal_by_position_needs_no_ids() -> None:
    """Positions always work."""
    marginal = Counts({"011": 10, "001": 5}).marginal([2])
    assert marginal == {"1": 15}
    assert marginal.qubits is None


@pytest.mark.parametrize(
    ("qubits", "complaint"),
    [
        ([3], "no atom at position 3: the bitstrings have 3 bits"),
        ([-4], "no atom at position -4"),
        (["q7"], "no atom 'q7'; the atoms are q0, q1, q2"),
        ([0, 0], "each atom once"),
        ([0, "q0"], "each atom once"),
        ([], "at least one"),
    ],
)
def test_a_marginal_of_atoms_that_do_not_exist_is_refused(qubits: list[int | str], complaint: str) -> None:
    """The error says which atoms there are."""
    with pytest.raises(ValidationError, match=complaint):
        COUNTS.marginal(qubits)


@pytest.mark.parametrize("qubit", [0, "q0"])
def test_a_marginal_takes_a_list(qubit: Any) -> None:
    """One atom is a list of one, and the error says so: a string would be read letter by letter."""
    with pytest.raises(ValidationError) as caught:
        COUNTS.marginal(qubit)
    assert str(caught.value).endswith(
        f"qubits must be a list of atoms: marginal([{qubit!r}]), not marginal({qubit!r})."
    )
    with pytest.raises(ValidationError, match=r"positions of atoms or ids, not 0\.5"):
        COUNTS.marginal([0.5])  # type: ignore[list-item]
    assert COUNTS.marginal(each for each in np.array([2, 0])) == {"11": 60, "00": 30, "10": 10}


def test_ids_that_are_not_known_are_refused() -> None:
    """Without ids, the error says to give positions."""
    with pytest.raises(ValidationError, match="ids of the atoms are not known here: give positions, not 'q0'"):
        Counts({"01": 1}).marginal(["q0"])


def test_as_many_ids_as_bits() -> None:
    """Ids of another register are refused."""
    with pytest.raises(ValidationError, match="qubits has 1 ids, but the bitstrings have 2 bits"):
        Counts({"01": 1}, qubits=["q0"])


def test_expectation_of_a_function() -> None:
    """The error is the standard error of the mean over all shots."""
    excited = COUNTS.expectation(lambda bits: bits.count("1"))
    assert excited == pytest.approx(1.4)
    assert excited.error == pytest.approx(sqrt((0.7 * 0.6**2 + 0.3 * 1.4**2) / 100))
    assert str(excited) == "1.400 ± 0.092"


def test_expectation_of_a_mapping() -> None:
    """Bitstrings that a mapping leaves out count as 0."""
    assert COUNTS.expectation({"101": -2.0, "111": 5.0}) == pytest.approx(-1.2)


@pytest.mark.parametrize(
    ("observable", "mean"),
    [
        ("III", 1.0),
        ("ZII", -0.2),  # 101: -1, 000: +1, 011: +1
        ("IZI", 0.8),  # +1, +1, -1
        ("ZZI", -0.4),  # -1, +1, -1
        ("ZIZ", 0.8),  # +1, +1, -1
        ("ZZZ", 1.0),  # each has an even number of 1
    ],
)
def test_expectation_of_pauli_operators(observable: str, mean: float) -> None:
    """Z is +1 for the bit 0 and -1 for the bit 1; by hand, of 60 shots 101, 30 shots 000 and 10 shots 011."""
    estimate = COUNTS.expectation(observable)
    assert estimate == pytest.approx(mean)
    assert estimate.error == pytest.approx(sqrt((1 - mean**2) / 100))


@pytest.mark.parametrize(
    ("observable", "complaint"),
    [
        ("ZZ", "a letter I or Z for each of the 3 atoms, not 'ZZ'"),
        ("ZXI", "I or Z for each of the 3 atoms, not 'ZXI'"),
        ("zzi", "I or Z"),
        ({"01": 1.0}, "observable has '01', which is not a bitstring of 3 bits"),
        ({"2ab": 1.0}, "observable has '2ab'"),
        (5, "observable must be a function, a mapping, or a string of I and Z, not 5"),
    ],
)
def test_what_is_no_observable_is_refused(observable: Any, complaint: str) -> None:
    """Among it what would be 0 for all bitstrings."""
    with pytest.raises(ValidationError, match=complaint):
        COUNTS.expectation(observable)


def test_an_error_of_zero_is_documented_as_no_bound() -> None:
    """Where all shots agree, the standard error is 0."""
    assert str(Counts({"1": 50}).occupations()[0]) == "1 ± 0"
    assert "rule of three" in (Estimate.__doc__ or "")


def test_occupations() -> None:
    """The probability of 1, atom by atom."""
    assert COUNTS.occupations() == pytest.approx([0.6, 0.1, 0.7])
    assert COUNTS.occupations()[1].error == pytest.approx(sqrt(0.1 * 0.9 / 100))


def test_no_counts_have_no_expectation() -> None:
    """Nothing is divided by zero shots."""
    with pytest.raises(ValidationError, match="There are no counts"):
        Counts().expectation(lambda _: 1.0)


def test_sums() -> None:
    """Counts of repeated runs add up, also by `sum`, and keep the ids."""
    doubled = COUNTS + Counts({"101": 1, "111": 2}, qubits=COUNTS.qubits)
    assert doubled == {"101": 61, "000": 30, "011": 10, "111": 2}
    assert doubled.qubits == COUNTS.qubits
    assert (COUNTS + {"101": 1})["101"] == 61
    assert sum([COUNTS, COUNTS], Counts()) == sum([COUNTS, COUNTS]) == {"101": 120, "000": 60, "011": 20}
    assert sum([COUNTS, COUNTS], Counts()).qubits == COUNTS.qubits


@pytest.mark.parametrize("other", [Counts({"01": 1}), {"01": 1}])
def test_counts_of_different_widths_are_not_added(other: dict[str, int]) -> None:
    """The shots of different registers are no counts together; nothing can be added to anything."""
    with pytest.raises(ValidationError, match="Counts of 3 bits and counts of 2 bits can't be added"):
        COUNTS + other
    with pytest.raises(ValidationError, match="2 bits"):
        sum([Counts(), COUNTS, Counts(other)], Counts())
    assert COUNTS + Counts() == Counts() + COUNTS == COUNTS + {} == COUNTS


def test_a_sum_of_other_atoms_has_no_ids() -> None:
    """Ids that differ are dropped rather than wrong."""
    assert (COUNTS + Counts({"101": 1}, qubits=["a", "b", "c"])).qubits is None


def counts_from(**facts: Any) -> Counts:
    """One shot of known provenance."""
    return Counts({"1": 1}, provenance=Provenance(**facts))


def test_a_sum_keeps_what_its_parts_have_in_common() -> None:
    """Which job it was is lost, the device is not; the shots that were asked for add up."""
    one = counts_from(job_id="a", device_type="EMU_FREE", emulated=True, seed=5, runs=10)
    other = counts_from(job_id="b", device_type="EMU_FREE", emulated=True, runs=20)
    common = Provenance(device_type="EMU_FREE", emulated=True, runs=30)
    assert (one + other).provenance == (other + one).provenance == common
    assert sum([one, other], Counts()).provenance == sum([one, other]).provenance == common
    assert (one + counts_from(job_id="a")).provenance == Provenance(job_id="a")


def test_a_sum_with_counts_of_unknown_provenance_has_none() -> None:
    """Rather than that of a part; nothing added changes nothing."""
    one = counts_from(job_id="a", runs=10)
    assert (one + {"1": 1}).provenance is None
    assert (one + Counts({"1": 1})).provenance is None
    assert (Counts({"1": 1}) + one).provenance is None
    assert (one + {}).provenance == (one + Counts()).provenance == (Counts() + one).provenance == one.provenance


def test_a_marginal_comes_from_the_same_job() -> None:
    """So does a copy."""
    one = counts_from(job_id="a")
    assert one.marginal([0]).provenance == one.copy().provenance == one.provenance


def test_provenance_is_a_value() -> None:
    """Equal, hashable, and not changed by accident."""
    provenance = Provenance(job_id="a", seed=5)
    assert provenance == Provenance(job_id="a", seed=5) != Provenance(job_id="a")
    assert len({provenance, Provenance(job_id="a", seed=5)}) == 1
    with pytest.raises(AttributeError):
        provenance.seed = 6  # type: ignore[misc]


def test_ids_can_be_given_later() -> None:
    """They are checked as before."""
    counts = Counts({"01": 1})
    counts.qubits = ["a", "b"]
    assert counts.qubits == ("a", "b")
    with pytest.raises(ValidationError, match="qubits has 1 ids"):
        counts.qubits = ["a"]
    counts.qubits = None
    assert counts.qubits is None


def test_copies_and_pickles_are_counts() -> None:
    """No copy falls back to a plain dictionary."""
    for other in (COUNTS.copy(), copy.copy(COUNTS), copy.deepcopy(COUNTS), pickle.loads(pickle.dumps(COUNTS))):
        assert type(other) is Counts
        assert (other, other.qubits) == (COUNTS, COUNTS.qubits)
    estimate = pickle.loads(pickle.dumps(COUNTS.probabilities()["101"]))
    assert estimate.error == COUNTS.probabilities()["101"].error


def test_numpy() -> None:
    """Arrays of bits and counts, also of none."""
    bits, counts = COUNTS.to_numpy()
    assert bits.tolist() == [[1, 0, 1], [0, 0, 0], [0, 1, 1]]
    assert counts.tolist() == [60, 30, 10]
    assert [each.shape for each in Counts().to_numpy()] == [(0, 0), (0,)]


def test_pandas() -> None:
    """A row for each bitstring."""
    table = COUNTS.to_pandas()
    assert table.index.tolist() == ["101", "000", "011"]
    assert table["count"].tolist() == [60, 30, 10]
    assert table["probability"].sum() == pytest.approx(1.0)
    assert table.loc["000", "error"] == pytest.approx(sqrt(0.3 * 0.7 / 100))


def test_a_plot_shows_the_most_frequent_and_sums_up_the_others() -> None:
    """What is not shown is one bar, so that all bars add up to 1."""
    axes = COUNTS.plot(top=1, highlight=["101"])
    assert [label.get_text() for label in axes.get_xticklabels()] == ["101", "2 others"]
    assert [bar.get_height() for bar in axes.patches] == pytest.approx([0.6, 0.4])
    assert axes.get_title() == "100 shots"


def test_a_plot_goes_where_it_is_told() -> None:
    """A user's own axes are drawn into."""
    from matplotlib.figure import Figure

    ax = Figure().subplots()
    assert COUNTS.plot(ax=ax) is ax
    assert len(ax.patches) == 3


def test_a_plot_of_nothing_is_refused() -> None:
    """A plot shows at least one bitstring."""
    with pytest.raises(ValidationError, match="top must be at least 1"):
        COUNTS.plot(top=0)


@pytest.mark.parametrize("wrong", ["222", "2222", "01", 5])
def test_what_is_no_bitstring_is_not_highlighted(wrong: Any) -> None:
    """One that was not measured may be: it has no bar."""
    with pytest.raises(ValidationError, match=f"highlight has {wrong!r}, which is not a bitstring of 3 bits"):
        COUNTS.plot(highlight=["101", wrong])
    with pytest.raises(ValidationError, match=r"highlight must be a list of bitstrings: \['101'\]"):
        COUNTS.plot(highlight="101")
    assert len(COUNTS.plot(highlight=["111"]).patches) == 3


def test_a_notebook_shows_a_table_that_can_do_no_harm() -> None:
    """What the service sends is escaped; a long table is cut, and says so."""
    html = Counts({"<b>": 1, "101": 3})._repr_html_()
    assert "&lt;b&gt;" in html
    assert "<b>" not in html
    assert "4 shots" in html
    assert "<script" not in html
    many = Counts({f"{number:06b}": number + 1 for number in range(50)})._repr_html_()
    assert "30 more bitstrings" in many


@given(
    st.dictionaries(st.text("01", min_size=4, max_size=4), st.integers(1, 10**6), min_size=1), st.permutations(range(4))
)
def test_statistics_agree_with_numpy(counts: dict[str, int], order: list[int]) -> None:
    """Whatever the counts, they give what the shots, one by one, give."""
    measured = Counts(counts)
    bits, number = measured.to_numpy()
    assert measured.occupations() == pytest.approx(list(np.average(bits, axis=0, weights=number)))
    assert measured.marginal(order).marginal([order.index(place) for place in range(4)]) == measured
    assert sum(measured.probabilities().values()) == pytest.approx(1.0)
