"""Batches in files, with all that is known of them: for a notebook that is opened again without an account.

The file is a JSON object: `format` and `version` say what it is, `saved_at` when it was written. `batch` and `jobs` are
as the service gave them, with their sequences, but without the webhook, whose URL may contain a secret. `sharing` has
the ids of the jobs that run the batch's sequence, `results` the result documents by the jobs' ids.
"""

from __future__ import annotations

import errno
import inspect
import json
import logging
import os
import reprlib
import stat
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pasqal_cloud._conversation.flow import Task, Together
from pasqal_cloud._conversation.snapshots import text
from pasqal_cloud._files import write_whole
from pasqal_cloud.errors import PasqalCloudError, ValidationError
from pasqal_cloud.handle import Archive
from pasqal_cloud.status import JobStatus
from pasqal_cloud_api import models

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pasqal_cloud._conversation.flow import Flow
    from pasqal_cloud._conversation.session import Session
    from pasqal_cloud.job import JobFlows

FORMAT = "pasqal-cloud batch"
VERSION = 1
"""The version of the format, which increases when older versions of this package could not read it."""

LEFT_OUT = frozenset({"jobs", "webhook"})
"""The fields of a batch that are not saved with it."""

DEPRECATED = frozenset({"complete"})
"""The attributes of a batch that warn when they are read."""

FIRST_YEAR, LAST_YEAR = 1970, 9998
"""The years in which times can be shown in any time zone."""

FAILURES = (ArithmeticError, AttributeError, LookupError, PasqalCloudError, RecursionError, TypeError, ValueError)
"""What making a batch of a damaged file may raise."""

GONE = frozenset({404, 410})
"""The statuses of a response if a result was deleted."""

BatchT = TypeVar("BatchT")

_log = logging.getLogger("pasqal_cloud")


def saving(batch: Any, path: str | os.PathLike[str]) -> Flow[None]:
    """Writes a batch to a file.

    Args:
        batch: The batch.
        path: The file, which is replaced if it exists.
    """
    jobs: Sequence[JobFlows] = yield from batch._fetch_jobs()
    if batch._is_connected:
        if not (batch.status.is_settled and all(job.is_settled for job in jobs)):
            yield from batch._refresh()
            jobs = yield from batch._fetch_jobs()
        yield from batch._long_text("sequence_builder")
        if batch._session.routes is None:  # OVH's users can't fetch the sequence of a job
            yield Together(job._refresh() for job in jobs if not _is_sequence_known(batch, job))
        yield Together(_fetching_result(job) for job in jobs if job.status == JobStatus.DONE)
    state = batch._snapshot.to_dict()
    document = {
        "format": FORMAT,
        "version": VERSION,
        "saved_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "batch": {name: value for name, value in state.items() if name not in LEFT_OUT},
        "jobs": [job._snapshot.to_dict() for job in jobs],
        "sharing": [job.id for job in jobs if batch._home.sequence_for(job.id, job.variables) is not None],
        "results": {job.id: job._full_result for job in jobs if job._full_result is not None},
    }
    yield Task(partial(_write, Path(path), document))


def _fetching_result(job: JobFlows) -> Flow[None]:
    """Downloads a result, unless it is gone: the others must be saved nevertheless."""
    try:
        yield from job._fetch_full_result()
    except PasqalCloudError as error:
        if error.status not in GONE:
            raise
        _log.warning("The result of job %s is gone, and is not saved with its batch: %s", job.id, error)


def _is_sequence_known(batch: Any, job: JobFlows) -> bool:
    """Tells whether it is known which sequence a job runs: its own, or the batch's."""
    own = text(job._snapshot, "sequence")
    return own is not None or batch._home.sequence_for(job.id, job.variables) is not None


def loading(path: str | os.PathLike[str], batch_type: Callable[[Session, models.Batch], BatchT]) -> Flow[BatchT]:
    """Reads a batch from a file.

    Args:
        path: The file.
        batch_type: The class of the handle.

    Raises:
        ValidationError: The file is not one that `saving` has written.
    """
    content: bytes = yield Task(Path(path).read_bytes)
    try:
        document = json.loads(content)
    except (RecursionError, ValueError):
        document = None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValidationError(f"{os.fspath(path)} is not a batch that was saved by batch.save.")
    version = document.get("version")
    if isinstance(version, int) and version > VERSION:
        raise ValidationError(
            f"{os.fspath(path)} was saved in version {version} of the format, and this version of pasqal-cloud reads"
            f" version {VERSION}: upgrade pasqal-cloud."
        )
    try:
        batch: BatchT = _batch(document, batch_type)
    except FAILURES as error:
        reason = error.description if isinstance(error, PasqalCloudError) else f"{type(error).__name__}: {error}"
        raise ValidationError(f"{os.fspath(path)} is damaged: {reason.removesuffix('.')}.") from error
    return batch


def _batch(document: dict[str, Any], batch_type: Callable[[Session, models.Batch], Any]) -> Any:
    version = document.get("version")
    if version != VERSION:
        raise ValueError(f"it has {'no version' if version is None else f'the unknown version {version!r:.100}'}")
    # what the service had left out, and saving did not fetch, can't be fetched later: it is null
    batch = batch_type(Archive(), models.Batch.from_dict({"sequence_builder": None, **document["batch"]}))
    batch._show_jobs([models.Job.from_dict({"sequence": None, **fields}) for fields in document["jobs"]])
    for handle in (batch, *batch._ordered_jobs):
        _check(handle)
    batch._home.sharing = set(document.get("sharing", ()))
    for job in batch._ordered_jobs:
        result = document["results"].get(job.id)
        job._full_result = None if result is None else _checked_result(result, job.id)
    return batch


def _check(handle: Any) -> None:
    """Reads all attributes of a handle once, so that what is wrong with a file is said when it is loaded."""
    if not isinstance(handle.id, str):
        raise TypeError(f"the id {handle.id!r:.100} is not a string")
    for name, _ in inspect.getmembers_static(type(handle), lambda member: isinstance(member, property)):
        if name.startswith("_") or name in DEPRECATED:
            continue
        value = getattr(handle, name)
        if isinstance(value, datetime) and not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise ValueError(f"{name} of {handle.id} is not a time of a batch: {value}")
    for name in handle._long_fields:
        text(handle._snapshot, name)


def _checked_result(result: Any, job_id: str) -> dict[str, Any]:
    """Returns a result document that is one."""
    counter = result.get("counter") if isinstance(result, dict) else 0
    if counter is not None and not (isinstance(counter, dict) and all(type(each) is int for each in counter.values())):
        raise TypeError(f"the result of {job_id} is none: {reprlib.repr(result)}")
    return dict(result)


def _write(path: Path, document: dict[str, Any]) -> None:
    """Writes a file as a whole: if that fails, an older one stays, and of several writers, one wins.

    Only its owner can read a new file; an older one keeps its mode. A symbolic link stays one.
    """
    content = json.dumps(document)  # ASCII, which any string can be written in
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():  # a pipe, for instance, can't be replaced
        target.write_text(content, encoding="ascii")
        return
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "The folder to save the batch in does not exist", str(target.parent))
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o600
    try:
        write_whole(target, content, mode)
    except OSError as error:  # the user knows nothing of the temporary file
        raise OSError(error.errno, error.strerror, os.fspath(path)) from None
