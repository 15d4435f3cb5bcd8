"""The SDK as old programs make and use it."""

import copy
import functools
from functools import partial
from typing import Any

import httpx
import pytest

from pasqal_cloud import (
    SDK,
    Auth0Conf,
    BatchCreationError,
    BatchException,
    Endpoints,
    InvalidConfiguration,
    InvalidDeviceTypeSet,
    JobCreationError,
    JobFilters,
    JobSequenceVariablesConflict,
    MissingAllJobSequence,
    MissingJobSequence,
    NotFoundError,
    OnlyCompleteOrOpenCanBeSet,
    PasswordGrantTokenProvider,
    ProjectNotFoundError,
    TokenProvider,
    TokenProviderError,
    ValidationError,
    WorkloadCreationError,
)
from pasqal_cloud.authentication import (
    Auth0TokenProvider,
    ExpiringTokenProvider,
    HTTPBearerAuthenticator,
    InsecureAuth0TokenProvider,
)
from pasqal_cloud.device import BaseConfig, EmuFreeConfig, EmulatorType, EmuTNConfig
from pasqal_cloud.device.configuration import EmuFresnelConfig
from pasqal_cloud.endpoints import TokenProviderConf

WEBHOOK = "https://me.test/done?key=1"
JOBS = [{"runs": 5}]


def jwt_of(token: str = "token") -> dict[str, Any]:
    """What an identity provider answers."""
    return {"access_token": token, "expires_in": 3600}


# How it is made.


def test_arguments_have_the_old_order(cloud: Any) -> None:
    """Credentials, provider, endpoints, Auth0, webhook, project."""
    with SDK("ada@example.com", "password", None, cloud.endpoints, Auth0Conf(), WEBHOOK, cloud.project_id) as sdk:
        assert sdk.project_id == cloud.project_id
        assert cloud.url in repr(sdk)


