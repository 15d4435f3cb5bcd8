"""How connections are made: certificates, proxies, timeouts, headers."""

import logging
import shutil
import ssl
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from OpenSSL import crypto

from pasqal_cloud import (
    Auth0Conf,
    ConnectionFailedError,
    Endpoints,
    PasqalCloudError,
    PasswordGrantTokenProvider,
    RequestTimeoutError,
    TokenProviderConf,
)
from pasqal_cloud.authentication import InsecureAuth0TokenProvider

from ..doubles.answers import PROJECT
from ..doubles.line import by_path
from ..doubles.sockets import Tunnel

JOB = "22222222-2222-4333-8444-000000000000"


def test_an_unknown_authority_is_not_trusted(colour: Any, secure: Any, opened: Any) -> None:
    """Nothing is sent, nothing is tried again, and the error says what to do."""
    sdk = opened(username="a", password="b", endpoints=secure.endpoints)
    error = colour.attempt(ConnectionFailedError, lambda: sdk.get_batch(secure.batch_id()))
    assert "to the SDK as verify" in str(error)
    assert not error.retryable
    assert not secure.seen


@pytest.mark.parametrize("form", [str, Path, lambda path: ssl.create_default_context(cafile=path)])
def test_an_authority_of_ones_own(colour: Any, secure: Any, opened: Any, certificate: Path, form: Any) -> None:
    """By the path of its certificate or a TLS context, for the token request too."""
    sdk = opened(username="a", password="b", endpoints=secure.endpoints, verify=form(certificate))
    assert colour.call(sdk.get_batch(secure.batch_id())).id == secure.batch_id()
    assert len(secure.logins) == 1


def test_an_insecure_provider_checks_no_certificate(colour: Any, secure: Any, service: Any, opened: Any) -> None:
    """It asks by itself, whatever the SDK checks; a secure one does not."""
    there = TokenProviderConf(f"{secure.url}/oauth/token")
    sdk = opened(token_provider=PasswordGrantTokenProvider("a", "b", there, verify=False), endpoints=service.endpoints)
    assert colour.call(sdk.get_batch(service.batch_id())).id == service.batch_id()
    assert InsecureAuth0TokenProvider("a", "b", Auth0Conf(f"127.0.0.1:{secure.port}")).get_token() == "token-2"
    with pytest.raises(ConnectionFailedError):
        PasswordGrantTokenProvider("a", "b", there).get_token()


def test_a_directory_of_authorities_is_read(
    colour: Any, secure: Any, opened: Any, certificate: Path, tmp_path: Path
) -> None:
    """As OpenSSL keeps them: by the hashes of their names. An empty one trusts nobody."""
    sdk = opened(token="t", endpoints=secure.endpoints, verify=tmp_path)
    colour.attempt(ConnectionFailedError, lambda: sdk.get_batch(secure.batch_id()))
    hashed = crypto.load_certificate(crypto.FILETYPE_PEM, certificate.read_bytes()).subject_name_hash()
    shutil.copy(certificate, tmp_path / f"{hashed:08x}.0")
    sdk = opened(token="t", endpoints=secure.endpoints, verify=tmp_path)
    assert colour.call(sdk.get_batch(secure.batch_id())).id == secure.batch_id()


@pytest.mark.parametrize(
    "said",
    [("1", True), ("true", True), ("YES", True), (" on ", True), ("0", False), ("false", False), ("", False)],
)
def test_only_a_yes_skips_the_verification(
    colour: Any, secure: Any, opened: Any, monkeypatch: pytest.MonkeyPatch, said: tuple[str, bool]
) -> None:
    """PASQAL_SKIP_SSL_VERIFY=0 means what it says."""
    value, skips = said
    monkeypatch.setenv("PASQAL_SKIP_SSL_VERIFY", value)
    sdk = opened(username="a", password="b", endpoints=secure.endpoints)
    if skips:
        colour.call(sdk.get_batch(secure.batch_id()))
    else:
        colour.attempt(ConnectionFailedError, lambda: sdk.get_batch(secure.batch_id()))


