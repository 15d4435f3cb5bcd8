"""Tokens on the wire: who asks for them, when, and what happens when they are refused."""

import base64
import json
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from pasqal_cloud import (
    AuthenticationError,
    BatchFetchingError,
    PasqalCloudError,
    PasswordGrantTokenProvider,
    RetryPolicy,
    ServerError,
    SubmissionUnknownError,
    TokenProvider,
)
from pasqal_cloud.authentication import TokenProviderError

pytestmark = pytest.mark.blocking_first


def tokens(*names: str, expires_in: float = 86_400) -> list[httpx.Response]:
    """Answers of the token endpoint."""
    return [httpx.Response(200, json={"access_token": name, "expires_in": expires_in}) for name in names]


def bearers(route: Any) -> list[str]:
    """What a route's requests carried."""
    return [call.request.headers["Authorization"] for call in route.calls]


def test_the_token_request_is_a_password_grant(colour: Any, cloud: Any, sdk: Any) -> None:
    """The form has the fields of the password-realm grant; the request says who makes it, and has a timeout."""
    cloud.getting.mock(return_value=cloud.batch())
    colour.call(sdk.get_batch(cloud.batch_id))
    request = cloud.tokens.calls.last.request
    assert {name: values for name, (values,) in parse_qs(request.content.decode()).items()} == {
        "grant_type": "http://auth0.com/oauth/grant-type/password-realm",
        "realm": "pcs-users",
        "client_id": "PeZvo7Atx7IVv3iel59asJSb4Ig7vuSB",
        "audience": "https://apis.pasqal.cloud/account/api/v1",
        "username": "ada@example.com",
        "password": "pa55word",
    }
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert request.headers["User-Agent"].startswith("pasqal-cloud/")
    assert "Authorization" not in request.headers
    assert 0 < request.extensions["timeout"]["read"] <= 60


def test_requests_carry_the_token(colour: Any, cloud: Any, sdk: Any) -> None:
    """One token serves for several requests, each of which says who makes it."""
    route = cloud.getting.mock(return_value=cloud.batch())
    for _ in range(3):
        colour.call(sdk.get_batch(cloud.batch_id))
    assert bearers(route) == ["Bearer token-1"] * 3
    assert route.calls.last.request.headers["User-Agent"].startswith("pasqal-cloud/")
    assert cloud.tokens.call_count == 1


def test_nothing_is_sent_before_the_first_operation(cloud: Any, sdk: Any) -> None:
    """Making an SDK logs nobody in."""
    assert cloud.router.calls.call_count == 0


def test_an_expired_token_is_renewed_before_it_is_used(colour: Any, cloud: Any, sdk: Any) -> None:
    """A token that has no life left is not sent."""
    route = cloud.getting.mock(return_value=cloud.batch())
    cloud.tokens.mock(side_effect=[*tokens("short", expires_in=0), *tokens("long")])
    for _ in range(3):
        colour.call(sdk.get_batch(cloud.batch_id))
    assert bearers(route) == ["Bearer short", "Bearer long", "Bearer long"]


def test_a_refused_token_is_renewed_once(colour: Any, cloud: Any, sdk: Any) -> None:
    """A token that was revoked, or that a wrong clock takes for good, is replaced without the user's notice."""
    route = cloud.getting.mock(side_effect=[httpx.Response(401), cloud.batch(), cloud.batch()])
    cloud.tokens.mock(side_effect=tokens("revoked", "good"))
    for _ in range(2):
        colour.call(sdk.get_batch(cloud.batch_id))
    assert bearers(route) == ["Bearer revoked", "Bearer good", "Bearer good"]


def test_a_token_that_is_always_refused_is_an_error(colour: Any, cloud: Any, open_sdk: Any) -> None:
    """After one renewal it is not the token's age, however often other failures are tried again."""
    sdk = open_sdk(endpoints=cloud.endpoints, retry=RetryPolicy(attempts=6, first=0.0))
    cloud.tokens.mock(side_effect=tokens("first", "second"))
    route = cloud.getting.mock(return_value=httpx.Response(401, json={"message": "Unknown user."}))
    error = colour.attempt(BatchFetchingError, lambda: sdk.get_batch(cloud.batch_id))
    assert isinstance(error, AuthenticationError)
    assert error.description == "Unknown user."
    assert (route.call_count, cloud.tokens.call_count) == (2, 2)