@pytest.mark.parametrize("nothing", ["", None])
def test_what_is_empty_is_not_given(nothing: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As wrappers pass on what their users left out; the environment still counts then."""
    monkeypatch.setenv("PASQAL_PROJECT_ID", "of-the-environment")
    sdk = SDK(username=nothing, password=nothing, token_provider=None, webhook=nothing, project_id=nothing)
    assert sdk.project_id == "of-the-environment"


def test_nobody_sees_public_devices_without_a_token(colour: Any, cloud: Any) -> None:
    """`SDK()` needs no account for what is public."""
    specs = cloud.on("GET", "/v1/devices/public-specs").mock(
        return_value=cloud.ok([{"device_type": "FRESNEL", "specs": "{}"}])
    )
    listing = cloud.on("GET", "/v1/devices").mock(return_value=cloud.page({"device_type": "FRESNEL"}))
    sdk = colour.SDK(endpoints=cloud.endpoints)
    assert colour.call(sdk.get_device_specs_dict()) == {"FRESNEL": "{}"}
    assert [device.device_type for device in colour.call(sdk.devices())] == ["FRESNEL"]
    assert not any("Authorization" in route.calls.last.request.headers for route in (specs, listing))
    colour.call(sdk.close())


@pytest.mark.parametrize("project", [{}, {"project_id": "99999999-2222-4333-8444-555555555555"}], ids=["none", "one"])
@pytest.mark.parametrize(
    ("kind", "ask"),
    [
        (BatchCreationError, lambda sdk: sdk.create_batch("{}", JOBS)),
        (WorkloadCreationError, lambda sdk: sdk.create_workload("type", "backend", {})),
    ],
)
def test_nobody_is_told_who_is_missing(colour: Any, cloud: Any, project: Any, kind: Any, ask: Any) -> None:
    """Where a token is needed, before anything is sent, and as an error of the operation."""
    sdk = colour.SDK(endpoints=cloud.endpoints, **project)
    error = colour.attempt(kind, lambda: ask(sdk))
    assert isinstance(error, ValidationError)
    assert "No credentials found" in str(error)
    assert cloud.sent == []
    colour.call(sdk.close())


def test_half_credentials_are_refused_at_once() -> None:
    """They are a mistake, not nobody's."""
    with pytest.raises(ValidationError, match="is missing"):
        SDK(password="password")


def test_an_sdk_and_its_handles_can_be_in_sets(sdk: Any, cloud: Any) -> None:
    """And be keys of dictionaries, and arguments of cached functions."""
    cloud.on("GET", f"/v2/batches/{cloud.batch_id}").mock(
        return_value=cloud.batch(jobs=[{"id": cloud.batch_id, "status": "DONE"}])
    )
    batch = sdk.get_batch(cloud.batch_id)
    assert len({sdk, batch, *batch.ordered_jobs, sdk, batch}) == 3


class Own(TokenProvider):
    def get_token(self) -> str:
        return "token"


@pytest.mark.parametrize(
    "provider",
    [
        Own(),
        PasswordGrantTokenProvider("ada", "password"),
        Auth0TokenProvider("ada", "password"),
        InsecureAuth0TokenProvider("ada", "password", Auth0Conf()),
    ],
    ids=lambda provider: type(provider).__name__,
)
def test_providers_can_be_arguments_of_cached_functions(provider: TokenProvider) -> None:
    """As qadence passes them through `lru_cache`."""
    made = functools.lru_cache(lambda token_provider: SDK(token_provider=token_provider))
    assert made(provider) is made(provider)


def test_a_deep_copy_works_on(sdk: Any, cloud: Any) -> None:
    """qiskit-pasqal-provider copies its backend, with what that holds, on each run."""
    cloud.on("GET", f"/v2/batches/{cloud.batch_id}").mock(return_value=cloud.batch())
    sdk.get_batch(cloud.batch_id)
    with copy.deepcopy(sdk) as twin:
        assert twin.get_batch(cloud.batch_id).status == "PENDING"
        assert twin.project_id == sdk.project_id


# Webhooks.


def test_the_webhook_goes_with_each_new_batch(colour: Any, cloud: Any) -> None:
    """With its query; and an SDK with other options keeps it."""
    cloud.on("POST", "/v1/batches").mock(return_value=cloud.batch())
    sdk = colour.SDK(
        token_provider=Own(), endpoints=cloud.endpoints, project_id=cloud.project_id, webhook=WEBHOOK
    ).with_options(timeout=5)
    colour.call(sdk.create_batch("{}", JOBS))
    assert cloud.created()["webhook"] == WEBHOOK
    colour.call(sdk.close())


def test_without_a_webhook_none_is_sent(sdk: Any, cloud: Any) -> None:
    """The field is left out."""
    cloud.on("POST", "/v1/batches").mock(return_value=cloud.batch())
    sdk.create_batch("{}", JOBS)
    assert "webhook" not in cloud.created()


@pytest.mark.parametrize("webhook", ["me.test/done", "ftp://me.test", "https://", 5])
def test_a_webhook_must_be_a_url(webhook: Any) -> None:
    """Of HTTP; what was given is not repeated, since it may hold a key."""
    with pytest.raises(ValidationError, match="webhook must be a URL") as caught:
        SDK("ada", "password", webhook=webhook)
    assert "me.test" not in str(caught.value)


# Creating batches.


@pytest.mark.parametrize("device", [EmulatorType.EMU_TN, "EMU_TN"])
def test_device_types_of_every_kind(sdk: Any, cloud: Any, device: Any) -> None:
    """An `EmulatorType` is a device type too."""
    cloud.on("POST", "/v1/batches").mock(return_value=cloud.batch())
    sdk.create_batch("{}", jobs=JOBS, device_type=device, open=None, tags=None, configuration=None, emulator=None)
    assert cloud.created().items() >= {"device_type": "EMU_TN", "open": False}.items()
    assert "configuration" not in cloud.created()


@pytest.mark.parametrize(
    ("configuration", "sent"),
    [
        (
            EmuTNConfig(dt=2, extra_config={"seed": 3}),
            {"strict_validation": False, "dt": 2, "precision": "normal", "max_bond_dim": 500, "seed": 3},
        ),
        ({"with_noise": True}, {"with_noise": True}),
        (EmuFresnelConfig(), {}),
        ({}, {}),
    ],
    ids=str,
)
def test_configurations_are_sent(sdk: Any, cloud: Any, configuration: Any, sent: dict[str, Any]) -> None:
    """In the old form, with one warning."""
    cloud.on("POST", "/v1/batches").mock(return_value=cloud.batch())
    with pytest.warns(DeprecationWarning, match="use backend_configuration") as told:
        sdk.create_batch("{}", JOBS, configuration=configuration)
    assert len(told) == 1
    assert cloud.created()["configuration"] == sent


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"emulator": "EMU_TN", "device_type": "EMU_TN"}, InvalidDeviceTypeSet),
        ({"complete": True, "open": False}, OnlyCompleteOrOpenCanBeSet),
        ({"complete": False, "open": True}, OnlyCompleteOrOpenCanBeSet),
        ({"serialized_sequence": None, "jobs": JOBS}, MissingAllJobSequence),
        ({"serialized_sequence": None, "jobs": [*JOBS, {"runs": 1, "serialized_sequence": "{}"}]}, MissingJobSequence),
        (
            {"jobs": [{"runs": 1, "serialized_sequence": "{}", "variables": {"a": 1}}]},
            JobSequenceVariablesConflict,
        ),
    ],
    ids=str,
)
def test_what_does_not_fit_has_its_own_error(sdk: Any, cloud: Any, arguments: Any, expected: Any) -> None:
    """By the old name, as an error of the creation too, and nothing is sent."""
    with pytest.raises(expected) as caught:
        sdk.create_batch(**{"serialized_sequence": "{}", "jobs": JOBS} | arguments)
    assert isinstance(caught.value, BatchException)
    assert isinstance(caught.value, ValueError)
    assert cloud.sent == []


