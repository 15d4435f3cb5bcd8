"""Pulser's own backends, with the oldest and the newest Pulser that is supported, on either side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .conftest import PROGRAMS, assert_blockaded

if TYPE_CHECKING:
    from collections.abc import Callable

    from pasqal_cloud.testing import LocalService

    from .conftest import Environment

pytestmark = [pytest.mark.downstream, pytest.mark.timeout(600)]


def check_backend(client: Environment, backend: str, service: LocalService) -> None:
    """Runs a backend in every way that there is."""
    printed = client.run("pulser_backend", backend, settings=service.environment)
    assert printed["pulser"].startswith(client.folder.name.split("-")[2])
    assert printed["status"] == "DONE"
    assert len(set(printed["batches"])) == 1
    for way in ("waited", "later", "open"):
        half, whole = printed[way]
        assert_blockaded(half, 1.0)
        assert_blockaded(whole, 2.0)


@pytest.mark.parametrize("client", ["pulser-1.8", "pulser-1.9"])
@pytest.mark.parametrize("backend", ["QPUBackend", "RemoteEmuFreeBackend", "RemoteSVBackend", "RemoteMPSBackend"])
def test_backends(
    environment: Callable[[str], Environment], pasqal_service: LocalService, client: str, backend: str
) -> None:
    """A QPU's and each emulator's run with variables, blocking and not, and in an open batch, and follow physics."""
    check_backend(environment(client), backend, pasqal_service)


@pytest.mark.parametrize(
    ("client", "backend"),
    [("pulser-1.8", "QPUBackend"), ("pulser-1.8", "RemoteEmuFreeBackend"), ("pulser-1.9", "QPUBackend")],
)
def test_backends_on_an_older_service(
    environment: Callable[[str], Environment], older_service: LocalService, client: str, backend: str
) -> None:
    """A service that has Pulser 1.8 runs all that needs no newer one."""
    check_backend(environment(client), backend, older_service)


@pytest.mark.parametrize(("client", "other"), [("pulser-1.8", "pulser-1.9"), ("pulser-1.9", "pulser-1.8")])
@pytest.mark.parametrize("backend", ["QPUBackend", "RemoteEmuFreeBackend"])
def test_coming_back_with_another_pulser(
    environment: Callable[[str], Environment], pasqal_service: LocalService, client: str, other: str, backend: str
) -> None:
    """Submitting does not wait for anything to run, and a program with another Pulser gets the results."""
    settings = pasqal_service.environment
    with pasqal_service.paused():
        submitted = environment(client).run("pulser_submit", backend, settings=settings)
    assert submitted["status"] == "PENDING"
    retrieved = environment(other).run("pulser_retrieve", submitted["batch_id"], settings=settings)
    assert (retrieved["status"], retrieved["job_ids"]) == ("DONE", submitted["job_ids"])
    assert_blockaded(retrieved["counts"][0], 2.0)


@pytest.mark.parametrize("client", ["pulser-1.8", "pulser-1.9"])
def test_observables(environment: Callable[[str], Environment], pasqal_service: LocalService, client: str) -> None:
    """Each Pulser sends its own QutipConfig, and reads all that a newer one measured."""
    check_observables(environment(client), pasqal_service)


def test_observables_on_an_older_service(
    environment: Callable[[str], Environment], older_service: LocalService
) -> None:
    """The same holds for a service that has Pulser 1.8."""
    check_observables(environment("pulser-1.8"), older_service)


def check_observables(client: Environment, service: LocalService) -> None:
    """Compares observables with what is known: half a turn's at its half and its end, and what of it is overlooked."""
    printed = client.run("pulser_observables", settings=service.environment)
    assert_blockaded(printed["counts"], 2.0, overlooked=0.2, shots=1000)
    assert printed["times"] == pytest.approx([0.5, 1.0])
    assert printed["occupation"] == [pytest.approx([0.25, 0.25], abs=0.01), pytest.approx([0.5, 0.5], abs=0.01)]
    assert printed["together"] == pytest.approx(0, abs=0.01)
    assert printed["energy"] == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize(
    ("program", "arguments"), [("pulser_backend", ["RemoteEmuFreeBackend"]), ("pulser_observables", [])]
)
def test_a_newer_configuration_is_refused(
    environment: Callable[[str], Environment], older_service: LocalService, program: str, arguments: list[str]
) -> None:
    """Submitting what only Pulser 1.9 can read to a service that has 1.8 fails with a sentence that names both."""
    run = environment("pulser-1.9").start(
        str(PROGRAMS / f"{program}.py"), *arguments, settings=older_service.environment
    )
    assert run.returncode == 1
    told = run.stderr.strip().splitlines()[-1]
    assert told.startswith("pasqal_cloud.errors.BatchCreationError[ValidationError]: ")
    assert "it was written by Pulser 1.9.1, but this service has Pulser 1.8.0" in told
    with older_service.sdk() as sdk:
        assert sdk.get_batches().total == 0


def test_public_devices(environment: Callable[[str], Environment], pasqal_service: LocalService) -> None:
    """A connection without an account shows what everybody may see."""
    settings = {"PASQAL_URL": pasqal_service.url}
    for client in ("pulser-1.8", "pulser-1.9"):
        assert {"FRESNEL", "EMU_FREE"} <= set(environment(client).run("public_devices", settings=settings))
