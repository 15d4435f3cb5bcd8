"""The status page: the devices, their queues, and the latest batches."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from functools import cached_property
from http import HTTPStatus
from importlib.resources import files
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from pasqal_cloud.local.devices import EMULATORS, not_installed
from pasqal_cloud.local.http.tokens import basic_credentials

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Template
    from starlette.requests import Request

    from pasqal_cloud.local.rules.service import Service
    from pasqal_cloud.local.scripting.script import Script

LAST = 25
"""How many batches are shown."""

POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; img-src data:;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Browsers load nothing from other hosts for this page, and only run the script in the template."""

UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


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

    @cached_property
    def _template(self) -> Template:
        from jinja2 import Environment, StrictUndefined  # takes a tenth of the start-up time, and is often not needed

        environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        environment.filters["age"] = age
        return environment.from_string(files("pasqal_cloud.local.http").joinpath("page.html").read_text("utf-8"))

    async def answer(self, request: Request) -> Response:
        """Gets the page; if credentials are needed and missing, makes the browser ask for them."""
        if not self._is_public and not self._is_known(request.headers.get("authorization", "")):
            challenge = {"WWW-Authenticate": 'Basic realm="Local Pasqal Cloud service", charset="UTF-8"'}
            return PlainTextResponse(
                "Log in with the username and password of the service.", HTTPStatus.UNAUTHORIZED, challenge
            )
        nonce = secrets.token_urlsafe(16)
        page = await run_in_threadpool(self._rendered, nonce)
        headers = {"Content-Security-Policy": POLICY.format(nonce=nonce), "Cache-Control": "no-store"}
        return HTMLResponse(page, headers=headers)

    def _rendered(self, nonce: str) -> str:
        overview = self._service.batches.overview(LAST)
        devices = self._service.catalogue.devices
        return self._template.render(
            nonce=nonce,
            overview=overview,
            changes=list(changes(self._script)),
            devices=devices,
            missing=not_installed(devices),
            engines=EMULATORS,
        )

    def _is_known(self, authorization: str) -> bool:
        found = basic_credentials(authorization)
        return found is not None and self._service.access.log_in(*found) is not None


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
