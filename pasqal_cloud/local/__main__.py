"""`python -m pasqal_cloud.local`: serves on loopback until it is stopped."""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import socket
import sys
import threading
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from uuid import UUID

from pasqal_cloud.local.options import Options, UnusableDatabaseError

REQUIRED = ("jsonschema", "pebble", "pulser", "pulser_simulation", "sqlalchemy", "starlette", "uvicorn")
MISSING_EXTRA = 3
"""Exit status when a package that the service needs is not installed."""

CANT_LISTEN = 4
"""Exit status when the address is taken."""

UNUSABLE_DATABASE = 5
"""Exit status when the database can't be used."""

LOOPBACK = ("127.0.0.1", "::1", "localhost")
PARENT_POLL = 0.1
"""Seconds between two looks at who the parent is."""

SHUTDOWN_LIMIT = 0.5
"""Seconds after which a service whose parent has died ends without tidying up."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command and gives its exit status."""
    parsed = _parser().parse_args(arguments)
    if missing := [name for name in REQUIRED if find_spec(name) is None]:
        sys.stderr.write(
            f"The local service needs {', '.join(missing)}, which is not installed: "
            f'pip install "pasqal-cloud[local]=={_version()}"\n'
        )
        return MISSING_EXTRA
    try:
        listener = _listening(parsed.host, parsed.port)
    except OSError as error:
        sys.stderr.write(f"The local service can't listen on {parsed.host}, port {parsed.port}: {error.strerror}.\n")
        return CANT_LISTEN
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # one core per worker; inherited by them
    logging.basicConfig(level=parsed.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if parsed.exit_with_parent:
        _exit_with_parent()
    try:
        _serve(parsed, listener)
    except KeyboardInterrupt:
        pass
    except UnusableDatabaseError as error:
        sys.stderr.write(f"{error}\n")
        return UNUSABLE_DATABASE
    return 0


def _serve(parsed: argparse.Namespace, listener: socket.socket) -> None:
    import uvicorn

    from pasqal_cloud.local.app import create_app
    from pasqal_cloud.local.assembly import running_service
    from pasqal_cloud.local.contract import Contract

    names = {name: value for name, value in vars(parsed).items() if name in Options.__dataclass_fields__}
    with listener, running_service(Options(**names)) as (service, access):
        host = f"[{parsed.host}]" if ":" in parsed.host else parsed.host
        url = f"http://{host}:{listener.getsockname()[1]}"
        connection = {"url": url, **vars(access)}
        text = json.dumps(connection) if parsed.json else HOW_TO_CONNECT.format(**connection)
        app = create_app(service, Contract.load(), ready=lambda: _tell(text))
        config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1)
        uvicorn.Server(config).run(sockets=[listener])


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


HOW_TO_CONNECT = """\
Pasqal Cloud, run locally at {url}; Ctrl-C stops it.

Python:
    from pasqal_cloud import SDK, Endpoints

    sdk = SDK(
        username="{username}",
        password="{password}",
        project_id="{project_id}",
        endpoints=Endpoints.at("{url}"),
    )

curl:
    token=$(curl -s {url}/oauth/token -d grant_type=password \\
        -d username={username} -d password={password} | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
    curl -H "Authorization: Bearer $token" {url}/core-fast/api/v1/batches
"""


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off, 40 ms per answer, only where it sees that the protocol is TCP
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # an earlier life's connections may linger
        listener.bind((host, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def _exit_with_parent() -> None:
    """Ends the process once the parent has closed this end's standard input, or has died."""
    parent = os.getppid()
    is_over = threading.Event()

    def read_to_the_end() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        is_over.set()

    def end() -> None:
        while not is_over.wait(PARENT_POLL) and os.getppid() == parent:
            pass
        threading.Timer(SHUTDOWN_LIMIT, os._exit, (1,)).start()
        signal.raise_signal(signal.SIGTERM)

    for watch in (read_to_the_end, end):
        threading.Thread(target=watch, daemon=True).start()


def _parser() -> argparse.ArgumentParser:
    defaults = Options()
    parser = argparse.ArgumentParser(
        prog="python -m pasqal_cloud.local", description="Runs a service like Pasqal Cloud on this machine."
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", type=_loopback, help="address to listen on; loopback only")
    add("--port", default=8000, type=_port, help="port to listen on; 0 takes a free one (default: %(default)s)")
    add("--json", action="store_true", help="print how to connect as one JSON object, on the first line")
    add("--db", metavar="PATH", help="database to keep; without it, one that is removed at the end")
    add("--workers", metavar="N", type=_positive, default=defaults.workers, help="jobs run at once (%(default)s)")
    add("--seed", metavar="N", type=int, help="make the results reproducible")
    add("--max-atoms", metavar="N", type=_positive, default=defaults.max_atoms, help="register limit (%(default)s)")
    add("--username", default=defaults.username, help="who may log in (default: %(default)s)")
    add("--password", help="with what; without it, one is made that lasts as long as the database")
    add("--project-id", metavar="UUID", type=_uuid, help="their project; without it, one is made like the password")
    for name, what in (
        ("job-time-limit", "that a job may run; without it, no limit"),
        ("idle-timeout", "after which an open batch without unsettled jobs is TIMED_OUT (%(default)s)"),
        ("token-lifetime", "that an access token is valid (%(default)s)"),
        ("link-lifetime", "that a link to a result is valid (%(default)s)"),
    ):
        default = getattr(defaults, name.replace("-", "_"))
        add(f"--{name}", metavar="S", type=_seconds, default=default, help=f"seconds {what}")
    levels = ("debug", "info", "warning", "error")
    add("--log-level", choices=levels, default="warning", help="what standard error tells (default: %(default)s)")
    add("--exit-with-parent", action="store_true", help="stop at the end of standard input, or when the parent dies")
    return parser


def _loopback(host: str) -> str:
    if host not in LOOPBACK:
        raise argparse.ArgumentTypeError(f"the service listens on loopback only ({', '.join(LOOPBACK)}), not on {host}")
    return host


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not at least 1")
    return number


def _port(text: str) -> int:
    number = int(text)
    if number not in range(2**16):
        raise argparse.ArgumentTypeError(f"{number} is not between 0 and {2**16 - 1}")
    return number


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds")
    return number


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is no UUID") from error


def _version() -> str:
    try:
        return version("pasqal-cloud")
    except PackageNotFoundError:
        return "0"


if __name__ == "__main__":
    sys.exit(main())
