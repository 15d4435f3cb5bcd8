"""Arguments of the wrong type are refused in a sentence when the SDK is made, and secrets are not repeated in it."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from pasqal_cloud import (
    SDK,
    Auth0Conf,
    Endpoints,
    OVHConnection,
    PasqalCloudConnection,
    PasqalCloudError,
    TokenProviderConf,
    ValidationError,
    save_profile,
)

from ..doubles.answers import PROJECT

TEXTS = ("username", "password", "token", "client_id", "client_secret", "project_id", "region", "profile")
SECRET = 7355608


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("value", [SECRET, [SECRET], {"a": SECRET}, str(SECRET).encode(), SECRET / 10, object()])
def test_texts_must_be_texts(colour: Any, name: str, value: Any) -> None:
    """Whatever else is given."""
    others = {"username": "ada", "password": "x"} if name in ("username", "password") else {}
    with pytest.raises(ValidationError, match=f"{name} must be a string, not an? {type(value).__name__}") as caught:
        colour.SDK(**{**others, name: value})
    assert str(SECRET) not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"auth0": "x"}, "auth0 must be Auth0Conf(…), not a str"),
        ({"auth0": TokenProviderConf()}, "auth0 must be Auth0Conf(…)"),
        ({"auth0": Auth0Conf(domain=7)}, "auth0.domain must be a string, not an int"),
        ({"auth0": Auth0Conf(domain="a b:c")}, "The address of the identity provider must be a URL"),
        ({"auth_config": "t"}, "auth_config must be TokenProviderConf(…), not a str"),
        ({"auth_config": {}}, "auth_config must be TokenProviderConf(…), not a dict"),
        ({"auth_config": TokenProviderConf(realm=None)}, "auth_config.realm must be a string"),
        ({"auth_config": TokenProviderConf("auth.test/token")}, "The address of the identity provider must be a URL"),
        ({"endpoints": {"core": "https://cloud.test"}}, "endpoints must be Endpoints(…), not a dict"),
        ({"endpoints": "https://cloud.test"}, "endpoints must be Endpoints(…), not a str"),
        ({"endpoints": Endpoints}, "endpoints must be Endpoints(…)"),
        ({"endpoints": Endpoints(core=7)}, "endpoints.core must be a string, not an int"),
        ({"endpoints": Endpoints(auth="x")}, "endpoints.auth must be TokenProviderConf(…), not a str"),
        ({"webhook": 7}, "webhook must be a URL"),
        ({"webhook": 0}, "webhook must be a URL"),
        ({"proxy": 7}, "proxy must be a URL"),
        ({"verify": 7}, "verify must be True, False, a path or an ssl.SSLContext, not 7"),
        ({"verify": ""}, "verify must be the path of a CA's certificate, but there is no file"),
        ({"verify": "~no-such-user-here/ca.pem"}, "verify must be"),
        ({"transport": object()}, "transport must have a method"),
        ({"transport": httpx.MockTransport}, "transport must have a method"),
        ({"headers": ["X-Key"]}, "headers must be a dictionary"),
        ({"token_provider": "token"}, "token_provider must be a TokenProvider"),
        ({"client_class": "OvhClient"}, "client_class must be a class"),
        ({"client_class": int}, "client_class must be a class"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_others_must_be_what_they_are_for(colour: Any, arguments: dict[str, Any], words: str) -> None:
    """And the sentence says which it is."""
    with pytest.raises(ValidationError) as caught:
        colour.SDK(**arguments)
    assert words in str(caught.value)


OPTIONS = [
    *[("timeout", value) for value in ("x", True, -1, 0, float("nan"), float("inf"), [5])],
    *[("recover_for", value) for value in ("x", True, -1, float("nan"), [5])],
    *[("retry", value) for value in ("x", True, 0, 3, {})],
]


@pytest.mark.parametrize(("name", "value"), OPTIONS)
def test_options_are_checked_wherever_they_are_given(colour: Any, opened: Any, name: str, value: Any) -> None:
    """When the SDK is made, and when another view of it is."""
    for make in (colour.SDK, opened(token="t").with_options):
        with pytest.raises(ValidationError, match=f"{name} must be"):
            make(**{name: value})


@pytest.mark.parametrize(
    "arguments", [{"password": SECRET}, {"project_id": [SECRET]}, {"auth_config": "t"}, {"headers": [SECRET]}], ids=str
)
def test_connections_refuse_the_same(arguments: dict[str, Any]) -> None:
    """They are SDKs inside."""
    for make in (PasqalCloudConnection, OVHConnection):
        with pytest.raises(ValidationError, match=f"{next(iter(arguments))} must be") as caught:
            make(**{"token": "t", **arguments})
        assert str(SECRET) not in str(caught.value)


@pytest.mark.parametrize("name", [*(name for name in TEXTS if name != "profile"), "url", "auth_endpoint"])
def test_a_profile_is_made_of_texts(name: str) -> None:
    """Of nothing else."""
    with pytest.raises(ValidationError, match=f"{name} must be a string, not an int") as caught:
        save_profile(**{"username": "ada", name: SECRET})
    assert str(SECRET) not in str(caught.value)
    with pytest.raises(ValidationError, match="name must be a string without brackets"):
        save_profile(7, username="ada")


def test_what_is_as_good_as_a_text_is_taken(colour: Any) -> None:
    """A project's UUID; and an empty name, which programs give where there is none."""
    assert colour.SDK("", "", token="t", project_id=UUID(PROJECT)).project_id == PROJECT
    assert colour.SDK("", None, endpoints=Endpoints(), auth0=Auth0Conf(), webhook="").project_id is None


def test_refusals_are_of_this_package() -> None:
    """So whoever catches its root catches them."""
    with pytest.raises(PasqalCloudError):
        SDK(token=7)
