"""What programs of the existing package use and better names have replaced: it does what it did."""

import importlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from pasqal_cloud import (
    SDK,
    Auth0Conf,
    Batch,
    BatchFilters,
    CancelJobFilters,
    CreateJob,
    Endpoints,
    Job,
    JobFilters,
    JobStatus,
    PaginationParams,
    PasswordGrantTokenProvider,
    Project,
    TokenProviderConf,
    ValidationError,
    Workload,
)
from pasqal_cloud.authentication import Auth0TokenProvider, ExpiringTokenProvider, InsecureAuth0TokenProvider
from pasqal_cloud.device import DeviceTypeName, EmulatorType
from pasqal_cloud.device.configuration import ResultType
from pasqal_cloud.http_client import HTTPClient
from pasqal_cloud.job import create_jobs_to_api_payload
from pasqal_cloud.ovh import OvhClient
from pasqal_cloud.utils.strenum import StrEnum

from ..doubles.answers import body_of

ID = "11111111-2222-4333-8444-555555555556"
LONG = "{" + " " * 5000 + "}"
JOBS: list[CreateJob] = [{"runs": 5}]


# Enumerations.


@pytest.mark.parametrize("kind", [DeviceTypeName, EmulatorType, ResultType])
def test_enumerations_list_their_values(kind: Any) -> None:
    """As plain texts, in order; a value that is not known is none of them."""
    kind("NEW")
    assert kind.list() == [member.value for member in kind]
    assert {type(value) for value in kind.list()} == {str}
    assert "NEW" not in kind.list()


def test_enumerations_of_programs_can_have_the_old_base() -> None:
    """It lists their values, too."""

    class Colour(StrEnum):
        RED = "red"
        BLUE = "blue"

    assert Colour.list() == ["red", "blue"]
    assert issubclass(DeviceTypeName, StrEnum)


# The environment.


@pytest.mark.parametrize(
    ("value", "is_compressed"),
    [("1", False), ("true", False), (" YES ", False), ("on", False), ("0", True), ("false", True), ("", True)],
)
@pytest.mark.parametrize("options", [{}, {"timeout": 5}], ids=str)
def test_bodies_are_compressed_unless_the_environment_forbids_it(
    colour: Any, cloud: Any, monkeypatch: pytest.MonkeyPatch, value: str, is_compressed: bool, options: Any
) -> None:
    """By PASQAL_SKIP_GZIP_REQUEST_BODY, whatever else the SDK is told; HTTPClient says so, too."""
    monkeypatch.setenv("PASQAL_SKIP_GZIP_REQUEST_BODY", value)
    route = cloud.on("POST", "/v1/batches").mock(return_value=cloud.batch())
    sdk = colour.SDK(token="token", endpoints=cloud.endpoints, project_id=cloud.project_id, **options)
    colour.call(sdk.create_batch(LONG, JOBS))
    colour.call(sdk.close())
    request = route.calls.last.request
    assert (request.headers.get("Content-Encoding") == "gzip") is is_compressed
    assert body_of(request)["sequence_builder"] == LONG
    assert HTTPClient().allow_gzip_request_body is is_compressed


# Arguments by position.


def test_a_batch_by_position(sdk: Any, cloud: Any) -> None:
    """In the old order: complete, open, emulator, device_type, configuration, backend_configuration, and so on."""
    cloud.on("POST", "/v1/batches").mock(return_value=cloud.batch(status="DONE", open=True))
    arguments: list[Any] = ["{}", JOBS, None, True, None, "EMU_TN", {"dt": 5}, "{}", False, False, ["tag"]]
    with pytest.warns(DeprecationWarning):
        sdk.create_batch(*arguments)
    expected = {"open": True, "device_type": "EMU_TN", "configuration": {"dt": 5}, "tags": ["tag"]}
    assert cloud.created().items() >= expected.items()


def test_an_sdk_by_position(cloud: Any) -> None:
    """After the project come the client's class, the region and the identity provider."""
    conf = TokenProviderConf(f"{cloud.url}/token")
    login = cloud.router.post(f"{cloud.url}/token").respond(200, json={"access_token": "a", "expires_in": 60})
    with SDK("ada", "pass", None, None, None, None, cloud.project_id, HTTPClient, "sa", conf) as sdk:
        assert "apis.sa.pasqal.cloud" in repr(sdk)
        assert sdk.user_token() == "a"
    assert login.called


def test_a_client_class_by_position() -> None:
    """Its arguments are those of an SDK."""
    client = HTTPClient("project", "ada", "password", None, None, None, None, "sa")
    assert (client.project_id, client.endpoints) == ("project", Endpoints.from_region("sa"))
    assert client.user_agent.startswith("pasqal-cloud/")
    assert "{endpoint}" in client.unknown_endpoint_message
    there = Endpoints.at("https://cloud.test")
    assert OvhClient("project", "ada", "password", None, there).endpoints == there


