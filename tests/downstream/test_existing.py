"""What the existing package shows is what the tests of the drop-in compare with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Environment

pytestmark = [pytest.mark.downstream, pytest.mark.timeout(600)]

DROPIN = ROOT / "tests" / "dropin"


def test_the_snapshot_is_what_the_existing_package_shows(environment: Callable[[str], Environment]) -> None:
    """If it is not, `scripts/snapshot-existing.sh` writes it anew."""
    shown = environment("existing").start(str(DROPIN / "surface.py"))
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout == (DROPIN / "existing.json").read_text()
