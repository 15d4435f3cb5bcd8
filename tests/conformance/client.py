"""A client that knows the API's description alone, and checks every answer against it."""

from __future__ import annotations

import json
import os
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from .closed import closed
from .exceptions import ELSEWHERE, VALUES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SPEC: dict[str, Any] = yaml.safe_load(Path(__file__).parents[2].joinpath("spec", "openapi.yaml").read_text("utf-8"))
STRICT = closed(SPEC, VALUES)
"""The description as answers have to fit it."""

REGISTRY = Registry().with_resource("urn:spec", DRAFT202012.create_resource(STRICT))
PATIENCE = float(os.environ.get("CONFORMANCE_PATIENCE", "60"))
"""Seconds after which a condition that should have come true is given up."""

SETTLED = {"DONE", "ERROR", "CANCELED", "TIMED_OUT"}
STATUSES = ("PENDING", "RUNNING", "DONE", "ERROR", "CANCELED")
UNKNOWN = "00000000-0000-4000-8000-000000000000"
"""An id that nothing has."""


@dataclass(frozen=True)
class Operation:
    """An operation of the description."""

    id: str
    method: str
    path: str
    definition: dict[str, Any]

    @property
    def is_account(self) -> bool:
        """Whether it belongs to the account service."""
        return "account" in self.definition["tags"]

    @property
    def is_public(self) -> bool:
        """Whether everybody may perform it."""
        return bool(self.definition.get("security", SPEC["security"]) == [])

    def check(self, response: httpx.Response) -> None:
        """Checks that an answer is one that the description has: status, media type, body, envelope and page."""
        pointer = f"#/paths/{self.path.replace('~', '~0').replace('/', '~1')}/{self.method}/responses"
        status = str(response.status_code)
        documented = status if status in self.definition["responses"] else f"{status[0]}XX"
        assert documented in self.definition["responses"], response.text
        assert response.headers["content-type"].partition(";")[0] == "application/json"
        answer = self.definition["responses"][documented]
        pointer = answer.get("$ref", f"{pointer}/{documented}") + "/content/application~1json/schema"
        validator(pointer).validate(body := response.json())
        check_envelope(body, response.status_code, is_account=self.is_account)
        if response.is_success and "Content-Range" in answer.get("headers", {}):
            check_page(body, response.headers)


@cache
def validator(pointer: str) -> Draft202012Validator:
    """Gives what validates answers against the schema at a place in the description; what is not in it is an error."""
    checker = Draft202012Validator.FORMAT_CHECKER
    return Draft202012Validator({"$ref": "urn:spec" + pointer}, registry=REGISTRY, format_checker=checker)


def check_envelope(body: dict[str, Any], status: int, *, is_account: bool) -> None:
    """Checks what surrounds the data; `code` is a number on the account service and a string on the core service."""
    assert body["status"] == ("success" if status < 300 else "fail" if status < 500 else "error")
    assert body["code"] == (status if is_account else str(status))
    assert body["message"] == "OK." if status == 200 else body["message"]
    assert "data" in body
    if status >= 400:
        description = body["data"]["description"]
        assert description
        for issue in description if isinstance(description, list) else []:
            assert issue.keys() >= {"loc", "msg", "type"}


def check_page(body: dict[str, Any], headers: httpx.Headers) -> None:
    """Checks that a page's numbers agree with what is on it, and its headers with them."""
    page, items = body["pagination"], body["data"]
    assert page["end"] - page["start"] == len(items)
    assert page["end"] <= page["total"] or not items
    last = page["end"] - 1 if items else page["start"]
    assert headers["Content-Range"] == f"{page['start']}-{last}/{page['total']}"
    assert "Content-Range" in headers["Access-Control-Expose-Headers"]


OPERATIONS = {
    definition["operationId"]: Operation(definition["operationId"], method, path, definition)
    for path, item in SPEC["paths"].items()
    for method, definition in item.items()
    if method in ("get", "post", "put", "patch", "delete") and definition["operationId"] not in ELSEWHERE
}


