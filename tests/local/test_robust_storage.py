"""What can't be answered is not stored; what is stored, or damaged, or too large for the disk, stops nothing else."""

from __future__ import annotations

import math
import socket
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy.exc import StatementError

from pasqal_cloud import SDK
from pasqal_cloud.errors import ValidationError
from pasqal_cloud.local.arguments import ExitStatus
from pasqal_cloud.local.store import NewWorkload, Store, Submitted

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import LocalService

PATIENCE = 60
WRITES = 45
COMMAND = [sys.executable, "-m", "pasqal_cloud.local", "--engine=scripted", "--port=0"]


# ------------------------------------------------------------------------------------------ what can't be answered


@pytest.mark.parametrize(
    ("field", "text", "place"),
    [
        ("configuration", '{"z": 1e999}', ["configuration", "z"]),
        ("configuration", '{"z": {"y": [0, -1e999]}}', ["configuration", "z", "y", 1]),
        ("configuration", '{"z": NaN}', ["configuration", "z"]),
        ("configuration", '{"z": "\\ud800"}', ["configuration", "z"]),
        ("configuration", '{"\\ud800": 1}', ["configuration"]),
        ("tags", '["fine", "half \\udce9"]', ["tags", 1]),
        ("jobs", '[{"runs": 1e999}]', ["jobs", 0, "runs"]),
        (
            "jobs",
            '[{"runs": 5}, {"runs": 5, "variables": {"omega": [1, Infinity]}}]',
            ["jobs", 1, "variables", "omega", 1],
        ),
        ("anything", "-Infinity", ["anything"]),
        ("configuration", '{"z": ' + "[" * 150 + "]" * 150 + "}", []),
        ("configuration", '{"z": ' + "[" * 900 + "]" * 900 + "}", []),
    ],
    ids=["huge", "nested", "NaN", "surrogate", "name", "tag", "runs", "variable", "unknown", "deep", "very deep"],
)
def test_what_json_cannot_hold_is_refused(scripted: LocalService, field: str, text: str, place: list[Any]) -> None:
    """It is a 422 that names the place, nothing is stored, and lists are as before."""
    fields = {
        "project_id": f'"{scripted.project_id}"',
        "sequence_builder": '"{}"',
        "jobs": '[{"runs": 5}]',
        field: text,
    }
    content = "{" + ", ".join(f'"{name}": {value}' for name, value in fields.items()) + "}"
    reasons = scripted.refused("createBatch", 422, content=content.encode())
    assert [reason["loc"] for reason in reasons] == [["body", *place]]
    assert scripted.get("listBatches") == []


def test_what_json_cannot_hold_is_refused_in_workloads(scripted: LocalService) -> None:
    """A workload's configuration is read as a batch is."""
    fields = f'"project_id": "{scripted.project_id}", "workload_type": "w", "backend": "b"'
    reasons = scripted.refused("createWorkload", 422, content=f'{{{fields}, "config": {{"a": [1e999]}}}}'.encode())
    assert reasons[0]["loc"] == ["body", "config", "a", 0]
    assert scripted.get("listWorkloads") == []


# ------------------------------------------------------------------------------------------------------- what is stored