# Handles in tests.


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", ID),
        ("open", True),
        ("device_type", "EMU_MPS"),
        ("project_id", ID),
        ("user_id", "ada"),
        ("parent_id", ID),
        ("tags", ["a"]),
        ("webhook", "https://me.test"),
        ("configuration", {"dt": 5}),
        ("backend_configuration", "{}"),
        ("jobs_count", 3),
        ("jobs_count_per_status", {"DONE": 3}),
        ("device_status", "ACTIVE"),
        ("created_at", datetime(2026, 1, 2, tzinfo=UTC)),
        ("end_datetime", None),
    ],
)
def test_what_a_batch_shows_can_be_set(name: str, value: Any) -> None:
    """It reads back, and nothing else changes."""
    batch = Batch(id="b", status="DONE", user_id="bob", jobs=[{"id": "j", "status": "DONE"}])
    setattr(batch, name, value)
    assert getattr(batch, name) == value
    assert batch.status == "DONE"
    assert [job.id for job in batch.ordered_jobs] == ["j"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("runs", 7),
        ("batch_id", ID),
        ("variables", {"a": [1, 2]}),
        ("errors", ["No."]),
        ("start_timestamp", datetime(2026, 1, 2, tzinfo=UTC)),
    ],
)
def test_what_a_job_shows_can_be_set(name: str, value: Any) -> None:
    """It reads back."""
    job: Any = Job(id="j", status="DONE")
    setattr(job, name, value)
    assert getattr(job, name) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [("result", {"a": 1}), ("config", {"b": 2}), ("backend", "there"), ("result_link", "https://storage.test/r")],
)
def test_what_a_workload_shows_can_be_set(name: str, value: Any) -> None:
    """It reads back."""
    workload: Any = Workload(id="w", status="DONE")
    setattr(workload, name, value)
    assert getattr(workload, name) == value


def test_what_follows_from_others_can_not_be_set() -> None:
    """Nor can what does not exist be read."""
    batch: Any = Batch(id="b", status="DONE")
    for name in ("is_settled", "sequence_builder"):
        with pytest.raises(AttributeError):
            setattr(batch, name, True)


def test_the_jobs_of_a_batch_can_be_set() -> None:
    """As handles or fields, in a list or a dictionary."""
    batch, job = Batch(id="b", status="DONE"), Job(id="j", status="DONE")
    anything: Any = batch
    anything.ordered_jobs = [job, {"id": "k", "status": "DONE"}]
    assert [each.id for each in batch.ordered_jobs] == ["j", "k"]
    with pytest.warns(DeprecationWarning, match="ordered_jobs"):
        anything.jobs = {"j": job}
    assert batch.ordered_jobs == [job]


def test_the_contrary_of_open_can_be_set() -> None:
    """And warns."""
    batch = Batch(id="b", status="DONE")
    with pytest.warns(DeprecationWarning, match=r"Batch\.open"):
        batch.complete = False
    assert batch.open


def test_what_was_set_holds_until_the_next_refresh(sdk: Any, cloud: Any) -> None:
    """On handles of an SDK, too."""
    cloud.on("GET", f"/v2/batches/{cloud.batch_id}").mock(
        side_effect=[cloud.batch(tags=["a"]), cloud.batch(tags=["a"])]
    )
    batch = sdk.get_batch(cloud.batch_id)
    batch.tags = ["b"]
    assert batch.tags == ["b"]
    batch.refresh()
    assert batch.tags == ["a"]


def test_a_project_can_be_changed() -> None:
    """In tests; what an SDK has is its own."""
    project = Project(id="p", name="old")
    project.name = "new"
    assert project == Project(id="p", name="new")


# Filters.


def test_filters_can_be_changed() -> None:
    """They are checked and translated as when they are made, and ranges when they are sent."""
    filters = BatchFilters(min_jobs=3)
    filters.status, filters.max_jobs = "DONE", 5
    assert filters.query() == {"min_jobs": 3, "max_jobs": 5, "status": ["DONE"]}
    with pytest.raises(ValidationError, match="max_jobs"):
        filters.max_jobs = -1
    filters.max_jobs = 2
    with pytest.raises(ValidationError, match="min_jobs"):
        filters.query()


def test_a_page_that_was_changed_is_checked(sdk: Any, cloud: Any) -> None:
    """Before anything is sent."""
    page = PaginationParams(limit=5)
    page.limit = 1000
    with pytest.raises(ValidationError, match="limit must be from 1 to 100"):
        sdk.get_batches(None, page)
    assert cloud.sent == []


