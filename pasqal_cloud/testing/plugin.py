"""The pytest plugin: fixtures of a local service, which starts when a test first asks for one of them.

Every name can be overridden in a `conftest.py`. Nothing else is imported until then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pasqal_cloud import SDK
    from pasqal_cloud.testing.service import LocalService


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the option that chooses what runs jobs."""
    parser.getgroup("pasqal-cloud", "Pasqal Cloud").addoption(
        "--pasqal-engine",
        choices=("scripted", "emulators"),
        default="scripted",
        help="what runs the jobs of the local service: a script that makes results up at once (the default), or"
        " emulators, which need the extra `local`",
    )


@pytest.fixture(scope="session")
def pasqal_engine(pytestconfig: pytest.Config) -> Literal["scripted", "emulators"]:
    """What runs jobs: `scripted` or `emulators`."""
    return "emulators" if pytestconfig.getoption("--pasqal-engine") == "emulators" else "scripted"


@pytest.fixture(scope="session")
def pasqal_service_options() -> Sequence[str]:
    """Further options of the service, like `--seed=7`: those of `python -m pasqal_cloud.local`."""
    return ()


@pytest.fixture(scope="session")
def pasqal_session_service(
    pasqal_engine: Literal["scripted", "emulators"], pasqal_service_options: Sequence[str]
) -> Iterator[LocalService]:
    """The service that all tests of this process share; what is changed in it stays so until `pasqal_service` ends."""
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
    """A local service without batches, that does as it is told; what it is told is taken back after the test."""
    yield pasqal_session_service
    pasqal_session_service.reset()


@pytest.fixture
def sdk(pasqal_service: LocalService) -> Iterator[SDK]:
    """An SDK on the local service, whose retries take no time."""
    with pasqal_service.sdk() as sdk:
        yield sdk


@pytest.fixture
def pasqal_environment(pasqal_service: LocalService, monkeypatch: pytest.MonkeyPatch) -> LocalService:
    """The local service, which every `SDK()` uses that is made meanwhile; other settings are put aside."""
    from pasqal_cloud._configuration import VARIABLES

    for variable in {"PASQAL_PROFILE", *(name for family in VARIABLES for name in family.values())}:
        monkeypatch.delenv(variable, raising=False)
    for variable, value in pasqal_service.environment.items():
        monkeypatch.setenv(variable, value)
    return pasqal_service
