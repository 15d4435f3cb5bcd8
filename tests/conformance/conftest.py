"""The service that is put to the test, and what tests ask it to run.

The tests start a local service of their own. To put them to another service, name it in the environment:

    CONFORMANCE_URL                              what comes before /core-fast and /account
    CONFORMANCE_TOKEN_URL                        where tokens come from; CONFORMANCE_URL/oauth/token when absent
    CONFORMANCE_CLIENT_ID, CONFORMANCE_AUDIENCE  sent along for a token
    CONFORMANCE_USERNAME, CONFORMANCE_PASSWORD   who asks for it
    CONFORMANCE_PROJECT_ID                       the project in which batches are created

There, batches of a few jobs are created on EMU_FREE, and cancelled or done at the end. Tests that need a service with
options of their own are skipped.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from pulser import MockDevice, Pulse, Register, Sequence

from ..dask_cluster import on_the_cluster
from ..postgres import on_the_server
from .client import OPERATIONS, Api

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def launching() -> Iterator[Callable[..., Api]]:
    """Starts local services, and stops them at the end."""
    with ExitStack() as services:

        def launch(*options: str) -> Api:
            elsewhere = on_the_cluster(on_the_server(options))
            command = [sys.executable, "-m", "pasqal_cloud.local", "--port", "0", "--json", *elsewhere]
            process = services.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            services.callback(process.terminate)
            assert process.stdout is not None
            connection = json.loads(process.stdout.readline())
            api = Api(**{name: connection[name] for name in ("url", "username", "password", "project_id")})
            services.callback(api.http.close)
            return api

        yield launch


@pytest.fixture(scope="session")
def api() -> Iterator[Api]:
    """The service that is put to the test; tests share it, and must leave it fit for others."""
    if url := os.environ.get("CONFORMANCE_URL"):
        given = {name: os.environ[f"CONFORMANCE_{name.upper()}"] for name in ("username", "password", "project_id")}
        api = Api(url.rstrip("/"), token_url=os.environ.get("CONFORMANCE_TOKEN_URL"), **given)
        with closing(api.http):
            yield api
    else:
        with launching() as launch:
            yield launch("--workers", "1")


@pytest.fixture
def start() -> Iterator[Callable[..., Api]]:
    """Starts services with options, for what needs them."""
    if "CONFORMANCE_URL" in os.environ:
        pytest.skip("needs a service with options of its own")
    with launching() as launch:
        yield launch


@pytest.fixture
def held(api: Api, sequence: str) -> Iterator[dict[str, Any]]:
    """An open batch whose job is done, and which holds EMU_FREE, so that other batches wait for it."""
    with api.holding(sequence) as batch:
        yield batch


def drive(*, atoms: int = 2, duration: int = 100, parametrized: bool = False) -> str:
    """Serializes a resonant pulse on a chain of atoms, of 6 rad/µs or the variable omega."""
    sequence = Sequence(Register.from_coordinates([(7.0 * n, 0.0) for n in range(atoms)], prefix="q"), MockDevice)
    sequence.declare_channel("drive", "rydberg_global")
    omega = sequence.declare_variable("omega", dtype=float) if parametrized else 6.0
    sequence.add(Pulse.ConstantPulse(duration, omega, 0.0, 0.0), "drive")
    return str(sequence.to_abstract_repr())


@pytest.fixture(scope="session")
def sequence() -> str:
    """Two atoms; runs at once."""
    return drive()


@pytest.fixture(scope="session")
def parametrized() -> str:
    """Two atoms and the variable omega; runs at once."""
    return drive(parametrized=True)


@pytest.fixture(scope="session")
def endless() -> str:
    """Ten atoms; runs for a minute or more, unless cancelled."""
    return drive(atoms=10, duration=100_000)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Repeats tests that ask for `operation` and don't say for which."""
    marks = metafunc.definition.iter_markers("parametrize")
    if "operation" in metafunc.fixturenames and not any(mark.args[0] == "operation" for mark in marks):
        metafunc.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