def test_filters_have_pydantics_names() -> None:
    """`model_dump` gives what JSON can have; both warn."""
    filters = JobFilters(id=ID, status=JobStatus.DONE, start_date=datetime(2026, 1, 2, tzinfo=UTC))
    given = {"id": [ID], "status": ["DONE"], "start_date": "2026-01-02T00:00:00+00:00"}
    for left_out in ("exclude_unset", "exclude_none", "exclude_defaults"):
        with pytest.warns(DeprecationWarning, match=r"attrs\.asdict"):
            assert filters.model_dump(**{left_out: True}) == given
    with pytest.warns(DeprecationWarning):
        assert filters.model_dump().items() >= (given | {"errors": None}).items()
    with pytest.warns(DeprecationWarning, match=r"attrs\.evolve"):
        assert filters.model_copy(update={"user_id": "ada"}).user_id == ["ada"]
    with pytest.warns(DeprecationWarning):
        assert PaginationParams(limit=5).model_dump(exclude_unset=True) == {"limit": 5}


# Answers.


@pytest.mark.parametrize(
    ("key", "ask"),
    [
        ("batches", lambda sdk, of: sdk.cancel_batches([of.batch_id, ID])),
        ("jobs", lambda sdk, of: sdk.cancel_jobs(of.batch_id, CancelJobFilters(id=ID))),
    ],
)
def test_reasons_are_found_by_uuids_and_texts(sdk: Any, cloud: Any, key: str, ask: Any) -> None:
    """Of what was not cancelled."""
    cloud.router.route().mock(return_value=cloud.ok({key: [], "errors": {ID: "It is done."}}))
    errors = ask(sdk, cloud).errors
    for name in (ID, UUID(ID)):
        assert name in errors
        assert errors[name] == errors.get(name) == "It is done."
    for other in (cloud.batch_id, UUID(cloud.batch_id), 5):
        assert other not in errors
        assert errors.get(other, "none") == "none"
        with pytest.raises(KeyError):
            errors[other]
    assert dict(errors) == {ID: "It is done."}


# The SDK, and what it is made of.


def test_project_and_webhook_can_be_set(sdk: Any, cloud: Any) -> None:
    """For new batches; `switch_to_project` checks the project, too."""
    cloud.on("POST", "/v1/batches").mock(return_value=cloud.batch())
    sdk.project_id, sdk.webhook = ID, "https://me.test/done"
    sdk.create_batch("{}", JOBS)
    assert cloud.created().items() >= {"project_id": ID, "webhook": "https://me.test/done"}.items()


def test_jobs_as_the_api_takes_them() -> None:
    """By the old function, which warns."""
    with pytest.warns(DeprecationWarning, match="create_batch"):
        assert create_jobs_to_api_payload([{"runs": 5, "variables": {"a": 1}}]) == [{"runs": 5, "variables": {"a": 1}}]


@pytest.mark.parametrize(
    ("provider", "verify"),
    [
        (PasswordGrantTokenProvider("ada", "password"), True),
        (PasswordGrantTokenProvider("ada", "password", verify=False), False),
        (Auth0TokenProvider("ada", "password", Auth0Conf(domain="auth.test")), True),
        (InsecureAuth0TokenProvider("ada", "password"), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_provider_shows_what_it_was_made_of(provider: Any, verify: bool) -> None:
    """And no password."""
    assert provider.verify is verify
    assert provider.config.token_endpoint.startswith("https://")
    assert "password" not in {*vars(provider), *map(repr, vars(provider).values())}


class Early(ExpiringTokenProvider):
    """A provider of the old kind, which renews long before the end."""

    expiry_window = timedelta(seconds=300)

    def __init__(self, lifetime: int) -> None:
        self.lifetime, self.asked = lifetime, 0

    def _query_token(self) -> dict[str, Any]:
        self.asked += 1
        return {"access_token": f"token-{self.asked}", "expires_in": self.lifetime}


def test_a_subclass_says_when_tokens_are_renewed(clock: Any) -> None:
    """By `expiry_window`."""
    provider = Early(lifetime=600)
    assert provider.get_token() == "token-1"
    clock.now += 535  # 90 % of its life is 540 seconds
    assert provider.get_token() == "token-1"
    clock.now += 10
    assert provider.get_token() == "token-2"


# Names.


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("pasqal_cloud_client", "Batch BatchCreationError HTTPClient PaginatedResponse create_jobs_to_api_payload"),
        ("http_client", "TokenProvider JobFilters JSendPayload HTTPBearerAuthenticator Region"),
        ("batch", "HTTPClient EmuTNConfig JobRetryError"),
        ("job", "HTTPClient JobResult"),
        ("sdk", "PasqalCloudClient"),
        ("ovh", "PasqalCloudClient TokenProvider"),
        ("workload", "WorkloadResultsDecodeError HTTPClient"),
        ("device.device_types", "StrEnum"),
        ("utils.responses", "Batch Job"),
    ],
)
def test_names_are_found_where_a_module_had_imported_them(module: str, names: str) -> None:
    """What does not exist is not found."""
    home = importlib.import_module(f"pasqal_cloud.{module}")
    assert all(getattr(home, name) for name in names.split())
    with pytest.raises(AttributeError):
        _ = home.Sdk
    assert not hasattr(home, "no_such_name")
