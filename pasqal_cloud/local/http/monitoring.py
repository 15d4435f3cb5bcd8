"""The routes by which other programs watch the service: whether it lives, whether it can take work, and its metrics.

They are read without a login, except that the metrics of a service that other machines can reach need its login or a
token of their own. They contain no secrets, faults do not affect them, and they are not recorded.
"""

from __future__ import annotations

import asyncio
import hmac
from typing import TYPE_CHECKING

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pasqal_cloud.local.http.interception import CONTROL
from pasqal_cloud.local.http.tokens import address_of, basic_credentials
from pasqal_cloud.local.metrics import CONTENT_TYPE

if TYPE_CHECKING:
    from starlette.requests import Request

    from pasqal_cloud.local.rules.access import Login
    from pasqal_cloud.local.rules.service import Service

ANSWER_WITHIN = 2.0
"""Seconds within which the parts of the service must say whether they are ready."""

SLOW = f"The database did not answer within {ANSWER_WITHIN:g} seconds."

UNSAVED = {"Cache-Control": "no-store"}

LOGIN_NEEDED = "To read the metrics, send the token of --metrics-token-file as a bearer token, or the service's login."


class Monitoring:
    """The routes.

    Args:
        service: The service to watch.
        login: The user who may read the metrics.
        token: A token with which metrics, and nothing else, may be read; None if there is none.
        is_public: Whether anyone who can send a request may read them.
    """

    def __init__(self, service: Service, login: Login, token: str | None, *, is_public: bool) -> None:
        self._service = service
        self._login = f"{login.username}:{login.password}".encode(errors="replace")
        self._token = token.encode(errors="replace") if token else None
        self._throttle = service.access.throttle
        self._is_public = is_public
        # threads of their own: those for requests may all be busy, which is when these routes are needed most
        self._asking, self._writing = CapacityLimiter(1), CapacityLimiter(1)
        self._question: asyncio.Task[list[str]] | None = None

    def routes(self) -> list[Route]:
        """Gets the routes."""
        answers = {"health": self._health, "ready": self._ready, "metrics": self._metrics}
        return [Route(f"{CONTROL}/{name}", answer, methods=["GET"]) for name, answer in answers.items()]

    async def _health(self, _request: Request) -> Response:
        """Tells that the process lives: that it answers says it all."""
        return JSONResponse({"status": "alive"}, headers=UNSAVED)

    async def _ready(self, _request: Request) -> Response:
        """Tells whether the service can take work; 503 with the reasons if it can't."""
        if reasons := await self._reasons_against():
            return JSONResponse({"status": "not ready", "reasons": reasons}, 503, headers=UNSAVED)
        return JSONResponse({"status": "ready"}, headers=UNSAVED)

    async def _reasons_against(self) -> list[str]:
        """Asks in a thread, for a limited time; while an earlier question has no answer, no other is asked."""
        if self._question is None or self._question.done():
            ask = self._service.readiness.reasons_against
            self._question = asyncio.create_task(run_sync(ask, limiter=self._asking))
        answered, _ = await asyncio.wait({self._question}, timeout=ANSWER_WITHIN)
        return self._question.result() if answered else [SLOW]

    async def _metrics(self, request: Request) -> Response:
        """Gets the metrics, in the text format of Prometheus."""
        if not self._is_public:
            self._check_credentials(request)
        text = await run_sync(self._service.metrics.text, limiter=self._writing)
        return Response(text, headers={"Content-Type": CONTENT_TYPE, **UNSAVED})

    def _check_credentials(self, request: Request) -> None:
        authorization = request.headers.get("authorization", "")
        if given := basic_credentials(authorization):
            is_right = self._is_login(*given, address_of(request))
        else:
            scheme, _, token = authorization.partition(" ")
            is_right = (
                self._token is not None
                and scheme.lower() == "bearer"
                and hmac.compare_digest(token.strip().encode(errors="replace"), self._token)
            )
        if not is_right:
            raise HTTPException(401, LOGIN_NEEDED, {"WWW-Authenticate": 'Basic realm="pasqal-cloud", charset="UTF-8"'})

    def _is_login(self, username: str, password: str, address: str) -> bool:
        """Checks the login; failures count as everywhere else, or this would be the place to guess the password."""
        if seconds := self._throttle.seconds_to_wait(username, address):
            reason = f"Too many failed logins: try again in {seconds} seconds."
            raise HTTPException(429, reason, {"Retry-After": str(seconds)})
        is_right = hmac.compare_digest(f"{username}:{password}".encode(errors="replace"), self._login)
        if not is_right:
            self._throttle.failed(username, address)
        return is_right
