"""Writes the Python of the README and of docs/ as modules into a folder, for type checkers.

The `python` blocks of a document make one module, as a reader would run them one after the other. A `py` block makes a
module of its own, with the name of its title. The names of `PRELUDE` precede all but those with a title:
tests/examples/test_documents.py gives the same names to run them. Code keeps its line numbers, so that an error names
the line of the document. A comment `<!-- types not checked: REASON -->` before a block leaves it out.
"""

from __future__ import annotations

import re
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PRELUDE = """\
import asyncio
from typing import Any

from pasqal_cloud import SDK, AsyncSDK, NotFoundError, PasqalCloudConnection

__all__ = ["SDK", "AsyncSDK", "NotFoundError", "asyncio", "connection", "sdk", "sequence"]

sdk = SDK()
connection = PasqalCloudConnection()
sequence: Any = None
"""
BLOCK = re.compile(r"(?ms)^(?P<indent> *)```(?P<kind>python|py)\b(?P<options>[^\n]*)\n(?P<code>.*?)^(?P=indent)```")
UNCHECKED = re.compile(r"<!-- types not checked: [^\n]+ -->\s*\Z")
UNTYPED = "# mypy: allow-untyped-defs, allow-untyped-calls\n# pyright: basic\n"
"""What people set for their tests, at the end, where it moves no line."""


def modules(document: Path) -> dict[str, str]:
    """Gets the modules of a document, by their names."""
    text = document.read_text("utf-8")
    stem = "_".join(document.relative_to(ROOT).with_suffix("").parts).replace("-", "_")
    found: dict[str, list[str]] = {}
    for block in BLOCK.finditer(text):
        if UNCHECKED.search(text, 0, block.start()):
            continue
        line = text.count("\n", 0, block.start("code"))
        title = re.search(r'title="(\w+)\.py', block["options"])
        name = title[1] if title else stem if block["kind"] == "python" else f"{stem}_line_{line}"
        lines = found.setdefault(name, [] if title else ["from prelude import *"])
        lines += [""] * (line - len(lines))
        lines += textwrap.dedent(block["code"]).splitlines()
    return {name: "\n".join([*lines, UNTYPED if name.startswith("test_") else ""]) for name, lines in found.items()}


def main(folder: Path) -> None:
    """Writes the modules of all documents."""
    folder.mkdir(parents=True)
    (folder / "prelude.py").write_text(PRELUDE, "utf-8")
    for document in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for name, module in modules(document).items():
            path = folder / f"{name}.py"
            if path.exists():
                raise ValueError(f"{document}: another document has a {path.name} too.")
            path.write_text(module, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
