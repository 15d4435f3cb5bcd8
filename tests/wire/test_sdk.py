"""The SDK itself: how it is made, closed and shown, and the generated client that it offers."""

import json
import pickle
from typing import Any
from uuid import UUID

import httpx
import pytest

from pasqal_cloud import ClosedError, Endpoints, NotFoundError, PasqalCloudError, TokenProviderConf, ValidationError
from pasqal_cloud_api import models
from pasqal_cloud_api.api.authentication import create_token
from pasqal_cloud_api.api.batches import create_batch, list_batches
from pasqal_cloud_api.api.ovh import get_ovh_batch

from ..doubles.line import Line

pytestmark = pytest.mark.blocking_first


@pytest.mark.parametrize("shown", [repr, str, lambda sdk: repr(vars(sdk))])
def test_the_password_is_not_shown(colour: Any, shown: Any) -> None:
    """Neither the SDK nor what hangs on it shows it."""
    assert "pa55word" not in shown(colour.SDK("ada@example.com", "pa55word"))


def test_an_sdk_shows_where_it_points_to(sdk: Any, cloud: Any, colour: Any) -> None:
    """Which service and which project, in one line."""
    assert repr(sdk) == f"{colour.SDK.__name__}('{cloud.url}/core-fast', project_id='{cloud.project_id}')"


@pytest.mark.parametrize(
    ("region", "api", "token_endpoint"),
    [
        ("fr", "https://apis.pasqal.cloud", "https://pasqal.eu.auth0.com/oauth/token"),
        (
            "sa",
            "https://apis.sa.pasqal.cloud",
            "https://auth.sa.pasqal.cloud/realms/pasqal-cloud/protocol/openid-connect/token",
        ),
    ],
)
def test_a_region_is_an_api_and_an_identity_provider(
    colour: Any, cloud: Any, open_sdk: Any, *, region: str, api: str, token_endpoint: str
) -> None:
    """The region alone is enough to reach the right hosts."""
    sdk = open_sdk(region=region)
    login = cloud.router.post(token_endpoint).respond(json={"access_token": "token", "expires_in": 5})
    route = cloud.router.get(f"{api}/core-fast/api/v2/batches/{cloud.batch_id}").mock(return_value=cloud.batch())
    colour.call(sdk.get_batch(cloud.batch_id))
    assert (login.call_count, route.call_count) == (1, 1)


def test_endpoints_may_bring_their_identity_provider(colour: Any, cloud: Any, open_sdk: Any) -> None:
    """Without one, the region's is used."""
    endpoints = Endpoints(core=f"{cloud.url}/core-fast", auth=TokenProviderConf("https://id.test/token", realm="r"))
    login = cloud.router.post("https://id.test/token").respond(json={"access_token": "token"})
    cloud.getting.mock(return_value=cloud.batch())
    colour.call(open_sdk(endpoints=endpoints).get_batch(cloud.batch_id))
    assert b"realm=r&" in login.calls.last.request.content


@pytest.mark.parametrize("core", ["https://core.test", "https://core.test/", "https://core.test/pasqal/v7/"])
@pytest.mark.parametrize("account", ["https://account.test", "https://account.test/core-fast/users"])
def test_endpoints_may_be_anywhere(colour: Any, cloud: Any, open_sdk: Any, *, core: str, account: str) -> None:
    """A base URL takes the place of /core-fast or /account, whatever it is; OVH's operations are the core service's."""
    sdk = open_sdk(endpoints=Endpoints(core, account, Endpoints.at(cloud.url).auth))
    batch = cloud.router.get(f"{core.rstrip('/')}/api/v2/batches/{cloud.batch_id}").mock(return_value=cloud.batch())
    projects = cloud.router.get(f"{account}/api/v1/projects").mock(return_value=cloud.page())
    path = f"api/v1/third-party-access/ovh/batches/{cloud.batch_id}"
    ovh = cloud.router.get(f"{core.rstrip('/')}/{path}").mock(return_value=cloud.batch())
    colour.call(sdk.get_batch(cloud.batch_id))
    colour.call(sdk.get_all_projects())
    colour.call(sdk.call(get_ovh_batch, UUID(cloud.batch_id)))
    assert (batch.call_count, projects.call_count, ovh.call_count) == (1, 1, 1)


def test_an_sdk_is_a_context_manager(colour: Any, cloud: Any) -> None:
    """Leaving it closes its connections, and errors pass through."""
    line = Line(lambda _: cloud.batch())
    settings = {"token": "t", "endpoints": cloud.endpoints, "transport": line.transport}
    used: list[Any] = []

    def use() -> None:
        with colour.SDK(**settings) as sdk:
            sdk.get_batch(cloud.batch_id)
            used.append(sdk)
            raise KeyError("lost")

    async def ause() -> None:
        async with colour.SDK(**settings) as sdk:
            await sdk.get_batch(cloud.batch_id)
            used.append(sdk)
            raise KeyError("lost")

    colour.attempt(KeyError, use if colour.is_blocking else ause)
    assert line.closed == ["blocking" if colour.is_blocking else "awaiting"]
    colour.attempt(ClosedError, lambda: used[0].get_batch(cloud.batch_id))


def test_closing_twice_does_no_harm(colour: Any, cloud: Any, sdk: Any) -> None:
    """What is closed stays so, used or not."""
    cloud.getting.mock(return_value=cloud.batch())
    colour.call(sdk.get_batch(cloud.batch_id))
    for _ in range(2):
        colour.call(sdk.close())


