"""Hashes of passwords: Argon2id, and scrypt in databases of earlier versions.

Checking takes time and memory on purpose, so only as many passwords are checked at once as there are cores.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import threading
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MEMORY, PASSES, LANES = 19_456, 2, 1
"""The cost of a hash: 19 MiB, about 30 ms. These are the values that OWASP recommends for Argon2id."""

NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$vF8amzX3FmkFb405VFLAvQ$ovi5bBD3+5g08YO/SIuAVg5TWyYoiEdWcZKZFBkAxyk"
"""The hash of a forgotten password. It is checked for users who do not exist, which then takes as long."""

EARLIER_COST = {"n": 2**13, "r": 8, "p": 1}
"""The cost of scrypt in databases of earlier versions."""

_turns = threading.BoundedSemaphore(os.cpu_count() or 1)


def hashed(password: str) -> str:
    """Gets the hash of a password, with its salt, to be stored instead of it."""
    with _turns:
        return _hasher().hash(_bytes(password))


def is_password(password: str, stored: str | None) -> bool:
    """Tells whether a password matches a stored hash; never for None, which takes as long."""
    from argon2.exceptions import InvalidHashError, VerificationError

    with _turns:
        if stored is not None and not stored.startswith("$"):
            return _is_earlier(password, stored)
        try:
            return _hasher().verify(stored or NOBODYS, _bytes(password)) and stored is not None
        except (InvalidHashError, VerificationError):
            return False


def is_outdated(stored: str) -> bool:
    """Tells whether a password should be hashed anew when it is known: its hash is of an earlier kind or cost."""
    return not stored.startswith("$") or _hasher().check_needs_rehash(stored)


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher  # only needed by services with several users

    return PasswordHasher(memory_cost=MEMORY, time_cost=PASSES, parallelism=LANES)


def _bytes(password: str) -> bytes:
    return password.encode(errors="replace")


def _is_earlier(password: str, stored: str) -> bool:
    salt, _, key = stored.partition(":")
    found = hashlib.scrypt(_bytes(password), salt=bytes.fromhex(salt), **EARLIER_COST)
    return hmac.compare_digest(found, bytes.fromhex(key))