def test_a_submission_is_made_again_with_a_new_token(colour: Any, cloud: Any, sdk: Any) -> None:
    """The service's own 401 proves that nothing was done: the batch is created, once, with the new token."""
    cloud.tokens.mock(side_effect=tokens("revoked", "good"))
    refusal = {"status": "fail", "message": "Unauthorized", "code": "401"}
    route = cloud.creating.mock(side_effect=[httpx.Response(401, json=refusal), cloud.batch()])
    colour.call(sdk.create_batch("{}", [{"runs": 1}]))
    assert cloud.listing.call_count == 0
    first, second = (call.request for call in route.calls)
    assert first.content == second.content
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]


def test_a_strangers_401_is_looked_behind_before_a_submission_is_made_again(colour: Any, cloud: Any, sdk: Any) -> None:
    """A proxy that answers 401 may have passed the request on: it is made again once a look has found nothing."""
    cloud.tokens.mock(side_effect=tokens("revoked", "good"))
    route = cloud.creating.mock(side_effect=[httpx.Response(401, html="<html>"), cloud.batch()])
    colour.call(sdk.create_batch("{}", [{"runs": 1}]))
    assert (route.call_count, cloud.listing.call_count) == (2, 1)


def test_a_renewal_that_fails_does_not_hide_that_a_submission_was_sent(colour: Any, cloud: Any, open_sdk: Any) -> None:
    """After a proxy's 401 and a failed renewal of the token, the batch is looked for before it is sent again."""
    answers = iter(["revoked", ConnectionError("no identity provider"), "good", "good"])

    class Shaky(TokenProvider):
        def get_token(self) -> str:
            token = next(answers)
            if isinstance(token, Exception):
                raise token
            return str(token)

    route = cloud.creating.mock(side_effect=[httpx.Response(401, html="<html>"), cloud.batch()])
    sdk = open_sdk(username=None, password=None, token_provider=Shaky(), endpoints=cloud.endpoints)
    colour.call(sdk.create_batch("{}", [{"runs": 1}]))
    assert (route.call_count, cloud.listing.call_count) == (2, 1)


@pytest.mark.parametrize("charset", ["hex", "zlib", "no-charset", "utf-16"])
def test_a_401_in_any_charset_is_looked_behind(colour: Any, cloud: Any, sdk: Any, charset: str) -> None:
    """A codec that an answer names is not run to find out whose answer it is."""
    cloud.tokens.mock(side_effect=tokens("revoked", "good"))
    kind = {"Content-Type": f"application/json; charset={charset}"}
    refusal = httpx.Response(401, content=b"<html>", headers=kind)
    route = cloud.creating.mock(side_effect=[refusal, cloud.batch()])
    colour.call(sdk.create_batch("{}", [{"runs": 1}]))
    assert (route.call_count, cloud.listing.call_count) == (2, 1)


def test_where_every_look_is_refused_too_the_credentials_are(colour: Any, cloud: Any, open_sdk: Any) -> None:
    """A token that is refused whatever is asked is one clear error, whoever refuses it, and nothing is made again."""
    route = cloud.creating.mock(return_value=httpx.Response(401))
    cloud.listing.mock(return_value=httpx.Response(401))
    sdk = open_sdk(username=None, password=None, token="expired", endpoints=cloud.endpoints)
    error = colour.attempt(AuthenticationError, lambda: sdk.create_batch("{}", [{"runs": 1}]))
    assert not isinstance(error, SubmissionUnknownError)
    assert "The token may have expired, and the SDK can't renew" in str(error)
    assert route.call_count == 1


