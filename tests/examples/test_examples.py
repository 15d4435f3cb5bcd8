"""Every example runs as it stands, in a process of its own, and shows what it says it shows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"

SHOWN = {
    "quickstart": (
        r"The three atoms oscillate 1\.[5-9]\d times as fast as one atom .*Batch [0-9a-f-]{36} ended with status DONE"
    ),
    "generated_client": r"0 batches are done",
    "own_client": r"0 batches\.\nThere is no batch 0: 404, \w.*\nProjects: \w+",
    "variational": r"The best area is 2\.[4-9]\d rad, with (4[4-9]|5\d)\.\d%, after \d+ jobs of one batch",
    "many_batches": r"area 0\.5 rad .* in 1?\d %.*area 3\.0 rad .* in (9\d|100) %",
}

LONG = {"many_batches", "quickstart", "variational"}
"""Those that are run with the slow tests."""


def test_every_example_is_tried() -> None:
    """An example that is added is tested."""
    assert {path.stem for path in EXAMPLES.glob("*.py")} == set(SHOWN)


@pytest.mark.parametrize(
    "name", [*sorted(SHOWN.keys() - LONG), *(pytest.param(name, marks=pytest.mark.slow) for name in sorted(LONG))]
)
def test_example_runs(name: str) -> None:
    """It ends well, warns of nothing, leaves nothing open, and prints what it is about."""
    command = [sys.executable, "-W", "error", EXAMPLES / f"{name}.py"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert (run.returncode, run.stderr) == (0, "")
    assert re.search(SHOWN[name], run.stdout, re.DOTALL)
