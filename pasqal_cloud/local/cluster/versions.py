"""The versions that a worker must share with the service: results would otherwise depend on where a job runs."""

from __future__ import annotations

import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PACKAGES = ("pasqal-cloud", "pulser-core", "pulser-simulation", "emu-sv", "emu-mps")
PYTHON = "Python"


@cache
def installed_versions() -> dict[str, str]:
    """Gets the minor version of Python and the versions of the packages that are installed here.

    A worker that has loaded packages keeps their versions, even when others are installed while it runs.
    """
    return {PYTHON: "{}.{}".format(*sys.version_info), **dict(_installed())}


def differences(service: Mapping[str, str], worker: Mapping[str, str]) -> str | None:
    """Describes how a worker differs from the service, in one clause; None if it may run jobs.

    A worker may have more emulators than the service, which never uses them.
    """
    different = [
        f"{name} {worker[name]} instead of {wanted}" if name in worker else f"no {name} instead of {wanted}"
        for name, wanted in service.items()
        if worker.get(name) != wanted
    ]
    return f"it has {', '.join(different)}" if different else None


def _installed() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        try:
            yield package, version(package)
        except PackageNotFoundError:
            continue
