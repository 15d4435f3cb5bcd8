"""Who asks, and from where."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pasqal_cloud import Endpoints

if TYPE_CHECKING:
    from pasqal_cloud.testing import LocalService

CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def account_of(service: "LocalService") -> dict[str, Any]:
    """What an SDK or a connection is made with to reach a local service."""
    return {
        "username": service.username,
        "password": service.password,
        "project_id": service.project_id,
        "endpoints": Endpoints.at(service.url),
    }


def silence_environment(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Has the environment say nothing about Pasqal or the network, and gives an empty home directory."""
    for name in list(os.environ):
        if name.startswith("PASQAL") or name.upper().endswith("_PROXY") or name in CERTIFICATES:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
