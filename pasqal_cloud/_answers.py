"""What an answer says, and what its absence means: from httpx's terms to this package's errors."""

from __future__ import annotations

import time
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import httpx

from pasqal_cloud._retry import TRANSIENT
from pasqal_cloud._traffic import note_failure, public
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


UNTRUSTED = "CERTIFICATE_VERIFY_FAILED"

SECRET_FROM = 16
"""No signature is shorter, in characters."""

HOW_TO_TRUST = "If that certificate is your organisation's, give the SDK `verify`, the path of the CA's certificate."


@contextmanager
def errors_of(request: httpx.Request, *, sent: bool = True) -> Iterator[None]:
    """Turns httpx's errors into this package's.

    Args:
        request: The request that is being made.
        sent: Whether the service may have received something if the request was sent; a request for a token tells the
            service nothing.
    """
    try:
        yield
    except httpx.HTTPError as error:
        note_failure(request, error)
        kind = RequestTimeoutError if isinstance(error, httpx.TimeoutException) else ConnectionFailedError
        untrusted = UNTRUSTED in str(error)
        reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise kind(
            f"{reason}. {HOW_TO_TRUST}" if untrusted else reason,
            method=request.method,
            url=public(request.url),
            retryable=not untrusted,
            sent=sent and not isinstance(error, NOTHING_SENT),
        ) from error
    except httpx.InvalidURL as error:
        raise ConnectionFailedError(f"{error}", url=public(request.url), sent=False) from error


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
        code=str(body["code"]) if isinstance(body, dict) and body.get("code") is not None else None,
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
    body = answer.text
    if "Authorization" not in answer.request.headers:
        for value in answer.request.url.params.values():
            body = body.replace(value, "…") if len(value) >= SECRET_FROM else body
    return body


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


def retry_after_of(answer: httpx.Response) -> float | None:
    """Reads `Retry-After`: seconds, fractions of them too, or a date (RFC 9110, section 10.2.3). Never negative.

    Args:
        answer: The answer.
    """
    value = answer.headers.get("Retry-After")
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