class Api:
    """A client of one service; every answer that it gets has to be as the description says."""

    def __init__(self, url: str, username: str, password: str, project_id: str, token_url: str | None = None) -> None:
        self.username, self.password, self.project_id = username, password, project_id
        self.token_url = token_url or f"{url}/oauth/token"
        self.http = httpx.Client(base_url=url, timeout=PATIENCE)
        self.token = self.ask_for_token().json()["access_token"]

    def ask_for_token(self, **changes: str | None) -> httpx.Response:
        """Asks for a token as Auth0's clients do, apart from the changes; a field that is None is left out."""
        return self.http.post(self.token_url, data=self.credentials(**changes))

    def credentials(self, **changes: str | None) -> dict[str, str]:
        """Gives the fields that are sent for a token."""
        fields = {
            "grant_type": "http://auth0.com/oauth/grant-type/password-realm",
            "realm": "pcs-users",
            "client_id": os.environ.get("CONFORMANCE_CLIENT_ID", "PeZvo7Atx7IVv3iel59asJSb4Ig7vuSB"),
            "audience": os.environ.get("CONFORMANCE_AUDIENCE", "https://apis.pasqal.cloud/account/api/v1"),
            "username": self.username,
            "password": self.password,
        }
        return {name: value for name, value in (fields | changes).items() if value is not None}

    def send(
        self,
        operation_id: str,
        *,
        query: dict[str, Any] | str | None = None,
        body: Any = None,
        headers: dict[str, str] | None = None,
        **path: str,
    ) -> httpx.Response:
        """Performs an operation; `headers` come over the usual ones, and bytes are a body that is sent as it is."""
        operation = OPERATIONS[operation_id]
        sent = {} if operation.is_public else {"Authorization": f"Bearer {self.token}"}
        if body is not None:
            sent["Content-Type"] = "application/json"
        response = self.http.request(
            operation.method.upper(),
            operation.path.format(**path),
            params=query if isinstance(query, str) else urlencode(query or {}, doseq=True),
            headers=sent | (headers or {}),
            content=body if isinstance(body, bytes) or body is None else json.dumps(body).encode(),
        )
        operation.check(response)
        return response

    def get(self, operation_id: str, **arguments: Any) -> Any:
        """Performs an operation that must succeed, and gives the data."""
        response = self.send(operation_id, **arguments)
        assert response.status_code == 200, response.text
        return response.json()["data"]

    def refused(self, operation_id: str, status: int, **arguments: Any) -> Any:
        """Performs an operation that must be refused with a status, and gives the description of why."""
        response = self.send(operation_id, **arguments)
        assert response.status_code == status, response.text
        return response.json()["data"]["description"]

    def set_clock(self, **changes: Any) -> None:
        """Sets the clock of a local service, so that no test depends on how fast a machine is."""
        control = self.http.patch("/_local/clock", json=changes, auth=(self.username, self.password))
        assert control.status_code == 200, control.text

    def ids(self, operation_id: str, **query: Any) -> list[str]:
        """Gives the ids of a list's first page."""
        return [item["id"] for item in self.get(operation_id, query=query)]

    def create(self, sequence: str | None, *jobs: dict[str, Any], **fields: Any) -> Any:
        """Creates a batch that must be accepted."""
        return self.get("createBatch", body=self.batch(sequence, *jobs, **fields))

    def batch(self, sequence: str | None, *jobs: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """Gives the body that creates a batch, as the SDK sends it."""
        body = {"sequence_builder": sequence, "webhook": None, "jobs": list(jobs), "open": False}
        return body | {"device_type": "EMU_FREE", "project_id": self.project_id} | fields

    def jobs(self, batch: dict[str, Any]) -> Any:
        """Gives the jobs of a batch as they were submitted."""
        query = {"batch_id": batch["id"], "order_by": "creation_order", "order_by_direction": "ASC"}
        return self.get("listJobs", query=query)

    def settled(self, batch: dict[str, Any]) -> Any:
        """Waits until a batch has ended, and gives it."""
        self.until(lambda: self.get("getBatchStatus", batch_id=batch["id"])["status"] in SETTLED)
        return self.get("getBatch", batch_id=batch["id"])

    def reaches(self, job: dict[str, Any], *statuses: str) -> None:
        """Waits until a job has one of the statuses."""
        self.until(lambda: self.get("getJobStatus", job_id=job["id"])["status"] in statuses)

    @contextmanager
    def holding(self, sequence: str) -> Iterator[dict[str, Any]]:
        """Holds EMU_FREE with an open batch whose one job is done, and gives that."""
        batch = self.create(sequence, {"runs": 1}, open=True)
        self.reaches(batch["jobs"][0], "DONE")
        yield batch
        self.send("closeBatch", batch_id=batch["id"])
        self.settled(batch)

    @staticmethod
    def until(condition: Callable[[], Any]) -> Any:
        """Waits until a condition gives something true, and gives that."""
        deadline = time.monotonic() + PATIENCE
        while not (value := condition()):
            assert time.monotonic() < deadline, f"not within {PATIENCE} seconds: {condition}"
            time.sleep(0.02)
        return value
