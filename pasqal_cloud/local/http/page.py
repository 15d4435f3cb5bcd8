"""The status page: the devices, their queues, the latest batches; and one batch with its jobs and their results."""

from __future__ import annotations

import json
import secrets
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from http import HTTPStatus
from importlib.resources import files
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from pasqal_cloud.local.devices import EMULATORS, not_installed
from pasqal_cloud.local.http.tokens import address_of, basic_credentials
from pasqal_cloud.local.rules.refusals import ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jinja2 import Template
    from starlette.requests import Request

    from pasqal_cloud.local.rules.service import Service
    from pasqal_cloud.local.scripting.script import Script

LAST = 25
"""How many batches are shown."""

FIRST_JOBS = 50
"""How many jobs of a batch are shown."""

SHOWN_PROJECTS = 50
"""How many projects are shown."""

BARS = 8
"""How many bitstrings of a job are shown."""

REMEMBERED = 1000
"""How many jobs' bars are kept: the page reloads every other second, and results don't change."""

ID = 36
"""How many characters an id has."""

LONGEST = 300
"""How many characters of a value are shown."""

POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; img-src data:;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Browsers load nothing from other hosts for this page, and only run the script in the template."""

UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


@dataclass(frozen=True)
class Bar:
    """A bar of a histogram.

    Args:
        bits: The bitstring.
        count: How often it was measured.
        percent: Its share of all shots.
        length: The length of the bar, of 100.
    """

    bits: str
    count: int
    percent: float
    length: float


@dataclass(frozen=True)
class Histogram:
    """The most frequent bitstrings of a job.

    Args:
        bars: Their bars.
        others: The number of the other bitstrings.
    """

    bars: tuple[Bar, ...]
    others: int


class StatusPage:
    """The page at `/`.

    Args:
        service: The service to show.
        script: The test settings, which are shown too.
        is_public: Whether it is shown without credentials.
    """

    def __init__(self, service: Service, script: Script, *, is_public: bool) -> None:
        self._service = service
        self._script = script
        self._is_public = is_public
        self._histograms: dict[str, Histogram | None] = {}

    @cached_property
    def _template(self) -> Template:
        from jinja2 import (  # takes a tenth of the start-up time, and is often not needed
            Environment,
            FunctionLoader,
            StrictUndefined,
        )

        here = files("pasqal_cloud.local.http")
        environment = Environment(
            loader=FunctionLoader(lambda name: here.joinpath(name).read_text("utf-8")),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters |= {"age": age, "clock": clock, "seconds_to": seconds_to, "short": short}
        return environment.get_template("page.html")

    async def answer(self, request: Request) -> Response:
        """Gets the page; if credentials are needed and missing, makes the browser ask for them."""
        user_id = None
        if not self._is_public:
            try:
                user_id = await run_in_threadpool(self._user_of, request)
            except ServiceError as error:
                return PlainTextResponse(str(error), error.status, error.headers)
            if user_id is None:
                challenge = {"WWW-Authenticate": 'Basic realm="Local Pasqal Cloud service", charset="UTF-8"'}
                return PlainTextResponse(
                    "Log in with the username and password of the service.", HTTPStatus.UNAUTHORIZED, challenge
                )
        nonce = secrets.token_urlsafe(16)
        batch_id = request.query_params.get("batch", "")[:ID]
        page, status = await run_in_threadpool(self._rendered, nonce, batch_id, user_id)
        headers = {"Content-Security-Policy": POLICY.format(nonce=nonce), "Cache-Control": "no-store"}
        content = page.encode(errors="backslashreplace")  # an older version stored what can't be encoded
        return HTMLResponse(content, status, headers=headers)

    def _rendered(self, nonce: str, batch_id: str, user_id: str | None) -> tuple[str, HTTPStatus]:
        shared = {"nonce": nonce, "wanted": batch_id, "changes": list(changes(self._script))}
        if batch_id:
            detail = self._service.batches.detail(batch_id, FIRST_JOBS, user_id)
            page = self._template.render(
                **shared,
                now=detail.now if detail else self._service.batches.clock(),
                detail=detail,
                histograms=self._histograms_of(detail.documents) if detail else {},
                is_public=self._is_public,
            )
            return page, HTTPStatus.OK if detail else HTTPStatus.NOT_FOUND
        overview = self._service.batches.overview(LAST, user_id)
        projects = self._service.access.usage(user_id, SHOWN_PROJECTS + 1)
        devices = self._service.catalogue.devices
        page = self._template.render(
            **shared,
            now=overview.now,
            overview=overview,
            projects=projects[:SHOWN_PROJECTS],
            are_more=len(projects) > SHOWN_PROJECTS,
            runner=self._service.batches.runner(),
            devices=devices,
            missing=not_installed(devices),
            engines=EMULATORS,
        )
        return page, HTTPStatus.OK

    def _histograms_of(self, documents: Mapping[str, bytes]) -> dict[str, Histogram | None]:
        if len(self._histograms) > REMEMBERED:
            self._histograms = {}
        known = self._histograms
        return {
            job: known[job] if job in known else known.setdefault(job, histogram(documents[job])) for job in documents
        }

    def _user_of(self, request: Request) -> str | None:
        found = basic_credentials(request.headers.get("authorization", ""))
        user = None if found is None else self._service.access.known(*found, address_of(request))
        return None if user is None else str(user["id"])


def histogram(document: bytes) -> Histogram | None:
    """Reads the most frequent bitstrings of a result document (JSON, compressed); None if it has no counts."""
    try:
        counter = json.loads(zlib.decompress(document))["counter"]
        ordered = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
        shots = sum(counter.values())
        bars = tuple(
            Bar(bits, count, 100 * count / shots, 100 * count / ordered[0][1]) for bits, count in ordered[:BARS]
        )
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, zlib.error):
        return None  # a script may give any document, and a stored one may be damaged
    return Histogram(bars, len(ordered) - len(bars)) if bars else None


def changes(script: Script) -> Iterator[str]:
    """Describes the test settings made through `/_local/`."""
    clock, paused = script.clock, script.pause.devices
    if clock.is_frozen:
        yield "the clock is frozen"
    elif clock.speed != 1:
        yield f"the clock runs at {clock.speed:g} times the speed of real time"
    elif seconds := round(clock.offset):
        yield f"the clock is {abs(seconds)} s {'ahead' if seconds > 0 else 'behind'}"
    if paused:
        yield f"jobs are paused on {', '.join(sorted(paused))}"
    for count, what in ((len(list(script.faults)), "fault"), (len(list(script.outcomes)), "scripted outcome")):
        if count:
            yield f"{count} {what}{'s' if count > 1 else ''}"


def age(created_at: str, now: datetime) -> str:
    """Describes briefly how long ago something was."""
    passed = max(now - datetime.fromisoformat(created_at), timedelta())
    for unit, seconds in UNITS:
        if count := int(passed.total_seconds()) // seconds:
            return f"{count} {unit}"
    return "now"


def clock(time: str) -> str:
    """Writes a stored time for people."""
    return datetime.fromisoformat(time).strftime("%Y-%m-%d %H:%M:%S UTC")


def seconds_to(start: str, end: str) -> str:
    """Writes how long something took."""
    return f"{(datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds():,.1f} s"


def short(value: object) -> str:
    """Writes the value of a variable, in part if it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
