"""What responses say: the errors of those that are not a success, the checks of the others, and the service's time."""

from __future__ import annotations

import math
import reprlib
import time
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from uuid import UUID

import httpx

from pasqal_cloud._arguments import pointed
from pasqal_cloud._conversation.retry import TRANSIENT
from pasqal_cloud._conversation.snapshots import is_left_out
from pasqal_cloud._conversation.traffic import BEGAN, note_failure, public
from pasqal_cloud.errors import (
    ConnectionFailedError,
    PasqalCloudError,
    RequestTimeoutError,
    UnexpectedAnswerError,
    cause_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

Url: TypeAlias = httpx.URL

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


def failed(request: httpx.Request, error: Exception) -> PasqalCloudError:
    """Makes the error of a request that got no response; its `sent` is False if no byte was sent."""
    note_failure(request, error)
    if not isinstance(error, httpx.HTTPError):  # a transport, a codec, or the operating system may raise anything
        return ConnectionFailedError(
            reason_of(error),
            method=request.method,
            url=public(request.url),
            sent=BEGAN in request.extensions,
        )
    kind = RequestTimeoutError if isinstance(error, httpx.TimeoutException) else ConnectionFailedError
    untrusted = UNTRUSTED in str(error)
    reason = f"{_failure(error, request.url.host)}: {reason_of(error)}"
    return kind(
        f"{reason}. {HOW_TO_TRUST}" if untrusted else reason,
        method=request.method,
        url=public(request.url),
        retryable=not untrusted,
        sent=not isinstance(error, NOTHING_SENT),
    )


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


def url_of(text: str) -> Url | None:
    """Parses an absolute URL that a request can be sent to; None if the string is none."""
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError):
        return None
    return url if url.scheme in ("http", "https") and url.host else None


