"""The options of `python -m pasqal_cloud.local` and of `pasqal-cloud serve`, and the statuses with which they end."""

from __future__ import annotations

import argparse
from enum import IntEnum
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, NoReturn, TypeVar
from uuid import UUID

from pasqal_cloud.local.credentials import PASSWORD_VARIABLE
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
  0  it was stopped, by Ctrl-C for instance
  1  it failed: its log says more
  2  the options are wrong, or don't go together
  3  a package is missing: what is printed says which extra to install
  4  it can't listen on the address, which is taken, for instance
  5  the database can't be used, or another service uses it
  6  the devices or their specs can't be used
"""


class Parser(argparse.ArgumentParser):
    """Tells in one sentence what is wrong."""

    def error(self, message: str) -> NoReturn:
        """Ends the process."""
        self.exit(
            ExitStatus.WRONG_OPTIONS, f"{message.removeprefix('argument ')}; {self.prog} --help lists them all.\n"
        )


def parser(prog: str, db: str | None) -> Parser:
    """Makes the parser.

    Args:
        prog: What the user has typed.
        db: The database to use when the options name none; None for one that is removed at the end.
    """
    made = Parser(
        prog=prog,
        description="Runs a service like Pasqal Cloud on this machine, until Ctrl-C.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    made.add_argument("--version", action="version", version=f"pasqal-cloud {installed_version()}")
    _add_address(made)
    _add_users(made)
    _add_database(made, db)
    _add_jobs(made)
    _add_times(made)
    _add_reports(made)
    return made


def installed_version() -> str:
    """Gives this package's version."""
    try:
        return version("pasqal-cloud")
    except PackageNotFoundError:
        return "0"


def _add_address(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("where it listens").add_argument
    add("--host", metavar="ADDRESS", default="127.0.0.1", help="the address (default: %(default)s, this machine alone)")
    add("--port", metavar="N", default=8000, type=_port, help="the port; 0 takes a free one (default: %(default)s)")
    add(
        "--allow-remote",
        action="store_true",
        help="let other machines connect, through an address that --host names; needs a username and a password",
    )


def _add_users(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("who may log in")
    group.add_argument("--username", metavar="NAME", default=Options().username, help="who (default: %(default)s)")
    password = group.add_mutually_exclusive_group()
    password.add_argument(
        "--password",
        metavar="TEXT",
        help=f"with what, for other processes to see; better in a file, or in the variable {PASSWORD_VARIABLE}. "
        "Without any, one is made that lasts as long as the database",
    )
    password.add_argument("--password-file", metavar="PATH", help="a file whose first line is the password")
    group.add_argument(
        "--project-id", metavar="UUID", type=_uuid, help="their project; without it, one is made that lasts likewise"
    )


def _add_database(parser: argparse.ArgumentParser, db: str | None) -> None:
    group = parser.add_argument_group("what it keeps").add_mutually_exclusive_group()
    usual = f"default: {db}" if db else "without it, one that is removed at the end"
    group.add_argument("--db", metavar="PATH", default=db, help=f"the database ({usual})".replace("%", "%%"))
    group.add_argument(
        "--temporary", dest="db", action="store_const", const=None, help="use a database that is removed at the end"
    )


def _add_jobs(parser: argparse.ArgumentParser) -> None:
    defaults = Options()
    add = parser.add_argument_group("what it runs").add_argument
    add("--workers", metavar="N", type=_count, default=defaults.workers, help="jobs run at once (default: %(default)s)")
    add(
        "--devices",
        metavar="TYPE,…",
        type=_devices,
        action="extend",
        help="the device types to serve (default: all for which the packages are installed)",
    )
    add("--specs", metavar="FILE", help="specs of devices in JSON, by device type, in place of the stand-ins")
    add(
        "--engine",
        choices=("emulators", "scripted"),
        default=defaults.engine,
        help="what runs the jobs: emulators, or a script that makes results up at once (default: %(default)s)",
    )
    add("--seed", metavar="N", type=_integer, help="make the results reproducible")
    add(
        "--max-atoms",
        metavar="N",
        type=_count,
        help="the largest register that a device takes (default: its emulator's own limit, 10 on QuTiP)",
    )
    add("--job-time-limit", metavar="S", type=_seconds, help="seconds that a job may run (default: no limit)")
    add("--job-memory-limit", metavar="MIB", type=_count, help="MiB that a job may take (default: no limit)")


def _add_times(parser: argparse.ArgumentParser) -> None:
    defaults = Options()
    add = parser.add_argument_group("times, in seconds").add_argument
    for name, what in (
        ("idle-timeout", "after which an open batch without unsettled jobs is TIMED_OUT"),
        ("token-lifetime", "that an access token is valid"),
        ("link-lifetime", "that a link to a result is valid"),
    ):
        default = getattr(defaults, name.replace("-", "_"))
        add(f"--{name}", metavar="S", type=_seconds, default=default, help=f"{what} (default: %(default)g)")


def _add_reports(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("what it tells").add_argument
    add("--json", action="store_true", help="print how to connect as one JSON object, on the first line")
    levels = ("debug", "info", "warning", "error")
    add("--log-level", choices=levels, default="warning", help="what standard error tells (default: %(default)s)")
    add("--exit-with-parent", action="store_true", help="stop at the end of standard input, or when the parent dies")


def _number(text: str, kind: Callable[[str], N], name: str) -> N:
    try:
        return kind(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no {name}") from None


def _integer(text: str) -> int:
    return _number(text, int, "whole number")


def _count(text: str) -> int:
    number = _integer(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not at least 1")
    return number


def _port(text: str) -> int:
    number = _integer(text)
    if number not in range(2**16):
        raise argparse.ArgumentTypeError(f"{number} is not between 0 and {2**16 - 1}")
    return number


def _seconds(text: str) -> float:
    number = _number(text, float, "number of seconds")
    if not 0 <= number <= LONGEST_LIFETIME:
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds, or more than {LONGEST_LIFETIME:g}")
    return number


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no UUID") from None


def _devices(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]
