"""What an answer says, and what its absence means: from httpx's terms to this package's errors."""

from __future__ import annotations

import math
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx

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
    httpx.LocalProtocolError,  # h11 refused the request's head, or saw that it could never be whole
)


UNTRUSTED = "CERTIFICATE_VERIFY_FAILED"

SECRET_FROM = 16
"""No signature is shorter, in characters."""

HOW_TO_TRUST = "If that certificate is your organisation's, give the SDK `verify`, the path of the CA's certificate."


@contextmanager
def errors_of(request: httpx.Request) -> Iterator[None]:
    """Turns whatever stops a request into this package's error.

    An error of a kind that comes before the first byte, or another one from before that, says that nothing was sent.

    Args:
        request: The request that is being made.
    """
    try:
        yield
    except httpx.HTTPError as error:
        note_failure(request, error)
        kind = RequestTimeoutError if isinstance(error, httpx.TimeoutException) else ConnectionFailedError
        untrusted = UNTRUSTED in str(error)
        reason = reason_of(error)
        raise kind(
            f"{reason}. {HOW_TO_TRUST}" if untrusted else reason,
            method=request.method,
            url=public(request.url),
            retryable=not untrusted,
            sent=not isinstance(error, NOTHING_SENT),
        ) from error
    except (AssertionError, PasqalCloudError):
        raise  # the first are for who tests: stand-ins say so that they did not expect a request
    except Exception as error:  # a transport, a codec, or the operating system may raise anything
        note_failure(request, error)
        raise ConnectionFailedError(
            reason_of(error),
            method=request.method,
            url=public(request.url),
            sent=BEGAN in request.extensions,
        ) from error


def reason_of(error: Exception) -> str:
    """Says what an error is: not by its `repr`, which may show the whole text that could not be encoded.

    Args:
        error: The error.
    """
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def is_url(text: str) -> bool:
    """Tells whether a text is an absolute URL that a request can go to.

    Args:
        text: The text.
    """
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError):
        return False
    return url.scheme in ("http", "https") and bool(url.host)


def successful(answer: httpx.Response, *, if_refused: str = "") -> httpx.Response:
    """Returns an answer that is a success, and raises any other.

    Args:
        answer: The answer, whose body has been read if it is no success.
        if_refused: What to add to the reasons of a 401.
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
    """Gets the body; where a link was its own permission, without the link's parts: storages repeat them in errors."""
    body = decoded(answer)
    if "Authorization" not in answer.request.headers:
        for value in answer.request.url.params.values():
            body = body.replace(value, "…") if len(value) >= SECRET_FROM else body
    return body


def decoded(answer: httpx.Response) -> str:
    """Gets the body as text; where its charset is none, or is no charset of texts, it is read as UTF-8.

    `answer.text` would run whatever codec the answer names: `hex` and `zlib` are codecs too.
    """
    try:
        return answer.content.decode(answer.charset_encoding or "utf-8", "replace")
    except Exception:  # noqa: BLE001 - a codec may raise anything
        return answer.content.decode("utf-8", "replace")


def words(value: object) -> str:
    """Gets words of an answer, as a text that can be printed: JSON may hold half a character, and nest without end.

    Args:
        value: What the answer holds.
    """
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
    return words(reasons or "")


def _reason(reason: Any) -> str:
    if not isinstance(reason, dict):
        return words(reason)
    place = reason.get("loc")
    where = ".".join(words(part) for part in place) if isinstance(place, list) else ""
    return f"{where}: {words(reason.get('msg'))}" if where else words(reason.get("msg", reason))


def retry_after_of(answer: httpx.Response) -> float | None:
    """Reads `Retry-After`: seconds, fractions of them too, or a date (RFC 9110, section 10.2.3). Never negative.

    None where it is neither, or no time that can be waited for.

    Args:
        answer: The answer.
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
    """Makes the error of an answer that succeeded and yet can't be used.

    Args:
        answer: The answer.
        description: What is wrong with it.
    """
    return UnexpectedAnswerError(description, retryable=True, **(_facts(answer) if answer else {}))