def refused(answer: httpx.Response, *, if_unauthorized: str = "") -> PasqalCloudError:
    """Makes the error of a response that is not a success.

    Args:
        answer: The response, whose body has been read.
        if_unauthorized: What to add to the message of a 401.
    """
    body = _json(answer)
    description = _description(body) or f"{answer.status_code} {answer.reason_phrase}"
    if if_unauthorized and answer.status_code == 401:
        description = f"{description.removesuffix('.')}. {if_unauthorized}"
    return cause_of(answer.status_code)(
        description,
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
    if len(loc) > 1 and loc[0] == "body" and isinstance(loc[1], int):  # a list of jobs, which have fields, or of tags
        loc = ["jobs" if len(loc) > 2 else "tags", *loc[1:]]
    parts = loc[1:] if len(loc) > 1 and loc[0] in PARTS_OF_REQUESTS and isinstance(loc[1], str) else loc
    first, rest = parts[:1], parts[1:]
    subscripts = (f"[{part}]" if isinstance(part, int) else f"[{words(part)!r}]" for part in rest)
    return pointed("".join([*map(words, first), *subscripts]))


PARTS_OF_REQUESTS = ("body", "query", "path", "header")
"""What the service's places begin with; users know only the arguments inside."""


@lru_cache(16)  # within a second, the responses of a service have the same date
def http_date(value: str | None) -> float | None:
    """Parses a date from a header, to seconds since 1970; None if it is missing, not valid, or out of range."""
    try:
        return parsedate_to_datetime(value or "").timestamp()
    except (OSError, OverflowError, TypeError, ValueError):
        return None


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


class ServiceTime:
    """The service's clock, from the header `Date` of its responses; this machine's clock may be wrong.

    It is stored as an offset to the monotonic clock, the smallest that is possible: a response was dated between the
    sending of the request and the arrival of the response, and its date is rounded down to seconds.
    """

    def __init__(self) -> None:
        self._offset: float | None = None

    def note(self, date: str | None, sent: float, received: float) -> None:
        """Updates the offset from a response.

        Args:
            date: The header `Date`.
            sent: When the request was sent, on the monotonic clock.
            received: When the response arrived, on the monotonic clock.
        """
        told = http_date(date)
        if told is None:
            return
        least, most = told - received, told + 1.0 - sent
        if self._offset is None or not least <= self._offset <= most:
            self._offset = least

    def at(self, moment: float) -> float | None:
        """Gets the earliest time that the service's clock may have shown at a moment of the monotonic clock.

        It is in seconds since 1970; None before the first response.
        """
        return None if self._offset is None else self._offset + moment


def unexpected(answer: httpx.Response | None, description: str) -> UnexpectedAnswerError:
    """Makes the error of a successful response that can't be used."""
    return UnexpectedAnswerError(description, retryable=True, **(_facts(answer) if answer else {}))


def parsed(
    answer: httpx.Response,
    parse: Callable[[httpx.Response], T],
    asked: tuple[tuple[Any, ...], dict[str, Any]],
    *,
    spends: bool,
    check: Callable[[Any], str] | None,
) -> T:
    """Parses a successful response, and checks that it can be used and is about what was requested.

    Args:
        answer: The response.
        parse: Parses it.
        asked: The arguments of the operation.
        spends: Whether it is the response to a submission, whose id must be a UUID to be useful.
        check: Describes what else is wrong with the parsed response; an empty string if nothing is.

    Raises:
        UnexpectedAnswerError: It can't be used.
    """
    try:
        content = parse(answer)
        _check(content, spends=spends)
        data = getattr(content, "data", None)
        wrong = "" if answer.request.method == "POST" else _other_than_asked(data, *asked)
        if not wrong and check is not None:
            wrong = check(data)
    except (AssertionError, PasqalCloudError):
        raise
    except Exception as error:  # the body may be anything
        raise unexpected(answer, f"The response's body is not what was expected ({reason_of(error)}).") from error
    if wrong:
        raise unexpected(answer, wrong)
    return content


def _check(content: Any, *, spends: bool) -> None:
    """Checks the fields that handles need: ids, and the numbers of a page. Other fields are checked when they are read.

    In JSend, a 200 may report a failure in its body.
    """
    outcome = getattr(content, "status", "success")
    if outcome in ("fail", "error"):
        raise ValueError(f"status {outcome}: {words(getattr(content, 'message', ''))}")
    data: Any = getattr(content, "data", "")
    if data is None:
        raise ValueError("no data")
    lists: dict[str, Any] = {}
    if isinstance(data, list):
        lists["data"] = data
    else:
        for name in ("batches", "jobs"):
            if hasattr(data, name):
                lists[name] = getattr(data, name)
        if hasattr(data, "id"):
            _check_id(data)
            if spends:
                UUID(data.id)  # otherwise no request could be made about it
        elif None in lists.values():
            raise ValueError("no list of what was cancelled")
    for name, items in lists.items():
        if items is not None:
            _check_items(name, items)
    pagination = getattr(content, "pagination", None)
    if pagination is not None:
        _check_page(pagination)


def _check_items(name: str, items: Any) -> None:
    if not isinstance(items, list):
        raise ValueError(f"{name} is not a list: {reprlib.repr(items)}")  # noqa: TRY004 - parsing raises ValueErrors
    for item in items:
        if type(getattr(item, "id", None)) is not str:
            _check_id(item)


def _check_id(item: Any) -> None:
    identity = getattr(item, "id", "") if hasattr(item, "to_dict") else None
    if identity is None and type(item).__name__ == "Device" and is_left_out(item, "id"):
        return  # devices are identified by their types
    if not isinstance(identity, str):
        raise ValueError(f"{type(item).__name__}: id is not a string: {reprlib.repr(identity)}")  # noqa: TRY004 - as before


def _check_page(pagination: Any) -> None:
    for name in ("total", "end", "start"):
        value = getattr(pagination, name, None)
        if value is None and name != "total":
            continue  # only the total is required
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise ValueError(f"pagination: {name} is not a number of items: {reprlib.repr(value)}")


def _other_than_asked(data: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """Describes how a response differs from the requested ids, if it does: a faulty proxy may mix up responses."""
    if isinstance(data, list):
        for name in ("id", "batch_id"):
            asked = {str(each).lower() for each in kwargs.get(name) or ()}
            told = [getattr(item, name, None) for item in data] if asked else []
            other = next((identity for identity in told if identity and str(identity).lower() not in asked), None)
            if other is not None:
                return f"The list contains an item whose {name} is {other!r}, which was not requested."
    elif args and isinstance(args[0], UUID):
        identity = getattr(data, "id", None)
        if identity is not None and str(identity).lower() != str(args[0]):
            return f"The response is about {identity!r}, but {args[0]} was requested."
    return ""
