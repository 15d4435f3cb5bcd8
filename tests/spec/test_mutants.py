"""The list of mutants: each can be made, so that a change of the code does not leave it behind unnoticed."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def script() -> Any:
    """Loads scripts/mutants.py, which is no module of a package."""
    spec = importlib.util.spec_from_file_location("mutants", ROOT / "scripts" / "mutants.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # as dataclasses need it
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("mutant", list(script().read()), ids=lambda mutant: mutant.name)
def test_a_mutant_can_be_made(mutant: Any) -> None:
    """What it replaces stands in its file once, and the tests that must notice it are there."""
    for path, text in mutant.changed(ROOT).items():
        assert text != path.read_text("utf-8")
    for test in mutant.tests:
        file, *names = test.partition("[")[0].split("::")
        content = (ROOT / file).read_text("utf-8")
        assert all(f"def {name}(" in content or f"class {name}" in content for name in names), test
