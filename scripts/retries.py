"""Writes the tables of docs/errors.md: what follows a failed request, by the rules themselves, and the usual policy.

python scripts/retries.py           writes the tables
python scripts/retries.py --check   changes nothing, and fails if it would have to
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from pasqal_cloud import RetryPolicy
from pasqal_cloud._conversation.responses import failed, refused, unexpected
from pasqal_cloud._conversation.retry import is_postponed, nothing_done

if TYPE_CHECKING:
    from pasqal_cloud.errors import PasqalCloudError

PAGE = Path(__file__).parents[1] / "docs" / "errors.md"
BEGIN, END = "<!-- written by scripts/retries.py -->\n", "<!-- end -->"

REQUEST = httpx.Request("POST", "https://service.example/batches")


def answer(status: int, **headers: str) -> PasqalCloudError:
    """Makes the error of a response in the service's own format."""
    body = {"status": "fail", "code": str(status), "message": "…"}
    return refused(httpx.Response(status, json=body, headers=headers, request=REQUEST))


OUTCOMES: dict[str, list[PasqalCloudError]] = {
    "no connection was made": [
        failed(REQUEST, httpx.ConnectError("refused")),
        failed(REQUEST, httpx.ConnectTimeout("too slow")),
        failed(REQUEST, httpx.ProxyError("refused")),
    ],
    "the certificate is not trusted": [failed(REQUEST, httpx.ConnectError("CERTIFICATE_VERIFY_FAILED"))],
    "the connection broke": [
        failed(REQUEST, httpx.ReadError("broken")),
        failed(REQUEST, httpx.RemoteProtocolError("broken")),
    ],
    "no response in time": [failed(REQUEST, httpx.ReadTimeout("too slow"))],
    "400, 413, 422": [answer(400), answer(413), answer(422)],
    "403": [answer(403)],
    "404": [answer(404)],
    "408": [answer(408)],
    "409": [answer(409)],
    "425": [answer(425)],
    "429": [answer(429)],
    "503 with `Retry-After`": [answer(503, **{"Retry-After": "1"})],
    "500, 502, 503, 504": [answer(500), answer(502), answer(503), answer(504)],
    "507 and other 5xx": [answer(507), answer(501)],
    "a page of a gateway with a 4xx": [refused(httpx.Response(403, html="<h1>Forbidden</h1>", request=REQUEST))],
    "a success that can't be read": [unexpected(httpx.Response(200, text="…", request=REQUEST), "…")],
}
"""The errors of failed requests, by what happened. Those of an entry are treated alike."""

LOGIN = "| 401 | `AuthenticationError` | once, with a new token | once, with a new token |"
"""The row of a refused token, which the session renews; see `Session._answered`."""


def table() -> str:
    """Makes the table of outcomes."""
    rows = [row(what, errors) for what, errors in OUTCOMES.items()]
    rows.insert(next(index for index, row in enumerate(rows) if row.startswith("| 403")), LOGIN)
    head = "| outcome | error | reading, closing, cancelling, tagging | what you pay for |\n| --- | --- | --- | --- |"
    return "\n".join([head, *rows]) + "\n"


def row(what: str, errors: list[PasqalCloudError]) -> str:
    """Makes the row of some errors."""
    (after,) = {(reading(error), spending(error)) for error in errors}
    kinds = dict.fromkeys(type(error).__name__ for error in errors)
    return f"| {what} | {', '.join(f'`{kind}`' for kind in kinds)} | {after[0]} | {after[1]} |"


def reading(error: PasqalCloudError) -> str:
    """Tells what follows a failed request that may be repeated."""
    return "sent again" if _pause(error, harmless=True) is not None else "the error"


def spending(error: PasqalCloudError) -> str:
    """Tells what follows a failed request that spends money: see `_Submission._may_repeat`."""
    pause = _pause(error, harmless=is_postponed(error))
    if nothing_done(error) and pause is None:
        return "the error"
    if not error.sent:
        return "sent again"
    if nothing_done(error) or is_postponed(error):
        return "sent again, once a look has found nothing"
    return "not sent again: the search"


def _pause(error: PasqalCloudError, *, harmless: bool) -> float | None:
    return RetryPolicy().pause(error, harmless=harmless, attempt=1, elapsed=0.0)


def policy() -> str:
    """Makes the table of the default policy."""
    default = RetryPolicy()
    return (
        "| `RetryPolicy` | default | meaning |\n| --- | --- | --- |\n"
        f"| `attempts` | {default.attempts} | the most attempts |\n"
        f"| `first` | {default.first:g} s | the longest first pause; each following one may be twice as long |\n"
        f"| `longest` | {default.longest:g} s | the longest pause, and the limit for the service's `Retry-After` |\n"
        f"| `deadline` | {default.deadline:g} s | no attempt begins later |\n"
    )


def page(text: str) -> str:
    """Puts the tables into the page, between their marks."""
    contents = iter((table(), policy()))
    return re.sub(f"{BEGIN}.*?{END}", lambda _: f"{BEGIN}\n{next(contents)}\n{END}", text, flags=re.DOTALL)


def main() -> int:
    """Writes the page, or checks it."""
    old = PAGE.read_text("utf-8")
    new = page(old)
    if "--check" in sys.argv[1:]:
        if new != old:
            print(f"{PAGE} is out of date: run scripts/retries.py")
        return int(new != old)
    PAGE.write_text(new, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
