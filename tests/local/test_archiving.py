"""Moving old batches to files: what the files have, what the database keeps, and that nothing is ever lost."""

from __future__ import annotations

import gzip
import json
import stat
import zlib
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from pasqal_cloud import SDK
from pasqal_cloud.local import archiving
from pasqal_cloud.local.archiving import Archived, ArchivingError, archived
from pasqal_cloud.local.documents import compressed, length, pieces
from pasqal_cloud.local.store import NewBatch, Store, Submitted
from pasqal_cloud.local.store import archive as archive_module
from pasqal_cloud.local.store.archive import Archive
from pasqal_cloud.local.store.counting import recount
from pasqal_cloud.local.store.schema import batches, counters, jobs, projects, results, sequences, submissions, tags
from pasqal_cloud.local.store.shares import mean_seconds
from pasqal_cloud.local.tasks import JobRequest, Outcome

from ..postgres import place_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

AUGUST = datetime(2026, 8, 1, tzinfo=UTC)
MONTH = timedelta(days=31)
LIMIT = AUGUST + 3 * MONTH
DOCUMENT = {"counter": {"00": 7, "11": 3}, "raw": None}


class Group:
    """A store with a user, in which batches end at the times that a test wants."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.archive = Archive(store.database)
        self.added = 0
        self.user_id = store.accounts.ensure_member("ada", "p", AUGUST)

    def add(
        self,
        at: datetime = AUGUST,
        *,
        count: int = 2,
        sequence: str = '{"shared": 1}',
        own: str | None = None,
        runs: bool = True,
        webhook: str | None = None,
        tags: tuple[str, ...] = ("a", "b"),
    ) -> str:
        """Adds a batch, whose jobs run at once; the last one fails."""
        batch = NewBatch(
            project_id="p",
            open=False,
            device_type="EMU_FREE",
            sequence=sequence,
            backend_configuration=None,
            configuration=None,
            webhook=webhook,
            tags=tags,
        )
        self.added += 1
        requests = [JobRequest(runs=10, variables={"n": n}, sequence=own if n == 0 else None) for n in range(count)]
        submitted = Submitted(self.user_id, "createBatch CLIENT", f"key {self.added}", "")
        batch_id = self.store.submissions.add_batch(batch, requests, submitted, at)
        for n in range(count if runs else 0):
            outcome = Outcome(errors=("no",)) if n == count - 1 else Outcome(json.dumps(DOCUMENT | {"n": n}))
            claim = self.store.queue.claim(["EMU_FREE"], at)
            assert claim is not None
            self.store.queue.finish(claim.token, outcome, at)
        return batch_id

    def count(self, table: Any) -> int:
        with self.store.database.reading() as connection:
            return int(connection.scalar(select(func.count()).select_from(table)) or 0)

    @property
    def kept(self) -> set[str]:
        """The ids of the batches in the database."""
        with self.store.database.reading() as connection:
            return set(connection.scalars(select(batches.c.id)))


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Group]:
    """A store of its own."""
    store = Store(place_for(tmp_path / "test.db"), seed_of=lambda number: number)
    yield Group(store)
    store.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the files go."""
    return tmp_path / "archive"


def lines(folder: Path) -> list[dict[str, Any]]:
    """Reads all files, which must be whole."""
    return [json.loads(line) for path in sorted(folder.glob("*.gz")) for line in gzip.open(path)]


def test_a_line_is_a_saved_batch(group: Group, folder: Path, tmp_path: Path) -> None:
    """SDK.load_batch reads it, with jobs, tags, sequences and results."""
    batch_id = group.add(own='{"own": 1}', webhook=None)
    group.add(LIMIT)
    done = archived(group.archive, folder, LIMIT)
    assert done == Archived({"2026-08": 1}, 2, [folder / "batches-2026-08.jsonl.gz"])
    assert stat.S_IMODE(done.files[0].stat().st_mode) == 0o600

    (line,) = lines(folder)
    assert line["archived"]["id"] == batch_id
    saved = tmp_path / "batch.json"
    saved.write_text(json.dumps(line))
    batch = SDK.load_batch(saved)
    first, second = batch.ordered_jobs
    assert (batch.id, batch.status, batch.tags, batch.sequence_builder) == (
        batch_id,
        "DONE",
        ["a", "b"],
        '{"shared": 1}',
    )
    assert (first.sequence, line["sharing"]) == ('{"own": 1}', [second.id])
    assert (first.result, first.variables, second.errors) == ({"00": 7, "11": 3}, {"n": 0}, ["no"])


