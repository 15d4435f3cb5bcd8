"""Those who come by OVH go in by a door of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pulser.backend.remote import BatchStatus

from pasqal_cloud import (
    SDK,
    Endpoints,
    OVHConnection,
    PasqalCloudError,
    RemoteEmuFreeBackend,
    StaticTokenProvider,
    ValidationError,
)
from pasqal_cloud.client import Client
from pasqal_cloud.http_client import ovh_urls
from pasqal_cloud.ovh import MissingEnvironmentVariableError, OvhClient
from pasqal_cloud.testing.service import QUICK_RECOVERY, QUICK_RETRY

from ..doubles.answers import BATCH, batch
from ..doubles.line import by_path
from .conftest import pair

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pasqal_cloud.testing.service import LocalService

JOB = {"runs": 7, "variables": {"omega": 3.0}}
PUBLIC = "/core-fast/api/v1/devices/public-specs"


@pytest.fixture
def connection(pasqal_environment: LocalService, monkeypatch: pytest.MonkeyPatch) -> Iterator[OVHConnection]:
    """A connection as in one of OVH's notebooks, to the scripted service."""
    with pasqal_environment.sdk() as sdk:
        monkeypatch.setenv("PASQAL_PULSER_ACCESS_TOKEN", sdk.user_token())
    endpoints = Endpoints.at(pasqal_environment.url)
    with OVHConnection(endpoints=endpoints, retry=QUICK_RETRY, recover_for=QUICK_RECOVERY) as connection:
        yield connection


def paths(service: LocalService) -> set[str]:
    """The beginnings of the paths that were asked for: up to the kind of thing."""
    requests = [request for request in service.requests() if request.operation not in ("createToken", "getResult")]
    return {"/".join(request.path.split("/")[:7]) for request in requests}


def test_a_batch_runs(connection: OVHConnection, pasqal_service: LocalService) -> None:
    """Submitting, waiting and results all go through the door; no project is named."""
    with pasqal_service.outcome(counter={"01": 4, "10": 3}):
        results = RemoteEmuFreeBackend(pair(), connection).run([JOB, JOB], wait=True)
    assert [result.final_bitstrings for result in results] == [{"01": 4, "10": 3}] * 2
    assert results.get_batch_status() is BatchStatus.DONE
    assert connection.get_results(results.batch_id).job_ids == results.job_ids
    door = "/core-fast/api/v1/third-party-access/ovh"
    assert paths(pasqal_service) == {f"{door}/batches", f"{door}/jobs"}
    (request,) = pasqal_service.requests("createOvhBatch")
    assert request.body["project_id"] == ""


def test_a_lost_answer_is_looked_for(connection: OVHConnection, pasqal_service: LocalService) -> None:
    """Here, too, nothing is submitted twice."""
    with pasqal_service.fault("createOvhBatch", status=504, drop="after"):
        results = connection.submit(pair(), job_params=[JOB, JOB], device_type="EMU_FREE")
    assert len(results.job_ids) == 2
    assert len(pasqal_service.requests("createOvhBatch")) == 1


def test_counts_alone_are_read(connection: OVHConnection, pasqal_service: LocalService) -> None:
    """A job of the batch's sequence needs nothing that the door does not offer, with variables or without."""
    (result,) = connection.submit(pair().build(omega=1.0), job_params=[{"runs": 3}], device_type="EMU_FREE", wait=True)
    assert result.final_bitstrings == {"00": 3}


def test_counts_of_several_sequences_are_read(connection: OVHConnection, pasqal_service: LocalService) -> None:
    """Who has submitted them knows what their bits stand for, and need not ask what the door does not offer."""
    one, two = connection.submit(
        [pair(), pair().build(omega=1.0)], job_params=[JOB, {"runs": 3}], device_type="EMU_FREE", wait=True
    )
    assert (one.final_bitstrings, two.final_bitstrings) == ({"00": 7}, {"00": 3})


def test_devices_are_the_public_ones(connection: OVHConnection, pasqal_service: LocalService) -> None:
    """They need no token, and none is sent."""
    assert "FRESNEL" in connection.fetch_available_devices()
    assert paths(pasqal_service) == {PUBLIC}
    assert "authorization" not in pasqal_service.requests()[-1].headers


def test_there_are_no_open_batches(connection: OVHConnection, pasqal_service: LocalService) -> None:
    """Neither by Pulser's context manager nor by hand."""
    with pytest.raises(NotImplementedError):
        RemoteEmuFreeBackend(pair(), connection).open_batch()
    with pytest.raises(ValidationError, match="open"):
        connection.submit(pair(), open=True, device_type="EMU_FREE")
    assert paths(pasqal_service) == set()


def test_what_is_not_offered_is_refused(connection: OVHConnection, pasqal_service: LocalService) -> None:
    """One sentence says so, and nothing is sent."""
    sdk = connection.cloud_client
    batch_id = connection.submit(pair(), job_params=[JOB], device_type="EMU_FREE").batch_id
    before = len(pasqal_service.requests())
    refused: list[Any] = [
        lambda: sdk.add_jobs(batch_id, [JOB]),
        lambda: sdk.cancel_batch(batch_id),
        lambda: sdk.close_batch(batch_id),
        sdk.get_batches,
        lambda: sdk.create_workload("type", "backend", {}),
        sdk.get_all_projects,
    ]
    for operation in refused:
        with pytest.raises(PasqalCloudError, match="not available to OVH's users"):
            operation()
    assert len(pasqal_service.requests()) == before


