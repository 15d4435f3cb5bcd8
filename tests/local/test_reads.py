"""Reads: which are brief, and what they answer when the database fails."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from pasqal_cloud.local.http.contract import Contract
from pasqal_cloud.local.http.operations import FAR, LISTS, SINGLE, is_brief

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import LocalService


@pytest.mark.parametrize(
    ("operation", "query", "expected"),
    [
        ("getBatch", {}, True),
        ("getOvhJobStatus", {}, True),
        ("listJobs", {"limit": 100, "offset": FAR - 1, "order_by_direction": "ASC"}, True),
        ("listJobs", {"batch_id": ["a"], "limit": 1}, True),
        ("listJobs", {"batch_id": ["a"], "status": ["DONE"]}, False),
        ("listBatches", {"id__starts_with": "a"}, False),
        ("listBatches", {"offset": FAR}, False),
        ("getBatchFullResults", {}, False),
        ("listDevices", {}, False),
        ("createBatch", {}, False),
    ],
)
def test_brief_reads(operation: str, query: dict[str, Any], expected: bool) -> None:
    """One thing, or a page near the beginning of a list with a filter that is counted; results may be large."""
    assert is_brief(operation, query) is expected


def test_brief_reads_are_operations_that_read() -> None:
    """Each name is that of an operation that can't change anything."""
    methods = {operation.id: operation.method for operation in Contract.load().operations()}
    assert {methods[name] for name in SINGLE | LISTS} == {"GET"}


def test_a_database_that_fails_is_an_answer(start: Callable[..., LocalService], tmp_path: Path) -> None:
    """Whether it is read in place or not, the answer is as the description has it, and the service goes on."""
    path, log = tmp_path / "service.db", tmp_path / "log"
    with log.open("w") as stderr:
        service = start("--engine=scripted", f"--db={path}", stderr=stderr)
    batch = service.create("{}", {"runs": 5}, open=True)
    with closing(sqlite3.connect(path)) as database:
        database.execute("ALTER TABLE tags RENAME TO others")
        for operation, parameters in {"getBatch": {"batch_id": batch["id"]}, "listBatches": {"tag": "a"}}.items():
            assert "see its log" in service.refused(operation, 500, **parameters)
        database.execute("ALTER TABLE others RENAME TO tags")
    assert service.get("getBatch", batch_id=batch["id"])["id"] == batch["id"]
    assert "no such table: tags" in log.read_text()
