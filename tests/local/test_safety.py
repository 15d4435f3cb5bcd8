"""Who can reach the service, what they can exhaust, and what the log keeps to itself."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import socket
import sqlite3
import threading
import tracemalloc
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from pasqal_cloud.local import __main__ as command
from pasqal_cloud.local.credentials import PASSWORD_VARIABLE
from pasqal_cloud.local.http import connections, safety
from pasqal_cloud.local.http.bodies import MAX_VALUES, parsed
from pasqal_cloud.local.http.contract import MAX_PROBLEMS, Contract, InvalidRequestError
from pasqal_cloud.local.http.safety import Guard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.requests import Request

    from .conftest import LocalService

GOOD_PASSWORD = "correct horse battery"
PATIENCE = 60


# --------------------------------------------------------------------------------------------- pages of other origins


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:1234", "LOCALHOST", "[::1]:8000", "127.1.2.3"])
def test_the_service_has_loopback_names(service: LocalService, host: str) -> None:
    """Any name of this machine's own reaches it, whatever the port, which may be another's end of a tunnel."""
    assert service.http.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/core-fast/api/v1/devices/public-specs", "/oauth/token", "/results/x", "/none"])
@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example:80", "192.168.0.1", "[::1", "", "localhost@x:"]
)
def test_other_names_are_refused(service: LocalService, host: str, path: str) -> None:
    """A name that somebody else has pointed at this machine (DNS rebinding) opens nothing: 421, in the envelope."""
    answer = service.http.get(path, headers={"Host": host})
    assert answer.status_code == 421
    assert answer.json()["status"] == "fail"
    assert "127.0.0.1" in answer.json()["data"]["description"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "{url}", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost:1"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "{url}", "Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_pages_of_other_origins_change_nothing(service: LocalService, headers: dict[str, str], status: int) -> None:
    """A request that would change something is refused when a browser says that another origin's page sends it."""
    headers = {name: value.format(url=service.connection["url"]) for name, value in headers.items()}
    fields = {"grant_type": "password", **{name: service.connection[name] for name in ("username", "password")}}
    assert service.http.post("/oauth/token", data=fields, headers=headers).status_code == status


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "PATCH"])
def test_no_answer_is_for_other_origins(service: LocalService, method: str) -> None:
    """No answer allows other origins to read it, not even to ask whether they may (CORS)."""
    asking = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for path in ("/", "/oauth/token", "/core-fast/api/v1/batches", "/none"):
        answer = service.http.request(method, path, headers=asking)
        assert "access-control-allow-origin" not in answer.headers
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["x-content-type-options"] == "nosniff"


# ----------------------------------------------------------------------------------------------------- other machines


