"""Logging: one line for each request, without secrets.

Where a tool for tracing has replaced httpx's `send`, httpx logs each request too, with the query of its URL, which may
contain the signature of a presigned link. A filter removes the query from the lines about this package's requests.
"""

from __future__ import annotations

import logging
from contextvars import ContextVar
from typing import TYPE_CHECKING

from pasqal_cloud._conversation.flow import CLOCK

if TYPE_CHECKING:
    import httpx

_log = logging.getLogger("pasqal_cloud")

REQUESTED: ContextVar[httpx.URL | None] = ContextVar("requested", default=None)
"""The URL of the package's current request, which httpx logs where its `send` was replaced."""

BEGAN = "pasqal_cloud.began"
"""The extension of a request that contains the time when it was sent, on the monotonic clock."""


def public(url: httpx.URL) -> str:
    """Removes the parts of a URL that may be secret."""
    return str(url.copy_with(query=None, fragment=None, username=None, password=None))


def note_answer(answer: httpx.Response) -> None:
    """Logs a request that was answered."""
    request_id = answer.headers.get("X-Request-Id")
    named = f" (request id {request_id})" if request_id else ""
    _log_end(answer.request, f"{answer.status_code}{named}")


def note_failure(request: httpx.Request, error: Exception) -> None:
    """Logs a request that failed without a response."""
    _log_end(request, type(error).__name__)


def _log_end(request: httpx.Request, outcome: str) -> None:
    began = request.extensions.get(BEGAN)
    took = f" in {(CLOCK.now() - began) * 1000:.0f} ms" if began is not None else ""
    _log.debug("%s %s: %s%s", request.method, public(request.url), outcome, took)


def _without_query(record: logging.LogRecord) -> bool:
    url = REQUESTED.get()
    if url is not None and isinstance(record.args, tuple):
        record.args = tuple(public(url) if argument is url else argument for argument in record.args)
    return True


logging.getLogger("httpx").addFilter(_without_query)
