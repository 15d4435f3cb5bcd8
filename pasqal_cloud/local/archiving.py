"""Moves batches that ended long ago from the database to compressed files, beside a running service.

The files are named after the month in which the batches were submitted: `batches-2026-08.jsonl.gz`, and if there is
more, `batches-2026-08.2.jsonl.gz`. Each line is a batch with its jobs, sequences, tags and results, as a file that
`SDK.load_batch` reads. A line begins with `{"archived": {"id": …`, by which it can be found.

A file is written under another name, stored on the disk and then renamed; only then are its batches deleted. If this
is interrupted anywhere, nothing is lost: a batch is in the database, in a file, or in both, and the next run deletes
those that are in both.
"""

from __future__ import annotations

import gzip
import json
import logging
import os
import re
import zlib
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, TypeAlias

from pasqal_cloud.local.documents import pieces
from pasqal_cloud.local.http.views import changed_batch, listed_job

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pasqal_cloud.local.store.archive import Archive, Contents, Ended

FILE_BATCHES = 10_000
"""The maximum number of batches in a file."""

FILE_BYTES = 256 * 2**20
"""The size after which a file takes no further batch, in bytes."""

NAME = re.compile(r"batches-(\d{4}-\d\d)(?:\.(\d+))?\.jsonl\.gz")

UNFINISHED = ".unfinished-"

FORMAT = {"format": "pasqal-cloud batch", "version": 1}
"""What says that a document is one that `SDK.load_batch` reads."""

HEAD = '{"archived": '
"""How a line begins; what follows says which batch it is."""

HEAD_BYTES = 500
"""How much of a line is enough to know that."""

Version: TypeAlias = tuple[str, int]
"""Of a batch in a file: when it was changed last, and the number of its jobs."""

logger = logging.getLogger(__name__)


class ArchivingError(Exception):
    """The folder can't be used, or the database is damaged."""


@dataclass
class Archived:
    """What was archived, or would be.

    Args:
        batches: The number of batches, by month.
        jobs: The number of their jobs.
        files: The files that were written.
    """

    batches: Counter[str] = field(default_factory=Counter)
    jobs: int = 0
    files: list[Path] = field(default_factory=list)


def archived(archive: Archive, folder: Path, limit: datetime, *, is_dry: bool = False) -> Archived:
    """Moves the batches that ended before an instant to files.

    Args:
        archive: The database.
        folder: The folder for the files, which is created if it does not exist.
        limit: The instant.
        is_dry: Whether to change nothing, and only report what would be done.

    Raises:
        ArchivingError: Another run uses the folder, or a file in it or a result is damaged.
        OSError: A file can't be written.
    """
    done = Archived()
    if is_dry:
        for batch in _ended(archive, limit):
            _count(done, batch)
        return done
    with _sole_use(folder):
        for month, parts in groupby(_months(archive, limit), key=itemgetter(0)):
            known = _known(folder, month)
            for _, some in parts:
                _move(archive, folder, month, some, known, done)
    return done


def _move(
    archive: Archive, folder: Path, month: str, some: list[Ended], known: Mapping[str, Version], done: Archived
) -> None:
    """Writes batches of one month to a file, or several, and deletes them; those that a file has are only deleted."""
    there = _names(folder, month)
    # one with fewer jobs than in the file was being deleted; one that has changed since must be written again
    written = [batch for batch in some if _is_in(known, batch)]
    rest = [batch for batch in some if not _is_in(known, batch)]
    while True:
        archive.delete(written)
        for batch in written:
            _count(done, batch)
        if not rest:
            return
        path = folder / _name(month, len(there) + 1)
        written = _write(archive, path, rest)
        there.append(path.name)
        done.files.append(path)
        rest = rest[len(written) :]


def _write(archive: Archive, path: Path, some: list[Ended]) -> list[Ended]:
    """Writes a file with as many of these batches as it takes; gets which."""
    written = []
    with NamedTemporaryFile(dir=path.parent, prefix=UNFINISHED, delete=False) as file:
        try:
            with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as lines:
                for batch in some:
                    with archive.contents(batch) as contents:
                        for piece in _line(batch, contents):
                            lines.write(piece)
                    written.append(batch)
                    if file.tell() > FILE_BYTES:
                        break
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            Path(file.name).unlink()
            raise
    Path(file.name).rename(path)  # no other run can have made a file of this name
    _store_names(path.parent)
    logger.info("Wrote %d batches to %s.", len(written), path, extra={"count": len(written)})
    return written


