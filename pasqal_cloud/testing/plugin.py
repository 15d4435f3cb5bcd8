"""The pytest plugin: fixtures for a local service, which starts when a test first uses one of them.

Every fixture can be overridden in a `conftest.py`. Nothing else is imported before that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pasqal_cloud import SDK
    from pasqal_cloud.testing.service import LocalService


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the option for the engine."""
    parser.getgroup("pasqal-cloud", "Pasqal Cloud").addoption(
        "--pasqal-engine",
        choices=("scripted", "emulators"),
        default="scripted",
        help="how the local service runs jobs: with made-up results at once (scripted, the default), or on emulators,"
        " which need the extra `local`",
    )


@pytest.fixture(scope="session")
def pasqal_engine(pytestconfig: pytest.Config) -> Literal["scripted", "emulators"]:
    """The engine of the service: `scripted` or `emulators`."""
    return "emulators" if pytestconfig.getoption("--pasqal-engine") == "emulators" else "scripted"


@pytest.fixture(scope="session")
def pasqal_service_options() -> Sequence[str]:
    """Further options of the service, such as `--seed=7`; see `python -m pasqal_cloud.local --help`."""
    return ()


@pytest.fixture(scope="session")
def pasqal_session_service(
    pasqal_engine: Literal["scripted", "emulators"], pasqal_service_options: Sequence[str]
) -> Iterator[LocalService]:
    """The service that all tests of this process share; it is reset after each test that uses `pasqal_service`."""
    from pasqal_cloud.errors import MissingExtraError
    from pasqal_cloud.testing.service import LocalService

    try:
        service = LocalService.start(*pasqal_service_options, engine=pasqal_engine)
    except MissingExtraError as error:
        pytest.fail(str(error), pytrace=False)
    with service:
        yield service


@pytest.fixture
def pasqal_service(pasqal_session_service: LocalService) -> Iterator[LocalService]:
    """A local service without batches, which the test can control; it is reset after the test."""
    yield pasqal_session_service
    pasqal_session_service.reset()


@pytest.fixture
def sdk(pasqal_service: LocalService) -> Iterator[SDK]:
    """An SDK for the local service, which retries without long pauses."""
    with pasqal_service.sdk() as sdk:
        yield sdk


@pytest.fixture
def pasqal_environment(pasqal_service: LocalService, monkeypatch: pytest.MonkeyPatch) -> LocalService:
    """The local service, set in the environment, so that every `SDK()` created during the test uses it."""
    from pasqal_cloud.settings import VARIABLES

    for variable in {"PASQAL_PROFILE", *(name for family in VARIABLES for name in family.values())}:
        monkeypatch.delenv(variable, raising=False)
    for variable, value in pasqal_service.environment.items():
        monkeypatch.setenv(variable, value)
    return pasqal_service
