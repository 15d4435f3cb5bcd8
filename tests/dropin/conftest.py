"""An SDK as old programs make it, and an environment that says nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pasqal_cloud.sdk import SDK

from ..doubles.account import silence_environment
from ..doubles.cloud import Anybody, Cloud


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The environment says nothing about Pasqal or the network, and the home directory is empty."""
    silence_environment(monkeypatch, tmp_path)


@pytest.fixture
def sdk(cloud: Cloud) -> Iterator[SDK]:
    """An SDK on the cloud, made as old programs make it."""
    with SDK(token_provider=Anybody(), endpoints=cloud.endpoints, project_id=cloud.project_id) as sdk:
        yield sdk
