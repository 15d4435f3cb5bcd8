"""What is told of the traffic: a line in the log for each request, with no secret in it.

httpx logs each request as well, with the query of its URL, which may hold the signature of a presigned link; a filter
takes the query away, from this package's requests alone.
"""

from __future__ import annotations

import logging
import time
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

_log = logging.getLogger("pasqal_cloud")

_requested: ContextVar[httpx.URL | None] = ContextVar("requested", default=None)

BEGAN = "pasqal_cloud.began"
"""Among a request's extensions, when it was sent, on a clock of its own."""


def public(url: httpx.URL) -> str:
    """Gets a URL without what may be a secret.

    Args:
        url: The URL.
    """
    return str(url.copy_with(query=None, fragment=None, username=None, password=None))


def note_request(request: httpx.Request) -> None:
    """Is called before each request is sent, as a hook of httpx.

    Args:
        request: The request.
    """
    request.extensions[BEGAN] = time.perf_counter()
    _requested.set(request.url)


def note_answer(answer: httpx.Response) -> None:
    """Logs a request that was answered, as a hook of httpx.

    Args:
        answer: The answer, whose body has not been read.
    """
    if _log.isEnabledFor(logging.DEBUG):
        request_id = answer.headers.get("X-Request-Id")
        named = f" (request id {request_id})" if request_id else ""
        _log_end(answer.request, f"{answer.status_code}{named}")


def note_failure(request: httpx.Request, error: Exception) -> None:
    """Logs a request that was not answered.

    Args:
        request: The request.
        error: Why.
    """
    _log_end(request, type(error).__name__)


def _log_end(request: httpx.Request, outcome: str) -> None:
    began = request.extensions.get(BEGAN)
    took = f" in {(time.perf_counter() - began) * 1000:.0f} ms" if began is not None else ""
    _log.debug("%s %s: %s%s", request.method, public(request.url), outcome, took)


def _without_query(record: logging.LogRecord) -> bool:
    url = _requested.get()
    if url is not None and isinstance(record.args, tuple):
        record.args = tuple(public(url) if argument is url else argument for argument in record.args)
    return True


logging.getLogger("httpx").addFilter(_without_query)