@pytest.mark.slow
@pytest.mark.parametrize(
    "damage",
    [
        """UPDATE {table} SET {column} = '{{"z": Infinity}}' WHERE id = '{id}'""",
        pytest.param(
            """UPDATE {table} SET {column} = '{{"z": NaN, "y": [-Infinity, "\\ud800"]}}' WHERE id = '{id}'""",
            marks=pytest.mark.slow,
        ),
        pytest.param("""UPDATE {table} SET {column} = '{{"z": ' WHERE id = '{id}'""", marks=pytest.mark.slow),
        """UPDATE {table} SET {column} = CAST(x'7b22ff' AS TEXT) WHERE id = '{id}'""",
    ],
    ids=["Infinity", "parts", "cut", "no text"],
)
def test_a_list_survives_what_cannot_be_shown(start: Callable[..., LocalService], tmp_path: Path, damage: str) -> None:
    """A row that an older version has stored is listed and counted, with null for what can't be shown."""
    path = tmp_path / "service.db"
    first = start("--engine=scripted", f"--db={path}")
    ids: dict[str, list[str]] = {"batches": [], "jobs": [], "workloads": []}
    for _ in range(3):
        batch = first.settled(first.create("{}", {"runs": 5}))
        ids["batches"].append(batch["id"])
        ids["jobs"].append(batch["jobs"][0]["id"])
        body = {"project_id": first.project_id, "workload_type": "w", "backend": "b", "config": {"a": 1}}
        ids["workloads"].append(first.get("createWorkload", json=body)["id"])
    first.stop()
    with closing(sqlite3.connect(path)) as connection, connection:
        for table, column in (("batches", "configuration"), ("jobs", "variables"), ("workloads", "config")):
            connection.execute(damage.format(table=table, column=column, id=ids[table][1]))
    again = start("--engine=scripted", f"--db={path}")
    for table, listing in (("batches", "listBatches"), ("jobs", "listJobs"), ("workloads", "listWorkloads")):
        answer = again.call(listing)
        assert answer.status_code == 200
        assert sorted(item["id"] for item in answer.json()["data"]) == sorted(ids[table])
        assert answer.json()["pagination"]["total"] == 3
    for getting, name, table in (
        ("getBatch", "batch_id", "batches"),
        ("getJob", "job_id", "jobs"),
        ("getWorkload", "workload_id", "workloads"),
    ):
        assert again.get(getting, **{name: ids[table][1]})["id"] == ids[table][1]
    assert ids["jobs"][1] in again.http.get("/", params={"batch": ids["batches"][1]}).raise_for_status().text


# -------------------------------------------------------------------------------------------------------- a full disk


def test_a_full_disk_is_told_and_survived(start: Callable[..., LocalService], tmp_path: Path) -> None:
    """What finds no room is a 503 and stores nothing; once there is room, all goes on, with what had been running."""
    from resource import RLIM_INFINITY, RLIMIT_FSIZE, prlimit

    service = start("--engine=scripted", f"--db={tmp_path / 'service.db'}")
    service.control("POST", "outcomes", json={"hold": True, "counter": {"01": 5}})
    held = service.create("{}", {"runs": 5})
    service.wait_for_job(service.jobs(held)[0], "RUNNING")
    rule = service.control("GET", "outcomes")[0]["id"]
    pid = service.process.pid
    prlimit(pid, RLIMIT_FSIZE, (0, RLIM_INFINITY))
    tagging = {"batch_id": held["id"], "json": ["x"]}
    assert "full" in service.refused("createBatch", 503, json=service.body("{}", {"runs": 5}))
    assert "full" in service.refused("setBatchTags", 503, **tagging)
    assert "full" in service.refused("cancelBatch", 503, batch_id=held["id"])
    service.control("POST", f"outcomes/{rule}/release")
    service.control("DELETE", "outcomes")
    assert [batch["id"] for batch in service.get("listBatches")] == [held["id"]]
    prlimit(pid, RLIMIT_FSIZE, (RLIM_INFINITY, RLIM_INFINITY))
    assert service.get("setBatchTags", **tagging)["tags"] == ["x"]
    assert service.settled(held)["status"] == "DONE"
    assert service.settled(service.create("{}", {"runs": 5}))["status"] == "DONE"


# ------------------------------------------------------------------------------------------------- a damaged database


def each(name: str, cases: dict[str, Any], *, often: set[str]) -> pytest.MarkDecorator:
    """Runs a test with each case; those that are not named here with the slow tests."""
    slow = pytest.mark.slow
    params = [pytest.param(case, id=key, marks=() if key in often else slow) for key, case in cases.items()]
    return pytest.mark.parametrize(name, params)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _overwrite(start: float, length: int) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        content = bytearray(path.read_bytes())
        place = int(len(content) * start)
        content[place : place + length] = b"\xa5" * length
        path.write_bytes(content)

    return damage


def _become_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _lose_a_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("DROP TABLE members")


