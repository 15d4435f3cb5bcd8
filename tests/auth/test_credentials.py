"""Who is asking, and where: arguments, then the environment, then a profile."""

import getpass
import io
import logging
import sys
import types
from typing import Any

import pytest

from pasqal_cloud import (
    AUTH0_CONFIG,
    AUTH_CONFIG,
    PASQAL_ENDPOINTS,
    Auth0Conf,
    Endpoints,
    TokenProvider,
    TokenProviderConf,
    ValidationError,
    save_profile,
)

from ..doubles.answers import PROJECT

pytestmark = pytest.mark.blocking_first

USERNAME = "ada@example.com"
PASSWORD = "pa55word-of-ada"
BATCH = "11111111-2222-4333-8444-000000000000"


class Terminal(io.StringIO):
    """A standard input with somebody in front of it."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    "said",
    [
        ({"PASQAL_USERNAME": "eve", "PASQAL_PASSWORD": "x"}, {"username": "eve", "password": "x"}),
        ({"PASQAL_CLOUD_USERNAME": "eve", "PASQAL_CLOUD_PASSWORD": "x"}, {"username": "eve", "password": "x"}),
        (
            {"PASQAL_CLIENT_ID": "robot", "PASQAL_CLIENT_SECRET": "s"},
            {"grant_type": "client_credentials", "client_id": "robot", "client_secret": "s"},
        ),
        (
            {
                "PASQAL_CLOUD_USERNAME": "b",
                "PASQAL_CLOUD_PASSWORD": "y",
                "PASQAL_USERNAME": "a",
                "PASQAL_PASSWORD": "x",
            },
            {"username": "a", "password": "x"},
        ),
        ({"PASQAL_USERNAME": " eve ", "PASQAL_PASSWORD": "x\n"}, {"username": "eve", "password": "x"}),
    ],
    ids=str,
)
def test_the_environment_says_who_is_asking(
    form_of: Any,
    service: Any,
    opened: Any,
    monkeypatch: pytest.MonkeyPatch,
    said: tuple[dict[str, str], dict[str, str]],
) -> None:
    """`SDK()` needs no arguments; the variables that other packages use are understood, after our own."""
    variables, proof = said
    for name, value in {"PASQAL_URL": service.url, **variables}.items():
        monkeypatch.setenv(name, value)
    assert form_of(opened()).items() >= proof.items()


@pytest.mark.parametrize("variable", ["PASQAL_TOKEN", "PASQAL_AUTH_TOKEN", "PASQAL_PULSER_ACCESS_TOKEN"])
def test_a_token_from_the_environment_is_sent_as_it_is(
    colour: Any, service: Any, opened: Any, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """Whoever has a token, as in OVH's notebooks, needs no login."""
    monkeypatch.setenv(variable, "ready-made\n")
    colour.call(opened(endpoints=service.endpoints).get_batch(BATCH))
    assert service.calls[0].headers["authorization"] == "Bearer ready-made"
    assert not service.logins