@pytest.mark.parametrize("status", [400, 401, 403])
def test_wrong_credentials_are_one_clear_error(colour: Any, cloud: Any, sdk: Any, status: int) -> None:
    """Nothing is tried again, nothing is sent to the API, and the password is nowhere to be read."""
    cloud.tokens.respond(status, json={"error": "invalid_grant", "error_description": "Wrong email or password."})
    error = colour.attempt(BatchFetchingError, lambda: sdk.get_batch(cloud.batch_id))
    assert isinstance(error, TokenProviderError)
    assert isinstance(error, AuthenticationError)
    assert "Wrong email or password." in str(error)
    assert (error.status, error.url) == (status, f"{cloud.url}/oauth/token")
    assert cloud.router.calls.call_count == 1
    assert "pa55word" not in str(error) + repr(error) + str(vars(error))


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, html="<html>Hello</html>"),
        httpx.Response(200, json={"expires_in": 5}),
        httpx.Response(200, json={"access_token": ""}),
        httpx.Response(200, json={"access_token": {"secret": 1}}),
        httpx.Response(200, text=""),
        httpx.Response(200, text="null"),
        httpx.Response(200, json=["token"]),
        httpx.Response(200, content=b"[" * 100_000),
        httpx.Response(302, headers={"Location": "https://login.test"}),
    ],
    ids=lambda answer: f"{answer.status_code} {answer.text[:20]}",
)
def test_an_answer_without_a_token_is_the_packages_error(
    colour: Any, cloud: Any, sdk: Any, answer: httpx.Response
) -> None:
    """A portal's login page, or whatever else stands in between, is told as what it is."""
    cloud.tokens.mock(return_value=answer)
    error = colour.attempt(BatchFetchingError, lambda: sdk.get_batch(cloud.batch_id))
    assert error.status == answer.status_code
    assert error.url == f"{cloud.url}/oauth/token"


def test_an_outage_of_the_identity_provider_is_sat_out(colour: Any, cloud: Any, open_sdk: Any) -> None:
    """It fails and recovers like every other service, also where a token was refused; no login is without an end."""
    outage = [httpx.Response(502, html="<html>"), httpx.ConnectError("refused"), httpx.Response(502)]
    cloud.tokens.mock(side_effect=[*outage, *tokens("revoked", "late")])
    route = cloud.getting.mock(side_effect=[httpx.Response(401), cloud.batch()])
    sdk = open_sdk(endpoints=cloud.endpoints, retry=RetryPolicy(attempts=6, first=0.0))
    assert colour.call(sdk.get_batch(cloud.batch_id)).id == cloud.batch_id
    assert bearers(route) == ["Bearer revoked", "Bearer late"]
    assert cloud.tokens.call_count == 5
    assert all(0 < call.request.extensions["timeout"]["read"] <= 60 for call in cloud.tokens.calls)


@pytest.mark.parametrize("failure", [httpx.Response(502, html="<html>"), httpx.ReadTimeout("slow")], ids=str)
def test_an_outage_of_the_identity_provider_does_not_end_a_submission(
    colour: Any, cloud: Any, sdk: Any, failure: Any
) -> None:
    """Without a token nothing was submitted, so that trying again does no harm."""
    cloud.tokens.mock(side_effect=[failure, *tokens("late")])
    route = cloud.creating.mock(return_value=cloud.batch())
    colour.call(sdk.create_batch("{}", [{"runs": 1}]))
    assert route.call_count == 1


def test_a_lasting_outage_of_the_identity_provider_is_its_error(colour: Any, cloud: Any, sdk: Any) -> None:
    """The error says who failed, and that it was not the credentials."""
    cloud.tokens.respond(503)
    error = colour.attempt(BatchFetchingError, lambda: sdk.get_batch(cloud.batch_id))
    assert isinstance(error, ServerError)
    assert not isinstance(error, AuthenticationError)
    assert "identity provider" in str(error)


class Desk(TokenProvider):
    """A user's own provider, which gives another token each time."""

    def __init__(self) -> None:
        self.given = 0

    def get_token(self) -> str:
        self.given += 1
        return f"desk-{self.given}"


