"""SDKs on a local service that answers as badly as a test wants."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from pasqal_cloud import RetryPolicy

from ..doubles.account import account_of
from ..doubles.faulty import OURS, PAUSED, FaultyService

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pasqal_cloud.testing import LocalService

QUICK: dict[str, Any] = {
    "timeout": httpx.Timeout(20.0),
    "retry": RetryPolicy(attempts=3, first=0.01),
    "recover_for": 0.05,
}
"""As usual, but for tests that can't wait: short pauses, few tries, a short search."""


@pytest.fixture(scope="session")
def http(pasqal_session_service: LocalService) -> Iterator[httpx.Client]:
    """What asks the service for the tests."""
    local = pasqal_session_service
    transport = httpx.HTTPTransport(verify=False)
    with httpx.Client(base_url=local.url, headers={"User-Agent": OURS}, timeout=20.0, transport=transport) as http:
        fields = {"grant_type": "password", "username": local.username, "password": local.password}
        token = http.post("/oauth/token", data=fields).json()["access_token"]
        http.headers["Authorization"] = f"Bearer {token}"
        yield http


@pytest.fixture
def service(pasqal_service: LocalService, http: httpx.Client) -> Iterator[FaultyService]:
    """The service."""
    with pasqal_service.paused(*PAUSED):
        yield FaultyService(pasqal_service, http)


@pytest.fixture
def open_sdk(opened: Callable[..., Any], service: FaultyService) -> Callable[..., Any]:
    """A function that makes an SDK of each colour on the service."""
    account = account_of(service.local) | {"verify": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)}
    return lambda **arguments: opened(**account | QUICK | arguments)


@pytest.fixture
def sdk(open_sdk: Callable[..., Any]) -> Any:
    """An SDK of each colour on the service."""
    return open_sdk()