def test_any_operation_can_be_called(colour: Any, cloud: Any, sdk: Any) -> None:
    """`sdk.call` has the base URL and the token, takes the operation's parameters, and gives the generated models."""
    route = cloud.on("GET", "/v1/batches").mock(
        return_value=cloud.ok([{"id": cloud.batch_id, "status": "DONE"}], pagination={"total": 1, "start": 0, "end": 1})
    )
    page = colour.call(sdk.call(list_batches, status=["DONE"]))
    assert [(batch.id, batch.status) for batch in page.data] == [(cloud.batch_id, "DONE")]
    request = route.calls.last.request
    assert request.headers["Authorization"] == "Bearer token-1"
    assert request.url.params["status"] == "DONE"


def test_a_call_raises_the_packages_errors(colour: Any, cloud: Any, sdk: Any) -> None:
    """A failure is no None and no parsed error, but raised, with what the service said."""
    cloud.on("GET", "/v1/batches").respond(404, json={"message": "No such project."})
    error = colour.attempt(NotFoundError, lambda: sdk.call(list_batches))
    assert error.description == "No such project."


def test_a_call_of_wrong_values_is_refused(colour: Any, cloud: Any, sdk: Any) -> None:
    """What no request can be made of is an error of this package, and nothing is sent."""
    error = colour.attempt(ValidationError, lambda: sdk.call(list_batches, start_date="2026-01-01"))
    assert not error.sent
    assert "The request can't be sent" in str(error)


def test_a_call_by_ids_in_capitals_is_answered(colour: Any, cloud: Any, sdk: Any) -> None:
    """The same ids, as the service writes them, are what was asked for."""
    cloud.on("GET", "/v1/batches").mock(
        return_value=cloud.ok([{"id": cloud.batch_id, "status": "DONE"}], pagination={"total": 1, "start": 0, "end": 1})
    )
    page = colour.call(sdk.call(list_batches, id=[cloud.batch_id.upper()]))
    assert [batch.id for batch in page.data] == [cloud.batch_id]


def test_a_call_that_reads_is_made_again(colour: Any, cloud: Any, sdk: Any) -> None:
    """After a failure that passes, as the SDK's other methods do."""
    route = cloud.on("GET", "/v1/batches").mock(
        side_effect=[httpx.Response(503), cloud.ok([], pagination={"total": 0, "start": 0, "end": 0})]
    )
    assert colour.call(sdk.call(list_batches)).data == []
    assert route.call_count == 2


@pytest.mark.parametrize("failure", [httpx.Response(500), httpx.Response(429), httpx.ReadTimeout("slow")], ids=str)
def test_a_call_that_creates_is_made_once(colour: Any, cloud: Any, sdk: Any, failure: Any) -> None:
    """What may have spent money is not sent again, by this way neither: another try would succeed."""
    route = cloud.creating.mock(side_effect=[failure, cloud.batch()])
    body = models.CreateBatch(project_id=UUID(cloud.project_id), sequence_builder="{}", jobs=[])
    error = colour.attempt(PasqalCloudError, lambda: sdk.call(create_batch, body=body))
    assert error.sent
    assert route.call_count == 1


class Own:
    """An operation of a user's own, which gives the same dictionary each time."""

    def __init__(self, **arguments: Any) -> None:
        self.arguments = arguments

    def request(self) -> dict[str, Any]:
        return self.arguments

    def parse(self, answer: httpx.Response) -> Any:
        return answer.json()


def test_a_call_is_known_to_create_however_its_method_is_written(colour: Any, cloud: Any, sdk: Any) -> None:
    """Capitals are a method to httpx too, so an operation of a user's own may have them."""
    route = cloud.creating.mock(side_effect=[httpx.Response(500), cloud.batch()])
    colour.attempt(PasqalCloudError, lambda: sdk.call(Own(method="POST", url="/core-fast/api/v1/batches", json={})))
    assert route.call_count == 1


def test_a_call_leaves_what_its_operation_gives(colour: Any, cloud: Any, open_sdk: Any) -> None:
    """Else what one SDK has made of it would be sent by the next one to the first one's host, with its token."""
    operation = Own(method="get", url="/core-fast/api/v1/batches")
    for host in ("https://one.test", "https://two.test"):
        route = cloud.router.get(f"{host}/api/v1/batches").respond(json={})
        colour.call(open_sdk(endpoints=Endpoints(host, host, Endpoints.at(cloud.url).auth)).call(operation))
        assert route.call_count == 1


def test_an_sdk_logs_in_by_itself(colour: Any, cloud: Any, sdk: Any) -> None:
    """The login is not an operation of the services, which must not be sent a password."""
    body = models.TokenRequest(grant_type="password", username="ada@example.com", password="pa55word")
    error = colour.attempt(ValidationError, lambda: sdk.call(create_token, body=body))
    assert "No service has the path /oauth/token." in str(error)
    assert "user_token" in str(error)
    assert not error.sent
    assert not cloud.router.calls


def test_wrong_arguments_of_a_call_are_a_type_error(colour: Any, cloud: Any, sdk: Any) -> None:
    """As with any function; type checkers tell it before."""
    colour.attempt(TypeError, lambda: sdk.call(list_batches, statuses=["DONE"]))
    assert not cloud.router.calls


def test_errors_can_be_sent_to_another_process(colour: Any, cloud: Any, sdk: Any) -> None:
    """An error that came from the wire can be pickled, as pools of processes do."""
    cloud.getting.mock(return_value=httpx.Response(404, content=json.dumps({"message": "No."}).encode()))
    error = colour.attempt(PasqalCloudError, lambda: sdk.get_batch(cloud.batch_id))
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