def test_a_provider_of_the_users_own_is_asked_each_time(colour: Any, cloud: Any, open_sdk: Any) -> None:
    """It keeps its tokens itself; a refused one is asked for once more."""
    sdk = open_sdk(username=None, password=None, token_provider=Desk(), endpoints=cloud.endpoints)
    route = cloud.getting.mock(side_effect=[cloud.batch(), httpx.Response(401), cloud.batch()])
    for _ in range(2):
        colour.call(sdk.get_batch(cloud.batch_id))
    assert bearers(route) == ["Bearer desk-1", "Bearer desk-2", "Bearer desk-3"]
    assert cloud.tokens.call_count == 0


@pytest.mark.parametrize("error", [KeyError("vault"), ValueError("x"), OSError("disk"), RuntimeError(), TimeoutError()])
@pytest.mark.parametrize("operation", ["get_batch", "create_batch"])
def test_an_error_of_the_users_own_provider_says_that_nothing_was_sent(
    colour: Any, cloud: Any, open_sdk: Any, error: Exception, operation: str
) -> None:
    """It is the cause of a typed one; nobody has to look for what was never sent."""

    class Empty(TokenProvider):
        def get_token(self) -> str:
            raise error

    sdk = open_sdk(username=None, password=None, token_provider=Empty(), endpoints=cloud.endpoints)
    arguments = [cloud.batch_id] if operation == "get_batch" else ["{}", [{"runs": 1}]]
    told = colour.attempt(TokenProviderError, lambda: getattr(sdk, operation)(*arguments))
    assert not told.sent
    assert isinstance(told.__cause__, type(error))
    assert told.__cause__.args == error.args
    assert not hasattr(told, "__notes__")
    assert not cloud.router.calls


# The provider by itself.


def jwt(**claims: Any) -> str:
    """A token that says something of itself."""
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"header.{payload}.signature"


@pytest.mark.parametrize(
    ("content", "is_kept"),
    [
        ({"access_token": "t", "expires_in": 3600}, True),
        ({"access_token": "t", "expires_in": 1}, True),
        ({"access_token": "t", "expires_in": 0}, False),
        ({"access_token": "t", "expires_in": -100}, False),
        ({"access_token": "t"}, True),
        ({"access_token": "t", "expires_in": None}, True),
        ({"access_token": "not.a.jwt"}, True),
        ({"access_token": jwt(exp=4_000_000_000)}, True),
        ({"access_token": jwt(exp=1_000_000_000)}, False),
        ({"access_token": jwt(sub="ada")}, True),
        ({"access_token": jwt(exp=1_000_000_000), "expires_in": 3600}, True),
    ],
)
def test_a_token_is_kept_while_it_lives(content: Any, is_kept: bool) -> None:
    """How long it lives the answer says, or the token itself; where neither does, it is kept until it is refused."""
    provider = PasswordGrantTokenProvider("ada@example.com", "pa55word")
    answer = httpx.Response(200, json=content, request=provider.token_request())
    assert provider.keep(answer) == content["access_token"]
    assert provider.token == (content["access_token"] if is_kept else None)


def test_only_the_refused_token_is_forgotten() -> None:
    """A late refusal of the token before does not cost the new one."""
    provider = PasswordGrantTokenProvider("ada@example.com", "pa55word")
    provider.keep(httpx.Response(200, json={"access_token": "new"}, request=provider.token_request()))
    provider.forget("old")
    assert provider.token == "new"
    provider.forget("new")
    assert provider.token is None


def test_a_provider_can_be_asked_by_itself(cloud: Any) -> None:
    """`get_token` gives a token to code that is not the SDK's, and asks for one only when it must."""
    provider = PasswordGrantTokenProvider("ada@example.com", "pa55word", cloud.endpoints.auth)
    assert [provider.get_token(), provider.get_token()] == ["token-1", "token-1"]
    assert cloud.tokens.call_count == 1


def test_a_provider_by_itself_raises_the_packages_errors(cloud: Any) -> None:
    """Refusals and broken connections alike."""
    provider = PasswordGrantTokenProvider("ada@example.com", "pa55word", cloud.endpoints.auth)
    cloud.tokens.mock(side_effect=[httpx.Response(403, json={"error": "invalid_grant"}), httpx.ConnectError("refused")])
    for _ in range(2):
        with pytest.raises(PasqalCloudError):
            provider.get_token()
