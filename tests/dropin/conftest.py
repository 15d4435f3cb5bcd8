"""A cloud whose answers the tests write, and an environment that says nothing."""

import json
import os
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import respx

from pasqal_cloud import Endpoints, TokenProvider
from pasqal_cloud.sdk import SDK

URL = "https://cloud.test"
PROJECT = "99999999-2222-4333-8444-555555555555"
BATCH = "11111111-2222-4333-8444-555555555555"


class Anybody(TokenProvider):
    def get_token(self) -> str:
        return "token"


class Cloud:
    """The cloud, as far as a test describes it; whatever it does not expect is an error."""

    url = URL
    project_id = PROJECT
    batch_id = BATCH
    endpoints = Endpoints.at(URL)

    def __init__(self, router: respx.MockRouter) -> None:
        self.router = router

    def on(self, method: str, path: str) -> respx.Route:
        """The route of an operation."""
        return self.router.request(method, f"{URL}/core-fast/api{path}")

    @staticmethod
    def ok(data: Any, **more: Any) -> httpx.Response:
        """An answer in the usual envelope."""
        return httpx.Response(200, json={"status": "success", "code": "200", "data": data, **more})

    def batch(self, **fields: Any) -> httpx.Response:
        """An answer with the batch."""
        return self.ok({"id": BATCH, "status": "PENDING", "open": False, "sequence_builder": "{}", **fields})

    def page(self, *items: dict[str, Any]) -> httpx.Response:
        """An answer with a whole list."""
        return self.ok(list(items), pagination={"start": 0, "end": len(items), "total": len(items)})

    def created(self) -> dict[str, Any]:
        """The body of the one request that created a batch."""
        (call,) = (call for call in self.router.calls if call.request.method == "POST")
        body: dict[str, Any] = json.loads(call.request.content)
        return body

    @property
    def sent(self) -> list[str]:
        """What was asked for, in order."""
        return [f"{call.request.method} {call.request.url.path}" for call in self.router.calls]


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """The environment says nothing about Pasqal, and the home directory is empty."""
    for name in list(os.environ):
        if name.startswith("PASQAL"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """The cloud."""
    with respx.mock(assert_all_called=False) as router:
        yield Cloud(router)


@pytest.fixture
def sdk(cloud: Cloud) -> Iterator[SDK]:
    """An SDK on the cloud, made as old programs make it."""
    with SDK(token_provider=Anybody(), endpoints=cloud.endpoints, project_id=PROJECT) as sdk:
        yield sdk