@pytest.mark.slow
@each(
    "damage",
    {
        "cut": _cut,
        "header": _overwrite(0, 50),
        "first page": _overwrite(0, 5000),
        "early page": _overwrite(0.3, 9000),
        "late page": _overwrite(0.6, 9000),
        "folder": _become_folder,
        "table": _lose_a_table,
        "text": lambda path: path.write_text("no database " * 1000),
    },
    often={"cut", "late page", "text"},
)
def test_a_damaged_database_ends_in_a_sentence(
    start: Callable[..., LocalService], tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    """Whatever is damaged, the service does not start, says which file it is, and shows no traceback."""
    path = tmp_path / "service.db"
    service = start("--engine=scripted", f"--db={path}")
    service.settled(service.create("{}", *[{"runs": 5}] * 50))
    service.stop()
    damage(path)
    ended = subprocess.run([*COMMAND, f"--db={path}"], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert ended.returncode == ExitStatus.UNUSABLE_DATABASE
    assert str(path) in ended.stderr
    assert "Traceback" not in ended.stderr


def _link_in_a_circle(path: Path) -> Path:
    path.symlink_to(path)
    return path


def _in_a_file(path: Path) -> Path:
    path.write_text("no folder")
    return path / "service.db"


def _beside_a_folder(ending: str) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        path.with_name(path.name + ending).mkdir()
        return path

    return make


def _holding(content: bytes) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return make


RANDOM = Random(0).randbytes(20_000)
HEADER = b"SQLite format 3\0"


@pytest.mark.slow
@each(
    "make",
    {
        "zeros": _holding(bytes(100)),
        "a page of zeros": _holding(bytes(4096)),
        "few random bytes": _holding(RANDOM[:50]),
        "random bytes": _holding(RANDOM),
        "a header": _holding(HEADER),
        "a header and random bytes": _holding(HEADER + RANDOM),
        "folder": lambda path: path.parent,
        "circle": _link_in_a_circle,
        "in a file": _in_a_file,
        "lock is a folder": _beside_a_folder(".lock"),
        "log is a folder": _beside_a_folder("-wal"),
        "index is a folder": _beside_a_folder("-shm"),
        "journal is a folder": _beside_a_folder("-journal"),
        "long name": lambda path: path.with_name("n" * 300),
        "read-only": lambda _: Path("/proc/service.db"),
        "read-only, of a process": lambda _: Path("/proc/self/service.db"),
        "in no folder, read-only": lambda _: Path("/proc/folder/service.db"),
        "no home": lambda _: Path("~nobody-of-this-name/service.db"),
    },
    often={"circle", "lock is a folder", "random bytes", "read-only", "zeros"},
)
def test_what_is_no_database_ends_in_a_sentence(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    """What is there, or can't be there, is told in one line, by its name and with its own exit status."""
    path = make(tmp_path / "service.db")
    ended = subprocess.run([*COMMAND, f"--db={path}"], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert ended.returncode == ExitStatus.UNUSABLE_DATABASE
    (sentence,) = ended.stderr.splitlines()
    assert sentence.startswith("The database ")
    assert path.name in sentence
    assert sentence.endswith(".")
    assert "in use" not in sentence
    assert ended.stdout == ""


def test_an_empty_file_is_a_new_database(start: Callable[..., LocalService], tmp_path: Path) -> None:
    """A service that was killed while it made its database leaves one, and so does `mktemp`."""
    path = tmp_path / "service.db"
    path.touch()
    service = start("--engine=scripted", f"--db={path}")
    assert service.settled(service.create("{}", {"runs": 5}))["status"] == "DONE"


# -------------------------------------------------------------------------------------------------------- connections


def test_a_burst_of_idle_connections_keeps_nobody_out(start: Callable[..., LocalService]) -> None:
    """While 1,500 that came at once are there, more than a process may have files, others are answered."""
    from resource import RLIMIT_NOFILE, getrlimit, prlimit, setrlimit

    service = start("--engine=scripted")
    prlimit(service.process.pid, RLIMIT_NOFILE, (1024, 1024))
    before = getrlimit(RLIMIT_NOFILE)
    if before[1] < 2000:
        pytest.skip("a process may not have as many files here")
    address = ("127.0.0.1", httpx.URL(service.connection["url"]).port)
    with ExitStack() as opened:
        setrlimit(RLIMIT_NOFILE, (max(before[0], 2000), before[1]))
        opened.callback(setrlimit, RLIMIT_NOFILE, before)
        for _ in range(1500):
            connection = opened.enter_context(socket.socket())
            connection.settimeout(0)
            connection.connect_ex(address)
        for _ in range(3):
            assert httpx.get(service.connection["url"], timeout=PATIENCE).status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/core-fast/api/v1/batches", pytest.param("/oauth/token", marks=pytest.mark.slow)])
@pytest.mark.parametrize("framing", ["Content-Length: 999999999", "Transfer-Encoding: chunked"])
def test_after_a_413_the_connection_is_closed(scripted: LocalService, path: str, framing: str) -> None:
    """Whoever sends too much can read that while they are still sending, and the connection is closed then."""
    address = ("127.0.0.1", httpx.URL(scripted.connection["url"]).port)
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {scripted.token}\r\n{framing}\r\n\r\n"
    chunk = b"%x\r\n" % 2**16 + b" " * 2**16 + b"\r\n"
    received = b""
    with socket.create_connection(address, timeout=PATIENCE) as connection:
        connection.sendall(head.encode())
        for _ in range(150):
            connection.sendall(chunk)
        while not received.endswith(b"}"):
            data = connection.recv(4096)
            assert data
            received += data
        with suppress(ConnectionResetError):
            assert connection.recv(4096) == b""
    assert received.startswith(b"HTTP/1.1 413")
    assert b"connection: close" in received.lower()


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://[::1"},
        {"Origin": "http://[evil]"},
        {"Origin": "\\//["},
        {"Origin": "http://\u2100.example"},
        {"Host": "[::1"},
        {"Content-Length": "many"},
        {"Content-Length": "-1"},
        {"Authorization": "Bearer \xff.\xff.\xff"},
        {"Authorization": "Basic \xff"},
        {"Content-Type": "application/json; charset=\xff["},
    ],
)
def test_malformed_headers_are_refused(scripted: LocalService, headers: dict[str, str]) -> None:
    """They are the client's fault, and said to be: 4xx."""
    address = ("127.0.0.1", httpx.URL(scripted.connection["url"]).port)
    given = {"Host": "localhost", "Connection": "close", "Content-Length": "2", **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    for path in ("/core-fast/api/v1/batches", "/oauth/token", "/_local/reset"):
        with socket.create_connection(address, timeout=PATIENCE) as connection:
            connection.sendall(f"POST {path} HTTP/1.1\r\n{lines}\r\n[]".encode())
            assert connection.recv(10).startswith(b"HTTP/1.1 4")


@pytest.mark.parametrize(
    "url", ["https://user:secret@x.example/", "http://user@x.example", "http://:secret@x.example/"]
)
def test_webhooks_hold_no_password(scripted: LocalService, url: str) -> None:
    """Whoever reads the batch would see it."""
    (reason,) = scripted.refused("createBatch", 422, json=scripted.body("{}", {"runs": 5}, webhook=url))
    assert reason["loc"] == ["body", "webhook"]
    assert "secret@" not in str(reason)


def test_numbers_that_are_none_are_never_stored(tmp_path: Path) -> None:
    """Whatever a caller of the store gives it, the transaction is undone when an answer could not hold it."""
    with closing(Store(tmp_path / "service.db", seed_of=int)) as store:
        now = datetime.now(UTC)
        user_id = store.accounts.ensure_member("somebody", "p", now)
        for config in ({"a": math.inf}, {"a": "\ud800"}):
            with pytest.raises((StatementError, UnicodeEncodeError)):
                store.submissions.add_workload(
                    NewWorkload("p", "w", "b", config), Submitted(user_id, "o", None, "f"), now
                )
        assert store.queue.claim_workload(now) is None


@pytest.mark.parametrize(
    "url", ["https://user:secret@x.example/", "http://user@x.example", "http://:secret@x.example/"]
)
def test_the_client_sends_no_webhook_with_a_password(url: str) -> None:
    """It is refused when the SDK is made, and not shown."""
    with pytest.raises(ValidationError, match="webhook") as raised:
        SDK(username="u", password="p", project_id="p", webhook=url)
    assert "secret" not in str(raised.value)


@pytest.mark.slow
def test_reads_do_not_wait_for_writes(start: Callable[..., LocalService], tmp_path: Path) -> None:
    """While more writes wait for the database than the service has threads, a batch and a list are read at once."""
    path = tmp_path / "service.db"
    service = start("--engine=scripted", f"--db={path}")
    batch = service.create("{}", {"runs": 5}, open=True)
    with ExitStack() as stack:
        writer = stack.enter_context(closing(sqlite3.connect(path, isolation_level=None)))
        executor = stack.enter_context(ThreadPoolExecutor(WRITES))
        writer.execute("BEGIN IMMEDIATE")
        stack.callback(writer.rollback)  # before the executor waits for its writes
        writes = [executor.submit(service.create, "{}", {"runs": 5}, open=True) for _ in range(WRITES)]
        for _ in range(5):
            assert service.get("getBatch", batch_id=batch["id"])["id"] == batch["id"]
            assert [one["id"] for one in service.get("listBatches")] == [batch["id"]]
        assert not any(write.done() for write in writes)
        writer.rollback()
        assert all(write.result()["id"] for write in writes)
