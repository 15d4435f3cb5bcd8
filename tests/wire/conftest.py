"""A cloud with a login and without batches, and a server that breaks off in the middle."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ..doubles import sockets
from ..doubles.answers import PROJECT
from ..doubles.cloud import EAGER, Cloud
from ..doubles.sockets import BreakingServer


@pytest.fixture
def cloud(cloud: Cloud) -> Cloud:
    """The cloud: whoever logs in gets a token, and whoever looks for batches and jobs finds none."""
    cloud.tokens.respond(json={"access_token": "token-1", "expires_in": 86_400})
    cloud.listing.mock(return_value=cloud.page())
    cloud.listing_jobs.mock(return_value=cloud.page())
    return cloud


@pytest.fixture
def open_sdk(opened: Callable[..., Any]) -> Callable[..., Any]:
    """A function that makes an SDK of each colour that logs in, with short pauses between its tries."""
    account = {"username": "ada@example.com", "password": "pa55word", "project_id": PROJECT}
    return lambda **arguments: opened(**account | EAGER | arguments)


@pytest.fixture
def sdk(cloud: Cloud, open_sdk: Callable[..., Any]) -> Any:
    """An SDK of each colour on the cloud."""
    return open_sdk(endpoints=cloud.endpoints)


@pytest.fixture
def breaking_server() -> Iterator[Callable[..., BreakingServer]]:
    """A function that starts a server that breaks off."""
    started = []

    def start(*arguments: Any, **options: Any) -> BreakingServer:
        started.append(BreakingServer(*arguments, **options))
        return started[-1]

    yield start
    for server in started:
        server.close()


@pytest.fixture
def closed_port() -> int:
    """A port on which nobody listens."""
    return sockets.closed_port()
