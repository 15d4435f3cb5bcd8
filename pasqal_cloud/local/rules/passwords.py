"""Passwords, of which only what is needed to check them is stored."""

from __future__ import annotations

import hashlib
import hmac
import secrets

COST = {"n": 2**13, "r": 8, "p": 1}
"""What a check takes: 8 MiB for about 20 ms."""


def hashed(password: str) -> str:
    """Gives what to store of a password."""
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}:{_key(password, salt).hex()}"


def fits(password: str, stored: str) -> bool:
    """Tells whether a password is the one of which this was stored."""
    salt, _, key = stored.partition(":")
    return hmac.compare_digest(_key(password, bytes.fromhex(salt)), bytes.fromhex(key))


def _key(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(errors="replace"), salt=salt, **COST)