def test_unchecked_certificates_are_told_once(
    colour: Any, secure: Any, opened: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """By one line in the log for each SDK."""
    sdk = opened(username="a", password="b", endpoints=secure.endpoints, verify=False)
    colour.call(sdk.get_batch(secure.batch_id()))
    assert [record.levelno for record in caplog.records if record.levelno >= logging.WARNING] == [logging.WARNING]
    assert "certificates are not checked" in caplog.text


def test_an_argument_counts_before_the_variable(
    colour: Any, secure: Any, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`verify=True` is verification."""
    monkeypatch.setenv("PASQAL_SKIP_SSL_VERIFY", "1")
    sdk = opened(token="t", endpoints=secure.endpoints, verify=True)
    colour.attempt(ConnectionFailedError, lambda: sdk.get_batch(secure.batch_id()))


def test_everything_goes_through_the_proxy(colour: Any, service: Any, opened: Any, inside: Any) -> None:
    """Token, API and results, with the proxy's password for the proxy alone."""
    sdk = opened(
        username="a",
        password="b",
        endpoints=Endpoints.at("http://cloud.test"),
        proxy=f"http://eve:pr0xy-word@127.0.0.1:{service.port}",
    )
    service.url = "http://storage.test"
    job = colour.call(sdk.get_job(JOB))
    colour.call(job.result)
    hosts = [seen.path.split("/")[2] for seen in service.seen]
    assert hosts == ["cloud.test", "cloud.test", "cloud.test", "storage.test"]
    assert all("proxy-authorization" in seen.headers for seen in service.seen)
    assert not [each for each in inside(sdk) if "pr0xy-word" in repr(each) + repr(getattr(each, "__dict__", ""))]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_an_encrypted_service_behind_a_proxy(
    colour: Any, secure: Any, opened: Any, certificate: Path, scheme: str
) -> None:
    """Through a connection that the proxy makes; that to the proxy may be encrypted, too."""
    tunnel = Tunnel(secure.tls if scheme == "https" else None)
    with closing(tunnel):
        sdk = opened(
            token="t", endpoints=secure.endpoints, verify=certificate, proxy=f"{scheme}://127.0.0.1:{tunnel.port}"
        )
        for number in range(3):
            assert colour.call(sdk.get_batch(secure.batch_id(number))).id == secure.batch_id(number)
        assert tunnel.asked == [f"127.0.0.1:{secure.port}"]
        colour.call(sdk.close())


def test_the_usual_variable_names_the_proxy(
    colour: Any, service: Any, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HTTP_PROXY and its like."""
    monkeypatch.setenv("HTTP_PROXY", service.url)
    colour.call(opened(username="a", password="b", endpoints=Endpoints.at("http://cloud.test")).get_job(JOB))
    assert service.calls[0].path.startswith("http://cloud.test/")


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("SSL_CERT_FILE", __file__, "SSL_CERT_FILE"),
        ("HTTP_PROXY", "gopher://ada:pa55word@proxy", "HTTP_PROXY"),
        ("ALL_PROXY", "socks5://proxy", "socks"),
    ],
)
def test_a_network_that_can_not_be_configured_is_told(
    colour: Any, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, words: str
) -> None:
    """As this package's error, at the first request, without the proxy's password."""
    monkeypatch.setenv(variable, value)
    sdk = colour.SDK(token="t")
    error = colour.attempt(PasqalCloudError, lambda: sdk.get_batch(JOB))
    assert words in str(error)
    assert "pa55word" not in str(error)
    colour.call(sdk.close())


def test_headers_are_on_every_request(colour: Any, service: Any, opened: Any) -> None:
    """Also on those for tokens and results; the results get no token."""
    sdk = opened(username="a", password="b", endpoints=service.endpoints, headers={"X-Site": "lab", "User-Agent": "me"})
    colour.call(colour.call(sdk.get_job(JOB)).result)
    assert len(service.seen) == 4
    assert {(seen.headers["x-site"], seen.headers["user-agent"]) for seen in service.seen} == {("lab", "me")}
    assert ["authorization" in seen.headers for seen in service.seen] == [False, True, True, False]


@pytest.mark.parametrize(
    ("timeout", "expected"),
    [
        (None, (10, 60, 300)),
        (5, (5, 5, 5)),
        (120.0, (10, 120, 120)),
        (httpx.Timeout(7, connect=8), (8, 7, 7)),
    ],
)
def test_timeouts(colour: Any, opened: Any, timeout: Any, expected: tuple[float, float, float]) -> None:
    """The usual ones are long for what creates something; one that is given holds for everything, tokens too."""
    connect, read, spending = expected
    line = by_path(
        token=httpx.Response(200, json={"access_token": "t"}),
        job={"id": JOB, "status": "DONE"},
        batches={"id": JOB, "status": "DONE"},
    )
    sdk = opened(
        username="a",
        password="b",
        project_id=PROJECT,
        timeout=timeout,
        endpoints=Endpoints.at("http://cloud.test"),
        transport=line.transport,
    )
    colour.call(sdk.get_batch(JOB))
    colour.call(sdk.create_batch("{}", [{"runs": 1}]))
    seen = {}
    for request in line.requests:
        limits = request.extensions["timeout"]
        seen[request.method, request.url.path.rpartition("/")[2]] = limits["connect"], limits["read"]
    assert seen["GET", JOB] == (connect, read)
    assert seen["POST", "batches"] == (connect, spending)
    assert seen["POST", "token"] == ((10, 30) if timeout is None else (connect, read))


@pytest.mark.slow
def test_a_silent_identity_provider_is_not_waited_for_for_ever(colour: Any, service: Any, opened: Any) -> None:
    """The user's timeout ends it, as an error that says that nothing was sent to the API."""
    service.answering.clear()
    sdk = opened(username="a", password="b", endpoints=service.endpoints, timeout=0.05)
    error = colour.attempt(RequestTimeoutError, lambda: sdk.get_batch(service.batch_id()))
    assert error.url == f"{service.url}/oauth/token"
    assert not error.sent