def test_a_token_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the variable, and is of both worlds."""
    monkeypatch.delenv("PASQAL_PULSER_ACCESS_TOKEN", raising=False)
    with pytest.raises(MissingEnvironmentVariableError, match="PASQAL_PULSER_ACCESS_TOKEN") as caught:
        OVHConnection()
    assert isinstance(caught.value, RuntimeError)
    assert isinstance(caught.value, PasqalCloudError)


@pytest.mark.parametrize("empty", [{"token": ""}, {"token_provider": None}], ids=str)
def test_what_is_empty_is_no_token(monkeypatch: pytest.MonkeyPatch, empty: dict[str, Any]) -> None:
    """As wrappers pass on what their users left out: the environment counts, and no other variable than its own."""
    monkeypatch.setenv("PASQAL_USERNAME", "ada@example.com")
    monkeypatch.setenv("PASQAL_PASSWORD", "password")
    monkeypatch.delenv("PASQAL_PULSER_ACCESS_TOKEN", raising=False)
    with pytest.raises(MissingEnvironmentVariableError):
        OVHConnection(**empty)
    monkeypatch.setenv("PASQAL_PULSER_ACCESS_TOKEN", "token")
    assert OVHConnection(**empty).cloud_client.user_token() == "token"


@pytest.mark.parametrize("variable", ["", "another"])
@pytest.mark.parametrize(
    "given", [{"token": "mine"}, {"token_provider": StaticTokenProvider("mine")}], ids=["token", "provider"]
)
def test_a_token_that_is_given_counts(monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], variable: str) -> None:
    """Whatever the environment says."""
    monkeypatch.setenv("PASQAL_PULSER_ACCESS_TOKEN", variable)
    assert OVHConnection(**given).cloud_client.user_token() == "mine"


def test_a_client_class_of_ones_own(pasqal_environment: LocalService) -> None:
    """Packages that subclass the client say by their URLs where requests go."""

    class Theirs(Client):
        @property
        def project_id(self) -> str:
            return ""

        @project_id.setter
        def project_id(self, project_id: str | None) -> None:
            self._project_id = ""

        def _get_api_urls(self) -> dict[str, str]:
            base_url = f"{self.endpoints.core}/api/v1/third-party-access/ovh"
            theirs = {"send_batch": f"{base_url}/batches", "get_batch": f"{base_url}/batches/{{batch_id}}"}
            assert theirs.keys() < super()._get_api_urls().keys()
            return theirs

    with SDK(client_class=Theirs) as sdk:
        batch = sdk.create_batch("{}", [{"runs": 3}], wait=True)
        assert batch.ordered_jobs[0].result == {"0": 3}
    assert len(pasqal_environment.requests("createOvhBatch")) == 1


def test_client_classes_that_can_not_be_used() -> None:
    """The usual one changes nothing; another must lead somewhere that is known."""
    line = by_path(batch=batch(status="DONE"))
    for client_class in (Client, OvhClient):
        with SDK(token="t", client_class=client_class, transport=line.transport) as sdk:
            sdk.get_batch(BATCH)
    usual, ovhs = (path.removesuffix(f"/{BATCH}") for path in line.paths)
    assert (usual, ovhs) == ("/core-fast/api/v2/batches", "/core-fast/api/v1/third-party-access/ovh/batches")
    with pytest.raises(ValidationError, match="client_class must be"):
        SDK(token="t", client_class=dict)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"send_batch": "https://elsewhere.test/batches"}, r"sends send_batch to https://elsewhere\.test/batches\."),
        ({"get_jobs": "https://elsewhere.test/jobs"}, r"sends get_jobs to https://elsewhere\.test/jobs\."),
        ({"get_everything": "https://elsewhere.test"}, r"sends get_everything to https://elsewhere\.test\."),
        (
            {"send_batch": ovh_urls(Endpoints())["send_batch"]},
            "All requests must have either the usual addresses, or those for OVH's users",
        ),
    ],
)
def test_addresses_that_lead_to_no_door(changes: dict[str, str], told: str) -> None:
    """All of them count, and none is left aside in silence."""

    class Lost(Client):
        def _get_api_urls(self) -> dict[str, str]:
            return super()._get_api_urls() | changes

    with pytest.raises(ValidationError, match=told):
        SDK(token="t", client_class=Lost)


def test_client_classes_that_do_not_say_where_requests_go() -> None:
    """Whatever fails in them is one error, with its cause."""

    class Failing(Client):
        def __init__(self, account: str) -> None:
            super().__init__(account)

    class Silent(Client):
        def _get_api_urls(self) -> dict[str, str]:
            return {}

    with pytest.raises(ValidationError, match="Failing does not provide the addresses of requests") as caught:
        SDK(token="t", client_class=Failing)
    assert isinstance(caught.value.__cause__, TypeError)
    with pytest.raises(ValidationError, match="Silent sends no batches"):
        SDK(token="t", client_class=Silent)
