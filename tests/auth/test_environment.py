"""The environment of real machines: proxies, the hosts that are reached without one, certificates, headers."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from pasqal_cloud import (
    ConnectionFailedError,
    Endpoints,
    PasqalCloudError,
    PasswordGrantTokenProvider,
    TokenProviderConf,
    ValidationError,
)

from ..doubles.answers import PROJECT
from ..doubles.sockets import Proxy

pytestmark = pytest.mark.blocking_first

BATCH = "11111111-2222-4333-8444-000000000000"


@pytest.fixture
def start_proxy() -> Iterator[Callable[[bytes], Proxy]]:
    """A function that starts a proxy."""
    started = []

    def start(answer: bytes) -> Proxy:
        started.append(Proxy(answer))
        return started[-1]

    yield start
    for proxy in started:
        proxy.close()


def refusal(status: str) -> bytes:
    """A proxy's answer."""
    return f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()


# Who is reached without a proxy.


@pytest.mark.parametrize(
    ("no_proxy", "url", "is_direct"),
    [
        ("cloud.test", "http://cloud.test", True),
        ("cloud.test", "http://api.cloud.test", True),
        ("cloud.test", "http://mycloud.test", False),
        (".cloud.test", "http://api.cloud.test", True),
        (".cloud.test", "http://cloud.test", True),
        ("*.cloud.test", "http://api.cloud.test", True),
        ("CLOUD.test.", "http://cloud.TEST", True),
        ("cloud.test:80", "http://cloud.test", True),
        ("cloud.test:8080", "http://cloud.test", False),
        ("http://cloud.test", "http://cloud.test", True),
        ("https://cloud.test", "http://cloud.test", False),
        ("all://cloud.test", "http://cloud.test", True),
        ("bücher.test", "http://bücher.test", True),
        ("*", "http://cloud.test", True),
        ("other.test , *", "http://cloud.test", True),
        ("other.test cloud.test", "http://cloud.test", True),
        ("10.0.0.0/8", "http://10.1.2.3", True),
        ("10.0.0.0/8", "http://11.1.2.3", False),
        ("10.1.2.3", "http://10.1.2.3", True),
        ("10.1.2.3/8", "http://10.9.9.9", True),
        ("10.1.2.3:80", "http://10.1.2.3", True),
        ("2.3", "http://10.1.2.3", False),
        ("::1,fd00::/8", "http://[fd00::7]", True),
        ("::1,fd00::/8", "http://[fe00::7]", False),
        ("[fd00::7]", "http://[fd00::7]", True),
        ("[fd00::7]:81", "http://[fd00::7]", False),
        ("fd00::7", "http://[fd00:0:0:0::7]", True),
        ("localhost,[::1]", "http://cloud.test", False),
        ("localhost,[::1", "http://cloud.test", False),
        (",, ,;,@:,[],::::,/8,10.0.0.0/99,http://,:80,a:b:c,\udce9", "http://cloud.test", False),
        ("[::1],10.0.0.0/99,://,cloud.test", "http://cloud.test", True),
        ("", "http://cloud.test", False),
        ("", "http://127.8.9.10", True),
        ("", "http://LocalHost", True),
        ("", "http://[::1]", True),
    ],
)
def test_no_proxy_means_what_it_means_to_others(
    colour: Any,
    start_service: Any,
    opened: Any,
    monkeypatch: pytest.MonkeyPatch,
    no_proxy: str,
    url: str,
    is_direct: bool,
) -> None:
    """Hosts, domains, addresses and networks are honoured, as by curl and requests; what means nothing is skipped."""
    proxy = start_service()
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", no_proxy)
    directly = []

    def connect(self: Any, *_: Any, **__: Any) -> Any:  # nobody listens at these hosts
        directly.append(True)
        raise httpx.ConnectError("not there")

    if is_direct:
        for kind in ("HTTPTransport.handle_request", "AsyncHTTPTransport.handle_async_request"):
            monkeypatch.setattr(f"httpx.{kind}", connect)
    sdk = opened(token="t", endpoints=Endpoints.at(url), retry=False)
    if is_direct:
        error = colour.attempt(ConnectionFailedError, lambda: sdk.get_batch(BATCH))
        assert "proxy" not in str(error)
        assert directly
    else:
        colour.call(sdk.get_batch(BATCH))
        assert proxy.calls[0].path.startswith("http://")


