"""The options and exit statuses of `python -m pasqal_cloud.local` and `pasqal-cloud serve`."""

from __future__ import annotations

import argparse
from enum import IntEnum
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, NoReturn, TypeVar
from uuid import UUID

from pasqal_cloud.local.credentials import METRICS_TOKEN_VARIABLE, PASSWORD_VARIABLE
from pasqal_cloud.local.database import DB_PASSWORD_VARIABLE
from pasqal_cloud.local.encryption import UntrustworthyProxyError, proxy_addresses
from pasqal_cloud.local.logs import FORMATS
from pasqal_cloud.local.options import LONGEST_LIFETIME, Options

if TYPE_CHECKING:
    from collections.abc import Callable

N = TypeVar("N", int, float)


class ExitStatus(IntEnum):
    """How the command ended."""

    STOPPED = 0
    FAILED = 1
    WRONG_OPTIONS = 2
    MISSING_EXTRA = 3
    CANT_LISTEN = 4
    UNUSABLE_DATABASE = 5
    UNUSABLE_DEVICES = 6


EPILOG = """\
exit statuses:
  0  the service was stopped, for example with Ctrl-C
  1  the service failed; see its log
  2  an option is wrong, or options can't be combined
  3  a package is missing; the message says which extra to install
  4  the address or port can't be used, for example because it is taken
  5  the database can't be used, for example because another service uses it
  6  the devices or their specs can't be used
"""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence, without the usage."""

    def error(self, message: str) -> NoReturn:
        """Prints the error and ends the process."""
        self.exit(ExitStatus.WRONG_OPTIONS, f"{message.removeprefix('argument ')}; see {self.prog} --help.\n")


def parser(prog: str, db: str | None) -> Parser:
    """Creates the parser.

    Args:
        prog: The command that messages and the help mention.
        db: The database to use if the options name none; None for one that is deleted at the end.
    """
    made = Parser(
        prog=prog,
        description="Runs a service with the API of Pasqal Cloud on this machine, until Ctrl-C.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    made.add_argument("--version", action="version", version=f"pasqal-cloud {installed_version()}")
    _add_access(made)
    _add_database(made, db)
    _add_jobs(made)
    _add_reports(made)
    made.set_defaults(**vars(Options(db=db)), workers_given=False)
    return made


def installed_version() -> str:
    """Gets this package's version."""
    try:
        return version("pasqal-cloud")
    except PackageNotFoundError:
        return "0"


