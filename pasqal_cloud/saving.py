"""Batches in files, with all that is known of them: for a notebook that is opened again without an account.

The file is a JSON object: `format` and `version` say what it is, `saved_at` when it was written. `batch` and `jobs` are
as the service gave them, with their sequences; `sharing` has the ids of the jobs that run the batch's; `results` has the result documents by the jobs' ids.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pasqal_cloud._conversation.flow import Task, Together
from pasqal_cloud._conversation.snapshots import text
from pasqal_cloud.errors import ValidationError
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


BatchT = TypeVar("BatchT")


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
        yield Together(job._fetch_full_result() for job in jobs if job.status == JobStatus.DONE)
    state = batch._snapshot.to_dict()
    document = {
        "format": FORMAT,
        "version": VERSION,
        "saved_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "batch": {name: value for name, value in state.items() if name != "jobs"},
        "jobs": [job._snapshot.to_dict() for job in jobs],
        "sharing": [job.id for job in jobs if batch._home.sequence_for(job.id, job.variables) is not None],
        "results": {job.id: job._full_result for job in jobs if job._full_result is not None},
    }
    yield Task(partial(_write, Path(path), document))


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
    if version != VERSION:
        raise ValidationError(
            f"{os.fspath(path)} was saved in version {version} of the format, and this version of pasqal-cloud reads"
            f" version {VERSION}: upgrade pasqal-cloud."
        )
    try:
        batch: BatchT = _batch(document, batch_type)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValidationError(f"{os.fspath(path)} is damaged: {type(error).__name__}: {error}.") from error
    return batch


def _batch(document: dict[str, Any], batch_type: Callable[[Session, models.Batch], Any]) -> Any:
    # what the service had left out, and saving did not fetch, can't be fetched later: it is null
    batch = batch_type(Archive(), models.Batch.from_dict({"sequence_builder": None, **document["batch"]}))
    batch._show_jobs([models.Job.from_dict({"sequence": None, **fields}) for fields in document["jobs"]])
    batch._home.sharing = set(document.get("sharing", ()))
    for job in batch._ordered_jobs:
        result = document["results"].get(job.id)
        job._full_result = None if result is None else dict(result)
    return batch


def _write(path: Path, document: dict[str, Any]) -> None:
    """Writes a file as a whole: if that fails, an older one stays."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8") as file:
            json.dump(document, file, ensure_ascii=False)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
