"""Errors in one line with a hint, and the exit statuses that scripts can use."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import contextmanager
from enum import IntEnum
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from pasqal_cloud._tracebacks import WHOLE
from pasqal_cloud.cli.help import PlainGroup
from pasqal_cloud.cli.output import complain, note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pasqal_cloud import PasqalCloudError


class ExitStatus(IntEnum):
    """How a command ended."""

    DONE = 0
    FAILED = 1
    WRONG_OPTIONS = 2
    MISSING_EXTRA = 3
    NO_LOGIN = 4
    NOT_FOUND = 5
    NOT_DONE = 6
    NOT_ENDED = 7
    UNKNOWN = 8
    INTERRUPTED = 130
    BROKEN_PIPE = 141


EPILOG = (
    "Exit statuses: 0 done; 1 the request failed; 2 the options are wrong; 3 a package is missing; 4 not logged in, or"
    " refused; 5 not found; 6 a job has ended, but is not DONE; 7 it has not ended yet; 8 it is unknown whether"
    " something was submitted: look before you repeat it; 130 Ctrl-C."
)

NOT_LOGGED_IN = "You are not logged in."
HALF = " is missing, while "
"""What the error of settings says that have half of an account only, such as a password without a username."""
INVALID = "Invalid input: "
LOG_IN = "Log in with pasqal-cloud login, or try pasqal-cloud run --local."


OTHER_NAMES = {
    **dict.fromkeys(("--shots", "--nshots", "--n-shots", "--num-shots"), "--runs"),
    **dict.fromkeys(("--emulator", "--device-type", "--device_type", "--backend", "--qpu"), "--device"),
    **dict.fromkeys(("--variable", "--variables", "--param", "--parameter"), "--var"),
    **dict.fromkeys(("--batch-id", "--batch_id"), "--batch"),
    "--from": "--since",
    "--to": "--until",
    "--label": "--tag",
}
"""Names that options do not have, but that users may expect, and what they are called."""


class CommandError(Exception):
    """A command failed.

    Args:
        message: What is wrong.
        hint: What to do about it.
        status: The exit status.
    """

    def __init__(self, message: str, hint: str | None = None, status: ExitStatus = ExitStatus.FAILED) -> None:
        super().__init__(message)
        self.hint = hint
        self.status = status


class Program(PlainGroup):
    """The whole program, whose errors are one line each."""

    def main(self, *args: Any, **options: Any) -> NoReturn:
        """Runs the program and ends the process."""
        streams: tuple[Any, ...] = (sys.stdout, sys.stderr)
        for stream in streams:
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")  # what the terminal can't show must not end the program
        try:
            status = super().main(*args, **options | {"standalone_mode": False})
        except typer.Abort:
            status = ExitStatus.INTERRUPTED  # Ctrl-C at a question
            complain("Interrupted.", None)
        except Exception as error:  # noqa: BLE001 - it is raised again if it is not the parser's
            status = _explain_usage(error)
        sys.exit(status or 0)


def _explain_usage(error: Any) -> int:
    """Prints an error of the command line's parser.

    Its class is not asked for: Typer has had its own copy of click since version 0.16, and used the original before.
    """
    if not hasattr(error, "format_message"):
        raise error
    context = getattr(error, "ctx", None)
    near = OTHER_NAMES.get(getattr(error, "option_name", None) or "")
    if near and context and any(near in parameter.opts for parameter in context.command.params):
        error.possibilities = [near]
    message = error.format_message()
    if type(error).__name__ == "NoArgsIsHelpError":
        sys.stderr.write(message)
    else:
        complain(message, f"See {context.command_path} --help." if context else None)
    return int(error.exit_code)


@contextmanager
def reporting(profile: str | None, *, debug: bool, needs_login: bool) -> Iterator[None]:
    """Prints the error that ends a command, in one line, and ends it with the status that belongs to it.

    Args:
        profile: The profile that the command uses.
        debug: Whether to show the traceback, and to log the requests.
        needs_login: Whether the command needs credentials, whose absence is then told.
    """
    handler = _Notes()
    log = logging.getLogger("pasqal_cloud")
    log.addHandler(handler)
    if debug:
        log.setLevel(logging.DEBUG)
    before = WHOLE.set(debug)
    try:
        yield
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python would complain at its end
        raise typer.Exit(ExitStatus.BROKEN_PIPE) from None
    except KeyboardInterrupt as error:
        complain("Interrupted.", getattr(error, "hint", None))
        raise typer.Exit(ExitStatus.INTERRUPTED) from None
    except Exception as error:
        status = _explain(error, profile, debug=debug, needs_login=needs_login)
        if status is None:
            raise
        raise typer.Exit(status) from None
    finally:
        WHOLE.reset(before)
        log.removeHandler(handler)
        log.setLevel(logging.NOTSET)


class _Notes(logging.Handler):
    """Prints warnings, such as about retries, as remarks."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.WARNING or logging.getLogger("pasqal_cloud").level == logging.DEBUG:
            note(self.format(record))