def _add_access(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("address").add_argument
    where = "the address to listen on (default: %(default)s, only this machine)"
    add("--host", metavar="ADDRESS", default="127.0.0.1", help=where)
    add("--port", metavar="N", default=8000, type=_port, help="the port; 0 for any free port (default: %(default)s)")
    others = "let other machines connect to the address given by --host; needs a username and a password"
    add("--allow-remote", action="store_true", help=others)
    add("--tls-cert", metavar="FILE", help="a certificate with its chain (PEM), with which the service encrypts itself")
    add("--tls-key", metavar="FILE", help="its private key (default: in the same file)")
    behind = "let only these proxies connect, which encrypt; private addresses or networks; includes --allow-remote"
    add("--behind-proxy", metavar="ADDRESS,…", type=_proxies, help=behind)
    group = parser.add_argument_group("login")
    group.add_argument("--username", metavar="NAME", help="the user who may log in (default: %(default)s)")
    safer = f"other processes can see it, so a file or the variable {PASSWORD_VARIABLE} is safer"
    generated = "default: a generated one, kept in the database"
    password = group.add_mutually_exclusive_group()
    password.add_argument("--password", metavar="TEXT", help=f"the password; {safer} ({generated})")
    password.add_argument("--password-file", metavar="PATH", help="a file whose first line is the password")
    group.add_argument("--project-id", metavar="UUID", type=_uuid, help="the user's project (default: a generated one)")


def _add_database(parser: argparse.ArgumentParser, db: str | None) -> None:
    group = parser.add_argument_group("database")
    add = group.add_mutually_exclusive_group().add_argument
    usual = (db or "one that is deleted at the end").replace("%", "%%")
    where = f"the file to keep data in, or postgresql+psycopg://user@host/name (default: {usual})"
    add("--db", metavar="PATH", help=where)
    temporary = "use a database that is deleted at the end"
    add("--temporary", dest="db", action="store_const", const=None, help=temporary)
    secret = (
        f"a file whose first line is PostgreSQL's password (default: the variable {DB_PASSWORD_VARIABLE}, or libpq's)"
    )
    group.add_argument("--db-password-file", metavar="PATH", help=secret)


def _add_jobs(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("jobs and devices").add_argument
    at_once = "how many jobs run at once on this machine (default: %(default)s)"
    add("--workers", metavar="N", type=_count, action=_Given, help=at_once)
    offered = "the device types to offer (default: all whose packages are installed)"
    add("--devices", metavar="TYPE,…", type=_devices, action="extend", help=offered)
    specs = "a JSON file with device specs by device type, to replace those of the stand-ins"
    add("--specs", metavar="FILE", help=specs)
    how = "run jobs on emulators, or end them at once with made-up results (default: %(default)s)"
    add("--engine", choices=("emulators", "scripted"), help=how)
    add("--seed", metavar="N", type=_integer, help="makes results reproducible")
    atoms = "the maximum number of atoms (default: the limit of each emulator, 10 for QuTiP)"
    add("--max-atoms", metavar="N", type=_count, help=atoms)
    add("--job-time-limit", metavar="S", type=_seconds, help="how long a job may run, in seconds (default: no limit)")
    memory = "how much memory a job may use, in MiB (default: no limit)"
    add("--job-memory-limit", metavar="MIB", type=_count, help=memory)
    attempts = "how many worker processes may die on a job before it fails (default: %(default)s)"
    add("--job-attempts", metavar="N", type=_count, help=attempts)
    add = parser.add_argument_group("a Dask cluster").add_argument
    where = "the Dask scheduler on whose workers jobs run (default: jobs run on this machine)"
    add("--runner", metavar="dask+tls://HOST:PORT", help=where)
    for name, what in (
        ("ca", "the certificate of the authority that signed the scheduler's"),
        ("cert", "the service's certificate"),
        ("key", "the private key of that certificate"),
    ):
        add(f"--dask-{name}", metavar="FILE", help=f"{what}, for dask+tls://")
    add = parser.add_argument_group("times, in seconds").add_argument
    for name, what in (
        ("idle-timeout", "how long an open batch may have no pending or running job before it is TIMED_OUT"),
        ("token-lifetime", "how long an access token is valid"),
        ("link-lifetime", "how long a link to a result is valid"),
    ):
        add(f"--{name}", metavar="S", type=_seconds, help=f"{what} (default: %(default)g)")


def _add_reports(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("output").add_argument
    add("--json", action="store_true", help="print how to connect as a JSON object on one line")
    levels, logged = (
        ("debug", "info", "warning", "error"),
        "how much is logged to standard error (default: %(default)s)",
    )
    add("--log-level", choices=levels, default="warning", help=logged)
    forms = "how lines are logged: as text, or as JSON objects with the ids of jobs and requests (default: %(default)s)"
    add("--log-format", choices=FORMATS, default=FORMATS[0], help=forms)
    token = (
        "a file whose first line is a token with which other machines may read the metrics, and nothing else; or the"
        f" variable {METRICS_TOKEN_VARIABLE} (default: they need the login)"
    )
    add("--metrics-token-file", metavar="PATH", help=token)
    add("--exit-with-parent", action="store_true", help="stop when standard input is closed or the parent process ends")


class _Given(argparse.Action):
    """Also keeps, as `workers_given`, that the option was given."""

    def __call__(self, _parser: object, namespace: argparse.Namespace, values: object, _option: object = None) -> None:
        setattr(namespace, self.dest, values)
        setattr(namespace, f"{self.dest}_given", True)


def _number(text: str, kind: Callable[[str], N], name: str) -> N:
    try:
        return kind(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a {name}") from None


def _integer(text: str) -> int:
    return _number(text, int, "whole number")


def _count(text: str) -> int:
    number = _integer(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {number}")
    return number


def _port(text: str) -> int:
    number = _integer(text)
    if number not in range(2**16):
        raise argparse.ArgumentTypeError(f"must be between 0 and {2**16 - 1}, not {number}")
    return number


def _seconds(text: str) -> float:
    number = _number(text, float, "number of seconds")
    if not 0 <= number <= LONGEST_LIFETIME:
        raise argparse.ArgumentTypeError(f"must be between 0 and {LONGEST_LIFETIME:g} seconds, not {text}")
    return number


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a UUID") from None


def _proxies(text: str) -> tuple[str, ...]:
    try:
        return proxy_addresses(text)
    except UntrustworthyProxyError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _devices(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]
