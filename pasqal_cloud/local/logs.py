"""The log: lines of text, or one JSON object a line, with the ids that a line is about.

A line about a batch, a job, a workload, a project or a request carries their ids as fields of its record: code that
logs passes them as `extra`. The text has them in its message; as JSON, they have keys of their own, by which lines can
be found. No line contains passwords, tokens, signatures of links or the URLs of webhooks.
"""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMATS = ("text", "json")

TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

FIELDS = (
    "request_id",
    "batch_id",
    "job_id",
    "workload_id",
    "project_id",
    "device_type",
    "operation",
    "method",
    "path",
    "status",
    "count",
    "duration",
)
"""The fields that a line may have in addition to its time, level, logger and message. A duration is in seconds."""

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the request that is being performed, also in the threads that perform a part of it."""


class JsonFormatter(logging.Formatter):
    """Writes a record as a JSON object on one line."""

    def format(self, record: logging.LogRecord) -> str:
        """Writes a record."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        found = {"request_id": request_id.get(), **vars(record)}
        line |= {name: found[name] for name in FIELDS if found.get(name) is not None}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)  # ASCII, which any stream can write


def set_up(level: str, form: str) -> None:
    """Sends the log to standard error.

    Args:
        level: The least level that is logged for the service itself; that of other packages is WARNING.
        form: One of `FORMATS`.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if form == "json" else logging.Formatter(TEXT))
    logging.basicConfig(level="WARNING", handlers=[handler])
    for name in ("pasqal_cloud", "uvicorn"):  # not SQLAlchemy's, which would show all stored data
        logging.getLogger(name).setLevel(level)


def ids_of_job(job: Mapping[str, Any]) -> dict[str, Any]:
    """Gets what a line about a job carries as `extra`."""
    return {
        "job_id": job["id"],
        "batch_id": job["batch_id"],
        "project_id": job["project_id"],
        "device_type": job.get("device_type"),
    }


def ids_of_batch(batch: Mapping[str, Any]) -> dict[str, Any]:
    """Gets what a line about a batch carries as `extra`."""
    return {"batch_id": batch["id"], "project_id": batch["project_id"], "device_type": batch["device_type"]}
