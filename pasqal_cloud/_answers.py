"""What an answer says, and what its absence means: from httpx's terms to this package's errors."""

from __future__ import annotations

import time
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import httpx

from pasqal_cloud._retry import TRANSIENT
from pasqal_cloud.errors import ConnectionFailedError, RequestTimeoutError, UnexpectedAnswerError, cause_of

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTHING_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


@contextmanager
def errors_of(request: httpx.Request) -> Iterator[None]:
    """Turns httpx's errors into this package's."""
    try:
        yield
    except httpx.HTTPError as error:
        kind = RequestTimeoutError if isinstance(error, httpx.TimeoutException) else ConnectionFailedError
        tried = error._request or request
        raise kind(
            f"{type(error).__name__}: {error}" if str(error) else type(error).__name__,
            method=tried.method,
            url=_public(tried.url),
            retryable="CERTIFICATE_VERIFY_FAILED" not in str(error),
            sent=tried is request and not isinstance(error, NOTHING_SENT),
        ) from error
    except httpx.InvalidURL as error:
        raise ConnectionFailedError(f"{error}", url=_public(request.url), sent=False) from error


def successful(answer: httpx.Response) -> httpx.Response:
    """Returns an answer that is a success, and raises any other."""
    if answer.is_success:
        return answer
    body = _json(answer)
    retry_after = _retry_after(answer.headers.get("Retry-After"))
    raise cause_of(answer.status_code)(
        _description(body) or f"{answer.status_code} {answer.reason_phrase}",
        code=str(body["code"]) if isinstance(body, dict) and body.get("code") is not None else None,
        retry_after=retry_after,
        retryable=answer.status_code in TRANSIENT,
        **_facts(answer),
    )


def _facts(answer: httpx.Response) -> dict[str, Any]:
    return {
        "status": answer.status_code,
        "method": answer.request.method,
        "url": _public(answer.request.url),
        "request_id": answer.headers.get("X-Request-Id"),
        "body": answer.text,
    }


def _public(url: httpx.URL) -> str:
    """Gets the URL without what may be a secret."""
    return str(url.copy_with(query=None, fragment=None, username=None, password=None))


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except (RecursionError, ValueError):
        return None


def _description(body: Any) -> str:
    """Gets the sentence of an error's body.

    The service sends `{"data": {"description": …}}` or `{"message": …}`; its reference shows `{"detail": …}`. Where the
    request is not valid, the sentence may be a list of places and reasons.
    """
    if not isinstance(body, dict):
        return ""
    data = body.get("data")
    described = data.get("description") if isinstance(data, dict) else None
    reasons = described or body.get("detail") or body.get("message") or body.get("error")
    if isinstance(reasons, list):
        return "; ".join(_reason(reason) for reason in reasons)
    return str(reasons or "")


def _reason(reason: Any) -> str:
    if not isinstance(reason, dict):
        return str(reason)
    place = reason.get("loc")
    where = ".".join(str(part) for part in place) if isinstance(place, list) else ""
    return f"{where}: {reason.get('msg')}" if where else str(reason.get("msg", reason))


def _retry_after(value: str | None) -> float | None:
    """Reads `Retry-After`: seconds, fractions of them too, or a date (RFC 9110, section 10.2.3). Never negative."""
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None


def unexpected(answer: httpx.Response | None, description: str) -> UnexpectedAnswerError:
    """Makes the error of an answer that succeeded and yet can't be used.

    Args:
        answer: The answer.
        description: What is wrong with it.
    """
    return UnexpectedAnswerError(description, retryable=True, **(_facts(answer) if answer else {}))
