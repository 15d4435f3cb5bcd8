"""The journal: a line for each submission, whatever happens to the program afterwards."""

import json
import logging
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from pasqal_cloud import RetryPolicy, SubmissionUnknownError, ValidationError, WaitTimeoutError
from pasqal_cloud.journal import Journal

from ..doubles.answers import BATCH, PROJECT, URL, batch, job, ok, page, refused
from ..doubles.line import Line, by_path

COPY = "33333333-2222-4333-8444-555555555555"
CREATE = {
    "serialized_sequence": "{}",
    "jobs": [{"runs": 1}],
    "open": True,
    "device_type": "FRESNEL",
    "tags": ["a", "b"],
}
WORKLOAD = "44444444-2222-4333-8444-555555555555"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal in a folder that does not exist yet."""
    return tmp_path / "mine" / "journal.jsonl"


def lines(path: Path) -> list[dict[str, Any]]:
    """Reads a journal."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def service() -> Line:
    """A line to a service that creates whatever is asked for."""
    mine = {"project_id": PROJECT, "device_type": "FRESNEL", "tags": ["a", "b"], "open": True}
    return by_path(
        POST_batches=batch(jobs=[job()], **mine),
        POST_jobs=batch(jobs=[job(), job(1, runs=1), job(2, runs=1)], **mine),
        rebatch=batch(jobs=[job(3), job(4)], **mine) | {"id": COPY, "parent_id": BATCH},
        workloads={
            "id": WORKLOAD,
            "status": "PENDING",
            "backend": "gpu",
            "workload_type": "w",
            "config": {},
            "project_id": PROJECT,
        },
        batch=batch(jobs=[job()], **mine),
    )


def test_every_submission_has_a_line(colour: Any, sdk_on: Any, path: Path) -> None:
    """Of the SDK's methods and of a batch's; what only reads or changes has none."""
    sdk = sdk_on(service(), journal=path)
    before = datetime.now(UTC)
    created = colour.call(sdk.create_batch(**CREATE))
    assert len(lines(path)) == 1
    colour.call(created.add_jobs([{"runs": 1}, {"runs": 1}]))
    colour.call(sdk.rebatch(BATCH))
    colour.call(sdk.create_workload("w", "gpu", {}))
    colour.call(sdk.get_batch(BATCH))
    usual = {"project_id": PROJECT, "device_type": "FRESNEL", "tags": ["a", "b"], "service": f"{URL}/core-fast"}
    written = lines(path)
    times = [datetime.fromisoformat(line.pop("time")) for line in written]
    assert written == [
        usual | {"what": "create_batch", "id": BATCH, "jobs": 1},
        usual | {"what": "add_jobs", "id": BATCH, "jobs": 2},
        usual | {"what": "rebatch", "id": COPY, "jobs": 2},
        usual | {"what": "create_workload", "id": WORKLOAD, "device_type": "gpu", "tags": [], "jobs": None},
    ]
    assert times == sorted(times)
    assert all(-1 < (time - before).total_seconds() < 60 for time in times)


def test_only_the_owner_can_read_it(colour: Any, sdk_on: Any, path: Path) -> None:
    """Whatever the umask allows; a file whose permissions were changed keeps them."""
    before = os.umask(0)
    try:
        sdk = sdk_on(service(), journal=str(path))
        colour.call(sdk.create_batch(**CREATE))
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        path.chmod(0o640)
        colour.call(sdk.add_jobs(BATCH, [{"runs": 1}, {"runs": 1}]))
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
    finally:
        os.umask(before)
    assert len(lines(path)) == 2


def test_the_environment_names_it(
    colour: Any, sdk_on: Any, path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An argument precedes it, False for no journal; without either there is none."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PASQAL_JOURNAL", "~/mine/journal.jsonl")
    colour.call(sdk_on(service(), journal=False).create_batch(**CREATE))
    assert not path.exists()
    colour.call(sdk_on(service(), retry=False).with_options(timeout=5).add_jobs(BATCH, [{"runs": 1}, {"runs": 1}]))
    assert [line["what"] for line in lines(path)] == ["add_jobs"]
    other = tmp_path / "other.jsonl"
    sdk = sdk_on(service(), journal=other)
    colour.call(sdk.rebatch(BATCH))
    assert [line["what"] for line in lines(other)] == ["rebatch"]
    monkeypatch.delenv("PASQAL_JOURNAL")
    colour.call(sdk_on(service()).create_workload("w", "gpu", {}))
    assert len(lines(path)) == 1


