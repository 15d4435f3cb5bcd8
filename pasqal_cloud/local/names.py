"""Suggestions for misspelled names."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Gets a hint at the most similar known name, to append to a message; empty if none is similar."""
    return "".join(f"; did you mean '{near}'?" for near in get_close_matches(name, list(known), 1))
