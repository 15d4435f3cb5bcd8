"""CUDA-Q's jobs, which only the cloud runs."""

from __future__ import annotations

import pytest

from .client import SPEC, UNKNOWN

BODY = SPEC["components"]["examples"]["CreateCudaqJob"]["value"]
PATH = "/core-fast/api/v1/cudaq/job"


@pytest.mark.parametrize(("method", "path"), [("POST", PATH), ("GET", f"{PATH}/{UNKNOWN}")])
def test_refused_with_a_way_out(api, method, path):
    """A valid request is refused in the envelope with 501, and told what to do; without a token, with 401."""
    body = BODY if method == "POST" else None
    assert api.http.request(method, path, json=body).status_code == 401
    answer = api.http.request(method, path, json=body, headers={"Authorization": f"Bearer {api.token}"})
    assert answer.status_code == 501
    assert answer.json()["status"] == "error"
    assert "createBatch" in answer.json()["data"]["description"]


def test_what_does_not_validate(api):
    """The description's rules come first."""
    headers = {"Authorization": f"Bearer {api.token}"}
    answer = api.http.post(PATH, json=BODY | {"shots": 0}, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["data"]["description"][0]["loc"] == ["body", "shots"]
