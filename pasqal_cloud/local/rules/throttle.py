"""How many failed logins are let through, before further ones must wait.

Failures are counted for a username from an address, for an address, and for a username from everywhere. Each count
allows some failures at once and then one more per interval. Who guesses passwords therefore mostly stops themselves:
others at other addresses are only affected if very many addresses guess one username, and even then a user still logs
in from where they have logged in before. Counts are kept in memory, and forgotten when they have no effect anymore.

Checking a password takes a while. Meanwhile it may turn out to be a failure, so that no more are checked at once than
may fail; further ones wait for the outcome, and are not refused: a user may well log in from many processes at once.
"""

from __future__ import annotations

import hashlib
import math
import threading
import time
from collections import Counter, OrderedDict
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

T = TypeVar("T")


@dataclass(frozen=True)
class Allowance:
    """How many failures are let through.

    Args:
        at_once: How many at once.
        every: Seconds after which one more is let through.
    """

    at_once: int
    every: float


OF_A_USER_THERE = Allowance(at_once=5, every=30.0)
"""For one username from one address."""

OF_AN_ADDRESS = Allowance(at_once=20, every=10.0)
"""For one address, whatever the usernames; many people may share one."""

OF_A_USER = Allowance(at_once=50, every=60.0)
"""For one username from all addresses but those where the user has logged in before."""

REMEMBERED = 20_000
"""How many counts, and how many places of logins, are remembered; the oldest are forgotten first."""

SITE = 64
"""How many bits of an IPv6 address tell networks apart; whoever has a network has all its addresses."""


class TooManyFailuresError(Exception):
    """There were too many failed logins.

    Args:
        seconds: How long the next one must wait.
    """

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many failed logins: try again in {seconds} seconds.")
        self.seconds = seconds


class Throttle:
    """Counts failed logins.

    Args:
        now: Gets the time in seconds; not the service's clock, which tests may stop.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Condition()  # notified when a login that was being checked has ended
        self._checked: Counter[bytes] = Counter()  # how many are being checked now
        self._free_at: OrderedDict[bytes, float] = OrderedDict()  # when a count will be as if there had been no failure
        self._known: OrderedDict[bytes, None] = OrderedDict()

    def checked(self, username: str, address: str, check: Callable[[], T | None]) -> T | None:
        """Checks a login, and counts how it ended.

        Args:
            username: Whose it is.
            address: Where it comes from.
            check: Checks it; gets None if it fails.

        Raises:
            TooManyFailuresError: It must wait.
        """
        counts = self._begun(username, address)
        try:
            found = check()
            (self.failed if found is None else self.succeeded)(username, address)
            return found
        finally:
            with self._lock:
                for key in counts:
                    self._checked[key] -= 1
                self._checked = +self._checked  # without zeros
                self._lock.notify_all()

    def _begun(self, username: str, address: str) -> list[bytes]:
        """Waits until a login may be checked whatever becomes of the others; gets the keys of its counts."""
        with self._lock:
            while True:
                counts = dict(self._counts(username, address))
                if seconds := self._seconds(counts):
                    raise TooManyFailuresError(seconds)
                if not self._seconds(counts, self._checked):
                    self._checked.update(counts.keys())
                    return list(counts)
                self._lock.wait()

    def seconds_to_wait(self, username: str, address: str) -> int:
        """Gets how long a login must wait; 0 if it may be tried now."""
        with self._lock:
            return self._seconds(dict(self._counts(username, address)))

    def _seconds(self, counts: Mapping[bytes, Allowance], more: Mapping[bytes, int] | None = None) -> int:
        """Gets how long a login with these counts must wait, also if more fail."""
        now, more = self._now(), more or {}
        waits = (
            self._free_at.get(key, now) - now - (allowance.at_once - 1 - more.get(key, 0)) * allowance.every
            for key, allowance in counts.items()
        )
        return max(0, math.ceil(max(waits)))

    def failed(self, username: str, address: str) -> None:
        """Counts a failed login."""
        with self._lock:
            now = self._now()
            for key, allowance in self._counts(username, address):
                self._free_at[key] = max(now, self._free_at.get(key, now)) + allowance.every
                _keep(self._free_at, key)

    def succeeded(self, username: str, address: str) -> None:
        """Forgets the failures of a user at an address, and remembers that they have logged in there."""
        with self._lock:
            there = _key("user there", username, _network(address))
            self._free_at.pop(there, None)
            self._known[there] = None
            _keep(self._known, there)

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._free_at.clear()
            self._known.clear()

    def _counts(self, username: str, address: str) -> Iterator[tuple[bytes, Allowance]]:
        network = _network(address)
        there = _key("user there", username, network)
        yield there, OF_A_USER_THERE
        yield _key("address", network), OF_AN_ADDRESS
        if there not in self._known:
            yield _key("user", username), OF_A_USER


def _keep(remembered: OrderedDict[bytes, Any], key: bytes) -> None:
    remembered.move_to_end(key)
    if len(remembered) > REMEMBERED:
        remembered.popitem(last=False)


def _key(*parts: str) -> bytes:
    """Gets a short key, since a username may have any length."""
    return hashlib.blake2b("\0".join(parts).encode(errors="replace"), digest_size=16).digest()


def _network(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return f"{int(parsed) >> (128 - SITE):x}"
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)
