"""Deprecated names and arguments that still work."""

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
    """Issues a DeprecationWarning at the line of the caller outside this package.

    Args:
        thing: The deprecated name.
        instead: What to use instead.
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
    """Gets the value of an argument that may be given under its old name.

    Args:
        old: The old name.
        value: The value under the old name; None if it was not given.
        new: The new name.
        given: The value under the new name; None if it was not given.
        meaning: Converts the value of the old argument to that of the new one.
        refusal: The class of the error if both were given.

    Raises:
        ValidationError: Both were given.
    """
    if value is None:
        return given
    if given is not None:
        raise refusal(f"Give {new}, or {old}, which is deprecated, but not both.")
    deprecated(old, instead=new)
    return meaning(value)


def wait_for_results(fetch_results: bool | None, *, wait: bool) -> bool:
    """Gets whether to wait, from the argument `wait` and the deprecated `fetch_results`."""
    if fetch_results is not None:
        deprecated("fetch_results", instead="wait: results are fetched when they are read")
    return wait or bool(fetch_results)


def elsewhere(name: str) -> object:
    """Gets a name that can be imported from a module of the existing package, although it is defined elsewhere."""
    for home in () if name.startswith("_") else _HOMES:
        if name in vars(module := import_module(f"pasqal_cloud.{home}")):
            return vars(module)[name]
    package = import_module("pasqal_cloud")
    if name in package.__all__:
        return getattr(package, name)
    raise AttributeError(f"pasqal_cloud has no name {name!r}")


_HOMES = ("http_client", "job", "device", "authentication", "utils.jsend", "utils.strenum", "pasqal_cloud_client")
"""The modules that define names which the package's root does not have."""
