"""The service's clock, on a machine whose time the test tells."""

from datetime import UTC, datetime, timedelta

import pytest

from pasqal_cloud.local.scripting.clock import Clock, Lifetimes

START = 1_700_000_000.0


class Machine:
    """A machine's time."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def machine() -> Machine:
    """The time of the machine."""
    return Machine()


@pytest.fixture
def clock(machine: Machine) -> Clock:
    """A clock that shows it."""
    return Clock(machine)


def at(seconds: float) -> datetime:
    """The instant so many seconds after the start."""
    return datetime.fromtimestamp(START, UTC) + timedelta(seconds=seconds)


def test_it_is_the_machines_at_first(clock: Clock, machine: Machine) -> None:
    """Nobody has set it: it shows what the machine shows."""
    machine.time += 5
    assert (clock(), clock.offset, clock.speed, clock.is_frozen) == (at(5), 0, 1, False)


def test_it_never_goes_back_by_itself(clock: Clock, machine: Machine) -> None:
    """A machine whose time is put right does not turn the service's back."""
    machine.time += 10
    assert clock() == at(10)
    machine.time -= 7
    assert clock() == at(10)
    machine.time += 8
    assert clock() == at(11)


def test_it_can_be_set(clock: Clock, machine: Machine) -> None:
    """To an instant, by an offset, by a jump; back as well; it goes on from there."""
    clock.change(now=START + 100)
    machine.time += 1
    assert clock() == at(101)
    clock.change(offset=-50)
    assert clock() == at(-49)
    clock.change(advance=9)
    machine.time += 1
    assert clock() == at(-39)
    assert clock.offset == -41
    clock.reset()
    assert clock() == at(2)


def test_frozen_it_stands_still_until_it_goes_on_from_there(clock: Clock, machine: Machine) -> None:
    """What passes meanwhile is lost; it can be set all the same."""
    clock.change(frozen=True)
    machine.time += 100
    assert clock() == at(0)
    clock.change(advance=3)
    assert clock() == at(3)
    clock.change(frozen=False)
    machine.time += 1
    assert clock() == at(4)


def test_its_speed_counts_from_when_it_was_set(clock: Clock, machine: Machine) -> None:
    """Changing it makes no jump."""
    machine.time += 10
    clock.change(speed=100)
    assert clock() == at(10)
    machine.time += 2
    assert clock() == at(210)
    clock.change(speed=0.5)
    machine.time += 2
    assert clock() == at(211)


@pytest.mark.parametrize(
    ("settings", "seconds"),
    [({}, 60), ({"speed": 100}, 0.6), ({"speed": 0.5}, 120), ({"advance": 50}, 10), ({"advance": 61}, 0)],
    ids=str,
)
def test_how_long_to_wait_is_told_in_the_machines_seconds(
    clock: Clock, settings: dict[str, float], seconds: float
) -> None:
    """What comes in a minute of a fast clock comes sooner."""
    clock.change(**settings)
    assert clock.seconds_until(at(60)) == pytest.approx(seconds)


def test_what_a_frozen_clock_is_waited_for_never_comes(clock: Clock) -> None:
    """Unless it has come already."""
    clock.change(frozen=True)
    assert clock.seconds_until(at(1)) is None
    assert clock.seconds_until(at(0)) == 0


def test_the_end_of_time_is_no_failure(clock: Clock, machine: Machine) -> None:
    """However far and fast it goes, something can still be added to what it shows."""
    clock.change(offset=1e11, speed=1e6)
    machine.time += 1e9
    assert clock() + timedelta(days=300_000) > clock()
    clock.change(offset=-1e12)
    assert clock() - timedelta(days=300_000) < clock()


def test_http_writes_it_as_it_writes_dates(clock: Clock) -> None:
    """In GMT."""
    assert clock.http_date() == "Tue, 14 Nov 2023 22:13:20 GMT"


def test_whoever_waits_hears_of_changes(clock: Clock) -> None:
    """Of the clock and of lifetimes."""
    lifetimes, heard = Lifetimes(1, 2, 3), []
    for source in (clock, lifetimes):
        source.on_change(lambda: heard.append("it"))
    clock.change(advance=1)
    clock.reset()
    lifetimes.change(token=5)
    assert (lifetimes.token, lifetimes.link) == (5, 2)
    lifetimes.reset()
    assert lifetimes.token == 1
    assert len(heard) == 4