def test_an_argument_counts_before_the_environment(
    form_of: Any, service: Any, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the environment holds, also a token, which would count before a password there."""
    monkeypatch.setenv("PASQAL_TOKEN", "other")
    sdk = opened(username=USERNAME, password=PASSWORD, endpoints=service.endpoints)
    assert form_of(sdk)["username"] == USERNAME


def test_the_environment_counts_before_the_default_profile_and_after_one_that_is_asked_for(
    form_of: Any, service: Any, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`profile=` is an argument."""
    save_profile(username="default", password="x")
    save_profile("work", username="work", password="y")
    monkeypatch.setenv("PASQAL_USERNAME", "env")
    monkeypatch.setenv("PASQAL_PASSWORD", "z")
    assert form_of(opened(endpoints=service.endpoints))["username"] == "env"
    assert form_of(opened(endpoints=service.endpoints, profile="work"))["username"] == "work"
    monkeypatch.delenv("PASQAL_USERNAME")
    monkeypatch.delenv("PASQAL_PASSWORD")
    assert form_of(opened(endpoints=service.endpoints))["username"] == "default"
    monkeypatch.setenv("PASQAL_PROFILE", "work")
    assert form_of(opened(endpoints=service.endpoints))["username"] == "work"


def test_the_project_is_found_on_its_own(colour: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no secret and may come from elsewhere than the credentials."""
    monkeypatch.setenv("PASQAL_CLOUD_PROJECT_ID", PROJECT)
    assert colour.SDK(USERNAME, PASSWORD).project_id == PROJECT
    assert colour.SDK(USERNAME, PASSWORD, project_id="other").project_id == "other"


def test_an_sdk_that_is_told_nothing_says_which_ways_there_are(colour: Any, service: Any, opened: Any) -> None:
    """One sentence with all of them, when a token is needed, and before anything is sent."""
    sdk = opened(endpoints=service.endpoints)
    for ask in (lambda: sdk.get_batch(BATCH), lambda: sdk.cancel_batch(BATCH), sdk.get_all_projects, sdk.user_token):
        error = colour.attempt(ValidationError, ask)
        for way in ("username and password", "PASQAL_TOKEN", "PASQAL_CLIENT_ID", "save_profile", ".pasqal/config"):
            assert way in str(error)
        assert not error.sent
    assert service.seen == []


@pytest.mark.parametrize(
    ("variables", "arguments", "words"),
    [
        ({"PASQAL_PASSWORD": "x"}, {"username": "ada"}, ["argument password", "argument username"]),
        ({"PASQAL_USERNAME": "ada"}, {}, ["PASQAL_PASSWORD is missing", "PASQAL_USERNAME"]),
        ({"PASQAL_USERNAME": "ada", "PASQAL_CLOUD_PASSWORD": "x"}, {}, ["PASQAL_PASSWORD is missing"]),
        ({"PASQAL_PASSWORD": "x"}, {}, ["PASQAL_USERNAME is missing"]),
        ({"PASQAL_CLIENT_ID": "robot"}, {}, ["PASQAL_CLIENT_SECRET is missing"]),
        ({}, {"client_secret": "s"}, ["argument client_id is missing"]),
    ],
    ids=str,
)
def test_credentials_are_never_put_together_from_two_places(
    colour: Any, monkeypatch: pytest.MonkeyPatch, variables: Any, arguments: Any, words: list[str]
) -> None:
    """A half source is told, though a whole one comes after it: nobody's password goes out with another's name."""
    save_profile(username="profile", password="p", client_id="c", client_secret="s")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as caught:
        colour.SDK(**arguments)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"username": USERNAME}, "Give username and password"),
        ({"username": USERNAME, "password": ""}, "Give username and password"),
        ({"username": "a", "password": "b", "token_provider": object()}, "not both"),
        ({"username": "a", "password": "b", "region": "mars"}, "region must be 'fr' or 'sa', not 'mars'"),
        ({"username": "a", "password": "b", "token": "c"}, "only one kind of credentials"),
        ({"token": "c", "token_provider": object()}, "not both"),
        ({"token_provider": object()}, "must be a TokenProvider"),
        ({"token": "two words"}, "without spaces"),
        ({"auth0": Auth0Conf(), "auth_config": TokenProviderConf(), "token": "t"}, "not both"),
        ({"token": "t", "timeout": 0}, "timeout"),
        ({"token": "t", "timeout": float("nan")}, "timeout"),
        ({"token": "t", "timeout": True}, "timeout"),
        ({"token": "t", "verify": "/nowhere/ca.pem"}, "there is no file /nowhere/ca.pem"),
        ({"token": "t", "verify": 3}, "verify"),
        ({"token": "t", "proxy": "gopher://ada:pa55word@proxy"}, "proxy must be"),
        ({"token": "t", "proxy": "http://p", "transport": object()}, "Give transport, or proxy"),
        ({"token": "t", "transport": object()}, "transport must have"),
        ({"token": "t", "headers": {"authorization": "Bearer x"}}, "Authorization"),
        ({"token": "t", "headers": {"X-Key": "a\nb: c"}}, "line ends"),
        ({"token": "t", "endpoints": Endpoints("ftp://x", "ftp://y")}, "must be a URL"),
        ({"token": "t", "endpoints": Endpoints("https://u:pa55word@x", "https://y")}, "without credentials"),
    ],
    ids=range(21),
)
def test_what_does_not_fit_is_refused_at_once(colour: Any, arguments: Any, words: str) -> None:
    """With a sentence that does not repeat what may be a secret."""
    with pytest.raises(ValidationError) as caught:
        colour.SDK(**arguments)
    assert words in str(caught.value)
    assert "pa55word" not in str(caught.value)
    assert "two words" not in str(caught.value)


def test_a_user_at_a_terminal_is_asked_for_the_password(
    form_of: Any, service: Any, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that it stands in no notebook and in no history."""
    monkeypatch.setattr(sys, "stdin", Terminal())
    prompts = []
    monkeypatch.setattr(getpass, "getpass", lambda prompt: prompts.append(prompt) or PASSWORD)
    sdk = opened(username=USERNAME, endpoints=service.endpoints)
    assert form_of(sdk)["password"] == PASSWORD
    assert len(prompts) == 1
    assert USERNAME in prompts[0]


def test_a_user_of_a_notebook_is_asked_for_the_password(
    form_of: Any, service: Any, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its standard input is no terminal, but the page asks."""
    shell = types.SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))  # type: ignore[arg-type]
    monkeypatch.setattr(getpass, "getpass", lambda _: PASSWORD)
    assert form_of(opened(username=USERNAME, endpoints=service.endpoints))["password"] == PASSWORD


def test_who_gives_no_password_gets_the_sentence(colour: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty one, or the end of the input."""

    def ended(_: str) -> str:
        raise EOFError

    monkeypatch.setattr(sys, "stdin", Terminal())
    for answer in (ended, lambda _: ""):
        monkeypatch.setattr(getpass, "getpass", answer)
        with pytest.raises(ValidationError, match="password is missing"):
            colour.SDK(username=USERNAME)


# Where.


@pytest.mark.parametrize(
    ("variables", "core"),
    [
        ({}, "https://apis.pasqal.cloud/core-fast"),
        ({"PASQAL_REGION": "sa"}, "https://apis.sa.pasqal.cloud/core-fast"),
        ({"PASQAL_CLOUD_ENV": "preprod"}, "https://apis.preprod.pasqal.cloud/core-fast"),
        ({"PASQAL_URL": "http://127.0.0.1:8000/"}, "http://127.0.0.1:8000/core-fast"),
        ({"PASQAL_CLOUD_BASE_URL": "https://apis.dev.pasqal.cloud/core-fast"}, PASQAL_ENDPOINTS["dev"].core),
    ],
)
def test_the_environment_says_where(
    colour: Any, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], core: str
) -> None:
    """And `repr` shows it, without a request."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert repr(core) in repr(colour.SDK(USERNAME, PASSWORD))


@pytest.mark.parametrize(
    ("variable", "words"),
    [
        ("PASQAL_REGION", "must be 'fr' or 'sa', not 'mars'"),
        ("PASQAL_CLOUD_ENV", "must be 'prod' or 'preprod'"),
        ("PASQAL_URL", "must be a URL"),
    ],
)
def test_a_place_that_is_none_is_refused_by_its_name(
    colour: Any, monkeypatch: pytest.MonkeyPatch, variable: str, words: str
) -> None:
    """The sentence says which variable is wrong."""
    monkeypatch.setenv(variable, "mars")
    with pytest.raises(ValidationError, match=f"{variable} must be") as caught:
        colour.SDK(USERNAME, PASSWORD)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "config"),
    [
        ({}, AUTH_CONFIG["fr-prod"]),
        ({"region": "sa"}, AUTH_CONFIG["sa-prod"]),
        ({"endpoints": PASQAL_ENDPOINTS["preprod"]}, AUTH_CONFIG["fr-preprod"]),
        ({"endpoints": PASQAL_ENDPOINTS["sa-preprod"]}, AUTH_CONFIG["sa-preprod"]),
        ({"endpoints": Endpoints.at("https://apis.sa.pasqal.cloud")}, AUTH_CONFIG["sa-prod"]),
        ({"endpoints": Endpoints("https://own.test"), "region": "sa"}, AUTH_CONFIG["sa-prod"]),
        ({"endpoints": Endpoints("https://own.test"), "auth_config": AUTH_CONFIG["fr-dev"]}, AUTH_CONFIG["fr-dev"]),
        (
            {"auth0": AUTH0_CONFIG["preprod"]},
            TokenProviderConf(
                "https://authenticate.preprod.pasqal.cloud/oauth/token",
                AUTH_CONFIG["fr-preprod"].public_client_id,
                AUTH_CONFIG["fr-preprod"].audience,
            ),
        ),
    ],
    ids=range(8),
)
def test_each_place_has_its_identity_provider(login_of: Any, arguments: Any, config: TokenProviderConf) -> None:
    """Endpoints of an environment bring that environment's; the password never goes to another's."""
    request = login_of(username=USERNAME, password=PASSWORD, **arguments)
    assert str(request.url) == config.token_endpoint
    assert f"client_id={config.public_client_id}".encode() in request.content
    assert config.audience.rsplit("//", 1)[1].split("/")[0].encode() in request.content


def test_the_environment_and_the_profile_are_read_without_a_request(
    colour: Any, service: Any, opened: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Making an SDK does no more than that."""
    caplog.set_level(logging.DEBUG)
    opened(username=USERNAME, password=PASSWORD, endpoints=service.endpoints)
    assert not service.seen
    assert not caplog.records


class Own(TokenProvider):
    """A user's provider."""

    def get_token(self) -> str:
        return "own"


def test_a_token_provider_needs_no_other_credentials(
    colour: Any, service: Any, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does it mind those of the environment."""
    monkeypatch.setenv("PASQAL_USERNAME", "half")
    colour.call(opened(token_provider=Own(), endpoints=service.endpoints).get_batch(BATCH))
    assert service.calls[0].headers["authorization"] == "Bearer own"
