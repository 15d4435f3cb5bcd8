"""Before the first byte, nothing is unknown: what can't be sent is one clear error, and nothing is looked for."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pasqal_cloud import Endpoints, PasqalCloudError, SubmissionUnknownError, ValidationError

from ..doubles.answers import PROJECT
from ..doubles.line import Line

HALF = "run-\udce9.txt"
"""The name of a file that is not UTF-8, as Python gives it."""


def nested(depth: int) -> list[Any]:
    """A list in a list, and so on."""
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


CREATIONS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "tag": (lambda sdk: sdk.create_batch("{}", [{"runs": 1}], tags=["a", HALF]), r"tags\[1\]"),
    "sequence": (lambda sdk: sdk.create_batch(HALF, [{"runs": 1}]), "sequence"),
    "own sequence": (lambda sdk: sdk.create_batch(None, [{"runs": 1, "serialized_sequence": HALF}]), r"jobs\[0\]"),
    "variable": (lambda sdk: sdk.create_batch("{}", [{"runs": 1, "variables": {"x": [HALF]}}]), r"jobs\[0\].*x"),
    "name": (lambda sdk: sdk.create_batch("{}", [{"runs": 1, "variables": {HALF: 1}}]), r"jobs\[0\]"),
    "nesting": (lambda sdk: sdk.create_batch("{}", [{"runs": 1, "variables": {"x": nested(100_000)}}]), "nested"),
    "huge number": (lambda sdk: sdk.create_batch("{}", [{"runs": 1, "variables": {"x": 10**5000}}]), "finite number"),
    "huge runs": (lambda sdk: sdk.create_batch("{}", [{"runs": 10**5000}]), "whole number"),
    "device": (lambda sdk: sdk.create_batch("{}", [{"runs": 1}], device_type=HALF), "utf-8|UTF-8"),
    "added": (lambda sdk: sdk.add_jobs(sdk.project_id, [{"runs": 1, "serialized_sequence": HALF}]), r"jobs\[0\]"),
    "workload": (lambda sdk: sdk.create_workload(HALF, "b", {}), "workload_type"),
    "config": (lambda sdk: sdk.create_workload("t", "b", {"x": HALF}), "config"),
    "deep config": (lambda sdk: sdk.create_workload("t", "b", {"x": nested(100_000)}), "config"),
}


@pytest.mark.parametrize(("start", "named"), CREATIONS.values(), ids=CREATIONS)
def test_what_can_not_be_written_is_refused(
    colour: Any, cloud: Any, sdk: Any, start: Callable[[Any], Any], named: str
) -> None:
    """A text that can't be encoded, or a value nested too deep, is a `ValidationError` that names it."""
    error = colour.attempt(ValidationError, lambda: start(sdk))
    assert not isinstance(error, SubmissionUnknownError)
    assert not error.sent
    assert not hasattr(error, "__notes__")
    assert "\udce9" not in str(error)
    str(error).encode()
    assert {call.request.url.path for call in cloud.router.calls} <= {"/oauth/token"}
    assert re.search(named, str(error))


ENVIRONMENTS: dict[str, dict[str, str]] = {
    "SOCKS without socksio": {"ALL_PROXY": "socks5://127.0.0.1:9"},
    "no URL": {"ALL_PROXY": "http://[::1"},
    "no scheme that is known": {"HTTPS_PROXY": "gopher://127.0.0.1:9"},
    "certificates that are none": {"SSL_CERT_FILE": __file__},
    "certificates that are nowhere": {"SSL_CERT_FILE": "/nowhere/ca.pem"},
}


@pytest.mark.parametrize("operation", ["get_batch", "create_batch"])
@pytest.mark.parametrize("variables", ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_an_environment_that_can_not_be_used_leaves_nothing_unknown(
    colour: Any, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], operation: str
) -> None:
    """Whatever hinders the client from being made, a submission was not sent, and nothing is looked for."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    place = Endpoints.at("https://cloud.test")

    def start() -> Any:
        sdk = colour.SDK(token="t", project_id=PROJECT, endpoints=place)
        arguments = [sdk.project_id] if operation == "get_batch" else ["{}", [{"runs": 1}]]
        return getattr(sdk, operation)(*arguments)

    error = colour.attempt(PasqalCloudError, start)
    assert not isinstance(error, SubmissionUnknownError)
    assert not error.sent
    assert not hasattr(error, "__notes__")


def test_a_certificate_that_vanishes_leaves_nothing_unknown(colour: Any, tmp_path: Path) -> None:
    """The same where `verify` names a file that is gone when the first request is made."""
    path = tmp_path / "ca.pem"
    path.write_text("")
    place = Endpoints.at("https://cloud.test")
    sdk = colour.SDK(token="t", project_id=PROJECT, endpoints=place, verify=path)
    path.unlink()
    error = colour.attempt(PasqalCloudError, lambda: sdk.create_batch("{}", [{"runs": 1}]))
    assert not isinstance(error, SubmissionUnknownError)
    assert not error.sent


def test_a_broken_transport_may_have_sent_something(colour: Any, sdk_on: Any) -> None:
    """What fails while a request is being sent is typed; a submission is looked for, since it may have arrived."""
    line = Line(lambda _: RuntimeError("I am broken."))
    sdk = sdk_on(line, recover_for=0.0, retry=False)
    error = colour.attempt(SubmissionUnknownError, lambda: sdk.create_batch("{}", [{"runs": 1}]))
    assert error.sent
    assert "I am broken." in str(error)
