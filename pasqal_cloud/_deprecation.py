"""Old names that still work."""

from __future__ import annotations

import sys
import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

from pasqal_cloud.errors import ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def deprecated(thing: str, *, instead: str) -> None:
    """Warns the user, at the user's line, without touching any filter.

    Args:
        thing: What was used.
        instead: What to use.
    """
    level, frame = 2, sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").startswith("pasqal_cloud"):
        level, frame = level + 1, frame.f_back
    warnings.warn(f"{thing} is deprecated: use {instead}.", DeprecationWarning, stacklevel=level)


def instead_of(
    old: str,
    value: Any,
    new: str,
    given: T | None,
    meaning: Callable[[Any], T] = lambda value: value,
    *,
    refusal: type[ValidationError] = ValidationError,
) -> T | None:
    """Gets what an argument is to be, which may have been given under its old name.

    Args:
        old: The old name.
        value: What was given under it; None if nothing was.
        new: The new name.
        given: What was given under that; None if nothing was.
        meaning: Translates from the old to the new.
        refusal: The error if it was given under both names.

    Raises:
        ValidationError: It was given under both names.
    """
    if value is None:
        return given
    if given is not None:
        raise refusal(f"{old} is deprecated: give {new}, but not both.")
    deprecated(old, instead=new)
    return meaning(value)


def wait_for_results(fetch_results: bool | None, *, wait: bool) -> bool:
    """Gets whether to wait, where an old program may have asked for the results: they are fetched when they are read.

    Args:
        fetch_results: What was given under the old name; None if nothing was.
        wait: What was given under the new one.
    """
    if fetch_results is not None:
        deprecated("fetch_results", instead="wait: results are fetched when they are read")
    return wait or bool(fetch_results)


def elsewhere(name: str) -> object:
    """Gets a name from where it lives, for modules of the existing package that had imported it for themselves.

    Args:
        name: The name.

    Raises:
        AttributeError: It lives nowhere.
    """
    for home in () if name.startswith("_") else _HOMES:
        if name in vars(module := import_module(f"pasqal_cloud.{home}")):
            return vars(module)[name]
    package = import_module("pasqal_cloud")
    if name in package.__all__:
        return getattr(package, name)
    raise AttributeError(f"pasqal_cloud has no {name}")


_HOMES = ("http_client", "job", "device", "authentication", "utils.jsend", "utils.strenum", "pasqal_cloud_client")
"""Where names live that are not in the package's root."""
