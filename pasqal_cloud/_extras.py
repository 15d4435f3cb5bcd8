"""Packages that only an extra of this one brings."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from pasqal_cloud.errors import MissingExtraError


def package(name: str, extra: str) -> Any:
    """Imports a package that an extra brings.

    Args:
        name: The module to import.
        extra: The extra that brings it.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        distribution = name.partition(".")[0]
        raise MissingExtraError(f'{distribution} is not installed: pip install "pasqal-cloud[{extra}]"') from error
