"""How tokens are given, and what is refused without one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from .client import validator

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

SAMPLES = {"batch_id": "x", "job_id": "x", "workload_id": "x", "device_type": "EMU_FREE"}


def perform(api: Any, operation: Any, headers: dict[str, Any]) -> httpx.Response:
    """Sends a request that is wrong in all but perhaps its headers, and checks the answer's form."""
    response: httpx.Response = api.http.request(
        operation.method.upper(), operation.path.format(**SAMPLES), headers=headers
    )
    operation.check(response)
    return response


def test_without_a_valid_token(api, operation):
    """Without a valid token, every operation but the public ones is refused before anything else is looked at."""
    for authorization in (None, "", "Bearer", "Bearer garbage", "Basic dTpw", "Bearer a.b.c", "Bearer é"):
        headers = {} if authorization is None else {"Authorization": authorization.encode()}
        response = perform(api, operation, headers)
        assert response.status_code == (200 if operation.is_public else 401)
        if not operation.is_public:
            assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_forged_token(api, operation):
    """A token whose claims or signature were changed is worth nothing."""
    header, claims, signature = api.token.split(".")
    for forged in (f"{header}.{claims}.{signature[::-1]}", f"{header}.{claims}x.{signature}", f"{header}.{claims}."):
        response = perform(api, operation, {"Authorization": f"Bearer {forged}"})
        assert response.status_code == (200 if operation.is_public else 401)


def test_expired_token(start: Callable[..., Any]):
    """A token ends when it was said to, and a new one is accepted."""
    api = start("--token-lifetime", "10", "--engine", "scripted")
    api.set_clock(frozen=True)
    token = api.ask_for_token().json()
    assert token["expires_in"] == 10
    api.token = token["access_token"]
    api.set_clock(advance=9)
    assert api.get("listBatches") == []
    api.set_clock(advance=1)
    assert "expired" in api.refused("listBatches", 401)
    api.token = api.ask_for_token().json()["access_token"]
    assert api.get("listBatches") == []


def test_scheme_in_any_case(api):
    """The scheme's name is read in any case, as HTTP has it."""
    assert api.get("getAuthInfo", headers={"Authorization": f"bearer {api.token}"})["id"]


@pytest.mark.parametrize("form", ["data", "json"])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"scope": "openid profile email"},
        {"grant_type": "password", "realm": "pasqal-cloud", "client_id": "cloud-sdk"},
        {"grant_type": "password", "realm": None, "audience": None, "client_id": "cloud-sdk"},
    ],
    ids=["password-realm", "scope", "password", "password-alone"],
)
def test_password_grants(api, form, changes):
    """A person gets a token by either password grant, as a form or as JSON; it works at once."""
    if "CONFORMANCE_URL" in os.environ and "grant_type" in changes:
        pytest.skip("which grants a service has depends on its region")
    response = api.http.post(api.token_url, **{form: api.credentials(**changes)})
    assert response.status_code == 200
    token = response.json()
    validator("#/components/schemas/Token").validate(token)
    assert token["access_token"].count(".") == 2
    assert token["token_type"] == "Bearer"
    assert token["expires_in"] > 0
    assert api.get("getAuthInfo", headers={"Authorization": f"Bearer {token['access_token']}"})["id"]


@pytest.mark.parametrize("form", ["data", "json"])
def test_client_credentials(api, form):
    """A service account gets a token for its id and secret."""
    if "CONFORMANCE_URL" in os.environ:
        pytest.skip("needs a service account")
    fields = {"grant_type": "client_credentials", "client_id": api.username, "client_secret": api.password}
    token = api.http.post(api.token_url, **{form: fields | {"audience": "any"}}).json()["access_token"]
    assert api.get("getAuthInfo", headers={"Authorization": f"Bearer {token}"})["id"]


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"password": "wrong"}, 403, "invalid_grant"),
        ({"password": ""}, 403, "invalid_grant"),
        ({"password": None}, 400, "invalid_request"),
        ({"username": "somebody@else"}, 403, "invalid_grant"),
        ({"username": None}, 400, "invalid_request"),
        ({"grant_type": None}, 403, "unsupported_grant_type"),
        ({"grant_type": "implicit"}, 403, "unsupported_grant_type"),
        ({"grant_type": ""}, 403, "unsupported_grant_type"),
        ({"grant_type": "client_credentials", "client_secret": "wrong"}, 401, "invalid_client"),
    ],
    ids=str,
)
@pytest.mark.parametrize("form", ["data", "json"])
def test_refused_grants(api, form, changes, status, error):
    """Whoever can't be let in learns why from an OAuth error document, which gives no token and repeats no password."""
    response = api.http.post(api.token_url, **{form: api.credentials(**changes)})
    assert response.status_code == status
    document = response.json()
    validator("#/components/schemas/TokenError").validate(document)
    assert document["error"] == error
    assert document["error_description"]
    assert "access_token" not in document
    assert api.password not in response.text


@pytest.mark.parametrize(
    ("content", "content_type", "status", "error"),
    [
        (b"{", "application/json", 400, "invalid_request"),
        (b"[1]", "application/json", 403, "unsupported_grant_type"),
        (b"\xff\xfe", "application/x-www-form-urlencoded", 403, "unsupported_grant_type"),
    ],
)
def test_garbage_for_a_token(api, content, content_type, status, error):
    """What is no form is refused with an OAuth error document too."""
    response = api.http.post(api.token_url, content=content, headers={"Content-Type": content_type})
    assert response.status_code == status
    assert response.json()["error"] == error


def test_tokens_are_not_for_get(api):
    """Credentials are not taken from an address."""
    if "CONFORMANCE_URL" in os.environ:
        pytest.skip("the identity provider is not what is tested")
    assert api.http.get(api.token_url, params=api.credentials()).status_code == 405
