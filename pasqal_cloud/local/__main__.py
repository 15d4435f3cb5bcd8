"""`python -m pasqal_cloud.local`: runs the service, by default on loopback only, until it is stopped.

Modules that need the packages of an extra are imported only after `_missing` has checked that these are installed.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
import threading
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from pasqal_cloud.local.arguments import ExitStatus, installed_version, parser
from pasqal_cloud.local.credentials import CredentialsError, Password, chosen_password, metrics_token
from pasqal_cloud.local.database import db_password, is_server
from pasqal_cloud.local.encryption import RemoteError, check_address, proxies_of
from pasqal_cloud.local.logs import set_up
from pasqal_cloud.local.options import Options, RunnerError, UnservableError, UnusableDatabaseError

if TYPE_CHECKING:
    import argparse

SERVICE = ("alembic", "filelock", "jinja2", "jsonschema", "prometheus_client", "sqlalchemy", "starlette", "uvicorn")
EXTRAS = {
    "scripted": ("testing", SERVICE),
    "emulators": ("local", tuple(sorted({*SERVICE, "pebble", "pulser", "pulser_simulation"}))),
}
"""The extra that each engine needs, and the packages it installs. Further emulators are checked in `devices`."""

PARENT_POLL = 0.1
"""Seconds between two checks whether the parent process is still alive."""

SHUTDOWN_LIMIT = 0.5
"""Seconds after which a service whose parent has died ends without a clean shutdown."""


def main(
    arguments: list[str] | None = None, prog: str = "python -m pasqal_cloud.local", db: str | None = None
) -> ExitStatus:
    """Runs the command and gets its exit status.

    Args:
        arguments: The command-line arguments; None for those of the process.
        prog: The command that messages and the help mention.
        db: The database to use if the arguments name none; None for one that is deleted at the end.
    """
    try:
        return _main(parser(prog, db).parse_args(arguments))
    except KeyboardInterrupt:
        return ExitStatus.STOPPED


def _main(parsed: argparse.Namespace) -> ExitStatus:
    if missing := _missing(parsed.engine, parsed.db, parsed.runner):
        return _ended(ExitStatus.MISSING_EXTRA, missing)
    try:
        _check_runner(parsed)
        password = chosen_password(parsed.password, parsed.password_file, os.environ)
        parsed.metrics_token = metrics_token(parsed.metrics_token_file, os.environ)
        parsed.db_password = db_password(parsed.db_password_file, os.environ)
        check_address(parsed, password)
    except (CredentialsError, RemoteError, RunnerError, UnusableDatabaseError) as error:
        is_option = not isinstance(error, UnusableDatabaseError)
        return _ended(ExitStatus.WRONG_OPTIONS if is_option else ExitStatus.UNUSABLE_DATABASE, str(error))
    try:
        listener = _listening(parsed.host, parsed.port)
    except OSError as error:
        reason = error.strerror or str(error)
        return _ended(
            ExitStatus.CANT_LISTEN, f"The local service can't listen on {parsed.host}, port {parsed.port}: {reason}."
        )
    set_up(parsed.log_level.upper(), parsed.log_format)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(ExitStatus.STOPPED))
    if parsed.exit_with_parent:
        _exit_with_parent()
    try:
        _serve(parsed, password, listener)
    except UnusableDatabaseError as error:
        return _ended(ExitStatus.UNUSABLE_DATABASE, str(error))
    except UnservableError as error:
        return _ended(ExitStatus.UNUSABLE_DEVICES, str(error))
    return ExitStatus.STOPPED


def _serve(parsed: argparse.Namespace, password: Password | None, listener: socket.socket) -> None:
    import uvicorn

    from pasqal_cloud.local.announcement import announcement, base_url, connection, say
    from pasqal_cloud.local.assembly import running_service
    from pasqal_cloud.local.devices import not_installed
    from pasqal_cloud.local.http.app import create_app
    from pasqal_cloud.local.http.connections import IDLE_BETWEEN, BoundedConnection, BoundedServer
    from pasqal_cloud.local.http.contract import Contract

    options = _options(parsed, password)
    os.umask(0o077)  # the database contains the key that signs tokens
    with listener, running_service(options) as (service, login, script):
        url = base_url(parsed.host, listener.getsockname()[1], "https" if parsed.tls_cert else "http")
        proxies = proxies_of(parsed)

        def ready() -> None:
            if parsed.json:
                say(connection(url, login), sys.stdout)
                return
            shown = password or Password.shown(login.password)
            devices = service.catalogue.devices
            missing = not_installed(devices)
            say(announcement(parsed.host, url, login, shown, options.db, devices, missing, proxies), sys.stdout)

        app = create_app(
            service,
            Contract.load(),
            script,
            login,
            ready=ready,
            allow_remote=options.allow_remote or bool(proxies),
            proxies=proxies,
            metrics_token=parsed.metrics_token,
        )
        config = uvicorn.Config(
            app,
            http=BoundedConnection,
            ws="none",
            date_header=False,  # the application adds its own, which follows the service's clock
            log_config=None,
            proxy_headers=False,  # the application believes them only if it has a proxy
            ssl_certfile=parsed.tls_cert,
            ssl_keyfile=parsed.tls_key,
            access_log=False,  # it would contain the signatures of result links
            timeout_keep_alive=IDLE_BETWEEN,
            # if the parent has died, no client is left, and a temporary database must be deleted in time
            timeout_graceful_shutdown=SHUTDOWN_LIMIT / 2 if parsed.exit_with_parent else 1,  # type: ignore[arg-type] # asyncio takes fractions
        )
        gc.freeze()  # looking for garbage among all modules, again and again, would delay answers
        BoundedServer(config).run(sockets=[listener])


def _options(parsed: argparse.Namespace, password: Password | None) -> Options:
    from pasqal_cloud.local.database import place_of

    values = {name: value for name, value in vars(parsed).items() if name in Options.__dataclass_fields__}
    values["password"] = password.text if password else None
    values["devices"] = tuple(parsed.devices) if parsed.devices else None
    values["db"] = str(place_of(parsed.db)) if parsed.db is not None else None
    return Options(**values)


def _ended(status: ExitStatus, sentence: str) -> ExitStatus:
    sys.stderr.write(f"{sentence}\n")
    return status


def _missing(engine: str, db: str | None, runner: str) -> str | None:
    """Gets a message about packages that are not installed; None if there are none."""
    extra, packages = EXTRAS[engine]
    if db is not None and is_server(db):
        extra, packages = f"{extra},postgres", (*packages, "psycopg", "greenlet")
    if runner.startswith("dask"):
        extra, packages = f"{extra},dask", (*packages, "distributed")
    missing = [name for name in packages if find_spec(name) is None]
    if not missing:
        _begin_loading(engine)
        missing = _missing_behind()
    if not missing:
        return None
    named = f"{', '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} not installed"
    return f'The local service needs {named}: pip install "pasqal-cloud[{extra}]=={installed_version()}"'


def _begin_loading(engine: str) -> None:
    """Has Pulser and the emulators loaded by another process, while this one imports its own modules."""
    if engine != "emulators":
        return
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # one core per worker; inherited by them
    from pasqal_cloud.local.emulation.workers import begin_loading

    begin_loading()


def _missing_behind() -> list[str]:
    """Imports the service's modules, to find missing dependencies of the extra's packages."""
    try:
        for name in ("assembly", "http.app", "http.connections"):
            import_module(f"pasqal_cloud.local.{name}")
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("pasqal_cloud"):
            raise  # a module of this package is missing, which no extra installs
        return [error.name.partition(".")[0]]
    return []


def _check_runner(parsed: argparse.Namespace) -> None:
    from pasqal_cloud.local.cluster.address import cluster_of

    cluster = cluster_of(_options(parsed, None))
    if cluster is None:
        return
    if parsed.workers_given:
        raise RunnerError("--workers is for this machine: the Dask workers say how many jobs they run at once.")
    cluster.security()


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns off Nagle's algorithm, which delays responses by 40 ms, only if the protocol is given as TCP
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listener.setsockopt(
                socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
            )  # connections of an earlier process may be in TIME_WAIT
        listener.bind((host, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def _exit_with_parent() -> None:
    """Ends this process when its parent has closed its standard input, or has died."""
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


if __name__ == "__main__":
    sys.exit(main())
