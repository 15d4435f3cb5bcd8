"""Hashes of passwords, which are stored instead of the passwords."""

from __future__ import annotations

import hashlib
import hmac
import secrets

COST = {"n": 2**13, "r": 8, "p": 1}
"""The cost of a check: 8 MiB, about 20 ms."""


def hashed(password: str) -> str:
    """Gets the hash of a password, with its salt."""
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}:{_key(password, salt).hex()}"


def fits(password: str, stored: str) -> bool:
    """Tells whether a password matches a stored hash."""
    salt, _, key = stored.partition(":")
    return hmac.compare_digest(_key(password, bytes.fromhex(salt)), bytes.fromhex(key))


def _key(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(errors="replace"), salt=salt, **COST)
