"""A service whose tokens the tests control, an environment that says nothing, and a look inside an SDK."""

import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from ..doubles import sockets
from ..doubles.account import silence_environment
from ..doubles.line import one_after_another
from ..doubles.service import PASSWORD, PATIENCE, Service

USERNAME = "ada@example.com"


def wait_until(holds: Callable[[], object]) -> None:
    """Waits until something holds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.005)


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The environment says nothing about Pasqal or the network, and the home directory is empty."""
    silence_environment(monkeypatch, tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def until() -> Callable[[Callable[[], object]], None]:
    """A function that waits until something holds."""
    return wait_until


@pytest.fixture
def closed_port() -> int:
    """A port on which nobody listens."""
    return sockets.closed_port()


@pytest.fixture
def start_service() -> Iterator[Callable[..., Service]]:
    """A function that starts a service."""
    started = []

    def start(**options: Any) -> Service:
        started.append(Service(**options))
        return started[-1]

    yield start
    for service in started:
        service.close()


@pytest.fixture
def service(start_service: Callable[..., Service]) -> Service:
    """A service."""
    return start_service()


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Who certifies the secure service."""
    return trustme.CA()


@pytest.fixture
def secure(start_service: Callable[..., Service], authority: trustme.CA) -> Service:
    """A service with a certificate that no system trusts."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return start_service(tls=context)


@pytest.fixture
def certificate(authority: trustme.CA, tmp_path: Path) -> Path:
    """The authority's certificate in a file."""
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture
def form_of(colour: Any, service: Service) -> Callable[[Any], dict[str, str]]:
    """A function that gets what an SDK proves itself with."""

    def get(sdk: Any) -> dict[str, str]:
        colour.call(sdk.get_batch(service.batch_id()))
        return service.logins[-1].form

    return get


@pytest.fixture
def login_of(colour: Any) -> Callable[..., httpx.Request]:
    """A function that gets the request for a token that an SDK of each colour makes."""

    def get(**arguments: Any) -> httpx.Request:
        line = one_after_another(httpx.Response(200, json={"access_token": "token", "expires_in": 60}))
        sdk = colour.SDK(transport=line.transport, **arguments)
        assert colour.call(sdk.user_token()) == "token"
        colour.call(sdk.close())
        (request,) = line.requests
        return request

    return get


def _parts(thing: Any) -> Iterable[Any]:
    """What an object of this package holds, by whatever name; of other packages' objects, nothing."""
    if isinstance(thing, dict):
        return thing.values()
    if isinstance(thing, list | tuple | set | frozenset):
        return thing
    if not type(thing).__module__.startswith("pasqal_cloud"):
        return ()
    slots = [getattr(thing, name, None) for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
    return (*getattr(thing, "__dict__", {}).values(), *slots)


def all_inside(*things: Any) -> list[Any]:
    """All objects of this package that can be reached from some, by whatever names; those themselves first."""
    found: dict[int, Any] = {}
    waiting = list(things)
    while waiting:
        thing = waiting.pop()
        if id(thing) not in found:
            found[id(thing)] = thing
            waiting += _parts(thing)
    return [thing for thing in found.values() if type(thing).__module__.startswith("pasqal_cloud")]


@pytest.fixture(scope="session")
def inside() -> Callable[..., list[Any]]:
    """A function that gets all objects of this package that can be reached from some."""
    return all_inside


@pytest.fixture
def sdk(opened: Callable[..., Any], service: Service) -> Any:
    """An SDK of each colour, at the service."""
    return opened(username=USERNAME, password=PASSWORD, endpoints=service.endpoints)