def test_the_jobs_without_a_sequence_are_named(sdk: Any) -> None:
    """By their places."""
    with pytest.raises(MissingJobSequence, match=r"jobs\[0\], jobs\[2\] have no sequence"):
        sdk.create_batch(None, [*JOBS, {"runs": 1, "serialized_sequence": "{}"}, *JOBS])


@pytest.mark.parametrize(
    ("configuration", "change", "word"),
    [
        (EmuTNConfig(), {"dt": 0}, "dt"),
        (EmuTNConfig(), {"precision": "best"}, "precision"),
        (EmuTNConfig(), {"max_bond_dim": "many"}, "max_bond_dim"),
        (EmuTNConfig(), {"extra_config": {"dt": 5}}, "extra_config can't contain dt"),
        (EmuFreeConfig(), {"extra_config": "with_noise"}, "extra_config must be a dictionary"),
        (EmuFreeConfig(), {"result_types": ["run"]}, "result_types"),
        (BaseConfig(), {"result_types": 7}, "result_types must be a list"),
        (BaseConfig(), {"result_types": "counter"}, "result_types must be a list"),
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_configuration_is_checked_again_when_it_is_sent(
    sdk: Any, cloud: Any, configuration: Any, change: dict[str, Any], word: str
) -> None:
    """It can be changed after it was made; nothing is sent then."""
    configuration = copy.copy(configuration)
    for name, value in change.items():
        setattr(configuration, name, value)
    with pytest.raises(InvalidConfiguration, match=word):
        sdk.create_batch("{}", JOBS, configuration=configuration)
    assert not cloud.sent


@pytest.mark.parametrize("configuration", [5, "EMU_TN", [("dt", 5)]], ids=str)
def test_what_is_no_configuration_is_refused(sdk: Any, cloud: Any, configuration: Any) -> None:
    """Before anything is sent."""
    with pytest.warns(DeprecationWarning), pytest.raises(InvalidConfiguration):
        sdk.create_batch("{}", JOBS, configuration=configuration)
    assert cloud.sent == []


def test_jobs_that_conflict_are_refused_where_they_are_added(sdk: Any, cloud: Any) -> None:
    """By the same name."""
    with pytest.raises(JobSequenceVariablesConflict) as caught:
        sdk.add_jobs(cloud.batch_id, [{"runs": 1, "serialized_sequence": "{}", "variables": {"a": 1}}])
    assert isinstance(caught.value, JobCreationError)


def test_an_unknown_project_is_not_switched_to(sdk: Any, cloud: Any) -> None:
    """It is no project of the account's, and no project is found."""
    cloud.router.get(f"{cloud.url}/account/api/v1/projects").mock(return_value=cloud.page())
    with pytest.raises(ProjectNotFoundError) as caught:
        sdk.switch_to_project(cloud.batch_id)
    assert isinstance(caught.value, NotFoundError)
    assert sdk.project_id == cloud.project_id


def test_filters_read_as_lists(sdk: Any) -> None:
    """Tests of other packages look the ids up in their own doubles."""
    ids = ["11111111-2222-4333-8444-555555555555", "11111111-2222-4333-8444-555555555556"]
    given = JobFilters(id=ids).id
    assert isinstance(given, list)
    assert [str(each) for each in given] == ids


# Places, and tokens.


@pytest.mark.parametrize(("region", "host"), [("fr", "apis.pasqal.cloud"), ("sa", "apis.sa.pasqal.cloud")])
def test_places_of_a_region(region: Any, host: str) -> None:
    """The services and their identity provider, by the region's name; France's by default."""
    assert Endpoints.from_region(region).core == f"https://{host}/core-fast"
    assert TokenProviderConf.from_region(region).token_endpoint.startswith("https://")
    assert Endpoints.from_region(None) == Endpoints()
    assert TokenProviderConf.from_region(None) == TokenProviderConf()


def test_auth0_in_general_terms() -> None:
    """Its domain becomes the token's address."""
    conf = TokenProviderConf.from_auth0_config(Auth0Conf(domain="auth.test", realm="users"))
    assert (conf.token_endpoint, conf.realm) == ("https://auth.test/oauth/token", "users")


def test_requests_are_signed_by_the_old_class(cloud: Any) -> None:
    """For httpx and for `requests`, both of which call it."""
    route = cloud.router.get("https://other.test").mock(return_value=httpx.Response(200))
    for provider in (Own(), None):
        httpx.get("https://other.test", auth=HTTPBearerAuthenticator(provider))
    signed, plain = (call.request.headers for call in route.calls)
    assert signed["Authorization"] == "Bearer token"
    assert "Authorization" not in plain


class Asking(ExpiringTokenProvider):
    """A provider of the old kind."""

    def __init__(self, *answers: Any) -> None:
        super().__init__("for", who="ever")
        self.answers = list(answers)

    def _query_token(self) -> Any:
        return self.answers.pop(0)


def test_providers_that_ask_by_themselves(colour: Any) -> None:
    """By `_query_token`, whose answer is kept until it expires."""
    provider = Asking(jwt_of("a"), jwt_of("b"))
    sdk = colour.SDK(token_provider=provider)
    assert colour.call(sdk.user_token()) == colour.call(sdk.user_token()) == provider.get_token() == "a"
    provider.forget("a")
    assert colour.call(sdk.user_token()) == "b"
    colour.call(sdk.close())


class Forgetful(ExpiringTokenProvider):
    """A provider whose `__init__` calls no other, and which can't ask."""

    def __init__(self, error: Exception | None) -> None:
        if error is not None:
            self._query_token = partial(self._fail, error)

    def _fail(self, error: Exception) -> Any:
        raise error


@pytest.mark.parametrize(
    ("error", "told"),
    [(OSError("No file."), "could not get a token: OSError"), (None, "has no token_request")],
    ids=str,
)
def test_a_provider_that_can_not_ask_raises_the_packages_error(colour: Any, error: Any, told: str) -> None:
    """With the cause, if it has one; both by an SDK and by itself."""
    provider = Forgetful(error)
    assert provider.token is None
    sdk = colour.SDK(token_provider=provider)
    failed = colour.attempt(TokenProviderError, sdk.user_token)
    assert told in str(failed)
    assert failed.__cause__ is error
    colour.call(sdk.close())
    with pytest.raises(TokenProviderError, match=told):
        provider.get_token()


def test_copies_of_a_provider_share_the_token() -> None:
    """Made before the first token is asked for, too."""
    provider = Asking(jwt_of("a"))
    twin = copy.deepcopy(provider)
    assert provider.get_token() == twin.token == "a"


@pytest.mark.parametrize("answer", [{}, None, {"access_token": ""}, {"access_token": "a b"}], ids=str)
def test_an_answer_without_a_token_is_told(answer: Any) -> None:
    """As that of an identity provider is."""
    with pytest.raises(TokenProviderError, match="contains no token"):
        Asking(answer).get_token()