@pytest.mark.parametrize(
    ("arguments", "password", "reason"),
    [
        ("", GOOD_PASSWORD, "--allow-remote"),
        ("--allow-remote", None, "--password-file"),
        ("--allow-remote", "short", "hard to guess"),
        ("--allow-remote", "aaaaaaaaaaaaaaaaaaaa", "hard to guess"),
        ("--allow-remote --username ada", "ada is my username", "hard to guess"),
        ("--allow-remote --password-file /does/not/exist", None, "can't be read"),
    ],
)
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_other_machines_need_credentials(
    host: str,
    arguments: str,
    password: str | None,
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An address for others needs the option and a good password of one's own; else one sentence, and status 2."""
    monkeypatch.setenv(PASSWORD_VARIABLE, password or "")
    assert command.main(["--host", host, "--port", "0", *arguments.split()]) == 2
    told = capsys.readouterr().err
    assert reason in told
    assert told.count("\n") == 1
    assert password is None or password not in told


def test_a_service_for_other_machines(start: Callable[..., LocalService], monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers to any name, takes the credentials that were given, and shows its page to nobody else."""
    monkeypatch.setenv(PASSWORD_VARIABLE, GOOD_PASSWORD)
    service = start("--host", "0.0.0.0", "--behind-proxy", "127.0.0.1", "--username", "ada", "--engine", "scripted")
    assert service.connection["url"].startswith("http://127.0.0.1:")
    assert service.log_in(username="ada", password=GOOD_PASSWORD).status_code == 200
    page = {"url": "/", "headers": {"Host": "service.example"}}
    refused = [service.http.get(**page), *(service.http.get(**page, auth=("ada", wrong)) for wrong in ("", "x"))]
    for answer in refused:
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic ")
        assert "EMU_FREE" not in answer.text
    assert service.http.get(**page | {"headers": {"Authorization": "Basic é".encode()}}).status_code == 401
    assert "EMU_FREE" in service.http.get(**page, auth=("ada", GOOD_PASSWORD)).text


def test_the_page_shows_a_batch_to_members_of_its_project(
    start: Callable[..., LocalService], monkeypatch: pytest.MonkeyPatch
) -> None:
    """To others, it does not exist, as in the API."""
    monkeypatch.setenv(PASSWORD_VARIABLE, GOOD_PASSWORD)
    service = start("--host", "0.0.0.0", "--behind-proxy", "127.0.0.1", "--username", "ada", "--engine", "scripted")
    service.control("POST", "users", json={"username": "bob", "password": "p"})
    batch = service.settled(service.create("{}", {"runs": 7, "variables": {"omega": 1.5}}))
    mine, others = (
        service.http.get("/", params={"batch": batch["id"]}, auth=auth)
        for auth in (("ada", GOOD_PASSWORD), ("bob", "p"))
    )
    assert (mine.status_code, "omega" in mine.text) == (200, True)
    assert (others.status_code, "omega" in others.text) == (404, False)
    assert "you are not a member of its project" in others.text
    assert service.http.get("/", params={"batch": batch["id"]}).status_code == 401


# ------------------------------------------------------------------------------------------------------------ secrets


def test_the_log_holds_no_secret(start: Callable[..., LocalService], tmp_path: Path, quick: str) -> None:
    """At its most talkative it shows no password, token, signature, key or result, whether things go well or not."""
    log, database, password = tmp_path / "log", tmp_path / "service.db", "known to nobody"
    with log.open("w") as stream:
        service = start("--log-level", "debug", "--db", str(database), "--password", password, stderr=stream)
        assert service.log_in(password="mistaken secret").status_code == 403
        service.http.post("/oauth/token", content=b"grant_type=password&username=x&password=half a secret")
        assert service.call("getAuthInfo", headers={"Authorization": "Bearer stolen-token"}).status_code == 401
        batch = service.settled(service.create(quick, {"runs": 10}, tags=["a tag"]))
        link = service.get("getJobResultsLink", job_id=batch["jobs"][0]["id"])["results_link"]
        assert httpx.get(link).status_code == 200
        assert httpx.get(link + "0").status_code == 403
        assert service.http.get("/").status_code == 200
        assert service.stop() == 0
    with closing(sqlite3.connect(database)) as connection:
        key = connection.execute("SELECT value FROM settings WHERE name = 'secret'").fetchone()[0]
    said = log.read_text()
    signature = dict(httpx.URL(link).params)["signature"]
    token = service.token
    assert "createBatch" in said
    for secret in (
        password,
        "mistaken",
        "half a secret",
        "stolen-token",
        token,
        token[-20:],
        signature,
        key,
        "counter",
    ):
        assert secret not in said


# ------------------------------------------------------------------------------------------------ exhausting, escaping


@pytest.mark.slow
def test_a_bomb_is_defused(service: LocalService) -> None:
    """A body that is small as sent and immense when unpacked is refused, before it takes the memory."""
    status = Path(f"/proc/{service.process.pid}/status")
    bomb = gzip.compress(bytes(2**30), compresslevel=1)
    assert len(bomb) < 8 * 2**20
    before = peak(status)
    for _ in range(3):
        answer = service.call("createBatch", content=bomb, headers={"Content-Encoding": "gzip"})
        assert answer.status_code == 413
    assert peak(status) - before < 400 * 1024
    anybodys = gzip.compress(bytes(2**21))  # no token is needed for this one
    assert service.http.post("/oauth/token", content=anybodys, headers={"Content-Encoding": "gzip"}).status_code == 413


def many(part: str, size: int) -> str:
    """Repeats a part of JSON up to a size in bytes."""
    return ",".join([part] * (size // (len(part) + 1)))


def body_of(**fields: str) -> bytes:
    """Gives a new batch's body, of fields in JSON."""
    told = {"sequence_builder": '"{}"', "jobs": '[{"runs": 5}]', **fields}
    return ("{" + ",".join(f'"{name}": {value}' for name, value in told.items()) + "}").encode()


RUNS = '{"runs":0}'


def each_hostile(*often: str) -> pytest.MarkDecorator:
    """Runs a test with each hostile body; those that are not named here with the slow tests."""
    slow = pytest.mark.slow
    each = [pytest.param(make, id=name, marks=() if name in often else slow) for name, make in HOSTILE.items()]
    return pytest.mark.parametrize("hostile", each)


HOSTILE: dict[str, Callable[[int], bytes]] = {
    "numbers": lambda size: f"[{many('0', size)}]".encode(),
    "lists": lambda size: f"[{many('[]', size)}]".encode(),
    "objects": lambda size: f"[{many('{}', size)}]".encode(),
    "nested lists": lambda size: f"[{many('[' * 50 + ']' * 50, size)}]".encode(),
    "jobs that are none": lambda size: body_of(jobs=f"[{many('0', size)}]"),
    "jobs of other runs": lambda size: body_of(jobs=f"[{many(RUNS, size)}]"),
    "tags that are none": lambda size: body_of(tags=f"[{many('[]', size)}]"),
    "a configuration": lambda size: body_of(configuration=f'{{"a": [{many("0", size)}]}}'),
    "what is no field": lambda size: body_of(anything=f"[{many('[0]', size)}]"),
    "behind texts": lambda size: f'["\\\\", "\\"", {many("[]", size)}]'.encode(),
}
"""Bodies that are small when compressed, and hold very many values."""


@pytest.mark.slow
@each_hostile("jobs that are none", "nested lists")
def test_many_values_take_little_memory(start: Callable[..., LocalService], hostile: Callable[[int], bytes]) -> None:
    """A few thousand bytes that hold millions of values are refused at once, with few words."""
    service = start("--engine=scripted")
    status = Path(f"/proc/{service.process.pid}/status")
    before = peak(status)
    sent = gzip.compress(hostile(14_000_000))
    assert len(sent) < 100_000
    answer = service.call("createBatch", content=sent, headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 422
    assert len(answer.content) < 10_000
    assert peak(status) - before < 250 * 1024


@pytest.mark.slow
@each_hostile("numbers", "behind texts")
def test_looking_at_values_takes_little_memory(hostile: Callable[[int], bytes]) -> None:
    """Beyond the values themselves, a body that is just not too large takes nothing: no place is made for each."""
    body = hostile(300_000)
    check = next(each for each in Contract.load().operations() if each.id == "createBatch").check_body
    tracemalloc.start()
    try:
        content = json.loads(body)
        values, _ = tracemalloc.get_traced_memory()
        del content
        tracemalloc.reset_peak()
        with suppress(InvalidRequestError):
            check(parsed(body))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < values + 4_000_000


@pytest.mark.parametrize(
    "body",
    [
        body_of(jobs="[" + many("0", 2000) + "]"),
        body_of(jobs="[" + many('{"runs": 0}', 20000) + "]"),
        body_of(tags="[" + many("[]", 2000) + "]"),
    ],
    ids=["jobs", "runs", "tags"],
)
def test_few_of_many_problems_are_told(scripted: LocalService, body: bytes) -> None:
    """The first, which name their places; whoever has mended those is told of others."""
    reasons = scripted.refused("createBatch", 422, content=body)
    assert len(reasons) == MAX_PROBLEMS
    assert [reason["loc"][2] for reason in reasons] == [*range(MAX_PROBLEMS)]


@pytest.mark.parametrize("last", ["{}", *(pytest.param(last, marks=pytest.mark.slow) for last in ("[]", "0", "null"))])
def test_tags_of_several_kinds_are_refused_at_once(start: Callable[..., LocalService], last: str) -> None:
    """They can't be sorted, and are not compared each with each: that would take longer than anybody waits."""
    service = start("--engine=scripted")
    tags = ",".join(f'"{number}"' for number in range(150_000))
    reasons = service.refused("createBatch", 422, content=body_of(tags=f"[{tags},{last}]", project_id='"p"'))
    assert ["body", "tags", 150_000] in [reason["loc"] for reason in reasons]


@pytest.mark.slow
def test_texts_may_hold_anything() -> None:
    """What looks like many values within a text, as a sequence does, counts for nothing."""
    text = json.dumps({"sequence_builder": json.dumps([[0, {"a": "\\"}]] * 600_000)}).encode()
    assert text.count(b",") > MAX_VALUES
    assert parsed(text) == json.loads(text)
    for broken in (text[:-2], text[:-9] + b"\\", b'"' + b'\\"' * 2_000_000, "[0]".encode("utf-16")):
        with pytest.raises(InvalidRequestError) as raised:
            parsed(broken)
        assert raised.value.problems[0]["msg"] == "the body is not JSON"


def test_clients_that_vanish_are_no_failures(start: Callable[..., LocalService], tmp_path: Path) -> None:
    """Whoever hangs up in the middle of a body leaves no trace in the log."""
    with (tmp_path / "log").open("w") as log:
        service = start("--engine", "scripted", stderr=log)
        address = ("127.0.0.1", httpx.URL(service.connection["url"]).port)
        for _ in range(3):
            with socket.create_connection(address, timeout=PATIENCE) as connection:
                connection.sendall(b"POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf")
        assert service.stop() == 0
    assert (tmp_path / "log").read_text() == ""


def peak(status: Path) -> int:
    """Gives the most memory that a process has taken, in KiB."""
    return int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/results/..%2f..%2f..%2fetc%2fpasswd?expires=1&signature=x", 404),
        ("/results/../../../etc/passwd", 404),
        ("/results/%00", 403),
        ("/../etc/passwd", 404),
        ("//etc/passwd", 404),
        ("/core-fast/api/v1/batches/..%2f..%2fetc%2fpasswd", 404),
        ("/core-fast/api/v1/batches/%2e%2e/%2e%2e/etc/passwd", 404),
        ("/core-fast/api/v2/jobs/%2e%2e%2f", 404),
        ("/core-fast/api/v2/jobs/'%20OR%201=1%20--", 422),
        ("/core-fast/api/v2/jobs/%F0%9F%92%A5%00%0d%0aSet-Cookie:%20x", 422),
        ("/account/api/v1/projects/..%5c..%5c", 404),
    ],
)
def test_paths_and_ids_do_not_escape(service: LocalService, path: str, status: int) -> None:
    """An id that is none, or a path that climbs, finds nothing: a plain refusal in the envelope."""
    with closing(httpx.HTTPTransport()) as transport:
        url = httpx.URL(service.connection["url"]).copy_with(raw_path=path.encode())
        headers = {"Host": url.netloc.decode(), "Authorization": f"Bearer {service.token}"}
        answer = transport.handle_request(httpx.Request("GET", url, headers=headers))
        answer.read()
    assert answer.status_code == status
    assert answer.json()["status"] == "fail"
    assert "set-cookie" not in answer.headers
    assert "root:" not in answer.text


def test_idle_connections_give_way(service: LocalService) -> None:
    """More idle connections than there may be keep nobody out, and neither do half-sent requests and bodies."""
    address = ("127.0.0.1", httpx.URL(service.connection["url"]).port)
    beginnings = (
        b"",
        b"GET / HTTP/1.1\r\nHost: loc",
        b"POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\ngrant",
    )
    opened = []
    try:
        for number in range(connections.MAX_CONNECTIONS + 50):
            opened.append(socket.create_connection(address, timeout=PATIENCE))
            opened[-1].sendall(beginnings[number % len(beginnings)])
        assert httpx.get(service.connection["url"], timeout=PATIENCE).status_code == 200
        assert httpx.get(service.connection["url"], timeout=PATIENCE).status_code == 200
    finally:
        for connection in opened:
            connection.close()


@contextmanager
def serving(answer: Callable[[Request], Any]) -> Iterator[int]:
    """Serves one page as the service does its own, and gives the port."""
    app = Starlette(routes=[Route("/", answer, methods=["GET", "POST"])])
    guarded = Guard(app, refuse=lambda status, reason: Response(reason, status), allow_remote=False)
    server = uvicorn.Server(uvicorn.Config(guarded, http=connections.BoundedConnection, ws="none", log_config=None))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=asyncio.run, args=(server.serve([listener]),))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"", b""),
        (b"GET / HTTP/1.1\r\nHost: loc", b""),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTTP/1.1\r\nHo", b"HTTP/1.1 200"),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n\r\nhalf", b"HTTP/1.1 408"),
    ],
    ids=["nothing", "half a request", "half another request", "half a body"],
)
def test_slow_senders_are_given_up(sent: bytes, answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever does not finish what they send is hung up on, though bytes trickle in, with an answer where possible."""
    for module, name in ((connections, "REQUEST_WITHIN"), (safety, "BODY_WITHIN")):
        monkeypatch.setattr(module, name, 1.0)

    async def read(request: Request) -> Response:
        return PlainTextResponse(str(len(await request.body())))

    with serving(read) as port, socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(sent)
        received = b""
        connection.settimeout(0.2)
        for _ in range(int(PATIENCE / 0.2)):
            try:
                if not (data := connection.recv(4096)):
                    break
                received += data
                if answer == b"HTTP/1.1 408":
                    break
            except TimeoutError:
                if sent:
                    connection.sendall(b"x")
            except ConnectionResetError:
                break
        else:
            pytest.fail("nobody hung up")
    assert received.startswith(answer)


def test_slow_readers_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for much and reads nothing is hung up on."""
    monkeypatch.setattr(connections, "READ_WITHIN", 0.5)

    async def much(_request: Request) -> Response:
        return PlainTextResponse(b"x" * 64 * 2**20)

    with serving(much) as port, socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        hung_up = wait_for_hang_up(connection)
    assert hung_up


def wait_for_hang_up(connection: socket.socket) -> bool:
    """Waits, without reading, until the other end is gone."""
    import select

    poll = select.poll()
    poll.register(connection, select.POLLRDHUP | select.POLLHUP | select.POLLERR)
    return bool(poll.poll(PATIENCE * 1000))
