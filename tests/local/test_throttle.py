"""How failed logins are slowed down, without a clock that passes."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from pasqal_cloud.local.rules import throttle
from pasqal_cloud.local.rules.throttle import OF_A_USER, OF_A_USER_THERE, OF_AN_ADDRESS, Throttle, TooManyFailuresError

PATIENCE = 60.0
"""Seconds after which a test gives up."""


class Clock:
    """A time that only moves when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


@pytest.fixture
def logins(clock: Clock) -> Throttle:
    """Counts logins by that clock."""
    return Throttle(clock)


def fail(logins: Throttle, count: int, username: str = "ada", address: str = "192.0.2.1") -> None:
    """Fails to log in this often."""
    for _ in range(count):
        logins.failed(username, address)


def test_some_failures_are_let_through(logins: Throttle, clock: Clock) -> None:
    """After that, one more after each interval."""
    fail(logins, OF_A_USER_THERE.at_once - 1)
    assert logins.seconds_to_wait("ada", "192.0.2.1") == 0
    fail(logins, 1)
    assert logins.seconds_to_wait("ada", "192.0.2.1") == OF_A_USER_THERE.every
    clock.now += OF_A_USER_THERE.every - 1
    assert logins.seconds_to_wait("ada", "192.0.2.1") == 1
    clock.now += 1
    assert logins.seconds_to_wait("ada", "192.0.2.1") == 0
    fail(logins, 1)
    assert logins.seconds_to_wait("ada", "192.0.2.1") == OF_A_USER_THERE.every


def test_failures_are_forgotten(logins: Throttle, clock: Clock) -> None:
    """After a while it is as if there had been none."""
    fail(logins, OF_A_USER_THERE.at_once)
    clock.now += OF_A_USER_THERE.at_once * OF_A_USER_THERE.every
    fail(logins, OF_A_USER_THERE.at_once - 1)
    assert logins.seconds_to_wait("ada", "192.0.2.1") == 0


def test_only_who_fails_must_wait(logins: Throttle) -> None:
    """Neither others at the same address nor the same user at another one."""
    fail(logins, OF_A_USER_THERE.at_once)
    assert logins.seconds_to_wait("bob", "192.0.2.1") == 0
    assert logins.seconds_to_wait("ada", "192.0.2.2") == 0


def test_an_address_that_guesses_many_usernames_must_wait(logins: Throttle) -> None:
    """Others need not. A network of IPv6 counts as one address, and an IPv4 address is the same in IPv6."""
    for number in range(OF_AN_ADDRESS.at_once):
        fail(logins, 1, f"user {number}", f"2001:db8::{number:x}")
        fail(logins, 1, f"user {number}", "192.0.2.1" if number % 2 else "::ffff:192.0.2.1")
    assert logins.seconds_to_wait("eve", "2001:db8::ffff") == OF_AN_ADDRESS.every
    assert logins.seconds_to_wait("eve", "192.0.2.1") == OF_AN_ADDRESS.every
    assert logins.seconds_to_wait("eve", "2001:db8:1::1") == 0
    assert logins.seconds_to_wait("eve", "192.0.2.2") == 0


def test_many_addresses_that_guess_one_password_must_wait(logins: Throttle) -> None:
    """The user still gets in from where they have logged in before, unless they fail there."""
    logins.succeeded("ada", "198.51.100.1")
    for number in range(OF_A_USER.at_once):
        fail(logins, 1, address=f"192.0.2.{number}")
    assert logins.seconds_to_wait("ada", "203.0.113.1") == OF_A_USER.every
    assert logins.seconds_to_wait("ada", "198.51.100.1") == 0
    fail(logins, OF_A_USER_THERE.at_once, address="198.51.100.1")
    assert logins.seconds_to_wait("ada", "198.51.100.1") == OF_A_USER_THERE.every
    assert logins.seconds_to_wait("bob", "203.0.113.1") == 0


def test_success_forgives_a_user_there(logins: Throttle) -> None:
    """Who mistypes now and then never waits; the address still counts, or a good account would help to guess others."""
    for _ in range(2):
        fail(logins, OF_A_USER_THERE.at_once - 1)
        logins.succeeded("ada", "192.0.2.1")
    assert logins.seconds_to_wait("ada", "192.0.2.1") == 0
    for number in range(OF_AN_ADDRESS.at_once - 2 * (OF_A_USER_THERE.at_once - 1)):
        fail(logins, 1, f"user {number}")
        logins.succeeded("ada", "192.0.2.1")
    assert logins.seconds_to_wait("ada", "192.0.2.1") > 0


def test_what_is_being_checked_may_fail(logins: Throttle) -> None:
    """No more logins are checked at once than may fail; whoever waits meanwhile is refused once they have failed."""
    running, begun, may_end = Counter[str](), Barrier(OF_A_USER_THERE.at_once + 1), Event()

    def check() -> None:
        running["now"] += 1
        begun.wait(PATIENCE)
        may_end.wait(PATIENCE)

    def guess(_: int) -> bool:
        try:
            logins.checked("ada", "192.0.2.1", check)
        except TooManyFailuresError as error:
            assert error.seconds == OF_A_USER_THERE.every
            return False
        return True

    with ThreadPoolExecutor(20) as threads:
        guesses = threads.map(guess, range(20))
        begun.wait(PATIENCE)
        assert logins.checked("bob", "192.0.2.1", lambda: "bob") == "bob"  # others do not wait
        assert logins.seconds_to_wait("ada", "192.0.2.1") == 0  # nobody has failed yet
        may_end.set()
        assert Counter(guesses) == {True: OF_A_USER_THERE.at_once, False: 20 - OF_A_USER_THERE.at_once}
    assert running["now"] == OF_A_USER_THERE.at_once


def test_a_check_that_breaks_off_is_no_failure(logins: Throttle) -> None:
    """The database may be away."""

    def break_off() -> None:
        raise ConnectionError

    for _ in range(2 * OF_A_USER_THERE.at_once):
        with pytest.raises(ConnectionError):
            logins.checked("ada", "192.0.2.1", break_off)
    assert logins.checked("ada", "192.0.2.1", lambda: "ada") == "ada"


def test_memory_is_bounded(logins: Throttle, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest counts go first; those of who still fails stay."""
    monkeypatch.setattr(throttle, "REMEMBERED", 10)
    for number in range(100):
        fail(logins, 1, "x" * 1000 + str(number))
        logins.succeeded(f"user {number}", "192.0.2.1")
    assert len(logins._free_at) == len(logins._known) == 10
    assert logins.seconds_to_wait("anybody", "192.0.2.1") > 0
    assert max(map(len, logins._free_at)) <= 16
