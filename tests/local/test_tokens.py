"""The token endpoint: each grant, each way to send it, and OAuth's errors."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

KEYCLOAK = "/realms/pasqal-cloud/protocol/openid-connect/token"
CLIENT = {"grant_type": "client_credentials", "client_id": "a:client/1", "client_secret": "s3cr%t+"}


@pytest.fixture
def client(scripted: Any) -> None:
    """There is a service account."""
    scripted.control("POST", "users", json={"username": CLIENT["client_id"], "password": CLIENT["client_secret"]})


@pytest.mark.parametrize("path", ["/oauth/token", KEYCLOAK])
@pytest.mark.parametrize("way", ["data", "json"])
def test_a_service_account_gets_a_token(scripted: Any, client: None, path: str, way: str) -> None:
    """By a form or JSON, at either provider's path; it is good for its own projects."""
    answer = scripted.http.post(path, **{way: CLIENT})
    assert answer.status_code == 200
    assert (answer.json()["token_type"], answer.headers["cache-control"]) == ("Bearer", "no-store")
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    (project,) = scripted.http.get("/account/api/v1/projects", headers=headers).json()["data"]
    assert project["id"] != scripted.project_id


def test_a_client_may_authenticate_by_basic(scripted: Any, client: None) -> None:
    """Its id and secret are encoded as a form's, as OAuth 2 wants it."""
    credentials = httpx.BasicAuth("a%3Aclient%2F1", "s3cr%25t%2B")
    answer = scripted.http.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=credentials)
    assert answer.status_code == 200


def test_the_passwords_user_gets_one_at_both_paths(scripted: Any) -> None:
    """Saudi Arabia's provider is a Keycloak."""
    fields = {"grant_type": "password", "username": scripted.connection["username"]}
    answer = scripted.http.post(KEYCLOAK, data=fields | {"password": scripted.connection["password"]})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_secret": None}, 400, "invalid_request"),
        ({"client_id": 5}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "invalid_request"),
        ({"grant_type": "password", "username": "nobody", "password": "x"}, 403, "invalid_grant"),
        ({"grant_type": "implicit"}, 403, "unsupported_grant_type"),
        ({"grant_type": None}, 403, "unsupported_grant_type"),
        ({"grant_type": ["password"]}, 403, "unsupported_grant_type"),
    ],
    ids=str,
)
def test_what_is_wrong_is_told_as_oauth_does(
    scripted: Any, client: None, changes: dict[str, Any], status: int, error: str
) -> None:
    """With the error's code and a sentence."""
    answer = scripted.http.post("/oauth/token", json=CLIENT | changes)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]
    assert ("www-authenticate" in answer.headers) == (status == 401)


@pytest.mark.parametrize(
    ("header", "status", "error"),
    [
        ("Basic", 400, "invalid_request"),
        ("Basic %%%", 400, "invalid_request"),
        ("Basic Og", 400, "invalid_request"),
        ("Basic Og==", 401, "invalid_client"),  # a colon: the name and the password are empty
        ("Bearer x", 400, "invalid_request"),
    ],
)
def test_credentials_that_cannot_be_read_are_missing(scripted: Any, header: str, status: int, error: str) -> None:
    """They are no error of the service's."""
    answer = scripted.http.post(
        "/oauth/token", data={"grant_type": "client_credentials"}, headers={"Authorization": header}
    )
    assert (answer.status_code, answer.json()["error"]) == (status, error)
