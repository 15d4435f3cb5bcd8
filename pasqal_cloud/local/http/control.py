"""Control of the service over HTTP, at `/_local/`, for tests of clients. Needs the service's username and password.

Responses are plain JSON; errors use the API's envelope. Faults do not affect these requests, and they are not recorded.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from pasqal_cloud.local.http.bodies import parsed, read_body
from pasqal_cloud.local.http.contract import InvalidRequestError, problems_of, read_instant, validator_of
from pasqal_cloud.local.http.interception import CONTROL
from pasqal_cloud.local.http.tokens import basic_credentials
from pasqal_cloud.local.names import did_you_mean
from pasqal_cloud.local.options import LONGEST_LIFETIME
from pasqal_cloud.local.rules.refusals import ServiceError
from pasqal_cloud.local.scripting.clock import EARLIEST, LATEST
from pasqal_cloud.local.scripting.faults import EVERY
from pasqal_cloud.local.scripting.outcomes import ENDS
from pasqal_cloud.local.scripting.rules import Rules, schema_of
from pasqal_cloud.local.states import PRIORITIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from starlette.requests import Request

    from pasqal_cloud.local.rules.access import Login
    from pasqal_cloud.local.rules.service import Service
    from pasqal_cloud.local.scripting.clock import Clock, Lifetimes
    from pasqal_cloud.local.scripting.script import Script

T = TypeVar("T")

FASTEST = 1e6


def _object(**fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": fields, "minProperties": 1}


SECONDS = {"type": "number", "minimum": -LATEST, "maximum": LATEST}
LIFETIME = {"type": "number", "minimum": 0, "maximum": LONGEST_LIFETIME}
CLOCK = _object(
    now={"type": "string", "format": "date-time"},
    offset=SECONDS,
    advance=SECONDS,
    speed={"type": "number", "exclusiveMinimum": 0, "maximum": FASTEST},
    frozen={"type": "boolean"},
)
LIFETIMES = _object(token=LIFETIME, link=LIFETIME, idle=LIFETIME)
QUEUE = _object(paused={"type": ["boolean", "array"], "items": {"type": "string"}})


NAME = {"type": "string", "minLength": 1, "maxLength": 256}
USER = _object(
    username=NAME,
    password=NAME,
    project_ids={"type": "array", "items": {"type": "string"}},
    queue_priority={"enum": list(PRIORITIES)},
    allowed_device_types={"type": ["array", "null"], "items": {"type": "string"}},
) | {"required": ["username", "password"]}


class Control:
    """The routes.

    Args:
        service: The service to control.
        script: The settings that can be changed.
        login: The user who may change them.
        operations: The names of the operations.
    """

    def __init__(self, service: Service, script: Script, login: Login, operations: Iterable[str]) -> None:
        self._service = service
        self._script = script
        self._credentials = f"{login.username}:{login.password}".encode()
        self._operations = sorted(set(operations))

    def routes(self) -> list[Route]:
        """Gets the routes."""
        return [
            self._route("GET", "", self._state),
            self._route("GET", "/", self._state),
            self._route("POST", "/reset", self._reset),
            *self._setting("/clock", self._script.clock, CLOCK, self._read_clock),
            *self._setting("/lifetimes", self._script.lifetimes, LIFETIMES),
            self._route("GET", "/queue", lambda *_: self._script.pause.as_json()),
            self._route("PATCH", "/queue", self._change_queue, QUEUE),
            self._route("GET", "/runner", lambda *_: asdict(self._service.batches.runner())),
            *self._rules("/faults", self._script.faults, self._check_fault),
            *self._rules("/outcomes", self._script.outcomes, self._check_outcome),
            self._route("POST", "/outcomes/{id}/release", self._release_outcome),
            self._route("GET", "/requests", self._requests),
            self._route("DELETE", "/requests", self._clear_requests),
            self._route("POST", "/users", self._add_user, USER),
        ]

    def _setting(
        self,
        path: str,
        setting: Clock | Lifetimes,
        schema: dict[str, Any],
        read: Callable[[dict[str, Any]], dict[str, Any]] = dict,
    ) -> list[Route]:
        """Creates the routes that show, change and reset a setting."""

        def changed(_request: Request, body: Any) -> dict[str, Any]:
            setting.change(**read(body))
            return setting.as_json()

        def restored(_request: Request, _body: Any) -> dict[str, Any]:
            setting.reset()
            return setting.as_json()

        return [
            self._route("GET", path, lambda *_: setting.as_json()),
            self._route("PATCH", path, changed, schema),
            self._route("DELETE", path, restored),
        ]

    def _rules(self, path: str, rules: Rules[Any], check: Callable[[Any], None]) -> list[Route]:
        """Creates the routes that show, set and remove rules of a kind."""

        def added(_request: Request, body: Any) -> dict[str, Any]:
            check(body)
            shown: dict[str, Any] = rules.add(body).as_json()
            return shown

        def cleared(_request: Request, _body: Any) -> list[dict[str, Any]]:
            rules.clear()
            return _shown(rules)

        return [
            self._route("GET", path, lambda *_: _shown(rules)),
            self._route("POST", path, added, schema_of(rules.kind)),
            self._route("DELETE", path, cleared),
            self._route("GET", path + "/{id}", lambda request, _: _found(rules.get, request).as_json()),
            self._route("DELETE", path + "/{id}", lambda request, _: _found(rules.remove, request).as_json()),
        ]

    def _route(
        self, method: str, path: str, perform: Callable[[Request, Any], Any], schema: dict[str, Any] | None = None
    ) -> Route:
        validator = validator_of(schema) if schema else None

        async def answer(request: Request) -> Response:
            self._check_credentials(request)
            body = None
            if validator is not None:
                body = parsed(await read_body(request))
                if problems := problems_of(validator, body, ("body",)):
                    raise InvalidRequestError(problems)
            content = await run_in_threadpool(perform, request, body)
            return Response(json.dumps(content), media_type="application/json")

        return Route(CONTROL + path, answer, methods=[method])

    def _check_credentials(self, request: Request) -> None:
        given = basic_credentials(request.headers.get("authorization", ""))
        if given is None or not hmac.compare_digest(":".join(given).encode(), self._credentials):
            reason = "To control the service, send its username and password with Basic authentication."
            raise HTTPException(401, reason, {"WWW-Authenticate": 'Basic realm="pasqal-cloud", charset="UTF-8"'})

    # ------------------------------------------------------------------------------------------------------- everything

    def _state(self, _request: Request, _body: Any) -> dict[str, Any]:
        """Shows all settings."""
        return {
            "clock": self._script.clock.as_json(),
            "lifetimes": self._script.lifetimes.as_json(),
            "queue": self._script.pause.as_json(),
            "faults": _shown(self._script.faults),
            "outcomes": _shown(self._script.outcomes),
            "requests": len(self._script.recording.exchanges()),
        }

    def _reset(self, request: Request, body: Any) -> dict[str, Any]:
        """Stops all jobs, deletes all batches and workloads, and restores all settings."""
        self._script.reset()
        self._service.batches.reset()
        self._script.recording.clear()  # of requests that arrived in the meantime
        return self._state(request, body)

    # -------------------------------------------------------------------------------------------------------- settings

    def _read_clock(self, body: dict[str, Any]) -> dict[str, Any]:
        if {"now", "offset"} <= body.keys():
            _refuse("offset", "give either offset or now, not both")
        if "now" not in body:
            return body
        now = read_instant(body["now"]).timestamp()
        if not EARLIEST <= now <= LATEST:
            _refuse("now", "too far from the present")
        return body | {"now": now}

    def _change_queue(self, _request: Request, body: Any) -> dict[str, Any]:
        """Pauses devices, or lets them start jobs again."""
        paused, served = body["paused"], list(self._service.catalogue.devices)
        if isinstance(paused, bool):
            paused = served if paused else []
        if unknown := [device for device in paused if device not in served]:
            _refuse("paused", f"this service does not offer {', '.join(unknown)}, only {', '.join(served)}")
        self._script.pause.set(paused)
        return self._script.pause.as_json()

    def _release_outcome(self, request: Request, _body: Any) -> dict[str, Any]:
        """Ends the jobs that a rule holds."""
        rule = _found(self._script.outcomes.get, request)
        self._script.outcomes.release(rule)
        return rule.as_json()

    # -------------------------------------------------------------------------------------------------------- the users

    def _add_user(self, _request: Request, body: Any) -> dict[str, Any]:
        """Adds a user until the next reset."""
        body = {"project_ids": [], **body}
        body["project_ids"] = [project_id.lower() for project_id in body["project_ids"]]
        if unknown := set(body.get("allowed_device_types") or ()) - set(self._service.catalogue.devices):
            _refuse("allowed_device_types", f"this service does not offer {', '.join(sorted(unknown))}")
        user = self._service.access.add_user(**body)
        return {"id": user.id, "username": user.username, "project_ids": list(user.project_ids)}

    # --------------------------------------------------------------------------------------------------- the requests

    def _requests(self, request: Request, _body: Any) -> list[dict[str, Any]]:
        """Shows the last requests, the oldest first."""
        operation = request.query_params.get("operation")
        if operation is not None:
            self._check_operation(operation, ["query", "operation"])
        return [exchange.as_json() for exchange in self._script.recording.exchanges(operation)]

    def _clear_requests(self, _request: Request, _body: Any) -> list[dict[str, Any]]:
        """Deletes the recorded requests."""
        self._script.recording.clear()
        return []

    def _check_outcome(self, body: Any) -> None:
        ends = [name for name in ENDS if body.get(name) is not None]
        if len(ends) > 1:
            _refuse(ends[1], f"give either {ends[0]} or {ends[1]}, not both")

    def _check_fault(self, body: Any) -> None:
        self._check_operation(body.get("operation", EVERY), ["body", "operation"])
        if len([name for name in ("body", "content", "raw") if body.get(name) is not None]) > 1:
            _refuse("body", "give only one of body, content and raw")
        if body.get("raw") is not None and (body.get("status") is not None or body.get("headers")):
            _refuse("raw", "the whole response: status and headers can't be given as well")

    def _check_operation(self, name: str, place: list[str]) -> None:
        if name in (EVERY, *self._operations):
            return
        hint = did_you_mean(name, self._operations) or f"; the operations are {', '.join(self._operations)}"
        reason = f"there is no operation '{name}'{hint}"
        raise InvalidRequestError([{"loc": place, "msg": reason, "type": "value_error"}])


def _shown(rules: Rules[Any]) -> list[dict[str, Any]]:
    return [rule.as_json() for rule in rules]


def _found(find: Callable[[str], T | None], request: Request) -> T:
    rule = find(request.path_params["id"])
    if rule is None:
        raise ServiceError(404, f"There is no rule {request.path_params['id']}; it may have been removed.")
    return rule


def _refuse(field: str, reason: str) -> NoReturn:
    raise InvalidRequestError([{"loc": ["body", field], "msg": reason, "type": "value_error"}])