def _explain(error: Exception, profile: str | None, *, debug: bool, needs_login: bool) -> ExitStatus | None:
    """Prints an error; None if it is not one that users should see, but a defect."""
    from pasqal_cloud import PasqalCloudError

    if isinstance(error, CommandError):
        message, hint, status = str(error), error.hint, error.status
    elif isinstance(error, PasqalCloudError):
        message, (hint, status) = str(error), _advice(error)
        if needs_login and HALF in message:
            message, hint = f"{NOT_LOGGED_IN} {message.removeprefix(INVALID)}", LOG_IN
            status = status if _has_credentials(profile) else ExitStatus.NO_LOGIN
        elif status == ExitStatus.WRONG_OPTIONS and needs_login and not _has_credentials(profile):
            message, hint, status = NOT_LOGGED_IN, LOG_IN, ExitStatus.NO_LOGIN
    elif isinstance(error, OSError):
        message, hint, status = str(error), None, ExitStatus.FAILED
    elif type(error).__module__.partition(".")[0] in ("typer", "click"):
        return None  # the parser's own, and typer.Exit
    else:
        message, status = f"{type(error).__name__}: {error}", ExitStatus.FAILED
        hint = "This is a defect of pasqal-cloud: --debug shows where."
    if debug:
        logging.getLogger("pasqal_cloud.cli").error("The command failed.", exc_info=error)
    complain(message, hint)
    return status


def _advice(error: PasqalCloudError) -> tuple[str | None, ExitStatus]:
    """Gets what to do about an error, and the exit status."""
    from pasqal_cloud import errors

    doctor = "pasqal-cloud doctor checks the settings and the connection."
    known: tuple[tuple[type[PasqalCloudError], str | None, ExitStatus], ...] = (
        (errors.SubmissionUnknownError, "Look before you repeat it: pasqal-cloud batches list", ExitStatus.UNKNOWN),
        (errors.WaitTimeoutError, "It goes on; wait again.", ExitStatus.NOT_ENDED),
        (errors.JobFailedError, None, ExitStatus.NOT_DONE),
        (errors.AuthenticationError, "Log in again: pasqal-cloud login", ExitStatus.NO_LOGIN),
        (errors.PermissionDeniedError, "pasqal-cloud whoami shows who you are.", ExitStatus.NO_LOGIN),
        (errors.ProjectNotFoundError, "pasqal-cloud projects lists them.", ExitStatus.NOT_FOUND),
        (errors.NotFoundError, "pasqal-cloud batches list, or jobs list, shows the ids.", ExitStatus.NOT_FOUND),
        (errors.ConnectionFailedError, doctor, ExitStatus.FAILED),
        (errors.MissingExtraError, None, ExitStatus.MISSING_EXTRA),
        (errors.ValidationError, None, ExitStatus.FAILED if error.sent else ExitStatus.WRONG_OPTIONS),
    )
    return next(((hint, status) for kind, hint, status in known if isinstance(error, kind)), (None, ExitStatus.FAILED))


def _has_credentials(profile: str | None) -> bool:
    """Tells whether there are any; True if that can't be found out, which is then the error to show."""
    from pasqal_cloud import PasqalCloudError
    from pasqal_cloud.settings import settings_in_use

    try:
        return any(setting.name in ("username", "client_id", "token") for setting in settings_in_use(profile))
    except PasqalCloudError:
        return True
