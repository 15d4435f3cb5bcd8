"""Turns responses that are not a success, and requests without a response, into this package's errors."""

from __future__ import annotations

import math
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx

from pasqal_cloud._arguments import pointed
from pasqal_cloud._conversation.retry import TRANSIENT
from pasqal_cloud._conversation.snapshots import http_date
from pasqal_cloud._conversation.traffic import BEGAN, note_failure, public
from pasqal_cloud.errors import (
    ConnectionFailedError,
    PasqalCloudError,
    RequestTimeoutError,
    UnexpectedAnswerError,
    cause_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTHING_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,  # h11 rejected the request's head, or a body that is not as long as its head says
)
"""httpx's errors that are raised only before the first byte is sent."""


UNTRUSTED = "CERTIFICATE_VERIFY_FAILED"

SECRET_FROM = 16
"""The length of the shortest signature, in characters."""

HOW_TO_TRUST = (
    "If your organisation issued that certificate, pass the path of its CA's certificate to the SDK as verify."
)


@contextmanager
def errors_of(request: httpx.Request) -> Iterator[None]:
    """Turns whatever stops a request into this package's error.

    The error's `sent` is False where the failure came before the first byte was sent.

    Args:
        request: The request that is being made.
    """
    try:
        yield
    except httpx.HTTPError as error:
        note_failure(request, error)
        kind = RequestTimeoutError if isinstance(error, httpx.TimeoutException) else ConnectionFailedError
        untrusted = UNTRUSTED in str(error)
        reason = f"{_failure(error, request.url.host)}: {reason_of(error)}"
        raise kind(
            f"{reason}. {HOW_TO_TRUST}" if untrusted else reason,
            method=request.method,
            url=public(request.url),
            retryable=not untrusted,
            sent=not isinstance(error, NOTHING_SENT),
        ) from error
    except (AssertionError, PasqalCloudError):
        raise  # test doubles raise an AssertionError for a request that they did not expect
    except Exception as error:  # a transport, a codec, or the operating system may raise anything
        note_failure(request, error)
        raise ConnectionFailedError(
            reason_of(error),
            method=request.method,
            url=public(request.url),
            sent=BEGAN in request.extensions,
        ) from error


def _failure(error: httpx.HTTPError, host: str) -> str:
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return f"Could not connect to {host}"
    if isinstance(error, httpx.ReadTimeout | httpx.WriteTimeout):
        return f"{host} did not answer in time"
    if isinstance(error, NOTHING_SENT):
        return f"The request to {host} could not be sent"
    if isinstance(error, httpx.DecodingError):
        return f"The response of {host} can't be decoded"
    return f"The connection to {host} broke"


def reason_of(error: Exception) -> str:
    """Describes an error, without its `repr`, which may contain the whole string that could not be encoded."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def is_url(text: str) -> bool:
    """Tells whether a string is an absolute URL that a request can be sent to."""
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError):
        return False
    return url.scheme in ("http", "https") and bool(url.host)


def successful(answer: httpx.Response, *, if_refused: str = "") -> httpx.Response:
    """Returns a successful response, and raises the error of any other.

    Args:
        answer: The response, whose body has been read if it is not a success.
        if_refused: What to add to the message of a 401.
    """
    if answer.is_success:
        return answer
    body = _json(answer)
    description = _description(body) or f"{answer.status_code} {answer.reason_phrase}"
    raise cause_of(answer.status_code)(
        f"{description.removesuffix('.')}. {if_refused}" if if_refused and answer.status_code == 401 else description,
        code=words(body["code"]) if isinstance(body, dict) and body.get("code") is not None else None,
        retry_after=retry_after_of(answer),
        retryable=answer.status_code in TRANSIENT,
        **_facts(answer),
    )


def _facts(answer: httpx.Response) -> dict[str, Any]:
    return {
        "status": answer.status_code,
        "method": answer.request.method,
        "url": public(answer.request.url),
        "request_id": answer.headers.get("X-Request-Id"),
        "body": _public_body(answer),
    }


def _public_body(answer: httpx.Response) -> str:
    """Gets the body. The signature of a presigned link is removed: storages repeat it in their errors."""
    body = decoded(answer)
    if "Authorization" not in answer.request.headers:
        for value in answer.request.url.params.values():
            body = body.replace(value, "…") if len(value) >= SECRET_FROM else body
    return body


def decoded(answer: httpx.Response) -> str:
    """Decodes the body; without a usable charset as UTF-8.

    `answer.text` would run whatever codec the response names, also those that are no text encoding, like `zlib`.
    """
    try:
        return answer.content.decode(answer.charset_encoding or "utf-8", "replace")
    except Exception:  # noqa: BLE001 - a codec may raise anything
        return answer.content.decode("utf-8", "replace")


def words(value: object) -> str:
    """Converts a value from a response to a printable string: JSON may hold lone surrogates, and nest too deeply."""
    try:
        return str(value).encode("utf-8", "replace").decode()
    except RecursionError:
        return "…"


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except (RecursionError, ValueError):
        return None


def _description(body: Any) -> str:
    """Gets the description of the error from a response's body.

    The service sends `{"data": {"description": …}}` or `{"message": …}`; its reference shows `{"detail": …}`. For an
    invalid request, the description may be a list of fields and reasons.
    """
    if not isinstance(body, dict):
        return ""
    data = body.get("data")
    described = data.get("description") if isinstance(data, dict) else None
    reasons = described or body.get("detail") or body.get("message") or body.get("error")
    if isinstance(reasons, list):
        return "; ".join(_reason(reason) for reason in reasons)
    return words(reasons or "")


def _reason(reason: Any) -> str:
    if not isinstance(reason, dict):
        return words(reason)
    where = _place(reason.get("loc"))
    return f"{where}: {words(reason.get('msg'))}" if where else words(reason.get("msg", reason))


def _place(loc: Any) -> str:
    """Writes the place of a field as this package's own errors do: `jobs[0].runs` for ["body", "jobs", 0, "runs"]."""
    if not isinstance(loc, list):
        return ""
    parts = loc[1:] if len(loc) > 1 and loc[0] in PARTS_OF_REQUESTS and isinstance(loc[1], str) else loc
    first, rest = parts[:1], parts[1:]
    subscripts = (f"[{part}]" if isinstance(part, int) else f"[{words(part)!r}]" for part in rest)
    return pointed("".join([*map(words, first), *subscripts]))


PARTS_OF_REQUESTS = ("body", "query", "path", "header")
"""What the service's places begin with; users know only the arguments inside."""


def retry_after_of(answer: httpx.Response) -> float | None:
    """Reads `Retry-After` as seconds from now, never negative; None without one, or where it can't be read.

    It is a number, perhaps with a fraction, or a date (RFC 9110, section 10.2.3).
    """
    value = answer.headers.get("Retry-After")
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        date = http_date(value)
        return None if date is None else max(0.0, date - time.time())
    return max(0.0, seconds) if math.isfinite(seconds) else None


def unexpected(answer: httpx.Response | None, description: str) -> UnexpectedAnswerError:
    """Makes the error of a successful response that can't be used."""
    return UnexpectedAnswerError(description, retryable=True, **(_facts(answer) if answer else {}))