def _line(batch: Ended, contents: Contents) -> Iterator[bytes]:
    """Writes a batch as JSON on one line, piece by piece, as `SDK.load_batch` reads it."""
    shown = changed_batch(contents.batch, contents.sequence, [])
    del shown["jobs"], shown["webhook"]  # the URL of a webhook may contain a secret
    saved_at = datetime.now(UTC).isoformat(timespec="seconds")
    # first what tells whether the file has this batch, without reading all of a long line
    head = {"archived": {"id": batch.id, "updated_at": batch.updated_at, "jobs": batch.jobs}}
    yield json.dumps({**head, **FORMAT, "saved_at": saved_at, "batch": shown})[:-1].encode() + b', "jobs": ['
    comma, sharing = "", []
    for job, sequence in contents.jobs():
        if sequence is None:
            sharing.append(job["id"])
        own = {} if sequence is None else {"sequence": sequence}
        yield (comma + json.dumps(listed_job(job) | own)).encode()
        comma = ", "
    yield b'], "sharing": ' + json.dumps(sharing).encode() + b', "results": {'
    comma = ""
    for job_id, document in contents.results():
        yield f'{comma}"{job_id}": '.encode()
        try:
            for piece in pieces(document):
                yield piece.replace(b"\n", b" ").replace(b"\r", b" ")  # between values: texts have no line breaks
        except zlib.error as error:
            raise ArchivingError(f"The result of the job {job_id} is damaged: {error}.") from error
        comma = ", "
    yield b"}}\n"


def _months(archive: Archive, limit: datetime) -> Iterator[tuple[str, list[Ended]]]:
    """Gets the batches month by month, at most as many at once as a file takes."""
    month = ""
    some: list[Ended] = []
    for batch in _ended(archive, limit):
        if some and (batch.month != month or len(some) == FILE_BATCHES):
            yield month, some
            some = []
        month = batch.month
        some.append(batch)
    if some:
        yield month, some


def _ended(archive: Archive, limit: datetime) -> Iterator[Ended]:
    after = 0
    while found := archive.ended_before(limit, after):
        yield from found
        after = found[-1].number


def _count(done: Archived, batch: Ended) -> None:
    done.batches[batch.month] += 1
    done.jobs += batch.jobs


def _name(month: str, number: int) -> str:
    return f"batches-{month}.jsonl.gz" if number == 1 else f"batches-{month}.{number}.jsonl.gz"


def _names(folder: Path, month: str) -> list[str]:
    """Gets the names of a month's files, oldest first."""
    found = {
        int(match[2] or 1): match[0]
        for path in folder.iterdir()
        if (match := NAME.fullmatch(path.name)) and match[1] == month
    }
    return [found.get(number, _name(month, number)) for number in range(1, max(found, default=0) + 1)]


def _known(folder: Path, month: str) -> dict[str, Version]:
    """Reads which batches the files of a month have, by id: a later file has the later version of one that changed.

    All of them are read: what an interrupted run has not deleted may be in any, if others have written further ones
    since, and so may all that is in a database that was restored from a copy.

    Raises:
        ArchivingError: A file is damaged.
    """
    known: dict[str, Version] = {}
    for name in _names(folder, month):
        if (folder / name).exists():
            known |= _read(folder / name)
    return known


def _read(path: Path) -> dict[str, Version]:
    """Reads which batches a file has.

    Raises:
        ArchivingError: It is damaged.
    """
    try:
        return _heads(path)
    except (EOFError, KeyError, ValueError, gzip.BadGzipFile, zlib.error) as error:
        raise ArchivingError(
            f"The file {path} is damaged, so which batches it has is not known ({error}). Move it to another folder,"
            " and try again: batches that are still in the database are then written to a new file."
        ) from error


def _heads(path: Path) -> dict[str, Version]:
    known = {}
    with gzip.open(path) as lines:
        while head := lines.readline(HEAD_BYTES):
            found, _ = json.JSONDecoder().raw_decode(head.decode(), len(HEAD))
            known[found["id"]] = found["updated_at"], found["jobs"]
            while not head.endswith(b"\n"):
                head = lines.readline(2**20)
    return known


def _is_in(known: Mapping[str, Version], batch: Ended) -> bool:
    updated_at, jobs = known.get(batch.id, ("", 0))
    return updated_at == batch.updated_at or batch.jobs < jobs


@contextmanager
def _sole_use(folder: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        held = FileLock(folder / ".lock").acquire(timeout=0)
    except Timeout as error:
        raise ArchivingError(f"The folder {folder} is in use by another run of this command.") from error
    with held:
        for path in folder.glob(f"{UNFINISHED}*"):  # of a run that was interrupted
            path.unlink()
        yield


def _store_names(folder: Path) -> None:
    """Stores the names of a folder's files on the disk, which some systems do by themselves."""
    with suppress(PermissionError):  # Windows opens no folders
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