@pytest.mark.parametrize(
    "variables",
    [
        {"HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": "localhost,[::1]"},
        {"HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": "::1,fd00::/8"},
        {"HTTP_PROXY": "http://127.0.0.1:9"},
        {"HTTP_PROXY": "gopher://proxy"},
        {"http_proxy": "http://[::1"},
        {"ALL_PROXY": "socks5://127.0.0.1:9"},
        {"ALL_PROXY": "http://proxy:99999", "no_proxy": "["},
        {"SSL_CERT_FILE": "/nowhere"},
        {"CURL_CA_BUNDLE": "/nowhere"},
    ],
    ids=str,
)
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_is_reached_whatever_the_environment_says(
    colour: Any, service: Any, opened: Any, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], host: str
) -> None:
    """The local service works in every network; token and call alike, and providers used alone."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    url = f"http://{host}:{service.port}"
    colour.call(opened(username="a", password="b", endpoints=Endpoints.at(url), retry=False).get_batch(BATCH))
    assert PasswordGrantTokenProvider("a", "b", TokenProviderConf(f"{url}/oauth/token")).get_token() == "token-2"


# Proxies that can't be used.


def attempts(colour: Any, opened: Any, url: str, **arguments: Any) -> list[Any]:
    """The errors of all that is sent to a host: a call, what creates something, a token by itself."""
    sdk = opened(token="t", project_id=PROJECT, endpoints=Endpoints.at(url), retry=False, recover_for=0, **arguments)
    errors = [
        colour.attempt(PasqalCloudError, lambda: sdk.get_batch(BATCH)),
        colour.attempt(PasqalCloudError, lambda: sdk.create_batch("{}", [{"runs": 1}])),
    ]
    if not arguments:
        with pytest.raises(PasqalCloudError) as caught:
            PasswordGrantTokenProvider("a", "b", TokenProviderConf(f"{url}/oauth/token")).get_token()
        errors.append(caught.value)
    return errors


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "Https_Proxy"])
@pytest.mark.parametrize(
    "value",
    [
        "gopher://ada:pa55word@proxy",
        "http://ada:pa55word@[::1",
        "http://ada:pa55word@proxy:99999",
        "http://ada:pa55word@proxy:port",
        "http://ada:pa55word@",
        "://pa55word",
        "http://ada:pa55word@pro xy",
    ],
)
def test_a_proxy_that_is_none_is_told_by_its_variable(
    colour: Any, opened: Any, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    """And not by its value, which may hold a password; nothing was sent."""
    monkeypatch.setenv(variable, value)
    for error in attempts(colour, opened, "https://cloud.test"):
        assert isinstance(error, ValidationError)
        assert f"{variable} must be a URL like" in str(error)
        assert "pa55word" not in str(error)
        assert not error.sent


@pytest.mark.parametrize("value", ["gopher://ada:pa55word@proxy", "http://", 7, b"http://proxy", "", True])
def test_a_proxy_that_is_given_is_refused_at_once(colour: Any, value: Any) -> None:
    """In the same words."""
    with pytest.raises(ValidationError, match="proxy must be a URL like") as caught:
        colour.SDK(token="t", proxy=value)
    assert "pa55word" not in str(caught.value)


@pytest.mark.parametrize("given", ["variable", "argument"])
@pytest.mark.parametrize(
    ("status", "hint", "retryable"),
    [
        ("407 Proxy Authentication Required", "Give its username and password in", False),
        ("403 Forbidden", "Check", False),
        ("502 Bad Gateway", "Check", True),
    ],
)
def test_a_proxy_that_refuses_is_named(
    colour: Any,
    opened: Any,
    monkeypatch: pytest.MonkeyPatch,
    start_proxy: Any,
    given: str,
    status: str,
    hint: str,
    retryable: bool,
) -> None:
    """With its host and port, and never its password; nothing has reached the service."""
    proxy = start_proxy(refusal(status))
    url = f"http://ada:pa55word@{proxy.address}"
    arguments = {"proxy": url} if given == "argument" else {}
    monkeypatch.setenv("https_proxy", url if given == "variable" else "")
    for error in attempts(colour, opened, "https://cloud.test", **arguments):
        assert isinstance(error, ConnectionFailedError)
        assert f"The proxy {proxy.address}, given as {'proxy' if arguments else 'https_proxy'}, refuses" in str(error)
        assert status in str(error)
        assert hint in str(error)
        assert "cloud.test" in str(error)
        assert "pa55word" not in str(error)
        assert not error.sent
        assert error.retryable is retryable
    assert all(seen.startswith(b"CONNECT cloud.test:443") for seen in proxy.seen)


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH_9.6\r\n"])
def test_nothing_was_sent_where_the_proxy_has_not_connected(
    colour: Any, opened: Any, monkeypatch: pytest.MonkeyPatch, start_proxy: Any, answer: bytes
) -> None:
    """Also when it hangs up, or talks about something else: what spends money was not done."""
    proxy = start_proxy(answer)
    monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.address}")
    for error in attempts(colour, opened, "https://cloud.test"):
        assert f"The proxy {proxy.address}, given as HTTPS_PROXY, does not connect to cloud.test" in str(error)
        assert not error.sent


def test_a_proxy_that_wants_a_password_for_plain_requests_is_named(
    colour: Any, opened: Any, monkeypatch: pytest.MonkeyPatch, start_proxy: Any
) -> None:
    """There its refusal is the answer; a 407 is never the service's."""
    proxy = start_proxy(refusal("407 Proxy Authentication Required"))
    monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.address}")
    for error in attempts(colour, opened, "http://cloud.test"):
        assert f"The proxy {proxy.address}, given as HTTP_PROXY, refuses" in str(error)
        assert not error.sent