def test_a_journal_that_can_not_be_written_loses_no_batch(
    colour: Any, sdk_on: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The handle is returned all the same, and the warning has the line."""
    (tmp_path / "file").write_text("")
    sdk = sdk_on(service(), journal=tmp_path / "file" / "journal.jsonl")
    with caplog.at_level(logging.WARNING, "pasqal_cloud"):
        created = colour.call(sdk.create_batch(**CREATE))
    assert created.id == BATCH
    (record,) = caplog.records
    assert "could not be written" in record.getMessage()
    assert BATCH in record.getMessage()


def test_a_line_is_there_before_any_waiting(colour: Any, sdk_on: Any, path: Path, clock: Any) -> None:
    """A timeout, or a failure, comes too late to lose it."""
    line = by_path(
        POST_batches=batch(jobs=[job()]), batch=batch(), status={"id": BATCH, "status": "RUNNING"}, jobs=page(job())
    )
    sdk = sdk_on(line, journal=path)
    colour.attempt(WaitTimeoutError, lambda: sdk.run("{}", 1, timeout=1))
    assert [line["id"] for line in lines(path)] == [BATCH]


def test_a_refused_submission_has_no_line(colour: Any, sdk_on: Any, path: Path) -> None:
    """Nothing was created."""
    sdk = sdk_on(Line(lambda _: refused(422)), journal=path)
    colour.attempt(ValidationError, lambda: sdk.create_batch("{}", [{"runs": 1}]))
    assert not path.exists()


def test_what_is_found_later_has_a_line(colour: Any, sdk_on: Any, path: Path) -> None:
    """If the response was lost, the line is written when `recover` has found the batch."""
    found: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> Any:
        if request.method == "POST":
            return httpx.Response(502, headers={"Date": "Mon, 01 Jan 2024 00:00:00 GMT"})
        if request.url.path.endswith("/jobs"):
            return page(job())
        return page(*found) if request.url.path.endswith("/batches") else ok(found[0])

    sdk = sdk_on(Line(answer), journal=path, recover_for=0.0, retry=RetryPolicy(first=0.001))
    error = colour.attempt(SubmissionUnknownError, lambda: sdk.create_batch("{}", [{"runs": 1}]))
    assert not path.exists()
    found.append(batch(created_at="2099-01-01T00:00:00Z", jobs_count=1, project_id=PROJECT))
    handle = colour.call(error.recover())
    assert sdk.last_batch is handle
    assert [line["id"] for line in lines(path)] == [BATCH]


@pytest.mark.parametrize("journal", [7, True, b"x"])
def test_what_can_be_no_path_is_refused(colour: Any, journal: Any) -> None:
    """When the SDK is made."""
    with pytest.raises(ValidationError, match="journal must be the path of a file"):
        colour.SDK(token="t", journal=journal)


def test_a_name_that_is_too_long_is_refused(colour: Any) -> None:
    """For every system."""
    with pytest.raises(ValidationError, match="journal can't be the path of a file"):
        colour.SDK(token="t", journal="x" * 5000)


def test_a_directory_is_refused(colour: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the variable if that has it."""
    with pytest.raises(ValidationError, match=r"journal must be the path of a file, but .* is a directory"):
        colour.SDK(token="t", journal=tmp_path)
    monkeypatch.setenv("PASQAL_JOURNAL", str(tmp_path))
    with pytest.raises(ValidationError, match="PASQAL_JOURNAL must be the path of a file"):
        colour.SDK(token="t")


def test_lines_of_threads_are_not_mixed(path: Path) -> None:
    """Nor those of SDKs that have the same file."""

    def write(number: int) -> None:
        created = SimpleNamespace(id=str(number), tags=["x" * 2000])
        Journal(path).note("create_batch", created, jobs=1, project_id=PROJECT, service=URL)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(200)))
    assert sorted(int(line["id"]) for line in lines(path)) == list(range(200))


def test_an_interruption_while_the_journal_is_written_keeps_the_id(
    colour: Any, sdk_on: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Ctrl-C, on a slow disk: the error and the SDK have it."""

    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pasqal_cloud.journal.Journal.note", interrupted)
    sdk = sdk_on(by_path(POST_batches=batch()), journal=tmp_path / "journal.jsonl")
    error = colour.attempt(KeyboardInterrupt, lambda: sdk.create_batch("{}", [{"runs": 1}]))
    assert BATCH in " ".join(error.__notes__)
    assert sdk.last_batch.id == BATCH
