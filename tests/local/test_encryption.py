"""A service for other machines: with a certificate of its own, or behind a proxy; otherwise it does not start."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import trustme
from starlette.responses import Response

from pasqal_cloud.local import __main__ as command
from pasqal_cloud.local.credentials import PASSWORD_VARIABLE
from pasqal_cloud.local.encryption import UntrustworthyProxyError, proxy_addresses
from pasqal_cloud.local.http.proxies import BehindProxy

from .conftest import PATIENCE, LocalService

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from starlette.types import Message

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Issues certificates."""
    return trustme.CA()


@pytest.fixture(scope="module")
def certificate(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `cert.pem`, `key.pem` and both in `both.pem`."""
    folder: Path = tmp_path_factory.mktemp("certificate")
    issued = authority.issue_cert("127.0.0.1", "localhost")
    issued.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    issued.private_key_pem.write_to_path(folder / "key.pem")
    issued.private_key_and_cert_chain_pem.write_to_path(folder / "both.pem")
    return folder


class Encrypted(LocalService):
    """A service with TLS, whose client trusts the authority."""

    authority: trustme.CA

    def __init__(self, *arguments: str, **options: Any) -> None:
        made, context = httpx.Client, ssl.create_default_context()
        self.authority.configure_trust(context)
        try:
            httpx.Client = lambda **given: made(verify=context, **given)  # type: ignore[assignment,misc] # for the token
            super().__init__(*arguments, **options)
        finally:
            httpx.Client = made  # type: ignore[misc]


@pytest.fixture
def encrypted(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Encrypted]]:
    """Starts services with TLS."""
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    Encrypted.authority = authority
    started: list[Encrypted] = []

    def start(*arguments: str) -> Encrypted:
        started.append(Encrypted("--engine", "scripted", "--username", "ada", *arguments))
        return started[-1]

    yield start
    for service in started:
        assert service.stop() == 0


@pytest.mark.slow
def test_a_service_encrypts(encrypted: Callable[..., Encrypted], certificate: Path) -> None:
    """With a certificate, other machines may connect; links are encrypted too, and plain HTTP gets no answer."""
    service = encrypted("--host", "0.0.0.0", "--allow-remote", "--tls-cert", str(certificate / "both.pem"))
    url = service.connection["url"]
    assert url.startswith("https://127.0.0.1:")
    batch = service.settled(service.create("{}", {"runs": 10}))
    link = service.get("getJobResultsLink", job_id=batch["jobs"][0]["id"])["results_link"]
    assert link.startswith(url)
    assert service.http.get(link).json()["counter"]
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(url.replace("https", "http"), timeout=PATIENCE)
    with pytest.raises(httpx.ConnectError):
        httpx.get(url, timeout=PATIENCE)  # whoever does not trust the authority does not connect


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ("--host 0.0.0.0 --allow-remote", "without encryption: add --tls-cert"),
        ("--host 192.0.2.1 --allow-remote", "without encryption: add --tls-cert"),
        ("--host 0.0.0.0 --tls-cert {}/both.pem", "add --allow-remote"),
        ("--tls-key {}/key.pem", "--tls-key needs --tls-cert"),
        ("--tls-cert {}/none.pem", "can't be read: No such file"),
        ("--tls-cert {}/cert.pem", "can't be used"),
        ("--tls-cert {}/key.pem --tls-key {}/key.pem", "can't be used"),
    ],
)
def test_what_is_not_encrypted_does_not_start(
    arguments: str, reason: str, certificate: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence says what to add, with status 2."""
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    assert command.main(["--port", "0", *arguments.replace("{}", str(certificate)).split()]) == 2
    told = capsys.readouterr().err
    assert reason in told
    assert told.count("\n") == 1


@pytest.mark.parametrize("proxies", ["127.0.0.1", "::1", "10.0.0.0/8", "192.168.1.7, 172.16.0.0/12", "fd00::/8"])
def test_proxies_are_near(proxies: str) -> None:
    """They are on the same machine or in a private network."""
    assert list(proxy_addresses(proxies)) == proxies.split(", ")


@pytest.mark.parametrize(
    "proxies", ["", ",", "0.0.0.0/0", "::/0", "8.8.8.8", "10.0.0.0/7", "proxy.example", "10.0.0.1/8"]
)
def test_proxies_far_away_are_refused(proxies: str, capsys: pytest.CaptureFixture[str]) -> None:
    """So are names, since whoever answers for a name could change."""
    with pytest.raises(UntrustworthyProxyError):
        proxy_addresses(proxies)
    with pytest.raises(SystemExit, match="2"):
        command.main(["--behind-proxy", proxies])
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("127.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", "203.0.113.1, 192.0.2.7, 10.1.2.3", "192.0.2.7"),
        ("::ffff:10.1.2.3", None, "::ffff:10.1.2.3"),
        ("10.255.0.1", "192.0.2.7", "192.0.2.7"),
        ("192.0.2.7", None, None),
        ("192.0.2.7", "127.0.0.1", None),
        ("11.0.0.1", None, None),
        ("::1", None, None),
        ("", None, None),
    ],
)
def test_only_proxies_come_through(peer: str, forwarded: str | None, client: str | None) -> None:
    """What they tell of the client is believed, as far as it comes from them; others are refused."""
    seen: list[str] = []
    sent: list[Message] = []

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        seen.append(scope["client"][0])

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    behind = BehindProxy(app, ("127.0.0.1", "10.0.0.0/8"), lambda status, reason: Response(reason, status))
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    asyncio.run(behind({"type": "http", "client": (peer, 1), "headers": headers}, receive, send))
    assert seen == ([] if client is None else [client])
    assert [message["status"] for message in sent if "status" in message] == ([403] if client is None else [])
