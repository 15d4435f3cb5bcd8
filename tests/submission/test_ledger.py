"""What a client remembers of its submissions, and of the service's time."""

import time
from email.utils import formatdate

import attrs
from hypothesis import given
from hypothesis import strategies as st

from pasqal_cloud._ledger import INHERITED_FOR, KEPT_FOR, Ledger, ServiceClock

MOMENTS = st.floats(0.0, 1e6)
LAGS = st.floats(0.0, 300.0)
OFFSETS = st.floats(1e9, 2e9)


@attrs.define(eq=False)
class Entry:
    key: str
    content: str = "the same"
    unknown: bool = False
    moment: float = 0.0


@given(OFFSETS, st.lists(st.tuples(MOMENTS, LAGS, LAGS), min_size=1, max_size=8), MOMENTS)
def test_the_services_time_is_never_put_too_late(
    offset: float, exchanges: list[tuple[float, float, float]], moment: float
) -> None:
    """However long requests and answers take, what is created after a moment is never taken for older."""
    clock = ServiceClock()
    for sent, there, back in exchanges:
        answered = sent + there
        clock.note(formatdate(int(offset + answered), usegmt=True), sent, answered + back)
    told = clock.at(moment)
    assert told is not None
    assert told <= offset + moment + 1e-3


@given(OFFSETS, MOMENTS, LAGS)
def test_one_prompt_answer_tells_the_time_to_a_second(offset: float, sent: float, later: float) -> None:
    """A slow answer does not undo what a prompt one has told."""
    clock = ServiceClock()
    clock.note(formatdate(int(offset + sent), usegmt=True), sent, sent + 0.01)
    clock.note(formatdate(int(offset + sent + later), usegmt=True), sent, sent + later + 100.0)
    told = clock.at(sent)
    assert told is not None
    assert abs(told - (offset + sent)) <= 1.02


def test_a_clock_that_was_set_is_believed() -> None:
    """When the service's clock steps back, the new time counts, not the latest ever told."""
    clock = ServiceClock()
    clock.note(formatdate(2_000_000_000, usegmt=True), 0.0, 0.1)
    clock.note(formatdate(1_000_000_000, usegmt=True), 1.0, 1.1)
    told = clock.at(1.0)
    assert told is not None
    assert abs(told - 1_000_000_000) < 2


def test_no_date_tells_nothing() -> None:
    """Answers without a date, or with one that can't be read, leave the time unknown."""
    clock = ServiceClock()
    for date in (None, "", "yesterday", "Mon, 99 Foo 2024 00:00:00 GMT"):
        clock.note(date, 0.0, 1.0)
    assert clock.at(0.0) is None


def test_what_one_holds_no_other_can_take() -> None:
    """An id goes to the first that asks, for good."""
    ledger, first, second = Ledger(), Entry("1"), Entry("2")
    assert not ledger.is_held("batch")
    assert ledger.hold("batch", first, 1.0)
    assert ledger.hold("batch", first, 2.0)
    assert not ledger.hold("batch", second, 3.0)
    assert ledger.is_held("batch")


def test_what_was_seen_before_existed() -> None:
    """What was seen at a moment existed then and later, and not surely before."""
    ledger = Ledger()
    ledger.see(["job"], 5.0)
    ledger.see(["job"], 9.0)
    assert [ledger.existed("job", moment) for moment in (4.0, 5.0, 9.0)] == [False, True, True]
    assert not ledger.existed("another", 9.0)


def test_rivals_are_those_that_are_open_and_equal() -> None:
    """Of equal submissions it is known how many are being sent, and how many are looked for."""
    ledger = Ledger()
    with ledger.entered(Entry("1")), ledger.entered(Entry("2", unknown=True)), ledger.entered(Entry("3", "another")):
        assert ledger.rivals("the same", 1.0) == (1, 1)
    assert ledger.rivals("the same", 1.0) == (0, 0)


def test_a_child_counts_what_its_parent_was_sending() -> None:
    """After a fork, what the parent was sending is another's for as long as requests take, and then forgotten."""
    ledger = Ledger()
    with ledger.entered(Entry("1")):
        ledger.begin_anew()
        forked = time.monotonic()
        assert ledger.rivals("the same", forked) == (1, 0)
        assert ledger.rivals("another", forked) == (0, 0)
    assert ledger.rivals("the same", forked + INHERITED_FOR + 1.0) == (0, 0)


def test_it_does_not_grow_for_ever() -> None:
    """Ids are forgotten when no submission is left that they could be taken for, however many there were."""
    ledger, entry = Ledger(), Entry("1")
    with ledger.entered(entry):
        for number in range(1000):
            ledger.hold(str(number), entry, float(number))
            ledger.see([str(number)], float(number))
        assert ledger.is_held("0")
        assert ledger.existed("0", 0.0)
    last = 1000.0 + 2 * KEPT_FOR
    entry = Entry("2", moment=last)
    with ledger.entered(entry):
        ledger.hold("last", entry, last)
        assert not ledger.is_held("0")
        assert not ledger.existed("0", 0.0)
        assert ledger.is_held("last")
