"""The Python of the README and of the documentation runs as it is written; only who asks, and of whom, is replaced."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pulser import MockDevice, Pulse, Register, Sequence

from pasqal_cloud import SDK, AsyncSDK, NotFoundError, PasqalCloudConnection

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
DOCUMENTS = ["README.md", *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md"))]
WHOLE = ["docs/pulser.md"]
"""Those that make their sequence themselves, for all of their blocks."""


def sequence_with_omega() -> Sequence[Any]:
    """A sequence with the variable that the documents' jobs give."""
    sequence = Sequence(Register({"q0": (0.0, 0.0)}), MockDevice)
    sequence.declare_channel("rydberg", "rydberg_global")
    omega = sequence.declare_variable("omega", dtype=float)
    sequence.add(Pulse.ConstantPulse(500, amplitude=omega, detuning=0.0, phase=0.0), "rydberg")
    return sequence


def blocks_of(document: str) -> list[str]:
    """Gets the programs of a document; those of another kind, `py`, need an account or files."""
    return re.findall(r"```python\n(.*?)```", (ROOT / document).read_text("utf-8"), re.DOTALL)


@pytest.fixture
def connection() -> Iterator[PasqalCloudConnection]:
    """A connection to a local service of the document's own: an open batch that is left behind reserves its device."""
    with PasqalCloudConnection.local() as connection:
        yield connection


@pytest.mark.slow
@pytest.mark.parametrize("document", [each for each in DOCUMENTS if blocks_of(each)])
def test_blocks_run(
    document: str, connection: PasqalCloudConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One after the other, as a reader would try them, each with an SDK that is open."""
    monkeypatch.chdir(tmp_path)  # programs save files
    monkeypatch.setenv("MPLBACKEND", "agg")
    names: dict[str, Any] = {"SDK": SDK, "AsyncSDK": AsyncSDK, "NotFoundError": NotFoundError, "asyncio": asyncio}
    for block in blocks_of(document):
        names |= {"sdk": connection.cloud_client, "connection": connection}
        if document not in WHOLE:
            names["sequence"] = sequence_with_omega()
        exec(compile(re.sub(r"(?m)^(sdk = SDK|connection = \w+)\(.*\)$", "", block), document, "exec"), names)


def test_readme_names_both_commands() -> None:
    """A newcomer finds how to see it work, and how to test it."""
    assert {"scripts/demo.sh", "scripts/test.sh"} <= set(
        re.findall(r"scripts/\w+\.sh", (ROOT / "README.md").read_text())
    )
