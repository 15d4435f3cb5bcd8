"""The journal: a file with a line of JSON for each submission, so that no id is lost with a notebook or terminal."""

from __future__ import annotations

import json
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pasqal_cloud._arguments import kind_of
from pasqal_cloud.errors import ValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping

_log = logging.getLogger("pasqal_cloud")

VARIABLE = "PASQAL_JOURNAL"


class Journal:
    """A file to which what was submitted is appended.

    Each line is an object with `time` (UTC), `what` (`create_batch`, `add_jobs`, `rebatch` or `create_workload`), the
    `id` of the batch or workload, `project_id`, `device_type`, `tags`, the number of new `jobs`, and `service`, the
    address of the service. What is not known is null. `pandas.read_json(path, lines=True)` makes a table of it.

    Args:
        path: The file, which is created when the first line is written; only its owner can read it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, what: str, created: object, *, jobs: int | None, project_id: str | None, service: str) -> None:
        """Appends a line; if that fails, logs a warning with the line, and raises no error: the submission succeeded.

        It does so at once, without letting other tasks run: nothing comes between knowing the id and keeping it.

        Args:
            what: The operation.
            created: The batch or workload, as the service returned it.
            jobs: The number of new jobs; None if it is not known.
            project_id: The project, if the service does not say it.
            service: The address of the service.
        """
        tags = getattr(created, "tags", None)
        line = json.dumps(
            {
                "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "what": what,
                "id": _text(created, "id"),
                "project_id": _text(created, "project_id") or project_id,
                "device_type": _text(created, "device_type") or _text(created, "backend"),
                "tags": list(map(str, tags)) if isinstance(tags, list | tuple) else [],
                "jobs": jobs,
                "service": service,
            }
        )
        try:
            self._append(f"{line}\n".encode())
        except (OSError, ValueError) as error:  # a ValueError for a path that no file can have
            _log.warning("The journal %s could not be written (%s). This line is missing: %s", self.path, error, line)

    def _append(self, line: bytes) -> None:
        """Appends a line by one call, so that lines of several threads and processes are not mixed."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            if os.write(file, line) < len(line):
                raise OSError("the disk is full")
        finally:
            os.close(file)


def journal_of(given: str | os.PathLike[str] | Literal[False] | None, environ: Mapping[str, str]) -> Journal | None:
    """Gets the journal of an SDK, from its argument or the environment; None if there is none.

    Raises:
        ValidationError: It can't be the path of a file.
    """
    if given is False:
        return None
    name = VARIABLE if given is None else "journal"
    try:
        path = os.fspath(environ.get(VARIABLE, "").strip() if given is None else given)
        if not path:
            return None
        file = Path(path).expanduser()
    except (RuntimeError, TypeError):  # a RuntimeError if the home directory is not known
        raise ValidationError(f"{name} must be the path of a file, or False, not {kind_of(given)}.") from None
    try:
        is_folder = file.is_dir()
    except OSError as error:  # the name is too long, for instance
        raise ValidationError(f"{name} can't be the path of a file: {error.strerror}.") from None
    if is_folder:
        raise ValidationError(f"{name} must be the path of a file, but {file} is a directory.")
    return Journal(file.absolute())


def _text(created: Any, name: str) -> str | None:
    value = getattr(created, name, None)
    return str(value) if isinstance(value, str) else None