@pytest.mark.parametrize("address", ["127.0.0.1:{port}", "no-such-proxy.invalid:3128"])
def test_a_proxy_that_can_not_be_reached_is_named(
    colour: Any, opened: Any, monkeypatch: pytest.MonkeyPatch, closed_port: int, address: str
) -> None:
    """Where nobody listens, and where the name means nothing; with and without TLS."""
    address = address.format(port=closed_port)
    for scheme in ("http", "https"):
        monkeypatch.setenv(f"{scheme}_proxy", f"http://ada:pa55word@{address}")
        for error in attempts(colour, opened, f"{scheme}://cloud.test"):
            assert f"The proxy {address}, given as {scheme}_proxy, can't be reached" in str(error)
            assert "add cloud.test to NO_PROXY" in str(error)
            assert "pa55word" not in str(error)
            assert not error.sent


# Certificates.


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_the_variables_of_other_programs_name_authorities(
    colour: Any, secure: Any, opened: Any, certificate: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """For the API, and for token providers used alone."""
    monkeypatch.setenv(variable, str(certificate))
    colour.call(opened(username="a", password="b", endpoints=secure.endpoints).get_batch(BATCH))
    assert PasswordGrantTokenProvider("a", "b", secure.endpoints.auth).get_token() == "token-2"


def test_the_first_variable_counts_and_an_argument_before_it(
    colour: Any, secure: Any, opened: Any, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later one may name nothing at all."""
    monkeypatch.setenv("CURL_CA_BUNDLE", "/nowhere")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    colour.call(opened(username="a", password="b", endpoints=secure.endpoints).get_batch(BATCH))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
    colour.call(opened(username="a", password="b", endpoints=secure.endpoints).get_batch(BATCH))
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")
    colour.call(opened(username="a", password="b", endpoints=secure.endpoints, verify=certificate).get_batch(BATCH))


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize("path", ["/no/where", __file__])
def test_certificates_that_are_not_there_are_told_by_their_variable(
    colour: Any, opened: Any, monkeypatch: pytest.MonkeyPatch, variable: str, path: str
) -> None:
    """At the first request that needs them, before it is sent."""
    monkeypatch.setenv(variable, path)
    for error in attempts(colour, opened, "https://cloud.test"):
        assert isinstance(error, ValidationError)
        assert f"{variable} must be the path" in str(error)
        assert path in str(error)
        assert not error.sent


# Headers.


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"X-Key": " s3cret"}, "headers['X-Key']"),
        ({"X-Key": "s3cret "}, "headers['X-Key']"),
        ({"X-Key": "\ts3cret"}, "headers['X-Key']"),
        ({"X-Key": "s3cret\n"}, "headers['X-Key']"),
        ({"X-Key": " "}, "headers['X-Key']"),
        ({"X-Key": "s3cret\u00e9"}, "headers['X-Key']"),
        ({"X-Key": b"s3cret"}, "headers['X-Key'] must be a string, not a bytes"),
        ({"X-Key": ["s3cret"]}, "headers['X-Key'] must be a string, not a list"),
        ({"X-Key": None}, "headers['X-Key'] must be a string"),
        ({b"X-Key": "s3cret"}, "headers must have strings as names, not a bytes"),
        ({7: "s3cret"}, "headers must have strings as names, not an int"),
        ([("X-Key", "s3cret")], "headers must be a dictionary of strings, not a list"),
        ("s3cret", "headers must be a dictionary of strings, not a str"),
    ],
    ids=str,
)
def test_headers_that_can_not_be_sent_are_refused_at_once(colour: Any, headers: Any, words: str) -> None:
    """Without a word of their values, which may be secrets."""
    with pytest.raises(ValidationError) as caught:
        colour.SDK(token="t", headers=headers)
    assert words in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_blanks_inside_a_header_are_sent(colour: Any, service: Any, opened: Any) -> None:
    """And so is an empty one."""
    headers = {"X-Words": "two\twords here", "X-None": ""}
    colour.call(opened(token="t", endpoints=service.endpoints, headers=headers).get_batch(BATCH))
    assert service.calls[0].headers.items() >= {"x-words": "two\twords here", "x-none": ""}.items()


def test_only_the_proxy_that_is_used_has_to_be_one(colour: Any, opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some desktops set ALL_PROXY=socks://…: where HTTPS_PROXY is used in its place, nothing stops the request."""
    proxy = Proxy(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
    monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.address}")
    monkeypatch.setenv("ALL_PROXY", "socks://127.0.0.1:9")
    for error in attempts(colour, opened, "https://cloud.test"):
        assert not isinstance(error, ValidationError)
    assert all(seen.startswith(b"CONNECT cloud.test:443") for seen in proxy.seen)
    assert len(proxy.seen) == 3
    for error in attempts(colour, opened, "http://cloud.test"):
        assert isinstance(error, ValidationError)
        assert "ALL_PROXY" in str(error)
    assert len(proxy.seen) == 3
