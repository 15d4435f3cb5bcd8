"""An SDK whose requests a function of the test's answers."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from pasqal_cloud import Endpoints

PROJECT = "99999999-2222-4333-8444-555555555555"


@pytest.fixture
def project() -> str:
    """The project of the SDKs."""
    return PROJECT


@pytest.fixture
def answered(colour: Any) -> Iterator[Callable[..., Any]]:
    """A function that makes an SDK of each colour; a function of the request answers, with `data` or a response."""
    opened = []

    def make(answer: Callable[[httpx.Request], Any], **arguments: Any) -> Any:
        def respond(request: httpx.Request) -> httpx.Response:
            data = answer(request)
            return data if isinstance(data, httpx.Response) else httpx.Response(200, json={"data": data})

        sdk = colour.SDK(
            token="token",
            project_id=PROJECT,
            endpoints=Endpoints.at("https://cloud.test"),
            transport=httpx.MockTransport(respond),
            **arguments,
        )
        opened.append(sdk)
        return sdk

    yield make
    for sdk in opened:
        colour.call(sdk.close())