def test_nothing_of_it_stays(group: Group, folder: Path) -> None:
    """Rows of all tables are deleted, sequences if no other batch has them, and the counters follow."""
    group.add(own='{"own": 1}', sequence='{"mine": 1}')
    shared = group.add(AUGUST + MONTH)
    kept = group.add(LIMIT, own='{"own": 2}')
    group.add(LIMIT)
    archived(group.archive, folder, LIMIT)
    assert kept in group.kept
    assert shared not in group.kept
    amounts = {table.name: group.count(table) for table in (batches, jobs, results, tags, submissions)}
    assert amounts == {"batches": 2, "jobs": 4, "results": 2, "tags": 4, "submissions": 2}
    with group.store.database.reading() as connection:
        assert set(connection.scalars(select(sequences.c.content))) == {'{"shared": 1}', '{"own": 2}'}
        counted = select(func.sum(counters.c.amount)).where(counters.c.kind == "jobs", counters.c.status == "DONE")
        assert connection.scalar(counted) == 2


def test_what_is_not_archived(group: Group, folder: Path) -> None:
    """Batches that are young or have not ended, whose webhook is due, and the one with the newest job stay."""
    staying = {
        group.add(LIMIT),
        group.add(webhook="http://127.0.0.1/"),
        group.add(runs=False),
        group.add(runs=False),
    }
    assert archived(group.archive, folder, LIMIT) == Archived()
    assert group.kept == staying


def test_seeds_go_on_after_the_newest_job(group: Group, folder: Path) -> None:
    """Numbers of jobs, from which seeds follow, are never used twice."""
    group.add()
    newest = group.add()
    archived(group.archive, folder, LIMIT)
    assert group.kept == {newest}
    added = group.add(AUGUST)
    assert [job["number"] for job in group.store.lists.jobs_of(added)] == [5, 6]


def test_dry_run(group: Group, folder: Path) -> None:
    """It only counts."""
    group.add()
    group.add(AUGUST + MONTH, count=3)
    before = group.kept | {group.add(LIMIT)}
    assert archived(group.archive, folder, LIMIT, is_dry=True) == Archived({"2026-08": 1, "2026-09": 1}, 5)
    assert not folder.exists()
    assert group.kept == before


