"""The wheel and the sdist that `scripts/build.sh` builds."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def build(source: Path, target: Path, **variables: str) -> dict[str, bytes]:
    """Builds wheel and sdist; returns their bytes by their names."""
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(target)]
    subprocess.run(command, cwd=source, env={**os.environ, **variables}, check=True, capture_output=True, timeout=100)
    return {path.name: path.read_bytes() for path in target.iterdir()}


@pytest.mark.slow
def test_building_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    """From another folder too, whose files are newer: the sdist contains all that is needed to build it again."""
    first = build(ROOT, tmp_path / "first", SOURCE_DATE_EPOCH="1767225600")
    (sdist,) = (tmp_path / "first").glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        assert {member.mtime for member in archive.getmembers()} == {1767225600}
        archive.extractall(tmp_path, filter="data")
    unpacked = tmp_path / sdist.name.removesuffix(".tar.gz")
    for path in unpacked.rglob("*.py"):
        path.touch()
    second = build(unpacked, tmp_path / "second", SOURCE_DATE_EPOCH="1767225600")
    assert first.keys() == second.keys()
    assert len(first) == 2
    assert [name for name in first if first[name] != second[name]] == []


@pytest.mark.slow
def test_the_sdist_has_what_the_tests_read(tmp_path: Path) -> None:
    """And nothing that is made by building, testing or looking at the documentation."""
    build(ROOT, tmp_path)
    (sdist,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for needed in (
        "README.md",
        "CONTRIBUTING.md",
        "docs/errors.md",
        "docs/images/logo.svg",
        "mkdocs.yml",
        "scripts/test.sh",
    ):
        assert needed in names
    for needed in ("tests/conftest.py", "tests/local/databases/schema-3.db.gz", "spec/openapi.yaml", ".ci/run"):
        assert needed in names
    made = (".venv/", "site/", "dist/", "spec/node_modules/", "docs/http-api/", ".hypothesis/")
    assert [name for name in names if name.startswith(made) or "__pycache__" in name] == []
