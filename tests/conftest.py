"""What every test may ask for: the two colours, SDKs on stand-ins for the service, and a clock."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import certifi
import pytest
import respx
from hypothesis import settings

from pasqal_cloud import SDK, AsyncSDK

from .dask_cluster import SharedCluster
from .doubles.account import CERTIFICATES
from .doubles.answers import PROJECT
from .doubles.cloud import Cloud
from .doubles.line import Line
from .flows.inside import Clock, forget_submissions
from .postgres import Shared

settings.register_profile("here", deadline=None, derandomize=True, max_examples=50)  # a slow machine is no failure
settings.load_profile("here")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Lets all services and stores of the tests use another database, or run jobs elsewhere."""
    parser.addoption("--service-runner", choices=("local", "dask"), default="local", help="where services run jobs")
    parser.addoption("--service-db", choices=("sqlite", "postgres"), default="sqlite", help="where services keep data")


def pytest_unconfigure() -> None:
    """Stops the database server and the Dask cluster."""
    Shared.close()
    SharedCluster.close()


def pytest_configure(config: pytest.Config) -> None:
    """Lets the programs that tests start be interrupted: a shell that runs tests in the background ignores Ctrl-C.

    What a process ignores, its children ignore too; a handler they do not inherit.
    """
    SharedCluster.is_wanted = config.getoption("--service-runner") == "dask"
    Shared.is_wanted = config.getoption("--service-db") == "postgres"
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)  # before `-m` selects
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the second colour of subjects that take long as slow."""
    for item in items:
        colour = getattr(item, "callspec", None) and item.callspec.params.get("colour")  # type: ignore[attr-defined]
        if colour == "awaiting" and item.get_closest_marker("blocking_first"):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True, scope="session")
def _one_authority(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Has TLS contexts trust one of certifi's authorities: reading all of them takes longer than most tests.

    Only the live tests connect to hosts that these authorities know.
    """
    with pytest.MonkeyPatch.context() as monkeypatch:
        if not any(item.get_closest_marker("live") for item in request.session.items):
            first, end, _ = Path(certifi.where()).read_text("utf-8").partition("-----END CERTIFICATE-----\n")
            path = tmp_path_factory.mktemp("authorities") / "one.pem"
            path.write_text(first + end, "utf-8")
            monkeypatch.setattr(certifi, "where", lambda: str(path))
            for variable in CERTIFICATES:
                monkeypatch.delenv(variable, raising=False)
        yield


@dataclass(frozen=True)
class Colour:
    """Blocking or awaiting: what a test needs to be written once.

    `call` gets the result of what an SDK, or a handle of it, returned; `attempt` gets the error that it raised.
    """

    SDK: type[SDK] | type[AsyncSDK]
    call: Callable[[Any], Any]

    @property
    def is_blocking(self) -> bool:
        return self.SDK is SDK

    def attempt(self, expected: type[BaseException], start: Callable[[], Any]) -> Any:
        with pytest.raises(expected) as caught:
            self.call(start())
        return caught.value


@pytest.fixture(scope="session")
def blocking() -> Colour:
    """The blocking colour."""
    return Colour(SDK, lambda result: result)


@pytest.fixture(scope="session")
def awaiting() -> Iterator[Colour]:
    """The awaiting colour; all its awaitables run on one event loop."""

    async def result_of(awaitable: Awaitable[Any]) -> Any:
        return await awaitable

    with asyncio.Runner() as runner:
        yield Colour(AsyncSDK, lambda awaitable: runner.run(result_of(awaitable)))


@pytest.fixture(params=["blocking", "awaiting"])
def colour(request: pytest.FixtureRequest) -> Colour:
    """Each colour in turn."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def opened(colour: Colour) -> Iterator[Callable[..., Any]]:
    """A function that makes an SDK of each colour, closed at the end."""
    made = []

    def make(*arguments: Any, **options: Any) -> Any:
        made.append(colour.SDK(*arguments, **options))
        return made[-1]

    yield make
    for sdk in made:
        colour.call(sdk.close())


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """A cloud whose answers the test writes."""
    with respx.mock(assert_all_called=False) as router:
        yield Cloud(router)


@pytest.fixture
def sdk_on(opened: Callable[..., Any]) -> Callable[..., Any]:
    """A function that makes an SDK of each colour on a line to the service."""

    def make(line: Line, **options: Any) -> Any:
        usual = {"token": "t", "project_id": PROJECT, "endpoints": Cloud.endpoints, "transport": line.transport}
        return opened(**usual | options)

    return make


@pytest.fixture(autouse=True)
def _nothing_submitted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has each test begin like a new process, which has submitted nothing: many tests use the same ids."""
    forget_submissions(monkeypatch)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Time that only the package's own pauses move."""
    clock = Clock()
    clock.install(monkeypatch)
    return clock


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says with which seeds tests have drawn, so that a run can be repeated."""
    for report in (*terminalreporter.stats.get("passed", ()), *terminalreporter.stats.get("failed", ())):
        for name, value in report.user_properties:
            if name.endswith("_SEED") and report.when == "call":
                terminalreporter.write_line(f"{name}={value} {report.nodeid}")