def test_each_month_has_files_of_limited_size(group: Group, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file takes so many batches; another run of the same month writes a further file."""
    monkeypatch.setattr(archiving, "FILE_BATCHES", 2)
    for at in (AUGUST, AUGUST, AUGUST, AUGUST + MONTH, LIMIT):
        group.add(at)
    names = [f"batches-2026-{name}.jsonl.gz" for name in ("08", "08.2", "09")]
    assert [path.name for path in archived(group.archive, folder, LIMIT).files] == names
    group.add(AUGUST)
    group.add(LIMIT)
    assert [path.name for path in archived(group.archive, folder, LIMIT).files] == ["batches-2026-08.3.jsonl.gz"]
    assert len(lines(folder)) == 5


def test_a_large_batch_is_deleted_in_slices(group: Group, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No transaction deletes more jobs than others may wait for."""
    monkeypatch.setattr(archive_module, "SLICE", 3)
    for count in (8, 1, 1, 6, 2):
        group.add(count=count)
    largest, writing = 0, group.store.database.writing

    @contextmanager
    def counted() -> Iterator[Any]:
        nonlocal largest
        with writing() as connection:
            before = connection.scalar(select(func.count()).select_from(jobs))
            yield connection
            largest = max(largest, before - connection.scalar(select(func.count()).select_from(jobs)))

    monkeypatch.setattr(group.store.database, "writing", counted)
    assert archived(group.archive, folder, LIMIT).jobs == 16
    assert largest == 3
    assert (group.count(jobs), group.count(batches)) == (2, 1)
    assert [len(line["jobs"]) for line in lines(folder)] == [8, 1, 1, 6]


def test_a_batch_that_changes_meanwhile_is_written_again(
    group: Group, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its tags were changed after it was written: it stays until the next run."""
    batch_id = group.add()
    group.add(LIMIT)
    delete = Archive.delete

    def change_first(archive: Archive, some: Any) -> int:
        if some:
            group.store.submissions.set_tags(batch_id, ["changed"], AUGUST + MONTH)
        return delete(archive, some)

    with monkeypatch.context() as patch:
        patch.setattr(Archive, "delete", change_first)
        archived(group.archive, folder, LIMIT)
    assert batch_id in group.kept
    archived(group.archive, folder, LIMIT)
    assert batch_id not in group.kept
    assert [line["batch"]["tags"] for line in lines(folder)] == [["a", "b"], ["changed"]] or [
        line["batch"]["tags"] for line in lines(folder)
    ] == [["changed"], ["a", "b"]]


def test_archived_jobs_count_for_shares(group: Group, folder: Path) -> None:
    """A project's jobs take as long on average as they did before most of them were archived."""
    second = timedelta(seconds=1)
    for n in range(10):
        group.add(AUGUST + n * second, count=1, runs=False)
        claim = group.store.queue.claim(["EMU_FREE"], AUGUST + n * second)
        assert claim is not None
        group.store.queue.finish(claim.token, Outcome(json.dumps(DOCUMENT)), AUGUST + (n + 1) * second)

    def mean() -> float:
        with group.store.database.reading() as connection:
            return float(connection.scalar(select(mean_seconds(projects)).where(projects.c.id == "p")) or 0.0)

    assert mean() == pytest.approx(1.0)
    archived(group.archive, folder, LIMIT)
    assert len(group.kept) == 1
    assert mean() == pytest.approx(1.0)
    with group.store.database.writing() as connection:
        recount(connection)  # as after a migration
    assert mean() == pytest.approx(1.0)
    group.store.reset()
    assert mean() == 0.0


class InterruptionError(Exception):
    """What a test interrupts with."""


def test_no_interruption_loses_or_doubles_anything(group: Group, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the step, each batch is whole, in the database or in a file; the last run has written each once."""
    monkeypatch.setattr(archive_module, "SLICE", 2)
    monkeypatch.setattr(archiving, "FILE_BATCHES", 2)
    sizes = {group.add(AUGUST + MONTH * (n > 2), count=n % 4 + 1): n % 4 + 1 for n in range(6)}
    newest = group.add(LIMIT)
    left = 0

    def step() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise InterruptionError

    def stepwise(function: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*arguments: Any, **options: Any) -> Any:
            step()
            done = function(*arguments, **options)
            step()
            return done

        return stepping

    monkeypatch.setattr(Archive, "_delete", stepwise(Archive._delete))
    monkeypatch.setattr(archiving, "_line", stepwise(archiving._line))
    monkeypatch.setattr(archiving, "_store_names", stepwise(archiving._store_names))
    monkeypatch.setattr(archive_module, "_delete_unused", stepwise(archive_module._delete_unused))
    interruptions = 0
    for allowed in range(1, 200):
        left = allowed
        try:
            archived(group.archive, folder, LIMIT)
            break
        except InterruptionError:
            interruptions += 1
        filed = {line["batch"]["id"]: len(line["jobs"]) for line in lines(folder)}
        for batch_id, count in sizes.items():
            is_whole = len(group.store.lists.jobs_of(batch_id)) == count and batch_id in group.kept
            assert is_whole or filed.get(batch_id) == count
    assert interruptions >= 5
    assert group.kept == {newest}
    assert sorted((line["batch"]["id"], len(line["jobs"])) for line in lines(folder)) == sorted(sizes.items())
    assert [path.name for path in folder.iterdir() if path.name.startswith(archiving.UNFINISHED)] == []


def test_what_an_earlier_file_has_is_not_written_again(
    group: Group, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that was interrupted is followed by one of older batches only, which writes another file of the month."""
    monkeypatch.setattr(archive_module, "SLICE", 2)
    day = timedelta(days=1)
    early, late = group.add(AUGUST, count=1), group.add(AUGUST + 9 * day, count=4)
    group.add(LIMIT)
    transactions = iter(range(10))
    delete_unused = archive_module._delete_unused

    def interrupt(*arguments: Any) -> None:
        if next(transactions) == 2:
            raise InterruptionError
        delete_unused(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(archive_module, "_delete_unused", interrupt)
        with pytest.raises(InterruptionError):
            archived(group.archive, folder, LIMIT)
    assert len(group.store.lists.jobs_of(late)) == 2  # of four
    added = group.add(AUGUST + day, count=1)
    group.add(LIMIT)
    archived(group.archive, folder, AUGUST + 5 * day)
    archived(group.archive, folder, LIMIT)
    assert not group.kept & {early, late, added}
    filed = sorted((line["batch"]["id"], len(line["jobs"])) for line in lines(folder))
    assert filed == sorted({early: 1, late: 4, added: 1}.items())


def test_a_restored_database_is_not_written_again(group: Group, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in any file of a month is only deleted."""
    monkeypatch.setattr(archiving, "FILE_BATCHES", 2)
    added = {group.add(AUGUST, count=1) for _ in range(5)}
    newest = group.add(LIMIT)
    with monkeypatch.context() as patch:
        patch.setattr(Archive, "delete", lambda *_: 0)  # it is as if there had been no run
        archived(group.archive, folder, LIMIT)
    assert len(list(folder.glob("*.gz"))) == 3
    archived(group.archive, folder, LIMIT)
    assert group.kept == {newest}
    assert Counter(line["batch"]["id"] for line in lines(folder)) == Counter(added)


def test_what_a_killed_run_leaves(group: Group, folder: Path) -> None:
    """An unfinished file is removed by the next run, and its batches are written to another."""
    folder.mkdir()
    (folder / f"{archiving.UNFINISHED}x").write_bytes(b"half of a file")
    batch_id = group.add()
    group.add(LIMIT)
    archived(group.archive, folder, LIMIT)
    assert [line["batch"]["id"] for line in lines(folder)] == [batch_id]
    assert sorted(path.name for path in folder.iterdir()) == [".lock", "batches-2026-08.jsonl.gz"]


def test_one_run_at_a_time(group: Group, folder: Path) -> None:
    """A second run on the same folder would write the same batches."""
    group.add()
    group.add(LIMIT)
    with archiving._sole_use(folder), pytest.raises(ArchivingError, match="in use"):
        archived(group.archive, folder, LIMIT)


def test_a_damaged_result_ends_the_run(group: Group, folder: Path) -> None:
    """Nothing is deleted that could not be written."""
    batch_id = group.add()
    group.add(LIMIT)
    with group.store.database.writing() as connection:
        connection.execute(results.update().values(document=compressed("{}")[:-5]))
    with pytest.raises(ArchivingError, match="damaged"):
        archived(group.archive, folder, LIMIT)
    assert batch_id in group.kept
    assert list(folder.glob("*.gz")) == []


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", gzip.compress(b"hello\n"), gzip.compress(b"hello\n")[:-9]],
    ids=["empty", "text", "compressed text", "cut off"],
)
def test_a_damaged_file_ends_the_run(group: Group, folder: Path, content: bytes) -> None:
    """It might have batches that are still in the database; the error says which file it is, and what to do."""
    batch_id = group.add()
    group.add(LIMIT)
    folder.mkdir()
    path = folder / "batches-2026-08.jsonl.gz"
    path.write_bytes(content)
    if content:
        with pytest.raises(ArchivingError, match=r"batches-2026-08.jsonl.gz is damaged.* Move it"):
            archived(group.archive, folder, LIMIT)
        assert batch_id in group.kept
        path.unlink()
    archived(group.archive, folder, LIMIT)
    assert batch_id not in group.kept


def test_documents_are_uncompressed_piece_by_piece() -> None:
    """No piece is large, and together they are the document."""
    text = json.dumps({"counter": {"0": 1}, "text": "ä" * 3_000_000})
    document = compressed(text)
    assert b"".join(pieces(document)) == text.encode()
    assert max(map(len, pieces(document))) <= 2**20
    assert length(document) == len(text.encode())
    with pytest.raises(zlib.error):
        length(document[:-9])
