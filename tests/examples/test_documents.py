"""The Python of the README and of the documentation runs as it is written; only who asks, and of whom, is replaced."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from pulser import MockDevice, Pulse, Register, Sequence

from pasqal_cloud import SDK, AsyncSDK, NotFoundError, PasqalCloudConnection

ROOT = Path(__file__).parents[2]
DOCUMENTS = ["README.md", *(str(path.relative_to(ROOT)) for path in (ROOT / "docs").glob("*.md"))]
WHOLE = ["docs/pulser.md"]
"""Those that make their sequence themselves, for all of their blocks."""


def sequence_with_omega() -> Sequence[Any]:
    """A sequence with the variable that the documents' jobs give."""
    sequence = Sequence(Register({"q0": (0.0, 0.0)}), MockDevice)
    sequence.declare_channel("rydberg", "rydberg_global")
    omega = sequence.declare_variable("omega", dtype=float)
    sequence.add(Pulse.ConstantPulse(500, amplitude=omega, detuning=0.0, phase=0.0), "rydberg")
    return sequence


@pytest.mark.slow
@pytest.mark.parametrize("document", DOCUMENTS)
def test_blocks_run(document: str) -> None:
    """One after the other, as a reader would try them, each with an SDK that is open."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / document).read_text(), re.DOTALL)
    names: dict[str, Any] = {"SDK": SDK, "AsyncSDK": AsyncSDK, "NotFoundError": NotFoundError, "asyncio": asyncio}
    with PasqalCloudConnection.local() as connection:
        sdk = connection.cloud_client
        for block in blocks:
            names |= {"sdk": sdk, "connection": connection}
            if document not in WHOLE:
                names["sequence"] = sequence_with_omega()
            exec(compile(re.sub(r"(?m)^(sdk = SDK|connection = \w+)\(.*\)$", "", block), document, "exec"), names)


def test_readme_names_both_commands() -> None:
    """A newcomer finds how to see it work, and how to test it."""
    assert {"scripts/demo.sh", "scripts/test.sh"} <= set(
        re.findall(r"scripts/\w+\.sh", (ROOT / "README.md").read_text())
    )
